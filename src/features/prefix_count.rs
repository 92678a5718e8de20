//! `prefix_count(o).i`: how many of the first `i` operations of a chain are `o`.
//!
//! A whole number from 0 to `i`, for each operation and `i` from 1 to the length of the chain. A chain has a
//! single path, on which path lengths and degrees tell little; these columns say where on it an
//! operation stands. They are to any operations what `channel_at(i)` and `stride_at(i)` of
//! [`stages`](super::stages) are to doublings and halvings (Kadlecová et al., ICML 2024).

use super::{Family, Scratch, Subsets};
use crate::graph::Cell;
use crate::space::{Architecture, Described, SearchSpace};

/// See the module.
pub(super) struct PrefixCount;

impl Family for PrefixCount {
    fn name(&self) -> &'static str {
        "prefix_count"
    }

    fn summary(&self) -> &'static str {
        "how often an operation occurs up to a place of a chain"
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.described().is_some_and(Described::is_chain)
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let Some(described) = space.described() else { return Vec::new() };
        let length = described.places();
        let of_op = |op: &&str| {
            (1..=length).map(|place| format!("prefix_count({op}).{place}")).collect::<Vec<_>>()
        };
        space.operations().iter().flat_map(of_op).collect()
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        row.fill(0.0);
        let length = network.cells().iter().flat_map(Cell::ops).count();
        for (place, op) in network.cells().iter().flat_map(Cell::ops).enumerate() {
            let start = op.index() * length;
            for count in &mut row[start + place..start + length] {
                *count += 1.0;
            }
        }
    }
}
