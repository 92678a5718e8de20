//! Networks that differ in one operation or one edge.

use std::fmt;

use super::{Architecture, EncodingError, SearchSpace};
use crate::graph::{Cell, Op, Site};

/// An edge: where it starts, where it ends, its operation.
type Edge = (usize, usize, Option<Op>);

/// Where an operation stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpPlace {
    /// On a node.
    Node(usize),
    /// On an edge.
    Edge(usize, usize),
}

/// What is done to a cell. Nodes are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// An operation takes the place of another.
    Replace(OpPlace, Op, Op),
    /// An edge into the first node starts at the third instead of the second.
    Move(usize, usize, usize),
    /// There is an edge more.
    Add(usize, usize),
    /// There is an edge less.
    Remove(usize, usize),
}

/// A change of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The cell, counted from 0.
    pub cell: usize,
    /// What is done to it.
    pub edit: Edit,
}

impl Change {
    /// The change in words, with the names of a space.
    pub fn words<'a>(&'a self, space: &'a dyn SearchSpace) -> impl fmt::Display + 'a {
        Words { change: self, space }
    }
}

struct Words<'a> {
    change: &'a Change,
    space: &'a dyn SearchSpace,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let name = |op: Op| self.space.operations().get(op.index()).copied().unwrap_or("?");
        if let Some(shape) = self.space.cells().get(self.change.cell) {
            out.write_str(shape.prefix)?; // `normal.`, or nothing
        }
        match self.change.edit {
            Edit::Replace(OpPlace::Node(node), old, new) => {
                write!(out, "node {node}: {} -> {}", name(old), name(new))
            }
            Edit::Replace(OpPlace::Edge(from, to), old, new) => {
                write!(out, "edge {from}-{to}: {} -> {}", name(old), name(new))
            }
            Edit::Move(to, old, new) => write!(out, "node {to}: reads node {new} instead of {old}"),
            Edit::Add(from, to) => write!(out, "edge {from}-{to}: added"),
            Edit::Remove(from, to) => write!(out, "edge {from}-{to}: removed"),
        }
    }
}

/// Every network of a space that differs from another one in one operation or one edge. Each is written in the first
/// encoding of the space and read back, so that it keeps all rules; what does not come back as it was made is left out.
///
/// # Errors
///
/// [`EncodingError`] if the space cannot write the network itself.
///
/// # Complexity
///
/// O(places · operations + nodes² · edges) networks, each written and read.
pub(super) fn of<S: SearchSpace + ?Sized>(
    space: &S,
    network: &Architecture,
) -> Result<Vec<(Change, Architecture)>, EncodingError> {
    let Some(encoding) = space.encodings().first() else { return Ok(Vec::new()) };
    (encoding.write)(network)?;
    let mut found = Vec::new();
    for (place, cell) in network.cells().iter().enumerate() {
        for (edit, changed) in edits(cell, space.operations().len()) {
            let mut cells = network.cells.clone();
            cells[place] = changed;
            let made = Architecture { cells, ..*network };
            let Ok(text) = (encoding.write)(&made) else { continue };
            let Ok(again) = space.read(&text) else { continue };
            let output = network.cells()[place].output();
            let keeps_output = !matches!(edit, Edit::Move(to, ..) if to != output);
            if is_same(&made, &again, keeps_output) {
                found.push((Change { cell: place, edit }, again));
            }
        }
    }
    Ok(found)
}

