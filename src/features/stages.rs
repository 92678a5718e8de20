//! The stages of a chain (TransNAS-Bench-101 macro).
//!
//! - `stage_count(kind)`: how many stages are of that kind: `plain`, `channel` (doubles the
//!   channels), `stride` (halves the resolution), `channel+stride` (both). Whole numbers from 0;
//!   together the number of stages.
//! - `channel_at(i)`, `stride_at(i)`: doublings and halvings in the stages 1 to `i`. Whole numbers
//!   from 0 to `i`; after the last stage they stay what they were.
//!
//! Kadlecová et al., ICML 2024.

use super::{Family, Scratch, Subsets, has_stem};
use crate::graph::Cell;
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct Stages;

/// The most stages of a network.
const MAX_STAGES: usize = 6;

impl Family for Stages {
    fn name(&self) -> &'static str {
        "stages"
    }

    fn summary(&self) -> &'static str {
        "stages of each kind, doublings and halvings up to a stage"
    }

    fn owns(&self, column: &str) -> bool {
        // The last two are zc_combine's.
        let stems = ["stage_count", "channel_at", "stride_at", "count_ops", "pos_state"];
        stems.iter().any(|stem| has_stem(column, stem, true))
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.is_chain()
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let kinds = space.operations().iter().map(|kind| format!("stage_count({kind})"));
        let at = (1..=MAX_STAGES)
            .flat_map(|stage| [format!("channel_at({stage})"), format!("stride_at({stage})")]);
        kinds.chain(at).collect()
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        let steps = network.search_space().map_or(&[][..], SearchSpace::stages);
        let (kinds, at) = row.split_at_mut(row.len() - 2 * MAX_STAGES);
        kinds.fill(0.0);
        let (mut channel, mut stride) = (0.0, 0.0);
        let mut stages = network.cells().iter().flat_map(Cell::ops);
        for slot in at.chunks_exact_mut(2) {
            if let Some(kind) = stages.next() {
                kinds[kind.index()] += 1.0;
                let step = steps.get(kind.index()).copied().unwrap_or_default();
                channel += f64::from(u8::from(step.doubles));
                stride += f64::from(u8::from(step.halves));
            }
            slot.copy_from_slice(&[channel, stride]);
        }
    }
}
