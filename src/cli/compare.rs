//! `graf compare`.

use std::collections::{HashMap, HashSet};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

use super::features::FeatureArgs;
use super::fit::{ForestArgs, LearnArgs, Predictor};
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::{Common, Failure};
use crate::compare::{
    Compare, Learner, Place, Plan, Run, RunFile, Score, Standing, Summary, Task, read_split,
    runs_to_tell, summarize,
};
use crate::metrics::Metric;
use crate::pipeline::{Pool, PoolOptions, Use, Wanted};
use crate::table::{Input, clip};

/// Compare sets of features and predictors in repeated experiments
///
/// In each repeat all of them learn from the same networks, drawn at random, and predict the same
/// others. Isomorphic networks stand on one side of a split, and a train set holds each only once.
/// Shown are means and standard deviations over the repeats; the best is marked *, and what is not
/// significantly worse (Wilcoxon's signed-rank test over the paired repeats, Holm's correction,
/// p >= 0.05) ~.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf compare data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf --use graf --use one-hot --train-size 32,128 --repeats 10
  graf compare nets.csv --join proxies.csv --target val_accs --use graf --use graf,proxies --repeats 50 --runs runs.csv --output-format latex")]
pub(super) struct CompareArgs {
    /// Tables of networks, or - for standard input
    #[arg(required = true)]
    inputs: Vec<Input>,
    /// The column to predict; repeat it for several, each on its own
    #[arg(long, value_name = "COLUMN", required_unless_present = "train_target")]
    target: Vec<String>,
    /// Learn this column, and see how well the predictions rank those of --test-target
    #[arg(long, value_name = "COLUMN", requires = "test_target", conflicts_with = "target")]
    train_target: Option<String>,
    /// With --train-target: the columns that the predictions are measured on
    #[arg(
        long,
        value_name = "COLUMN",
        requires = "train_target",
        conflicts_with = "target",
        value_delimiter = ','
    )]
    test_target: Vec<String>,
    /// A set of features, as for graf fit, with commas; repeat it to compare several [default: graf]
    #[arg(long = "use", value_name = "GROUPS")]
    uses: Vec<UseSet>,
    /// The columns that are proxies [default: those of NAS-Bench-Suite-Zero that are there]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    proxies: Vec<String>,
    /// The predictors
    #[arg(long, value_name = "PREDICTORS", value_delimiter = ',', default_value = "forest")]
    predictor: Vec<Predictor>,
    /// How many networks to learn from; several with commas [default: 32,128]
    #[arg(long, value_name = "ROWS", value_delimiter = ',', conflicts_with_all = ["folds", "split"])]
    train_size: Vec<usize>,
    /// Draw one network of the train set from each quantile of the target
    #[arg(long, conflicts_with_all = ["folds", "split"])]
    stratify: bool,
    /// Cross-validate: each of so many folds is predicted once by what was learned from the others
    #[arg(long, value_name = "K", conflicts_with = "split")]
    folds: Option<usize>,
    /// Take this split: a JSON file with the encodings to "train" on and to "test"
    #[arg(long, value_name = "FILE")]
    split: Option<Input>,
    /// Predict at most so many of the other networks [default: all of them]
    #[arg(long, value_name = "ROWS", conflicts_with = "split")]
    test_size: Option<usize>,
    /// How often
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = repeats)]
    repeats: usize,
    /// The seed of the first repeat; each has its own, the next
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Take isomorphic networks for different ones, as the paper does
    #[arg(long)]
    allow_duplicates: bool,
    /// What is measured, such as regret@10; several with commas
    #[arg(
        long,
        value_name = "METRICS",
        value_delimiter = ',',
        default_value = "kendall_tau,spearman,r2"
    )]
    metric: Vec<Metric>,
    /// Add every single run to this CSV file, and do not make again those that it has
    #[arg(long, value_name = "FILE")]
    runs: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    forest: ForestArgs,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// The most repeats.
const MAX_REPEATS: usize = 1_000_000;

fn repeats(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=MAX_REPEATS) => Ok(count),
        _ => Err(format!("not a whole number from 1 to {MAX_REPEATS}")),
    }
}

/// Groups of columns with commas between them.
#[derive(Debug, Clone)]
struct UseSet(Vec<Use>);

impl std::str::FromStr for UseSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(str::parse).collect::<Result<_, _>>().map(UseSet)
    }
}

/// How a comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For a person
    Table,
    /// For a script: a list of objects
    Json,
    /// Comma separated values, a line for each mean
    Csv,
    /// A table for a report
    Markdown,
    /// A table for a paper
    Latex,
}

