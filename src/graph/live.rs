//! The live part of a cell as a graph of its own, in which every operation stands on an edge.

use smallvec::SmallVec;

use super::{Cell, Op};

/// A number for each node. Those of a small cell need no memory of their own.
pub(crate) type Nodes = SmallVec<[f64; 36]>;

/// An edge on a live path.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// Where it starts.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The place of its operation in the space's list; `None` if it only carries data.
    pub op: Option<usize>,
}

/// The live part of a cell: what lies on a path from an input to the output without a zero
/// operation.
///
/// - An operation of a node stands on an edge from where the node reads to where it is read.
/// - A cell with several inputs has a source before them, with an edge to each that is live.
///
/// Numbers of paths are whole numbers, exact up to 2⁵³; a cell of 16 nodes has up to 2¹⁴.
#[derive(Debug)]
pub struct Live {
    /// The edges in topological order: those into a node stand before those out of it.
    pub edges: Vec<Edge>,
    /// Where all paths start.
    pub source: usize,
    /// Where all paths end.
    pub sink: usize,
    /// For each node the number of paths from the source to it.
    pub(crate) paths_to: Nodes,
    /// For each node the number of paths from it to the sink.
    pub(crate) paths_from: Nodes,
}

impl Default for Live {
    /// A cell without a live path.
    fn default() -> Self {
        let (paths_to, paths_from) = (SmallVec::from_elem(0.0, 2), SmallVec::from_elem(0.0, 2));
        Live { edges: Vec::new(), source: 0, sink: 1, paths_to, paths_from }
    }
}

impl Live {
    /// Finds the live part of a cell.
    pub fn find(&mut self, cell: &Cell, zero: Option<Op>) {
        self.split(cell, zero);
        // A node with an operation is two, and there may be a source before the inputs.
        let nodes = 2 * cell.nodes() + 1;
        for paths in [&mut self.paths_from, &mut self.paths_to] {
            paths.clear();
            paths.resize(nodes, 0.0);
        }
        self.paths_from[self.sink] = 1.0;
        for edge in self.edges.iter().rev() {
            self.paths_from[edge.from] += self.paths_from[edge.to];
        }
        self.paths_to[self.source] = 1.0;
        let (paths_to, paths_from) = (&mut self.paths_to, &self.paths_from);
        self.edges.retain(|edge| {
            paths_to[edge.to] += paths_to[edge.from];
            paths_to[edge.from] > 0.0 && paths_from[edge.to] > 0.0
        });
    }

    /// Lists the edges, dead ones too.
    fn split(&mut self, cell: &Cell, zero: Option<Op>) {
        let nodes = cell.graph().raw_nodes();
        let inputs = cell.inputs();
        self.edges.clear();
        self.sink = cell.output();
        self.source = 0;
        if inputs > 1 {
            self.source = 2 * nodes.len();
            let wire = |to| Edge { from: self.source, to, op: None };
            self.edges.extend((0..inputs).map(wire));
        }
        let mut is_left = 0_u128; // a bit for each node that an edge has left already
        for (from, to, op) in cell.edges() {
            let mut start = from;
            if let Some(on_node) = nodes[from].weight {
                start = from + nodes.len();
                if is_left >> from & 1 == 0 && Some(on_node) != zero {
                    self.edges.push(Edge { from, to: start, op: Some(on_node.index()) });
                }
                is_left |= 1 << from;
            }
            if op.is_none() || op != zero {
                self.edges.push(Edge { from: start, to, op: op.map(Op::index) });
            }
        }
    }

    /// A zero for each node.
    pub(crate) fn zeros(&self) -> Nodes {
        SmallVec::from_elem(0.0, self.paths_to.len())
    }

    /// The number of live paths.
    pub fn paths(&self) -> f64 {
        self.paths_to[self.sink]
    }

    /// How many live paths use an edge.
    pub fn paths_over(&self, edge: &Edge) -> f64 {
        self.paths_to[edge.from] * self.paths_from[edge.to]
    }

    /// A mean over the live paths, of a sum over them; 0 if there are none.
    pub fn mean(&self, sum: f64) -> f64 {
        let paths = self.paths();
        if paths > 0.0 { sum / paths } else { 0.0 }
    }
}

/// The live parts of the cells of an architecture, found once for all that ask. It keeps its room for the next one.
#[derive(Debug, Default)]
pub(crate) struct LiveCells {
    parts: Vec<Live>,
    /// How many belong to the architecture; 0 until somebody asks.
    found: usize,
}

impl LiveCells {
    /// Another architecture comes.
    pub fn forget(&mut self) {
        self.found = 0;
    }

    /// The live part of each cell.
    pub fn of(&mut self, cells: &[Cell], zero: Option<Op>) -> &[Live] {
        if self.found == 0 {
            self.found = cells.len();
            self.parts.resize_with(self.parts.len().max(self.found), Live::default);
            self.parts.iter_mut().zip(cells).for_each(|(live, cell)| live.find(cell, zero));
        }
        &self.parts[..self.found]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Site;

    fn edges(cell: &Cell, zero: Option<Op>) -> Vec<(usize, usize, Option<usize>)> {
        let mut live = Live::default();
        live.find(cell, zero);
        live.edges.iter().map(|edge| (edge.from, edge.to, edge.op)).collect()
    }

    #[test]
    fn a_node_with_an_operation_is_an_edge() {
        // 0→1→3 and 0→3; 2 is a dead end.
        let ops = [None, Some(Op(4)), Some(Op(5)), None];
        let cell = [(0, 1, None), (0, 2, None), (0, 3, None), (1, 3, None)];
        let cell = Cell::new(Site::Nodes, 1, &ops, &cell).unwrap();
        assert_eq!(edges(&cell, None), [(0, 1, None), (0, 3, None), (1, 5, Some(4)), (5, 3, None)]);
        assert_eq!(edges(&cell, Some(Op(4))), [(0, 3, None)]);
    }

    #[test]
    fn inputs_have_a_source_before_them() {
        // From the input 1 only a zero operation leads on.
        let op = |op| Some(Op(op));
        let cell = [(0, 2, op(1)), (1, 2, op(0)), (2, 3, None)];
        let cell = Cell::new(Site::Edges, 2, &[None; 4], &cell).unwrap();
        assert_eq!(edges(&cell, op(0)), [(8, 0, None), (0, 2, Some(1)), (2, 3, None)]);
        assert_eq!(edges(&cell, op(1)), [(8, 1, None), (1, 2, Some(0)), (2, 3, None)]);
    }
}
