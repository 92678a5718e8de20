//! `graf suggest`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::direction::DirectionArgs;
use super::features::FeatureArgs;
use super::featurize::parse_keep;
use super::input::{Progress, ReadArgs, counted, distinct, notes, one_stdin};
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
/// Without a model, networks that together tell most of the pool; with one, also networks that it is
/// unsure of or that may be the best. Writes for each network its encoding, what the model predicts,
/// and the score of the strategy, in the order in which they were chosen. Of networks that compute the
/// same the first stands for all. What the model was trained on is never suggested.
#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Examples:
  graf suggest data/nas-bench-graph/nas-bench-graph.csv.gz -n 16 -o first.csv
  graf suggest m.graf pool.csv --known trained.csv -n 16 --strategy improvement -o next.csv"
)]
pub(super) struct SuggestArgs {
    /// A model that graf fit has written
    model: Option<PathBuf>,
    /// The networks to choose from: a table, or - for standard input
    pool: Input,
    /// Number of networks
    #[arg(short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Networks that are trained already, which are never suggested; may be repeated. Those of the
    /// model's training set need not be named, but the best value is only looked for here. The best value
    /// of the model's target, where a table has it, is what is to be improved on
    #[arg(long, value_name = "FILE")]
    known: Vec<Input>,
    /// How they are chosen
    #[arg(
        long,
        value_name = "STRATEGY",
        default_value = without_model().name,
        value_parser = strategies()
    )]
    strategy: String,
    /// The target that says which networks are better, of a model that has several
    #[arg(long, value_name = "TARGET")]
    by: Option<String>,
    #[command(flatten)]
    directions: DirectionArgs,
    #[command(flatten)]
    result: ResultArgs,
    /// Which columns of the pool go along: all, none, or names, also of joined columns [default: the
    /// encoding]
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    /// Without a model: what tells networks apart, as for graf fit [default: graf+, or graf where
    /// --config, --families, --max-subset-size or --names choose features]
    #[arg(long = "use", value_name = "GROUPS", value_delimiter = ',', value_parser = parse_use)]
    uses: Vec<Use>,
    /// Without a model: the columns that are proxies [default: those of NAS-Bench-Suite-Zero that are
    /// there]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    /// The seed; the same one suggests the same networks
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    features: FeatureArgs,
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
    let uses = args.features.uses(&args.uses, &features)?;
    let options = Suggest {
        wanted: Request { features, ..args.learn.wanted(&args.read)? },
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
    let (strategy, progress) = (options.strategy, Progress::new(common));
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
    /// Refuses to choose features beside a model, which has its own.
    fn refuse_features(&self) -> Result<(), Failure> {
        let chosen = self.features.default_use() != Use::Plus;
        if !chosen && self.uses.is_empty() && self.proxies.is_empty() {
            return Ok(());
        }
        Err(Failure::Usage(
            "the model says which features tell networks apart; leave out --use, --proxies and the \
             choice of features, or the model"
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
