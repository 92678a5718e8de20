//! Tuples and digits: the textual forms of the networks of a described space.
//!
//! - Edges are the same in every cell: the tuple has the id of the operation at each place.
//! - Edges are free: the entries of the adjacency matrix, row by row, then the ids of the nodes.
//! - Digits, if the description asks for them: the tuple's ids, one after the other.

use super::{Described, Description, EdgeList, free};
use crate::graph::{Cell, Op, Site};
use crate::space::scan::{self, Scanner};
use crate::space::{Architecture, Encoding, EncodingError, list};

static TUPLE: [Encoding; 1] = [Encoding::new("tuple", write_tuple)];
static DIGITS: [Encoding; 2] =
    [Encoding::new("digits", write_digits), Encoding::new("tuple", write_tuple)];

/// The most numbers of a tuple: the whole matrix and the ids of all nodes.
const MOST: usize = Cell::MAX_NODES * (Cell::MAX_NODES + 1);

/// The encodings of a space.
pub(super) fn all(space: &Described) -> &'static [Encoding] {
    if space.description.encoding.digits { &DIGITS } else { &TUPLE }
}

/// How many numbers a tuple has, in words.
pub(super) fn lengths(space: &Description) -> String {
    match &space.edges {
        EdgeList::Fixed(edges) if space.ops_on == Site::Edges => edges.len().to_string(),
        EdgeList::Fixed(_) => (space.nodes - space.inputs.len() - 1).to_string(),
        EdgeList::Word(_) => {
            let nodes = space.min_nodes.unwrap_or(space.nodes)..=space.nodes;
            let length = |n: usize| format!("{} (n = {n})", free::numbers(space, n));
            nodes.map(length).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Reads a network of the space in any of its encodings.
pub(super) fn read(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    match Scanner::new(text).peek() {
        Some(b'(' | b'[') => {
            let mut numbers = [0; MOST];
            let found = scan::numbers(text, &mut numbers)?;
            let numbers = numbers.get(..found).ok_or_else(|| length(space, "numbers", found))?;
            if space.is_free() { free::read(space, numbers) } else { from_ids(space, numbers) }
        }
        Some(b'0'..=b'9') if space.description.encoding.digits => read_digits(space, text.trim()),
        _ => Err(EncodingError::Unrecognised { space: space.name, example: space.example }),
    }
}

fn read_digits(space: &'static Described, text: &str) -> Result<Architecture, EncodingError> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
    match digits {
        Some(digits) if digits.len() == space.choices.len() => from_ids(space, &digits),
        Some(digits) => Err(EncodingError::invalid(format!(
            "{} digits; {} takes {}, leading zeros counted in",
            digits.len(),
            space.name,
            space.lengths
        ))),
        None => Err(EncodingError::Unrecognised { space: space.name, example: space.example }),
    }
}

/// The network with these ids at its places.
fn from_ids(space: &'static Described, ids: &[u32]) -> Result<Architecture, EncodingError> {
    if ids.len() != space.choices.len() {
        return Err(length(space, "numbers", ids.len()));
    }
    let mut ops = [Op(0); MOST];
    for (place, (&id, choices)) in ids.iter().zip(&space.choices).enumerate() {
        let op = op_by_id(space, id, place)?;
        if !choices.contains(&op) {
            return Err(EncodingError::invalid(format!(
                "{} can not stand on {} (number {} of the list); {} has {} there",
                space.operations[op.index()],
                space.place_name(place),
                place + 1,
                space.name,
                known(space, choices.iter().copied())
            )));
        }
        ops[place] = op;
    }
    space.architecture(&ops[..ids.len()])
}

/// The operation with that id; `place` is where it stands in the tuple, from 0.
pub(super) fn op_by_id(space: &Described, id: u32, place: usize) -> Result<Op, EncodingError> {
    let found = space.ids().iter().position(|&other| other == id);
    found.and_then(|op| u8::try_from(op).ok()).map(Op).ok_or_else(|| EncodingError::OpOutOfRange {
        id,
        index: place + 1,
        space: space.name,
        known: known(space, (0..).map(Op).take(space.operations.len())),
    })
}

/// Ids and names of operations, for messages.
fn known(space: &Described, ops: impl Iterator<Item = Op>) -> String {
    list(ops.map(|op| format!("{} {}", space.id(op), space.operations[op.index()])))
}

/// A tuple of the wrong length.
pub(super) fn length(space: &Described, what: &'static str, found: usize) -> EncodingError {
    EncodingError::Length { what, found, space: space.name, expected: space.lengths }
}

/// Writes a cell in the first encoding.
pub(super) fn first(space: &Described, cell: &Cell) -> Result<String, EncodingError> {
    if space.description.encoding.digits { Ok(digits(space, cell)) } else { tuple(space, cell) }
}

fn write_tuple(network: &Architecture) -> Result<String, EncodingError> {
    tuple(of(network)?, &network.cells()[0])
}

fn write_digits(network: &Architecture) -> Result<String, EncodingError> {
    Ok(digits(of(network)?, &network.cells()[0]))
}

fn of(network: &Architecture) -> Result<&'static Described, EncodingError> {
    network.described().ok_or_else(|| {
        EncodingError::invalid(format!("{} is not described by a file", network.space()))
    })
}

fn tuple(space: &Described, cell: &Cell) -> Result<String, EncodingError> {
    let ids = if space.is_free() { free::write(space, cell)? } else { ids(space, cell) };
    Ok(scan::tuple(ids.into_iter().map(|id| id as usize)))
}

fn digits(space: &Described, cell: &Cell) -> String {
    ids(space, cell).iter().map(ToString::to_string).collect()
}

/// The ids at the places of a cell; every place has an operation.
fn ids(space: &Described, cell: &Cell) -> Vec<u32> {
    space.ops_of(cell).flatten().map(|op| space.id(op)).collect()
}
