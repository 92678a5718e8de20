//! JSON lines: an object a row.

use super::encoder::{EncodeError, Encoder};
use super::number;
use crate::table::Value;

/// Writes an object a line.
pub(super) struct JsonLines {
    kept: Vec<String>,
    /// The keys of all columns, escaped, each with what stands before and after it.
    keys: Vec<Vec<u8>>,
}

impl JsonLines {
    /// An encoder for these columns.
    pub fn new(kept: &[String], numeric: &[String]) -> Self {
        let key = |(index, name): (usize, &String)| {
            let key = serde_json::Value::from(name.as_str());
            format!("{}{key}:", if index == 0 { '{' } else { ',' }).into_bytes()
        };
        Self {
            kept: kept.to_vec(),
            keys: kept.iter().chain(numeric).enumerate().map(key).collect(),
        }
    }
}

impl Encoder for JsonLines {
    fn header(&self, _: &mut Vec<u8>) {}

    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if self.keys.is_empty() {
            out.push(b'{');
        }
        let (kept_keys, number_keys) = self.keys.split_at(self.kept.len());
        for ((value, key), name) in kept.iter().zip(kept_keys).zip(&self.kept) {
            out.extend_from_slice(key);
            match value {
                Value::Missing => out.extend_from_slice(b"null"),
                Value::Text(text) => {
                    serde_json::to_writer(&mut *out, text).map_err(|error| EncodeError {
                        column: name.clone(),
                        token: text.to_string(),
                        reason: error.to_string(),
                    })?;
                }
                // Line ends within JSON text are white space, but would end this line.
                Value::Json(raw) => {
                    out.extend(
                        raw.bytes()
                            .map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }),
                    );
                }
            }
        }
        for (&number, key) in numbers.iter().zip(number_keys) {
            out.extend_from_slice(key);
            if number.is_finite() {
                number::push(number, out);
            } else {
                out.extend_from_slice(b"null");
            }
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}
