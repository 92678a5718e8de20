//! The columns that a [`Layout`] has.

use crate::features::FeatureError;
use crate::graph::{Cell, Op};
use crate::space::{Architecture, Entries, Layout, Places};

/// The layout of the space of a network, if it has one.
pub(super) fn of_network(network: &Architecture) -> Option<Layout<'static>> {
    network.search_space()?.layout()
}

/// The names of the entries of the matrix, `edge_0_1`.
pub(super) fn entry_names(layout: &Layout) -> Vec<String> {
    let n = layout.nodes;
    let pairs = (0..n).flat_map(|from| (0..n).map(move |to| (from, to)));
    let is_column = |&(from, to): &(usize, usize)| match layout.entries {
        Entries::Same => false,
        Entries::Upper => from < to,
        Entries::Full => true,
    };
    pairs.filter(is_column).map(|(from, to)| format!("edge_{from}_{to}")).collect()
}

/// The names of the places of operations: `edge_0_1`, `node_1`, `stage_1` or `op_0`.
pub(super) fn place_names(layout: &Layout) -> Vec<String> {
    match layout.places {
        Places::Edges(edges, _) => {
            edges.iter().map(|(from, to)| format!("edge_{from}_{to}")).collect()
        }
        Places::Stages(count) => (1..=count).map(|stage| format!("stage_{stage}")).collect(),
        Places::Nodes(nodes) => nodes.iter().map(|node| format!("node_{node}")).collect(),
        Places::Listed(count) => (0..count).map(|place| format!("op_{place}")).collect(),
    }
}

/// Writes the entries of the matrix to the beginning of `row` and gives back the rest.
pub(super) fn write_entries<'a>(layout: &Layout, cell: &Cell, row: &'a mut [f64]) -> &'a mut [f64] {
    let n = layout.nodes;
    let width = match layout.entries {
        Entries::Same => return row,
        Entries::Upper => n * (n - 1) / 2,
        Entries::Full => n * n,
    };
    let (entries, rest) = row.split_at_mut(width.min(row.len()));
    entries.fill(0.0);
    for (from, to, _) in cell.edges() {
        let to = if to == cell.output() { n - 1 } else { to };
        let entry = match layout.entries {
            // The rows above this one have n − 1, n − 2, … entries.
            Entries::Upper => from * (2 * n - from - 1) / 2 + to - from - 1,
            Entries::Same | Entries::Full => from * n + to,
        };
        if let Some(entry) = entries.get_mut(entry) {
            *entry = 1.0;
        }
    }
    rest
}

/// The number of an operation in the space's tuples; 0 if it is missing.
pub(super) fn id(layout: &Layout, op: Option<Op>) -> f64 {
    op.and_then(|op| layout.ids.get(op.index())).map_or(0.0, |&id| f64::from(id))
}

/// Refuses cells with another number of operations than the layout of their space, where this lists them.
pub(super) fn check(family: &'static str, network: &Architecture) -> Result<(), FeatureError> {
    let Some(Layout { places: Places::Listed(expected), .. }) = of_network(network) else {
        return Ok(());
    };
    let ops = |cell: &Cell| cell.edges().filter(|edge| edge.2.is_some()).count();
    match network.cells().iter().map(ops).find(|&found| found != expected) {
        Some(found) => Err(FeatureError::OtherParts { family, found, expected }),
        None => Ok(()),
    }
}
