//! `graf compare`.

mod matrix;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::direction::DirectionArgs;
use super::features::{FeatureArgs, check_chosen};
use super::fit::IN_THE_FILE;
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::list::ReportFormat;
use super::names::{choices, parse_metric, parse_use, predictors};
use super::predictor::PredictorArgs;
use super::{Common, Failure, model};
use crate::control::Control;
use crate::dataset::Plan;
use crate::dataset::views::default_use;
use crate::dataset::{FEW_ROWS, Pool, PoolOptions, Request, Use, UseSet};
use crate::experiment::{
    Choose, Compare, CompareError, Contender, METRICS, Run, RunFile, RunIndex, Task, classes_of,
    default_sizes, read_split, summarize,
};
use crate::metrics::{Metric, Objective};
use crate::predictor::transfer::prior::FromPrior;
use crate::report::{Label, ProgressLine, Results, ShownNames, Style};
use crate::table::{Input, check_appendable, clip};

/// Compare features and predictors in repeated experiments
///
/// In each repeat all of them are fitted on the same random training set and predict the same test set.
/// Isomorphic networks never fall on both sides of a split, and a training set has each once. Reported
/// are means and standard deviations over the repeats; * marks the best result and ~ those not
/// significantly worse (Wilcoxon signed-rank test over the paired repeats with Holm's correction,
/// p >= 0.05).
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf compare data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --target cs_valid_perf --use graf+ --use one-hot --train-size 32",
    after_long_help = "\
More examples:
  graf compare data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --target cs_valid_perf --predictor rf,gp,ridge --metric tau,regret@10
  graf compare nets.csv --join proxies.csv --target val_accs --use graf+ \\
      --use graf+,proxies --repeats 50 --runs runs.csv --output-format latex
  graf compare --train-on benchmarks.toml --output-format markdown"
)]
pub(super) struct CompareArgs {
    /// Tables of networks, or - for standard input
    #[arg(required_unless_present = "train_on")]
    inputs: Vec<Input>,
    /// Column to predict; repeatable
    ///
    /// --minimize and --maximize name columns to predict as well.
    #[arg(
        long,
        value_name = "COLUMN",
        required_unless_present_any = ["train_target", "train_on", "minimize", "maximize"]
    )]
    target: Vec<String>,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Fit on this column and evaluate the predictions on those of --test-target
    #[arg(
        long,
        hide_short_help = true,
        value_name = "COLUMN",
        requires = "test_target",
        conflicts_with = "target"
    )]
    train_target: Option<String>,
    /// With --train-target: columns to evaluate the predictions on
    #[arg(
        long,
        hide_short_help = true,
        value_name = "COLUMN",
        requires = "train_target",
        conflicts_with = "target",
        value_delimiter = ','
    )]
    test_target: Vec<String>,
    /// Fit on each benchmark that this TOML file lists, and rank all networks of the others
    ///
    /// The file is that of graf fit --benchmarks; targets are normal scores. The mean of all other models,
    /// zero-cost proxies and costs are reported for reference.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "FILE",
        conflicts_with_all = IN_THE_FILE,
        conflicts_with_all = OF_REPEATS
    )]
    train_on: Option<PathBuf>,
    /// With --train-on: benchmarks whose networks are ranked [default: the same]
    #[arg(
        long,
        hide_short_help = true,
        value_name = "FILE",
        requires = "train_on",
        conflicts_with = "inputs"
    )]
    test_on: Option<PathBuf>,
    /// Features, as for graf fit; repeat to compare several sets [default: views]
    ///
    /// The groups of a set are comma-separated; short=graf+,column:lat* calls the set short in the
    /// results. The default is graf where --config, --families,
    /// --max-subset-size or --names choose features, and shared, which is always included, with
    /// --train-on.
    #[arg(long = "use", value_name = "GROUPS", value_parser = parse_use_set)]
    uses: Vec<UseSet>,
    /// Columns that are zero-cost proxies [default: those of NAS-Bench-Suite-Zero in the table]
    #[arg(long, hide_short_help = true, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    /// Predictors, comma-separated
    #[arg(
        long,
        value_name = "PREDICTORS",
        value_delimiter = ',',
        default_value = "auto",
        value_parser = predictors()
    )]
    predictor: Vec<String>,
    /// Also compare each predictor started from the predictions of this model
    ///
    /// The model is fitted on another benchmark; builtin is the bundled one. With it a training set may be empty (--train-size 0).
    #[arg(long, hide_short_help = true, value_name = "MODEL")]
    prior: Option<PathBuf>,
    /// Sizes of the training set, comma-separated [default: 32,128, or less for small tables]
    #[arg(long, value_name = "ROWS", value_delimiter = ',', conflicts_with_all = ["folds", "split"])]
    train_size: Vec<usize>,
    /// Draw one network of the training set from each quantile of the target
    #[arg(long, hide_short_help = true, conflicts_with_all = ["folds", "split"])]
    stratify: bool,
    /// Strategies of graf suggest that choose the training sets, comma-separated
    ///
    /// The strategies choose from half of the networks (or all but --test-size); the others are the test
    /// set. A larger training set extends the one before by what the strategy adds with the model so far.
    /// random draws the networks instead [default: drawn from all networks].
    #[arg(
        long,
        hide_short_help = true,
        value_name = "STRATEGIES",
        value_delimiter = ',',
        conflicts_with_all = ["folds", "split", "stratify"],
        value_parser = choices()
    )]
    choose: Vec<Choose>,
    /// Cross-validate with this number of folds
    #[arg(long, value_name = "K", conflicts_with = "split")]
    folds: Option<usize>,
    /// JSON file with the encodings to "train" on and to "test", instead of random splits
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    split: Option<Input>,
    /// Maximum size of the test set [default: all other networks]
    #[arg(long, hide_short_help = true, value_name = "ROWS", conflicts_with = "split")]
    test_size: Option<usize>,
    /// Number of repeats
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = repeats)]
    repeats: usize,
    /// Random seed
    ///
    /// That of the first repeat; each further repeat takes the next.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Treat isomorphic networks as different, as the paper does
    ///
    /// In NAS-Bench-201, functionally identical networks as well.
    #[arg(long, hide_short_help = true)]
    allow_duplicates: bool,
    /// Metrics, such as regret@10, comma-separated [default: kendall_tau,spearman,r2]
    ///
    /// With --train-on the default is kendall_tau.
    #[arg(long, value_name = "METRICS", value_delimiter = ',', value_parser = parse_metric)]
    metric: Vec<Metric>,
    /// CSV file to append single runs to
    ///
    /// Runs that are in the file are not made again.
    #[arg(long, value_name = "FILE")]
    runs: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
    /// Show a feature set, predictor, target or metric under another name; repeatable
    ///
    /// For example --label graf+=GRAF+. For the formats table, markdown and latex.
    #[arg(long, hide_short_help = true, value_name = "NAME=LABEL")]
    label: Vec<Label>,
    /// Digits after the decimal point [default: 4; 3 with --train-on]
    ///
    /// For the formats table, markdown and latex; csv and json have all digits.
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=MOST_DIGITS))]
    digits: Option<u8>,
    #[command(flatten)]
    parameters: PredictorArgs,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// The most digits after the point: a double has about 16.
