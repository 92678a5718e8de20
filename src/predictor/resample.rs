//! Parts of the training rows: folds, subsets, and the order in which predictors see them.
//!
//! All of it depends on the content of the rows and on a seed, never on the order in which the rows are
//! given: a table sorted by operations and the same table shuffled give the same folds, the same subsets
//! and the same predictor.

use std::cmp::Ordering;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::error::{FitError, check, check_overflow, without_negative_zeros};
use super::fitted::{HeldOut, Predictor};
use super::learner::Learner;
use crate::control::{Control, Steps};
use crate::explain::{Contributions, Importances, Unexplained};

/// The rows (records × columns, and their targets) in ascending order of what they hold: by the first column, then
/// by the next, last by the size of the targets, so that a target and its negative give the same order. Rows that
/// hold the same stay in the order given.
///
/// O(rows log rows) comparisons, each up to the first column that differs.
pub(crate) fn order(records: ArrayView2<f64>, targets: ArrayView2<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.nrows()).collect();
    let sizes = targets.mapv(f64::abs);
    order.sort_by(|&one, &other| {
        compare(records.row(one), records.row(other))
            .then_with(|| compare(sizes.row(one), sizes.row(other)))
    });
    order
}

/// Lexicographic order, in which −0 and 0 are equal.
fn compare(one: ArrayView1<f64>, other: ArrayView1<f64>) -> Ordering {
    let pairs = one.iter().zip(other);
    let mut orders = pairs.map(|(one, other)| (one + 0.0).total_cmp(&(other + 0.0)));
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// A part of the rows that is held out, and the others; both ascending.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fold {
    pub kept: Vec<usize>,
    pub held_out: Vec<usize>,
}

/// Folds of training rows.
///
/// Each row is held out once. Rows with equal records are held out together; the folds are as equal in size
/// as that allows. There are at most `count` folds, and no more than there are different records: of records
/// that are all equal there is one, which keeps nothing.
pub(super) fn folds(
    records: ArrayView2<f64>,
    target: ArrayView1<f64>,
    count: usize,
    seed: u64,
) -> Vec<Fold> {
    let order = order(records, target.insert_axis(Axis(1)));
    let is_same =
        |one: &usize, other: &usize| compare(records.row(*one), records.row(*other)).is_eq();
    let mut groups: Vec<&[usize]> = order.chunk_by(is_same).collect();
    groups.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut sizes = vec![0; count.min(groups.len())];
    let mut fold_of = vec![0; records.nrows()];
    for group in groups {
        let smallest = (0..sizes.len()).min_by_key(|&fold| sizes[fold]).unwrap_or(0);
        sizes[smallest] += group.len();
        for &row in group {
            fold_of[row] = smallest;
        }
    }
    let fold = |fold| {
        let (kept, held_out) = (0..records.nrows()).partition(|&row| fold_of[row] != fold);
        Fold { kept, held_out }
    };
    (0..sizes.len()).map(fold).collect()
}

/// At most so many rows, drawn at random without replacement, ascending.
pub(crate) fn subset(
    records: ArrayView2<f64>,
    target: ArrayView1<f64>,
    count: usize,
    seed: u64,
) -> Vec<usize> {
    if records.nrows() <= count {
        return (0..records.nrows()).collect();
    }
    let mut order = order(records, target.insert_axis(Axis(1)));
    let random = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut drawn = order.partial_shuffle(random, count).0.to_vec();
    drawn.sort_unstable();
    drawn
}

/// What `fit` makes of the rows once they are sorted by what they hold, so that neither draws by position
/// nor sums depend on the order given, and −0 is 0. Held-out predictions are in the order given.
///
/// # Errors
///
/// [`FitError`] if there is nothing to learn from, which names rows as given, and the errors of `fit`.
pub(super) fn fit_in_order(
    records: ArrayView2<f64>,
    targets: ArrayView2<f64>,
    fit: impl FnOnce(ArrayView2<f64>, ArrayView2<f64>) -> Result<Box<dyn Predictor>, FitError>,
) -> Result<Box<dyn Predictor>, FitError> {
    check(records, targets)?;
    check_overflow(targets)?;
    let (records, targets) = (without_negative_zeros(records), without_negative_zeros(targets));
    let order = order(records.view(), targets.view());
    if order.is_sorted() {
        return fit(records.view(), targets.view());
    }
    let select = |of: ArrayView2<f64>| of.select(Axis(0), &order);
    let fitted = fit(select(records.view()).view(), select(targets.view()).view())?;
    Ok(Box::new(InOrder { fitted, order }))
}

/// A predictor whose training rows were sorted: place `p` held row `order[p]`.
#[derive(Debug)]
struct InOrder {
    fitted: Box<dyn Predictor>,
    order: Vec<usize>,
}

impl Predictor for InOrder {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        self.fitted.mean(records)
    }

    fn reach(&self, target: usize, share: f64) -> f64 {
        self.fitted.reach(target, share)
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        self.fitted.mean_and_std(records)
    }

    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        self.fitted.contributions(records, target)
    }

    fn importances(&self) -> Option<Importances> {
        self.fitted.importances()
    }

    fn held_out(&self) -> Option<HeldOut> {
        let HeldOut { by, predictions: sorted } = self.fitted.held_out()?;
        let mut predictions = Array2::zeros(sorted.dim());
        for (&row, found) in self.order.iter().zip(sorted.rows()) {
            predictions.row_mut(row).assign(&found);
        }
        Some(HeldOut { by, predictions })
    }

    fn report(&self) -> Option<serde_json::Value> {
        self.fitted.report()
    }

    fn narrow(&mut self) -> Option<Vec<usize>> {
        self.fitted.narrow()
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.fitted.write(out);
    }
}

