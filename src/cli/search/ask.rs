//! `graf ask`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::list::{self, ReportFormat};
use crate::cli::{Common, Failure};
use crate::search::{Answer, Lease, Study};

/// Take networks to train from a search
///
/// Reserves the networks and writes each with its id, under which graf tell takes the result. Networks that were released, whose time is
/// over or whose training failed come first.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf ask run -n 2",
    after_help = "\
Exit codes: 0 networks were written, 3 nothing to train now (later perhaps),
4 the search is over; standard error says why",
    after_long_help = "\
More examples:
  eval \"$(graf ask run)\" && ./train.sh \"$net\" && graf tell run \"$id\" ...

Exit codes: 0 networks were written, 3 nothing to train now (later perhaps),
4 the search is over; standard error says why"
)]
pub(in crate::cli) struct AskArgs {
    /// Folder of the search
    run: PathBuf,
    /// Number of networks; fewer are written if there are no more
    #[arg(short = 'n', value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// How networks are written
    #[arg(long, value_name = "FORMAT", default_value = "shell")]
    format: AskFormat,
    /// Wait until there is something to train or the search is over
    #[arg(long)]
    wait: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AskFormat {
    /// id='…' net='…' on a line each, for eval
    Shell,
    /// A list of objects
    Json,
    /// A table with a header
    Csv,
}

/// How long is waited before the study is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// The exit code if there is nothing to train now.
const LATER: u8 = 3;

/// The exit code if the search is over.
const OVER: u8 = 4;

pub(in crate::cli) fn run(args: &AskArgs, _: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?;
    loop {
        match study.ask(args.count as usize)? {
            Answer::Networks(leases) => return write(&study, &leases, args.format),
            Answer::Wait(_) if args.wait => thread::sleep(PAUSE),
            Answer::Wait(reason) => {
                let message = format!("nothing to train now: {reason}");
                return Err(Failure::Idle { message, code: LATER });
            }
            Answer::Finished(reason) => {
                let message = format!("the search is over: {reason}");
                return Err(Failure::Idle { message, code: OVER });
            }
        }
    }
}

fn write(study: &Study, leases: &[Lease], format: AskFormat) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if format == AskFormat::Shell {
        for lease in leases {
            let net = lease.net.replace('\'', "'\\''");
            writeln!(out, "id='{}' net='{net}'", lease.network)?;
        }
        return Ok(());
    }
    let names: Vec<&String> = study.settings().objectives.iter().map(|goal| &goal.name).collect();
    let predicted = names.iter().map(|name| format!("{name}.prediction"));
    let first = ["id", "net", "attempt", "until"].map(str::to_owned).into_iter();
    let header: Vec<String> = first.chain(predicted).collect();
    let row = |lease: &Lease| -> Vec<String> {
        let Lease { network, net, attempt, until, .. } = lease;
        let first = [network.to_string(), net.clone(), attempt.to_string(), until.to_string()];
        let number = |name: &&String| lease.prediction.get(*name).map(f64::to_string);
        first.into_iter().chain(names.iter().map(|name| number(name).unwrap_or_default())).collect()
    };
    let object = |lease: &Lease| {
        let Lease { network, net, attempt, until, prediction, std } = lease;
        json!({"id": network.to_string(), "net": net, "attempt": attempt, "until": until, "prediction": prediction, "std": std})
    };
    let json: Vec<Value> = leases.iter().map(object).collect();
    let rows: Vec<Vec<String>> = leases.iter().map(row).collect();
    let format = if format == AskFormat::Json { ReportFormat::Json } else { ReportFormat::Csv };
    Ok(list::write_rows(format, &json, &header, &rows, out)?)
}
