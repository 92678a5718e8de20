//! `analytic_flops`, `analytic_params`, `analytic_bytes`, `roofline_latency`: what the network of a cell costs, worked out from the cell
//! and the skeleton that its benchmark puts it in.
//!
//! The first two are in millions, as in the dumps of `NASLib`; a column of whole numbers divided by 10⁶.
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
//! - **Bytes** are those that the layers read and write, for one image, in millions: of each convolution, pooling and linear
//!   layer the input, the output and the weights, as `float32`. Batch normalization, `ReLU`, sums, concatenations and skips are
//!   taken to be fused with what is before or behind them, as compilers for inference do, and are free.
//! - The **roofline latency** is the time in milliseconds that these layers take at least, one after the other, on a
//!   [`Device`]: each the greater one of its operations over the peak performance and its bytes over the bandwidth. Here a
//!   multiplication and an addition are two operations. With a sparsity s, (1 − s) of the weights are left, of their bytes as of
//!   their operations. Williams et al., *Roofline*, CACM 52 (2009); Shinn et al., *The Sparsity Roofline*, arXiv 2310.00496.
//!
//! A space says how its networks are built ([`SearchSpace::skeleton`]); [`skeleton`] counts the layers. The numbers
//! equal those of the dumps for every network; `docs/features.md` names the data set that each space is built for, and what follows
//! for others.

mod device;
mod shared_channels;
mod skeleton;
mod tally;

pub use self::device::Device;
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
        row.fill(tally(network, None).flops as f64 / MILLION);
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
        row.fill(tally(network, None).params as f64 / MILLION);
    }
}

/// See the module.
pub(super) struct Bytes;

/// See the module.
pub(super) struct Roofline;

impl Family for Bytes {
    fn name(&self) -> &'static str {
        "bytes"
    }

    fn summary(&self) -> &'static str {
        "millions of bytes that the layers of a forward pass read and write"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn owns(&self, column: &str) -> bool {
        column == "analytic_bytes"
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        Flops.defined_for(space)
    }

    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        vec!["analytic_bytes".to_owned()]
    }

    fn compute(&self, network: &Architecture, _: &Subsets, _: &mut Scratch, row: &mut [f64]) {
        row.fill(4.0 * tally(network, None).numbers as f64 / MILLION);
    }
}

/// The name of the column of [`Roofline`]; another one starts with it.
const ROOFLINE: &str = "roofline_latency";

impl Family for Roofline {
    fn name(&self) -> &'static str {
        "roofline"
    }

    fn summary(&self) -> &'static str {
        "milliseconds that the layers take at least on a device"
    }

    fn is_graf(&self) -> bool {
        false
    }

    fn owns(&self, column: &str) -> bool {
        column.strip_prefix(ROOFLINE).is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
    }

    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        Flops.defined_for(space)
    }

    fn needs_device(&self) -> bool {
        true
    }

    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        vec![ROOFLINE.to_owned()]
    }

    fn names_on(&self, device: Device) -> Vec<String> {
        let sparse = device.sparsity().map(|share| format!("{ROOFLINE}(sparsity={share})"));
        std::iter::once(ROOFLINE.to_owned()).chain(sparse).collect()
    }

    fn compute(&self, network: &Architecture, _: &Subsets, scratch: &mut Scratch, row: &mut [f64]) {
        let seconds = tally(network, scratch.device).seconds;
        for (value, seconds) in row.iter_mut().zip(seconds) {
            *value = seconds * 1e3;
        }
    }
}

/// What is shown in millions.
const MILLION: f64 = 1e6;

/// What a network costs; nothing where it is not known how it is built.
fn tally(network: &Architecture, device: Option<Device>) -> Tally {
    let tally = network.search_space().map(|space| skeleton::cost(space, network.cells(), device));
    tally.unwrap_or_default()
}
