//! Where the parts of a cell stand in an encoding: written down for each registered space, worked out
//! for those that a file describes.

use std::ops::RangeInclusive;

use crate::features::FeatureError;
use crate::graph::{Cell, Op, Site};
use crate::space::{Architecture, Described, SearchSpace};

/// How the cells of a space are laid out.
#[derive(Debug, Clone)]
pub(super) struct Layout<'a> {
    /// The nodes of a cell. One with fewer is filled up with nodes before its output that have
    /// neither an operation nor an edge.
    nodes: usize,
    matrix: Matrix,
    places: Places<'a>,
    /// The operations in the order of their indicators.
    pub indicators: &'a [u8],
    /// Whether operations have indicators; `NASLib` writes the ids of DARTS instead.
    pub has_indicators: bool,
    /// The ids of the operations in the space's tuples. 0 stands for a missing one if that is not
    /// the id of an operation.
    ids: &'a [u32],
    /// Whether "missing" has an indicator, before those of the operations.
    pub missing: bool,
    /// The paths, if there is more than one to choose from.
    pub paths: Option<Paths<'a>>,
}

/// The paths from an input to the output.
#[derive(Debug, Clone)]
pub(super) struct Paths<'a> {
    /// The operations in the order of their digits.
    pub digits: &'a [u8],
    /// How many operations a path can have.
    pub lengths: RangeInclusive<u32>,
}

/// Which entries of the adjacency matrix are columns.
#[derive(Debug, Clone, Copy)]
enum Matrix {
    /// None: all cells have the same edges.
    Same,
    /// Those above the diagonal, row by row.
    Upper,
    /// All, row by row.
    Full,
}

/// Where the operations stand.
#[derive(Debug, Clone, Copy)]
enum Places<'a> {
    /// On these edges.
    Edges(&'a [(usize, usize)]),
    /// On so many edges of a chain.
    Stages(usize),
    /// On these nodes, as far as a cell has them.
    Nodes(&'a [usize]),
    /// On so many edges, in the order in which they are written.
    Listed(usize),
}

/// All operations that a space can have, in their order.
const ALL: [u8; 32] = {
    let mut ops = [0; 32];
    let mut op: u8 = 0;
    while op < 32 {
        ops[op as usize] = op;
        op += 1;
    }
    ops
};

/// The most columns of `path` in a space that a file describes.
const MOST_PATHS: u64 = 20_000;

const NASBENCH101: Layout = Layout {
    nodes: 7,
    matrix: Matrix::Upper,
    places: Places::Nodes(&[1, 2, 3, 4, 5]),
    indicators: &[0, 2, 1],
    has_indicators: true,
    ids: &[2, 3, 4],
    missing: false,
    paths: Some(Paths { digits: &[2, 1, 0], lengths: 0..=5 }),
};

const NASBENCH201: Layout = Layout {
    nodes: 4,
    matrix: Matrix::Same,
    places: Places::Edges(&[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]),
    indicators: &[0, 1, 2, 3, 4],
    has_indicators: true,
    ids: &[0, 1, 2, 3, 4],
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3, 4], lengths: 1..=3 }),
};

const NASBENCH301: Layout = Layout {
    nodes: 7,
    matrix: Matrix::Full,
    places: Places::Listed(8),
    indicators: &[0, 1, 2, 3, 4, 5, 6],
    has_indicators: false,
    ids: &[0, 1, 2, 3, 4, 5, 6],
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3, 4, 5, 6], lengths: 1..=4 }),
};

const TRANSBENCH_MICRO: Layout = Layout {
    nodes: 4,
    matrix: Matrix::Same,
    places: Places::Edges(&[(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]),
    indicators: &[0, 1, 2, 3],
    has_indicators: true,
    ids: &[0, 1, 2, 3],
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3], lengths: 1..=3 }),
};

const TRANSBENCH_MACRO: Layout = Layout {
    nodes: 7,
    matrix: Matrix::Same,
    places: Places::Stages(6),
    indicators: &[0, 1, 2, 3],
    has_indicators: true,
    ids: &[1, 2, 3, 4],
    missing: true,
    paths: None,
};

