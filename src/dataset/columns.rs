//! Which columns predict: groups that a person names, or the columns of a model.

use std::collections::HashSet;

use super::{AskedBy, Error, PriorError};
use crate::features::{
    FAMILIES, Family, FeatureConfig, FeatureSet, Member, PLUS, PLUS_FAMILIES, PLUS_PLUS, RECIPE,
    RECIPE_FAMILIES, THEORY_FAMILIES, VIEWS, family_by_name, is_feature_name, is_learned_name,
    mean_the_same_everywhere, recipe,
};
use crate::model::Card;
use crate::table::clip_list;

/// The zero-cost proxies of NAS-Bench-Suite-Zero.
pub const PROXIES: [&str; 13] = [
    "epe_nas",
    "fisher",
    "flops",
    "grad_norm",
    "grasp",
    "jacov",
    "l2_norm",
    "nwot",
    "params",
    "plain",
    "snip",
    "synflow",
    "zen",
];

/// The family that says all that is written in a cell.
pub(super) const ONE_HOT: &str = "one_hot";

/// A group of columns that predict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// The graph features: those in the table, or else computed from the networks.
    Graf,
    /// The features that predict best together ([`PLUS`]): those in the table, or else computed
    /// from the networks; in a table of graph features without networks, these.
    Plus,
    /// The same, and the zero-cost proxies in closed form of the spaces that have them ([`PLUS_PLUS`]).
    PlusPlus,
    /// Several sets of graph features, each of which describes networks in a way of its own: predictors that can do so
    /// weigh these against each other, others take the columns of all ([`VIEWS`]). Those in the table, or else computed
    /// from the networks; in a table of graph features without networks, these.
    Views,
    /// The zero-cost proxies.
    Proxies,
    /// One family of features: its columns in the table, or else computed from the networks.
    Family(&'static str),
    /// The columns of the table that match; `*` stands for any text.
    Columns(String),
    /// The family of features of this name, as in other groups; else the column of the table, or if there is none,
    /// the feature that is called so.
    Named(String),
    /// The columns that rank the networks of the space without a label ([`recipe`](recipe())); whether beside the prediction
    /// of a model.
    Recipe(bool),
}

impl std::fmt::Display for Use {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Use::Graf => out.write_str("graf"),
            Use::Plus => out.write_str(PLUS),
            Use::PlusPlus => out.write_str(PLUS_PLUS),
            Use::Views => out.write_str(VIEWS),
            Use::Proxies => out.write_str("proxies"),
            // As on the command line.
            Use::Family(name) => out.write_str(&name.replace('_', "-")),
            Use::Columns(pattern) => write!(out, "column:{pattern}"),
            Use::Named(name) => out.write_str(name),
            Use::Recipe(_) => out.write_str(RECIPE),
        }
    }
}

impl std::str::FromStr for Use {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "graf" => Ok(Use::Graf),
            PLUS => Ok(Use::Plus),
            PLUS_PLUS => Ok(Use::PlusPlus),
            VIEWS => Ok(Use::Views),
            "proxies" => Ok(Use::Proxies),
            other => match (other.strip_prefix("column:"), family_by_name(other)) {
                (Some(pattern), _) if !pattern.is_empty() => Ok(Use::Columns(pattern.to_owned())),
                (_, Some(family)) => Ok(Use::Family(family.name())),
                _ => {
                    let families = FAMILIES.map(Family::name).join(", ");
                    Err(format!(
                        "`{other}` is not graf, graf+, graf++, views, proxies, column:NAME or a family of features ({families})"
                    ))
                }
            },
        }
    }
}

impl Use {
    /// Whether it means features and a column of a table has the name of one of them.
    pub(super) fn is_feature(&self, column: &str) -> bool {
        match self {
            Use::Graf => is_feature_name(column),
            Use::Family(name) => owns(name, column),
            Use::Plus => PLUS_FAMILIES.iter().any(|name| owns(name, column)),
            Use::PlusPlus => {
                let mut families = PLUS_FAMILIES.iter().chain(&THEORY_FAMILIES);
                families.any(|name| owns(name, column))
            }
            Use::Views => {
                let groups = [Use::PlusPlus, Use::Graf, Use::Family(ONE_HOT)];
                groups.iter().any(|group| group.is_feature(column))
            }
            Use::Proxies | Use::Columns(_) | Use::Named(_) | Use::Recipe(_) => false,
        }
    }

