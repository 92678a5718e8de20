//! NAS-Bench-301, the DARTS space: a normal and a reduction cell, each with two inputs and four
//! intermediate nodes that read two earlier nodes through an operation.
//!
//! Liu et al., *DARTS: Differentiable Architecture Search*, ICLR 2019; Zela et al., *Surrogate NAS
//! Benchmarks*, ICLR 2022. Nodes: 0 and 1 are the outputs of the two cells before (`c_{k-2}` and
//! `c_{k-1}`), 2 to 5 are the intermediate nodes, 6 concatenates them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rand::{Rng, RngCore};
use serde_json::json;
use smallvec::SmallVec;

use super::dict::Dict;
use super::nasbench301_dialects as dialects;
use super::scan::{self, Scanner};
use super::{
    Architecture, Block, CellShape, ColumnParts, Encoding, EncodingError, Entries, Generated,
    ImageSkeleton, Layer, Layout, OpKind, OperationKind, PathOrder, Places, PublishedColumns,
    SearchSpace, Shape, Shift, Side, Skeleton, Stage, Width, Wiring,
};
use crate::graph::{Cell, Op, Site};

/// See the module.
pub(super) struct NasBench301;

pub(super) const NAME: &str = "nasbench301";
const OPS: &[&str] = &[
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
];

/// What the operations do in the DARTS code: separable convolutions come twice, dilated ones have a
/// dilation of 2.
const KINDS: &[OpKind] = &[
    OpKind::new(OperationKind::MaxPooling, 3),
    OpKind::new(OperationKind::AveragePooling, 3),
    OpKind::new(OperationKind::Identity, 1),
    OpKind::new(OperationKind::SeparableConvolution, 3).repeated(2),
    OpKind::new(OperationKind::SeparableConvolution, 5).repeated(2),
    OpKind::new(OperationKind::DilatedConvolution, 3).dilated(2),
    OpKind::new(OperationKind::DilatedConvolution, 5).dilated(2),
];
const EXAMPLE: &str = "(((0, 3), (1, 3), (0, 2), (2, 3), (2, 3), (0, 3), (2, 6), (3, 5)), ((0, 3), (1, 3), (1, 1), (0, 5), (2, 3), (0, 2), (4, 4), (3, 1)))";

/// The operation of an edge that passes nothing on: in texts only, as a cell has no such edge.
pub(super) const NONE: &str = "none";

const INPUT_NAMES: &[&str] = &["c_k-2", "c_k-1"];

/// The inputs of a cell, its intermediate nodes and the edges with an operation.
pub(super) const INPUTS: usize = 2;
pub(super) const NODES: usize = 4;
const EDGES: usize = 2 * NODES;

/// What the keys of a NAS-Bench-301 configuration start with.
pub(super) const CONFIG: &str = "NetworkSelectorDatasetInfo:darts:";

/// A cell as encodings have it.
pub(super) struct CellWiring {
    /// The node that is read, the node that reads it and the operation on the way, in the order of the nodes that read.
    edges: SmallVec<[(usize, usize, Op); EDGES]>,
    /// Which of the intermediate nodes the output gathers.
    pub gathered: [bool; NODES],
}

impl Default for CellWiring {
    fn default() -> Self {
        CellWiring { edges: SmallVec::new(), gathered: [true; NODES] }
    }
}

impl CellWiring {
    /// Adds an edge, unless its operation passes nothing on.
    pub fn add(&mut self, source: usize, node: usize, op: Option<Op>) {
        let Some(op) = op else { return };
        let place = self.edges.partition_point(|edge| edge.1 <= node);
        self.edges.insert(place, (source, node, op));
    }
}

