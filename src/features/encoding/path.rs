//! `path(nor_conv_3x3>skip_connect)`: 1 if the cell has a path from the input to the output with
//! these operations in this order, 0 otherwise.
//!
//! A column for each possible list of operations: shorter lists first, then the first operation
//! counts up fastest. With k operations and paths of a to b operations that is `kᵃ + … + kᵇ`:
//! 364 columns for NAS-Bench-101 (0 to 5 operations; `path()` is an edge from the input to the
//! output), 155 for NAS-Bench-201, 84 for TransNAS-Bench-101 micro, 7,380 for NAS-Bench-Graph, and
//! 2,800 for each cell and input of DARTS, 11,200 in all. `none` is an operation like any other.
//! Spaces that a file describes have the family unless all their cells are chains, or it would have more
//! than 20,000 columns for an input.
//!
//! White, Neiswanger, Savani: *BANANAS: Bayesian Optimization with Neural Architectures for Neural
//! Architecture Search*, AAAI 2021. Order of columns and operations as in `NASLib`, but for two
//! slips of its code that are not repeated: in NAS-Bench-201 it takes the edges in another order
//! than its tuples have, so that the edge 1→2 counts as a path, and in DARTS it does not look at
//! the last operation of a cell. Its columns of DARTS for no operations, always 0, are left out.
//!
//! # Complexity
//!
//! O(columns + paths · edges) a network; a cell of seven nodes has at most 32 paths.

use super::super::{Family, Scratch, Subsets, columns};
use super::layout;
use crate::graph::Cell;
use crate::space::{Architecture, PathOrder, SearchSpace};

/// See the module.
pub(in super::super) struct Path;

impl Family for Path {
    fn name(&self) -> &'static str {
        "path"
    }

    fn summary(&self) -> &'static str {
        "an indicator of each possible path, the operations on it in order"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.layout().is_some_and(|layout| layout.paths.is_some())
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let Some(paths) = space.layout().and_then(|layout| layout.paths) else {
            return Vec::new();
        };
        let lists = lists(&paths, space.operations());
        columns(space, |shape| {
            let of_input = |input: &&str| {
                let end = if shape.inputs.len() == 1 { String::new() } else { format!(".{input}") };
                lists.iter().map(move |list| format!("path({list}){end}")).collect::<Vec<_>>()
            };
            shape.inputs.iter().flat_map(of_input).collect()
        })
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        let Some(paths) = layout::of_network(network).and_then(|layout| layout.paths) else {
            return;
        };
        row.fill(0.0);
        let inputs = network.cells().iter().map(Cell::inputs).sum::<usize>();
        let mut rows = row.chunks_exact_mut(row.len() / inputs);
        for cell in network.cells() {
            for (input, row) in (0..cell.inputs()).zip(&mut rows) {
                mark(cell, &paths, Walk { node: input, number: 0, weight: 1 }, row);
            }
        }
    }
}

/// The lists of operations in the order of their columns.
fn lists(paths: &PathOrder, ops: &[&str]) -> Vec<String> {
    let count = paths.digits.len();
    let list = |length: u32, mut number: usize| {
        let mut names = Vec::new();
        for _ in 0..length {
            names.push(ops[usize::from(paths.digits[number % count])]);
            number /= count;
        }
        names.join(">")
    };
    let of_length = |length| (0..count.pow(length)).map(move |number| list(length, number));
    paths.lengths.clone().flat_map(of_length).collect()
}

/// A path so far: where it ends, its number, and what the next operation's digit counts.
///
/// The number of a list of operations with digits `d₀, d₁, …` is `Σ (dᵢ + 1) kⁱ`; so those of one
/// length follow those of the length before.
#[derive(Clone, Copy)]
struct Walk {
    node: usize,
    number: usize,
    weight: usize,
}

/// Marks the columns of all paths that begin with this one.
fn mark(cell: &Cell, paths: &PathOrder, walk: Walk, row: &mut [f64]) {
    if walk.node == cell.output() {
        // The empty list has number 0 and, where no path is empty, no column.
        let first = usize::from(*paths.lengths.start() > 0);
        if let Some(column) = walk.number.checked_sub(first).and_then(|index| row.get_mut(index)) {
            *column = 1.0;
        }
        return;
    }
    for (_, to, op) in cell.edges().filter(|edge| edge.0 == walk.node) {
        let op = op.or_else(|| cell.node_ops().nth(to).flatten());
        let digit = op.and_then(|op| paths.digits.iter().position(|&other| other == op.0));
        let next = match digit {
            Some(digit) => Walk {
                node: to,
                number: walk.number + walk.weight * (digit + 1),
                weight: walk.weight * paths.digits.len(),
            },
            None => Walk { node: to, ..walk },
        };
        mark(cell, paths, next, row);
    }
}
