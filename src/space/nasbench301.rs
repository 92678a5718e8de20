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
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::ColumnPair;
use super::scan::{self, Scanner};
use super::{
    Architecture, Block, CellShape, Encoding, EncodingError, Entries, Generated, ImageSkeleton,
    Kind, Layer, Layout, OpKind, PathOrder, Places, PublishedColumns, SearchSpace, Shape, Shift,
    Side, Skeleton, Stage, Width, Wiring,
};
use crate::graph::{Cell, Op, Site};
use crate::table::clip;

/// See the module.
pub(super) struct NasBench301;

const NAME: &str = "nasbench301";
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
    OpKind::new(Kind::MaxPooling, 3),
    OpKind::new(Kind::AveragePooling, 3),
    OpKind::new(Kind::Identity, 1),
    OpKind::new(Kind::SeparableConvolution, 3).repeated(2),
    OpKind::new(Kind::SeparableConvolution, 5).repeated(2),
    OpKind::new(Kind::DilatedConvolution, 3).dilated(2),
    OpKind::new(Kind::DilatedConvolution, 5).dilated(2),
];
const EXAMPLE: &str = "(((0, 3), (1, 3), (0, 2), (2, 3), (2, 3), (0, 3), (2, 6), (3, 5)), ((0, 3), (1, 3), (1, 1), (0, 5), (2, 3), (0, 2), (4, 4), (3, 1)))";

const INPUT_NAMES: &[&str] = &["c_k-2", "c_k-1"];

/// The inputs of a cell, its intermediate nodes and the edges with an operation.
const INPUTS: usize = 2;
const NODES: usize = 4;
const EDGES: usize = 2 * NODES;

/// What the keys of a NAS-Bench-301 configuration start with.
const CONFIG: &str = "NetworkSelectorDatasetInfo:darts:";

/// A cell as every encoding has it: for each intermediate node two pairs of the node that is read
/// and the operation on the way.
type Pairs = [(usize, Op); EDGES];

/// The blocks of the operations. Their batch normalizations have no scale and shift; separable convolutions come
/// twice. In a reduction cell the operations on edges from an input have stride 2; a skip is then two 1×1
/// convolutions side by side, each to half of the channels, which cost what one to all of them costs.
const BLOCKS: &[Cow<'static, [Block]>] = &[
    Cow::Borrowed(POOL),
    Cow::Borrowed(POOL),
    Cow::Borrowed(SKIP),
    Cow::Borrowed(SEPARABLE_3),
    Cow::Borrowed(SEPARABLE_5),
    Cow::Borrowed(DILATED_3),
    Cow::Borrowed(DILATED_5),
];
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

    fn column_pairs(&self) -> &'static [ColumnPair] {
        &[ColumnPair {
            names: ["normal", "reduce"],
            join: |normal, reduce| format!(r#"{{"normal":{normal},"reduce":{reduce}}}"#),
        }]
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        match Scanner::new(text).peek() {
            Some(b'(' | b'[') => read_compact(self, text),
            Some(b'{') if text.contains(CONFIG) => read_config(self, text),
            Some(b'{') => read_json(self, text),
            Some(b'G') => read_genotype(self, text),
            _ => Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE }),
        }
    }

    /// Too many: 180 ways to choose what the four nodes of a cell read, seven operations on eight
    /// edges, two cells, 1.08·10¹⁸ networks.
    fn enumerate(&self) -> Option<Generated> {
        None
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        architecture(&random_pairs(random), &random_pairs(random))
    }
}

/// Two different earlier nodes for each intermediate node, in order, and any operations.
fn random_pairs(random: &mut dyn RngCore) -> Pairs {
    let mut pairs = [(0, Op(0)); EDGES];
    for (node, of_node) in (INPUTS..).zip(pairs.chunks_mut(2)) {
        let first = random.gen_range(0..node);
        let second = (first + random.gen_range(1..node)) % node;
        of_node[0].0 = first.min(second);
        of_node[1].0 = first.max(second);
    }
    for (_, op) in &mut pairs {
        *op = Op(random.gen_range(0..7));
    }
    pairs
}

