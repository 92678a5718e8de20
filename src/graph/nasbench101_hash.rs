//! NAS-Bench-101's own hash of a cell, the `module_hash` of its tables.
//!
//! Reference: `hash_module` in `nasbench/lib/graph_util.py` of google-research/nasbench, on the
//! cell that `ModelSpec` has pruned. Every node gets the md5 sum of its degrees and its operation,
//! then as many times as there are nodes that of its neighbours' sums; the sorted sums make the
//! hash. The texts that are summed are those that Python's `str` writes.

use smallvec::SmallVec;

use super::{Cell, Identity, Op};

/// The sum of a node, as the hexadecimal digits that go into the next one.
type Sum = [u8; 32];

/// Some sums, those of a node's neighbours.
type Sums<'a> = SmallVec<[&'a [u8]; 8]>;

/// What the input and the output have in the place of an operation's number.
const INPUT: i32 = -1;
const OUTPUT: i32 = -2;

/// The live part of a cell: its nodes, renumbered, and the edges between them.
struct Pruned {
    edges: Vec<(usize, usize)>,
    labels: Vec<i32>,
}

impl Pruned {
    fn new(cell: &Cell, label: impl Fn(Op) -> i32) -> Self {
        let live = cell.live_nodes(|_| false);
        let index = |node: usize| (0..node).filter(|&node| live.contains(node)).count();
        let edges = cell.edges().filter(|&(from, to, _)| live.contains(from) && live.contains(to));
        let nodes = cell.node_ops().enumerate().filter(|&(node, _)| live.contains(node));
        let label = |(node, op): (usize, Option<Op>)| match op {
            Some(op) => label(op),
            None if node == cell.output() => OUTPUT,
            None => INPUT,
        };
        Pruned {
            edges: edges.map(|(from, to, _)| (index(from), index(to))).collect(),
            labels: nodes.map(label).collect(),
        }
    }

    /// The successors of a node.
    fn after(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.iter().filter(move |edge| edge.0 == node).map(|edge| edge.1)
    }

    /// The predecessors of a node.
    fn before(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.iter().filter(move |edge| edge.1 == node).map(|edge| edge.0)
    }

    /// The first sum of a node: its degrees and its operation.
    fn first(&self, node: usize) -> Sum {
        let (out, into) = (self.after(node).count(), self.before(node).count());
        let text = format!("({out}, {into}, {})", self.labels[node]);
        Identity::of_text([text.as_bytes()]).digits()
    }

    /// The sum of a node with those of its predecessors and successors.
    fn next(&self, node: usize, sums: &[Sum]) -> Sum {
        let mut into: Sums = self.before(node).map(|node| sums[node].as_slice()).collect();
        let mut out: Sums = self.after(node).map(|node| sums[node].as_slice()).collect();
        into.sort_unstable();
        out.sort_unstable();
        let bar: &[u8] = b"|";
        let parts = into.into_iter().chain([bar]).chain(out).chain([bar, &sums[node]]);
        Identity::of_text(parts).digits()
    }
}

/// The hash of a cell; `label` numbers the operations as the benchmark does.
///
/// # Complexity
///
/// About nodes² md5 sums of some 100 bytes.
pub(crate) fn hash(cell: &Cell, label: impl Fn(Op) -> i32) -> Identity {
    let pruned = Pruned::new(cell, label);
    let nodes = 0..pruned.labels.len();
    let mut sums: Vec<Sum> = nodes.clone().map(|node| pruned.first(node)).collect();
    for _ in nodes.clone() {
        sums = nodes.clone().map(|node| pruned.next(node, &sums)).collect();
    }
    sums.sort_unstable();
    let quoted: Vec<_> = sums.iter().map(|sum| format!("'{}'", sum.escape_ascii())).collect();
    Identity::of_text([format!("[{}]", quoted.join(", ")).as_bytes()])
}