/// How a learner predicts rows that it has not seen.
pub(super) struct HoldOut<'a> {
    pub learner: &'a dyn Learner,
    pub folds: &'a [Fold],
    pub seed: u64,
    pub control: &'a Control,
    /// Counts a step for the fit to all rows, and one for each fold.
    pub steps: Option<&'a Steps<'a>>,
}

impl HoldOut<'_> {
    /// The learner fitted to all rows, and what it predicts for the rows that it has not seen: its own held-out
    /// predictions, or else those of learners fitted to the rows that each fold keeps. NaN for rows that
    /// everything has seen.
    ///
    /// # Errors
    ///
    /// Those of [`Learner::fit`].
    pub fn fit(
        &self,
        records: ArrayView2<f64>,
        target: ArrayView1<f64>,
    ) -> Result<(Box<dyn Predictor>, Array1<f64>), FitError> {
        let HoldOut { learner, folds, seed, .. } = *self;
        let control = self.control.silent();
        let done = |steps| self.steps.map_or(Ok(()), |counted| counted.done_many(steps));
        let target = target.insert_axis(Axis(1));
        let fitted = learner.fit_under(records, target, seed, &control)?.predictor;
        if let Some(held_out) = fitted.held_out() {
            done(1 + folds.len())?;
            return Ok((fitted, held_out.predictions.index_axis_move(Axis(1), 0)));
        }
        done(1)?;
        let folds = folds.par_iter().filter(|fold| !fold.kept.is_empty());
        let parts = folds.map(|fold| {
            let select = |of: ArrayView2<f64>, rows: &[usize]| of.select(Axis(0), rows);
            let (kept, target_kept) = (select(records, &fold.kept), select(target, &fold.kept));
            let part =
                learner.fit_under(kept.view(), target_kept.view(), seed, &control)?.predictor;
            let predicted = part.mean(select(records, &fold.held_out).view());
            done(1)?;
            Ok((&fold.held_out, predicted))
        });
        let mut predictions = Array1::from_elem(records.nrows(), f64::NAN);
        for (rows, found) in parts.collect::<Result<Vec<_>, FitError>>()? {
            for (&row, &value) in rows.iter().zip(&found) {
                predictions[row] = value;
            }
        }
        Ok((fitted, predictions))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// Rows with columns of few values, and a target that tells equal ones apart.
    fn rows(count: usize) -> (Array2<f64>, Array1<f64>) {
        let value = |(row, column): (usize, usize)| ((row * 7 + column * 3) % 5) as f64 - 2.0;
        (Array2::from_shape_fn((count, 2), value), Array1::from_shape_fn(count, |row| row as f64))
    }

    #[test]
    fn each_row_is_held_out_once_with_its_equals() {
        let (records, target) = rows(23);
        let folds = folds(records.view(), target.view(), 4, 1);
        let mut held_out: Vec<usize> =
            folds.iter().flat_map(|fold| fold.held_out.clone()).collect();
        held_out.sort_unstable();
        assert_eq!(held_out, (0..23).collect::<Vec<_>>());
        for Fold { kept, held_out: out } in folds {
            assert_eq!(kept.len() + out.len(), 23);
            let same = |row: &usize, other: &usize| records.row(*row) == records.row(*other);
            assert!(kept.iter().all(|row| out.iter().all(|other| !same(row, other))));
        }
    }

    #[test]
    fn folds_of_different_records_are_equal_in_size() {
        let records = Array2::from_shape_fn((13, 1), |(row, _)| row as f64);
        let sizes = folds(records.view(), records.column(0), 5, 1);
        assert!(sizes.iter().all(|fold| (2..=3).contains(&fold.held_out.len())));
        let equal = folds(Array2::zeros((4, 2)).view(), Array1::zeros(4).view(), 5, 1);
        assert_eq!(equal, [Fold { kept: vec![], held_out: vec![0, 1, 2, 3] }]);
    }

    #[test]
    fn folds_and_subsets_follow_the_rows_wherever_they_stand() {
        let (records, target) = rows(40);
        let turned: Vec<usize> = (0..40).map(|row| row * 17 % 40).collect();
        let (shuffled, other) = (records.select(Axis(0), &turned), target.select(Axis(0), &turned));
        let held_out = |records: &Array2<f64>, target: &Array1<f64>| {
            let folds = folds(records.view(), target.view(), 5, 3);
            let targets = |rows: &Vec<usize>| {
                let mut found: Vec<_> = rows.iter().map(|&row| target[row]).collect();
                found.sort_unstable_by(f64::total_cmp);
                found
            };
            let mut drawn: Vec<_> = folds.iter().map(|fold| targets(&fold.held_out)).collect();
            drawn.push(targets(&subset(records.view(), target.view(), 9, 3)));
            drawn
        };
        assert_eq!(held_out(&records, &target), held_out(&shuffled, &other));
        assert_eq!(held_out(&records, &target)[5].len(), 9);
    }

    #[test]
    fn minus_zero_is_zero() {
        let records = array![[0.0], [-0.0], [1.0]];
        let folds = folds(records.view(), array![1.0, 2.0, 3.0].view(), 3, 0);
        assert_eq!(folds.len(), 2);
        assert!(folds.iter().any(|fold| fold.held_out == [0, 1]));
    }
}
