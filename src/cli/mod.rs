//! The command line: arguments in, exit code out. One file a subcommand.
//!
//! Exit codes: 0 done, 1 the data is at fault, 2 the command line is at fault, 128 + n ended by signal n.

#![allow(clippy::doc_markdown, reason = "comments here are the texts of --help")]

mod compare;
mod condition;
mod convert;
mod cures;
mod device;
mod direction;
mod enumerate;
mod eval;
mod explain;
mod export;
mod feature_list;
mod features;
mod featurize;
mod fit;
mod generate;
mod input;
mod inspect;
mod learn;
mod list;
mod merge;
mod model;
mod names;
mod pareto;
mod predict;
mod predictor;
mod rank;
mod report;
mod result;
mod sample;
mod search;
mod select;
mod signals;
mod spaces;
mod suggest;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use thiserror::Error;

use crate::experiment::CompareError;
use crate::jobs::SelectError;
use crate::metrics::ObjectiveError;
use crate::report::ReportError;
use crate::search::SearchError;
use crate::{dataset, table};

/// Predict how well neural networks perform from the shape of their graphs
///
/// Reads dumps of neural architecture search benchmarks, builds the graph of each network, computes
/// neural graph features (operations, shortest and longest paths and node degrees over sets of
/// operations: GRAF, ICML 2024, arXiv 2404.16551), and fits and evaluates predictors on them.
#[derive(Debug, Parser)]
#[command(name = "graf", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// The most threads that can be asked for; a greater number is a slip of the hand.
const MOST_THREADS: i64 = 1024;

/// Options with the same meaning for every subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options", next_display_order = 100)]
struct Common {
    /// Number of threads [default: one per core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Option<u16>,
    /// Print errors only
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Featurize(featurize::FeaturizeArgs),
    Fit(Box<fit::FitArgs>),
    Predict(predict::PredictArgs),
    Merge(merge::MergeArgs),
    Eval(eval::EvalArgs),
    Explain(Box<explain::ExplainArgs>),
    Compare(Box<compare::CompareArgs>),
    Rank(Box<rank::RankArgs>),
    Pareto(Box<pareto::ParetoArgs>),
    Select(Box<select::SelectArgs>),
    Suggest(Box<suggest::SuggestArgs>),
    Search(search::SearchArgs),
    Ask(search::ask::AskArgs),
    Tell(search::tell::TellArgs),
    Touch(search::touch::TouchArgs),
    Report(report::ReportArgs),
    Inspect(inspect::InspectArgs),
    Export(export::ExportArgs),
    Convert(convert::ConvertArgs),
    Enumerate(enumerate::EnumerateArgs),
    Sample(sample::SampleArgs),
    Spaces(spaces::SpacesArgs),
    Features(feature_list::FeaturesArgs),
}

/// Why a command failed.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Pipeline(#[from] dataset::Error),
    /// The same, with a cure that only this command has.
    #[error("{error}{cure}")]
    Cured {
        /// What is wrong.
        error: Box<dataset::Error>,
        /// What to do.
        cure: &'static str,
    },
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error(transparent)]
    Select(#[from] SelectError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error(transparent)]
    Objective(#[from] ObjectiveError),
    #[error("cannot write to standard output: {0}")]
    Stdout(#[from] io::Error),
    #[error(
        "no threads can be started ({0}); the system limits them, so take fewer: --threads 1 starts none"
    )]
    Threads(rayon::ThreadPoolBuildError),
    /// The command line cannot be carried out.
    #[error("{0}")]
    Usage(String),
    /// There is nothing to do, with an exit code that says whether there may be later.
    #[error("{message}")]
    Idle {
        /// Why.
        message: String,
        /// The exit code.
        code: u8,
    },
}

