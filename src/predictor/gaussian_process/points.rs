//! Which training rows stand for all, and what they tell about the others.

use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::kernel::kernel;
use crate::control::{Cancelled, Control};
use crate::predictor::resample::subset;

/// Rows of which less than this part of the variance is unknown are known.
const KNOWN: f64 = 1e-9;

/// How many rows may stand for all, if there are more of them.
const CANDIDATES: usize = 1024;

/// Chooses at most so many rows: always the one that explains most of what those before it leave of
/// the targets, the first of equals. If there are no more rows than that these are all.
///
/// Of more than 1,024 rows, so many, drawn at random, are looked at.
///
/// # Arguments
///
/// - `records`: scaled so that a distance is √3 r/ℓ.
/// - `targets`: standardized targets.
/// - `noise`: its variance, in units of that of the function.
/// - `most`: how many rows at most.
/// - `seed`: what rows are drawn with.
/// - `control`: asked before each row.
///
/// # Complexity
///
/// O(rows² · most), in parallel; the rows are the same on any number of threads.
pub(super) fn choose(
    records: ArrayView2<f64>,
    targets: ArrayView1<f64>,
    noise: f64,
    (most, seed): (usize, u64),
    control: &Control,
) -> Result<Vec<usize>, Cancelled> {
    if records.nrows() <= most {
        return Ok((0..records.nrows()).collect());
    }
    let some = subset(records, targets, CANDIDATES, seed);
    let count = some.len();
    let (records, targets) = (records.select(Axis(0), &some), targets.select(Axis(0), &some));

    let squares = records.map_axis(Axis(1), |row| row.dot(&row));
    let mut unknown = kernel(records.view(), records.view(), squares.view());
    let mut direction: Array1<f64> = Array1::zeros(count);
    let mut left = Left::new(&targets, noise, most);
    let mut chosen = Vec::new();
    while chosen.len() < most {
        control.check()?;
        let unexplained = left.targets();
        let rows = unknown.axis_iter_mut(Axis(0)).into_par_iter().enumerate();
        let explained = rows.map(|(index, mut row)| {
            row.scaled_add(-direction[index], &direction);
            let variance = row[index];
            let fit = row.dot(&unexplained).powi(2) / (row.dot(&row) + noise * variance);
            if variance > KNOWN { fit } else { 0.0 }
        });
        let explained: Vec<f64> = explained.collect();
        let first = |best: (usize, f64), (index, fit): (usize, f64)| {
            if fit > best.1 { (index, fit) } else { best }
        };
        let (index, fit) = explained.into_iter().enumerate().fold((0, 0.0), first);
        if fit <= 0.0 {
            break;
        }
        direction = &unknown.row(index) / unknown[[index, index]].sqrt();
        left.explain(&direction);
        chosen.push(some[index]);
    }
    Ok(chosen)
}

/// What some directions leave of the targets, where each weight w costs noise · w²: least squares,
/// the cost being that of one more row for each direction.
struct Left {
    /// What is left of the targets, then of zero in the additional rows.
    unexplained: Array1<f64>,
    rows: usize,
    noise: f64,
    /// The directions with their additional rows, orthogonal and of length 1.
    basis: Vec<Array1<f64>>,
}

impl Left {
    fn new(targets: &Array1<f64>, noise: f64, most: usize) -> Self {
        let rows = targets.len();
        let left = targets.iter().copied().chain(std::iter::repeat_n(0.0, most)).collect();
        Left { unexplained: left, rows, noise, basis: Vec::new() }
    }

    fn targets(&self) -> ArrayView1<'_, f64> {
        self.unexplained.view().split_at(Axis(0), self.rows).0
    }

    fn explain(&mut self, direction: &Array1<f64>) {
        let mut new = Array1::zeros(self.unexplained.len());
        new.view_mut().split_at(Axis(0), self.rows).0.assign(direction);
        new[self.rows + self.basis.len()] = self.noise.sqrt();
        for other in &self.basis {
            new.scaled_add(-other.dot(&new), other);
        }
        new /= new.dot(&new).sqrt();
        self.unexplained.scaled_add(-new.dot(&self.unexplained), &new);
        self.basis.push(new);
    }
}

/// Some rows, and what they tell about all: a partial Cholesky decomposition of the kernel matrix.
pub(super) struct Factor {
    /// The rows that tell something that those before them do not.
    pub points: Vec<usize>,
    /// The decomposition L (rows × points): L Lᵀ is the kernel matrix as far as the points know it.
    /// The rows of the points, in their order, are a lower triangle.
    pub lower: Array2<f64>,
}

/// The part of the kernel matrix that the points know. O(rows · points · (columns + points)).
///
/// The columns are scaled so that a distance is √3 r/ℓ.
pub(super) fn factor(
    records: ArrayView2<f64>,
    candidates: &[usize],
    control: &Control,
) -> Result<Factor, Cancelled> {
    let mut lower: Array2<f64> = Array2::zeros((records.nrows(), candidates.len()));
    let mut unknown: Array1<f64> = Array1::ones(records.nrows());
    let mut points: Vec<usize> = Vec::with_capacity(candidates.len());
    for &row in candidates {
        control.check()?;
        if unknown[row] <= KNOWN {
            continue;
        }
        let point = records.row(row);
        let square = Array1::from_elem(1, point.dot(&point));
        let values = kernel(records, point.insert_axis(Axis(0)), square.view());
        let (known, _) = lower.view().split_at(Axis(1), points.len());
        let root = unknown[row].sqrt();
        let mut column = (&values.column(0) - &known.dot(&known.row(row))) / root;
        for &earlier in &points {
            column[earlier] = 0.0;
        }
        column[row] = root;
        unknown.zip_mut_with(&column, |variance, value| *variance -= value * value);
        lower.column_mut(points.len()).assign(&column);
        points.push(row);
    }
    let (lower, _) = lower.view().split_at(Axis(1), points.len());
    Ok(Factor { lower: lower.to_owned(), points })
}
