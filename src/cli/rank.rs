//! `graf rank`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};

use super::device::DeviceArgs;
use super::direction::DirectionArgs;
use super::featurize::parse_keep;
use super::input::{ReadArgs, counted, distinct, notes, one_stdin};
use super::learn::LearnArgs;
use super::list::{self, ReportFormat};
use super::names::{ByArg, parse_aggregate, parse_by, parse_metric};
use super::{Common, Failure, model};
use crate::dataset::{By, Keep, Request, Use};
use crate::features::FeatureConfig;
use crate::jobs::{Bias, GroupBy, Rank, RankRows, RankSummary, rank};
use crate::metrics::{Direction, Metric};
use crate::ranking::{Aggregate, Agreement, ColumnKind, KnownDirection, RankedColumn};
use crate::table::{Input, Output, clip};

/// Measure how columns rank networks, and combine them without training
///
/// Columns are zero-cost proxies, any numbers of the table, features and predictions of models. With
/// --target, each is compared with the true values, on all rows and in groups of rows; without, the columns are compared
/// with each other. Aggregates of their ranks are measured beside them.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf rank data/nas-bench-graph/nas-bench-graph.csv.gz \\
      --by params,op_count,position --target cs_valid_perf",
    after_long_help = "\
More examples:
  graf rank candidates.csv -n 20 -o best.csv
  graf rank nets.csv --join proxies.csv --by proxies --target val_accs \\
      --group-by nwot:4 --output-format json
  graf rank nets.csv --join proxies.csv --by model:nb101.graf,jacov,nwot \\
      --aggregate log-rank -n 20 -o ranked.csv
  graf rank candidates.csv --by synflow,latency --minimize latency"
)]
pub(super) struct RankArgs {
    /// Table of networks, or - for standard input
    input: Input,
    /// Columns to rank by: names, proxies, column:NAME, model:FILE [default: label-free]
    ///
    /// label-free stands for the columns that rank the networks of a space before the first label: its parameters
    /// and columns of mean_field. It may stand beside a model. A name is that of a family of features (such as flops), of a column of the table or of one feature. In
    /// column:NAME, which is a column of the table whatever its name, * stands for any text. model:FILE is the
    /// prediction of a model.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = parse_by)]
    by: Vec<ByArg>,
    /// Column with the true values; it may be empty in some rows
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    #[command(flatten)]
    directions: DirectionArgs,
    /// Metrics [default: kendall_tau,spearman,precision@10]
    #[arg(long, hide_short_help = true, value_name = "METRICS", value_delimiter = ',', value_parser = parse_metric)]
    metric: Vec<Metric>,
    /// Also measure groups of rows: by the values of a column, or COLUMN:4 for quarters by its size
    #[arg(long, value_name = "COLUMN", value_parser = parse_group, requires = "target")]
    group_by: Option<GroupBy>,
    /// Aggregates: log-rank, mean-rank, borda, vote, or none [default: all]
    ///
    /// They depend on the direction of each column: it is stated with --minimize or --maximize, or published (of
    /// the standard zero-cost proxies), or estimated from the labels of --target.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_aggregate)]
    aggregate: Vec<Option<&'static Aggregate>>,
    /// Show for each column the feature of each family that it agrees with most
    #[arg(long)]
    bias: bool,
    /// File to write the aggregates of each row to
    #[arg(short, long, value_name = "FILE")]
    output: Option<Output>,
    /// With -o: write all rows, the best by the first aggregate first, with a column rank
    #[arg(long, requires = "output")]
    sort: bool,
    /// With -o: write the N best rows only
    #[arg(short = 'n', long, value_name = "N", requires = "output", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// With -o: input columns to write: all, none or names [default: the encoding]
    #[arg(long, hide_short_help = true, value_name = "COLUMNS", requires = "output", value_parser = parse_keep)]
    keep: Option<Keep>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ReportFormat,
    #[command(flatten)]
    device: DeviceArgs,
    #[command(flatten)]
    learn: LearnArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// The most groups by size.
const MOST_QUANTILES: usize = 100;

fn parse_group(text: &str) -> Result<GroupBy, String> {
    let Some((name, count)) = text.rsplit_once(':') else {
        return Ok(GroupBy::Values(text.to_owned()));
    };
    match count.parse() {
        Ok(count) if (2..=MOST_QUANTILES).contains(&count) && !name.is_empty() => {
            Ok(GroupBy::Quantiles(name.to_owned(), count))
        }
        Ok(_) => Err(format!("take 2 to {MOST_QUANTILES} groups, as in nwot:4")),
        Err(_) => Ok(GroupBy::Values(text.to_owned())),
    }
}

/// The metrics that are measured if none are named.
const METRICS: [&str; 3] = ["kendall_tau", "spearman", "precision@10"];

impl RankArgs {
    fn metrics(&self) -> Vec<Metric> {
        if !self.metric.is_empty() {
            return self.metric.clone();
        }
        METRICS.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// The aggregates that are named; `None` if none are, and an empty list for `none`.
    fn aggregates(&self) -> Result<Option<Vec<&'static Aggregate>>, Failure> {
        let named: Vec<_> = self.aggregate.iter().flatten().copied().collect();
        if self.aggregate.is_empty() {
            return Ok(None);
        }
        if !named.is_empty() && named.len() < self.aggregate.len() {
            return Err(Failure::Usage("--aggregate none does not go with others".to_owned()));
        }
        if named.is_empty() && self.output.is_some() {
            return Err(Failure::Usage(
                "--output writes the aggregates of each row, and --aggregate none leaves them out; name one"
                    .to_owned(),
            ));
        }
        Ok(Some(named))
    }