const MOST_DIGITS: i64 = 15;

/// The most repeats.
const MAX_REPEATS: usize = 1_000_000;

fn repeats(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=MAX_REPEATS) => Ok(count),
        _ => Err(format!("not a whole number from 1 to {MAX_REPEATS}")),
    }
}

/// Groups of columns with commas between them, after `name=` if the set has a name of its own.
fn parse_use_set(text: &str) -> Result<UseSet, String> {
    // A colon before the sign belongs to column:NAME, a comma to the groups.
    let named = text.split_once('=').filter(|(name, _)| !name.contains([':', ',']));
    let (name, groups) = named.map_or((None, text), |(name, groups)| (Some(name.trim()), groups));
    if name == Some("") {
        return Err("no name stands before `=`; write NAME=GROUPS, or GROUPS alone".to_owned());
    }
    let groups = groups.split(',').map(parse_use).collect::<Result<_, _>>()?;
    Ok(UseSet { name: name.map(str::to_owned), groups })
}

/// The metrics that are named, or others.
fn metrics(named: &[Metric], default: &[&str]) -> Vec<Metric> {
    match named {
        [] => default.iter().filter_map(|name| name.parse().ok()).collect(),
        named => named.to_vec(),
    }
}

/// What has no meaning where each benchmark is learned once.
const OF_REPEATS: [&str; 11] = [
    "train_target",
    "test_target",
    "train_size",
    "stratify",
    "folds",
    "split",
    "test_size",
    "choose",
    "repeats",
    "allow_duplicates",
    "runs",
];

