//! Tables: bytes in, named columns out, and back.

/// One field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing stands there.
    Missing,
    /// A text.
    Text(Box<str>),
    /// The JSON text of a number, a boolean, an array or an object.
    Json(Box<str>),
}

impl Value {
    /// The text, or the JSON text; empty if there is nothing.
    pub fn text(&self) -> &str {
        match self {
            Value::Missing => "",
            Value::Text(text) | Value::Json(text) => text,
        }
    }
}

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// A value for each column.
    pub values: Vec<Value>,
}
