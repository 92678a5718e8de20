//! The best predictions, and neighbours of the best networks once these no longer help.
//!
//! A predictor that ranks the top of the pool wrongly keeps the best network at a place where [`greedy`](super::greedy)
//! seldom arrives. So if the last [`PATIENCE`] trainings brought nothing better, every [`EVERY`]th choice is a
//! neighbour of the best network instead: of those that may be chosen the one with the best prediction; of the
//! second-best network once the best has no such neighbour, and so on.

use std::collections::HashSet;

use super::greatest::ranked;
use super::greedy::{by_prediction, predicted};
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// After so many trainings without a better network neighbours are tried.
const PATIENCE: usize = 24;

/// One of so many choices is a neighbour then.
const EVERY: usize = 4;

/// See the module.
pub(super) const AUTO: Strategy = Strategy {
    name: "auto",
    summary: "The best predictions; also neighbours of the best networks once these bring nothing better",
    needs: Needs::Means,
    needs_past: true,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let mut best = by_prediction(question, question.open()).into_iter();
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

/// At least so many neighbours of the best networks, if there are as many: those of the best one first.
fn neighbours(question: &Question, count: usize) -> Vec<usize> {
    let past = question.past();
    let order = ranked((0..past.len()).map(|place| (place, past[place].worth)).collect());
    let mut found = Vec::new();
    for place in order {
        found.extend(by_prediction(question, question.open_neighbours(&past[place])));
        if found.len() >= count {
            break;
        }
    }
    found
}
