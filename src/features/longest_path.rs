//! `max_op_on_path(S)`: operations on the longest input→output path that uses only operations of
//! `S`. A whole number from 0 (an edge from the input to the output that carries no operation);
//! without such a path −1.
//!
//! Kadlecová et al., ICML 2024. A cell with several inputs has a column for each of them,
//! `max_op_on_path(S).c_k-1`.

use super::paths::{self, Which};
use super::{Family, Scratch, Subsets, path_columns};
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct LongestPath;

impl Family for LongestPath {
    fn name(&self) -> &'static str {
        "max_op_on_path"
    }

    fn summary(&self) -> &'static str {
        "operations on the longest path over a set of operations"
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        paths::are_short(space)
    }

    fn reads_paths(&self) -> bool {
        true
    }

    fn names(&self, space: &dyn SearchSpace, subsets: &Subsets) -> Vec<String> {
        path_columns(space, subsets, self.name())
    }

    fn compute(
        &self,
        network: &Architecture,
        subsets: &Subsets,
        scratch: &mut Scratch,
        row: &mut [f64],
    ) {
        let inputs =
            network.cells().iter().flat_map(|cell| std::iter::repeat_n(cell, cell.inputs()));
        let rows = row.chunks_exact_mut(subsets.len());
        for ((cell, blocks), row) in inputs.zip(scratch.paths.walks()).zip(rows) {
            // All edges of a path carry one operation, but for this many.
            let silent = cell.silent_edges() as f64;
            let mut value = std::array::from_fn(|edges| edges as f64 - silent);
            value[0] = -1.0;
            paths::write(blocks, Which::Longest, &value, row);
        }
    }
}
