//! Names of registered things as people write them: the other words of the field, and misspelt ones.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::dataset::Use;
use crate::experiment::Choose;
use crate::features::{self, FAMILIES, Family, PLUS, RECIPE, family_by_name};
use crate::metrics::{self, METRICS, Metric};
use crate::predictor::{self, PREDICTORS};
use crate::ranking::{AGGREGATES, Aggregate};
use crate::space::{self, BUNDLED, SPACES, SearchSpace, SpaceError};
use crate::suggest::{self, STRATEGIES, Strategy};

/// Names that are nearer than this are suggested, as by clap: from 0, unlike, to 1, equal.
const NEAR: f64 = 0.7;

/// The registered name that a word stands for, or the word itself.
fn canonical<'a>(word: &'a str, aliases: &[(&'static str, &'static str)]) -> &'a str {
    aliases.iter().find(|(alias, _)| *alias == word).map_or(word, |(_, name)| name)
}

/// `; did you mean …?` with the name that is most like a word; nothing if none is like it.
fn did_you_mean<'a>(
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
    aliases: &[(&'static str, &'static str)],
) -> String {
    let word = word.to_lowercase();
    let names = names.into_iter().map(|name| (name, name)).chain(aliases.iter().copied());
    let near = names.map(|(written, name)| (strsim::jaro(&word, written), name));
    let near = near.filter(|(likeness, _)| *likeness > NEAR);
    // Of equally similar names the first.
    let nearest = near.reduce(|best, other| if other.0 > best.0 { other } else { best });
    nearest.map_or_else(String::new, |(_, name)| format!("; did you mean {name}?"))
}

/// Reads names that help lists.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    values: Vec<PossibleValue>,
    /// Gives the registered name.
    read: fn(&str) -> Result<String, String>,
}

impl TypedValueParser for Listed {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let read = self.read;
        StringValueParser::new().try_map(move |word| read(&word)).parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.values.iter().cloned()))
    }
}

/// The name among `names` that a word stands for.
fn one_of(
    what: &str,
    word: &str,
    names: &[&'static str],
    aliases: &[(&'static str, &'static str)],
) -> Result<String, String> {
    let name = canonical(word, aliases);
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    let hint = did_you_mean(word, names.iter().copied(), aliases);
    Err(format!("no such {what}; choose from {}{hint}", names.join(", ")))
}

/// Predictors by name.
pub(super) fn predictors() -> Listed {
    let values = PREDICTORS.each_ref().map(|kind| PossibleValue::new(kind.name).help(kind.summary));
    Listed { values: values.into(), read: parse_predictor }
}

fn parse_predictor(word: &str) -> Result<String, String> {
    if ["xgb", "xgboost"].contains(&word) {
        return Err("did you mean boost? It boosts trees as well, but it is not XGBoost".to_owned());
    }
    one_of("predictor", word, &PREDICTORS.each_ref().map(|kind| kind.name), &predictor::ALIASES)
}

/// Strategies of `graf suggest` by name.
pub(super) fn strategies() -> Listed {
    let values = STRATEGIES.iter().filter(|strategy| !strategy.needs_past).map(shown);
    Listed { values: values.collect(), read: parse_strategy }
}

fn shown(strategy: &Strategy) -> PossibleValue {
    PossibleValue::new(strategy.name).help(strategy.summary)
}

fn parse_strategy(word: &str) -> Result<String, String> {
    let names = STRATEGIES.iter().filter(|strategy| !strategy.needs_past);
    one_of("strategy", word, &names.map(|strategy| strategy.name).collect::<Vec<_>>(), &[])
}

/// Strategies of `graf search` by name.
pub(super) fn search_strategies() -> impl TypedValueParser<Value = &'static Strategy> {
    let values = STRATEGIES.iter().map(shown).collect();
    let read = |word: &str| {
        one_of("strategy", word, &STRATEGIES.each_ref().map(|strategy| strategy.name), &[])
    };
    Listed { values, read }.try_map(|name| suggest::by_name(&name).ok_or("no such strategy"))
}

/// Ways to choose training sets by name.
pub(super) fn choices() -> impl TypedValueParser<Value = Choose> {
    let values = Choose::names().map(PossibleValue::new).collect();
    Listed { values, read: parse_choice }.try_map(|name| name.parse::<Choose>())
}

fn parse_choice(word: &str) -> Result<String, String> {
    one_of("strategy", word, &Choose::names().collect::<Vec<_>>(), &[])
}

