//! Tables whose features are `zc_combine`'s: from the names of the columns alone, the space.
//!
//! A name such as `op_count_2` holds the id of an operation, and other spaces give the same id to
//! other operations. So the space is part of what the columns mean.

use std::collections::HashSet;

use super::columns::Source;
use crate::features::{FeatureConfig, FeatureSet, Names, is_feature_name};
use crate::space::SearchSpace;

/// The features that a configuration chooses, under `zc_combine`'s names.
pub(crate) fn renamed(features: &FeatureConfig) -> FeatureConfig {
    FeatureConfig { names: Names::ZcCombine, ..features.clone() }
}

/// The one of `spaces` of which all graph features among the predictors are columns of
/// `zc_combine`. Where they are some of the columns of several spaces, that of which they are all;
/// `None` if there is none, or features under other names had to be computed.
pub(crate) fn space_of(
    predictors: &[(String, Source)],
    features: &FeatureConfig,
    spaces: &[&'static dyn SearchSpace],
) -> Option<&'static dyn SearchSpace> {
    let is_computed = |source: &Source| matches!(source, Source::Feature(_));
    if predictors.iter().any(|(_, source)| is_computed(source)) {
        return None;
    }
    let names = predictors.iter().map(|(name, _)| name.as_str());
    let columns: HashSet<&str> = names.filter(|name| is_feature_name(name)).collect();
    if columns.is_empty() {
        return None;
    }
    // Some columns are columns of several spaces; all of them tell which.
    let renamed = FeatureConfig { columns: None, ..renamed(features) };
    let width = |space: &'static dyn SearchSpace| {
        let set = FeatureSet::new(space, &renamed).ok()?;
        let found = set.names().iter().filter(|name| columns.contains(name.as_str())).count();
        (found == columns.len()).then_some((space, set.len()))
    };
    let fitting: Vec<_> = spaces.iter().filter_map(|&space| width(space)).collect();
    match fitting.as_slice() {
        &[(space, _)] => Some(space),
        several => {
            let whole = several.iter().find(|(_, width)| *width == columns.len());
            whole.map(|&(space, _)| space)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{SPACES, by_name};

    fn columns_of(space: &str) -> Vec<(String, Source)> {
        let set = FeatureSet::new(by_name(space).unwrap(), &renamed(&FeatureConfig::default()));
        let names = set.unwrap().names().to_vec();
        names.into_iter().map(|name| (name, Source::Column(0, false))).collect()
    }

    fn told(predictors: &[(String, Source)]) -> Option<&'static str> {
        space_of(predictors, &FeatureConfig::default(), &SPACES).map(SearchSpace::name)
    }

    #[test]
    fn all_columns_of_a_space_tell_it() {
        for space in SPACES.into_iter().filter(|space| space.published_columns().is_some()) {
            assert_eq!(told(&columns_of(space.name())), Some(space.name()));
        }
    }

    #[test]
    fn some_columns_tell_it_where_no_other_space_has_them() {
        let mut columns = columns_of("nasbench201");
        columns.retain(|(name, _)| name.starts_with("op_count"));
        assert_eq!(told(&columns), None); // NAS-Bench-101 has ids up to 4 too.
        let of_one = [by_name("nasbench201").unwrap()];
        assert!(space_of(&columns, &FeatureConfig::default(), &of_one).is_some());
        columns.push(("node_degree_allowed_(4)_in_degree".to_owned(), Source::Column(0, false)));
        columns.push(("net_age".to_owned(), Source::Column(0, false)));
        assert_eq!(told(&columns), None);
        columns.push(("node_degree_allowed_(0)_in_degree".to_owned(), Source::Column(0, false)));
        assert_eq!(told(&columns), Some("nasbench201"));
    }

    #[test]
    fn other_features_tell_nothing() {
        let mut columns = columns_of("nasbench201");
        columns.push(("op_count(none)".to_owned(), Source::Column(0, false)));
        assert_eq!(told(&columns), None);
        columns.pop();
        columns.push(("op_count(none)".to_owned(), Source::Feature(0)));
        assert_eq!(told(&columns), None);
        assert_eq!(told(&[("score".to_owned(), Source::Column(0, false))]), None);
    }
}
