//! `graf search`: from a predictor to the best network.

mod replay;

use clap::{Args, Subcommand};

use super::{Common, Failure};

/// Search for the best network with few trainings
///
/// A search trains a few networks, fits a predictor on them, trains those that it predicts to be the best, and so on.
/// docs/search.md explains the strategies.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf search replay data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --maximize cs_valid_perf --seeds 2 --budget 50"
)]
pub(super) struct SearchArgs {
    #[command(subcommand)]
    command: SearchCommand,
}

#[derive(Debug, Subcommand)]
enum SearchCommand {
    Replay(Box<replay::ReplayArgs>),
}

pub(super) fn run(args: &SearchArgs, common: &Common) -> Result<(), Failure> {
    match &args.command {
        SearchCommand::Replay(args) => replay::run(args, common),
    }
}
