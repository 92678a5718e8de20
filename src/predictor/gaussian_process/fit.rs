//! Fitting a Gaussian process.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Fit;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{
    Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix1, Ix2, ShapeBuilder,
};

use super::explain::Explained;
use super::points::{choose, factor};
use super::search::search;
use super::{GaussianProcess, GaussianProcessParts, GaussianProcessValidParams};
use crate::control::Control;
use crate::predictor::FitError;
use crate::predictor::error::{check, numbers};
use crate::predictor::standard::{Standard, spread};

/// What a column weighs at least that does not go with the target.
const LEAST_WEIGHT: f64 = 0.4;

impl<F, S, T> Fit<ArrayBase<S, Ix2>, T, FitError> for GaussianProcessValidParams
where
    F: Float,
    S: Data<Elem = F>,
    T: AsTargets<Elem = F, Ix = Ix1>,
{
    type Object = GaussianProcess;

    /// Fits a Gaussian process to records (rows × columns) and a target a row.
    ///
    /// For n rows, c columns and m points O(n · m · (c + m)); the search of length and noise on at
    /// most 256 rows and the choice of points among at most 1,024 come on top.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<S, Ix2>, T>) -> Result<Self::Object, FitError> {
        let (records, targets) = numbers(dataset);
        fit(self, records.view(), targets.view(), 0, &Control::default())
    }
}

/// Fits a Gaussian process to records (rows × columns) and a target a row. The seed draws the rows that are
/// looked at where there are many.
pub(super) fn fit(
    params: &GaussianProcessValidParams,
    records: ArrayView2<f64>,
    targets: ArrayView1<f64>,
    seed: u64,
    control: &Control,
) -> Result<GaussianProcess, FitError> {
    check(records, targets.insert_axis(Axis(1)))?;
    let mut standard = Standard::new(records);
    let (target_mean, target_deviation) = spread(targets);
    let columns = standard.kept().len();
    if columns == 0 || target_deviation == 0.0 {
        // Nothing is known but the mean.
        return GaussianProcess::from_parts(GaussianProcessParts {
            standard,
            target_mean,
            target_deviation,
            length: 1.0,
            signal: 0.5,
            noise: 1.0,
            points: Array2::zeros((0, columns)),
            weights: Array1::zeros(0),
            known: Array2::zeros((0, 0)),
        });
    }
    // Halves, as differences of the largest numbers are none.
    let targets =
        targets.mapv(|target| (0.5 * target - 0.5 * target_mean) / target_deviation * 2.0);
    // With both standardized, a mean product is a correlation.
    let correlations = standard.apply(records, 1.0).t().dot(&targets) / targets.len() as f64;
    standard.weigh(correlations.iter().map(|correlation| correlation.abs().max(LEAST_WEIGHT)));
    let records = standard.apply(records, 1.0);
    // The search, the choice of points, and what they say.
    let steps = control.steps(3);
    let likely = search(records.view(), targets.view(), seed, control)?;
    steps.done()?;
    let records = records * (3_f64.sqrt() / likely.length);
    let chosen =
        choose(records.view(), targets.view(), likely.noise, (params.points, seed), control)?;
    steps.done()?;
    let factor = factor(records.view(), &chosen, control)?;
    let explained = Explained::most_likely(&factor.lower, &targets, likely.signal, control)?;

    // From the directions of the factor to the points.
    let upper = factor.lower.select(Axis(0), &factor.points).reversed_axes();
    let weights = explained.weights.insert_axis(Axis(1));
    let weights = upper.solve_triangular_into(weights, UPLO::Upper)?;
    // Columns stand together, as the solver goes down them.
    let mut inverse = Array2::zeros(upper.dim().f());
    inverse.diag_mut().fill(1.0);
    upper.solve_triangular_inplace(&mut inverse, UPLO::Upper)?;
    let mut shrunk = Array2::zeros(upper.dim().f());
    shrunk.assign(&inverse.t());
    explained.lower.solve_triangular_inplace(&mut shrunk, UPLO::Lower)?;
    let known = inverse.dot(&inverse.t()) - shrunk.t().dot(&shrunk) * explained.noise;
    steps.done()?;

    GaussianProcess::from_parts(GaussianProcessParts {
        standard,
        target_mean,
        target_deviation,
        length: likely.length,
        signal: likely.signal,
        noise: explained.noise,
        points: records.select(Axis(0), &factor.points),
        weights: weights.column(0).to_owned(),
        known,
    })
}
