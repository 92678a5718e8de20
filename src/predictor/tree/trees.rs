//! Many trees together: their sum for many rows, in parallel.

use linfa::Float;
use ndarray::parallel::prelude::*;
use ndarray::{ArrayView2, Axis};
use rayon::slice::ParallelSliceMut;

use super::ensemble::{CodedBlock, Ensemble};
use super::{LEAF, Tree, stored};
use crate::explain::{Contributions, TreeNode, Unexplained, tree_contributions};
use crate::predictor::stored::{Bytes, Damaged};

/// Rows that go down the trees together, at the least and at the most: many, so that each node is
/// worth its while; few enough for a column of codes to stay in the cache.
const BLOCK: std::ops::RangeInclusive<usize> = 1024..=CodedBlock::ROWS;

/// Trees over the same columns, with the same targets.
#[derive(Debug, Clone)]
pub struct Trees {
    all: Vec<Tree>,
    /// The same trees, laid out to predict.
    ensemble: Ensemble,
    columns: usize,
    /// For each target the least and the greatest value of a leaf.
    ranges: Vec<(f64, f64)>,
}

impl Trees {
    /// Trees whose columns are below `columns` and whose leaves have `targets` values.
    pub fn new(trees: Vec<Tree>, columns: usize, targets: usize) -> Self {
        let ensemble = Ensemble::new(&trees, columns);
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); targets];
        for values in trees.iter().flat_map(|tree| tree.values().chunks(targets.max(1))) {
            for (range, &value) in ranges.iter_mut().zip(values) {
                *range = (range.0.min(value), range.1.max(value));
            }
        }
        Trees { all: trees, ensemble, columns, ranges }
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.all
    }

    /// How many columns a record has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many targets there are.
    pub fn targets(&self) -> usize {
        self.ranges.len()
    }

    /// A mean over the trees of a target, which rounding may have taken out of the range of their leaves. NaN stays.
    pub fn within_range(&self, target: usize, mean: f64) -> f64 {
        let (least, greatest) = self.ranges[target];
        if mean < least {
            least
        } else if mean > greatest {
            greatest
        } else {
            mean
        }
    }

    /// For each target the least and the greatest value of a leaf.
    pub fn ranges(&self) -> &[(f64, f64)] {
        &self.ranges
    }

    /// For each record (rows × columns) and target the sum over the trees, row by row.
    ///
    /// The sum is over the trees in their order, so the same on any number of threads.
    ///
    /// # Panics
    ///
    /// If the records have another number of columns.
    ///
    /// # Complexity
    ///
    /// O(rows · trees · depth).
    pub fn sums<F: Float>(&self, records: ArrayView2<F>) -> Vec<f64> {
        let size = self.block_size(records);
        let mut sums = vec![0.0; records.nrows() * self.targets()];
        let blocks = records.axis_chunks_iter(Axis(0), size).into_par_iter();
        blocks.zip(sums.par_chunks_mut(size * self.targets())).for_each_init(
            CodedBlock::default,
            |block, (records, sums)| {
                self.code(records, block);
                self.add_up(block, sums, |value, _| value);
            },
        );
        sums
    }

    /// [`Trees::sums`], and for each record and target the sum of the squared distances of the trees
    /// to their mean.
    ///
    /// # Panics
    ///
    /// As [`Trees::sums`].
    pub fn sums_and_squares<F: Float>(&self, records: ArrayView2<F>) -> (Vec<f64>, Vec<f64>) {
        let size = self.block_size(records);
        let mut sums = vec![0.0; records.nrows() * self.targets()];
        let mut squares = sums.clone();
        let trees = self.all.len() as f64;
        let blocks = records.axis_chunks_iter(Axis(0), size).into_par_iter();
        let chunks = sums.par_chunks_mut(size * self.targets());
        blocks.zip(chunks).zip(squares.par_chunks_mut(size * self.targets())).for_each_init(
            || (CodedBlock::default(), Vec::new()),
            |(block, means), ((records, sums), squares)| {
                self.code(records, block);
                self.add_up(block, sums, |value, _| value);
                means.clear();
                means.extend(sums.iter().map(|sum| sum / trees));
                self.add_up(block, squares, |value, index| (value - means[index]).powi(2));
            },
        );
        (sums, squares)
    }

    /// How many rows make a block. What is predicted does not depend on it.
    fn block_size<F: Float>(&self, records: ArrayView2<F>) -> usize {
        assert_eq!(records.ncols(), self.columns, "columns of the records and of the trees");
        let share = records.nrows().div_ceil(rayon::current_num_threads());
        share.clamp(*BLOCK.start(), *BLOCK.end())
    }

    fn code<F: Float>(&self, records: ArrayView2<F>, block: &mut CodedBlock) {
        let value = |row, column| records[[row, column]].to_f64().unwrap_or(f64::NAN);
        self.ensemble.code(records.nrows(), value, block);
    }

    /// Adds for each row and target what `of` makes of the value of each tree and their place.
    fn add_up(&self, block: &mut CodedBlock, sums: &mut [f64], of: impl Fn(f64, usize) -> f64) {
        let targets = self.targets();
        for (index, tree) in self.all.iter().enumerate() {
            self.ensemble.visit(index, block, |leaf, rows| {
                let values = tree.leaf_values(leaf, targets);
                for &row in rows {
                    let first = usize::from(row) * targets;
                    let sums = sums[first..][..targets].iter_mut();
                    for ((index, sum), value) in (first..).zip(sums).zip(values) {
                        *sum += of(*value, index);
                    }
                }
            });
        }
    }

    /// The contributions of the columns to the sum over the trees of a target, times `weight`, plus `base`.
    ///
    /// # Errors
    ///
    /// [`Unexplained`] if the trees do not know how many training rows their leaves have, or one is too deep.
    ///
    /// # Panics
    ///
    /// If the records have another number of columns.
    ///
    /// # Complexity
    ///
    /// As [`tree_contributions`].
    pub fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
        (weight, base): (f64, f64),
    ) -> Result<Contributions, Unexplained> {
        assert_eq!(records.ncols(), self.columns, "columns of the records and of the trees");
        let nodes = self.all.par_iter().map(|tree| self.explained(tree, target));
        let nodes: Vec<_> = nodes.collect::<Result<_, _>>()?;
        tree_contributions(&nodes, records, weight, base)
    }

    /// The nodes of a tree, with how many training rows came to each.
    pub(super) fn explained(
        &self,
        tree: &Tree,
        target: usize,
    ) -> Result<Vec<TreeNode>, Unexplained> {
        if tree.covers.is_empty() {
            return Err(Unexplained::NoCovers);
        }
        let mut nodes: Vec<TreeNode> = Vec::with_capacity(tree.nodes.len());
        for node in &tree.nodes {
            let (place, leaf) = (node.right as usize, node.column == LEAF);
            nodes.push(TreeNode {
                column: (!leaf).then_some(node.column as usize),
                threshold: node.threshold,
                right: if leaf { 0 } else { place },
                cover: if leaf { f64::from(tree.covers[place]) } else { 0.0 },
                value: if leaf { tree.values[place * self.targets() + target] } else { 0.0 },
            });
        }
        for place in (0..nodes.len()).rev().filter(|&place| tree.nodes[place].column != LEAF) {
            nodes[place].cover = nodes[place + 1].cover + nodes[nodes[place].right].cover;
        }
        Ok(nodes)
    }

    /// Appends the trees to the bytes of a predictor.
    pub(in crate::predictor) fn write(&self, out: &mut Vec<u8>) {
        stored::write(&self.all, self.targets(), out);
    }

    /// Reads what [`Trees::write`] has written.
    pub(in crate::predictor) fn read(
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Self, Damaged> {
        Ok(Trees::new(stored::read(bytes, columns, targets)?, columns, targets))
    }
}
