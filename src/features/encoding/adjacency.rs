//! `adjacency(edge_0_1)`, `adjacency(node_1)`: the categorical adjacency encoding.
//!
//! First the entries of the adjacency matrix, 0 or 1 (none where all cells have the same edges),
//! then for each place of an operation its id in the space's tuples: the edges of NAS-Bench-201
//! and TransNAS-Bench-101 micro in the order of the tuple, the stages of macro (0 after the last),
//! the inner nodes of NAS-Bench-101 (0 for a missing one) and NAS-Bench-Graph, and the eight
//! operations of a DARTS cell in the order in which they are written. In a space that a file describes
//! the matrix stands there only if edges are free, and the ids have the order of the tuple.
//!
//! White et al., `NeurIPS` 2020. NAS-Bench-101's and NAS-Bench-Graph's matrix is the part above the
//! diagonal, that of DARTS the whole matrix, as in `NASLib`. A cell with fewer than seven nodes has
//! its missing ones right before the output, which is node 6.

use super::super::{Family, FeatureError, Scratch, Subsets, columns};
use super::layout;
use crate::space::{Architecture, Layout, SearchSpace};

/// See the module.
pub(in super::super) struct Adjacency;

impl Family for Adjacency {
    fn name(&self) -> &'static str {
        "adjacency"
    }

    fn summary(&self) -> &'static str {
        "the adjacency matrix and the ids of the operations"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.layout().is_some()
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        space.layout().map_or_else(Vec::new, |layout| names(&layout, space, self.name()))
    }

    fn check(&self, network: &Architecture) -> Result<(), FeatureError> {
        layout::check(self.name(), network)
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        if let Some(layout) = layout::of_network(network) {
            compute(&layout, network, row);
        }
    }
}

/// The columns of a family of entries and ids.
pub(super) fn names(layout: &Layout, space: &dyn SearchSpace, family: &str) -> Vec<String> {
    columns(space, |_| {
        let parts = layout::entry_names(layout).into_iter().chain(layout::place_names(layout));
        parts.map(|part| format!("{family}({part})")).collect()
    })
}

/// Writes the entries and ids of a network.
pub(super) fn compute(layout: &Layout, network: &Architecture, row: &mut [f64]) {
    let width = row.len() / network.cells().len();
    for (cell, row) in network.cells().iter().zip(row.chunks_exact_mut(width)) {
        for (index, id) in layout::write_entries(layout, cell, row).iter_mut().enumerate() {
            *id = layout::id(layout, layout.op_at(cell, index));
        }
    }
}
