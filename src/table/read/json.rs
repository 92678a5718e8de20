//! JSON documents that are read record by record: arrays, index maps, single records, and `NASLib`'s nested objects.
//!
//! A document is read twice, each time front to back: once to find the columns and the groups, once for the
//! rows. What can not be read twice is kept in a temporary file.

use std::borrow::Cow;
use std::fs::File;
use std::io::Seek;
use std::ops::ControlFlow;

use serde_json::value::RawValue;

use super::columns::Columns;
use super::fields::{Elements, Fields, decode, reason};
use super::input::{Bytes, Input, Tee, peek};
use super::json_columns;
use super::json_shape::Shape;
use super::json_walk::{Item, Kind, Stop, walk};
use super::reader::{Emit, Knowledge, Records, Source};
use super::scanner::Scanner;
use crate::table::number::is_number;
use crate::table::{BrokenRow, Place, Row, TableError, Value};

/// The most groups that are kept apart.
const MOST_GROUPS: usize = 100;

/// How much of the beginning tells how a document is read, at most.
const HEAD: usize = 256 << 10;

/// The reason for what the first reading did not find.
const UNKNOWN: &str = "this was not there a moment ago; the file was changed while it was read";

/// An open JSON document, its columns known.
struct Json {
    input: Input,
    /// A copy of what can not be read twice.
    copy: Option<File>,
    layout: Layout,
    columns: Columns,
    groups: Vec<String>,
}

/// What makes up the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// An array of objects, or one object.
    Objects,
    /// An array of encodings.
    Strings,
    /// An array of arrays, one value for each column; the first may be the header.
    Rows {
        /// Whether it is.
        has_header: bool,
    },
    /// An index map: numbers and encodings.
    Index,
    /// A list like those of [`Layout::Rows`] at each number.
    IndexedRows,
    /// A value at each encoding.
    Scores,
    /// An object at each encoding.
    Keyed,
}

/// Opens a JSON document.
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    let Source { input, bytes, dataset, known, is_rereadable, .. } = source;
    let (head, mut bytes) =
        peek(bytes, HEAD, |_| false).map_err(|error| input.read_error(error, "line 1"))?;
    let shape = Shape::of_head(&head, &input, &known);
    drop(head);
    if shape == Shape::Columns {
        match json_columns::open(&input, bytes, &known)? {
            Ok(table) => return Ok(table),
            Err(again) => bytes = again,
        }
    }
    let has_scores = shape == Shape::Scores;
    let mut survey = Survey {
        has_scores,
        known: &known,
        layout: None,
        groups: Vec::new(),
        has_long_keys: false,
        holds_encodings: false,
    };
    let copy = if is_rereadable {
        survey.read(&input, bytes)?;
        None
    } else {
        let error = |source| TableError::Read { input: input.to_string(), source };
        let mut copy = tempfile::tempfile().map_err(error)?;
        let tee = Tee { bytes, copy: copy.try_clone().map_err(error)? };
        survey.read(&input, Box::new(tee))?;
        copy.rewind().map_err(error)?;
        Some(copy)
    };
    let layout = survey.layout.ok_or_else(|| TableError::NoRecords { input: input.to_string() })?;
    let (are_words, holds_encodings) = (!survey.has_long_keys, survey.holds_encodings);
    let (groups, mut columns) = survey.choose(&input, dataset.as_deref())?;
    if layout == Layout::Keyed {
        let has_encodings = || holds_encodings || known.are_in(columns.names());
        let is_key = columns.position("net", 0).is_some() || (are_words && has_encodings());
        let name = if is_key { "key" } else { "net" };
        columns = columns.prepend(name, &input)?;
    }
    Ok(Box::new(Json { input, copy, layout, columns, groups }))
}

/// What the first reading finds.
struct Survey<'a> {
    has_scores: bool,
    known: &'a Knowledge,
    layout: Option<Layout>,
    /// The groups that hold records, with the columns of those.
    groups: Vec<(Vec<String>, Columns)>,
    /// Whether a key of a record is more than a word or a number, such as a tuple.
    has_long_keys: bool,
    /// Whether a value of the first record is an encoding, however its column is called.
    holds_encodings: bool,
}

