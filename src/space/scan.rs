//! A scanner for the small languages that encodings are written in.
//!
//! Encodings come as Python and its libraries print them, and as JSON. So one scanner reads all of these: single and
//! double quotes, tuples and lists, `array([…])`, NumPy's lists without commas, `np.int64(2)`, `2.0` and
//! `True` for whole numbers. It goes through the text once, without recursion. Dictionaries: [`Dict`](super::dict::Dict).

use std::borrow::Cow;

use super::{EncodingError, SearchSpace, list};
use crate::graph::Op;
use crate::table::clip;

/// What may be written around a list.
const LIST_CALLS: [&str; 5] = ["array", "asarray", "tensor", "list", "tuple"];

/// What may be written around a number or a string.
const SCALAR_CALLS: [&str; 18] = [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
    "float64", "bool_", "bool", "str_", "int", "float", "tensor", "array",
];

/// The deepest nesting of what is passed over.
const DEEPEST: usize = 128;

/// A position in a text that is being read.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// What ends a list.
#[derive(Clone, Copy)]
pub(super) struct Close {
    bracket: u8,
    /// Whether it stands within `array(…)`.
    in_call: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Scanner { text, at: 0 }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The next byte that is not white space, without taking it.
    #[inline]
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
    #[inline]
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

    /// Takes the name that comes next, such as `np.int64` or `DARTS_V2`; empty if none does.
    pub fn name(&mut self) -> &'a str {
        self.peek();
        let rest = &self.text[self.at..];
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let name = if name.starts_with(|c: char| c.is_ascii_digit()) { "" } else { name };
        self.at += name.len();
        name
    }

    /// Takes what stands before a call and the `=` in front of it, if there is no bracket and no quote among it.
    pub fn skip_assignment(&mut self) {
        let rest = self.rest();
        let before = rest.split(['(', '[', '{', '\'', '"']).next().unwrap_or_default();
        self.at += before.rfind('=').map_or(0, |at| at + 1);
        self.peek();
    }

    /// Takes one of the functions, whatever module stands before it, and its opening bracket.
    fn eat_call(&mut self, functions: &[&str]) -> bool {
        if !self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            return false;
        }
        let before = self.at;
        let name = self.name();
        let is_one = name.rsplit('.').next().is_some_and(|name| functions.contains(&name));
        if is_one && self.eat(b'(') {
            return true;
        }
        self.at = before;
        false
    }

    /// Takes the end of such a call, and the options before it, as in `array([…], dtype=int64)`.
    fn end_call(&mut self) -> Result<(), EncodingError> {
        if self.eat(b',') && !self.until(')').contains('=') {
            return Err(self.error("one list in a call, and its options"));
        }
        self.expect(b')', "`)`")
    }

    /// Whether a list or tuple begins here.
    pub fn is_list(mut self) -> bool {
        self.eat_call(&LIST_CALLS) || matches!(self.peek(), Some(b'(' | b'['))
    }

    /// Takes an opening `(` or `[` and returns what will close it.
    pub fn open(&mut self) -> Result<Close, EncodingError> {
        let in_call = self.eat_call(&LIST_CALLS);
        if self.eat(b'(') {
            Ok(Close { bracket: b')', in_call })
        } else if self.eat(b'[') {
            Ok(Close { bracket: b']', in_call })
        } else {
            Err(self.error("`(` or `[`"))
        }
    }

    /// Takes the end of a list if it comes next.
    pub fn ends(&mut self, close: Close) -> Result<bool, EncodingError> {
        let ends = self.eat(close.bracket);
        if ends && close.in_call {
            self.end_call()?;
        }
        Ok(ends)
    }

    /// After an item of a list: takes the comma before the next one (`true`), or the end of the
    /// list (`false`). Python's comma before the end is allowed, and so are NumPy's lists without commas.
    #[inline]
    pub fn more(&mut self, close: Close) -> Result<bool, EncodingError> {
        let before = self.at;
        // Nearly always a comma before another entry.
        if self.eat(b',') && self.peek() != Some(close.bracket) {
            return Ok(true);
        }
        self.more_or_end(close, before)
    }

    /// The same after a comma, if there is one, that nothing may follow.
    fn more_or_end(&mut self, close: Close, before: usize) -> Result<bool, EncodingError> {
        if self.ends(close)? {
            return Ok(false);
        }
        let is_apart = self.at > before && close.bracket == b']';
        match self.peek() {
            Some(b'.') if is_apart => {
                Err(self
                    .error("every entry (NumPy has left some out: print the array with tolist())"))
            }
            Some(byte)
                if is_apart && (byte.is_ascii_alphanumeric() || b"'\"[(".contains(&byte)) =>
            {
                Ok(true)
            }
            _ if close.bracket == b')' => Err(self.error("`,` or `)`")),
            _ => Err(self.error("`,` or `]`")),
        }
    }

    /// Takes a list or tuple; `item` takes each element and is told its place. Returns how many there are.
    pub fn list(
        &mut self,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), EncodingError>,
    ) -> Result<usize, EncodingError> {
        let close = self.open()?;
        let mut count = 0;
        let mut more = !self.ends(close)?;
        while more {
            item(self, count)?;
            count += 1;
            more = self.more(close)?;
        }
        Ok(count)
    }

    /// Takes a whole number, however it is written: `2`, `2.0`, `np.int64(2)`, `True`. One too large for `u32` is
    /// read as `u32::MAX`, which no space takes for an id.
    #[inline]
    pub fn number(&mut self) -> Result<u32, EncodingError> {
        // Nearly all are digits alone.
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.digits();
        }
        self.wrapped_number()
    }

    /// A number that is a word or stands in a call, such as `np.int64(2)`.
    fn wrapped_number(&mut self) -> Result<u32, EncodingError> {
        let in_call = self.eat_call(&SCALAR_CALLS);
        let number = match self.peek() {
            Some(b'0'..=b'9') => self.digits()?,
            _ if self.eat_word("True") || self.eat_word("true") => 1,
            _ if self.eat_word("False") || self.eat_word("false") => 0,
            Some(b'\'' | b'"') => {
                let start = *self;
                let text = self.quoted()?;
                match text.trim().parse() {
                    Ok(number) if text.bytes().all(|byte| byte.is_ascii_digit()) => number,
                    _ => return Err(start.error("a whole number")),
                }
            }
            _ => return Err(self.error("a whole number")),
        };
        if in_call {
            self.end_call()?;
        }
        Ok(number)
    }

    /// Takes digits, and a point with zeros behind it.
    #[inline]
    fn digits(&mut self) -> Result<u32, EncodingError> {
        let start = self.at;
        let mut number = 0_u32;
        while let Some(digit @ b'0'..=b'9') = self.bytes().get(self.at) {
            number = number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
            self.at += 1;
        }
        match self.bytes().get(self.at) {
            Some(b'.' | b'e' | b'E') => self.whole(start),
            _ => Ok(number),
        }
    }

    /// Takes a number that begins at `start` and has a point or an exponent, as `2.0` and `2.000e+00` have; it must be whole.
    #[cold]
    fn whole(&mut self, start: usize) -> Result<u32, EncodingError> {
        let rest = &self.text[start..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
        let text = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let number = text.parse::<f64>().ok().filter(|number| number.fract() == 0.0);
        let Some(number) = number else {
            self.at = start;
            return Err(self.error("a whole number"));
        };
        self.at = start + text.len();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        Ok(number as u32)
    }

    /// Whether a string in quotes begins here.
    pub fn is_quoted(mut self) -> bool {
        self.eat_call(&SCALAR_CALLS);
        matches!(self.peek(), Some(b'\'' | b'"'))
    }

    /// Takes a string in single or double quotes, without `np.str_(…)` around it. Operations have no escapes in
    /// their names; elsewhere they are undone.
    pub fn quoted(&mut self) -> Result<Cow<'a, str>, EncodingError> {
        let in_call = self.eat_call(&SCALAR_CALLS);
        let Some(quote @ (b'\'' | b'"')) = self.peek() else {
            return Err(self.error("a string in quotes"));
        };
        let start = self.at + 1;
        let Some(end) = closing_quote(self.bytes(), start, quote) else {
            self.at = self.text.len();
            return Err(self.error("the string's closing quote"));
        };
        self.at = end + 1;
        if in_call {
            self.end_call()?;
        }
        let inner = &self.text[start..end];
        if !inner.contains('\\') {
            return Ok(Cow::Borrowed(inner));
        }
        let whole = &self.text[start - 1..=end];
        let unescaped = serde_json::from_str(whole).map(Cow::Owned);
        Ok(unescaped
            .unwrap_or_else(|_| Cow::Owned(inner.replace("\\'", "'").replace("\\\\", "\\"))))
    }

    /// Takes all up to the next `stop`, or to the end.
    pub fn until(&mut self, stop: char) -> &'a str {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(stop).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    /// Takes a value of any kind, which ends before a comma or a closing bracket, or with the text. Returns a scanner
    /// of this value, which counts characters from the beginning of the text.
    pub fn value(&mut self) -> Result<Scanner<'a>, EncodingError> {
        self.peek();
        let start = self.at;
        let mut closing: Vec<u8> = Vec::new();
        while let Some(&byte) = self.bytes().get(self.at) {
            match byte {
                b',' | b')' | b']' | b'}' if closing.is_empty() => break,
                b'(' => closing.push(b')'),
                b'[' => closing.push(b']'),
                b'{' => closing.push(b'}'),
                b')' | b']' | b'}' if closing.pop() != Some(byte) => {
                    return Err(self.error("the bracket that closes the last one opened"));
                }
                b'\'' | b'"' => match closing_quote(self.bytes(), self.at + 1, byte) {
                    Some(end) => self.at = end,
                    None => return Err(self.error("a string with a closing quote")),
                },
                _ => {}
            }
            if closing.len() > DEEPEST {
                return Err(self.error("fewer brackets within each other"));
            }
            self.at += 1;
        }
        if self.at == start || !closing.is_empty() {
            return Err(self.error("a value"));
        }
        Ok(Scanner { text: self.text[..self.at].trim_ascii_end(), at: start })
    }

    /// What is left of the text.
    pub fn rest(&mut self) -> &'a str {
        self.peek();
        &self.text[self.at..]
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

