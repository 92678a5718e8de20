//! Encodings in memory as rows of numbers: read and computed in one pass, without keeping the networks.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayViewMut1, Axis};
use thiserror::Error;

use crate::control::{Cancelled, Control};
use crate::features::FeatureError;
use crate::graph::CellError;
use crate::space::EncodingError;

/// How many encodings one thread takes at a time. As few are computed on the caller's thread.
const PART: usize = 32;

/// What becomes of an encoding that cannot be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnBroken {
    /// It is an error.
    #[default]
    Refuse,
    /// Its numbers are NaN.
    Nan,
}

/// Why an encoding is no row of numbers.
#[derive(Debug, Error)]
pub enum RowFault {
    /// It cannot be read.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// It cannot be pruned.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// Its features cannot be computed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The caller cancelled the work.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// An encoding that is no row of numbers.
#[derive(Debug, Error)]
#[error("encoding {index} (counted from 0): {reason}")]
pub struct RowError {
    /// The index of the encoding, counted from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: RowFault,
}

/// Rows of numbers, and which of them have none.
#[derive(Debug)]
pub(super) struct ReadRows {
    /// encodings × columns.
    pub values: Array2<f64>,
    /// Where an encoding cannot be read, in ascending order.
    pub broken: Vec<usize>,
}

/// Fills a row for each encoding: in parallel, or on the caller's thread if there are few.
///
/// # Errors
///
/// [`RowError`] for the first encoding that is no row, if those are refused; if the work is cancelled.
pub(super) fn rows<T: AsRef<str> + Sync, S>(
    encodings: &[T],
    width: usize,
    (broken, control): (OnBroken, &Control),
    scratch: impl Fn() -> S + Sync + Send,
    one: impl Fn(&str, &mut S, &mut [f64]) -> Result<(), RowFault> + Sync,
) -> Result<ReadRows, RowError> {
    let mut values = Array2::zeros((encodings.len(), width));
    let first = AtomicUsize::new(usize::MAX);
    let fill = |scratch: &mut S, index: usize, mut row: ArrayViewMut1<f64>| {
        // Behind a row that is refused nothing matters.
        if broken == OnBroken::Refuse && index > first.load(Ordering::Relaxed) {
            return false;
        }
        let numbers = row.as_slice_mut().unwrap_or_default();
        let is_broken = one(encodings[index].as_ref(), scratch, numbers).is_err();
        if is_broken {
            numbers.fill(f64::NAN);
            first.fetch_min(index, Ordering::Relaxed);
        }
        is_broken
    };
    let part = |scratch: &mut S, start: usize, mut rows: ndarray::ArrayViewMut2<f64>| {
        if control.is_cancelled() {
            return Vec::new();
        }
        let rows = (start..).zip(rows.outer_iter_mut());
        let broken = rows.filter_map(|(index, row)| fill(scratch, index, row).then_some(index));
        broken.collect::<Vec<_>>()
    };
    let found = if encodings.len() <= PART {
        part(&mut scratch(), 0, values.view_mut())
    } else {
        let parts = values.axis_chunks_iter_mut(Axis(0), PART).into_par_iter().enumerate();
        let parts =
            parts.map_init(&scratch, |scratch, (index, rows)| part(scratch, index * PART, rows));
        parts.collect::<Vec<_>>().concat()
    };
    control.check().map_err(|cancelled| RowError { index: 0, reason: cancelled.into() })?;
    if let (OnBroken::Refuse, Some(&index)) = (broken, found.first()) {
        let row = &mut vec![0.0; width];
        // The same encoding fails again, and this time it is told why.
        if let Err(reason) = one(encodings[index].as_ref(), &mut scratch(), row) {
            return Err(RowError { index, reason });
        }
    }
    Ok(ReadRows { values, broken: found })
}

/// The indices of rows that are not broken.
pub(super) fn whole(rows: usize, broken: &[usize]) -> Vec<usize> {
    let mut broken = broken.iter().copied().peekable();
    (0..rows).filter(|&row| broken.next_if_eq(&row).is_none()).collect()
}

/// Whether so many encodings are computed on the caller's thread.
pub fn is_few(encodings: usize) -> bool {
    encodings <= PART
}
