//! Columns on one scale: what predictors that measure distances or weigh columns start from.
//!
//! Each column is centred on its training mean and divided by its training standard deviation.
//! Constant columns say nothing and copies count twice what counts once, so both are left out.

use linfa::Float;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::FitError;
use super::stored::{Bytes, Damaged, write_count, write_numbers};
use crate::selection::dependence::sort_out;

/// A spread of fewer units in the last place of the largest value may be rounding.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// The least standard deviation: its inverse, even several times over, is finite.
const LEAST_SCALE: f64 = 1e-300;

/// Values further off the mean, in standard deviations, count as so far off. Their squares and the
/// sums of these stay finite.
pub(super) const FURTHEST: f64 = 1e9;

/// Mean and standard deviation (n in the denominator) of finite numbers; the latter is zero where
/// it may be rounding. No square or sum overflows.
pub(super) fn spread(values: ArrayView1<f64>) -> (f64, f64) {
    let largest = values.fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest < LEAST_SCALE {
        return (0.0, 0.0);
    }
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / count;
    let squares = values.iter().map(|value| (value / largest - mean).powi(2));
    let deviation = (squares.sum::<f64>() / count).sqrt();
    let scale = deviation * largest;
    let varies = deviation > ROUNDING && scale >= LEAST_SCALE;
    (constant(values).unwrap_or(mean * largest), if varies { scale } else { 0.0 })
}

/// The value of numbers that are all equal, as it is: their mean may differ in the last digit.
pub(super) fn constant(values: ArrayView1<f64>) -> Option<f64> {
    let first = *values.first()?;
    let is_first = |value: &f64| (value + 0.0).to_bits() == (first + 0.0).to_bits();
    values.iter().all(is_first).then_some(first)
}

/// Which columns of a record count, and how they are put on one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Standard {
    columns: usize,
    kept: Vec<usize>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Standard {
    /// Learns the scales from finite records (rows × columns).
    pub(super) fn new(records: ArrayView2<f64>) -> Self {
        let (_, _, distinct) = sort_out(records);
        let spreads = distinct.into_iter().map(|column| (column, spread(records.column(column))));
        let (mut kept, mut means, mut deviations) = (Vec::new(), Vec::new(), Vec::new());
        for (column, (mean, deviation)) in spreads.filter(|(_, (_, deviation))| *deviation > 0.0) {
            kept.push(column);
            means.push(mean);
            deviations.push(deviation);
        }
        Standard { columns: records.ncols(), kept, means, deviations }
    }

    /// Multiplies each column that counts with a weight, above 0 and at most 1: it is more by so much
    /// less.
    pub(super) fn weigh(&mut self, weights: impl Iterator<Item = f64>) {
        for (deviation, weight) in self.deviations.iter_mut().zip(weights) {
            *deviation = (*deviation / weight).min(f64::MAX);
        }
    }

    /// Makes it of its parts: how many columns a record has; those that count, in ascending order;
    /// their means and standard deviations.
    ///
    /// # Errors
    ///
    /// [`FitError::Parts`] if the lengths differ, a column is not there or out of order, a number
    /// is not finite, or a standard deviation is below 10⁻³⁰⁰.
    pub fn from_parts(
        columns: usize,
        kept: Vec<usize>,
        means: Vec<f64>,
        deviations: Vec<f64>,
    ) -> Result<Self, FitError> {
        let wrong = |what| Err(FitError::Parts(what));
        if kept.len() != means.len() || kept.len() != deviations.len() {
            return wrong("a column lacks its mean or standard deviation");
        }
        if kept.iter().any(|&column| column >= columns)
            || !kept.is_sorted_by(|one, next| one < next)
        {
            return wrong("a column is not there, or out of order");
        }
        if !means.iter().all(|mean| mean.is_finite()) {
            return wrong("the mean of a column is not finite");
        }
        if !deviations.iter().all(|value| value.is_finite() && *value >= LEAST_SCALE) {
            return wrong("the standard deviation of a column is out of range");
        }
        Ok(Standard { columns, kept, means, deviations })
    }

    /// Appends it to the bytes of a predictor.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_count(self.kept.len(), out);
        self.kept.iter().for_each(|&column| write_count(column, out));
        write_numbers(self.means.iter().chain(&self.deviations), out);
    }

    /// Reads what [`Standard::write`] has written, for records of so many columns.
    pub(super) fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let count = bytes.count(4 + 8 + 8)?;
        let kept = (0..count).map(|_| bytes.u32().map(|column| column as usize));
        let kept = kept.collect::<Result<_, _>>()?;
        let (means, deviations) = (bytes.numbers(count)?, bytes.numbers(count)?);
        let whole = Standard::from_parts(columns, kept, means.to_vec(), deviations.to_vec());
        whole.map_err(|_| Damaged("its columns are not on one scale"))
    }

    /// How many columns a record has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The columns that count, in ascending order.
    pub fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// The mean of each column that counts.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// The standard deviation of each column that counts.
    pub fn deviations(&self) -> &[f64] {
        &self.deviations
    }

    /// The columns that count, centred, and of standard deviation `unit` (rows × kept columns).
    /// What is not a number remains none.
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those it was learned from.
    pub(super) fn apply<F: Float>(&self, records: ArrayView2<F>, unit: f64) -> Array2<f64> {
        assert_eq!(records.ncols(), self.columns, "columns of the records and of the predictor");
        // Halves, as differences of the largest numbers are none.
        let halves: Vec<(usize, f64, f64)> = self
            .kept
            .iter()
            .zip(&self.means)
            .zip(&self.deviations)
            .map(|((&column, mean), deviation)| (column, 0.5 * mean, 2.0 * unit / deviation))
            .collect();
        let furthest = FURTHEST * unit;
        let mut scaled = Array2::zeros((records.nrows(), self.kept.len()));
        for (record, mut row) in records.axis_iter(Axis(0)).zip(scaled.axis_iter_mut(Axis(0))) {
            for (index, &(column, mean, factor)) in row.iter_mut().zip(&halves) {
                let value = record[column].to_f64().unwrap_or(f64::NAN);
                *index = ((0.5 * value - mean) * factor).clamp(-furthest, furthest);
            }
        }
        scaled
    }
}
