//! Tables of networks as numbers: what is asked of them, and what they hold.
//!
//! A [`Request`] says how tables are read. One table becomes rows of numbers, chunk by chunk; several become a training
//! set, a [`Pool`] for experiments or the data of a [`Benchmark`]. Where rows are only rewritten, they
//! go through a transformation, in order.

mod benchmarks;
pub(crate) mod columns;
pub(crate) mod computed;
mod condition;
mod counts;
mod curve;
pub(crate) mod drawn;
mod error;
mod error_detail;
mod fault;
pub(crate) mod filter;
pub(crate) mod fitted;
pub(crate) mod gather;
pub(crate) mod impute;
mod joins;
mod kinds;
mod known;
pub(crate) mod label;
pub(crate) mod memory;
mod model_space;
pub(crate) mod networks;
pub(crate) mod of_model;
pub(crate) mod planned;
mod pool;
pub(crate) mod prior;
mod prior_error;
pub(crate) mod records;
pub(crate) mod rejects;
mod request;
pub(crate) mod scores;
mod splits;
pub(crate) mod top;
pub(crate) mod training;
pub(crate) mod training_set;
pub(crate) mod transform;
pub(crate) mod truth;
mod unidentified;
pub(crate) mod unique;
pub(crate) mod uses;
pub(crate) mod views;
pub(crate) mod written;
pub(crate) mod zc_columns;

pub use self::benchmarks::{
    ALL_OTHERS, Baselines, Benchmark, BenchmarkData, BenchmarkOptions, check_together,
};
pub use self::condition::{Condition, ConditionError};
pub use self::counts::RowCounts;
pub use self::drawn::{Shard, Which};
pub use self::error::Error;
pub use self::error_detail::{AskedBy, FileRole, Sought, Twice};
pub(crate) use self::fault::Fault;
pub use self::fitted::FitSummary;
pub use self::impute::Filled;
pub use self::kinds::{Kinds, Unseen};
pub use self::known::Known;
pub use self::memory::check_memory;
pub use self::networks::Networks;
pub use self::pool::{ColumnSet, OfPrior, Pool, PoolOptions, UseSet};
pub use self::prior_error::PriorError;
pub use self::request::{Identify, Keep, Missing, Request};
pub use self::scores::By;
pub use self::splits::{Plan, Split, SplitError, Splits, classes};
pub use self::training::{FEW_ROWS, LEAST_ROWS, TrainingError};
pub use self::transform::TableSummary;
pub use self::uses::{PROXIES, Use};
