//! Lists and small tables: for a person, a report or a paper, or as a script reads them.

use std::io::{self, Write};

use serde::Serialize;

use super::{escape, markup};
use crate::table::escaped;

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// For a person at a terminal.
    #[cfg(feature = "cli")]
    Table,
    /// For a script.
    Json,
    /// Comma-separated values.
    Csv,
    /// A table for a report.
    Markdown,
    /// A table for a paper; it needs the package booktabs.
    Latex,
}

/// A table for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableLayout {
    /// For a terminal.
    #[cfg(feature = "cli")]
    Table,
    /// For a report.
    Markdown,
    /// For a paper; it needs the package booktabs.
    Latex,
}

/// Writes a list: `json` as it is, or `rows` under `header`.
///
/// # Errors
///
/// Those of `out`.
pub fn write<const N: usize>(
    format: ReportFormat,
    json: &impl Serialize,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    out: impl Write,
) -> io::Result<()> {
    let rows: Vec<Vec<String>> = rows.map(Vec::from).collect();
    write_rows(format, json, &header.map(str::to_owned), &rows, out)
}

/// The same with as many columns as the header has.
///
/// # Errors
///
/// Those of `out`.
pub fn write_rows(
    format: ReportFormat,
    json: &impl Serialize,
    header: &[String],
    rows: &[Vec<String>],
    mut out: impl Write,
) -> io::Result<()> {
    let layout = match format {
        ReportFormat::Json => return write_json(json, out),
        ReportFormat::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(header)?;
            for row in rows {
                csv.write_record(row)?;
            }
            return csv.flush();
        }
        #[cfg(feature = "cli")]
        ReportFormat::Table => TableLayout::Table,
        ReportFormat::Markdown => TableLayout::Markdown,
        ReportFormat::Latex => TableLayout::Latex,
    };
    write!(out, "{}", table(layout, header, rows))
}

/// A text as it may stand beside a table.
pub fn shown_text(layout: TableLayout, text: &str) -> String {
    match layout {
        #[cfg(feature = "cli")]
        TableLayout::Table => escaped(text),
        TableLayout::Markdown => escape::markdown(&escaped(text)),
        TableLayout::Latex => escape::latex(&escaped(text)),
    }
}

/// The text of a table, whose cells are shown as they are.
pub fn table(layout: TableLayout, header: &[String], rows: &[Vec<String>]) -> String {
    let all = |show: fn(&str) -> String| {
        let cells = |cells: &[String]| -> Vec<String> {
            cells.iter().map(|text| show(&escaped(text))).collect()
        };
        (cells(header), rows.iter().map(|row| cells(row)).collect::<Vec<_>>())
    };
    match layout {
        #[cfg(feature = "cli")]
        TableLayout::Table => {
            let (header, rows) = all(str::to_owned);
            super::terminal::table(&header, &rows, |_, _| false)
        }
        TableLayout::Markdown => {
            let (header, rows) = all(escape::markdown);
            markup::markdown(&header, &rows)
        }
        TableLayout::Latex => {
            let alignment = alignment(header.len(), rows);
            let (header, rows) = all(escape::latex);
            markup::latex(&alignment, &header, &rows)
        }
    }
}

/// The columns of a LaTeX table: numbers, which may be absent, to the right, texts to the left.
fn alignment(columns: usize, rows: &[Vec<String>]) -> String {
    let is_number = |text: &str| text.is_empty() || text == "–" || text.parse::<f64>().is_ok();
    let is_right = |column: usize| rows.iter().all(|row| is_number(&row[column]));
    (0..columns).map(|column| if is_right(column) { 'r' } else { 'l' }).collect()
}

/// Writes a value as JSON, with every control character of its texts escaped.
///
/// # Errors
///
/// Those of `out`.
pub fn write_json(value: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    // JSON itself lets DEL and the C1 characters, which terminals obey, stand in a text.
    for line in text.lines() {
        for character in line.chars() {
            if character.is_control() {
                write!(out, "\\u{:04x}", u32::from(character))?;
            } else {
                write!(out, "{character}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
