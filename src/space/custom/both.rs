//! Operations on nodes and edges of one cell: a node with an operation is an edge with it, between two nodes.

use super::super::list;
use super::check::{Fault, fault, item};
use super::description::{Description, EdgeList};
use crate::graph::{Cell, Site};
use crate::table::clip;

/// Puts the operations of nodes on edges. Inputs and output have none.
pub(super) fn lower(space: &mut Description) -> Result<(), Fault> {
    let node_ops = std::mem::take(&mut space.node_ops);
    if node_ops.is_empty() {
        return Ok(());
    }
    let EdgeList::Fixed(edges) = &mut space.edges else {
        return Err(fault(
            "node_ops",
            "goes with edges that are the same in every cell; list them",
        ));
    };
    if space.ops_on == Site::Nodes {
        let reason =
            "the operations stand on nodes already; leave it out, or write ops_on = \"edges\"";
        return Err(fault("node_ops", reason));
    }
    if let Some(place) = node_ops.iter().position(|op| !space.ops.contains(op)) {
        let reason =
            format!("`{}` is none of the ops ({})", clip(&node_ops[place]), list(&space.ops));
        return Err(item("node_ops", place, reason));
    }
    let inputs = space.inputs.len();
    let inner = space.nodes - 1 - inputs;
    if inputs + 2 * inner + 1 > Cell::MAX_NODES {
        let most = (Cell::MAX_NODES - 1 - inputs) / 2;
        let reason = format!("{inner} nodes with an operation; a cell has at most {most} of them");
        return Err(fault("nodes", reason));
    }
    let others: Vec<_> = space.ops.iter().filter(|op| !node_ops.contains(op)).cloned().collect();
    if space.choices.is_none() {
        if others.is_empty() {
            return Err(fault(
                "node_ops",
                "no operation is left for the edges; name one more in ops",
            ));
        }
        let mut choices = vec![others; edges.len()];
        choices.extend(vec![node_ops; inner]);
        space.choices = Some(choices);
    }
    let enters = |node: usize| if node < inputs { node } else { 2 * node - inputs };
    for (from, to) in edges.iter_mut() {
        *from = enters(*from) + usize::from(*from >= inputs);
        *to = enters(*to);
    }
    edges.extend((0..inner).map(|node| (inputs + 2 * node, inputs + 2 * node + 1)));
    space.nodes = inputs + 2 * inner + 1;
    Ok(())
}
