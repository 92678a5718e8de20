//! Families of numbers of the live part of a cell, each a walk over its edges.
//!
//! A *live path* leads from an input to the output through no zero operation (`none`); what lies on no
//! such path is not looked at. [`Live`] is that part of a cell, [`Plan`] what is known of a space. A
//! family is a function that puts the columns of a cell into a [`Row`], one after the other, in the
//! same way for their names and for their values.
//!
//! | family | what is asked |
//! |---|---|
//! | [`random_walk`] | what a walk at random meets |
//! | [`position`] | where on the paths operations stand |
//! | [`succession`] | which kinds of operations follow on one another |
//! | [`signal`] | by which operations the output's variance comes about |
//!
//! Columns that are constant, or a multiple of another in every cell, are left out where that follows from
//! the operations of the space. Where a file describes a space without what its operations do, there
//! are columns of single operations only. A space with an operation that is called like one of the
//! other columns does not have the families.

mod plan;
mod position;
mod random_walk;
pub(super) mod row;
mod signal;
mod succession;

use self::plan::Plan;
use self::row::Row;
use super::{Family, Scratch, Subsets, columns};
use crate::graph::Live;
use crate::space::{Architecture, SearchSpace};

pub(super) use self::position::POSITION;
pub(super) use self::random_walk::RANDOM_WALK;
pub(super) use self::signal::SIGNAL;
pub(super) use self::succession::SUCCESSION;

/// The most operations of a space.
const MAX_OPS: usize = 64;

/// A number for each operation.
type Ops = [f64; MAX_OPS];

/// What an operation is not called, because columns are.
const TAKEN: [&str; 2] = ["length", "paths"];

/// A family of numbers of the live part of a cell.
pub(super) struct Flow {
    name: &'static str,
    summary: &'static str,
    /// Whether it must be known what the operations do.
    needs_kinds: bool,
    /// Puts the columns of a cell.
    put: fn(&Plan, &Live, &mut Row),
}

impl Family for Flow {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        let is_taken = |op: &&str| TAKEN.contains(op);
        let is_known = !space.operation_kinds().is_empty();
        (is_known || !self.needs_kinds) && !space.operations().iter().any(is_taken)
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let plan = Plan::new(space);
        columns(space, |_| {
            let mut row = Row::Names(Vec::new());
            (self.put)(&plan, &Live::default(), &mut row);
            if let Row::Names(names) = row { names } else { Vec::new() }
        })
    }

    fn compute(&self, network: &Architecture, _: &Subsets, scratch: &mut Scratch, row: &mut [f64]) {
        if let Some(space) = network.search_space() {
            let live = scratch.live.of(network.cells(), space.zero_op());
            scratch.flow.write(space, live, self.put, row);
        }
    }
}

/// Room for the computation.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The space that was asked for last, and what is known of it.
    planned: Option<(&'static str, Plan)>,
}

impl Room {
    fn write(
        &mut self,
        space: &'static dyn SearchSpace,
        cells: &[Live],
        put: fn(&Plan, &Live, &mut Row),
        row: &mut [f64],
    ) {
        self.planned.take_if(|planned| planned.0 != space.name());
        let (_, plan) = self.planned.get_or_insert_with(|| (space.name(), Plan::new(space)));
        let mut row = Row::Values(row.iter_mut());
        for live in cells {
            put(plan, live, &mut row);
        }
    }
}
