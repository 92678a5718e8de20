//! The noise that makes targets most likely, once the variance of the function is fixed and the
//! directions in which it can go.

use linfa_linalg::cholesky::CholeskyInplace;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use super::search::NOISES;
use crate::control::Control;
use crate::predictor::FitError;

/// How directions L (rows × directions) explain targets y, which are L w and noise of the given
/// variance; before the targets are seen each weight has mean 0 and variance 1, in units of `signal`.
pub(super) struct Explained {
    /// The variance of the noise, in units of `signal`.
    pub noise: f64,
    /// The expected weights w, `(LᵀL + noise)⁻¹ Lᵀ y`.
    pub weights: Array1<f64>,
    /// The lower Cholesky factor of `LᵀL + noise`; what stands above the diagonal is none of it.
    pub lower: Array2<f64>,
    likelihood: f64,
}

/// What of the directions and the targets counts.
struct Sums {
    rows: f64,
    inner: Array2<f64>,
    right: Array2<f64>,
    square: f64,
    signal: f64,
}

impl Explained {
    /// The most likely of a grid of noises, then of its neighbours at half the step.
    ///
    /// O(rows · directions² + directions³).
    pub fn most_likely(
        lower: &Array2<f64>,
        targets: &Array1<f64>,
        signal: f64,
        control: &Control,
    ) -> Result<Self, FitError> {
        let sums = Sums {
            rows: targets.len() as f64,
            inner: lower.t().dot(lower),
            right: lower.t().dot(targets).insert_axis(Axis(1)),
            square: targets.dot(targets),
            signal,
        };
        let best = sums.best(&NOISES, control)?;
        let (less, more) = (best.noise / 10_f64.sqrt(), best.noise * 10_f64.sqrt());
        sums.best(&[best.noise, less, more], control)
    }
}

impl Sums {
    /// The most likely of some noises, the first of equals.
    fn best(&self, noises: &[f64], control: &Control) -> Result<Explained, FitError> {
        let explained = noises.par_iter().map(|&noise| {
            control.check()?;
            self.explained(noise)
        });
        let explained: Result<Vec<Explained>, FitError> = explained.collect();
        let better = |best: Explained, next: Explained| {
            if next.likelihood > best.likelihood { next } else { best }
        };
        explained?.into_iter().reduce(better).ok_or(FitError::NoRows)
    }

    fn explained(&self, noise: f64) -> Result<Explained, FitError> {
        let mut lower = self.inner.clone();
        lower.diag_mut().mapv_inplace(|value| value + noise);
        lower.cholesky_inplace_dirty()?;
        let half = lower.solve_triangular_into(self.right.clone(), UPLO::Lower)?;
        let explained = half.iter().map(|value| value * value).sum::<f64>();
        let left = ((self.square - explained) / noise).max(0.0);
        let directions = lower.nrows() as f64;
        let determinant =
            2.0 * lower.diag().mapv(f64::ln).sum() + (self.rows - directions) * noise.ln();
        let likelihood = -0.5 * (left / self.signal + determinant);
        let weights = lower.t().solve_triangular_into(half, UPLO::Upper)?;
        let weights = weights.column(0).to_owned();
        Ok(Explained { noise, weights, lower, likelihood })
    }
}
