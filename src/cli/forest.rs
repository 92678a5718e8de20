//! The predictors, and the parameters of a forest.

use clap::{Args, ValueEnum};

use crate::predictor::forest::{Forest, ForestParams, MaxFeatures, MaxSamples};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Predictor {
    /// A random forest, with scikit-learn's defaults
    Forest,
    /// Extremely randomized trees, with scikit-learn's defaults
    ExtraTrees,
}

/// The parameters of a forest, under scikit-learn's names.
#[derive(Debug, Args)]
#[command(next_help_heading = "Forest")]
pub(super) struct ForestArgs {
    /// How many trees
    #[arg(long, default_value_t = 100)]
    trees: usize,
    /// The most splits on the way to a leaf [default: no limit]
    #[arg(long, value_name = "N")]
    max_depth: Option<usize>,
    /// A node with fewer rows is not split
    #[arg(long, value_name = "ROWS", default_value_t = 2)]
    min_samples_split: usize,
    /// A leaf has at least so many rows
    #[arg(long, value_name = "ROWS", default_value_t = 1)]
    min_samples_leaf: usize,
    /// Columns tried at a node: all, a number, a fraction such as 0.3, sqrt or log2
    #[arg(long, value_name = "N", default_value = "all", value_parser = parse_max_features)]
    max_features: MaxFeatures,
    /// Rows drawn for a tree: all, a number or a fraction
    #[arg(long, value_name = "N", default_value = "all", value_parser = parse_max_samples)]
    max_samples: MaxSamples,
    /// Grow each tree on rows drawn with replacement [default: true for forest]
    #[arg(long, value_name = "BOOL")]
    bootstrap: Option<bool>,
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
    let number = number.or_else(|| text.parse().map(fraction).ok());
    number.ok_or_else(|| "neither a number nor one of the words".to_owned())
}

impl Predictor {
    /// As it is written after --predictor.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl ForestArgs {
    /// The parameters of a predictor, but for its seed.
    pub fn params(&self, predictor: Predictor) -> ForestParams {
        let params = match predictor {
            Predictor::Forest => Forest::params(),
            Predictor::ExtraTrees => Forest::extra_trees(),
        };
        let params = match self.bootstrap {
            Some(bootstrap) => params.bootstrap(bootstrap),
            None => params,
        };
        params
            .trees(self.trees)
            .max_depth(self.max_depth)
            .min_samples_split(self.min_samples_split)
            .min_samples_leaf(self.min_samples_leaf)
            .max_features(self.max_features)
            .max_samples(self.max_samples)
    }
}
