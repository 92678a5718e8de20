//! `graf search status`.

use std::io;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::input::counted;
use crate::cli::list::{self, ReportFormat};
use crate::cli::result::rounded;
use crate::cli::{Common, Failure};
use crate::search::Study;
use crate::search::study::{Trial, TrialStanding};

/// Report where a search stands
///
/// How many networks are trained, pending and failed, the best ones, and files in the folder that were skipped because they cannot be read.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf search status run")]
pub(in crate::cli) struct StatusArgs {
    /// Folder of the search
    run: PathBuf,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
}

/// How networks can stand.
const STANDINGS: [TrialStanding; 6] = [
    TrialStanding::Done,
    TrialStanding::Pending,
    TrialStanding::Released,
    TrialStanding::Expired,
    TrialStanding::Retry,
    TrialStanding::Failed,
];

pub(super) fn run(args: &StatusArgs, _: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?;
    let state = study.state()?;
    let settings = study.settings();
    let mut rows: Vec<[String; 2]> = Vec::new();
    let goals = settings.objectives.iter().map(|goal| format!("{} {}", goal.direction, goal.name));
    let goals = goals.collect::<Vec<_>>().join(", ");
    rows.push([
        "search".to_owned(),
        format!("{goals} in {} ({})", settings.space, settings.strategy),
    ]);
    let count =
        |standing| state.trials.values().filter(|one| study.standing(one) == standing).count();
    for standing in STANDINGS {
        rows.push([standing.name().to_owned(), count(standing).to_string()]);
    }
    let best = if settings.objectives.len() > 1 { study.pareto_front()? } else { study.best()? };
    if let Some((network, trial)) = best.first() {
        let front = best.len() as u64;
        let what = if settings.objectives.len() > 1 {
            format!("front of {}; first", counted(front, "network"))
        } else {
            "best".to_owned()
        };
        let net = trial.net.clone().unwrap_or_default();
        rows.push([what, format!("{}: {net} ({network})", values(&study, trial))]);
    }
    let finished = study.finished(&state);
    rows.push(["over".to_owned(), finished.clone().unwrap_or_else(|| "no".to_owned())]);
    let failures = state.trials.iter().filter_map(|(network, trial)| {
        let reason = trial.attempts.values().rev().find_map(|attempt| attempt.failed.clone())?;
        Some((network.to_string(), reason))
    });
    let failures: Vec<(String, String)> = failures.collect();
    for (network, reason) in &failures {
        let first = reason.lines().next().unwrap_or_default();
        rows.push([format!("failure of {network}"), first.to_owned()]);
    }
    for file in &state.strange {
        rows.push(["skipped file".to_owned(), file.clone()]);
    }
    let counts = STANDINGS.map(|standing| (standing.name().to_owned(), json!(count(standing))));
    let shown = |(network, trial): &(crate::graph::Identity, Trial)| json!({"id": network.to_string(), "net": trial.net, "values": trial.values()});
    let json = json!({
        "settings": settings,
        "counts": Value::Object(counts.into_iter().collect()),
        "best": best.iter().take(1).map(shown).next(),
        "front": if settings.objectives.len() > 1 { best.iter().map(shown).collect() } else { Vec::new() },
        "over": finished,
        "failures": failures.iter().map(|(id, reason)| json!({"id": id, "reason": reason})).collect::<Vec<_>>(),
        "skipped_files": state.strange,
    });
    let header = ["what", "value"];
    Ok(list::write(args.output_format, &json, header, rows.into_iter(), io::stdout().lock())?)
}

/// The values of a trained network, in the order of the objectives.
fn values(study: &Study, trial: &Trial) -> String {
    let values = trial.values();
    let each = study.settings().objectives.iter().filter_map(|goal| {
        Some(format!("{}={}", goal.name, rounded(&values.get(&goal.name)?.to_string())))
    });
    each.collect::<Vec<_>>().join(" ")
}
