//! Cells whose edges are part of the encoding: operations on the nodes, any edges between them.

use rand::{Rng, RngCore};

use super::description::{Description, Matrix};
use super::encoding::{length, op_by_id};
use super::{Described, MOST_LISTED};
use crate::graph::{Cell, CellError, Op, Site};
use crate::space::{Architecture, EncodingError, Generated, scan};

/// The most pairs of nodes whose matrices are listed: seven nodes with one input.
const LISTED_PAIRS: usize = 21;

/// How often a cell is drawn until one has no dead nodes.
const DRAWS: usize = 1_000_000;

/// So many nodes and edges, and how many labelled matrices have those or come before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weight {
    nodes: usize,
    edges: usize,
    until: f64,
}

/// How many pairs there are of a node and a later one that is no input. A matrix is a number with a
/// bit for each of them, those into a node together.
pub(super) fn pairs(nodes: usize, inputs: usize) -> usize {
    nodes * (nodes - 1) / 2 - inputs * (inputs - 1) / 2
}

/// How many numbers the tuple of a cell with so many nodes has.
pub(super) fn numbers(space: &Description, nodes: usize) -> usize {
    let ids = if space.encoding.ends.is_some() { nodes } else { nodes - space.inputs.len() - 1 };
    entries(space, nodes) + ids
}

/// How many of them are entries of the matrix.
fn entries(space: &Description, nodes: usize) -> usize {
    match space.encoding.matrix {
        Some(Matrix::Upper) => nodes * (nodes - 1) / 2,
        Some(Matrix::Full) | None => nodes * nodes,
    }
}

/// The rows and columns of the entries of the matrix, in the order of the tuple.
fn cells_of(space: &Description, nodes: usize) -> impl Iterator<Item = (usize, usize)> {
    let is_upper = space.encoding.matrix == Some(Matrix::Upper);
    let row = move |from| (if is_upper { from + 1 } else { 0 }..nodes).map(move |to| (from, to));
    (0..nodes).flat_map(row)
}

fn sizes(space: &Described) -> std::ops::RangeInclusive<usize> {
    let space = &space.description;
    space.min_nodes.unwrap_or(space.nodes)..=space.nodes
}

fn inputs(space: &Described) -> usize {
    space.description.inputs.len()
}

fn max_edges(space: &Described) -> usize {
    space.description.max_edges.unwrap_or(usize::MAX)
}

/// Reads the numbers of a tuple.
pub(super) fn read(
    space: &'static Described,
    numbers: &[u32],
) -> Result<Architecture, EncodingError> {
    let (description, inputs) = (&space.description, inputs(space));
    let n = sizes(space).find(|&n| self::numbers(description, n) == numbers.len());
    let n = n.ok_or_else(|| length(space, "numbers", numbers.len()))?;
    let (matrix, ids) = numbers.split_at(entries(description, n));
    let mut edges = Vec::new();
    for ((from, to), &entry) in cells_of(description, n).zip(matrix) {
        if scan::edge(entry, from, to)? {
            if to < inputs {
                return Err(EncodingError::invalid(format!("edge {from}→{to} enters an input")));
            }
            edges.push((from, to, None));
        }
    }
    let mut nodes = [None; Cell::SMALL_NODES];
    let first = match &description.encoding.ends {
        None => inputs,
        Some(ends) => {
            let of_ends = (0..inputs).chain([n - 1]);
            for (node, &end) in of_ends.zip(ends) {
                if ids[node] != end {
                    return Err(EncodingError::invalid(format!(
                        "node {node} has id {}, but the {} has id {end}",
                        ids[node],
                        if node < inputs { "input" } else { "output" }
                    )));
                }
            }
            0
        }
    };
    for (index, node) in (inputs - first..).zip(&mut nodes[inputs..n - 1]) {
        *node = Some(op_by_id(space, ids[index], matrix.len() + index)?);
    }
    architecture(space, &nodes[..n], edges)
}

