//! The shapes of JSON documents, and the walk over their records.

use super::fields::is_proxy_key;
use super::json_constants::without_constants;
use super::scanner::{Mark, Scanner};
use crate::table::TableError;
use crate::table::number::is_number;

/// The deepest nesting of groups, as in `serde_json`.
const DEEPEST: usize = 128;

/// The longest key of a group, in bytes: groups are kept in memory.
const LONGEST: usize = 64 << 10;

/// Something in a document that makes a row.
pub(super) struct Item<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// The keys above it, outermost first.
    pub groups: &'a [String],
    /// Its raw text. Of an object it is certain only that its brackets are as many closed as open.
    pub raw: &'a [u8],
    /// Where the text begins.
    pub mark: Mark,
}

/// The kinds of things that make a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    /// An element of an array.
    Element,
    /// The value at a number in an index map, `{"0": "(…)", …}`, or at an encoding whose score it is.
    Entry(&'a str),
    /// The value at an encoding.
    Record(&'a str),
    /// A whole document that is one record.
    Whole,
}

/// Why a walk ends before the document does.
pub(super) enum Stop {
    /// Enough was seen.
    Enough,
    /// The document is broken.
    Broken(TableError),
}

impl From<TableError> for Stop {
    fn from(error: TableError) -> Self {
        Self::Broken(error)
    }
}

/// What receives the items; the scanner is there for parsing.
pub(super) type Visit<'a> = &'a mut dyn FnMut(&Scanner, Item<'_>) -> Result<(), Stop>;

/// Walks over a document.
///
/// An object is a record when its first value is not an object, or is a proxy: an object whose first key is
/// `score` or `time`. An empty object in a record's place is a record that has nothing. The keys above
/// records are groups.
///
/// # Arguments
///
/// * `has_scores` - an object has an entry at each encoding, as an index map has at each number
pub(super) fn walk(scanner: Scanner, has_scores: bool, visit: Visit<'_>) -> Result<(), TableError> {
    let mut walk = Walk { scanner, has_scores, groups: Vec::new(), visit };
    match walk.document() {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Broken(error)) => Err(error),
    }
}

struct Walk<'a> {
    scanner: Scanner,
    has_scores: bool,
    groups: Vec<String>,
    visit: Visit<'a>,
}

/// What an object has turned out to be.
enum Object {
    /// A record, which has been read.
    Record,
    /// A group, whose records have been visited.
    Group,
}

impl Walk<'_> {
    fn document(&mut self) -> Result<(), Stop> {
        match self.scanner.peek()? {
            None => return Err(self.scanner.input().empty().into()),
            Some(b'[') => self.array()?,
            Some(b'{') => self.object_or_index()?,
            Some(_) => {
                return Err(self.scanner.unexpected("expected an array or an object").into());
            }
        }
        match self.scanner.peek()? {
            None => Ok(()),
            Some(_) => Err(self
                .scanner
                .unexpected(
                    "expected the end of the document; for an object a line, the format is jsonl",
                )
                .into()),
        }
    }

    fn array(&mut self) -> Result<(), Stop> {
        self.scanner.expect(b'[')?;
        if self.scanner.accept(b']')? {
            return Ok(());
        }
        loop {
            let mark = self.next_value()?;
            self.scanner.value()?;
            self.visit(Kind::Element, mark)?;
            if !self.is_followed(b']')? {
                return Ok(());
            }
        }
    }

    /// A document that is an object.
    fn object_or_index(&mut self) -> Result<(), Stop> {
        let mark = self.scanner.begin();
        self.scanner.expect(b'{')?;
        if self.scanner.accept(b'}')? {
            return Ok(());
        }
        let key = self.scanner.key()?;
        if self.has_scores || (is_number(&key) && self.scanner.peek()? == Some(b'"')) {
            return self.index(key);
        }
        match self.object(key)? {
            Object::Record => self.visit(Kind::Whole, mark),
            Object::Group => Ok(()),
        }
    }

    /// An index map, from its first value on.
    fn index(&mut self, mut key: String) -> Result<(), Stop> {
        loop {
            let mark = self.next_value()?;
            self.scanner.value()?;
            self.visit(Kind::Entry(&key), mark)?;
            if !self.is_followed(b'}')? {
                return Ok(());
            }
            key = self.scanner.key()?;
        }
    }

    /// An object, from its first value on.
    fn object(&mut self, key: String) -> Result<Object, Stop> {
        if self.scanner.peek()? != Some(b'{') {
            self.scanner.rest(1)?;
            return Ok(Object::Record);
        }
        let first = self.scanner.mark();
        self.scanner.expect(b'{')?;
        if self.scanner.accept(b'}')? {
            self.visit(Kind::Record(&key), first)?;
            return self.others();
        }
        let inner = self.scanner.key()?;
        if is_proxy_key(&inner) {
            self.scanner.rest(2)?;
            return Ok(Object::Record);
        }
        self.child(key, inner, first)?;
        self.others()
    }

    /// The members of a group after the first.
    fn others(&mut self) -> Result<Object, Stop> {
        while self.is_followed(b'}')? {
            let key = self.scanner.key()?;
            let mark = self.next_value()?;
            if !self.scanner.accept(b'{')? {
                self.scanner.value()?;
                self.visit(Kind::Record(&key), mark)?;
            } else if self.scanner.accept(b'}')? {
                self.visit(Kind::Record(&key), mark)?;
            } else {
                let inner = self.scanner.key()?;
                self.child(key, inner, mark)?;
            }
        }
        Ok(Object::Group)
    }

    /// A group's member that is an object, from its first value on.
    fn child(&mut self, key: String, inner: String, mark: Mark) -> Result<(), Stop> {
        if self.groups.len() == DEEPEST {
            let reason = format!("groups are nested more than {DEEPEST} levels deep");
            return Err(self.scanner.unexpected(&reason).into());
        }
        if key.len() > LONGEST {
            let reason = format!("the key above is longer than {} KiB", LONGEST >> 10);
            return Err(self.scanner.unexpected(&reason).into());
        }
        self.groups.push(key);
        let object = self.object(inner)?;
        let key = self.groups.pop().unwrap_or_default();
        match object {
            Object::Record => self.visit(Kind::Record(&key), mark),
            Object::Group => Ok(()),
        }
    }

    /// The place of the next value, where a record begins.
    fn next_value(&mut self) -> Result<Mark, Stop> {
        self.scanner.peek()?;
        Ok(self.scanner.begin())
    }

    /// Whether a comma follows, and so another member; otherwise takes `end`.
    fn is_followed(&mut self, end: u8) -> Result<bool, Stop> {
        if self.scanner.accept(b',')? {
            return Ok(true);
        }
        if self.scanner.accept(end)? {
            return Ok(false);
        }
        Err(self.scanner.unexpected(&format!("expected `,` or `{}`", end as char)).into())
    }

    fn visit(&mut self, kind: Kind<'_>, mark: Mark) -> Result<(), Stop> {
        let raw = self.scanner.since(mark);
        let text = str::from_utf8(raw).ok().filter(|_| self.scanner.has_constants());
        let clean = text.map(without_constants);
        let raw = clean.as_ref().map_or(raw, |clean| clean.as_bytes());
        (self.visit)(&self.scanner, Item { kind, groups: &self.groups, raw, mark })
    }
}
