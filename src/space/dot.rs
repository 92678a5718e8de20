//! Cells as drawings: the DOT language of Graphviz, written by petgraph.

use std::fmt::Write as _;

use petgraph::dot::{Config, Dot};

use super::{Architecture, Encoding, EncodingError};
use crate::graph::{Cell, Op};

/// A digraph for each cell, on one line. It is written for every space and not read.
pub(super) static DOT: Encoding = Encoding { name: "dot", write, read: Some(read) };

fn write(network: &Architecture) -> Result<String, EncodingError> {
    let Some(space) = network.search_space() else {
        return Err(EncodingError::Invalid("the network is of no registered space".to_owned()));
    };
    let mut text = String::new();
    for (cell, shape) in network.cells().iter().zip(space.cells()) {
        let name = shape.prefix.trim_end_matches('.');
        let name = if name.is_empty() { "cell" } else { name };
        let separator = if text.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "{separator}digraph {name} {{ rankdir=LR; {}}}",
            body(cell, shape.inputs, space.operations())
        );
    }
    Ok(text)
}

/// The nodes and the edges of a cell, with the names of its operations as labels.
fn body(cell: &Cell, inputs: &[&str], operations: &[&str]) -> String {
    let label = |op: Option<Op>| op.map(|op| operations[op.index()].to_owned());
    let node_label = |node: usize| {
        let name = inputs.get(node).filter(|_| node < cell.inputs()).map(|&name| name.to_owned());
        let output = || (node == cell.output()).then(|| "output".to_owned());
        let op = cell.node_ops().nth(node).flatten();
        label(op).or(name).or_else(output).unwrap_or_else(|| node.to_string())
    };
    let attribute = |label: String| format!("label=\"{label}\"");
    let edge = |_, edge: petgraph::graph::EdgeReference<Option<Op>, u8>| {
        label(*edge.weight()).map_or_else(String::new, attribute)
    };
    let node = |_, (node, _): (petgraph::graph::NodeIndex<u8>, &Option<Op>)| {
        attribute(node_label(node.index()))
    };
    let labels = [Config::NodeNoLabel, Config::EdgeNoLabel, Config::GraphContentOnly];
    let dot = Dot::with_attr_getters(cell.graph(), &labels, &edge, &node);
    format!("{dot:?}").split_whitespace().collect::<Vec<_>>().join(" ") + " "
}

fn read(_: &str) -> Result<Architecture, EncodingError> {
    Err(EncodingError::Invalid("drawings in DOT are written and not read".to_owned()))
}
