//! NAS-Bench-101: operations on the nodes of a cell with at most seven nodes and nine edges.
//!
//! Ying et al., *NAS-Bench-101: Towards Reproducible Neural Architecture Search*, ICML 2019.
//! Operation ids as in `NASLib`'s tuples: 0 input, 1 output, then this space's operations.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rand::{Rng, RngCore};
use serde_json::json;

use super::dict::Dict;
use super::generate::digits;
use super::labelled::Labelled;
use super::nasbench101_dialects as dialects;
use super::scan::{self, Scanner};
use super::{
    Architecture, Block, ColumnParts, Encoding, EncodingError, Entries, Generated, ImageSkeleton,
    Layer, Layout, OpKind, OperationKind, PathOrder, Places, PublishedColumns, SearchSpace, Shape,
    Shift, Side, Skeleton, Stage, Width, Wiring,
};
use crate::graph::{Cell, Op, Site};
use crate::graph::{Identity, nasbench101_hash};

/// See the module.
pub(super) struct NasBench101;

pub(super) const NAME: &str = "nasbench101";
const EXAMPLE: &str = "(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)";
const OPS: &[&str] = &["maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu"];
const OPS_COUNT: u32 = 3;

/// What the operations do.
const KINDS: &[OpKind] = &[
    OpKind::new(OperationKind::MaxPooling, 3),
    OpKind::new(OperationKind::Convolution, 1),
    OpKind::new(OperationKind::Convolution, 3),
];

/// The most nodes, and the most edges on input→output paths, of a network of the benchmark.
pub(super) const NODES: usize = 7;
const EDGES: usize = 9;
const EDGES_COUNT: u32 = 9;

/// The most edges that the matrix can hold, those off every path counted in.
const ALL_EDGES: usize = NODES * (NODES - 1) / 2;

/// The ids of the input and the output in a tuple, and of the first operation.
const INPUT_ID: u32 = 0;
const OUTPUT_ID: u32 = 1;
const FIRST_OP_ID: u32 = 2;

