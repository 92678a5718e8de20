//! TransNAS-Bench-101 macro, `64-…-basic`, on `class_scene`: 256 × 256 pixels, 63 classes.
//!
//! Two 3×3 convolutions with stride 2 to 64 channels, four to six stages of two residual blocks of
//! two 3×3 convolutions, global pooling and a linear layer. The first block of a stage doubles the
//! channels, halves the resolution, both or neither; where it does, its shortcut is a 1×1
//! convolution with batch normalization. Duan et al., CVPR 2021.

use super::tally::Tally;
use crate::graph::Cell;

/// The classes of `class_scene`.
pub(super) const CLASSES: u64 = 63;

pub(super) fn cost(cells: &[Cell]) -> Tally {
    let mut tally = Tally::default();
    let mut at = stem(&mut tally);
    for kind in cells.iter().flat_map(Cell::ops) {
        let channels = if kind.0 & 1 == 1 { 2 * at.0 } else { at.0 };
        let side = if kind.0 >> 1 == 1 { at.1 / 2 } else { at.1 };
        let next = (channels, side);
        for start in [at, next] {
            tally.relu_conv_bn(3, start, next);
            tally.relu_conv_bn(3, next, next);
            if start != next {
                tally.conv(1, start.0, channels, side);
                tally.batch_norm(channels, side);
            }
        }
        at = next;
    }
    tally.global_pool(at.0, at.1);
    tally.linear(at.0, CLASSES);
    tally
}

/// The layers before the first stage; the channels and side that they lead to.
pub(super) fn stem(tally: &mut Tally) -> (u64, u64) {
    tally.conv(3, 3, 32, 128);
    tally.batch_norm(32, 128);
    tally.relu_conv_bn(3, (32, 128), (64, 64));
    (64, 64)
}
