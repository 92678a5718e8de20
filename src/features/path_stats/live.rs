//! The part of a cell that lies on its live paths, and what is counted on it directly.

use super::MAX_OPS;
use crate::graph::{Cell, Op, Site};

/// A number for each node.
type Nodes = [u32; Cell::SMALL_NODES];

/// An edge on a live path, with the operation that it brings: its own, or that of the node it
/// enters.
pub(super) type Step = (usize, usize, Option<Op>);

/// Where an operation occurs on live paths.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Places {
    /// The sum over live paths of how often it is on each.
    pub total: u32,
    /// On how many edges or nodes of live paths.
    pub live: u32,
    /// On how many of these right behind an input.
    pub at_input: u32,
    /// On how many of these right before the output.
    pub at_output: u32,
}

/// The live part of a cell.
///
/// A cell of 16 nodes has at most 2¹⁴ paths, so that no sum here leaves its type.
#[derive(Debug, Default)]
pub(super) struct LivePaths {
    /// The edges in topological order.
    pub steps: Vec<Step>,
    /// How many inputs the cell has; they are its first nodes.
    pub inputs: usize,
    /// How many nodes there are; the last is the output.
    pub nodes: usize,
    /// The number of live paths.
    pub paths: u32,
    /// From each node: the paths to the output, and the operations on all of them.
    paths_from: Nodes,
    ops_from: Nodes,
    /// For each operation.
    pub places: [Places; MAX_OPS],
    /// The nodes between inputs and output that have the same distance from the inputs, at most.
    pub width: u32,
}

impl LivePaths {
    /// Finds the live part of a cell.
    pub fn find(&mut self, cell: &Cell, zero: Option<Op>) {
        let nodes = cell.graph().raw_nodes();
        let brought = |to: usize, op: Option<Op>| op.or(nodes[to].weight);
        let is_zero = |op: Option<Op>| op.is_some() && op == zero;
        let (inputs, output) = (cell.inputs(), cell.output());
        (self.inputs, self.nodes) = (inputs, nodes.len());
        self.steps.clear();
        self.places = Default::default();
        (self.paths_from, self.ops_from) = Default::default();
        self.paths_from[output] = 1;
        for (from, to, op) in cell.edges().rev() {
            let op = brought(to, op);
            if !is_zero(op) {
                self.paths_from[from] += self.paths_from[to];
                let ops = if op.is_some() { self.paths_from[to] } else { 0 };
                self.ops_from[from] += self.ops_from[to] + ops;
            }
        }
        let mut paths_to = Nodes::default();
        let mut depth = [0_usize; Cell::SMALL_NODES];
        paths_to[..inputs].fill(1);
        for (from, to, op) in cell.edges() {
            let op = brought(to, op);
            let through = paths_to[from] * self.paths_from[to];
            if is_zero(op) || through == 0 {
                continue;
            }
            paths_to[to] += paths_to[from];
            depth[to] = depth[to].max(depth[from] + 1);
            if let Some(op) = op {
                self.places[op.index()].total += through;
            }
            self.steps.push((from, to, op));
        }
        self.paths = paths_to[output];
        match cell.site() {
            Site::Edges => self.count_edges(),
            Site::Nodes => self.count_nodes(cell),
        }
        let mut at_depth = Nodes::default();
        for node in inputs..output {
            at_depth[depth[node]] += u32::from(paths_to[node] > 0);
        }
        self.width = at_depth.into_iter().max().unwrap_or(0);
    }

    /// The places of operations that stand on edges.
    fn count_edges(&mut self) {
        for &(from, to, op) in &self.steps {
            if let Some(op) = op {
                let places = &mut self.places[op.index()];
                places.live += 1;
                places.at_input += u32::from(from < self.inputs);
                places.at_output += u32::from(to + 1 == self.nodes);
            }
        }
    }

    /// The places of operations that stand on nodes; a node counts once, whatever it reads.
    fn count_nodes(&mut self, cell: &Cell) {
        let (mut is_live, mut is_first, mut is_last) = (0_u32, 0_u32, 0_u32);
        for &(from, to, _) in &self.steps {
            is_live |= 1 << to;
            is_first |= u32::from(from < self.inputs) << to;
            is_last |= u32::from(to + 1 == self.nodes) << from;
        }
        for (node, op) in cell.node_ops().enumerate() {
            if let Some(op) = op {
                let places = &mut self.places[op.index()];
                places.live += is_live >> node & 1;
                places.at_input += is_first >> node & 1;
                places.at_output += is_last >> node & 1;
            }
        }
    }

    /// The live paths from an input.
    pub fn paths_from(&self, input: usize) -> u32 {
        self.paths_from[input]
    }

    /// The operations on all live paths from an input.
    pub fn ops_from(&self, input: usize) -> u32 {
        self.ops_from[input]
    }

    /// How many operations lie on live paths.
    pub fn ops(&self) -> u32 {
        self.places.iter().map(|places| places.live).sum()
    }
}
