//! JSON documents that hold one column after the other, or a table within an object: pandas' `columns`, `split` and `table`,
//! and dictionaries of lists. They are read as a whole. So is one record that begins as these do.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use serde_json::value::RawValue;

use super::columns::Columns;
use super::fields::{Elements, Fields, decode, reason, token};
use super::input::{Bytes, Input};
use super::json_constants::without_constants;
use super::reader::{Emit, Knowledge, Records};
use crate::table::{BrokenRow, Place, Row, TableError, Value, clip};

/// The longest document, in bytes.
const LIMIT: u64 = 256 << 20;

/// The most values that are held at once: each takes up room of its own.
const MOST_VALUES: usize = 16 << 20;

/// The reason for a key that was not there when the columns were found.
const UNKNOWN: &str = "this key is of no column";

/// An open document.
struct Document {
    input: Input,
    text: String,
    layout: Layout,
    columns: Columns,
}

/// How the rows are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// `{"arch": […], "acc": […]}`
    Lists,
    /// `{"arch": {"0": …}, "acc": {"0": …}}`
    Labelled,
    /// `{"columns": […], "index": […], "data": [[…], …]}`
    Split,
    /// `{"schema": …, "data": [{…}, …]}`, or objects in the only list.
    Objects,
    /// The document is one record.
    Record,
}

/// Opens a document that may be of one of these shapes.
///
/// # Returns
///
/// The open document, or the bytes again where it is of none.
///
/// # Errors
///
/// If it cannot be read, is too long, or is broken.
pub(super) fn open(
    input: &Input,
    bytes: Bytes,
    known: &Knowledge,
) -> Result<Result<Box<dyn Records>, Bytes>, TableError> {
    let mut raw = Vec::new();
    bytes
        .take(LIMIT + 1)
        .read_to_end(&mut raw)
        .map_err(|error| input.read_error(error, "line 1"))?;
    if raw.len() as u64 > LIMIT {
        return Err(TableError::TooLongColumns { input: input.to_string(), limit: LIMIT });
    }
    let again = |raw: Vec<u8>| -> Bytes { Box::new(Cursor::new(raw)) };
    // What is not UTF-8, or not JSON, is reported where it is read record by record.
    let text = match String::from_utf8(raw) {
        Ok(text) => text,
        Err(error) => return Ok(Err(again(error.into_bytes()))),
    };
    let text = match without_constants(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(clean) => clean,
    };
    let Ok(fields) = serde_json::from_str::<Fields<'_>>(&text) else {
        return Ok(Err(again(text.into_bytes())));
    };
    let Some((layout, columns)) = layout(input, &fields, known)? else {
        return Ok(Err(again(text.into_bytes())));
    };
    Ok(Ok(Box::new(Document { input: input.clone(), text, layout, columns })))
}

/// What the document is, and its columns; `None` if it is no table.
fn layout(
    input: &Input,
    fields: &Fields<'_>,
    known: &Knowledge,
) -> Result<Option<(Layout, Columns)>, TableError> {
    let mut columns = Columns::default();
    if let (Some(data), Some(names)) = (fields.get("data"), fields.get("columns")) {
        if let Some(name) = index_name(fields, known) {
            columns.add(name, 0, input)?;
        }
        for &name in &list(input, names)? {
            let name = decode(name).map_err(|error| broken(input, name.get(), &error))?;
            if !columns.add(&name.text(), columns.len(), input)? {
                return Err(TableError::DuplicateColumn {
                    input: input.to_string(),
                    column: name.text().into_owned(),
                });
            }
        }
        if !data.get().starts_with('[') {
            return Ok(None);
        }
        return Ok(Some((Layout::Split, columns)));
    }
    if let Some(records) = objects_of(fields) {
        for &record in &list(input, records)? {
            // What is no object is a broken row, in its turn.
            if let Ok(record) = serde_json::from_str::<Fields<'_>>(record.get()) {
                record.name(&mut columns, input)?;
            }
        }
        return Ok(Some((Layout::Objects, columns)));
    }
    let all = |bracket| fields.iter().all(|(_, value)| value.get().starts_with(bracket));
    let is_table = all('[') || all('{');
    let names: Vec<_> = fields.iter().map(|(name, _)| name.to_string()).collect();
    if !is_record(fields, known) && (all('[') || has_list_of_encodings(fields, known)) {
        add_all(&mut columns, fields, input)?;
        return Ok(Some((Layout::Lists, columns)));
    }
    if is_record(fields, known) || (!is_table && known.are_in(&names)) {
        fields.clone().spread().name(&mut columns, input)?;
        return Ok(Some((Layout::Record, columns)));
    }
    if all('{') {
        let labels = fields.iter().next().and_then(|(_, value)| first_key(value));
        let is_net = labels.is_some_and(|label| known.is_encoding(&label));
        columns.add(if is_net { "net" } else { "key" }, 0, input)?;
        add_all(&mut columns, fields, input)?;
        return Ok(Some((Layout::Labelled, columns)));
    }
    Ok(None)
}

