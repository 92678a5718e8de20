//! What was trained before, as numbers.

use std::sync::Arc;

use super::Question;

/// A network that was trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Its row.
    pub row: usize,
    /// Its value as a number of which greater is better.
    pub worth: f64,
    /// The rows that differ from it in one operation or edge, itself not among them.
    pub neighbours: Arc<[usize]>,
}

impl Question {
    /// The networks that were trained, in their order.
    pub(super) fn past(&self) -> &[Trained] {
        &self.past
    }

    /// The place of the best one in the past, of equal ones the first.
    pub(super) fn best_place(&self) -> Option<usize> {
        let places = 0..self.past.len();
        places.reduce(
            |best, other| {
                if self.past[other].worth > self.past[best].worth { other } else { best }
            },
        )
    }

    /// The neighbours of a trained network that may be chosen.
    pub(super) fn open_neighbours(&self, trained: &Trained) -> Vec<usize> {
        trained.neighbours.iter().copied().filter(|&row| self.is_open[row]).collect()
    }
}
