//! Trees as one operator.

use super::graph::{Attribute, GraphValue, OnnxGraph, count};

/// A node of a tree; nodes are in pre-order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EnsembleNode {
    /// Rows whose value is at most the threshold go on to the next node, the others to the right one.
    Branch(EnsembleBranch),
    /// Where rows end, with a value.
    Leaf(f64),
}

/// See [`EnsembleNode::Branch`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnsembleBranch {
    /// The column that is asked.
    pub column: usize,
    /// The threshold.
    pub threshold: f64,
    /// The place of the node where greater values go.
    pub right: usize,
}

/// The attributes of an ensemble, node by node and leaf by leaf.
#[derive(Default)]
struct Ensemble {
    roots: Vec<i64>,
    columns: Vec<i64>,
    splits: Vec<f64>,
    /// Of each node where its rows go, and whether that is a leaf: those that are at most the threshold, and the others.
    left: (Vec<i64>, Vec<i64>),
    right: (Vec<i64>, Vec<i64>),
    targets: Vec<i64>,
    weights: Vec<f64>,
}

impl Ensemble {
    fn add(&mut self, tree: &[EnsembleNode], target: usize) {
        // The place of each node among the nodes, or of each leaf among the leaves.
        let (mut nodes, mut leaves) = (self.columns.len(), self.weights.len());
        let places = tree.iter().map(|node| {
            let next =
                if matches!(node, EnsembleNode::Branch(_)) { &mut nodes } else { &mut leaves };
            *next += 1;
            (count(*next - 1), i64::from(matches!(node, EnsembleNode::Leaf(_))))
        });
        let places: Vec<(i64, i64)> = places.collect();
        self.roots.push(count(self.columns.len()));
        for (place, node) in tree.iter().enumerate() {
            match node {
                EnsembleNode::Branch(EnsembleBranch { column, threshold, right }) => {
                    self.branch(*column, *threshold, [places[place + 1], places[*right]]);
                }
                EnsembleNode::Leaf(value) => {
                    self.targets.push(count(target));
                    self.weights.push(*value);
                }
            }
        }
        if let [EnsembleNode::Leaf(_)] = tree {
            // A tree is made of nodes: one both of whose sides are the leaf.
            self.branch(0, 0.0, [places[0]; 2]);
        }
    }

    fn branch(&mut self, column: usize, threshold: f64, [left, right]: [(i64, i64); 2]) {
        self.columns.push(count(column));
        self.splits.push(threshold);
        self.left.0.push(left.0);
        self.left.1.push(left.1);
        self.right.0.push(right.0);
        self.right.1.push(right.1);
    }
}

impl OnnxGraph {
    /// The sums of trees, in a column for each list of them: those of the first list in the first column.
    pub fn tree_sums(
        &mut self,
        input: &GraphValue,
        lists: &[Vec<Vec<EnsembleNode>>],
    ) -> GraphValue {
        let mut all = Ensemble::default();
        for (target, trees) in lists.iter().enumerate() {
            for tree in trees {
                all.add(tree, target);
            }
        }
        let modes = vec![0; all.columns.len()]; // At most the threshold.
        self.trees(
            input,
            &[
                Attribute::Int("n_targets", count(lists.len())),
                Attribute::Int("aggregate_function", 1), // The sum.
                Attribute::Int("post_transform", 0),
                Attribute::Ints("tree_roots", all.roots),
                Attribute::Ints("nodes_featureids", all.columns),
                Attribute::Doubles("nodes_splits", all.splits),
                Attribute::Bytes("nodes_modes", modes),
                Attribute::Ints("nodes_truenodeids", all.left.0),
                Attribute::Ints("nodes_trueleafs", all.left.1),
                Attribute::Ints("nodes_falsenodeids", all.right.0),
                Attribute::Ints("nodes_falseleafs", all.right.1),
                Attribute::Ints("leaf_targetids", all.targets),
                Attribute::Doubles("leaf_weights", all.weights),
            ],
        )
    }
}
