//! What an operation does, as far as its name says it.

use std::fmt;

/// What a kind of operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// A convolution over pixels and channels at once.
    Convolution,
    /// A convolution of each channel by itself, then one of 1×1.
    SeparableConvolution,
    /// The same with gaps between the pixels that it reads.
    DilatedConvolution,
    /// The mean of a window.
    AveragePooling,
    /// The maximum of a window.
    MaxPooling,
    /// What it reads, unchanged.
    Identity,
    /// Nothing: zeros.
    Zero,
    /// A layer of a graph network, which reads a node and its neighbours.
    GraphConvolution,
    /// A linear layer.
    Linear,
    /// Residual blocks of convolutions.
    ResidualBlocks,
}

/// A description of an operation, in the units of its own input: pixels, or nodes of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpKind {
    /// What it does.
    pub kind: OperationKind,
    /// The side of the window that it reads; 1 if it reads a place by itself, and 3 for a node of a
    /// path graph and its two neighbours.
    pub kernel: u8,
    /// The distance of what it reads; 1 without gaps.
    pub dilation: u8,
    /// How often it is done in a row.
    pub times: u8,
    /// Of a separable convolution: the channels between its two 1×1 convolutions, in those of its input; 0 if there is no
    /// 1×1 convolution before the window.
    pub expansion: u8,
}

impl OpKind {
    /// An operation that is done once, without gaps.
    pub const fn new(kind: OperationKind, kernel: u8) -> Self {
        OpKind { kind, kernel, dilation: 1, times: 1, expansion: 0 }
    }

    /// The same operation, so many times in a row.
    #[must_use]
    pub const fn repeated(self, times: u8) -> Self {
        OpKind { times, ..self }
    }

    /// The same operation with gaps.
    #[must_use]
    pub const fn dilated(self, dilation: u8) -> Self {
        OpKind { dilation, ..self }
    }

    /// Whether it has weights to train, besides those of normalizations.
    pub fn has_weights(self) -> bool {
        !matches!(
            self.kind,
            OperationKind::AveragePooling
                | OperationKind::MaxPooling
                | OperationKind::Identity
                | OperationKind::Zero
        )
    }

    /// How many weights it has, in units of those of a 1×1 convolution of as many channels: the square of
    /// the channels. Separable ones are counted for 64 channels.
    pub fn weights(self) -> f64 {
        const CHANNELS: f64 = 64.0;
        let window = f64::from(self.kernel) * f64::from(self.kernel);
        let once = match self.kind {
            OperationKind::Convolution | OperationKind::ResidualBlocks => window,
            OperationKind::SeparableConvolution | OperationKind::DilatedConvolution
                if self.expansion > 0 =>
            {
                f64::from(self.expansion) * (2.0 + window / CHANNELS)
            }
            OperationKind::SeparableConvolution | OperationKind::DilatedConvolution => {
                1.0 + window / CHANNELS
            }
            OperationKind::GraphConvolution | OperationKind::Linear => 1.0,
            OperationKind::AveragePooling
            | OperationKind::MaxPooling
            | OperationKind::Identity
            | OperationKind::Zero => 0.0,
        };
        f64::from(self.times) * once
    }

    /// The side of the window from its first to its last place, gaps counted in: 9 for a 5×5
    /// convolution of dilation 2.
    pub fn effective_kernel(self) -> u8 {
        self.dilation.saturating_mul(self.kernel.saturating_sub(1)).saturating_add(1)
    }

    /// By how much it widens the receptive field: the places besides one that an output reads.
    pub fn growth(self) -> u8 {
        self.times.saturating_mul(self.effective_kernel() - 1)
    }
}

/// What a stage of a chain does to the shape of what it reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StageStep {
    /// Whether it doubles the channels.
    pub doubles: bool,
    /// Whether it halves the resolution.
    pub halves: bool,
}

impl fmt::Display for OpKind {
    /// What it does and the window that it reads, such as `convolution 3x3`. How often it is done and
    /// with what gaps is not told.
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let name = match self.kind {
            OperationKind::Convolution => "convolution",
            OperationKind::SeparableConvolution => "separable convolution",
            OperationKind::DilatedConvolution => "dilated convolution",
            OperationKind::AveragePooling => "average pooling",
            OperationKind::MaxPooling => "max pooling",
            OperationKind::Identity => return out.write_str("identity"),
            OperationKind::Zero => return out.write_str("zero"),
            OperationKind::GraphConvolution => return out.write_str("graph convolution"),
            OperationKind::Linear => return out.write_str("linear"),
            OperationKind::ResidualBlocks => "residual blocks",
        };
        write!(out, "{name} {0}x{0}", self.kernel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::SPACES;

    #[test]
    fn windows() {
        let dilated = OpKind::new(OperationKind::DilatedConvolution, 5).dilated(2);
        assert_eq!((dilated.effective_kernel(), dilated.growth()), (9, 8));
        let separable = OpKind::new(OperationKind::SeparableConvolution, 3).repeated(2);
        assert_eq!((separable.effective_kernel(), separable.growth()), (3, 4));
        assert_eq!(OpKind::new(OperationKind::Identity, 1).growth(), 0);
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "binary fractions")]
    fn weights() {
        assert_eq!(OpKind::new(OperationKind::Convolution, 3).weights(), 9.0);
        // Twice: a 3×3 filter for each of 64 channels, and 64 × 64 weights.
        let separable = OpKind::new(OperationKind::SeparableConvolution, 3).repeated(2);
        assert_eq!(separable.weights(), 2.0 * (64.0 * 9.0 + 64.0 * 64.0) / (64.0 * 64.0));
        assert_eq!(OpKind::new(OperationKind::MaxPooling, 3).weights(), 0.0);
    }

    #[test]
    fn kinds_as_text() {
        let dilated = OpKind::new(OperationKind::DilatedConvolution, 5).dilated(2);
        assert_eq!(dilated.to_string(), "dilated convolution 5x5");
        assert_eq!(
            OpKind::new(OperationKind::AveragePooling, 3).to_string(),
            "average pooling 3x3"
        );
        assert_eq!(
            OpKind::new(OperationKind::GraphConvolution, 3).to_string(),
            "graph convolution"
        );
    }

    #[test]
    fn every_operation_of_a_registered_space_is_described() {
        for space in SPACES {
            let kinds = space.operation_kinds();
            assert_eq!(kinds.len(), space.operations().len(), "{}", space.name());
            for (place, op) in kinds.iter().enumerate() {
                let is_zero = space.zero_op().is_some_and(|zero| zero.index() == place);
                assert_eq!(
                    op.kind == OperationKind::Zero,
                    is_zero,
                    "{}",
                    space.operations()[place]
                );
            }
        }
    }
}
