//! A cell: the small directed acyclic graph that an architecture repeats.
//!
//! Every encoding of every search space ends here, and everything that asks about a network asks
//! this graph. Operations stand on the edges (NAS-Bench-201, TransNAS-Bench-101, DARTS) or on the
//! nodes (NAS-Bench-101, NAS-Bench-Graph); what carries no operation (an input, an output, the
//! edges that gather the results of a DARTS cell) has the weight `None`.

use petgraph::graph::DiGraph;
use smallvec::SmallVec;
use thiserror::Error;

/// An operation, as its place in [`SearchSpace::operations`](crate::space::SearchSpace::operations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Op(pub u8);

impl Op {
    /// The operation's place in its space's list.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Where the operations of a cell stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Site {
    /// On the edges: a node is a sum of what its edges bring.
    Edges,
    /// On the nodes: an edge only carries data.
    Nodes,
}

/// The graph of a cell. `u8` indices keep it small: a cell has at most [`Cell::MAX_NODES`] nodes.
pub type Graph = DiGraph<Option<Op>, Option<Op>, u8>;

/// A directed acyclic graph with one or more inputs and one output.
///
/// Nodes are numbered in a topological order: the inputs first, the output last. Edges are stored
/// in an order in which every edge into a node stands before every edge out of it, so that one run
/// over [`Graph::raw_edges`] is a topological walk.
#[derive(Debug, Clone)]
pub struct Cell {
    graph: Graph,
    site: Site,
    inputs: u8,
}

/// Nodes of a cell, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeSet(u128);

impl NodeSet {
    /// Whether a node is in it.
    pub fn contains(self, node: usize) -> bool {
        self.0 >> node & 1 == 1
    }

    /// Adds a node.
    pub fn insert(&mut self, node: usize) {
        self.0 |= 1 << node;
    }
}

/// Why a list of edges is not a [`Cell`]. Nodes are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CellError {
    /// An edge that does not lead to a later node.
    #[error("edge {from}→{to} runs backwards; every edge must lead to a later node")]
    Backward {
        /// Where the edge starts.
        from: usize,
        /// Where it ends.
        to: usize,
    },
    /// An edge to a node that the cell does not have.
    #[error("edge {from}→{to} leaves the cell, which has {nodes} nodes")]
    NoSuchNode {
        /// Where the edge starts.
        from: usize,
        /// Where it ends.
        to: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// An edge into a node that was already left by an earlier edge.
    #[error("edge {from}→{to} comes after an edge that leaves node {to}")]
    Order {
        /// Where the edge starts.
        from: usize,
        /// Where it ends.
        to: usize,
    },
    /// Too few or too many nodes.
    #[error("{nodes} nodes; a cell has an input, an output and at most {} nodes", Cell::MAX_NODES)]
    Nodes {
        /// How many nodes were given.
        nodes: usize,
    },
}

impl Cell {
    /// The most nodes a cell may have: those of a chain of 127 layers.
    pub const MAX_NODES: usize = 128;

    /// The most nodes of a cell whose paths are counted in small numbers: it has at most 2¹⁴.
    pub const SMALL_NODES: usize = 16;

    /// Builds a cell from the operations of its nodes and its edges `(from, to, operation)`.
    ///
    /// The first `inputs` nodes are the inputs, the last node is the output; both carry `None`.
    ///
    /// # Errors
    ///
    /// [`CellError`] if an edge runs backwards, leaves the cell or stands in the wrong order (see
    /// [`Cell`]), or if there are too few or too many nodes.
    ///
    /// # Complexity
    ///
    /// O(nodes + edges), two allocations.
    pub fn new(
        site: Site,
        inputs: usize,
        nodes: &[Option<Op>],
        edges: &[(usize, usize, Option<Op>)],
    ) -> Result<Self, CellError> {
        if inputs == 0 || nodes.len() <= inputs || nodes.len() > Self::MAX_NODES {
            return Err(CellError::Nodes { nodes: nodes.len() });
        }
        let mut graph = Graph::with_capacity(nodes.len(), edges.len());
        for &op in nodes {
            graph.add_node(op);
        }
        let mut left = 0_u128; // a bit for each node that an edge has left already
        for &(from, to, op) in edges {
            if to >= nodes.len() || from >= nodes.len() {
                let nodes = nodes.len();
                return Err(CellError::NoSuchNode { from, to, nodes });
            }
            if from >= to {
                return Err(CellError::Backward { from, to });
            }
            if left >> to & 1 == 1 {
                return Err(CellError::Order { from, to });
            }
            left |= 1 << from;
            graph.add_edge(node(from), node(to), op);
        }
        let inputs = u8::try_from(inputs).unwrap_or(u8::MAX);
        Ok(Cell { graph, site, inputs })
    }

