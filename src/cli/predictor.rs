//! The predictor that is asked for, and its parameters.

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::Failure;
use crate::predictor::forest::{MaxFeatures, MaxSamples};
use crate::predictor::{FitError, Learner, Parameters, by_name};

/// The parameters of predictors, under the names of scikit-learn and XGBoost.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "Predictor parameters")]
pub(super) struct PredictorArgs {
    /// Number of trees (forest, extra-trees) [default: 100]
    #[arg(long, hide_short_help = true, value_name = "N")]
    trees: Option<usize>,
    /// Maximum depth of a tree (forest, extra-trees, boost) [default: unlimited; 5 for boost]
    #[arg(long, hide_short_help = true, value_name = "N")]
    max_depth: Option<usize>,
    /// Minimum number of rows to split a node (forest, extra-trees) [default: 2]
    #[arg(long, hide_short_help = true, value_name = "ROWS")]
    min_samples_split: Option<usize>,
    /// Minimum number of rows per leaf (forest, extra-trees, boost) [default: 1]
    #[arg(long, hide_short_help = true, value_name = "ROWS")]
    min_samples_leaf: Option<usize>,
    /// Features tried per node (forest, extra-trees): all, a number, a fraction such as 0.3, sqrt or log2
    /// [default: all]
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = parse_max_features)]
    max_features: Option<MaxFeatures>,
    /// Rows drawn per tree (forest, extra-trees): all, a number or a fraction [default: all]
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = parse_max_samples)]
    max_samples: Option<MaxSamples>,
    /// Draw the rows of each tree with replacement (forest, extra-trees) [default: true for forest]
    #[arg(long, hide_short_help = true, value_name = "BOOL")]
    bootstrap: Option<bool>,
    /// Number of trees, fitted one after the other (boost) [default: 500]
    #[arg(long, hide_short_help = true, value_name = "N")]
    rounds: Option<usize>,
    /// Factor that shrinks each tree (boost) [default: 0.05]
    #[arg(long, hide_short_help = true, value_name = "X", value_parser = parse_number)]
    learning_rate: Option<f64>,
    /// Fraction of the rows drawn per tree (boost) [default: 0.8]
    #[arg(long, hide_short_help = true, value_name = "FRACTION", value_parser = parse_number)]
    subsample: Option<f64>,
    /// Fraction of the features drawn per tree (boost) [default: a third]
    #[arg(long, hide_short_help = true, value_name = "FRACTION", value_parser = parse_number)]
    columns_per_tree: Option<f64>,
    /// Fraction of the features of a tree drawn per node (boost) [default: all]
    #[arg(long, hide_short_help = true, value_name = "FRACTION", value_parser = parse_number)]
    columns_per_node: Option<f64>,
    /// L2 regularization of the leaf values (boost) [default: 1]
    #[arg(long, hide_short_help = true, value_name = "X", value_parser = parse_number)]
    l2: Option<f64>,
    /// Choose the number of rounds by five-fold cross-validation on the training set (boost)
    #[arg(long, hide_short_help = true)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    early_stopping: bool,
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
    /// The learners of some predictors. Each takes those of the parameters that are given which it
    /// has; one that none of them has is refused.
    pub fn learners(&self, names: &[String]) -> Result<Vec<Box<dyn Learner>>, Failure> {
        let given = self.given()?;
        let mut is_taken = vec![false; given.len()];
        let mut learners = Vec::new();
        for kind in names.iter().filter_map(|name| by_name(name)) {
            let own = kind.learner(&Parameters::new()).map_err(told)?.parameters();
            let mut taken = Parameters::new();
            for ((name, value), is_taken) in given.iter().zip(&mut is_taken) {
                if own.contains_key(name) {
                    taken.insert(name.clone(), value.clone());
                    *is_taken = true;
                }
            }
            learners.push(kind.learner(&taken).map_err(told)?);
        }
        match given.keys().zip(is_taken).find(|(_, is_taken)| !is_taken) {
            None => Ok(learners),
            Some((name, _)) => Err(Failure::Usage(format!(
                "{}: no parameter of --predictor {}; leave it out",
                flag(name),
                names.join(", ")
            ))),
        }
    }

    /// The parameters that are given, by name: the fields with a value.
    fn given(&self) -> Result<Parameters, Failure> {
        let mut all = match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            Ok(_) => Parameters::new(),
            Err(error) => return Err(Failure::Usage(error.to_string())),
        };
        all.retain(|_, value| !value.is_null());
        Ok(all)
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
