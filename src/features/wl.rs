//! Weisfeiler–Lehman labels: how often an operation occurs, and how often with the same operations
//! right behind it.
//!
//! The cell is taken as a graph with a node for each operation, each input and the output. Where
//! operations stand on edges this is the line graph: `nor_conv_3x3` on the edge 0→1 leads to the
//! operation on the edge 1→3. What carries no operation only passes on. `none` is left out, and
//! with it all operations that then lie on no path from an input to the output.
//!
//! - `wl(o)`, iteration 0: the nodes that carry operation `o`; `o` may also be an input or `output`.
//! - `wl(o>p+q)`, iteration 1: those of them whose successors carry `p` and `q`. The successors
//!   stand in the order of the space's operations, each as often as it comes, the output last; a
//!   node without successors is `wl(output>)`.
//!
//! Whole numbers from 0. There is a column for each label of the networks that the columns are
//! learned from, in the order of their text; other labels are not counted.
//!
//! Shervashidze, Schweitzer, van Leeuwen, Mehlhorn, Borgwardt: *Weisfeiler-Lehman Graph Kernels*,
//! JMLR 12, 2011, with one iteration; used for architectures by Ru, Wan, Dong, Osborne:
//! *Interpretable Neural Architecture Search via Bayesian Optimisation with Weisfeiler-Lehman
//! Kernels* (NAS-BOWL), ICLR 2021, whose code takes the neighbours of a node from its outgoing
//! edges. It also replaces `skip_connect` by edges and has an `add` node at each sum of a DARTS
//! cell; `zc_combine` leaves `none` in. Neither is done here.
//!
//! # Complexity
//!
//! O(edges²) a network, and a look-up for each of its labels, two a node.

use smallvec::SmallVec;

use super::{Family, Scratch, Subsets};
use crate::graph::{Cell, NodeSet, Op};
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct WeisfeilerLehman;

impl Family for WeisfeilerLehman {
    fn name(&self) -> &'static str {
        "wl"
    }

    fn summary(&self) -> &'static str {
        "Weisfeiler-Lehman labels: operations, alone and with the operations behind them"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, _: &dyn SearchSpace) -> bool {
        true
    }

    fn is_learned(&self) -> bool {
        true
    }

    /// None: they are learned.
    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        Vec::new()
    }

    /// Nothing: see [`Family::labels`].
    fn compute(&self, _: &Architecture, _: &Subsets, _: &mut Scratch, _: &mut [f64]) {}

    fn labels(&self, network: &Architecture, text: &mut String, each: &mut dyn FnMut(&str)) {
        let Some(space) = network.search_space() else { return };
        for (cell, shape) in network.cells().iter().zip(space.cells()) {
            let graph = OpGraph::new(cell, space);
            let mut node = |own: &str, mut next: Successors| {
                next.sort_unstable();
                text.clear();
                text.extend([shape.prefix, "wl(", own]);
                let end = text.len();
                text.push(')');
                each(text);
                text.truncate(end);
                let mut before = ">";
                for successor in &next {
                    text.extend([before, graph.name(*successor)]);
                    before = "+";
                }
                text.push_str(if next.is_empty() { ">)" } else { ")" });
                each(text);
            };
            for (input, name) in shape.inputs.iter().enumerate() {
                node(name, graph.behind(input));
            }
            for (index, op) in cell.node_ops().enumerate() {
                if let Some(op) = op.filter(|_| graph.live.contains(index)) {
                    node(graph.name(Successor::Op(op)), graph.behind(index));
                }
            }
            for (_, to, op) in graph.edges() {
                if let Some(op) = op {
                    let mut next = Successors::new();
                    graph.enter(to, &mut next);
                    node(graph.name(Successor::Op(op)), next);
                }
            }
            node(graph.name(Successor::Output), Successors::new());
        }
    }
}

/// What comes next to a node of the graph of operations; the output sorts last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Successor {
    Op(Op),
    Output,
}

type Successors = SmallVec<[Successor; Cell::SMALL_NODES]>;

/// A cell as a graph of its operations, without zero operations and what they cut off.
struct OpGraph<'a> {
    cell: &'a Cell,
    ops: &'static [&'static str],
    zero: Option<Op>,
    live: NodeSet,
}

impl<'a> OpGraph<'a> {
    fn new(cell: &'a Cell, space: &dyn SearchSpace) -> Self {
        let zero = space.zero_op();
        let live = cell.live_nodes(|op| zero.is_some() && op == zero);
        OpGraph { cell, ops: space.operations(), zero, live }
    }

    fn name(&self, successor: Successor) -> &'static str {
        match successor {
            Successor::Op(op) => self.ops[op.index()],
            Successor::Output => "output",
        }
    }

    /// The edges of the cell on its paths without zero operations.
    fn edges(&self) -> impl Iterator<Item = (usize, usize, Option<Op>)> + '_ {
        let edges = self.cell.edges();
        edges.filter(|&(from, to, op)| {
            self.live.contains(from) && self.live.contains(to) && (op.is_none() || op != self.zero)
        })
    }

    /// What comes right behind a node of the cell.
    fn behind(&self, node: usize) -> Successors {
        let mut next = Successors::new();
        self.leave(node, &mut next);
        next
    }

    /// Adds what the edges that leave a node of the cell carry or lead to.
    fn leave(&self, node: usize, next: &mut Successors) {
        for (_, to, op) in self.edges().filter(|edge| edge.0 == node) {
            match op {
                Some(op) => next.push(Successor::Op(op)),
                None => self.enter(to, next),
            }
        }
    }

    /// Adds the operation of a node of the cell or, as it has none, what it passes on to.
    fn enter(&self, node: usize, next: &mut Successors) {
        match self.cell.graph().raw_nodes().get(node).and_then(|node| node.weight) {
            Some(op) => next.push(Successor::Op(op)),
            None if node == self.cell.output() => next.push(Successor::Output),
            None => self.leave(node, next),
        }
    }
}