    /// The petgraph graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Where the operations stand.
    pub fn site(&self) -> Site {
        self.site
    }

    /// How many nodes there are, inputs and output included.
    pub fn nodes(&self) -> usize {
        self.graph.node_count()
    }

    /// How many inputs there are; they are the nodes `0..inputs`.
    pub fn inputs(&self) -> usize {
        usize::from(self.inputs)
    }

    /// The output: the last node.
    pub fn output(&self) -> usize {
        self.graph.node_count() - 1
    }

    /// The edges as `(from, to, operation)`, in topological order.
    pub fn edges(&self) -> impl DoubleEndedIterator<Item = (usize, usize, Option<Op>)> + '_ {
        let ends = |edge: &petgraph::graph::Edge<Option<Op>, u8>| {
            (edge.source().index(), edge.target().index(), edge.weight)
        };
        self.graph.raw_edges().iter().map(ends)
    }

    /// The operation of a node, in the order of the nodes.
    pub fn node_ops(&self) -> impl Iterator<Item = Option<Op>> + '_ {
        self.graph.raw_nodes().iter().map(|node| node.weight)
    }

    /// All operations of the cell, wherever they stand.
    pub fn ops(&self) -> impl Iterator<Item = Op> + '_ {
        self.node_ops().chain(self.edges().map(|edge| edge.2)).flatten()
    }

    /// The operation of an edge by its place among [`Cell::edges`].
    pub fn edge_at(&self, place: usize) -> Option<Op> {
        self.graph.raw_edges().get(place).and_then(|edge| edge.weight)
    }

    /// The operation on the edge `from → to`: `None` if there is no such edge,
    /// `Some(None)` if it carries no operation.
    pub fn edge_op(&self, from: usize, to: usize) -> Option<Option<Op>> {
        let edge = self.graph.find_edge(node(from), node(to))?;
        self.graph.edge_weight(edge).copied()
    }

    /// How many edges of an input→output path carry no operation, its nodes' operations counted
    /// in: 0 with operations on all edges, 1 with operations on nodes (`k` nodes, `k + 1` edges),
    /// 1 in DARTS (the edge that gathers the intermediate nodes).
    pub fn silent_edges(&self) -> usize {
        match self.site {
            Site::Nodes => 1,
            Site::Edges => {
                let output = self.output();
                let silent = |(_, to, op): (usize, usize, Option<Op>)| to == output && op.is_none();
                usize::from(self.edges().any(silent))
            }
        }
    }

    /// The nodes that lie on a path from an input to the output.
    /// Edges for which `blocked` holds are not walked.
    pub fn live_nodes(&self, blocked: impl Fn(Option<Op>) -> bool) -> NodeSet {
        let mut from_input = NodeSet((1 << self.inputs()) - 1);
        let mut to_output = NodeSet(1 << self.output());
        for (from, to, op) in self.edges() {
            if from_input.contains(from) && !blocked(op) {
                from_input.insert(to);
            }
        }
        for (from, to, op) in self.edges().rev() {
            if to_output.contains(to) && !blocked(op) {
                to_output.insert(from);
            }
        }
        NodeSet(from_input.0 & to_output.0)
    }

    /// The cell without the nodes that lie on no input→output path. Inputs and output stay.
    ///
    /// # Errors
    ///
    /// Never for a cell of this crate; the result is checked like any other.
    pub fn pruned(&self) -> Result<Cell, CellError> {
        let mut live = self.live_nodes(|_| false);
        (0..self.inputs()).chain([self.output()]).for_each(|node| live.insert(node));
        let mut place: SmallVec<[usize; Self::SMALL_NODES]> = SmallVec::from_elem(0, self.nodes());
        let mut nodes = Vec::with_capacity(self.nodes());
        for (index, op) in self.node_ops().enumerate() {
            place[index] = nodes.len();
            if live.contains(index) {
                nodes.push(op);
            }
        }
        let kept = self.edges().filter(|&(from, to, _)| live.contains(from) && live.contains(to));
        let edges: Vec<_> = kept.map(|(from, to, op)| (place[from], place[to], op)).collect();
        Cell::new(self.site, self.inputs(), &nodes, &edges)
    }
}

