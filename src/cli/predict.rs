//! `graf predict`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::featurize::parse_keep;
use super::fit::LearnArgs;
use super::input::{Progress, TableArgs};
use super::{Common, Failure, model};
use crate::pipeline::{Keep, Predict, Wanted, predict};

/// Predict the performance of networks with a fitted model
///
/// Writes for each network its encoding, the prediction, and its standard deviation over the trees.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf -o cs.graf
  graf predict cs.graf data/nas-bench-graph/nas-bench-graph.csv.gz --top 10")]
pub(super) struct PredictArgs {
    /// A model that graf fit has written
    model: PathBuf,
    #[command(flatten)]
    table: TableArgs,
    /// Only the K greatest predictions, the best first
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Which input columns go along: all, none, or names [default: the encoding]
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    #[command(flatten)]
    learn: LearnArgs,
}

pub(super) fn run(args: &PredictArgs, common: &Common) -> Result<(), Failure> {
    let model = model::read(&args.model)?;
    let options = Predict {
        wanted: Wanted {
            read: args.table.read.read_options(),
            networks: args.table.read.networks()?,
            joins: args.learn.join.clone(),
            missing: args.learn.policy(),
            ..Wanted::default()
        },
        keep: args.keep.clone(),
        top: args.top.map(|top| top as usize),
        format: args.table.output_format,
    };
    let progress = Progress::new(common);
    let done = predict(&model, &args.table.input, &args.table.output, &options, &mut |rows| {
        progress.set(rows);
    });
    progress.clear();
    let done = done?;
    if !common.quiet {
        let mut out = io::stderr().lock();
        write!(out, "graf: {} predictions of {}", done.written, model.header.targets.join(", "))?;
        if done.dropped > 0 {
            write!(out, "; {} rows left out for missing values or by choice", done.dropped)?;
        }
        if done.broken > 0 {
            write!(out, "; {} broken rows skipped", done.broken)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
