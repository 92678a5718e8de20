//! `graf compare --train-on`: what is learned on one benchmark, measured on others.

use std::io::{self, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::{CompareArgs, metrics};
use crate::cli::features::check_chosen;
use crate::cli::fit::shared_and;
use crate::cli::input::{counted, notes};
use crate::cli::list::{self, Layout, ReportFormat};
use crate::cli::{Common, Failure};
use crate::dataset::{ALL_OTHERS, Benchmark, BenchmarkOptions};
use crate::experiment::{Matrix, Ranking, Size, Stranger, Transfer};

pub(super) fn run(args: &CompareArgs, train: &Path, common: &Common) -> Result<(), Failure> {
    let request = args.learn.request(&args.read)?;
    let uses = match args.uses.as_slice() {
        [] => shared_and(&[]),
        [set] => shared_and(&set.groups),
        _ => return Err(Failure::Usage("--train-on takes one --use; name one set".to_owned())),
    };
    let features = args.features.config()?;
    check_chosen(&uses, &features)?;
    let mut learners = args.parameters.learners(&args.predictor)?;
    let (Some(learner), true) = (learners.pop(), learners.is_empty()) else {
        return Err(Failure::Usage("--train-on takes one --predictor; name one".to_owned()));
    };
    let transfer = Transfer {
        train: Benchmark::read_file(train)?,
        test: args.test_on.as_deref().map(Benchmark::read_file).transpose()?,
        options: BenchmarkOptions {
            uses,
            proxies: args.proxies.clone(),
            features,
            missing: request.missing,
            skip_broken: request.networks.skip_broken,
            footprint: learner.footprint(1),
        },
        learner,
        seed: args.seed,
        metrics: metrics(&args.metric, &["kendall_tau"]),
    };
    let target =
        if common.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(transfer.train.len() as u64), target);
    // A template that does not parse leaves the default style.
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} models, {eta} left") {
        bar.set_style(style);
    }
    let matrix = transfer.run(&mut || bar.inc(1));
    bar.finish_and_clear();
    let matrix = matrix?;
    if !common.quiet {
        told(&matrix, args)?;
    }
    write(&matrix, args.output_format)
}

/// Says what was learned and predicted, and which operations models have not seen.
fn told(matrix: &Matrix, args: &CompareArgs) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let sizes = |all: &[Size]| {
        let each = all.iter();
        let each = each.map(|Size { name, rows, .. }| {
            format!("{name} ({})", counted(*rows as u64, "network"))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    writeln!(out, "graf: learned on {}; seed {}", sizes(&matrix.learned_on), args.seed)?;
    if matrix.tested_on != matrix.learned_on {
        writeln!(out, "  tested on {}", sizes(&matrix.tested_on))?;
    }
    let others = matrix.tested_on.iter().filter(|tested| !matrix.learned_on.contains(tested));
    for Size { name, aside, .. } in matrix.learned_on.iter().chain(others) {
        for note in notes(aside) {
            writeln!(out, "  {name}: {note}")?;
        }
    }
    // Models that lack the same for a benchmark share a line.
    let mut lines: Vec<(&Stranger, Vec<&str>)> = Vec::new();
    for one in &matrix.strangers {
        let is_same =
            |other: &&Stranger| other.tested_on == one.tested_on && other.unseen == one.unseen;
        match lines.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, names)) => names.push(&one.learned_on),
            None => lines.push((one, vec![&one.learned_on])),
        }
    }
    for (Stranger { tested_on, unseen, .. }, names) in lines {
        let networks = counted(unseen.networks, "network");
        let tested = &matrix.tested_on[*tested_on].name;
        let (names, kinds) = (names.join(", "), unseen.kinds.names().join(", "));
        writeln!(out, "  {networks} of {tested} with operations not seen on {names}: {kinds}")?;
    }
    Ok(())
}

/// What ranks: its name, and what it is.
fn named(ranking: &Ranking) -> (&str, &'static str) {
    match ranking {
        Ranking::LearnedOn(name) => (name, "model"),
        Ranking::AllOthers => (ALL_OTHERS, "mean of models"),
        Ranking::Proxy(name) => (name, "proxy"),
        Ranking::Feature(name) => (name, "feature"),
    }
}

fn write(matrix: &Matrix, format: ReportFormat) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let shown = |layout| list::table(layout, &header(matrix), &lines(matrix));
    match format {
        ReportFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &json(matrix)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ReportFormat::Csv => csv(matrix, out)?,
        ReportFormat::Table => write!(out, "{}", shown(Layout::Table))?,
        ReportFormat::Markdown => write!(out, "{}", shown(Layout::Markdown))?,
        ReportFormat::Latex => write!(out, "{}", shown(Layout::Latex))?,
    }
    Ok(())
}

fn header(matrix: &Matrix) -> Vec<String> {
    let tested = matrix.tested_on.iter().map(|tested| tested.name.clone());
    ["learned on", "metric"].map(str::to_owned).into_iter().chain(tested).collect()
}

/// The lines of a table that is read by people.
fn lines(matrix: &Matrix) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for (ranking, cells) in &matrix.rows {
        let name = match named(ranking) {
            (name, "proxy") => format!("(proxy {name})"),
            (name, "feature") => format!("({name})"),
            (name, _) => name.to_owned(),
        };
        for (place, metric) in matrix.metrics.iter().enumerate() {
            let cell = |values: &Option<Vec<f64>>| match values.as_deref().map(|all| all[place]) {
                None => String::new(),
                Some(value) if value.is_nan() => "–".to_owned(),
                Some(value) => format!("{value:.3}"),
            };
            let start = [name.clone(), metric.to_string()];
            lines.push(start.into_iter().chain(cells.iter().map(cell)).collect());
        }
    }
    lines
}

fn json(matrix: &Matrix) -> Value {
    let mut entries = Vec::new();
    for (ranking, cells) in &matrix.rows {
        let (name, kind) = named(ranking);
        for (tested, values) in matrix.tested_on.iter().zip(cells) {
            let Some(values) = values else { continue };
            let metrics = matrix.metrics.iter().zip(values);
            let metrics: serde_json::Map<_, _> =
                metrics.map(|(metric, value)| (metric.to_string(), json!(value))).collect();
            entries.push(json!({
                "learned_on": name,
                "kind": kind,
                "tested_on": tested.name,
                "rows": tested.rows,
                "metrics": metrics, // NaN is null
            }));
        }
    }
    Value::Array(entries)
}

fn csv(matrix: &Matrix, out: impl Write) -> Result<(), Failure> {
    let mut csv = csv::Writer::from_writer(out);
    let header = ["learned_on", "kind", "tested_on", "rows", "metric", "value"];
    csv.write_record(header).map_err(io::Error::from)?;
    for (ranking, cells) in &matrix.rows {
        let (name, kind) = named(ranking);
        for (tested, values) in matrix.tested_on.iter().zip(cells) {
            for (metric, value) in matrix.metrics.iter().zip(values.iter().flatten()) {
                let value = if value.is_nan() { String::new() } else { value.to_string() };
                let (rows, metric) = (tested.rows.to_string(), metric.to_string());
                csv.write_record([name, kind, &tested.name, &rows, &metric, &value])
                    .map_err(io::Error::from)?;
            }
        }
    }
    csv.flush()?;
    Ok(())
}
