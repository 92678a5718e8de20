//! How well the top of the prediction is chosen. Higher is better, in the truth and in the
//! prediction.
//!
//! The top k rows are the k with the highest values; of rows that are tied at the cut, those that
//! come first are in. With k above the number of rows, all of them are.

use std::cmp::Reverse;

use super::comparable;
use super::kendall::kendall_tau;
use super::rank::order_key;

/// The share of the predicted top `k` that is in the true top `k`.
///
/// # Returns
///
/// From 0 to 1. Ties at either cut go to the rows that come first; `k` above the number of rows
/// counts as that number (and the share is 1). NaN if it is not defined: no rows, `k` = 0, a NaN on
/// either side, or sides of different lengths.
///
/// # Complexity
///
/// O(n) time on average, O(n) memory.
///
/// # Example
///
/// ```
/// use graf::metrics::precision_at_k;
///
/// // Rows 0 and 1 are the best, 1 and 3 are predicted to be.
/// assert_eq!(precision_at_k(&[0.9, 0.8, 0.7, 0.6], &[2.0, 7.0, 1.0, 8.0], 2), 0.5);
/// ```
pub fn precision_at_k(truth: &[f64], prediction: &[f64], k: usize) -> f64 {
    if !comparable(truth, prediction) || truth.is_empty() || k == 0 {
        return f64::NAN;
    }
    let mut in_top = vec![false; truth.len()];
    for row in top_rows(truth, k) {
        in_top[row] = true;
    }
    let chosen = top_rows(prediction, k);
    chosen.iter().filter(|&&row| in_top[row]).count() as f64 / chosen.len() as f64
}

/// What is lost by trying the predicted top `k` only: the best true value of all minus the best
/// true value among them.
///
/// # Returns
///
/// 0 (the best is among them) or more, in the unit of the target; lower is better. Ties at the cut
/// go to the rows that come first; `k` above the number of rows counts as that number. NaN if it is
/// not defined: no rows, `k` = 0, a NaN on either side, the same infinity as both, or sides of
/// different lengths.
///
/// # Complexity
///
/// O(n) time on average, O(n) memory.
///
/// # Example
///
/// ```
/// use graf::metrics::regret_at_k;
///
/// assert_eq!(regret_at_k(&[94.5, 93.0, 91.5], &[2.0, 3.0, 1.0], 1), 1.5);
/// assert_eq!(regret_at_k(&[94.5, 93.0, 91.5], &[2.0, 3.0, 1.0], 2), 0.0);
/// ```
pub fn regret_at_k(truth: &[f64], prediction: &[f64], k: usize) -> f64 {
    if !comparable(truth, prediction) || truth.is_empty() || k == 0 {
        return f64::NAN;
    }
    let best = truth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let chosen = top_rows(prediction, k).into_iter().map(|row| truth[row]);
    let best_chosen = chosen.fold(f64::NEG_INFINITY, f64::max);
    // Adding zero turns -0 into 0.
    best - best_chosen + 0.0
}

/// Kendall's tau-b among the truly best rows, where a search has to tell good from better.
///
/// The rows are the true top ⌈`fraction` · n⌉, and at least two. A product within rounding of a
/// whole number is that number: 0.07 of 100 rows are 7, though 0.07 · 100 is a little above 7 in
/// floating point.
///
/// # Returns
///
/// From −1 to 1, as [`kendall_tau`]. Ties at the cut go to the rows that come first. NaN if it is
/// not defined: a `fraction` that is not above 0 and at most 1, or whatever makes [`kendall_tau`]
/// NaN, also if only among those rows.
///
/// # Complexity
///
/// O(n + m log m) time on average for m rows at the top, O(n) memory.
///
/// # Example
///
/// ```
/// use graf::metrics::kendall_tau_top;
///
/// // The best two are predicted in the wrong order.
/// assert_eq!(kendall_tau_top(&[0.9, 0.8, 0.5, 0.1], &[7.0, 8.0, 2.0, 1.0], 0.5), -1.0);
/// ```
pub fn kendall_tau_top(truth: &[f64], prediction: &[f64], fraction: f64) -> f64 {
    let is_share = fraction > 0.0 && fraction <= 1.0;
    if !comparable(truth, prediction) || !is_share {
        return f64::NAN;
    }
    let rows = top_rows(truth, share(fraction, truth.len()).max(2));
    let (truth, prediction): (Vec<f64>, Vec<f64>) =
        rows.into_iter().map(|row| (truth[row], prediction[row])).unzip();
    kendall_tau(&truth, &prediction)
}

/// ⌈`fraction` · `rows`⌉, forgiving the rounding of the fraction and of the product.
fn share(fraction: f64, rows: usize) -> usize {
    let exact = fraction * rows as f64;
    let nearest = exact.round();
    let whole =
        if (exact - nearest).abs() <= 4.0 * f64::EPSILON * exact { nearest } else { exact.ceil() };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to the number of rows"
    )]
    let whole = whole as usize;
    whole
}

/// The rows of the `k` highest values, in no order; of ties at the cut, those that come first.
fn top_rows(values: &[f64], k: usize) -> Vec<usize> {
    if k == 0 {
        return Vec::new();
    }
    let mut rows: Vec<(Reverse<u64>, usize)> =
        values.iter().enumerate().map(|(row, &value)| (Reverse(order_key(value)), row)).collect();
    if k < rows.len() {
        rows.select_nth_unstable(k - 1);
        rows.truncate(k);
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::{share, top_rows};

    #[test]
    fn shares_are_rounded_up() {
        for percent in 1..=100_usize {
            for rows in 0..=1000 {
                let fraction = percent as f64 / 100.0;
                assert_eq!(
                    share(fraction, rows),
                    (percent * rows).div_ceil(100),
                    "{percent} {rows}"
                );
            }
        }
        assert_eq!(share(1e-9, 1000), 1);
        assert_eq!(share(5e-324, 1000), 1);
    }

    #[test]
    fn ties_at_the_cut_go_to_the_first() {
        let mut rows = top_rows(&[1.0, 3.0, 0.0, 1.0, -0.0, 1.0], 3);
        rows.sort_unstable();
        assert_eq!(rows, [0, 1, 3]);
        assert_eq!(top_rows(&[-0.0, 0.0], 1), [0]);
        assert_eq!(top_rows(&[], 3), [0; 0]);
    }
}
