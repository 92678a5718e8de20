//! Where the parts of a cell stand in an encoding, for each space that has encodings.

use std::ops::RangeInclusive;

use crate::cell::{Cell, Op};

/// How the cells of a space are laid out.
#[derive(Debug)]
pub(super) struct Layout {
    /// The nodes of a cell. One with fewer is filled up with nodes before its output that have
    /// neither an operation nor an edge.
    nodes: usize,
    matrix: Matrix,
    places: Places,
    /// The operations in the order of their indicators.
    pub indicators: &'static [u8],
    /// Whether operations have indicators; `NASLib` writes the ids of DARTS instead.
    pub has_indicators: bool,
    /// The id of the first operation in the space's tuples. 0 stands for a missing one if that is
    /// not the id of an operation.
    first_id: u8,
    /// Whether "missing" has an indicator, before those of the operations.
    pub missing: bool,
    /// The paths, if there is more than one to choose from.
    pub paths: Option<Paths>,
}

/// The paths from an input to the output.
#[derive(Debug)]
pub(super) struct Paths {
    /// The operations in the order of their digits.
    pub digits: &'static [u8],
    /// How many operations a path can have.
    pub lengths: RangeInclusive<u32>,
}

/// Which entries of the adjacency matrix are columns.
#[derive(Debug)]
enum Matrix {
    /// None: all cells have the same edges.
    Same,
    /// Those above the diagonal, row by row.
    Upper,
    /// All, row by row.
    Full,
}

/// Where the operations stand.
#[derive(Debug)]
enum Places {
    /// On these edges.
    Edges(&'static [(usize, usize)]),
    /// On so many edges of a chain.
    Stages(usize),
    /// On the nodes between the input and the output.
    Nodes,
    /// On so many edges, in the order in which they are written.
    Listed(usize),
}

const NASBENCH101: Layout = Layout {
    nodes: 7,
    matrix: Matrix::Upper,
    places: Places::Nodes,
    indicators: &[0, 2, 1],
    has_indicators: true,
    first_id: 2,
    missing: false,
    paths: Some(Paths { digits: &[2, 1, 0], lengths: 0..=5 }),
};

const NASBENCH201: Layout = Layout {
    nodes: 4,
    matrix: Matrix::Same,
    places: Places::Edges(&[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]),
    indicators: &[0, 1, 2, 3, 4],
    has_indicators: true,
    first_id: 0,
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3, 4], lengths: 1..=3 }),
};

const NASBENCH301: Layout = Layout {
    nodes: 7,
    matrix: Matrix::Full,
    places: Places::Listed(8),
    indicators: &[0, 1, 2, 3, 4, 5, 6],
    has_indicators: false,
    first_id: 0,
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3, 4, 5, 6], lengths: 1..=4 }),
};

const TRANSBENCH_MICRO: Layout = Layout {
    nodes: 4,
    matrix: Matrix::Same,
    places: Places::Edges(&[(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]),
    indicators: &[0, 1, 2, 3],
    has_indicators: true,
    first_id: 0,
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3], lengths: 1..=3 }),
};

const TRANSBENCH_MACRO: Layout = Layout {
    nodes: 7,
    matrix: Matrix::Same,
    places: Places::Stages(6),
    indicators: &[0, 1, 2, 3],
    has_indicators: true,
    first_id: 1,
    missing: true,
    paths: None,
};

const NASBENCH_GRAPH: Layout = Layout {
    nodes: 6,
    matrix: Matrix::Upper,
    places: Places::Nodes,
    indicators: &[0, 1, 2, 3, 4, 5, 6, 7, 8],
    has_indicators: true,
    first_id: 0,
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3, 4, 5, 6, 7, 8], lengths: 1..=4 }),
};

impl Layout {
    /// The layout of the space of that name, if it has one.
    pub fn of(space: &str) -> Option<&'static Layout> {
        match space {
            "nasbench101" => Some(&NASBENCH101),
            "nasbench201" => Some(&NASBENCH201),
            "nasbench301" => Some(&NASBENCH301),
            "transbench101-micro" => Some(&TRANSBENCH_MICRO),
            "transbench101-macro" => Some(&TRANSBENCH_MACRO),
            "nasbench-graph" => Some(&NASBENCH_GRAPH),
            _ => None,
        }
    }

    /// The names of the entries of the matrix, `edge_0_1`.
    pub fn entry_names(&self) -> Vec<String> {
        let n = self.nodes;
        let pairs = (0..n).flat_map(|from| (0..n).map(move |to| (from, to)));
        let is_column = |&(from, to): &(usize, usize)| match self.matrix {
            Matrix::Same => false,
            Matrix::Upper => from < to,
            Matrix::Full => true,
        };
        pairs.filter(is_column).map(|(from, to)| format!("edge_{from}_{to}")).collect()
    }

    /// The names of the places of operations: `edge_0_1`, `node_1`, `stage_1` or `op_0`.
    pub fn place_names(&self) -> Vec<String> {
        match self.places {
            Places::Edges(edges) => {
                edges.iter().map(|(from, to)| format!("edge_{from}_{to}")).collect()
            }
            Places::Stages(count) => (1..=count).map(|stage| format!("stage_{stage}")).collect(),
            Places::Nodes => (1..self.nodes - 1).map(|node| format!("node_{node}")).collect(),
            Places::Listed(count) => (0..count).map(|place| format!("op_{place}")).collect(),
        }
    }

    /// Writes the entries of the matrix to the beginning of `row` and gives back the rest.
    pub fn write_entries<'a>(&self, cell: &Cell, row: &'a mut [f64]) -> &'a mut [f64] {
        let n = self.nodes;
        let width = match self.matrix {
            Matrix::Same => return row,
            Matrix::Upper => n * (n - 1) / 2,
            Matrix::Full => n * n,
        };
        let (entries, rest) = row.split_at_mut(width.min(row.len()));
        entries.fill(0.0);
        for (from, to, _) in cell.edges() {
            let to = if to == cell.output() { n - 1 } else { to };
            let entry = match self.matrix {
                // The rows above this one have n − 1, n − 2, … entries.
                Matrix::Upper => from * (2 * n - from - 1) / 2 + to - from - 1,
                Matrix::Same | Matrix::Full => from * n + to,
            };
            if let Some(entry) = entries.get_mut(entry) {
                *entry = 1.0;
            }
        }
        rest
    }

    /// The operation at a place; `None` if it is missing.
    pub fn op_at(&self, cell: &Cell, place: usize) -> Option<Op> {
        match self.places {
            Places::Edges(edges) => {
                edges.get(place).and_then(|&(from, to)| cell.edge_op(from, to).flatten())
            }
            Places::Stages(_) => cell.edge_op(place, place + 1).flatten(),
            Places::Nodes => cell.node_ops().nth(place + 1).flatten(),
            Places::Listed(_) => cell.edges().filter_map(|edge| edge.2).nth(place),
        }
    }

    /// The number of an operation in the space's tuples; 0 if it is missing.
    pub fn id(&self, op: Option<Op>) -> f64 {
        op.map_or(0.0, |op| f64::from(op.0 + self.first_id))
    }
}
