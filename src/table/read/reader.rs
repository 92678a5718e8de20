//! The one door to every input format.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::{fmt, io};

use super::input::{Bytes, Input, Unpacked, peek};
use super::part::copied;
use super::{Format, foreign};
use crate::table::number::is_number;
use crate::table::{BrokenRow, Row, TableError, find_column};

/// What receives the rows, whole and broken; it says whether to go on.
pub type Emit<'a> = &'a mut dyn FnMut(Result<Row, BrokenRow>) -> ControlFlow<()>;

/// Says whether a text is an encoding.
#[derive(Clone)]
pub struct IsEncoding(Arc<dyn Fn(&str) -> bool + Send + Sync>);

impl IsEncoding {
    /// From a function.
    pub fn new(is_encoding: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        IsEncoding(Arc::new(is_encoding))
    }
}

impl fmt::Debug for IsEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IsEncoding")
    }
}

/// How to read an input.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The format; told by the extension or the first bytes where it is not given.
    pub format: Option<Format>,
    /// The group of records to read where a JSON document holds several, such as `cifar10`.
    pub dataset: Option<String>,
    /// Columns under which encodings stand. Where the records of a JSON document have all columns of one of these
    /// lists, and their keys are words or numbers, the keys are no encodings, and their column is called `key` rather
    /// than `net`.
    pub encodings: Vec<Vec<String>>,
    /// Tells encodings from other texts, where the shape of a document depends on it. Without it any text of more than
    /// letters and digits passes for one.
    pub is_encoding: Option<IsEncoding>,
    /// What separates the fields of a CSV or TSV input; told by the first lines where it is not given.
    pub delimiter: Option<u8>,
}

/// What is known of encodings when a table is opened.
pub(super) struct Knowledge {
    /// See [`ReadOptions::encodings`].
    pub names: Vec<Vec<String>>,
    is_encoding: Option<IsEncoding>,
}

impl Knowledge {
    /// Whether a text is an encoding. A number alone is none.
    pub fn is_encoding(&self, text: &str) -> bool {
        match &self.is_encoding {
            _ if is_number(text) => false,
            Some(IsEncoding(is_encoding)) => is_encoding(text),
            None => text.bytes().any(|byte| b"([{|~".contains(&byte)),
        }
    }

    /// Whether a text is an encoding beyond doubt: not by its looks alone.
    pub fn is_certainly_encoding(&self, text: &str) -> bool {
        self.is_encoding.is_some() && self.is_encoding(text)
    }

    /// Whether a key is more than a word or a number: an encoding, or what looks like one.
    pub fn is_more_than_word(&self, key: &str) -> bool {
        let is_word = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let may_be =
            !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        !is_word && (may_be || self.is_encoding.is_none() || self.is_certainly_encoding(key))
    }

    /// Whether encodings stand under a name, alone or with others.
    pub fn has_name(&self, name: &str) -> bool {
        let name = [name.to_owned()];
        self.names.iter().flatten().any(|known| find_column(&name, known).is_some())
    }

    /// Whether encodings stand among columns of these names.
    pub fn are_in(&self, columns: &[String]) -> bool {
        self.names.iter().any(|names| names.iter().all(|name| find_column(columns, name).is_some()))
    }
}

/// What a format's file reads from.
pub(super) struct Source {
    /// What is known of encodings.
    pub known: Knowledge,
    /// See [`ReadOptions::delimiter`].
    pub delimiter: Option<u8>,
    /// For messages, and to read a second time.
    pub input: Input,
    /// Decompressed, without a byte order mark, at least one byte.
    pub bytes: Bytes,
    /// The group of records asked for.
    pub dataset: Option<String>,
    /// Whether the input gives these bytes a second time.
    pub is_rereadable: bool,
    /// Whether these are the bytes of an ordinary file as they stand in it.
    pub is_as_stored: bool,
}

