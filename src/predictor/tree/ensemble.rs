//! Many trees, laid out to predict many rows.
//!
//! A block of rows is first coded: each value becomes the number of thresholds of its column that
//! are below it, so that a node compares small integers. Then the whole block goes down a tree, at
//! each node split in two as the training rows once were: one column and one threshold at a time,
//! which the processor can do without waiting and without guessing.

use rayon::prelude::*;

use super::{LEAF, Node, Tree};

/// So few thresholds are counted rather than searched.
const FEW: usize = 32;

/// So many rows are coded at a time.
const TILE: usize = 8;

/// More thresholds than this make more than one column of codes.
const MOST_THRESHOLDS: usize = u16::MAX as usize;

/// Trees in a form made to predict.
#[derive(Debug, Clone)]
pub struct Ensemble {
    /// The columns that are asked, each with its thresholds in ascending order; a column with very
    /// many stands here several times.
    columns: Vec<(u32, Vec<f64>)>,
    /// The nodes of all trees.
    steps: Vec<Step>,
    /// For each tree its first node.
    roots: Vec<usize>,
}

/// A node, with numbers in place of the thresholds.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// The place of the column among those that are asked, or [`LEAF`].
    column: u32,
    /// The greatest code that goes left, to the next node.
    code: u16,
    /// Where the others go, in nodes from the root; in a leaf its place among the leaves.
    right: u32,
}

/// A block of at most [`CodedBlock::ROWS`] coded rows, and room to sort them into leaves.
#[derive(Debug, Default)]
pub struct CodedBlock {
    rows: usize,
    /// Column by column the codes of all rows.
    codes: Vec<u16>,
    /// The rows, those of a node together: first for nodes at even depths, then at odd ones.
    sorted: [Vec<u16>; 2],
    open: Vec<Open>,
}

/// A node that is still to be visited, and the places of its rows.
#[derive(Debug)]
struct Open {
    place: usize,
    start: usize,
    end: usize,
    is_odd: bool,
}

impl CodedBlock {
    /// The most rows of a block.
    pub const ROWS: usize = 1 << 13;
}

impl Ensemble {
    /// Lays out trees whose columns are below `columns`.
    ///
    /// # Complexity
    ///
    /// O(nodes · log nodes).
    pub fn new(trees: &[Tree], columns: usize) -> Self {
        let mut thresholds = vec![Vec::new(); columns];
        for node in trees.iter().flat_map(Tree::nodes).filter(|node| node.column != LEAF) {
            thresholds[node.column as usize].push(node.threshold);
        }
        thresholds.par_iter_mut().for_each(|thresholds| {
            thresholds.sort_unstable_by(f64::total_cmp);
            thresholds.dedup();
        });
        // The first place of each column among those that are asked.
        let mut places = Vec::with_capacity(columns);
        let mut asked = Vec::new();
        for (column, thresholds) in thresholds.into_iter().enumerate() {
            places.push(asked.len());
            let parts = thresholds.chunks(MOST_THRESHOLDS);
            asked.extend(parts.map(|part| (small(column), part.to_vec())));
        }
        let steps: Vec<Vec<Step>> = trees
            .par_iter()
            .map(|tree| tree.nodes().iter().map(|node| step(node, &places, &asked)).collect())
            .collect();
        let ends =
            steps.iter().scan(0, |end, steps| Some(std::mem::replace(end, *end + steps.len())));
        Ensemble { columns: asked, roots: ends.collect(), steps: steps.concat() }
    }

    /// Codes a block of at most [`CodedBlock::ROWS`] rows; `value` gives a row's value in a column.
    pub fn code(&self, rows: usize, value: impl Fn(usize, usize) -> f64, block: &mut CodedBlock) {
        block.rows = rows;
        block.codes.resize(rows * self.columns.len(), 0);
        if self.columns.is_empty() {
            return; // No tree asks anything.
        }
        // A few rows at a time, in the order in which records usually stand in memory.
        for start in (0..rows).step_by(TILE) {
            let end = rows.min(start + TILE);
            for (place, (column, thresholds)) in self.columns.iter().enumerate() {
                let at = |bit: usize| value((start + bit).min(end - 1), *column as usize);
                let codes = codes_of(std::array::from_fn(at), thresholds);
                let to = &mut block.codes[place * rows + start..place * rows + end];
                match <&mut [u16; TILE]>::try_from(&mut *to) {
                    Ok(to) => *to = codes,
                    Err(_) => to.copy_from_slice(&codes[..end - start]),
                }
            }
        }
    }

    /// Sends a block down a tree; `visit` is told each leaf that is reached, and its rows.
    pub fn visit(&self, tree: usize, block: &mut CodedBlock, mut visit: impl FnMut(u32, &[u16])) {
        let rows = block.rows;
        let steps = &self.steps[self.roots[tree]..];
        for sorted in &mut block.sorted {
            sorted.clear();
            sorted.extend(0..code(rows));
        }
        let [even, odd] = &mut block.sorted;
        if steps[0].column == LEAF {
            return visit(steps[0].right, even);
        }
        block.open.push(Open { place: 0, start: 0, end: rows, is_odd: false });
        while let Some(Open { place, start, end, is_odd }) = block.open.pop() {
            let step = steps[place];
            let (from, to) = if is_odd { (&*odd, &mut *even) } else { (&*even, &mut *odd) };
            let (from, to) = (&from[start..end], &mut to[start..end]);
            let codes = &block.codes[step.column as usize * rows..][..rows];
            let mut left = 0;
            for (behind, &row) in (0..from.len()).rev().zip(from) {
                // Those that go left from the front, the others from the back, without a branch.
                let goes_right = codes[usize::from(row)] > step.code;
                to[left + if goes_right { behind } else { 0 }] = row;
                left += usize::from(!goes_right);
            }
            let middle = start + left;
            let children = [(step.right as usize, middle, end), (place + 1, start, middle)];
            for (place, start, end) in children {
                if start == end {
                    continue;
                }
                let child = steps[place];
                if child.column == LEAF {
                    let to = if is_odd { &*even } else { &*odd };
                    visit(child.right, &to[start..end]);
                } else {
                    block.open.push(Open { place, start, end, is_odd: !is_odd });
                }
            }
        }
    }
}

/// How many thresholds are below each value: all of them if it is not a number, which goes right.
fn codes_of(values: [f64; TILE], thresholds: &[f64]) -> [u16; TILE] {
    let is_below = |threshold: &f64, value: &f64| !value.le(threshold);
    if thresholds.len() > FEW {
        return values
            .map(|value| code(thresholds.partition_point(|below| is_below(below, &value))));
    }
    // Counted as wide as the values are, side by side.
    let mut counts = [0_u64; TILE];
    for threshold in thresholds {
        for (count, value) in counts.iter_mut().zip(&values) {
            *count += u64::from(is_below(threshold, value));
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most FEW")]
    counts.map(|count| count as u16)
}

fn step(node: &Node, places: &[usize], columns: &[(u32, Vec<f64>)]) -> Step {
    if node.column == LEAF {
        return Step { column: LEAF, code: 0, right: node.right };
    }
    let mut place = places[node.column as usize];
    while columns[place].1.last().is_some_and(|&last| last < node.threshold) {
        place += 1; // In the next part of the column's thresholds.
    }
    let below = columns[place].1.partition_point(|&other| other < node.threshold);
    Step { column: small(place), code: code(below), right: node.right }
}

/// A count of columns: none comes near 2³².
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A count of thresholds, at most [`MOST_THRESHOLDS`], or of the rows of a block.
fn code(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
