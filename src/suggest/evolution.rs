//! Regularized evolution: children of the best of some networks that were trained lately.
//!
//! The [`POPULATION`] networks trained last are alive. Of [`SAMPLE`] of them, drawn at random, the best one becomes the
//! parent of a network that differs from it in one operation or edge, drawn from those that may be chosen. Until there is a
//! population networks are drawn at random.
//!
//! Real, Aggarwal, Huang and Le, *Regularized Evolution for Image Classifier Architecture Search*, AAAI 2019.

use std::collections::HashSet;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::random::drawn;
use super::{Choice, Needs, Question, Strategy, Trained};
use crate::control::Cancelled;

/// How many networks are alive.
const POPULATION: usize = 25;

/// How many of them may become a parent.
const SAMPLE: usize = 5;

/// How often parents are drawn that have no child left, before a network is drawn from all.
const TRIES: usize = 100;

/// See the module.
pub(super) const EVOLUTION: Strategy = Strategy {
    name: "evolution",
    summary: "Regularized evolution: mutations of the best of some networks trained lately",
    needs: Needs::Nothing,
    needs_past: true,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(question.seed);
    let mut others = drawn(question, &question.open(), question.open().len()).into_iter();
    let past = question.past();
    let alive = &past[past.len().saturating_sub(POPULATION)..];
    let (mut chosen, mut taken) = (Vec::new(), HashSet::new());
    while chosen.len() < count {
        let child = (past.len() >= POPULATION).then(|| child(question, alive, &taken, &mut random));
        let next = child.flatten().or_else(|| others.find(|one| !taken.contains(&one.row)));
        let Some(next) = next else { break };
        taken.insert(next.row);
        chosen.push(next);
    }
    Ok(chosen)
}

/// A child of the best of some networks, with its parent's worth as the score.
fn child(
    question: &Question,
    alive: &[Trained],
    taken: &HashSet<usize>,
    random: &mut impl Rng,
) -> Option<Choice> {
    for _ in 0..TRIES {
        let some = alive.choose_multiple(random, SAMPLE);
        let parent = some.reduce(|best, one| if one.worth > best.worth { one } else { best })?;
        let mut children = question.open_neighbours(parent);
        children.retain(|row| !taken.contains(row));
        if let Some(&row) = children.choose(random) {
            return Some(Choice { row, score: parent.worth });
        }
    }
    None
}
