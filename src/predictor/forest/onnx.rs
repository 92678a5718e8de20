//! A forest as a graph.

use ndarray::Ix2;

use super::Forest;
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported};

impl Forest<f64, Ix2> {
    /// The mean over the trees, and their standard deviation, of each target.
    pub(super) fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        asked: Asked,
    ) -> Vec<Exported> {
        let ranges = self.trees.ranges().iter().enumerate();
        let one = ranges.map(|(target, &(least, greatest))| {
            let trees = self.trees.nodes_of(target);
            let count = trees.len() as f64;
            let mean_of = |graph: &mut OnnxGraph, values: &GraphValue| {
                let sums = graph.row_sums(values);
                let count = graph.number(count);
                graph.apply("Div", &[&sums, &count])
            };
            // A column for each tree: what they say is compared with their mean.
            let each = match asked {
                Asked::Means => vec![trees],
                Asked::Both => trees.into_iter().map(|tree| vec![tree]).collect(),
            };
            let values = graph.tree_sums(records, &each);
            let mean = mean_of(graph, &values);
            let std = (asked == Asked::Both).then(|| {
                if greatest <= least {
                    return graph.same(f64::NAN);
                }
                let apart = graph.subtract(&values, &mean);
                let squares = graph.square(&apart);
                let variance = mean_of(graph, &squares);
                graph.apply("Sqrt", &[&variance])
            });
            Exported { mean: graph.clamp(&mean, least, greatest), std }
        });
        one.collect()
    }
}
