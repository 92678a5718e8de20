//! `random_walk(…)`: what a walk at random along the live paths of a cell meets.
//!
//! A walk *back* starts at the output and takes, wherever it is, each of the live edges into that node
//! with the same probability, until it is at an input. A walk *forward* starts at the input, or at a live
//! one of several, and takes the live edges out of a node. Unlike in the mean over all paths a part of
//! the cell with many paths counts no more than one with a single path.
//!
//! | column | definition |
//! |---|---|
//! | `random_walk(o).back`, `.forward` | how many `o` a walk meets, on average |
//! | `random_walk(parametric)…`, `(pooling)`, `(identity)`, `(spatial)` | the same of all operations with weights, all poolings, all skips, all with weights and a window larger than 1 |
//! | `random_walk(length)…` | the same of all operations |
//! | `random_walk(layers)…` | the same of layers with weights, of which an operation can have several |
//! | `random_walk(receptive_field)…` | the mean sum of what operations [add](crate::space::OpKind::growth) to the receptive field |
//! | `random_walk(layers).back_std`, `random_walk(receptive_field).back_std` | the standard deviation of that sum `X` on a walk back |
//! | `….back_half`, `….back_four_fifths` | the mean of `0.5^X`, of `0.8^X` |
//!
//! Values are at least 0, and 0 without a live path; sums are rounded to multiples of 2⁻³². In a chain the
//! walk is the chain: only `.back` is left. There `doubling` and `halving` are the stages that double the
//! channels and halve the resolution.
//!
//! # Complexity
//!
//! O(edges + columns) a cell.

use super::Flow;
use super::Ops;
use super::plan::{Plan, Sum};
use super::row::Row;
use crate::graph::{Live, Nodes};

/// See the module.
pub(in super::super) const RANDOM_WALK: Flow = Flow {
    name: "random_walk",
    summary: "what a random walk along live paths meets",
    needs_kinds: false,
    put,
};

fn put(plan: &Plan, live: &Live, row: &mut Row) {
    let degrees = Degrees::of(live);
    let back = degrees.back(live);
    if plan.is_chain {
        for sum in &plan.sums {
            row.put_sum(|| name(sum, "back"), sum.of(&back));
        }
        return;
    }
    let forward = degrees.forward(live);
    for sum in &plan.sums {
        row.put_sum(|| name(sum, "back"), sum.of(&back));
        row.put_sum(|| name(sum, "forward"), sum.of(&forward));
    }
    for sum in &plan.depths {
        let spread = degrees.spread(live, sum);
        row.put_sum(|| name(sum, "back_std"), spread.deviation);
        row.put_sum(|| name(sum, "back_half"), spread.halved);
        row.put_sum(|| name(sum, "back_four_fifths"), spread.shortened);
    }
}

fn name(sum: &Sum, part: &str) -> String {
    format!("random_walk({}).{part}", sum.name)
}

/// How many live edges lead into and out of each node.
struct Degrees {
    into: Nodes,
    out: Nodes,
}

/// The distribution of a sum on a walk back.
struct Spread {
    deviation: f64,
    /// The mean of 0.5 to the sum, and of 0.8 to it.
    halved: f64,
    shortened: f64,
}

impl Degrees {
    fn of(live: &Live) -> Self {
        let mut degrees = Degrees { into: live.zeros(), out: live.zeros() };
        for edge in &live.edges {
            degrees.into[edge.to] += 1.0;
            degrees.out[edge.from] += 1.0;
        }
        degrees
    }

    /// How often a walk back meets each operation.
    fn back(&self, live: &Live) -> Ops {
        let (mut reached, mut met) = (live.zeros(), [0.0; super::MAX_OPS]);
        reached[live.sink] = 1.0;
        for edge in live.edges.iter().rev() {
            let taken = reached[edge.to] / self.into[edge.to];
            reached[edge.from] += taken;
            if let Some(op) = edge.op {
                met[op] += taken;
            }
        }
        met
    }

    /// How often a walk forward meets each operation.
    fn forward(&self, live: &Live) -> Ops {
        let (mut reached, mut met) = (live.zeros(), [0.0; super::MAX_OPS]);
        reached[live.source] = 1.0;
        for edge in &live.edges {
            let taken = reached[edge.from] / self.out[edge.from];
            reached[edge.to] += taken;
            if let Some(op) = edge.op {
                met[op] += taken;
            }
        }
        met
    }

    /// The distribution of a sum of weights, of walks back from each node at once.
    fn spread(&self, live: &Live, sum: &Sum) -> Spread {
        let (mut mean, mut variance) = (live.zeros(), live.zeros());
        let (mut halved, mut shortened) = (live.zeros(), live.zeros());
        (halved[live.source], shortened[live.source]) = (1.0, 1.0);
        let weight = |op: Option<usize>| op.map_or(0, |op| sum.weight(op));
        for edge in &live.edges {
            let (weight, into) = (weight(edge.op), self.into[edge.to]);
            mean[edge.to] += (mean[edge.from] + f64::from(weight)) / into;
            halved[edge.to] += halved[edge.from] * power(0.5, weight) / into;
            shortened[edge.to] += shortened[edge.from] * power(0.8, weight) / into;
        }
        // The variance at a node: that behind each edge, and of the means of the edges.
        for edge in &live.edges {
            let away = mean[edge.from] + f64::from(weight(edge.op)) - mean[edge.to];
            variance[edge.to] += (variance[edge.from] + away * away) / self.into[edge.to];
        }
        Spread {
            deviation: variance[live.sink].sqrt(),
            halved: halved[live.sink],
            shortened: shortened[live.sink],
        }
    }
}

fn power(base: f64, exponent: u8) -> f64 {
    base.powi(i32::from(exponent))
}