/// The train sizes where none are named.
const SIZES: [usize; 2] = [32, 128];

pub(super) fn run(args: &CompareArgs, common: &Common) -> Result<(), Failure> {
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
    let targets: Vec<String> = match &args.train_target {
        None => args.target.clone(),
        Some(train) => {
            let others = args.test_target.iter().filter(|target| *target != train);
            std::iter::once(train).chain(others).cloned().collect()
        }
    };
    let options = PoolOptions {
        wanted: Wanted {
            read: args.read.read_options(),
            networks: args.read.networks()?,
            joins: args.learn.join.clone(),
            features: args.features.config()?,
            missing: args.learn.policy(),
            ..Wanted::default()
        },
        sets: match args.uses.as_slice() {
            [] => vec![vec![Use::Graf]],
            sets => sets.iter().map(|set| set.0.clone()).collect(),
        },
        proxies: args.proxies.clone(),
        targets: targets.clone(),
    };
    let pool = Pool::read(&args.inputs, &options)?;
    let compare = args.experiment(&pool, &targets)?;
    compare.check(&pool)?;
    if !common.quiet {
        told(&compare, &pool)?;
    }
    let runs = make(args, &compare, &pool, &targets, common)?;
    let report = Report { compare: &compare, pool: &pool, targets: &targets };
    let summaries = summarize(&compare, pool.sets.len(), &runs);
    report.write(&summaries, args.output_format)
}

impl CompareArgs {
    /// Refuses what is named twice: there is one place for it in the result.
    fn once(&self) -> Result<(), Failure> {
        fn names<T: ToString>(named: &[T]) -> Vec<String> {
            named.iter().map(ToString::to_string).collect()
        }
        let predictors: Vec<_> = self.predictor.iter().map(|predictor| predictor.name()).collect();
        for (flag, named) in [
            ("--train-size", names(&self.train_size)),
            ("--use", self.uses.iter().map(|set| names(&set.0).join(",")).collect()),
            ("--predictor", names(&predictors)),
            ("--metric", names(&self.metric)),
        ] {
            let mut seen = HashSet::new();
            if let Some(name) = named.iter().find(|name| !seen.insert(*name)) {
                let reason = format!("{flag} names {} twice; name it once", clip(name));
                return Err(Failure::Usage(reason));
            }
        }
        Ok(())
    }

    fn experiment(&self, pool: &Pool, targets: &[String]) -> Result<Compare, Failure> {
        let sizes =
            if self.train_size.is_empty() { SIZES.to_vec() } else { self.train_size.clone() };
        let plan = match (&self.split, self.folds) {
            (Some(file), _) => read_split(file, pool)?,
            (None, Some(folds)) => Plan::Folds(folds),
            (None, None) if self.stratify => Plan::Stratified(sizes),
            (None, None) => Plan::Sizes(sizes),
        };
        let tasks = if self.train_target.is_some() {
            let place = |name| targets.iter().position(|target| target == name);
            let tests = self.test_target.iter().filter_map(place);
            tests.map(|test| Task { train: 0, test }).collect()
        } else {
            (0..targets.len()).map(|target| Task { train: target, test: target }).collect()
        };
        let learner = |predictor: &Predictor| Learner {
            name: predictor.name(),
            params: self.forest.params(*predictor),
        };
        Ok(Compare {
            plan,
            repeats: self.repeats,
            seed: self.seed,
            test_size: self.test_size,
            allow_duplicates: self.allow_duplicates,
            learners: self.predictor.iter().map(learner).collect(),
            tasks,
            metrics: self.metric.clone(),
        })
    }
}

