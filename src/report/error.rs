//! Why a report cannot be made.

use thiserror::Error;

use crate::metrics::ObjectiveError;
use crate::model::ModelError;
use crate::table::{BrokenRow, TableError, clip, clip_list};

/// Why a report cannot be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// An input cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A row that does not have what it should.
    #[error("{input}, {row}")]
    Row {
        /// The input.
        input: String,
        /// The row and what is wrong with it.
        row: Box<BrokenRow>,
    },
    /// An input that is of no known kind.
    #[error(
        "{input} has the columns {}: expected a model, the file of graf compare --runs, the output of graf predict with \
         the true values (graf predict --keep TARGET), of graf explain --output-format jsonl, graf rank --output-format json \
         or graf compare --train-on … --output-format json, or a table with two objectives (--maximize, --minimize)",
        clip_list(columns)
    )]
    Unknown {
        /// The input.
        input: String,
        /// Its columns.
        columns: Vec<String>,
    },
    /// Predictions without true values.
    #[error(
        "{input} has predictions of {target}, but no column {target} with the true values; add it with graf predict \
         --keep {target}", target = clip(target)
    )]
    NoTruth {
        /// The input.
        input: String,
        /// The target.
        target: String,
    },
    /// An input without a row that can be shown.
    #[error("{input} {reason}")]
    Nothing {
        /// The input.
        input: String,
        /// What is missing.
        reason: String,
    },
    /// A model that cannot be read.
    #[error("{name}: {error}")]
    Model {
        /// The file.
        name: String,
        /// Why not.
        error: ModelError,
    },
    /// Objectives that are not two, or whose directions are open.
    #[error(transparent)]
    Objective(#[from] ObjectiveError),
    /// A Pareto front of another number of objectives.
    #[error(
        "a Pareto front is drawn of two objectives, and --maximize and --minimize name {count}; name two columns"
    )]
    Objectives {
        /// How many are named.
        count: usize,
    },
    /// Objectives that no input has.
    #[error("no input has both columns {} and {}", clip(&targets[0]), clip(&targets[1]))]
    NoObjectives {
        /// The columns.
        targets: [String; 2],
    },
}

impl ReportError {
    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Objective(_) | Self::Objectives { .. } | Self::NoObjectives { .. })
    }
}
