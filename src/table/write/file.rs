//! From encoded rows to a file: what each output format's file does in order, on one thread.

use std::io::{self, Write};
use std::sync::Arc;

use super::encoder::Encoder;
use super::sink::Sink;

/// Puts encoded rows together to a file. The rows come in order, in pieces of any number of whole rows.
pub(super) trait RowFile: Send + Sync {
    /// Writes what stands above the rows.
    fn begin(&mut self, sink: &mut Sink) -> io::Result<()>;

    /// Takes encoded rows.
    fn rows(&mut self, count: u64, encoded: &[u8], sink: &mut Sink) -> io::Result<()>;

    /// Writes what is left, once all rows have come.
    fn finish(&mut self, sink: &mut Sink) -> io::Result<()>;

    /// What to put in a file beside the table, where the table can not hold the names of its columns.
    fn names_beside(&self) -> Option<Vec<u8>> {
        None
    }
}

/// A format for given columns: what encodes rows, and what makes a file of them.
pub(super) struct Made {
    pub encoder: Arc<dyn Encoder>,
    pub file: Box<dyn RowFile>,
}

impl Made {
    /// Both halves of a format.
    pub fn new(encoder: impl Encoder + 'static, file: impl RowFile + 'static) -> Self {
        Self { encoder: Arc::new(encoder), file: Box::new(file) }
    }
}

/// Encoded rows strung together, below a header.
pub(super) struct Strung {
    header: Vec<u8>,
}

impl Strung {
    /// Rows below a header, which may be empty.
    pub fn below(header: Vec<u8>) -> Self {
        Self { header }
    }
}

impl RowFile for Strung {
    fn begin(&mut self, sink: &mut Sink) -> io::Result<()> {
        sink.write_all(&self.header)
    }

    fn rows(&mut self, _: u64, encoded: &[u8], sink: &mut Sink) -> io::Result<()> {
        sink.write_all(encoded)
    }

    fn finish(&mut self, _: &mut Sink) -> io::Result<()> {
        Ok(())
    }
}
