//! `graf explain`.

mod change;
mod shown;
mod truth;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use self::shown::Shown;
use super::direction::DirectionArgs;
use super::input::{ReadArgs, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::result::ResultArgs;
use super::{Common, Failure, model};
use crate::dataset::{Error, RowCounts};
use crate::jobs::{Explain, ExplainInput, explain, write_explanations, write_summary};
use crate::metrics::ObjectiveError;
use crate::model::{Grouping, Model};
use crate::table::Input;

/// Explain the predictions of a fitted model
///
/// A prediction is a base value, the same for all networks, plus a contribution of each feature. The
/// contributions are Shapley values; they add up to the prediction. Features that are nearly equal in the
/// training set share their contribution, so tables show groups of them by default.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      -o cs.graf
  graf explain cs.graf --network '0012:gcn|gat|skip|fc'",
    after_long_help = "\
More examples:
  graf explain cs.graf --network '0012:gcn|gat|skip|fc' --improve 2
  graf explain cs.graf --network '0012:gcn|gat|skip|fc' --changes --svg cell.svg
  graf explain cs.graf candidates.csv --output-format jsonl -o why.jsonl
  graf explain cs.graf candidates.csv --summary --by family -n 10
  graf explain cs.graf data/nas-bench-graph/nas-bench-graph.csv.gz --rules"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ExplainArgs {
    /// Model file
    model: PathBuf,
    /// Table of networks, or - for standard input
    #[arg(required_unless_present = "network")]
    input: Option<Input>,
    /// Explain this network: its encoding
    #[arg(long, value_name = "ENCODING", conflicts_with = "input")]
    network: Option<String>,
    /// Target to explain [default: all]
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Sum by column, group, family or operation
    ///
    /// By default tables for people show groups of columns that are nearly equal in the training set; other formats have
    /// each column.
    #[arg(long, value_name = "BY", hide_possible_values = true)]
    by: Option<ByArg>,
    /// Summarize over all networks
    ///
    /// The mean size of the contributions, their mean, and their direction: the rank correlation of value and contribution.
    /// With --repeats also how stable they are over training sets drawn from the table, which needs true values.
    #[arg(long)]
    summary: bool,
    /// List all single changes, best first
    ///
    /// An operation is replaced, or an edge moved, added or removed, with what that does to the prediction.
    #[arg(long, conflicts_with_all = ["summary", "by"])]
    changes: bool,
    /// List the best networks within N changes
    ///
    /// A beam search: the 32 best networks of each step are changed further.
    #[arg(long, value_name = "N", conflicts_with_all = ["summary", "by", "changes"], value_parser = clap::value_parser!(u8).range(1..=MOST_STEPS))]
    improve: Option<u8>,
    /// Measure how far tau falls for shuffled columns
    ///
    /// Kendall tau between predictions and true values, which the table must have. Networks of the training set are skipped.
    #[arg(long, conflicts_with_all = ["network", "summary"])]
    permutation: bool,
    /// With --permutation: how often columns are shuffled [default: 5]; with --summary: on how many training sets the predictor
    /// is fitted
    ///
    /// Training sets are drawn from the table, each as large as that of the model, at most half of the table.
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    repeats: Option<u16>,
    /// With --permutation or --repeats: random seed
    #[arg(long, hide_short_help = true, default_value_t = 0)]
    seed: u64,
    /// Describe the best quarter of the table by rules
    ///
    /// The best by true values; a shallow decision tree on the features separates them.
    #[arg(long, conflicts_with_all = ["network", "summary", "by", "permutation"])]
    rules: bool,
    /// Draw the network to this SVG file
    ///
    /// Each operation is coloured by the mean effect of replacing it.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Rows that tables for people show
    #[arg(short, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    #[command(flatten)]
    result: ResultArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// The most changes of a network.
const MOST_STEPS: i64 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ByArg {
    /// Each column by itself
    Column,
    /// Groups of columns that are nearly equal in the training set, named by the one with the shortest name
    Group,
    /// Families of features
    Family,
    /// Operations that the columns name; a column that names several is shared out equally
    Operation,
}

impl From<ByArg> for Grouping {
    fn from(by: ByArg) -> Self {
        match by {
            ByArg::Column => Grouping::Column,
            ByArg::Group => Grouping::Group,
            ByArg::Family => Grouping::Family,
            ByArg::Operation => Grouping::Operation,
        }
    }
}

pub(super) fn run(args: &ExplainArgs, common: &Common) -> Result<(), Failure> {
    run_as_asked(args, common).map_err(cured)
}

/// A failure with the cure that this command has, where it is not that of the others.
fn cured(failure: Failure) -> Failure {
    let Failure::Pipeline(error) = failure else { return failure };
    let cure = match &error {
        Error::Objective(ObjectiveError::Several { .. }) => {
            "; name the one to explain with --target"
        }
        Error::AllTraining { .. } => "",
        _ => return Failure::Pipeline(error),
    };
    Failure::Cured { error: Box::new(error), cure }
}

fn run_as_asked(args: &ExplainArgs, common: &Common) -> Result<(), Failure> {
    let joins = args.learn.join.iter();
    let read = joins.clone().chain(&args.input).map(Input::path);
    distinct(("--rejects", args.read.rejects()), read.chain([Some(args.model.as_path())]))?;
    one_stdin(args.input.iter().chain(joins))?;
    let model = match &args.input {
        Some(input) => model::read_before(&args.model, input)?,
        None => model::read(&args.model)?,
    };
    let about_one = args.changes || args.improve.is_some() || args.svg.is_some();
    if about_one && args.network.is_none() {
        return Err(Failure::Usage(
            "--changes, --improve and --svg are about one network; name it with --network instead of a table"
                .to_owned(),
        ));
    }
    let layout = args.result.layout()?;
    let written = [args.svg.as_deref(), args.result.output.path()];
    distinct(("--svg", written[0]), [written[1], Some(args.model.as_path())].into_iter())?;
    if let Some(network) = &args.network {
        change::run(args, &model, network, layout)?;
        if args.changes || args.improve.is_some() {
            return Ok(());
        }
    }
    if !args.directions.stated().is_empty() && args.svg.is_none() && !args.rules {
        return Err(Failure::Usage(
            "--minimize and --maximize say which networks are best; give --changes, --improve or --rules with them"
                .to_owned(),
        ));
    }
    if args.repeats.is_some() && !args.permutation && !args.summary {
        return Err(Failure::Usage("--repeats needs --permutation or --summary".to_owned()));
    }
    let repeated = args.summary && args.repeats.is_some();
    if repeated && args.network.is_some() {
        return Err(Failure::Usage(
            "--summary --repeats draws training sets from a table; name one instead of --network"
                .to_owned(),
        ));
    }
    if let (Some(input), true) = (&args.input, args.permutation || args.rules || repeated) {
        return truth::run(args, &model, input, layout, common);
    }
    let people = if model.header.groups.is_empty() { Grouping::Column } else { Grouping::Group };
    let options = Explain {
        request: args.learn.request(&args.read)?,
        target: args.target.clone(),
        by: args.by.map(Grouping::from).or(layout.map(|_| people)),
    };
    let source = match (&args.input, &args.network) {
        (Some(input), _) => ExplainInput::Table(input),
        (None, Some(network)) => ExplainInput::Network(network),
        (None, None) => return Err(Failure::Usage("name a table, or --network".to_owned())),
    };
    let aside = match (layout, args.summary) {
        (None, false) => args.result.write_data(|output, format| {
            write_explanations(&model, &source, &options, output, format)
        })?,
        (None, true) => args.result.write_data(|output, format| {
            write_summary(&model, &source, &options, output, format)
        })?,
        (Some(layout), true) => args.result.write_shown(layout, |output, format| {
            write_summary(&model, &source, &options, output, format)
        })?,
        (Some(layout), false) => shown(&model, &source, &options, Shown { layout, most: args.n })?,
    };
    if !common.quiet {
        let notes = notes(&aside);
        if !notes.is_empty() {
            writeln!(io::stderr().lock(), "graf: {}", notes.join("; "))?;
        }
    }
    Ok(())
}

/// Shows each explanation to a person.
fn shown(
    model: &Model,
    source: &ExplainInput,
    options: &Explain,
    shown: Shown,
) -> Result<RowCounts, Failure> {
    let mut text = String::new();
    let aside = explain(model, source, options, &mut |parts, found| {
        for one in found {
            if !text.is_empty() {
                text.push('\n');
            }
            text += &shown.text(parts, &one);
        }
        Ok(())
    })?;
    write!(io::stdout().lock(), "{text}")?;
    Ok(aside)
}
