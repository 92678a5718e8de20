//! Cells with free edges as a matrix and the names of the nodes: `{"matrix": [[0, 1], [0, 0]], "ops": ["input", "output"]}`.

use serde_json::{Value, json};

use super::{Described, free};
use crate::graph::{Cell, Op};
use crate::space::{Architecture, EncodingError, scan};

/// Reads a network from its matrix and the names of its nodes. The first nodes are the inputs, the last one is the output.
///
/// # Errors
///
/// [`EncodingError`] if the matrix is not square, or the network breaks the rules of the space.
pub(super) fn read(
    space: &'static Described,
    matrix: &Value,
    ops: &Value,
) -> Result<Architecture, EncodingError> {
    let description = &space.description;
    let names = ops.as_array().map_or(&[][..], Vec::as_slice);
    let n = names.len();
    let smallest = description.min_nodes.unwrap_or(description.nodes);
    if !(smallest..=description.nodes).contains(&n) {
        return Err(EncodingError::invalid(format!(
            "{n} operations; {} takes {smallest} to {}, inputs and output counted in",
            space.name, description.nodes
        )));
    }
    let rows = matrix.as_array().map_or(&[][..], Vec::as_slice);
    let is_row = |row: &Value| row.as_array().is_some_and(|row| row.len() == n);
    if rows.len() != n || !rows.iter().all(is_row) {
        return Err(EncodingError::invalid(format!(
            "the matrix is not {n}×{n}, as the {n} operations ask for"
        )));
    }
    let inputs = space.inputs().len();
    let mut edges = Vec::new();
    for (from, row) in rows.iter().enumerate() {
        for (to, entry) in row.as_array().into_iter().flatten().enumerate() {
            let entry =
                entry.as_u64().and_then(|entry| u32::try_from(entry).ok()).unwrap_or(u32::MAX);
            if scan::edge(entry, from, to)? {
                if to < inputs {
                    return Err(EncodingError::invalid(format!(
                        "edge {from}→{to} enters an input"
                    )));
                }
                edges.push((from, to, None));
            }
        }
    }
    let mut nodes = vec![None::<Op>; n];
    for (node, name) in names.iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        let expected = match space.inputs().get(node) {
            Some(&input) => Some(input),
            None if node + 1 == n => Some("output"),
            None => None,
        };
        match expected {
            Some(expected) if expected != name => {
                return Err(EncodingError::invalid(format!(
                    "node {node} is not `{expected}`, as the first nodes and the last one are called"
                )));
            }
            Some(_) => {}
            None => nodes[node] = Some(space.op_by_name(name)?),
        }
    }
    free::architecture(space, &nodes, edges)
}

/// Writes the matrix and the names.
///
/// # Errors
///
/// None for a network of a space with free edges.
pub(super) fn write(space: &Described, cells: &[Cell]) -> Result<String, EncodingError> {
    let [cell] = cells else { return Err(EncodingError::invalid("a network of one cell is due")) };
    let n = cell.nodes();
    let mut matrix = vec![vec![0; n]; n];
    for (from, to, _) in cell.edges() {
        matrix[from][to] = 1;
    }
    let mut names: Vec<&str> = space.inputs().to_vec();
    names.extend(cell.node_ops().flatten().map(|op| space.operations[op.index()]));
    names.push("output");
    Ok(json!({"matrix": matrix, "ops": names}).to_string())
}
