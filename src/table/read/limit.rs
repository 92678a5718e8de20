//! The bound on a record's length, for every format alike.

use std::{error, fmt, io};

/// The longest record that is read, in bytes.
pub(super) const RECORD_LIMIT: u64 = 16 << 20;

/// A reader that fails once more than [`RECORD_LIMIT`] bytes pass without a record's end being marked.
///
/// It stands below the buffer that a format reads through, so a record may be longer by what is buffered.
pub(super) struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R> Limited<R> {
    /// Wraps `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, left: RECORD_LIMIT }
    }

    /// Says that a record has ended.
    pub fn mark(&mut self) {
        self.left = RECORD_LIMIT;
    }
}

impl<R: io::Read> io::Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other(TooLong));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(&mut buffer[..most])?;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// The error of [`Limited`], as it stands inside an [`io::Error`].
#[derive(Debug)]
pub(super) struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a record is longer than {} MiB", RECORD_LIMIT >> 20)
    }
}

impl error::Error for TooLong {}