const NASBENCH_GRAPH: Layout = Layout {
    nodes: 6,
    matrix: Matrix::Upper,
    places: Places::Nodes(&[1, 2, 3, 4]),
    indicators: &[0, 1, 2, 3, 4, 5, 6, 7, 8],
    has_indicators: true,
    ids: &[0, 1, 2, 3, 4, 5, 6, 7, 8],
    missing: false,
    paths: Some(Paths { digits: &[0, 1, 2, 3, 4, 5, 6, 7, 8], lengths: 1..=4 }),
};

impl Layout<'_> {
    /// The layout of a space, if it has one.
    pub fn of(space: &dyn SearchSpace) -> Option<Layout<'_>> {
        Self::find(space.name(), space.described())
    }

    /// The layout of the space of a network, if it has one.
    pub fn of_network(network: &Architecture) -> Option<Layout<'_>> {
        Self::find(network.space(), network.described())
    }

    fn find<'a>(space: &str, described: Option<&'a Described>) -> Option<Layout<'a>> {
        if let Some(described) = described {
            return Some(Layout::of_described(described));
        }
        match space {
            "nasbench101" => Some(NASBENCH101),
            "nasbench201" => Some(NASBENCH201),
            "nasbench301" => Some(NASBENCH301),
            "transbench101-micro" => Some(TRANSBENCH_MICRO),
            "transbench101-macro" => Some(TRANSBENCH_MACRO),
            "nasbench-graph" => Some(NASBENCH_GRAPH),
            _ => None,
        }
    }

    fn of_described(space: &Described) -> Layout<'_> {
        let ops = &ALL[..space.ids().len().min(ALL.len())];
        let longest = *space.path_lengths().end();
        // The empty path has a column only where a path can be empty.
        let lengths = (*space.path_lengths().start()).min(1)..=longest;
        let columns = lengths.clone().try_fold(0_u64, |sum, length| {
            sum.checked_add((ops.len() as u64).checked_pow(length)?)
        });
        let are_few = columns.is_some_and(|columns| columns <= MOST_PATHS);
        Layout {
            nodes: space.description().nodes,
            matrix: if space.is_free() { Matrix::Upper } else { Matrix::Same },
            places: match space.description().ops_on {
                Site::Edges => Places::Edges(space.edges()),
                Site::Nodes => Places::Nodes(space.order()),
            },
            indicators: ops,
            has_indicators: true,
            ids: space.ids(),
            missing: false,
            paths: (are_few && !space.is_chain()).then_some(Paths { digits: ops, lengths }),
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
            Places::Nodes(nodes) => nodes.iter().map(|node| format!("node_{node}")).collect(),
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

    /// Refuses cells with another number of operations, where these are listed.
    pub fn check(&self, family: &'static str, network: &Architecture) -> Result<(), FeatureError> {
        let Places::Listed(expected) = self.places else { return Ok(()) };
        let counts =
            network.cells().iter().map(|cell| cell.edges().filter(|edge| edge.2.is_some()).count());
        match counts.into_iter().find(|&found| found != expected) {
            Some(found) => Err(FeatureError::OtherParts { family, found, expected }),
            None => Ok(()),
        }
    }

    /// The operation at a place; `None` if it is missing.
    pub fn op_at(&self, cell: &Cell, place: usize) -> Option<Op> {
        match self.places {
            Places::Edges(edges) => {
                edges.get(place).and_then(|&(from, to)| cell.edge_op(from, to).flatten())
            }
            Places::Stages(_) => cell.edge_op(place, place + 1).flatten(),
            Places::Nodes(nodes) => {
                nodes.get(place).and_then(|&node| cell.node_ops().nth(node).flatten())
            }
            Places::Listed(_) => cell.edges().filter_map(|edge| edge.2).nth(place),
        }
    }

    /// The number of an operation in the space's tuples; 0 if it is missing.
    pub fn id(&self, op: Option<Op>) -> f64 {
        op.and_then(|op| self.ids.get(op.index())).map_or(0.0, |&id| f64::from(id))
    }
}
