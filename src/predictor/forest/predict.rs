//! Predicting with a forest.

use linfa::Float;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix1, Ix2};

use super::Forest;

impl<F: Float, D> Forest<F, D> {
    /// The prediction for each record (rows × columns) and target: the mean over the trees.
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    ///
    /// # Complexity
    ///
    /// O(rows · trees · depth).
    pub fn mean(&self, records: ArrayView2<F>) -> Array2<f64> {
        self.of_sums(records, self.trees.sums(records))
    }

    /// [`Forest::mean`], and the standard deviation over the trees (with n in the denominator): how
    /// far they disagree, not the error of an estimate. At most half the range of the training targets; NaN where
    /// these are all equal, as nothing is known then.
    ///
    /// # Panics
    ///
    /// As [`Forest::mean`].
    pub fn mean_and_std(&self, records: ArrayView2<F>) -> (Array2<f64>, Array2<f64>) {
        let (sums, squares) = self.trees.sums_and_squares(records);
        let mut std = self.means(records, squares).mapv_into(f64::sqrt);
        for (mut column, (least, greatest)) in
            std.columns_mut().into_iter().zip(self.trees.ranges())
        {
            if greatest <= least {
                column.fill(f64::NAN);
            }
        }
        (self.of_sums(records, sums), std)
    }

    /// The mean over the trees (rows × targets), of which no rounding leaves the range of the leaves: where all
    /// trees say the same, so does the forest.
    fn of_sums(&self, records: ArrayView2<F>, sums: Vec<f64>) -> Array2<f64> {
        let mut means = self.means(records, sums);
        for (target, mut column) in means.columns_mut().into_iter().enumerate() {
            column.mapv_inplace(|mean| self.trees.within_range(target, mean));
        }
        means
    }

    /// Sums over the trees, divided by their number (rows × targets).
    fn means(&self, records: ArrayView2<F>, mut sums: Vec<f64>) -> Array2<f64> {
        let trees = self.trees().len() as f64;
        for sum in &mut sums {
            *sum /= trees;
        }
        // As many numbers as that were made: the shape always fits.
        let shape = (records.nrows(), self.targets());
        Array2::from_shape_vec(shape, sums).unwrap_or_else(|_| Array2::zeros(shape))
    }
}

impl<F: Float, S: Data<Elem = F>> PredictInplace<ArrayBase<S, Ix2>, Array1<F>> for Forest<F, Ix1> {
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

impl<F: Float, S: Data<Elem = F>> PredictInplace<ArrayBase<S, Ix2>, Array2<F>> for Forest<F, Ix2> {
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    fn predict_inplace<'a>(&'a self, records: &'a ArrayBase<S, Ix2>, targets: &mut Array2<F>) {
        *targets = self.mean(records.view()).mapv(F::cast);
    }

    fn default_target(&self, records: &ArrayBase<S, Ix2>) -> Array2<F> {
        Array2::zeros((records.nrows(), self.targets()))
    }
}
