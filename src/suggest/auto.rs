//! The best predictions, where uncertain ones count more; and neighbours of the best networks once these no longer help.
//!
//! A network is worth its prediction and [`OPTIMISM`] of its standard deviation (an upper confidence bound: Srinivas et al.,
//! *Gaussian Process Optimization in the Bandit Setting*, ICML 2010). So the top of the pool is explored that
//! [`greedy`](super::greedy) passes by.
//!
//! A predictor that ranks the top wrongly keeps the best network at a place where this seldom arrives. So if the last [`PATIENCE`] trainings brought nothing better, every [`EVERY`]th choice is a
//! neighbour of the best network instead: of those that may be chosen the one with the best prediction; of the
//! second-best network once the best has no such neighbour, and so on.

use std::collections::HashSet;

use super::greatest::ranked;
use super::greedy::predicted;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// How many standard deviations are added to a prediction.
const OPTIMISM: f64 = 0.5;

/// After so many trainings without a better network neighbours are tried.
const PATIENCE: usize = 24;

/// One of so many choices is a neighbour then.
const EVERY: usize = 4;

/// See the module.
pub(super) const AUTO: Strategy = Strategy {
    name: "auto",
    summary: "Optimistic predictions; also neighbours of the best networks once these find nothing better",
    needs: Needs::Means,
    needs_past: true,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let mut best = by_bound(question, question.open()).into_iter();
    let trained = question.past().len();
    let idle = question.best_place().map_or(0, |place| trained - 1 - place);
    let mut near =
        if idle >= PATIENCE { neighbours(question, count) } else { Vec::new() }.into_iter();
    let mut chosen: Vec<Choice> = Vec::with_capacity(count);
    let mut taken = HashSet::new();
    // Choices that are not trained yet are counted too, so that asking for one at a time has neighbours in its turn.
    let asked = question.known().count();
    for place in 0..count {
        let is_turn = (asked + place) % EVERY == EVERY - 1;
        let neighbour = if is_turn { near.find(|row| !taken.contains(row)) } else { None };
        let Some(row) = neighbour.or_else(|| best.find(|row| !taken.contains(row))) else { break };
        taken.insert(row);
        chosen.push(predicted(question, row));
    }
    Ok(chosen)
}

/// Rows in the order of their upper confidence bounds, the greatest first.
fn by_bound(question: &Question, rows: Vec<usize>) -> Vec<usize> {
    let bound = |row: usize| question.worth(row) + OPTIMISM * question.deviation(row);
    ranked(rows.into_iter().map(|row| (row, bound(row))).collect())
}

/// At least so many neighbours of the best networks, if there are as many: those of the best one first.
fn neighbours(question: &Question, count: usize) -> Vec<usize> {
    let past = question.past();
    let order = ranked((0..past.len()).map(|place| (place, past[place].worth)).collect());
    let mut found = Vec::new();
    for place in order {
        found.extend(by_bound(question, question.open_neighbours(&past[place])));
        if found.len() >= count {
            break;
        }
    }
    found
}
