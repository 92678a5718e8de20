//! Holm's correction of p-values.

/// P-values of several tests, adjusted by Holm's method: those at or below α are the tests to
/// believe in if the chance of even one false finding shall be at most α, whatever the tests have
/// to do with one another.
///
/// The i-th smallest of m becomes (m − i + 1) times itself, but never less than the one before it
/// and never more than 1.
///
/// Holm: *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal of
/// Statistics 6 (1979).
///
/// # Returns
///
/// The adjusted p-values in the order of the arguments. NaN stays NaN and is not counted as a test,
/// as in R's `p.adjust`.
///
/// # Complexity
///
/// O(m log m) time, O(m) memory.
///
/// # Example
///
/// ```
/// use graf::metrics::holm;
///
/// assert_eq!(holm(&[0.25, 0.0625, 0.75]), [0.5, 0.1875, 0.75]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> =
        (0..p_values.len()).filter(|&test| !p_values[test].is_nan()).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));

    let mut adjusted = vec![f64::NAN; p_values.len()];
    let mut least = 0.0_f64;
    for (before, &test) in order.iter().enumerate() {
        let left = (order.len() - before) as f64;
        least = least.max(left * p_values[test]).min(1.0);
        adjusted[test] = least;
    }
    adjusted
}
