//! Networks as points, on which distances mean something whatever the units of their columns.
//!
//! The value of a column is replaced by its rank among all networks (equal values share the mean of
//! theirs), and the ranks are divided by their standard deviation, so that no column counts more for
//! being skewed or large. Constant columns and copies of others are left out.

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView2, Axis};

use crate::metrics::average_ranks;
use crate::selection::dependence::sort_out;

/// Networks as points.
#[derive(Debug, Clone, PartialEq)]
pub struct Points(Array2<f64>);

impl Points {
    /// The points of finite records (rows × columns).
    ///
    /// # Complexity
    ///
    /// O(columns · rows log rows) time; memory for another table of numbers.
    pub fn new(records: ArrayView2<f64>) -> Self {
        let (_, _, kept) = sort_out(records);
        // Column by column in memory while they are made, row by row afterwards.
        let mut columns = Array2::zeros((kept.len(), records.nrows()));
        columns.axis_iter_mut(Axis(0)).into_par_iter().zip(&kept).for_each(|(mut row, &column)| {
            let ranks = average_ranks(&records.column(column).to_vec());
            let count = ranks.len() as f64;
            let mean = f64::midpoint(count, 1.0);
            let squares: f64 = ranks.iter().map(|rank| (rank - mean).powi(2)).sum();
            let deviation = (squares / count).sqrt();
            row.iter_mut().zip(ranks).for_each(|(index, rank)| *index = (rank - mean) / deviation);
        });
        Points(columns.t().as_standard_layout().into_owned())
    }

    /// No point: for strategies that do not look at any.
    pub fn none() -> Self {
        Points(Array2::zeros((0, 0)))
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.0.nrows()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many columns tell them apart.
    pub fn columns(&self) -> usize {
        self.0.ncols()
    }

    /// The squared difference of two points, on average over the columns.
    pub(super) fn apart(&self, one: usize, other: usize) -> f64 {
        let differences = self.0.row(one).into_iter().zip(self.0.row(other));
        let sum: f64 = differences.map(|(one, other)| (one - other) * (one - other)).sum();
        sum / self.0.ncols().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn units_skew_copies_and_constants_do_not_count() {
        let one = Points::new(array![[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]].view());
        let other =
            array![[10.0, 10.0, 7.0, -2.0], [100.0, 100.0, 7.0, 5.0], [1e9, 1e9, 7.0, -2.0],];
        assert_eq!(Points::new(other.view()), one);
        assert_eq!((one.len(), one.columns()), (3, 2));
    }

    #[test]
    fn distances_are_those_of_standardized_ranks() {
        let points = Points::new(array![[1.0, 5.0], [4.0, 5.0], [9.0, 8.0]].view());
        // Ranks 1, 2, 3 of deviation √⅔ and 1½, 1½, 3 of deviation √½.
        for (other, request) in [(0, 0.0), (1, 1.5), (2, 4.0 * 1.5 + 1.5 * 1.5 * 2.0)] {
            assert!((points.apart(0, other) - request / 2.0).abs() < 1e-12, "{other}");
        }
    }
}
