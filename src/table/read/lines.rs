//! Lines of bytes, of bounded length.

use std::io::{self, BufRead, BufReader};

use super::input::{BUFFER, Bytes};
use super::limit::Limited;

/// Reads an input line by line.
pub(super) struct Lines {
    bytes: BufReader<Limited<Bytes>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Reads lines from `bytes`.
    pub fn new(bytes: Bytes) -> Self {
        Self {
            bytes: BufReader::with_capacity(BUFFER, Limited::new(bytes)),
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line that is not blank, white space around it aside, with its number counted from 1.
    pub fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        loop {
            self.line.clear();
            self.bytes.get_mut().mark();
            self.number += 1;
            if self.bytes.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(Some((self.number, self.line.trim_ascii())));
            }
        }
    }

    /// Whether white space stands before the line that was read last.
    pub fn is_indented(&self) -> bool {
        self.line.first().is_some_and(u8::is_ascii_whitespace)
    }

    /// The number of the line that was read last, or that could not be read.
    pub fn number(&self) -> u64 {
        self.number
    }
}
