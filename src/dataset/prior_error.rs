//! Why a model cannot be the prior of another one.

use thiserror::Error;

use crate::features::FeatureError;

/// Why a model cannot be the prior of another one.
#[derive(Debug, Error)]
pub enum PriorError {
    /// A prior whose features are not computed like those of the model that starts from it.
    #[error(
        "the features of --prior have other names or set sizes than those asked for; ask for features \
         as the prior was fitted with (--names, --max-subset-size, --config), or fit a prior with the \
         flags of this command"
    )]
    Features,
    /// A prior that would be told what it is to predict.
    #[error(
        "--prior learned from the column `{name}`, which is the target here; take a prior that does \
         without it"
    )]
    Target {
        /// The column.
        name: String,
    },
    /// A prior of networks that were pruned, or of such that were not, beside others.
    #[error(
        "--prior was fitted on networks that were {}pruned; {} --prune, or fit the prior {} it",
        if *pruned { "" } else { "not " },
        if *pruned { "give" } else { "leave out" },
        if *pruned { "without" } else { "with" }
    )]
    Pruning {
        /// Whether those of the prior were.
        pruned: bool,
    },
    /// A column of a prior that is not there and cannot be computed.
    #[error(
        "--prior needs the column `{name}`, which is neither in the table nor a feature of its networks; \
         the table has {columns}; for networks of another space take a prior of --use shared, and join \
         other columns with --join"
    )]
    Column {
        /// The column.
        name: String,
        /// What there is.
        columns: String,
    },
    /// Features of a prior that the networks of a table do not have.
    #[error("--prior: {error}; for networks of another space take a prior of --use shared")]
    Family {
        /// Which, and of what space.
        error: FeatureError,
    },
    /// A prior of more than one target.
    #[error("--prior {name}: it predicts {targets} targets; a prior predicts one")]
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
