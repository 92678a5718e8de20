//! CSV and TSV.

use super::encoder::{EncodeError, Encoder};
use super::file::{Made, Strung};
use crate::table::{Value, number};

/// Writes fields separated by one byte.
struct Delimited {
    delimiter: u8,
}

/// A table of these columns.
pub(super) fn table(delimiter: u8, kept: &[String], numeric: &[String]) -> Made {
    let mut header = Vec::new();
    for name in kept.iter().chain(numeric) {
        push_field(name, delimiter, &mut header);
        header.push(delimiter);
    }
    end_row(0, &mut header);
    Made::new(Delimited { delimiter }, Strung::below(header))
}

impl Encoder for Delimited {
    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let begin = out.len();
        for value in kept {
            match value {
                Value::Text(text) | Value::Json(text) => push_field(text, self.delimiter, out),
                other => other.push_number(out),
            }
            out.push(self.delimiter);
        }
        out.reserve(2 * numbers.len());
        for &number in numbers {
            number::push(number, out);
            out.push(self.delimiter);
        }
        end_row(begin, out);
        Ok(())
    }
}

/// Appends a field, in quotes where it holds what separates fields or rows, as the csv crate's
/// `QuoteStyle::Necessary`.
fn push_field(field: &str, delimiter: u8, out: &mut Vec<u8>) {
    let is_special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !field.bytes().any(is_special) {
        out.extend_from_slice(field.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in field.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Makes the separator after the last field the end of the row that begins at `begin`.
fn end_row(begin: usize, out: &mut Vec<u8>) {
    // A lone empty field would be a blank line, which readers pass over.
    if out.len() == begin + 1 {
        out.insert(begin, b'"');
        out.insert(begin, b'"');
    }
    out.pop();
    out.push(b'\n');
}
