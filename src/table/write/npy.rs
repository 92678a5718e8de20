//! NPY 1.0: a matrix of little-endian `float32` in C order, rows by columns, as `numpy.load` reads it.

use super::encoder::{EncodeError, Encoder};
use crate::table::Value;

/// What an NPY file begins with: magic bytes and version 1.0.
const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// The header's length is a multiple of this, so that the matrix is aligned in memory.
const ALIGNMENT: usize = 64;

/// Writes rows of a matrix.
pub(super) struct Npy {
    kept: Vec<String>,
    /// As JSON.
    names: Vec<u8>,
    width: usize,
}

impl Npy {
    /// An encoder for these columns.
    pub fn new(kept: &[String], numeric: &[String]) -> Self {
        let names: Vec<&str> = kept.iter().chain(numeric).map(String::as_str).collect();
        let width = names.len();
        let names = format!("{}\n", serde_json::Value::from(names)).into_bytes();
        Self { kept: kept.to_vec(), names, width }
    }

    /// The header of a matrix of this many rows. It is as long whatever their number.
    fn header_for(&self, rows: u64) -> Vec<u8> {
        let description = |rows: u64| {
            format!(
                "{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {}), }}",
                self.width
            )
        };
        let unpadded = MAGIC.len() + 2 + description(u64::MAX).len() + 1;
        let length = unpadded.next_multiple_of(ALIGNMENT);
        let mut header = MAGIC.to_vec();
        // The description has at most some 100 bytes, so that its length fits.
        let described = u16::try_from(length - MAGIC.len() - 2).unwrap_or(u16::MAX);
        header.extend_from_slice(&described.to_le_bytes());
        header.extend_from_slice(description(rows).as_bytes());
        header.resize(length - 1, b' ');
        header.push(b'\n');
        header
    }
}

impl Encoder for Npy {
    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.header_for(0));
    }

    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.reserve(4 * (kept.len() + numbers.len()));
        for (value, column) in kept.iter().zip(&self.kept) {
            let number = if value.is_missing() { Some(f64::NAN) } else { value.number() };
            let number = number.ok_or_else(|| EncodeError {
                column: column.clone(),
                token: value.text().to_owned(),
                reason: "this is not a number, and an NPY file holds nothing else; \
                         name the columns to carry along with --keep, without this one"
                    .to_owned(),
            })?;
            push(number, out);
        }
        for &number in numbers {
            push(number, out);
        }
        Ok(())
    }

    fn final_header(&self, rows: u64) -> Option<Vec<u8>> {
        Some(self.header_for(rows))
    }

    fn names_beside(&self) -> Option<Vec<u8>> {
        Some(self.names.clone())
    }
}

fn push(number: f64, out: &mut Vec<u8>) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the format holds float32; rounding is meant"
    )]
    let number = number as f32;
    out.extend_from_slice(&number.to_le_bytes());
}
