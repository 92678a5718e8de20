//! What a fitted Gaussian process is made of, to be stored and taken back.

use ndarray::{Array1, Array2, Axis};

use super::GaussianProcess;
use crate::predictor::FitError;
use crate::predictor::standard::Standard;
use crate::predictor::stored::{Bytes, Damaged, write_count, write_numbers};

/// The parts of a fitted Gaussian process, for m inducing points and c columns that count.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianProcessParts {
    /// How records are put on one scale.
    pub standard: Standard,
    /// The mean of the training targets.
    pub target_mean: f64,
    /// Their standard deviation; zero if they are all the same.
    pub target_deviation: f64,
    /// The length ℓ of the kernel, in standard deviations of a column.
    pub length: f64,
    /// The variance s² of the function, in units of that of the targets.
    pub signal: f64,
    /// The variance of the noise, in units of `signal`.
    pub noise: f64,
    /// The inducing points (m × c): standardized columns times √3/ℓ.
    pub points: Array2<f64>,
    /// The weight of each point: the mean at x is `target_mean` plus `target_deviation` times the
    /// sum of k(x, point)/s² times the weight.
    pub weights: Array1<f64>,
    /// What the points know (m × m): the variance of the function at x is s² (1 − κᵀ`known`κ),
    /// where κ is k(x, point)/s² for each point.
    pub known: Array2<f64>,
}

impl GaussianProcess {
    /// Makes a Gaussian process of its parts.
    ///
    /// # Errors
    ///
    /// [`FitError::Parts`] if shapes do not fit together, or a number is not finite or out of range.
    pub fn from_parts(parts: GaussianProcessParts) -> Result<Self, FitError> {
        let wrong = |what| Err(FitError::Parts(what));
        let GaussianProcessParts { standard, points, weights, known, .. } = &parts;
        let count = points.nrows();
        if points.ncols() != standard.kept().len() {
            return wrong("the points have another number of columns than count");
        }
        if weights.len() != count || known.dim() != (count, count) {
            return wrong("there are not as many weights as points");
        }
        let mut numbers = points.iter().chain(weights).chain(known);
        if !numbers.all(|number| number.is_finite()) {
            return wrong("a number is not finite");
        }
        if !parts.target_mean.is_finite() {
            return wrong("the mean of the targets is not finite");
        }
        let is_size = |number: f64| number.is_finite() && number >= 0.0;
        if !(is_size(parts.target_deviation) && is_size(parts.signal) && is_size(parts.noise)) {
            return wrong("a variance is negative or not finite");
        }
        // A column so scaled stays finite, and so do its squares.
        if !(1e-3..=1e9).contains(&parts.length) {
            return wrong("the length is out of range");
        }
        let squares = points.map_axis(Axis(1), |point| point.dot(&point));
        if !squares.iter().all(|square| square.is_finite()) {
            return wrong("a point is too far away");
        }
        Ok(GaussianProcess { parts, squares })
    }

    /// Appends it to the bytes of a predictor.
    pub(super) fn write_parts(&self, out: &mut Vec<u8>) {
        let parts = &self.parts;
        parts.standard.write(out);
        let GaussianProcessParts { target_mean, target_deviation, length, signal, noise, .. } =
            parts;
        write_numbers([target_mean, target_deviation, length, signal, noise], out);
        write_count(parts.points.nrows(), out);
        write_numbers(parts.points.iter().chain(&parts.weights).chain(&parts.known), out);
    }

    /// Reads what [`GaussianProcess::write_parts`] has written, for records of so many columns.
    pub(super) fn read_parts(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let standard = Standard::read(bytes, columns)?;
        let mut number = || bytes.number();
        let (target_mean, target_deviation) = (number()?, number()?);
        let (length, signal, noise) = (number()?, number()?, number()?);
        let count = bytes.count(8)?;
        let width = standard.kept().len();
        let points = matrix(bytes, count, width)?;
        let weights = bytes.numbers(count)?;
        let known = matrix(bytes, count, count)?;
        let parts = GaussianProcessParts {
            standard,
            target_mean,
            target_deviation,
            length,
            signal,
            noise,
            points,
            weights,
            known,
        };
        GaussianProcess::from_parts(parts).map_err(|_| Damaged("its parts do not fit together"))
    }
}

/// Reads a matrix, row by row.
fn matrix(bytes: &mut Bytes, rows: usize, columns: usize) -> Result<Array2<f64>, Damaged> {
    const WRONG: Damaged = Damaged("a matrix has no such size");
    let count = rows.checked_mul(columns).ok_or(WRONG)?;
    let numbers = bytes.numbers(count)?.to_vec();
    Array2::from_shape_vec((rows, columns), numbers).map_err(|_| WRONG)
}