/// Checks the rules of the space and builds the two cells.
fn architecture(normal: &Pairs, reduce: &Pairs) -> Result<Architecture, EncodingError> {
    Ok(Architecture::new(NAME, [cell("normal", normal)?, cell("reduction", reduce)?]))
}

fn cell(kind: &str, pairs: &Pairs) -> Result<Cell, EncodingError> {
    let mut edges = [(0, 0, None); EDGES + NODES];
    let output = INPUTS + NODES;
    for (index, &(source, op)) in pairs.iter().enumerate() {
        let node = INPUTS + index / 2;
        if source >= node {
            let which = if source == node { "itself" } else { "a later node" };
            return Err(EncodingError::invalid(format!(
                "{kind} cell: node {node} reads node {source}, {which}; it can read the nodes 0 to {}",
                node - 1
            )));
        }
        if index % 2 == 1 && pairs[index - 1].0 == source {
            return Err(EncodingError::invalid(format!(
                "{kind} cell: node {node} reads node {source} twice; it reads two different nodes"
            )));
        }
        edges[index] = (source, node, Some(op));
    }
    for (edge, node) in edges[EDGES..].iter_mut().zip(INPUTS..) {
        *edge = (node, output, None);
    }
    Ok(Cell::new(Site::Edges, INPUTS, &[None; INPUTS + NODES + 1], &edges)?)
}

/// The pairs of a cell, in the order in which they were read.
fn pairs(cell: &Cell) -> impl Iterator<Item = (usize, Op)> + '_ {
    cell.edges().filter_map(|(from, _, op)| op.map(|op| (from, op)))
}

fn pair_count(found: usize) -> EncodingError {
    let (what, expected) = ("pairs in a cell", "8, two for each of the four nodes");
    EncodingError::Length { what, found, space: NAME, expected }
}

/// Two lists or tuples of eight (node, operation id) pairs.
fn read_compact(space: &NasBench301, text: &str) -> Result<Architecture, EncodingError> {
    let mut scan = Scanner::new(text);
    let close = scan.open()?;
    let normal = compact_cell(space, &mut scan)?;
    if !scan.more(close)? {
        return Err(EncodingError::invalid(
            "one cell; a network has a normal and a reduction cell",
        ));
    }
    let reduce = compact_cell(space, &mut scan)?;
    if scan.more(close)? {
        return Err(EncodingError::invalid(
            "more than two cells; a network has a normal and a reduction cell",
        ));
    }
    scan.end()?;
    architecture(&normal, &reduce)
}

fn compact_cell(space: &NasBench301, scan: &mut Scanner) -> Result<Pairs, EncodingError> {
    list_of_pairs(scan, |scan, index| {
        let source = scan.number()?;
        scan.expect(b',', "`,` and the operation id")?;
        let op = scan::op_by_id(space, scan.number()?, index)?;
        Ok((source, op))
    })
}

/// Reads a list of eight pairs; `pair` reads what stands between the brackets of one.
fn list_of_pairs(
    scan: &mut Scanner,
    mut pair: impl FnMut(&mut Scanner, usize) -> Result<(u32, Op), EncodingError>,
) -> Result<Pairs, EncodingError> {
    let mut pairs = [(0, Op(0)); EDGES];
    let mut count = 0;
    let close = scan.open()?;
    let mut more = !scan.eat(close);
    while more {
        let close_pair = scan.open()?;
        let (source, op) = pair(scan, count)?;
        scan.expect(close_pair, "the end of the pair")?;
        if let Some(place) = pairs.get_mut(count) {
            *place = (usize::try_from(source).unwrap_or(usize::MAX), op);
        }
        count += 1;
        more = scan.more(close)?;
    }
    if count == EDGES { Ok(pairs) } else { Err(pair_count(count)) }
}

