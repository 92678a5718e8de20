//! NAS-Bench-101 as other tools write it: an entry for each edge and node.

use super::dict::Dict;
use super::nasbench101::{NAME, NODES, NasBench101, architecture};
use super::scan::{self, Scanner};
use super::{Architecture, ColumnParts, EncodingError, labelled};
use crate::graph::Op;

/// The operations of `HPOBench`'s configurations, on the nodes 1 to 5.
const OP_NODES: [&str; 5] = ["op_node_0", "op_node_1", "op_node_2", "op_node_3", "op_node_4"];

/// Its edges, 9 or 21 of them.
const HPO_EDGES: [&str; 21] = [
    "edge_0", "edge_1", "edge_2", "edge_3", "edge_4", "edge_5", "edge_6", "edge_7", "edge_8",
    "edge_9", "edge_10", "edge_11", "edge_12", "edge_13", "edge_14", "edge_15", "edge_16",
    "edge_17", "edge_18", "edge_19", "edge_20",
];

/// The edges that a configuration has which numbers them.
const FEW: usize = 9;

/// How many of the edges count, if they have weights.
const NUM_EDGES: &str = "num_edges";

/// The operations and inputs of NNI's dictionaries; the last input is that of the output.
const NNI_OPS: [&str; NODES - 2] = ["op1", "op2", "op3", "op4", "op5"];
const NNI_INPUTS: [&str; NODES - 1] = ["input1", "input2", "input3", "input4", "input5", "input6"];

/// What else stands in such a dictionary.
const NNI_NODES: &str = "num_vertices";

/// The columns of these dialects, and of the benchmark's own.
pub(super) const COLUMNS: &[ColumnParts] = &[
    ColumnParts::new(labelled::COLUMNS[0]),
    ColumnParts::new(labelled::COLUMNS[1]),
    ColumnParts::new(labelled::COLUMNS[2]),
    ColumnParts::new(labelled::COLUMNS[3]),
    ColumnParts::new(labelled::COLUMNS[4]),
    ColumnParts {
        names: &[
            "edge_0",
            "edge_1",
            "edge_2",
            "edge_3",
            "edge_4",
            "edge_5",
            "edge_6",
            "edge_7",
            "edge_8",
            "op_node_0",
            "op_node_1",
            "op_node_2",
            "op_node_3",
            "op_node_4",
        ],
        optional: &[
            "edge_9", "edge_10", "edge_11", "edge_12", "edge_13", "edge_14", "edge_15", "edge_16",
            "edge_17", "edge_18", "edge_19", "edge_20", NUM_EDGES,
        ],
    },
    ColumnParts {
        names: &["op1", "input1", "input2"],
        optional: &["op2", "op3", "op4", "op5", "input3", "input4", "input5", "input6"],
    },
];

/// Reads a dictionary of one of these tools; `None` if it is of neither.
pub(super) fn read(dict: &Dict) -> Option<Result<Architecture, EncodingError>> {
    if dict.has(OP_NODES[0]) || dict.has(HPO_EDGES[0]) {
        Some(hpo_bench(dict))
    } else if dict.has(NNI_INPUTS[0]) {
        Some(nni(dict))
    } else {
        None
    }
}

/// A matrix of edges, and an operation on each node between the first and the last.
fn build(matrix: &[[bool; NODES]; NODES], ops: &[Op]) -> Result<Architecture, EncodingError> {
    let mut nodes = [None; NODES];
    for (node, op) in nodes[1..].iter_mut().zip(ops) {
        *node = Some(*op);
    }
    architecture(&nodes[..ops.len() + 2], |from, to| matrix[from][to].into())
}

fn op(mut value: Scanner) -> Result<Op, EncodingError> {
    let op = scan::op_by_name(&NasBench101, &value.quoted()?)?;
    value.end()?;
    Ok(op)
}

