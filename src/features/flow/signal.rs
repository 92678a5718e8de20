//! `signal(…)`: by which operations the variance of a cell's output comes about.
//!
//! The input has variance 1. An operation with weights, which is normalized, brings out variance 1
//! whatever it reads; a skip, or an edge without an operation, passes on what it reads; a pooling passes on
//! half of it. A node adds up what the live edges bring. So each edge has a share of the variance of the
//! node it enters; the *signal* of the output goes back along the edges by these shares.
//!
//! | column | definition |
//! |---|---|
//! | `signal(variance)` | ln(1 + the variance of the output) |
//! | `signal(input)` | the share of it that has passed through no operation with weights |
//! | `signal(o).used` | how many `o` the signal passes on its way back to the input, on average |
//! | `signal(o).last` | the share whose last operation with weights is `o` |
//! | `signal(parametric)…`, `(pooling)`, `(identity)`, `(spatial)` | the same of all operations with weights, all poolings, all skips, all with weights and a window larger than 1 |
//! | `signal(length).used`, `(layers)`, `(receptive_field)` | the same of all operations, of layers with weights, of what operations [add](crate::space::OpKind::growth) to the receptive field |
//! | `signal(gradient)` | ln(1 + the variance of the gradient, summed over the outputs of operations with weights) |
//!
//! The gradient has variance 1 at the output. On the way back an operation with weights divides it by the
//! variance of what it reads, a pooling halves it, and a node adds up what comes from the live edges
//! that leave it. (At the input it comes to the variance of the output: the product of both variances, summed over
//! the edges between two parts of the cell, is the same wherever the cell is cut.)
//!
//! Values are at least 0, and 0 without a live path; all are rounded to multiples of 2⁻³². Only operations with
//! weights have `.last`. In a chain of stages the first and the second column are the same for all, and
//! left out; `doubling` and `halving` are the stages that double the channels
//! and halve the resolution.
//!
//! # Complexity
//!
//! O(edges + columns) a cell.

use super::Ops;
use super::plan::{Effect, Plan};
use super::row::Row;
use super::{Flow, MAX_OPS};
use crate::graph::{Edge, Live, Nodes};

/// See the module.
pub(in super::super) const SIGNAL: Flow = Flow {
    name: "signal",
    summary: "by which operations the output's variance comes about",
    needs_kinds: true,
    put,
};

fn put(plan: &Plan, live: &Live, row: &mut Row) {
    let variance = variance(plan, live);
    let shares = Shares::of(plan, live, &variance);
    let gradient = gradient(plan, live, &variance);
    if !plan.is_chain {
        let output = if live.edges.is_empty() { 0.0 } else { variance[live.sink] };
        row.put_sum(|| "signal(variance)".to_owned(), libm::log1p(output));
        row.put_sum(|| "signal(input)".to_owned(), shares.input);
    }
    row.put_sum(|| "signal(gradient)".to_owned(), libm::log1p(gradient));
    for sum in &plan.sums {
        row.put_sum(|| format!("signal({}).used", sum.name), sum.of(&shares.used));
    }
    for set in &plan.sets {
        if set.ops().any(|op| plan.is_fresh(op)) {
            row.put_sum(|| format!("signal({}).last", set.name), set.of(&shares.last));
        }
    }
}

/// What an edge does to the variance.
fn effect(plan: &Plan, edge: &Edge) -> Effect {
    edge.op.map_or(Effect::Keeps(1.0), |op| plan.effects[op])
}

/// What an edge brings where its start has a variance.
fn brought(plan: &Plan, edge: &Edge, variance: &Nodes) -> f64 {
    match effect(plan, edge) {
        Effect::Fresh => 1.0,
        Effect::Keeps(gain) => gain * variance[edge.from],
    }
}

/// The variance of each node.
fn variance(plan: &Plan, live: &Live) -> Nodes {
    let mut variance = live.zeros();
    variance[live.source] = 1.0;
    for edge in &live.edges {
        variance[edge.to] += brought(plan, edge, &variance);
    }
    variance
}

/// Shares of the variance of the output.
struct Shares {
    /// What has passed through no operation with weights.
    input: f64,
    /// How many of each operation it has passed through.
    used: Ops,
    /// What has each operation as its last one with weights.
    last: Ops,
}

impl Shares {
    fn of(plan: &Plan, live: &Live, variance: &Nodes) -> Self {
        let (mut used, mut last) = ([0.0; MAX_OPS], [0.0; MAX_OPS]);
        // For each node what comes back to it, and what of that has passed no operation with weights.
        let (mut back, mut untouched) = (live.zeros(), live.zeros());
        (back[live.sink], untouched[live.sink]) = (1.0, 1.0);
        for edge in live.edges.iter().rev() {
            let share = brought(plan, edge, variance) / variance[edge.to];
            let (passed, directly) = (share * back[edge.to], share * untouched[edge.to]);
            back[edge.from] += passed;
            if let Some(op) = edge.op {
                used[op] += passed;
            }
            match (effect(plan, edge), edge.op) {
                (Effect::Fresh, Some(op)) => last[op] += directly,
                _ => untouched[edge.from] += directly,
            }
        }
        Shares { input: untouched[live.source], used, last }
    }
}

/// The variance of the gradient, summed over the outputs of operations with weights.
fn gradient(plan: &Plan, live: &Live, variance: &Nodes) -> f64 {
    let (mut gradient, mut sum) = (live.zeros(), 0.0);
    gradient[live.sink] = 1.0;
    for edge in live.edges.iter().rev() {
        let gain = match effect(plan, edge) {
            Effect::Fresh => {
                sum += gradient[edge.to];
                1.0 / variance[edge.from]
            }
            Effect::Keeps(gain) => gain,
        };
        gradient[edge.from] += gradient[edge.to] * gain;
    }
    sum
}
