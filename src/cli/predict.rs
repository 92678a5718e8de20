//! `graf predict`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::featurize::parse_keep;
use super::input::{Progress, TableArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::{Common, Failure, model};
use crate::pipeline::{Keep, Predict, predict};
use crate::table::Input;

/// Predict the performance of networks with a fitted model
///
/// Writes for each network its encoding, the prediction, and its standard deviation (of predictors
/// that have one).
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
    /// Which input columns go along: all, none, or names, also of joined columns [default: the
    /// encoding]
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    #[command(flatten)]
    learn: LearnArgs,
}

pub(super) fn run(args: &PredictArgs, common: &Common) -> Result<(), Failure> {
    let read = args
        .learn
        .join
        .iter()
        .map(Input::path)
        .chain([args.table.input.path(), Some(args.model.as_path())]);
    distinct(("--rejects", args.table.read.rejects()), read)?;
    one_stdin(std::iter::once(&args.table.input).chain(&args.learn.join))?;
    let model = model::read(&args.model)?;
    let options = Predict {
        wanted: args.learn.wanted(&args.table.read)?,
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
        let predictions = counted(done.written, "prediction");
        write!(out, "graf: {predictions} of {}", model.header.targets.join(", "))?;
        for note in notes(&done.aside) {
            write!(out, "; {note}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
