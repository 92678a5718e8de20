//! Whether the networks of a table are of the space of a model.

use super::Error;
use crate::space::{self, EncodingColumns, SearchSpace};
use crate::stream::Chunk;
use crate::table::Input;

/// Refuses a table whose space, or whose first rows, are of another space than a model.
pub(crate) fn check(
    model: &'static dyn SearchSpace,
    told: &'static dyn SearchSpace,
    first: &Chunk,
    encoding: &EncodingColumns,
    input: &Input,
) -> Result<(), Error> {
    let found =
        if told.name() == model.name() { other_space(model, first, encoding) } else { Some(told) };
    let Some(found) = found else { return Ok(()) };
    let (input, model) = (input.to_string(), model.name());
    Err(Error::OtherNetworks { input, model, found: found.name() })
}

/// The space of the first rows, if none of them is a network of that of the model.
fn other_space(
    model: &'static dyn SearchSpace,
    first: &Chunk,
    encoding: &EncodingColumns,
) -> Option<&'static dyn SearchSpace> {
    let mut texts = first.iter().flatten().map(|row| encoding.text(row));
    if texts.clone().any(|text| model.read(&text).is_ok()) {
        return None;
    }
    space::infer(&mut texts).ok()
}
