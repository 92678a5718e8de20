//! Graph features of neural architectures, and predictors that learn from them: from the encodings
//! of benchmark dumps, through petgraph cells, to rows of named numbers, predictors and metrics.
//!
//! The floors of the house, from the ground up; each builds on those before it only:
//!
//! - [`table`]: bytes in, named columns out, and back.
//! - [`graph`] and [`space`]: an encoding in, a petgraph DAG out, and back; which networks are the same.
//! - [`features`]: a cell in, a row of named numbers out.
//! - [`predictor`] and [`metrics`]: numbers in, numbers out; they know nothing of networks.
//! - [`selection`]: which columns say nothing new, and which are worth having.
//! - [`suggest`]: which rows to learn next, of numbers and predictions.
//! - `stream`: tables read and written while their rows are worked on, many pieces of work at once.
//! - [`dataset`]: tables of networks as numbers.
//! - [`model`]: fitted predictors with what they need to be used again, in one file.
//! - [`jobs`]: what the commands do, one file a job.
//! - [`experiment`]: repeated experiments: sets of predictors and predictors on the same splits.
//! - [`cli`]: arguments in, exit code out.

pub mod cli;
pub mod dataset;
pub mod experiment;
pub mod features;
pub mod graph;
pub mod jobs;
pub mod metrics;
pub mod model;
pub mod predictor;
pub mod selection;
pub mod space;
mod stream;
pub mod suggest;
pub mod table;