/// Python's `Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=range(2, 6), …)`.
fn read_genotype(space: &NasBench301, text: &str) -> Result<Architecture, EncodingError> {
    let mut scan = Scanner::new(text);
    if !scan.eat_word("Genotype") {
        return Err(scan.error("`Genotype(`"));
    }
    scan.expect(b'(', "`(`")?;
    let (mut normal, mut reduce) = (None, None);
    loop {
        let field = scan.until('=').trim();
        scan.expect(b'=', "`normal=`, `normal_concat=`, `reduce=` or `reduce_concat=`")?;
        match field {
            "normal" => normal = Some(named_cell(space, &mut scan)?),
            "reduce" => reduce = Some(named_cell(space, &mut scan)?),
            "normal_concat" | "reduce_concat" => concat(&mut scan)?,
            _ => {
                return Err(EncodingError::invalid(format!(
                    "unknown field `{}`; a Genotype has normal, normal_concat, reduce and reduce_concat",
                    clip(field)
                )));
            }
        }
        if !scan.more(b')')? {
            break;
        }
    }
    scan.end()?;
    both(normal, reduce)
}

fn both(normal: Option<Pairs>, reduce: Option<Pairs>) -> Result<Architecture, EncodingError> {
    match (normal, reduce) {
        (Some(normal), Some(reduce)) => architecture(&normal, &reduce),
        (None, _) => Err(EncodingError::invalid("no normal cell")),
        (_, None) => Err(EncodingError::invalid("no reduction cell (`reduce`)")),
    }
}

fn named_cell(space: &NasBench301, scan: &mut Scanner) -> Result<Pairs, EncodingError> {
    list_of_pairs(scan, |scan, _| {
        let op = scan::op_by_name(space, scan.quoted()?)?;
        scan.expect(b',', "`,` and the node that is read")?;
        Ok((scan.number()?, op))
    })
}

/// `range(2, 6)` or a list: which nodes the output gathers, which must be 2 to 5.
fn concat(scan: &mut Scanner) -> Result<(), EncodingError> {
    let range = scan.eat_word("range");
    let close = scan.open()?;
    let mut nodes = Vec::new();
    let mut more = !scan.eat(close);
    while more {
        nodes.push(scan.number()?);
        more = scan.more(close)?;
    }
    let whole: &[u32] = if range { &[2, 6] } else { &[2, 3, 4, 5] };
    check_concat(nodes == whole)
}

