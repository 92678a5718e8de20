//! The bytes of the current record, kept for messages.

use std::io;

use super::limit::Limited;

/// A reader that keeps the bytes of the record that is being read, and bounds its length.
///
/// The csv crate gives neither a record's raw text nor, after blank lines, the line on which it begins; both
/// are read off here.
pub(super) struct Tape<R> {
    bytes: Limited<R>,
    kept: Vec<u8>,
    /// The input's offset of the first byte kept.
    start: u64,
    /// The input's offset of the first byte that is still wanted.
    request: u64,
}

impl<R> Tape<R> {
    /// Wraps `bytes`.
    pub fn new(bytes: R) -> Self {
        Self { bytes: Limited::new(bytes), kept: Vec::new(), start: 0, request: 0 }
    }

    /// Says that a record has ended at this offset.
    pub fn mark(&mut self, end: u64) {
        self.bytes.mark();
        self.request = end;
    }

    /// The bytes between two offsets, as far as they are kept.
    pub fn between(&self, from: u64, to: u64) -> &[u8] {
        let index =
            |offset: u64| usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.kept.get(index(from)..index(to)).unwrap_or_default()
    }
}

impl<R: io::Read> io::Read for Tape<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let over =
            usize::try_from(self.request - self.start).unwrap_or(usize::MAX).min(self.kept.len());
        self.kept.drain(..over);
        self.start += over as u64;
        let count = self.bytes.read(buffer)?;
        self.kept.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}
