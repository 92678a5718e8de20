//! Python pickles of plain values: numbers, texts, None, lists, tuples, dictionaries and sets.
//!
//! A pickle is a program for a small stack machine. This one knows the instructions that make plain values and has
//! none that import or call anything; a pickle that needs those is refused, and what it would import is named.
//! What it makes is written as JSON and read by the rules for JSON documents.

use std::io::{self, BufRead, BufReader, Read, Seek};

use super::foreign::refusal;
use super::input::{BUFFER, Bytes, Input};
use super::json;
use super::pickle_json::{Unwritten, write};
use super::reader::{Records, Source};
use crate::table::{TableError, clip};

/// The most values that a pickle may make. Each takes about 32 bytes.
const MOST_VALUES: usize = 1 << 25;

/// The longest text of a pickle, in bytes.
const LONGEST: u64 = 16 << 20;

/// The most bytes of all texts.
const MOST_TEXT: usize = 1 << 30;

/// What converts pickles of other values.
const CURE: &str = "if you trust its source, convert it: python3 -c \"import json, pandas; \
     json.dump(pandas.read_pickle('{file}'), open('{stem}.json', 'w'), \
     default=lambda x: x.to_dict('records') if hasattr(x, 'to_dict') else x.tolist())\"";

/// Whether a pickle of protocol 2 or later begins like this. No text does.
pub(super) fn begins(head: &[u8]) -> bool {
    matches!(head, [0x80, 2..=5, ..])
}

/// Opens a pickle.
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    let input = source.input.clone();
    let heap = Machine::new(source.bytes).run().map_err(|stop| stop.error(&input))?;
    let read_error = |source| TableError::Read { input: input.to_string(), source };
    let mut file = tempfile::tempfile().map_err(read_error)?;
    match write(&heap, &file) {
        Ok(()) => {}
        Err(Unwritten::Failed(error)) => return Err(read_error(error)),
        Err(Unwritten::Refused(reason)) => {
            return Err(TableError::Binary { input: input.to_string(), reason: reason.to_owned() });
        }
    }
    drop(heap);
    file.rewind().map_err(read_error)?;
    json::open(Source { bytes: Box::new(file), is_rereadable: false, ..source })
}

/// A value's place on the heap.
pub(super) type Id = u32;

/// A value.
pub(super) enum Node {
    None,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    Text(Box<str>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// An ordered dictionary's class, the one that is known.
    OrderedDict,
}

/// The values that a pickle has made, and the one that it is.
pub(super) struct Heap {
    pub nodes: Vec<Node>,
    pub root: Id,
}

/// Why a pickle is not read.
enum Stop {
    Unread(io::Error),
    Damaged(&'static str),
    /// It would import this.
    Import(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Damaged("the pickle ends before its end")
        } else {
            Self::Unread(error)
        }
    }
}

impl Stop {
    fn error(self, input: &Input) -> TableError {
        match self {
            Self::Unread(source) => TableError::Read { input: input.to_string(), source },
            Self::Damaged(reason) => {
                TableError::Binary { input: input.to_string(), reason: reason.to_owned() }
            }
            Self::Import(name) => {
                let name =
                    format!("a Python pickle that needs {}, not only plain values", clip(&name));
                refusal(input, name, CURE)
            }
        }
    }
}

const DAMAGED: Stop = Stop::Damaged("the pickle is damaged, or none");

/// The machine.
struct Machine {
    bytes: BufReader<Bytes>,
    nodes: Vec<Node>,
    /// How many items all lists and the like have, and how many bytes all texts.
    items: usize,
    text: usize,
    stack: Vec<Id>,
    /// Where on the stack items begin that are gathered.
    marks: Vec<usize>,
    memo: std::collections::HashMap<u64, Id>,
}

impl Machine {
    fn new(bytes: Bytes) -> Self {
        Self {
            bytes: BufReader::with_capacity(BUFFER, bytes),
            nodes: Vec::new(),
            items: 0,
            text: 0,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: std::collections::HashMap::new(),
        }
    }

