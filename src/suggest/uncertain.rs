//! Networks of which the model knows least.
//!
//! The very greatest standard deviations are those of odd networks that tell little of others. So the
//! quarter of the pool with the greatest ones is taken, and of these what leaves least unknown.

use super::batch::spread;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// See the module.
pub(super) const UNCERTAIN: Strategy = Strategy {
    name: "uncertain",
    summary: "Networks with the largest predicted standard deviation",
    needs: Needs::Deviations,
    needs_past: false,
    needs_points: true,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let finalists = question.open().len().div_ceil(4);
    spread(question, count, finalists, |row| question.deviation(row))
}