/// Adds a column for each key; none may be there twice.
fn add_all(columns: &mut Columns, fields: &Fields<'_>, input: &Input) -> Result<(), TableError> {
    for (name, _) in fields.iter() {
        if !columns.add(name, columns.len(), input)? {
            return Err(TableError::DuplicateColumn {
                input: input.to_string(),
                column: name.to_string(),
            });
        }
    }
    Ok(())
}

/// Whether a list of encodings stands under a name of encodings. What is no list beside it is the same in all rows.
fn has_list_of_encodings(fields: &Fields<'_>, known: &Knowledge) -> bool {
    let first = |value: &RawValue| {
        let Elements(elements) = serde_json::from_str(value.get()).ok()?;
        elements.first().map(|element| is_certainly_encoding(element, known))
    };
    fields.iter().any(|(name, value)| known.has_name(name) && first(value).unwrap_or(false))
}

/// Whether a dictionary of lists or of dictionaries is one record, whose network is a list, a dictionary, or made up of them.
fn is_record(fields: &Fields<'_>, known: &Knowledge) -> bool {
    let text_of = |names: &Vec<String>| {
        if let [name] = names.as_slice() {
            return Some(fields.get(name)?.get().to_owned());
        }
        let parts = names
            .iter()
            .map(|name| fields.get(name).map(|value| format!("{name:?}:{}", value.get())));
        parts.collect::<Option<Vec<_>>>().map(|parts| format!("{{{}}}", parts.join(",")))
    };
    known.names.iter().filter_map(text_of).any(|text| known.is_certainly_encoding(&text))
}

/// The name of the column of labels, unless these are the numbers of the rows.
fn index_name(fields: &Fields<'_>, known: &Knowledge) -> Option<&'static str> {
    if !has_labels(fields) {
        return None;
    }
    let Elements(labels) = serde_json::from_str(fields.get("index")?.get()).ok()?;
    let is_net = labels.first().is_some_and(|label| is_certainly_encoding(label, known));
    Some(if is_net { "net" } else { "key" })
}

/// Whether the rows have labels other than their numbers.
fn has_labels(fields: &Fields<'_>) -> bool {
    let labels = fields.get("index").and_then(|index| serde_json::from_str(index.get()).ok());
    let is_place = |(place, label): (usize, &&RawValue)| label.get() == place.to_string();
    labels.is_some_and(|Elements(labels)| !labels.iter().enumerate().all(is_place))
}

fn is_certainly_encoding(value: &RawValue, known: &Knowledge) -> bool {
    decode(value).is_ok_and(|value| known.is_certainly_encoding(&value.text()))
}

/// The list of objects of pandas' `table`, or the only member of the document.
fn objects_of<'a>(fields: &Fields<'a>) -> Option<&'a RawValue> {
    let only = fields.iter().next().filter(|_| fields.len() == 1).map(|(_, value)| *value);
    let data = fields.get("schema").and(fields.get("data")).or(only)?;
    let is_list_of_objects =
        data.get().strip_prefix('[').is_some_and(|inner| inner.trim_start().starts_with('{'));
    is_list_of_objects.then_some(data)
}

fn first_key(value: &RawValue) -> Option<String> {
    let fields: Fields<'_> = serde_json::from_str(value.get()).ok()?;
    fields.iter().next().map(|(key, _)| key.to_string())
}

/// The elements of a list.
fn list<'a>(input: &Input, value: &'a RawValue) -> Result<Vec<&'a RawValue>, TableError> {
    let elements: Elements<'a> =
        serde_json::from_str(value.get()).map_err(|error| broken(input, value.get(), &error))?;
    Ok(elements.0)
}

fn broken(input: &Input, text: &str, error: &serde_json::Error) -> TableError {
    TableError::Json {
        input: input.to_string(),
        line: error.line() as u64,
        column: error.column() as u64,
        token: token(text, error).to_owned(),
        reason: reason(error),
    }
}

/// Refuses more values than are held at once.
fn check_size(input: &Input, values: usize) -> Result<(), TableError> {
    if values <= MOST_VALUES {
        return Ok(());
    }
    Err(TableError::TooLongColumns { input: input.to_string(), limit: LIMIT })
}

impl Records for Document {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn read(self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let Document { input, text, layout, columns } = *self;
        let fields: Fields<'_> =
            serde_json::from_str(&text).map_err(|error| broken(&input, &text, &error))?;
        match layout {
            Layout::Lists => lists(&input, &fields, emit),
            Layout::Labelled => labelled(&input, &fields, emit),
            Layout::Split => split(&input, &fields, &columns, emit),
            Layout::Objects => objects(&input, &fields, &columns, emit),
            Layout::Record => {
                // There is but one.
                let _ =
                    emit(
                        fields
                            .spread()
                            .row(None, &columns, Place::Record(1), UNKNOWN, &|| text.clone()),
                    );
                Ok(())
            }
        }
    }
}

