//! `succession(…)`: which kinds of operations follow on one another on the live paths of a cell.
//!
//! | column | definition |
//! |---|---|
//! | `succession(a>b)` | how often an operation of kind `a` is followed by one of kind `b`, with none between them, on a live path on average |
//! | `succession(a).last` | live paths whose last operation is of kind `a`, over all live paths |
//!
//! Kinds are `parametric`, `pooling` and `identity`, as far as a space has them; in a chain of stages
//! `doubling` and `halving` too, the stages that double the channels and halve the resolution. Where it is not
//! known what the operations do each is a kind of its own. Values are at least 0, and 0 without a
//! live path.
//!
//! # Complexity
//!
//! O(edges · operations + columns) a cell.

use super::Ops;
use super::plan::Plan;
use super::row::Row;
use super::{Flow, MAX_OPS};
use crate::graph::Live;
use smallvec::SmallVec;

/// See the module.
pub(in super::super) const SUCCESSION: Flow = Flow {
    name: "succession",
    summary: "which kinds of operations follow on one another on live paths",
    needs_kinds: false,
    put,
};

fn put(plan: &Plan, live: &Live, row: &mut Row) {
    let (pairs, last) = follow(live, plan.ops);
    for first in &plan.kinds {
        for second in &plan.kinds {
            let before = |op: usize| &pairs[op * plan.ops..(op + 1) * plan.ops];
            let count = second.ops().map(|op| first.of(before(op))).sum();
            let name = || format!("succession({}>{})", first.name, second.name);
            row.put(name, live.mean(count));
        }
        // With all operations it would be every path that has one.
        if !plan.is_all(first) {
            let name = || format!("succession({}).last", first.name);
            row.put(name, live.mean(first.of(&last)));
        }
    }
}

/// Rows of a number for each operation. Those of a small cell need no memory of their own.
type Table = SmallVec<[f64; 256]>;

/// For each operation how often, on all live paths, each operation comes right before it; and on how
/// many paths each operation is the last.
fn follow(live: &Live, ops: usize) -> (Table, Ops) {
    let mut pairs: Table = SmallVec::from_elem(0.0, ops * ops);
    // For each node the paths to it by their last operation.
    let mut last: Table = SmallVec::from_elem(0.0, live.paths_to.len() * ops);
    for edge in &live.edges {
        if let Some(op) = edge.op {
            last[edge.to * ops + op] += live.paths_to[edge.from];
            let sums = &mut pairs[op * ops..(op + 1) * ops];
            for (sum, count) in sums.iter_mut().zip(&last[edge.from * ops..]) {
                *sum += count * live.paths_from[edge.to];
            }
        } else {
            for op in 0..ops {
                last[edge.to * ops + op] += last[edge.from * ops + op];
            }
        }
    }
    let mut of_sink = [0.0; MAX_OPS];
    of_sink[..ops].copy_from_slice(&last[live.sink * ops..(live.sink + 1) * ops]);
    (pairs, of_sink)
}
