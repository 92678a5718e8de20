//! A matrix of edges and the names of its nodes, as texts have them: `{"matrix": [[0, 1], [0, 0]], "ops": ["input",
//! "output"]}`, the same with the benchmark's names, or both parts in a list.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::EncodingError;
use super::dict::Dict;
use super::scan::Scanner;

/// The most nodes that a text of this kind has.
const MOST: usize = 8;

/// What the two parts are called.
const KEYS: [[&str; 2]; 5] = [
    ["module_adjacency", "module_operations"],
    ["matrix", "ops"],
    ["adjacency", "operations"],
    ["adjacency_matrix", "operations"],
    ["adjacency_matrix", "ops"],
];

/// The columns that hold the two parts.
pub(super) const COLUMNS: [&[&str]; 5] = [&KEYS[0], &KEYS[1], &KEYS[2], &KEYS[3], &KEYS[4]];

fn not_square(nodes: usize) -> EncodingError {
    EncodingError::invalid(format!(
        "the matrix is not {nodes}×{nodes}, as the {nodes} operations ask for"
    ))
}

/// A matrix and the names of its nodes.
pub(super) struct Labelled<'a> {
    /// What each node is called, at least two and at most as many as was asked for.
    pub names: SmallVec<[Cow<'a, str>; MOST]>,
    matrix: [[u32; MOST]; MOST],
}

impl<'a> Labelled<'a> {
    /// Whether a dictionary has the two parts.
    pub fn is_in(dict: &Dict) -> bool {
        KEYS.iter().flatten().any(|key| dict.has(key))
    }

    /// Reads the parts from a dictionary.
    ///
    /// # Arguments
    ///
    /// * `space`, `nodes`, `expected` - whose network it is, how many nodes that has at most (eight or fewer), and the same in words
    ///
    /// # Errors
    ///
    /// If a part is missing or there is another one, if there are too many nodes, or the matrix has not as many rows and columns.
    pub fn of_dict(
        dict: &Dict<'a>,
        space: &'static str,
        nodes: usize,
        expected: &'static str,
    ) -> Result<Self, EncodingError> {
        dict.check(KEYS.as_flattened())?;
        let found = |keys: &&[&str; 2]| keys.iter().filter(|key| dict.has(key)).count();
        let whole = KEYS.iter().find(|keys| found(keys) == 2);
        let part = || KEYS.iter().find(|keys| found(keys) == 1);
        let [matrix, ops] = *whole.or_else(part).unwrap_or(&KEYS[0]);
        let parts = (dict.field(matrix)?, dict.field(ops)?);
        Self::of_parts(parts, space, nodes, expected)
    }

    /// Reads a list of the two parts.
    ///
    /// # Errors
    ///
    /// As [`Labelled::of_dict`].
    pub fn of_list(
        scan: &mut Scanner<'a>,
        space: &'static str,
        nodes: usize,
        expected: &'static str,
    ) -> Result<Self, EncodingError> {
        let mut parts: SmallVec<[Scanner; 2]> = SmallVec::new();
        let found = scan.list(|scan, place| {
            let value = scan.value()?;
            if place < 2 {
                parts.push(value);
            }
            Ok(())
        })?;
        scan.end()?;
        let (&[matrix, ops], 2) = (parts.as_slice(), found) else {
            let (what, expected) = ("parts", "two: the matrix and the operations");
            return Err(EncodingError::Length { what, found, space, expected });
        };
        Self::of_parts((matrix, ops), space, nodes, expected)
    }

    fn of_parts(
        (mut matrix, mut ops): (Scanner<'a>, Scanner<'a>),
        space: &'static str,
        nodes: usize,
        expected: &'static str,
    ) -> Result<Self, EncodingError> {
        let mut names = SmallVec::new();
        let mut found = 0;
        let mut add = |name| {
            if found < nodes.min(MOST) {
                names.push(name);
            }
            found += 1;
        };
        if ops.is_list() {
            ops.list(|scan, _| {
                add(scan.quoted()?);
                Ok(())
            })?;
        } else {
            // The benchmark's file has them as one text.
            let text = ops.quoted()?;
            text.split(',').for_each(|name| add(Cow::Owned(name.trim().to_owned())));
        }
        ops.end()?;
        if found != names.len() || found < 2 {
            return Err(EncodingError::Length { what: "operations", found, space, expected });
        }
        let mut read = Labelled { names, matrix: [[0; MOST]; MOST] };
        let mut is_square = true;
        if !matrix.is_list() {
            read.set_bits(&matrix.quoted()?, found)?;
            matrix.end()?;
            return read.checked();
        }
        let rows = matrix.list(|scan, row| {
            let width = scan.list(|scan, column| {
                let entry = scan.number()?;
                if let Some(place) = read.matrix.get_mut(row).and_then(|row| row.get_mut(column)) {
                    *place = entry;
                }
                Ok(())
            })?;
            is_square &= width == found;
            Ok(())
        })?;
        matrix.end()?;
        if rows != found || !is_square {
            return Err(not_square(found));
        }
        read.checked()
    }

    /// The entries of the matrix row by row, as the benchmark's file has them.
    fn set_bits(&mut self, bits: &str, nodes: usize) -> Result<(), EncodingError> {
        let are_bits = bits.bytes().all(|bit| matches!(bit, b'0' | b'1'));
        if !are_bits || bits.len() != nodes * nodes {
            return Err(not_square(nodes));
        }
        for (place, bit) in bits.bytes().enumerate() {
            self.matrix[place / nodes][place % nodes] = u32::from(bit == b'1');
        }
        Ok(())
    }

    /// Checks that the first node is the input and the last one the output.
    fn checked(self) -> Result<Self, EncodingError> {
        let [first, .., last] = self.names.as_slice() else {
            return Err(EncodingError::invalid("no nodes"));
        };
        if first != "input" {
            return Err(EncodingError::invalid("no input: the first operation is not `input`"));
        }
        if last != "output" {
            return Err(EncodingError::invalid("no output: the last operation is not `output`"));
        }
        Ok(self)
    }

    /// The entry of the matrix for an edge between two of the nodes.
    pub fn entry(&self, from: usize, to: usize) -> u32 {
        self.matrix[from][to]
    }
}