impl Survey<'_> {
    fn read(&mut self, input: &Input, bytes: Bytes) -> Result<(), TableError> {
        let scanner = Scanner::new(input.clone(), bytes);
        walk(scanner, self.has_scores, &mut |scanner, item| Ok(self.add(scanner, &item)?))
    }

    /// Takes note of one item.
    fn add(&mut self, scanner: &Scanner, item: &Item<'_>) -> Result<(), TableError> {
        let is_object = item.raw.starts_with(b"{");
        if let Kind::Record(key) = item.kind {
            self.has_long_keys = self.has_long_keys || self.known.is_more_than_word(key);
        }
        // An item that the layout does not provide for is a broken row, in its turn.
        let layout = match (item.kind, self.layout) {
            (Kind::Element | Kind::Entry(_), Some(layout)) => layout,
            (Kind::Element, None) if is_object => Layout::Objects,
            (Kind::Element, None) if matches!(item.raw, [b'"' | b'0'..=b'9', ..]) => {
                Layout::Strings
            }
            (Kind::Element, None) if item.raw.starts_with(b"[") => self.of_array(scanner, item)?,
            (Kind::Element, None) => {
                let token = String::from_utf8_lossy(item.raw).into_owned();
                return Err(scanner.error(
                    item.mark,
                    &token,
                    "expected an array of objects, of strings or of arrays".to_owned(),
                ));
            }
            (Kind::Entry(key), None) if self.has_scores => self.of_entry(key, scanner, item)?,
            (Kind::Entry(_), _) => Layout::Index,
            (Kind::Record(_), _) => Layout::Keyed,
            (Kind::Whole, _) => Layout::Objects,
        };
        self.layout = Some(layout);
        let input = scanner.input();
        match layout {
            Layout::Objects | Layout::Keyed if is_object => {
                let known = self.known;
                let columns = self.columns_of(item.groups, input)?;
                let is_first = columns.len() == 0;
                if str::from_utf8(item.raw).is_err() {
                    return Ok(());
                }
                let mut fields: Fields<'_> = scanner.parse(item.mark, item.raw)?;
                if !matches!(item.kind, Kind::Element) {
                    fields = fields.spread();
                }
                fields.name(columns, input)?;
                let is_encoding = |(_, value): &(_, &RawValue)| {
                    decode(value).is_ok_and(|value| known.is_certainly_encoding(&value.text()))
                };
                if is_first && layout == Layout::Keyed {
                    self.holds_encodings |= fields.iter().any(is_encoding);
                }
                Ok(())
            }
            Layout::Objects | Layout::Keyed | Layout::Rows { .. } | Layout::IndexedRows => {
                check(scanner, item)
            }
            Layout::Strings => {
                self.columns_of(&[], input)?.add("net", 0, input)?;
                check(scanner, item)
            }
            Layout::Scores => {
                let columns = self.columns_of(&[], input)?;
                columns.add("net", 0, input)?;
                columns.add("value", 1, input)?;
                check(scanner, item)
            }
            Layout::Index => {
                let columns = self.columns_of(&[], input)?;
                columns.add("index", 0, input)?;
                columns.add("net", 1, input)?;
                check(scanner, item)
            }
        }
    }

    /// The layout of an array whose first element is an array: an encoding, or a row. Where the first row is no header,
    /// the columns have numbers, and the one with the encoding is `net`.
    fn of_array(&mut self, scanner: &Scanner, item: &Item<'_>) -> Result<Layout, TableError> {
        let known = self.known;
        let text = str::from_utf8(item.raw).unwrap_or_default();
        if known.is_certainly_encoding(text) {
            return Ok(Layout::Strings);
        }
        let Elements(values) = scanner.parse(item.mark, item.raw)?;
        let texts = values.iter().map(|value| decode(value)).collect::<Result<Vec<_>, _>>();
        let texts = texts.map_err(|error| scanner.error(item.mark, text, reason(&error)))?;
        let names: Vec<_> = texts.iter().map(|value| value.text().into_owned()).collect();
        let input = scanner.input();
        let columns = self.columns_of(&[], input)?;
        let are_words = texts.iter().all(|value| matches!(value, Value::Text(_)));
        let has_header = are_words && known.are_in(&names);
        let net = names.iter().position(|name| known.is_encoding(name)).unwrap_or(0);
        for (place, name) in names.iter().enumerate() {
            let number = format!("column_{}", place + 1);
            let name = if has_header {
                name
            } else if place == net {
                "net"
            } else {
                &number
            };
            if !columns.add(name, place, input)? {
                return Err(TableError::DuplicateColumn {
                    input: input.to_string(),
                    column: name.to_owned(),
                });
            }
        }
        Ok(Layout::Rows { has_header })
    }

    /// The layout of an object with a value for each key. What stands at a number may be an encoding, or have one in it: the number
    /// is none then.
    fn of_entry(
        &mut self,
        key: &str,
        scanner: &Scanner,
        item: &Item<'_>,
    ) -> Result<Layout, TableError> {
        let text = str::from_utf8(item.raw).unwrap_or_default();
        if !is_number(key) || !text.starts_with('[') {
            return Ok(Layout::Scores);
        }
        if self.known.is_certainly_encoding(text) {
            return Ok(Layout::Index);
        }
        let Elements(values) = scanner.parse(item.mark, item.raw)?;
        let is_encoding = |value: &&RawValue| {
            decode(value).is_ok_and(|value| self.known.is_certainly_encoding(&value.text()))
        };
        if !values.iter().any(is_encoding) {
            return Ok(Layout::Scores);
        }
        self.columns_of(&[], scanner.input())?.add("index", 0, scanner.input())?;
        self.of_array(scanner, item)?;
        Ok(Layout::IndexedRows)
    }

    /// The columns of a group.
    fn columns_of(&mut self, groups: &[String], input: &Input) -> Result<&mut Columns, TableError> {
        // Records of one group mostly stand together, so the last is tried first.
        let found = self.groups.iter().rposition(|(path, _)| path == groups);
        let index = match found {
            Some(index) => index,
            None if self.groups.len() == MOST_GROUPS => {
                return Err(TableError::TooManyGroups {
                    input: input.to_string(),
                    limit: MOST_GROUPS,
                });
            }
            None => {
                self.groups.push((groups.to_vec(), Columns::default()));
                self.groups.len() - 1
            }
        };
        Ok(&mut self.groups[index].1)
    }

    /// The one group to read.
    fn choose(
        self,
        input: &Input,
        dataset: Option<&str>,
    ) -> Result<(Vec<String>, Columns), TableError> {
        let path = |(groups, _): &(Vec<String>, Columns)| {
            if groups.is_empty() { "(the top level)".to_owned() } else { groups.join("/") }
        };
        let choices: Vec<String> = self.groups.iter().map(path).collect();
        let has_groups = self.groups.iter().any(|(groups, _)| !groups.is_empty());
        let mut chosen = self.groups;
        if let Some(dataset) = dataset.filter(|_| has_groups) {
            chosen.retain(|(groups, _)| {
                groups.iter().any(|group| group == dataset) || groups.join("/") == dataset
            });
            if chosen.is_empty() {
                return Err(TableError::NoSuchDataset {
                    input: input.to_string(),
                    dataset: dataset.to_owned(),
                    choices,
                });
            }
        }
        match chosen.pop() {
            Some(only) if chosen.is_empty() => Ok(only),
            Some(last) => {
                chosen.push(last);
                let choices = chosen.iter().map(path).collect();
                Err(TableError::ChooseDataset { input: input.to_string(), choices })
            }
            None => Err(TableError::NoRecords { input: input.to_string() }),
        }
    }
}

