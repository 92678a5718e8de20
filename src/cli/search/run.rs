//! `graf search run`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::stop::{StopArgs, parse_time};
use crate::cli::input::counted;
use crate::cli::result::rounded;
use crate::cli::{Common, Failure};
use crate::search::{Progressed, Study, Training};
use crate::table::{clip, escaped};

/// Search with a command that trains one network
///
/// Runs the command for one network after the other, several at a time. If it ends with exit code 0, the last line that it writes to standard
/// output is the result: val_acc=93.1, a JSON object, or a number. The output is kept in the folder. The search can be
/// interrupted and goes on when it is started again.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf search init shell --space transbench101-macro --maximize acc --start 4
  graf search run shell --command 'echo {net} | tr -dc 3 | wc -c' --budget 6",
    after_long_help = "\
More examples:
  graf search run run --command './train.sh {net}' --jobs 8 --timeout 4h \\
      --budget 100 --patience 40"
)]
pub(in crate::cli) struct RunArgs {
    /// Folder of the search
    run: PathBuf,
    /// Shell command that trains a network; {net} is its encoding, quoted
    ///
    /// {id} and {attempt} stand for its id and the number of the attempt; the environment has GRAF_NET, GRAF_ID and GRAF_ATTEMPT.
    #[arg(long, value_name = "COMMAND", value_parser = parse_command)]
    command: String,
    /// Number of networks to train at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: u16,
    /// End a training that takes longer; it has failed
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    timeout: Option<Duration>,
    #[command(flatten)]
    stop: StopArgs,
}

fn parse_command(text: &str) -> Result<String, String> {
    let names = ["{net}", "{id}", "GRAF_NET", "GRAF_ID"];
    if !names.iter().any(|name| text.contains(name)) {
        return Err(
            "it does not say which network to train; write {net} where the encoding belongs"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

pub(super) fn run(args: &RunArgs, common: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?.stopping(args.stop.stop());
    let training =
        Training { command: args.command.clone(), jobs: args.jobs.into(), timeout: args.timeout };
    let orphans = study.release_orphans()?;
    if orphans > 0 && !common.quiet {
        let orphans = counted(orphans as u64, "training");
        writeln!(io::stderr(), "graf: {orphans} of a process that is no more: asked again")?;
    }
    let direction = study.settings().objectives[0].direction;
    let name = study.settings().objectives[0].name.clone();
    let known = study.best()?;
    let mut done = known.len();
    let mut best = known.first().and_then(|(_, trial)| trial.values().get(&name).copied());
    let reason = training.run(&study, &mut |progressed| {
        if common.quiet {
            return;
        }
        let line = match progressed {
            Progressed::Begun(_) => return,
            Progressed::Done(lease, values) => {
                done += 1;
                let value = values.get(&name).copied().unwrap_or(f64::NAN);
                best = Some(best.map_or(value, |best| direction.better(best, value)));
                let predicted = lease.prediction.get(&name).map_or_else(String::new, |predicted| {
                    format!(", predicted {}", rounded(&predicted.to_string()))
                });
                let [value, best] =
                    [value, best.unwrap_or(value)].map(|number| rounded(&number.to_string()));
                format!("{done}: {name} {value}{predicted}, best {best}: {}", lease.net)
            }
            Progressed::Failed(lease, reason) => {
                let first = reason.lines().next().unwrap_or_default();
                format!("failed: {first}: {} ({})", lease.net, lease.network)
            }
        };
        // If nobody reads it, the study has it all the same.
        let _ = writeln!(io::stderr(), "graf: {}", escaped(&line));
    })?;
    if !common.quiet {
        let best = study.best()?;
        let mut out = io::stderr().lock();
        writeln!(out, "graf: {}: {reason}", counted(best.len() as u64, "trained network"))?;
    }
    if let Some((_, trial)) = study.best()?.first() {
        let values = trial.values();
        let goals = study.settings().objectives.iter();
        let values =
            goals.filter_map(|goal| Some(format!("{}={}", goal.name, values.get(&goal.name)?)));
        let net = trial.net.clone().unwrap_or_default();
        writeln!(
            io::stdout(),
            "{net} {}",
            values.map(|text| clip(&text)).collect::<Vec<_>>().join(" ")
        )?;
    }
    Ok(())
}
