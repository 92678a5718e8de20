//! NumPy arrays: one in an NPY file, or several as named columns in an NPZ archive.
//!
//! The items of a row stand together in a file, or apart, in as many places as there are columns; both are
//! read front to back, row after row.

use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use super::archive::{Member, members};
use super::columns::Columns;
use super::input::{BUFFER, Bytes, Input};
use super::limit::RECORD_LIMIT;
use super::numpy_header::{Header, Refused};
use super::numpy_type::Type;
use super::part::{Shared, copied};
use super::reader::{Emit, Records, Source};
use super::{foreign, small};
use crate::table::{BrokenRow, Place, Row, TableError, Value, clip};

/// The buffers of all places that are read from have together about this many bytes.
const BUFFERS: usize = 4 << 20;

/// A buffer has at least so many.
const LEAST_BUFFER: usize = 1 << 10;

/// The most MiB of the file with the names of columns.
const NAMES_LIMIT: u64 = 8;

/// What converts arrays of Python objects.
const OBJECTS: &str = "if you trust its source, write the objects as text: python3 -c \"import numpy; \
     a = numpy.load('{file}', allow_pickle=True); a = a if hasattr(a, 'files') else {'net': a}; \
     numpy.savez('{stem}.text.npz', **{k: v.astype(str) if v.dtype == object else v for k, v in a.items()})\"";

/// What converts all other arrays that are not read.
const OTHERS: &str = "convert it: python3 -c \"import numpy, pandas; \
     pandas.DataFrame(numpy.load('{file}')).to_csv('{stem}.csv', index=False)\"";

/// Items that stand one after the other: all of an array, or one column of it.
struct Strip {
    bytes: BufReader<Bytes>,
    items: Type,
    /// The array's name, for messages.
    name: String,
    /// Sizes of what a row has of it; several of them are one field, nested lists.
    shape: Vec<usize>,
    /// One row of it.
    row: Vec<u8>,
}

/// Open arrays.
struct Numpy {
    input: Input,
    columns: Columns,
    strips: Vec<Strip>,
    rows: u64,
    /// How many bytes a row has so far.
    row_size: u64,
    /// How many arrays there are.
    arrays: usize,
}

/// An array whose items are yet to be read.
struct Array {
    name: String,
    header: Header,
    place: Stored,
}

/// Where the items of an array stand.
enum Stored {
    /// In a file, from a place on, which columns can be read from.
    At(Shared, u64),
    /// They come front to back.
    Streamed(Bytes),
}

/// Opens one array.
pub(super) fn open_npy(source: Source) -> Result<Box<dyn Records>, TableError> {
    let input = source.input.clone();
    let mut bytes = source.bytes;
    let header = Header::read(&mut bytes).map_err(|refused| refused.error(&input, None))?;
    let place = if is_by_columns(&header) {
        let file = copied(bytes).map_err(|source| input.read_error(source, "row 1"))?;
        Stored::At(Shared::new(file), 0)
    } else {
        Stored::Streamed(bytes)
    };
    let stem = if input.path().is_some() { input.stem() } else { "column".to_owned() };
    let is_net = header.shape.len() == 1 && header.items.is_text();
    let name = if is_net { "net".to_owned() } else { stem };
    let mut table = Numpy::new(input, 1);
    let names = table.names_beside()?;
    table.add(Array { name, header, place }, names.as_deref())?;
    Ok(Box::new(table))
}

/// Opens an archive of arrays.
pub(super) fn open_npz(source: Source) -> Result<Box<dyn Records>, TableError> {
    let input = source.input.clone();
    let error = |source| TableError::Read { input: input.to_string(), source };
    let file = source.seekable().map_err(error)?;
    let members = members(&file).map_err(error)?;
    let shared = Shared::new(file);
    let mut table = Numpy::new(input.clone(), members.len());
    for member in members {
        let array = Array::of_member(&member, &shared, &input)?;
        table.add(array, None)?;
    }
    if table.strips.is_empty() {
        return Err(TableError::NoRecords { input: input.to_string() });
    }
    Ok(Box::new(table))
}

/// Whether the columns of an array stand one after the other.
fn is_by_columns(header: &Header) -> bool {
    header.is_fortran && header.shape.len() == 2 && header.shape.iter().all(|size| *size > 1)
}

