//! Whether a model can be the prior of another one.

use super::error::Error;
use super::planned::features_for;
use super::prior_error::PriorError;
use super::uses::Use;
use crate::features::{FAMILIES, FeatureConfig, FeatureError, mean_the_same_everywhere};
use crate::model::Card;

/// Refuses a prior that would see what it is asked for, or other networks than it was fitted on.
///
/// # Errors
///
/// [`PriorError::Target`] if a target is one of its columns; [`PriorError::Pruning`] if it was fitted on
/// networks that were pruned and these are not, or the other way round. What the live part of a network
/// tells is the same in both.
pub(crate) fn check(prior: &Card, targets: &[String], prune: bool) -> Result<(), PriorError> {
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
pub(crate) fn at_fault(
    error: Error,
    prior: Option<&Card>,
    uses: &[Use],
    chosen: &FeatureConfig,
) -> Error {
    let own = features_for(uses, chosen);
    // Groups such as graf+ leave out what a space does not have.
    let asks_for =
        |name: &str| own.families.iter().flatten().chain(&own.also).any(|other| other == name);
    match error {
        Error::Features(error @ FeatureError::NotDefined { name, .. })
            if prior.is_some() && !asks_for(name) =>
        {
            PriorError::Family { error }.into()
        }
        error => error,
    }
}
