//! Short lists: as a table for a person, or as a script reads them.

use std::io::Write;

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::{Failure, escape};
use crate::table::escaped;

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For a person
    Table,
    /// For a script
    Json,
    /// Comma separated values
    Csv,
    /// A table for a report
    Markdown,
}

/// Writes a list: `json` as it is, or `rows` under `header`.
pub(super) fn write<const N: usize>(
    format: ListFormat,
    json: &impl Serialize,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    mut out: impl Write,
) -> Result<(), Failure> {
    match format {
        ListFormat::Json => {
            write_json(json, out)?;
        }
        ListFormat::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(header).map_err(std::io::Error::from)?;
            for row in rows {
                csv.write_record(row).map_err(std::io::Error::from)?;
            }
            csv.flush()?;
        }
        ListFormat::Table | ListFormat::Markdown => {
            let mut table = Table::new();
            if format == ListFormat::Markdown {
                table.load_style(presets::ASCII_MARKDOWN);
            } else {
                table.load_style(presets::UTF8_HORIZONTAL_ONLY);
                // A terminal that does not know its width says 0.
                if table.width() != Some(0) {
                    table.set_content_arrangement(ContentArrangement::Dynamic);
                }
            }
            let is_markdown = format == ListFormat::Markdown;
            let name = |text: &str| {
                let text = escaped(text);
                if is_markdown { escape::markdown(&text) } else { text }
            };
            table.set_header(header.map(name));
            table.add_rows(rows.map(|row| row.map(|text| name(&text))));
            writeln!(out, "{table}")?;
        }
    }
    Ok(())
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
