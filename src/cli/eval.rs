//! `graf eval`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use super::direction::DirectionArgs;
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::list::{self, ReportFormat};
use super::{Common, Failure, model};
use crate::dataset::Missing;
use crate::jobs::{Evaluation, Measured, evaluate, evaluate_column};
use crate::metrics::{METRICS, Metric};
use crate::table::{Input, clip};

/// Evaluate a fitted model on networks with known performance
///
/// Reports correlations, errors, and the quality of the predicted best networks, in the direction of
/// the target. A metric that is undefined, such as a correlation with a constant, is empty, or null in
/// JSON. Rows of networks in the training set are skipped. With --prediction a column is evaluated in place
/// of a model.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  zcat data/nas-bench-graph/nas-bench-graph.csv.gz | head -n 401 > train.csv
  graf fit train.csv --target cs_valid_perf -o some.graf
  graf eval some.graf data/nas-bench-graph/nas-bench-graph.csv.gz",
    after_long_help = "\
More examples:
  graf eval some.graf data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --target cs_perf --output-format markdown
  graf eval m.graf test.csv --group-by dataset --output-format json
  graf eval proxies.csv --prediction synflow --target acc"
)]
pub(super) struct EvalArgs {
    /// Model file; with --prediction the table
    model: PathBuf,
    /// Table with the targets of the model, or - for standard input
    #[arg(required_unless_present = "prediction", conflicts_with = "prediction")]
    input: Option<Input>,
    /// Evaluate this column, or this feature, in place of a model
    ///
    /// For example a zero-cost proxy. The table is then named alone, and --target is needed.
    #[arg(long, value_name = "COLUMN", requires = "target")]
    prediction: Option<String>,
    /// Column with the true values, if its name is not that of the target; repeatable
    ///
    /// With several targets, in the order of the model.
    #[arg(long, value_name = "COLUMN")]
    target: Vec<String>,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Evaluate the rows of each value of this column separately
    #[arg(long, value_name = "COLUMN")]
    group_by: Option<String>,
    /// Do not skip networks of the training set
    #[arg(long)]
    include_training: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn run(args: &EvalArgs, common: &Common) -> Result<(), Failure> {
    let measured = match (&args.input, &args.prediction) {
        (Some(input), _) => of_model(args, input)?,
        (None, Some(prediction)) => of_column(args, prediction)?,
        (None, None) => return Err(Failure::Usage("name a model and a table".to_owned())),
    };
    if !common.quiet {
        let mut out = io::stderr().lock();
        for note in of_training(measured.left_out).into_iter().chain(notes(&measured.aside)) {
            writeln!(out, "graf: {note}")?;
        }
        for left_out in left_out(&measured.evaluations) {
            writeln!(out, "graf: {left_out}")?;
        }
    }
    let found = measured.evaluations;
    let rows = found.iter().flat_map(|evaluation| {
        evaluation.metrics.iter().map(|(metric, value)| {
            let number = if value.is_nan() { String::new() } else { format!("{value:.4}") };
            let group = evaluation.group.clone().unwrap_or_default();
            let rows = evaluation.rows.to_string();
            [evaluation.target.clone(), group, rows, metric.to_string(), number]
        })
    });
    // One target is an object; several, and groups however many, are a list.
    let json = match found.as_slice() {
        [one] if args.group_by.is_none() => as_json(one, measured.left_out),
        several => several.iter().map(|one| as_json(one, measured.left_out)).collect(),
    };
    let header = ["target", "group", "rows", "metric", "value"];
    Ok(list::write(args.output_format, &json, header, rows, io::stdout().lock())?)
}

fn of_model(args: &EvalArgs, input: &Input) -> Result<Measured, Failure> {
    let read =
        args.learn.join.iter().map(Input::path).chain([input.path(), Some(args.model.as_path())]);
    distinct(("--rejects", args.read.rejects()), read)?;
    one_stdin(std::iter::once(input).chain(&args.learn.join))?;
    let model = model::read_before(&args.model, input)?;
    let request = args.learn.request(&args.read)?;
    let targets = (!args.target.is_empty()).then_some(args.target.as_slice());
    let group_by = args.group_by.as_deref();
    let stated = args.directions.stated();
    let include = args.include_training;
    Ok(evaluate(&model, input, &request, targets, group_by, &stated, include)?)
}

fn of_column(args: &EvalArgs, prediction: &str) -> Result<Measured, Failure> {
    let input = Input::from(args.model.clone().into_os_string());
    let [target] = args.target.as_slice() else {
        return Err(Failure::Usage("--prediction is of one target; name one".to_owned()));
    };
    if target == prediction {
        return Err(Failure::Usage(format!(
            "--prediction and --target are the same column, {}",
            clip(target)
        )));
    }
    let read = args.learn.join.iter().map(Input::path).chain([input.path()]);
    distinct(("--rejects", args.read.rejects()), read)?;
    one_stdin(std::iter::once(&input).chain(&args.learn.join))?;
    let request = args.learn.request(&args.read)?;
    if request.missing == Some(Missing::Median) {
        return Err(Failure::Usage(
            "--missing median takes the medians of the training set of a model; with --prediction take \
             --missing drop"
                .to_owned(),
        ));
    }
    let group_by = args.group_by.as_deref();
    let stated = args.directions.stated();
    Ok(evaluate_column(&input, &request, (prediction, target), group_by, &stated)?)
}

/// Says whether rows of the training set were skipped.
fn of_training(left_out: Option<u64>) -> Option<String> {
    match left_out {
        Some(0) => None,
        Some(rows) => {
            let rows = counted(rows, "row");
            Some(format!("skipped {rows} of networks in the training set"))
        }
        None => Some(
            "the model or the table does not identify its networks: rows of the training set may be among \
             those evaluated"
                .to_owned(),
        ),
    }
}

/// Says for each target which metrics were skipped, and why.
fn left_out(evaluations: &[Evaluation]) -> Vec<String> {
    let mut lines = Vec::new();
    for Evaluation { target, metrics, .. } in evaluations {
        let is_there = |metric: &Metric| metrics.iter().any(|(own, _)| own == metric);
        let names: Vec<String> =
            METRICS.iter().filter(|one| !is_there(one)).map(ToString::to_string).collect();
        let line = format!(
            "skipped {}: whether greater or smaller values of {} are better is not stated; state it \
             with --minimize or --maximize",
            names.join(", "),
            clip(target)
        );
        if !names.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn as_json(evaluation: &Evaluation, left_out: Option<u64>) -> Value {
    let mut object = Map::new();
    object.insert("target".to_owned(), json!(evaluation.target));
    if let Some(group) = &evaluation.group {
        object.insert("group".to_owned(), json!(group));
    }
    object.insert("rows".to_owned(), json!(evaluation.rows));
    object.insert("left_out".to_owned(), json!(left_out));
    object.insert("direction".to_owned(), json!(evaluation.direction));
    for (metric, value) in &evaluation.metrics {
        object.insert(metric.to_string(), json!(value)); // NaN is null
    }
    Value::Object(object)
}
