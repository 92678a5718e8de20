//! A described space, ready for use.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::description::{Description, EdgeList};
use super::registry::{keep, keep_all};
use super::{encoding, free};
use crate::graph::{Cell, CellError, Op, Site};
use crate::space::{
    Architecture, CellShape, EncodingError, Entries, Layout, PathOrder, Places, SearchSpace,
};

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

/// The most columns of `path` for an input.
const MOST_PATHS: u64 = 20_000;

/// A search space that a file describes.
///
/// Where operations stand is called a *place*: the edges or nodes in the order of the tuple.
pub struct Described {
    pub(super) description: Description,
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) operations: &'static [&'static str],
    pub(super) zero: Option<Op>,
    pub(super) shape: CellShape,
    /// A network in the first encoding.
    pub(super) example: &'static str,
    /// How many numbers a tuple has, for messages.
    pub(super) lengths: &'static str,
    /// The operations that may stand at each place; none if edges are free.
    pub(super) choices: Vec<Vec<Op>>,
    /// The nodes between inputs and output in the order of the tuple, with operations on nodes.
    order: Vec<usize>,
    /// The edges as they are listed; none if they are free.
    edges: Vec<(usize, usize)>,
    /// The edges in topological order, each with its place in the list.
    sorted: Vec<(usize, usize, usize)>,
    /// With free edges: numbers of nodes and edges, and how many networks have that many or come
    /// before.
    pub(super) weights: Vec<free::Weight>,
    /// The space itself, once it is registered.
    pub(super) space: OnceLock<&'static dyn SearchSpace>,
}

impl fmt::Debug for Described {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.name)
    }
}

impl Described {
    /// Makes a space of a checked description, whose texts are kept for as long as the process runs.
    pub(super) fn new(description: Description) -> Result<Self, EncodingError> {
        let edges = match &description.edges {
            EdgeList::Fixed(edges) => edges.clone(),
            EdgeList::Word(_) => Vec::new(),
        };
        let mut sorted: Vec<_> =
            edges.iter().zip(0..).map(|(&(from, to), place)| (from, to, place)).collect();
        sorted.sort_unstable();
        let inner = description.inputs.len()..description.nodes - 1;
        let order = match (description.ops_on, &description.encoding.order) {
            (Site::Edges, _) => Vec::new(),
            (Site::Nodes, None) => inner.collect(),
            (Site::Nodes, Some(order)) => order.clone(),
        };
        let weights = free::weights(&description);
        let mut space = Described {
            name: keep(&description.name),
            summary: keep(&description.summary),
            operations: keep_all(&description.ops),
            zero: description.zero_op.as_ref().and_then(|zero| place_of(&description.ops, zero)),
            shape: CellShape {
                prefix: "",
                inputs: keep_all(&description.inputs),
                repeats: 1,
                silent_output: false,
            },
            example: "",
            lengths: keep(&encoding::lengths(&description)),
            choices: choices(&description, edges.len(), order.len()),
            order,
            edges,
            sorted,
            weights,
            space: OnceLock::new(),
            description,
        };
        let example = if space.is_free() {
            free::chain(&space)?
        } else {
            let op = |(place, choices): (usize, &Vec<Op>)| choices[place % choices.len()];
            space.cell(&space.choices.iter().enumerate().map(op).collect::<Vec<_>>())?
        };
        space.example = keep(&encoding::first(&space, &example)?);
        Ok(space)
    }

