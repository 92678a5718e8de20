//! `node_degree(S).…`: how many edges with an operation of `S`
//!
//! - `.input_out`: leave the input,
//! - `.output_in`: enter the output,
//! - `.mean_in`, `.mean_out`: enter, leave a node of the cell on average (edges / nodes; every
//!   node counts, also an isolated one).
//!
//! Whole numbers from 0, and non-negative fractions. With operations on nodes an edge counts by the operation of its
//! far end: for `input_out` and `mean_out` that of the node it enters, for `output_in` and
//! `mean_in` that of the node it leaves. With operations on edges `mean_in` and `mean_out` are the
//! same, and one column, `.mean`. A cell with several inputs has a column for each,
//! `.c_k-1_out`; where no edge into the output carries an operation, `.output_in` is left out.
//!
//! Kadlecová et al., ICML 2024.

use smallvec::SmallVec;

use super::{Family, Scratch, Subsets, columns};
use crate::graph::{Cell, Op, Site};
use crate::space::{Architecture, CellShape, SearchSpace};

/// See the module.
pub(super) struct NodeDegree;

impl Family for NodeDegree {
    fn name(&self) -> &'static str {
        "node_degree"
    }

    fn summary(&self) -> &'static str {
        "edges with an operation of a set at the input, at the output and per node"
    }

    fn names(&self, space: &dyn SearchSpace, subsets: &Subsets) -> Vec<String> {
        columns(space, |shape| {
            let parts = components(space, shape);
            let sets = subsets.names(space.operations());
            let columns = sets.flat_map(|set| {
                let column = |part: &String| format!("node_degree({set}).{part}");
                parts.iter().map(column).collect::<Vec<_>>()
            });
            columns.collect()
        })
    }

    fn compute(
        &self,
        network: &Architecture,
        subsets: &Subsets,
        scratch: &mut Scratch,
        row: &mut [f64],
    ) {
        let width = row.len() / network.cells().len();
        for (cell, row) in network.cells().iter().zip(row.chunks_exact_mut(width)) {
            let parts = width / subsets.len();
            let (counts, means) = count(cell, parts);
            subsets.sums(&counts, &mut scratch.sums);
            // All quotients that can occur: exact, and cheaper than a division a column.
            let edges = cell.graph().edge_count();
            let quotient: SmallVec<[f64; 32]> =
                (0..=edges).map(|count| count as f64 / cell.nodes() as f64).collect();
            for (row, sum) in row.chunks_exact_mut(parts).zip(&scratch.sums) {
                let (degrees, averages) = row.split_at_mut(parts - means);
                let mut sum = *sum;
                for degree in degrees {
                    *degree = (sum & 0xff) as f64;
                    sum >>= 8;
                }
                for average in averages {
                    *average = quotient[(sum & 0xff) as usize];
                    sum >>= 8;
                }
            }
        }
    }
}

/// The most operations of a space.
const MAX_OPS: usize = 64;

/// The names of the columns of a set.
fn components(space: &dyn SearchSpace, shape: &CellShape) -> Vec<String> {
    let mut parts: Vec<_> = shape.inputs.iter().map(|input| format!("{input}_out")).collect();
    if !shape.silent_output {
        parts.push("output_in".to_owned());
    }
    match space.site() {
        Site::Edges => parts.push("mean".to_owned()),
        Site::Nodes => parts.extend(["mean_in", "mean_out"].map(str::to_owned)),
    }
    parts
}

/// For each operation the counts of all components, the first in the lowest byte (a cell has fewer
/// than 256 edges), and how many of the components are averages.
fn count(cell: &Cell, parts: usize) -> ([u64; MAX_OPS], usize) {
    let mut counts = [0; MAX_OPS];
    let inputs = cell.inputs();
    let one = |part: usize| 1_u64 << (8 * part);
    let means = match cell.site() {
        Site::Edges => {
            let silent = parts == inputs + 1;
            for (from, to, op) in cell.edges() {
                let Some(Op(op)) = op else { continue };
                let mut add = one(parts - 1);
                add += if from < inputs { one(from) } else { 0 };
                add += if to == cell.output() && !silent { one(inputs) } else { 0 };
                counts[usize::from(op)] += add;
            }
            1
        }
        Site::Nodes => {
            let nodes = cell.graph().raw_nodes();
            for (from, to, _) in cell.edges() {
                if let Some(Op(op)) = nodes[from].weight {
                    let at_output = if to == cell.output() { one(inputs) } else { 0 };
                    counts[usize::from(op)] += at_output + one(parts - 2);
                }
                if let Some(Op(op)) = nodes[to].weight {
                    let at_input = if from < inputs { one(from) } else { 0 };
                    counts[usize::from(op)] += at_input + one(parts - 1);
                }
            }
            2
        }
    };
    (counts, means)
}
