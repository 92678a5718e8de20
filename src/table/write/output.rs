//! Where bytes go to.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// An output. Made from a path, where `-` is standard output; displays as the path or as `standard output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// A file, which appears whole or not at all.
    File(PathBuf),
}

impl Output {
    /// Its path, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
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
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
