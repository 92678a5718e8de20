//! Several benchmarks at once: each its own tables, space and target.
//!
//! What is measured on different benchmarks has no common unit, so that each target becomes [normal
//! scores](crate::predictor::normal_scores) among the rows of its benchmark, of which greater ones are
//! better in every benchmark.

mod baselines;
mod data;
mod draws;
mod file;

use ndarray::{Array1, ArrayView1};

pub use self::baselines::Baselines;
pub use self::data::{BenchmarkData, BenchmarkOptions, check_together};
pub use self::draws::Draws;
use super::{Error, Networks};
use crate::metrics::{Direction, Objective};
use crate::predictor::normal_scores;
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
    /// The column that was measured, and which of its values are better.
    pub objective: Objective,
    /// How much it counts among others: above 0.
    pub weight: f64,
    /// How the tables are read.
    pub read: ReadOptions,
    /// How networks are found in them.
    pub networks: Networks,
    /// Tables whose columns are added, matched by network.
    pub joins: Vec<Input>,
    /// Random draws of its rows, each with a predictor of its own, in the place of one predictor of all rows.
    pub draws: Option<Draws>,
}

impl Benchmark {
    /// The direction of the target.
    ///
    /// # Errors
    ///
    /// [`Error::OfBenchmark`] if it is open: scores of several benchmarks mean the same only if greater
    /// ones are better in all of them.
    fn direction(&self) -> Result<Direction, Error> {
        let direction = self.objective.needed_for("what benchmarks have in common");
        direction.map_err(|error| Error::OfBenchmark {
            name: self.name.clone(),
            error: Box::new(error.into()),
        })
    }
}

/// Values of a target as normal scores, of which greater ones are better.
fn target_scores(values: ArrayView1<f64>, direction: Direction) -> Array1<f64> {
    normal_scores(values.mapv(|value| direction.worth(value)).view())
}
