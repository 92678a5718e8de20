//! How lists and small tables are written, as words of the command line.

use clap::ValueEnum;
use clap::builder::PossibleValue;

pub(super) use crate::report::{
    ReportFormat, TableLayout, shown_text, table, write, write_json, write_rows,
};

impl ValueEnum for ReportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Table, Self::Json, Self::Csv, Self::Markdown, Self::Latex]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Table => PossibleValue::new("table").help("For a person"),
            Self::Json => PossibleValue::new("json").help("For a script"),
            Self::Csv => PossibleValue::new("csv").help("Comma separated values"),
            Self::Markdown => PossibleValue::new("markdown").help("A table for a report"),
            Self::Latex => PossibleValue::new("latex").help("A table for a paper"),
        })
    }
}

impl ValueEnum for TableLayout {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Table, Self::Markdown, Self::Latex]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let format = match self {
            Self::Table => ReportFormat::Table,
            Self::Markdown => ReportFormat::Markdown,
            Self::Latex => ReportFormat::Latex,
        };
        format.to_possible_value()
    }
}
