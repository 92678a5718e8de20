//! Several networks at once that score well and are not nearly the same.
//!
//! The greatest scores of a pool are often those of close relatives, each of which tells what the others
//! would. So of some finalists, the rows with the greatest scores, those are taken that leave least
//! unknown ([`unknown`](super::unknown)), one after the other.

use super::greatest::best;
use super::unknown::reduce;
use super::{Choice, Question};
use crate::control::Cancelled;

/// Chooses so many of the finalists.
pub(super) fn spread(
    question: &Question,
    count: usize,
    finalists: usize,
    score: impl Fn(usize) -> f64,
) -> Result<Vec<Choice>, Cancelled> {
    let scores = question.open().into_iter().map(|row| (row, score(row))).collect();
    let mut chosen = reduce(question, best(scores, finalists.max(count)), count)?;
    for choice in &mut chosen {
        choice.score = score(choice.row);
    }
    Ok(chosen)
}