/// The blocks of the operations.
const BLOCKS: &[Cow<'static, [Block]>] =
    &[Cow::Borrowed(POOL), Cow::Borrowed(CONV_1), Cow::Borrowed(CONV_3)];
const POOL: &[Block] = &[Block::new(&[Layer::MaxPool(3, Side::Out)])];
const CONV_1: &[Block] =
    &[Block::new(&[Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm, Layer::Relu])];
const CONV_3: &[Block] =
    &[Block::new(&[Layer::Conv(3, Width::Out, Side::Out), Layer::BatchNorm, Layer::Relu])];

/// The network on CIFAR-10: a 3×3 convolution to 128 channels, three stacks of three cells with 128, 256 and 512
/// channels, max pooling between them, the mean over the pixels and a linear layer.
/// `model_builder.py` of google-research/nasbench.
static SKELETON: Skeleton = Skeleton::Image(ImageSkeleton {
    image: Shape { channels: 3, side: 32 },
    stem: Cow::Borrowed(&[
        Layer::Conv(3, Width::Exactly(128), Side::Same),
        Layer::BatchNorm,
        Layer::Relu,
    ]),
    stages: Cow::Borrowed(&[
        Stage { channels: 128, stride: 1, cells: 3, cell: 0 },
        Stage { channels: 256, stride: 2, cells: 3, cell: 0 },
        Stage { channels: 512, stride: 2, cells: 3, cell: 0 },
    ]),
    between: Block::new(&[Layer::MaxPool(2, Side::Out)]),
    wiring: Wiring::Shared,
    operations: Cow::Borrowed(BLOCKS),
    steps: Cow::Borrowed(&[]),
    head: Cow::Borrowed(&[Layer::Linear(10)]),
});

static PUBLISHED: PublishedColumns = PublishedColumns {
    first_id: 2,
    fixed_counts: &[1.0, 1.0],
    degrees: &[
        ("in_degree", "output_in"),
        ("out_degree", "input_out"),
        ("avg_in", "mean_in"),
        ("avg_out", "mean_out"),
    ],
    shortest: None,
    longest: Some(Shift { by: -2.0, absent: (-1.0, -4.0) }),
    ..PublishedColumns::EDGES
};

impl SearchSpace for NasBench101 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "NAS-Bench-101: operations on the nodes of a cell of 2 to 7 nodes and at most 9 edges"
    }

    fn operations(&self) -> &'static [&'static str] {
        OPS
    }

    fn operation_kinds(&self) -> &'static [OpKind] {
        KINDS
    }

    fn path_lengths(&self) -> RangeInclusive<u32> {
        0..=5
    }

    fn site(&self) -> Site {
        Site::Nodes
    }

    fn layout(&self) -> Option<Layout<'_>> {
        Some(Layout {
            nodes: NODES,
            entries: Entries::Upper,
            places: Places::Nodes(&[1, 2, 3, 4, 5]),
            // The order of NASLib.
            indicators: &[0, 2, 1],
            has_indicators: true,
            ids: &[2, 3, 4],
            missing: false,
            paths: Some(PathOrder { digits: &[2, 1, 0], lengths: 0..=5 }),
        })
    }

    fn skeleton(&self) -> Option<&Skeleton> {
        Some(&SKELETON)
    }

    fn published_columns(&self) -> Option<&'static PublishedColumns> {
        Some(&PUBLISHED)
    }

    fn example(&self) -> &'static str {
        EXAMPLE
    }

    fn encodings(&self) -> &'static [Encoding] {
        const {
            &[
                Encoding::new("tuple", write_tuple),
                Encoding::new("padded-tuple", write_padded_tuple),
                Encoding::new("module", write_module),
                Encoding::new("matrix", write_matrix),
            ]
        }
    }

    fn column_parts(&self) -> &'static [ColumnParts] {
        dialects::COLUMNS
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        match Scanner::new(text).peek() {
            Some(b'(' | b'[') => read_list(self, text),
            Some(_) if Dict::begins(text) => read_dict(self, text),
            Some(_) if Scanner::new(text).is_list() => read_list(self, text),
            _ => match scan::bracketed(text) {
                Some(listed) => read_list(self, &listed),
                None => Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE }),
            },
        }
    }

    /// The benchmark's `module_hash`. It numbers the operations the other way round.
    fn hash(&self, network: &Architecture) -> Identity {
        nasbench101_hash::hash(cell(network), |op| 2 - i32::from(op.0))
    }

    /// All cells without dead nodes, the smallest first: 423,624 up to isomorphism.
    fn enumerate(&self) -> Option<Generated> {
        let matrices = (2..=NODES).flat_map(|n| {
            (0..1 << pairs(n)).filter(move |&bits| is_full(bits, n)).map(move |bits| (n, bits))
        });
        let labelled = matrices.flat_map(|(n, bits)| {
            (0..labellings(n)).map(move |labelling| build(n, bits, labelling))
        });
        Some(Box::new(labelled))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        let total = (2..=NODES).map(|n| labellings(n) << pairs(n)).sum();
        loop {
            let mut number: u32 = random.gen_range(0..total);
            let mut n = 2;
            while number >= labellings(n) << pairs(n) {
                number -= labellings(n) << pairs(n);
                n += 1;
            }
            let bits = number & ((1 << pairs(n)) - 1);
            if is_full(bits, n) {
                return build(n, bits, number >> pairs(n));
            }
        }
    }
}

/// How many pairs of an earlier and a later node there are among `n` nodes. A matrix is a number
/// with a bit for each of them, those into a node together.
fn pairs(n: usize) -> usize {
    n * (n - 1) / 2
}

/// How many ways there are to put operations on the nodes between input and output.
fn labellings(n: usize) -> u32 {
    OPS_COUNT.pow(u32::try_from(n).unwrap_or(2) - 2)
}

