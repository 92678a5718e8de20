//! The length and the noise under which the training targets are most likely.

use linfa_linalg::cholesky::CholeskyInplace;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::control::{Cancelled, Control};
use crate::predictor::resample::subset;

use super::kernel::matern;

/// How many rows are looked at.
const ROWS: usize = 256;

/// The lengths that are tried first, in units of the root of the number of columns: most rows are
/// about √2 of it apart.
const LENGTHS: [f64; 5] = [0.7, 1.4, 2.8, 5.6, 11.2];

/// The variances of noise that are tried first, in units of the variance of the function.
pub(super) const NOISES: [f64; 4] = [1e-3, 1e-2, 1e-1, 1.0];

/// What is held to be likely before a target is seen: the length, in the same units, and the noise,
/// and the standard deviations of their logarithms. With few rows the most likely noise is often
/// none at all, which is not to be believed.
const USUAL_LENGTH: (f64, f64) = (2.8, 1.5);
const USUAL_NOISE: (f64, f64) = (0.05, 2.5);

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
    /// The logarithm of the likelihood times what was held likely before, but for a constant.
    likelihood: f64,
}

/// The most likely of a grid of lengths and noises, then of its neighbours at half the step.
///
/// It looks at no more than 256 rows, drawn at random. The variance of the function is the most likely
/// one for each pair. O(rows³) for each of 28 pairs.
///
/// # Arguments
///
/// - `records`: standardized columns, at least one.
/// - `targets`: standardized targets.
/// - `seed`: what rows are drawn with.
/// - `control`: asked before each pair.
pub(super) fn search(
    records: ArrayView2<f64>,
    targets: ArrayView1<f64>,
    seed: u64,
    control: &Control,
) -> Result<Likely, Cancelled> {
    let some = subset(records, targets, ROWS, seed);
    let (records, targets) = (records.select(Axis(0), &some), targets.select(Axis(0), &some));
    let distances = squared_distances(&records);
    let root = (records.ncols() as f64).sqrt();

    let first = LENGTHS.map(|length| (length * root, NOISES.to_vec()));
    let best = best(&distances, &targets, &first, root, control)?;
    let (shorter, longer) = (best.length / 2_f64.sqrt(), best.length * 2_f64.sqrt());
    let (less, more) = (best.noise / 10_f64.sqrt(), best.noise * 10_f64.sqrt());
    let second = [
        (best.length, vec![best.noise, less, more]),
        (shorter, vec![less, best.noise, more]),
        (longer, vec![less, best.noise, more]),
    ];
    self::best(&distances, &targets, &second, root, control)
}

/// The most likely pair of those given, a length with its noises; the first of equals.
fn best(
    distances: &Array2<f64>,
    targets: &Array1<f64>,
    pairs: &[(f64, Vec<f64>)],
    root: f64,
    control: &Control,
) -> Result<Likely, Cancelled> {
    let likelihoods = pairs.par_iter().flat_map_iter(|(length, noises)| {
        let factor = 3.0 / (length * length);
        let kernel = distances.mapv(|square| matern(square * factor));
        noises.iter().map(move |&noise| {
            control.check()?;
            let (signal, likelihood) = likelihood(kernel.clone(), noise, targets);
            let before = before(*length / root, USUAL_LENGTH) + before(noise, USUAL_NOISE);
            Ok(Likely { length: *length, noise, signal, likelihood: likelihood + before })
        })
    });
    let likelihoods: Vec<Likely> = likelihoods.collect::<Result<_, _>>()?;
    let likelihood = f64::NEG_INFINITY;
    let worst = Likely { length: pairs[0].0, noise: 1.0, signal: 1.0, likelihood };
    let better =
        |best: Likely, next: Likely| if next.likelihood > best.likelihood { next } else { best };
    Ok(likelihoods.into_iter().fold(worst, better))
}

/// The logarithm of how likely a size is before a target is seen, but for a constant.
fn before(size: f64, (usual, spread): (f64, f64)) -> f64 {
    -0.5 * ((size / usual).ln() / spread).powi(2)
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
