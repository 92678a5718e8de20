//! The length and the noise under which the training targets are most likely.

use linfa_linalg::cholesky::CholeskyInplace;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::kernel::matern;

/// How many rows are looked at.
const ROWS: usize = 256;

/// The lengths that are tried first, in units of the root of the number of columns.
const LENGTHS: [f64; 6] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

/// The variances of noise that are tried first, in units of the variance of the function.
pub(super) const NOISES: [f64; 6] = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0];

/// The least variance of the function, in units of that of the targets: less is rounding.
const LEAST_VARIANCE: f64 = 1e-12;

/// A length and a noise, and how likely they make the targets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likely {
    /// The length ℓ, in standard deviations of a column.
    pub length: f64,
    /// The variance of the noise, in units of that of the function.
    pub noise: f64,
    /// The variance of the function, in units of that of the targets.
    pub signal: f64,
    /// The logarithm of the likelihood, but for a constant.
    likelihood: f64,
}

/// The most likely of a grid of lengths and noises, then of its neighbours at half the step.
///
/// It looks at no more than 256 rows, spread evenly. The variance of the function is the most likely
/// one for each pair. O(rows³) for each of 44 pairs.
///
/// # Arguments
///
/// - `records`: standardized columns, at least one.
/// - `targets`: standardized targets.
pub(super) fn search(records: ArrayView2<f64>, targets: ArrayView1<f64>) -> Likely {
    let count = records.nrows().min(ROWS);
    let some: Vec<usize> = (0..count).map(|place| place * records.nrows() / count).collect();
    let (records, targets) = (records.select(Axis(0), &some), targets.select(Axis(0), &some));
    let distances = squared_distances(&records);
    let root = (records.ncols() as f64).sqrt();

    let first = LENGTHS.map(|length| (length * root, NOISES.to_vec()));
    let best = best(&distances, &targets, &first);
    let (shorter, longer) = (best.length / 2_f64.sqrt(), best.length * 2_f64.sqrt());
    let (less, more) = (best.noise / 10_f64.sqrt(), best.noise * 10_f64.sqrt());
    let second = [
        (best.length, vec![best.noise, less, more]),
        (shorter, vec![less, best.noise, more]),
        (longer, vec![less, best.noise, more]),
    ];
    self::best(&distances, &targets, &second)
}

/// The most likely pair of those given, a length with its noises; the first of equals.
fn best(distances: &Array2<f64>, targets: &Array1<f64>, pairs: &[(f64, Vec<f64>)]) -> Likely {
    let likelihoods = pairs.par_iter().flat_map_iter(|(length, noises)| {
        let factor = 3.0 / (length * length);
        let kernel = distances.mapv(|square| matern(square * factor));
        noises.iter().map(move |&noise| {
            let (signal, likelihood) = likelihood(kernel.clone(), noise, targets);
            Likely { length: *length, noise, signal, likelihood }
        })
    });
    let likelihoods: Vec<Likely> = likelihoods.collect();
    let likelihood = f64::NEG_INFINITY;
    let worst = Likely { length: pairs[0].0, noise: 1.0, signal: 1.0, likelihood };
    likelihoods.into_iter().fold(
        worst,
        |best, next| {
            if next.likelihood > best.likelihood { next } else { best }
        },
    )
}

/// The most likely variance under a kernel matrix and a noise, and the logarithm of the likelihood
/// of the targets with it, but for a constant; −∞ where the matrix has no decomposition.
fn likelihood(mut kernel: Array2<f64>, noise: f64, targets: &Array1<f64>) -> (f64, f64) {
    kernel.diag_mut().mapv_inplace(|value| value + noise);
    if kernel.cholesky_inplace_dirty().is_err() {
        return (1.0, f64::NEG_INFINITY);
    }
    let right = targets.to_owned().insert_axis(Axis(1));
    let Ok(solved) = kernel.solve_triangular_into(right, UPLO::Lower) else {
        return (1.0, f64::NEG_INFINITY);
    };
    let count = targets.len() as f64;
    let variance = solved.iter().map(|value| value * value).sum::<f64>() / count;
    let variance = variance.max(LEAST_VARIANCE);
    let determinant = 2.0 * kernel.diag().iter().map(|value| value.ln()).sum::<f64>();
    (variance, -0.5 * (count * variance.ln() + determinant))
}

/// The squared distance of each row from each.
fn squared_distances(records: &Array2<f64>) -> Array2<f64> {
    let mut distances = records.dot(&records.t());
    let squares = distances.diag().to_owned();
    for ((row, other), value) in distances.indexed_iter_mut() {
        let square = squares[row] + squares[other] - 2.0 * *value;
        *value = if row == other { 0.0 } else { square.max(0.0) };
    }
    distances
}