impl Source {
    /// A file with these bytes, that can be read from any place. It is at no certain one.
    pub fn seekable(self) -> io::Result<File> {
        match self.input.path() {
            Some(path) if self.is_as_stored => File::open(path),
            _ => copied(self.bytes),
        }
    }
}

/// A table that is open: what each format's file makes.
pub(super) trait Records: Send {
    /// The names of the columns.
    fn columns(&self) -> &[String];

    /// The names of the levels above the records.
    fn groups(&self) -> &[String] {
        &[]
    }

    /// Gives every row to `emit` until it breaks off.
    fn read(self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError>;
}

/// An open input whose columns are known and whose rows are yet to be read.
pub struct Reader {
    records: Box<dyn Records>,
}

impl Reader {
    /// Opens an input and finds its columns.
    ///
    /// Compressions are undone, whatever the file is called. Of a JSON document this reads the whole once,
    /// of JSON lines the first 1,024 lines; both keep little in memory. Standard input that is a JSON
    /// document is kept in a temporary file meanwhile.
    ///
    /// # Errors
    ///
    /// When the input can not be opened or read, is empty, its header is broken, or the dataset asked for is
    /// not there or not one.
    pub fn open(input: &Input, options: &ReadOptions) -> Result<Self, TableError> {
        let read_error = |error: io::Error| input.read_error(error, "line 1");
        let Unpacked { bytes, is_packed, name } = input.unpacked()?;
        let by_name = |path: &Path| Format::of_path(path);
        let by_name = name.as_deref().and_then(by_name).or_else(|| input.path().and_then(by_name));
        let (head, mut bytes) =
            peek(bytes, foreign::HEAD, foreign::is_head_enough).map_err(read_error)?;
        if head.is_empty() {
            return Err(input.empty());
        }
        foreign::refuse(input, &head)?;
        let format = if let Some(found) = Format::of_magic(&head) {
            let asked = options.format.filter(|asked| *asked != found);
            if let Some(asked) = asked {
                let reason = format!("it is in the format {found}, not {asked}");
                return Err(TableError::Binary { input: input.to_string(), reason });
            }
            found
        } else if let Some(format) = options.format {
            format
        } else if let Some(format) = by_name.filter(|format| *format != Format::Json) {
            format
        } else {
            let head;
            (head, bytes) =
                peek(bytes, Format::HEAD, Format::is_head_enough).map_err(read_error)?;
            Format::of_name_and_head(by_name, &head)
        };
        let source = Source {
            input: input.clone(),
            bytes,
            dataset: options.dataset.clone(),
            known: Knowledge {
                names: options.encodings.clone(),
                is_encoding: options.is_encoding.clone(),
            },
            delimiter: options.delimiter,
            is_rereadable: input.is_rereadable(),
            is_as_stored: !is_packed && input.is_rereadable(),
        };
        if options.delimiter.is_some() && !format.is_delimited() {
            return Err(TableError::NoDelimiter { input: input.to_string(), format });
        }
        let records = format.open(source)?;
        match &options.dataset {
            Some(dataset) if records.groups().is_empty() => {
                Err(TableError::NoDatasets { input: input.to_string(), dataset: dataset.clone() })
            }
            _ => Ok(Self { records }),
        }
    }

    /// The names of the columns, all different.
    pub fn columns(&self) -> &[String] {
        self.records.columns()
    }

    /// The names of the levels above the records in nested JSON, such as `["nasbench201", "cifar10"]`; empty
    /// elsewhere.
    pub fn groups(&self) -> &[String] {
        self.records.groups()
    }

    /// Gives every row to `emit`, in order, until there are no more or `emit` breaks off. Memory does not
    /// grow with the input.
    ///
    /// # Errors
    ///
    /// When reading fails, a record is longer than 16 MiB, or a JSON document is broken. A broken row is no
    /// error here; it is given to `emit`.
    pub fn read(self, emit: Emit<'_>) -> Result<(), TableError> {
        self.records.read(emit)
    }
}
