//! Which features are computed: families, sizes of operation sets, names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FAMILIES, Family, FeatureError, family_by_name, is_called};
use crate::space::SearchSpace;

/// With more operations than this, sets are small by default: there are too many of them.
const MANY_OPS: usize = 7;

/// The largest set of a space with many operations.
const FEW: usize = 2;

/// The most sets of operations of a family.
const MOST_SETS: usize = 20_000;

/// The configurations of the paper that have a name: `full`, all of its features, and `short`,
/// with the degrees of single operations only.
pub const PRESETS: [&str; 2] = ["full", "short"];

/// A choice of features; all of it may be left out.
///
/// As a file (JSON or TOML):
///
/// ```toml
/// families = ["op_count", "min_path_len", "node_degree"]
/// names = "readable"            # or "zc-combine"
/// max_subset_size = 3           # or, for some families only:
/// # max_subset_size = { node_degree = 1 }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct FeatureConfig {
    /// The families, in the order of their columns; the space's own choice if absent
    /// ([`SearchSpace::families`]).
    pub families: Option<Vec<String>>,
    /// Families besides these; those that are among them already are not repeated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The largest sets of operations; if absent all, or those of up to two operations in a space
    /// with more than seven.
    pub max_subset_size: Option<SubsetLimit>,
    /// The columns' names.
    pub names: Names,
    /// The columns of the families that learn theirs from networks; no part of a file. See
    /// [`FeatureSet::labels`](super::FeatureSet::labels).
    #[serde(skip)]
    pub learned: Vec<String>,
}

/// The largest sets of operations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected a whole number, or a table of family = size")]
pub enum SubsetLimit {
    /// For all families.
    All(usize),
    /// For the families that are named.
    Families(BTreeMap<String, usize>),
}

/// How columns are called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// `node_degree(skip_connect+nor_conv_3x3).input_out`.
    #[default]
    Readable,
    /// As the paper's repository `zc_combine` calls them, with its values.
    ZcCombine,
}

impl FeatureConfig {
    /// One of the [`PRESETS`].
    ///
    /// # Errors
    ///
    /// [`FeatureError::Config`] if there is none of that name.
    pub fn preset(name: &str) -> Result<Self, FeatureError> {
        match name {
            "full" => Ok(FeatureConfig::default()),
            "short" => {
                let degrees = BTreeMap::from([("node_degree".to_owned(), 1)]);
                let max_subset_size = Some(SubsetLimit::Families(degrees));
                Ok(FeatureConfig { max_subset_size, ..FeatureConfig::default() })
            }
            _ => Err(FeatureError::Config(format!(
                "no preset `{name}`; choose from {}",
                PRESETS.join(", ")
            ))),
        }
    }

    /// Reads a configuration from the text of a JSON or TOML file.
    ///
    /// # Errors
    ///
    /// [`FeatureError::Config`] with the line and what is wrong there.
    pub fn parse(text: &str, is_toml: bool) -> Result<Self, FeatureError> {
        if is_toml {
            toml::from_str(text)
                .map_err(|error| FeatureError::Config(error.to_string().trim_end().to_owned()))
        } else {
            serde_json::from_str(text).map_err(|error| FeatureError::Config(error.to_string()))
        }
    }

    /// The first of the families that learns its columns from networks.
    pub(crate) fn learned_family(&self) -> Option<&'static str> {
        let named = self.families.iter().flatten().chain(&self.also);
        let mut families = named.filter_map(|name| family_by_name(name));
        families.find(|family| family.is_learned()).map(Family::name)
    }

    /// How many families are chosen without those that come in addition.
    pub(super) fn chosen_families(&self, space: &dyn SearchSpace) -> usize {
        self.families.as_ref().map_or(space.families().len(), Vec::len)
    }

    /// The chosen families, then those in addition.
    pub(super) fn families_for(
        &self,
        space: &dyn SearchSpace,
    ) -> Result<Vec<&'static dyn Family>, FeatureError> {
        let own = space.families();
        let family = |name: &str| {
            family_by_name(name).ok_or_else(|| FeatureError::NoSuchFamily {
                name: name.to_owned(),
                known: FAMILIES.map(Family::name).join(", "),
            })
        };
        if let Some(SubsetLimit::Families(limits)) = &self.max_subset_size {
            for name in limits.keys() {
                family(name)?;
            }
        }
        let defined = |name: &str| {
            let family = family(name)?;
            if family.defined_for(space) {
                return Ok(family);
            }
            let known = FAMILIES.into_iter().filter(|family| family.defined_for(space));
            let known = known.map(Family::name).collect::<Vec<_>>().join(", ");
            let name = family.name();
            Err(FeatureError::NotDefined { name, space: space.name(), known })
        };
        let chosen = match &self.families {
            None => own.iter().copied().map(family).collect::<Result<Vec<_>, _>>()?,
            Some(names) if names.is_empty() && self.also.is_empty() => {
                return Err(FeatureError::Config("no feature family is chosen".to_owned()));
            }
            Some(names) => names.iter().map(|name| defined(name)).collect::<Result<_, _>>()?,
        };
        let is_new = |name: &&String| !chosen.iter().any(|family| is_called(family.name(), name));
        let also = self.also.iter().filter(is_new).map(|name| defined(name));
        chosen.iter().copied().map(Ok).chain(also).collect()
    }

    /// The size of the largest sets for a family.
    pub(super) fn subset_size(
        &self,
        space: &dyn SearchSpace,
        family: &str,
    ) -> Result<usize, FeatureError> {
        let ops = space.operations().len();
        let chosen = match &self.max_subset_size {
            Some(SubsetLimit::All(size)) => Some(*size),
            Some(SubsetLimit::Families(sizes)) => {
                sizes.iter().find(|(name, _)| is_called(family, name)).map(|(_, size)| *size)
            }
            None => None,
        };
        match chosen {
            Some(0) => Err(FeatureError::NoSubsets { space: space.name(), ops }),
            Some(size) if sets(ops, size) > MOST_SETS => {
                let (space, most) = (space.name(), MOST_SETS);
                Err(FeatureError::ManySubsets { space, most, size, ops })
            }
            Some(size) => Ok(size.min(ops)),
            None if ops > MANY_OPS => Ok(FEW),
            None => Ok(ops),
        }
    }
}

/// How many sets there are of up to `size` of so many operations.
fn sets(ops: usize, size: usize) -> usize {
    let mut sets = 0_usize;
    let mut of_size = 1_usize;
    for size in 1..=size.min(ops) {
        of_size = of_size.saturating_mul(ops + 1 - size) / size;
        sets = sets.saturating_add(of_size);
    }
    sets
}

impl std::str::FromStr for SubsetLimit {
    type Err = String;

    /// `2` for all families, `node_degree=1,min_path_len=3` for some.
    fn from_str(text: &str) -> Result<Self, String> {
        let number =
            |text: &str| text.trim().parse().map_err(|_| format!("`{text}` is not a whole number"));
        if !text.contains('=') {
            return number(text).map(SubsetLimit::All);
        }
        let part = |part: &str| match part.split_once('=') {
            Some((family, size)) => Ok((family.trim().to_owned(), number(size)?)),
            None => Err(format!("`{part}` does not have the form family=size")),
        };
        text.split(',').map(part).collect::<Result<_, _>>().map(SubsetLimit::Families)
    }
}
