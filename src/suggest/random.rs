//! Networks drawn at random.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::greatest::ranked;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// See the module.
pub(super) const RANDOM: Strategy = Strategy {
    name: "random",
    summary: "Networks drawn at random",
    needs: Needs::Nothing,
    needs_past: false,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    Ok(drawn(question, &question.open(), count))
}

/// So many of some rows, each equally likely. The score is what was drawn for a row.
pub(super) fn drawn(question: &Question, rows: &[usize], count: usize) -> Vec<Choice> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(question.seed);
    let scores: Vec<f64> = rows.iter().map(|_| random.r#gen()).collect();
    let order = ranked(scores.iter().copied().enumerate().collect());
    let chosen = order.into_iter().take(count);
    chosen.map(|place| Choice { row: rows[place], score: scores[place] }).collect()
}
