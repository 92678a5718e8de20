//! The stack machine that a pickle is a program for. See <https://docs.python.org/3/library/pickletools.html>.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use super::input::{BUFFER, Bytes};
use super::numpy_type::Type;
use crate::table::Value;

/// The most values that a pickle may make. Each takes about 32 bytes.
const MOST_VALUES: usize = 1 << 25;

/// The longest text of a pickle, in bytes.
const LONGEST: u64 = 16 << 20;

/// The most bytes of all texts.
const MOST_TEXT: usize = 1 << 30;

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
    /// Bytes that are no text, such as those of a NumPy number.
    Bytes(Box<[u8]>),
    /// A class that is known.
    Class(Class),
    /// The type of a NumPy number.
    NumpyType(Type),
}

/// The classes whose instances are plain values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `collections.OrderedDict`
    OrderedDict,
    /// `collections.defaultdict`
    DefaultDict,
    /// A class that makes what a key of such a dictionary is at first.
    Default,
    /// `numpy.dtype`
    NumpyType,
    /// `numpy.core.multiarray.scalar`, which makes a number of a type and its bytes.
    NumpyScalar,
}

/// The values that a pickle has made, and the one that it is.
pub(super) struct Heap {
    pub nodes: Vec<Node>,
    pub root: Id,
}

/// Why a pickle is not read.
pub(super) enum Stop {
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

const DAMAGED: Stop = Stop::Damaged("the pickle is damaged, or none");

/// The machine.
pub(super) struct Machine {
    bytes: BufReader<Bytes>,
    nodes: Vec<Node>,
    /// How many items all lists and the like have, and how many bytes all texts.
    items: usize,
    text: usize,
    stack: Vec<Id>,
    /// Where on the stack items begin that are gathered.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl Machine {
    /// A machine that runs these bytes.
    pub fn new(bytes: Bytes) -> Self {
        Self {
            bytes: BufReader::with_capacity(BUFFER, bytes),
            nodes: Vec::new(),
            items: 0,
            text: 0,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
        }
    }

    /// Runs to the end of the file. Pickles that were written one after the other are a list.
    pub fn run(mut self) -> Result<Heap, Stop> {
        let first = self.pickle()?;
        let mut roots = vec![first];
        while !self.bytes.fill_buf()?.is_empty() {
            roots.push(self.pickle()?);
        }
        let root = if roots.len() == 1 {
            first
        } else {
            self.push_items(roots, Node::List)?;
            self.pop()?
        };
        Ok(Heap { nodes: self.nodes, root })
    }

