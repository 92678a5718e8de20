//! Fitting a forest.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase, TargetDim};
use linfa::traits::Fit;
use ndarray::{Array2, ArrayBase, ArrayView2, Axis, Data, Dimension, Ix2};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::{Forest, ForestValidParams, MaxSamples, OutOfBag};
use crate::control::Control;
use crate::predictor::error::{FitError, check, number};
use crate::predictor::tree::{Binned, GrowParams, Grown, Sample, Targets, Trees, grow};

impl<F, S, T, D> Fit<ArrayBase<S, Ix2>, T, FitError> for ForestValidParams
where
    F: Float,
    S: Data<Elem = F>,
    T: AsTargets<Elem = F, Ix = D>,
    D: TargetDim + Dimension,
{
    type Object = Forest<F, D>;

    /// Fits a forest to records (rows × columns) and one or more targets a row.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<S, Ix2>, T>) -> Result<Self::Object, FitError> {
        let records = dataset.records.map(number);
        let targets = dataset.targets.as_targets();
        let rows = targets.len_of(Axis(0));
        let count = targets.len().checked_div(rows).unwrap_or(0);
        let targets: Vec<f64> = targets.iter().map(number).collect();
        let targets = Array2::from_shape_vec((rows, count), targets).map_err(linfa::Error::from)?;
        fit(self, records.view(), targets.view(), &Control::default())
    }
}

pub(super) fn fit<F, D>(
    params: &ForestValidParams,
    records: ArrayView2<f64>,
    targets: ArrayView2<f64>,
    control: &Control,
) -> Result<Forest<F, D>, FitError> {
    check(records, targets)?;
    let rows = records.nrows();
    let binned = Binned::new(records);
    let fixed = Targets::new(targets);
    let grow_params = GrowParams {
        max_depth: params.max_depth,
        min_samples_split: params.min_samples_split,
        min_samples_leaf: params.min_samples_leaf,
        max_features: params.max_features,
        splits: params.splits,
        l2: 0.0,
    };
    let steps = control.steps(params.trees);
    let grown = (0..params.trees as u64).into_par_iter().map(|tree| {
        control.check()?;
        let mut random = tree_random(params.seed, tree);
        let weights = bag(params, rows, &mut random);
        let grown = {
            let sample = Sample { weights: &weights, columns: None };
            grow(&binned, &fixed, sample, &grow_params, &mut random)
        };
        let outside = weights.iter().map(|&weight| weight == 0).collect::<Vec<bool>>();
        steps.done()?;
        Ok((grown, outside))
    });
    let grown: Vec<(Grown, Vec<bool>)> = grown.collect::<Result<_, FitError>>()?;
    let (grown, outside): (Vec<Grown>, Vec<Vec<bool>>) = grown.into_iter().unzip();

    let importances = importances(&grown, records.ncols());
    let trees: Vec<_> = grown.into_iter().map(|grown| grown.tree).collect();
    let trees = Trees::new(trees, records.ncols(), targets.ncols());
    let mut forest = Forest::of(trees, importances);
    if params.bootstrap {
        forest.out_of_bag = Some(out_of_bag(&forest, records, targets, &outside));
    }
    Ok(forest)
}

/// The random numbers of one tree: its own, so that they do not depend on the threads.
fn tree_random(seed: u64, tree: u64) -> Xoshiro256PlusPlus {
    // An odd constant spreads neighbouring trees and seeds over all states (Weyl sequence).
    let state = seed.wrapping_add((tree + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Xoshiro256PlusPlus::seed_from_u64(state)
}

/// How often each row counts for a tree.
fn bag(params: &ForestValidParams, rows: usize, random: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    if !params.bootstrap {
        return vec![1; rows];
    }
    let draws = match params.max_samples {
        MaxSamples::All => rows,
        MaxSamples::Count(count) => count.min(rows),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count, which is not negative"
        )]
        MaxSamples::Fraction(share) => ((share * rows as f64).round() as usize).max(1),
    };
    let mut weights = vec![0; rows];
    for _ in 0..draws {
        weights[random.gen_range(0..rows)] += 1;
    }
    weights
}

/// The mean over the trees of each tree's normalized importances, normalized.
fn importances(grown: &[Grown], columns: usize) -> Vec<f64> {
    let mut mean = vec![0.0; columns];
    for tree in grown {
        let total: f64 = tree.importances.iter().sum();
        if total > 0.0 {
            for (mean, importance) in mean.iter_mut().zip(&tree.importances) {
                *mean += importance / total;
            }
        }
    }
    let total: f64 = mean.iter().sum();
    if total > 0.0 {
        for importance in &mut mean {
            *importance /= total;
        }
    }
    mean
}

/// Predicts each training row by the trees whose bag it was not in.
fn out_of_bag<F, D>(
    forest: &Forest<F, D>,
    records: ArrayView2<f64>,
    targets: ArrayView2<f64>,
    outside: &[Vec<bool>],
) -> OutOfBag {
    let count = forest.targets();
    let rows = 0..records.nrows();
    let predictions = rows.into_par_iter().flat_map_iter(|row| {
        let record = records.row(row).to_vec();
        let mut sums = vec![0.0; count];
        let mut trees = 0;
        for (tree, _) in forest.trees().iter().zip(outside).filter(|(_, outside)| outside[row]) {
            let values = &tree.values()[tree.leaf(&record) * count..][..count];
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            trees += 1;
        }
        let means = sums.into_iter().enumerate();
        means.map(move |(target, sum)| forest.trees.within_range(target, sum / f64::from(trees)))
    });
    let predictions: Vec<f64> = predictions.collect();
    let r2 = (0..count).map(|target| {
        let predicted = predictions.iter().skip(target).step_by(count);
        let pairs = targets.column(target).into_iter().zip(predicted);
        let pairs: Vec<(f64, f64)> =
            pairs.map(|(&truth, &value)| (truth, value)).filter(|pair| !pair.1.is_nan()).collect();
        let mean = pairs.iter().map(|pair| pair.0).sum::<f64>() / pairs.len() as f64;
        let error: f64 = pairs.iter().map(|pair| (pair.0 - pair.1).powi(2)).sum();
        let spread: f64 = pairs.iter().map(|pair| (pair.0 - mean).powi(2)).sum();
        1.0 - error / spread
    });
    let r2 = r2.sum::<f64>() / count as f64;
    OutOfBag { predictions, r2 }
}
