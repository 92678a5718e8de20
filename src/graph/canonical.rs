//! The canonical form of a cell: equal for two cells exactly if they are isomorphic.
//!
//! Two cells are isomorphic if their inner nodes can be numbered so that the same operations and
//! edges come out; the inputs and the output keep their places. What does not lie on a path from
//! an input to the output has no part in it.
//!
//! Method: nodes are told apart by colours, which take in the colours around them until nothing
//! changes; where several share a colour, each is tried as the first of them, and the smallest form
//! wins. Two equal forms reveal a symmetry of the cell, and what it maps onto what was seen is not
//! searched again (`McKay` and Piperno, *Practical Graph Isomorphism, II*, Journal of Symbolic
//! Computation 60, 2014).

use smallvec::SmallVec;

use super::{Cell, Op};

/// The canonical form of a cell: the number of inputs, of nodes, the operations of the inner nodes
/// and the edges, in the canonical numbering.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canonical(SmallVec<[u16; 32]>);

impl Canonical {
    /// The form as numbers. No form is the beginning of another one.
    pub fn words(&self) -> &[u16] {
        &self.0
    }
}

/// The canonical form of a cell. Edges with the operation `zero` pass nothing on and do not count.
///
/// # Complexity
///
/// O((nodes + edges) · nodes) where colours tell all nodes apart, which is the common case; a power
/// of the number of nodes for the symmetric cells of the search spaces.
///
/// # Example
///
/// ```
/// use graf::graph::canonical;
/// use graf::graph::{Cell, Op, Site};
///
/// // Two branches, which stand in the other order in the second cell.
/// let edges = [(0, 1, None), (0, 2, None), (1, 3, None), (2, 3, None)];
/// let [a, b] = [Op(0), Op(1)].map(Some);
/// let cell = |ops| Cell::new(Site::Nodes, 1, ops, &edges);
/// let (first, second) = (cell(&[None, a, b, None])?, cell(&[None, b, a, None])?);
/// assert_eq!(canonical(&first, None), canonical(&second, None));
/// # Ok::<_, graf::graph::CellError>(())
/// ```
pub fn canonical(cell: &Cell, zero: Option<Op>) -> Canonical {
    let mut search = Search::new(cell, zero);
    search.run(search.colours(cell));
    Canonical(search.best)
}

/// A colour for each node. The topmost bits are the node's depth, so that the order of the colours
/// is a topological one.
type Colours = SmallVec<[u64; Cell::SMALL_NODES]>;

const DEPTH_SHIFT: u32 = 56;

/// Seeds that keep the two ends of an edge, and a node that was picked, apart.
const FROM: u64 = 1;
const TO: u64 = 2;
const PICKED: u64 = 3;

/// The live part of a cell, and the smallest form that has been found.
struct Search {
    inputs: usize,
    output: usize,
    /// The inner nodes.
    inner: SmallVec<[usize; Cell::SMALL_NODES]>,
    ops: SmallVec<[u16; Cell::SMALL_NODES]>,
    edges: SmallVec<[(usize, usize, u16); 24]>,
    /// Which node was picked where colours did not tell them apart.
    path: SmallVec<[usize; Cell::SMALL_NODES]>,
    best: SmallVec<[u16; 32]>,
    best_path: SmallVec<[usize; Cell::SMALL_NODES]>,
}

impl Search {
    fn new(cell: &Cell, zero: Option<Op>) -> Self {
        let blocked = |op: Option<Op>| op.is_some() && op == zero;
        let live = cell.live_nodes(blocked);
        let (inputs, output) = (cell.inputs(), cell.output());
        let is_live = |node| live.contains(node);
        let edges =
            cell.edges().filter(|&(from, to, op)| is_live(from) && is_live(to) && !blocked(op));
        Search {
            inputs,
            output,
            inner: (inputs..output).filter(|&node| is_live(node)).collect(),
            ops: cell.node_ops().map(label).collect(),
            edges: edges.map(|(from, to, op)| (from, to, label(op))).collect(),
            path: SmallVec::new(),
            best: SmallVec::new(),
            best_path: SmallVec::new(),
        }
    }

