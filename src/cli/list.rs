//! Lists and small tables: for a person, a report or a paper, or as a script reads them.

use std::io::Write;

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::{Failure, escape};
use crate::table::escaped;

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For a person
    Table,
    /// For a script
    Json,
    /// Comma separated values
    Csv,
    /// A table for a report
    Markdown,
    /// A table for a paper
    Latex,
}

/// A table for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// For a terminal
    Table,
    /// For a report
    Markdown,
    /// For a paper
    Latex,
}

/// Writes a list: `json` as it is, or `rows` under `header`.
pub(super) fn write<const N: usize>(
    format: ReportFormat,
    json: &impl Serialize,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    out: impl Write,
) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = rows.map(Vec::from).collect();
    write_rows(format, json, &header.map(str::to_owned), &rows, out)
}

/// The same with as many columns as the header has.
pub(super) fn write_rows(
    format: ReportFormat,
    json: &impl Serialize,
    header: &[String],
    rows: &[Vec<String>],
    mut out: impl Write,
) -> Result<(), Failure> {
    let layout = match format {
        ReportFormat::Json => return write_json(json, out),
        ReportFormat::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(header).map_err(std::io::Error::from)?;
            for row in rows {
                csv.write_record(row).map_err(std::io::Error::from)?;
            }
            return Ok(csv.flush()?);
        }
        ReportFormat::Table => Layout::Table,
        ReportFormat::Markdown => Layout::Markdown,
        ReportFormat::Latex => Layout::Latex,
    };
    Ok(write!(out, "{}", table(layout, header, rows))?)
}

/// The text of a table.
pub(super) fn table(layout: Layout, header: &[String], rows: &[Vec<String>]) -> String {
    let shown = |cells: &[String]| -> Vec<String> {
        let cells = cells.iter().map(|text| escaped(text));
        match layout {
            Layout::Table => cells.collect(),
            Layout::Markdown => cells.map(|text| escape::markdown(&text)).collect(),
            Layout::Latex => cells.map(|text| escape::latex(&text)).collect(),
        }
    };
    if layout == Layout::Latex {
        let lines = rows.iter().map(|row| shown(row).join(" & ") + " \\\\\n");
        return format!(
            "\\begin{{tabular}}{{{}}}\n\\hline\n{} \\\\\n\\hline\n{}\\hline\n\\end{{tabular}}\n",
            alignment(header.len(), rows),
            shown(header).join(" & "),
            lines.collect::<String>()
        );
    }
    let mut table = Table::new();
    if layout == Layout::Markdown {
        table.load_style(presets::ASCII_MARKDOWN);
    } else {
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        // A terminal that does not know its width says 0.
        if table.width() != Some(0) {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
    }
    table.set_header(shown(header));
    table.add_rows(rows.iter().map(|row| shown(row)));
    format!("{table}\n")
}

/// The columns of a LaTeX table: numbers, which may be absent, to the right, texts to the left.
fn alignment(columns: usize, rows: &[Vec<String>]) -> String {
    let is_number = |text: &str| text.is_empty() || text == "–" || text.parse::<f64>().is_ok();
    let is_right = |column: usize| rows.iter().all(|row| is_number(&row[column]));
    (0..columns).map(|column| if is_right(column) { 'r' } else { 'l' }).collect()
}

/// Writes a value as JSON, with every control character of its texts escaped.
pub(super) fn write_json(value: &impl Serialize, mut out: impl Write) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
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
