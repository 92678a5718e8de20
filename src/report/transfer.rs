//! What was learned on one benchmark and measured on others.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{ReportFormat, Style, TableLayout, table, write_json};
use crate::dataset::ALL_OTHERS;
use crate::experiment::{Ranking, TransferMatrix};

/// What ranks: its name, and what it is.
fn named(ranking: &Ranking) -> (&str, &'static str) {
    match ranking {
        Ranking::LearnedOn(name) => (name, "model"),
        Ranking::AllOthers => (ALL_OTHERS, "mean of models"),
        Ranking::Proxy(name) => (name, "proxy"),
        Ranking::Feature(name) => (name, "feature"),
    }
}

/// Writes a transfer matrix.
///
/// # Errors
///
/// Those of `out`.
pub fn write_matrix(
    matrix: &TransferMatrix,
    format: ReportFormat,
    style: &Style,
    mut out: impl Write,
) -> io::Result<()> {
    let shown = |layout| table(layout, &header(matrix, style), &lines(matrix, style));
    match format {
        ReportFormat::Json => write_json(&json(matrix), out),
        ReportFormat::Csv => csv(matrix, out),
        #[cfg(feature = "cli")]
        ReportFormat::Table => write!(out, "{}", shown(TableLayout::Table)),
        ReportFormat::Markdown => write!(out, "{}", shown(TableLayout::Markdown)),
        ReportFormat::Latex => write!(out, "{}", shown(TableLayout::Latex)),
    }
}

/// Every name that can have a label.
pub fn names_of_matrix(matrix: &TransferMatrix) -> Vec<String> {
    let rankings = matrix.rows.iter().map(|(ranking, _)| named(ranking).0.to_owned());
    let tested = matrix.tested_on.iter().map(|tested| tested.name.clone());
    rankings.chain(tested).chain(matrix.metrics.iter().map(ToString::to_string)).collect()
}

fn header(matrix: &TransferMatrix, style: &Style) -> Vec<String> {
    let tested = matrix.tested_on.iter().map(|tested| style.labels.of(&tested.name).to_owned());
    ["learned on", "metric"].map(str::to_owned).into_iter().chain(tested).collect()
}

/// The lines of a table that is read by people.
fn lines(matrix: &TransferMatrix, style: &Style) -> Vec<Vec<String>> {
    let (labels, digits) = (&style.labels, style.digits);
    let mut lines = Vec::new();
    for (ranking, cells) in &matrix.rows {
        let name = match named(ranking) {
            (name, "proxy") => format!("(proxy {})", labels.of(name)),
            (name, "feature") => format!("({})", labels.of(name)),
            (name, _) => labels.of(name).to_owned(),
        };
        for (place, metric) in matrix.metrics.iter().enumerate() {
            let cell = |values: &Option<Vec<f64>>| match values.as_deref().map(|all| all[place]) {
                None => String::new(),
                Some(value) if value.is_nan() => "–".to_owned(),
                Some(value) => format!("{value:.digits$}"),
            };
            let start = [name.clone(), labels.of(&metric.to_string()).to_owned()];
            lines.push(start.into_iter().chain(cells.iter().map(cell)).collect());
        }
    }
    lines
}

fn json(matrix: &TransferMatrix) -> Value {
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

fn csv(matrix: &TransferMatrix, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let header = ["learned_on", "kind", "tested_on", "rows", "metric", "value"];
    csv.write_record(header)?;
    for (ranking, cells) in &matrix.rows {
        let (name, kind) = named(ranking);
        for (tested, values) in matrix.tested_on.iter().zip(cells) {
            for (metric, value) in matrix.metrics.iter().zip(values.iter().flatten()) {
                let value = if value.is_nan() { String::new() } else { value.to_string() };
                let (rows, metric) = (tested.rows.to_string(), metric.to_string());
                csv.write_record([name, kind, &tested.name, &rows, &metric, &value])?;
            }
        }
    }
    csv.flush()
}