    /// The first colours: what a node is by itself, and how deep it lies.
    fn colours(&self, cell: &Cell) -> Colours {
        let mut depth: Colours = SmallVec::from_elem(0, cell.nodes());
        for &(from, to, _) in &self.edges {
            depth[to] = depth[to].max(depth[from] + 1);
        }
        let mut colours: Colours = SmallVec::from_elem(0, cell.nodes());
        for node in 0..cell.nodes() {
            let is_inner = (self.inputs..self.output).contains(&node);
            let role = if is_inner { 0 } else { node as u64 + 1 };
            colours[node] = (mix(role, self.ops[node].into()) >> 8) | depth[node] << DEPTH_SHIFT;
        }
        colours[self.output] = u64::MAX >> 8; // whatever the numbering of the cell
        colours
    }

    /// Searches all numberings that go with these colours. Returns the level of the path at which
    /// to go on: what lies deeper is known by symmetry.
    fn run(&mut self, mut colours: Colours) -> usize {
        let order = self.refine(&mut colours);
        let level = self.path.len();
        let tie = order.windows(2).find(|pair| colours[pair[0]] == colours[pair[1]]);
        let Some(tie) = tie.filter(|_| level < order.len()) else { return self.leaf(&order) };
        let shared = colours[tie[0]];
        for &node in order.iter().filter(|&&node| colours[node] == shared) {
            let mut picked = colours.clone();
            picked[node] = recolour(shared, PICKED);
            self.path.push(node);
            let back = self.run(picked);
            self.path.pop();
            if back < level {
                return back;
            }
        }
        usize::MAX
    }

    /// Lets every inner node take in the colours around it, until that tells no more of them apart.
    /// Returns the inner nodes in the order of their colours.
    fn refine(&self, colours: &mut Colours) -> SmallVec<[usize; Cell::SMALL_NODES]> {
        let mut order = self.inner.clone();
        let mut classes = 0;
        loop {
            order.sort_unstable_by_key(|&node| colours[node]);
            let found =
                order.windows(2).filter(|pair| colours[pair[0]] != colours[pair[1]]).count() + 1;
            if found <= classes || found >= order.len() {
                return order;
            }
            classes = found;
            let mut around: Colours = SmallVec::from_elem(0, colours.len());
            for &(from, to, op) in &self.edges {
                let seen = |node: usize, end| mix(colours[node], u64::from(op) << 2 | end);
                around[to] = around[to].wrapping_add(seen(from, FROM));
                around[from] = around[from].wrapping_add(seen(to, TO));
            }
            for &node in &self.inner {
                colours[node] = recolour(colours[node], around[node]);
            }
        }
    }

    /// Numbers the nodes in this order and keeps the form if it is the smallest so far.
    fn leaf(&mut self, order: &[usize]) -> usize {
        let mut index: SmallVec<[u16; Cell::SMALL_NODES]> = SmallVec::from_elem(0, self.output + 1);
        let numbered = (0..self.inputs).chain(order.iter().copied()).chain([self.output]);
        for (node, number) in numbered.zip(0..) {
            index[node] = number;
        }
        let mut form: SmallVec<[u16; 32]> = SmallVec::new();
        form.extend([count(self.inputs), count(order.len()), count(self.edges.len())]);
        form.extend(order.iter().map(|&node| self.ops[node]));
        // Small cells keep the forms that they had when all were small.
        let bits = if self.output < Cell::SMALL_NODES { 4 } else { 8 };
        let edge = |&(from, to, op): &(usize, usize, u16)| (index[from] << bits | index[to], op);
        let mut edges: SmallVec<[(u16, u16); 24]> = self.edges.iter().map(edge).collect();
        edges.sort_unstable();
        form.extend(edges.into_iter().flat_map(|(ends, op)| [ends, op]));

        if self.best.is_empty() || form < self.best {
            self.best = form;
            self.best_path.clone_from(&self.path);
        } else if form == self.best {
            let common = self.path.iter().zip(&self.best_path).take_while(|(a, b)| a == b);
            return common.count();
        }
        usize::MAX
    }
}

