//! `path_stats(…)`: what is on the live paths of a cell, all of them together.
//!
//! A *live path* leads from an input to the output through no zero operation (`none`). `o` and `p`
//! are operations other than that. The paths from all inputs are taken together.
//!
//! | column | definition |
//! |---|---|
//! | `path_stats(paths)` | live paths |
//! | `path_stats(length).min`, `.max`, `.mean` | operations on a live path |
//! | `path_stats(o).min`, `.max`, `.mean`, `.total` | how often `o` is on a live path; in all |
//! | `path_stats(o).share` | live paths with `o`, over all live paths |
//! | `path_stats(o).only` | live paths with no operation but `o` |
//! | `path_stats(o).live`, `.at_input`, `.at_output` | how many `o` lie on live paths; how many of them right behind an input, right before the output |
//! | `path_stats(o+p).only`, `.min`, `.max` | the same of the pair |
//! | `path_stats(parametric).…` | the same of all operations with weights |
//! | `path_stats(receptive_field).min`, `.max`, `.mean` | 1 + the sum of what each operation of a live path [adds](crate::space::OpKind::growth) |
//! | `path_stats(skip_paths)` | live paths with nothing but identities |
//! | `path_stats(skip_beside_conv)` | 1 if there are such, and live paths with a parametric operation; else 0 |
//! | `path_stats(transfer).a`, `.b`, `.c` | ln(1 + the sum over live paths of the product of [weights](transfer)) |
//! | `path_stats(live_ops)` | operations on live paths |
//! | `path_stats(width)` | the most nodes between inputs and output at the same distance from the inputs, along the longest live path to each |
//!
//! Values are never negative, but for `.min` and `.max`: without a live path they are −1, and all else
//! is 0. A path without operations (an edge from the input to the output of a cell with operations on
//! nodes) has 0 of each and is a path with nothing but `o`, for every `o`.
//!
//! - A cell with several inputs also has `path_stats(paths).c_k-1` and `path_stats(length).c_k-1_mean`
//!   for each.
//! - Where the edges into the output carry no operation, `.at_output` is left out.
//! - Pairs are those among the sets of operations; there are none if sets of two are not asked for.
//! - What repeats an earlier column in every cell is left out. So `parametric` has no `.min` where its
//!   operations are those of a pair, and `skip_paths` is missing where one operation is an identity
//!   and has its own `.only`.
//! - Where a file describes a space without what its operations do, `parametric` and all that
//!   follows but the last two are left out. Chains that a file describes do not have the family, nor
//!   have large spaces (see [`fits`]) and those with an operation that is called like one of the columns above.
//! - Chains of stages have columns of their own: see [`chain`].
//!
//! # Complexity
//!
//! O(edges · columns) a cell, with a step of a few instructions for 32 columns; paths are counted,
//! never listed.

mod chain;
mod columns;
mod inside;
mod list;
mod live;
mod sums;
mod transfer;

use self::columns::Columns;
use self::live::LivePaths;
use super::{Family, Scratch, Subsets};
use crate::graph::Cell;
use crate::space::{Architecture, Described, SearchSpace};

/// See the module.
pub(super) struct PathStats;

const NAME: &str = "path_stats";

/// The most operations of a space.
const MAX_OPS: usize = 32;

/// What an operation is not called, because columns are.
const TAKEN: [&str; 4] = ["paths", "length", "live_ops", "width"];

impl Family for PathStats {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "what is on the paths without a zero operation, all of them together"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        let is_taken = |op: &&str| TAKEN.contains(op);
        space.described().is_none_or(fits) && !space.operations().iter().any(is_taken)
    }

    fn names(&self, space: &dyn SearchSpace, subsets: &Subsets) -> Vec<String> {
        if space.is_chain() {
            return chain::names();
        }
        let columns = Columns::new(space, subsets);
        let cells = space.cells().iter().zip(columns.cells);
        let named = cells.flat_map(|(shape, cell)| {
            cell.into_iter().map(|column| format!("{}{}", shape.prefix, column.name))
        });
        named.collect()
    }

    fn compute(
        &self,
        network: &Architecture,
        subsets: &Subsets,
        scratch: &mut Scratch,
        row: &mut [f64],
    ) {
        let Some(space) = network.search_space() else { return };
        if space.is_chain() {
            let stages = network.cells().iter().flat_map(Cell::ops);
            chain::write(stages, space.operation_kinds(), space.stages(), row);
        } else {
            scratch.path_stats.write(space, network.cells(), subsets, row);
        }
    }
}

/// Whether the numbers of a described space fit into the small ones of this family: 2¹⁴ paths, 32 operations, sums of up
/// to 255.
fn fits(space: &Described) -> bool {
    const MOST_PATHS: f64 = 16_384.0;
    let growth =
        space.kinds().iter().map(|kind| u32::from(kind.growth())).max().unwrap_or(1).max(1);
    !space.is_chain()
        && space.description().nodes <= Cell::SMALL_NODES
        && space.most_paths() <= MOST_PATHS
        && space.ids().len() <= MAX_OPS
        && growth * space.path_lengths().end() < u32::from(u8::MAX)
}

/// Room for the computation.
#[derive(Debug, Default)]
pub(super) struct Room {
    planned: Option<Planned>,
    live: LivePaths,
}

/// The columns of a space and so many sets, worked out when they are first asked for.
#[derive(Debug)]
struct Planned {
    space: &'static str,
    sets: usize,
    columns: Columns,
}

impl Room {
    fn write(
        &mut self,
        space: &'static dyn SearchSpace,
        cells: &[Cell],
        subsets: &Subsets,
        row: &mut [f64],
    ) {
        let (name, sets) = (space.name(), subsets.len());
        self.planned.take_if(|planned| (planned.space, planned.sets) != (name, sets));
        let planned = self.planned.get_or_insert_with(|| Planned {
            space: name,
            sets,
            columns: Columns::new(space, subsets),
        });
        let columns = &mut planned.columns;
        let mut row = row.iter_mut();
        for (index, cell) in cells.iter().enumerate() {
            self.live.find(cell, space.zero_op());
            columns.walk(&self.live);
            let of_cell = columns.cells.get(index).into_iter().flatten();
            for (column, slot) in of_cell.zip(&mut row) {
                *slot = columns.value(column.value, &self.live);
            }
        }
    }
}