/// The row of these values, which stand behind a label if there is one.
fn row<'a>(
    place: Place,
    label: Option<&str>,
    values: impl Iterator<Item = Option<&'a RawValue>>,
) -> Result<Row, BrokenRow> {
    let mut row = Row { place, values: Vec::new() };
    row.values.extend(label.map(Value::from_field));
    for value in values {
        let Some(raw) = value else {
            row.values.push(Value::Missing);
            continue;
        };
        row.values.push(decode(raw).map_err(|error| BrokenRow {
            place,
            column: None,
            token: raw.get().to_owned(),
            reason: reason(&error),
            raw: raw.get().to_owned(),
        })?);
    }
    Ok(row)
}

/// The places of so many rows.
fn places(count: usize) -> impl Iterator<Item = (usize, Place)> {
    (0..count).map(|index| (index, Place::Record(index as u64 + 1)))
}

fn lists(input: &Input, fields: &Fields<'_>, emit: Emit<'_>) -> Result<(), TableError> {
    let mut columns: Vec<Result<Vec<&RawValue>, &RawValue>> = Vec::new();
    let mut longest: Option<(&str, usize)> = None;
    let mut values = 0;
    for (name, value) in fields.iter() {
        if !value.get().starts_with('[') {
            columns.push(Err(value));
            continue;
        }
        let list = list(input, value)?;
        values += list.len();
        check_size(input, values)?;
        let (first, expected) = *longest.get_or_insert((name, list.len()));
        if expected != list.len() {
            return Err(TableError::UnequalColumns {
                input: input.to_string(),
                first: clip(first),
                expected,
                other: clip(name),
                found: list.len(),
            });
        }
        columns.push(Ok(list));
    }
    for (index, place) in places(longest.map_or(0, |(_, count)| count)) {
        let values = columns.iter().map(|column| match column {
            Ok(list) => list.get(index).copied(),
            Err(same) => Some(*same),
        });
        if emit(row(place, None, values)).is_break() {
            break;
        }
    }
    Ok(())
}

fn labelled(input: &Input, fields: &Fields<'_>, emit: Emit<'_>) -> Result<(), TableError> {
    let mut labels: Vec<Cow<'_, str>> = Vec::new();
    let mut rows: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut columns: Vec<Vec<Option<&RawValue>>> = Vec::new();
    let mut count = 0;
    for (name, value) in fields.iter() {
        let column: Fields<'_> = serde_json::from_str(value.get())
            .map_err(|error| broken(input, value.get(), &error))?;
        count += column.len();
        check_size(input, count)?;
        let mut values = vec![None; labels.len()];
        for (label, value) in column.iter() {
            let row = *rows.entry(label.clone()).or_insert_with(|| {
                labels.push(label.clone());
                labels.len() - 1
            });
            if values.len() <= row {
                values.resize(row + 1, None);
            }
            if values[row].replace(*value).is_some() {
                return Err(TableError::DuplicateColumn {
                    input: format!("{input}, column {}", clip(name)),
                    column: label.to_string(),
                });
            }
        }
        columns.push(values);
    }
    for (index, place) in places(labels.len()) {
        let values = columns.iter().map(|column| column.get(index).copied().flatten());
        if emit(row(place, Some(&labels[index]), values)).is_break() {
            break;
        }
    }
    Ok(())
}

fn split(
    input: &Input,
    fields: &Fields<'_>,
    columns: &Columns,
    emit: Emit<'_>,
) -> Result<(), TableError> {
    let Some(data) = fields.get("data") else { return Ok(()) };
    let data = list(input, data)?;
    let labels = match fields.get("index").filter(|_| has_labels(fields)) {
        Some(index) => list(input, index)?,
        None => Vec::new(),
    };
    let width = columns.len() - usize::from(!labels.is_empty());
    for (index, place) in places(data.len()) {
        let raw = data[index];
        let broken = |reason: String| BrokenRow {
            place,
            column: None,
            token: raw.get().to_owned(),
            reason,
            raw: raw.get().to_owned(),
        };
        let found = match serde_json::from_str::<Elements<'_>>(raw.get()) {
            Err(error) => Err(broken(reason(&error))),
            Ok(Elements(values)) if values.len() != width => {
                Err(broken(format!("{} values for {width} columns", values.len())))
            }
            Ok(Elements(values)) => {
                let label = (!labels.is_empty()).then(|| labels.get(index).copied());
                row(place, None, label.into_iter().chain(values.into_iter().map(Some)))
            }
        };
        if emit(found) == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}

fn objects(
    input: &Input,
    fields: &Fields<'_>,
    columns: &Columns,
    emit: Emit<'_>,
) -> Result<(), TableError> {
    let Some(records) = objects_of(fields) else { return Ok(()) };
    let records = list(input, records)?;
    for (index, place) in places(records.len()) {
        let raw = || records[index].get().to_owned();
        let found = match serde_json::from_str::<Fields<'_>>(records[index].get()) {
            Ok(record) => record.row(None, columns, place, UNKNOWN, &raw),
            Err(_) => Err(BrokenRow {
                place,
                column: None,
                token: raw(),
                reason: "expected an object".to_owned(),
                raw: raw(),
            }),
        };
        if emit(found).is_break() {
            break;
        }
    }
    Ok(())
}
