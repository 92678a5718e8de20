//! The direction of a column as a few labels show it, and groups of rows by the size of a number.

use crate::metrics::{Direction, average_ranks, kendall_tau};

/// How many standard errors a tau is from 0 where chance hardly explains it.
const CLEAR: f64 = 3.0;

/// What labels say about the direction of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignEstimate {
    /// Kendall's tau of the column and the labels, greater labels being better. Not 0 and not NaN.
    pub tau: f64,
    /// How many labels there are.
    pub labels: usize,
}

impl SignEstimate {
    /// The estimate; `None` if the labels show no direction: tau is 0 or undefined.
    ///
    /// # Arguments
    ///
    /// `column` and `worths`: a number for each label; greater worths are better.
    pub fn of(column: &[f64], worths: &[f64]) -> Option<Self> {
        let tau = kendall_tau(column, worths);
        (tau.abs() > 0.0).then_some(SignEstimate { tau, labels: worths.len() })
    }

    /// Which values of the column go with better labels.
    pub fn direction(self) -> Direction {
        if self.tau < 0.0 { Direction::Minimize } else { Direction::Maximize }
    }

    /// Whether tau is three standard errors or more from 0. The error is that of tau where column and label
    /// have nothing to do with each other, √(2 (2n + 5) / (9 n (n − 1))): Kendall, *A New Measure of Rank
    /// Correlation*, Biometrika 30 (1938).
    pub fn is_clear(self) -> bool {
        let rows = self.labels as f64;
        let error = (2.0 * (2.0 * rows + 5.0) / (9.0 * rows * (rows - 1.0))).sqrt();
        self.tau.abs() >= CLEAR * error
    }
}

/// The quantile group of each value, from 0 for the smallest values: `count` groups of about the same size.
/// Equal values are in the same group, so that groups may differ in size, or be empty.
///
/// # Complexity
///
/// O(n log n) time, O(n) memory.
pub fn quantiles(values: &[f64], count: usize) -> Vec<usize> {
    let rows = values.len() as f64;
    let group = |rank: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to the number of groups"
        )]
        let group = ((rank - 0.5) / rows * count as f64) as usize;
        group.min(count.saturating_sub(1))
    };
    average_ranks(values).into_iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_show_a_direction_or_none() {
        let labels = [1.0, 2.0, 3.0, 4.0];
        let estimate = SignEstimate::of(&[9.0, 7.0, 5.0, 3.0], &labels).unwrap();
        assert_eq!(estimate, SignEstimate { tau: -1.0, labels: 4 });
        assert_eq!(estimate.direction(), Direction::Minimize);
        assert!(!estimate.is_clear()); // Four labels are in reverse order once in 24 times.
        assert!(SignEstimate { tau: 0.5, labels: 100 }.is_clear());
        assert_eq!(SignEstimate::of(&[1.0, 2.0, 2.0, 1.0], &[1.0, 2.0, 1.0, 2.0]), None);
        assert_eq!(SignEstimate::of(&[1.0; 4], &labels), None);
        assert_eq!(SignEstimate::of(&[1.0], &[1.0]), None);
    }

    #[test]
    fn quantiles_keep_equal_values_together() {
        assert_eq!(quantiles(&[4.0, 1.0, 3.0, 2.0], 2), [1, 0, 1, 0]);
        assert_eq!(quantiles(&[1.0, 1.0, 1.0, 2.0], 2), [0, 0, 0, 1]);
        assert_eq!(quantiles(&[1.0, 2.0, 2.0, 2.0], 4), [0, 2, 2, 2]);
        assert_eq!(quantiles(&[5.0, 6.0, 7.0], 100), [16, 50, 83]);
        assert_eq!(quantiles(&[], 4), [0; 0]);
    }
}
