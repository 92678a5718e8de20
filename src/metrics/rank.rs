//! Ranks, with ties sharing the average of the ranks they cover.

/// A key that orders as the number does, so that numbers can be sorted as integers.
///
/// −0 and 0 have one key, as they compare equal. Positive NaN sorts after infinity, negative NaN
/// before minus infinity.
pub(super) fn order_key(value: f64) -> u64 {
    // Adding zero turns −0 into 0 and leaves all else alone.
    let bits = (value + 0.0).to_bits();
    // The bits of positive floats order as integers, those of negative ones the other way round.
    let negative = (bits.cast_signed() >> 63).cast_unsigned();
    bits ^ (negative | 1 << 63)
}

/// The rank of each value among all: 1 for the smallest, `values.len()` for the largest.
///
/// Equal values share the mean of the ranks they cover, as in `scipy.stats.rankdata`, its default
/// method `average`: the ranks always sum to n(n + 1)/2. −0 and 0 are equal, infinities are the
/// ends. If any value is NaN no rank is defined, and all are NaN.
///
/// # Complexity
///
/// O(n log n) time, O(n) memory.
///
/// # Example
///
/// ```
/// use graf::metrics::average_ranks;
///
/// assert_eq!(average_ranks(&[0.3, 0.1, 0.3, 0.9]), [2.5, 1.0, 2.5, 4.0]);
/// ```
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    if values.iter().any(|value| value.is_nan()) {
        return vec![f64::NAN; values.len()];
    }
    let mut rows: Vec<(u64, usize)> =
        values.iter().enumerate().map(|(row, &value)| (order_key(value), row)).collect();
    rows.sort_unstable();

    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in rows.chunk_by(|one, other| one.0 == other.0) {
        // The mean of the ranks before + 1 to before + ties.
        let rank = before as f64 + (ties.len() + 1) as f64 / 2.0;
        for &(_, row) in ties {
            ranks[row] = rank;
        }
        before += ties.len();
    }
    ranks
}
