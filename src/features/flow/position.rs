//! `position(…)`: where on the live paths of a cell operations stand.
//!
//! | column | definition |
//! |---|---|
//! | `position(o).before`, `.behind` | how many operations stand before, behind an `o` of a live path: the mean over all live paths and all `o` on them; −1 if there is none |
//! | `position(o).first_1`, `.first_2`, … | how many of the first so many operations of a live path are `o`, on average, up to the greatest length of a path; 0 without a live path |
//! | `position(parametric)…`, `(pooling)`, `(identity)`, `(spatial)` | the same of all operations with weights, all poolings, all skips, all with weights and a window larger than 1 |
//! | `position(paths).length_1`, `.length_2`, … | ln(1 + the number of live paths with exactly so many operations) |
//!
//! In a chain of stages `doubling` and `halving` are those that double the channels and halve the
//! resolution.
//!
//! # Complexity
//!
//! O((edges + columns) · length) a cell.

use super::Ops;
use super::plan::Plan;
use super::row::Row;
use super::{Flow, MAX_OPS};
use crate::graph::{Edge, Live};
use smallvec::SmallVec;

/// See the module.
pub(in super::super) const POSITION: Flow = Flow {
    name: "position",
    summary: "where on live paths operations stand",
    needs_kinds: false,
    put,
};

fn put(plan: &Plan, live: &Live, row: &mut Row) {
    let beside = Beside::of(live);
    let longest = *plan.lengths.end();
    let profile = Profile::of(live, longest, plan.ops);
    for set in &plan.sets {
        let name = |part: &str| format!("position({}).{part}", set.name);
        let occurrences = set.of(&beside.occurrences);
        let mean = |sum: &Ops| if occurrences > 0.0 { set.of(sum) / occurrences } else { -1.0 };
        row.put(|| name("before"), mean(&beside.before));
        row.put(|| name("behind"), mean(&beside.behind));
        let mut count = 0.0;
        for index in 0..longest {
            count += set.of(profile.at(index));
            row.put(|| name(&format!("first_{}", index + 1)), live.mean(count));
        }
    }
    if plan.lengths.start() < plan.lengths.end() {
        for length in *plan.lengths.start()..=longest {
            let paths = profile.paths[length];
            row.put(|| format!("position(paths).length_{length}"), libm::log1p(paths));
        }
    }
}

/// For each operation sums over all its occurrences on live paths.
struct Beside {
    /// How many there are.
    occurrences: Ops,
    /// How many operations stand before and behind them.
    before: Ops,
    behind: Ops,
}

impl Beside {
    fn of(live: &Live) -> Self {
        // For each node the operations of all paths to it, and from it.
        let (mut ops_to, mut ops_from) = (live.zeros(), live.zeros());
        let one = |edge: &Edge, paths: f64| if edge.op.is_some() { paths } else { 0.0 };
        for edge in live.edges.iter().rev() {
            ops_from[edge.from] += ops_from[edge.to] + one(edge, live.paths_from[edge.to]);
        }
        let [mut occurrences, mut before, mut behind] = [[0.0; MAX_OPS]; 3];
        for edge in &live.edges {
            ops_to[edge.to] += ops_to[edge.from] + one(edge, live.paths_to[edge.from]);
            if let Some(op) = edge.op {
                occurrences[op] += live.paths_over(edge);
                before[op] += ops_to[edge.from] * live.paths_from[edge.to];
                behind[op] += live.paths_to[edge.from] * ops_from[edge.to];
            }
        }
        Beside { occurrences, before, behind }
    }
}

/// The live paths by how many operations they have.
struct Profile {
    ops: usize,
    /// For each place on a path, from 0, and each operation: how many live paths have it there.
    at: Table,
    /// For each length the live paths that have it.
    paths: SmallVec<[f64; 8]>,
}

/// Rows of numbers. Those of a small cell need no memory of their own.
type Table = SmallVec<[f64; 128]>;

impl Profile {
    fn of(live: &Live, longest: usize, ops: usize) -> Self {
        let lengths = longest + 1;
        // For each node and each length the paths to it.
        let mut paths: Table = SmallVec::from_elem(0.0, live.paths_to.len() * lengths);
        paths[live.source * lengths] = 1.0;
        let mut at: Table = SmallVec::from_elem(0.0, lengths * ops);
        for edge in &live.edges {
            let (from, to) = (edge.from * lengths, edge.to * lengths);
            let Some(op) = edge.op else {
                for length in 0..lengths {
                    paths[to + length] += paths[from + length];
                }
                continue;
            };
            for length in 0..lengths {
                let count = paths[from + length];
                at[length * ops + op] += count * live.paths_from[edge.to];
                if length < longest {
                    paths[to + length + 1] += count;
                }
            }
        }
        let of_sink = &paths[live.sink * lengths..(live.sink + 1) * lengths];
        Profile { ops, at, paths: of_sink.iter().copied().collect() }
    }

    /// How many live paths have each operation at a place.
    fn at(&self, place: usize) -> &[f64] {
        &self.at[place * self.ops..(place + 1) * self.ops]
    }
}
