//! `graf search replay`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::cli::direction::DirectionArgs;
use crate::cli::input::{ReadArgs, counted, one_stdin};
use crate::cli::learn::LearnArgs;
use crate::cli::list::{self, ReportFormat};
use crate::cli::names::{parse_use, predictors, search_strategies};
use crate::cli::predictor::PredictorArgs;
use crate::cli::{Common, Failure, model};
use crate::dataset::{Missing, Pool, PoolOptions, Request, Use, UseSet};
use crate::experiment::{Contender, RunScore, Standing};
use crate::metrics::Objective;
use crate::predictor::transfer::prior::FromPrior;
use crate::report::ProgressLine;
use crate::search::{Candidates, Reached, Replay, Replayed, SearchError, summarize};
use crate::suggest::Strategy;
use crate::table::Input;

/// Search a benchmark whose networks are all trained, many times
///
/// The table takes the place of the training. Reports how many trainings each strategy needs to find the best network of the table
/// and one of the best 0.1 %, and the regret on the way: by how much the best network found so far is worse than the best of
/// the table. Each isomorphism class is one network.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf search replay data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --maximize cs_valid_perf --seeds 2 --budget 50",
    after_long_help = "\
More examples:
  graf search replay nets.csv --maximize val_accs --prior nb101.graf \\
      --strategy auto,evolution,local,random --output-format markdown"
)]
pub(in crate::cli) struct ReplayArgs {
    /// Tables of trained networks, or - for standard input
    #[arg(required = true)]
    inputs: Vec<Input>,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Strategies to compare, comma-separated
    #[arg(
        long,
        value_name = "STRATEGIES",
        value_delimiter = ',',
        default_value = "auto",
        value_parser = search_strategies()
    )]
    strategy: Vec<&'static Strategy>,
    /// Model of another benchmark to start from; builtin is the bundled one
    #[arg(long, value_name = "MODEL")]
    prior: Option<PathBuf>,
    /// Number of searches, each with its own seed
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// Trainings per search
    #[arg(long, value_name = "N", default_value_t = 150, value_parser = clap::value_parser!(u32).range(1..))]
    budget: u32,
    /// Networks to train before the model is asked
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 16)]
    start: u32,
    /// Networks that are chosen at a time
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Also report the trainings to this regret; repeatable
    #[arg(long, hide_short_help = true, value_name = "REGRET")]
    regret: Vec<f64>,
    /// Features, as for graf fit
    #[arg(long = "use", value_name = "GROUPS", value_delimiter = ',', default_value = "graf++", value_parser = parse_use)]
    uses: Vec<Use>,
    /// Columns that are zero-cost proxies [default: those of NAS-Bench-Suite-Zero in the table]
    #[arg(long, hide_short_help = true, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    /// Predictor
    #[arg(long, value_name = "PREDICTOR", default_value = "auto", value_parser = predictors())]
    predictor: String,
    /// Seed of the first search; each further one takes the next
    #[arg(long, hide_short_help = true, default_value_t = 0)]
    seed: u64,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
    #[command(flatten)]
    parameters: PredictorArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn run(args: &ReplayArgs, common: &Common) -> Result<(), Failure> {
    one_stdin(args.inputs.iter().chain(&args.learn.join))?;
    let objectives = args.directions.objectives(&[])?;
    let [objective] = &objectives[..] else {
        return Err(SearchError::Objectives { count: objectives.len() }.into());
    };
    let direction = objective.needed_for("the best network").map_err(SearchError::from)?;
    let mut request = args.learn.request(&args.read)?;
    // Networks without a value cannot be found: they are left out.
    request.missing = request.missing.or(Some(Missing::Median));
    let options = PoolOptions {
        request: Request { ..request },
        sets: vec![UseSet { name: None, groups: args.uses.clone() }],
        proxies: args.proxies.clone(),
        targets: vec![objective.target.clone()],
    };
    let prior = args.prior.as_deref().map(model::read_prior).transpose()?;
    let pool = Pool::read_with(&args.inputs, &options, prior.as_ref())?;
    let name = args.inputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let candidates = Candidates::of(&pool, prior.as_ref(), &name)?;
    let mut learners = args.parameters.learners(std::slice::from_ref(&args.predictor))?;
    let learner = learners.pop().ok_or_else(|| Failure::Usage("no predictor".to_owned()))?;
    let replay = Replay {
        values: candidates.sources.iter().map(|&row| pool.targets[[row, 0]]).collect(),
        candidates: &candidates,
        direction,
        strategies: args.strategy.clone(),
        learner: if prior.is_some() {
            Contender::FromPrior(FromPrior(learner))
        } else {
            Contender::Alone(learner)
        },
        start: args.start as usize,
        batch: args.batch as usize,
        budget: (args.budget as usize).min(candidates.len()),
        seed: args.seed,
        seeds: args.seeds as usize,
    };
    replay.check(&objective.target)?;
    if !common.quiet {
        told(&replay, &pool, objective)?;
    }
    let progress = ProgressLine::of(common.quiet, args.seeds.into(), "searches");
    let traces = replay.run(&mut || progress.add(1));
    progress.clear();
    let found = summarize(&replay, &traces?, &args.regret);
    write(&found, args.output_format)
}

