//! Predictors as graphs of standard operators.

use thiserror::Error;

use crate::onnx::{GraphValue, OnnxGraph};

/// What a graph computes of a target, a column each.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The prediction.
    pub mean: GraphValue,
    /// Its standard deviation, of a predictor that has one, where it was asked for.
    pub std: Option<GraphValue>,
}

/// Whether standard deviations are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Only means.
    Means,
    /// Means, and standard deviations of predictors that have them.
    Both,
}

/// Why a predictor is no graph.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unexported {
    /// A predictor that has none.
    #[error("the predictor has no ONNX graph")]
    Unsupported,
}

impl Exported {
    /// The same number for every row, of which it is not known how sure it is.
    pub fn constant(graph: &mut OnnxGraph, mean: f64, asked: Asked) -> Self {
        let std = (asked == Asked::Both).then(|| graph.same(f64::NAN));
        Exported { mean: graph.same(mean), std }
    }
}
