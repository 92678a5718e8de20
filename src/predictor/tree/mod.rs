//! Regression trees: how they are grown, and how they predict.
//!
//! Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*, 1984. One grower
//! stands under every method of this crate that uses trees. Splits are `value <= threshold`, the
//! threshold halfway between two neighbouring training values, as in scikit-learn.

mod bins;
mod ensemble;
mod grow;
mod onnx;
mod params;
mod rises;
mod stored;
mod targets;
mod trees;

pub use self::bins::Binned;
pub use self::grow::{Grown, MAX_TARGETS, Sample, grow};
pub use self::params::{GrowParams, MaxFeatures, SplitRule};
pub use self::targets::Targets;
pub use self::trees::Trees;

/// In [`Node::column`]: the node is a leaf.
pub const LEAF: u32 = u32::MAX;

/// A node of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The column that is asked, or [`LEAF`].
    pub column: u32,
    /// Where the rows go whose value is above the threshold; the others go to the next node. In a
    /// leaf: its place among the leaves.
    pub right: u32,
    /// The threshold.
    pub threshold: f64,
}

/// A regression tree with one or more targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// The nodes in pre-order: a left child follows its parent.
    pub(super) nodes: Vec<Node>,
    /// For each leaf, from left to right, the value of each target.
    pub(super) values: Vec<f64>,
    /// For each leaf how many training rows it has; empty if that is not known.
    pub(super) covers: Vec<u32>,
}

impl Tree {
    /// The nodes in pre-order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// For each leaf, from left to right, the value of each target.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// For each leaf, from left to right, how many training rows it has, drawn ones as often as they were drawn. Empty
    /// for a tree of an earlier version of graf, which did not store it.
    pub fn covers(&self) -> &[u32] {
        &self.covers
    }

    /// The place of the leaf that a row falls into. A row shorter than a column that is asked
    /// falls to the right.
    ///
    /// # Complexity
    ///
    /// O(depth).
    pub fn leaf(&self, row: &[f64]) -> usize {
        let mut index = 0;
        loop {
            let node = self.nodes[index];
            if node.column == LEAF {
                return node.right as usize;
            }
            let left = row.get(node.column as usize).is_some_and(|&value| value <= node.threshold);
            index = if left { index + 1 } else { node.right as usize };
        }
    }

    /// The values of a leaf, if there are so many targets.
    pub(super) fn leaf_values(&self, leaf: u32, targets: usize) -> &[f64] {
        &self.values[leaf as usize * targets..][..targets]
    }

    /// Multiplies what it predicts.
    pub(super) fn scale(&mut self, factor: f64) {
        self.values.iter_mut().for_each(|value| *value *= factor);
    }

    /// The longest way from the root to a leaf, in splits.
    pub fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut open = vec![(0, 0)];
        while let Some((index, depth)) = open.pop() {
            let node = self.nodes[index];
            deepest = deepest.max(depth);
            if node.column != LEAF {
                open.push((index + 1, depth + 1));
                open.push((node.right as usize, depth + 1));
            }
        }
        deepest
    }
}