/// Checks the syntax of an item that has no columns to find.
fn check(scanner: &Scanner, item: &Item<'_>) -> Result<(), TableError> {
    // What is not UTF-8 is a broken row, in its turn.
    if str::from_utf8(item.raw).is_ok() {
        scanner.parse::<&RawValue>(item.mark, item.raw)?;
    }
    Ok(())
}

impl Records for Json {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn groups(&self) -> &[String] {
        &self.groups
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let bytes = match self.copy.take() {
            Some(copy) => Box::new(copy),
            None => self.input.bytes()?,
        };
        let has_scores =
            matches!(self.layout, Layout::Scores | Layout::Index | Layout::IndexedRows);
        let mut is_header = self.layout == Layout::Rows { has_header: true };
        let mut number = 0;
        walk(Scanner::new(self.input.clone(), bytes), has_scores, &mut |_, item| {
            if !self.is_chosen(&item) || std::mem::take(&mut is_header) {
                return Ok(());
            }
            number += 1;
            match emit(self.row(Place::Record(number), &item)) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Stop::Enough),
            }
        })
    }
}

impl Json {
    /// Whether an item belongs to the chosen group. Something other than an object that stands above the
    /// group does, so that it is not passed over in silence.
    fn is_chosen(&self, item: &Item<'_>) -> bool {
        item.groups == self.groups
            || (!item.raw.starts_with(b"{") && self.groups.starts_with(item.groups))
    }

