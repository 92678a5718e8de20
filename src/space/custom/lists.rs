//! Networks as lists by name, such as once-for-all's `{"ks": [3, 5, …], "e": [4, 6, …], "d": [2, 4, …]}`.
//!
//! A part of the places takes its operations from a pattern: the operation of place `i` is `k{ks}e{e}` with item `i` of the
//! lists `ks` and `e` put in. Layers beyond a depth are absent.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Described;
use crate::graph::Op;
use crate::space::EncodingError;
use crate::table::clip;

/// Some places and how their operations are put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListKeys {
    /// The name of an operation, with the names of lists in braces.
    pub op: String,
    /// How many places there are.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub places: usize,
    /// The name of the depths: how many layers of each group are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<String>,
    /// The layers of each group; all are one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<usize>>,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(number: &usize) -> bool {
    *number == 1
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    List(&'a str),
}

impl ListKeys {
    /// The layers of each group.
    fn groups(&self) -> Vec<usize> {
        self.groups.clone().unwrap_or_else(|| vec![self.places])
    }

    /// The pieces of the pattern; `None` if a brace is left open, empty, or two lists touch.
    fn pieces(&self) -> Option<Vec<Piece<'_>>> {
        let mut pieces = Vec::new();
        let mut rest = self.op.as_str();
        while let Some(start) = rest.find('{') {
            if start > 0 {
                pieces.push(Piece::Text(&rest[..start]));
            } else if matches!(pieces.last(), Some(Piece::List(_))) {
                return None;
            }
            let length = rest[start..].find('}')?;
            let name = &rest[start + 1..start + length];
            if name.is_empty() {
                return None;
            }
            pieces.push(Piece::List(name));
            rest = &rest[start + length + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest));
        }
        Some(pieces)
    }

    /// What is wrong with it.
    pub(super) fn fault(&self, has_absent: bool) -> Option<String> {
        let pieces = self.pieces();
        if !pieces.is_some_and(|pieces| pieces.iter().any(|piece| matches!(piece, Piece::List(_))))
        {
            return Some(format!(
                "`{}` is no pattern: write the names of lists in braces with text between them, as in \"k{{ks}}e{{e}}\"",
                clip(&self.op)
            ));
        }
        let sum = self.groups().iter().try_fold(0_usize, |sum, &group| sum.checked_add(group));
        if sum != Some(self.places) {
            return Some(format!("the groups do not add up to the {} places", self.places));
        }
        (self.depth.is_some() && !has_absent).then(|| {
            "a depth needs an operation for layers that are not there: name it with absent_op"
                .to_owned()
        })
    }

    /// The values of the lists of which the pattern makes this operation.
    fn values<'a>(&'a self, op: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let pieces = self.pieces()?;
        let (mut rest, mut values) = (op, Vec::new());
        for (index, piece) in pieces.iter().enumerate() {
            match *piece {
                Piece::Text(text) => rest = rest.strip_prefix(text)?,
                Piece::List(name) => {
                    let end = match pieces.get(index + 1) {
                        Some(Piece::Text(text)) => rest.find(text)?,
                        _ => rest.len(),
                    };
                    values.push((name, &rest[..end]));
                    rest = &rest[end..];
                }
            }
        }
        rest.is_empty().then_some(values)
    }
}

/// The operations of a network in this form.
///
/// # Errors
///
/// [`EncodingError::Invalid`] if a list is missing or too short, or its items make no operation.
pub(super) fn read(space: &Described, value: &Value) -> Result<Vec<Op>, EncodingError> {
    let mut lists = Map::new();
    flatten(value, &mut lists, 0);
    let mut ops = Vec::new();
    for part in &space.description.encoding.lists {
        let pieces = part.pieces().unwrap_or_default();
        let depths = part.depth.as_deref().map(|name| list(&lists, name)).transpose()?;
        let mut place = 0;
        for (group, size) in part.groups().into_iter().enumerate() {
            let depth = depths.map_or(Ok(size), |depths| depth(depths, group, size))?;
            for layer in 0..size {
                let op = if layer < depth {
                    let mut name = String::new();
                    for piece in &pieces {
                        match *piece {
                            Piece::Text(text) => name.push_str(text),
                            Piece::List(of) => name.push_str(&item(list(&lists, of)?, of, place)?),
                        }
                    }
                    space.op_by_name(&name)?
                } else {
                    space.absent.unwrap_or(Op(0))
                };
                ops.push(op);
                place += 1;
            }
        }
    }
    Ok(ops)
}

