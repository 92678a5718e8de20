//! What is wrong with a row.

use crate::table::{BrokenRow, EncodeError, Row, Value};

/// What is wrong with a row.
pub(crate) struct Fault {
    pub column: Option<String>,
    pub token: String,
    pub reason: String,
}

impl From<EncodeError> for Fault {
    fn from(error: EncodeError) -> Self {
        Fault { column: Some(error.column), token: error.token, reason: error.reason }
    }
}

impl Fault {
    /// A fault of the network itself.
    pub fn of_network(reason: impl std::error::Error) -> Self {
        Fault { column: None, token: String::new(), reason: reason.to_string() }
    }

    /// The broken row, its contents written as a JSON object.
    pub fn of(self, row: &Row, columns: &[String]) -> BrokenRow {
        let field = |(column, value): (&String, &Value)| {
            format!("{}:{}", serde_json::Value::from(column.as_str()), value.json())
        };
        let fields: Vec<_> = columns.iter().zip(&row.values).map(field).collect();
        BrokenRow {
            place: row.place,
            column: self.column,
            token: self.token,
            reason: self.reason,
            raw: format!("{{{}}}", fields.join(",")),
        }
    }
}
