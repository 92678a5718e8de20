//! Why columns cannot rank networks.

use thiserror::Error;

use crate::table::clip;

/// The most groups of rows: a column with more values is hardly one of groups.
pub const MOST_GROUPS: usize = 1000;

/// Why columns cannot rank networks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RankingError {
    /// The target is to rank networks.
    #[error(
        "the target, {}, agrees with itself; leave it out of the columns to rank by",
        clip(name)
    )]
    IsTarget {
        /// The target.
        name: String,
    },
    /// Two columns have the same name.
    #[error("two of the columns and aggregates are called {}; name each once", clip(name))]
    SameName {
        /// The name.
        name: String,
    },
    /// Nobody knows which values are better.
    #[error(
        "an aggregate needs to know whether greater or smaller values of {columns} are better, which is neither stated nor published, and {labels}"
    )]
    Direction {
        /// The columns.
        columns: String,
        /// What labels say.
        labels: String,
    },
    /// Too many rows for an aggregate.
    #[error(
        "the aggregate {aggregate} compares all pairs of networks, and {rows} are too many (at most {most}); take another one"
    )]
    TooManyRows {
        /// The aggregate.
        aggregate: &'static str,
        /// How many rows there are.
        rows: usize,
        /// How many there may be.
        most: usize,
    },
    /// One column is needed, and several are named.
    #[error("{} names {count} columns; name one of them", clip(name))]
    OneColumn {
        /// What the column is for.
        used_as: UsedAs,
        /// The name.
        name: String,
        /// How many columns it names.
        count: usize,
    },
    /// Too many groups.
    #[error("{} has more than {MOST_GROUPS} different values, too many for groups", clip(name))]
    TooManyGroups {
        /// The column.
        name: String,
    },
    /// No objective.
    #[error("no objective")]
    NoObjective,
    /// A model that predicts no objective.
    #[error("{}: none of its targets ({targets}) is an objective", clip(model))]
    NoTargetOf {
        /// The file.
        model: String,
        /// Its targets.
        targets: String,
    },
    /// Two models predict an objective.
    #[error("two models predict {}; take one", clip(target))]
    TwoModels {
        /// The objective.
        target: String,
    },
    /// A reference value of what is no objective.
    #[error("the reference {} is no objective; the objectives are {objectives}", clip(name))]
    Reference {
        /// The name.
        name: String,
        /// The objectives.
        objectives: String,
    },
    /// A target without a label.
    #[error("the target {} is empty in all of the rows ({rows})", clip(name))]
    NoLabels {
        /// The target.
        name: String,
        /// How many rows there are.
        rows: usize,
    },
}

/// What a column of a ranking is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsedAs {
    /// Predictions to be measured.
    Prediction,
    /// Groups of rows.
    Groups,
    /// An objective.
    Objective,
}

impl RankingError {
    /// Whether the command line is at fault rather than the data.
    pub fn is_usage(&self) -> bool {
        !matches!(self, RankingError::NoLabels { .. })
    }
}
