//! Whether a model can be the prior of another one.

use thiserror::Error;

use super::Error as PipelineError;
use super::predictors::{Use, features_for};
use crate::features::{FAMILIES, FeatureConfig, FeatureError, mean_the_same_everywhere};
use crate::predictor::model::Header;

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

/// Refuses a prior that would see what it is asked for, or other networks than it was fitted on.
///
/// # Errors
///
/// [`PriorError::Target`] if a target is one of its columns; [`PriorError::Pruning`] if it was fitted on
/// networks that were pruned and these are not, or the other way round. What the live part of a network
/// tells is the same in both.
pub(super) fn check(prior: &Header, targets: &[String], prune: bool) -> Result<(), PriorError> {
    if let Some(name) = targets.iter().find(|target| prior.columns.contains(target)) {
        return Err(PriorError::Target { name: name.clone() });
    }
    let has_features =
        prior.columns.iter().any(|column| FAMILIES.into_iter().any(|family| family.owns(column)));
    match prior.prune {
        Some(pruned)
            if pruned != prune && has_features && !mean_the_same_everywhere(&prior.columns) =>
        {
            Err(PriorError::Pruning { pruned })
        }
        _ => Ok(()),
    }
}

/// The error of reading tables, told as one of the prior if there is one and its features are at fault.
pub(super) fn at_fault(
    error: PipelineError,
    prior: Option<&Header>,
    uses: &[Use],
    chosen: &FeatureConfig,
) -> PipelineError {
    let own = features_for(uses, chosen);
    // Groups such as graf+ leave out what a space does not have.
    let asks_for =
        |name: &str| own.families.iter().flatten().chain(&own.also).any(|other| other == name);
    match error {
        PipelineError::Features(error @ FeatureError::NotDefined { name, .. })
            if prior.is_some() && !asks_for(name) =>
        {
            PriorError::Family { error }.into()
        }
        error => error,
    }
}
