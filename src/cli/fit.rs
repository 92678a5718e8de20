//! `graf fit`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::direction::DirectionArgs;
use super::features::{FeatureArgs, check_chosen};
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::model::{self, ModelFile};
use super::names::{parse_use, predictors};
use super::predictor::PredictorArgs;
use super::{Common, Failure};
use crate::dataset::views::default_use;
use crate::dataset::{Benchmark, BenchmarkOptions, FEW_ROWS, FitSummary, Request, Use};
use crate::features::SHARED;
use crate::jobs::{Fit, FitBenchmarks, fit, fit_benchmarks};
use crate::metrics::Objective;
use crate::model::{Card, HeldOutSummary, LearnedOn};
use crate::predictor::Learner;
use crate::report::{ImportanceRow, importance_meaning, most_important};
use crate::table::{Input, clip};

/// Fit a predictor to networks with known performance
///
/// The input is a dump, whose features are computed on the way, or a table that graf featurize wrote,
/// whose columns are used as they are. The features are those that --use names.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      -o cs.graf",
    after_long_help = "\
More examples:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cora_latency \\
      --minimize --predictor rf -o latency.graf
  graf fit train.csv --target val_accs --use graf+,proxies --join proxies.csv \\
      --missing median -o m.graf
  graf fit --benchmarks benchmarks.toml -o shared.graf"
)]
pub(super) struct FitArgs {
    /// Tables of networks, or - for standard input
    #[arg(required_unless_present = "benchmarks")]
    inputs: Vec<Input>,
    /// Fit on every benchmark that this TOML file lists, for networks of any search space
    ///
    /// The model averages one predictor per benchmark. It predicts normal scores: 0 is the median of a
    /// benchmark, 1 is better than 84 % of it.
    #[arg(long, hide_short_help = true, value_name = "FILE", conflicts_with_all = IN_THE_FILE)]
    benchmarks: Option<PathBuf>,
    /// Model file to write
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// Column to predict; repeatable
    ///
    /// --minimize and --maximize name columns to predict as well.
    #[arg(
        long,
        required_unless_present_any = ["benchmarks", "minimize", "maximize"],
        value_name = "COLUMN"
    )]
    target: Vec<String>,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Features: views, graf+, graf, proxies, column:NAME or families such as one-hot, comma-separated
    /// [default: views]
    ///
    /// views are graf++, and graf with one-hot, of which auto uses those that predict held-out rows best;
    /// with --prior the default is graf++, with another predictor graf+. graf+ is statistics of live paths, and costs; graf++
    /// adds proxies in closed form; graf is the paper's features, or those that --config,
    /// --families, --max-subset-size and --names choose, which make graf the default; proxies are the
    /// zero-cost proxies; curve is features of a learning curve (columns such as acc_4, acc_12); column:NAME is columns of the table, with * for any text. With --benchmarks the
    /// default is shared, which is always included.
    #[arg(long = "use", value_name = "GROUPS", value_delimiter = ',', value_parser = parse_use)]
    uses: Vec<Use>,
    /// Columns that are zero-cost proxies [default: those of NAS-Bench-Suite-Zero in the table]
    #[arg(long, hide_short_help = true, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    /// Predictor
    ///
    /// rf stands for forest, gbdt for boost.
    #[arg(long, value_name = "PREDICTOR", default_value = "auto", value_parser = predictors())]
    predictor: String,
    /// Start from the predictions of this model, fitted on another benchmark
    ///
    /// For example a model of --use shared; builtin is the bundled one, of NAS-Bench-101.
    #[arg(long, hide_short_help = true, value_name = "MODEL")]
    prior: Option<PathBuf>,
    /// Random seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    parameters: PredictorArgs,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// What a file of benchmarks says of each of them, and what cannot be said of several tables.
pub(super) const IN_THE_FILE: [&str; 13] = [
    "inputs",
    "target",
    "minimize",
    "maximize",
    "join",
    "format",
    "dataset",
    "space",
    "encoding_column",
    "drop_unreachable",
    "prune",
    "rejects",
    "prior",
];