    /// Those of the features chosen by name that it means. If there are none, it means all of its
    /// features.
    fn named<'a>(&self, chosen: &'a [String]) -> Vec<&'a String> {
        match self {
            Use::Graf => chosen.iter().collect(),
            Use::Family(_) | Use::Plus | Use::PlusPlus | Use::Views => {
                chosen.iter().filter(|name| self.is_feature(name)).collect()
            }
            Use::Proxies | Use::Columns(_) | Use::Named(_) | Use::Recipe(_) => Vec::new(),
        }
    }

    /// Whether it means features that are not in a table, so that its networks are needed. Some
    /// features are chosen by name, if any are.
    fn needs_networks(&self, columns: &[String], chosen: &[String], has_networks: bool) -> bool {
        let named = self.named(chosen);
        if !named.is_empty() {
            return named.into_iter().any(|name| !columns.contains(name));
        }
        let has = |accepts: &dyn Fn(&str) -> bool| columns.iter().any(|column| accepts(column));
        match self {
            Use::Graf | Use::Family(_) => !has(&|column| self.is_feature(column)),
            Use::Plus | Use::PlusPlus | Use::Views => {
                !has(&|column| self.is_feature(column)) && (has_networks || !has(&is_feature_name))
            }
            Use::Named(name) => Meant::by(name, columns).computed_family().is_some(),
            Use::Recipe(_) => true,
            Use::Proxies | Use::Columns(_) => false,
        }
    }

    /// Whether it means features that are not in a table and whose columns are learned.
    fn is_learned(&self, columns: &[String], chosen: &[String], features: &FeatureSet) -> bool {
        let is_learned = match self {
            Use::Graf => features.chosen().1,
            Use::Family(name) => family_by_name(name).is_some_and(Family::is_learned),
            Use::Plus
            | Use::PlusPlus
            | Use::Views
            | Use::Proxies
            | Use::Columns(_)
            | Use::Named(_)
            | Use::Recipe(_) => false,
        };
        is_learned && self.needs_networks(columns, chosen, true)
    }
}

/// What a name alone means, of a table with some columns.
enum Meant {
    /// The column of the table at this place.
    Column(usize),
    /// The columns of a family, and whether they are computed: the table has none of them.
    Family(&'static dyn Family, bool),
    /// A feature of a family that the table does not have.
    Feature(&'static dyn Family),
    /// Neither.
    Nothing,
}

impl Meant {
    fn by(name: &str, columns: &[String]) -> Self {
        if let Some(family) = family_by_name(name) {
            return Meant::Family(family, !columns.iter().any(|column| family.owns(column)));
        }
        if let Some(place) = columns.iter().position(|column| column == name) {
            return Meant::Column(place);
        }
        let owner = FAMILIES.into_iter().find(|family| family.owns(name));
        owner.map_or(Meant::Nothing, Meant::Feature)
    }

    /// The family that is to be computed, if one is.
    fn computed_family(&self) -> Option<&'static dyn Family> {
        match self {
            Meant::Family(family, true) | Meant::Feature(family) => Some(*family),
            Meant::Family(_, false) | Meant::Column(_) | Meant::Nothing => None,
        }
    }
}

/// Whether a column has the name of one of a family's.
fn owns(family: &str, column: &str) -> bool {
    family_by_name(family).is_some_and(|family| family.owns(column))
}

/// Whether a column has the name of one of any family's.
fn is_of_a_family(column: &str) -> bool {
    FAMILIES.into_iter().any(|family| family.owns(column))
}

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
            Use::Graf | Use::Proxies | Use::Columns(_) | Use::Named(_) | Use::Recipe(_) => {
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

/// Which columns predict.
#[derive(Debug, Clone)]
pub enum ColumnChoice<'a> {
    /// Groups of columns.
    Groups {
        /// The groups.
        uses: &'a [Use],
        /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
        proxies: &'a [String],
        /// The features that a configuration chooses by name; none if it does not.
        columns: &'a [String],
        /// The model whose columns come after those of the groups, if they are not among them.
        prior: Option<&'a Card>,
    },
    /// The columns of a model, in its order, and which of them are proxies.
    Named(&'a [String], &'a [String]),
    /// No columns yet, but the labels from which they are learned.
    Labels,
}

impl ColumnChoice<'_> {
    /// Whether the networks of a table are needed. A table of features may have left them behind.
    pub(crate) fn need_networks(&self, columns: &[String], has_networks: bool) -> bool {
        match self {
            ColumnChoice::Groups { uses, columns: chosen, prior, .. } => {
                uses.iter().any(|group| group.needs_networks(columns, chosen, has_networks))
                    || prior.is_some_and(|prior| name_absent(&prior.columns, columns, has_networks))
            }
            ColumnChoice::Named(names, _) => name_absent(names, columns, has_networks),
            ColumnChoice::Labels => true,
        }
    }

