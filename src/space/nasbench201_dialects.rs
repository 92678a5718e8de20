//! NAS-Bench-201 as other tools write it: an operation under the name of each edge, names in a list, operations on nodes.

use serde_json::json;

use super::dict::Dict;
use super::labelled::Labelled;
use super::nasbench201::{EDGES, NAME, NATIVE_EDGES, NasBench201, OPS, architecture, op};
use super::scan::{self, Scanner};
use super::{Architecture, ColumnParts, EncodingError, list};
use crate::graph::Op;
use crate::table::clip;

/// The names of the six edges in a tool, as keys of a dictionary or as columns.
struct Dialect {
    names: &'static [&'static str; 6],
    edges: [(usize, usize); 6],
    words: Words,
}

/// How operations are called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    /// As in the benchmark, or as NNI calls them.
    Benchmark,
    /// By the classes of `NASLib`, or by their ids there.
    NasLib,
}

const SYNE_TUNE: [&str; 6] = ["hp_x0", "hp_x1", "hp_x2", "hp_x3", "hp_x4", "hp_x5"];
const HPO_BENCH: [&str; 6] = ["1<-0", "2<-0", "2<-1", "3<-0", "3<-1", "3<-2"];
const NNI: [&str; 6] = ["0_1", "0_2", "1_2", "0_3", "1_3", "2_3"];
const JAHS: [&str; 6] = ["Op1", "Op2", "Op3", "Op4", "Op5", "Op6"];
const CONFIG_SPACE: [&str; 6] = ["op_0", "op_1", "op_2", "op_3", "op_4", "op_5"];

/// Every dialect, a line each.
#[rustfmt::skip]
const DIALECTS: [Dialect; 5] = [
    Dialect { names: &SYNE_TUNE, edges: NATIVE_EDGES, words: Words::Benchmark },
    Dialect { names: &HPO_BENCH, edges: NATIVE_EDGES, words: Words::Benchmark },
    Dialect { names: &NNI, edges: NATIVE_EDGES, words: Words::Benchmark },
    Dialect { names: &JAHS, edges: EDGES, words: Words::NasLib },
    Dialect { names: &CONFIG_SPACE, edges: EDGES, words: Words::NasLib },
];

/// The columns of these dialects.
pub(super) const COLUMNS: &[ColumnParts] = &[
    ColumnParts::new(&SYNE_TUNE),
    ColumnParts::new(&HPO_BENCH),
    ColumnParts::new(&NNI),
    ColumnParts::new(&JAHS),
    ColumnParts::new(&CONFIG_SPACE),
];

/// What the operations are called in the benchmark's code apart from [`OPS`], and in `NASLib`.
const NNI_WORDS: [(&str, Op); 2] = [("conv_3x3", Op(2)), ("conv_1x1", Op(3))];
const NASLIB_WORDS: [(&str, Op); 6] = [
    ("Identity", Op(0)),
    ("Zero", Op(1)),
    ("ReLUConvBN3x3", Op(2)),
    ("ReLUConvBN1x1", Op(3)),
    ("AvgPool1x1", Op(4)),
    ("AvgPool3x3", Op(4)),
];

/// The nodes of a graph with the operations on its nodes, at most.
const NODES: usize = 8;

impl Words {
    /// The operation that is called so.
    fn op(self, name: &str) -> Option<Op> {
        let among =
            |words: &[(&str, Op)]| words.iter().find(|word| word.0 == name).map(|word| word.1);
        match self {
            Words::Benchmark => {
                let place =
                    OPS.iter().position(|&op| op == name).and_then(|op| u8::try_from(op).ok());
                place.map(Op).or_else(|| among(&NNI_WORDS))
            }
            Words::NasLib => among(&NASLIB_WORDS),
        }
    }

    fn known(self) -> String {
        match self {
            Words::Benchmark => list(OPS),
            Words::NasLib => list(NASLIB_WORDS.map(|word| word.0)),
        }
    }

    /// Reads an operation: its name, or an id of `NASLib`. `place` is the place of its edge in the list, from 0.
    fn read(self, scan: &mut Scanner, place: usize) -> Result<Op, EncodingError> {
        if !matches!(scan.peek(), Some(b'\'' | b'"')) {
            return match self {
                Words::Benchmark => Err(scan.error("the name of an operation in quotes")),
                Words::NasLib => scan::op_by_id(&NasBench201, scan.number()?, place),
            };
        }
        let name = scan.quoted()?;
        if let (Words::NasLib, Ok(id)) = (self, name.parse()) {
            return scan::op_by_id(&NasBench201, id, place);
        }
        self.named(&name)
    }

    fn named(self, name: &str) -> Result<Op, EncodingError> {
        self.op(name.trim()).ok_or_else(|| EncodingError::UnknownOp {
            name: clip(name),
            space: NAME,
            known: self.known(),
        })
    }
}

/// The network with these operations on its edges, in any order.
fn of_edges(edges: [(usize, usize); 6], ops: [Op; 6]) -> Result<Architecture, EncodingError> {
    let mut placed = EDGES.map(|(from, to)| (from, to, None));
    for (edge, op) in edges.into_iter().zip(ops) {
        for place in placed.iter_mut().filter(|place| (place.0, place.1) == edge) {
            place.2 = Some(op);
        }
    }
    architecture(&placed)
}