/// The configuration spaces A, B and C of `NASCifar10` in `nas_benchmarks` and `HPOBench`: all 21 edges are 0 or 1; nine
/// edges are given by their numbers; all have weights, of which the greatest `num_edges` count.
fn hpo_bench(dict: &Dict) -> Result<Architecture, EncodingError> {
    let mut ops = [Op(0); OP_NODES.len()];
    for (place, name) in ops.iter_mut().zip(OP_NODES) {
        *place = op(dict.field(name)?)?;
    }
    let mut matrix = [[false; NODES]; NODES];
    // Row by row, as NumPy's triu_indices.
    let rows = (0..NODES).flat_map(|from| (from + 1..NODES).map(move |to| (from, to)));
    if dict.has(NUM_EDGES) {
        let chosen = greatest(dict)?;
        for ((from, to), chosen) in rows.zip(chosen) {
            matrix[from][to] = chosen;
        }
    } else if HPO_EDGES[FEW..].iter().any(|name| dict.has(name)) {
        for ((from, to), name) in rows.zip(HPO_EDGES) {
            let mut value = dict.field(name)?;
            matrix[from][to] = scan::edge(value.number()?, from, to)?;
            value.end()?;
        }
    } else {
        // Column by column, the last edge first: a bit string that is read from its end.
        let mut columns: Vec<_> =
            (1..NODES).flat_map(|to| (0..to).map(move |from| (from, to))).collect();
        columns.reverse();
        for name in &HPO_EDGES[..FEW] {
            let mut value = dict.field(name)?;
            let start = value;
            let number = usize::try_from(value.number()?).ok();
            let edge = number.and_then(|number| columns.get(number));
            let (from, to) = *edge.ok_or_else(|| start.error("the number of an edge, 0 to 20"))?;
            value.end()?;
            matrix[from][to] = true;
        }
    }
    build(&matrix, &ops)
}

/// Which of the 21 edges are among the `num_edges` with the greatest weights.
fn greatest(dict: &Dict) -> Result<[bool; HPO_EDGES.len()], EncodingError> {
    let mut count = dict.field(NUM_EDGES)?;
    let count = usize::try_from(count.number()?).unwrap_or(usize::MAX);
    let mut weights = [0.0; HPO_EDGES.len()];
    for (weight, name) in weights.iter_mut().zip(HPO_EDGES) {
        let mut value = dict.field(name)?;
        let number: Option<f64> =
            value.rest().parse().ok().filter(|weight: &f64| weight.is_finite());
        *weight = number.ok_or_else(|| value.error("the weight of an edge"))?;
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let is_tie = |&[last, next]: &[usize; 2]| weights[last].total_cmp(&weights[next]).is_eq();
    if count > 0
        && let Some([last, next]) = order.get(count - 1..=count)
        && is_tie(&[*last, *next])
    {
        return Err(EncodingError::invalid(format!(
            "{} and {} have the same weight, and {NUM_EDGES} takes one of them",
            HPO_EDGES[*last], HPO_EDGES[*next]
        )));
    }
    let mut chosen = [false; HPO_EDGES.len()];
    order.iter().take(count).for_each(|&edge| chosen[edge] = true);
    Ok(chosen)
}

/// `{"op1": "maxpool3x3", "input1": [0], "input2": [0, 1]}`: the operation and the inputs of each node, the output's inputs last.
fn nni(dict: &Dict) -> Result<Architecture, EncodingError> {
    let known: Vec<_> = NNI_OPS.into_iter().chain(NNI_INPUTS).chain([NNI_NODES]).collect();
    dict.check(&known)?;
    let n = NNI_INPUTS.iter().take_while(|name| dict.has(name)).count() + 1;
    if let Some(name) =
        NNI_OPS[n - 2..].iter().chain(&NNI_INPUTS[n - 1..]).find(|name| dict.has(name))
    {
        return Err(EncodingError::invalid(format!(
            "{name} without input{n}: {NAME} numbers nodes from 1, the output last"
        )));
    }
    let mut ops = [Op(0); NODES - 2];
    for (place, name) in ops.iter_mut().zip(&NNI_OPS[..n - 2]) {
        *place = op(dict.field(name)?)?;
    }
    let mut matrix = [[false; NODES]; NODES];
    for (to, name) in NNI_INPUTS[..n - 1].iter().enumerate() {
        let to = to + 1;
        let mut add = |scan: &mut Scanner| {
            let start = *scan;
            let from = usize::try_from(scan.number()?).ok().filter(|from| *from < to);
            let from = from.ok_or_else(|| start.error("the number of an earlier node"))?;
            matrix[from][to] = true;
            Ok(())
        };
        let mut value = dict.field(name)?;
        if value.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            add(&mut value)?;
        } else {
            value.list(|scan, _| add(scan))?;
        }
        value.end()?;
    }
    build(&matrix, &ops[..n - 2])
}
