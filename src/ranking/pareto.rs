//! The Pareto front: rows that no other row beats in all objectives.

use ndarray::{ArrayView1, ArrayView2};

/// A row of a Pareto front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontRow {
    /// Its place among the rows.
    pub row: usize,
    /// How many other rows have the same numbers in all objectives; they are on the front too.
    pub equal: usize,
}

/// The rows that no other row dominates: none is at least as good in all objectives and better in one.
///
/// # Arguments
///
/// `worths`: rows × objectives, greater is better, without NaN.
///
/// # Returns
///
/// All such rows, best first by the first objective, then by the others; of equal rows all, in their order.
///
/// # Complexity
///
/// O(n log n) time for n rows and up to two objectives; with f rows on the front and more objectives d
/// O(n log n + n f d). O(n) memory.
///
/// # Example
///
/// ```
/// use graf::ranking::{FrontRow, front};
/// use ndarray::array;
///
/// // Accuracy, and the negative of a latency.
/// let worths = array![[0.9, -3.0], [0.8, -4.0], [0.7, -1.0], [0.9, -3.0]];
/// let rows = [(0, 1), (3, 1), (2, 0)].map(|(row, equal)| FrontRow { row, equal });
/// assert_eq!(front(worths.view()), rows);
/// ```
pub fn front(worths: ArrayView2<f64>) -> Vec<FrontRow> {
    let mut order: Vec<usize> = (0..worths.nrows()).collect();
    let better_first = |one: &usize, other: &usize| {
        let pairs = worths.row(*other).into_iter().zip(worths.row(*one));
        // Adding zero makes −0 and 0 equal.
        let mut orders = pairs.map(|(a, b)| (a + 0.0).total_cmp(&(b + 0.0)));
        orders.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    order.sort_by(better_first);
    let mut front: Vec<FrontRow> = Vec::new();
    // What may dominate a row comes before it, and what is equal to it stands beside it.
    for rows in order.chunk_by(|one, other| better_first(one, other).is_eq()) {
        let own = worths.row(rows[0]);
        let is_dominated = match worths.ncols() {
            // With two objectives only the last of the front has to be asked: no other has a better second one.
            0..=2 => front.last().is_some_and(|last| covers(worths.row(last.row), own)),
            _ => front.iter().any(|other| covers(worths.row(other.row), own)),
        };
        if !is_dominated {
            front.extend(rows.iter().map(|&row| FrontRow { row, equal: rows.len() - 1 }));
        }
    }
    front
}

/// Whether one row is at least as good as another in all objectives.
fn covers(one: ArrayView1<f64>, other: ArrayView1<f64>) -> bool {
    one.iter().zip(other).all(|(a, b)| a >= b)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;

    /// The definition, with all pairs.
    fn naive(worths: ArrayView2<f64>) -> Vec<usize> {
        let dominates = |one: usize, other: usize| {
            let (one, other) = (worths.row(one), worths.row(other));
            covers(one, other) && one != other
        };
        let rows = 0..worths.nrows();
        rows.clone().filter(|&row| !rows.clone().any(|other| dominates(other, row))).collect()
    }

    #[test]
    fn one_objective_has_its_best_rows() {
        let front = front(array![[1.0], [3.0], [2.0], [3.0]].view());
        assert_eq!(front, [1, 3].map(|row| FrontRow { row, equal: 1 }));
        assert_eq!(self::front(Array2::zeros((0, 2)).view()), []);
        let zeros = self::front(array![[0.0, 1.0], [-0.0, 1.0]].view());
        assert_eq!(zeros, [0, 1].map(|row| FrontRow { row, equal: 1 }));
    }

    proptest! {
        #[test]
        fn the_front_is_what_no_pair_excludes(
            columns in 1_usize..5,
            numbers in prop::collection::vec(-3_i8..4, 0..120),
        ) {
            let rows = numbers.len() / columns;
            let numbers = numbers[..rows * columns].iter().copied().map(f64::from).collect();
            let worths = Array2::from_shape_vec((rows, columns), numbers).unwrap();
            let found = front(worths.view());
            let mut places: Vec<usize> = found.iter().map(|row| row.row).collect();
            let firsts: Vec<f64> = places.iter().map(|&row| -worths[[row, 0]]).collect();
            prop_assert!(firsts.is_sorted());
            for FrontRow { row, equal } in found {
                let same = worths.rows().into_iter().filter(|other| other == worths.row(row)).count();
                prop_assert_eq!(equal, same - 1);
            }
            places.sort_unstable();
            prop_assert_eq!(places, naive(worths.view()));
        }
    }
}