/// An operation as a number; 0 is none.
fn label(op: Option<Op>) -> u16 {
    op.map_or(0, |op| u16::from(op.0) + 1)
}

fn count(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Another colour of the same depth.
fn recolour(colour: u64, with: u64) -> u64 {
    (mix(colour, with) >> 8) | (colour >> DEPTH_SHIFT << DEPTH_SHIFT)
}

/// A number that depends on both, in this order. The same in every version: forms, and with them
/// the hashes of networks, rest on it.
fn mix(first: u64, second: u64) -> u64 {
    // The finish of splitmix64.
    let mut mixed = first.wrapping_add(second.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Site;

    const NONE: Option<Op> = None;

    fn form(cell: &Cell) -> Canonical {
        canonical(cell, None)
    }

    #[test]
    fn zero_edges_and_dead_ends_do_not_count() {
        let zero = Some(Op(9));
        let cell = |ops: [u8; 3]| {
            let [a, b, c] = ops.map(|op| Some(Op(op)));
            let edges = [(0, 1, a), (0, 2, b), (1, 2, c)];
            canonical(&Cell::new(Site::Edges, 1, &[NONE; 3], &edges).unwrap(), zero)
        };
        assert_eq!(cell([9, 4, 3]), cell([9, 4, 9]));
        assert_eq!(cell([2, 4, 9]), cell([9, 4, 9]));
        assert_ne!(cell([2, 4, 3]), cell([9, 4, 9]));
        assert_eq!(cell([9, 9, 9]), cell([2, 9, 9]));
    }

    #[test]
    fn inputs_are_not_exchanged() {
        let cell = |ops: [u8; 2]| {
            let [a, b] = ops.map(|op| Some(Op(op)));
            form(&Cell::new(Site::Edges, 2, &[NONE; 3], &[(0, 2, a), (1, 2, b)]).unwrap())
        };
        assert_ne!(cell([1, 2]), cell([2, 1]));
    }

    #[test]
    fn a_dead_node_does_not_change_the_form() {
        let op = Some(Op(0));
        let bare = Cell::new(Site::Nodes, 1, &[NONE, op, NONE], &[(0, 1, NONE), (1, 2, NONE)]);
        let edges = [(0, 1, NONE), (0, 2, NONE), (2, 3, NONE)];
        let dead = Cell::new(Site::Nodes, 1, &[NONE, Some(Op(5)), op, NONE], &edges);
        assert_eq!(form(&bare.unwrap()), form(&dead.unwrap()));
    }

    #[test]
    fn symmetric_cells_take_no_time() {
        // Fourteen equal branches, and seven equal branches of two nodes each: 14! and 7! numberings.
        let mut nodes = [Some(Op(0)); 16];
        (nodes[0], nodes[15]) = (None, None);
        let ends = |nodes: std::ops::Range<usize>| nodes.map(|node| (node, 15, NONE));
        let starts = |nodes: std::ops::Range<usize>| nodes.map(|node| (0, node, NONE));
        let wide: Vec<_> = starts(1..15).chain(ends(1..15)).collect();
        let steps = (1..8).map(|node| (node, node + 7, NONE));
        let long: Vec<_> = starts(1..8).chain(steps).chain(ends(8..15)).collect();
        let crossed = (1..8).map(|node| (node, 15 - node, NONE));
        let other: Vec<_> = starts(1..8).chain(crossed).chain(ends(8..15)).collect();
        let [wide, long, other] = [wide, long, other]
            .map(|edges| form(&Cell::new(Site::Nodes, 1, &nodes, &edges).unwrap()));
        assert_ne!(wide, long);
        assert_eq!(long, other);
    }
}