/// All lists and numbers of a document by their names, whatever they stand in. `-` and `_` are the same.
fn flatten(value: &Value, lists: &mut Map<String, Value>, depth: usize) {
    const DEEPEST: usize = 8;
    let Some(fields) = value.as_object().filter(|_| depth < DEEPEST) else { return };
    for (name, value) in fields {
        if value.is_object() {
            flatten(value, lists, depth + 1);
        } else {
            lists.insert(name.replace('-', "_"), value.clone());
        }
    }
}

fn list<'a>(lists: &'a Map<String, Value>, name: &str) -> Result<&'a Value, EncodingError> {
    let name = name.replace('-', "_");
    if let Some(list) = lists.get(&name) {
        return Ok(list);
    }
    // Files write more words: `encoder_embed_dim_subtransformer`.
    let longer = |key: &str| key.strip_prefix(&name).is_some_and(|rest| rest.starts_with('_'));
    let mut longer = lists.iter().filter(|(key, _)| longer(key)).map(|(_, list)| list);
    match (longer.next(), longer.next()) {
        (Some(list), None) => Ok(list),
        _ => Err(EncodingError::invalid(format!("there is no `{name}`"))),
    }
}

/// How many layers of a group there are. A number is the depth of every group.
fn depth(depths: &Value, group: usize, size: usize) -> Result<usize, EncodingError> {
    let depth = depths.as_array().map_or(Some(depths), |depths| depths.get(group));
    let depth = depth.and_then(Value::as_u64).and_then(|depth| usize::try_from(depth).ok());
    depth.filter(|&depth| depth <= size).ok_or_else(|| {
        EncodingError::invalid(format!(
            "the depth of group {} is no number from 0 to {size}",
            group + 1
        ))
    })
}

/// Item `place` of a list, as it stands in the name of an operation. A number is every item.
fn item(list: &Value, name: &str, place: usize) -> Result<String, EncodingError> {
    let item = list.as_array().map_or(Some(list), |items| items.get(place));
    match item {
        Some(Value::String(text)) => Ok(text.clone()),
        // 4.0 and 4 are the same.
        Some(Value::Number(number)) => {
            Ok(number.as_f64().map_or(number.to_string(), |number| number.to_string()))
        }
        Some(_) => {
            Err(EncodingError::invalid(format!("item {} of `{name}` is no number", place + 1)))
        }
        None => Err(EncodingError::invalid(format!("`{name}` has no item {}", place + 1))),
    }
}

/// Writes operations in this form. What an absent layer would be is that of the first operation of its place.
pub(super) fn write(space: &Described, ops: &[Op]) -> Result<String, EncodingError> {
    let mut lists: Map<String, Value> = Map::new();
    let mut places = ops.iter().zip(&space.choices);
    for part in &space.description.encoding.lists {
        for size in part.groups() {
            let mut depth = 0_u64;
            for (layer, (&op, choices)) in places.by_ref().take(size).enumerate() {
                let is_absent = Some(op) == space.absent;
                if !is_absent && depth < layer as u64 {
                    return Err(EncodingError::invalid(
                        "a layer follows on one that is absent, which lists with depths cannot say",
                    ));
                }
                depth += u64::from(!is_absent);
                let stand_in = choices.iter().find(|&&other| Some(other) != space.absent);
                let op = if is_absent { *stand_in.unwrap_or(&op) } else { op };
                let values = part.values(space.operations[op.index()]).ok_or_else(|| {
                    let name = space.operations[op.index()];
                    EncodingError::invalid(format!(
                        "the pattern `{}` does not make `{name}`",
                        part.op
                    ))
                })?;
                for (name, value) in values {
                    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
                    push(&mut lists, name, value, part.places);
                }
            }
            if let Some(name) = &part.depth {
                push(&mut lists, name, Value::from(depth), part.groups().len());
            }
        }
    }
    Ok(Value::Object(lists).to_string())
}

/// Adds an item to a list; a list of one item is that item.
fn push(lists: &mut Map<String, Value>, name: &str, value: Value, length: usize) {
    if length == 1 {
        lists.insert(name.to_owned(), value);
    } else if let Value::Array(items) =
        lists.entry(name.to_owned()).or_insert_with(|| Value::Array(Vec::new()))
    {
        items.push(value);
    }
}
