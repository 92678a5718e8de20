//! What an experiment does if nothing else is asked for.

/// The metrics, by name.
pub const METRICS: [&str; 3] = ["kendall_tau", "spearman", "r2"];

/// The default sizes of training sets, for a number of different networks: 32 and 128, or less where that
/// leaves too few to test, no training set being more than two thirds.
pub fn default_sizes(networks: usize) -> Vec<usize> {
    let most = networks * 2 / 3;
    if most >= 128 {
        return vec![32, 128];
    }
    let large = (2..7).map(|power| 1 << power).rfind(|&size| size <= most).unwrap_or(3);
    if large >= 8 { vec![large / 2, large] } else { vec![large] }
}

#[cfg(test)]
mod tests {
    use super::default_sizes;

    #[test]
    fn train_sizes_leave_a_third_to_test() {
        for (networks, sizes) in [
            (1000, vec![32, 128]),
            (192, vec![32, 128]),
            (100, vec![32, 64]),
            (50, vec![16, 32]),
            (12, vec![4, 8]),
            (7, vec![4]),
        ] {
            assert_eq!(default_sizes(networks), sizes, "{networks}");
        }
    }
}
