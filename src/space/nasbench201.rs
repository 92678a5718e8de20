//! NAS-Bench-201: operations on the six edges of a four-node cell.
//!
//! Dong and Yang, *NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture
//! Search*, ICLR 2020. Node ids in the `NASLib` order of operations and edges.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rand::RngCore;

use super::dict::Dict;
use super::generate::{all_digits, random_digits};
use super::nasbench201_dialects as dialects;
use super::nasbench201_order::{self, COUNT};
use super::scan::{self, Scanner};
use super::{
    Architecture, Block, ColumnParts, Encoding, EncodingError, Entries, Generated, ImageSkeleton,
    Layer, Layout, OpKind, OperationKind, PathOrder, Places, PublishedColumns, SearchSpace, Shape,
    Side, Skeleton, Stage, Width, Wiring, list,
};
use crate::graph::Identity;
use crate::graph::{Cell, Op, Site};
use crate::table::clip;

/// See the module.
pub(super) struct NasBench201;

pub(super) const NAME: &str = "nasbench201";
const EXAMPLE: &str = "(4, 0, 3, 1, 4, 3)";
pub(super) const OPS: &[&str] =
    &["skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3"];

/// The operation that passes on what it reads, and the one that passes nothing on.
const SKIP: Op = Op(0);
const ZERO: Op = Op(1);

/// What the operations do.
const KINDS: &[OpKind] = &[
    OpKind::new(OperationKind::Identity, 1),
    OpKind::new(OperationKind::Zero, 1),
    OpKind::new(OperationKind::Convolution, 3),
    OpKind::new(OperationKind::Convolution, 1),
    OpKind::new(OperationKind::AveragePooling, 3),
];

/// The operations in the order of the benchmark's own code: none, skip, 1×1, 3×3, pooling.
const NATIVE_OPS: [Op; 5] = [Op(1), Op(0), Op(3), Op(2), Op(4)];

/// The edges in the order of the benchmark's own code: node by node, as in the string.
pub(super) const NATIVE_EDGES: [(usize, usize); 6] =
    [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)];

/// The edges in the order of the tuple.
pub(super) const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

/// What a convolution stands for, with a window of 3×3 and of 1×1.
const CONV_3: &[Block] =
    &[Block::new(&[Layer::Relu, Layer::Conv(3, Width::Out, Side::Out), Layer::BatchNorm])];
const CONV_1: &[Block] =
    &[Block::new(&[Layer::Relu, Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm])];
const POOL: &[Block] = &[Block::new(&[Layer::Pool(3, Side::Out)])];

/// The blocks of the operations.
const BLOCKS: &[Cow<'static, [Block]>] = &[
    Cow::Borrowed(&[]),
    Cow::Borrowed(&[]),
    Cow::Borrowed(CONV_3),
    Cow::Borrowed(CONV_1),
    Cow::Borrowed(POOL),
];

/// The network on CIFAR-10: a 3×3 convolution to 16 channels, three stages of five cells with 16, 32 and 64
/// channels, a residual block that halves the resolution between them, batch normalization, `ReLU`, global
/// pooling and a linear layer.
static SKELETON: Skeleton = Skeleton::Image(ImageSkeleton {
    image: Shape { channels: 3, side: 32 },
    stem: Cow::Borrowed(&[Layer::Conv(3, Width::Exactly(16), Side::Same), Layer::BatchNorm]),
    stages: Cow::Borrowed(&[
        Stage { channels: 16, stride: 1, cells: 5, cell: 0 },
        Stage { channels: 32, stride: 2, cells: 5, cell: 0 },
        Stage { channels: 64, stride: 2, cells: 5, cell: 0 },
    ]),
    between: Block::residual(
        &[
            Layer::Relu,
            Layer::Conv(3, Width::Out, Side::Out),
            Layer::BatchNorm,
            Layer::Relu,
            Layer::Conv(3, Width::Out, Side::Out),
            Layer::BatchNorm,
        ],
        &[Layer::Pool(2, Side::Out), Layer::Conv(1, Width::Out, Side::Out)],
    ),
    wiring: Wiring::Sum,
    operations: Cow::Borrowed(BLOCKS),
    steps: Cow::Borrowed(&[]),
    head: Cow::Borrowed(&[Layer::BatchNorm, Layer::Relu, Layer::GlobalPool, Layer::Linear(10)]),
});

