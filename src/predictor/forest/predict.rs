//! Predicting with a forest.

use linfa::Float;
use linfa::traits::PredictInplace;
use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix1, Ix2};
use rayon::slice::ParallelSliceMut;

use super::Forest;
use crate::predictor::tree::Block;

/// Rows that go down the trees together, at the least and at the most: many, so that each node is
/// worth its while; few enough for a column of codes to stay in the cache.
const BLOCK: std::ops::RangeInclusive<usize> = 64..=Block::ROWS;

impl<F: Float, D> Forest<F, D> {
    /// The prediction for each record (rows × columns) and target: the mean over the trees.
    ///
    /// The mean is over the trees in their order, so the same on any number of threads.
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    ///
    /// # Complexity
    ///
    /// O(rows · trees · depth).
    pub fn mean(&self, records: ArrayView2<F>) -> Array2<f64> {
        let size = self.block_size(records);
        let mut mean = vec![0.0; records.nrows() * self.targets];
        let blocks = records.axis_chunks_iter(Axis(0), size).into_par_iter();
        blocks.zip(mean.par_chunks_mut(size * self.targets)).for_each_init(
            Block::default,
            |block, (records, mean)| {
                self.code(records, block);
                self.add_up(block, mean);
            },
        );
        self.shaped(records, mean)
    }

    /// [`Forest::mean`], and the standard deviation over the trees (with n in the denominator): how
    /// far they disagree, not the error of an estimate.
    ///
    /// # Panics
    ///
    /// As [`Forest::mean`].
    pub fn mean_and_std(&self, records: ArrayView2<F>) -> (Array2<f64>, Array2<f64>) {
        let size = self.block_size(records);
        let mut mean = vec![0.0; records.nrows() * self.targets];
        let mut std = mean.clone();
        let blocks = records.axis_chunks_iter(Axis(0), size).into_par_iter();
        let means = mean.par_chunks_mut(size * self.targets);
        blocks.zip(means).zip(std.par_chunks_mut(size * self.targets)).for_each_init(
            Block::default,
            |block, ((records, mean), std)| {
                self.code(records, block);
                self.add_up(block, mean);
                self.deviations(block, mean, std);
            },
        );
        (self.shaped(records, mean), self.shaped(records, std))
    }

    fn shaped(&self, records: ArrayView2<F>, numbers: Vec<f64>) -> Array2<f64> {
        // As many numbers as that were made: the shape always fits.
        let shape = (records.nrows(), self.targets);
        Array2::from_shape_vec(shape, numbers).unwrap_or_else(|_| Array2::zeros(shape))
    }

    /// How many rows make a block. What is predicted does not depend on it.
    fn block_size(&self, records: ArrayView2<F>) -> usize {
        assert_eq!(records.ncols(), self.columns, "columns of the records and of the forest");
        let share = records.nrows().div_ceil(rayon::current_num_threads());
        share.clamp(*BLOCK.start(), *BLOCK.end())
    }

    fn code(&self, records: ArrayView2<F>, block: &mut Block) {
        let value = |row, column| records[[row, column]].to_f64().unwrap_or(f64::NAN);
        self.ensemble.code(records.nrows(), value, block);
    }

    /// The mean over the trees, row by row.
    fn add_up(&self, block: &mut Block, mean: &mut [f64]) {
        let targets = self.targets;
        for (place, tree) in self.trees.iter().enumerate() {
            self.ensemble.visit(place, block, |leaf, rows| {
                let values = tree.leaf_values(leaf, targets);
                for &row in rows {
                    let sums = &mut mean[usize::from(row) * targets..][..targets];
                    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                }
            });
        }
        let trees = self.trees.len() as f64;
        for sum in mean {
            *sum /= trees;
        }
    }

    /// The standard deviation over the trees, about their mean, row by row.
    fn deviations(&self, block: &mut Block, mean: &[f64], std: &mut [f64]) {
        let targets = self.targets;
        for (place, tree) in self.trees.iter().enumerate() {
            self.ensemble.visit(place, block, |leaf, rows| {
                let values = tree.leaf_values(leaf, targets);
                for &row in rows {
                    let first = usize::from(row) * targets;
                    let places = mean[first..][..targets].iter().zip(&mut std[first..][..targets]);
                    for ((mean, square), value) in places.zip(values) {
                        *square += (value - mean).powi(2);
                    }
                }
            });
        }
        let trees = self.trees.len() as f64;
        for square in std {
            *square = (*square / trees).sqrt();
        }
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
        Array2::zeros((records.nrows(), self.targets))
    }
}
