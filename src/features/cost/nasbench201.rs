//! NAS-Bench-201 on CIFAR-10: 32 × 32 pixels, ten classes.
//!
//! A 3×3 convolution to 16 channels, three stages of five cells with 16, 32 and 64 channels, a
//! residual block that halves the resolution between them, batch normalization, `ReLU`, global
//! pooling and a linear layer. Dong and Yang, ICLR 2020.

use super::tally::Tally;
use crate::graph::Cell;

/// The stages: channels, side, and the cells in each.
const STAGES: [(u64, u64); 3] = [(16, 32), (32, 16), (64, 8)];
const CELLS: u64 = 5;
const CLASSES: u64 = 10;

pub(super) fn cost(cells: &[Cell]) -> Tally {
    let mut tally = Tally::default();
    let (mut channels, mut side) = STAGES[0];
    tally.conv(3, 3, channels, side);
    tally.batch_norm(channels, side);
    for (stage, (wide, small)) in STAGES.into_iter().enumerate() {
        if stage > 0 {
            tally.relu_conv_bn(3, (channels, side), (wide, small));
            tally.relu_conv_bn(3, (wide, small), (wide, small));
            tally.pool(2, channels, small);
            tally.conv(1, channels, wide, small);
        }
        (channels, side) = (wide, small);
        for op in cells.iter().flat_map(Cell::ops) {
            for _ in 0..CELLS {
                let at = (channels, side);
                match op.0 {
                    2 => tally.relu_conv_bn(3, at, at),
                    3 => tally.relu_conv_bn(1, at, at),
                    4 => tally.pool(3, channels, side),
                    _ => {} // skip_connect, none
                }
            }
        }
    }
    tally.batch_norm(channels, side);
    tally.relu(channels, side);
    tally.global_pool(channels, side);
    tally.linear(channels, CLASSES);
    tally
}