impl Failure {
    fn is_broken_pipe(&self) -> bool {
        match self {
            Failure::Pipeline(error)
            | Failure::Compare(CompareError::Pipeline(error))
            | Failure::Search(SearchError::Pipeline(error)) => error.is_broken_pipe(),
            Failure::Cured { error, .. } => error.is_broken_pipe(),
            Failure::Stdout(error) => error.kind() == io::ErrorKind::BrokenPipe,
            Failure::Report(ReportError::Table(error)) => error.is_broken_pipe(),
            Failure::Compare(_)
            | Failure::Select(_)
            | Failure::Report(_)
            | Failure::Search(_)
            | Failure::Objective(_)
            | Failure::Threads(_)
            | Failure::Usage(_)
            | Failure::Idle { .. } => false,
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            _ if self.is_broken_pipe() => 0,
            Failure::Idle { code, .. } => *code,
            Failure::Usage(_) | Failure::Objective(_) => 2,
            Failure::Pipeline(error) if error.is_usage() => 2,
            Failure::Cured { error, .. } if error.is_usage() => 2,
            Failure::Compare(error) if error.is_usage() => 2,
            Failure::Select(error) if error.is_usage() => 2,
            Failure::Report(error) if error.is_usage() => 2,
            Failure::Search(error) if error.is_usage() => 2,
            Failure::Pipeline(_)
            | Failure::Cured { .. }
            | Failure::Compare(_)
            | Failure::Select(_)
            | Failure::Report(_)
            | Failure::Search(_)
            | Failure::Threads(_)
            | Failure::Stdout(_) => 1,
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = parse().unwrap_or_else(|error| without_escape_tip(error).exit());
    let signals = signals::Handled::begin();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_broken_pipe() {
                // If nobody reads the messages either, there is nobody to tell.
                let kind = if matches!(failure, Failure::Idle { .. }) { "graf" } else { "error" };
                let _ = writeln!(io::stderr(), "{kind}: {}", shown(&failure));
            }
            ExitCode::from(signals.exit_code(failure.exit_code()))
        }
    }
}

/// The help of a subcommand: its example comes right after what it does.
const HELP: &str =
    "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// A subcommand with that help, and its own subcommands likewise.
fn with_help(command: clap::Command) -> clap::Command {
    command.help_template(HELP).mut_subcommands(with_help)
}

/// The arguments of this process.
fn parse() -> Result<Cli, clap::Error> {
    let mut command = Cli::command().mut_subcommands(with_help);
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// An error without clap's tip to write `--` before an unknown option: none of them is meant as a value.
fn without_escape_tip(mut error: clap::Error) -> clap::Error {
    // If no tip is left the context goes: an empty one would leave an empty line.
    if let Some(ContextValue::StyledStrs(mut tips)) = error.remove(ContextKind::Suggested) {
        let is_escape =
            |tip: &str| tip.starts_with("to pass ") && tip.contains(" as a value, use ");
        tips.retain(|tip| !is_escape(&tip.to_string()));
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    error
}

/// A message for a terminal: whatever text of a file is in it, it has no control character but line ends.
fn shown(failure: &Failure) -> String {
    cures::message(failure).split('\n').map(table::escaped).collect::<Vec<_>>().join("\n")
}

/// Starts the threads that work in parallel. One thread is the one that there is: no other is started.
fn start_threads(threads: Option<u16>) -> Result<(), Failure> {
    // 0 is as many as there are cores.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0).into());
    let pool = if threads == Some(1) { pool.use_current_thread() } else { pool };
    pool.build_global().map_err(Failure::Threads)
}

fn run(cli: &Cli) -> Result<(), Failure> {
    start_threads(cli.common.threads)?;
    match &cli.command {
        Command::Featurize(args) => featurize::run(args, &cli.common),
        Command::Fit(args) => fit::run(args, &cli.common),
        Command::Predict(args) => predict::run(args, &cli.common),
        Command::Merge(args) => merge::run(args, &cli.common),
        Command::Eval(args) => eval::run(args, &cli.common),
        Command::Explain(args) => explain::run(args, &cli.common),
        Command::Compare(args) => compare::run(args, &cli.common),
        Command::Rank(args) => rank::run(args, &cli.common),
        Command::Pareto(args) => pareto::run(args, &cli.common),
        Command::Select(args) => select::run(args, &cli.common),
        Command::Suggest(args) => suggest::run(args, &cli.common),
        Command::Search(args) => search::run(args, &cli.common),
        Command::Ask(args) => search::ask::run(args, &cli.common),
        Command::Tell(args) => search::tell::run(args, &cli.common),
        Command::Touch(args) => search::touch::run(args, &cli.common),
        Command::Report(args) => report::run(args, &cli.common),
        Command::Inspect(args) => inspect::run(args, &cli.common),
        Command::Export(args) => export::run(args, &cli.common),
        Command::Convert(args) => convert::run(args, &cli.common),
        Command::Enumerate(args) => enumerate::run(args, &cli.common),
        Command::Sample(args) => sample::run(args, &cli.common),
        Command::Spaces(args) => spaces::run(args),
        Command::Features(args) => feature_list::run(args),
    }
}