/// Says what is compared on, and what of the tables is not.
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
    if pool.doubled > 0 {
        let networks = counted(pool.doubled, "network");
        writeln!(out, "  {networks} more than once in a joined table (the first counts)")?;
    }
    if pool.networks.is_empty() {
        writeln!(out, "  no networks in the table: isomorphic ones cannot be told")?;
    } else if !compare.allow_duplicates {
        let different = compare.classes(pool).into_iter().max().map_or(0, |last| last + 1);
        if different < pool.rows() {
            let kept = match &compare.plan {
                Plan::Given(train, test) => {
                    let classes = compare.classes(pool);
                    let trained: HashSet<_> = train.iter().map(|&row| classes[row]).collect();
                    let known = test.iter().filter(|&&row| trained.contains(&classes[row])).count();
                    let tested = test.len();
                    format!(
                        "the split is taken as it is: {known} of {tested} that are tested are isomorphic to one that is trained on"
                    )
                }
                _ => "each stands on one side of a split (--allow-duplicates ends this)".to_owned(),
            };
            writeln!(out, "  {different} of them differ up to isomorphism; {kept}")?;
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
    let mut file = match &args.runs {
        Some(path) => Some(RunFile::open(path, compare, pool)?),
        None => None,
    };
    let made: HashMap<Place, Run> = file.as_ref().map_or_else(HashMap::new, |f| f.made(&places));
    if !made.is_empty() && !common.quiet {
        let runs = counted(made.len() as u64, "run");
        writeln!(io::stderr(), "graf: {runs} of {} made before", places.len())?;
    }
    let target =
        if common.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some((places.len() - made.len()) as u64), target);
    // A template that does not parse leaves the default style.
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} runs, {eta} left") {
        bar.set_style(style);
    }
    let done = |place| made.get(&place).cloned();
    let runs = compare.run(pool, &done, &mut |run, is_new| {
        if let (Some(file), true) = (&mut file, is_new) {
            file.add(run, compare, pool, targets)?;
        }
        bar.inc(u64::from(is_new));
        Ok(())
    });
    bar.finish_and_clear();
    Ok(runs?)
}

/// What a report speaks of.
struct Report<'a> {
    compare: &'a Compare,
    pool: &'a Pool,
    targets: &'a [String],
}

