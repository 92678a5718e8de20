//! Local search: neighbours of a network, and of the first one among them that is better.
//!
//! After [`FIRST`] networks drawn at random it stands at the best of them. It tries its neighbours in a random order and moves to
//! the first that is better. Once all neighbours are known and none is better it starts again at a network drawn at
//! random.
//!
//! White, Nolen and Savani, *Exploring the Loss Landscape in Neural Architecture Search*, UAI 2021.

use std::collections::HashSet;

use super::random::drawn;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// How many networks are drawn first.
const FIRST: usize = 10;

/// See the module.
pub(super) const LOCAL: Strategy = Strategy {
    name: "local",
    summary: "Local search: neighbours of the best network, then again from another one",
    needs: Needs::Nothing,
    needs_past: true,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let near = if question.past().len() < FIRST { Vec::new() } else { around(question) };
    let near = drawn(question, &near, count);
    let taken: HashSet<usize> = near.iter().map(|choice| choice.row).collect();
    let others: Vec<usize> =
        question.open().into_iter().filter(|row| !taken.contains(row)).collect();
    let missing = count - near.len();
    Ok(near.into_iter().chain(drawn(question, &others, missing)).collect())
}

/// The neighbours that may be chosen of where the search stands; none if it is to start again.
fn around(question: &Question) -> Vec<usize> {
    let past = question.past();
    let mut at = 0;
    for place in 1..past.len() {
        let is_better = past[place].worth > past[at].worth;
        let is_near = past[at].neighbours.contains(&past[place].row);
        // What is no neighbour of the place was drawn: the search started again there.
        let moves = if place < FIRST { is_better } else { is_better || !is_near };
        if moves {
            at = place;
        }
    }
    question.open_neighbours(&past[at])
}
