//! Graph features of neural architectures, and predictors that learn from them: from the encodings
//! of benchmark dumps, through petgraph cells, to rows of named numbers, predictors and metrics.
//!
//! The floors of the house, from the ground up; each builds on those before it only:
//!
//! - [`table`]: bytes in, named columns out, and back.
//! - [`graph`] and [`space`]: an encoding in, a petgraph DAG out, and back; which networks are the same.
//! - [`features`]: a cell in, a row of named numbers out.
//! - [`predictor`] and [`metrics`]: numbers in, numbers out; they know nothing of networks.
//! - [`suggest`]: which rows to learn next, of numbers and predictions.
//! - `stream`: tables read and written while their rows are worked on, many pieces of work at once.
//! - [`pipeline`]: whole tables of networks, worked on in parallel.
//! - [`compare`]: repeated experiments: sets of predictors and predictors on the same splits.
//! - [`select`]: fewer features: those that say something, or a few that predict well.
//! - [`cli`]: arguments in, exit code out.

pub mod cli;
pub mod compare;
pub mod features;
pub mod graph;
pub mod metrics;
pub mod pipeline;
pub mod predictor;
pub mod select;
pub mod space;
mod stream;
pub mod suggest;
pub mod table;
