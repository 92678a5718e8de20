//! NAS-Bench-Graph: graph neural networks, one operation on each of the four nodes of a tree.
//!
//! Qin et al., *NAS-Bench-Graph: Benchmarking Graph Neural Architecture Search*, `NeurIPS` 2022.
//! Node `i` (1…4) reads the node that the `i`-th link names, 0 being the input; the leaves feed
//! the output.

use std::ops::RangeInclusive;

use rand::{Rng, RngCore};

use super::generate::digits;
use super::nasbench_graph_lists as lists;
use super::scan::{self, Scanner};
use super::{
    Architecture, ColumnParts, Encoding, EncodingError, Entries, Generated, GraphSkeleton, Layout,
    OpKind, OperationKind, PathOrder, Places, Rows, SearchSpace, Skeleton,
};
use crate::graph::{Cell, Op, Site};

/// See the module.
pub(super) struct NasBenchGraph;

pub(super) const NAME: &str = "nasbench-graph";
pub(super) const OPS: &[&str] =
    &["gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip"];

/// What the operations do; each graph convolution reads the direct neighbours.
const KINDS: &[OpKind] = &[
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::GraphConvolution, 3),
    OpKind::new(OperationKind::Linear, 1),
    OpKind::new(OperationKind::Identity, 1),
];
const EXAMPLE: &str = "0122:gat|gcn|gin|skip";

/// The operation that passes on what it reads.
const SKIP: Op = Op(8);

/// The nodes with an operation.
pub(super) const NODES: usize = 4;

/// The links that the benchmark's keys count, one of each isomorphism class.
const LINKS: [[usize; NODES]; 9] = [
    [0, 0, 0, 0],
    [0, 0, 0, 1],
    [0, 0, 1, 1],
    [0, 0, 1, 2],
    [0, 0, 1, 3],
    [0, 1, 1, 1],
    [0, 1, 1, 2],
    [0, 1, 2, 2],
    [0, 1, 2, 3],
];

/// The network on Cora: 1,433 numbers a node, seven classes. Every node of the cell is batch normalization (its scale
/// and shift have 256 numbers each even where it is not used) and an operation to 256 numbers; what skips the
/// input keeps its 1,433. The leaves are put together, a linear layer leads to 256 numbers and another one to the
/// classes.
static SKELETON: Skeleton = Skeleton::Graph(GraphSkeleton {
    features: 1433,
    hidden: HIDDEN,
    classes: 7,
    operations: &[
        Some(Rows { per_input: 1, besides: 2 }), // gat: attention to source and target
        Some(Rows { per_input: 1, besides: 0 }),
        Some(Rows { per_input: 1, besides: 0 }),
        Some(Rows { per_input: 2, besides: 0 }), // cheb, sage, graph: the node itself and its neighbours
        Some(Rows { per_input: 2, besides: 0 }),
        Some(Rows { per_input: 2, besides: HIDDEN }), // arma: and its own result before
        Some(Rows { per_input: 2, besides: 0 }),
        Some(Rows { per_input: 1, besides: 0 }),
        None,
    ],
});
const HIDDEN: u64 = 256;

impl SearchSpace for NasBenchGraph {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "NAS-Bench-Graph: 9 GNN operations on the 4 nodes of a tree-shaped DAG"
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
        Site::Nodes
    }

    fn layout(&self) -> Option<Layout<'_>> {
        const ALL: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8];
        Some(Layout {
            nodes: NODES + 2,
            entries: Entries::Upper,
            places: Places::Nodes(&[1, 2, 3, 4]),
            indicators: ALL,
            has_indicators: true,
            ids: &[0, 1, 2, 3, 4, 5, 6, 7, 8],
            missing: false,
            paths: Some(PathOrder { digits: ALL, lengths: 1..=4 }),
        })
    }

    fn skeleton(&self) -> Option<&Skeleton> {
        Some(&SKELETON)
    }

    fn example(&self) -> &'static str {
        EXAMPLE
    }

    fn encodings(&self) -> &'static [Encoding] {
        const {
            &[
                Encoding::new("token", write_token),
                Encoding::new("key", write_key),
                Encoding::new("lists", lists::write),
            ]
        }
    }

    fn column_parts(&self) -> &'static [ColumnParts] {
        const { &[ColumnParts::new(&lists::KEYS)] }
    }

    fn number(&self) -> Option<&'static str> {
        Some("a key")
    }

    /// The token is the four links, a colon (or white space), and the operations with `|` between
    /// them; the key is a whole number of at most five digits.
    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        let text = text.trim();
        if lists::are_in(text) {
            lists::read(text)
        } else if let Some((link, ops)) = text.split_once([':', ' ', '\t']) {
            architecture(lists::links(link)?, operations(ops)?)
        } else if is_key(text) {
            read_key(text)
        } else {
            Err(EncodingError::Unrecognised { space: NAME, example: EXAMPLE })
        }
    }

    /// The 26,206 networks of the benchmark, by their keys.
    fn enumerate(&self) -> Option<Generated> {
        Some(Box::new((0..KEYS).filter_map(measured)))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        loop {
            if let Some(network) = measured(random.gen_range(0..KEYS)) {
                return network;
            }
        }
    }
}

