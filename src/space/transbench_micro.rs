//! TransNAS-Bench-101, micro level: NAS-Bench-201's cell with four operations.
//!
//! Duan et al., *TransNAS-Bench-101: Improving Transferability and Generalizability of Cross-Task
//! Neural Architecture Search*, CVPR 2021.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rand::RngCore;

use super::generate::{all_digits, random_digits};
use super::scan::{self, Scanner};
use super::transbench_macro::{HEAD, IMAGE, STEM};
use super::{
    Architecture, Block, Encoding, EncodingError, Entries, Generated, ImageSkeleton, Layer, Layout,
    OpKind, OperationKind, PathOrder, Places, PublishedColumns, SearchSpace, Side, Skeleton, Stage,
    Width, Wiring,
};
use crate::graph::{Cell, Op, Site};
use crate::table::clip;

/// See the module.
pub(super) struct TransBenchMicro;

const NAME: &str = "transbench101-micro";
const EXAMPLE: &str = "(1, 0, 2, 3, 3, 3)";
const OPS: &[&str] = &["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3"];

/// What the operations do.
const KINDS: &[OpKind] = &[
    OpKind::new(OperationKind::Zero, 1),
    OpKind::new(OperationKind::Identity, 1),
    OpKind::new(OperationKind::Convolution, 1),
    OpKind::new(OperationKind::Convolution, 3),
];

/// The edges in the order of the tuple and of the string's digits: node by node.
const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)];

/// What the strings of the benchmark start with: 64 channels, and its fixed macro structure.
const SKELETON: &str = "64-41414-";

/// The blocks of the operations.
const BLOCKS: &[Cow<'static, [Block]>] =
    &[Cow::Borrowed(&[]), Cow::Borrowed(SKIP), Cow::Borrowed(CONV_1), Cow::Borrowed(CONV_3)];

/// Where a skip changes the shape it is two 1×1 convolutions with stride 2 side by side, each to half of the
/// channels, which cost what one to all of them costs.
const SKIP: &[Block] = &[Block::residual(
    &[],
    &[Layer::Relu, Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm],
)];
const CONV_1: &[Block] =
    &[Block::new(&[Layer::Relu, Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm])];
const CONV_3: &[Block] =
    &[Block::new(&[Layer::Relu, Layer::Conv(3, Width::Out, Side::Out), Layer::BatchNorm])];

/// The network of `64-41414-…` on `class_scene`: two 3×3 convolutions with stride 2 to 64 channels, five stages of
/// two cells, global pooling and a linear layer. The first cell of the stages 1, 3 and 5 doubles the channels and
/// halves the resolution, on the edges from its input.
static NETWORK: Skeleton = Skeleton::Image(ImageSkeleton {
    image: IMAGE,
    stem: Cow::Borrowed(STEM),
    stages: Cow::Borrowed(&[
        Stage { channels: 128, stride: 2, cells: 2, cell: 0 },
        Stage { channels: 128, stride: 1, cells: 2, cell: 0 },
        Stage { channels: 256, stride: 2, cells: 2, cell: 0 },
        Stage { channels: 256, stride: 1, cells: 2, cell: 0 },
        Stage { channels: 512, stride: 2, cells: 2, cell: 0 },
    ]),
    between: Block::new(&[]),
    wiring: Wiring::Sum,
    operations: Cow::Borrowed(BLOCKS),
    steps: Cow::Borrowed(&[]),
    head: Cow::Borrowed(HEAD),
});

impl SearchSpace for TransBenchMicro {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "TransNAS-Bench-101 micro: operations on the 6 edges of a 4-node cell"
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
        Some(Op(0))
    }

    fn site(&self) -> Site {
        Site::Edges
    }

    fn layout(&self) -> Option<Layout<'_>> {
        Some(Layout {
            nodes: 4,
            entries: Entries::Same,
            places: Places::Edges(&EDGES, &[]),
            indicators: &[0, 1, 2, 3],
            has_indicators: true,
            ids: &[0, 1, 2, 3],
            missing: false,
            paths: Some(PathOrder { digits: &[0, 1, 2, 3], lengths: 1..=3 }),
        })
    }

    fn skeleton(&self) -> Option<&Skeleton> {
        Some(&NETWORK)
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
                Encoding::new("cell", write_cell),
            ]
        }
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        match Scanner::new(text).peek() {
            Some(b'0'..=b'9') => match scan::bracketed(text) {
                Some(listed) => read_tuple(self, &listed),
                None => read_string(self, text),
            },
            Some(_) if Scanner::new(text).is_list() => read_tuple(self, text),
            _ => Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE }),
        }
    }

    fn enumerate(&self) -> Option<Generated> {
        Some(Box::new(all_digits(4).map(|ids| architecture(&TransBenchMicro, ids))))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        architecture(self, random_digits(random, 4))
    }
}

