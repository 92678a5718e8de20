//! The columns of a cell.

use super::NAME;
use smallvec::SmallVec;

use super::graph::{Edge, Graph};
use crate::features::flow::row::Row;
use crate::space::{OpKind, OperationKind};

/// A number for each vertex. Those of a small cell need no memory of their own.
type Vertices = SmallVec<[f64; 32]>;

/// What a walk is asked about.
const GROUPS: [(&str, Group); 4] = [
    ("spatial", is_spatial),
    ("pointwise", is_pointwise),
    ("pooling", is_pooling),
    ("parametric", OpKind::has_weights),
];

/// Whether an operation is of a group.
type Group = fn(OpKind) -> bool;

/// Puts the columns of a cell.
pub(super) fn put(graph: &Graph, row: &mut Row) {
    let column = |of: &str| format!("{NAME}({of})");
    let length = Sums::of(graph, |_| 1.0);
    row.put_sum(|| column("length") + ".min", length.least);
    row.put_sum(|| column("length") + ".mean", length.mean);
    let field = Sums::of(graph, |op| f64::from(op.growth()));
    row.put_sum(|| column("receptive_field") + ".min", field.least);
    let ops = graph.ops.len() as f64;
    row.put_sum(|| column("breadth"), ratio(ops, length.most));
    let weights: f64 = graph.ops.iter().map(|op| op.weights()).sum();
    row.put_sum(|| column("weights"), libm::log2(1.0 + weights));
    row.put_sum(|| column("transfer"), mean_product(graph, gain));
    let spatial = Sums::of(graph, |op| f64::from(u8::from(is_spatial(op))));
    row.put_sum(|| column("spatial") + ".min", spatial.least);
    row.put_sum(|| column("spatial") + ".max", spatial.most);
    let without = mean_product(graph, |op| f64::from(u8::from(!is_spatial(op))));
    let share = if graph.paths() > 0.0 { 1.0 - without } else { 0.0 };
    row.put_sum(|| column("spatial") + ".share", share);
    let live = graph.ops.iter().filter(|op| is_spatial(**op)).count();
    row.put_sum(|| column("spatial") + ".live", live as f64);
    let out = |edge: &Edge| edge.from == 0;
    row.put_sum(|| column("spatial") + ".at_input", share_of(graph, out, |e| e.to, is_spatial));
    let into = |edge: &Edge| edge.to + 1 == graph.vertices();
    let at_output = share_of(graph, into, |edge| edge.from, OpKind::has_weights);
    row.put_sum(|| column("parametric") + ".at_output", at_output);
    let met = walk(graph);
    for (name, is_of) in GROUPS {
        let ops = graph.ops.iter().zip(&met[1..]).filter(|(op, _)| is_of(**op));
        row.put_sum(|| column(name) + ".walk", ops.map(|(_, met)| met).sum());
    }
}

fn is_spatial(op: OpKind) -> bool {
    op.has_weights() && op.growth() > 0
}

fn is_pointwise(op: OpKind) -> bool {
    op.has_weights() && op.growth() == 0
}

fn is_pooling(op: OpKind) -> bool {
    matches!(op.kind, OperationKind::AveragePooling | OperationKind::MaxPooling)
}

/// What an operation multiplies `shared(transfer)` with.
fn gain(op: OpKind) -> f64 {
    if op.has_weights() { 1.125 + f64::from(op.kernel) / 8.0 } else { 0.75 }
}

/// A quotient; 0 if nothing is divided.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// What weights of operations add up to on the paths.
struct Sums {
    least: f64,
    most: f64,
    mean: f64,
}

impl Sums {
    fn of(graph: &Graph, weight: impl Fn(OpKind) -> f64) -> Self {
        if graph.paths() == 0.0 {
            return Sums { least: -1.0, most: -1.0, mean: 0.0 };
        }
        let mut least: Vertices = SmallVec::from_elem(f64::INFINITY, graph.vertices());
        let mut most: Vertices = SmallVec::from_elem(0.0, graph.vertices());
        least[0] = 0.0;
        let mut total = 0.0;
        for edge in &graph.edges {
            let own = graph.op(edge.to).map_or(0.0, &weight);
            least[edge.to] = f64::min(least[edge.to], least[edge.from] + own);
            most[edge.to] = f64::max(most[edge.to], most[edge.from] + own);
            total += own * graph.paths_over(edge);
        }
        let sink = graph.vertices() - 1;
        Sums { least: least[sink], most: most[sink], mean: total / graph.paths() }
    }
}

/// The mean over the paths of the product of factors of operations; 0 without a path.
fn mean_product(graph: &Graph, factor: impl Fn(OpKind) -> f64) -> f64 {
    let mut products: Vertices = SmallVec::from_elem(0.0, graph.vertices());
    products[0] = 1.0;
    for edge in &graph.edges {
        let factor = graph.op(edge.to).map_or(1.0, &factor);
        products[edge.to] += products[edge.from] * edge.ways * factor;
    }
    ratio(products[graph.vertices() - 1], graph.paths())
}

/// Of the ways over some edges the share of those that have an operation of a group at an end.
fn share_of(
    graph: &Graph,
    is_asked: impl Fn(&Edge) -> bool,
    end: impl Fn(&Edge) -> usize,
    is_of: Group,
) -> f64 {
    let (mut part, mut whole) = (0.0, 0.0);
    for edge in graph.edges.iter().filter(|edge| is_asked(edge)) {
        whole += edge.ways;
        if graph.op(end(edge)).is_some_and(is_of) {
            part += edge.ways;
        }
    }
    ratio(part, whole)
}

/// How often a walk from the source meets each vertex.
fn walk(graph: &Graph) -> Vertices {
    let mut ways: Vertices = SmallVec::from_elem(0.0, graph.vertices());
    for edge in &graph.edges {
        ways[edge.from] += edge.ways;
    }
    let mut met: Vertices = SmallVec::from_elem(0.0, graph.vertices());
    met[0] = 1.0;
    for edge in &graph.edges {
        met[edge.to] += met[edge.from] * edge.ways / ways[edge.from];
    }
    met
}
