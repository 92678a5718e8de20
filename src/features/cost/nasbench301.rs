//! NAS-Bench-301 (DARTS) on CIFAR-10, as `NASLib` builds it for its zero-cost proxies: eight cells
//! from 32 channels, 32 × 32 pixels, ten classes, no auxiliary head.
//!
//! A 3×3 convolution to 96 channels; cells 2 and 5 are reduction cells, which double the channels
//! and halve the resolution. Each input of a cell goes through a 1×1 convolution (two with stride 2
//! side by side where the cell before was a reduction cell). In a reduction cell the operations on
//! edges from an input have stride 2; a skip is then such a pair of convolutions. The batch
//! normalizations of operations have no scale and shift; separable convolutions come twice.
//! Liu et al., ICLR 2019.

use super::tally::Tally;
use crate::graph::Cell;

const STEM: u64 = 96;
const CHANNELS: u64 = 32;
const SIDE: u64 = 32;
const CELLS: usize = 8;
const REDUCTIONS: [usize; 2] = [2, 5];
const CLASSES: u64 = 10;

pub(super) fn cost(cells: &[Cell]) -> Tally {
    let mut tally = Tally::default();
    let [normal, reduction] = cells else { return tally };
    tally.conv(3, 3, STEM, SIDE);
    tally.batch_norm(STEM, SIDE);
    let (mut channels, mut side) = (CHANNELS, SIDE);
    // The two inputs: channels and side.
    let (mut before, mut last) = ((STEM, SIDE), (STEM, SIDE));
    for index in 0..CELLS {
        let reduces = REDUCTIONS.contains(&index);
        if reduces {
            channels *= 2;
        }
        // Two convolutions to half of the channels cost what one to all of them costs.
        tally.relu_conv_bn(1, before, (channels, side));
        tally.relu_conv_bn(1, last, (channels, side));
        let in_side = side;
        if reduces {
            side /= 2;
        }
        let cell = if reduces { reduction } else { normal };
        for (from, _, op) in cell.edges() {
            let Some(op) = op else { continue };
            let from = if from < cell.inputs() { in_side } else { side };
            operation(&mut tally, op.0, channels, from, side);
        }
        // The output puts the intermediate nodes together.
        let gathered = cell.edges().filter(|edge| edge.1 == cell.output()).count() as u64;
        (before, last) = (last, (gathered * channels, side));
    }
    tally.global_pool(last.0, side);
    tally.linear(last.0, CLASSES);
    tally
}

/// An operation of `channels` channels from one side to another.
fn operation(tally: &mut Tally, op: u8, channels: u64, from: u64, side: u64) {
    let mut separable = |kernel: u64, from: u64| {
        tally.relu(channels, from);
        tally.depthwise_conv(kernel, channels, side);
        tally.conv(1, channels, channels, side);
        tally.plain_batch_norm(channels, side);
    };
    match op {
        0 | 1 => {
            tally.pool(3, channels, side);
            tally.plain_batch_norm(channels, side);
        }
        2 if from == side => {}
        2 => {
            tally.relu(channels, from);
            tally.conv(1, channels, channels, side);
            tally.plain_batch_norm(channels, side);
        }
        3 | 4 => {
            let kernel = if op == 3 { 3 } else { 5 };
            separable(kernel, from);
            separable(kernel, side);
        }
        _ => separable(if op == 5 { 3 } else { 5 }, from),
    }
}
