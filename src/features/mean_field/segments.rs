//! The parts of a network that have columns of their own.

use crate::space::{ImageSkeleton, SearchSpace, Wiring};

/// The most parts; with more stages several belong to one.
const MOST: usize = 6;

/// The parts of a chain, which may have any length.
const OF_CHAIN: usize = 4;

/// How many parts the networks of a space have: as many as stages, or equal parts of a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segments(pub usize);

impl Segments {
    /// Those of a space.
    pub fn of(space: &dyn SearchSpace, skeleton: &ImageSkeleton) -> Self {
        let shortest = || usize::try_from(*space.path_lengths().start()).unwrap_or(1);
        Segments(match skeleton.wiring {
            Wiring::Chain => shortest().clamp(1, OF_CHAIN),
            _ => skeleton.stages.len().clamp(1, MOST),
        })
    }

    /// The stage, of so many, where a part begins.
    fn start(self, part: usize, stages: usize) -> usize {
        part * stages / self.0
    }

    /// The part that a stage belongs to.
    pub fn of_stage(self, stage: usize, stages: usize) -> usize {
        (1..self.0).rev().find(|&part| self.start(part, stages) <= stage).unwrap_or(0)
    }

    /// How many parts begin with a stage.
    pub fn beginning_at(self, stage: usize, stages: usize) -> usize {
        (0..self.0).filter(|&part| self.start(part, stages) == stage).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_stages() {
        let of = |parts: usize, stages: usize| -> Vec<usize> {
            (0..stages).map(|stage| Segments(parts).of_stage(stage, stages)).collect()
        };
        assert_eq!(of(3, 3), [0, 1, 2]);
        assert_eq!(of(4, 6), [0, 1, 1, 2, 3, 3]);
        assert_eq!(of(6, 12), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(of(4, 2), [1, 3]);
        let starts = |stage| Segments(4).beginning_at(stage, 2);
        assert_eq!([starts(0), starts(1)], [2, 2]);
    }
}
