//! Files that are read at several places at once, and copies of inputs that can be read at one only.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use super::input::Bytes;

/// The most bytes of an input that are copied to a temporary file.
const MOST_COPIED: u64 = 64 << 30;

/// A file that several parts are read from, by turns.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<File>>);

/// The bytes of a file from one place to another.
pub(super) struct Part {
    file: Shared,
    at: u64,
    end: u64,
}

impl Shared {
    /// A file to be read in parts.
    pub fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    /// The bytes from `at` on, at most `length`.
    pub fn part(&self, at: u64, length: u64) -> Part {
        Part { file: self.clone(), at, end: at.saturating_add(length) }
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let mut file = self.file.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(&mut buffer[..most])?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Copies bytes to a temporary file, which is at its start then.
pub(super) fn copied(bytes: Bytes) -> io::Result<File> {
    let mut copy = tempfile::tempfile()?;
    if io::copy(&mut bytes.take(MOST_COPIED), &mut copy)? == MOST_COPIED {
        let limit = MOST_COPIED >> 30;
        return Err(io::Error::other(format!("there are more than {limit} GiB to unpack")));
    }
    copy.rewind()?;
    Ok(copy)
}
