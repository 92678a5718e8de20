//! The columns of a chain of stages (TransNAS-Bench-101 macro), which has a single path.
//!
//! Channels and sides are counted in those of the first stage's input: `c` is 2 to the number of
//! doublings, `s` 2 to the minus number of halvings, the stage counted in.
//!
//! | column | definition |
//! |---|---|
//! | `path_stats(stages)` | how many stages there are |
//! | `path_stats(channel).first`, `.second` | the stage (from 1) that doubles the channels for the first, second time; 0 if none does |
//! | `path_stats(channel).end` | `c` after the last stage |
//! | `path_stats(stride).first`, `.second` | likewise for halvings of the resolution |
//! | `path_stats(stride).end` | `1/s` after the last stage |
//! | `path_stats(weights)` | log₂ of the sum of `c²` over the stages |
//! | `path_stats(activations)` | log₂ of the sum of `c s²` |
//! | `path_stats(multiplications)` | log₂ of the sum of `c² s²` |
//! | `path_stats(receptive_field)` | the side of the window of the first stage's input that an output reads |

use super::NAME;
use crate::graph::Op;
use crate::space::{OpKind, StageStep};

/// What stands in brackets, and behind them.
const COLUMNS: [&str; 11] = [
    "(stages)",
    "(channel).first",
    "(channel).second",
    "(channel).end",
    "(stride).first",
    "(stride).second",
    "(stride).end",
    "(weights)",
    "(activations)",
    "(multiplications)",
    "(receptive_field)",
];

/// The names of the columns.
pub(super) fn names() -> Vec<String> {
    COLUMNS.iter().map(|column| format!("{NAME}{column}")).collect()
}

/// Doublings or halvings along the chain.
#[derive(Default)]
struct Steps {
    count: i32,
    first: f64,
    second: f64,
}

impl Steps {
    /// Counts a step at a stage.
    fn take(&mut self, stage: f64) {
        self.count += 1;
        match self.count {
            1 => self.first = stage,
            2 => self.second = stage,
            _ => {}
        }
    }

    /// 2 to the number of steps.
    fn factor(&self) -> f64 {
        2_f64.powi(self.count)
    }
}

/// Writes the columns of a chain of stages of these kinds, each of which takes a step.
pub(super) fn write(
    stages: impl Iterator<Item = Op>,
    kinds: &[OpKind],
    steps: &[StageStep],
    row: &mut [f64],
) {
    let (mut channel, mut stride) = (Steps::default(), Steps::default());
    let (mut weights, mut activations, mut multiplications) = (0.0, 0.0, 0.0);
    let (mut stage, mut field) = (0.0, 1.0);
    for op in stages {
        stage += 1.0;
        let apart = stride.factor(); // how far apart the places are that the stage reads
        let step = steps.get(op.index()).copied().unwrap_or_default();
        if step.doubles {
            channel.take(stage);
        }
        if step.halves {
            stride.take(stage);
        }
        let (c, s) = (channel.factor(), 1.0 / stride.factor());
        weights += c * c;
        activations += c * s * s;
        multiplications += c * c * s * s;
        if let Some(kind) = kinds.get(op.index()) {
            // The first convolution strides, the others read its output.
            let growth = f64::from(kind.effective_kernel() - 1);
            field += growth * (apart + f64::from(kind.times.max(1) - 1) * stride.factor());
        }
    }
    let values = [
        stage,
        channel.first,
        channel.second,
        channel.factor(),
        stride.first,
        stride.second,
        stride.factor(),
        libm::log2(weights),
        libm::log2(activations),
        libm::log2(multiplications),
        field,
    ];
    row.copy_from_slice(&values);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::by_name;

    #[test]
    #[allow(clippy::float_cmp, reason = "sums of powers of two")]
    fn a_chain_by_hand() {
        // plain, channel, channel+stride, channel: c = 1, 2, 4, 8; s = 1, 1, 1/2, 1/2.
        let space = by_name("transbench101-macro").unwrap();
        let mut row = [0.0; COLUMNS.len()];
        write([0, 1, 3, 1].into_iter().map(Op), space.operation_kinds(), space.stages(), &mut row);
        let logs = [85.0, 1.0 + 2.0 + 1.0 + 2.0, 1.0 + 4.0 + 4.0 + 16.0].map(libm::log2);
        // 1 + 8 + 8 + (2 + 6 · 2) + 8 · 2
        let field = 1.0 + 8.0 + 8.0 + 14.0 + 16.0;
        assert_eq!(row[..7], [4.0, 2.0, 3.0, 8.0, 3.0, 0.0, 2.0]);
        assert_eq!(row[7..], [logs[0], logs[1], logs[2], field]);
    }
}