/// The blocks of the operations. Their batch normalizations have no scale and shift; separable convolutions come
/// twice. In a reduction cell the operations on edges from an input have stride 2; a skip is then two 1×1
/// convolutions side by side, each to half of the channels, which cost what one to all of them costs.
const BLOCKS: &[Cow<'static, [Block]>] = &[
    Cow::Borrowed(MAX_POOL),
    Cow::Borrowed(POOL),
    Cow::Borrowed(SKIP),
    Cow::Borrowed(SEPARABLE_3),
    Cow::Borrowed(SEPARABLE_5),
    Cow::Borrowed(DILATED_3),
    Cow::Borrowed(DILATED_5),
];
const MAX_POOL: &[Block] = &[Block::new(&[Layer::MaxPool(3, Side::Out), Layer::PlainBatchNorm])];
const POOL: &[Block] = &[Block::new(&[Layer::Pool(3, Side::Out), Layer::PlainBatchNorm])];
const SKIP: &[Block] = &[Block::residual(
    &[],
    &[Layer::Relu, Layer::Conv(1, Width::Out, Side::Out), Layer::PlainBatchNorm],
)];
const SEPARABLE_3: &[Block] = &[Block::new(&SEPARABLE_LAYERS_3), Block::new(&SEPARABLE_LAYERS_3)];
const SEPARABLE_5: &[Block] = &[Block::new(&SEPARABLE_LAYERS_5), Block::new(&SEPARABLE_LAYERS_5)];
const DILATED_3: &[Block] = &[Block::new(&SEPARABLE_LAYERS_3)];
const DILATED_5: &[Block] = &[Block::new(&SEPARABLE_LAYERS_5)];
const SEPARABLE_LAYERS_3: [Layer; 4] = separable_layers(3);
const SEPARABLE_LAYERS_5: [Layer; 4] = separable_layers(5);

const fn separable_layers(kernel: u64) -> [Layer; 4] {
    [
        Layer::Relu,
        Layer::Depthwise(kernel, Side::Out),
        Layer::Conv(1, Width::Out, Side::Same),
        Layer::PlainBatchNorm,
    ]
}

/// The network on CIFAR-10 as `NASLib` builds it for its zero-cost proxies: a 3×3 convolution to 96 channels, eight
/// cells from 32 channels, no auxiliary head. Cells 2 and 5 are reduction cells, which double the channels and halve
/// the resolution.
static SKELETON: Skeleton = Skeleton::Image(ImageSkeleton {
    image: Shape { channels: 3, side: 32 },
    stem: Cow::Borrowed(&[Layer::Conv(3, Width::Exactly(96), Side::Same), Layer::BatchNorm]),
    stages: Cow::Borrowed(&[
        Stage { channels: 32, stride: 1, cells: 2, cell: 0 },
        Stage { channels: 64, stride: 2, cells: 1, cell: 1 },
        Stage { channels: 64, stride: 1, cells: 2, cell: 0 },
        Stage { channels: 128, stride: 2, cells: 1, cell: 1 },
        Stage { channels: 128, stride: 1, cells: 2, cell: 0 },
    ]),
    between: Block::new(&[]),
    wiring: Wiring::Gather,
    operations: Cow::Borrowed(BLOCKS),
    steps: Cow::Borrowed(&[]),
    head: Cow::Borrowed(&[Layer::GlobalPool, Layer::Linear(10)]),
});

static PUBLISHED: PublishedColumns = PublishedColumns {
    first_id: 1,
    fixed_counts: &[4.0],
    cells: &[("normal.", "normal_"), ("reduce.", "reduce_")],
    inputs: &[(".c_k-2", "c_{k-2}"), (".c_k-1", "c_{k-1}")],
    degrees: &[
        ("c_{k-2}_degree", "c_k-2_out"),
        ("c_{k-1}_degree", "c_k-1_out"),
        ("avg_in", "mean"),
        ("avg_out", "mean"),
    ],
    has_shortest: false,
    longest: Some(Shift { by: 1.0, absent: (-1.0, -1.0) }),
    ..PublishedColumns::EDGES
};

