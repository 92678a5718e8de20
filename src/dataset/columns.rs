//! Which columns predict: groups that a person names, or the columns of a model; and where their numbers come from.

use std::collections::HashSet;
use std::sync::Arc;

use super::curve::{Curve, STATISTICS, curves};
use super::uses::{Meant, PROXIES, Use, is_of_a_family};
use super::{AskedBy, Error, PriorError};
use crate::features::{
    Family, FeatureConfig, FeatureSet, Member, RECIPE_FAMILIES, is_feature_name, is_learned_name,
    recipe,
};
use crate::model::Card;
use crate::table::clip_list;

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
        let is_alone = |group: &Use| {
            is_of_names(group) || matches!(group, Use::Proxies | Use::Columns(_) | Use::Curve(..))
        };
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
        !columns.contains(name)
            && Curve::of_name(name).is_none()
            && (has_networks || !is_absent_label(name, columns))
    };
    names.iter().any(is_absent)
}

/// Whether a column stands for a label that no network of a table has: the table has columns that
/// were learned, but not this one.
pub(crate) fn is_absent_label(name: &str, columns: &[String]) -> bool {
    is_learned_name(name) && columns.iter().any(|column| is_learned_name(column))
}

/// Where the number of a predictor comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A column of the table or of those joined to it; `true` for a proxy.
    Column(usize, bool),
    /// A column of the computed features.
    Feature(usize),
    /// A statistic of a learning curve, of the values of these columns of the table.
    Curve(Arc<Curve>, usize, Arc<[usize]>),
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
                    Use::Proxies => chosen.extend(named_proxies(proxies, columns)?),
                    Use::Curve(prefix, until) => {
                        chosen.extend(of_curves((prefix.as_deref(), *until), columns, targets)?);
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
    if let (None, Some((curve, statistic))) = (index(columns), Curve::of_name(name)) {
        return of_curve(curve, statistic, columns);
    }
    let source = index(columns).map(|index| Source::Column(index, proxies.contains(name)));
    let feature = || index(features?.names()).map(Source::Feature);
    let absent = || is_absent_label(name, columns).then_some(Source::Zero);
    source.or_else(feature).or_else(absent).ok_or_else(|| Error::Predictor {
        name: name.clone(),
        columns: clip_list(columns),
        asked_by: if is_of_a_family(name) { AskedBy::Model } else { AskedBy::Columns },
    })
}

/// The proxies that are named, all of which are in the table.
fn named_proxies(proxies: &[String], columns: &[String]) -> Result<Vec<(String, Source)>, Error> {
    let source = |name: &String| {
        let place = columns.iter().position(|column| column == name);
        let absent = || Error::Predictor {
            name: name.clone(),
            columns: clip_list(columns),
            asked_by: AskedBy::Columns,
        };
        Ok((name.clone(), Source::Column(place.ok_or_else(absent)?, true)))
    };
    proxies.iter().map(source).collect()
}

/// The features of the curve that is meant.
fn of_curves(
    asked: (Option<&str>, Option<u32>),
    columns: &[String],
    targets: &[String],
) -> Result<Vec<(String, Source)>, Error> {
    let curve = meant_curve(asked, columns, targets)?;
    let of = |statistic| Ok((curve.name(statistic), of_curve(curve.clone(), statistic, columns)?));
    (0..STATISTICS.len()).map(of).collect()
}

/// A statistic of a curve, whose columns are all in the table.
fn of_curve(curve: Curve, statistic: usize, columns: &[String]) -> Result<Source, Error> {
    let place = |name: String| {
        let place = columns.iter().position(|column| *column == name);
        let asked_by = AskedBy::Columns;
        place.ok_or_else(|| Error::Predictor { name, columns: clip_list(columns), asked_by })
    };
    let places = curve.columns().into_iter().map(place).collect::<Result<_, _>>()?;
    Ok(Source::Curve(Arc::new(curve), statistic, places))
}

/// The curve that is meant: the named one, or that of the target, or the only one.
fn meant_curve(
    (prefix, until): (Option<&str>, Option<u32>),
    columns: &[String],
    targets: &[String],
) -> Result<Curve, Error> {
    let mut found = curves(columns, targets);
    let prefixes = || curves(columns, targets).iter().map(|one| one.prefix().to_owned()).collect();
    let fault = |several: Vec<String>| Error::Curve {
        asked: prefix.map(str::to_owned),
        until,
        found: several,
        columns: clip_list(columns),
    };
    let is_named = |curve: &Curve| {
        prefix.is_none_or(|prefix| {
            curve.prefix().trim_end_matches(['_', '@']) == prefix.trim_end_matches(['_', '@'])
        })
    };
    found.retain(is_named);
    if prefix.is_none() && found.iter().any(Curve::has_target) {
        found.retain(Curve::has_target);
    }
    match (found.pop(), found.is_empty()) {
        (Some(curve), true) => {
            curve.up_to(until.unwrap_or(u32::MAX)).ok_or_else(|| fault(prefixes()))
        }
        _ => Err(fault(prefixes())),
    }
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
