//! Tables of results, which programs read or people.

use std::io::{self, IsTerminal, Write};

use clap::{Args, ValueEnum};

use super::Failure;
use super::input::MatrixArgs;
use super::list::{self, TableLayout};
use crate::dataset;
use crate::table::{Memory, Output, OutputFormat};

/// Where a table of results goes, and how it is written.
#[derive(Debug, Args)]
pub(super) struct ResultArgs {
    /// Output file; .gz and .zst compress [default: standard output]
    ///
    /// The file appears only once it is complete.
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub output: Output,
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = parse_format,
        help = format_help(),
        long_help = format!("{}\n\n{LAYOUTS}", format_help())
    )]
    output_format: Option<ResultFormat>,
    #[command(flatten)]
    matrix: MatrixArgs,
}

const LAYOUTS: &str = "By default from the file name, or csv. table, markdown and latex round numbers and write to standard output.";

fn format_help() -> String {
    format!("Output format: {}, table, markdown or latex", OutputFormat::names())
}

#[derive(Debug, Clone, Copy)]
enum ResultFormat {
    /// For programs.
    Data(OutputFormat),
    /// For people.
    Shown(TableLayout),
}

fn parse_format(name: &str) -> Result<ResultFormat, String> {
    if let Ok(layout) = TableLayout::from_str(name, false) {
        return Ok(ResultFormat::Shown(layout));
    }
    let format = name.parse::<OutputFormat>().map(ResultFormat::Data);
    format.map_err(|error| format!("{error}, table, markdown, latex"))
}

impl ResultArgs {
    /// Writes the table that `make` writes to an output in a format.
    pub fn write<T>(
        &self,
        make: impl FnOnce(&Output, Option<OutputFormat>) -> Result<T, dataset::Error>,
    ) -> Result<T, Failure> {
        match self.output_format {
            Some(ResultFormat::Shown(layout)) => self.write_shown(layout, make),
            _ => self.write_data(make),
        }
    }

    /// The layout of a table for people, if one is asked for, or nothing is and a terminal shows it.
    pub fn layout(&self) -> Result<Option<TableLayout>, Failure> {
        let layout = match self.output_format {
            Some(ResultFormat::Shown(layout)) => layout,
            None if self.output.path().is_none()
                && !self.matrix.is_given()
                && io::stdout().is_terminal() =>
            {
                TableLayout::Table
            }
            _ => return Ok(None),
        };
        if self.output.path().is_some() || self.matrix.is_given() {
            return Err(Failure::Usage(
                "--output-format table, markdown and latex write to standard output; leave out --output \
                 and --dtype"
                    .to_owned(),
            ));
        }
        Ok(Some(layout))
    }

    /// Writes the table that `make` writes for programs.
    pub fn write_data<T>(
        &self,
        make: impl FnOnce(&Output, Option<OutputFormat>) -> Result<T, dataset::Error>,
    ) -> Result<T, Failure> {
        let format = match self.output_format {
            Some(ResultFormat::Data(format)) => Some(format),
            _ => None,
        };
        Ok(make(&self.output, self.matrix.format(format, &self.output)?)?)
    }

    /// Writes the table that `make` writes for people.
    pub fn write_shown<T>(
        &self,
        layout: TableLayout,
        make: impl FnOnce(&Output, Option<OutputFormat>) -> Result<T, dataset::Error>,
    ) -> Result<T, Failure> {
        self.layout()?;
        // How wide columns are is known at the end, so the table waits in memory.
        let memory = Memory::default();
        let done = make(&Output::Memory(memory.clone()), Some(OutputFormat::Csv))?;
        let (header, rows) = read(&memory.take()).map_err(io::Error::from)?;
        write!(io::stdout().lock(), "{}", list::table(layout, &header, &rows))?;
        Ok(done)
    }
}

/// The header and the rows of a table, its numbers rounded.
fn read(text: &[u8]) -> csv::Result<(Vec<String>, Vec<Vec<String>>)> {
    let mut csv = csv::Reader::from_reader(text);
    let header = csv.headers()?.iter().map(str::to_owned).collect();
    let rows = csv.records().map(|row| Ok(row?.iter().map(rounded).collect()));
    Ok((header, rows.collect::<csv::Result<_>>()?))
}

/// The digits of a number that people read.
const DIGITS: i32 = 6;

/// A decimal number with few digits; other texts, and encodings made of digits, as they are.
pub(super) fn rounded(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if text.contains('.') && number.is_finite() && number != 0.0 => {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a float has at most 309 digits before the point"
            )]
            let before = number.abs().log10().floor() as i32 + 1;
            let decimals = usize::try_from(DIGITS - before).unwrap_or(0);
            let short = format!("{number:.decimals$}");
            if short.len() < text.len() { short } else { text.to_owned() }
        }
        _ => text.to_owned(),
    }
}
