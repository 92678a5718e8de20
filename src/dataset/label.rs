//! Labels of networks of which only some are trained.

use super::Fault;
use crate::table::Value;

/// The number in a field; `None` if the field is empty: the network is not trained yet.
///
/// # Errors
///
/// The fault if it is not a finite number; `purpose` says what the number is for.
pub(crate) fn label(
    value: &Value,
    column: &str,
    purpose: &'static str,
) -> Result<Option<f64>, Fault> {
    match value.number() {
        // −0 is 0: adding 0 makes it so.
        Some(number) if number.is_finite() => Ok(Some(number + 0.0)),
        None if value.text().trim().is_empty() => Ok(None),
        _ => Err(Fault {
            column: Some(column.to_owned()),
            token: value.text().into_owned(),
            reason: format!("not a number, but {purpose}"),
        }),
    }
}