pub(super) fn run(args: &FitArgs, common: &Common) -> Result<(), Failure> {
    if args.output.as_os_str() == "-" {
        return Err(Failure::Usage("--output needs the name of a file for the model".to_owned()));
    }
    let mut learners = args.parameters.learners(std::slice::from_ref(&args.predictor))?;
    let Some(learner) = learners.pop() else {
        return Err(Failure::Usage(format!("no predictor {}", args.predictor)));
    };
    let fitted = match &args.benchmarks {
        Some(file) => of_benchmarks(args, file, learner)?,
        None => of_tables(args, learner)?,
    };
    if !common.quiet {
        summarize(&fitted)?;
    }
    Ok(())
}

/// Fits and writes a model of each benchmark of a file.
fn of_benchmarks(
    args: &FitArgs,
    file: &Path,
    learner: Box<dyn Learner>,
) -> Result<FitSummary, Failure> {
    let benchmarks = Benchmark::read_file(file)?;
    let tables = benchmarks.iter().flat_map(|one| one.inputs.iter().chain(&one.joins));
    let read = tables.map(Input::path).chain([Some(file)]);
    distinct(("--output", Some(&args.output)), read)?;
    let request = args.learn.request(&args.read)?;
    let features = args.features.config()?;
    let uses = shared_and(&args.uses);
    check_chosen(&uses, &features)?;
    let options = BenchmarkOptions {
        uses,
        proxies: args.proxies.clone(),
        features,
        missing: request.missing,
        skip_broken: request.networks.skip_broken,
        footprint: learner.footprint(1),
    };
    let file = ModelFile::create(&args.output)?;
    let asked = FitBenchmarks { benchmarks, options, learner, seed: args.seed };
    let fitted = fit_benchmarks(&asked)?;
    file.write(&fitted)?;
    Ok(fitted)
}

/// The groups that are named, and the one that benchmarks of several spaces have in common.
pub(super) fn shared_and(named: &[Use]) -> Vec<Use> {
    let shared = Use::Family(SHARED);
    let others = named.iter().filter(|group| **group != shared).cloned();
    std::iter::once(shared.clone()).chain(others).collect()
}

/// Fits and writes a model of the tables.
fn of_tables(args: &FitArgs, learner: Box<dyn Learner>) -> Result<FitSummary, Failure> {
    let objectives = args.directions.objectives(&args.target)?;
    one_stdin(args.inputs.iter().chain(&args.learn.join))?;
    let written = Some(args.output.as_path());
    let read = || args.inputs.iter().chain(&args.learn.join).map(Input::path);
    let others = [args.read.rejects(), args.prior.as_deref()];
    distinct(("--output", written), read().chain(others))?;
    distinct(("--rejects", args.read.rejects()), read())?;
    let features = args.features.config()?;
    let default = default_use([&*learner], args.prior.is_some());
    let uses = args.features.uses(&args.uses, &features, default)?;
    let options = Fit {
        request: Request { features, ..args.learn.request(&args.read)? },
        uses,
        proxies: args.proxies.clone(),
        objectives,
        learner,
        prior: args.prior.as_deref().map(model::read_prior).transpose()?,
        seed: args.seed,
    };
    let file = ModelFile::create(&args.output)?;
    let fitted = fit(&args.inputs, options)?;
    file.write(&fitted)?;
    Ok(fitted)
}

fn is_open(objective: &Objective) -> bool {
    objective.direction().is_none()
}

/// A target, and its direction if it was stated.
fn named(objective: &Objective) -> String {
    let Objective { target, stated } = objective;
    stated.map_or_else(|| target.clone(), |direction| format!("{target} ({direction})"))
}

/// What the predictor says of itself, for each target.
fn reports(header: &Card) -> impl Iterator<Item = &Value> {
    header.report.as_ref().and_then(Value::as_array).into_iter().flatten()
}

/// Columns named in the summary.
const TOP: usize = 5;

