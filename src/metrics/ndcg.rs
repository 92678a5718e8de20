//! Normalised discounted cumulative gain.
//!
//! Järvelin, Kekäläinen: *Cumulated Gain-Based Evaluation of IR Techniques*, ACM Transactions on
//! Information Systems 20 (2002). Ties as in `McSherry`, Najork: *Computing Information Retrieval
//! Performance Measures Efficiently in the Presence of Tied Scores*, ECIR 2008.

use std::cmp::Reverse;

use super::comparable;
use super::rank::order_key;
use super::scale::power_of_two;

/// The normalised discounted cumulative gain of the predicted top `k`: how much of what the best
/// order gathers the predicted one does, early places counting more. Higher is better, in the
/// truth and in the prediction.
///
/// The gain of a row is its truth minus the lowest truth, as truths may be negative (losses, say)
/// and gains may not. With rows in the order of their predictions, highest first,
///
/// DCG = Σ gain(i) / log₂(i + 1) over the places i from 1 to `k`
///
/// and the result is DCG divided by that of rows in the order of their truths. Rows with the same
/// prediction share the mean of their gains, as if all their orders were tried, also across the
/// cut: where rows stand in the table does not matter.
///
/// # Returns
///
/// From 0 to 1. `k` above the number of rows counts as that number. 0 if the truth is constant and
/// there is nothing to gain. NaN if it is not defined: no rows, `k` = 0, NaN on either side or an
/// infinite truth, or sides of different lengths.
///
/// Equal to `sklearn.metrics.ndcg_score([truth - truth.min()], [prediction], k=k)` up to rounding.
///
/// # Complexity
///
/// O(n log n) time, O(n) memory.
///
/// # Example
///
/// ```
/// use graf::metrics::ndcg_at_k;
///
/// let truth = [94.0, 91.0, 93.0];
/// assert_eq!(ndcg_at_k(&truth, &[0.9, 0.1, 0.3], 2), 1.0);
/// // The gains are 3, 0 and 2.
/// assert!((ndcg_at_k(&truth, &[0.3, 0.1, 0.9], 1) - 2.0 / 3.0).abs() < 1e-15);
/// ```
pub fn ndcg_at_k(truth: &[f64], prediction: &[f64], k: usize) -> f64 {
    if !comparable(truth, prediction) || truth.is_empty() || k == 0 {
        return f64::NAN;
    }
    // The result is the same for gains of any unit.
    let scale = power_of_two(truth.iter().copied());
    let lowest = truth.iter().copied().fold(f64::INFINITY, f64::min) * scale;
    let mut gains: Vec<f64> = truth.iter().map(|value| value * scale - lowest).collect();
    let mut rows: Vec<(Reverse<u64>, f64)> = prediction
        .iter()
        .zip(&gains)
        .map(|(&value, &gain)| (Reverse(order_key(value)), gain))
        .collect();

    rows.sort_unstable_by_key(|&(key, _)| key);
    let mut gathered = 0.0;
    let mut before = 0;
    for ties in rows.chunk_by(|one, other| one.0 == other.0) {
        if before >= k {
            break;
        }
        let mean = ties.iter().map(|(_, gain)| gain).sum::<f64>() / ties.len() as f64;
        let places = before..(before + ties.len()).min(k);
        gathered += mean * places.map(discount).sum::<f64>();
        before += ties.len();
    }

    gains.sort_unstable_by(|one, other| other.total_cmp(one));
    let best: f64 =
        gains.iter().take(k).enumerate().map(|(place, gain)| gain * discount(place)).sum();
    if best == 0.0 { 0.0 } else { (gathered / best).clamp(0.0, 1.0) }
}

/// What a gain counts at a place, the first being place 0.
fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}
