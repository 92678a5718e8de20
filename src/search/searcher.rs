//! One step of a search: what is known in, the networks to train next out.
//!
//! The step is a function of the candidates, of what is trained and pending, and of the seed; nothing is kept between steps but what
//! is costly to compute again. So a search that was interrupted goes on as if it had not been.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use ndarray::{Array2, Axis};

use super::{Candidates, SearchError};
use crate::control::Control;
use crate::dataset::LEAST_ROWS;
use crate::experiment::Contender;
use crate::metrics::Direction;
use crate::suggest::{
    Choice, Needs, Points, Predicted, Question, Strategy, SuggestError, Trained, by_name,
};

/// A trained candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchLabel {
    /// Its row among the candidates.
    pub row: usize,
    /// Its value of the objective.
    pub value: f64,
}

/// A network to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposal {
    /// Its row among the candidates.
    pub row: usize,
    /// What the model predicts of it, if there is one.
    pub mean: Option<f64>,
    /// The standard deviation of that, if it is known.
    pub std: Option<f64>,
}

/// The networks that are trained before there is a model, of a seed: chosen once.
#[derive(Debug, Default)]
pub struct Start(OnceLock<Vec<usize>>);

/// How a search chooses.
#[derive(Debug)]
pub struct Searcher<'a> {
    /// What it chooses from.
    pub candidates: &'a Candidates,
    /// How it chooses.
    pub strategy: &'static Strategy,
    /// What predicts.
    pub learner: &'a Contender,
    /// Which values are better.
    pub direction: Direction,
    /// How many networks are trained before a model is asked.
    pub start: usize,
    /// The seed.
    pub seed: u64,
    /// These networks, which searches of the same candidates, start and seed share.
    pub first: &'a Start,
}

