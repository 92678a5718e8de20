//! What was learned elsewhere: a prior that a predictor starts from, and the mean of several models.

pub mod mean;
mod mean_onnx;
pub mod prior;
