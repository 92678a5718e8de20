//! The networks with the best predictions.

use super::greatest::ranked;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// See the module.
pub(super) const GREEDY: Strategy = Strategy {
    name: "greedy",
    summary: "Networks with the best predictions",
    needs: Needs::Means,
    needs_past: false,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let rows = by_prediction(question, question.open()).into_iter().take(count);
    Ok(rows.map(|row| predicted(question, row)).collect())
}

/// Rows in the order of their predictions, the best first.
pub(super) fn by_prediction(question: &Question, rows: Vec<usize>) -> Vec<usize> {
    ranked(rows.into_iter().map(|row| (row, question.worth(row))).collect())
}

/// A choice whose score is the prediction.
pub(super) fn predicted(question: &Question, row: usize) -> Choice {
    Choice { row, score: question.predicted.mean[row] }
}
