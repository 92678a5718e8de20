//! Plain text: an encoding a line, and Python files with genotypes. Blank lines, and lines that start with `#`, are passed
//! over.
//!
//! An encoding goes on in the next lines while its brackets are open. Numbers may stand behind it, and a name before it.

use std::io;

use super::input::{Bytes, Input};
use super::limit::RECORD_LIMIT;
use super::lines::Lines;
use super::reader::{Emit, Records, Source};
use crate::table::{BrokenRow, Place, Row, TableError, Value};

/// The call that Python writes a network as, which may be given a name.
const CALL: &str = "Genotype(";

/// The column of the encodings, and of their names.
const NET: &str = "net";
const NAME: &str = "name";

/// An open text input, its first record read.
struct Text {
    input: Input,
    records: Joined,
    first: Option<Record>,
    columns: Vec<String>,
    has_names: bool,
}

/// Opens a text input.
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    begin(source, false)
}

/// Opens a Python file, of which only genotypes that have a name are read.
pub(super) fn open_python(source: Source) -> Result<Box<dyn Records>, TableError> {
    begin(source, true)
}

fn begin(source: Source, only_named: bool) -> Result<Box<dyn Records>, TableError> {
    let input = source.input;
    let mut records = Joined::new(source.bytes, only_named);
    let first = records.next().map_err(|error| records.read_error(&input, error))?;
    let Some(first) = first else {
        return Err(if records.is_empty() {
            input.empty()
        } else {
            TableError::NoRecords { input: input.to_string() }
        });
    };
    let text = String::from_utf8_lossy(&first.text);
    let (name, encoding) = split_name(&text);
    let values = split_values(encoding).1.len();
    let named = (only_named || name.is_some()).then(|| NAME.to_owned());
    let mut columns: Vec<_> = named.into_iter().collect();
    columns.push(NET.to_owned());
    let before = columns.len();
    columns.extend((1..=values).map(|place| format!("column_{}", before + place)));
    let has_names = only_named || name.is_some();
    Ok(Box::new(Text { input, records, first: Some(first), columns, has_names }))
}

impl Records for Text {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let mut next = self.first.take();
        while let Some(record) = next {
            if emit(self.row(&record)).is_break() {
                return Ok(());
            }
            next =
                self.records.next().map_err(|error| self.records.read_error(&self.input, error))?;
        }
        Ok(())
    }
}

impl Text {
    /// The row of a record.
    fn row(&self, record: &Record) -> Result<Row, BrokenRow> {
        let broken = |reason: String| {
            let raw = String::from_utf8_lossy(&record.text).into_owned();
            let column = Some(NET.to_owned());
            BrokenRow { place: record.place, column, token: raw.clone(), reason, raw }
        };
        let Ok(text) = str::from_utf8(&record.text) else {
            return Err(broken("this is not UTF-8 text".to_owned()));
        };
        let mut values = Vec::with_capacity(self.columns.len());
        let mut encoding = text.trim();
        if self.has_names {
            let (name, rest) = split_name(encoding);
            values.push(name.map_or(Value::Missing, |name| Value::Text(name.into())));
            encoding = rest;
        }
        let due = self.columns.len() - values.len() - 1;
        if due == 0 {
            values.push(Value::Text(encoding.into()));
            return Ok(Row { place: record.place, values });
        }
        let (encoding, numbers) = split_values(encoding);
        if numbers.len() != due {
            let found = numbers.len();
            return Err(broken(format!(
                "{found} numbers behind the encoding where the first line has {due}"
            )));
        }
        values.push(Value::Text(encoding.into()));
        values.extend(numbers.into_iter().map(Value::from_field));
        Ok(Row { place: record.place, values })
    }
}

/// Splits `NAME = Genotype(…)`, also where the name has a type or the value another name.
fn split_name(text: &str) -> (Option<&str>, &str) {
    let before = text.find(CALL).and_then(|at| text[..at].rfind('='));
    let Some((names, rest)) = before.map(|at| (&text[..at], text[at + 1..].trim())) else {
        return (None, text);
    };
    let name = names.split([':', '=']).next().unwrap_or_default().trim();
    if is_word(name) && is_call(rest) { (Some(name), rest) } else { (None, text) }
}

