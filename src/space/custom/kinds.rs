//! What the operations of a described space do, and what they are built of.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::space::{Block, Layer, OpKind, OperationKind, Side, Width};

/// What an operation does, as a file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindKeys {
    /// What it is.
    pub kind: KindName,
    /// The side of its window.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub kernel: u8,
    /// The distance of the pixels that it reads.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub dilation: u8,
    /// How often it is done in a row.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u8,
    /// Of a separable convolution: the channels between its two 1×1 convolutions, in those of its input. Without it
    /// there is no 1×1 convolution before the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expansion: Option<u8>,
    /// What it divides the resolution by, besides its stage.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub stride: u8,
    /// The channels of its output, if the operation chooses them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u16>,
}

/// The names of what operations do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// A convolution over pixels and channels at once.
    Convolution,
    /// A convolution of each channel by itself, then one of 1×1; with an expansion a 1×1 convolution before it.
    Separable,
    /// The same with gaps.
    Dilated,
    /// The mean of a window.
    AveragePooling,
    /// The maximum of a window.
    MaxPooling,
    /// What it reads, unchanged.
    Identity,
    /// Nothing.
    Zero,
    /// A layer of a graph network.
    Graph,
    /// A linear layer.
    Linear,
    /// A residual block of two convolutions.
    Residual,
}

fn one() -> u8 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(number: &u8) -> bool {
    *number == 1
}

/// The largest window, and how often an operation can be done in a row.
const MOST_KERNEL: u8 = 31;
const MOST_TIMES: u8 = 8;

impl KindKeys {
    /// What is wrong with the numbers.
    pub(super) fn fault(&self) -> Option<String> {
        let bounds = [
            ("kernel", self.kernel, MOST_KERNEL),
            ("dilation", self.dilation, MOST_TIMES),
            ("times", self.times, MOST_TIMES),
            ("stride", self.stride, MOST_TIMES),
            ("expansion", self.expansion.unwrap_or(1), MOST_KERNEL),
        ];
        if let Some((key, number, most)) =
            bounds.into_iter().find(|&(_, number, most)| !(1..=most).contains(&number))
        {
            return Some(format!("{key} = {number}; choose 1 to {most}"));
        }
        if self.expansion.is_some() && self.kind != KindName::Separable {
            return Some("only a separable convolution has an expansion; leave it out".to_owned());
        }
        let is_windowless =
            matches!(self.kind, KindName::Identity | KindName::Zero | KindName::Linear);
        if is_windowless && self.kernel != 1 {
            return Some("it has no window; leave out kernel".to_owned());
        }
        (self.channels == Some(0)).then(|| "channels = 0; choose 1 or more".to_owned())
    }

    /// The description for features.
    pub(super) fn op_kind(&self) -> OpKind {
        let (kind, times) = match self.kind {
            KindName::Convolution => (OperationKind::Convolution, self.times),
            KindName::Separable => (OperationKind::SeparableConvolution, self.times),
            KindName::Dilated => (OperationKind::DilatedConvolution, self.times),
            KindName::AveragePooling => (OperationKind::AveragePooling, self.times),
            KindName::MaxPooling => (OperationKind::MaxPooling, self.times),
            KindName::Identity => (OperationKind::Identity, 1),
            KindName::Zero => (OperationKind::Zero, 1),
            KindName::Graph => (OperationKind::GraphConvolution, self.times),
            KindName::Linear => (OperationKind::Linear, self.times),
            KindName::Residual => (OperationKind::ResidualBlocks, self.times.saturating_mul(2)),
        };
        let expansion = self.expansion.unwrap_or(0);
        OpKind { times, dilation: self.dilation, expansion, ..OpKind::new(kind, self.kernel) }
    }

    /// What it is built of, from one shape to another. Convolutions have batch normalization and `ReLU` behind them.
    pub(super) fn blocks(&self) -> Cow<'static, [Block]> {
        let kernel = u64::from(self.kernel);
        let conv = [Layer::Conv(kernel, Width::Out, Side::Out), Layer::BatchNorm, Layer::Relu];
        let point = [Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm];
        let (path, shortcut) = match (self.kind, self.expansion) {
            (KindName::Convolution, _) => (conv.to_vec(), Vec::new()),
            (KindName::Linear | KindName::Graph, _) => (point.to_vec(), Vec::new()),
            (KindName::Residual, _) => ([conv, conv].concat(), point.to_vec()),
            (KindName::Identity, _) => (Vec::new(), point.to_vec()),
            (KindName::Zero, _) => (Vec::new(), Vec::new()),
            (KindName::AveragePooling, _) => (vec![Layer::Pool(kernel, Side::Out)], Vec::new()),
            (KindName::MaxPooling, _) => (vec![Layer::MaxPool(kernel, Side::Out)], Vec::new()),
            (KindName::Separable | KindName::Dilated, expansion) => {
                let mut path = Vec::new();
                if let Some(times) = expansion {
                    let width = Width::Times(times.into());
                    path = vec![Layer::Conv(1, width, Side::Same), Layer::BatchNorm, Layer::Relu];
                }
                path.extend([Layer::Depthwise(kernel, Side::Out), Layer::BatchNorm, Layer::Relu]);
                path.extend(point);
                (path, Vec::new())
            }
        };
        let block = Block { path: Cow::Owned(path), shortcut: Cow::Owned(shortcut) };
        Cow::Owned(vec![block; usize::from(self.times)])
    }
}
