//! Where bytes come from: files and standard input, compressed or not.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use super::archive;
use super::limit::{RECORD_LIMIT, TooLong};
use super::packed::undone;
use super::part::copied;
use crate::table::{MODEL_MAGIC, TableError};

/// An input. Made from a path, where `-` is standard input; displays as the path or as `standard input`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// Its path, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path),
        }
    }
}

impl From<&str> for Input {
    fn from(path: &str) -> Self {
        OsString::from(path).into()
    }
}

impl From<OsString> for Input {
    fn from(path: OsString) -> Self {
        if path == "-" { Self::Stdin } else { Self::File(path.into()) }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Bytes that are read once, front to back.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// An input after its compression is undone.
pub(super) struct Unpacked {
    /// What it holds.
    pub bytes: Bytes,
    /// Whether there was a compression.
    pub is_packed: bool,
    /// Its name within a zip archive.
    pub name: Option<PathBuf>,
}

/// How much is read at a time.
pub(super) const BUFFER: usize = 64 << 10;

impl Input {
    /// Its name without the folder and without what follows a point.
    pub fn stem(&self) -> String {
        let Some(name) = self.path().and_then(Path::file_name) else { return self.to_string() };
        let name = name.to_string_lossy();
        name.split('.').find(|part| !part.is_empty()).unwrap_or(&name).to_owned()
    }

    /// The bytes, decompressed and without a byte order mark.
    pub(crate) fn bytes(&self) -> Result<Bytes, TableError> {
        Ok(self.unpacked()?.bytes)
    }

    /// The same, and what the compression tells.
    pub(super) fn unpacked(&self) -> Result<Unpacked, TableError> {
        let raw: Bytes = match self {
            Self::Stdin => Box::new(io::stdin()),
            Self::File(path) => Box::new(
                File::open(path)
                    .map_err(|source| TableError::Open { input: self.to_string(), source })?,
            ),
        };
        let (head, raw) = peek(raw, MODEL_MAGIC.len(), |_| false)
            .map_err(|error| self.read_error(error, "line 1"))?;
        if head == MODEL_MAGIC {
            return Err(TableError::IsModel { input: self.to_string() });
        }
        let unpacked = self
            .decompressed(raw)
            .and_then(|unpacked| Ok(Unpacked { bytes: without_mark(unpacked.bytes)?, ..unpacked }));
        unpacked.map_err(|error| self.read_error(error, "line 1"))
    }

    /// Undoes a compression.
    fn decompressed(&self, raw: Bytes) -> io::Result<Unpacked> {
        let (bytes, is_packed) = undone(raw)?;
        let (head, bytes) = peek(bytes, archive::HEAD, |head| !archive::may_begin(head))?;
        if !archive::is_compression(&head) {
            return Ok(Unpacked { bytes, is_packed, name: None });
        }
        let file = match self {
            Self::File(path) if !is_packed && self.is_rereadable() => File::open(path)?,
            _ => copied(bytes)?,
        };
        let (name, bytes) = archive::only_member(file)?;
        let (bytes, _) = undone(bytes)?;
        Ok(Unpacked { bytes, is_packed: true, name: Some(name.into()) })
    }

    /// Whether it is a file that begins as a model does.
    pub fn is_model(&self) -> bool {
        let mut head = [0; MODEL_MAGIC.len()];
        let begins = |path: &Path| File::open(path)?.read_exact(&mut head);
        self.is_rereadable()
            && self.path().map(begins).is_some_and(|read| read.is_ok())
            && head == *MODEL_MAGIC
    }

    /// Whether the bytes can be had a second time.
    pub(crate) fn is_rereadable(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::File(path) => path.metadata().map_or(true, |metadata| metadata.is_file()),
        }
    }

    /// What a failed read of the record at `place` means.
    pub(super) fn read_error(&self, source: io::Error, place: &str) -> TableError {
        let input = self.to_string();
        if source.get_ref().is_some_and(|inner| inner.downcast_ref::<TooLong>().is_some()) {
            TableError::TooLong { input, place: place.to_owned(), limit: RECORD_LIMIT }
        } else {
            TableError::Read { input, source }
        }
    }

    /// The error of an input without a byte.
    pub(super) fn empty(&self) -> TableError {
        TableError::Empty { input: self.to_string() }
    }
}

/// Looks at the first bytes: reads until `enough` of them are there, `most` are, or no more come.
///
/// # Returns
///
/// The bytes seen, and a reader that gives them again and then the rest.
pub(super) fn peek(
    mut bytes: Bytes,
    most: usize,
    enough: impl Fn(&[u8]) -> bool,
) -> io::Result<(Vec<u8>, Bytes)> {
    let mut head = Vec::new();
    let mut chunk = vec![0; most.min(BUFFER)];
    while head.len() < most && !enough(&head) {
        let request = chunk.len().min(most - head.len());
        match bytes.read(&mut chunk[..request]) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let again = Cursor::new(head.clone()).chain(bytes);
    Ok((head, Box::new(again)))
}

/// Drops a UTF-8 byte order mark.
fn without_mark(bytes: Bytes) -> io::Result<Bytes> {
    let (head, mut bytes) = peek(bytes, 3, |_| false)?;
    if head == [0xef, 0xbb, 0xbf] {
        bytes.read_exact(&mut [0; 3])?;
    }
    Ok(bytes)
}

/// A reader that keeps what it gave.
pub(super) struct Tee {
    /// Where the bytes come from.
    pub bytes: Bytes,
    /// Where they are kept.
    pub copy: File,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.copy.write_all(&buffer[..count])?;
        Ok(count)
    }
}
