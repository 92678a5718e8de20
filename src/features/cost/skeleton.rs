//! Counting the layers of a skeleton.

use smallvec::SmallVec;

use super::device::Device;
use super::shared_channels::Module;
use super::tally::Tally;
use crate::graph::Cell;
use crate::space::{
    Block, GraphSkeleton, ImageSkeleton, Layer, SearchSpace, Shape, Side, Skeleton, Stage, Width,
    Wiring,
};

/// What the network of some cells costs; nothing of a space without a skeleton.
pub(super) fn cost(space: &dyn SearchSpace, cells: &[Cell], device: Option<Device>) -> Tally {
    match space.skeleton() {
        None => Tally::default(),
        Some(Skeleton::Image(skeleton)) => {
            Image { skeleton, tally: Tally::on(device) }.cost(space, cells)
        }
        Some(Skeleton::Graph(skeleton)) => graph(skeleton, cells),
    }
}

/// A network of images while it is counted.
struct Image<'a> {
    skeleton: &'a ImageSkeleton,
    tally: Tally,
}

impl Image<'_> {
    fn cost(mut self, space: &dyn SearchSpace, cells: &[Cell]) -> Tally {
        let skeleton = self.skeleton;
        let at = self.layers(&skeleton.stem, skeleton.image, skeleton.image);
        let at = match skeleton.wiring {
            Wiring::Sum => self.stages(cells, at, Self::sum),
            Wiring::Shared => self.shared(cells, at),
            Wiring::Gather => self.gather(cells, at),
            Wiring::Chain => self.chain(space, cells, at),
        };
        self.layers(&skeleton.head, at, at);
        self.tally
    }

    /// Stages of equal cells, each of which `add` counts.
    fn stages(
        &mut self,
        cells: &[Cell],
        mut at: Shape,
        add: impl Fn(&mut Self, &Cell, Shape, Shape),
    ) -> Shape {
        for (index, stage) in self.skeleton.stages.iter().enumerate() {
            let Some(cell) = cells.get(stage.cell) else { return at };
            let to = next(at, stage);
            if index > 0 {
                at = self.block(&self.skeleton.between, at, to);
            }
            if stage.cells > 0 {
                add(self, cell, at, to);
                at = to;
            }
            // The others are all the same.
            let before = self.tally;
            if stage.cells > 1 {
                add(self, cell, to, to);
                self.tally.repeat_since(before, stage.cells - 1);
            }
        }
        at
    }

    /// Stages of cells whose channels are shared out.
    fn shared(&mut self, cells: &[Cell], at: Shape) -> Shape {
        let Some(cell) = cells.first() else { return at };
        let module = Module::trained(cell, self.skeleton.stages.iter().map(|stage| stage.channels));
        self.stages(cells, at, |this, _, from, to| {
            module.add(&mut this.tally, from.channels, to.channels, to.side);
        })
    }

    /// A cell whose nodes are sums.
    fn sum(&mut self, cell: &Cell, from: Shape, to: Shape) {
        for (start, _, op) in cell.edges() {
            let start = if start < cell.inputs() { from } else { to };
            if let Some(op) = op {
                self.operation(op.index(), start, to);
            }
        }
    }

    /// Cells that read the two before and put nodes together.
    fn gather(&mut self, cells: &[Cell], at: Shape) -> Shape {
        let (mut before, mut last) = (at, at);
        for stage in self.skeleton.stages.iter() {
            let Some(cell) = cells.get(stage.cell) else { return last };
            let width = cell.edges().filter(|&(_, to, op)| to == cell.output() && op.is_none());
            let width = width.count() as u64;
            for index in 0..stage.cells {
                let side = last.side;
                let out = Shape { channels: stage.channels, ..last };
                let out = if index == 0 { next(out, stage) } else { out };
                for input in [before, last] {
                    self.tally.relu_conv_bn(1, (input.channels, input.side), (out.channels, side));
                }
                self.sum(cell, Shape { side, ..out }, out);
                (before, last) = (last, Shape { channels: width * out.channels, ..out });
            }
        }
        last
    }

    /// A chain, an operation a stage.
    fn chain(&mut self, space: &dyn SearchSpace, cells: &[Cell], mut at: Shape) -> Shape {
        let steps = space.stages();
        for (index, op) in cells.iter().flat_map(Cell::ops).enumerate() {
            let mut to = match (self.skeleton.stages.get(index), steps.get(op.index())) {
                (Some(stage), _) => next(at, stage),
                (None, Some(step)) => Shape {
                    channels: if step.doubles { 2 * at.channels } else { at.channels },
                    side: if step.halves { at.side / 2 } else { at.side },
                },
                (None, None) => at,
            };
            if let Some(step) = self.skeleton.steps.get(op.index()) {
                to.side /= step.stride;
                to.channels = step.channels.unwrap_or(to.channels);
            }
            self.operation(op.index(), at, to);
            at = to;
        }
        at
    }

    /// An operation from one shape to another.
    fn operation(&mut self, op: usize, from: Shape, to: Shape) {
        let skeleton = self.skeleton;
        let mut at = from;
        for block in skeleton.operations.get(op).into_iter().flat_map(|blocks| blocks.iter()) {
            self.block(block, at, to);
            at = to;
        }
    }

    /// A block; the shape that its layers lead to.
    fn block(&mut self, block: &Block, from: Shape, to: Shape) -> Shape {
        if from != to {
            self.layers(&block.shortcut, from, to);
        }
        self.layers(&block.path, from, to)
    }

    /// Layers of a block; the shape that they lead to.
    fn layers(&mut self, layers: &[Layer], from: Shape, to: Shape) -> Shape {
        let side_of = |side: Side, at: Shape| match side {
            Side::Same => at.side,
            Side::Out => to.side,
            Side::Over(stride) => at.side / stride,
        };
        let tally = &mut self.tally;
        let mut at = from;
        for layer in layers {
            match *layer {
                Layer::Conv(kernel, width, side) => {
                    let channels = match width {
                        Width::Out => to.channels,
                        Width::Exactly(channels) => channels,
                        Width::Times(times) => times * from.channels,
                    };
                    let out = Shape { channels, side: side_of(side, at) };
                    tally.conv(kernel, (at.channels, at.side), (out.channels, out.side));
                    at = out;
                }
                Layer::Depthwise(kernel, side) => {
                    let out = side_of(side, at);
                    tally.depthwise_conv(kernel, at.channels, at.side, out);
                    at.side = out;
                }
                Layer::BatchNorm => tally.batch_norm(at.channels, at.side),
                Layer::PlainBatchNorm => tally.plain_batch_norm(at.channels, at.side),
                Layer::Relu => tally.relu(at.channels, at.side),
                Layer::Pool(kernel, side) => {
                    let out = side_of(side, at);
                    tally.pool(kernel, at.channels, at.side, out);
                    at.side = out;
                }
                Layer::GlobalPool => {
                    tally.global_pool(at.channels, at.side);
                    at.side = 1;
                }
                Layer::Linear(outputs) => {
                    tally.linear(at.channels, outputs);
                    at.channels = outputs;
                }
            }
        }
        at
    }
}

