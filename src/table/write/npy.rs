//! NPY 1.0: a matrix of little-endian `float32` or `float64` in C order, rows by columns, as `numpy.load` reads it.

use super::encoder::{EncodeError, Encoder};
use crate::table::Value;

/// What an NPY file begins with: magic bytes and version 1.0.
const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// The header's length is a multiple of this, so that the matrix is aligned in memory.
const ALIGNMENT: usize = 64;

/// The numbers of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Float {
    /// `float32`.
    Single,
    /// `float64`.
    Double,
}

/// Writes rows of a matrix.
pub(super) struct Npy {
    float: Float,
    kept: Vec<String>,
    numeric: Vec<String>,
    /// As JSON.
    names: Vec<u8>,
}

impl Npy {
    /// An encoder for these columns.
    pub fn new(float: Float, kept: &[String], numeric: &[String]) -> Self {
        let names: Vec<&str> = kept.iter().chain(numeric).map(String::as_str).collect();
        let names = format!("{}\n", serde_json::Value::from(names)).into_bytes();
        Self { float, kept: kept.to_vec(), numeric: numeric.to_vec(), names }
    }

    /// The header of a matrix of this many rows. It is as long whatever their number.
    fn header_for(&self, rows: u64) -> Vec<u8> {
        let bytes = self.float.bytes();
        let width = self.kept.len() + self.numeric.len();
        let description = |rows: u64| {
            format!(
                "{{'descr': '<f{bytes}', 'fortran_order': False, 'shape': ({rows}, {width}), }}"
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
        out.reserve(self.float.bytes() * (kept.len() + numbers.len()));
        for (value, column) in kept.iter().zip(&self.kept) {
            let number = if value.is_missing() { Some(f64::NAN) } else { value.number() };
            let number = number.ok_or_else(|| EncodeError {
                column: column.clone(),
                token: value.text().to_owned(),
                reason: "this is not a number, and an NPY file holds nothing else; \
                         name the columns to carry along with --keep, without this one"
                    .to_owned(),
            })?;
            // Only the words for infinity mean it; digits that give it are a number beyond float64.
            if number.is_infinite() && value.text().contains(|c: char| c.is_ascii_digit()) {
                let reason =
                    "an NPY file cannot hold this number, which is beyond float64; correct it";
                return Err(unfit(column, value.text().to_owned(), reason));
            }
            self.float
                .push(number, out)
                .map_err(|reason| unfit(column, value.text().to_owned(), reason))?;
        }
        for (&number, column) in numbers.iter().zip(&self.numeric) {
            self.float
                .push(number, out)
                .map_err(|reason| unfit(column, number.to_string(), reason))?;
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

fn unfit(column: &str, token: String, reason: &str) -> EncodeError {
    EncodeError { column: column.to_owned(), token, reason: reason.to_owned() }
}

impl Float {
    fn bytes(self) -> usize {
        match self {
            Self::Single => 4,
            Self::Double => 8,
        }
    }

    /// Appends a number. The error says why it cannot be held.
    fn push(self, number: f64, out: &mut Vec<u8>) -> Result<(), &'static str> {
        if self == Self::Double {
            out.extend_from_slice(&number.to_le_bytes());
            return Ok(());
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the format holds float32; rounding is meant"
        )]
        let single = number as f32;
        if single.is_infinite() && number.is_finite() {
            return Err("this is beyond float32, which holds up to 3.4e38; choose --dtype float64");
        }
        out.extend_from_slice(&single.to_le_bytes());
        Ok(())
    }
}