fn summarize(fitted: &FitSummary) -> io::Result<()> {
    let header = &fitted.model.header;
    let mut out = io::stderr().lock();
    let rows = counted(header.rows as u64, "row");
    let columns = counted(header.columns.len() as u64, "column");
    let targets: Vec<String> = header.objectives().iter().map(named).collect();
    writeln!(out, "graf: fitted {} on {rows}, {columns}", targets.join(", "))?;
    for Objective { target, .. } in header.objectives().iter().filter(|one| is_open(one)) {
        writeln!(
            out,
            "  warning: whether greater or smaller values of {} are better is not stated; state it with \
             --minimize or --maximize, or nothing can be ranked by it",
            clip(target)
        )?;
    }
    if header.learned_on.len() > 1 || header.learned_on.iter().any(|one| one.draws.is_some()) {
        for LearnedOn { name, space, target, direction, rows, draws, weight } in &header.learned_on
        {
            let space = space.as_deref().unwrap_or("no networks read");
            let draws = draws.map_or_else(String::new, |draws| format!("{draws} draws of "));
            let rows = draws + &counted(*rows as u64, "row");
            let target = named(&Objective { target: target.clone(), stated: *direction });
            writeln!(out, "  {name} ({space}): {target}, {rows}, weight {weight}")?;
        }
    }
    for note in notes(&fitted.aside) {
        writeln!(out, "  {note}")?;
    }
    for LearnedOn { name, rows, .. } in header.learned_on.iter().filter(|one| one.rows < FEW_ROWS) {
        let (rows, few) = (counted(*rows as u64, "row"), "results are unreliable");
        let of = if header.learned_on.len() > 1 { format!(" of {name}") } else { String::new() };
        writeln!(out, "  warning: {rows}{of} are too few: {few}")?;
    }
    if fitted.isomorphic > 0 {
        let networks = counted(fitted.isomorphic, "network");
        let but = match &header.held_out {
            Some(held_out) => {
                format!(": what is measured {} is better than it would be on new ones", held_out.by)
            }
            None => String::new(),
        };
        writeln!(out, "  {networks} isomorphic to others of the table{but}")?;
    }
    if let Some(HeldOutSummary { by, r2, kendall_tau }) = &header.held_out {
        let number =
            |value: Option<f64>| value.map_or("undefined".to_owned(), |v| format!("{v:.3}"));
        let r2 = number(*r2);
        if let [tau] = kendall_tau[..] {
            writeln!(out, "  {by}: Kendall tau {}, R² {r2}", number(tau))?;
        } else {
            writeln!(out, "  {by}: R² {r2}, averaged over the targets; Kendall tau")?;
            for (tau, target) in kendall_tau.iter().zip(&header.targets) {
                writeln!(out, "    {}  {target}", number(*tau))?;
            }
        }
    }
    for (report, target) in reports(header).zip(&header.targets) {
        let Some(views) = report["views"].as_array() else { continue };
        let of =
            if header.targets.len() > 1 { format!(" of {}", clip(target)) } else { String::new() };
        writeln!(out, "  views, by the squared error of held-out normal scores{of}:")?;
        for view in views {
            let (error, name) = (view["held_out_error"].as_f64(), view["view"].as_str());
            let used = if view["kept"] == true { "used" } else { "not used" };
            let (error, name) = (error.unwrap_or(f64::NAN), name.unwrap_or_default());
            writeln!(out, "    {error:.3}  {name} ({used})")?;
        }
    }
    if let Some(rows) = most_important(header, TOP).filter(|rows| !rows.is_empty()) {
        writeln!(out, "  most important:")?;
        writeln!(out, "    importance  direction  column")?;
        for ImportanceRow { column, importance, direction, .. } in rows {
            let direction = direction.unwrap_or_default();
            writeln!(out, "    {importance:<10.3}  {direction:<9}  {}", clip(&column))?;
        }
    }
    importance_meaning(header).split("; ").try_for_each(|part| writeln!(out, "  {part}"))
}