    fn run(mut self) -> Result<Heap, Stop> {
        loop {
            let [code] = self.take()?;
            if code == b'.' {
                let root = self.pop()?;
                return Ok(Heap { nodes: self.nodes, root });
            }
            self.step(code)?;
        }
    }

    /// One instruction; the names of pickletools stand behind their codes.
    fn step(&mut self, code: u8) -> Result<(), Stop> {
        match code {
            0x80 => self.take::<1>().map(drop), // PROTO
            0x95 => self.take::<8>().map(drop), // FRAME
            b'(' => {
                self.marks.push(self.stack.len()); // MARK
                if self.marks.len() > MOST_VALUES { Err(DAMAGED) } else { Ok(()) }
            }
            b'0' => self.pop().map(drop),      // POP
            b'1' => self.gathered().map(drop), // POP_MARK
            b'2' => {
                let top = self.top()?; // DUP
                self.push_id(top)
            }
            b'N' => self.push(Node::None),           // NONE
            0x88 => self.push(Node::Boolean(true)),  // NEWTRUE
            0x89 => self.push(Node::Boolean(false)), // NEWFALSE
            b'J' | b'K' | b'M' | 0x8a | 0x8b | b'I' | b'L' => self.integer(code),
            b'G' => {
                let number = f64::from_be_bytes(self.take()?); // BINFLOAT
                self.push(Node::Float(number))
            }
            b'F' => {
                let line = self.line()?; // FLOAT
                let number = line.parse().map_err(|_| DAMAGED)?;
                self.push(Node::Float(number))
            }
            b'X' | 0x8c | 0x8d | b'V' | b'T' | b'U' | b'S' | b'B' | b'C' | 0x8e | 0x96 => {
                let text = self.text(code)?;
                self.push(Node::Text(text))
            }
            b']' => self.push(Node::List(Vec::new())), // EMPTY_LIST
            b')' => self.push(Node::Tuple(Vec::new())), // EMPTY_TUPLE
            b'}' => self.push(Node::Dict(Vec::new())), // EMPTY_DICT
            0x8f => self.push(Node::List(Vec::new())), // EMPTY_SET
            b'l' | 0x91 => {
                let items = self.gathered()?; // LIST, FROZENSET
                self.push_items(items, Node::List)
            }
            b't' => {
                let items = self.gathered()?; // TUPLE
                self.push_items(items, Node::Tuple)
            }
            0x85..=0x87 => {
                let begin = self.stack.len().checked_sub(usize::from(code - 0x84)); // TUPLE1 to 3
                let items = self.split(begin.ok_or(DAMAGED)?)?;
                self.push_items(items, Node::Tuple)
            }
            b'a' => {
                let item = self.pop()?; // APPEND
                self.extend(&[item])
            }
            b'e' | 0x90 => {
                let items = self.gathered()?; // APPENDS, ADDITEMS
                self.extend(&items)
            }
            b'd' => {
                let items = self.gathered()?; // DICT
                self.push(Node::Dict(Vec::new()))?;
                self.set(&items)
            }
            b's' => {
                let value = self.pop()?; // SETITEM
                let key = self.pop()?;
                self.set(&[key, value])
            }
            b'u' => {
                let items = self.gathered()?; // SETITEMS
                self.set(&items)
            }
            b'p' | b'q' | b'r' | 0x94 | b'g' | b'h' | b'j' => self.remember(code),
            _ => self.import(code),
        }
    }

    fn integer(&mut self, code: u8) -> Result<(), Stop> {
        let integer = match code {
            b'J' => i128::from(i32::from_le_bytes(self.take()?)), // BININT
            b'K' => i128::from(u8::from_le_bytes(self.take()?)),  // BININT1
            b'M' => i128::from(u16::from_le_bytes(self.take()?)), // BININT2
            b'I' | b'L' => {
                let line = self.line()?; // INT, LONG
                match line.as_str() {
                    "00" => return self.push(Node::Boolean(false)),
                    "01" => return self.push(Node::Boolean(true)),
                    digits => digits.trim_end_matches('L').parse().map_err(|_| DAMAGED)?,
                }
            }
            _ => {
                let length = if code == 0x8a {
                    usize::from(u8::from_le_bytes(self.take()?)) // LONG1
                } else {
                    usize::try_from(u32::from_le_bytes(self.take()?)).map_err(|_| DAMAGED)? // LONG4
                };
                if length > 16 {
                    return Err(Stop::Damaged("the pickle has an integer of more than 128 bits"));
                }
                let mut bytes = [0; 16];
                self.bytes.read_exact(&mut bytes[..length])?;
                let is_negative = length > 0 && bytes[length - 1] >= 0x80;
                bytes[length..].fill(if is_negative { 0xff } else { 0 });
                i128::from_le_bytes(bytes)
            }
        };
        self.push(Node::Integer(integer))
    }

