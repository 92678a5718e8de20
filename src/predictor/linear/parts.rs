//! What a fitted linear model is made of, to be stored and taken back.

use ndarray::Array1;

use super::Linear;
use crate::predictor::FitError;
use crate::predictor::standard::Standard;
use crate::predictor::stored::{Bytes, Damaged, write_numbers};

/// The parts of a fitted linear model.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearParts {
    /// How records are put on one scale.
    pub standard: Standard,
    /// The mean of the training targets.
    pub target_mean: f64,
    /// Their standard deviation; zero if they are all the same.
    pub target_deviation: f64,
    /// The penalty p that was chosen.
    pub penalty: f64,
    /// The weight of each standardized column that counts: the prediction is `target_mean` plus
    /// `target_deviation` times the weighted sum.
    pub weights: Array1<f64>,
}

impl Linear {
    /// Makes a linear model of its parts.
    ///
    /// # Errors
    ///
    /// [`FitError::Parts`] if shapes do not fit together, or a number is not finite or out of range.
    pub fn from_parts(parts: LinearParts) -> Result<Self, FitError> {
        let wrong = |what| Err(FitError::Parts(what));
        if parts.weights.len() != parts.standard.kept().len() {
            return wrong("there are not as many weights as columns that count");
        }
        let is_size = |number: f64| number.is_finite() && number >= 0.0;
        if !(is_size(parts.target_deviation) && is_size(parts.penalty)) {
            return wrong("the penalty or a standard deviation is negative or not finite");
        }
        if !parts.target_mean.is_finite() || !parts.weights.iter().all(|weight| weight.is_finite())
        {
            return wrong("a number is not finite");
        }
        // A weighted sum of numbers up to 10⁹ is then finite.
        if parts.weights.iter().any(|weight| weight.abs() > 1e200) {
            return wrong("a weight is too large");
        }
        Ok(Linear { parts })
    }

    /// Appends it to the bytes of a predictor.
    pub(super) fn write_parts(&self, out: &mut Vec<u8>) {
        let LinearParts { standard, target_mean, target_deviation, penalty, weights } = &self.parts;
        standard.write(out);
        write_numbers([target_mean, target_deviation, penalty].into_iter().chain(weights), out);
    }

    /// Reads what [`Linear::write_parts`] has written, for records of so many columns.
    pub(super) fn read_parts(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let standard = Standard::read(bytes, columns)?;
        let target_mean = bytes.number()?;
        let target_deviation = bytes.number()?;
        let penalty = bytes.number()?;
        let weights = bytes.numbers(standard.kept().len())?;
        let parts = LinearParts { standard, target_mean, target_deviation, penalty, weights };
        Linear::from_parts(parts).map_err(|_| Damaged("its parts do not fit together"))
    }
}
