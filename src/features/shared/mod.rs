//! `shared(…)`: the same columns in every space, so that what is learned on one space ranks the networks of
//! another.
//!
//! Operations are told apart by what they do: *spatial* ones have weights and read a window larger than
//! a pixel (or the neighbours of a node), *pointwise* ones have weights and read a place by itself, and
//! *pooling* ones have none; the first two are *parametric*. What passes data on unchanged is no
//! operation here but a part of the way between two. All is counted on the live paths, which lead from
//! an input to the output through no zero operation, and of a cell as a [graph of its
//! operations](graph::Graph): whether a space has them on edges or on nodes makes no difference, and
//! the same network written in two spaces has the same values.
//!
//! | column | definition |
//! |---|---|
//! | `shared(length).min`, `.mean` | operations on a live path |
//! | `shared(receptive_field).min` | the least sum along a live path of what operations [add](OpKind::growth) |
//! | `shared(breadth)` | operations on live paths, over the most on one path |
//! | `shared(weights)` | log₂(1 + the [weights](OpKind::weights) of all operations on live paths) |
//! | `shared(transfer)` | the mean over live paths of the product of 1.125 + k/8 for each parametric operation with a window of k × k, and 3/4 for each pooling |
//! | `shared(spatial).min`, `.max` | spatial operations on a live path |
//! | `shared(spatial).share` | live paths with a spatial operation, over all live paths |
//! | `shared(spatial).live` | spatial operations on live paths |
//! | `shared(spatial).at_input` | the share of the ways out of the input that lead to a spatial operation |
//! | `shared(parametric).at_output` | the share of the ways into the output that come from a parametric operation |
//! | `shared(spatial).walk`, `(pointwise)`, `(pooling)`, `(parametric)` | how many of them a walk from the input meets on average that takes every way on with the same probability |
//!
//! Values are never negative, but without a live path `.min` and `.max` are −1; all else is 0 then. Sums
//! are rounded to multiples of 2⁻³². Of a network with several kinds of cells each value is the mean
//! over its cells, as often as they are [repeated](crate::space::CellShape::repeats). A chain of stages
//! is a single path. A space must know what its operations do: one that a file describes has the family if
//! the file says so.
//!
//! The columns are few on purpose: of 111 that were tried, those are left without which networks of
//! another space are ranked worse (`docs/transfer.md`).
//!
//! # Complexity
//!
//! O(operations²) a cell.

mod columns;
mod graph;

use self::graph::Graph;
use super::flow::row::Row;
use super::{Family, Scratch, Subsets};
use crate::graph::Live;
use crate::space::{Architecture, OpKind, SearchSpace};

/// See the module.
pub(super) struct Shared;

/// The name of the family.
pub(super) const NAME: &str = "shared";

impl Family for Shared {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "the same columns in every space, by what operations do"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        !space.operation_kinds().is_empty()
    }

    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let mut graph = Graph::default();
        graph.build(&Live::default(), &[]);
        let mut row = Row::Names(Vec::new());
        columns::put(&graph, &mut row);
        if let Row::Names(names) = row { names } else { Vec::new() }
    }

    fn compute(&self, network: &Architecture, _: &Subsets, scratch: &mut Scratch, row: &mut [f64]) {
        if let Some(space) = network.search_space() {
            let live = scratch.live.of(network.cells(), space.zero_op());
            scratch.shared.write(space, live, row);
        }
    }
}

/// Room for the computation.
#[derive(Debug, Default)]
pub(super) struct Room {
    graph: Graph,
    cell: Vec<f64>,
}

impl Room {
    fn write(&mut self, space: &'static dyn SearchSpace, cells: &[Live], row: &mut [f64]) {
        let shapes = space.cells();
        let all: f64 = shapes.iter().map(|shape| f64::from(shape.repeats)).sum();
        row.fill(0.0);
        self.cell.resize(row.len(), 0.0);
        for (live, shape) in cells.iter().zip(shapes) {
            self.one(live, space.operation_kinds());
            let share = f64::from(shape.repeats) / all;
            for (mean, value) in row.iter_mut().zip(&self.cell) {
                *mean += share * value;
            }
        }
    }

    /// The columns of a cell.
    fn one(&mut self, live: &Live, kinds: &[OpKind]) {
        self.graph.build(live, kinds);
        columns::put(&self.graph, &mut Row::Values(self.cell.iter_mut()));
    }
}
