//! Cells whose channels are shared out among the nodes that feed the output (NAS-Bench-101).
//!
//! Every convolution has batch normalization and `ReLU`; the input reaches a node through a 1×1
//! convolution. Ying et al., ICML 2019; `model_builder.py` of google-research/nasbench.
//!
//! **Which of the isomorphic cells.** Where the channels cannot be shared out equally (three nodes
//! feed the output), the first nodes get one more. So the cost would depend on the order of the
//! nodes, which is not a property of the network. The benchmark trained one cell of each class, the
//! first that its generator met: with edge `x → y` as bit `x + y (y − 1) / 2` of a number, the
//! smallest number, then the smallest list of operations (conv3x3, conv1x1, maxpool). That order of
//! nodes is restored before the channels are shared out, after unused nodes are removed.
//!
//! # Complexity
//!
//! O(1) for most cells; the topological orders of at most five inner nodes, 120, for the others.

use super::tally::Tally;
use crate::graph::{Cell, Op};

const MAX_POOL: Op = Op(0);
const CONV_1X1: Op = Op(1);

/// A cell without unused nodes, its nodes in some topological order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Module {
    count: usize,
    ops: [Option<Op>; Cell::SMALL_NODES],
    /// For each node a bit for each node that it reads.
    sources: [u32; Cell::SMALL_NODES],
}

impl Module {
    /// The cell as the benchmark trained it, in stages of so many channels.
    pub fn trained(cell: &Cell, channels: impl Iterator<Item = u64>) -> Self {
        Module::of(cell).as_trained(channels)
    }

    fn of(cell: &Cell) -> Self {
        let mut live = cell.live_nodes(|_| false);
        live.insert(0);
        live.insert(cell.output());
        let mut place = [0; Cell::SMALL_NODES];
        let mut module =
            Module { count: 0, ops: [None; Cell::SMALL_NODES], sources: [0; Cell::SMALL_NODES] };
        for (node, op) in cell.node_ops().enumerate() {
            place[node] = module.count;
            if live.contains(node) {
                module.ops[module.count] = op;
                module.count += 1;
            }
        }
        for (from, to, _) in
            cell.edges().filter(|&(from, to, _)| live.contains(from) && live.contains(to))
        {
            module.sources[place[to]] |= 1 << place[from];
        }
        module
    }

    fn output(&self) -> usize {
        self.count - 1
    }

    fn reads(&self, node: usize, source: usize) -> bool {
        self.sources[node] >> source & 1 == 1
    }

    /// How many inner nodes feed the output.
    fn fan_in(&self) -> u64 {
        u64::from((self.sources[self.output()] >> 1).count_ones())
    }

    /// The module with its nodes in the order in which the benchmark trained it, where that matters.
    fn as_trained(&self, mut channels: impl Iterator<Item = u64>) -> Self {
        let fan_in = self.fan_in();
        if fan_in == 0 || channels.all(|channels| channels % fan_in == 0) {
            return *self;
        }
        let mut best = None;
        let mut order = [0; Cell::SMALL_NODES];
        self.extend(&mut order, 1, &mut best);
        best.map_or(*self, |(_, order)| self.reordered(&order))
    }

    /// Tries all topological orders that begin with the first `placed` nodes of `order`; keeps the
    /// one with the smallest key.
    fn extend(
        &self,
        order: &mut [usize; Cell::SMALL_NODES],
        placed: usize,
        best: &mut Option<Best>,
    ) {
        if placed == self.output() {
            order[placed] = placed;
            let key = self.key(order);
            if best.as_ref().is_none_or(|(other, _)| key < *other) {
                *best = Some((key, *order));
            }
            return;
        }
        let before = order[..placed].iter().fold(0, |nodes, node| nodes | 1 << node);
        for node in 1..self.output() {
            if before >> node & 1 == 0 && self.sources[node] & !before == 0 {
                order[placed] = node;
                self.extend(order, placed + 1, best);
            }
        }
    }

    /// The edges and the operations as numbers, with the nodes in this order.
    fn key(&self, order: &[usize; Cell::SMALL_NODES]) -> Key {
        let (mut edges, mut ops) = (0, 0);
        for (to, &node) in order[..self.count].iter().enumerate() {
            for (from, &source) in order[..to].iter().enumerate() {
                edges |= u128::from(self.reads(node, source)) << (from + to * (to - 1) / 2);
            }
            ops = 3 * ops + self.ops[node].map_or(0, |op| 2 - u64::from(op.0.min(2)));
        }
        (edges, ops)
    }

    fn reordered(&self, order: &[usize; Cell::SMALL_NODES]) -> Self {
        let mut module = *self;
        for (place, &node) in order[..self.count].iter().enumerate() {
            module.ops[place] = self.ops[node];
            let sources = order[..place].iter().enumerate();
            let sources = sources.filter(|&(_, &source)| self.reads(node, source));
            module.sources[place] = sources.fold(0, |bits, (from, _)| bits | 1 << from);
        }
        module
    }

    /// The channels of each node.
    fn channels(&self, outputs: u64) -> [u64; Cell::SMALL_NODES] {
        let mut channels = [0; Cell::SMALL_NODES];
        let output = self.output();
        channels[output] = outputs;
        let fan_in = self.fan_in().max(1);
        let mut extra = outputs % fan_in;
        for node in (1..output).filter(|&node| self.reads(output, node)) {
            channels[node] = outputs / fan_in + u64::from(extra > 0);
            extra = extra.saturating_sub(1);
        }
        for node in (1..output).rev().filter(|&node| !self.reads(output, node)) {
            let readers = (node + 1..output).filter(|&reader| self.reads(reader, node));
            channels[node] = readers.map(|reader| channels[reader]).max().unwrap_or(0);
        }
        channels
    }

    /// One cell of the network.
    pub fn add(&self, tally: &mut Tally, inputs: u64, outputs: u64, side: u64) {
        let mut conv = |kernel: u64, inputs: u64, outputs: u64| {
            tally.conv(kernel, (inputs, side), (outputs, side));
            tally.batch_norm(outputs, side);
            tally.relu(outputs, side);
        };
        let channels = self.channels(outputs);
        let mut pooled = 0;
        for (node, &own) in channels.iter().enumerate().take(self.count).skip(1) {
            if self.reads(node, 0) {
                conv(1, inputs, own);
            }
            match self.ops[node] {
                None => {} // the output
                Some(MAX_POOL) => pooled += own,
                Some(CONV_1X1) => conv(1, own, own),
                Some(_) => conv(3, own, own),
            }
        }
        tally.pool(3, pooled, side, side);
    }
}

/// Edges and operations as numbers.
type Key = (u128, u64);

/// The smallest key so far and its order.
type Best = (Key, [usize; Cell::SMALL_NODES]);