impl SearchSpace for NasBench301 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "NAS-Bench-301 (DARTS): operations on the 8 edges of a normal and a reduction cell"
    }

    fn operations(&self) -> &'static [&'static str] {
        OPS
    }

    fn operation_kinds(&self) -> &'static [OpKind] {
        KINDS
    }

    fn path_lengths(&self) -> RangeInclusive<u32> {
        1..=4
    }

    fn site(&self) -> Site {
        Site::Edges
    }

    fn cells(&self) -> &'static [CellShape] {
        &[
            CellShape { prefix: "normal.", inputs: INPUT_NAMES, silent_output: true, repeats: 6 },
            CellShape { prefix: "reduce.", inputs: INPUT_NAMES, silent_output: true, repeats: 2 },
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &["op_count", "max_op_on_path", "node_degree"]
    }

    fn layout(&self) -> Option<Layout<'_>> {
        const ALL: &[u8] = &[0, 1, 2, 3, 4, 5, 6];
        Some(Layout {
            nodes: INPUTS + NODES + 1,
            entries: Entries::Full,
            places: Places::Listed(EDGES),
            indicators: ALL,
            has_indicators: false,
            ids: &[0, 1, 2, 3, 4, 5, 6],
            missing: false,
            paths: Some(PathOrder { digits: ALL, lengths: 1..=4 }),
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
                Encoding::new("compact", write_compact),
                Encoding::new("genotype", write_genotype),
                Encoding::new("json", write_json),
                Encoding::new("config", write_config),
            ]
        }
    }

    fn column_parts(&self) -> &'static [ColumnParts] {
        dialects::COLUMNS
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        match Scanner::new(text).peek() {
            Some(_) if Dict::begins(text) => dialects::read_dict(text),
            Some(_) if text.contains("Genotype(") => {
                dialects::read_genotype(scan::unwrapped(text, 0))
            }
            Some(_) if Scanner::new(text).is_list() => read_compact(text),
            _ => Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE }),
        }
    }

    /// Too many: 180 ways to choose what the four nodes of a cell read, seven operations on eight
    /// edges, two cells, 1.08·10¹⁸ networks.
    fn enumerate(&self) -> Option<Generated> {
        None
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        architecture(&random_cell(random), &random_cell(random))
    }
}

/// Two different earlier nodes for each intermediate node, in order, and any operations.
fn random_cell(random: &mut dyn RngCore) -> CellWiring {
    let mut wiring = CellWiring::default();
    for node in INPUTS..INPUTS + NODES {
        let first = random.gen_range(0..node);
        let second = (first + random.gen_range(1..node)) % node;
        for source in [first.min(second), first.max(second)] {
            wiring.add(source, node, Some(Op(0)));
        }
    }
    for (_, _, op) in &mut wiring.edges {
        *op = Op(random.gen_range(0..7));
    }
    wiring
}

/// Checks the rules of the space and builds the two cells.
pub(super) fn architecture(
    normal: &CellWiring,
    reduce: &CellWiring,
) -> Result<Architecture, EncodingError> {
    Ok(Architecture::new(NAME, [cell("normal", normal)?, cell("reduction", reduce)?]))
}

fn cell(kind: &str, wiring: &CellWiring) -> Result<Cell, EncodingError> {
    let output = INPUTS + NODES;
    let mut edges: SmallVec<[_; EDGES + NODES]> = SmallVec::new();
    for &(source, node, op) in &wiring.edges {
        if source >= node {
            let which = if source == node { "itself" } else { "a later node" };
            return Err(EncodingError::invalid(format!(
                "{kind} cell: node {node} reads node {source}, {which}; it can read the nodes 0 to {}",
                node - 1
            )));
        }
        edges.push((source, node, Some(op)));
    }
    for (node, _) in (INPUTS..).zip(wiring.gathered).filter(|(_, is_gathered)| *is_gathered) {
        edges.push((node, output, None));
    }
    Ok(Cell::new(Site::Edges, INPUTS, &[None; INPUTS + NODES + 1], &edges)?)
}

/// Two lists or tuples of eight pairs.
fn read_compact(text: &str) -> Result<Architecture, EncodingError> {
    let mut scan = Scanner::new(text);
    let mut cells: SmallVec<[CellWiring; 2]> = SmallVec::new();
    scan.list(|scan, place| {
        if place == 2 {
            return Err(EncodingError::invalid(
                "more than two cells; a network has a normal and a reduction cell",
            ));
        }
        cells.push(dialects::cell(scan)?);
        Ok(())
    })?;
    scan.end()?;
    let [normal, reduce] = cells.as_slice() else {
        return Err(EncodingError::invalid(
            "one cell; a network has a normal and a reduction cell",
        ));
    };
    architecture(normal, reduce)
}

/// The number of the edge `source → node` among all pairs, node by node from node 2.
pub(super) fn edge_number(source: usize, node: usize) -> usize {
    (INPUTS..node).sum::<usize>() + source
}

/// For each intermediate node the nodes that it reads and the operations on the way.
type NodePairs = [SmallVec<[(usize, Op); 2]>; NODES];