    fn rows(&self) -> Result<Option<RankRows>, Failure> {
        let Some(output) = &self.output else { return Ok(None) };
        if output.path().is_none() {
            return Err(Failure::Usage(
                "--output needs the name of a file: standard output has the table of columns"
                    .to_owned(),
            ));
        }
        Ok(Some(RankRows {
            output: output.clone(),
            keep: self.keep.clone(),
            sort: self.sort || self.top.is_some(),
            top: self.top.map(|top| top as usize),
        }))
    }

    fn by(&self) -> Result<Vec<By>, Failure> {
        let has_model = self.by.iter().any(|by| matches!(by, ByArg::Model(_)));
        if self.by.is_empty() {
            return Ok(vec![By::Columns(Use::Recipe(false))]);
        }
        let mut all = Vec::with_capacity(self.by.len());
        for by in &self.by {
            match by {
                ByArg::Columns(Use::Recipe(_)) => all.push(By::Columns(Use::Recipe(has_model))),
                ByArg::Columns(group) => all.push(By::Columns(group.clone())),
                ByArg::Model(file) => all.extend(predictions(file)?),
            }
        }
        Ok(all)
    }
}

/// What a model predicts: a column for each of its targets, named after it if there are several.
fn predictions(file: &Path) -> Result<Vec<By>, Failure> {
    let model = Arc::new(model::read(file)?);
    let name = |target: &String| match model.header.targets.len() {
        1 => format!("model:{}", file.display()),
        _ => format!("model:{}:{target}", file.display()),
    };
    let names: Vec<String> = model.header.targets.iter().map(name).collect();
    let by = |(target, name)| By::Model { name, model: Arc::clone(&model), target };
    Ok(names.into_iter().enumerate().map(by).collect())
}

pub(super) fn run(args: &RankArgs, common: &Common) -> Result<(), Failure> {
    one_stdin(std::iter::once(&args.input).chain(&args.learn.join))?;
    let models = args.by.iter().filter_map(|by| match by {
        ByArg::Model(file) => Some(Some(file.as_path())),
        ByArg::Columns(_) => None,
    });
    let read = || {
        let tables = std::iter::once(&args.input).chain(&args.learn.join).map(Input::path);
        tables.chain(models.clone())
    };
    distinct(("--rejects", args.read.rejects()), read())?;
    let rows = args.rows()?;
    distinct(("--output", args.output.as_ref().and_then(Output::path)), read())?;
    let features = FeatureConfig { device: args.device.device, ..FeatureConfig::default() };
    let options = Rank {
        request: Request { features, ..args.learn.request(&args.read)? },
        by: args.by()?,
        target: args.target.clone(),
        stated: args.directions.stated(),
        group_by: args.group_by.clone(),
        aggregates: args.aggregates()?,
        metrics: args.metrics(),
        mutual: args.target.is_none() || args.output_format == ReportFormat::Json,
        bias: args.bias,
        rows,
    };
    let found = rank(&args.input, options)?;
    if !common.quiet {
        summarize(&found)?;
    }
    let shown = Shown { found: &found, metrics: args.metrics(), format: args.output_format };
    let (header, rows) = match (args.bias, &found.target) {
        (true, _) => shown.bias(),
        (false, Some(_)) => shown.agreements(args.group_by.is_some()),
        (false, None) => shown.mutual(),
    };
    Ok(list::write_rows(args.output_format, &shown.json(), &header, &rows, io::stdout().lock())?)
}

/// Says on standard error what was measured, and what a person has to know of it.
fn summarize(found: &RankSummary) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let networks = counted(found.rows as u64, "network");
    match &found.target {
        None => writeln!(out, "graf: {networks}")?,
        Some((target, direction)) => {
            let target = clip(target);
            writeln!(out, "graf: {networks}, {} with a value of {target}", found.labels)?;
            if direction.is_none() {
                writeln!(
                    out,
                    "  warning: whether greater or smaller values of {target} are better is not stated, so that the \
                     best rows are unknown; state it with --minimize or --maximize"
                )?;
            }
        }
    }
    let recipe = found
        .columns
        .iter()
        .filter(|column| matches!(column.known, Some(KnownDirection::Recipe(_))));
    let member = |column: &RankedColumn| {
        let direction = column.known.as_ref().map(KnownDirection::direction);
        format!("{} ({} is better)", column.name, direction.map_or("", word))
    };
    let recipe: Vec<String> = recipe.map(member).collect();
    if !recipe.is_empty() {
        writeln!(out, "  label-free recipe: {}", recipe.join(", "))?;
    }
    for RankedColumn { name, kind, known, contradicted } in &found.columns {
        let name = clip(name);
        if let Some(KnownDirection::Estimated(estimate)) = known {
            let labels = counted(estimate.labels as u64, "label");
            let unsure = if estimate.is_clear() {
                ""
            } else {
                "; chance may explain this: state it if you know it"
            };
            writeln!(
                out,
                "  {name}: {} is better, estimated from {labels} (Kendall tau {:.3}){unsure}",
                word(estimate.direction()),
                estimate.tau
            )?;
        }
        if let (Some(known), Some(estimate)) = (known, contradicted) {
            let labels = counted(estimate.labels as u64, "label");
            let source = match known {
                KnownDirection::Published(published) => {
                    format!("as published ({})", published.source)
                }
                _ => "in the label-free recipe".to_owned(),
            };
            writeln!(
                out,
                "  warning: {name}: {} is better {source}, but Kendall tau with {labels} is {:.3}; to follow the \
                 labels, state --{} {name}",
                word(known.direction()),
                estimate.tau,
                estimate.direction()
            )?;
        }
        if let (ColumnKind::Model(trained @ 1..), true) = (kind, found.labels > 0) {
            writeln!(
                out,
                "  warning: {name} was trained on {trained} of the networks: if it learned this target, it agrees \
                 with it better than on new networks"
            )?;
        }
    }
    for aggregate in &found.left_out {
        let (name, most) = (aggregate.name, aggregate.most_rows.unwrap_or_default());
        writeln!(out, "  {name} left out: it compares all pairs of at most {most} networks")?;
    }
    for note in notes(&found.aside) {
        writeln!(out, "  {note}")?;
    }
    if found.written > 0 {
        writeln!(out, "  wrote {}", counted(found.written as u64, "row"))?;
    }
    Ok(())
}

