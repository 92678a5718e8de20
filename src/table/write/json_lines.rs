//! JSON lines: an object a row.

use super::encoder::{EncodeError, Encoder};
use super::file::{Made, Strung};
use crate::table::{Value, number};

/// Writes an object a line.
struct JsonLines {
    kept: Vec<String>,
    /// The keys of all columns, escaped, each with what stands before and after it.
    keys: Vec<Vec<u8>>,
}

/// A table of these columns.
pub(super) fn table(kept: &[String], numeric: &[String]) -> Made {
    let key = |(index, name): (usize, &String)| {
        let key = serde_json::Value::from(name.as_str());
        format!("{}{key}:", if index == 0 { '{' } else { ',' }).into_bytes()
    };
    let keys = kept.iter().chain(numeric).enumerate().map(key).collect();
    Made::new(JsonLines { kept: kept.to_vec(), keys }, Strung::below(Vec::new()))
}

impl Encoder for JsonLines {
    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if self.keys.is_empty() {
            out.push(b'{');
        }
        let (kept_keys, number_keys) = self.keys.split_at(self.kept.len());
        for ((value, key), name) in kept.iter().zip(kept_keys).zip(&self.kept) {
            out.extend_from_slice(key);
            match value {
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
                other => out.extend_from_slice(other.json().as_bytes()),
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
