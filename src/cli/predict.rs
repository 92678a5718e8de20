//! `graf predict`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::direction::DirectionArgs;
use super::featurize::parse_keep;
use super::input::{ProgressLine, ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::result::ResultArgs;
use super::{Common, Failure, model};
use crate::dataset::Keep;
use crate::jobs::{Predict, PredictRanking, predict};
use crate::model::Interval;
use crate::table::{Input, clip};

/// Predict the performance of networks with a fitted model
///
/// Writes for each network its encoding, the prediction and, if the predictor has one, the standard
/// deviation; with -n/--top or --sort, best first and ranked.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      -o cs.graf
  graf sample --space nasbench-graph -n 1000 | graf predict cs.graf - -n 10",
    after_long_help = "\
More examples:
  graf predict cs.graf data/nas-bench-graph/nas-bench-graph.csv.gz --top 10 \\
      --mark-training --output-format table
  graf predict cs.graf candidates.csv --interval 80,95
  graf predict latency.graf candidates.csv --sort --minimize -o fastest.csv"
)]
pub(super) struct PredictArgs {
    /// Model file
    model: PathBuf,
    /// Table of networks, or - for standard input
    input: Input,
    #[command(flatten)]
    result: ResultArgs,
    /// Write the N best networks only, ranked
    ///
    /// Best first, with a column rank.
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Write all networks, ranked
    ///
    /// Best first, with a column rank. Rank 1 is the best; equal predictions share the lowest rank. All rows are kept in memory.
    #[arg(long)]
    sort: bool,
    /// With -n/--top or --sort: target to rank by, if the model has several
    #[arg(long, hide_short_help = true, value_name = "TARGET")]
    by: Option<String>,
    /// Add prediction intervals: coverages in percent, such as 80,95
    #[arg(long, value_name = "PERCENT", value_delimiter = ',')]
    interval: Vec<Interval>,
    /// Add a column in_training: 1 in the training set, else 0
    #[arg(long)]
    mark_training: bool,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Input columns to write: all, none or names [default: the encoding]
    ///
    /// Names may be those of joined columns.
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl PredictArgs {
    /// How rows are ranked, if they are.
    fn ranking(&self) -> Result<Option<PredictRanking>, Failure> {
        let stated = self.directions.stated();
        if self.top.is_none() && !self.sort {
            if self.by.is_none() && stated.is_empty() {
                return Ok(None);
            }
            return Err(Failure::Usage(
                "--minimize, --maximize and --by say how rows are ranked; give -n/--top or --sort with them"
                    .to_owned(),
            ));
        }
        let top = self.top.map(|top| top as usize);
        Ok(Some(PredictRanking { by: self.by.clone(), top, stated }))
    }
}

pub(super) fn run(args: &PredictArgs, common: &Common) -> Result<(), Failure> {
    let read = args
        .learn
        .join
        .iter()
        .map(Input::path)
        .chain([args.input.path(), Some(args.model.as_path())]);
    distinct(("--rejects", args.read.rejects()), read)?;
    one_stdin(std::iter::once(&args.input).chain(&args.learn.join))?;
    let model = model::read_before(&args.model, &args.input)?;
    if args.mark_training && model.networks.is_empty() {
        return Err(Failure::Usage(
            "the model has no record of its training networks; leave out --mark-training, or fit it on a \
             table of networks"
                .to_owned(),
        ));
    }
    let options = Predict {
        request: args.learn.request(&args.read)?,
        keep: args.keep.clone(),
        ranking: args.ranking()?,
        intervals: args.interval.clone(),
        mark_training: args.mark_training,
        format: None,
    };
    let progress = ProgressLine::new(common);
    let done = args.result.write(|output, format| {
        let options = Predict { format, ..options };
        let done = predict(&model, &args.input, output, &options, &mut |rows| progress.set(rows));
        progress.clear();
        done
    })?;
    if !common.quiet {
        let mut out = io::stderr().lock();
        let predictions = counted(done.written, "prediction");
        write!(out, "graf: {predictions} of {}", model.header.targets.join(", "))?;
        if let Some((target, direction)) = &done.ranked {
            if model.header.targets.len() > 1 {
                write!(out, ", ranked by {}", clip(target))?;
            }
            write!(out, ", the {} first", direction.first())?;
        }
        if done.in_training > 0 && !args.mark_training {
            let known = done.in_training;
            write!(
                out,
                "; the model was trained on {known} of the networks read (--mark-training marks them)"
            )?;
        }
        for note in notes(&done.aside) {
            write!(out, "; {note}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
