//! The structure of a JSON document, byte by byte, and its values as raw text.
//!
//! `serde_json` has no way to learn an object's first key, and with it what kind of object it is, and then to
//! have the whole as raw text. So the structure above the records is read here, without recursion or numbers
//! that could overflow, and each record is handed to `serde_json`, which checks it.

use std::io::{self, BufRead, BufReader, Read};

use super::Input;
use super::fields::{reason, token};
use super::input::{BUFFER, Bytes};
use super::limit::Limited;
use crate::table::TableError;

/// How much of what is wrong is read for a message, in bytes.
const SHOWN: u64 = 80;

/// A place in the document from which text is captured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    offset: usize,
    line: u64,
    column: u64,
}

/// Reads a JSON document front to back, keeping the bytes since [`Scanner::begin`].
pub(super) struct Scanner {
    input: Input,
    bytes: BufReader<Limited<Bytes>>,
    captured: Vec<u8>,
    /// Whether a letter outside of strings begins as `NaN` or `Infinity` do.
    has_constants: bool,
    line: u64,
    column: u64,
}

impl Scanner {
    /// Reads `bytes`, of `input`.
    pub fn new(input: Input, bytes: Bytes) -> Self {
        let bytes = BufReader::with_capacity(BUFFER, Limited::new(bytes));
        Self { input, bytes, captured: Vec::new(), has_constants: false, line: 1, column: 1 }
    }

    /// The input.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Forgets what was captured: a new record begins.
    pub fn begin(&mut self) -> Mark {
        self.captured.clear();
        self.has_constants = false;
        self.bytes.get_mut().mark();
        self.mark()
    }

    /// The place of the next byte.
    pub fn mark(&self) -> Mark {
        Mark { offset: self.captured.len(), line: self.line, column: self.column }
    }

    /// Whether `NaN` or `Infinity` may stand in what was captured.
    pub fn has_constants(&self) -> bool {
        self.has_constants
    }

    /// The bytes from `mark` to here.
    pub fn since(&self, mark: Mark) -> &[u8] {
        self.captured.get(mark.offset..).unwrap_or_default()
    }

