//! `analytic_flops`, `analytic_params`: what the network of a cell costs, worked out from the cell
//! and the skeleton that its benchmark puts it in.
//!
//! Both are in millions, as in the dumps of `NASLib`; a column of whole numbers divided by 10⁶.
//!
//! - **Parameters** are the trainable ones: weights of convolutions and linear layers, biases of
//!   linear layers, scale and shift of batch normalizations.
//! - **FLOPs** are counted as `NASLib`'s dumps count them, for one image: a multiplication and its
//!   addition are one operation in convolutions and linear layers (k² · in · out for each place of
//!   the output; the bias of a linear layer is free); batch normalization takes two operations for
//!   each number, one where it has no scale and shift; `ReLU` one; pooling k² for each number of
//!   its output; global average pooling (side + 1)² for each channel. Sums, concatenations and
//!   `none` are free.
//!
//! A space says how its networks are built ([`SearchSpace::skeleton`]); [`skeleton`] counts the layers. The numbers
//! equal those of the dumps for every network; `docs/features.md` names the data set that each space is built for, and what follows
//! for others.

mod shared_channels;
mod skeleton;
mod tally;

pub(super) use self::shared_channels::Module;
use self::tally::Tally;
use super::{Family, Scratch, Subsets};
use crate::space::{Architecture, SearchSpace, Skeleton};

/// See the module.
pub(super) struct Flops;

/// See the module.
pub(super) struct Params;

impl Family for Flops {
    fn name(&self) -> &'static str {
        "flops"
    }

    fn summary(&self) -> &'static str {
        "millions of operations of a forward pass, from the cell and its skeleton"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn owns(&self, column: &str) -> bool {
        column == "analytic_flops"
    }

    /// Not for networks of graphs: theirs depend on the edges of the data.
    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        matches!(space.skeleton(), Some(Skeleton::Image(_)))
    }

    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        vec!["analytic_flops".to_owned()]
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        row.fill(millions(network, |tally| tally.flops));
    }
}

impl Family for Params {
    fn name(&self) -> &'static str {
        "params"
    }

    fn summary(&self) -> &'static str {
        "millions of trainable parameters, from the cell and its skeleton"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn owns(&self, column: &str) -> bool {
        column == "analytic_params"
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        space.skeleton().is_some()
    }

    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        vec!["analytic_params".to_owned()]
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        row.fill(millions(network, |tally| tally.params));
    }
}

/// The sum of the norms of the weights of all convolutions and linear layers of a network, as they are expected.
pub(super) fn weight_norms(network: &Architecture) -> f64 {
    let tally = network.search_space().map(|space| skeleton::cost(space, network.cells()));
    tally.map_or(0.0, |tally| tally.norms)
}

fn millions(network: &Architecture, what: impl Fn(&Tally) -> u64) -> f64 {
    let tally = network.search_space().map(|space| skeleton::cost(space, network.cells()));
    tally.map_or(0.0, |tally| what(&tally) as f64 / 1e6)
}
