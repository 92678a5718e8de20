//! JSON lines: an object a line.

use std::collections::VecDeque;

use super::columns::Columns;
use super::fields::{Fields, reason, token};
use super::input::Input;
use super::json_constants::without_constants;
use super::lines::Lines;
use super::reader::{Emit, Records, Source};
use crate::table::{BrokenRow, Place, Row, TableError};

/// The columns are the keys of this many lines.
const SURVEYED: usize = 1_024;

/// No more than this many bytes of lines are held back for the survey.
const HELD_BACK: usize = 64 << 20;

/// The reason for a key that comes too late.
const UNKNOWN: &str = "this key is not among those of the first 1,024 lines, which fix the columns; \
                       put a line with every key first, or convert the file to one JSON array";

/// An open JSON lines input, the keys of its first lines known.
struct JsonLines {
    input: Input,
    lines: Lines,
    columns: Columns,
    held: VecDeque<(u64, Box<[u8]>)>,
}

/// Opens a JSON lines input.
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    let mut table = JsonLines {
        input: source.input,
        lines: Lines::new(source.bytes),
        columns: Columns::default(),
        held: VecDeque::new(),
    };
    let mut size = 0;
    while table.held.len() < SURVEYED && size < HELD_BACK {
        let (number, line) = match table.lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => return Err(table.read_error(error)),
        };
        // A broken line has no say; it is reported when its turn comes.
        let text = without_constants(str::from_utf8(line).unwrap_or_default());
        if let Ok(fields) = serde_json::from_str::<Fields<'_>>(&text) {
            fields.name(&mut table.columns, &table.input)?;
        }
        size += line.len();
        table.held.push_back((number, line.into()));
    }
    if table.held.is_empty() {
        return Err(table.input.empty());
    }
    Ok(Box::new(table))
}

impl Records for JsonLines {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        while let Some((number, line)) = self.held.pop_front() {
            if emit(row(number, &line, &self.columns)).is_break() {
                return Ok(());
            }
        }
        loop {
            match self.lines.next() {
                Ok(Some((number, line))) => {
                    if emit(row(number, line, &self.columns)).is_break() {
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.read_error(error)),
            }
        }
    }
}

impl JsonLines {
    fn read_error(&self, error: std::io::Error) -> TableError {
        self.input.read_error(error, &Place::Line(self.lines.number()).to_string())
    }
}

/// The row of one line.
fn row(number: u64, line: &[u8], columns: &Columns) -> Result<Row, BrokenRow> {
    let place = Place::Line(number);
    let broken = |token: &str, reason: String| BrokenRow {
        place,
        column: None,
        token: token.to_owned(),
        reason,
        raw: String::from_utf8_lossy(line).into_owned(),
    };
    let Ok(text) = str::from_utf8(line) else {
        return Err(broken(&String::from_utf8_lossy(line), "this is not UTF-8 text".to_owned()));
    };
    if !text.starts_with('{') {
        return Err(broken(text, "expected a JSON object on every line".to_owned()));
    }
    let fields = |text: &str| {
        serde_json::from_str::<Fields<'_>>(text)
            .map(|fields| fields.row(None, columns, place, UNKNOWN, &|| text.to_owned()))
    };
    if let Ok(row) = fields(text) {
        return row;
    }
    let text = &without_constants(text);
    match fields(text) {
        Ok(row) => row,
        Err(error) => {
            let reason = format!("{} at byte {} of the line", reason(&error), error.column());
            Err(broken(token(text, &error), reason))
        }
    }
}
