//! The output of `graf compare --train-on … --output-format json`, or csv.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::table::{Columns, Table};
use super::{Section, Source, Style, have, index_of};
use crate::report::ReportError;
use crate::report::svg::HeatMap;
use crate::table::Row;

pub(super) fn fits(columns: &[String]) -> bool {
    have(columns, &["learned_on", "kind", "tested_on"])
        && (have(columns, &["metrics"]) || have(columns, &["metric", "value"]))
}

/// Rankings, benchmarks and metrics in their order, and the values by their places.
#[derive(Default)]
struct Matrix {
    rankings: Vec<(String, String)>,
    benchmarks: Vec<String>,
    metrics: Vec<String>,
    values: HashMap<[usize; 3], f64>,
}

impl Matrix {
    fn add(&mut self, columns: &Columns, row: &Row) -> Result<(), ReportError> {
        let text = |name: &str| columns.text(row, name).into_owned();
        let ranking = index_of(&mut self.rankings, (text("learned_on"), text("kind")));
        let benchmark = index_of(&mut self.benchmarks, text("tested_on"));
        let mut put = |metric: String, value: Option<f64>| {
            let metric = index_of(&mut self.metrics, metric);
            if let Some(value) = value {
                self.values.insert([ranking, benchmark, metric], value);
            }
        };
        if let Some(column) = columns.find("metrics") {
            let metrics: Map<String, Value> =
                serde_json::from_str(&columns.text(row, "metrics"))
                    .map_err(|_| columns.wrong(row, column, "expected an object of metrics"))?;
            metrics.into_iter().for_each(|(metric, value)| put(metric, value.as_f64()));
        } else if let Some(column) = columns.find("value") {
            put(text("metric"), columns.number(row, column)?);
        }
        Ok(())
    }
}

pub(super) fn read(table: Table, style: &Style, source: &mut Source) -> Result<(), ReportError> {
    let input = table.name.clone();
    let mut matrix = Matrix::default();
    table.rows(&mut |columns, row| matrix.add(columns, &row))?;
    let Matrix { rankings, benchmarks, metrics, values } = matrix;
    if metrics.is_empty() {
        return Err(ReportError::Nothing { input, reason: "has no metrics".to_owned() });
    }
    let mut section =
        Section::new("What is learned on one benchmark, measured on others".to_owned());
    section.fact("benchmarks", benchmarks.join(", "));
    let labels = &style.labels;
    let rows: Vec<String> = rankings
        .iter()
        .map(|(name, kind)| match kind.as_str() {
            "model" => labels.of(name).to_owned(),
            kind => format!("{} ({kind})", labels.of(name)),
        })
        .collect();
    for (place, metric) in metrics.iter().enumerate() {
        let row = |ranking| {
            let value = |benchmark| values.get(&[ranking, benchmark, place]).copied();
            (0..benchmarks.len()).map(value).collect()
        };
        let figure = HeatMap {
            title: format!("{} on one benchmark of what was learned on another", labels.of(metric)),
            note: "Rows: what was learned on. Columns: what was ranked. Blue above zero, orange below.".to_owned(),
            row_title: "learned on".to_owned(),
            rows: rows.clone(),
            columns: benchmarks.iter().map(|name| labels.of(name).to_owned()).collect(),
            values: (0..rankings.len()).map(row).collect(),
        };
        section.figure(&format!("transfer {metric}"), figure);
    }
    source.names.extend(rankings.into_iter().map(|(name, _)| name));
    source.names.extend(benchmarks.into_iter().chain(metrics));
    source.sections.push(section);
    Ok(())
}