/// For each intermediate node what it reads, in the order in which that was read.
fn pairs(cell: &Cell) -> NodePairs {
    std::array::from_fn(|node| {
        let into = cell.edges().filter(|edge| edge.1 == node + INPUTS);
        into.filter_map(|(from, _, op)| op.map(|op| (from, op))).collect()
    })
}

/// The nodes that the output gathers.
fn gathered(cell: &Cell) -> Vec<usize> {
    cell.edges().filter(|edge| edge.1 == cell.output()).map(|edge| edge.0).collect()
}

/// The pairs of a cell, if each node has two and the output gathers all, as encodings without names for anything else need.
fn plain_pairs(cell: &Cell, encoding: &str) -> Result<NodePairs, EncodingError> {
    let pairs = pairs(cell);
    if pairs.iter().all(|pairs| pairs.len() == 2) && gathered(cell).len() == NODES {
        return Ok(pairs);
    }
    Err(EncodingError::invalid(format!(
        "{encoding} has no way to write a node that reads less than two nodes, or that the output does not gather; \
         genotype and json have"
    )))
}

/// The pairs as `one` writes each, the operation `none` where a node reads less than two nodes.
fn named_pairs<T>(cell: &Cell, one: impl Fn(&'static str, usize) -> T) -> Vec<T> {
    let of_node = |pairs: SmallVec<[(usize, Op); 2]>| {
        let missing = std::iter::repeat_n((NONE, 0), 2_usize.saturating_sub(pairs.len()));
        pairs.into_iter().map(|(from, op)| (OPS[op.index()], from)).chain(missing)
    };
    pairs(cell).into_iter().flat_map(of_node).map(|(op, from)| one(op, from)).collect()
}

fn write_compact(architecture: &Architecture) -> Result<String, EncodingError> {
    let cell = |cell: &Cell| {
        let pairs = plain_pairs(cell, "compact")?.concat();
        let pairs: Vec<_> = pairs.iter().map(|(from, op)| format!("({from}, {})", op.0)).collect();
        Ok::<_, EncodingError>(format!("({})", pairs.join(", ")))
    };
    let [normal, reduce] = architecture.cells() else { return Err(two_cells()) };
    Ok(format!("({}, {})", cell(normal)?, cell(reduce)?))
}

fn write_genotype(architecture: &Architecture) -> Result<String, EncodingError> {
    let cell = |name: &str, cell: &Cell| {
        let pairs = named_pairs(cell, |op, from| format!("('{op}', {from})"));
        format!("{name}=[{}], {name}_concat={:?}", pairs.join(", "), gathered(cell))
    };
    let [normal, reduce] = architecture.cells() else { return Err(two_cells()) };
    Ok(format!("Genotype({}, {})", cell("normal", normal), cell("reduce", reduce)))
}

fn write_json(architecture: &Architecture) -> Result<String, EncodingError> {
    let cell = |cell: &Cell| named_pairs(cell, |op, from| json!([op, from]));
    let [normal, reduce] = architecture.cells() else { return Err(two_cells()) };
    let genotype = json!({
        "normal": cell(normal), "normal_concat": gathered(normal),
        "reduce": cell(reduce), "reduce_concat": gathered(reduce),
    });
    Ok(genotype.to_string())
}

fn write_config(architecture: &Architecture) -> Result<String, EncodingError> {
    let mut config = BTreeMap::new();
    for (kind, cell) in ["normal", "reduce"].into_iter().zip(architecture.cells()) {
        for (node, mut pairs) in (INPUTS..).zip(plain_pairs(cell, "config")?) {
            pairs.sort_unstable_by_key(|pair| pair.0);
            if pairs[0].0 == pairs[1].0 {
                return Err(EncodingError::invalid(format!(
                    "config has no way to write that node {node} reads node {} twice; the other encodings have",
                    pairs[0].0
                )));
            }
            for &(from, op) in &pairs {
                let key = format!("{CONFIG}edge_{kind}_{}", edge_number(from, node));
                config.insert(key, OPS[op.index()].to_owned());
            }
            if node > INPUTS {
                let sources = format!("{}_{}", pairs[0].0, pairs[1].0);
                config.insert(format!("{CONFIG}inputs_node_{kind}_{node}"), sources);
            }
        }
    }
    Ok(json!(config).to_string())
}

fn two_cells() -> EncodingError {
    EncodingError::invalid("not a network of this space")
}
