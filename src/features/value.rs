//! `value(n).…`: numbers that a description gives operations, such as widths or expansions, along the places of a network.
//!
//! | column | definition |
//! |---|---|
//! | `value(n).sum`, `.mean`, `.min`, `.max` | over the operations of the cell that have the number; 0 if none has it |
//! | `value(n).1`, `.2`, … | of a chain: the number of the operation at each place; 0 if it has none |
//!
//! For each name `n` of the table `values` of the description. Values are those of the file; sums are rounded as numbers of
//! 64 bits are.
//!
//! # Complexity
//!
//! O(operations · names) a cell.

use super::{Family, Scratch, Subsets, columns};
use crate::graph::Cell;
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct Value;

const PARTS: [&str; 4] = ["sum", "mean", "min", "max"];

impl Family for Value {
    fn name(&self) -> &'static str {
        "value"
    }

    fn summary(&self) -> &'static str {
        "numbers that a description gives its operations"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.described().is_some_and(|space| !space.values().is_empty())
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let Some(described) = space.described() else { return Vec::new() };
        let places = if described.is_chain() { described.places() } else { 0 };
        columns(space, |_| {
            let of_name = |(name, _): &(String, Vec<f64>)| {
                let parts = PARTS.iter().map(ToString::to_string);
                let all = parts.chain((1..=places).map(|place| place.to_string()));
                all.map(|part| format!("value({name}).{part}")).collect::<Vec<_>>()
            };
            described.values().iter().flat_map(of_name).collect()
        })
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        let Some(space) = network.described() else { return };
        row.fill(0.0);
        let width = row.len() / network.cells().len();
        for (cell, row) in network.cells().iter().zip(row.chunks_exact_mut(width)) {
            let of_name = row.chunks_exact_mut(width / space.values().len());
            for ((_, numbers), row) in space.values().iter().zip(of_name) {
                write(cell, numbers, row);
            }
        }
    }
}

/// The columns of one name.
fn write(cell: &Cell, numbers: &[f64], row: &mut [f64]) {
    let (parts, places) = row.split_at_mut(PARTS.len());
    let (mut sum, mut count) = (0.0, 0.0);
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for number in
        cell.ops().filter_map(|op| numbers.get(op.index())).filter(|number| !number.is_nan())
    {
        sum += number;
        count += 1.0;
        least = number.min(least);
        most = number.max(most);
    }
    if count > 0.0 {
        parts.copy_from_slice(&[sum, sum / count, least, most]);
    }
    for (place, op) in places.iter_mut().zip(cell.ops()) {
        let number = numbers.get(op.index()).copied().unwrap_or_default();
        *place = if number.is_nan() { 0.0 } else { number };
    }
}
