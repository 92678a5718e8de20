//! Why a search cannot go on.

use thiserror::Error;

use crate::dataset;
use crate::metrics::ObjectiveError;
use crate::predictor::{FitError, RecordsError};
use crate::space::EncodingError;
use crate::suggest::SuggestError;
use crate::table::clip;

/// Why a search cannot go on.
#[derive(Debug, Error)]
pub enum SearchError {
    /// A table, a space or a model is at fault.
    #[error(transparent)]
    Pipeline(#[from] dataset::Error),
    /// The predictor cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Records do not fit to a predictor.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The strategy cannot choose.
    #[error(transparent)]
    Suggest(#[from] SuggestError),
    /// It is not known what is better.
    #[error(transparent)]
    Objective(#[from] ObjectiveError),
    /// A network cannot be written or read.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// Fewer networks than a search makes sense of.
    #[error(
        "{found} different networks are left to search among; a search needs {least}: name a larger table or space"
    )]
    FewCandidates {
        /// How many there are.
        found: usize,
        /// How many there should be.
        least: usize,
    },
    /// A number of objectives that cannot be replayed.
    #[error("a replay has one objective, and {count} are named")]
    Objectives {
        /// How many are named.
        count: usize,
    },
    /// A table whose networks cannot be read.
    #[error("{input} has no networks to search among; name a table with encodings")]
    NoNetworks {
        /// The table.
        input: String,
    },
    /// A target that has values of one size only.
    #[error("all values of {target} are equal: no network is better than another")]
    Constant {
        /// The target.
        target: String,
    },
    /// A column of a condition that is none, or several.
    #[error(
        "the condition names {}, which stands for {columns} columns; name one column, such as analytic_params",
        clip(name)
    )]
    ConditionColumn {
        /// The name.
        name: String,
        /// How many columns it stands for.
        columns: usize,
    },
    /// A condition that no network meets.
    #[error("no network meets the condition {}", clip(condition))]
    NothingAllowed {
        /// The condition.
        condition: String,
    },
    /// A folder that is not a study, or cannot be used as one.
    #[error("{folder}: {reason}")]
    Study {
        /// The folder.
        folder: String,
        /// What is wrong, and the cure.
        reason: String,
    },
    /// A folder without a study.
    #[error("{folder}: no study is in it (no study.json)")]
    NoStudy {
        /// The folder.
        folder: String,
    },
    /// A word that stands for no network of a study.
    #[error("{}: {reason}", clip(word))]
    Network {
        /// The word.
        word: String,
        /// Why not.
        reason: String,
    },
    /// A value that cannot be told.
    #[error("{}: {reason}", clip(name))]
    Value {
        /// Its name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Trainings that cannot go on.
    #[error("{reason}")]
    Training {
        /// Why not.
        reason: String,
    },
    /// A prior that does not say which of its predictions are better.
    #[error(
        "the prior predicts {target} and does not say which values are better", target = clip(target)
    )]
    PriorDirection {
        /// Its target.
        target: String,
    },
}

impl SearchError {
    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            SearchError::Pipeline(error) => error.is_usage(),
            SearchError::Suggest(error) => error.is_usage(),
            SearchError::Fit(error) => matches!(error, FitError::Parameter { .. }),
            SearchError::Objective(_)
            | SearchError::Objectives { .. }
            | SearchError::ConditionColumn { .. }
            | SearchError::Value { .. }
            | SearchError::Network { .. }
            | SearchError::NoNetworks { .. } => true,
            SearchError::Encoding(_)
            | SearchError::Records(_)
            | SearchError::FewCandidates { .. }
            | SearchError::Constant { .. }
            | SearchError::NothingAllowed { .. }
            | SearchError::Study { .. }
            | SearchError::NoStudy { .. }
            | SearchError::Training { .. }
            | SearchError::PriorDirection { .. } => false,
        }
    }
}