fn told(replay: &Replay, pool: &Pool, objective: &Objective) -> io::Result<()> {
    let networks = counted(replay.candidates.len() as u64, "network");
    let repeated = pool.rows() - replay.candidates.len();
    let mut out = io::stderr().lock();
    write!(out, "graf: {networks}")?;
    if repeated > 0 {
        write!(out, " ({repeated} isomorphic to one before left out)")?;
    }
    let values = replay.values.iter().copied();
    let best = values.reduce(|one, other| replay.direction.better(one, other)).unwrap_or(f64::NAN);
    let target = &objective.target;
    writeln!(out, "; best {target}: {best}; {} per strategy", counted(replay.seeds as u64, "seed"))
}

/// The columns of a summary.
fn header(found: &[Replayed]) -> Vec<String> {
    let Some(first) = found.first() else { return Vec::new() };
    let reached = first.reached.iter().map(|one| format!("to {}", one.what.replace('_', " ")));
    let regret = first.regret.iter().map(|one| format!("regret after {}", one.after));
    std::iter::once("strategy".to_owned()).chain(reached).chain(regret).collect()
}

fn write(found: &[Replayed], format: ReportFormat) -> Result<(), Failure> {
    let out = io::stdout().lock();
    let json: Vec<Value> = found.iter().map(Replayed::json).collect();
    if matches!(format, ReportFormat::Csv) {
        let (header, rows) = flat(found);
        return Ok(list::write_rows(format, &json, &header, &rows, out)?);
    }
    let row = |one: &Replayed| {
        let reached = one.reached.iter().map(trainings);
        let regret = one.regret.iter().map(|spread| regret(&spread.score));
        std::iter::once(one.strategy.to_owned()).chain(reached).chain(regret).collect()
    };
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    list::write_rows(format, &json, &header(found), &rows, out)?;
    Ok(())
}

/// `34 (36.1; 50/50)`: the median, the mean of the searches that reached it, and how many did.
fn trainings(one: &Reached) -> String {
    let mean = one.mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.1}"));
    let median = one.median.map_or_else(|| "–".to_owned(), |median| median.to_string());
    format!("{median} ({mean}; {}/{})", one.found, one.seeds)
}

/// The mean and the standard deviation of a regret, and its mark.
fn regret(score: &RunScore) -> String {
    let mark = match score.standing {
        Standing::Best => " *",
        Standing::Close => " ~",
        Standing::Worse | Standing::Undecided => "",
    };
    let std = if score.std.is_nan() { String::new() } else { format!(" ± {:.3}", score.std) };
    format!("{:.3}{std}{mark}", score.mean)
}

/// The header and the rows of a table for scripts: a number in each field.
fn flat(found: &[Replayed]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut header = vec!["strategy".to_owned()];
    if let Some(first) = found.first() {
        for one in &first.reached {
            let each = ["median", "mean", "most", "found", "seeds"];
            header.extend(each.map(|what| format!("to_{}.{what}", one.what)));
        }
        for one in &first.regret {
            let each = ["mean", "median", "std", "p_value"];
            header.extend(each.map(|what| format!("regret_{}.{what}", one.after)));
        }
    }
    let number = |value: Option<f64>| {
        value.filter(|value| value.is_finite()).map_or_else(String::new, |value| value.to_string())
    };
    let row = |one: &Replayed| {
        let mut row = vec![one.strategy.to_owned()];
        for Reached { median, mean, most, found, seeds, .. } in &one.reached {
            let most = most.map_or_else(String::new, |most| most.to_string());
            row.extend([
                number(*median),
                number(*mean),
                most,
                found.to_string(),
                seeds.to_string(),
            ]);
        }
        for one in &one.regret {
            let score = &one.score;
            row.extend(
                [Some(score.mean), Some(one.median), Some(score.std), score.p_value].map(number),
            );
        }
        row
    };
    (header, found.iter().map(row).collect())
}
