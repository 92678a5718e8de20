//! NPY 1.0: a matrix of little-endian `float32` or `float64` in C order, rows by columns, as `numpy.load` reads it.

use std::io::{self, Write};

use super::encoder::{EncodeError, Encoder};
use super::file::{Made, RowFile};
use super::sink::Sink;
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
struct Rows {
    float: Float,
    kept: Vec<String>,
    numeric: Vec<String>,
}

/// A matrix, whose header is written again once the number of rows is known.
struct Matrix {
    float: Float,
    width: usize,
    rows: u64,
    /// The names of the columns, as JSON.
    names: Vec<u8>,
}

/// A matrix of these columns.
pub(super) fn table(float: Float, kept: &[String], numeric: &[String]) -> Made {
    let names: Vec<&str> = kept.iter().chain(numeric).map(String::as_str).collect();
    let width = names.len();
    let names = format!("{}\n", serde_json::Value::from(names)).into_bytes();
    let rows = Rows { float, kept: kept.to_vec(), numeric: numeric.to_vec() };
    Made::new(rows, Matrix { float, width, rows: 0, names })
}

/// The header of an array; of the same length for all shapes of as many sizes.
///
/// # Arguments
///
/// * `descr` - its type, such as `<f8`
/// * `shape` - the sizes
pub(super) fn header(descr: &str, shape: &[u64]) -> Vec<u8> {
    let description = |shape: &mut dyn Iterator<Item = u64>| {
        let shape: Vec<_> = shape.map(|size| format!("{size}, ")).collect();
        let shape = shape.concat();
        let shape = if shape.matches(',').count() > 1 {
            shape.trim_end_matches(", ")
        } else {
            shape.trim_end()
        };
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}")
    };
    let longest = description(&mut shape.iter().map(|_| u64::MAX));
    let unpadded = MAGIC.len() + 2 + longest.len() + 1;
    let length = unpadded.next_multiple_of(ALIGNMENT);
    let mut header = MAGIC.to_vec();
    // The description has at most some 100 bytes, so that its length fits.
    let described = u16::try_from(length - MAGIC.len() - 2).unwrap_or(u16::MAX);
    header.extend_from_slice(&described.to_le_bytes());
    header.extend_from_slice(description(&mut shape.iter().copied()).as_bytes());
    header.resize(length - 1, b' ');
    header.push(b'\n');
    header
}

impl Matrix {
    fn header(&self) -> Vec<u8> {
        let descr = format!("<f{}", self.float.bytes());
        header(&descr, &[self.rows, self.width as u64])
    }
}

impl RowFile for Matrix {
    fn begin(&mut self, sink: &mut Sink) -> io::Result<()> {
        sink.write_all(&self.header())
    }

    fn rows(&mut self, count: u64, encoded: &[u8], sink: &mut Sink) -> io::Result<()> {
        self.rows += count;
        sink.write_all(encoded)
    }

    fn finish(&mut self, sink: &mut Sink) -> io::Result<()> {
        sink.overwrite_start(&self.header())
    }

    fn names_beside(&self) -> Option<Vec<u8>> {
        Some(self.names.clone())
    }
}

impl Encoder for Rows {
    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.reserve(self.float.bytes() * (kept.len() + numbers.len()));
        for (value, column) in kept.iter().zip(&self.kept) {
            let number = if value.is_missing() { Some(f64::NAN) } else { value.number() };
            let number = number.ok_or_else(|| EncodeError {
                column: column.clone(),
                token: value.text().into_owned(),
                reason: "this is not a number, and an NPY file holds nothing else; \
                         keep other columns, without this one"
                    .to_owned(),
            })?;
            // Only the words for infinity mean it; digits that give it are a number beyond float64.
            if number.is_infinite() && value.text().contains(|c: char| c.is_ascii_digit()) {
                let reason =
                    "an NPY file cannot hold this number, which is beyond float64; correct it";
                return Err(unfit(column, value.text().into_owned(), reason));
            }
            self.float
                .push(number, out)
                .map_err(|reason| unfit(column, value.text().into_owned(), reason))?;
        }
        for (&number, column) in numbers.iter().zip(&self.numeric) {
            self.float
                .push(number, out)
                .map_err(|reason| unfit(column, number.to_string(), reason))?;
        }
        Ok(())
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
            return Err("this is beyond float32, which holds up to 3.4e38; choose float64");
        }
        out.extend_from_slice(&single.to_le_bytes());
        Ok(())
    }
}
