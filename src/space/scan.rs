//! A scanner for the small languages that encodings are written in.

use super::{EncodingError, SearchSpace, list};
use crate::graph::Op;
use crate::table::clip;

/// A position in a text that is being read.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Scanner { text, at: 0 }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The next byte that is not white space, without taking it.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes().get(self.at) {
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Takes the next byte if it is `wanted`.
    pub fn eat(&mut self, request: u8) -> bool {
        let found = self.peek() == Some(request);
        self.at += usize::from(found);
        found
    }

    /// Takes `wanted`, which `name` calls by name in the message.
    pub fn expect(&mut self, request: u8, name: &'static str) -> Result<(), EncodingError> {
        if self.eat(request) { Ok(()) } else { Err(self.error(name)) }
    }

    /// Takes the keyword `word` if it comes next.
    pub fn eat_word(&mut self, word: &str) -> bool {
        self.peek();
        let found = self.text[self.at..].starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Takes an opening `(` or `[` and returns what will close it.
    pub fn open(&mut self) -> Result<u8, EncodingError> {
        if self.eat(b'(') {
            Ok(b')')
        } else if self.eat(b'[') {
            Ok(b']')
        } else {
            Err(self.error("`(` or `[`"))
        }
    }

    /// After an item of a list: takes the comma before the next one (`true`), or the end of the
    /// list (`false`). Python's comma before the end is allowed.
    pub fn more(&mut self, close: u8) -> Result<bool, EncodingError> {
        let comma = self.eat(b',');
        if self.eat(close) {
            return Ok(false);
        }
        if comma {
            return Ok(true);
        }
        Err(self.error(if close == b')' { "`,` or `)`" } else { "`,` or `]`" }))
    }

    /// Takes a decimal number. One too large for `u32` is read as `u32::MAX`, which no space
    /// takes for an id.
    pub fn number(&mut self) -> Result<u32, EncodingError> {
        let Some(b'0'..=b'9') = self.peek() else {
            return Err(self.error("a whole number"));
        };
        let mut number = 0_u32;
        while let Some(digit @ b'0'..=b'9') = self.bytes().get(self.at) {
            number = number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
            self.at += 1;
        }
        Ok(number)
    }

    /// Takes a string in single or double quotes. Operations have no escapes in their names, so
    /// neither have these strings.
    pub fn quoted(&mut self) -> Result<&'a str, EncodingError> {
        let quote = match self.peek() {
            Some(quote @ (b'\'' | b'"')) => char::from(quote),
            _ => return Err(self.error("a string in quotes")),
        };
        let rest = &self.text[self.at + 1..];
        let Some(length) = rest.find(quote) else {
            self.at = self.text.len();
            return Err(self.error("the string's closing quote"));
        };
        self.at += length + 2;
        Ok(&rest[..length])
    }

    /// Takes all up to the next `stop`, or to the end.
    pub fn until(&mut self, stop: char) -> &'a str {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(stop).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    /// Checks that nothing is left.
    pub fn end(&mut self) -> Result<(), EncodingError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.error("the end")) }
    }

    /// What was `expected` here, but is not.
    #[cold]
    pub fn error(&self, expected: &'static str) -> EncodingError {
        let rest = &self.text[self.at..];
        let found = match rest.chars().next() {
            None => "the end".to_owned(),
            Some(_) => format!("`{}`", clip(rest)),
        };
        let at = self.text[..self.at].chars().count() + 1;
        EncodingError::Syntax { expected, found, at }
    }
}

/// Reads a list or tuple of whole numbers into `ids`; returns how many there are, which may be
/// more than `ids` has room for.
pub(super) fn numbers(text: &str, ids: &mut [u32]) -> Result<usize, EncodingError> {
    let mut scan = Scanner::new(text);
    let close = scan.open()?;
    let mut count = 0;
    let mut more = !scan.eat(close);
    while more {
        let number = scan.number()?;
        if let Some(id) = ids.get_mut(count) {
            *id = number;
        }
        count += 1;
        more = scan.more(close)?;
    }
    scan.end()?;
    Ok(count)
}

/// The operation with that id, which is its place in the space's list.
/// `index` is the id's place in the encoding, from 0.
pub(super) fn op_by_id(
    space: &dyn SearchSpace,
    id: u32,
    index: usize,
) -> Result<Op, EncodingError> {
    match u8::try_from(id) {
        Ok(op) if usize::from(op) < space.operations().len() => Ok(Op(op)),
        _ => Err(EncodingError::OpOutOfRange {
            id,
            index: index + 1,
            space: space.name(),
            known: list(space.operations().iter().enumerate().map(|(id, op)| format!("{id} {op}"))),
        }),
    }
}

/// The operation of that name.
pub(super) fn op_by_name(space: &dyn SearchSpace, name: &str) -> Result<Op, EncodingError> {
    let place = space.operations().iter().position(|&op| op == name);
    match place.and_then(|place| u8::try_from(place).ok()) {
        Some(op) => Ok(Op(op)),
        None => Err(EncodingError::UnknownOp {
            name: clip(name),
            space: space.name(),
            known: list(space.operations()),
        }),
    }
}

/// Whether an entry of an adjacency matrix is an edge; it must lead to a later node.
pub(super) fn edge(entry: u32, from: usize, to: usize) -> Result<bool, EncodingError> {
    match entry {
        0 => Ok(false),
        1 if from < to => Ok(true),
        1 => Err(EncodingError::invalid(format!(
            "edge {from}→{to} makes a cycle or runs backwards: the matrix must be upper triangular"
        ))),
        other => Err(EncodingError::invalid(format!(
            "the matrix has {other} for edge {from}→{to}, which can be 0 or 1"
        ))),
    }
}

/// Writes a Python tuple of numbers.
pub(super) fn tuple(ids: impl IntoIterator<Item = usize>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    format!("({})", ids.join(", "))
}
