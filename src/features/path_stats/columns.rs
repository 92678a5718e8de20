//! What columns read, and how it is computed.

use super::inside::Inside;
use super::list::List;
use super::live::{LivePaths, Places};
use super::sums::Sums;
use super::transfer::Transfer;
use crate::features::Subsets;
use crate::space::SearchSpace;

/// What a column reads.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// The number of live paths.
    Paths,
    /// The number of live paths from an input.
    PathsFrom(usize),
    /// The mean number of operations on the live paths from an input.
    MeanLengthFrom(usize),
    /// Of the sums of a weighting along the live paths.
    Sum(Part, usize),
    /// The number of live paths inside a set.
    Inside(usize),
    /// The share of live paths that are not inside a set.
    ShareOutside(usize),
    /// Of the places of an operation.
    Places(fn(&Places) -> u32, usize),
    /// Whether there are paths inside the first set, and paths not inside the second.
    Beside(usize, usize),
    /// The logarithm of a transfer sum.
    Transfer(usize),
    /// The number of operations on live paths.
    LiveOps,
    /// The greatest number of nodes at one depth.
    Width,
}

/// What is told of many sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Least,
    Most,
    Total,
    Mean,
}

impl Part {
    /// How a column of it ends.
    pub fn name(self) -> &'static str {
        match self {
            Part::Least => "min",
            Part::Most => "max",
            Part::Total => "total",
            Part::Mean => "mean",
        }
    }
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name without the prefix of the cell.
    pub name: String,
    pub value: Value,
}

/// The columns of the cells of a space, and what has to be computed for them.
#[derive(Debug)]
pub(super) struct Columns {
    /// For each cell.
    pub cells: Vec<Vec<Column>>,
    pub sums: Sums,
    pub inside: Inside,
    /// If it is known what the operations do.
    pub transfer: Option<Transfer>,
}

impl Columns {
    /// The columns of a space.
    pub fn new(space: &dyn SearchSpace, subsets: &Subsets) -> Self {
        let kinds = space.operation_kinds();
        let mut columns = Columns {
            cells: Vec::new(),
            sums: Sums::default(),
            inside: Inside::default(),
            transfer: (!kinds.is_empty()).then(|| Transfer::new(kinds)),
        };
        for shape in space.cells() {
            let cell = List::of_cell(space, shape, subsets, &mut columns);
            columns.cells.push(cell);
        }
        columns
    }

    /// Computes what the columns of a cell read.
    pub fn walk(&mut self, live: &LivePaths) {
        self.sums.walk(live);
        self.inside.walk(live);
        if let Some(transfer) = &mut self.transfer {
            transfer.walk(live);
        }
    }

    /// The value of a column of the cell that was walked last.
    pub fn value(&self, value: Value, live: &LivePaths) -> f64 {
        let paths = live.paths;
        match value {
            Value::Paths => f64::from(paths),
            Value::PathsFrom(input) => f64::from(live.paths_from(input)),
            Value::MeanLengthFrom(input) => ratio(live.ops_from(input), live.paths_from(input)),
            Value::Sum(Part::Least | Part::Most, _) if paths == 0 => -1.0,
            Value::Sum(Part::Least, place) => f64::from(self.sums.least(place, live)),
            Value::Sum(Part::Most, place) => f64::from(self.sums.most(place, live)),
            Value::Sum(Part::Total, place) => f64::from(self.sums.total(place, live)),
            Value::Sum(Part::Mean, place) => ratio(self.sums.total(place, live), paths),
            Value::Inside(place) => f64::from(self.inside.paths(place, live)),
            Value::ShareOutside(place) => ratio(paths - self.inside.paths(place, live), paths),
            Value::Places(count, op) => f64::from(count(&live.places[op])),
            Value::Beside(inside, outside) => {
                let is_inside = self.inside.paths(inside, live) > 0;
                f64::from(is_inside && self.inside.paths(outside, live) < paths)
            }
            Value::Transfer(sum) => self.transfer.as_ref().map_or(0.0, |sums| sums.value(sum)),
            Value::LiveOps => f64::from(live.ops()),
            Value::Width => f64::from(live.width),
        }
    }
}

/// A quotient; 0 where there is nothing to share out.
fn ratio(sum: u32, count: u32) -> f64 {
    if count == 0 { 0.0 } else { f64::from(sum) / f64::from(count) }
}