/// Checks the rules of the space and builds the cell.
pub(super) fn architecture(
    space: &'static Described,
    nodes: &[Option<Op>],
    mut edges: Vec<(usize, usize, Option<Op>)>,
) -> Result<Architecture, EncodingError> {
    edges.sort_unstable_by_key(|&(from, to, _)| (to, from));
    let cell = Cell::new(Site::Nodes, inputs(space), nodes, &edges)?;
    let live = cell.live_nodes(|_| false);
    let used =
        edges.iter().filter(|&&(from, to, _)| live.contains(from) && live.contains(to)).count();
    if used == 0 {
        return Err(EncodingError::invalid("the output cannot be reached from an input"));
    }
    if used > max_edges(space) {
        return Err(EncodingError::invalid(format!(
            "{used} edges on input→output paths; {} allows {}",
            space.name,
            max_edges(space)
        )));
    }
    Ok(Architecture::described_by(space, [cell]))
}

/// The numbers of a cell's tuple.
pub(super) fn write(space: &Described, cell: &Cell) -> Result<Vec<u32>, EncodingError> {
    let n = cell.nodes();
    if !sizes(space).contains(&n) {
        return Err(EncodingError::invalid(format!(
            "{n} nodes are left; {} writes {} to {} of them; do not prune the network",
            space.name,
            sizes(space).start(),
            sizes(space).end()
        )));
    }
    let has = |(from, to)| u32::from(cell.edge_op(from, to).is_some());
    let mut numbers: Vec<u32> = cells_of(&space.description, n).map(has).collect();
    let inner = cell.node_ops().flatten().map(|op| space.id(op));
    match &space.description.encoding.ends {
        None => numbers.extend(inner),
        Some(ends) => {
            let (of_inputs, of_output) = ends.split_at(inputs(space));
            numbers.extend(of_inputs.iter().copied().chain(inner).chain(of_output.iter().copied()));
        }
    }
    Ok(numbers)
}

/// The smallest cell with one edge out of every node, as an example.
pub(super) fn chain(space: &Described) -> Result<Cell, CellError> {
    let (n, inputs) = (*sizes(space).start(), inputs(space));
    let mut nodes = vec![None; n];
    for (node, op) in
        nodes[inputs..n - 1].iter_mut().zip((0..).map(Op).take(space.operations.len()).cycle())
    {
        *node = Some(op);
    }
    let starts = (0..inputs).map(|input| (input, inputs, None));
    let steps = (inputs..n - 1).map(|node| (node, node + 1, None));
    Cell::new(Site::Nodes, inputs, &nodes, &starts.chain(steps).collect::<Vec<_>>())
}

/// The bits of a matrix for the edges into `node`.
fn edges_into(bits: u128, node: usize, inputs: usize) -> u128 {
    bits >> pairs(node, inputs) & ((1 << node) - 1)
}

/// Whether the matrix has no dead node and not too many edges: every node but the inputs is entered,
/// every node but the output left.
fn is_full(space: &Described, bits: u128, n: usize) -> bool {
    let into = || (inputs(space)..n).map(|node| edges_into(bits, node, inputs(space)));
    let left = into().fold(0, |left, sources| left | sources);
    let edges = usize::try_from(bits.count_ones()).unwrap_or(usize::MAX);
    edges <= max_edges(space) && left == (1 << (n - 1)) - 1 && into().all(|into| into != 0)
}

/// The network of a matrix and operations.
fn build(
    space: &'static Described,
    n: usize,
    bits: u128,
    ops: impl Iterator<Item = Op>,
) -> Result<Architecture, EncodingError> {
    let inputs = inputs(space);
    let mut nodes = vec![None; n];
    for (node, op) in nodes[inputs..n - 1].iter_mut().zip(ops) {
        *node = Some(op);
    }
    let pairs = (inputs..n).flat_map(|to| (0..to).map(move |from| (from, to)));
    let is_edge = |&(from, to): &(usize, usize)| edges_into(bits, to, inputs) >> from & 1 == 1;
    let edges: Vec<_> = pairs.filter(is_edge).map(|(from, to)| (from, to, None)).collect();
    architecture(space, &nodes, edges)
}

