//! Several benchmarks at once: each its own tables, space and target.
//!
//! What is measured on different benchmarks has no common unit, so that each target becomes [normal
//! scores](crate::predictor::normal_scores) among the rows of its benchmark.

mod baselines;
mod dataset;
mod file;
mod fit;

pub use self::baselines::Baselines;
pub use self::dataset::{BenchmarkOptions, Dataset, check_together};
pub use self::fit::{FitBenchmarks, fit_benchmarks};
use super::Networks;
use crate::table::{Input, ReadOptions};

/// What the mean of the models of all other benchmarks is called, beside the names of these.
pub const ALL_OTHERS: &str = "all others";

/// A benchmark: tables of networks and what was measured.
#[derive(Debug, Clone)]
pub struct Benchmark {
    /// What it is called.
    pub name: String,
    /// The tables.
    pub inputs: Vec<Input>,
    /// The column that was measured.
    pub target: String,
    /// How much it counts among others: above 0.
    pub weight: f64,
    /// How the tables are read.
    pub read: ReadOptions,
    /// How networks are found in them.
    pub networks: Networks,
    /// Tables whose columns are added, matched by network.
    pub joins: Vec<Input>,
}
