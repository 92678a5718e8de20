//! Pearson's and Spearman's correlation.

use super::rank::average_ranks;
use super::scale::power_of_two;
use super::{comparable, is_constant};

/// Pearson's correlation: how close the rows are to a line.
///
/// r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²)
///
/// # Arguments
///
/// `a` and `b`: a number for each row, in the same order; they may change places.
///
/// # Returns
///
/// From −1 over 0 to 1. NaN if it is not defined: fewer than two rows, a side that is constant, NaN
/// or an infinity on either side, or sides of different lengths. Finite numbers of any size are
/// fine: each side is scaled by a power of two first.
///
/// Equal to `scipy.stats.pearsonr(a, b).statistic` up to rounding.
///
/// # Complexity
///
/// O(n) time, no memory.
///
/// # Example
///
/// ```
/// assert_eq!(graf::metrics::pearson(&[1.0, 2.0, 3.0], &[30.0, 20.0, 10.0]), -1.0);
/// ```
pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    if !comparable(a, b) || is_constant(a) || is_constant(b) {
        return f64::NAN;
    }
    let (scale_a, scale_b) = (power_of_two(a.iter().copied()), power_of_two(b.iter().copied()));
    let (mean_a, mean_b) = (scaled_mean(a, scale_a), scaled_mean(b, scale_b));
    let (mut squares_a, mut squares_b, mut products) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a * scale_a - mean_a, b * scale_b - mean_b);
        squares_a += a * a;
        squares_b += b * b;
        products += a * b;
    }
    // The root of the product, not the product of the roots: equal sides then give 1 exactly.
    (products / (squares_a * squares_b).sqrt()).clamp(-1.0, 1.0)
}

/// Spearman's rank correlation: Pearson's correlation of the ranks, ties sharing their average
/// rank ([`average_ranks`]).
///
/// # Arguments
///
/// `a` and `b`: a number for each row, in the same order; they may change places. −0 and 0 are
/// tied; infinities are the ends of the order.
///
/// # Returns
///
/// From −1 (reversed) over 0 to 1 (the same order). NaN if it is not defined: fewer than two rows, a
/// side that is constant, a NaN on either side, or sides of different lengths.
///
/// Equal to `scipy.stats.spearmanr(a, b).statistic` up to rounding.
///
/// # Complexity
///
/// O(n log n) time, O(n) memory.
///
/// # Example
///
/// ```
/// assert_eq!(graf::metrics::spearman(&[1.0, 2.0, 3.0], &[1.0, 10.0, 1e9]), 1.0);
/// ```
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    if !comparable(a, b) {
        return f64::NAN;
    }
    pearson(&average_ranks(a), &average_ranks(b))
}

/// The mean of the values times `scale`, which must keep their sum finite.
pub(super) fn scaled_mean(values: &[f64], scale: f64) -> f64 {
    let rows = values.len() as f64;
    let mean = values.iter().map(|value| value * scale).sum::<f64>() / rows;
    // What rounding took from the sum is the mean of what is left.
    mean + values.iter().map(|value| value * scale - mean).sum::<f64>() / rows
}