    fn text(&mut self, code: u8) -> Result<Box<str>, Stop> {
        let length = match code {
            b'X' | b'B' | b'T' => u64::from(u32::from_le_bytes(self.take()?)), // BINUNICODE, BINBYTES, BINSTRING
            0x8c | b'C' | b'U' => u64::from(u8::from_le_bytes(self.take()?)),  // the short ones
            0x8d | 0x8e | 0x96 => u64::from_le_bytes(self.take()?), // BINUNICODE8, BINBYTES8, BYTEARRAY8
            _ => {
                let line = self.line()?; // UNICODE, STRING
                let quoted = |quote| line.strip_prefix(quote)?.strip_suffix(quote);
                let plain = quoted('\'').or_else(|| quoted('"')).unwrap_or(&line);
                if plain.contains('\\') {
                    return Err(Stop::Damaged(
                        "the pickle has texts with escapes of protocol 0; pickle it again with protocol 2 or later",
                    ));
                }
                return Ok(plain.into());
            }
        };
        if length > LONGEST {
            return Err(Stop::Damaged("the pickle has a text of more than 16 MiB"));
        }
        let mut bytes = Vec::new();
        self.bytes.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.text += bytes.len();
        if self.text > MOST_TEXT {
            return Err(Stop::Damaged("the pickle has more than 1 GiB of text"));
        }
        let text = String::from_utf8(bytes);
        Ok(text.map_err(|_| Stop::Damaged("the pickle has bytes that are not UTF-8 text"))?.into())
    }

    /// Puts a value into the memo, or takes one from it.
    fn remember(&mut self, code: u8) -> Result<(), Stop> {
        let number = match code {
            b'p' | b'g' => self.line()?.parse().map_err(|_| DAMAGED)?, // PUT, GET
            b'q' | b'h' => u64::from(u8::from_le_bytes(self.take()?)), // BINPUT, BINGET
            b'r' | b'j' => u64::from(u32::from_le_bytes(self.take()?)), // LONG_BINPUT, LONG_BINGET
            _ => self.memo.len() as u64,                               // MEMOIZE
        };
        if matches!(code, b'g' | b'h' | b'j') {
            let id = *self.memo.get(&number).ok_or(DAMAGED)?;
            return self.push_id(id);
        }
        let top = self.top()?;
        self.memo.insert(number, top);
        if self.memo.len() > MOST_VALUES { Err(DAMAGED) } else { Ok(()) }
    }

    /// An instruction that imports or calls something; of all these, ordered dictionaries are plain values.
    fn import(&mut self, code: u8) -> Result<(), Stop> {
        let (module, name) = match code {
            b'c' => (self.line()?, self.line()?), // GLOBAL
            b'i' => (self.line()?, self.line()?), // INST
            0x93 => {
                let name = self.pop()?; // STACK_GLOBAL
                let module = self.pop()?;
                let text = |id: Id| match &self.nodes[id as usize] {
                    Node::Text(text) => Ok(text.to_string()),
                    _ => Err(DAMAGED),
                };
                (text(module)?, text(name)?)
            }
            b'R' => return self.call(), // REDUCE
            0x81 | 0x92 | b'o' | b'b' => return Err(Stop::Import("a class".to_owned())), // NEWOBJ, NEWOBJ_EX, OBJ, BUILD
            b'P' | b'Q' | 0x82..=0x84 | 0x97 | 0x98 => {
                return Err(Stop::Import("data outside it".to_owned())); // PERSID, EXT, NEXT_BUFFER and their like
            }
            _ => return Err(DAMAGED),
        };
        match (module.as_str(), name.as_str()) {
            ("collections", "OrderedDict") if code != b'i' => self.push(Node::OrderedDict),
            _ => Err(Stop::Import(format!("{module}.{name}"))),
        }
    }

