//! Which rows are trained on and which are tested.

use std::collections::{HashMap, HashSet};

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use thiserror::Error;

use super::training::LEAST_ROWS;

/// How rows are split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Train sets of each of these sizes, drawn at random; of a repeat, a smaller one is part of a
    /// larger one.
    Sizes(Vec<usize>),
    /// Train sets of each of these sizes, one row drawn from each quantile of the target.
    Stratified(Vec<usize>),
    /// As many folds, each of which is the test set of a split.
    Folds(usize),
    /// One split whose rows are given: those of the train set, and those of the test set.
    Given(Vec<usize>, Vec<usize>),
}

/// The rows of a train set and of its test set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The train set.
    pub train: Vec<usize>,
    /// The test set.
    pub test: Vec<usize>,
}

/// A plan for the rows of a pool.
#[derive(Debug)]
pub struct Splits<'a> {
    /// How rows are split.
    pub plan: &'a Plan,
    /// For each row its class: rows of one class never stand on both sides of a split, and at most
    /// one of them in the train set.
    pub classes: &'a [usize],
    /// All rows in an order that does not depend on that of the table, from which they are drawn.
    pub order: &'a [usize],
    /// For each row the target, for quantiles.
    pub target: &'a [f64],
    /// The most rows of a test set.
    pub test_size: Option<usize>,
    /// The first seed; each repeat has its own, the next.
    pub seed: u64,
}

/// Why rows cannot be split as planned.
#[derive(Debug, Error)]
pub enum SplitError {
    /// A train set that is too small, or that leaves too little.
    #[error(
        "train size {size}: a train set needs {LEAST_ROWS} networks and must leave 2 to test; there are {classes} different networks in {rows} rows"
    )]
    TrainSize {
        /// The size.
        size: usize,
        /// How many different networks there are.
        classes: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A test set that is too small to be ranked.
    #[error("test size {size}: a test set needs 2 networks")]
    TestSize {
        /// The size.
        size: usize,
    },
    /// Too few or too many folds.
    #[error(
        "{folds} folds: a fold needs 2 networks, and the others {LEAST_ROWS} to train on; there are {classes} different networks in {rows} rows"
    )]
    Folds {
        /// How many folds.
        folds: usize,
        /// How many different networks there are.
        classes: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A given split with too few rows.
    #[error(
        "the split has {train} networks to train on and {test} to test; they need {LEAST_ROWS} and 2"
    )]
    SmallSplit {
        /// Networks to train on.
        train: usize,
        /// Networks to test.
        test: usize,
    },
}

impl SplitError {
    /// Whether the command line is at fault, and not a file of a split.
    pub fn is_usage(&self) -> bool {
        !matches!(self, SplitError::SmallSplit { .. })
    }
}

impl Plan {
    /// The sizes of its train sets, if it has any.
    pub fn sizes(&self) -> &[usize] {
        match self {
            Plan::Sizes(sizes) | Plan::Stratified(sizes) => sizes,
            Plan::Folds(_) | Plan::Given(..) => &[],
        }
    }

    /// How many splits a repeat has.
    pub fn splits(&self) -> usize {
        match self {
            Plan::Sizes(sizes) | Plan::Stratified(sizes) => sizes.len(),
            Plan::Folds(folds) => *folds,
            Plan::Given(..) => 1,
        }
    }

    /// The most rows of a train set, of rows with these classes.
    pub(crate) fn largest(&self, classes: &[usize]) -> usize {
        match self {
            Plan::Sizes(sizes) | Plan::Stratified(sizes) => {
                sizes.iter().copied().max().unwrap_or(0)
            }
            Plan::Folds(_) => classes.iter().collect::<HashSet<_>>().len(),
            Plan::Given(train, _) => train.len(),
        }
    }
}

impl Splits<'_> {
    /// Whether the plan can be carried out.
    ///
    /// # Errors
    ///
    /// [`SplitError`] if a train set is too small to be of use or leaves nothing to test. An empty one
    /// is for predictors that start from a prior.
    pub fn check(&self) -> Result<(), SplitError> {
        if let Some(size) = self.test_size.filter(|&size| size < 2) {
            return Err(SplitError::TestSize { size });
        }
        let classes = self.classes.iter().collect::<HashSet<_>>().len();
        let rows = self.classes.len();
        match self.plan {
            Plan::Sizes(sizes) | Plan::Stratified(sizes) => {
                for &size in sizes {
                    if (size > 0 && size < LEAST_ROWS) || size > classes.saturating_sub(2) {
                        return Err(SplitError::TrainSize { size, classes, rows });
                    }
                }
            }
            Plan::Folds(folds) => {
                let kept = classes.saturating_sub(classes.div_ceil((*folds).max(1)));
                if *folds < 2 || *folds > classes / 2 || kept < LEAST_ROWS {
                    return Err(SplitError::Folds { folds: *folds, classes, rows });
                }
            }
            Plan::Given(train, test) => {
                if train.len() < LEAST_ROWS || test.len() < 2 {
                    return Err(SplitError::SmallSplit { train: train.len(), test: test.len() });
                }
            }
        }
        Ok(())
    }

    /// A split of a repeat; the same whoever asks, and when.
    ///
    /// # Complexity
    ///
    /// O(rows), and a logarithm for quantiles.
    pub fn split(&self, repeat: usize, place: usize) -> Split {
        if let Plan::Given(train, test) = self.plan {
            return Split { train: train.clone(), test: test.clone() };
        }
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed.wrapping_add(repeat as u64));
        let mut order = self.order.to_vec();
        order.shuffle(&mut random);
        // Of each class the row that comes first.
        let mut seen = HashSet::new();
        let first = order.iter().copied().filter(|&row| seen.insert(self.classes[row]));
        let first: Vec<usize> = first.collect();
        let train: Vec<usize> = match self.plan {
            Plan::Sizes(sizes) => first[..sizes[place]].to_vec(),
            Plan::Stratified(sizes) => self.quantiles(first, sizes[place], &mut random),
            Plan::Folds(folds) => {
                let places = first.into_iter().enumerate();
                places.filter(|(rank, _)| rank % folds != place).map(|(_, row)| row).collect()
            }
            Plan::Given(train, _) => train.clone(),
        };
        let trained: HashSet<usize> = train.iter().map(|&row| self.classes[row]).collect();
        let test = order.into_iter().filter(|&row| !trained.contains(&self.classes[row]));
        let test = test.take(self.test_size.unwrap_or(usize::MAX)).collect();
        Split { train, test }
    }

    /// One row of each of so many quantiles of the target.
    fn quantiles(
        &self,
        mut rows: Vec<usize>,
        count: usize,
        random: &mut Xoshiro256PlusPlus,
    ) -> Vec<usize> {
        // Rows with equal targets stay in their random order.
        rows.sort_by(|&one, &other| self.target[one].total_cmp(&self.target[other]));
        let bound = |quantile: usize| quantile * rows.len() / count;
        let draw = |quantile| rows[random.gen_range(bound(quantile)..bound(quantile + 1))];
        (0..count).map(draw).collect()
    }
}

