//! TransNAS-Bench-101, macro level: a chain of four to six stages, each of which may double the
//! channels and may halve the resolution.
//!
//! Duan et al., CVPR 2021. The cell is the chain itself, a stage on each edge.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rand::{Rng, RngCore};

use super::generate::digits;
use super::scan::{self, Scanner};
use super::{
    Architecture, Block, Encoding, EncodingError, Entries, Generated, ImageSkeleton, Layer, Layout,
    OpKind, OperationKind, Places, PublishedColumns, SearchSpace, Shape, Side, Skeleton, StageStep,
    Width, Wiring,
};
use crate::graph::{Cell, Op, Site};
use crate::table::clip;

/// See the module.
pub(super) struct TransBenchMacro;

const NAME: &str = "transbench101-macro";
const EXAMPLE: &str = "(1, 2, 3, 4)";

/// The kinds of stage; the ids in the encodings count from 1.
const OPS: &[&str] = &["plain", "channel", "stride", "channel+stride"];

/// What the stages do: two residual blocks of two 3×3 convolutions each.
const KINDS: &[OpKind] = &[OpKind::new(OperationKind::ResidualBlocks, 3).repeated(4); 4];

/// What they do to channels and resolution.
const STEPS: &[StageStep] = &[
    StageStep { doubles: false, halves: false },
    StageStep { doubles: true, halves: false },
    StageStep { doubles: false, halves: true },
    StageStep { doubles: true, halves: true },
];

/// The most stages a network has.
const STAGES: usize = 6;

/// How many chains of four to six stages there are.
const CHAINS: u32 = 256 + 1024 + 4096;

/// The images of `class_scene`, the layers before the first stage and behind the last one, with its 63 classes.
pub(super) const IMAGE: Shape = Shape { channels: 3, side: 256 };
pub(super) const STEM: &[Layer] = &[
    Layer::Conv(3, Width::Exactly(32), Side::Over(2)),
    Layer::BatchNorm,
    Layer::Relu,
    Layer::Conv(3, Width::Exactly(64), Side::Over(2)),
    Layer::BatchNorm,
];
pub(super) const HEAD: &[Layer] = &[Layer::GlobalPool, Layer::Linear(63)];

/// A stage: two residual blocks of two 3×3 convolutions. The first changes channels and resolution; its shortcut is
/// then a 1×1 convolution with batch normalization.
const STAGE: &[Block] = &[BASIC, BASIC];
const BASIC: Block = Block::residual(
    &[
        Layer::Relu,
        Layer::Conv(3, Width::Out, Side::Out),
        Layer::BatchNorm,
        Layer::Relu,
        Layer::Conv(3, Width::Out, Side::Out),
        Layer::BatchNorm,
    ],
    &[Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm],
);
const BLOCKS: &[Cow<'static, [Block]>] =
    &[Cow::Borrowed(STAGE), Cow::Borrowed(STAGE), Cow::Borrowed(STAGE), Cow::Borrowed(STAGE)];

/// The network of `64-…-basic` on `class_scene`.
static SKELETON: Skeleton = Skeleton::Image(ImageSkeleton {
    image: IMAGE,
    stem: Cow::Borrowed(STEM),
    stages: Cow::Borrowed(&[]),
    between: Block::new(&[]),
    wiring: Wiring::Chain,
    operations: Cow::Borrowed(BLOCKS),
    steps: Cow::Borrowed(&[]),
    head: Cow::Borrowed(HEAD),
});

impl SearchSpace for TransBenchMacro {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "TransNAS-Bench-101 macro: a chain of 4 to 6 stages"
    }

    fn operations(&self) -> &'static [&'static str] {
        OPS
    }

    fn operation_kinds(&self) -> &'static [OpKind] {
        KINDS
    }

    fn path_lengths(&self) -> RangeInclusive<u32> {
        4..=6
    }

    fn site(&self) -> Site {
        Site::Edges
    }

    fn stages(&self) -> &'static [StageStep] {
        STEPS
    }

    fn layout(&self) -> Option<Layout<'_>> {
        Some(Layout {
            nodes: STAGES + 1,
            entries: Entries::Same,
            places: Places::Stages(STAGES),
            indicators: &[0, 1, 2, 3],
            has_indicators: true,
            ids: &[1, 2, 3, 4],
            missing: true,
            paths: None,
        })
    }

    fn skeleton(&self) -> Option<&Skeleton> {
        Some(&SKELETON)
    }

    fn published_columns(&self) -> Option<&'static PublishedColumns> {
        Some(&PublishedColumns::EDGES)
    }

    fn families(&self) -> &'static [&'static str] {
        &["stages"]
    }

    fn example(&self) -> &'static str {
        EXAMPLE
    }

    fn encodings(&self) -> &'static [Encoding] {
        const {
            &[
                Encoding::new("tuple", write_tuple),
                Encoding::new("string", write_string),
                Encoding::new("padded-tuple", write_padded_tuple),
            ]
        }
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        match Scanner::new(text).peek() {
            Some(b'0'..=b'9') => match scan::bracketed(text) {
                Some(listed) => read_tuple(&listed),
                None => read_string(text),
            },
            Some(_) if Scanner::new(text).is_list() => read_tuple(text),
            _ => Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE }),
        }
    }

    /// The 3,256 networks that the benchmark trained, of the 5,376 that can be read.
    fn enumerate(&self) -> Option<Generated> {
        Some(Box::new((0..CHAINS).filter_map(trained)))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        loop {
            if let Some(network) = trained(random.gen_range(0..CHAINS)) {
                return network;
            }
        }
    }
}

