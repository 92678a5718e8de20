//! Whether a model can be the prior of another one.

use super::Error;
use super::predictors::{Use, features_for};
use crate::features::{FAMILIES, FeatureConfig, FeatureError, mean_the_same_everywhere};
use crate::predictor::model::Header;

/// Refuses a prior that would see what it is asked for, or other networks than it was fitted on.
///
/// # Errors
///
/// [`Error::PriorTarget`] if a target is one of its columns; [`Error::PriorPruning`] if it was fitted on
/// networks that were pruned and these are not, or the other way round. What the live part of a network
/// tells is the same in both.
pub(super) fn check(prior: &Header, targets: &[String], prune: bool) -> Result<(), Error> {
    if let Some(name) = targets.iter().find(|target| prior.columns.contains(target)) {
        return Err(Error::PriorTarget { name: name.clone() });
    }
    let has_features =
        prior.columns.iter().any(|column| FAMILIES.into_iter().any(|family| family.owns(column)));
    match prior.prune {
        Some(pruned)
            if pruned != prune && has_features && !mean_the_same_everywhere(&prior.columns) =>
        {
            Err(Error::PriorPruning { pruned })
        }
        _ => Ok(()),
    }
}

/// The error of reading tables, told as one of the prior where its features are at fault.
pub(super) fn at_fault(error: Error, uses: &[Use], chosen: &FeatureConfig) -> Error {
    let own = features_for(uses, chosen);
    // Groups such as graf+ leave out what a space does not have.
    let asks_for =
        |name: &str| own.families.iter().flatten().chain(&own.also).any(|other| other == name);
    match error {
        Error::Features(error @ FeatureError::NotDefined { name, .. }) if !asks_for(name) => {
            Error::PriorFamily { error }
        }
        error => error,
    }
}