/// A search space, by name or file.
pub(super) fn parse_space(word: &str) -> Result<&'static dyn SearchSpace, String> {
    space::by_name_or_file(word).map_err(|error| {
        let hint = match error {
            SpaceError::Unknown { .. } => {
                let bundled = BUNDLED.iter().map(|(name, _)| *name);
                let names = SPACES.map(SearchSpace::name).into_iter().chain(bundled);
                did_you_mean(word, names, &space::ALIASES)
            }
            _ => String::new(),
        };
        format!("{error}{hint}")
    })
}

/// A family of features or `graf+`, by its own name.
pub(super) fn parse_family(word: &str) -> Result<String, String> {
    let word = word.trim();
    let name = canonical(word, &features::ALIASES);
    if name == PLUS {
        return Ok(name.to_owned());
    }
    family_by_name(name).map(|family| family.name().to_owned()).ok_or_else(|| {
        let names = FAMILIES.map(Family::name);
        let hint = did_you_mean(word, names.into_iter().chain([PLUS]), &features::ALIASES);
        format!("unknown feature family `{word}`; choose from {}{hint}", names.join(", "))
    })
}

/// A family of features by its own name, or the name of a column of one.
pub(super) fn parse_feature(word: &str) -> Result<String, String> {
    let word = word.trim();
    if FAMILIES.into_iter().any(|family| family.owns(word)) {
        return Ok(word.to_owned());
    }
    let name = canonical(word, &features::ALIASES);
    family_by_name(name).map(|family| family.name().to_owned()).ok_or_else(|| {
        let names = FAMILIES.map(Family::name);
        let hint = did_you_mean(word, names, &features::ALIASES);
        format!(
            "neither a family of features nor a column of one; the families are {}{hint}",
            names.join(", ")
        )
    })
}

/// A group of features.
pub(super) fn parse_use(word: &str) -> Result<Use, String> {
    let word = word.trim();
    canonical(word, &features::ALIASES).parse().map_err(|error| {
        let groups = ["graf", PLUS, "proxies"].into_iter().chain(FAMILIES.map(Family::name));
        format!("{error}{}", did_you_mean(word, groups, &features::ALIASES))
    })
}

/// What ranks networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ByArg {
    /// Columns or features.
    Columns(Use),
    /// A file with a model.
    Model(PathBuf),
}

/// What ranks networks: `model:FILE`, a group of columns, or a column or feature by its name.
pub(super) fn parse_by(word: &str) -> Result<ByArg, String> {
    let word = word.trim();
    if let Some(file) = word.strip_prefix("model:") {
        return if file.is_empty() {
            Err("name a file, as in model:m.graf".to_owned())
        } else {
            Ok(ByArg::Model(file.into()))
        };
    }
    let name = canonical(word, &features::ALIASES);
    if family_by_name(name).is_some_and(Family::is_learned) {
        return Err(format!(
            "the columns of {name} are learned from a training set; fit a model on them and name that, as in model:m.graf"
        ));
    }
    match name {
        "" => Err("name a column".to_owned()),
        RECIPE => Ok(ByArg::Columns(Use::Recipe(false))),
        "graf" | PLUS | "proxies" => name.parse().map(ByArg::Columns),
        _ if name.starts_with("column:") => parse_use(name).map(ByArg::Columns),
        _ => Ok(ByArg::Columns(Use::Named(name.to_owned()))),
    }
}

/// An aggregate of ranks by name; `None` for none of them.
pub(super) fn parse_aggregate(word: &str) -> Result<Option<&'static Aggregate>, String> {
    if word == NO_AGGREGATE {
        return Ok(None);
    }
    let names = AGGREGATES.each_ref().map(|one| one.name);
    let mut choice = names.to_vec();
    choice.push(NO_AGGREGATE);
    let name = one_of("aggregate", word, &choice, &[])?;
    Ok(AGGREGATES.iter().find(|one| one.name == name))
}

/// In place of aggregates: none.
pub(super) const NO_AGGREGATE: &str = "none";

/// A metric with its cut, if it has one.
pub(super) fn parse_metric(word: &str) -> Result<Metric, String> {
    word.parse().map_err(|error| {
        let forms = METRICS.each_ref().map(Metric::form);
        let hint = did_you_mean(word, forms.iter().map(String::as_str), &metrics::ALIASES);
        format!("{error}{hint}")
    })
}