/// Where a string that begins at `start`, behind its quote, ends.
fn closing_quote(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start;
    loop {
        match *text.get(at)? {
            byte if byte == quote => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Reads a list or tuple of whole numbers into `ids`; returns how many there are, which may be
/// more than `ids` has room for.
pub(super) fn numbers(text: &str, ids: &mut [u32]) -> Result<usize, EncodingError> {
    let mut scan = Scanner::new(text);
    let count = numbers_of(&mut scan, ids)?;
    scan.end()?;
    Ok(count)
}

/// The same for a list within a text.
pub(super) fn numbers_of(scan: &mut Scanner, ids: &mut [u32]) -> Result<usize, EncodingError> {
    scan.list(|scan, place| {
        let number = scan.number()?;
        if let Some(id) = ids.get_mut(place) {
            *id = number;
        }
        Ok(())
    })
}

/// A list of numbers without brackets, with one of `, ; : - |` or blanks between them, in brackets; `None` for other
/// texts, such as those with leading zeros.
pub(super) fn bracketed(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let separator = text.bytes().find(|byte| !byte.is_ascii_digit())?;
    let separator = b",; :-|\t".contains(&separator).then_some(char::from(separator))?;
    let numbers = text.split(separator).map(str::trim);
    let mut listed = String::with_capacity(text.len() + 2);
    for number in numbers {
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let is_blank = number.is_empty() && separator.is_ascii_whitespace();
        if is_blank {
            continue;
        }
        if !is_number || number.is_empty() || (number.len() > 1 && number.starts_with('0')) {
            return None;
        }
        listed.push(if listed.is_empty() { '[' } else { ',' });
        listed.push_str(number);
    }
    listed.push(']');
    Some(listed)
}

/// A scanner of a text without the brackets that stand around a lone network, beyond `depth`, the brackets of its encoding:
/// one network is often a list of one.
pub(super) fn unwrapped(text: &str, depth: usize) -> Scanner<'_> {
    let mut scan = Scanner::new(text);
    loop {
        let brackets = scan.rest().bytes().filter(|byte| !byte.is_ascii_whitespace());
        if brackets.take_while(|byte| b"[(".contains(byte)).count() <= depth {
            return scan;
        }
        let mut outer = scan;
        let (Ok(close), Ok(first)) = (outer.open(), outer.value()) else { return scan };
        if outer.more(close) != Ok(false) || outer.peek().is_some() {
            return scan;
        }
        scan = first;
    }
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