    /// The features to compute for a table with some columns: those of a configuration, and those of
    /// [names alone](Use::Named) that the table does not have. `None` if there are none.
    pub(crate) fn planned(
        &self,
        features: &FeatureConfig,
        columns: &[String],
    ) -> Option<FeatureConfig> {
        let ColumnChoice::Groups { uses, .. } = self else { return Some(features.clone()) };
        let mut named: Vec<String> = Vec::new();
        for group in *uses {
            let families: Vec<&str> = match group {
                Use::Named(name) => {
                    let family = Meant::by(name, columns).computed_family();
                    family.map(Family::name).into_iter().collect()
                }
                Use::Recipe(_) => RECIPE_FAMILIES.to_vec(),
                _ => continue,
            };
            for family in families {
                if !named.iter().any(|other| other == family) {
                    named.push(family.to_owned());
                }
            }
        }
        let is_of_names = |group: &Use| matches!(group, Use::Named(_) | Use::Recipe(_));
        let is_alone =
            |group: &Use| is_of_names(group) || matches!(group, Use::Proxies | Use::Columns(_));
        let has_names = uses.iter().any(is_of_names);
        let mut features = features.clone();
        if !has_names || !uses.iter().all(is_alone) {
            features.also.extend(named);
            return Some(features);
        }
        (features.families, features.also, features.columns) = (Some(named), Vec::new(), None);
        features.families.as_ref().is_some_and(|families| !families.is_empty()).then_some(features)
    }

    /// Whether columns are learned from the networks of a table.
    pub(crate) fn are_learned(&self, columns: &[String], features: &FeatureSet) -> bool {
        match self {
            ColumnChoice::Groups { uses, columns: chosen, .. } => {
                uses.iter().any(|group| group.is_learned(columns, chosen, features))
            }
            ColumnChoice::Named(..) => false,
            ColumnChoice::Labels => true,
        }
    }
}

/// Whether some of the names are no columns of a table, so that its networks are needed.
fn name_absent(names: &[String], columns: &[String], has_networks: bool) -> bool {
    let is_absent = |name: &String| {
        !columns.contains(name) && (has_networks || !is_absent_label(name, columns))
    };
    names.iter().any(is_absent)
}

/// Whether a column stands for a label that no network of a table has: the table has columns that
/// were learned, but not this one.
pub(crate) fn is_absent_label(name: &str, columns: &[String]) -> bool {
    is_learned_name(name) && columns.iter().any(|column| is_learned_name(column))
}

/// Where the number of a predictor comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A column of the table or of those joined to it; `true` for a proxy.
    Column(usize, bool),
    /// A column of the computed features.
    Feature(usize),
    /// It is 0 in all rows.
    Zero,
}

