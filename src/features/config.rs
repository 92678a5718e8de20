//! Which features are computed: families, sizes of operation sets, names.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Device, FAMILIES, Family, FeatureError, family_by_name, is_called};
use crate::space::SearchSpace;
use crate::table::clip_reason;

/// With more operations than this, sets are small by default: there are too many of them.
const MANY_OPS: usize = 7;

/// The largest set of a space with many operations.
const FEW: usize = 2;

/// The most sets of operations of a family.
const MOST_SETS: usize = 20_000;

/// The configurations of the paper that have a name: `full`, all of its features, and `short`,
/// with the degrees of single operations only.
pub const PRESETS: [&str; 2] = ["full", "short"];

/// In place of a family: those that predict best together, of the [`PLUS_FAMILIES`] that are defined
/// for a space; its own families if none is.
pub const PLUS: &str = "graf+";

/// The families of [`PLUS`]: what the live paths tell, what the network costs, and the numbers of its operations.
pub const PLUS_FAMILIES: [&str; 8] =
    ["path_stats", "random_walk", "position", "succession", "signal", "flops", "params", "value"];

/// In place of a family: those of [`PLUS`] and of the [`THEORY_FAMILIES`] that are defined for a space.
pub const PLUS_PLUS: &str = "graf++";

/// The families that [`PLUS_PLUS`] adds to [`PLUS`]: zero-cost proxies in closed form.
pub const THEORY_FAMILIES: [&str; 2] = ["mean_field", "closed_form"];

/// In place of a family: those of [`PLUS_PLUS`], a space's own families, and `one_hot`, each once.
pub const VIEWS: &str = "views";