pub(super) fn run(args: &CompareArgs, common: &Common) -> Result<(), Failure> {
    args.check_style()?;
    if let Some(train) = &args.train_on {
        args.once()?;
        return matrix::run(args, train, common);
    }
    let read = || {
        let split = args.split.iter();
        args.inputs.iter().chain(&args.learn.join).chain(split).map(Input::path)
    };
    one_stdin(args.inputs.iter().chain(&args.learn.join).chain(&args.split))?;
    args.once()?;
    let is_plain = |path: &PathBuf| path.extension().is_none_or(|ending| ending == "csv");
    if let Some(path) = args.runs.as_ref().filter(|path| !is_plain(path)) {
        let name = path.display();
        return Err(Failure::Usage(format!(
            "--runs {name}: runs are added to plain CSV; give the file a name that ends in .csv"
        )));
    }
    distinct(("--runs", args.runs.as_deref()), read().chain([args.read.rejects()]))?;
    distinct(("--rejects", args.read.rejects()), read())?;
    let objectives = args.objectives()?;
    let targets: Vec<String> = objectives.iter().map(|one| one.target.clone()).collect();
    if let Some(path) = &args.runs {
        check_appendable(path).map_err(|error| {
            let (name, reason) = (path.display().to_string(), error.to_string());
            CompareError::Runs { name, reason: format!("cannot be written: {reason}") }
        })?;
    }
    let features = args.features.config()?;
    let sets = match args.uses.as_slice() {
        [] => vec![UseSet {
            name: None,
            groups: vec![args.features.default_use(args.default_use()?)],
        }],
        sets => sets.to_vec(),
    };
    check_chosen(sets.iter().flat_map(|set| &set.groups), &features)?;
    let options = PoolOptions {
        request: Request { features, ..args.learn.request(&args.read)? },
        sets,
        proxies: args.proxies.clone(),
        targets: targets.clone(),
    };
    let prior = args.prior.as_deref().map(model::read_prior).transpose()?;
    let pool = Pool::read_with(&args.inputs, &options, prior.as_ref())?;
    let compare = args.experiment(&pool, objectives)?;
    compare.check(&pool)?;
    // The names are known before any run.
    let names = Results::new(&compare, &pool, summarize(&compare, pool.sets.len(), &[])).names();
    let style = args.style(Style::default().digits, &names)?;
    if !common.quiet {
        told(&compare, &pool)?;
    }
    let runs = make(args, &compare, &pool, &targets, common)?;
    let summaries = summarize(&compare, pool.sets.len(), &runs);
    let results = Results::new(&compare, &pool, summaries);
    Ok(results.write(args.output_format, &style, io::stdout().lock())?)
}

impl CompareArgs {
    /// Refuses what is named twice: there is one place for it in the result.
    fn once(&self) -> Result<(), Failure> {
        fn names<T: ToString>(named: &[T]) -> Vec<String> {
            named.iter().map(ToString::to_string).collect()
        }
        for (flag, named) in [
            ("--train-size", names(&self.train_size)),
            ("--use", names(&self.uses)),
            ("--predictor", self.predictor.clone()),
            ("--metric", names(&self.metric)),
            ("--choose", names(&self.choose)),
        ] {
            let mut seen = HashSet::new();
            if let Some(name) = named.iter().find(|name| !seen.insert(*name)) {
                let reason = format!("{flag} names {} twice; name it once", clip(name));
                return Err(Failure::Usage(reason));
            }
        }
        Ok(())
    }

    /// What predicts if nothing else is said.
    fn default_use(&self) -> Result<Use, Failure> {
        let learners = self.parameters.learners(&self.predictor)?;
        Ok(default_use(learners.iter().map(|learner| &**learner), self.prior.is_some()))
    }

    /// Refuses to shape numbers and names where programs read them.
    fn check_style(&self) -> Result<(), Failure> {
        if !matches!(self.output_format, ReportFormat::Csv | ReportFormat::Json) {
            return Ok(());
        }
        let flag = if self.digits.is_some() {
            "--digits"
        } else if self.label.is_empty() {
            return Ok(());
        } else {
            "--label"
        };
        Err(Failure::Usage(format!(
            "{flag} is for --output-format table, markdown and latex: csv and json keep all digits and names; \
             leave it out"
        )))
    }

    /// How numbers and these names are shown.
    fn style(&self, digits: usize, names: &[String]) -> Result<Style, Failure> {
        let labels = ShownNames::new(self.label.iter().cloned());
        labels.check(names).map_err(|error| Failure::Usage(format!("--label: {error}")))?;
        Ok(Style { labels, digits: self.digits.map_or(digits, usize::from) })
    }

    /// The targets, the one to train on first if it is another one than those to test.
    fn objectives(&self) -> Result<Vec<Objective>, Failure> {
        let Some(train) = &self.train_target else {
            return Ok(self.directions.objectives(&self.target)?);
        };
        let others = self.test_target.iter().filter(|target| *target != train);
        let all = std::iter::once(train).chain(others).map(Objective::of);
        Ok(self.directions.stated().complete(&all.collect::<Vec<_>>())?)
    }

