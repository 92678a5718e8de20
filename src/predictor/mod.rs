//! Predictors: numbers in, numbers out. They know nothing of networks.
//!
//! Each is a [linfa](https://docs.rs/linfa) citizen: a params builder with a `ParamGuard`, `Fit` over
//! a `DatasetBase`, a model with `PredictInplace`.
//!
//! Beside them: which columns say nothing new ([`dependence`]), and which are worth having
//! ([`selection`]).

pub mod dependence;
pub mod forest;
pub mod gaussian_process;
pub mod linear;
pub mod model;
pub mod selection;
pub mod standard;
pub mod tree;
