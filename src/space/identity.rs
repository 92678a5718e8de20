//! Which network an encoding stands for, up to isomorphism.

use std::fmt;

use md5::{Digest, Md5};
use smallvec::SmallVec;

use crate::canonical::canonical;
use crate::cell::{Cell, Op};

/// Sixteen bytes that stand for a network, written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity([u8; 16]);

impl Identity {
    /// The md5 sum of the space's name and of the canonical forms of the cells.
    pub(super) fn of_cells(space: &str, cells: &[Cell], zero: Option<Op>) -> Self {
        let mut text: SmallVec<[u8; 128]> = SmallVec::from_slice(space.as_bytes());
        for cell in cells {
            let form = canonical(cell, zero);
            text.extend(form.words().iter().flat_map(|word| word.to_le_bytes()));
        }
        Self::of_text([text.as_slice()])
    }

    /// The md5 sum of a text, which comes in parts.
    pub(super) fn of_text<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut md5 = Md5::new();
        for part in parts {
            md5.update(part);
        }
        Identity(md5.finalize().into())
    }

    /// The hexadecimal digits.
    pub(super) fn digits(self) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        std::array::from_fn(|place| {
            let byte = self.0[place / 2];
            DIGITS[usize::from(if place % 2 == 0 { byte >> 4 } else { byte & 15 })]
        })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.digits().iter().try_for_each(|&digit| write!(out, "{}", char::from(digit)))
    }
}
