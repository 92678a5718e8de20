//! The output of `graf rank --output-format json`.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::table::{Columns, Table};
use super::{Section, Source, Style, have, index_of};
use crate::metrics::Metric;
use crate::report::ReportError;
use crate::report::svg::HeatMap;
use crate::table::Row;

/// The field that names a column.
const COLUMN: &str = "column";

/// The field with the group of networks, where there are groups.
const GROUP: &str = "group";

/// The field with the agreement with the other columns.
const AGREEMENT: &str = "agreement";

/// The field with the agreement with features.
const BIAS: &str = "bias";

fn is_metric(name: &str) -> bool {
    name.parse::<Metric>().is_ok()
}

pub(super) fn fits(columns: &[String]) -> bool {
    let is_told = columns.iter().any(|name| is_metric(name) || name == AGREEMENT);
    have(columns, &[COLUMN]) && is_told
}

/// How far a column agrees with a feature of a family.
#[derive(Deserialize)]
struct Bias {
    family: String,
    feature: String,
    kendall_tau: Option<f64>,
}

/// Numbers by names of rows and columns, in the order in which they come.
#[derive(Default)]
struct Matrix {
    rows: Vec<String>,
    columns: Vec<String>,
    values: HashMap<(usize, usize), f64>,
}

impl Matrix {
    fn put(&mut self, row: &str, column: &str, value: Option<f64>) {
        let row = index_of(&mut self.rows, row.to_owned());
        let column = index_of(&mut self.columns, column.to_owned());
        if let Some(value) = value {
            self.values.insert((row, column), value);
        }
    }

    fn figure(&self, title: &str, note: &str, style: &Style) -> HeatMap {
        let labels = |names: &[String]| {
            names.iter().map(|name| style.labels.of(name).to_owned()).collect::<Vec<_>>()
        };
        let row = |row| {
            let value = |column| self.values.get(&(row, column)).copied();
            (0..self.columns.len()).map(value).collect()
        };
        HeatMap {
            title: title.to_owned(),
            note: format!(
                "{note} Blue above zero, orange below; the stronger the colour, the larger the number."
            ),
            row_title: COLUMN.to_owned(),
            rows: labels(&self.rows),
            columns: labels(&self.columns),
            values: (0..self.rows.len()).map(row).collect(),
        }
    }
}

/// What a file says.
#[derive(Default)]
struct Ranks {
    /// Columns and metrics.
    overall: Matrix,
    /// Columns and groups, by the first metric.
    groups: Matrix,
    /// Columns with each other.
    mutual: Matrix,
    /// Columns and features of families.
    bias: Matrix,
}

impl Ranks {
    fn add(&mut self, metrics: &[String], columns: &Columns, row: &Row) -> Result<(), ReportError> {
        let name = columns.text(row, COLUMN);
        let group = columns.text(row, GROUP);
        for (place, metric) in metrics.iter().enumerate() {
            let value = columns.number(row, columns.find(metric).unwrap_or(usize::MAX))?;
            if group.is_empty() {
                self.overall.put(&name, metric, value);
            } else if place == 0 {
                self.groups.put(&name, &group, value);
            }
        }
        let wrong = |field: &str, reason: &str| {
            columns.wrong(row, columns.find(field).unwrap_or(usize::MAX), reason)
        };
        let others = columns.text(row, AGREEMENT);
        if !others.is_empty() {
            let others: Map<String, Value> = serde_json::from_str(&others).map_err(|_| {
                wrong(AGREEMENT, "expected an object with a number for each column")
            })?;
            others.iter().for_each(|(other, tau)| self.mutual.put(&name, other, tau.as_f64()));
        }
        let bias = columns.text(row, BIAS);
        if !bias.is_empty() {
            let reason = "expected a list of objects with family, feature and kendall_tau";
            let bias: Vec<Bias> = serde_json::from_str(&bias).map_err(|_| wrong(BIAS, reason))?;
            for Bias { family, feature, kendall_tau } in bias {
                self.bias.put(&name, &format!("{family}: {feature}"), kendall_tau);
            }
        }
        Ok(())
    }
}

pub(super) fn read(table: Table, style: &Style, source: &mut Source) -> Result<(), ReportError> {
    let input = table.name.clone();
    let metrics: Vec<String> =
        table.columns().iter().filter(|name| is_metric(name)).cloned().collect();
    let mut ranks = Ranks::default();
    table.rows(&mut |columns, row| ranks.add(&metrics, columns, &row))?;
    let Ranks { overall, groups, mutual, bias } = ranks;
    let first = metrics.first().map_or("", String::as_str);
    let figures = [
        ("agreement", &overall, "Agreement with the target".to_owned(), "Of all networks."),
        (
            "groups",
            &groups,
            format!("Agreement within groups, {first}"),
            "Of the networks of each group.",
        ),
        (
            "mutual",
            &mutual,
            "Agreement with each other".to_owned(),
            "Kendall's tau-b of two columns.",
        ),
        (
            "bias",
            &bias,
            "Agreement with features".to_owned(),
            "Kendall's tau-b of a column and a feature of each family.",
        ),
    ];
    let mut section = Section::new("Agreement of columns".to_owned());
    for (name, matrix, title, note) in figures {
        if !matrix.rows.is_empty() {
            section.figure(name, matrix.figure(&title, note, style));
            source.names.extend(matrix.rows.iter().chain(&matrix.columns).cloned());
        }
    }
    if section.figures.is_empty() {
        return Err(ReportError::Nothing { input, reason: "ranks no column".to_owned() });
    }
    source.sections.push(section);
    Ok(())
}