/// How many pairs of links and operations there are among the keys: 9 · 9⁴.
const KEYS: u32 = 59_049;

/// The network with that number among the keys, if the benchmark has it.
fn measured(number: u32) -> Option<Result<Architecture, EncodingError>> {
    let [class, ids @ ..] = digits::<{ NODES + 1 }>(number, 9);
    let links = *LINKS.get(usize::try_from(class).ok()?)?;
    let ops = ids.map(|id| Op(u8::try_from(id).unwrap_or(0)));
    (is_plain(links, ops) && is_first(links, ops)).then(|| architecture(links, ops))
}

/// Whether skips stand only where the benchmark leaves them. It moves a skip that passes a value on
/// unchanged to the front (`architecture.py` of THUMNLab/NAS-Bench-Graph); so, after a chain of
/// skips that all else reads, a skip is a leaf, has siblings, and reads no raw input. There is no
/// network of skips alone.
fn is_plain(links: [usize; NODES], ops: [Op; NODES]) -> bool {
    let skips = |node: usize| ops[node - 1] == SKIP;
    let readers = |source: usize| links.iter().filter(|&&link| link == source).count();
    let mut front = 0; // the last node of the chain of skips at the front
    while front < NODES && readers(front) == 1 && links[front] == front && skips(front + 1) {
        front += 1;
    }
    let may_skip = |node: usize| {
        let source = links[node - 1];
        readers(node) == 0 && readers(source) > 1 && source > front
    };
    front < NODES && (front + 1..=NODES).all(|node| !skips(node) || may_skip(node))
}

/// Whether no isomorphic network with the same links has a smaller key.
fn is_first(links: [usize; NODES], ops: [Op; NODES]) -> bool {
    let same = renumberings().filter(|&order| moved(links, order) == links);
    same.map(|order| order.map(|old| ops[old])).all(|other| ops <= other)
}

/// Whether a text is a whole number of up to five digits, written without leading zeros (links
/// such as `0122` have them).
fn is_key(text: &str) -> bool {
    let is_number = matches!(text.len(), 1..=5) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (text == "0" || !text.starts_with('0'))
}

/// The operations of a token, with `|` between them.
pub(super) fn operations(text: &str) -> Result<[Op; NODES], EncodingError> {
    let mut found = [Op(0); NODES];
    let names = text.trim().split('|');
    let count = names.clone().count();
    if count != NODES {
        let (what, expected) = ("operations", "4, with `|` between them");
        return Err(EncodingError::Length { what, found: count, space: NAME, expected });
    }
    for (op, name) in found.iter_mut().zip(names) {
        *op = scan::op_by_name(&NasBenchGraph, name.trim())?;
    }
    Ok(found)
}

/// The benchmark's own number: the four low decimal digits are the operations, the rest is the
/// place in [`LINKS`].
fn read_key(text: &str) -> Result<Architecture, EncodingError> {
    let key: u32 = Scanner::new(text).number()?;
    let links = usize::try_from(key / 10_000).ok().and_then(|place| LINKS.get(place));
    let Some(&links) = links else {
        return Err(EncodingError::invalid(format!(
            "key {key} is out of range: the last is 88888"
        )));
    };
    let mut ops = [Op(0); NODES];
    let mut rest = key;
    for (index, op) in ops.iter_mut().enumerate().rev() {
        *op = scan::op_by_id(&NasBenchGraph, rest % 10, index)?;
        rest /= 10;
    }
    architecture(links, ops)
}