impl Refused {
    fn error(self, input: &Input, array: Option<&str>) -> TableError {
        let whose = array.map_or(String::new(), |name| format!("array `{}`: ", clip(name)));
        match self {
            Self::Unread(source) => input.read_error(source, "row 1"),
            Self::Damaged(reason) => damaged(input, format!("{whose}{reason}")),
            Self::Items(items) => {
                let cure = if items.starts_with("Python") { OBJECTS } else { OTHERS };
                let array = array.map_or("a NumPy array".to_owned(), |name| {
                    format!("an archive whose array `{}` is", clip(name))
                });
                foreign::refusal(input, format!("{array} of {items}"), cure)
            }
        }
    }
}

/// The error of arrays that make no table.
fn damaged(input: &Input, reason: String) -> TableError {
    TableError::Binary { input: input.to_string(), reason }
}

impl Array {
    fn of_member(member: &Member, archive: &Shared, input: &Input) -> Result<Self, TableError> {
        let name = member.name.strip_suffix(".npy").unwrap_or(&member.name).to_owned();
        let mut bytes = member.open(archive);
        let header =
            Header::read(&mut bytes).map_err(|refused| refused.error(input, Some(&name)))?;
        let place = match member.stored_at() {
            _ if !is_by_columns(&header) => Stored::Streamed(bytes),
            Some(begin) => Stored::At(archive.clone(), begin.saturating_add(header.length)),
            None => {
                let copy = copied(bytes).map_err(|source| input.read_error(source, "row 1"))?;
                Stored::At(Shared::new(copy), 0)
            }
        };
        Ok(Self { name, header, place })
    }
}

impl Numpy {
    fn new(input: Input, arrays: usize) -> Self {
        let columns = Columns::default();
        Self { input, columns, strips: Vec::new(), rows: 0, row_size: 0, arrays }
    }

    /// The names of columns that `graf` wrote beside the array, if they are there.
    fn names_beside(&self) -> Result<Option<Vec<String>>, TableError> {
        let Some(path) = self.input.path() else { return Ok(None) };
        let mut beside = path.with_extension("").into_os_string();
        beside.push(".columns.json");
        let beside = PathBuf::from(beside);
        if !beside.is_file() {
            return Ok(None);
        }
        let text = small::read_text(&beside, NAMES_LIMIT, "list of columns");
        let names = text.and_then(|text| serde_json::from_str(&text).map_err(|e| e.to_string()));
        let name = beside.display();
        names.map(Some).map_err(|reason| damaged(&self.input, format!("{name}: {reason}")))
    }

    /// Adds the columns of an array, which may have names.
    fn add(&mut self, array: Array, names: Option<&[String]>) -> Result<(), TableError> {
        let Array { name, header, place } = array;
        let refused =
            |reason: String| damaged(&self.input, format!("array `{}`: {reason}", clip(&name)));
        let Some((&rows, sizes)) = header.shape.split_first() else {
            return Err(refused("it is a single value; leave it out of the file".to_owned()));
        };
        if !self.strips.is_empty() && rows != self.rows {
            let (first, before) = (clip(&self.strips[0].name), self.rows);
            return Err(refused(format!(
                "it has {rows} rows where `{first}` has {before}; save arrays of one table in a file"
            )));
        }
        self.rows = rows;
        let sizes: Option<Vec<usize>> =
            sizes.iter().map(|size| usize::try_from(*size).ok()).collect();
        let size = |sizes: &Vec<usize>| {
            sizes.iter().try_fold(header.items.size(), |size, factor| size.checked_mul(*factor))
        };
        let Some((sizes, size)) = sizes
            .and_then(|sizes| size(&sizes).map(|size| (sizes, size)))
            .filter(|(_, size)| (*size as u64).saturating_add(self.row_size) <= RECORD_LIMIT)
        else {
            return Err(refused(format!("a row has more than {} MiB", RECORD_LIMIT >> 20)));
        };
        self.row_size += size as u64;
        if size == 0 {
            return Err(refused("it has nothing in its rows".to_owned()));
        }
        if header.is_fortran && sizes.len() > 1 {
            let reason =
                "its columns stand one after the other; save numpy.ascontiguousarray of it";
            return Err(refused(reason.to_owned()));
        }
        let width = if let [width] = sizes[..] { width } else { 1 };
        if names.is_some_and(|names| names.len() != width) {
            return Err(refused(format!(
                "it has {width} columns, and the file .columns.json beside it names another number; remove that file"
            )));
        }
        for place in 0..width {
            let column = match names {
                Some(names) => names[place].clone(),
                None if sizes.len() == 1 && width > 1 => format!("{name}_{place}"),
                None => name.clone(),
            };
            if !self.columns.add(&column, 0, &self.input)? {
                let input = self.input.to_string();
                return Err(TableError::DuplicateColumn { input, column });
            }
        }
        let strip = |bytes: Bytes, shape: Vec<usize>, buffer: usize| Strip {
            bytes: BufReader::with_capacity(buffer, bytes),
            items: header.items,
            name: name.clone(),
            row: vec![0; shape.iter().product::<usize>() * header.items.size()],
            shape,
        };
        let buffer = |strips: usize| (BUFFERS / strips.max(1)).clamp(LEAST_BUFFER, BUFFER);
        match place {
            Stored::Streamed(bytes) => self.strips.push(strip(bytes, sizes, buffer(self.arrays))),
            Stored::At(file, begin) => {
                let length = rows.saturating_mul(header.items.size() as u64);
                let buffer = buffer(self.arrays.saturating_mul(width));
                for column in 0..width as u64 {
                    let part =
                        file.part(begin.saturating_add(column.saturating_mul(length)), length);
                    self.strips.push(strip(Box::new(part), Vec::new(), buffer));
                }
            }
        }
        Ok(())
    }

