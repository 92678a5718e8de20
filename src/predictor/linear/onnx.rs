//! A linear model as a graph.

use super::{Linear, LinearParts};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::Exported;

impl Linear {
    /// The weighted sum of the standardized columns.
    pub(super) fn export(&self, graph: &mut OnnxGraph, records: &GraphValue) -> Exported {
        let LinearParts { standard, target_mean, target_deviation, weights, .. } = self.parts();
        if weights.is_empty() {
            return Exported { mean: graph.same(*target_mean), std: None };
        }
        let scaled = standard.export(graph, records, 1.0);
        let weights = graph.numbers(&weights.to_vec(), &[weights.len(), 1]);
        let sum = graph.apply("MatMul", &[&scaled, &weights]);
        let value = graph.times(&sum, *target_deviation);
        Exported { mean: graph.plus(&value, *target_mean), std: None }
    }
}