impl SearchSpace for NasBench201 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "NAS-Bench-201: operations on the 6 edges of a 4-node cell"
    }

    fn operations(&self) -> &'static [&'static str] {
        OPS
    }

    fn operation_kinds(&self) -> &'static [OpKind] {
        KINDS
    }

    fn path_lengths(&self) -> RangeInclusive<u32> {
        1..=3
    }

    fn zero_op(&self) -> Option<Op> {
        Some(ZERO)
    }

    /// A skip has no stride and no weights here, so that it passes on what it reads.
    fn formula(&self, network: &Architecture) -> Option<Identity> {
        network.cells().first().map(|cell| Identity::of_formula(NAME, cell, ZERO, SKIP))
    }

    fn site(&self) -> Site {
        Site::Edges
    }

    fn layout(&self) -> Option<Layout<'_>> {
        Some(Layout {
            nodes: 4,
            entries: Entries::Same,
            places: Places::Edges(&EDGES, &[]),
            indicators: &[0, 1, 2, 3, 4],
            has_indicators: true,
            ids: &[0, 1, 2, 3, 4],
            missing: false,
            paths: Some(PathOrder { digits: &[0, 1, 2, 3, 4], lengths: 1..=3 }),
        })
    }

    fn skeleton(&self) -> Option<&Skeleton> {
        Some(&SKELETON)
    }

    fn published_columns(&self) -> Option<&'static PublishedColumns> {
        Some(&PublishedColumns::EDGES)
    }

    fn example(&self) -> &'static str {
        EXAMPLE
    }

    fn encodings(&self) -> &'static [Encoding] {
        const {
            &[
                Encoding::new("tuple", write_tuple),
                Encoding::new("string", write_string),
                Encoding { read: Some(read_native), ..Encoding::new("native", write_native) },
                Encoding::new("index", write_index),
                Encoding::new("nodes", dialects::write_nodes),
            ]
        }
    }

    fn column_parts(&self) -> &'static [ColumnParts] {
        dialects::COLUMNS
    }

    fn number(&self) -> Option<&'static str> {
        Some("an index")
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        match Scanner::new(text).peek() {
            Some(b'|') => read_string(self, text),
            Some(b'0'..=b'9') => match scan::bracketed(text) {
                Some(listed) => read_list(self, &listed),
                None => read_index(self, text),
            },
            Some(_) if Dict::begins(text) => dialects::read_dict(text),
            Some(_) if Scanner::new(text).is_list() => read_list(self, text),
            _ => Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE }),
        }
    }

    fn enumerate(&self) -> Option<Generated> {
        Some(Box::new(all_digits(5).map(|ids| from_ids(&NasBench201, ids))))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        from_ids(self, random_digits(random, 5))
    }
}

/// Six ids, six names, or a graph with operations on nodes.
fn read_list(space: &NasBench201, text: &str) -> Result<Architecture, EncodingError> {
    let scan = scan::unwrapped(text, 1);
    let mut first = scan;
    first.open()?;
    match first.peek() {
        Some(b'\'' | b'"') if first.number().is_err() => dialects::read_names(scan),
        _ if first.is_list() => dialects::read_graph(scan),
        _ => from_ids(space, six_ids(scan)?),
    }
}

fn six_ids(mut scan: Scanner) -> Result<[u32; 6], EncodingError> {
    let mut ids = [0; 6];
    let found = scan::numbers_of(&mut scan, &mut ids)?;
    scan.end()?;
    if found != ids.len() {
        let what = "numbers";
        return Err(EncodingError::Length { what, found, space: NAME, expected: "6" });
    }
    Ok(ids)
}

/// Six ids in the order of the benchmark's own code.
fn read_native(text: &str) -> Result<Architecture, EncodingError> {
    let listed = scan::bracketed(text);
    from_native_ids(six_ids(scan::unwrapped(listed.as_deref().unwrap_or(text), 1))?)
}

