//! What the operations of a space are counted by.

use std::ops::RangeInclusive;

use super::MAX_OPS;
use crate::graph::Op;
use crate::space::{Described, OpKind, OperationKind, SearchSpace};

/// A weight for each operation, under a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sum {
    /// What stands in the brackets of columns.
    pub name: String,
    /// The operations with a weight other than 0.
    terms: Vec<(usize, u8)>,
}

impl Sum {
    fn new(name: &str, ops: &[usize], weight: impl Fn(usize) -> u8) -> Self {
        let terms = ops.iter().map(|&op| (op, weight(op))).filter(|term| term.1 > 0);
        Sum { name: name.to_owned(), terms: terms.collect() }
    }

    /// The weighted sum of a number of each operation.
    pub fn of(&self, numbers: &[f64]) -> f64 {
        self.terms.iter().map(|&(op, weight)| numbers[op] * f64::from(weight)).sum()
    }

    /// The weight of an operation.
    pub fn weight(&self, op: usize) -> u8 {
        self.terms.iter().find(|term| term.0 == op).map_or(0, |term| term.1)
    }

    /// The operations.
    pub fn ops(&self) -> impl Iterator<Item = usize> + '_ {
        self.terms.iter().map(|term| term.0)
    }

    /// Whether its sums are those of another one, times a constant.
    fn repeats(&self, other: &Sum) -> bool {
        let reduced = |sum: &Sum| {
            let divisor = sum.terms.iter().fold(0, |divisor, &(_, weight)| gcd(divisor, weight));
            sum.terms.iter().map(|&(op, weight)| (op, weight / divisor)).collect::<Vec<_>>()
        };
        reduced(self) == reduced(other)
    }
}

/// The greatest common divisor; that of 0 and a number is the number.
fn gcd(one: u8, other: u8) -> u8 {
    if other == 0 { one } else { gcd(other, one % other) }
}

/// What an operation does to the variance of what it reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Effect {
    /// Its output has variance 1, whatever it reads.
    Fresh,
    /// It multiplies the variance.
    Keeps(f64),
}

/// What the families need to know of a space.
#[derive(Debug)]
pub(super) struct Plan {
    /// Single operations, then groups of several that do something in common.
    pub sets: Vec<Sum>,
    /// The same, then what is added up along a path: `length`, `layers`, `receptive_field`. One that
    /// is a multiple of another in every cell is left out.
    pub sums: Vec<Sum>,
    /// `layers` and `receptive_field`, if it is known what the operations do.
    pub depths: Vec<Sum>,
    /// The kinds of operations, or the operations if their kinds are not known.
    pub kinds: Vec<Sum>,
    /// Which operations have weights: those with [`Effect::Fresh`].
    pub effects: [Effect; MAX_OPS],
    /// How many places of [`Ops`] are used.
    pub ops: usize,
    /// How many operations a path can have.
    pub lengths: RangeInclusive<usize>,
    /// Whether every cell is a single path.
    pub is_chain: bool,
}

impl Plan {
    /// What is to be known of a space.
    pub fn new(space: &dyn SearchSpace) -> Self {
        let (names, kinds) = (space.operations(), space.operation_kinds());
        let zero = space.zero_op().map(Op::index);
        let ops: Vec<_> = (0..names.len()).filter(|&op| Some(op) != zero).collect();
        let lengths = space.path_lengths();
        let lengths = *lengths.start() as usize..=*lengths.end() as usize;
        let group =
            |name: &str, is: &dyn Fn(usize) -> bool| Sum::new(name, &ops, |op| u8::from(is(op)));
        let single = |&op: &usize| group(names[op], &|other| other == op);
        let singles: Vec<_> = ops.iter().map(single).collect();
        let all = group("length", &|_| true);

        let of_kind = |name: &str, is: fn(OpKind) -> bool| {
            group(name, &|op| kinds.get(op).copied().is_some_and(is))
        };
        let mut groups = vec![
            of_kind("parametric", OpKind::has_weights),
            of_kind("pooling", |op| {
                matches!(op.kind, OperationKind::AveragePooling | OperationKind::MaxPooling)
            }),
            of_kind("identity", |op| op.kind == OperationKind::Identity),
        ];
        if space.is_chain() {
            let step = |op: usize| space.stages().get(op).copied().unwrap_or_default();
            groups.push(group("doubling", &|op| step(op).doubles));
            groups.push(group("halving", &|op| step(op).halves));
        }
        groups.retain(|group| !group.terms.is_empty());
        let plain_kinds = if groups.is_empty() { singles.clone() } else { groups.clone() };
        groups.push(of_kind("spatial", |op| op.has_weights() && op.growth() > 0));

        let mut sets = singles;
        for group in groups.into_iter().filter(|group| group.terms.len() > 1) {
            if !group.repeats(&all) && !sets.iter().any(|set| group.repeats(set)) {
                sets.push(group);
            }
        }
        let number = |name: &str, of: fn(OpKind) -> u8| {
            Sum::new(name, &ops, |op| kinds.get(op).copied().map_or(0, of))
        };
        let layers = |op: OpKind| if op.has_weights() { op.times } else { 0 };
        let mut depths = vec![number("layers", layers), number("receptive_field", OpKind::growth)];
        depths.retain(|depth| !depth.terms.is_empty());
        let is_one_length = lengths.start() == lengths.end();
        let mut sums = sets.clone();
        for sum in [&all].into_iter().filter(|_| !is_one_length).chain(&depths) {
            if !sums.iter().any(|other| sum.repeats(other)) {
                sums.push(sum.clone());
            }
        }
        let mut effects = [Effect::Keeps(1.0); MAX_OPS];
        for (effect, kind) in effects.iter_mut().zip(kinds) {
            *effect = match kind.kind {
                OperationKind::AveragePooling | OperationKind::MaxPooling => Effect::Keeps(0.5),
                OperationKind::Identity => Effect::Keeps(1.0),
                OperationKind::Zero => Effect::Keeps(0.0),
                _ => Effect::Fresh,
            };
        }
        Plan {
            sets,
            sums,
            depths,
            kinds: plain_kinds,
            effects,
            ops: names.len(),
            lengths,
            is_chain: space.is_chain() || space.described().is_some_and(Described::is_chain),
        }
    }

    /// Whether an operation has weights.
    pub fn is_fresh(&self, op: usize) -> bool {
        self.effects[op] == Effect::Fresh
    }

    /// Whether a set has all operations that can be on a live path.
    pub fn is_all(&self, set: &Sum) -> bool {
        let singles = self.sets.iter().filter(|set| set.terms.len() == 1);
        singles.count() == set.terms.len()
    }
}
