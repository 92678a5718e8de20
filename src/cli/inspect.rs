//! `graf inspect`.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::list::write_json;
use super::{Failure, model};
use crate::metrics::Objective;
use crate::model::Header;

/// Show what a model file contains
///
/// Search space, features, targets and their directions, parameters, out-of-bag or cross-validated
/// scores, and the importance of each feature, as JSON.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      -o cs.graf
  graf inspect cs.graf")]
pub(super) struct InspectArgs {
    /// Model file
    model: PathBuf,
}

pub(super) fn run(args: &InspectArgs) -> Result<(), Failure> {
    let mut model = model::read(&args.model)?;
    settle(&mut model.header);
    Ok(write_json(&model.header, io::stdout().lock())?)
}

/// Puts the directions in which commands use a model in the place of those that were stated.
fn settle(header: &mut Header) {
    header.directions = header.objectives().iter().map(Objective::direction).collect();
    if let Some(prior) = &mut header.prior {
        settle(prior);
    }
}
