//! Links and operations of NAS-Bench-Graph as two values: `{"link": [0, 1, 2, 1], "ops": ["gcn", "gin", "fc", "cheb"]}`, two
//! columns, or `Arch([0, 1, 2, 1], ['gcn', 'gin', 'fc', 'cheb'])` of the benchmark's code.

use std::fmt;

use serde_json::json;

use super::dict::Dict;
use super::nasbench_graph::{NAME, NODES, NasBenchGraph, OPS, architecture, operations, parts};
use super::scan::{self, Scanner};
use super::{Architecture, EncodingError};
use crate::graph::Op;

/// What the two values are called.
pub(super) const KEYS: [&str; 2] = ["link", "ops"];

/// The class of the benchmark's code.
const CLASS: &str = "Arch(";

/// Whether a text has one of these forms.
pub(super) fn are_in(text: &str) -> bool {
    text.starts_with(['[', '(']) || text.starts_with(CLASS) || Dict::begins(text)
}

/// Reads a text in one of these forms.
pub(super) fn read(text: &str) -> Result<Architecture, EncodingError> {
    if Dict::begins(text) {
        let dict = Dict::read(text)?;
        dict.check(&KEYS)?;
        return of_values(dict.field(KEYS[0])?, dict.field(KEYS[1])?);
    }
    let mut scan = Scanner::new(text);
    if text.starts_with(CLASS) {
        scan.name();
    }
    let mut values = Vec::with_capacity(2);
    let found = scan.list(|scan, place| {
        let value = scan.value()?;
        if place < 2 {
            values.push(value);
        }
        Ok(())
    })?;
    scan.end()?;
    match values.as_slice() {
        &[links, ops] if found == 2 => of_values(links, ops),
        _ => {
            let (what, expected) = ("lists", "two: the links and the operations");
            Err(EncodingError::Length { what, found, space: NAME, expected })
        }
    }
}

fn of_values(mut links: Scanner, mut ops: Scanner) -> Result<Architecture, EncodingError> {
    let links = match links.peek() {
        Some(b'\'' | b'"') => self::links(&links.quoted()?)?,
        // A table of numbers loses the zeros in front, of which there is always one.
        Some(b'0'..=b'9') => self::links(&format!("{:04}", links.number()?))?,
        _ => {
            let mut numbers = [0; NODES];
            let found = scan::numbers_of(&mut links, &mut numbers)?;
            of_numbers(numbers, found)?
        }
    };
    let ops = if matches!(ops.peek(), Some(b'\'' | b'"')) {
        operations(&ops.quoted()?)?
    } else {
        let mut read = [Op(0); NODES];
        let found = ops.list(|scan, place| {
            let op = scan::op_by_name(&NasBenchGraph, scan.quoted()?.trim())?;
            if let Some(place) = read.get_mut(place) {
                *place = op;
            }
            Ok(())
        })?;
        if found != NODES {
            let what = "operations";
            return Err(EncodingError::Length { what, found, space: NAME, expected: "4" });
        }
        read
    };
    architecture(links, ops)
}

/// The links of four digits.
pub(super) fn links(text: &str) -> Result<[usize; NODES], EncodingError> {
    let mut numbers = [0; NODES];
    for (place, (digit, node)) in numbers.iter_mut().zip(text.chars().zip(1..)) {
        *place = digit.to_digit(10).ok_or_else(|| no_link(node, digit))?;
    }
    of_numbers(numbers, text.chars().count())
}

fn of_numbers(numbers: [u32; NODES], found: usize) -> Result<[usize; NODES], EncodingError> {
    if found != NODES {
        let what = "links";
        return Err(EncodingError::Length { what, found, space: NAME, expected: "4" });
    }
    let mut links = [0; NODES];
    for (place, (number, node)) in links.iter_mut().zip(numbers.into_iter().zip(1..)) {
        let source = usize::try_from(number).ok().filter(|&source| source < node);
        *place = source.ok_or_else(|| no_link(node, number))?;
    }
    Ok(links)
}

/// The error of a node, counted from 1, that reads what is no earlier node.
fn no_link(node: usize, found: impl fmt::Display) -> EncodingError {
    let last = node - 1;
    EncodingError::invalid(format!(
        "node {node} reads `{found}`; it can read the nodes 0 (the input) to {last}"
    ))
}

/// Writes the dictionary.
pub(super) fn write(network: &Architecture) -> Result<String, EncodingError> {
    let (links, ops) = parts(network);
    Ok(json!({"link": links, "ops": ops.map(|op| OPS[op])}).to_string())
}
