//! Which columns a cell has.
//!
//! To add a column is one line in [`List::all`] and, if it reads something new, a variant of
//! [`Value`]. A column that would repeat an earlier one in every cell is left out.

use std::collections::HashSet;

use super::MAX_OPS;
use super::columns::{Column, Columns, Part, Value};
use super::sums::Weighting;
use super::transfer;
use crate::features::Subsets;
use crate::graph::Op;
use crate::space::{CellShape, OpKind, OperationKind, SearchSpace};

/// The columns of a cell as they are put together.
pub(super) struct List<'a> {
    names: &'a [&'a str],
    /// The operations but the zero operation, and the same as a set.
    ops: Vec<usize>,
    all: u32,
    /// What is computed for the columns of all cells.
    computed: &'a mut Columns,
    listed: Vec<Column>,
    /// What is told already: of sums by the weights of the live operations over their common
    /// divisor, of paths by their set.
    said_sums: HashSet<(Vec<u8>, Part)>,
    said_sets: HashSet<u32>,
}

impl<'a> List<'a> {
    /// The columns of a cell. What has to be computed for them is added to `computed`.
    pub fn of_cell(
        space: &dyn SearchSpace,
        shape: &CellShape,
        subsets: &Subsets,
        computed: &'a mut Columns,
    ) -> Vec<Column> {
        let names = space.operations();
        let zero = space.zero_op().map(Op::index);
        let ops: Vec<_> = (0..names.len()).filter(|&op| Some(op) != zero).collect();
        let all = ops.iter().fold(0, |set, op| set | 1 << op);
        let mut list = List {
            names,
            ops,
            all,
            computed,
            listed: Vec::new(),
            said_sums: HashSet::new(),
            said_sets: HashSet::from([all]),
        };
        list.all(shape, space.operation_kinds(), subsets);
        list.listed
    }

    fn all(&mut self, shape: &CellShape, kinds: &[OpKind], subsets: &Subsets) {
        use Part::{Least, Mean, Most, Total};
        self.push("paths", "", Value::Paths);
        if shape.inputs.len() > 1 {
            for (place, input) in shape.inputs.iter().enumerate() {
                self.push("paths", input, Value::PathsFrom(place));
                let mean = format!("{input}_mean");
                self.push("length", &mean, Value::MeanLengthFrom(place));
            }
        }
        self.sums("length", |_| 1, 0, &[Least, Most, Mean]);
        for op in self.ops.clone() {
            let (name, set) = (self.names[op], 1 << op);
            self.set(name, set, &[Least, Most, Total, Mean]);
            self.share(name, set);
            self.only(name, "only", set);
            self.push(name, "live", Value::Places(|places| places.live, op));
            self.push(name, "at_input", Value::Places(|places| places.at_input, op));
            if !shape.silent_output {
                self.push(name, "at_output", Value::Places(|places| places.at_output, op));
            }
        }
        let sets = subsets.sets().iter().filter_map(|&set| u32::try_from(set).ok());
        for (pair, name) in sets.zip(subsets.names(self.names)) {
            if pair.count_ones() == 2 && pair & self.all == pair {
                self.only(&name, "only", pair);
                self.set(&name, pair, &[Least, Most]);
            }
        }
        if !kinds.is_empty() {
            self.of_kinds(kinds);
        }
        self.push("live_ops", "", Value::LiveOps);
        self.push("width", "", Value::Width);
    }

    /// The columns for which it must be known what the operations do.
    fn of_kinds(&mut self, kinds: &[OpKind]) {
        use Part::{Least, Mean, Most, Total};
        let chosen = |is: fn(OpKind) -> bool| {
            let ops = kinds.iter().enumerate().filter(|(_, kind)| is(**kind));
            ops.fold(0, |set, (op, _)| set | 1 << op) & self.all
        };
        let parametric = chosen(OpKind::has_weights);
        let identity = chosen(|op| op.kind == OperationKind::Identity);
        self.set("parametric", parametric, &[Least, Most, Mean, Total]);
        self.share("parametric", parametric);
        let growth = |op: usize| kinds[op].growth();
        self.sums("receptive_field", growth, 1, &[Least, Most, Mean]);
        self.only("skip_paths", "", identity);
        let inside = &mut self.computed.inside;
        let beside = Value::Beside(inside.place(identity), inside.place(self.all & !parametric));
        self.push("skip_beside_conv", "", beside);
        for (sum, name) in transfer::NAMES.into_iter().enumerate() {
            let transfer = self.computed.transfer.as_ref();
            if transfer.is_some_and(|transfer| !transfer.is_plain(sum, &self.ops)) {
                self.push("transfer", name, Value::Transfer(sum));
            }
        }
    }

    /// `path_stats(of).part`.
    fn push(&mut self, of: &str, part: &str, value: Value) {
        let dot = if part.is_empty() { "" } else { "." };
        let name = format!("{}({of}){dot}{part}", super::NAME);
        self.listed.push(Column { name, value });
    }

    /// How many operations of a set there are on the live paths.
    fn set(&mut self, of: &str, set: u32, parts: &[Part]) {
        self.sums(of, |op| u8::from(set >> op & 1 == 1), 0, parts);
    }

    /// What the weights of the operations on the live paths add up to.
    fn sums(&mut self, of: &str, weight: impl Fn(usize) -> u8, start: u8, parts: &[Part]) {
        let divisor = self.ops.iter().fold(0, |divisor, &op| gcd(divisor, weight(op)));
        if divisor == 0 {
            return;
        }
        let mut weights = [0; MAX_OPS];
        for &op in &self.ops {
            weights[op] = weight(op);
        }
        let place = self.computed.sums.place(&Weighting { weights, start });
        let reduced: Vec<_> = weights.iter().map(|weight| weight / divisor).collect();
        for &part in parts {
            if self.said_sums.insert((reduced.clone(), part)) {
                self.push(of, part.name(), Value::Sum(part, place));
            }
        }
    }

    /// How many live paths use only operations of a set.
    fn only(&mut self, of: &str, part: &str, set: u32) {
        if self.said_sets.insert(set) {
            let place = self.computed.inside.place(set);
            self.push(of, part, Value::Inside(place));
        }
    }

    /// The share of live paths that use an operation of a set.
    fn share(&mut self, of: &str, set: u32) {
        let place = self.computed.inside.place(self.all & !set);
        self.push(of, "share", Value::ShareOutside(place));
    }
}

/// The greatest common divisor; that of 0 and a number is the number.
fn gcd(one: u8, other: u8) -> u8 {
    if other == 0 { one } else { gcd(other, one % other) }
}
