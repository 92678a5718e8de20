//! Whether rows can be learned from.

use ndarray::ArrayView2;
use thiserror::Error;

use crate::predictor::{FitError, check_sizes};

/// Fewer rows cannot be learned from.
pub const LEAST_ROWS: usize = 3;

/// Fewer rows are learned from, but say little: neither weights nor deviations can be relied on.
pub const FEW_ROWS: usize = 10;

/// Why rows cannot be learned from.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// Too few rows.
    #[error(
        "{rows} row{} to learn from; a predictor needs {LEAST_ROWS}, and some dozens to be of use",
        if *rows == 1 { "" } else { "s" }
    )]
    FewRows {
        /// How many.
        rows: usize,
    },
    /// Fewer rows than a draw of them has.
    #[error("{rows} row{} for draws of {size}", if *rows == 1 { "" } else { "s" })]
    DrawSize {
        /// How many.
        rows: usize,
        /// How many a draw has.
        size: usize,
    },
    /// A target whose squares overflow, or are all zero.
    #[error(
        "the values of `{name}` are as large as {size:e}; predictors compute with their squares, and take \
         targets from 1e-100 to 1e100: multiply the column by a power of ten"
    )]
    TargetSize {
        /// The target.
        name: String,
        /// The largest of its values, without its sign.
        size: f64,
    },
    /// More than memory holds.
    #[error("{rows} rows of {columns} columns, as far as they are read, need about {} of memory, and {} are free",
        gibibytes(*needed), gibibytes(*free))]
    Memory {
        /// The rows so far.
        rows: usize,
        /// The columns.
        columns: usize,
        /// What they need, in bytes.
        needed: f64,
        /// What is free, in bytes.
        free: f64,
    },
    /// A column that has no value at all.
    #[error("column `{name}` has no value in any row, so that it has no median")]
    EmptyColumn {
        /// The column.
        name: String,
    },
}

fn gibibytes(bytes: f64) -> String {
    format!("{:.1} GiB", bytes.max(0.0) / f64::from(1 << 30))
}

/// Refuses rows that nothing can be learned from.
///
/// # Errors
///
/// [`TrainingError::FewRows`] and [`TrainingError::TargetSize`].
pub(crate) fn check(targets: ArrayView2<f64>, names: &[String]) -> Result<(), TrainingError> {
    let rows = targets.nrows();
    if rows < LEAST_ROWS {
        return Err(TrainingError::FewRows { rows });
    }
    check_targets(targets, names)
}

/// Refuses targets (rows × targets) that predictors cannot compute with.
///
/// # Errors
///
/// [`TrainingError::TargetSize`].
pub(crate) fn check_targets(
    targets: ArrayView2<f64>,
    names: &[String],
) -> Result<(), TrainingError> {
    match check_sizes(targets) {
        Err(FitError::TargetSize { target, size }) => {
            let name = names.get(target).cloned().unwrap_or_default();
            Err(TrainingError::TargetSize { name, size })
        }
        _ => Ok(()),
    }
}

/// Refuses a column (rows × columns) in which everything is missing.
///
/// # Errors
///
/// [`TrainingError::EmptyColumn`].
pub(crate) fn check_medians(
    records: ArrayView2<f64>,
    names: &[String],
) -> Result<(), TrainingError> {
    let mut columns = records.columns().into_iter().zip(names);
    match columns.find(|(column, _)| column.iter().all(|value| value.is_nan())) {
        Some((_, name)) => Err(TrainingError::EmptyColumn { name: name.clone() }),
        None => Ok(()),
    }
}
