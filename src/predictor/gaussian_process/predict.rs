//! Predicting with a Gaussian process.

use linfa::Float;
use linfa::traits::PredictInplace;
use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};

use super::GaussianProcess;
use super::kernel::kernel;

/// Rows that are worked on together: few enough to stay in the cache.
const BLOCK: usize = 256;

impl GaussianProcess {
    /// The expected value of the function at each record (rows × columns).
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    ///
    /// # Complexity
    ///
    /// O(rows · points · columns).
    pub fn mean<F: Float>(&self, records: ArrayView2<F>) -> Array1<f64> {
        let mut means = Array1::zeros(records.nrows());
        records
            .axis_chunks_iter(Axis(0), BLOCK)
            .into_par_iter()
            .zip(means.axis_chunks_iter_mut(Axis(0), BLOCK))
            .for_each(|(records, mut means)| {
                let kernel = self.kernel(records);
                means.assign(&self.of_kernel(&kernel));
            });
        means
    }

    /// [`GaussianProcess::mean`], and the standard deviation of a target there, noise included.
    ///
    /// # Panics
    ///
    /// As [`GaussianProcess::mean`].
    ///
    /// # Complexity
    ///
    /// O(rows · points · (columns + points)).
    pub fn mean_and_std<F: Float>(&self, records: ArrayView2<F>) -> (Array1<f64>, Array1<f64>) {
        let mut means = Array1::zeros(records.nrows());
        let mut deviations = means.clone();
        records
            .axis_chunks_iter(Axis(0), BLOCK)
            .into_par_iter()
            .zip(means.axis_chunks_iter_mut(Axis(0), BLOCK))
            .zip(deviations.axis_chunks_iter_mut(Axis(0), BLOCK))
            .for_each(|((records, mut means), mut deviations)| {
                let kernel = self.kernel(records);
                means.assign(&self.of_kernel(&kernel));
                let known = kernel.dot(&self.parts.known) * &kernel;
                deviations.assign(&known.sum_axis(Axis(1)).mapv(|known| self.deviation(known)));
            });
        (means, deviations)
    }

    /// The kernel of each record with each point, in units of `signal`.
    fn kernel<F: Float>(&self, records: ArrayView2<F>) -> Array2<f64> {
        let rows = self.parts.standard.apply(records, 3_f64.sqrt() / self.parts.length);
        kernel(rows.view(), self.parts.points.view(), self.squares.view())
    }

    fn of_kernel(&self, kernel: &Array2<f64>) -> Array1<f64> {
        let (mean, deviation) = (self.parts.target_mean, self.parts.target_deviation);
        let target = |value: f64| (mean + deviation * value).clamp(f64::MIN, f64::MAX);
        kernel.dot(&self.parts.weights).mapv(target)
    }

    /// The standard deviation of a target, of the part of the variance of the function that is known: at most twice
    /// that of the training targets, and NaN where these are all equal.
    fn deviation(&self, known: f64) -> f64 {
        if self.parts.target_deviation == 0.0 {
            return f64::NAN;
        }
        let unknown = (1.0 - known).clamp(0.0, 1.0);
        let variance = self.parts.signal * (unknown + self.parts.noise);
        (self.parts.target_deviation * variance.sqrt().min(2.0)).min(f64::MAX)
    }
}

impl<F, S> PredictInplace<ArrayBase<S, Ix2>, Array1<F>> for GaussianProcess
where
    F: Float,
    S: Data<Elem = F>,
{
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    fn predict_inplace<'a>(&'a self, records: &'a ArrayBase<S, Ix2>, targets: &mut Array1<F>) {
        *targets = self.mean(records.view()).mapv(F::cast);
    }

    fn default_target(&self, records: &ArrayBase<S, Ix2>) -> Array1<F> {
        Array1::zeros(records.nrows())
    }
}