    /// Makes an ordered dictionary, of nothing or of pairs.
    fn call(&mut self) -> Result<(), Stop> {
        let arguments = self.pop()?;
        let class = self.pop()?;
        let Node::OrderedDict = self.nodes[class as usize] else { return Err(DAMAGED) };
        let pairs = match self.items_of(arguments)? {
            [] => Vec::new(),
            [pairs] => self.items_of(*pairs)?.to_vec(),
            _ => return Err(DAMAGED),
        };
        let mut items = Vec::new();
        for pair in pairs {
            let [key, value] = *self.items_of(pair)? else { return Err(DAMAGED) };
            items.extend([key, value]);
        }
        self.push(Node::Dict(Vec::new()))?;
        self.set(&items)
    }

    fn items_of(&self, id: Id) -> Result<&[Id], Stop> {
        match &self.nodes[id as usize] {
            Node::List(items) | Node::Tuple(items) => Ok(items),
            _ => Err(DAMAGED),
        }
    }

    fn push(&mut self, node: Node) -> Result<(), Stop> {
        let id = Id::try_from(self.nodes.len()).map_err(|_| DAMAGED)?;
        self.nodes.push(node);
        self.push_id(id)
    }

    fn push_id(&mut self, id: Id) -> Result<(), Stop> {
        self.stack.push(id);
        self.count(0)
    }

    /// Counts items; refuses more values than may be.
    fn count(&mut self, items: usize) -> Result<(), Stop> {
        self.items += items;
        if self.nodes.len().max(self.items).max(self.stack.len()) > MOST_VALUES {
            return Err(Stop::Damaged("the pickle has more than 33 million values"));
        }
        Ok(())
    }

    fn push_items(&mut self, items: Vec<Id>, node: fn(Vec<Id>) -> Node) -> Result<(), Stop> {
        self.count(items.len())?;
        self.push(node(items))
    }

    fn top(&self) -> Result<Id, Stop> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack.get(floor..).and_then(|above| above.last()).copied().ok_or(DAMAGED)
    }

    fn pop(&mut self) -> Result<Id, Stop> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// The items since the last mark.
    fn gathered(&mut self) -> Result<Vec<Id>, Stop> {
        let mark = self.marks.pop().ok_or(DAMAGED)?;
        self.split(mark)
    }

    fn split(&mut self, begin: usize) -> Result<Vec<Id>, Stop> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if begin < floor || begin > self.stack.len() {
            return Err(DAMAGED);
        }
        Ok(self.stack.split_off(begin))
    }

    /// Adds items to the list on top.
    fn extend(&mut self, items: &[Id]) -> Result<(), Stop> {
        self.count(items.len())?;
        let top = self.top()?;
        let Node::List(list) = &mut self.nodes[top as usize] else { return Err(DAMAGED) };
        list.extend_from_slice(items);
        Ok(())
    }

    /// Adds keys and values by turns to the dictionary on top.
    fn set(&mut self, items: &[Id]) -> Result<(), Stop> {
        self.count(items.len())?;
        let top = self.top()?;
        let Node::Dict(dict) = &mut self.nodes[top as usize] else { return Err(DAMAGED) };
        let (pairs, rest) = items.as_chunks::<2>();
        dict.extend(pairs.iter().map(|[key, value]| (*key, *value)));
        if rest.is_empty() { Ok(()) } else { Err(DAMAGED) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut bytes = [0; N];
        self.bytes.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The text up to the end of the line.
    fn line(&mut self) -> Result<String, Stop> {
        let mut line = Vec::new();
        self.bytes.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            return Err(DAMAGED);
        }
        self.text += line.len();
        if self.text > MOST_TEXT {
            return Err(DAMAGED);
        }
        String::from_utf8(line).map_err(|_| DAMAGED)
    }
}
