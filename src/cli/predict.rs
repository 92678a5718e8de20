//! `graf predict`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::condition::ConditionArgs;
use super::direction::DirectionArgs;
use super::featurize::parse_keep;
use super::input::{ProgressLine, ReadArgs, counted, distinct, not_meeting, notes, one_stdin};
use super::learn::LearnArgs;
use super::result::ResultArgs;
use super::{Common, Failure, model};
use crate::dataset::{Keep, Request, Shard, Which};
use crate::jobs::{Predict, PredictDrawn, PredictRanking, predict, predict_drawn};
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
    /// Model file; builtin is the bundled prior, which ranks networks of any space
    model: PathBuf,
    /// Table of networks, or - for standard input
    #[arg(required_unless_present = "sample")]
    input: Option<Input>,
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
    /// Predict N networks that are drawn from the space of the model instead of a table
    ///
    /// Only the best are written, each network once, so -n/--top is needed. docs/distributed.md shows how a
    /// cluster shares out a sample.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "N",
        requires = "top",
        conflicts_with_all = OF_A_TABLE
    )]
    sample: Option<u64>,
    /// With --sample: random seed
    #[arg(long, hide_short_help = true, default_value_t = 0, requires = "sample")]
    seed: u64,
    /// With --sample: only part i of n, such as 1/8
    #[arg(
        long,
        hide_short_help = true,
        value_name = "I/N",
        default_value = "1/1",
        hide_default_value = true,
        requires = "sample"
    )]
    shard: Shard,
    #[command(flatten)]
    condition: ConditionArgs,
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

/// What cannot be said of networks that are drawn.
const OF_A_TABLE: [&str; 12] = [
    "input",
    "sort",
    "interval",
    "mark_training",
    "keep",
    "join",
    "missing",
    "format",
    "dataset",
    "encoding_column",
    "prune",
    "rejects",
];

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

/// Predicts networks that are drawn.
fn run_drawn(args: &PredictArgs, count: u64, common: &Common) -> Result<(), Failure> {
    let model = model::read(&args.model)?;
    let options = PredictDrawn {
        space: args.read.networks()?.space,
        which: Which::Sample { count, seed: args.seed },
        shard: args.shard,
        condition: args.condition.condition.clone(),
        by: args.by.clone(),
        stated: args.directions.stated(),
        top: args.top.unwrap_or(1) as usize,
        format: None,
    };
    let progress = ProgressLine::new(common);
    let done = args.result.write(|output, format| {
        let options = PredictDrawn { format, ..options };
        let done = predict_drawn(&model, output, &options, &mut |rows| progress.set(rows));
        progress.clear();
        done
    })?;
    if !common.quiet {
        let (written, predicted) =
            (counted(done.written, "network"), counted(done.predicted, "prediction"));
        let (target, direction) = &done.ranked;
        let (target, first) = (clip(target), direction.first());
        let mut out = io::stderr().lock();
        write!(out, "graf: {written} of {predicted}, the {first} {target} first")?;
        if done.excluded > 0 {
            write!(out, "; {}", not_meeting(done.excluded))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

pub(super) fn run(args: &PredictArgs, common: &Common) -> Result<(), Failure> {
    let input = match (args.sample, &args.input) {
        (Some(count), _) => return run_drawn(args, count, common),
        (None, Some(input)) => input,
        (None, None) => return Err(Failure::Usage("a table is missing".to_owned())),
    };
    let read =
        args.learn.join.iter().map(Input::path).chain([input.path(), Some(args.model.as_path())]);
    distinct(("--rejects", args.read.rejects()), read)?;
    one_stdin(std::iter::once(input).chain(&args.learn.join))?;
    let model = model::read_before(&args.model, input)?;
    if args.mark_training && model.networks.is_empty() {
        return Err(Failure::Usage(
            "the model has no record of its training networks; leave out --mark-training, or fit it on a \
             table of networks"
                .to_owned(),
        ));
    }
    let condition = args.condition.condition.clone();
    let options = Predict {
        request: Request { condition, ..args.learn.request(&args.read)? },
        keep: args.keep.clone(),
        ranking: args.ranking()?,
        intervals: args.interval.clone(),
        mark_training: args.mark_training,
        format: None,
    };
    let progress = ProgressLine::new(common);
    let done = args.result.write(|output, format| {
        let options = Predict { format, ..options };
        let done = predict(&model, input, output, &options, &mut |rows| progress.set(rows));
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