    /// The space's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The space that this is the description of.
    pub(in crate::space) fn search_space(&self) -> Option<&'static dyn SearchSpace> {
        self.space.get().copied()
    }

    /// What the file says, defaults written out.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Whether the edges are part of the encoding.
    pub fn is_free(&self) -> bool {
        self.description.is_free()
    }

    /// Whether every cell is a chain: one input, and one edge from each node to the next.
    pub fn is_chain(&self) -> bool {
        let is_step =
            |(node, edge): (usize, &(usize, usize, usize))| (edge.0, edge.1) == (node, node + 1);
        !self.sorted.is_empty()
            && self.sorted.len() + 1 == self.description.nodes
            && self.sorted.iter().enumerate().all(is_step)
    }

    /// How many networks there are: all that can be written, or with free edges those without dead
    /// nodes. `None` if there are too many to count.
    pub fn networks(&self) -> Option<u128> {
        if self.is_free() {
            return free::count(self);
        }
        let mut choices = self.choices.iter().map(|choices| choices.len() as u128);
        choices.try_fold(1, u128::checked_mul)
    }

    /// The ids of the operations in a tuple.
    pub fn ids(&self) -> &[u32] {
        &self.description.encoding.ids
    }

    /// How many places of operations there are; 0 if edges are free.
    pub fn places(&self) -> usize {
        self.choices.len()
    }

    /// The edges in the order of the tuple; none if they are free.
    pub fn edges(&self) -> &[(usize, usize)] {
        &self.edges
    }

    /// The nodes with operations in the order of the tuple; none with operations on edges.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// How many operations a path can have.
    pub fn path_lengths(&self) -> RangeInclusive<u32> {
        let silent = usize::from(self.description.ops_on == Site::Nodes);
        let mut found = [None::<(usize, usize)>; Cell::MAX_NODES];
        found[..self.shape.inputs.len()].fill(Some((0, 0)));
        let all = || {
            let nodes = 0..self.description.nodes;
            nodes.clone().flat_map(move |from| (from + 1..nodes.end).map(move |to| (from, to)))
        };
        let edges: Vec<_> = if self.is_free() {
            all().collect()
        } else {
            self.sorted.iter().map(|&(from, to, _)| (from, to)).collect()
        };
        for (from, to) in edges {
            let Some((shortest, longest)) = found[from] else { continue };
            let (least, most) = found[to].unwrap_or((usize::MAX, 0));
            found[to] = Some((least.min(shortest + 1), most.max(longest + 1)));
        }
        let (shortest, longest) = found[self.description.nodes - 1].unwrap_or_default();
        let count = |edges: usize| u32::try_from(edges.saturating_sub(silent)).unwrap_or(0);
        count(shortest)..=count(longest)
    }

    /// Where the parts of a cell stand in encodings.
    pub(super) fn layout(&self) -> Layout<'_> {
        let ops = &ALL[..self.ids().len().min(ALL.len())];
        let longest = *self.path_lengths().end();
        // The empty path has a column only where a path can be empty.
        let lengths = (*self.path_lengths().start()).min(1)..=longest;
        let columns = lengths.clone().try_fold(0_u64, |sum, length| {
            sum.checked_add((ops.len() as u64).checked_pow(length)?)
        });
        let are_few = columns.is_some_and(|columns| columns <= MOST_PATHS);
        Layout {
            nodes: self.description.nodes,
            entries: if self.is_free() { Entries::Upper } else { Entries::Same },
            places: match self.description.ops_on {
                Site::Edges => Places::Edges(&self.edges),
                Site::Nodes => Places::Nodes(&self.order),
            },
            indicators: ops,
            has_indicators: true,
            ids: self.ids(),
            missing: false,
            paths: (are_few && !self.is_chain()).then_some(PathOrder { digits: ops, lengths }),
        }
    }

    /// The cell with these operations at its places; edges are not free.
    pub(super) fn cell(&self, ops: &[Op]) -> Result<Cell, CellError> {
        let op = |place: usize| ops.get(place).copied();
        let mut nodes = [None; Cell::MAX_NODES];
        for (place, &node) in self.order.iter().enumerate() {
            nodes[node] = op(place);
        }
        let on_edges = self.description.ops_on == Site::Edges;
        let edge = |&(from, to, place): &(usize, usize, usize)| {
            (from, to, if on_edges { op(place) } else { None })
        };
        let edges: Vec<_> = self.sorted.iter().map(edge).collect();
        let nodes = &nodes[..self.description.nodes];
        Cell::new(self.description.ops_on, self.shape.inputs.len(), nodes, &edges)
    }

    /// The network with these operations at its places; edges are not free.
    pub(super) fn architecture(&'static self, ops: &[Op]) -> Result<Architecture, EncodingError> {
        Ok(Architecture::described_by(self, self.cell(ops)?))
    }

    /// The operations at the places of a cell.
    pub(super) fn ops_of<'a>(
        &'a self,
        cell: &'a Cell,
    ) -> Box<dyn Iterator<Item = Option<Op>> + 'a> {
        match self.description.ops_on {
            Site::Edges => {
                Box::new(self.edges.iter().map(|&(from, to)| cell.edge_op(from, to).flatten()))
            }
            Site::Nodes => {
                Box::new(self.order.iter().map(|&node| cell.node_ops().nth(node).flatten()))
            }
        }
    }

    /// The id of an operation.
    pub(super) fn id(&self, op: Op) -> u32 {
        self.ids().get(op.index()).copied().unwrap_or_default()
    }

    /// A place in words: `edge 0→1`, `node 2`.
    pub(super) fn place_name(&self, place: usize) -> String {
        match (self.description.ops_on, self.edges.get(place), self.order.get(place)) {
            (Site::Edges, Some((from, to)), _) => format!("edge {from}→{to}"),
            (Site::Nodes, _, Some(node)) => format!("node {node}"),
            _ => format!("place {place}"),
        }
    }
}

/// The operations that may stand at each place of a space with so many edges and inner nodes; none
/// if edges are free.
fn choices(space: &Description, edges: usize, nodes: usize) -> Vec<Vec<Op>> {
    if space.is_free() {
        return Vec::new();
    }
    let ops = |names: &Vec<String>| {
        names.iter().filter_map(|name| place_of(&space.ops, name)).collect::<Vec<_>>()
    };
    match &space.choices {
        Some(choices) => choices.iter().map(ops).collect(),
        None if space.ops_on == Site::Edges => vec![ops(&space.ops); edges],
        None => vec![ops(&space.ops); nodes],
    }
}

fn place_of(ops: &[String], name: &str) -> Option<Op> {
    let place = ops.iter().position(|op| op == name)?;
    u8::try_from(place).ok().map(Op)
}