/// Two cells are equal if they have the same nodes and the same edges, stored in the same order.
/// (Isomorphic cells need not be equal.)
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.site == other.site
            && self.inputs == other.inputs
            && self.node_ops().eq(other.node_ops())
            && self.edges().eq(other.edges())
    }
}

impl Eq for Cell {}

/// petgraph's index of a node; `Cell` has at most [`Cell::MAX_NODES`] of them.
fn node(index: usize) -> petgraph::graph::NodeIndex<u8> {
    petgraph::graph::NodeIndex::new(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Option<Op> = None;

    #[test]
    fn a_cell_keeps_its_nodes_and_edges() {
        let edges = [(0, 1, Some(Op(3))), (1, 2, Some(Op(1)))];
        let cell = Cell::new(Site::Edges, 1, &[NONE; 3], &edges).unwrap();
        assert_eq!((cell.nodes(), cell.inputs(), cell.output()), (3, 1, 2));
        assert_eq!(cell.edges().collect::<Vec<_>>(), edges);
        assert_eq!(cell.edge_op(0, 1), Some(Some(Op(3))));
        assert_eq!(cell.edge_op(0, 2), None);
        assert_eq!(cell.silent_edges(), 0);
    }

    #[test]
    fn bad_edges_are_refused() {
        let cell = |edges: &[_]| Cell::new(Site::Nodes, 1, &[NONE; 3], edges).unwrap_err();
        assert_eq!(cell(&[(1, 1, NONE)]), CellError::Backward { from: 1, to: 1 });
        assert_eq!(cell(&[(0, 3, NONE)]), CellError::NoSuchNode { from: 0, to: 3, nodes: 3 });
        assert_eq!(cell(&[(1, 2, NONE), (0, 1, NONE)]), CellError::Order { from: 0, to: 1 });
        let crowd = [NONE; Cell::MAX_NODES + 1];
        assert_eq!(Cell::new(Site::Nodes, 1, &crowd, &[]), Err(CellError::Nodes { nodes: 129 }));
        assert_eq!(Cell::new(Site::Nodes, 1, &[NONE], &[]), Err(CellError::Nodes { nodes: 1 }));
    }

    #[test]
    fn pruning_removes_what_no_path_uses() {
        // 0→1→4 is alive; 2 is a dead end, 3 has no source.
        let nodes = [NONE, Some(Op(0)), Some(Op(1)), Some(Op(2)), NONE];
        let edges = [(0, 1, NONE), (0, 2, NONE), (1, 4, NONE), (3, 4, NONE)];
        let cell = Cell::new(Site::Nodes, 1, &nodes, &edges).unwrap();
        let pruned = cell.pruned().unwrap();
        assert_eq!(pruned.ops().collect::<Vec<_>>(), [Op(0)]);
        assert_eq!(pruned.edges().count(), 2);
        assert_eq!(pruned.pruned().unwrap(), pruned);
    }
}
