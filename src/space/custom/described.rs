//! A described space, ready for use.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use smallvec::SmallVec;

use super::description::{Description, EdgeList};
use super::kinds::KindKeys;
use super::registry::{keep, keep_all, keep_encodings, keep_kinds};
use super::{encoding, free, pairs};
use crate::graph::{Cell, CellError, Op, Site};
use crate::space::{
    Architecture, CellShape, Encoding, EncodingError, OpKind, SearchSpace, Skeleton, Wiring,
};

/// A search space that a file describes.
///
/// Where operations stand is called a *place*: the edges or nodes of each cell, in the order of the tuple.
pub struct Described {
    pub(super) description: Description,
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) operations: &'static [&'static str],
    pub(super) kinds: &'static [OpKind],
    pub(super) skeleton: Option<Skeleton>,
    pub(super) zero: Option<Op>,
    /// The operation of a layer that is not there.
    pub(super) absent: Option<Op>,
    pub(super) shapes: Vec<CellShape>,
    pub(super) encodings: &'static [Encoding],
    /// A network in the first encoding.
    pub(super) example: &'static str,
    /// How many numbers a tuple has, for messages.
    pub(super) lengths: &'static str,
    /// The operations that may stand at each place; none if the encoding names edges.
    pub(super) choices: Vec<Vec<Op>>,
    /// The places that encodings name.
    pub(super) written: Vec<usize>,
    /// All operations.
    pub(super) any_op: Vec<Op>,
    /// Places and operations that do not go together.
    forbidden: Vec<Vec<(usize, Op)>>,
    /// By what they measure, the number of each operation.
    values: Vec<(String, Vec<f64>)>,
    /// The nodes between inputs and output in the order of the tuple, with operations on nodes.
    pub(super) order: Vec<usize>,
    /// The edges as they are listed; none if the encoding names them.
    pub(super) edges: Vec<(usize, usize)>,
    /// The edges in topological order, each with its place in the list.
    pub(super) sorted: Vec<(usize, usize, usize)>,
    /// For each edge of the list its rank in topological order.
    pub(super) ranks: Vec<usize>,
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
        let mut ranks = vec![0; edges.len()];
        for (rank, &(_, _, place)) in sorted.iter().enumerate() {
            ranks[place] = rank;
        }
        let inner = description.inputs.len()..description.nodes - 1;
        let order = match (description.ops_on, &description.encoding.order) {
            (Site::Edges, _) => Vec::new(),
            (Site::Nodes, None) => inner.collect(),
            (Site::Nodes, Some(order)) => order.clone(),
        };
        let op_of = |name: &String| place_of(&description.ops, name);
        let forbidden = |combination: &BTreeMap<String, String>| {
            let pair = |(place, op): (&String, &String)| {
                Some((place.parse::<usize>().ok()?.checked_sub(1)?, op_of(op)?))
            };
            combination.iter().filter_map(pair).collect()
        };
        let values = |(name, numbers): (&String, &BTreeMap<String, f64>)| {
            let number = |op| numbers.get(op).copied().unwrap_or(f64::NAN); // none
            (name.clone(), description.ops.iter().map(number).collect())
        };
        let mut space = Described {
            name: keep(&description.name),
            summary: keep(&description.summary),
            operations: keep_all(&description.ops),
            kinds: keep_kinds(kinds(&description)),
            skeleton: None,
            zero: description.zero_op.as_ref().and_then(op_of),
            absent: description.absent_op.as_ref().and_then(op_of),
            shapes: shapes(&description),
            encodings: keep_encodings(encoding::all(&description)),
            example: "",
            lengths: keep(&encoding::lengths(&description)),
            choices: choices(&description),
            written: description.written_places(),
            any_op: (0..).map(Op).take(description.ops.len()).collect(),
            forbidden: description.forbidden.iter().map(forbidden).collect(),
            values: description.values.iter().map(values).collect(),
            order,
            edges,
            sorted,
            ranks,
            weights: free::weights(&description),
            space: OnceLock::new(),
            description,
        };
        space.skeleton = space.build_skeleton();
        let example = space.example()?;
        space.example = keep(&encoding::first(&space, &example)?);
        Ok(space)
    }

    /// A network, as an example.
    fn example(&self) -> Result<SmallVec<[Cell; 2]>, EncodingError> {
        if self.is_free() {
            return Ok(SmallVec::from_iter([free::chain(self)?]));
        }
        if self.is_pairs() {
            return pairs::example(self);
        }
        let mut ops: Vec<Op> = Vec::new();
        for (place, choices) in self.choices.iter().enumerate() {
            ops.push(choices[place % choices.len()]);
        }
        if self.forbids(&ops) {
            // Any other one: the choices of a number, the last place counting up fastest.
            let others = (0..10_000).map(|number| super::numbered(self, number));
            ops = others.into_iter().find(|ops| !self.forbids(ops)).ok_or_else(|| {
                EncodingError::invalid(
                    "no network is left by `forbidden`; forbid fewer combinations",
                )
            })?;
        }
        Ok(self.cells(&ops)?)
    }

    fn build_skeleton(&self) -> Option<Skeleton> {
        let keys = self.description.skeleton.as_ref()?;
        let wiring = if self.is_pairs() {
            Wiring::Gather
        } else if self.is_chain() {
            Wiring::Chain
        } else {
            Wiring::Sum
        };
        let ops: Option<Vec<_>> =
            self.description.ops.iter().map(|op| self.description.kinds.get(op).copied()).collect();
        Some(Skeleton::Image(keys.build(&ops?, wiring)))
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

    /// Whether the edges are part of the encoding, as a matrix.
    pub fn is_free(&self) -> bool {
        self.description.is_free()
    }

    /// Whether each node reads two others, which the encoding names.
    pub fn is_pairs(&self) -> bool {
        self.description.is_pairs()
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
        if self.is_pairs() {
            return pairs::count(self);
        }
        let mut choices = self.choices.iter().map(|choices| choices.len() as u128);
        let all = choices.try_fold(1, u128::checked_mul)?;
        if self.forbidden.is_empty() {
            return Some(all);
        }
        let few = u64::try_from(all).ok().filter(|&all| all <= MOST_COUNTED)?;
        let left = (0..few).filter(|&number| !self.forbids(&super::numbered(self, number)));
        Some(left.count() as u128)
    }

    /// The ids of the operations in a tuple.
    pub fn ids(&self) -> &[u32] {
        &self.description.encoding.ids
    }

    /// How many operations a cell has; 0 if the encoding names edges.
    pub fn places(&self) -> usize {
        self.choices.len() / self.shapes.len()
    }

    /// What the operations do; empty if the file does not say.
    pub fn kinds(&self) -> &'static [OpKind] {
        self.kinds
    }

    /// By what they measure, the number of each operation, NaN if it has none; empty without `values`.
    pub fn values(&self) -> &[(String, Vec<f64>)] {
        &self.values
    }

    /// The names of the inputs.
    pub(super) fn inputs(&self) -> &'static [&'static str] {
        self.shapes[0].inputs
    }

    /// The cells with these operations at their places; the encoding does not name edges.
    pub(super) fn cells(&self, ops: &[Op]) -> Result<SmallVec<[Cell; 2]>, CellError> {
        ops.chunks(self.places().max(1)).map(|ops| self.cell(ops)).collect()
    }

    fn cell(&self, ops: &[Op]) -> Result<Cell, CellError> {
        let op = |place: usize| ops.get(place).copied();
        let mut nodes: SmallVec<[Option<Op>; 16]> =
            SmallVec::from_elem(None, self.description.nodes);
        for (place, &node) in self.order.iter().enumerate() {
            nodes[node] = op(place);
        }
        let on_edges = self.description.ops_on == Site::Edges;
        let edge = |&(from, to, place): &(usize, usize, usize)| {
            (from, to, if on_edges { op(place) } else { None })
        };
        let edges: SmallVec<[_; 24]> = self.sorted.iter().map(edge).collect();
        Cell::new(self.description.ops_on, self.inputs().len(), &nodes, &edges)
    }

    /// The first of the operations that may stand at each place.
    pub(super) fn first_ops(&self) -> Vec<Op> {
        self.choices.iter().map(|choices| choices[0]).collect()
    }

    /// Whether operations at all places do not go together.
    pub(super) fn forbids(&self, ops: &[Op]) -> bool {
        let is_there = |&(place, op): &(usize, Op)| ops.get(place) == Some(&op);
        self.forbidden.iter().any(|combination| combination.iter().all(is_there))
    }

    /// The network with these operations at its places, if they may stand there.
    pub(super) fn checked(&'static self, ops: &[Op]) -> Result<Architecture, EncodingError> {
        for (place, (op, choices)) in ops.iter().zip(&self.choices).enumerate() {
            if !choices.contains(op) {
                return Err(EncodingError::invalid(format!(
                    "{} can not stand on {} (number {} of the list); {} has {} there",
                    self.operations[op.index()],
                    self.place_name(place),
                    self.written.iter().position(|&other| other == place).unwrap_or(place) + 1,
                    self.name,
                    encoding::known(self, choices.iter().copied())
                )));
            }
        }
        if self.forbids(ops) {
            return Err(EncodingError::invalid(format!(
                "{} forbids this combination of operations",
                self.name
            )));
        }
        self.architecture(ops)
    }

    /// The network with these operations at its places; the encoding does not name edges.
    pub(super) fn architecture(&'static self, ops: &[Op]) -> Result<Architecture, EncodingError> {
        Ok(Architecture::described_by(self, self.cells(ops)?))
    }

    /// The operations at the places of a cell.
    pub(super) fn ops_of<'a>(
        &'a self,
        cell: &'a Cell,
    ) -> Box<dyn Iterator<Item = Option<Op>> + 'a> {
        match self.description.ops_on {
            Site::Edges => Box::new(self.ranks.iter().map(|&rank| cell.edge_at(rank))),
            Site::Nodes => {
                Box::new(self.order.iter().map(|&node| cell.node_ops().nth(node).flatten()))
            }
        }
    }

    /// The same network without absent layers. Those of a chain become the last ones of their stage, whose first layer
    /// changes the shape and stays where it is.
    pub(super) fn normal_form(&self, cells: &[Cell]) -> Option<SmallVec<[Cell; 2]>> {
        let absent = self.absent?;
        if !self.is_chain() {
            return cells.iter().map(|cell| self.contracted(cell, absent).ok()).collect();
        }
        let mut ops: Vec<Op> = cells.iter().flat_map(Cell::ops).collect();
        let is_absent = |&op: &Op| op == absent;
        let Some(skeleton) = &self.description.skeleton else {
            ops.sort_by_key(is_absent); // stable
            return self.cells(&ops).ok();
        };
        let mut start = 0;
        for stage in &skeleton.stages {
            let end = start + usize::from(stage.repeat);
            ops.get_mut(start + 1..end)?.sort_by_key(is_absent);
            start = end;
        }
        self.cells(&ops).ok()
    }

    /// A cell in which the ends of each absent edge, the only one into its node, are one node. Where the skeleton has the first
    /// edges change the shape, they stay.
    fn contracted(&self, cell: &Cell, absent: Op) -> Result<Cell, CellError> {
        let (nodes, inputs) = (self.description.nodes, self.inputs().len());
        let keeps_first = self.description.skeleton.is_some();
        let mut stands: Vec<usize> = (0..nodes).collect();
        let mut edges = Vec::new();
        for (from, to, op) in cell.edges() {
            let source = stands[from];
            let stays = source < inputs && (keeps_first || to == nodes - 1);
            if op == Some(absent) && !stays {
                stands[to] = source;
            } else {
                edges.push((source, to, op));
            }
        }
        let mut left = stands.clone();
        left.sort_unstable();
        left.dedup();
        let number = |node: usize| left.partition_point(|&other| other < node);
        for (from, to, _) in &mut edges {
            (*from, *to) = (number(*from), number(stands[*to]));
        }
        edges.sort_unstable();
        Cell::new(Site::Edges, inputs, &vec![None; left.len()], &edges)
    }

    /// The id of an operation.
    pub(super) fn id(&self, op: Op) -> u32 {
        self.ids().get(op.index()).copied().unwrap_or_default()
    }

    /// The operation of that name.
    pub(super) fn op_by_name(&self, name: &str) -> Result<Op, EncodingError> {
        let place = self.operations.iter().position(|&op| op == name.trim());
        let op = place.and_then(|place| u8::try_from(place).ok()).map(Op);
        op.ok_or_else(|| encoding::unknown(self, name))
    }

    /// A place in words: `edge 0→1`, `node 2`.
    pub(super) fn place_name(&self, place: usize) -> String {
        let (cell, place) = (place / self.places().max(1), place % self.places().max(1));
        let of_cell = match self.shapes.get(cell) {
            Some(shape) if !shape.prefix.is_empty() => {
                format!(" of the {} cell", shape.prefix.trim_end_matches('.'))
            }
            _ => String::new(),
        };
        match (self.description.ops_on, self.edges.get(place), self.order.get(place)) {
            (Site::Edges, Some((from, to)), _) => format!("edge {from}→{to}{of_cell}"),
            (Site::Nodes, _, Some(node)) => format!("node {node}{of_cell}"),
            _ => format!("place {place}{of_cell}"),
        }
    }

    /// A place as a key: `edge_0_1`, `node_2`.
    pub(super) fn place_key(&self, place: usize) -> String {
        let (cell, place) = (place / self.places().max(1), place % self.places().max(1));
        let prefix = self.shapes.get(cell).map_or("", |shape| shape.prefix);
        match (self.description.ops_on, self.edges.get(place), self.order.get(place)) {
            (Site::Edges, Some((from, to)), _) => format!("{prefix}edge_{from}_{to}"),
            (_, _, node) => format!("{prefix}node_{}", node.copied().unwrap_or(place)),
        }
    }
}

