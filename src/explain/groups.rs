//! Columns that say nearly the same.

use ndarray::{Array1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::metrics::average_ranks;

/// Columns whose rank correlation is at least this, in either direction, are nearly equal.
const ALIKE: f64 = 0.95;

/// Rows that are compared.
const ROWS: usize = 512;

/// The most columns that are compared with each other.
pub const MOST_GROUPED: usize = 4096;

/// For each column (of records: rows × columns) the one that stands for its group: itself, or the first in `order` whose
/// Spearman correlation with it is at least 0.95 or at most −0.95.
///
/// At most 512 rows, evenly spread, are compared. Constant columns, and more than [`MOST_GROUPED`] of any, stand for
/// themselves.
///
/// # Complexity
///
/// O(columns · groups · rows).
pub fn groups(records: ArrayView2<f64>, order: &[usize]) -> Vec<usize> {
    let (rows, columns) = records.dim();
    let mut group: Vec<usize> = (0..columns).collect();
    if columns > MOST_GROUPED || rows < 2 {
        return group;
    }
    let count = rows.min(ROWS);
    let some: Vec<usize> = (0..count).map(|place| place * rows / count).collect();
    let some = records.select(Axis(0), &some);
    let ranks: Vec<Option<Array1<f64>>> =
        (0..columns).into_par_iter().map(|column| unit(&some.column(column).to_vec())).collect();
    let mut first: Vec<usize> = Vec::new();
    for &column in order {
        let Some(own) = &ranks[column] else { continue };
        let is_alike = |other: &&usize| {
            ranks[**other].as_ref().is_some_and(|other| own.dot(other).abs() >= ALIKE)
        };
        match first.par_iter().find_first(is_alike) {
            Some(&other) => group[column] = other,
            None => first.push(column),
        }
    }
    group
}

/// The ranks of some values, centred and of length 1; none if they are constant.
fn unit(values: &[f64]) -> Option<Array1<f64>> {
    let ranks = Array1::from(average_ranks(values));
    let ranks = &ranks - ranks.mean()?;
    let length = ranks.dot(&ranks).sqrt();
    (length > 0.0).then(|| ranks / length)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn the_first_of_nearly_equal_columns_stands_for_all() {
        let records = Array2::from_shape_fn((50, 5), |(row, column)| {
            let row = row as f64;
            match column {
                0 => row.exp(),
                1 => -row,
                2 => (row * 7.0) % 50.0,
                3 => 3.0,
                _ => row + if row < 3.0 { 2.5 } else { 0.0 },
            }
        });
        assert_eq!(groups(records.view(), &[1, 0, 4, 2, 3]), [1, 1, 2, 3, 1]);
        assert_eq!(groups(records.view(), &[4, 3, 2, 1, 0])[..2], [4, 4]);
        assert_eq!(groups(records.slice_axis(Axis(0), (..1).into()), &[0, 1, 2]), [0, 1, 2, 3, 4]);
    }
}
