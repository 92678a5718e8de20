//! The output of `graf rank --output-format json`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::table::Table;
use super::{Section, Source, Style, have};
use crate::report::ReportError;
use crate::report::svg::HeatMap;
use crate::table::Value;

pub(super) fn fits(columns: &[String]) -> bool {
    have(columns, &["column", "kendall_tau"]) || have(columns, &["column", "spearman"])
}

/// Numbers that are no correlations.
const COUNTS: [&str; 4] = ["rows", "networks", "n", "count"];

pub(super) fn read(table: Table, style: &Style, source: &mut Source) -> Result<(), ReportError> {
    let input = table.name.clone();
    let names: Vec<String> = table.columns().to_vec();
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<(String, BTreeMap<String, f64>)> = Vec::new();
    let mut notes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    table.rows(&mut |own, row| {
        let mut label = style.labels.of(own.text(&row, "column")).to_owned();
        source.names.push(own.text(&row, "column").to_owned());
        let mut values = BTreeMap::new();
        let mut put = |name: String, value: f64| {
            if !columns.contains(&name) {
                columns.push(name.clone());
            }
            values.insert(name, value);
        };
        for (name, value) in names.iter().zip(&row.values) {
            if name == "column" || COUNTS.contains(&name.as_str()) {
                continue;
            }
            match value {
                Value::Missing => {}
                // A group or a direction tells rows of one column apart.
                Value::Text(text) => {
                    label = format!("{label}, {name} {text}");
                    notes.entry(name.clone()).or_default().push(text.to_string());
                }
                Value::Json(text) => match serde_json::from_str(text) {
                    Ok(Json::Number(number)) => {
                        put(name.clone(), number.as_f64().unwrap_or(f64::NAN));
                    }
                    Ok(Json::Object(object)) => {
                        for (part, value) in object {
                            if let Some(value) = value.as_f64() {
                                put(format!("{name}: {part}"), value);
                            }
                        }
                    }
                    _ => {}
                },
            }
        }
        rows.push((label, values));
        Ok(())
    })?;
    if rows.is_empty() || columns.is_empty() {
        let reason = "ranks no column".to_owned();
        return Err(ReportError::Nothing { input, reason });
    }
    let mut section = Section::new("Agreement with the target".to_owned());
    section.fact("columns", rows.len().to_string());
    let values = rows
        .iter()
        .map(|(_, values)| columns.iter().map(|column| values.get(column).copied()).collect());
    let figure = HeatMap {
        title: "Agreement of columns with the target".to_owned(),
        note: "Blue above zero, orange below, the stronger the colour the larger the number."
            .to_owned(),
        row_title: "column".to_owned(),
        values: values.collect(),
        rows: rows.into_iter().map(|(label, _)| label).collect(),
        columns: columns.iter().map(|column| style.labels.of(column).to_owned()).collect(),
    };
    section.figure("agreement", figure);
    source.names.extend(columns);
    source.sections.push(section);
    Ok(())
}
