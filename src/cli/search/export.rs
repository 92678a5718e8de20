//! `graf search export`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use crate::cli::result::ResultArgs;
use crate::cli::{Common, Failure};
use crate::dataset::Error;
use crate::search::Study;
use crate::search::study::Trial;
use crate::table::{Value, Writer};

/// Write all networks of a search as a table
///
/// A row for each network that was asked or told, trained ones in the order of time first: its encoding, the values (empty where there are
/// none), what was predicted, and how it stands. graf fit and graf suggest --known read it.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf search export run -o trained.csv")]
pub(in crate::cli) struct ExportArgs {
    /// Folder of the search
    run: PathBuf,
    #[command(flatten)]
    result: ResultArgs,
}

pub(super) fn run(args: &ExportArgs, _: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?;
    let state = study.state()?;
    let goals: Vec<String> =
        study.settings().objectives.iter().map(|one| one.name.clone()).collect();
    let told: BTreeSet<String> =
        state.trials.values().flat_map(|trial| trial.values().into_keys()).collect();
    let others: Vec<String> = told.into_iter().filter(|name| !goals.contains(name)).collect();
    let predicted = goals.iter().map(|name| format!("{name}.prediction"));
    let last = ["standing", "attempts", "asked_at", "told_at", "reason", "id"].map(str::to_owned);
    let header: Vec<String> = std::iter::once("net".to_owned())
        .chain(goals.clone())
        .chain(others.clone())
        .chain(predicted)
        .chain(last)
        .collect();
    let mut trials: Vec<_> = state.trials.iter().collect();
    let order = |trial: &Trial| trial.done_at().unwrap_or(u64::MAX);
    trials.sort_by_key(|(network, trial)| (order(trial), **network));
    let text = |text: Option<String>| text.map_or(Value::Missing, |text| Value::Text(text.into()));
    let number =
        |number: Option<&f64>| number.map_or(Value::Missing, |&number| Value::Number(number));
    let row = |(network, trial): &(&crate::graph::Identity, &Trial)| -> Vec<Value> {
        let values = trial.values();
        let mut row = vec![text(trial.net.clone())];
        row.extend(goals.iter().chain(&others).map(|name| number(values.get(name))));
        row.extend(
            goals.iter().map(|name| number(trial.prediction().and_then(|one| one.get(name)))),
        );
        let attempts = trial.attempts.values();
        let asked = attempts.clone().filter_map(|attempt| attempt.asked_at).min();
        let reason = attempts.rev().find_map(|attempt| attempt.failed.clone());
        row.extend([
            text(Some(study.standing(trial).name().to_owned())),
            text(Some(trial.attempts.len().to_string())),
            text(asked.map(|at| at.to_string())),
            text(trial.done_at().map(|at| at.to_string())),
            text(reason),
            text(Some(network.to_string())),
        ]);
        row
    };
    args.result.write(|output, format| {
        let mut writer = Writer::create(output, format, &header, &[])?;
        let mut bytes = Vec::new();
        for trial in &trials {
            let row = row(trial);
            let encoded = writer.encoder().row(&row.iter().collect::<Vec<_>>(), &[], &mut bytes);
            encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        }
        writer.write(trials.len() as u64, &bytes)?;
        Ok(writer.finish()?)
    })?;
    Ok(())
}
