//! TransNAS-Bench-101 micro, `64-41414-…`, on `class_scene`: 256 × 256 pixels, 63 classes.
//!
//! Two 3×3 convolutions with stride 2 to 64 channels, five stages of two cells, global pooling and
//! a linear layer. The first cell of the stages 1, 3 and 5 doubles the channels and halves the
//! resolution, on the edges from its input; a skip is then two 1×1 convolutions with stride 2 side
//! by side. Duan et al., CVPR 2021.

use super::tally::Tally;
use super::transbench_macro::{CLASSES, stem};
use crate::graph::Cell;

/// Whether each stage doubles the channels and halves the resolution.
const STAGES: [bool; 5] = [true, false, true, false, true];

pub(super) fn cost(cells: &[Cell]) -> Tally {
    let mut tally = Tally::default();
    let [cell] = cells else { return tally };
    let mut at = stem(&mut tally);
    for reduces in STAGES {
        let next = if reduces { (2 * at.0, at.1 / 2) } else { at };
        add(&mut tally, cell, at, next);
        add(&mut tally, cell, next, next);
        at = next;
    }
    tally.global_pool(at.0, at.1);
    tally.linear(at.0, CLASSES);
    tally
}

/// A cell, from the channels and side of its input to those of its output.
fn add(tally: &mut Tally, cell: &Cell, input: (u64, u64), output: (u64, u64)) {
    for (from, _, op) in cell.edges() {
        let start = if from == 0 { input } else { output };
        match op.map(|op| op.0) {
            Some(1) if start != output => tally.relu_conv_bn(1, start, output),
            Some(2) => tally.relu_conv_bn(1, start, output),
            Some(3) => tally.relu_conv_bn(3, start, output),
            _ => {} // none, and a skip of the same size
        }
    }
}