/// The bits of a matrix for the edges into `node`.
fn edges_into(bits: u32, node: usize) -> u32 {
    bits >> pairs(node) & ((1 << node) - 1)
}

/// Whether the matrix has no dead node and not too many edges: every node but the input is entered,
/// every node but the output left.
fn is_full(bits: u32, n: usize) -> bool {
    let into = || (1..n).map(|node| edges_into(bits, node));
    let left = into().fold(0, |left, sources| left | sources);
    bits.count_ones() <= EDGES_COUNT && left == (1 << (n - 1)) - 1 && into().all(|into| into != 0)
}

/// The cell of a matrix and a labelling.
fn build(n: usize, bits: u32, labelling: u32) -> Result<Architecture, EncodingError> {
    let labels = digits::<{ NODES - 2 }>(labelling, OPS_COUNT);
    let mut ops = [None; NODES];
    for (op, &label) in ops[1..n - 1].iter_mut().zip(&labels[NODES - n..]) {
        *op = Some(Op(u8::try_from(label).unwrap_or(0)));
    }
    let edge = |from: usize, to: usize| {
        if from < to { edges_into(bits, to) >> from & 1 } else { 0 }
    };
    architecture(&ops[..n], edge)
}

/// A tuple, or a list of a matrix and the names of its nodes.
fn read_list(space: &NasBench101, text: &str) -> Result<Architecture, EncodingError> {
    let mut scan = scan::unwrapped(text, 1);
    let mut first = scan;
    first.open()?;
    if first.is_list() {
        return of_labelled(space, &Labelled::of_list(&mut scan, NAME, NODES, NODES_WANTED)?);
    }
    read_tuple(space, scan)
}

/// The n² entries of the matrix, row by row, then n operation ids.
fn read_tuple(space: &NasBench101, mut scan: Scanner) -> Result<Architecture, EncodingError> {
    let mut ids = [0; NODES * (NODES + 1)];
    let found = scan::numbers_of(&mut scan, &mut ids)?;
    scan.end()?;
    let Some(n) = (2..=NODES).find(|n| n * (n + 1) == found) else {
        let (what, expected) = ("numbers", "n² + n of them for n = 2 to 7 nodes");
        return Err(EncodingError::Length { what, found, space: NAME, expected });
    };
    let (matrix, ids) = ids[..found].split_at(n * n);
    let mut ops = [None; NODES];
    for (node, &id) in ids.iter().enumerate() {
        if id >= FIRST_OP_ID {
            ops[node] = Some(op_by_id(space, id, n * n + node)?);
        }
    }
    if ids[0] != INPUT_ID {
        return Err(EncodingError::invalid("no input: the first operation id is not 0"));
    }
    let Some(output) = ids.iter().position(|&id| id == OUTPUT_ID) else {
        return Err(EncodingError::invalid("no output: no operation id is 1"));
    };
    let edge = |from: usize, to: usize| matrix[from * n + to];
    // What follows the output is padding: nodes that have neither an operation nor an edge.
    let is_bare =
        |node: usize| ids[node] == INPUT_ID && (0..n).all(|k| edge(k, node) + edge(node, k) == 0);
    if let Some(node) = (output + 1..n).find(|&node| !is_bare(node)) {
        return Err(EncodingError::invalid(format!(
            "node {node} follows the output, node {output}, and is not empty padding"
        )));
    }
    if let Some(node) = (1..output).find(|&node| ids[node] == INPUT_ID) {
        return Err(EncodingError::invalid(format!("node {node} is a second input (id 0)")));
    }
    architecture(&ops[..=output], edge)
}

fn op_by_id(space: &NasBench101, id: u32, index: usize) -> Result<Op, EncodingError> {
    scan::op_by_id(space, id - FIRST_OP_ID, index).map_err(|_| EncodingError::OpOutOfRange {
        id,
        index: index + 1,
        space: NAME,
        known: "0 input, 1 output, 2 maxpool3x3, 3 conv1x1-bn-relu, 4 conv3x3-bn-relu".to_owned(),
    })
}

