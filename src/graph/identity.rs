//! Which network an encoding stands for, up to isomorphism or as a function.

use std::fmt;
use std::str::FromStr;

use md5::{Digest, Md5};
use smallvec::SmallVec;

use super::{Cell, Op, canonical};

/// When two networks count as the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Equality {
    /// They are isomorphic.
    #[default]
    Isomorphic,
    /// They compute the same formula; see [`SearchSpace::function`](crate::space::SearchSpace::function).
    Functional,
}

/// Sixteen bytes that stand for a network, written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity([u8; 16]);

impl Identity {
    /// The md5 sum of the space's name and of the canonical forms of the cells.
    pub(crate) fn of_cells(space: &str, cells: &[Cell], zero: Option<Op>) -> Self {
        let mut text: SmallVec<[u8; 128]> = SmallVec::from_slice(space.as_bytes());
        for cell in cells {
            let form = canonical(cell, zero);
            text.extend(form.words().iter().flat_map(|word| word.to_le_bytes()));
        }
        Self::of_text([text.as_slice()])
    }

    /// The formula of a cell with operations on its edges, of which a node is the sum. What the input is
    /// multiplied out to is a multiset of terms, each an operation on such a multiset; `skip` passes terms
    /// on and `zero` drops them.
    ///
    /// # Complexity
    ///
    /// O(edges · terms): as many terms as there are paths from the input, skips not counted.
    pub(crate) fn of_formula(space: &str, cell: &Cell, zero: Op, skip: Op) -> Self {
        type Terms = SmallVec<[Identity; 8]>;
        let mut terms: SmallVec<[Terms; 4]> = SmallVec::from_elem(Terms::new(), cell.nodes());
        for (input, terms) in terms.iter_mut().enumerate().take(cell.inputs()) {
            terms.push(Self::of_text([&b"input"[..], &[u8::try_from(input).unwrap_or(u8::MAX)]]));
        }
        let sum = |head: &[u8], terms: &mut Terms| {
            terms.sort_unstable();
            Self::of_text([head].into_iter().chain(terms.iter().map(|term| &term.0[..])))
        };
        for (from, to, op) in cell.edges() {
            let mut read = terms[from].clone();
            match op {
                Some(op) if op == zero || read.is_empty() => {}
                Some(op) if op != skip => terms[to].push(sum(&[b'(', op.0], &mut read)),
                _ => terms[to].extend(read),
            }
        }
        sum(format!("{space} formula").as_bytes(), &mut terms[cell.output()])
    }

    /// The md5 sum of a text, which comes in parts.
    pub(crate) fn of_text<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut md5 = Md5::new();
        for part in parts {
            md5.update(part);
        }
        Identity(md5.finalize().into())
    }

    /// The first eight bytes as a number: what a model keeps of its training networks. Among a million
    /// networks two different ones have the same with a probability of 3·10⁻⁸.
    pub fn short(self) -> u64 {
        self.0[..8].iter().fold(0, |short, &byte| short << 8 | u64::from(byte))
    }

    /// The hexadecimal digits.
    pub(crate) fn digits(self) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        std::array::from_fn(|index| {
            let byte = self.0[index / 2];
            DIGITS[usize::from(if index % 2 == 0 { byte >> 4 } else { byte & 15 })]
        })
    }
}

impl FromStr for Identity {
    type Err = String;

    /// Reads the 32 hexadecimal digits, lower case, that [`Identity`] is written as.
    fn from_str(text: &str) -> Result<Self, String> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let wrong = || "expected 32 hexadecimal digits".to_owned();
        let digits: Option<Vec<u8>> = text.bytes().map(digit).collect();
        let digits = digits.filter(|digits| digits.len() == 32).ok_or_else(wrong)?;
        Ok(Identity(std::array::from_fn(|place| digits[2 * place] << 4 | digits[2 * place + 1])))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.digits().iter().try_for_each(|&digit| write!(out, "{}", char::from(digit)))
    }
}