/// A choice of features; all of it may be left out.
///
/// As a file (JSON or TOML):
///
/// ```toml
/// families = ["op_count", "min_path_len", "node_degree"]
/// names = "readable"            # or "zc-combine"
/// max_subset_size = 3           # or, for some families only:
/// # max_subset_size = { node_degree = 1 }
/// columns = ["op_count(skip_connect)", "node_degree(none).mean"]   # only these
/// device = { peak = 665e9, bandwidth = 59.7e9 }                    # for the family roofline
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
    /// Of the columns of the families (but for those [besides](FeatureConfig::also)) only these, in
    /// this order, by the names that they have with [`FeatureConfig::names`]; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// The device of the families that [depend on one](super::Family::needs_device).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
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
        let config: Self = if is_toml {
            toml::from_str(text).map_err(|error| {
                let before = error.span().and_then(|span| text.get(..span.start));
                let line = before.map(|before| before.matches('\n').count() + 1);
                let line = line.map_or_else(String::new, |line| format!("line {line}: "));
                FeatureError::Config(line + &clip_reason(error.message()))
            })?
        } else {
            serde_json::from_str(text)
                .map_err(|error| FeatureError::Config(clip_reason(&error.to_string())))?
        };
        config.check_columns()?;
        Ok(config)
    }

    /// The configuration as a TOML file, which [`FeatureConfig::parse`] reads back.
    pub fn to_toml(&self) -> String {
        // A JSON string is a TOML string too, but for the one control character that JSON leaves bare.
        let text =
            |name: &String| Value::from(name.as_str()).to_string().replace('\x7f', "\\u007f");
        let list = |names: &[String]| names.iter().map(text).collect::<Vec<_>>().join(", ");
        let mut lines = Vec::new();
        if let Some(families) = &self.families {
            lines.push(format!("families = [{}]", list(families)));
        }
        if !self.also.is_empty() {
            lines.push(format!("also = [{}]", list(&self.also)));
        }
        match &self.max_subset_size {
            None => {}
            Some(SubsetLimit::All(size)) => lines.push(format!("max_subset_size = {size}")),
            Some(SubsetLimit::Families(sizes)) => {
                let size = |(family, size): (&String, &usize)| format!("{} = {size}", text(family));
                let sizes: Vec<_> = sizes.iter().map(size).collect();
                lines.push(format!("max_subset_size = {{ {} }}", sizes.join(", ")));
            }
        }
        if self.names == Names::ZcCombine {
            lines.push("names = \"zc-combine\"".to_owned());
        }
        if let Some(device) = self.device {
            lines.push(format!("device = {}", device.to_toml()));
        }
        if let Some(columns) = &self.columns {
            lines.push("columns = [".to_owned());
            lines.extend(columns.iter().map(|name| format!("  {},", text(name))));
            lines.push("]".to_owned());
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// Refuses a choice of no columns, and a column that is named twice.
    pub(super) fn check_columns(&self) -> Result<(), FeatureError> {
        let Some(columns) = &self.columns else { return Ok(()) };
        if columns.is_empty() {
            let reason = "`columns` is empty: name a column, or leave it out for all of them";
            return Err(FeatureError::Config(reason.to_owned()));
        }
        let mut seen = HashSet::new();
        match columns.iter().find(|name| !seen.insert(*name)) {
            Some(name) => Err(FeatureError::SameColumn { name: name.clone() }),
            None => Ok(()),
        }
    }

    /// Whether a chosen family has a column that is to be computed.
    fn keeps(&self, family: &dyn Family) -> bool {
        match &self.columns {
            Some(columns) => columns.iter().any(|name| family.owns(name)),
            None => true,
        }
    }

    /// The first of the families that learns its columns from networks.
    pub(crate) fn learned_family(&self) -> Option<&'static str> {
        let family = |name: &String| family_by_name(name);
        let chosen = self.families.iter().flatten().filter_map(family);
        let chosen = chosen.filter(|&family| self.keeps(family));
        let mut families = chosen.chain(self.also.iter().filter_map(family));
        families.find(|family| family.is_learned()).map(Family::name)
    }

    /// The chosen families, then those in addition; and how many are chosen. A family none of whose
    /// columns is kept is not among the chosen.
    pub(super) fn families_for(
        &self,
        space: &dyn SearchSpace,
    ) -> Result<(Vec<&'static dyn Family>, usize), FeatureError> {
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
        // The families of a name, in their order.
        let families_of = |name: &str| match name {
            PLUS => plus(space).into_iter().map(family).collect(),
            PLUS_PLUS => plus_plus(space).into_iter().map(family).collect(),
            VIEWS => {
                let whole = own.iter().copied().chain(defined_of(space, &["one_hot"]));
                plus_plus(space).into_iter().chain(whole).map(family).collect()
            }
            name => defined(name).map(|family| vec![family]),
        };
        let all = |names: &[String]| -> Result<Vec<Vec<_>>, _> {
            names.iter().map(|name| families_of(name)).collect()
        };
        let mut chosen = match &self.families {
            None => own.iter().copied().map(family).collect::<Result<Vec<_>, _>>()?,
            Some(names) if names.is_empty() && self.also.is_empty() => {
                return Err(FeatureError::Config("no feature family is chosen".to_owned()));
            }
            Some(names) => all(names)?.concat(),
        };
        if self
            .families
            .iter()
            .flatten()
            .any(|name| [PLUS, PLUS_PLUS, VIEWS].contains(&name.as_str()))
        {
            // A family of graf+ may be named beside it, as in a comparison of both.
            let mut seen = Vec::new();
            chosen.retain(|family| {
                let is_new = !seen.contains(&family.name());
                seen.push(family.name());
                is_new
            });
        }
        chosen.retain(|&family| self.keeps(family));
        let mut families = chosen.clone();
        for family in all(&self.also)?.concat() {
            if !families.iter().any(|other| other.name() == family.name()) {
                families.push(family);
            }
        }
        Ok((families, chosen.len()))
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

/// The families of [`PLUS`] for a space.
fn plus(space: &dyn SearchSpace) -> Vec<&'static str> {
    let defined = defined_of(space, &PLUS_FAMILIES);
    if defined.is_empty() { space.families().to_vec() } else { defined }
}

/// The families of [`PLUS_PLUS`] for a space.
fn plus_plus(space: &dyn SearchSpace) -> Vec<&'static str> {
    plus(space).into_iter().chain(defined_of(space, &THEORY_FAMILIES)).collect()
}

/// Those of some families that are defined for a space.
fn defined_of(space: &dyn SearchSpace, families: &[&'static str]) -> Vec<&'static str> {
    let is_defined =
        |name: &&str| family_by_name(name).is_some_and(|family| family.defined_for(space));
    families.iter().copied().filter(is_defined).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toml_file_reads_back_as_what_was_written() {
        let sizes = BTreeMap::from([("node_degree".to_owned(), 1), ("a \"b\"".to_owned(), 2)]);
        let names = |names: &[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let all = FeatureConfig {
            families: Some(names(&["op_count", "one-hot"])),
            also: names(&["path"]),
            max_subset_size: Some(SubsetLimit::Families(sizes)),
            names: Names::ZcCombine,
            columns: Some(names(&["a(b)", "quote\"\\ é", "tab\tline\nbell\u{7}end\u{7f}"])),
            device: Some(Device::new(665e9, 5.97e10, Some(0.9)).unwrap()),
            learned: Vec::new(),
        };
        let one = FeatureConfig {
            max_subset_size: Some(SubsetLimit::All(3)),
            ..FeatureConfig::default()
        };
        for config in [all, one, FeatureConfig::default()] {
            assert_eq!(FeatureConfig::parse(&config.to_toml(), true).unwrap(), config);
        }
    }

    #[test]
    fn columns_are_named_once_and_there_is_one() {
        let refused = |text| FeatureConfig::parse(text, true).unwrap_err().to_string();
        assert!(refused("columns = []").contains("empty"));
        assert!(refused("columns = [\"a\", \"b\", \"a\"]").contains("column `a` is named twice"));
    }
}