/// The predictors and where they come from.
pub(crate) fn chosen(
    columns: &[String],
    features: Option<&FeatureSet>,
    predictors: &ColumnChoice,
    targets: &[String],
) -> Result<Vec<(String, Source)>, Error> {
    let mut chosen: Vec<(String, Source)> = Vec::new();
    let index = |name: &str| columns.iter().position(|column| column == name);
    let is_proxy = |name: &str| PROXIES.contains(&name);
    match *predictors {
        ColumnChoice::Named(names, proxies) => {
            for name in names {
                chosen.push((name.clone(), named(name, proxies, columns, features)?));
            }
        }
        ColumnChoice::Groups { uses, proxies, columns: chosen_names, prior } => {
            let empty = |uses: &[Use]| Error::EmptyUse {
                group: uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
                columns: clip_list(columns),
            };
            for group in uses {
                let start = chosen.len();
                let in_table = |accepts: &dyn Fn(&str) -> bool| {
                    let found = columns.iter().enumerate().filter(|(_, name)| accepts(name));
                    let source = |(index, name): (usize, &String)| {
                        (
                            name.clone(),
                            Source::Column(index, is_proxy(name) || proxies.contains(name)),
                        )
                    };
                    found.map(source).collect::<Vec<_>>()
                };
                let by_name = group.named(chosen_names);
                match group {
                    Use::Graf | Use::Family(_) | Use::Plus | Use::PlusPlus | Use::Views
                        if !by_name.is_empty() =>
                    {
                        for name in by_name {
                            chosen.push((name.clone(), feature(name, columns, features)?));
                        }
                    }
                    Use::Graf | Use::Family(_) | Use::Plus | Use::PlusPlus | Use::Views => {
                        let is_computed = group.needs_networks(columns, chosen_names, true);
                        match features.filter(|_| is_computed) {
                            Some(features) => {
                                let names = match group {
                                    Use::Graf => features.chosen().0,
                                    _ => features.names(),
                                };
                                let computed = names.iter().cloned();
                                let computed = computed.zip((0..).map(Source::Feature));
                                let is_own = |(name, _): &(String, Source)| {
                                    *group == Use::Graf || group.is_feature(name)
                                };
                                chosen.extend(computed.filter(is_own));
                            }
                            None if is_computed => chosen.extend(in_table(&is_feature_name)),
                            None => chosen.extend(in_table(&|name| group.is_feature(name))),
                        }
                    }
                    Use::Proxies if proxies.is_empty() => chosen.extend(in_table(&is_proxy)),
                    Use::Proxies => {
                        for name in proxies {
                            let index = index(name).ok_or_else(|| Error::Predictor {
                                name: name.clone(),
                                columns: clip_list(columns),
                                asked_by: AskedBy::Columns,
                            })?;
                            chosen.push((name.clone(), Source::Column(index, true)));
                        }
                    }
                    Use::Columns(pattern) => {
                        chosen.extend(in_table(&|name| matches(pattern, name)));
                    }
                    Use::Named(name) => chosen.extend(meant_alone(name, columns, features)?),
                    Use::Recipe(has_model) => {
                        chosen.extend(of_recipe(*has_model, columns, features)?);
                    }
                }
                let is_learned =
                    features.is_some_and(|set| group.is_learned(columns, chosen_names, set));
                if chosen.len() == start && !is_learned {
                    return Err(empty(std::slice::from_ref(group)));
                }
            }
            // A target never predicts itself.
            chosen.retain(|(name, _)| !targets.contains(name));
            let is_learned = features.is_some_and(|set| predictors.are_learned(columns, set));
            if chosen.is_empty() && !is_learned {
                return Err(empty(uses));
            }
            for name in prior.iter().flat_map(|prior| &prior.columns) {
                let proxies = prior.map_or(&[][..], |prior| &prior.proxies);
                let source = named(name, proxies, columns, features);
                let source = source.map_err(|_| PriorError::Column {
                    name: name.clone(),
                    columns: clip_list(columns),
                })?;
                chosen.push((name.clone(), source));
            }
            // A column that two groups name is used once.
            let mut seen = HashSet::new();
            chosen.retain(|(name, _)| seen.insert(name.clone()));
        }
        ColumnChoice::Labels => {}
    }
    Ok(chosen)
}

