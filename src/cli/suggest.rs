//! `graf suggest`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::condition::ConditionArgs;
use super::direction::DirectionArgs;
use super::features::FeatureArgs;
use super::featurize::parse_keep;
use super::input::{ProgressLine, ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::names::{parse_use, strategies};
use super::result::ResultArgs;
use super::{Common, Failure, model};
use crate::dataset::{Keep, Request, Use};
use crate::jobs::{Suggest, Suggested, suggest};
use crate::suggest::{Strategy, by_name, without_model};
use crate::table::Input;

/// Suggest which networks of a pool to train next
///
/// Without a model, networks that together represent the pool best; with a model, also networks whose
/// prediction is uncertain or that may be the best. Writes for each network its encoding, the
/// prediction of the model, and the score of the strategy, in the order of choice. Of functionally
/// identical networks the first is considered; networks of the training set are never suggested.
#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    before_help = "\
Example:
  graf suggest data/nas-bench-graph/nas-bench-graph.csv.gz -n 16 -o first.csv",
    after_long_help = "\
More examples:
  graf suggest m.graf pool.csv --known trained.csv -n 16 \\
      --strategy greedy -o next.csv"
)]
pub(super) struct SuggestArgs {
    /// Model file
    model: Option<PathBuf>,
    /// Networks to choose from: a table, or - for standard input
    pool: Input,
    /// Number of networks
    #[arg(short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Table of networks that are trained already; repeatable
    ///
    /// They are never suggested. The training set of the model need not be named. If the table has the target of the model, its
    /// best value is the one to improve on; the training set of the model is not searched for it.
    #[arg(long, value_name = "FILE")]
    known: Vec<Input>,
    /// Strategy
    #[arg(
        long,
        value_name = "STRATEGY",
        default_value = without_model().name,
        value_parser = strategies()
    )]
    strategy: String,
    /// Target that says which networks are better, if the model has several
    #[arg(long, hide_short_help = true, value_name = "TARGET")]
    by: Option<String>,
    #[command(flatten)]
    condition: ConditionArgs,
    #[command(flatten)]
    directions: DirectionArgs,
    #[command(flatten)]
    result: ResultArgs,
    /// Pool columns to write: all, none or names [default: the encoding]
    ///
    /// Names may be those of joined columns.
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    /// Without a model: features, as for graf fit [default: graf+]
    ///
    /// They distinguish networks. The default is graf where --config, --families, --max-subset-size or --names choose features.
    #[arg(long = "use", value_name = "GROUPS", value_delimiter = ',', value_parser = parse_use)]
    uses: Vec<Use>,
    /// Without a model: columns that are zero-cost proxies [default: those of NAS-Bench-Suite-Zero in
    /// the table]
    #[arg(long, hide_short_help = true, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    /// Random seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn run(args: &SuggestArgs, common: &Common) -> Result<(), Failure> {
    let tables = || std::iter::once(&args.pool).chain(&args.known).chain(&args.learn.join);
    one_stdin(tables())?;
    let read = || tables().map(Input::path).chain([args.model.as_deref()]);
    distinct(("--output", args.result.output.path()), read().chain([args.read.rejects()]))?;
    distinct(("--rejects", args.read.rejects()), read())?;
    let model =
        args.model.as_deref().map(|path| model::read_before(path, &args.pool)).transpose()?;
    if model.is_some() {
        args.refuse_features()?;
    } else if args.by.is_some() || !args.directions.stated().is_empty() {
        return Err(Failure::Usage(
            "--minimize, --maximize and --by are for the targets of a model; name one before the pool"
                .to_owned(),
        ));
    }
    let features = args.features.config()?;
    let uses = args.features.uses(&args.uses, &features, Use::Plus)?;
    let condition = args.condition.condition.clone();
    let options = Suggest {
        request: Request { features, condition, ..args.learn.request(&args.read)? },
        uses,
        proxies: args.proxies.clone(),
        known: args.known.clone(),
        strategy: by_name(&args.strategy).unwrap_or_else(without_model),
        count: args.count as usize,
        keep: args.keep.clone(),
        format: None,
        by: args.by.clone(),
        stated: args.directions.stated(),
        seed: args.seed,
    };
    let (strategy, progress) = (options.strategy, ProgressLine::new(common));
    let done = args.result.write(|output, format| {
        let options = Suggest { format, ..options };
        let done =
            suggest(model.as_ref(), &args.pool, output, &options, &mut |rows| progress.set(rows));
        progress.clear();
        done
    })?;
    if !common.quiet {
        tell(&done, strategy)?;
    }
    Ok(())
}

impl SuggestArgs {
    /// Refuses a choice of features together with a model, which has its own.
    fn refuse_features(&self) -> Result<(), Failure> {
        let chosen = self.features.default_use(Use::Plus) != Use::Plus;
        if !chosen && self.uses.is_empty() && self.proxies.is_empty() {
            return Ok(());
        }
        Err(Failure::Usage(
            "the features are those of the model; leave out --use, --proxies and the choice of features, \
             or the model"
                .to_owned(),
        ))
    }
}

fn tell(done: &Suggested, strategy: &Strategy) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let left = counted(done.left as u64, "network");
    write!(out, "graf: {} of {left} suggested ({})", done.written, strategy.name)?;
    if done.known > 0 {
        write!(out, "; {} of the pool known", done.known)?;
    }
    if done.repeated > 0 {
        write!(out, "; {} left out", counted(done.repeated, "repeated network"))?;
    }
    if let (Some(target), Some(best)) = (&done.target, done.best) {
        write!(out, "; best known {target}: {best}")?;
    }
    for note in notes(&done.aside) {
        write!(out, "; {note}")?;
    }
    writeln!(out)
}
