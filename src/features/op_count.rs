//! `op_count(o)`: how often the operation `o` occurs in the cell. A whole number from 0.

use super::{Family, Scratch, Subsets, columns};
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct OpCount;

impl Family for OpCount {
    fn name(&self) -> &'static str {
        "op_count"
    }

    fn summary(&self) -> &'static str {
        "how often an operation occurs"
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let column = |op: &&str| format!("op_count({op})");
        columns(space, |_| space.operations().iter().map(column).collect())
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        let ops = row.len() / network.cells().len();
        for (cell, row) in network.cells().iter().zip(row.chunks_exact_mut(ops)) {
            row.fill(0.0);
            for op in cell.ops() {
                row[op.index()] += 1.0;
            }
        }
    }
}
