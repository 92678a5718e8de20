//! `graf inspect`.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::list::write_json;
use super::{Failure, model};
use crate::metrics::Objective;
use crate::model::Header;

/// Show what a model file says of itself
///
/// Search space, columns, targets and their directions, parameters, how well the training rows are predicted out of
/// bag, and the importance of each column, as JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf -o cs.graf
  graf inspect cs.graf | jq .held_out")]
pub(super) struct InspectArgs {
    /// A model that graf fit has written
    model: PathBuf,
}

pub(super) fn run(args: &InspectArgs) -> Result<(), Failure> {
    let mut model = model::read(&args.model)?;
    settle(&mut model.header);
    write_json(&model.header, io::stdout().lock())
}

/// Puts the directions in which commands use a model in the place of those that were stated.
fn settle(header: &mut Header) {
    header.directions = header.objectives().iter().map(Objective::direction).collect();
    if let Some(prior) = &mut header.prior {
        settle(prior);
    }
}
