//! Which of the shapes a JSON document has, as far as its beginning tells.

use std::io::Cursor;

use super::Input;
use super::fields::is_proxy_key;
use super::reader::Knowledge;
use super::scanner::Scanner;
use crate::table::TableError;
use crate::table::number::is_number;

/// How a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Record by record.
    Records,
    /// An object with a value at each encoding, entry by entry.
    Scores,
    /// As a whole: columns may stand one after the other.
    Columns,
}

/// How many of the outermost keys are looked at.
const KEYS: usize = 64;

impl Shape {
    /// The shape of a document that begins with these bytes. A document that is broken there is read record by record,
    /// which says what is wrong.
    pub fn of_head(head: &[u8], input: &Input, known: &Knowledge) -> Self {
        let scanner = Scanner::new(input.clone(), Box::new(Cursor::new(head.to_vec())));
        of_object(scanner, known).unwrap_or(Shape::Records)
    }
}

/// The shape of an object that begins with a number. One number alone is the value of its key: it is no encoding.
fn of_number(mut scanner: Scanner) -> Result<Shape, TableError> {
    scanner.begin();
    scanner.value()?;
    Ok(if scanner.accept(b'}')? { Shape::Scores } else { Shape::Records })
}

fn of_object(mut scanner: Scanner, known: &Knowledge) -> Result<Shape, TableError> {
    if !scanner.accept(b'{')? || scanner.accept(b'}')? {
        return Ok(Shape::Records);
    }
    let first = scanner.key()?;
    let is_encoding = known.is_encoding(&first);
    match scanner.peek()? {
        Some(b'{') => {}
        Some(_) if is_encoding => return Ok(Shape::Scores),
        Some(b'"') => return Ok(Shape::Records),
        Some(_) if is_number(&first) => return Ok(Shape::Scores),
        Some(b'[') => return Ok(Shape::Columns),
        Some(b'-' | b'0'..=b'9') if !known.has_name(&first) => return of_number(scanner),
        _ => return Ok(Shape::Records),
    }
    if is_encoding || is_number(&first) {
        return Ok(Shape::Records);
    }
    if first == "schema" || known.has_name(&first) {
        return Ok(Shape::Columns);
    }
    // What stands in the first inner object.
    scanner.expect(b'{')?;
    if scanner.accept(b'}')? {
        return Ok(Shape::Records);
    }
    let inner = scanner.key()?;
    let holds_objects = scanner.peek()? == Some(b'{');
    if holds_objects || is_proxy_key(&inner) || known.has_name(&inner) {
        return Ok(Shape::Records);
    }
    if is_number(&inner) || known.is_encoding(&inner) {
        return Ok(Shape::Columns);
    }
    scanner.rest(1)?;
    for _ in 0..KEYS {
        if !scanner.accept(b',')? {
            break;
        }
        let key = scanner.key()?;
        if known.has_name(&key) {
            return Ok(Shape::Columns);
        }
        scanner.begin();
        scanner.value()?;
    }
    Ok(Shape::Records)
}
