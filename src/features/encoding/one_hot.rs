//! `one_hot(edge_0_1=nor_conv_3x3)`: `NASLib`'s one-hot adjacency encoding.
//!
//! First the entries of the adjacency matrix (see [`Adjacency`](super::Adjacency)), then for each
//! place of an operation an indicator of each operation, 1 for the one that stands there. A missing
//! node of NAS-Bench-101 has zeros only; a missing stage of TransNAS-Bench-101 macro has an
//! indicator of its own, `missing`, as `NASLib`'s padding id 0 has.
//!
//! 36 columns for NAS-Bench-101, 30 for NAS-Bench-201, 24 for TransNAS-Bench-101 micro, 30 for
//! macro, 51 for NAS-Bench-Graph. For DARTS `NASLib` writes the ids of the operations after each
//! cell's whole matrix; so do we, 114 columns.
//!
//! White et al., `NeurIPS` 2020. `NASLib` puts the missing nodes of a NAS-Bench-101 cell between
//! node 1 and the output at random; here they stand right before the output.

use super::super::{Family, FeatureError, Scratch, Subsets, columns};
use super::adjacency;
use super::layout;
use crate::space::{Architecture, Layout, SearchSpace};

/// See the module.
pub(in super::super) struct OneHot;

impl Family for OneHot {
    fn name(&self) -> &'static str {
        "one_hot"
    }

    fn summary(&self) -> &'static str {
        "the adjacency matrix and an indicator of each operation at each place"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.layout().is_some()
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        match space.layout() {
            None => Vec::new(),
            Some(layout) if layout.has_indicators => columns(space, |_| names(&layout, space)),
            Some(layout) => adjacency::names(&layout, space, self.name()),
        }
    }

    fn check(&self, network: &Architecture) -> Result<(), FeatureError> {
        layout::check(self.name(), network)
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        match layout::of_network(network) {
            None => {}
            Some(layout) if layout.has_indicators => compute(&layout, network, row),
            Some(layout) => adjacency::compute(&layout, network, row),
        }
    }
}

fn names(layout: &Layout, space: &dyn SearchSpace) -> Vec<String> {
    let ops = layout.indicators.iter().map(|&op| space.operations()[usize::from(op)]);
    let values: Vec<_> = layout.missing.then_some("missing").into_iter().chain(ops).collect();
    let mut parts = layout::entry_names(layout);
    for index in layout::place_names(layout) {
        parts.extend(values.iter().map(|value| format!("{index}={value}")));
    }
    parts.into_iter().map(|part| format!("one_hot({part})")).collect()
}

fn compute(layout: &Layout, network: &Architecture, row: &mut [f64]) {
    let missing = usize::from(layout.missing);
    let values = layout.indicators.len() + missing;
    let width = row.len() / network.cells().len();
    for (cell, row) in network.cells().iter().zip(row.chunks_exact_mut(width)) {
        let indicators = layout::write_entries(layout, cell, row);
        indicators.fill(0.0);
        for (index, indicators) in indicators.chunks_exact_mut(values).enumerate() {
            match layout.op_at(cell, index) {
                Some(op) => {
                    let found = layout.indicators.iter().position(|&other| other == op.0);
                    if let Some(found) = found {
                        indicators[found + missing] = 1.0;
                    }
                }
                None if layout.missing => indicators[0] = 1.0,
                None => {}
            }
        }
    }
}