/// The matrices without dead nodes, with their numbers of nodes; `None` if they are too many.
fn matrices(space: &Described) -> Option<impl Iterator<Item = (usize, u128)> + use<'_>> {
    let inputs = inputs(space);
    let few = pairs(space.description.nodes, inputs) <= LISTED_PAIRS;
    let of_size = move |n| {
        let all = 0..1_u128 << pairs(n, inputs);
        all.filter(move |&bits| is_full(space, bits, n)).map(move |bits| (n, bits))
    };
    few.then(|| sizes(space).flat_map(of_size))
}

/// How many networks there are without dead nodes, if they can be counted.
pub(super) fn count(space: &Described) -> Option<u128> {
    let ops = space.operations.len() as u128;
    let labellings = |n| (inputs(space)..n - 1).map(|_| ops).product::<u128>();
    Some(matrices(space)?.map(|(n, _)| labellings(n)).sum())
}

/// The networks without dead nodes, the smallest first, then by matrix and operations.
pub(super) fn enumerate(space: &'static Described) -> Option<Generated> {
    count(space).filter(|&count| count <= MOST_LISTED)?;
    let ops = space.operations.len() as u64;
    let networks = matrices(space)?.flat_map(move |(n, bits)| {
        let inner = u32::try_from(n - inputs(space) - 1).unwrap_or(0);
        (0..ops.pow(inner)).map(move |number| {
            let digit = |index| u8::try_from(number / ops.pow(index) % ops).unwrap_or(0);
            build(space, n, bits, (0..inner).rev().map(|index| Op(digit(index))))
        })
    });
    Some(Box::new(networks))
}

/// The weights of all numbers of nodes and edges.
pub(super) fn weights(space: &Description) -> Vec<Weight> {
    let mut weights = Vec::new();
    if !space.is_free() {
        return weights;
    }
    let inputs = space.inputs.len();
    let mut until = 0.0;
    for nodes in space.min_nodes.unwrap_or(space.nodes)..=space.nodes {
        let pairs = pairs(nodes, inputs);
        let inner = inputs..nodes - 1;
        let labellings: f64 = inner.map(|_| space.ops.len() as f64).product();
        let mut matrices = 1.0; // how many have so many edges
        for edges in 0..=pairs.min(space.max_edges.unwrap_or(pairs)) {
            // Fewer edges leave a node dead.
            if edges + 1 >= nodes {
                until += matrices * labellings;
                weights.push(Weight { nodes, edges, until });
            }
            matrices *= (pairs - edges) as f64 / (edges + 1) as f64;
        }
    }
    weights
}

/// A network without dead nodes, every one as likely: matrices with so many edges are drawn until one has
/// none.
pub(super) fn sample(
    space: &'static Described,
    random: &mut dyn RngCore,
) -> Result<Architecture, EncodingError> {
    let total = space.weights.last().map_or(0.0, |weight| weight.until);
    for _ in 0..DRAWS {
        let drawn = random.gen_range(0.0..total.max(f64::MIN_POSITIVE));
        let index = space.weights.partition_point(|weight| weight.until <= drawn);
        let Some(&Weight { nodes, edges, .. }) = space.weights.get(index) else { continue };
        let bits = subset(random, pairs(nodes, inputs(space)), edges);
        if is_full(space, bits, nodes) {
            let count = u8::try_from(space.operations.len()).unwrap_or(u8::MAX);
            let ops = std::iter::repeat_with(|| Op(random.gen_range(0..count)));
            return build(space, nodes, bits, ops);
        }
    }
    Err(EncodingError::invalid(format!(
        "a million cells of {} were drawn and all have dead nodes; raise max_edges or lower nodes",
        space.name
    )))
}

/// A number with `chosen` of its lowest `bits` bits set, every one as likely (Floyd's method).
fn subset(random: &mut dyn RngCore, bits: usize, chosen: usize) -> u128 {
    let mut set = 0_u128;
    for last in bits - chosen..bits {
        let bit = random.gen_range(0..=last);
        set |= 1 << if set >> bit & 1 == 1 { last } else { bit };
    }
    set
}
