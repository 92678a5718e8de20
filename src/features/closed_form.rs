//! `closed_form(synflow)`, `closed_form(l2_norm)`: what zero-cost proxies measure of a network, without the network.
//!
//! Both proxies look at weights only, and that much of them follows from sizes that no network has to be built for:
//! weights are uniform from −1/√n to 1/√n for n inputs of an output (the default of `PyTorch`, with which the networks of
//! NAS-Bench-Suite-Zero were measured), so that their mean size is 1/(2√n) and their mean square 1/(3n).
//!
//! | column | definition | range | nothing reaches the output |
//! |---|---|---|---|
//! | `closed_form(synflow)` | ln of the synaptic flow: the sum of \|weight × derivative\| for an image of ones, weights of their mean size and no normalization (Tanaka, Kunin, Yamins, Ganguli: *Pruning neural networks without any data by iteratively conserving synaptic flow*, NeurIPS 2020) | 0 … 710 | 0 |
//! | `closed_form(l2_norm)` | the sum of the expected norms of the weights of convolutions and linear layers, √(outputs / 3) each | 0 … | as else |
//!
//! `synflow` counts what lies between image and classes, `l2_norm` all layers, those of dead operations too, as the measured ones
//! do. Borders are not modelled. Values are rounded to multiples of 2⁻³².
//!
//! # Complexity
//!
//! O(layers of the network).

use super::flow::row::Row;
use super::{Family, Scratch, Subsets, cost, mean_field};
use crate::space::{Architecture, SearchSpace};

/// See the module.
pub(super) struct ClosedForm;

impl Family for ClosedForm {
    fn name(&self) -> &'static str {
        "closed_form"
    }

    fn summary(&self) -> &'static str {
        "the proxies synflow and l2_norm, worked out instead of measured"
    }

    fn is_graf(&self) -> bool {
        false
    }

    /// Not for networks of graphs.
    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        mean_field::image(space).is_some()
    }

    fn names(&self, _: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let mut row = Row::Names(Vec::new());
        put(&mut row, [0.0; 2]);
        if let Row::Names(names) = row { names } else { Vec::new() }
    }

    fn compute(&self, network: &Architecture, _: &Subsets, scratch: &mut Scratch, row: &mut [f64]) {
        let Some(space) = network.search_space() else { return };
        let Some(skeleton) = mean_field::image(space) else { return };
        let live = scratch.live.of(network.cells(), space.zero_op());
        let synflow = scratch.mean_field.synaptic_flow((space, skeleton), (network, live));
        put(&mut Row::Values(row.iter_mut()), [synflow, cost::weight_norms(network)]);
    }
}

fn put(row: &mut Row, [synflow, l2_norm]: [f64; 2]) {
    row.put_sum(|| "closed_form(synflow)".to_owned(), synflow);
    row.put_sum(|| "closed_form(l2_norm)".to_owned(), l2_norm);
}
