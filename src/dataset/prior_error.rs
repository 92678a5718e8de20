//! Why a model cannot be the prior of another one.

use thiserror::Error;

use crate::features::FeatureError;

/// Why a model cannot be the prior of another one.
#[derive(Debug, Error)]
pub enum PriorError {
    /// A prior whose features are not computed like those of the model that starts from it.
    #[error(
        "the features of the prior have other names or set sizes than those asked for; ask for features as the prior was fitted with, or fit a prior with these"
    )]
    Features,
    /// A prior that would be told what it is to predict.
    #[error(
        "the prior learned from the column `{name}`, which is the target here; take a prior that does without it"
    )]
    Target {
        /// The column.
        name: String,
    },
    /// A prior of networks that were pruned, or of such that were not, beside others.
    #[error("the prior was fitted on networks that were {}pruned", if *pruned { "" } else { "not " })]
    Pruning {
        /// Whether those of the prior were.
        pruned: bool,
    },
    /// A column of a prior that is not there and cannot be computed.
    #[error(
        "the prior needs the column `{name}`, which is neither in the table nor a feature of its networks; the table has {columns}"
    )]
    Column {
        /// The column.
        name: String,
        /// What there is.
        columns: String,
    },
    /// Features of a prior that the networks of a table do not have.
    #[error("the prior: {error}")]
    Family {
        /// Which, and of what space.
        error: FeatureError,
    },
    /// A prior of more than one target.
    #[error("the prior {name} predicts {targets} targets; a prior predicts one")]
    Targets {
        /// The file.
        name: String,
        /// How many targets it has.
        targets: usize,
    },
}

impl PriorError {
    /// Whether the command line is at fault rather than the data.
    pub fn is_usage(&self) -> bool {
        !matches!(self, PriorError::Column { .. } | PriorError::Family { .. })
    }
}