/// The class of each row: rows that are the same have the same.
pub fn classes<T: std::hash::Hash + Eq>(rows: impl Iterator<Item = T>) -> Vec<usize> {
    let mut places = HashMap::new();
    rows.map(|row| {
        let next = places.len();
        *places.entry(row).or_insert(next)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows 0, 1, 2 and so on.
    static ORDER: [usize; 100] = {
        let (mut order, mut row) = ([0; 100], 0);
        while row < order.len() {
            order[row] = row;
            row += 1;
        }
        order
    };

    fn splits<'a>(plan: &'a Plan, classes: &'a [usize], target: &'a [f64]) -> Splits<'a> {
        Splits { plan, classes, order: &ORDER[..classes.len()], target, test_size: None, seed: 7 }
    }

    #[test]
    fn classes_stand_on_one_side_and_once_in_the_train_set() {
        let classes: Vec<usize> = (0..60).map(|row| row / 3).collect();
        let target: Vec<f64> = (0..60).map(f64::from).collect();
        for plan in [Plan::Sizes(vec![5, 12]), Plan::Stratified(vec![5, 12]), Plan::Folds(4)] {
            let splits = splits(&plan, &classes, &target);
            splits.check().unwrap();
            for (repeat, place) in (0..5).flat_map(|repeat| [(repeat, 0), (repeat, 1)]) {
                let Split { train, test } = splits.split(repeat, place);
                let of =
                    |rows: &[usize]| rows.iter().map(|&row| classes[row]).collect::<HashSet<_>>();
                assert_eq!(of(&train).len(), train.len());
                assert!(of(&train).is_disjoint(&of(&test)));
                assert_eq!(test.len(), 60 - 3 * train.len());
            }
        }
    }

    #[test]
    fn smaller_train_sets_are_part_of_larger_ones() {
        let (classes, target) = ((0..50).collect::<Vec<_>>(), vec![0.0; 50]);
        let plan = Plan::Sizes(vec![4, 9]);
        let splits = splits(&plan, &classes, &target);
        let (small, large) = (splits.split(3, 0), splits.split(3, 1));
        assert_eq!(small.train, large.train[..4]);
        assert_ne!(splits.split(4, 0).train, small.train);
    }

    #[test]
    fn folds_test_each_row_once() {
        let (classes, target) = ((0..11).collect::<Vec<_>>(), vec![0.0; 11]);
        let plan = Plan::Folds(3);
        let splits = splits(&plan, &classes, &target);
        let mut tested: Vec<_> = (0..3).flat_map(|fold| splits.split(0, fold).test).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..11).collect::<Vec<_>>());
    }

    #[test]
    fn each_quantile_gives_a_row() {
        let classes: Vec<usize> = (0..100).collect();
        let target: Vec<f64> = (0..100).map(|row| f64::from(row * 37 % 100)).collect();
        let plan = Plan::Stratified(vec![10]);
        let split = splits(&plan, &classes, &target).split(0, 0);
        let mut tens: Vec<_> =
            split.train.iter().map(|&row| (target[row] / 10.0).floor()).collect();
        tens.sort_unstable_by(f64::total_cmp);
        assert_eq!(tens, (0..10).map(f64::from).collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_split_is_refused() {
        let (classes, target) = (vec![0, 0, 1, 2, 3, 4], vec![0.0; 6]);
        for plan in [
            Plan::Sizes(vec![4]),
            Plan::Sizes(vec![1]),
            Plan::Sizes(vec![2]),
            Plan::Stratified(vec![usize::MAX]),
            Plan::Folds(1),
            Plan::Folds(3),
            Plan::Folds(usize::MAX / 2 + 1),
            Plan::Given(vec![0, 1], vec![2, 3]),
        ] {
            assert!(splits(&plan, &classes, &target).check().is_err(), "{plan:?}");
        }
        let four = splits(&Plan::Folds(2), &classes[..5], &target[..5]).check();
        assert!(four.is_err(), "two networks are too few to train on");
        let plan = Plan::Sizes(vec![3]);
        for (test_size, is_ok) in
            [(None, true), (Some(2), true), (Some(1), false), (Some(0), false)]
        {
            let splits = Splits { test_size, ..splits(&plan, &classes, &target) };
            assert_eq!(splits.check().is_ok(), is_ok, "{test_size:?}");
        }
    }
}
