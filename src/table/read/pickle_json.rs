//! The values of a pickle as a JSON document.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::pickle_machine::{Heap, Id, Node};
use crate::table::number;

/// The deepest nesting.
const DEEPEST: usize = 100;

/// A document may have this many bytes for each value and byte of text of the pickle, and at least [`LEAST_LIMIT`]:
/// values may stand in it many times, and so few of them be a document without end.
const BYTES_PER_VALUE: u64 = 256;

/// See [`BYTES_PER_VALUE`].
const LEAST_LIMIT: u64 = 4 << 20;

/// Why a document could not be written.
pub(super) enum Unwritten {
    Failed(io::Error),
    Refused(&'static str),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Writes the values.
pub(super) fn write(heap: &Heap, file: &File) -> Result<(), Unwritten> {
    let left = (heap.nodes.len() as u64).saturating_mul(BYTES_PER_VALUE).max(LEAST_LIMIT);
    let mut writer = Writer { heap, out: BufWriter::new(file), left };
    writer.value(heap.root, 0)?;
    Ok(writer.out.flush()?)
}

struct Writer<'a> {
    heap: &'a Heap,
    out: BufWriter<&'a File>,
    /// How many bytes may be written.
    left: u64,
}

impl Writer<'_> {
    fn put(&mut self, text: &str) -> Result<(), Unwritten> {
        self.spend(text.len())?;
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Takes from what may be written.
    fn spend(&mut self, bytes: usize) -> Result<(), Unwritten> {
        self.left = self.left.checked_sub(bytes as u64).ok_or(Unwritten::Refused(
            "the pickle holds the same values over and over, far more of them than it is long",
        ))?;
        Ok(())
    }

    /// Whether a value is an encoding: integers, and tuples and lists of them.
    fn is_encoding(&mut self, id: Id, depth: usize) -> Result<bool, Unwritten> {
        self.spend(1)?;
        let heap = self.heap;
        match &heap.nodes[id as usize] {
            Node::Integer(_) => Ok(true),
            Node::Tuple(items) | Node::List(items) if !items.is_empty() && depth <= DEEPEST => {
                for item in items {
                    if !self.is_encoding(*item, depth + 1)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn value(&mut self, id: Id, depth: usize) -> Result<(), Unwritten> {
        if depth > DEEPEST {
            return Err(Unwritten::Refused(
                "the pickle is nested more than 100 levels deep, or holds itself",
            ));
        }
        let heap = self.heap;
        match &heap.nodes[id as usize] {
            Node::Text(text) => self.put(&quoted(text)),
            Node::Tuple(_) if self.is_encoding(id, depth)? => {
                let literal = self.literal(id, depth)?;
                self.put(&quoted(&literal))
            }
            Node::List(items) | Node::Tuple(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.put(if place == 0 { "[" } else { ", " })?;
                    self.value(*item, depth + 1)?;
                }
                self.put(if items.is_empty() { "[]" } else { "]" })
            }
            Node::Dict(pairs) => {
                for (place, (key, value)) in pairs.iter().enumerate() {
                    self.put(if place == 0 { "{" } else { ",\n" })?;
                    let key = match &heap.nodes[*key as usize] {
                        Node::Text(text) => quoted(text),
                        _ => quoted(&self.literal(*key, depth + 1)?),
                    };
                    self.put(&key)?;
                    self.put(": ")?;
                    self.value(*value, depth + 1)?;
                }
                self.put(if pairs.is_empty() { "{}" } else { "}" })
            }
            Node::Bytes(_) | Node::Class(_) | Node::NumpyType(_) => Err(Unwritten::Refused(
                "the pickle has bytes or a class among its values; only plain values are read",
            )),
            scalar => self.put(&scalar_text(scalar, "null", "true", "false")),
        }
    }

    /// A key, or a tuple, as Python prints it.
    fn literal(&mut self, id: Id, depth: usize) -> Result<String, Unwritten> {
        if depth > DEEPEST {
            return Err(Unwritten::Refused(
                "the pickle is nested more than 100 levels deep, or holds itself",
            ));
        }
        let heap = self.heap;
        let literal = match &heap.nodes[id as usize] {
            Node::Text(text) => format!("'{text}'"),
            Node::List(items) | Node::Tuple(items) => {
                let mut parts = Vec::with_capacity(items.len());
                for item in items {
                    parts.push(self.literal(*item, depth + 1)?);
                }
                let comma = if parts.len() == 1 { "," } else { "" };
                match &heap.nodes[id as usize] {
                    Node::Tuple(_) => format!("({}{comma})", parts.join(", ")),
                    _ => format!("[{}]", parts.join(", ")),
                }
            }
            Node::Dict(_) | Node::Bytes(_) | Node::Class(_) | Node::NumpyType(_) => {
                return Err(Unwritten::Refused(
                    "the pickle has a dictionary, bytes or a class as a key",
                ));
            }
            scalar => scalar_text(scalar, "None", "True", "False"),
        };
        // What is put together here takes memory, also where it is thrown away.
        self.spend(literal.len())?;
        Ok(literal)
    }
}

/// A value without parts. NaN is a missing value.
fn scalar_text(node: &Node, nothing: &str, yes: &str, no: &str) -> String {
    match node {
        Node::Boolean(true) => yes.to_owned(),
        Node::Boolean(false) => no.to_owned(),
        Node::Integer(integer) => integer.to_string(),
        // JSON has no infinity, but numbers that are read as it.
        Node::Float(number) if number.is_infinite() => {
            if *number > 0.0 { "1e999" } else { "-1e999" }.to_owned()
        }
        Node::Float(number) if !number.is_nan() => {
            let mut text = Vec::new();
            number::push(*number, &mut text);
            text.into_iter().map(char::from).collect()
        }
        _ => nothing.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
