//! The path walk: for every set of operations at once, which lengths the input→output paths have
//! that use only operations of the set.
//!
//! A word has a bit for each set. Walking the cell once in topological order, each node keeps for
//! each length the word of the sets that have a path of that length to it:
//! `reach[to][l + 1] |= reach[from][l] & containing[op]`. The cost is a few word operations for
//! each edge and length, whatever the number of sets (up to 128 a block).

use smallvec::SmallVec;

use super::subsets::{BLOCK, Subsets};
use crate::graph::{Cell, Op, Site};
use crate::space::SearchSpace;

/// One more than the most edges that a path can have: see [`are_short`].
const LENGTHS: usize = 16;

/// Bits for the length of a path: `LENGTHS` is at most 2⁴.
const PLANES: usize = 4;

/// For one block of sets: the input→output paths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths {
    /// The edges of the longest.
    longest: usize,
    /// For each number of edges the word of the sets that have a path of so many.
    sets: [u128; LENGTHS],
}

/// What the walks over an architecture's cells found: for each cell, each of its inputs and each
/// block of sets, in this order.
#[derive(Debug, Default)]
pub(super) struct Paths {
    found: Vec<Lengths>,
    /// Room for the walk: for each node what [`Lengths`] holds for the output.
    reach: Vec<[u128; LENGTHS]>,
    blocks: usize,
}

impl Paths {
    /// Walks the cells from each of their inputs.
    pub fn walk(&mut self, cells: &[Cell], subsets: &Subsets) {
        self.found.clear();
        self.blocks = subsets.containing().len();
        let nodes = cells.iter().map(Cell::nodes).max().unwrap_or(0);
        self.reach.resize(nodes.max(self.reach.len()), [0; LENGTHS]);
        for cell in cells {
            for input in 0..cell.inputs() {
                for containing in subsets.containing() {
                    let lengths = walk(cell, input, containing, &mut self.reach);
                    self.found.push(lengths);
                }
            }
        }
    }

    /// For each cell and each of its inputs, the words of each block.
    pub fn walks(&self) -> impl Iterator<Item = &[Lengths]> {
        self.found.chunks(self.blocks.max(1))
    }
}

/// Walks one cell from one input with one block of sets.
fn walk(cell: &Cell, input: usize, containing: &[u128], reach: &mut [[u128; LENGTHS]]) -> Lengths {
    let word = |op: Option<Op>| op.map_or(u128::MAX, |op| containing[op.index()]);
    let nodes = cell.graph().raw_nodes();
    for reach in &mut reach[..nodes.len()] {
        reach[..nodes.len().min(LENGTHS)].fill(0); // No path has as many edges as there are nodes.
    }
    // The longest path to each node, in edges.
    let mut longest: SmallVec<[usize; Cell::SMALL_NODES]> = SmallVec::from_elem(0, nodes.len());
    reach[input][0] = u128::MAX;
    for (from, to, op) in cell.edges() {
        let allowed = word(op) & word(nodes[to].weight);
        let (before, after) = reach.split_at_mut(to);
        let (source, target) = (&before[from], &mut after[0]);
        for length in 0..=longest[from] {
            target[length + 1] |= source[length] & allowed;
        }
        longest[to] = longest[to].max(longest[from] + 1);
    }
    let output = cell.output();
    let mut found = Lengths { longest: longest[output], sets: [0; LENGTHS] };
    let end = found.longest + 1;
    found.sets[..end].copy_from_slice(&reach[output][..end]);
    found
}

/// Whether no path of a space's cells has more edges than can be told apart.
pub(super) fn are_short(space: &dyn SearchSpace) -> bool {
    let is_silent =
        space.site() == Site::Nodes || space.cells().iter().any(|shape| shape.silent_output);
    let edges = *space.path_lengths().end() as usize + usize::from(is_silent);
    !space.is_chain() && edges < LENGTHS
}

/// Which path of a set counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Shortest,
    Longest,
}

/// Writes to `row`, for each set, `value[l]` where `l` is the number of edges on its shortest or
/// longest path; 0 edges if it has none.
pub(super) fn write(blocks: &[Lengths], which: Which, value: &[f64; LENGTHS], row: &mut [f64]) {
    for (lengths, row) in blocks.iter().zip(row.chunks_mut(BLOCK)) {
        write_block(lengths, which, value, row);
    }
}

fn write_block(lengths: &Lengths, which: Which, value: &[f64; LENGTHS], row: &mut [f64]) {
    // The lengths as binary numbers, a plane of bits for each digit.
    let mut planes = [0_u128; PLANES];
    let mut seen = 0;
    let mut take = |length: usize| {
        let new = lengths.sets[length] & !seen;
        seen |= new;
        for (digit, plane) in planes.iter_mut().enumerate() {
            *plane |= if length >> digit & 1 == 1 { new } else { 0 };
        }
    };
    match which {
        Which::Shortest => (1..=lengths.longest).for_each(&mut take),
        Which::Longest => (1..=lengths.longest).rev().for_each(&mut take),
    }
    let planes = planes.map(u128::to_le_bytes);
    for (byte, row) in row.chunks_mut(8).enumerate() {
        let codes = planes
            .iter()
            .enumerate()
            .fold(0, |codes, (digit, plane)| codes | SPREAD[usize::from(plane[byte])] << digit);
        for (slot, code) in row.iter_mut().zip(codes.to_le_bytes()) {
            *slot = value[usize::from(code)];
        }
    }
}

/// Each byte with its bits spread over the low bits of eight bytes.
static SPREAD: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[byte] |= ((byte >> bit & 1) as u64) << (8 * bit);
            bit += 1;
        }
        byte += 1;
    }
    table
};