    fn experiment(&self, pool: &Pool, objectives: Vec<Objective>) -> Result<Compare, Failure> {
        let sizes = if self.train_size.is_empty() {
            let classes = classes_of(pool, self.allow_duplicates);
            default_sizes(classes.iter().max().map_or(0, |last| last + 1))
        } else {
            self.train_size.clone()
        };
        let plan = match (&self.split, self.folds) {
            (Some(file), _) => read_split(file, pool)?,
            (None, Some(folds)) => Plan::Folds(folds),
            (None, None) if self.stratify => Plan::Stratified(sizes),
            (None, None) => Plan::Sizes(sizes),
        };
        let tasks = if self.train_target.is_some() {
            let place = |name: &String| objectives.iter().position(|one| one.target == *name);
            let tests = self.test_target.iter().filter_map(place);
            tests.map(|test| Task { train: 0, test }).collect()
        } else {
            (0..objectives.len()).map(|target| Task { train: target, test: target }).collect()
        };
        let learners = self.parameters.learners(&self.predictor)?;
        let mut learners: Vec<_> = learners.into_iter().map(Contender::Alone).collect();
        if self.prior.is_some() {
            for learner in self.parameters.learners(&self.predictor)? {
                learners.push(Contender::FromPrior(FromPrior(learner)));
            }
        }
        Ok(Compare {
            plan,
            repeats: self.repeats,
            seed: self.seed,
            test_size: self.test_size,
            allow_duplicates: self.allow_duplicates,
            choices: self.choose.clone(),
            learners,
            objectives,
            tasks,
            metrics: metrics(&self.metric, &METRICS),
            control: Control::default(),
        })
    }
}

/// Summarises the networks and features, and what was skipped.
fn told(compare: &Compare, pool: &Pool) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let rows = counted(pool.rows() as u64, "network");
    let columns = pool.sets.iter().map(|set| {
        let learned = if set.is_learned { " and those that are learned" } else { "" };
        format!("{} ({}{learned})", set.name, set.columns.len())
    });
    let columns: Vec<_> = columns.collect();
    writeln!(out, "graf: {rows}; sets of features (columns): {}", columns.join(", "))?;
    for note in notes(&pool.aside) {
        writeln!(out, "  {note}")?;
    }
    if let Some(size) = compare.plan.sizes().iter().find(|&&size| size > 0 && size < FEW_ROWS) {
        let few = "results are unreliable";
        writeln!(out, "  warning: training sets of {size} are too small: {few}")?;
    }
    if pool.networks.is_empty() {
        writeln!(out, "  no networks in the table: isomorphic ones are not recognised")?;
    } else if !compare.allow_duplicates {
        let different = compare.classes(pool).into_iter().max().map_or(0, |last| last + 1);
        if different < pool.rows() {
            let kept = match compare.leaks(pool) {
                Some((known, tested)) => format!(
                    "the split is used as given: {known} of {tested} networks of the test set are \
                     isomorphic to one of the training set"
                ),
                None => {
                    "isomorphic ones stay on one side of a split (--allow-duplicates separates them)"
                        .to_owned()
                }
            };
            writeln!(out, "  {different} of them are different networks; {kept}")?;
        }
    }
    Ok(())
}

/// Makes the runs, but for those that the file of runs has.
fn make(
    args: &CompareArgs,
    compare: &Compare,
    pool: &Pool,
    targets: &[String],
    common: &Common,
) -> Result<Vec<Run>, Failure> {
    let places = compare.places(pool);
    let file = match &args.runs {
        Some(path) => Some(RunFile::open(path, compare, pool)?),
        None => None,
    };
    let made: HashMap<RunIndex, Run> = file.as_ref().map_or_else(HashMap::new, |f| f.made(&places));
    if !made.is_empty() && !common.quiet {
        let runs = counted(made.len() as u64, "run");
        writeln!(io::stderr(), "graf: {runs} of {} made before", places.len())?;
    }
    let left = places.len() - made.len();
    let progress = ProgressLine::of(common.quiet, left as u64, "runs");
    let order = file.as_ref().map_or_else(|| places.clone(), |file| file.order(places.clone()));
    // A thread that panicked has left no half of a line: lines are written whole.
    let file = file.map(Mutex::new);
    let done = |place| match &file {
        Some(file) => file.lock().unwrap_or_else(PoisonError::into_inner).find(place),
        None => Ok(None),
    };
    let runs = compare.run(pool, &order, &done, &mut |run, is_new| {
        if let (Some(file), true) = (&file, is_new) {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.add(run, compare, pool, targets)?;
        }
        progress.add(u64::from(!made.contains_key(&run.place)));
        Ok(())
    });
    progress.clear();
    Ok(runs?)
}