impl Report<'_> {
    fn write(&self, summaries: &[Summary], format: ReportFormat) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match format {
            ReportFormat::Json => {
                let json = self.json(summaries);
                serde_json::to_writer_pretty(&mut out, &json).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            ReportFormat::Csv => self.csv(summaries, out)?,
            ReportFormat::Latex => self.latex(summaries, out)?,
            ReportFormat::Table | ReportFormat::Markdown => {
                writeln!(out, "{}", self.table(summaries, format))?;
                if format == ReportFormat::Table {
                    writeln!(out, "{}", self.legend(summaries))?;
                }
            }
        }
        Ok(())
    }

    /// What the marks and numbers of a table mean.
    fn legend(&self, summaries: &[Summary]) -> String {
        let runs = self.compare.repeats * self.folds();
        let others = summaries.first().map_or(0, |summary| summary.scores.len()).saturating_sub(1);
        let needed = runs_to_tell(others);
        let marks = match others {
            0 => String::new(),
            _ if runs < needed => {
                format!("* best (what is not significantly worse shows from {needed} runs on); ")
            }
            _ => "* best; ~ not significantly worse; ".to_owned(),
        };
        let std = if runs > 1 { "mean ± standard deviation of the runs" } else { "one run" };
        format!("{marks}{std}")
    }

    /// How many runs of a repeat count as one experiment.
    fn folds(&self) -> usize {
        if let Plan::Folds(folds) = self.compare.plan { folds } else { 1 }
    }

    fn target(&self, task: Task) -> String {
        let name = &self.targets[task.test];
        if task.train == task.test {
            name.clone()
        } else {
            format!("{} -> {name}", self.targets[task.train])
        }
    }

    /// The name of a column: the set, and the predictor if there are several.
    fn column(&self, score: &Score) -> String {
        let set = &self.pool.sets[score.set].name;
        match self.compare.learners.as_slice() {
            [_] => set.clone(),
            learners => format!("{set} {}", learners[score.learner].name),
        }
    }

    /// The columns of a table that is read by people.
    fn header(&self, summaries: &[Summary]) -> Vec<String> {
        let names = summaries.first().into_iter().flat_map(|summary| &summary.scores);
        let scores = names.map(|score| self.column(score));
        ["target", "train size", "metric"].map(str::to_owned).into_iter().chain(scores).collect()
    }

    fn row(&self, summary: &Summary) -> [String; 3] {
        let size = summary.train_size.to_string();
        [self.target(summary.task), size, summary.metric.to_string()]
    }

    fn table(&self, summaries: &[Summary], format: ReportFormat) -> Table {
        let mut table = Table::new();
        let is_plain = format == ReportFormat::Markdown;
        if is_plain {
            table.load_style(presets::ASCII_MARKDOWN);
        } else {
            table.load_style(presets::UTF8_HORIZONTAL_ONLY);
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        let is_bold =
            !is_plain && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        table.set_header(self.header(summaries));
        for summary in summaries {
            let mut cells: Vec<Cell> = self.row(summary).map(Cell::new).into();
            cells.extend(summary.scores.iter().map(|score| {
                let text = number(score, "±");
                match (score.standing, is_plain) {
                    (Standing::Best, true) => Cell::new(format!("**{text}**")),
                    (Standing::Best, false) if is_bold => {
                        Cell::new(format!("{text} *")).add_attribute(Attribute::Bold)
                    }
                    (Standing::Best, false) => Cell::new(format!("{text} *")),
                    (Standing::Close, _) => Cell::new(format!("{text} ~")),
                    (Standing::Worse, _) => Cell::new(text),
                }
            }));
            table.add_row(cells);
        }
        table
    }

    fn json(&self, summaries: &[Summary]) -> Value {
        let mut entries: Vec<Value> = Vec::new();
        // The metrics of a task and size follow each other.
        for group in summaries.chunk_by(|a, b| a.task == b.task && a.train_size == b.train_size) {
            let scores = group.first().map_or(0, |summary| summary.scores.len());
            for place in 0..scores {
                let first = &group[0].scores[place];
                let metrics: Map<String, Value> = group
                    .iter()
                    .map(|summary| {
                        let score = &summary.scores[place];
                        let value = json!({
                            "mean": score.mean,
                            "std": score.std,
                            "standing": standing(score.standing),
                            "p_value": score.p_value,
                        });
                        (summary.metric.to_string(), value)
                    })
                    .collect();
                let task = group[0].task;
                entries.push(json!({
                    "features": self.pool.sets[first.set].name,
                    "predictor": self.compare.learners[first.learner].name,
                    "target": self.targets[task.test],
                    "train_target": self.targets[task.train],
                    "train_size": group[0].train_size,
                    "repeats": self.compare.repeats * self.folds(),
                    "metrics": metrics,
                }));
            }
        }
        Value::Array(entries)
    }

    fn csv(&self, summaries: &[Summary], out: impl Write) -> Result<(), Failure> {
        let mut csv = csv::Writer::from_writer(out);
        let header = [
            "features",
            "predictor",
            "train_target",
            "target",
            "train_size",
            "metric",
            "runs",
            "mean",
            "std",
            "standing",
            "p_value",
        ];
        csv.write_record(header).map_err(io::Error::from)?;
        let text = |value: f64| if value.is_nan() { String::new() } else { value.to_string() };
        for summary in summaries {
            for score in &summary.scores {
                csv.write_record([
                    &self.pool.sets[score.set].name,
                    &self.compare.learners[score.learner].name,
                    &self.targets[summary.task.train],
                    &self.targets[summary.task.test],
                    &summary.train_size.to_string(),
                    &summary.metric.to_string(),
                    &score.runs.to_string(),
                    &text(score.mean),
                    &text(score.std),
                    standing(score.standing),
                    &text(score.p_value.unwrap_or(f64::NAN)),
                ])
                .map_err(io::Error::from)?;
            }
        }
        csv.flush()?;
        Ok(())
    }

    fn latex(&self, summaries: &[Summary], mut out: impl Write) -> Result<(), Failure> {
        let header = self.header(summaries);
        let line = |cells: &[String]| format!("{} \\\\", cells.join(" & "));
        writeln!(out, "\\begin{{tabular}}{{lrl{}}}", "r".repeat(header.len() - 3))?;
        writeln!(out, "\\hline")?;
        let header: Vec<_> = header.iter().map(|text| escaped(text)).collect();
        writeln!(out, "{}", line(&header))?;
        writeln!(out, "\\hline")?;
        for summary in summaries {
            let mut cells: Vec<String> =
                self.row(summary).iter().map(|text| escaped(text)).collect();
            cells.extend(summary.scores.iter().map(|score| match score.standing {
                Standing::Best => format!("$\\mathbf{{{}}}$", number(score, "\\pm")),
                Standing::Close => format!("${}^{{\\sim}}$", number(score, "\\pm")),
                Standing::Worse => format!("${}$", number(score, "\\pm")),
            }));
            writeln!(out, "{}", line(&cells))?;
        }
        writeln!(out, "\\hline")?;
        writeln!(out, "\\end{{tabular}}")?;
        Ok(())
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Best => "best",
        Standing::Close => "not significantly worse",
        Standing::Worse => "",
    }
}

/// The mean, and the standard deviation if there is one.
fn number(score: &Score, between: &str) -> String {
    match (score.mean.is_nan(), score.std.is_nan()) {
        (true, _) => "none".to_owned(),
        (false, true) => format!("{:.4}", score.mean),
        (false, false) => format!("{:.4} {between} {:.4}", score.mean, score.std),
    }
}

/// A text that LaTeX does not take for commands.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => escaped.extend(['\\', character]),
            other => escaped.push(other),
        }
    }
    escaped
}