/// Whether a line of a Python file is a genotype, or has one that is not the value of a name: which is no row.
fn has_genotype(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    line.contains(CALL) && !["def ", "class "].iter().any(|word| line.starts_with(word))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a text begins with the call.
fn is_call(text: &str) -> bool {
    text.find(CALL)
        .is_some_and(|at| text[..at].chars().all(|c| c.is_alphanumeric() || "_.".contains(c)))
}

/// Splits off the numbers behind an encoding, whatever separates them. What is a number itself has none behind it: it may be the
/// first of a list without brackets.
fn split_values(text: &str) -> (&str, Vec<&str>) {
    let mut encoding = text.trim_end();
    let mut values = Vec::new();
    while let Some(at) = encoding.rfind([',', ';', '\t', ' ']) {
        let (before, value) = (&encoding[..at], &encoding[at + 1..]);
        if value.parse::<f64>().is_err() {
            break;
        }
        values.push(value);
        let before = before.trim_end();
        encoding = before.strip_suffix([',', ';', ':']).unwrap_or(before).trim_end();
    }
    if encoding.is_empty()
        || encoding.parse::<f64>().is_ok()
        || brackets(encoding.as_bytes(), 0).0 > 0
    {
        return (text, Vec::new());
    }
    values.reverse();
    (encoding, values)
}

/// How many brackets are open behind a line, of which `depth` were open before, and how long it is without a comment at its end.
fn brackets(line: &[u8], mut depth: usize) -> (usize, usize) {
    let before = depth;
    let mut quote = None;
    for (at, &byte) in line.iter().enumerate() {
        match byte {
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'\'' | b'"' => quote = Some(byte),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => return (depth, at),
            _ => {}
        }
    }
    (if quote.is_some() { before } else { depth }, line.len())
}

/// An encoding, from one line or several.
struct Record {
    place: Place,
    text: Vec<u8>,
}

/// A line without the white space around it.
struct Line {
    number: u64,
    text: Vec<u8>,
    is_indented: bool,
}

/// Joins the lines of each record.
struct Joined {
    lines: Lines,
    /// A line that was read and begins the next record.
    ahead: Option<Line>,
    only_named: bool,
    is_empty: bool,
    /// The first line of a record that is being read; 0 between records.
    begun: u64,
}

impl Joined {
    fn new(bytes: Bytes, only_named: bool) -> Self {
        Joined { lines: Lines::new(bytes), ahead: None, only_named, is_empty: true, begun: 0 }
    }

    /// Whether there was no line but comments.
    fn is_empty(&self) -> bool {
        self.is_empty
    }

    fn read_error(&self, input: &Input, error: io::Error) -> TableError {
        let line = if self.begun > 0 { self.begun } else { self.lines.number() };
        input.read_error(error, &Place::Line(line).to_string())
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        loop {
            let Some((number, text)) = self.lines.next()? else { return Ok(None) };
            if !text.starts_with(b"#") {
                let text = text.to_vec();
                let is_indented = self.lines.is_indented();
                self.is_empty = false;
                return Ok(Some(Line { number, text, is_indented }));
            }
        }
    }

    fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            let Some(mut line) = self.line()? else { return Ok(None) };
            while self.only_named && line.text.ends_with(b"\\") {
                let Some(next) = self.line()? else { break };
                line.text.pop();
                line.text.extend_from_slice(&next.text);
                if line.text.len() as u64 > RECORD_LIMIT {
                    return Err(io::Error::other(super::limit::TooLong));
                }
            }
            if !self.only_named || has_genotype(&line.text) {
                return self.record(line).map(Some);
            }
        }
    }

    /// The record that begins with this line.
    fn record(&mut self, first: Line) -> io::Result<Record> {
        let place = Place::Line(first.number);
        let mut text = first.text;
        let is_call = text.first().is_some_and(u8::is_ascii_alphabetic);
        let (mut depth, length) = brackets(&text, 0);
        text.truncate(length);
        while depth > 0 {
            self.begun = first.number;
            let Some(next) = self.line()? else { break };
            let is_end = next.text.starts_with(b")") || next.text.starts_with(b"]");
            let begins_another = next.text.windows(CALL.len()).any(|part| part == CALL.as_bytes());
            let goes_on = next.is_indented || is_end || is_call;
            if begins_another || !goes_on {
                self.ahead = Some(next);
                break;
            }
            text.push(b' ');
            let (open, length) = brackets(&next.text, depth);
            depth = open;
            text.extend_from_slice(&next.text[..length]);
            if text.len() as u64 > RECORD_LIMIT {
                return Err(io::Error::other(super::limit::TooLong));
            }
        }
        self.begun = 0;
        Ok(Record { place, text })
    }
}