/// The shape behind a stage.
fn next(at: Shape, stage: &Stage) -> Shape {
    Shape { channels: stage.channels, side: at.side / stage.stride }
}

/// A network of graphs: parameters only.
fn graph(skeleton: &GraphSkeleton, cells: &[Cell]) -> Tally {
    let Some(cell) = cells.first() else { return Tally::default() };
    let hidden = skeleton.hidden;
    let mut params = 0;
    let mut widths: SmallVec<[u64; Cell::SMALL_NODES]> =
        SmallVec::from_elem(skeleton.features, cell.nodes());
    let mut leaves = 0;
    let nodes = cell.graph().raw_nodes();
    for (from, to, _) in cell.edges() {
        let width = widths[from];
        if to == cell.output() {
            leaves += width;
            continue;
        }
        params += 2 * hidden; // batch normalization
        let op = nodes[to].weight.and_then(|op| skeleton.operations.get(op.index()));
        let rows = op.copied().flatten();
        params += rows.map_or(0, |rows| hidden + (rows.per_input * width + rows.besides) * hidden);
        widths[to] = if rows.is_some() { hidden } else { width };
    }
    params += (leaves + 1) * hidden + (hidden + 1) * skeleton.classes;
    let mut tally = Tally::default();
    tally.params = params;
    tally
}
