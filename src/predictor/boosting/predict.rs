//! Predicting with boosted trees.

use linfa::Float;
use linfa::traits::PredictInplace;
use ndarray::{Array1, ArrayBase, ArrayView2, Data, Ix2};

use super::Boosting;

impl Boosting {
    /// The prediction for each record (rows × columns).
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    ///
    /// # Complexity
    ///
    /// O(rows · rounds · depth).
    pub fn mean<F: Float>(&self, records: ArrayView2<F>) -> Array1<f64> {
        self.trees.sums(records).into_iter().map(|sum| self.base + sum).collect()
    }
}

impl<F: Float, S: Data<Elem = F>> PredictInplace<ArrayBase<S, Ix2>, Array1<F>> for Boosting {
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    fn predict_inplace<'a>(&'a self, records: &'a ArrayBase<S, Ix2>, targets: &mut Array1<F>) {
        *targets = self.mean(records.view()).into_iter().map(F::cast).collect();
    }

    fn default_target(&self, records: &ArrayBase<S, Ix2>) -> Array1<F> {
        Array1::zeros(records.nrows())
    }
}
