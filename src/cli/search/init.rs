//! `graf search init`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::stop::{StopArgs, parse_time};
use crate::cli::condition::parse_condition;
use crate::cli::direction::DirectionArgs;
use crate::cli::names::{parse_space, parse_use, predictors, search_strategies};
use crate::cli::{Common, Failure, model};
use crate::dataset::{Condition, Use};
use crate::metrics::Objective;
use crate::search::study::{Goal, Settings};
use crate::search::{SearchError, Study};
use crate::space::SearchSpace;
use crate::suggest::Strategy;

/// Begin a search: make its folder
///
/// Processes on any number of machines share the folder: graf ask takes networks to train from it, graf tell puts results into it, and graf
/// search run does both. docs/search.md describes its files.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf search init run --space transbench101-micro --maximize val_acc",
    after_long_help = "\
More examples:
  graf search init small --space darts --maximize val_acc --prior nb201.graf \\
      --where 'analytic_params<=3.5' --budget 100
  graf search init front --space nb201 --maximize val_acc --minimize latency"
)]
pub(in crate::cli) struct InitArgs {
    /// Folder to make
    run: PathBuf,
    /// Search space: a name or a .toml file
    #[arg(long, value_name = "SPACE", value_parser = parse_space)]
    space: &'static dyn SearchSpace,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Train only networks that meet this condition, such as 'params<=1.5 and flops<100'
    ///
    /// Its names are those of features and of columns of --pool. params and flops are in millions.
    #[arg(long = "where", value_name = "CONDITION", value_parser = parse_condition)]
    condition: Option<Condition>,
    /// Model of another benchmark, or builtin
    #[arg(long, value_name = "MODEL")]
    prior: Option<PathBuf>,
    /// Train only networks of this table
    #[arg(long, value_name = "FILE")]
    pool: Option<PathBuf>,
    /// Networks to train before the model is asked
    #[arg(long, value_name = "N", default_value_t = 16)]
    start: u32,
    /// How long a network is reserved for who asked for it
    #[arg(long, value_name = "TIME", default_value = "6h", value_parser = parse_time)]
    lease: Duration,
    /// How often to try a network again that failed
    #[arg(long, value_name = "N", default_value_t = 1)]
    retries: u32,
    /// Strategy
    #[arg(long, value_name = "STRATEGY", default_value = "auto", value_parser = search_strategies())]
    strategy: &'static Strategy,
    /// Features, as for graf fit
    #[arg(long = "use", hide_short_help = true, value_name = "GROUPS", value_delimiter = ',', default_value = "graf++", value_parser = parse_use)]
    uses: Vec<Use>,
    /// Predictor
    #[arg(long, hide_short_help = true, value_name = "PREDICTOR", default_value = "auto", value_parser = predictors())]
    predictor: String,
    /// Random seed
    #[arg(long, hide_short_help = true, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    stop: StopArgs,
}

pub(super) fn run(args: &InitArgs, common: &Common) -> Result<(), Failure> {
    let objectives = args.directions.objectives(&[])?;
    if objectives.is_empty() {
        let reason = "name what is to be found: --maximize val_acc, --minimize latency or both";
        return Err(Failure::Usage(reason.to_owned()));
    }
    let goal = |one: &Objective| {
        let direction = one.needed_for("the best network")?;
        Ok(Goal { name: one.target.clone(), direction })
    };
    let mut goals = objectives.iter().map(goal).collect::<Result<Vec<_>, Failure>>()?;
    // Accuracies first, then what they cost.
    goals.sort_by_key(|goal| goal.direction == crate::metrics::Direction::Minimize);
    let settings = Settings {
        condition: args.condition.as_ref().map(ToString::to_string),
        uses: args.uses.iter().map(ToString::to_string).collect(),
        predictor: args.predictor.clone(),
        strategy: args.strategy.name.to_owned(),
        start: args.start as usize,
        lease: args.lease.as_secs().max(1),
        retries: args.retries,
        seed: args.seed,
        stop: args.stop.stop(),
        ..Settings::new(args.space, goals)
    };
    let prior = args.prior.as_deref().map(model::prior_bytes);
    let pool = args.pool.as_deref().map(|path| Ok::<_, Failure>((pool_name(path), read(path)?)));
    let study = Study::create(&args.run, settings, prior.transpose()?, pool.transpose()?);
    // Nothing is left of a study that has no network to train.
    let checked = study.and_then(|study| study.check().map(|candidates| (study, candidates)));
    let (study, candidates) = checked.inspect_err(|error| {
        if !matches!(error, SearchError::Study { .. }) {
            let _ = fs::remove_dir_all(&args.run);
        }
    })?;
    if !common.quiet {
        let name = study.folder().display();
        writeln!(io::stderr(), "graf: {name}: {candidates}")?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path)
        .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())))
}

/// What the table is called in the folder: its endings say how it is read.
fn pool_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let endings = name.split_once('.').map_or("csv", |(_, endings)| endings);
    format!("pool.{endings}")
}