/// Reads a dictionary: an operation for each edge, or a graph with operations on nodes.
pub(super) fn read_dict(text: &str) -> Result<Architecture, EncodingError> {
    let dict = Dict::read_within(text, &["arch"])?;
    if Labelled::is_in(&dict) {
        return of_graph(&Labelled::of_dict(&dict, NAME, NODES, NODES_WANTED)?);
    }
    let dialect = DIALECTS.iter().find(|dialect| dialect.names.iter().any(|name| dict.has(name)));
    let Some(dialect) = dialect else {
        let known = DIALECTS.map(|dialect| format!("{} to {}", dialect.names[0], dialect.names[5]));
        return Err(EncodingError::invalid(format!(
            "a dictionary without the edges of {NAME}; it names them {}",
            known.join(", or ")
        )));
    };
    let mut ops = [Op(0); 6];
    for (place, (op, name)) in ops.iter_mut().zip(dialect.names).enumerate() {
        let mut value = dict.field(name)?;
        *op = dialect.words.read(&mut value, place)?;
        value.end()?;
    }
    of_edges(dialect.edges, ops)
}

/// Reads a list of six names: those of the benchmark in the order of its string, those of `NASLib`'s classes in that of the tuple.
pub(super) fn read_names(mut scan: Scanner) -> Result<Architecture, EncodingError> {
    let mut first = scan;
    first.open()?;
    let name = first.quoted()?;
    let is_naslib = Words::NasLib.op(name.trim()).is_some();
    let (words, edges) =
        if is_naslib { (Words::NasLib, EDGES) } else { (Words::Benchmark, NATIVE_EDGES) };
    let mut ops = [Op(0); 6];
    let found = scan.list(|scan, place| {
        let op = words.read(scan, place)?;
        if let Some(place) = ops.get_mut(place) {
            *place = op;
        }
        Ok(())
    })?;
    scan.end()?;
    if found != ops.len() {
        let what = "names of operations";
        return Err(EncodingError::Length { what, found, space: NAME, expected: "6" });
    }
    of_edges(edges, ops)
}

const NODES_WANTED: &str = "2 to 8, `input` and `output` counted in";

/// Reads a list of a matrix and the names of its nodes.
pub(super) fn read_graph(mut scan: Scanner) -> Result<Architecture, EncodingError> {
    of_graph(&Labelled::of_list(&mut scan, NAME, NODES, NODES_WANTED)?)
}

/// The network whose six edges are the nodes of a graph, which may lack some of those with `none`.
fn of_graph(graph: &Labelled) -> Result<Architecture, EncodingError> {
    let n = graph.names.len();
    let mut leads = [[false; NODES]; NODES];
    for (from, row) in leads.iter_mut().enumerate().take(n) {
        for (to, leads) in row.iter_mut().enumerate().take(n) {
            *leads = scan::edge(graph.entry(from, to), from, to)?;
        }
    }
    let mut placed = Vec::with_capacity(n - 2);
    if leads[0][n - 1] || !place_nodes(&leads, n, &mut placed) {
        return Err(EncodingError::invalid(format!(
            "no cell of {NAME} has operations that follow each other like this"
        )));
    }
    let none = Words::Benchmark.op("none").unwrap_or(Op(1));
    let mut ops = [none; 6];
    for (&edge, name) in placed.iter().zip(&graph.names[1..]) {
        ops[edge] = Words::Benchmark.named(name)?;
    }
    of_edges(NATIVE_EDGES, ops)
}

/// Finds an edge of the cell for each inner node, so that edges follow each other exactly where the nodes do. The first
/// that fits is as good as any: all are isomorphic.
fn place_nodes(leads: &[[bool; NODES]; NODES], n: usize, placed: &mut Vec<usize>) -> bool {
    let node = placed.len() + 1;
    if node == n - 1 {
        return true;
    }
    for (edge, (from, to)) in NATIVE_EDGES.into_iter().enumerate() {
        let fits = |(place, &other): (usize, &usize)| {
            let (other_from, other_to) = NATIVE_EDGES[other];
            other != edge
                && leads[place + 1][node] == (other_to == from)
                && leads[node][place + 1] == (to == other_from)
        };
        let ends_fit = leads[0][node] == (from == 0) && leads[node][n - 1] == (to == 3);
        if ends_fit && placed.iter().enumerate().all(fits) {
            placed.push(edge);
            if place_nodes(leads, n, placed) {
                return true;
            }
            placed.pop();
        }
    }
    false
}

/// Writes the graph whose nodes are the six edges, in the order of the string.
pub(super) fn write_nodes(network: &Architecture) -> Result<String, EncodingError> {
    let ends = [&[(0, 0)][..], &NATIVE_EDGES, &[(3, 3)]].concat();
    let follows = |a: usize, b: usize| a < b && ends[a].1 == ends[b].0;
    let row = |from: usize| (0..NODES).map(|to| u8::from(follows(from, to))).collect::<Vec<_>>();
    let matrix: Vec<_> = (0..NODES).map(row).collect();
    let ops = NATIVE_EDGES.map(|(from, to)| OPS[op(network, from, to)]);
    let names = [&["input"][..], &ops, &["output"]].concat();
    Ok(json!({"module_adjacency": matrix, "module_operations": names}).to_string())
}
