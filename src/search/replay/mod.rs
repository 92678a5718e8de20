//! A search on a benchmark whose networks are all trained: a table takes the place of the training.

mod summary;

use super::{Candidates, SearchError, SearchLabel, Searcher, Start};
use crate::experiment::Contender;
use crate::metrics::Direction;
use crate::stream::ordered;
use crate::suggest::{Needs, Strategy};

pub use self::summary::{CHECKPOINTS, Reached, Replayed, Spread, summarize};

/// A replay: searches with several strategies and seeds.
#[derive(Debug)]
pub struct Replay<'a> {
    /// The networks.
    pub candidates: &'a Candidates,
    /// The value of each.
    pub values: Vec<f64>,
    /// Which values are better.
    pub direction: Direction,
    /// The strategies that are compared.
    pub strategies: Vec<&'static Strategy>,
    /// What predicts.
    pub learner: Contender,
    /// How many networks are trained before a model is asked.
    pub start: usize,
    /// How many networks are chosen at a time; those of a strategy without a model one after the other.
    pub batch: usize,
    /// How many are trained in all.
    pub budget: usize,
    /// The first seed.
    pub seed: u64,
    /// How many searches are made, each with the next seed.
    pub seeds: usize,
}

/// The fewest candidates that make a replay.
const LEAST: usize = 16;

impl Replay<'_> {
    /// Whether there is something to find.
    ///
    /// # Errors
    ///
    /// [`SearchError::FewCandidates`] and [`SearchError::Constant`].
    pub fn check(&self, target: &str) -> Result<(), SearchError> {
        let found = self.candidates.len();
        if found < LEAST {
            return Err(SearchError::FewCandidates { found, least: LEAST });
        }
        let first = self.values[0];
        if self.values.iter().all(|value| value.total_cmp(&first).is_eq()) {
            return Err(SearchError::Constant { target: target.to_owned() });
        }
        Ok(())
    }

    /// Makes the searches, several seeds at a time. `each` is told when a seed is done.
    ///
    /// # Returns
    ///
    /// For each strategy and seed the rows in the order of their training.
    ///
    /// # Errors
    ///
    /// Those of [`Searcher::propose`].
    pub fn run(&self, each: &mut dyn FnMut()) -> Result<Vec<Vec<Vec<usize>>>, SearchError> {
        let mut traces = vec![Vec::with_capacity(self.seeds); self.strategies.len()];
        let of_seed = |place: usize| -> Result<Vec<Vec<usize>>, SearchError> {
            let seed = self.seed.wrapping_add(place as u64);
            let first = Start::default();
            self.strategies.iter().map(|strategy| self.one(strategy, seed, &first)).collect()
        };
        ordered(self.seeds, &of_seed, &mut |found: Vec<Vec<usize>>| {
            for (traces, trace) in traces.iter_mut().zip(found) {
                traces.push(trace);
            }
            each();
            Ok(())
        })?;
        Ok(traces)
    }

    /// One search.
    fn one(
        &self,
        strategy: &'static Strategy,
        seed: u64,
        first: &Start,
    ) -> Result<Vec<usize>, SearchError> {
        let searcher = Searcher {
            candidates: self.candidates,
            strategy,
            learner: &self.learner,
            direction: self.direction,
            start: self.start,
            seed,
            first,
        };
        let mut past: Vec<SearchLabel> = Vec::new();
        while past.len() < self.budget {
            let left = self.budget - past.len();
            let batch = match strategy.needs {
                Needs::Nothing => 1,
                // The first networks depend on nothing that is learned on the way.
                _ if past.len() < self.start => self.start - past.len(),
                _ => self.batch,
            };
            let chosen = searcher.propose(&past, &[], batch.min(left))?;
            if chosen.is_empty() {
                break;
            }
            past.extend(
                chosen.iter().map(|one| SearchLabel { row: one.row, value: self.values[one.row] }),
            );
        }
        Ok(past.into_iter().map(|label| label.row).collect())
    }
}