    /// The row of one item.
    fn row(&self, place: Place, item: &Item<'_>) -> Result<Row, BrokenRow> {
        let token = String::from_utf8_lossy(item.raw);
        let raw = || match item.kind {
            Kind::Element | Kind::Whole => token.to_string(),
            Kind::Entry(key) | Kind::Record(key) => format!("{key:?}: {token}"),
        };
        let broken = |reason: &str| BrokenRow {
            place,
            column: None,
            token: token.to_string(),
            reason: reason.to_owned(),
            raw: raw(),
        };
        let Cow::Borrowed(text) = token.clone() else {
            return Err(broken("this is not UTF-8 text"));
        };
        let fields = || match serde_json::from_str::<Fields<'_>>(text) {
            Ok(fields) => Ok(fields),
            Err(_) => Err(broken("expected an object")),
        };
        let string = || match serde_json::from_str::<String>(text) {
            Ok(string) => Ok(Value::Text(string.into())),
            Err(_) => Err(broken("expected a string")),
        };
        let value = || match serde_json::from_str::<&RawValue>(text).and_then(decode) {
            Ok(value) => Ok(value),
            Err(error) => Err(broken(&reason(&error))),
        };
        let list = |due: usize| {
            let Ok(Elements(values)) = serde_json::from_str(text) else {
                return Err(broken("expected an array"));
            };
            if values.len() != due {
                let found = values.len();
                return Err(broken(&format!("{found} values where the first row has {due}")));
            }
            let values = values.into_iter().map(decode).collect::<Result<Vec<_>, _>>();
            values.map_err(|error| broken(&reason(&error)))
        };
        let columns = &self.columns;
        match (self.layout, item.kind) {
            (Layout::Objects, Kind::Element) => fields()?.row(None, columns, place, UNKNOWN, &raw),
            (Layout::Objects, Kind::Whole) => {
                fields()?.spread().row(None, columns, place, UNKNOWN, &raw)
            }
            (Layout::Keyed, Kind::Record(key)) => {
                fields()?.spread().row(Some(key), columns, place, UNKNOWN, &raw)
            }
            (Layout::Strings, Kind::Element)
                if text.starts_with(|c: char| c == '[' || c.is_ascii_digit()) =>
            {
                Ok(Row { place, values: vec![value()?] })
            }
            (Layout::Strings, Kind::Element) => Ok(Row { place, values: vec![string()?] }),
            (Layout::Rows { .. }, Kind::Element) => Ok(Row { place, values: list(columns.len())? }),
            (Layout::IndexedRows, Kind::Entry(key)) => {
                let mut values = list(columns.len() - 1)?;
                values.insert(0, Value::from_field(key));
                Ok(Row { place, values })
            }
            (Layout::Scores, Kind::Entry(key)) => {
                Ok(Row { place, values: vec![Value::Text(key.into()), value()?] })
            }
            (Layout::Index, Kind::Entry(key)) => {
                // A number at a number is no network.
                let net = if text.starts_with('[') { value()? } else { string()? };
                Ok(Row { place, values: vec![Value::from_field(key), net] })
            }
            _ => Err(broken(UNKNOWN)),
        }
    }
}
