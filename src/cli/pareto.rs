//! `graf pareto`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};

use super::device::DeviceArgs;
use super::direction::DirectionArgs;
use super::featurize::parse_keep;
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::list::{self, ReportFormat};
use super::result::rounded;
use super::{Common, Failure, model};
use crate::dataset::{Keep, Request};
use crate::features::FeatureConfig;
use crate::jobs::{FrontNetwork, Pareto, ParetoSummary, pareto};
use crate::metrics::Direction;
use crate::table::{self, Input, Output};

/// Find the networks that no other one beats in all objectives
///
/// Writes the Pareto front, the best by the first objective first (those to maximize come before those to minimize), and
/// the hypervolume that it dominates. Networks with
/// equal values are all kept; the column equal says how many others have the values of a network.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf pareto data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --maximize cora_valid_perf --minimize cora_latency",
    after_long_help = "\
More examples:
  graf pareto pool.csv --maximize acc --minimize flops --predict-with acc.graf \\
      -o front.csv
  graf pareto nets.csv --join hw.csv --maximize acc --minimize edgegpu_latency \\
      --reference acc=80,edgegpu_latency=10 --output-format json"
)]
pub(super) struct ParetoArgs {
    /// Table of networks, or - for standard input
    input: Input,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Model that predicts an objective; repeatable
    ///
    /// Objectives with the name of one of its targets are predicted, also if the table has them. Others are columns of the table
    /// or features, such as flops.
    #[arg(long, value_name = "MODEL")]
    predict_with: Vec<PathBuf>,
    /// Values from which the hypervolume is measured, such as acc=80,latency=10 [default: the worst]
    #[arg(long, value_name = "VALUES", value_delimiter = ',', value_parser = parse_reference)]
    reference: Vec<(String, f64)>,
    /// Write the front to this file as well
    #[arg(short, long, value_name = "FILE")]
    output: Option<Output>,
    /// Input columns to write: all, none or names [default: the encoding]
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
    #[command(flatten)]
    device: DeviceArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

fn parse_reference(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.rsplit_once('=').ok_or("write it as OBJECTIVE=VALUE")?;
    match value.trim().parse() {
        Ok(value) if f64::is_finite(value) => Ok((name.trim().to_owned(), value)),
        _ => Err(format!("`{value}` is not a finite number")),
    }
}

pub(super) fn run(args: &ParetoArgs, common: &Common) -> Result<(), Failure> {
    one_stdin(std::iter::once(&args.input).chain(&args.learn.join))?;
    let read = || {
        let tables = std::iter::once(&args.input).chain(&args.learn.join).map(Input::path);
        tables.chain(args.predict_with.iter().map(|file| Some(file.as_path())))
    };
    distinct(("--rejects", args.read.rejects()), read())?;
    distinct(("--output", args.output.as_ref().and_then(Output::path)), read())?;
    if args.output.as_ref().is_some_and(|output| output.path().is_none()) {
        return Err(Failure::Usage(
            "--output needs the name of a file; the front is on standard output anyway".to_owned(),
        ));
    }
    let model = |file: &PathBuf| Ok((file.display().to_string(), Arc::new(model::read(file)?)));
    let mut objectives = args.directions.objectives(&[])?;
    // Accuracies first, then what they cost.
    objectives.sort_by_key(|one| one.stated == Some(Direction::Minimize));
    let features = FeatureConfig { device: args.device.device, ..FeatureConfig::default() };
    let options = Pareto {
        request: Request { features, ..args.learn.request(&args.read)? },
        objectives,
        models: args.predict_with.iter().map(model).collect::<Result<_, Failure>>()?,
        reference: args.reference.clone(),
        keep: args.keep.clone(),
        output: args.output.clone(),
    };
    let found = pareto(&args.input, &options)?;
    if !common.quiet {
        summarize(&found)?;
    }
    let columns = found.columns();
    let header = [&found.kept[..], &columns[..]].concat();
    let rows: Vec<_> = found.front.iter().map(|network| row(network, args.output_format)).collect();
    let json = as_json(&found);
    Ok(list::write_rows(args.output_format, &json, &header, &rows, io::stdout().lock())?)
}

/// A network of the front; with every digit for a script.
fn row(network: &FrontNetwork, format: ReportFormat) -> Vec<String> {
    let number = |value: &f64| match format {
        ReportFormat::Csv => value.to_string(),
        _ => rounded(&value.to_string()),
    };
    let kept = network.kept.iter().map(|value| value.text().into_owned());
    kept.chain(network.values.iter().map(number)).chain([network.equal.to_string()]).collect()
}

fn summarize(found: &ParetoSummary) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let networks = counted(found.networks as u64, "network");
    let front = found.front.len();
    let references = found.objectives.iter().map(|one| {
        format!("{} {} from {}", one.direction, table::clip(&one.column), one.reference)
    });
    let references = references.collect::<Vec<_>>().join(", ");
    writeln!(out, "graf: {front} of {networks} are on the Pareto front")?;
    let hypervolume = match found.hypervolume {
        Some(volume) => format!("hypervolume {volume} ({references})"),
        None => "no hypervolume: there are too many objectives or networks for it".to_owned(),
    };
    writeln!(out, "  {hypervolume}")?;
    if found.beyond > 0 {
        let beyond = found.beyond;
        writeln!(out, "  {beyond} of the front worse than the reference, which add nothing to it")?;
    }
    let equal = found.front.iter().filter(|network| network.equal > 0).count();
    if equal > 0 {
        writeln!(out, "  {equal} of the front have the same values as another one")?;
    }
    for note in notes(&found.aside) {
        writeln!(out, "  {note}")?;
    }
    Ok(())
}

fn as_json(found: &ParetoSummary) -> Value {
    let objective = |one: &crate::jobs::ParetoObjective| json!({"column": one.column, "direction": one.direction, "reference": one.reference});
    let network = |network: &FrontNetwork| {
        let kept = found.kept.iter().cloned().zip(network.kept.iter().map(json_value));
        let values = network.values.iter().map(|value| json!(value));
        let numbers = values.chain([json!(network.equal)]);
        kept.chain(found.columns().into_iter().zip(numbers)).collect::<Map<_, _>>()
    };
    json!({
        "objectives": found.objectives.iter().map(objective).collect::<Vec<_>>(),
        "networks": found.networks,
        "hypervolume": found.hypervolume,
        "front": found.front.iter().map(network).collect::<Vec<_>>(),
    })
}

/// A field as the input had it.
fn json_value(value: &table::Value) -> Value {
    match value {
        table::Value::Missing => Value::Null,
        table::Value::Text(text) => json!(text),
        table::Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        table::Value::Integer(integer) => json!(integer),
        table::Value::Number(number) => json!(number),
    }
}
