//! Errors in the unit of the target, and the share of its variance that is explained.
//!
//! Finite numbers of any size are fine: sums are of numbers scaled by a power of two, so that the
//! result overflows to infinity only where it is beyond the largest float.

use super::correlation::scaled_mean;
use super::scale::power_of_two;
use super::{comparable, is_constant};

/// The coefficient of determination R²: the share of the truth's variance that the prediction
/// explains.
///
/// R² = 1 − Σ (truth − prediction)² / Σ (truth − mean of truth)²
///
/// # Returns
///
/// From −∞ to 1; 1 if each prediction is the truth, 0 if it is as good as the truth's mean. Where
/// the truth is constant: 1 if each prediction is the truth, else 0, as in scikit-learn. NaN if it
/// is not defined: fewer than two rows, NaN or an infinity on either side, or sides of different
/// lengths.
///
/// Equal to `sklearn.metrics.r2_score(truth, prediction)` up to rounding.
///
/// # Complexity
///
/// O(n) time, no memory.
///
/// # Example
///
/// ```
/// use graf::metrics::r2;
///
/// assert_eq!(r2(&[1.0, 2.0, 3.0], &[1.0, 2.0, 4.0]), 0.5);
/// assert_eq!(r2(&[2.0, 2.0], &[2.0, 3.0]), 0.0);
/// ```
pub fn r2(truth: &[f64], prediction: &[f64]) -> f64 {
    if !comparable(truth, prediction) || truth.len() < 2 {
        return f64::NAN;
    }
    if truth.iter().chain(prediction).any(|value| value.is_infinite()) {
        return f64::NAN;
    }
    if is_constant(truth) {
        return if truth == prediction { 1.0 } else { 0.0 };
    }
    let (residual, [coarse, fine]) = squared_residuals(truth, prediction);
    let scale = power_of_two(truth.iter().copied());
    let mean = scaled_mean(truth, scale);
    let total: f64 = truth.iter().map(|value| square(value * scale - mean)).sum();
    let ratio = scale / coarse / fine;
    1.0 - residual / total * ratio * ratio
}

/// The mean absolute error: the mean of |truth − prediction|, in the unit of the target.
///
/// # Returns
///
/// 0 or more, lower being better. NaN if it is not defined: no rows, a NaN on either side, or sides
/// of different lengths. An infinity is infinitely wrong, or NaN if the truth is the same infinity.
///
/// Equal to `sklearn.metrics.mean_absolute_error(truth, prediction)` up to rounding.
///
/// # Complexity
///
/// O(n) time, no memory.
///
/// # Example
///
/// ```
/// assert_eq!(graf::metrics::mae(&[1.0, 2.0, 3.0], &[1.0, 4.0, 2.0]), 1.0);
/// ```
pub fn mae(truth: &[f64], prediction: &[f64]) -> f64 {
    if !comparable(truth, prediction) || truth.is_empty() {
        return f64::NAN;
    }
    let scale = power_of_two(truth.iter().chain(prediction).copied());
    let errors = truth.iter().zip(prediction);
    let sum: f64 = errors.map(|(truth, value)| (truth * scale - value * scale).abs()).sum();
    sum / truth.len() as f64 / scale
}

/// The root of the mean squared error, in the unit of the target.
///
/// # Returns
///
/// 0 or more, lower being better, and never below [`mae`]. NaN if it is not defined: no rows, a NaN
/// on either side, or sides of different lengths. An infinity is infinitely wrong, or NaN if the
/// truth is the same infinity.
///
/// Equal to `sklearn.metrics.root_mean_squared_error(truth, prediction)` up to rounding.
///
/// # Complexity
///
/// O(n) time, no memory.
///
/// # Example
///
/// ```
/// assert_eq!(graf::metrics::rmse(&[1.0, 2.0], &[2.0, 9.0]), 5.0);
/// ```
pub fn rmse(truth: &[f64], prediction: &[f64]) -> f64 {
    if !comparable(truth, prediction) || truth.is_empty() {
        return f64::NAN;
    }
    let (sum, [coarse, fine]) = squared_residuals(truth, prediction);
    (sum / truth.len() as f64).sqrt() / fine / coarse
}

/// The sum of squared residuals that are scaled by two powers of two, and those powers; their
/// product may not be a float.
fn squared_residuals(truth: &[f64], prediction: &[f64]) -> (f64, [f64; 2]) {
    // One keeps differences from overflowing; as they may be small all the same, the other keeps
    // their squares from vanishing.
    let coarse = power_of_two(truth.iter().chain(prediction).copied());
    let residuals =
        || truth.iter().zip(prediction).map(|(truth, value)| truth * coarse - value * coarse);
    let fine = power_of_two(residuals());
    (residuals().map(|residual| square(residual * fine)).sum(), [coarse, fine])
}

fn square(value: f64) -> f64 {
    value * value
}
