//! `graf touch`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Common, Failure};
use crate::search::Study;

/// Keep a network of a search reserved while it is being trained
///
/// Its time, --lease of graf search init, begins anew.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  eval \"$(graf ask run)\" && graf touch run \"$id\"")]
pub(in crate::cli) struct TouchArgs {
    /// Folder of the search
    run: PathBuf,
    /// Ids that graf ask wrote, or encodings
    #[arg(required = true)]
    networks: Vec<String>,
}

pub(in crate::cli) fn run(args: &TouchArgs, _: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?;
    for network in &args.networks {
        study.touch(network)?;
    }
    Ok(())
}
