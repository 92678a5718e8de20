//! NAS-Bench-Graph on Cora: 1,433 numbers a node, seven classes; parameters only.
//!
//! Every node of the cell is batch normalization (its scale and shift have 256 numbers each even
//! where it is not used) and an operation to 256 numbers. What skips the input keeps its 1,433. The
//! leaves are put together, a linear layer leads to 256 numbers and another one to the classes.
//! Qin et al., `NeurIPS` 2022.

use super::tally::Tally;
use crate::graph::Cell;

pub(super) const NAME: &str = "nasbench-graph";

const FEATURES: u64 = 1433;
const HIDDEN: u64 = 256;
const CLASSES: u64 = 7;

pub(super) fn cost(cells: &[Cell]) -> Tally {
    let mut params = 0;
    let Some(cell) = cells.first() else { return Tally::default() };
    let mut widths = [FEATURES; Cell::MAX_NODES];
    let mut leaves = 0;
    let nodes = cell.graph().raw_nodes();
    for (from, to, _) in cell.edges() {
        if to == cell.output() {
            leaves += widths[from];
            continue;
        }
        let width = widths[from];
        params += 2 * HIDDEN; // batch normalization
        let op = nodes[to].weight.map(|op| op.0);
        params += match op {
            Some(SKIP) => 0,
            op => HIDDEN + matrices(op, width) * HIDDEN,
        };
        widths[to] = if op == Some(SKIP) { width } else { HIDDEN };
    }
    params += (leaves + 1) * HIDDEN + (HIDDEN + 1) * CLASSES;
    Tally { params, flops: 0 }
}

/// The places of the operations that differ from a linear layer.
const GAT: u8 = 0;
const CHEB: u8 = 3;
const SAGE: u8 = 4;
const ARMA: u8 = 5;
const GRAPH: u8 = 6;
const SKIP: u8 = 8;

/// How many rows of 256 weights an operation has on an input of `width` numbers.
fn matrices(op: Option<u8>, width: u64) -> u64 {
    match op {
        Some(GAT) => width + 2,                 // attention to source and target
        Some(CHEB | SAGE | GRAPH) => 2 * width, // the node itself and its neighbours
        Some(ARMA) => 2 * width + HIDDEN,       // and its own result before
        _ => width,
    }
}
