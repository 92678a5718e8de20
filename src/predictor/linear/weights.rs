//! The weights of centred columns that explain centred targets, for some penalties.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_elasticnet::ElasticNet;
use linfa_linalg::cholesky::CholeskyInplace;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, Axis, ShapeBuilder};

use crate::control::Control;
use crate::predictor::FitError;

/// Descent stops after so many sweeps over the columns.
const SWEEPS: u32 = 300;

/// The descent stops where the duality gap is below this part of the squares of the targets.
const TOLERANCE: f64 = 1e-4;

/// What is added to a matrix of products that may be singular, in units of the squares of a column.
const JITTER: f64 = 1e-10;

/// Columns and targets, each centred.
pub(super) struct Centred {
    /// Rows × columns.
    pub records: Array2<f64>,
    /// One a row.
    pub targets: Array1<f64>,
}

impl Centred {
    /// The weights of ridge regression for each penalty: of the normal equations, or of their dual
    /// form where there are more columns than rows.
    ///
    /// O(s² · l + penalties · s³) where s is the smaller and l the larger of rows and columns.
    pub fn ridge(
        &self,
        penalties: &[f64],
        control: &Control,
    ) -> Result<Vec<Array1<f64>>, FitError> {
        let (records, targets) = (&self.records, &self.targets);
        let dual = records.ncols() > records.nrows();
        let products = if dual { records.dot(&records.t()) } else { records.t().dot(records) };
        let right = if dual { targets.clone() } else { records.t().dot(targets) };
        let weights = penalties.iter().map(|penalty| {
            control.check()?;
            let mut products = products.clone();
            let penalty = penalty * records.nrows() as f64;
            products.diag_mut().mapv_inplace(|value| value + penalty);
            let lower = products.cholesky_into_dirty()?;
            let half = lower.solve_triangular_into(column(&right), UPLO::Lower)?;
            let solved = lower.t().solve_triangular_into(half, UPLO::Upper)?;
            let solved = solved.index_axis_move(Axis(1), 0);
            Ok(if dual { records.t().dot(&solved) } else { solved })
        });
        weights.collect()
    }

    /// The weights of an elastic net for each penalty, by linfa's coordinate descent.
    ///
    /// Where there are more rows than columns, a Cholesky factor of the columns' products stands for
    /// them: a square of numbers with the same products.
    pub fn elastic_net(
        &self,
        l1_ratio: f64,
        penalties: &[f64],
        control: &Control,
    ) -> Result<Vec<Array1<f64>>, FitError> {
        let (rows, columns) = self.records.dim();
        let (records, targets) = if rows > columns {
            let mut products = self.records.t().dot(&self.records);
            let jitter = JITTER * rows as f64;
            products.diag_mut().mapv_inplace(|value| value + jitter);
            let lower = products.cholesky_into()?;
            let right = column(&self.records.t().dot(&self.targets));
            let targets = lower.solve_triangular_into(right, UPLO::Lower)?;
            // Its transpose has its columns together, as the descent wants them.
            (lower.reversed_axes(), targets.index_axis_move(Axis(1), 0))
        } else {
            let mut records = Array2::zeros(self.records.dim().f());
            records.assign(&self.records);
            (records, self.targets.clone())
        };
        // Penalties count for each row, and there may be other rows now.
        let factor = rows as f64 / records.nrows() as f64;
        let dataset = DatasetBase::new(records, targets);
        let weights = penalties.iter().map(|penalty| {
            control.check()?;
            let params = ElasticNet::<f64>::params().l1_ratio(l1_ratio).penalty(penalty * factor);
            let params = params.with_intercept(false).tolerance(TOLERANCE).max_iterations(SWEEPS);
            Ok(params.fit(&dataset)?.hyperplane().to_owned())
        });
        weights.collect()
    }
}

fn column(values: &Array1<f64>) -> Array2<f64> {
    values.to_owned().insert_axis(Axis(1))
}
