//! The network that a benchmark builds around a cell, as plain data: from it `features/cost` counts.

use std::borrow::Cow;

use super::StageStep;

/// How the networks of a space are built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skeleton {
    /// Of images.
    Image(ImageSkeleton),
    /// Of graphs.
    Graph(GraphSkeleton),
}

/// Channels, and the side in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The number of channels.
    pub channels: u64,
    /// The height and width in pixels.
    pub side: u64,
}

/// A network of images: a stem, stages, a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSkeleton {
    /// What the stem reads.
    pub image: Shape,
    /// The layers before the first stage.
    pub stem: Cow<'static, [Layer]>,
    /// The stages, in order.
    pub stages: Cow<'static, [Stage]>,
    /// What stands before each stage but the first.
    pub between: Block,
    /// How operations and cells are put together.
    pub wiring: Wiring,
    /// What each operation of the space is built of: blocks, one after the other.
    pub operations: Cow<'static, [Cow<'static, [Block]>]>,
    /// Of a chain: what each operation does to the shape besides its stage; nothing if the list is empty.
    pub steps: Cow<'static, [Step]>,
    /// The layers after the last stage.
    pub head: Cow<'static, [Layer]>,
}

impl ImageSkeleton {
    /// Of a chain: the shape behind the layer at a place, an operation that reads a shape. The space says what operations
    /// do if the chain has no stages.
    pub fn shape_behind(&self, at: Shape, place: usize, op: usize, steps: &[StageStep]) -> Shape {
        let mut to = match (self.stages.get(place), steps.get(op)) {
            (Some(stage), _) => stage.shape(at),
            (None, Some(step)) => Shape {
                channels: if step.doubles { 2 * at.channels } else { at.channels },
                side: if step.halves { at.side / 2 } else { at.side },
            },
            (None, None) => at,
        };
        if let Some(step) = self.steps.get(op) {
            to.side /= step.stride;
            to.channels = step.channels.unwrap_or(to.channels);
        }
        to
    }
}

/// What an operation of a chain does to the shape besides its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What it divides the side by.
    pub stride: u64,
    /// The channels of its output, if it chooses them.
    pub channels: Option<u64>,
}

/// Cells one after the other, or a layer of a chain. The first brings the input to the stage's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The channels of its output; those of each node where nodes are put together.
    pub channels: u64,
    /// What the side is divided by.
    pub stride: u64,
    /// How many cells there are.
    pub cells: u64,
    /// Which of the cells of the architecture it repeats.
    pub cell: usize,
}

impl Stage {
    /// The shape of its output, if it reads a shape.
    pub fn shape(&self, reads: Shape) -> Shape {
        Shape { channels: self.channels, side: reads.side / self.stride }
    }
}

/// How operations and cells are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wiring {
    /// A node is the sum of what its edges bring; edges from the input change the shape.
    Sum,
    /// Two inputs, each of which a 1×1 convolution brings to the channels of the cell; the output puts
    /// nodes together (DARTS).
    Gather,
    /// The nodes that feed the output share its channels (NAS-Bench-101).
    Shared,
    /// A chain: each operation is a stage. Without [`ImageSkeleton::stages`] the operations say what
    /// they do to the shape ([`SearchSpace::stages`](super::SearchSpace::stages)).
    Chain,
}

/// Layers one after the other, which bring one shape to another, and a way past them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The layers.
    pub path: Cow<'static, [Layer]>,
    /// What stands beside them where the shape changes.
    pub shortcut: Cow<'static, [Layer]>,
}

impl Block {
    /// Layers without a shortcut.
    pub const fn new(path: &'static [Layer]) -> Self {
        Block::residual(path, &[])
    }

    /// Layers with a shortcut where the shape changes.
    pub const fn residual(path: &'static [Layer], shortcut: &'static [Layer]) -> Self {
        Block { path: Cow::Borrowed(path), shortcut: Cow::Borrowed(shortcut) }
    }
}

/// A layer. Convolutions have no bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// A convolution with a window of so many pixels a side.
    Conv(u64, Width, Side),
    /// The same of each channel by itself.
    Depthwise(u64, Side),
    /// Batch normalization with scale and shift.
    BatchNorm,
    /// Batch normalization without.
    PlainBatchNorm,
    /// `ReLU`, or an activation like it.
    Relu,
    /// The mean of a window of so many pixels a side.
    Pool(u64, Side),
    /// The maximum of a window of so many pixels a side.
    MaxPool(u64, Side),
    /// The mean over all pixels.
    GlobalPool,
    /// A linear layer with bias to so many numbers.
    Linear(u64),
}

/// The channels of a layer's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Those of the block's output.
    Out,
    /// So many.
    Exactly(u64),
    /// Those of the block's input, times a number.
    Times(u64),
}

impl Width {
    /// The number, in a block from one shape to another.
    pub fn channels(self, from: Shape, to: Shape) -> u64 {
        match self {
            Width::Out => to.channels,
            Width::Exactly(channels) => channels,
            Width::Times(times) => times * from.channels,
        }
    }
}

/// The side of a layer's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// As its input.
    Same,
    /// That of the block's output.
    Out,
    /// That of its input, divided by a number.
    Over(u64),
}

impl Side {
    /// The number of pixels, of a layer that reads a shape, in a block to another.
    pub fn pixels(self, reads: Shape, to: Shape) -> u64 {
        match self {
            Side::Same => reads.side,
            Side::Out => to.side,
            Side::Over(stride) => reads.side / stride,
        }
    }
}

/// A network of graphs whose nodes have numbers: each node of the cell normalizes and leads to the hidden numbers, the
/// leaves are put together, and two linear layers lead to the classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphSkeleton {
    /// The numbers of a node of the data.
    pub features: u64,
    /// Those of a hidden layer.
    pub hidden: u64,
    /// The classes.
    pub classes: u64,
    /// What each operation of the space has; `None` if it passes on what it reads.
    pub operations: &'static [Option<Rows>],
}

/// How many rows of hidden numbers the weights of an operation are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// So many for each number of the input.
    pub per_input: u64,
    /// So many besides.
    pub besides: u64,
}
