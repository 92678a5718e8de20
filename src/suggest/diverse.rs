//! Networks that leave least unknown of the pool: far from those that are known and from one another,
//! and near to many.

use super::unknown::reduce;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// See the module.
pub(super) const DIVERSE: Strategy = Strategy {
    name: "diverse",
    summary: "Networks that represent the pool, unlike known ones and each other; needs no model",
    needs: Needs::Nothing,
    needs_past: false,
    needs_points: true,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    reduce(question, question.open(), count)
}
