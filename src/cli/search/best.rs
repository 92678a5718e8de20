//! `graf search best`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::list::{self, ReportFormat};
use crate::cli::result::rounded;
use crate::cli::{Common, Failure};
use crate::graph::Identity;
use crate::search::Study;
use crate::search::study::Trial;

/// List the best networks that a search has found
///
/// With several objectives, the Pareto front, the best by the first objective first.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf search best run -n 3")]
pub(in crate::cli) struct BestArgs {
    /// Folder of the search
    run: PathBuf,
    /// Number of networks [default: 10; with several objectives, all of the front]
    #[arg(short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
}

/// How many networks are listed, of one objective.
const MOST: usize = 10;

pub(super) fn run(args: &BestArgs, _: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?;
    let names: Vec<String> =
        study.settings().objectives.iter().map(|one| one.name.clone()).collect();
    let all = if names.len() > 1 { study.pareto_front()? } else { study.best()? };
    let most = if names.len() > 1 { usize::MAX } else { MOST };
    let count = args.count.map_or(most, |count| count as usize);
    let best: Vec<(Identity, Trial)> = all.into_iter().take(count).collect();
    let predicted = names.iter().map(|name| format!("{name}.prediction"));
    let header: Vec<String> = std::iter::once("net".to_owned())
        .chain(names.clone())
        .chain(predicted)
        .chain(["id".to_owned()])
        .collect();
    let of = |values: Option<&BTreeMap<String, f64>>| -> Vec<String> {
        let shown = |value: &f64| match args.output_format {
            ReportFormat::Csv => value.to_string(),
            _ => rounded(&value.to_string()),
        };
        let value = |name| values.and_then(|values| values.get(name)).map(shown);
        names.iter().map(|name| value(name).unwrap_or_default()).collect()
    };
    let row = |(network, trial): &(Identity, Trial)| -> Vec<String> {
        let net = trial.net.clone().unwrap_or_default();
        let values = trial.values();
        let numbers = of(Some(&values)).into_iter().chain(of(trial.prediction()));
        std::iter::once(net).chain(numbers).chain([network.to_string()]).collect()
    };
    let object = |(network, trial): &(Identity, Trial)| json!({"net": trial.net, "id": network.to_string(), "values": trial.values(), "prediction": trial.prediction()});
    let rows: Vec<Vec<String>> = best.iter().map(row).collect();
    let json: Vec<Value> = best.iter().map(object).collect();
    Ok(list::write_rows(args.output_format, &json, &header, &rows, io::stdout().lock())?)
}
