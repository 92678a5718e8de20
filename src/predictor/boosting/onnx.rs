//! A sum of trees as a graph.

use super::Boosting;
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::Exported;

impl Boosting {
    /// The base and the trees.
    pub(super) fn export(&self, graph: &mut OnnxGraph, records: &GraphValue) -> Exported {
        let trees = self.trees.nodes_of(0);
        if trees.is_empty() {
            return Exported { mean: graph.same(self.base), std: None };
        }
        let sums = graph.tree_sums(records, &[trees]);
        Exported { mean: graph.plus(&sums, self.base), std: None }
    }
}
