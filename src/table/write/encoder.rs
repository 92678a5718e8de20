//! What each output format's file makes: rows in, bytes out.

use crate::table::{Value, clip};

/// Turns rows into bytes. It has no state, so that rows can be encoded in parallel; [`Writer::write`](super::Writer::write)
/// takes their bytes strung together.
pub trait Encoder: Send + Sync {
    /// Appends a row.
    ///
    /// # Arguments
    ///
    /// * `kept` - the carried fields, as many as the names of kept columns
    /// * `numbers` - the numbers after them, as many as the names of number columns; NaN where there is none
    ///
    /// # Errors
    ///
    /// When the format can not hold a field; `out` may then end with a part of the row.
    fn row(&self, kept: &[&Value], numbers: &[f64], out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// A field that the output format can not hold.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
#[error("column {}: \"{}\": {reason}", clip(column), clip(token))]
pub struct EncodeError {
    /// The column.
    pub column: String,
    /// The field's text.
    pub token: String,
    /// What is wrong, and the fix.
    pub reason: String,
}
