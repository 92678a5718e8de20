//! Where bytes go to.

use std::ffi::OsString;
use std::fmt;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// An output. Made from a path, where `-` is standard output; displays as the path or as `standard output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// A file, which appears whole or not at all.
    File(PathBuf),
    /// Bytes in memory.
    Memory(Memory),
}

/// Bytes in memory, shared with whoever reads them at the end.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    /// Appends bytes.
    pub(super) fn append(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }

    /// Takes out what was written.
    pub fn take(&self) -> Vec<u8> {
        take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Two are equal if they are the same place in memory.
impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Memory {}

impl Output {
    /// Its path, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout | Self::Memory(_) => None,
            Self::File(path) => Some(path),
        }
    }
}

impl From<&str> for Output {
    fn from(path: &str) -> Self {
        OsString::from(path).into()
    }
}

impl From<OsString> for Output {
    fn from(path: OsString) -> Self {
        if path == "-" { Self::Stdout } else { Self::File(path.into()) }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::Memory(_) => f.write_str("memory"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
