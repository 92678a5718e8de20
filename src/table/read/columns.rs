//! The names of columns, in order, each once.

use std::collections::HashMap;

use super::Input;
use crate::table::TableError;

/// The most columns that a table may have: a row holds a value for each, so that their number bounds memory.
const MOST_COLUMNS: usize = 16_384;

/// The most bytes that their names may have together.
const MOST_BYTES: usize = 4 << 20;

/// Column names in order of first appearance.
#[derive(Default)]
pub(super) struct Columns {
    names: Vec<String>,
    bytes: usize,
    positions: HashMap<String, usize>,
}

impl Columns {
    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The position of a name. It is quick where the name is the one at `guess`, as in records that have
    /// their keys in one order.
    pub fn position(&self, name: &str, guess: usize) -> Option<usize> {
        if self.names.get(guess).is_some_and(|guessed| guessed == name) {
            Some(guess)
        } else {
            self.positions.get(name).copied()
        }
    }

    /// Adds a name where it is new, and says whether it was.
    pub fn add(&mut self, name: &str, guess: usize, input: &Input) -> Result<bool, TableError> {
        if self.position(name, guess).is_some() {
            return Ok(false);
        }
        self.bytes += name.len();
        if self.names.len() == MOST_COLUMNS || self.bytes > MOST_BYTES {
            return Err(TableError::TooManyColumns {
                input: input.to_string(),
                limit: MOST_COLUMNS,
            });
        }
        self.positions.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        Ok(true)
    }

    /// Puts a name in front, which must be new.
    pub fn prepend(&self, name: &str, input: &Input) -> Result<Self, TableError> {
        let mut columns = Self::default();
        for name in std::iter::once(name).chain(self.names.iter().map(String::as_str)) {
            if !columns.add(name, 0, input)? {
                return Err(TableError::DuplicateColumn {
                    input: input.to_string(),
                    column: name.to_owned(),
                });
            }
        }
        Ok(columns)
    }
}