pub(super) fn architecture(
    links: [usize; NODES],
    ops: [Op; NODES],
) -> Result<Architecture, EncodingError> {
    let output = NODES + 1;
    let mut nodes = [None; NODES + 2];
    let mut edges = [(0, 0, None); 2 * NODES];
    for (index, (source, op)) in links.into_iter().zip(ops).enumerate() {
        nodes[index + 1] = Some(op);
        edges[index] = (source, index + 1, None);
    }
    let mut count = NODES;
    for node in (1..=NODES).filter(|node| !links.contains(node)) {
        edges[count] = (node, output, None);
        count += 1;
    }
    let cell = Cell::new(Site::Nodes, 1, &nodes, &edges[..count])?;
    Ok(Architecture::new(NAME, [cell]))
}

/// The links and the operations of a network.
pub(super) fn parts(architecture: &Architecture) -> ([usize; NODES], [usize; NODES]) {
    let cell = &architecture.cells()[0];
    let mut links = [0; NODES];
    for (from, to, _) in cell.edges().filter(|edge| edge.1 != cell.output()) {
        links[to - 1] = from;
    }
    let mut ops = [0; NODES];
    for (place, op) in ops.iter_mut().zip(cell.ops()) {
        *place = op.index();
    }
    (links, ops)
}

fn write_token(architecture: &Architecture) -> Result<String, EncodingError> {
    let (links, ops) = parts(architecture);
    let links: String = links.map(|link| link.to_string()).concat();
    Ok(format!("{links}:{}", ops.map(|op| OPS[op]).join("|")))
}

/// The key under which the benchmark holds a network (`valid_hash` of THUMNLab/NAS-Bench-Graph): skips are
/// moved to the front as far as that changes nothing, and of isomorphic networks the smallest key counts.
fn write_key(architecture: &Architecture) -> Result<String, EncodingError> {
    let (links, ops) = parts(architecture);
    let (links, ops) = skips_in_front(links, ops);
    let renumbered = renumberings().filter_map(|order| {
        let moved = moved(links, order);
        let class = LINKS.iter().position(|&links| links == moved)?;
        Some((class, order.map(|old| ops[old])))
    });
    let (class, ops) = renumbered.min().ok_or_else(|| {
        EncodingError::invalid("the links are isomorphic to none that the benchmark's keys count")
    })?;
    Ok(ops.iter().fold(class, |key, op| 10 * key + op).to_string())
}

/// The same network with each skip moved to the front that passes on unchanged what it reads: one with a reader, one
/// that alone reads its source, or one that only skips separate from the input.
fn skips_in_front(
    mut links: [usize; NODES],
    mut ops: [usize; NODES],
) -> ([usize; NODES], [usize; NODES]) {
    for place in 0..NODES {
        if ops[place] != SKIP.index() {
            continue;
        }
        let node = place + 1;
        let is_read = links.contains(&node);
        let is_alone = (0..NODES).all(|other| other == place || links[other] != links[place]);
        let reads_input =
            std::iter::successors(Some(node), |&node| links.get(node.checked_sub(1)?).copied())
                .take_while(|&node| node > 0)
                .all(|node| ops[node - 1] == SKIP.index());
        if is_read || is_alone || reads_input {
            let source = links[place];
            let mut moved = [0; NODES];
            let others = (0..NODES).filter(|&other| other != place);
            for (to, other) in moved[1..].iter_mut().zip(others) {
                // What read the skip reads its source; nodes before it have moved up by one.
                let link = if links[other] == node { source } else { links[other] };
                *to = if link < node { link + 1 } else { link };
            }
            links = moved;
            ops[..=place].rotate_right(1);
        }
    }
    (links, ops)
}

/// The links after node `order[i] + 1` has become node `i + 1`.
fn moved(links: [usize; NODES], order: [usize; NODES]) -> [usize; NODES] {
    let place = |node: usize| order.iter().position(|&old| old + 1 == node);
    order.map(|old| match links[old] {
        0 => 0,
        source => place(source).map_or(NODES, |place| place + 1),
    })
}

/// The orders of the four nodes, the given one first.
fn renumberings() -> impl Iterator<Item = [usize; NODES]> {
    (0..NODES.pow(4))
        .map(|code| [code / 64, code / 16 % 4, code / 4 % 4, code % 4])
        .filter(|order| (0..NODES).all(|node| order.contains(&node)))
}