fn from_native_ids(ids: [u32; 6]) -> Result<Architecture, EncodingError> {
    let mut edges = [(0, 0, None); 6];
    for (index, (&id, (from, to))) in ids.iter().zip(NATIVE_EDGES).enumerate() {
        let op = usize::try_from(id).ok().and_then(|id| NATIVE_OPS.get(id));
        let op = *op.ok_or_else(|| EncodingError::OpOutOfRange {
            id,
            index: index + 1,
            space: NAME,
            known: list(
                NATIVE_OPS.iter().zip(0..).map(|(op, id)| format!("{id} {}", OPS[op.index()])),
            ),
        })?;
        let place = EDGES.iter().position(|&edge| edge == (from, to)).unwrap_or(0);
        edges[place] = (from, to, Some(op));
    }
    architecture(&edges)
}

/// The number under which the benchmark holds a network.
fn read_index(_: &NasBench201, text: &str) -> Result<Architecture, EncodingError> {
    if let Some(at) = text.find('.') {
        let rest = clip(&text[at..]);
        return Err(EncodingError::invalid(format!(
            "an index of {NAME} has no `{rest}` behind it"
        )));
    }
    let mut scan = Scanner::new(text);
    let index = scan.number()?;
    scan.end()?;
    let ids = nasbench201_order::ids(index).ok_or_else(|| {
        EncodingError::invalid(format!("index {index} is out of range: the last is {}", COUNT - 1))
    })?;
    from_native_ids(ids)
}

/// The network with these operations, in the order of the tuple.
fn from_ids(space: &NasBench201, ids: [u32; 6]) -> Result<Architecture, EncodingError> {
    let mut edges = [(0, 0, None); 6];
    for (index, (&id, (from, to))) in ids.iter().zip(EDGES).enumerate() {
        edges[index] = (from, to, Some(scan::op_by_id(space, id, index)?));
    }
    architecture(&edges)
}

/// `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`: a group for each node after the input, which names for
/// each earlier node, in order, what brings its value here.
fn read_string(space: &NasBench201, text: &str) -> Result<Architecture, EncodingError> {
    let mut edges = [(0, 0, None); 6];
    let mut scan = Scanner::new(text);
    for to in 1..4 {
        if to > 1 {
            scan.expect(b'+', "`+` between two nodes")?;
        }
        scan.expect(b'|', "`|`")?;
        for from in 0..to {
            let op = scan::op_by_name(space, scan.until('~').trim())?;
            scan.expect(b'~', "`~` and the node that the operation reads")?;
            let source = scan.number()?;
            if usize::try_from(source) != Ok(from) {
                return Err(EncodingError::invalid(format!(
                    "node {to} reads node {source} where node {from} is due; its operations name the nodes 0 to {} in order",
                    to - 1
                )));
            }
            scan.expect(b'|', "`|` after an operation")?;
            let place = EDGES.iter().position(|&edge| edge == (from, to)).unwrap_or(0);
            edges[place] = (from, to, Some(op));
        }
    }
    scan.end()?;
    architecture(&edges)
}

pub(super) fn architecture(
    edges: &[(usize, usize, Option<Op>)],
) -> Result<Architecture, EncodingError> {
    let cell = Cell::new(Site::Edges, 1, &[None; 4], edges)?;
    Ok(Architecture::new(NAME, [cell]))
}

/// The operation on an edge; every edge of the space has one.
pub(super) fn op(architecture: &Architecture, from: usize, to: usize) -> usize {
    let op = architecture.cells()[0].edge_op(from, to).flatten();
    op.map_or(0, Op::index)
}

fn write_tuple(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(scan::tuple(EDGES.map(|(from, to)| op(architecture, from, to))))
}

fn native_ids(architecture: &Architecture) -> [usize; 6] {
    NATIVE_EDGES.map(|(from, to)| {
        let op = op(architecture, from, to);
        NATIVE_OPS.iter().position(|native| native.index() == op).unwrap_or(0)
    })
}

fn write_native(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(scan::tuple(native_ids(architecture)))
}

fn write_index(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(nasbench201_order::index(native_ids(architecture)).to_string())
}

fn write_string(architecture: &Architecture) -> Result<String, EncodingError> {
    let node = |to: usize| {
        let ops = (0..to).map(|from| format!("{}~{from}|", OPS[op(architecture, from, to)]));
        format!("|{}", ops.collect::<String>())
    };
    Ok([node(1), node(2), node(3)].join("+"))
}
