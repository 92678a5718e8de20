//! Which training rows stand for all.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::kernel::kernel;

/// Rows of which less than this part of the variance is unknown are known.
const KNOWN: f64 = 1e-9;

/// Some rows, and what they tell about all: a partial Cholesky decomposition of the kernel matrix.
pub(super) struct Chosen {
    /// The rows that stand for all, in the order in which they were chosen.
    pub rows: Vec<usize>,
    /// The decomposition L (rows × chosen): L Lᵀ is the kernel matrix as far as the chosen rows
    /// know it. Its chosen rows, in their order, are a lower triangle.
    pub factor: Array2<f64>,
    /// The variance of each row that is not known.
    pub unknown: Array1<f64>,
}

/// Chooses at most so many rows: always the one that the others tell least about, the first of equals.
///
/// The columns are scaled so that a distance is √3 r/ℓ. O(rows · most · (columns + most)).
pub(super) fn choose(records: ArrayView2<f64>, most: usize) -> Chosen {
    let count = records.nrows();
    let most = most.min(count);
    let mut factor: Array2<f64> = Array2::zeros((count, most));
    let mut unknown = Array1::ones(count);
    let mut rows = Vec::with_capacity(most);
    while rows.len() < most {
        let first = |best: (usize, f64), (row, &variance): (usize, &f64)| {
            if variance > best.1 { (row, variance) } else { best }
        };
        let (row, variance) = unknown.indexed_iter().fold((0, KNOWN), first);
        if variance <= KNOWN {
            break;
        }
        let point = records.row(row);
        let square = Array1::from_elem(1, point.dot(&point));
        let values = kernel(records, point.insert_axis(Axis(0)), square.view());
        let (known, _) = factor.view().split_at(Axis(1), rows.len());
        let mut column = &values.column(0) - &known.dot(&known.row(row));
        column /= variance.sqrt();
        for &earlier in &rows {
            column[earlier] = 0.0;
        }
        column[row] = variance.sqrt();
        unknown.zip_mut_with(&column, |variance, value| *variance -= value * value);
        unknown[row] = 0.0;
        factor.column_mut(rows.len()).assign(&column);
        rows.push(row);
    }
    unknown.mapv_inplace(|variance| variance.max(0.0));
    let (factor, _) = factor.view().split_at(Axis(1), rows.len());
    Chosen { factor: factor.to_owned(), rows, unknown }
}