fn check_concat(whole: bool) -> Result<(), EncodingError> {
    if whole {
        return Ok(());
    }
    Err(EncodingError::invalid(
        "the output must gather the nodes 2 to 5: [2, 3, 4, 5] or range(2, 6)",
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Genotype<'a> {
    #[serde(borrow)]
    normal: Vec<(Cow<'a, str>, usize)>,
    normal_concat: Option<Vec<u32>>,
    #[serde(borrow)]
    reduce: Vec<(Cow<'a, str>, usize)>,
    reduce_concat: Option<Vec<u32>>,
}

fn read_json(space: &NasBench301, text: &str) -> Result<Architecture, EncodingError> {
    let genotype: Genotype = serde_json::from_str(text)?;
    for nodes in [genotype.normal_concat, genotype.reduce_concat].into_iter().flatten() {
        check_concat(nodes == [2, 3, 4, 5])?;
    }
    let cell = |named: Vec<(Cow<str>, usize)>| {
        let pair =
            |(name, source): &(Cow<str>, usize)| Ok((*source, scan::op_by_name(space, name)?));
        let pairs = named.iter().map(pair).collect::<Result<Vec<_>, EncodingError>>()?;
        Pairs::try_from(pairs).map_err(|pairs| pair_count(pairs.len()))
    };
    architecture(&cell(genotype.normal)?, &cell(genotype.reduce)?)
}

/// The configuration dictionary of NAS-Bench-301. Its edges are numbered over all pairs of an
/// earlier node and an intermediate node, node by node; an edge that the cell does not have is
/// absent. For the nodes 3 to 5 `inputs_node_…` repeats which nodes are read. The dictionary also
/// holds how the network was trained (layers, batch size, …), which is not looked at.
fn read_config(space: &NasBench301, text: &str) -> Result<Architecture, EncodingError> {
    let config: BTreeMap<Cow<str>, &RawValue> = serde_json::from_str(text)?;
    let entry = |key: &str| -> Result<Option<String>, EncodingError> {
        config.get(key).map(|value| Ok(serde_json::from_str(value.get())?)).transpose()
    };
    let cell = |kind: &str| {
        let mut pairs = Vec::with_capacity(EDGES);
        for node in INPUTS..INPUTS + NODES {
            let first = pairs.len();
            for source in 0..node {
                let key = format!("{CONFIG}edge_{kind}_{}", edge_number(source, node));
                if let Some(name) = entry(&key)? {
                    pairs.push((source, scan::op_by_name(space, &name)?));
                }
            }
            if pairs.len() != first + 2 {
                return Err(EncodingError::invalid(format!(
                    "{kind} cell: node {node} has {} edges in the configuration; it must have two",
                    pairs.len() - first
                )));
            }
            let key = format!("{CONFIG}inputs_node_{kind}_{node}");
            let sources = format!("{}_{}", pairs[first].0, pairs[first + 1].0);
            if let Some(given) = entry(&key)?.filter(|given| *given != sources) {
                return Err(EncodingError::invalid(format!(
                    "{kind} cell: inputs_node_{kind}_{node} is {}, but the edges come from {sources}",
                    clip(&given)
                )));
            }
        }
        Pairs::try_from(pairs).map_err(|pairs| pair_count(pairs.len()))
    };
    architecture(&cell("normal")?, &cell("reduce")?)
}

/// The number of the edge `source → node` among all pairs, node by node from node 2.
fn edge_number(source: usize, node: usize) -> usize {
    (INPUTS..node).sum::<usize>() + source
}

fn write_compact(architecture: &Architecture) -> Result<String, EncodingError> {
    let cell = |cell: &Cell| {
        let pairs: Vec<_> = pairs(cell).map(|(from, op)| format!("({from}, {})", op.0)).collect();
        format!("({})", pairs.join(", "))
    };
    let [normal, reduce] = architecture.cells() else { return Err(two_cells()) };
    Ok(format!("({}, {})", cell(normal), cell(reduce)))
}

fn write_genotype(architecture: &Architecture) -> Result<String, EncodingError> {
    let cell = |cell: &Cell| {
        let pair = |(from, op): (usize, Op)| format!("('{}', {from})", OPS[op.index()]);
        let pairs: Vec<_> = pairs(cell).map(pair).collect();
        format!("[{}]", pairs.join(", "))
    };
    let [normal, reduce] = architecture.cells() else { return Err(two_cells()) };
    Ok(format!(
        "Genotype(normal={}, normal_concat=[2, 3, 4, 5], reduce={}, reduce_concat=[2, 3, 4, 5])",
        cell(normal),
        cell(reduce)
    ))
}

fn write_json(architecture: &Architecture) -> Result<String, EncodingError> {
    let cell = |cell: &Cell| -> Vec<_> {
        pairs(cell).map(|(from, op)| json!([OPS[op.index()], from])).collect()
    };
    let [normal, reduce] = architecture.cells() else { return Err(two_cells()) };
    let genotype = json!({
        "normal": cell(normal), "normal_concat": [2, 3, 4, 5],
        "reduce": cell(reduce), "reduce_concat": [2, 3, 4, 5],
    });
    Ok(genotype.to_string())
}

fn write_config(architecture: &Architecture) -> Result<String, EncodingError> {
    let mut config = BTreeMap::new();
    for (kind, cell) in ["normal", "reduce"].into_iter().zip(architecture.cells()) {
        for (from, to, op) in cell.edges() {
            if let Some(op) = op {
                let key = format!("{CONFIG}edge_{kind}_{}", edge_number(from, to));
                config.insert(key, OPS[op.index()].to_owned());
            }
        }
        for node in INPUTS + 1..INPUTS + NODES {
            let mut sources: Vec<_> =
                cell.edges().filter(|edge| edge.1 == node).map(|edge| edge.0).collect();
            sources.sort_unstable();
            let sources: Vec<_> = sources.iter().map(ToString::to_string).collect();
            config.insert(format!("{CONFIG}inputs_node_{kind}_{node}"), sources.join("_"));
        }
    }
    Ok(json!(config).to_string())
}

fn two_cells() -> EncodingError {
    EncodingError::invalid("not a network of this space")
}