    /// The error of a row that could not be read.
    fn error(&self, source: io::Error, name: &str, row: u64) -> TableError {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            let (name, rows) = (clip(name), self.rows);
            return damaged(&self.input, format!("array `{name}` ends within row {row} of {rows}"));
        }
        self.input.read_error(source, &format!("row {row}"))
    }
}

impl Strip {
    /// Reads the next row of it, and appends its values. An error of the inner kind is that of a field: its
    /// place, its text, and what is wrong.
    fn next(&mut self, values: &mut Vec<Value>) -> io::Result<Result<(), Unread>> {
        self.bytes.read_exact(&mut self.row)?;
        let items = self.row.chunks_exact(self.items.size());
        let read = |item: &[u8]| {
            let token = || String::from_utf8_lossy(item).into_owned();
            self.items.value(item).map_err(|reason| Unread { token: token(), reason })
        };
        if self.shape.len() < 2 {
            for item in items {
                match read(item) {
                    Ok(value) => values.push(value),
                    Err(unread) => return Ok(Err(unread)),
                }
            }
            return Ok(Ok(()));
        }
        let read: Result<Vec<_>, _> =
            items.map(|item| Ok(read(item)?.json().into_owned())).collect();
        Ok(read.map(|texts| {
            let nested = self.shape.iter().rev().fold(texts, |texts, size| {
                texts.chunks(*size).map(|list| format!("[{}]", list.join(", "))).collect()
            });
            values.push(Value::Json(nested.concat().into()));
        }))
    }
}

/// A field that is none.
struct Unread {
    token: String,
    reason: &'static str,
}

impl Records for Numpy {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let mut strips = std::mem::take(&mut self.strips);
        for number in 1..=self.rows {
            let mut values = Vec::with_capacity(self.columns.len());
            let mut broken = None;
            for strip in &mut strips {
                let read = strip
                    .next(&mut values)
                    .map_err(|error| self.error(error, &strip.name, number))?;
                if let (Err(Unread { token, reason }), None) = (read, &broken) {
                    broken = Some(BrokenRow {
                        place: Place::Record(number),
                        column: self.columns.names().get(values.len()).cloned(),
                        raw: token.clone(),
                        token,
                        reason: reason.to_owned(),
                    });
                }
            }
            let row = match broken {
                Some(broken) => Err(broken),
                None => Ok(Row { place: Place::Record(number), values }),
            };
            if emit(row).is_break() {
                return Ok(());
            }
        }
        for strip in &mut strips {
            let more = strip
                .bytes
                .read(&mut [0])
                .map_err(|error| self.error(error, &strip.name, self.rows))?;
            if more > 0 {
                let name = clip(&strip.name);
                let reason = format!("more follows after the {} rows of array `{name}`", self.rows);
                return Err(damaged(&self.input, reason));
            }
        }
        Ok(())
    }
}
