//! Predicting with a linear model.

use linfa::Float;
use linfa::traits::PredictInplace;
use ndarray::parallel::prelude::*;
use ndarray::{Array1, ArrayBase, ArrayView2, Axis, Data, Ix2};

use super::Linear;

/// Rows that are worked on together: few enough to stay in the cache.
const BLOCK: usize = 256;

impl Linear {
    /// The prediction for each record (rows × columns).
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    ///
    /// # Complexity
    ///
    /// O(rows · columns).
    pub fn mean<F: Float>(&self, records: ArrayView2<F>) -> Array1<f64> {
        let (mean, deviation) = (self.parts.target_mean, self.parts.target_deviation);
        let target = |value: f64| (mean + deviation * value).clamp(f64::MIN, f64::MAX);
        let mut means = Array1::zeros(records.nrows());
        records
            .axis_chunks_iter(Axis(0), BLOCK)
            .into_par_iter()
            .zip(means.axis_chunks_iter_mut(Axis(0), BLOCK))
            .for_each(|(records, mut means)| {
                let rows = self.parts.standard.apply(records, 1.0);
                means.assign(&rows.dot(&self.parts.weights).mapv(target));
            });
        means
    }
}

impl<F, S> PredictInplace<ArrayBase<S, Ix2>, Array1<F>> for Linear
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