    /// The next byte that is not blank, which is not taken; `None` at the end.
    pub fn peek(&mut self) -> Result<Option<u8>, TableError> {
        loop {
            let (blank, next) = {
                let chunk = self.chunk()?;
                if chunk.is_empty() {
                    return Ok(None);
                }
                let blank = chunk.iter().take_while(|byte| is_blank(**byte)).count();
                (blank, chunk.get(blank).copied())
            };
            self.take(blank);
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// Takes the next byte that is not blank, which must be `expected`.
    pub fn expect(&mut self, expected: u8) -> Result<(), TableError> {
        if self.accept(expected)? {
            Ok(())
        } else {
            Err(self.unexpected(&format!("expected `{}`", expected as char)))
        }
    }

    /// Takes the next byte that is not blank where it is `wanted`.
    pub fn accept(&mut self, request: u8) -> Result<bool, TableError> {
        let found = self.peek()? == Some(request);
        if found {
            self.take(1);
        }
        Ok(found)
    }

    /// Takes a key and the colon after it.
    pub fn key(&mut self) -> Result<String, TableError> {
        if self.peek()? != Some(b'"') {
            return Err(self.unexpected("expected a key"));
        }
        let mark = self.mark();
        self.rest(0)?;
        let key = self.parse(mark, self.since(mark))?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Takes a whole value. Of brackets it only checks that they close; what is inside is for
    /// [`Scanner::parse`] to check.
    pub fn value(&mut self) -> Result<(), TableError> {
        match self.peek()? {
            Some(b'"' | b'{' | b'[') => self.rest(0),
            Some(b',' | b':' | b'}' | b']') | None => Err(self.unexpected("expected a value")),
            Some(_) => loop {
                let chunk = self.chunk()?;
                let is_end = |byte: &u8| is_blank(*byte) || b",:]}\"[{".contains(byte);
                let length = chunk.iter().position(is_end);
                let size = length.unwrap_or(chunk.len());
                let has_constants = chunk[..size].iter().any(|byte| b"NI".contains(byte));
                self.has_constants |= has_constants;
                self.take(size);
                if length.is_some() || size == 0 {
                    return Ok(());
                }
            },
        }
    }

    /// Takes bytes up to the end of `depth` open brackets, or of one string or bracket where there are none.
    pub fn rest(&mut self, mut depth: usize) -> Result<(), TableError> {
        let (mut in_string, mut escaped) = (false, false);
        let mut has_constants = false;
        loop {
            let mut is_done = false;
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Err(self.unexpected("expected a closing bracket or quote"));
            }
            let mut size = 0;
            for &byte in chunk {
                size += 1;
                if in_string {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => in_string = false,
                        _ => continue,
                    }
                } else {
                    match byte {
                        b'"' => in_string = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth = depth.saturating_sub(1),
                        b'N' | b'I' => {
                            has_constants = true;
                            continue;
                        }
                        _ => continue,
                    }
                }
                if depth == 0 && !in_string {
                    is_done = true;
                    break;
                }
            }
            self.take(size);
            if is_done {
                self.has_constants |= has_constants;
                return Ok(());
            }
        }
    }

    /// Has `serde_json` read `text`, which was captured from `mark` on.
    pub fn parse<'a, T: serde::Deserialize<'a>>(
        &self,
        mark: Mark,
        text: &'a [u8],
    ) -> Result<T, TableError> {
        let text = str::from_utf8(text).map_err(|_| {
            self.error(mark, &String::from_utf8_lossy(text), "this is not UTF-8 text".to_owned())
        })?;
        serde_json::from_str(text).map_err(|error| {
            let lines = error.line().saturating_sub(1) as u64;
            let column = error.column().saturating_sub(1) as u64;
            let at = Mark {
                offset: mark.offset,
                line: mark.line + lines,
                column: if lines == 0 { mark.column + column } else { column + 1 },
            };
            self.error(at, token(text, &error), reason(&error))
        })
    }

    /// The error for what comes next.
    pub fn unexpected(&mut self, reason: &str) -> TableError {
        let mark = self.mark();
        let mut token = Vec::new();
        match self.bytes.by_ref().take(SHOWN).read_to_end(&mut token) {
            Ok(0) => self.error(mark, "", format!("{reason}, found the end of the input")),
            Ok(_) => self.error(mark, &String::from_utf8_lossy(&token), reason.to_owned()),
            Err(error) => self.input.read_error(error, &format!("line {}", self.line)),
        }
    }

    /// The error for `token`, which stands at `at`.
    pub fn error(&self, at: Mark, token: &str, reason: String) -> TableError {
        TableError::Json {
            input: self.input.to_string(),
            line: at.line,
            column: at.column,
            token: token.to_owned(),
            reason,
        }
    }

    /// The next bytes; none at the end.
    fn chunk(&mut self) -> Result<&[u8], TableError> {
        loop {
            match self.bytes.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(self.input.read_error(error, &format!("line {}", self.line)));
                }
                // A second call gives what is buffered; the first can't be returned from within a loop.
                Ok(_) => break,
            }
        }
        Ok(self.bytes.buffer())
    }

    /// Captures the next `count` bytes, which must be buffered.
    fn take(&mut self, count: usize) {
        let buffered = self.bytes.buffer();
        let taken = &buffered[..count.min(buffered.len())];
        // Splitting counts the line ends; what follows the last is the part of the line that was taken.
        let mut lines = taken.rsplit(|&byte| byte == b'\n');
        let last = lines.next().unwrap_or_default().len() as u64;
        let ends = lines.count() as u64;
        self.column = if ends == 0 { self.column + last } else { 1 + last };
        self.line += ends;
        self.captured.extend_from_slice(taken);
        self.bytes.consume(count);
    }
}

/// JSON's white space.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