/// The chain of that number, the shortest first, if the benchmark trained it.
fn trained(mut number: u32) -> Option<Result<Architecture, EncodingError>> {
    let mut stages = 4;
    while stages < STAGES && number >= 1 << (2 * stages) {
        number -= 1 << (2 * stages);
        stages += 1;
    }
    let ids = digits::<STAGES>(number, 4).map(|digit| digit + 1);
    let ids = &ids[STAGES - stages..];
    is_trained(ids).then(|| architecture(ids))
}

/// Whether the benchmark has the chain: it doubles the channels one to three times and halves the
/// resolution one to four times.
fn is_trained(ids: &[u32]) -> bool {
    let channels = ids.iter().filter(|&&id| id % 2 == 0).count();
    let strides = ids.iter().filter(|&&id| id > 2).count();
    (1..=3).contains(&channels) && (1..=4).contains(&strides)
}

/// The ids, without the zeros that some dumps pad with.
fn read_tuple(text: &str) -> Result<Architecture, EncodingError> {
    let mut ids = [0; STAGES];
    let found = scan::numbers(text, &mut ids)?;
    if found > STAGES {
        return Err(length(found));
    }
    let ids = &ids[..found];
    let stages = ids.iter().rposition(|&id| id != 0).map_or(0, |last| last + 1);
    let network = architecture(&ids[..stages])?;
    Ok(Architecture { is_padded: stages < found, ..network })
}

/// `64-1234-basic`: 64 channels, a digit for each stage, residual blocks of the basic kind.
fn read_string(text: &str) -> Result<Architecture, EncodingError> {
    let text = text.trim();
    let digits = text.strip_prefix("64-").and_then(|rest| rest.strip_suffix("-basic"));
    let ids = digits.and_then(|digits| digits.chars().map(|digit| digit.to_digit(10)).collect());
    let ids: Vec<u32> = ids.ok_or_else(|| {
        let shown = clip(text);
        EncodingError::invalid(format!("`{shown}` does not have the form 64-1234-basic"))
    })?;
    architecture(&ids)
}

fn length(found: usize) -> EncodingError {
    EncodingError::Length { what: "stages", found, space: NAME, expected: "4 to 6" }
}

fn architecture(ids: &[u32]) -> Result<Architecture, EncodingError> {
    if !(4..=STAGES).contains(&ids.len()) {
        return Err(length(ids.len()));
    }
    let mut edges = [(0, 0, None); STAGES];
    for (stage, &id) in ids.iter().enumerate() {
        let op = match id {
            1..=4 => Op(u8::try_from(id - 1).unwrap_or(0)),
            _ => {
                return Err(EncodingError::OpOutOfRange {
                    id,
                    index: stage + 1,
                    space: NAME,
                    known: super::list((1..).zip(OPS).map(|(id, op)| format!("{id} {op}"))),
                });
            }
        };
        edges[stage] = (stage, stage + 1, Some(op));
    }
    let nodes = [None; STAGES + 1];
    let cell = Cell::new(Site::Edges, 1, &nodes[..=ids.len()], &edges[..ids.len()])?;
    Ok(Architecture::new(NAME, [cell]))
}

fn ids(architecture: &Architecture) -> impl Iterator<Item = usize> {
    architecture.cells()[0].ops().map(|op| op.index() + 1)
}

fn write_tuple(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(scan::tuple(ids(architecture)))
}

fn write_padded_tuple(architecture: &Architecture) -> Result<String, EncodingError> {
    Ok(scan::tuple(ids(architecture).chain(std::iter::repeat(0)).take(STAGES)))
}

fn write_string(architecture: &Architecture) -> Result<String, EncodingError> {
    let digits: String = ids(architecture).map(|id| id.to_string()).collect();
    Ok(format!("64-{digits}-basic"))
}
