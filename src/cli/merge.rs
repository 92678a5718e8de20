//! `graf merge`.

use std::io::{self, Write};

use clap::Args;

use super::direction::DirectionArgs;
use super::input::{ReadArgs, counted, notes, one_stdin};
use super::result::ResultArgs;
use super::{Common, Failure};
use crate::dataset::Request;
use crate::jobs::{Merge, merge};
use crate::table::{Input, clip};

/// Merge lists of the best networks
///
/// Reads tables that graf predict wrote, such as one of each shard, and writes the best rows of all of them,
/// ranked anew. Of isomorphic networks the best is written.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      --predictor gp -o gp.graf
  graf predict gp.graf --sample 5000 --shard 1/2 -n 10 -o part1.csv
  graf predict gp.graf --sample 5000 --shard 2/2 -n 10 -o part2.csv
  graf merge -n 10 part1.csv part2.csv")]
pub(super) struct MergeArgs {
    /// Tables of predictions
    #[arg(required = true)]
    inputs: Vec<Input>,
    #[command(flatten)]
    result: ResultArgs,
    /// Number of networks to write
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Target to rank by, if there are predictions of several
    #[arg(long, value_name = "TARGET")]
    by: Option<String>,
    #[command(flatten)]
    directions: DirectionArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn run(args: &MergeArgs, common: &Common) -> Result<(), Failure> {
    one_stdin(args.inputs.iter())?;
    let options = Merge {
        request: Request {
            read: args.read.read_options(),
            networks: args.read.networks()?,
            ..Request::default()
        },
        by: args.by.clone(),
        stated: args.directions.stated(),
        top: args.top as usize,
        format: None,
    };
    let done = args
        .result
        .write(|output, format| merge(&args.inputs, output, &Merge { format, ..options }))?;
    if !common.quiet {
        let (written, read) = (counted(done.written, "network"), counted(done.read, "row"));
        let (target, direction) = &done.ranked;
        let (target, first) = (clip(target), direction.first());
        let mut out = io::stderr().lock();
        write!(out, "graf: {written} of {read}, the {first} {target} first")?;
        for note in notes(&done.aside) {
            write!(out, "; {note}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
