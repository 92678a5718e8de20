//! Which features are computed for the groups of columns that a person names.

use super::uses::Use;
use super::{Error, PriorError};
use crate::features::{FAMILIES, FeatureConfig, PLUS, PLUS_PLUS, VIEWS, mean_the_same_everywhere};
use crate::model::Card;

/// The features to compute for the groups: those that are chosen, if `graf` is among the groups,
/// and the families that are.
pub(crate) fn features_for(uses: &[Use], chosen: &FeatureConfig) -> FeatureConfig {
    let mut named: Vec<String> = Vec::new();
    for group in uses {
        let name = match group {
            Use::Family(name) => *name,
            Use::Plus => PLUS,
            Use::PlusPlus => PLUS_PLUS,
            Use::Views => VIEWS,
            Use::Graf
            | Use::Proxies
            | Use::Columns(_)
            | Use::Curve(..)
            | Use::Named(_)
            | Use::Recipe(_) => {
                continue;
            }
        };
        if !named.iter().any(|other| other == name) {
            named.push(name.to_owned());
        }
    }
    let mut config = chosen.clone();
    // Features that are chosen by name stay chosen for the families that have them.
    if uses.contains(&Use::Graf) || config.columns.is_some() {
        config.also.extend(named);
    } else if !named.is_empty() {
        config.families = Some(named);
        config.also.clear();
    }
    config
}

/// The same, and the features that a prior needs besides: the families of its columns.
///
/// # Errors
///
/// [`PriorError::Features`] if the prior has its features under other names, or sets of other sizes,
/// where that matters.
pub(crate) fn features_with(
    prior: Option<&Card>,
    features: FeatureConfig,
) -> Result<FeatureConfig, Error> {
    let Some(prior) = prior else { return Ok(features) };
    let own = &prior.features;
    let mut features = features;
    let has_sets = !mean_the_same_everywhere(&prior.columns);
    let is_other = own.names != features.names
        || (has_sets && own.max_subset_size != features.max_subset_size);
    for column in &prior.columns {
        let Some(family) = FAMILIES.into_iter().find(|family| family.owns(column)) else {
            continue;
        };
        let is_other_device = family.needs_device() && own.device != features.device;
        if is_other || is_other_device {
            return Err(PriorError::Features.into());
        }
        if !features.also.iter().any(|name| name == family.name()) {
            features.also.push(family.name().to_owned());
        }
        if family.is_learned() && !features.learned.contains(column) {
            features.learned.push(column.clone());
        }
    }
    Ok(features)
}

/// How the columns of a model that come of the groups are computed. `graf+` has left a table of the
/// graph features, without networks, with these.
pub(crate) fn features_of(
    uses: &[Use],
    chosen: &FeatureConfig,
    columns: &[String],
) -> FeatureConfig {
    let is_graf = |group: &Use| {
        matches!(group, Use::Plus | Use::PlusPlus | Use::Views)
            && !columns.iter().any(|column| group.is_feature(column))
    };
    let group = |group: &Use| if is_graf(group) { Use::Graf } else { group.clone() };
    features_for(&uses.iter().map(group).collect::<Vec<_>>(), chosen)
}