fn read_tuple(space: &TransBenchMicro, text: &str) -> Result<Architecture, EncodingError> {
    let mut ids = [0; 6];
    let found = scan::numbers(text, &mut ids)?;
    if found != ids.len() {
        let what = "numbers";
        return Err(EncodingError::Length { what, found, space: NAME, expected: "6" });
    }
    architecture(space, ids)
}

/// `64-41414-1_02_333`, or the cell alone, `1_02_333`: a digit for each edge, the edges into a node together.
fn read_string(space: &TransBenchMicro, text: &str) -> Result<Architecture, EncodingError> {
    const EXPECTED: &str = "1, 2 and 3 operation digits, as in 64-41414-1_02_333";
    let text = text.trim();
    let digits = text.strip_prefix(SKELETON).unwrap_or(text);
    if digits.contains('-') {
        return Err(EncodingError::invalid(format!(
            "`{}` does not start with {SKELETON}, the macro structure of {NAME}",
            clip(text)
        )));
    }
    let mut ids = [0; 6];
    let mut next = ids.iter_mut();
    let mut found = 0;
    for (group, length) in digits.split('_').zip(1..) {
        if length > 3 || group.len() != length {
            let (found, what) = (group.len(), "operation digits for a node");
            return Err(EncodingError::Length { what, found, space: NAME, expected: EXPECTED });
        }
        for digit in group.chars() {
            let Some(id) = digit.to_digit(10) else {
                let known = super::list(OPS);
                return Err(EncodingError::UnknownOp { name: clip(group), space: NAME, known });
            };
            if let Some(place) = next.next() {
                *place = id;
            }
            found += 1;
        }
    }
    if found != ids.len() {
        let what = "operation digits";
        return Err(EncodingError::Length { what, found, space: NAME, expected: EXPECTED });
    }
    architecture(space, ids)
}

fn architecture(space: &TransBenchMicro, ids: [u32; 6]) -> Result<Architecture, EncodingError> {
    let mut edges = [(0, 0, None); 6];
    for (index, (&id, (from, to))) in ids.iter().zip(EDGES).enumerate() {
        edges[index] = (from, to, Some(scan::op_by_id(space, id, index)?));
    }
    let cell = Cell::new(Site::Edges, 1, &[None; 4], &edges)?;
    Ok(Architecture::new(NAME, [cell]))
}

fn ids(architecture: &Architecture) -> [usize; 6] {
    let cell = &architecture.cells()[0];
    EDGES.map(|(from, to)| cell.edge_op(from, to).flatten().map_or(0, Op::index))
}

fn write_tuple(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(scan::tuple(ids(architecture)))
}

fn write_string(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(format!("{SKELETON}{}", write_cell(architecture)?))
}

fn write_cell(architecture: &Architecture) -> Result<String, EncodingError> {
    let digits = ids(architecture).map(|id| id.to_string());
    let nodes = [digits[..1].concat(), digits[1..3].concat(), digits[3..].concat()];
    Ok(nodes.join("_"))
}