/// Where a column of a model comes from.
fn named(
    name: &String,
    proxies: &[String],
    columns: &[String],
    features: Option<&FeatureSet>,
) -> Result<Source, Error> {
    let index = |names: &[String]| names.iter().position(|other| other == name);
    let source = index(columns).map(|index| Source::Column(index, proxies.contains(name)));
    let feature = || index(features?.names()).map(Source::Feature);
    let absent = || is_absent_label(name, columns).then_some(Source::Zero);
    source.or_else(feature).or_else(absent).ok_or_else(|| Error::Predictor {
        name: name.clone(),
        columns: clip_list(columns),
        asked_by: if is_of_a_family(name) { AskedBy::Model } else { AskedBy::Columns },
    })
}

/// The columns that a name alone means. A number of the table that stands for "not computed" in a proxy does
/// so here too.
fn meant_alone(
    name: &str,
    columns: &[String],
    features: Option<&FeatureSet>,
) -> Result<Vec<(String, Source)>, Error> {
    let computed = features.map_or(&[][..], FeatureSet::names);
    let of = |names: &[String], is_meant: &dyn Fn(&str) -> bool, source: fn(usize) -> Source| {
        let meant = names.iter().enumerate().filter(|(_, name)| is_meant(name));
        meant.map(|(place, name)| (name.clone(), source(place))).collect::<Vec<_>>()
    };
    let in_table = |place| Source::Column(place, false);
    let found = match Meant::by(name, columns) {
        Meant::Column(place) => vec![(name.to_owned(), Source::Column(place, true))],
        Meant::Family(family, true) => of(computed, &|name| family.owns(name), Source::Feature),
        Meant::Family(family, false) => of(columns, &|name| family.owns(name), in_table),
        Meant::Feature(_) => of(computed, &|other| other == name, Source::Feature),
        Meant::Nothing => Vec::new(),
    };
    if found.is_empty() {
        let (name, columns) = (name.to_owned(), clip_list(columns));
        return Err(Error::Predictor { name, columns, asked_by: AskedBy::Columns });
    }
    Ok(found)
}

/// The columns of the recipe of a space; none if it has no recipe.
fn of_recipe(
    has_model: bool,
    columns: &[String],
    features: Option<&FeatureSet>,
) -> Result<Vec<(String, Source)>, Error> {
    let members = features.and_then(|features| recipe(features.space())).unwrap_or_default();
    let members = members.iter().filter(|member| has_model || !member.beside_model);
    let source = |member: &Member| {
        Ok((member.column.to_owned(), feature(member.column, columns, features)?))
    };
    members.map(source).collect()
}

/// Where a feature that is chosen by name comes from.
fn feature(name: &str, columns: &[String], features: Option<&FeatureSet>) -> Result<Source, Error> {
    let index = |names: &[String]| names.iter().position(|other| other == name);
    let in_table =
        index(columns).filter(|_| is_of_a_family(name)).map(|index| Source::Column(index, false));
    let computed = || index(features?.names()).map(Source::Feature);
    in_table.or_else(computed).ok_or_else(|| Error::Predictor {
        name: name.to_owned(),
        columns: clip_list(columns),
        asked_by: AskedBy::Configuration,
    })
}

/// Whether a name matches a pattern, in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(index) => rest = &rest[index + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let yes =
            [("lat*", "lat_edge"), ("*", "x"), ("a*c", "abc"), ("a*b*c", "aXbYc"), ("x", "x")];
        let no = [("lat*", "flat"), ("x", "xy"), ("a*c", "ab"), ("a*a", "a"), ("a*b*c", "acb")];
        assert!(yes.iter().all(|(pattern, name)| matches(pattern, name)));
        assert!(no.iter().all(|(pattern, name)| !matches(pattern, name)));
    }
}
