//! Fitting a Gaussian process.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Fit;
use linfa_linalg::cholesky::{CholeskyInplace, InverseCInplace};
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix1, Ix2};

use super::points::choose;
use super::search::search;
use super::{GaussianProcess, GaussianProcessParts, GaussianProcessValidParams};
use crate::predictor::FitError;
use crate::predictor::error::{check, numbers};
use crate::predictor::standard::{Standard, spread};

impl<F, S, T> Fit<ArrayBase<S, Ix2>, T, FitError> for GaussianProcessValidParams
where
    F: Float,
    S: Data<Elem = F>,
    T: AsTargets<Elem = F, Ix = Ix1>,
{
    type Object = GaussianProcess;

    /// Fits a Gaussian process to records (rows × columns) and a target a row.
    ///
    /// For n rows, c columns and m points O(n · m · (c + m)), and the search of length and noise
    /// on at most 256 rows.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<S, Ix2>, T>) -> Result<Self::Object, FitError> {
        let (records, targets) = numbers(dataset);
        fit(self, records.view(), targets.view())
    }
}

/// Fits a Gaussian process to records (rows × columns) and a target a row.
pub(super) fn fit(
    params: &GaussianProcessValidParams,
    records: ArrayView2<f64>,
    targets: ArrayView1<f64>,
) -> Result<GaussianProcess, FitError> {
    check(records, targets.insert_axis(Axis(1)))?;
    let standard = Standard::new(records);
    let (target_mean, target_deviation) = spread(targets);
    let columns = standard.kept().len();
    if columns == 0 || target_deviation == 0.0 {
        return GaussianProcess::from_parts(GaussianProcessParts {
            standard,
            target_mean,
            target_deviation,
            length: 1.0,
            signal: 1.0,
            noise: 1.0,
            points: Array2::zeros((0, columns)),
            weights: Array1::zeros(0),
            known: Array2::zeros((0, 0)),
        });
    }
    let scaled = standard.apply(records, 1.0);
    let targets =
        targets.mapv(|target| (0.5 * target - 0.5 * target_mean) / target_deviation * 2.0);
    let likely = search(scaled.view(), targets.view());
    let scaled = scaled * (3_f64.sqrt() / likely.length);
    let chosen = choose(scaled.view(), params.points);

    // With L the factor, N the variances that the points leave, and noise: the weights are those of
    // the points that explain N^(-1/2) y best, B = I + Lᵀ N⁻¹ L.
    let variances = chosen.unknown.mapv(|unknown| unknown + likely.noise);
    let mut weighted = chosen.factor.clone();
    for (mut row, variance) in weighted.axis_iter_mut(Axis(0)).zip(&variances) {
        row /= *variance;
    }
    let mut inner = weighted.t().dot(&chosen.factor);
    inner.diag_mut().mapv_inplace(|value| value + 1.0);
    let right = weighted.t().dot(&targets).insert_axis(Axis(1));
    let triangle = chosen.factor.select(Axis(0), &chosen.rows);

    let mut decomposed = inner.clone();
    decomposed.cholesky_inplace()?;
    let half = decomposed.solve_triangular_into(right, UPLO::Lower)?;
    let explained = half.iter().map(|value| value * value).sum::<f64>();
    let total = (&targets * &targets / &variances).sum();
    let signal = (total - explained).max(0.0) / targets.len() as f64;
    let inner_weights = decomposed.t().solve_triangular_into(half, UPLO::Upper)?;
    let weights = triangle.t().solve_triangular_into(inner_weights, UPLO::Upper)?;

    let shrunk = Array2::<f64>::eye(inner.nrows()) - inner.invc_inplace()?;
    let half = triangle.t().solve_triangular_into(shrunk, UPLO::Upper)?;
    let known = triangle.t().solve_triangular_into(half.t().to_owned(), UPLO::Upper)?;

    GaussianProcess::from_parts(GaussianProcessParts {
        standard,
        target_mean,
        target_deviation,
        length: likely.length,
        signal,
        noise: likely.noise,
        points: scaled.select(Axis(0), &chosen.rows),
        weights: weights.column(0).to_owned(),
        known,
    })
}