impl Searcher<'_> {
    /// Chooses networks that are neither trained nor pending, those to train first come first.
    ///
    /// # Arguments
    ///
    /// * `past` - what is trained, in its order
    /// * `pending` - rows that are being trained
    /// * `count` - how many; fewer are chosen if fewer are left
    ///
    /// # Errors
    ///
    /// [`SearchError`] if the predictor cannot be fitted or the strategy cannot choose.
    pub fn propose(
        &self,
        past: &[SearchLabel],
        pending: &[usize],
        count: usize,
    ) -> Result<Vec<Proposal>, SearchError> {
        let mut is_open = self.open(past, pending);
        let begun = past.len() + pending.len();
        let left = is_open.iter().filter(|is_open| **is_open).count();
        let count = count.min(left);
        if self.strategy.needs == Needs::Nothing {
            let question = self.question(is_open, None, self.strategy);
            let chosen = self.strategy.choose(&self.after(question, past)?, count)?;
            return Ok(chosen.into_iter().map(|choice| alone(choice.row)).collect());
        }
        let mut chosen = self.begin(&mut is_open, begun, count)?;
        let missing = count - chosen.len();
        if missing > 0 && past.len() < LEAST_ROWS {
            // Too few labels for a model: what is not like the others.
            let diverse = self.diverse(&is_open, missing)?;
            chosen.extend(diverse.into_iter().map(alone));
        } else if missing > 0 {
            chosen.extend(self.by_model(is_open, past, missing)?);
        }
        Ok(chosen)
    }

    /// For each candidate whether it may be chosen.
    pub(super) fn open(&self, past: &[SearchLabel], pending: &[usize]) -> Vec<bool> {
        let mut is_open = vec![true; self.candidates.len()];
        let closed = self.candidates.closed.iter().chain(pending).copied();
        for row in past.iter().map(|label| label.row).chain(closed) {
            is_open[row] = false;
        }
        is_open
    }

    /// Those of the first networks that are still to be trained.
    fn begin(
        &self,
        is_open: &mut [bool],
        begun: usize,
        count: usize,
    ) -> Result<Vec<Proposal>, SearchError> {
        let missing = self.start.saturating_sub(begun).min(count);
        if missing == 0 {
            return Ok(Vec::new());
        }
        let first = self.first()?.iter().copied().filter(|&row| is_open[row]);
        let chosen: Vec<usize> = first.take(missing).collect();
        for &row in &chosen {
            is_open[row] = false;
        }
        Ok(chosen.into_iter().map(alone).collect())
    }

    /// The networks that are trained first: diverse ones, of which the best by the prior take half of the places.
    fn first(&self) -> Result<&[usize], SearchError> {
        if let Some(first) = self.first.0.get() {
            return Ok(first);
        }
        let closed: HashSet<usize> = self.candidates.closed.iter().copied().collect();
        let count = self.start.min(self.candidates.len() - closed.len());
        let mut first = match &self.candidates.favoured {
            Some(favoured) => {
                let mut order: Vec<usize> = (0..favoured.len()).collect();
                order.retain(|row| !closed.contains(row));
                order.sort_by(|&one, &other| favoured[other].total_cmp(&favoured[one]));
                order.truncate(count.div_ceil(2));
                order
            }
            None => Vec::new(),
        };
        let taken: HashSet<usize> = first.iter().copied().collect();
        let is_open = |row| !taken.contains(&row) && !closed.contains(&row);
        let is_open: Vec<bool> = (0..self.candidates.len()).map(is_open).collect();
        first.extend(self.diverse(&is_open, count - first.len())?);
        Ok(self.first.0.get_or_init(|| first))
    }

    fn diverse(&self, is_open: &[bool], count: usize) -> Result<Vec<usize>, SearchError> {
        let chosen = |name| -> Result<Vec<Choice>, SuggestError> {
            let strategy = by_name(name).unwrap_or(self.strategy);
            strategy.choose(&self.question(is_open.to_vec(), None, strategy), count)
        };
        let rows = match chosen("diverse") {
            // Nothing tells the candidates apart.
            Err(SuggestError::Constant { .. }) => chosen("random")?,
            rows => rows?,
        };
        Ok(rows.into_iter().map(|choice| choice.row).collect())
    }

    fn by_model(
        &self,
        is_open: Vec<bool>,
        past: &[SearchLabel],
        count: usize,
    ) -> Result<Vec<Proposal>, SearchError> {
        let (mean, std) = self.predict(past)?;
        let values = past.iter().map(|label| label.value);
        let best = values.reduce(|one, other| self.direction.better(one, other));
        let is_known = |std: &Vec<f64>| std.iter().all(|std| !std.is_nan());
        let std = std.filter(is_known);
        // A model that knows no deviation yet is asked for the best.
        let asks_std = self.strategy.needs == Needs::Deviations;
        let strategy = by_name("greedy").filter(|_| asks_std && std.is_none());
        let strategy = strategy.unwrap_or(self.strategy);
        let predicted =
            Predicted { mean: mean.clone(), std: std.clone(), best, direction: self.direction };
        let question = self.question(is_open, Some(predicted), strategy);
        let chosen = strategy.choose(&self.after(question, past)?, count)?;
        let proposal = |row: usize| Proposal {
            row,
            mean: Some(mean[row]),
            std: std.as_ref().map(|std| std[row]),
        };
        Ok(chosen.into_iter().map(|choice| proposal(choice.row)).collect())
    }

    /// What a model that is fitted on the trained candidates predicts of all, with the standard deviations if it has them.
    ///
    /// # Errors
    ///
    /// [`SearchError::Fit`] if it cannot be fitted.
    pub fn predict(
        &self,
        past: &[SearchLabel],
    ) -> Result<(Vec<f64>, Option<Vec<f64>>), SearchError> {
        let rows: Vec<usize> = past.iter().map(|label| label.row).collect();
        let all = &self.candidates.records;
        let records = all.select(Axis(0), &rows);
        let targets = Array2::from_shape_fn((past.len(), 1), |(place, _)| past[place].value);
        let (own, seed, control) = (self.candidates.own, self.seed, Control::default());
        let fitted = match self.learner {
            Contender::Alone(learner) => {
                let with_views = learner.with_views(&self.candidates.views);
                let learner = with_views.as_ref().unwrap_or(learner);
                learner.fit_under(records.view(), targets.view(), seed, &control)?
            }
            Contender::FromPrior(learner) => {
                learner.fit_beside(records.view(), own, targets.view(), seed, &control)?
            }
        };
        let (mean, std) = fitted.mean_and_std(all.view())?;
        Ok((mean.column(0).to_vec(), std.map(|std| std.column(0).to_vec())))
    }

    fn question(
        &self,
        is_open: Vec<bool>,
        predicted: Option<Predicted>,
        strategy: &Strategy,
    ) -> Question {
        let none = || Arc::new(Points::none());
        let points = if strategy.needs_points { self.candidates.points() } else { none() };
        let known = is_open.iter().filter(|is_open| !**is_open).count() as u64;
        // Each step draws anew: the odd constant of the golden ratio spreads the steps over all seeds.
        let seed = self.seed.wrapping_add(known.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Question::of_points(points, is_open, predicted, seed)
    }

    fn after(&self, question: Question, past: &[SearchLabel]) -> Result<Question, SearchError> {
        if !self.strategy.needs_past {
            return Ok(question);
        }
        let trained = past.iter().map(|label| {
            let neighbours = self.candidates.neighbours(label.row)?;
            Ok(Trained { row: label.row, worth: self.direction.worth(label.value), neighbours })
        });
        Ok(question.after(trained.collect::<Result<_, SearchError>>()?))
    }
}

/// A proposal without a model.
fn alone(row: usize) -> Proposal {
    Proposal { row, mean: None, std: None }
}