/// `greater` or `smaller`.
fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Maximize => "greater",
        Direction::Minimize => "smaller",
    }
}

/// How a direction is known.
fn source(known: &KnownDirection) -> &'static str {
    match known {
        KnownDirection::Stated(_) => "stated",
        KnownDirection::Recipe(_) => "recipe",
        KnownDirection::Published(_) => "published",
        KnownDirection::Estimated(_) => "estimated",
    }
}

/// What was found, as it is written.
struct Shown<'a> {
    found: &'a RankSummary,
    metrics: Vec<Metric>,
    format: ReportFormat,
}

/// The header and the rows of a table.
type Rows = (Vec<String>, Vec<Vec<String>>);

impl Shown<'_> {
    /// A number; every digit of it for a script.
    fn number(&self, value: f64) -> String {
        match self.format {
            _ if value.is_nan() => String::new(),
            ReportFormat::Csv => value.to_string(),
            _ => format!("{value:.4}"),
        }
    }

    fn better(column: &RankedColumn) -> String {
        match (&column.known, column.kind) {
            (None, _) => "unknown".to_owned(),
            (Some(known), ColumnKind::Aggregate) => word(known.direction()).to_owned(),
            (Some(known), _) => format!("{}, {}", word(known.direction()), source(known)),
        }
    }

    fn agreements(&self, grouped: bool) -> Rows {
        let metrics = self.metrics.iter().map(ToString::to_string);
        let group = grouped.then(|| "group".to_owned());
        let header =
            [Some("column".to_owned()), group, Some("rows".to_owned())].into_iter().flatten();
        let header = header.chain(metrics).chain(["better".to_owned()]).collect();
        let row = |agreement: &Agreement| {
            let column = &self.found.columns[agreement.column];
            let group = grouped.then(|| agreement.group.clone().unwrap_or_default());
            let start = [Some(column.name.clone()), group, Some(agreement.rows.to_string())];
            let metrics = agreement.metrics.iter().map(|(_, value)| self.number(*value));
            start.into_iter().flatten().chain(metrics).chain([Self::better(column)]).collect()
        };
        (header, self.found.agreements.iter().map(row).collect())
    }

    /// Kendall's tau-b of the columns with each other.
    fn mutual(&self) -> Rows {
        let names = self.found.columns.iter().map(|column| column.name.clone());
        let header = std::iter::once("column".to_owned()).chain(names).chain(["better".to_owned()]);
        let Some(mutual) = &self.found.mutual else { return (header.collect(), Vec::new()) };
        let row = |(column, taus): (&RankedColumn, ndarray::ArrayView1<f64>)| {
            let taus = taus.iter().map(|tau| self.number(*tau)).collect::<Vec<_>>();
            [vec![column.name.clone()], taus, vec![Self::better(column)]].concat()
        };
        let rows = self.found.columns.iter().zip(mutual.rows()).map(row).collect();
        (header.collect(), rows)
    }

    fn bias(&self) -> Rows {
        let header = ["column", "family", "feature", "kendall_tau"].map(str::to_owned).to_vec();
        let row = |bias: &Bias| {
            let column = self.found.columns[bias.column].name.clone();
            vec![column, bias.family.to_owned(), bias.feature.clone(), self.number(bias.tau)]
        };
        (header, self.found.bias.iter().map(row).collect())
    }

    /// An object for each column, and for each column and group.
    fn json(&self) -> Value {
        let object = |place: usize, agreement: Option<&Agreement>| {
            let column = &self.found.columns[place];
            let mut object = Map::new();
            object.insert("column".to_owned(), json!(column.name));
            object.insert("kind".to_owned(), json!(kind(column.kind)));
            if let Some(group) = agreement.and_then(|agreement| agreement.group.as_ref()) {
                object.insert("group".to_owned(), json!(group));
            }
            let rows = agreement.map_or(self.found.rows, |agreement| agreement.rows);
            object.insert("rows".to_owned(), json!(rows));
            let known = column.known.as_ref();
            object.insert("direction".to_owned(), json!(known.map(KnownDirection::direction)));
            object.insert("direction_from".to_owned(), json!(known.map(source)));
            for (metric, value) in agreement.iter().flat_map(|agreement| &agreement.metrics) {
                object.insert(metric.to_string(), json!(value)); // NaN is null
            }
            if agreement.is_none_or(|agreement| agreement.group.is_none()) {
                self.beside(place, &mut object);
            }
            Value::Object(object)
        };
        if self.found.target.is_none() {
            return (0..self.found.columns.len()).map(|place| object(place, None)).collect();
        }
        let agreements = self.found.agreements.iter();
        agreements.map(|agreement| object(agreement.column, Some(agreement))).collect()
    }

    /// How far a column agrees with the others, and its bias.
    fn beside(&self, place: usize, object: &mut Map<String, Value>) {
        if let Some(mutual) = &self.found.mutual {
            let names = self.found.columns.iter().map(|column| column.name.clone());
            let taus = names.zip(mutual.row(place)).enumerate();
            let others = taus.filter(|(other, _)| *other != place);
            let others: Map<_, _> = others.map(|(_, (name, tau))| (name, json!(tau))).collect();
            object.insert("agreement".to_owned(), json!(others));
        }
        if !self.found.bias.is_empty() {
            let own = self.found.bias.iter().filter(|bias| bias.column == place);
            let of = |bias: &Bias| json!({"family": bias.family, "feature": bias.feature, "kendall_tau": bias.tau});
            object.insert("bias".to_owned(), own.map(of).collect());
        }
    }
}

fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Column => "column",
        ColumnKind::Model(_) => "model",
        ColumnKind::Aggregate => "aggregate",
    }
}
