//! The predictor that is asked for, and its parameters.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::Value;

use super::Failure;
use crate::predictor::forest::{MaxFeatures, MaxSamples};
use crate::predictor::{FitError, Kind, Learner, PREDICTORS, Parameters, by_name};

/// The parameters of predictors, under the names of scikit-learn and XGBoost.
#[derive(Debug, Args)]
#[command(next_help_heading = "Predictor")]
pub(super) struct PredictorArgs {
    /// forest, extra-trees: how many trees [default: 100]
    #[arg(long, value_name = "N")]
    trees: Option<usize>,
    /// forest, extra-trees, boost: the most splits on the way to a leaf [default: no limit; 5 for
    /// boost]
    #[arg(long, value_name = "N")]
    max_depth: Option<usize>,
    /// forest, extra-trees: a node with fewer rows is not split [default: 2]
    #[arg(long, value_name = "ROWS")]
    min_samples_split: Option<usize>,
    /// forest, extra-trees, boost: a leaf has at least so many rows [default: 1]
    #[arg(long, value_name = "ROWS")]
    min_samples_leaf: Option<usize>,
    /// forest, extra-trees: columns tried at a node: all, a number, a fraction such as 0.3, sqrt or
    /// log2 [default: all]
    #[arg(long, value_name = "N", value_parser = parse_max_features)]
    max_features: Option<MaxFeatures>,
    /// forest, extra-trees: rows drawn for a tree: all, a number or a fraction [default: all]
    #[arg(long, value_name = "N", value_parser = parse_max_samples)]
    max_samples: Option<MaxSamples>,
    /// forest, extra-trees: grow each tree on rows drawn with replacement [default: true for
    /// forest]
    #[arg(long, value_name = "BOOL")]
    bootstrap: Option<bool>,
    /// boost: how many trees, one after the other [default: 500]
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// boost: how much of each tree is added [default: 0.05]
    #[arg(long, value_name = "X", value_parser = parse_number)]
    learning_rate: Option<f64>,
    /// boost: the share of the rows that a tree is grown on [default: 0.8]
    #[arg(long, value_name = "SHARE", value_parser = parse_number)]
    subsample: Option<f64>,
    /// boost: the share of the columns that a tree looks at [default: a third]
    #[arg(long, value_name = "SHARE", value_parser = parse_number)]
    columns_per_tree: Option<f64>,
    /// boost: the share of these that is tried at a node [default: all]
    #[arg(long, value_name = "SHARE", value_parser = parse_number)]
    columns_per_node: Option<f64>,
    /// boost: what is added to the rows of a leaf, which draws it to zero [default: 1]
    #[arg(long, value_name = "X", value_parser = parse_number)]
    l2: Option<f64>,
    /// boost: let five folds of the training rows tell how many rounds are made
    #[arg(long)]
    early_stopping: bool,
}

/// How a predictor is named on the command line.
pub(super) fn names() -> PossibleValuesParser {
    PREDICTORS
        .map(|kind| clap::builder::PossibleValue::new(kind.name()).help(kind.summary()))
        .into()
}

fn parse_number(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "not a number".to_owned())
}

fn parse_max_features(text: &str) -> Result<MaxFeatures, String> {
    match text {
        "all" => Ok(MaxFeatures::All),
        "sqrt" => Ok(MaxFeatures::Sqrt),
        "log2" => Ok(MaxFeatures::Log2),
        _ => parse_amount(text, MaxFeatures::Count, MaxFeatures::Fraction),
    }
}

fn parse_max_samples(text: &str) -> Result<MaxSamples, String> {
    if text == "all" {
        return Ok(MaxSamples::All);
    }
    parse_amount(text, MaxSamples::Count, MaxSamples::Fraction)
}

/// A whole number is a count, one with a point a fraction, as in scikit-learn.
fn parse_amount<T>(text: &str, count: fn(usize) -> T, fraction: fn(f64) -> T) -> Result<T, String> {
    let number = text.parse().map(count).ok();
    let number = number.or_else(|| parse_number(text).map(fraction).ok());
    number.ok_or_else(|| "neither a number nor one of the words".to_owned())
}

impl PredictorArgs {
    /// The learners of some predictors, which all take every parameter that is given, or, of those
    /// that are given, the ones that they have, if each has one among the predictors.
    pub fn learners(&self, names: &[String]) -> Result<Vec<Box<dyn Learner>>, Failure> {
        let given = self.given();
        let mut defaults: Vec<(&dyn Kind, Box<dyn Learner>)> = Vec::new();
        for kind in names.iter().filter_map(|name| by_name(name)) {
            defaults.push((kind, kind.learner(&Parameters::new()).map_err(told)?));
        }
        for name in given.keys() {
            if !defaults.iter().any(|(_, learner)| learner.parameters().contains_key(name)) {
                let flag = flag(name);
                let predictors = names.join(", ");
                return Err(Failure::Usage(format!(
                    "{flag}: no parameter of --predictor {predictors}; leave it out"
                )));
            }
        }
        let learners = defaults.into_iter().map(|(kind, learner)| {
            let own = learner.parameters();
            let given = given.iter().filter(|(name, _)| own.contains_key(*name));
            kind.learner(&given.map(|(name, value)| (name.clone(), value.clone())).collect())
        });
        learners.collect::<Result<_, _>>().map_err(told)
    }

    /// The parameters that are given, by name.
    fn given(&self) -> Parameters {
        let json = |value: Result<Value, serde_json::Error>| value.ok();
        let early_stopping = self.early_stopping.then_some(Value::Bool(true));
        let all = [
            ("trees", self.trees.map(Value::from)),
            ("max_depth", self.max_depth.map(Value::from)),
            ("min_samples_split", self.min_samples_split.map(Value::from)),
            ("min_samples_leaf", self.min_samples_leaf.map(Value::from)),
            ("max_features", self.max_features.and_then(|v| json(serde_json::to_value(v)))),
            ("max_samples", self.max_samples.and_then(|v| json(serde_json::to_value(v)))),
            ("bootstrap", self.bootstrap.map(Value::from)),
            ("rounds", self.rounds.map(Value::from)),
            ("learning_rate", self.learning_rate.map(Value::from)),
            ("subsample", self.subsample.map(Value::from)),
            ("columns_per_tree", self.columns_per_tree.map(Value::from)),
            ("columns_per_node", self.columns_per_node.map(Value::from)),
            ("l2", self.l2.map(Value::from)),
            ("early_stopping", early_stopping),
        ];
        let given = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        given.collect()
    }
}

/// The flag of a parameter.
fn flag(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

/// What is wrong with a parameter, by its flag.
fn told(error: FitError) -> Failure {
    match error {
        FitError::Parameter { name, value, expected } => {
            Failure::Usage(format!("{} {value}: must be {expected}", flag(name)))
        }
        other => Failure::Usage(other.to_string()),
    }
}
