//! Graphs of operators in the Open Neural Network Exchange format, in double precision.
//!
//! Numbers and names in, the bytes of a file out; nothing here knows of predictors. Of the format there is what predictors need:
//! operators of [opset 17](https://onnx.ai/onnx/operators/) and the `TreeEnsemble` of `ai.onnx.ml` 5, in the messages of
//! [`onnx.proto`](https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

mod graph;
mod interpolation;
mod proto;
mod trees;

pub use self::graph::{GraphValue, Metadata, OnnxGraph};
pub use self::interpolation::Piece;
pub use self::trees::{EnsembleBranch, EnsembleNode};
