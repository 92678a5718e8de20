//! `graf fit`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::features::FeatureArgs;
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::{Common, Failure, model};
use crate::pipeline::{Fit, Fitted, Missing, Use, Wanted, fit};
use crate::predictor::forest::{Forest, ForestParams, MaxFeatures, MaxSamples};
use crate::table::Input;

/// Fit a predictor on networks whose performance is known
///
/// Takes dumps (features are computed on the way) or tables that graf featurize has written (their
/// columns are used as they are). Only the columns that --use names predict.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf -o cs.graf
  graf fit train.csv --target val_accs --use graf,proxies --join proxies.csv --missing median -o m.graf")]
pub(super) struct FitArgs {
    /// Tables of networks, or - for standard input
    #[arg(required = true)]
    inputs: Vec<Input>,
    /// Write the model here
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// The column to predict; repeat it for several at once
    #[arg(long, required = true, value_name = "COLUMN")]
    target: Vec<String>,
    /// What predicts: graf, proxies, a feature family such as one-hot, column:NAME with * for any
    /// text; several with commas
    #[arg(long = "use", value_name = "GROUPS", value_delimiter = ',', default_value = "graf")]
    uses: Vec<Use>,
    /// The columns that are proxies [default: those of NAS-Bench-Suite-Zero that are there]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    #[command(flatten)]
    learn: LearnArgs,
    /// The predictor
    #[arg(long, value_name = "PREDICTOR", default_value = "forest")]
    predictor: Predictor,
    /// The seed; the same one gives the same model
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    forest: ForestArgs,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// How the numbers of a table are found.
#[derive(Debug, Args)]
pub(super) struct LearnArgs {
    /// Add the columns of this table, matched by network; may be repeated
    #[arg(long, value_name = "FILE")]
    pub join: Vec<Input>,
    /// What to do with missing values, and proxies of -1e8 [default: error]
    #[arg(long, value_name = "POLICY")]
    pub missing: Option<MissingArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum MissingArg {
    /// Stop with an error
    Error,
    /// Put the median of the training rows there; rows without a target are left out
    Median,
    /// Leave the row out
    Drop,
}

impl LearnArgs {
    pub fn policy(&self) -> Option<Missing> {
        self.missing.map(|policy| match policy {
            MissingArg::Error => Missing::Error,
            MissingArg::Median => Missing::Median,
            MissingArg::Drop => Missing::Drop,
        })
    }
}

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

pub(super) fn run(args: &FitArgs, common: &Common) -> Result<(), Failure> {
    if args.output.as_os_str() == "-" {
        return Err(Failure::Usage("--output needs the name of a file for the model".to_owned()));
    }
    one_stdin(args.inputs.iter().chain(&args.learn.join))?;
    let written = Some(args.output.as_path());
    let read = || args.inputs.iter().chain(&args.learn.join).map(Input::path);
    distinct(("--output", written), read().chain([args.read.rejects()]))?;
    distinct(("--rejects", args.read.rejects()), read())?;
    let options = Fit {
        wanted: Wanted {
            read: args.read.read_options(),
            networks: args.read.networks()?,
            joins: args.learn.join.clone(),
            features: args.features.config()?,
            missing: args.learn.policy(),
            ..Wanted::default()
        },
        uses: args.uses.clone(),
        proxies: args.proxies.clone(),
        targets: args.target.clone(),
        forest: args.forest.params(args.predictor).seed(args.seed),
    };
    let fitted = fit(&args.inputs, &options)?;
    model::write(&fitted.model, &args.output)?;
    if !common.quiet {
        summarize(&fitted)?;
    }
    Ok(())
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

/// Columns named in the summary.
const TOP: usize = 5;

fn summarize(fitted: &Fitted) -> io::Result<()> {
    let header = &fitted.model.header;
    let mut out = io::stderr().lock();
    let rows = counted(header.rows as u64, "row");
    let columns = counted(header.columns.len() as u64, "column");
    writeln!(out, "graf: fitted {} on {rows}, {columns}", header.targets.join(", "))?;
    for note in notes(&fitted.aside) {
        writeln!(out, "  {note}")?;
    }
    if fitted.isomorphic > 0 {
        let networks = counted(fitted.isomorphic, "network");
        let but = match &header.out_of_bag {
            Some(_) => ": what is measured out of bag is better than it would be on new ones",
            None => "",
        };
        writeln!(out, "  {networks} isomorphic to others of the table{but}")?;
    }
    if fitted.doubled > 0 {
        let networks = counted(fitted.doubled, "network");
        writeln!(out, "  {networks} more than once in a joined table (the first counts)")?;
    }
    if let Some(bag) = &header.out_of_bag {
        let number = |value: Option<f64>| value.map_or("none".to_owned(), |v| format!("{v:.3}"));
        let r2 = number(bag.r2);
        if let [tau] = bag.kendall_tau[..] {
            writeln!(out, "  out of bag: Kendall tau {}, R² {r2}", number(tau))?;
        } else {
            writeln!(out, "  out of bag: R² {r2}, averaged over the targets; Kendall tau")?;
            for (tau, target) in bag.kendall_tau.iter().zip(&header.targets) {
                writeln!(out, "    {}  {target}", number(*tau))?;
            }
        }
    }
    let mut order: Vec<_> = header.importances.iter().zip(&header.columns).collect();
    order.sort_by(|one, other| other.0.total_cmp(one.0));
    writeln!(out, "  most important:")?;
    for (importance, column) in order.into_iter().take(TOP) {
        writeln!(out, "    {importance:.3}  {column}")?;
    }
    Ok(())
}