const NODES_WANTED: &str = "2 to 7, `input` and `output` counted in";

fn read_dict(space: &NasBench101, text: &str) -> Result<Architecture, EncodingError> {
    let dict = Dict::read_within(text, &["arch"])?;
    match dialects::read(&dict) {
        Some(network) => network,
        None => of_labelled(space, &Labelled::of_dict(&dict, NAME, NODES, NODES_WANTED)?),
    }
}

fn of_labelled(space: &NasBench101, graph: &Labelled) -> Result<Architecture, EncodingError> {
    let n = graph.names.len();
    let mut ops = [None; NODES];
    for (op, name) in ops[1..].iter_mut().zip(&graph.names[1..n - 1]) {
        *op = Some(scan::op_by_name(space, name)?);
    }
    architecture(&ops[..n], |from, to| graph.entry(from, to))
}

/// Checks the rules of the space and builds the cell, all its nodes kept.
pub(super) fn architecture(
    ops: &[Option<Op>],
    edge: impl Fn(usize, usize) -> u32,
) -> Result<Architecture, EncodingError> {
    let n = ops.len();
    let mut edges = [(0, 0, None); ALL_EDGES];
    let mut count = 0;
    for to in 0..n {
        for from in 0..n {
            if scan::edge(edge(from, to), from, to)? {
                edges[count] = (from, to, None);
                count += 1;
            }
        }
    }
    let cell = Cell::new(Site::Nodes, 1, ops, &edges[..count])?;
    let live = cell.live_nodes(|_| false);
    if !live.contains(0) {
        return Err(EncodingError::invalid("the output cannot be reached from the input"));
    }
    let used = edges[..count]
        .iter()
        .filter(|&&(from, to, _)| live.contains(from) && live.contains(to))
        .count();
    if used > EDGES {
        return Err(EncodingError::invalid(format!(
            "{used} edges on input→output paths; {NAME} allows {EDGES}"
        )));
    }
    Ok(Architecture::new(NAME, [cell]))
}

fn cell(architecture: &Architecture) -> &Cell {
    &architecture.cells()[0]
}

/// The adjacency matrix with `size` rows and columns.
fn matrix(architecture: &Architecture, size: usize) -> Vec<Vec<usize>> {
    let mut matrix = vec![vec![0; size]; size];
    for (from, to, _) in cell(architecture).edges() {
        matrix[from][to] = 1;
    }
    matrix
}

fn names(architecture: &Architecture) -> Vec<&'static str> {
    let mut names: Vec<_> =
        cell(architecture).node_ops().map(|op| op.map_or("input", |op| OPS[op.index()])).collect();
    names[cell(architecture).output()] = "output";
    names
}

/// The tuple of a matrix with `size` rows, its last operation ids padded with zeros.
fn tuple(architecture: &Architecture, size: usize) -> String {
    let id = |op: Option<Op>| op.map_or(0, |op| op.index() + 2);
    let mut ids: Vec<_> = cell(architecture).node_ops().map(id).collect();
    ids[cell(architecture).output()] = 1;
    ids.resize(size, 0);
    scan::tuple(matrix(architecture, size).into_iter().flatten().chain(ids))
}

fn write_tuple(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(tuple(architecture, cell(architecture).nodes()))
}

fn write_padded_tuple(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(tuple(architecture, NODES))
}

fn write_module(architecture: &Architecture) -> Result<String, EncodingError> {
    let matrix = matrix(architecture, cell(architecture).nodes());
    let module = json!({"module_adjacency": matrix, "module_operations": names(architecture)});
    Ok(module.to_string())
}

fn write_matrix(architecture: &Architecture) -> Result<String, EncodingError> {
    let matrix = matrix(architecture, cell(architecture).nodes());
    Ok(json!({"matrix": matrix, "ops": names(architecture)}).to_string())
}
