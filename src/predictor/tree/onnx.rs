//! Trees as nodes of a graph.

use super::{LEAF, Tree, Trees};
use crate::onnx::{EnsembleBranch, EnsembleNode};

impl Trees {
    /// The nodes of each tree, with the values of a target in the leaves.
    pub(in crate::predictor) fn nodes_of(&self, target: usize) -> Vec<Vec<EnsembleNode>> {
        let targets = self.targets();
        let nodes = |tree: &Tree| {
            let node = tree.nodes.iter().map(|node| match node.column {
                LEAF => EnsembleNode::Leaf(tree.leaf_values(node.right, targets)[target]),
                column => EnsembleNode::Branch(EnsembleBranch {
                    column: column as usize,
                    threshold: node.threshold,
                    right: node.right as usize,
                }),
            });
            node.collect()
        };
        self.trees().iter().map(nodes).collect()
    }
}
