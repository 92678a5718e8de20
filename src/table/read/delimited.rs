//! CSV and TSV, with a header row.

use std::io;

use csv::{ByteRecord, Position, ReaderBuilder};

use super::columns::Columns;
use super::dialect::Dialect;
use super::input::{BUFFER, Bytes, Input, peek};
use super::reader::{Emit, Records, Source};
use super::tape::Tape;
use crate::table::{BrokenRow, Place, Row, TableError, Value};

/// An open CSV or TSV input, its header read.
struct Delimited {
    input: Input,
    csv: csv::Reader<Tape<Bytes>>,
    dialect: Dialect,
    columns: Columns,
}

/// Opens an input whose fields are usually separated by `delimiter`.
pub(super) fn open(source: Source, delimiter: u8) -> Result<Box<dyn Records>, TableError> {
    let input = source.input;
    let (head, bytes) = peek(source.bytes, Dialect::HEAD, Dialect::is_head_enough)
        .map_err(|error| input.read_error(error, "line 1"))?;
    let dialect = Dialect::of_head(&head, source.delimiter, delimiter, &input)?;
    let csv = ReaderBuilder::new()
        .delimiter(dialect.delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(Tape::new(dialect.unpadded(bytes)));
    let mut table = Delimited { input, csv, dialect, columns: Columns::default() };
    let mut header = ByteRecord::new();
    if table.next(&mut header)?.is_none() {
        return Err(table.input.empty());
    }
    for (index, name) in header.iter().enumerate() {
        let number = index + 1;
        let name = str::from_utf8(name).map_err(|_| TableError::Header {
            input: table.input.to_string(),
            number,
            token: String::from_utf8_lossy(name).into_owned(),
        })?;
        let name = name.trim();
        // pandas writes its index under an empty name.
        let unnamed = format!("column_{number}");
        let name = if name.is_empty() { &unnamed } else { name };
        if !table.columns.add(name, index, &table.input)? {
            return Err(TableError::DuplicateColumn {
                input: table.input.to_string(),
                column: name.to_owned(),
            });
        }
    }
    Ok(Box::new(table))
}

impl Records for Delimited {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let mut record = ByteRecord::new();
        while let Some(begin) = self.next(&mut record)? {
            if emit(self.row(&begin, &record)).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Delimited {
    /// Reads the next record and gives the position from which it was read.
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<Position>, TableError> {
        let begin = self.csv.position().clone();
        self.csv.get_mut().mark(begin.byte());
        match self.csv.read_byte_record(record) {
            Ok(true) => Ok(Some(begin)),
            Ok(false) => Ok(None),
            Err(error) => {
                let place = Place::Line(begin.line()).to_string();
                // Records of bytes, of any length, fail only where reading does.
                let error = match error.into_kind() {
                    csv::ErrorKind::Io(error) => error,
                    other => io::Error::other(format!("{other:?}")),
                };
                Err(self.input.read_error(error, &place))
            }
        }
    }

    /// The row of a record.
    fn row(&self, begin: &Position, record: &ByteRecord) -> Result<Row, BrokenRow> {
        let columns = self.columns.names();
        if self.is_left_open(begin, record) {
            let (place, raw) = self.whereabouts(begin);
            let reason = "a quote is left open".to_owned();
            return Err(BrokenRow { place, column: None, token: raw.clone(), reason, raw });
        }
        if record.len() != columns.len() {
            let reason = format!(
                "{} fields where the header names {}; is a quote or a separator missing?",
                record.len(),
                columns.len()
            );
            let (place, raw) = self.whereabouts(begin);
            return Err(BrokenRow { place, column: None, token: raw.clone(), reason, raw });
        }
        let mut values = Vec::with_capacity(columns.len());
        for (name, field) in columns.iter().zip(record) {
            let Ok(field) = str::from_utf8(field) else {
                let (place, raw) = self.whereabouts(begin);
                return Err(BrokenRow {
                    place,
                    column: Some(name.clone()),
                    token: String::from_utf8_lossy(field).into_owned(),
                    reason: "this is not UTF-8 text; convert the file to UTF-8".to_owned(),
                    raw,
                });
            };
            let field = if self.dialect.is_padded { field.trim_ascii_end() } else { field };
            values.push(Value::from_field(field));
        }
        Ok(Row { place: self.whereabouts_line(begin), values })
    }

    /// Whether a record ends within quotes. The csv crate then takes all the rows that are left for its last
    /// field, which would lose them in silence.
    fn is_left_open(&self, begin: &Position, record: &ByteRecord) -> bool {
        let has_line_end = |field: &[u8]| field.contains(&b'\n');
        record.iter().next_back().is_some_and(has_line_end)
            && self.raw(begin).split(|&byte| byte == b'"').count() % 2 == 0
    }

    /// The bytes of the record that was just read, and the line ends around it.
    fn raw(&self, begin: &Position) -> &[u8] {
        self.csv.get_ref().between(begin.byte(), self.csv.position().byte())
    }

    /// The line on which the record that was just read begins.
    fn whereabouts_line(&self, begin: &Position) -> Place {
        Place::Line(begin.line() + self.blank_lines(begin))
    }

    /// The line on which the record that was just read begins, and its raw text.
    fn whereabouts(&self, begin: &Position) -> (Place, String) {
        let raw = String::from_utf8_lossy(self.raw(begin)).trim_matches(['\r', '\n']).to_owned();
        (self.whereabouts_line(begin), raw)
    }

    /// How many line ends stand between the end of the last record and the beginning of this one: those of
    /// blank lines, and the second half of a CRLF.
    fn blank_lines(&self, begin: &Position) -> u64 {
        let ends = self.raw(begin).iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        ends.filter(|&&byte| byte == b'\n').count() as u64
    }
}