/// The cells that one edit makes of a cell, and the edits.
fn edits(cell: &Cell, operations: usize) -> Vec<(Edit, Cell)> {
    let nodes: Vec<Option<Op>> = cell.node_ops().collect();
    let edges: Vec<Edge> = cell.edges().collect();
    let mut found = Vec::new();
    let mut keep = |edit: Edit, nodes: &[Option<Op>], edges: &[Edge]| {
        found.extend(Cell::new(cell.site(), cell.inputs(), nodes, edges).map(|cell| (edit, cell)));
    };
    let others = |old: Op| {
        let all = (0..operations).filter_map(|op| u8::try_from(op).ok()).map(Op);
        all.filter(move |new| *new != old)
    };
    for (node, old) in nodes.iter().enumerate().filter_map(|(node, op)| Some((node, (*op)?))) {
        for new in others(old) {
            let mut nodes = nodes.clone();
            nodes[node] = Some(new);
            keep(Edit::Replace(OpPlace::Node(node), old, new), &nodes, &edges);
        }
    }
    for (place, &(from, to, op)) in edges.iter().enumerate() {
        for (old, new) in op.into_iter().flat_map(|old| others(old).map(move |new| (old, new))) {
            let mut edges = edges.clone();
            edges[place].2 = Some(new);
            keep(Edit::Replace(OpPlace::Edge(from, to), old, new), &nodes, &edges);
        }
        for source in (0..to).filter(|&source| source != from && cell.edge_op(source, to).is_none())
        {
            let mut edges = edges.clone();
            edges[place].0 = source;
            keep(Edit::Move(to, from, source), &nodes, &edges);
        }
    }
    if cell.site() == Site::Nodes {
        for to in 1..nodes.len() {
            for from in 0..to {
                let mut edges = edges.clone();
                let place = edges.iter().position(|edge| (edge.0, edge.1) == (from, to));
                let edit = if let Some(place) = place {
                    edges.remove(place);
                    Edit::Remove(from, to)
                } else {
                    edges.push((from, to, None));
                    Edit::Add(from, to)
                };
                // Edges into a node stand before those out of it, which lead further.
                edges.sort_by_key(|edge| edge.1);
                keep(edit, &nodes, &edges);
            }
        }
    }
    found
}

/// Whether two networks have the same operations on nodes and the same edges, whatever their order; those that gather
/// results in the output may follow from the others.
fn is_same(one: &Architecture, other: &Architecture, keeps_output: bool) -> bool {
    let edges = |cell: &Cell| {
        let gathers = |edge: &Edge| edge.1 == cell.output() && edge.2.is_none();
        let mut edges: Vec<Edge> =
            cell.edges().filter(|edge| keeps_output || !gathers(edge)).collect();
        edges.sort_unstable();
        edges
    };
    let mut pairs = one.cells().iter().zip(other.cells());
    one.cells().len() == other.cells().len()
        && pairs
            .all(|(one, other)| one.node_ops().eq(other.node_ops()) && edges(one) == edges(other))
}

#[cfg(test)]
mod tests {
    use crate::space::{SPACES, by_name};

    fn neighbours(space: &str, text: &str) -> Vec<String> {
        let space = by_name(space).unwrap();
        let found = space.neighbours(&space.read(text).unwrap()).unwrap();
        found.iter().map(|(change, _)| change.words(space).to_string()).collect()
    }

    #[test]
    fn operations_on_edges_that_are_fixed() {
        let found = neighbours("nasbench201", "(4, 0, 3, 1, 4, 3)");
        assert_eq!(found.len(), 6 * 4);
        assert!(found.contains(&"edge 0-1: avg_pool_3x3 -> none".to_owned()), "{found:?}");
        assert_eq!(neighbours("transbench101-macro", "(1, 2, 3, 4)").len(), 4 * 3);
    }

    #[test]
    fn two_cells_whose_nodes_read_others() {
        let cell = "((0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (1, 0))";
        let found = neighbours("nasbench301", &format!("({cell}, {cell})"));
        // Node k can read k nodes, k − 2 others for each of its two edges.
        assert_eq!(found.len(), 2 * (8 * 6 + 2 * (1 + 2 + 3)));
        assert!(
            found.contains(&"reduce.node 4: reads node 3 instead of 1".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn edges_that_are_free() {
        // input → conv3x3 → output.
        let found = neighbours("nasbench101", "(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 4, 1)");
        assert_eq!(
            found,
            [
                "node 1: conv3x3-bn-relu -> maxpool3x3",
                "node 1: conv3x3-bn-relu -> conv1x1-bn-relu",
                "node 2: reads node 0 instead of 1",
                "edge 0-2: added",
            ]
        );
        let found = neighbours("nasbench-graph", "0012:gcn|gat|skip|fc");
        let moves = found.iter().filter(|change| change.contains("reads")).count();
        assert_eq!((found.len(), moves), (4 * 8 + 1 + 2 + 3, 6), "{found:?}");
    }

    #[test]
    fn each_differs_and_can_be_read() {
        for space in SPACES {
            let network = space.read(space.example()).unwrap();
            let found = space.neighbours(&network).unwrap();
            assert!(!found.is_empty(), "{}", space.name());
            assert!(found.iter().all(|(_, other)| *other != network), "{}", space.name());
        }
    }
}