    /// Runs to the end of a pickle.
    fn pickle(&mut self) -> Result<Id, Stop> {
        (self.stack, self.marks, self.memo) = Default::default();
        loop {
            let [code] = self.take()?;
            if code == b'.' {
                let root = self.pop()?;
                self.stack.clear();
                return Ok(root);
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
                let bytes = self.text(code)?;
                let text = String::from_utf8(bytes).map(|text| Node::Text(text.into()));
                self.push(text.unwrap_or_else(|error| Node::Bytes(error.into_bytes().into())))
            }
            b']' | 0x8f => self.push(Node::List(Vec::new())), // EMPTY_LIST, EMPTY_SET
            b')' => self.push(Node::Tuple(Vec::new())),       // EMPTY_TUPLE
            b'}' => self.push(Node::Dict(Vec::new())),        // EMPTY_DICT
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

    fn text(&mut self, code: u8) -> Result<Vec<u8>, Stop> {
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
                return Ok(plain.as_bytes().to_vec());
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
        Ok(bytes)
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

    /// An instruction that imports or calls something. Nothing is imported: a few classes are known by their names.
    fn import(&mut self, code: u8) -> Result<(), Stop> {
        let (module, name) = match code {
            b'c' | b'i' => (self.line()?, self.line()?), // GLOBAL, INST
            0x93 => {
                let name = self.pop()?; // STACK_GLOBAL
                let module = self.pop()?;
                (self.text_of(module)?.to_owned(), self.text_of(name)?.to_owned())
            }
            b'R' => return self.call(),  // REDUCE
            b'b' => return self.build(), // BUILD
            0x81 | 0x92 | b'o' => return Err(Stop::Import("a class".to_owned())), // NEWOBJ, NEWOBJ_EX, OBJ
            b'P' | b'Q' | 0x82..=0x84 | 0x97 | 0x98 => {
                return Err(Stop::Import("data outside it".to_owned())); // PERSID, EXT, NEXT_BUFFER and their like
            }
            _ => return Err(DAMAGED),
        };
        let class = match (module.as_str(), name.as_str()) {
            _ if code == b'i' => None,
            ("collections", "OrderedDict") => Some(Class::OrderedDict),
            ("collections", "defaultdict") => Some(Class::DefaultDict),
            ("builtins" | "__builtin__", "dict" | "list" | "int" | "float") => Some(Class::Default),
            ("numpy", "dtype") => Some(Class::NumpyType),
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => {
                Some(Class::NumpyScalar)
            }
            _ => None,
        };
        match class {
            Some(class) => self.push(Node::Class(class)),
            None => Err(Stop::Import(format!("{module}.{name}"))),
        }
    }

    /// Makes an instance of a class that is known.
    fn call(&mut self) -> Result<(), Stop> {
        let arguments = self.pop()?;
        let class = self.pop()?;
        match self.nodes[class as usize] {
            Node::Class(Class::OrderedDict) => self.ordered_dict(arguments),
            Node::Class(Class::DefaultDict) => {
                let made = self.items_of(arguments)?.first().map(|id| &self.nodes[*id as usize]);
                match made {
                    None | Some(Node::None | Node::Class(Class::Default)) => {
                        self.push(Node::Dict(Vec::new()))
                    }
                    _ => Err(DAMAGED),
                }
            }
            Node::Class(Class::NumpyType) => {
                let first = self.items_of(arguments)?.first().ok_or(DAMAGED)?;
                let name = self.text_of(*first)?;
                let kind = Type::parse(&format!("<{name}"))
                    .map_err(|kind| Stop::Import(format!("NumPy's {kind}")))?;
                self.push(Node::NumpyType(kind))
            }
            Node::Class(Class::NumpyScalar) => {
                let [kind, bytes] = *self.items_of(arguments)? else { return Err(DAMAGED) };
                let number = self.numpy_number(kind, bytes)?;
                self.push(number)
            }
            _ => Err(DAMAGED),
        }
    }

    /// The number of a NumPy type whose bytes these are. Protocol 2 has bytes as text.
    fn numpy_number(&self, kind: Id, bytes: Id) -> Result<Node, Stop> {
        let Node::NumpyType(kind) = self.nodes[kind as usize] else { return Err(DAMAGED) };
        let bytes = match &self.nodes[bytes as usize] {
            Node::Bytes(bytes) => bytes,
            Node::Text(text) => text.as_bytes(),
            _ => return Err(DAMAGED),
        };
        if bytes.len() != kind.size() {
            return Err(DAMAGED);
        }
        Ok(match kind.value(bytes).map_err(Stop::Damaged)? {
            Value::Integer(integer) => Node::Integer(integer.into()),
            Value::Number(number) => Node::Float(number),
            Value::Text(text) => Node::Text(text),
            Value::Json(json) if kind.is_boolean() => Node::Boolean(&*json == "true"),
            Value::Json(digits) => Node::Integer(digits.parse().map_err(|_| DAMAGED)?),
            Value::Missing => Node::None,
        })
    }

    /// The state of a NumPy type: a tuple whose second item is the order of its bytes.
    fn build(&mut self) -> Result<(), Stop> {
        let state = self.pop()?;
        let top = self.top()?;
        let Node::NumpyType(kind) = self.nodes[top as usize] else {
            return Err(Stop::Import("a class".to_owned()));
        };
        let order = *self.items_of(state)?.get(1).ok_or(DAMAGED)?;
        let kind = kind.ordered(self.text_of(order)?);
        self.nodes[top as usize] = Node::NumpyType(kind);
        Ok(())
    }

    fn text_of(&self, id: Id) -> Result<&str, Stop> {
        match &self.nodes[id as usize] {
            Node::Text(text) => Ok(text),
            _ => Err(DAMAGED),
        }
    }

    /// Makes an ordered dictionary, of nothing or of pairs.
    fn ordered_dict(&mut self, arguments: Id) -> Result<(), Stop> {
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
