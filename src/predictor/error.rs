//! Why a predictor cannot be fitted.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, CowArray, Data, Ix1, Ix2};
use thiserror::Error;

use super::tree::MAX_TARGETS;
use crate::control::Cancelled;

/// Why a predictor cannot be fitted.
#[derive(Debug, Error)]
pub enum FitError {
    /// A parameter is out of range.
    #[error("{name} is {value}, but must be {expected}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A parameter that a predictor does not have.
    #[error("the predictor {predictor} has no parameter {name}; it has {known}")]
    NoSuchParameter {
        /// The predictor.
        predictor: &'static str,
        /// The parameter.
        name: String,
        /// Those it has.
        known: String,
    },
    /// A parameter whose value is none.
    #[error("parameters of the predictor {predictor}: {reason}")]
    BadParameter {
        /// The predictor.
        predictor: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing to learn from.
    #[error("no rows to learn from")]
    NoRows,
    /// More targets than a tree takes.
    #[error("{0} targets; a predictor takes at most {MAX_TARGETS}")]
    TooManyTargets(usize),
    /// Records and targets of different lengths.
    #[error("{records} rows of records, but {targets} of targets")]
    Lengths {
        /// Rows of the records.
        records: usize,
        /// Rows of the targets.
        targets: usize,
    },
    /// A number that is not finite.
    #[error("row {row} (from 0) has a value that is not finite{}", column.map_or_else(|| " as its target".to_owned(), |column| format!(" in column {column} (from 0)")))]
    NotFinite {
        /// The row.
        row: usize,
        /// The column; `None` for a target.
        column: Option<usize>,
    },
    /// A target whose squares overflow, or are all zero.
    #[error(
        "target {target} (from 0) has values of up to {size:e}; predictors take 1e-100 to 1e100, as \
         they compute with squares: multiply it by a power of ten"
    )]
    TargetSize {
        /// The target.
        target: usize,
        /// The largest of its values, without its sign.
        size: f64,
    },
    /// Records that have no column for the prediction of a prior.
    #[error(
        "{own} columns of {columns} are the learner's own; the last one must be the prediction of the prior"
    )]
    NoPriorColumn {
        /// The columns of the learner.
        own: usize,
        /// The columns of the records.
        columns: usize,
    },
    /// A prior whose predictions overflow when they are squared.
    #[error("the prior predicts values of up to {size:e}; it can be used up to 1e100")]
    PriorSize {
        /// The largest of its predictions, without its sign.
        size: f64,
    },
    /// The caller cancelled the fit.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Parts that are not those of a fitted predictor.
    #[error("not the parts of a fitted predictor: {0}")]
    Parts(&'static str),
    /// A matrix that has no decomposition.
    #[error(transparent)]
    Algebra(#[from] linfa_linalg::LinalgError),
    /// An elastic net that cannot be fitted.
    #[error(transparent)]
    ElasticNet(#[from] linfa_elasticnet::ElasticNetError),
    /// linfa's own errors.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// The records (rows × columns) and the target of a dataset.
pub(super) fn numbers<F, S, T>(
    dataset: &DatasetBase<ArrayBase<S, Ix2>, T>,
) -> (Array2<f64>, Array1<f64>)
where
    F: Float,
    S: Data<Elem = F>,
    T: AsTargets<Elem = F, Ix = Ix1>,
{
    (dataset.records.map(number), dataset.as_targets().map(number))
}

/// A value as the number that predictors compute with: −0 is 0.
pub(super) fn number<F: Float>(value: &F) -> f64 {
    value.to_f64().unwrap_or(f64::NAN) + 0.0
}

/// Numbers in which −0 is 0.
pub(super) fn without_negative_zeros(numbers: ArrayView2<'_, f64>) -> CowArray<'_, f64, Ix2> {
    let is_negative_zero = |number: &f64| *number == 0.0 && number.is_sign_negative();
    if numbers.iter().any(is_negative_zero) {
        CowArray::from(numbers.mapv(|number| number + 0.0))
    } else {
        CowArray::from(numbers)
    }
}

/// The largest value of a target. The sum of the squares of as many as memory holds is finite.
pub(super) const LARGEST: f64 = 1e100;

/// Squares of values below it may be zero.
const LEAST: f64 = 1e-100;

/// The largest of some numbers, without its sign; 0 if there is none.
pub(super) fn size<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
    numbers.into_iter().fold(0.0, |size, number| size.max(number.abs()))
}

/// Whether predictors can compute with the squares of targets (rows × targets).
///
/// # Errors
///
/// [`FitError::TargetSize`] if the values of a target are beyond 10¹⁰⁰, or all of them below 10⁻¹⁰⁰ and
/// not all 0.
pub(crate) fn check_sizes(targets: ArrayView2<f64>) -> Result<(), FitError> {
    for (target, column) in targets.columns().into_iter().enumerate() {
        let size = size(column);
        if size != 0.0 && !(LEAST..=LARGEST).contains(&size) {
            return Err(FitError::TargetSize { target, size });
        }
    }
    Ok(())
}

/// Whether no square of a target (rows × targets) overflows: what can be asked of some of the rows alone.
///
/// # Errors
///
/// [`FitError::TargetSize`] if one does.
pub(super) fn check_overflow(targets: ArrayView2<f64>) -> Result<(), FitError> {
    let sizes = targets.columns().into_iter().map(size).enumerate();
    match sizes.into_iter().find(|(_, size)| *size > LARGEST) {
        Some((target, size)) => Err(FitError::TargetSize { target, size }),
        None => Ok(()),
    }
}

/// Whether there is something to learn from, and all of it finite.
///
/// # Errors
///
/// [`FitError`] if not.
pub(super) fn check(records: ArrayView2<f64>, targets: ArrayView2<f64>) -> Result<(), FitError> {
    let (rows, count) = targets.dim();
    if records.nrows() != rows {
        return Err(FitError::Lengths { records: records.nrows(), targets: rows });
    }
    if rows == 0 || count == 0 {
        return Err(FitError::NoRows);
    }
    if count > MAX_TARGETS {
        return Err(FitError::TooManyTargets(count));
    }
    if let Some(((row, column), _)) = records.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(FitError::NotFinite { row, column: Some(column) });
    }
    if let Some(((row, _), _)) = targets.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(FitError::NotFinite { row, column: None });
    }
    Ok(())
}
