//! `graf search`: from a predictor to the best network. `graf ask`, `graf tell` and `graf touch` are short forms of its subcommands.

pub(super) mod ask;
mod best;
mod export;
mod init;
mod replay;
mod run;
mod status;
mod stop;
pub(super) mod tell;
pub(super) mod touch;

use clap::{Args, Subcommand};

use super::{Common, Failure};

/// Search for the best network with few trainings
///
/// A search trains a few networks, fits a predictor on them, trains those that it predicts to be the best, and so on.
/// docs/search.md explains it.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf search init run --space transbench101-micro --maximize val_acc
  graf ask run -n 2",
    after_long_help = "\
More examples:
  graf search run run --command './train.sh {net}' --jobs 8 --budget 100"
)]
pub(super) struct SearchArgs {
    #[command(subcommand)]
    command: SearchCommand,
}

#[derive(Debug, Subcommand)]
enum SearchCommand {
    Init(Box<init::InitArgs>),
    Run(run::RunArgs),
    Ask(ask::AskArgs),
    Tell(tell::TellArgs),
    Touch(touch::TouchArgs),
    Status(status::StatusArgs),
    Best(best::BestArgs),
    Export(export::ExportArgs),
    Replay(Box<replay::ReplayArgs>),
}

pub(super) fn run(args: &SearchArgs, common: &Common) -> Result<(), Failure> {
    match &args.command {
        SearchCommand::Init(args) => init::run(args, common),
        SearchCommand::Run(args) => run::run(args, common),
        SearchCommand::Ask(args) => ask::run(args, common),
        SearchCommand::Tell(args) => tell::run(args, common),
        SearchCommand::Touch(args) => touch::run(args, common),
        SearchCommand::Status(args) => status::run(args, common),
        SearchCommand::Best(args) => best::run(args, common),
        SearchCommand::Export(args) => export::run(args, common),
        SearchCommand::Replay(args) => replay::run(args, common),
    }
}
