//! Where the parts of a cell stand in an encoding of its matrix and operations.

use std::ops::RangeInclusive;

use crate::graph::{Cell, Op};

/// How the cells of a space are laid out as a matrix and a list of operations.
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    /// The nodes of a cell. One with fewer is filled up with nodes before its output that have
    /// neither an operation nor an edge.
    pub nodes: usize,
    /// The entries of the adjacency matrix that tell cells apart.
    pub entries: Entries,
    /// Where the operations stand.
    pub places: Places<'a>,
    /// The operations in the order of their indicators.
    pub indicators: &'a [u8],
    /// Whether operations have indicators; `NASLib` writes the ids of DARTS instead.
    pub has_indicators: bool,
    /// The ids of the operations in the space's tuples. 0 stands for a missing one if that is not
    /// the id of an operation.
    pub ids: &'a [u32],
    /// Whether "missing" has an indicator, before those of the operations.
    pub missing: bool,
    /// The paths, if there is more than one to choose from.
    pub paths: Option<PathOrder<'a>>,
}

/// The paths from an input to the output, in an order.
#[derive(Debug, Clone)]
pub struct PathOrder<'a> {
    /// The operations in the order of their digits.
    pub digits: &'a [u8],
    /// How many operations a path can have.
    pub lengths: RangeInclusive<u32>,
}

/// Which entries of the adjacency matrix tell cells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// None: all cells have the same edges.
    Same,
    /// Those above the diagonal, row by row.
    Upper,
    /// All, row by row.
    Full,
}

/// Where the operations stand.
#[derive(Debug, Clone, Copy)]
pub enum Places<'a> {
    /// On these edges, whose ranks among those of the cell are known (if not, they are looked up).
    Edges(&'a [(usize, usize)], &'a [usize]),
    /// On so many edges of a chain.
    Stages(usize),
    /// On these nodes, as far as a cell has them.
    Nodes(&'a [usize]),
    /// On so many edges, in the order in which they are written.
    Listed(usize),
}

impl Layout<'_> {
    /// The operation at a place; `None` if it is missing.
    pub fn op_at(&self, cell: &Cell, place: usize) -> Option<Op> {
        match self.places {
            Places::Edges(edges, ranks) => match ranks.get(place) {
                Some(&rank) => cell.edge_at(rank),
                None => edges.get(place).and_then(|&(from, to)| cell.edge_op(from, to).flatten()),
            },
            Places::Stages(_) => cell.edge_op(place, place + 1).flatten(),
            Places::Nodes(nodes) => {
                nodes.get(place).and_then(|&node| cell.node_ops().nth(node).flatten())
            }
            Places::Listed(_) => cell.edges().filter_map(|edge| edge.2).nth(place),
        }
    }
}
