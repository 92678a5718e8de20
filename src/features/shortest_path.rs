//! `min_path_len(S)`: edges on the shortest input→output path that uses only operations of `S`.
//! A whole number from 1; without such a path the number of the cell's nodes, which no path has.
//!
//! Kadlecová et al., ICML 2024. With operations on nodes, the intermediate nodes must all be in
//! `S`. A cell with several inputs has a column for each of them, `min_path_len(S).c_k-1`.

use super::paths::{self, Which};
use super::{Family, Scratch, Subsets, path_columns};
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct ShortestPath;

impl Family for ShortestPath {
    fn name(&self) -> &'static str {
        "min_path_len"
    }

    fn summary(&self) -> &'static str {
        "edges on the shortest path over a set of operations"
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
            let mut value = std::array::from_fn(|edges| edges as f64);
            value[0] = cell.nodes() as f64;
            paths::write(blocks, Which::Shortest, &value, row);
        }
    }
}
