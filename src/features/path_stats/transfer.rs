//! Transfer sums: over all live paths, the product of a weight of each operation on the path.
//!
//! | operation | a | b | c |
//! |---|---|---|---|
//! | convolution k × k | k² | 1.25, 1.5, 1.75 for k = 1, 3, 5 | 1 |
//! | separable convolution k × k, done twice | k⁴ | as above | 1 |
//! | dilated convolution k × k | k² | as above | 1 |
//! | graph convolution | 3 | 1.5 | 1 |
//! | linear layer | 1 | 1.25 | 1 |
//! | pooling | 1 | 0.75 | 0.5 |
//! | identity | 1 | 1 | 1 |
//!
//! `a` is what one number of the input adds to the output's sum where all weights are ones and channels
//! are left out, as in synflow (Tanaka, Kunin, Yamins, Ganguli: *Pruning neural networks without any
//! data by iteratively conserving synaptic flow*, `NeurIPS` 2020). `b` is a milder form of it, `c`
//! counts paths, each halved by every pooling. The weights are binary fractions: sums are exact, and
//! isomorphic cells have the same.

use super::MAX_OPS;
use super::live::LivePaths;
use crate::graph::Cell;
use crate::space::{OpKind, OperationKind};

/// The names of the sums.
pub(super) const NAMES: [&str; 3] = ["a", "b", "c"];

/// A number for each of [`NAMES`].
type Lanes = [f64; NAMES.len()];

/// The weights of the operations, and the sums of the cell that was walked last.
#[derive(Debug)]
pub(super) struct Transfer {
    weights: [Lanes; MAX_OPS],
    sums: Lanes,
}

impl Transfer {
    /// Sums for operations of these kinds.
    pub fn new(kinds: &[OpKind]) -> Self {
        let mut weights = [Lanes::default(); MAX_OPS];
        for (lanes, kind) in weights.iter_mut().zip(kinds) {
            *lanes = weights_of(*kind);
        }
        Transfer { weights, sums: Lanes::default() }
    }

    /// Whether a sum is but the number of paths, because all of these operations have weight 1.
    pub fn is_plain(&self, sum: usize, ops: &[usize]) -> bool {
        ops.iter().all(|&op| (self.weights[op][sum] - 1.0).abs() < f64::EPSILON)
    }

    /// Sums over the paths of a cell.
    pub fn walk(&mut self, live: &LivePaths) {
        let mut sums = [Lanes::default(); Cell::SMALL_NODES];
        sums[..live.inputs].fill([1.0; NAMES.len()]);
        for &(from, to, op) in &live.steps {
            let weights = op.map_or([1.0; NAMES.len()], |op| self.weights[op.index()]);
            let source = sums[from];
            for (sum, (value, weight)) in sums[to].iter_mut().zip(source.iter().zip(weights)) {
                *sum += value * weight;
            }
        }
        self.sums = sums[live.nodes - 1];
    }

    /// ln(1 + sum).
    pub fn value(&self, sum: usize) -> f64 {
        libm::log1p(self.sums[sum])
    }
}

/// A row of the table.
fn weights_of(op: OpKind) -> Lanes {
    let kernel = f64::from(op.kernel);
    let mild = 1.125 + kernel / 8.0;
    match op.kind {
        OperationKind::Convolution
        | OperationKind::SeparableConvolution
        | OperationKind::DilatedConvolution
        | OperationKind::ResidualBlocks => [(kernel * kernel).powi(i32::from(op.times)), mild, 1.0],
        OperationKind::GraphConvolution => [kernel, mild, 1.0],
        OperationKind::Linear => [1.0, mild, 1.0],
        OperationKind::AveragePooling | OperationKind::MaxPooling => [1.0, 0.75, 0.5],
        OperationKind::Identity => [1.0; 3],
        OperationKind::Zero => [0.0; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp, reason = "the weights are binary fractions")]
    fn the_table() {
        let conv = |kind, kernel| OpKind::new(kind, kernel);
        let rows = [
            (conv(OperationKind::Convolution, 1), [1.0, 1.25, 1.0]),
            (conv(OperationKind::Convolution, 3), [9.0, 1.5, 1.0]),
            (conv(OperationKind::SeparableConvolution, 5).repeated(2), [625.0, 1.75, 1.0]),
            (conv(OperationKind::DilatedConvolution, 5).dilated(2), [25.0, 1.75, 1.0]),
            (conv(OperationKind::GraphConvolution, 3), [3.0, 1.5, 1.0]),
            (conv(OperationKind::Linear, 1), [1.0, 1.25, 1.0]),
            (conv(OperationKind::MaxPooling, 3), [1.0, 0.75, 0.5]),
            (conv(OperationKind::Identity, 1), [1.0, 1.0, 1.0]),
        ];
        for (op, weights) in rows {
            assert_eq!(weights_of(op), weights, "{op:?}");
        }
    }
}
