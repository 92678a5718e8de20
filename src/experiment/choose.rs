//! Train sets that are chosen, not drawn: what a way of choosing is worth.
//!
//! In each repeat the shuffled classes are cut in two: those of which networks are chosen, and those
//! that are tested, the same for all ways. A train set of the first size is chosen where nothing is
//! known; each further one has the networks of the one before, and those that the strategy adds with a
//! model fitted on them.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use ndarray::Axis;

use super::{Compare, CompareError, RunIndex};
use crate::dataset::Pool;
use crate::dataset::{Plan, Split, Splits};
use crate::suggest::{self, Needs, Predicted, Question, STRATEGIES, Strategy};

/// A way to choose train sets.
#[derive(Debug, Clone, Copy)]
pub enum Choose {
    /// They are drawn.
    Random,
    /// A strategy of `graf suggest` chooses them.
    By(&'static Strategy),
}

impl Choose {
    /// The names of all ways.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let others = STRATEGIES.iter().filter(|one| !one.needs_past && one.name != RANDOM);
        std::iter::once(RANDOM).chain(others.map(|strategy| strategy.name))
    }

    /// What it asks of a model.
    pub fn needs(self) -> Needs {
        match self {
            Choose::Random => Needs::Nothing,
            Choose::By(strategy) => strategy.needs,
        }
    }
}

/// The name of [`Choose::Random`].
const RANDOM: &str = "random";

impl fmt::Display for Choose {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.pad(match self {
            Choose::Random => RANDOM,
            Choose::By(strategy) => strategy.name,
        })
    }
}

impl FromStr for Choose {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if name == RANDOM {
            return Ok(Choose::Random);
        }
        let strategy = suggest::by_name(name).filter(|strategy| !strategy.needs_past);
        strategy.map(Choose::By).ok_or_else(|| {
            format!("not a way to choose; take {}", Choose::names().collect::<Vec<_>>().join(", "))
        })
    }
}

impl Splits<'_> {
    /// How many networks there are to choose from: half of the classes, or all but those to test.
    pub fn candidates(&self) -> usize {
        let classes = self.classes.iter().collect::<HashSet<_>>().len();
        let half = classes - classes / 2;
        self.test_size.map_or(half, |size| classes.saturating_sub(size))
    }

    /// The candidates of a repeat, a row of each class, in an order that is random; and the rows of the
    /// other classes.
    fn halves(&self, repeat: usize) -> Split {
        let most = Plan::Sizes(vec![self.candidates()]);
        Splits { plan: &most, ..*self }.split(repeat, 0)
    }
}

impl Compare {
    /// A split whose train set is chosen.
    ///
    /// # Errors
    ///
    /// [`CompareError`] if a predictor cannot be fitted on the way, or the strategy cannot choose.
    pub(super) fn chosen(
        &self,
        pool: &Pool,
        splits: &Splits,
        place: RunIndex,
        choose: Choose,
    ) -> Result<Split, CompareError> {
        let Split { train: candidates, test } = splits.halves(place.repeat);
        let Plan::Sizes(sizes) = splits.plan else { return Err(CompareError::ChooseNoSizes) };
        let last = sizes[place.split];
        let Choose::By(strategy) = choose else {
            return Ok(Split { train: candidates[..last].to_vec(), test });
        };
        let mut sizes: Vec<usize> = sizes.iter().copied().filter(|&size| size <= last).collect();
        sizes.sort_unstable();
        let [records, _] = pool.split(place.set, &candidates, &[]);
        let mut is_open = vec![true; candidates.len()];
        let mut train: Vec<usize> = Vec::new();
        for size in sizes {
            // Without a label there is no model yet.
            let asks_model = strategy.needs > Needs::Nothing && !train.is_empty();
            let (strategy, predicted) = if asks_model {
                (strategy, Some(self.predicted(pool, place, &train, &candidates)?))
            } else {
                (suggest::without_model(), None)
            };
            let seed = self.seed.wrapping_add(place.repeat as u64);
            let question = Question::new(records.view(), is_open.clone(), predicted, seed);
            let question = question.under(&self.control);
            for choice in strategy.choose(&question, size - train.len())? {
                is_open[choice.row] = false;
                train.push(candidates[choice.row]);
            }
        }
        Ok(Split { train, test })
    }

    /// What a model that is fitted on the train set says of the candidates.
    fn predicted(
        &self,
        pool: &Pool,
        place: RunIndex,
        train: &[usize],
        candidates: &[usize],
    ) -> Result<Predicted, CompareError> {
        let (predictor, asked) = self.fitted(pool, place, train, candidates)?;
        let (mean, std) = predictor.mean_and_std(asked.view())?;
        let target = self.tasks[place.task].train;
        let direction = self.objectives[target].needed_for("what to train next")?;
        let known = pool.targets.column(target).select(Axis(0), train);
        Ok(Predicted {
            mean: mean.column(0).to_vec(),
            std: std.map(|std| std.column(0).to_vec()),
            best: known.into_iter().reduce(|one, other| direction.better(one, other)),
            direction,
        })
    }
}
