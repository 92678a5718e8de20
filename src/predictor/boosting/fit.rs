//! Boosting, round by round.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Fit;
use ndarray::{Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix1, Ix2};
use rand::SeedableRng;
use rand::seq::index;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::{Boosting, BoostingValidParams};
use crate::control::{Cancelled, Control};
use crate::predictor::error::{FitError, check, check_overflow, numbers};
use crate::predictor::resample::{Fold, folds};
use crate::predictor::standard::constant;
use crate::predictor::tree::{
    Binned, GrowParams, MaxFeatures, Sample, Splits, Targets, Tree, Trees, grow,
};

/// Folds that tell when to stop.
const FOLDS: usize = 5;

/// So many rounds without a better one end the search.
const PATIENCE: usize = 50;

impl<F, S, T> Fit<ArrayBase<S, Ix2>, T, FitError> for BoostingValidParams
where
    F: Float,
    S: Data<Elem = F>,
    T: AsTargets<Elem = F, Ix = Ix1>,
{
    type Object = Boosting;

    /// Fits trees to records (rows × columns) and a target for each row.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<S, Ix2>, T>) -> Result<Boosting, FitError> {
        let (records, target) = numbers(dataset);
        self.fit_numbers(records.view(), target.view(), &Control::default())
    }
}

impl BoostingValidParams {
    /// Fits trees to records (rows × columns) and a target for each row.
    pub(in crate::predictor) fn fit_numbers(
        &self,
        records: ArrayView2<f64>,
        target: ArrayView1<f64>,
        control: &Control,
    ) -> Result<Boosting, FitError> {
        check(records, target.insert_axis(Axis(1)))?;
        check_overflow(target.insert_axis(Axis(1)))?;
        let rounds = if self.early_stopping && records.nrows() >= 2 * FOLDS {
            self.best_rounds(records, target, control)?
        } else {
            self.rounds
        };
        let mut rows = Rows::new(self, records, target);
        let steps = control.steps(rounds);
        let trees = (0..rounds).map(|_| {
            let tree = rows.grow();
            steps.done().map(|()| tree)
        });
        let trees: Vec<Tree> = trees.collect::<Result<_, _>>()?;
        let total: f64 = rows.importances.iter().sum();
        let mut importances = rows.importances;
        if total > 0.0 {
            for importance in &mut importances {
                *importance /= total;
            }
        }
        let trees = Trees::new(trees, records.ncols(), 1);
        Ok(Boosting { base: rows.base, trees, importances })
    }

    /// The number of rounds after which rows of held-out folds are predicted best.
    fn best_rounds(
        &self,
        records: ArrayView2<f64>,
        target: ArrayView1<f64>,
        control: &Control,
    ) -> Result<usize, Cancelled> {
        let folds = folds(records, target, FOLDS, self.seed);
        // For each fold the squared error on it after each round.
        let errors = folds.into_par_iter().map(|Fold { kept, held_out }| {
            let part = records.select(Axis(0), &kept);
            let mut rows = Rows::new(self, part.view(), target.select(Axis(0), &kept).view());
            let asked = records.select(Axis(0), &held_out);
            let mut left = target.select(Axis(0), &held_out) - rows.base;
            let mut errors: Vec<f64> = Vec::with_capacity(self.rounds);
            let mut best = (f64::INFINITY, 0);
            for round in 0..self.rounds {
                control.check()?;
                let tree = rows.grow();
                for (record, left) in asked.rows().into_iter().zip(&mut left) {
                    *left -= value(&tree, record);
                }
                let error = left.iter().map(|left| left * left).sum();
                errors.push(error);
                if error < best.0 {
                    best = (error, round);
                }
                if round > best.1 + PATIENCE {
                    break;
                }
            }
            // Where a fold has stopped, it would hardly have changed.
            let last = errors.last().copied().unwrap_or(f64::INFINITY);
            errors.resize(self.rounds, last);
            Ok(errors)
        });
        let errors: Vec<Vec<f64>> = errors.collect::<Result<_, _>>()?;
        let mut best = (f64::INFINITY, self.rounds);
        for round in 0..self.rounds {
            let error = errors.iter().map(|errors| errors[round]).sum();
            if error < best.0 {
                best = (error, round + 1);
            }
        }
        Ok(best.1)
    }
}

/// The training rows, and what the trees so far leave of their targets.
struct Rows<'a> {
    params: &'a BoostingValidParams,
    grow_params: GrowParams,
    records: Array2<f64>,
    binned: Binned,
    base: f64,
    /// Rows × 1.
    left: Array2<f64>,
    importances: Vec<f64>,
    random: Xoshiro256PlusPlus,
    weights: Vec<u32>,
    columns: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn new(
        params: &'a BoostingValidParams,
        records: ArrayView2<f64>,
        target: ArrayView1<f64>,
    ) -> Self {
        let base = constant(target).or(target.mean()).unwrap_or(0.0);
        let grow_params = GrowParams {
            max_depth: Some(params.max_depth),
            min_samples_split: 2,
            min_samples_leaf: params.min_samples_leaf,
            max_features: MaxFeatures::Fraction(params.columns_per_node),
            splits: Splits::Best,
            l2: params.l2,
        };
        Rows {
            params,
            grow_params,
            records: records.as_standard_layout().into_owned(),
            binned: Binned::new(records),
            base,
            left: (&target - base).insert_axis(Axis(1)),
            importances: vec![0.0; records.ncols()],
            random: Xoshiro256PlusPlus::seed_from_u64(params.seed),
            weights: vec![1; records.nrows()],
            columns: Vec::new(),
        }
    }

    /// Grows the next tree, shrinks it and takes what it predicts from what is left.
    fn grow(&mut self) -> Tree {
        self.draw();
        let targets = Targets::about_zero(self.left.view());
        let sample = Sample { weights: &self.weights, columns: Some(&self.columns) };
        let mut grown = grow(&self.binned, &targets, sample, &self.grow_params, &mut self.random);
        grown.tree.scale(self.params.learning_rate);
        for (record, left) in self.records.rows().into_iter().zip(&mut self.left) {
            *left -= value(&grown.tree, record);
        }
        // Importances are in units of their own, which differ from tree to tree.
        let unit = targets.unit(0).powi(2);
        for (sum, importance) in self.importances.iter_mut().zip(&grown.importances) {
            *sum += importance * unit;
        }
        grown.tree
    }

    /// Draws the rows and the columns of the next tree.
    fn draw(&mut self) {
        let rows = self.records.nrows();
        let drawn = share_of(rows, self.params.subsample);
        if drawn < rows {
            self.weights.fill(0);
            for row in index::sample(&mut self.random, rows, drawn) {
                self.weights[row] = 1;
            }
        }
        let columns = self.records.ncols();
        let drawn = share_of(columns, self.params.columns_per_tree);
        self.columns.clear();
        if drawn < columns {
            self.columns.extend(index::sample(&mut self.random, columns, drawn));
            self.columns.sort_unstable();
        } else {
            self.columns.extend(0..columns);
        }
    }
}

/// What a tree predicts for a record.
fn value(tree: &Tree, record: ArrayView1<f64>) -> f64 {
    match record.as_slice() {
        Some(record) => tree.values()[tree.leaf(record)],
        None => tree.values()[tree.leaf(&record.to_vec())],
    }
}

/// A share of a count, rounded, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count, which is not negative"
)]
fn share_of(count: usize, share: f64) -> usize {
    ((share * count as f64).round() as usize).clamp(1, count.max(1))
}