/// The most networks that are counted one by one.
const MOST_COUNTED: u64 = 100_000;

/// The shapes of the cells.
fn shapes(space: &Description) -> Vec<CellShape> {
    let inputs = keep_all(&space.inputs);
    let shape = |prefix| CellShape { prefix, inputs, silent_output: space.is_pairs(), repeats: 1 };
    if space.cells.is_empty() {
        return vec![shape("")];
    }
    space
        .cells
        .iter()
        .zip(0_u8..)
        .map(|(cell, index)| {
            let stages = space.skeleton.iter().flat_map(|skeleton| &skeleton.stages);
            let own = stages.filter(|stage| stage.cell == index).map(|stage| stage.repeat);
            let repeats = own.fold(0, u8::saturating_add).max(1);
            CellShape { repeats, ..shape(keep(&format!("{cell}."))) }
        })
        .collect()
}

/// What the operations do; none if the file does not say.
fn kinds(space: &Description) -> Vec<OpKind> {
    let kinds: Option<Vec<_>> =
        space.ops.iter().map(|op| space.kinds.get(op).map(KindKeys::op_kind)).collect();
    kinds.unwrap_or_default()
}

/// The operations that may stand at each place of all cells; none if the encoding names edges.
fn choices(space: &Description) -> Vec<Vec<Op>> {
    let ops = |names: &Vec<String>| {
        names.iter().filter_map(|name| place_of(&space.ops, name)).collect::<Vec<_>>()
    };
    let all = space.places() * space.cell_count();
    match &space.choices {
        Some(choices) => choices.iter().map(ops).cycle().take(all).collect(),
        None => vec![ops(&space.ops); all],
    }
}

fn place_of(ops: &[String], name: &str) -> Option<Op> {
    let place = ops.iter().position(|op| op == name)?;
    u8::try_from(place).ok().map(Op)
}
