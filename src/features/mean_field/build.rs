//! The graph of a network: its cells in the skeleton of its space.

use super::graph::{Graph, Joint, Place, Run};
use super::layer::{self, Conv, Features};
use super::segments::Segments;
use crate::features::cost::Module;
use crate::graph::{Cell, Live};
use crate::space::{
    Architecture, Block, ImageSkeleton, Layer, SearchSpace, Shape, Side, Stage, Width, Wiring,
};

/// The correlation of neighbouring pixels of an image. Natural images have about this one; what follows depends little
/// on it.
const IMAGE_CORRELATION: f64 = 0.9;

/// What a convolution of the input of a cell is in NAS-Bench-101, and what brings the inputs of a DARTS cell to its channels.
const PROJECTION: &[Layer] =
    &[Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm, Layer::Relu];
const PREPROCESSING: &[Layer] =
    &[Layer::Relu, Layer::Conv(1, Width::Out, Side::Out), Layer::BatchNorm];

/// An edge of a cell.
#[derive(Debug, Clone, Copy)]
struct Wire {
    from: usize,
    to: usize,
    op: Option<usize>,
}

/// Rooms for the walk over a network.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// For each cell its edges, those into a node together, nodes in topological order.
    wires: Vec<Vec<Wire>>,
    /// For each node of a cell its value.
    values: Vec<Option<Place>>,
}

/// Where to look at a network.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Where segments begin.
    pub starts: Vec<Place>,
    /// The features behind the last cell.
    pub output: Place,
    /// What the classifier reads.
    pub end: Place,
    /// Its shape.
    pub shape: Option<Shape>,
}

/// Builds the graph of a network; `false` if nothing of the image reaches the classifier.
pub(super) fn build(
    graph: &mut Graph,
    marks: &mut Marks,
    rooms: &mut Rooms,
    (space, skeleton): (&dyn SearchSpace, &ImageSkeleton),
    (network, live): (&Architecture, &[Live]),
) -> bool {
    graph.clear();
    marks.starts.clear();
    let chain = skeleton.wiring == Wiring::Chain;
    let layers = if chain { network.cells().iter().flat_map(Cell::ops).count() } else { 0 };
    let count = if chain { layers } else { skeleton.stages.len() };
    let mut walk = Walk {
        graph,
        marks,
        rooms,
        skeleton,
        cells: network.cells(),
        segments: Segments::of(space, skeleton),
        count,
    };
    walk.sort_wires(live);
    walk.network(space).is_some()
}

struct Walk<'a> {
    graph: &'a mut Graph,
    marks: &'a mut Marks,
    rooms: &'a mut Rooms,
    skeleton: &'a ImageSkeleton,
    cells: &'a [Cell],
    segments: Segments,
    /// How many stages there are, or layers of a chain.
    count: usize,
}

impl Walk<'_> {
    /// Lists the edges of each live cell by the nodes that they enter.
    fn sort_wires(&mut self, live: &[Live]) {
        self.rooms.wires.resize_with(self.rooms.wires.len().max(live.len()), Vec::new);
        for ((wires, live), cell) in self.rooms.wires.iter_mut().zip(live).zip(self.cells) {
            let nodes = cell.nodes();
            // The input of all, then each node and behind it its operation.
            let rank = |node: usize| match node {
                _ if node == 2 * nodes => 0,
                _ if node < nodes => 2 * node + 1,
                _ => 2 * (node - nodes) + 2,
            };
            wires.clear();
            wires.extend(live.edges.iter().map(|edge| Wire {
                from: rank(edge.from),
                to: rank(edge.to),
                op: edge.op,
            }));
            wires.sort_unstable_by_key(|wire| (wire.to, wire.from));
        }
    }

    fn network(&mut self, space: &dyn SearchSpace) -> Option<()> {
        let skeleton = self.skeleton;
        let image =
            Features { variance: 1.0, correlation: IMAGE_CORRELATION, ..Features::default() };
        let input = self.graph.input(image);
        let run = self.graph.run(input);
        let at = self.layers(&skeleton.stem, skeleton.image, skeleton.image);
        let stem = self.seam(run);
        let (output, at) = match skeleton.wiring {
            Wiring::Sum => self.stages(stem, at, Self::sum)?,
            Wiring::Shared => self.shared(stem, at)?,
            Wiring::Gather => self.gather(stem, at)?,
            Wiring::Chain => self.chain(space, stem, at),
        };
        let run = self.graph.run(output);
        self.marks.shape = Some(self.layers(&skeleton.head, at, at));
        self.marks.output = output;
        self.marks.end = self.graph.settle(run);
        Some(())
    }

    /// Ends a run where parts of the network meet.
    fn seam(&mut self, run: Run) -> Place {
        let mut joint = Joint::sum();
        self.graph.join(run, &mut joint, 1.0);
        self.graph.finish(joint, true)
    }

    /// The segment of a stage, or layer of a chain, begins here, if it is the first of one.
    fn enter(&mut self, index: usize) {
        self.graph.segment = self.segments.of_stage(index, self.count);
    }

    /// Marks a value where segments begin.
    fn mark(&mut self, index: usize, value: Place) {
        let begin = self.segments.beginning_at(index, self.count);
        self.marks.starts.extend(std::iter::repeat_n(value, begin));
    }

    /// Stages of equal cells, each of which `add` builds.
    fn stages(
        &mut self,
        mut value: Place,
        mut at: Shape,
        mut add: impl FnMut(&mut Self, &Stage, Place, Shape, Shape) -> Option<Place>,
    ) -> Option<(Place, Shape)> {
        let skeleton = self.skeleton;
        for (index, stage) in skeleton.stages.iter().enumerate() {
            self.enter(index);
            let to = stage.shape(at);
            if index > 0 {
                let run = self.graph.run(value);
                let (run, shape) = self.block(run, &skeleton.between, at, to);
                at = shape;
                value = self.seam(run);
            }
            self.mark(index, value);
            for _ in 0..stage.cells {
                value = add(self, stage, value, at, to)?;
                at = to;
            }
        }
        Some((value, at))
    }

    /// A cell whose nodes are sums.
    fn sum(&mut self, stage: &Stage, input: Place, from: Shape, to: Shape) -> Option<Place> {
        let wires = self.rooms.wires.get_mut(stage.cell).map(std::mem::take)?;
        let start = wires.first().map(|wire| wire.from);
        self.rooms.values.clear();
        let mut output = None;
        for group in wires.chunk_by(|one, other| one.to == other.to) {
            let mut joint = Joint::sum();
            for wire in group {
                let is_first = Some(wire.from) == start;
                let value = if is_first { Some(input) } else { self.value(wire.from) };
                let Some(value) = value else { continue };
                let is_input = is_first || self.is_input(stage, wire.from);
                let run = self.graph.run(value);
                let run = match wire.op {
                    Some(op) => self.operation(run, op, if is_input { from } else { to }, to),
                    None => run,
                };
                self.graph.join(run, &mut joint, 1.0);
            }
            let is_last = Some(group[0].to) == wires.last().map(|wire| wire.to);
            let value = self.graph.finish(joint, is_last);
            self.set(group[0].to, value);
            output = Some(value);
        }
        self.rooms.wires[stage.cell] = wires;
        output
    }

    /// Whether a node, by its rank, is an input of a cell.
    fn is_input(&self, stage: &Stage, rank: usize) -> bool {
        let inputs = self.cells.get(stage.cell).map_or(0, Cell::inputs);
        rank % 2 == 1 && rank / 2 < inputs
    }

    fn value(&self, rank: usize) -> Option<Place> {
        self.rooms.values.get(rank).copied().flatten()
    }

    fn set(&mut self, rank: usize, value: Place) {
        let values = &mut self.rooms.values;
        values.resize(values.len().max(rank + 1), None);
        values[rank] = Some(value);
    }

    /// Stages of cells whose channels are shared out.
    fn shared(&mut self, stem: Place, at: Shape) -> Option<(Place, Shape)> {
        let cell = self.cells.first()?;
        let channels = self.skeleton.stages.iter().map(|stage| stage.channels);
        let module = Module::trained(cell, channels);
        self.stages(stem, at, |walk, _, input, from, to| walk.module(&module, input, from, to))
    }

    /// A cell whose channels are shared out.
    fn module(&mut self, module: &Module, input: Place, from: Shape, to: Shape) -> Option<Place> {
        let channels = module.channels(to.channels);
        let output = module.output();
        let shape = |node: usize| Shape { channels: channels[node], ..to };
        self.rooms.values.clear();
        for node in 1..output {
            let mut joint = Joint::sum();
            for source in (1..node).filter(|&source| module.reads(node, source)) {
                let value = self.value(source)?;
                let run = self.graph.run(value);
                self.graph.join(run, &mut joint, 1.0);
            }
            self.project(module.reads(node, 0), &mut joint, (input, from), shape(node));
            let sum = self.graph.finish(joint, false);
            let run = self.graph.run(sum);
            let run = match module.op(node) {
                Some(op) => self.operation(run, op.index(), shape(node), shape(node)),
                None => run,
            };
            let value = self.graph.settle(run);
            self.set(node, value);
        }
        let mut parts = Joint::concat();
        for node in (1..output).filter(|&node| module.reads(output, node)) {
            let value = self.value(node)?;
            let run = self.graph.run(value);
            let part = channels[node] as f64 / to.channels as f64;
            self.graph.join(run, &mut parts, part);
        }
        let mut joint = Joint::sum();
        if !parts.is_empty() {
            let concat = self.graph.finish(parts, false);
            let run = self.graph.run(concat);
            self.graph.join(run, &mut joint, 1.0);
        }
        self.project(module.reads(output, 0), &mut joint, (input, from), to);
        (!joint.is_empty()).then(|| self.graph.finish(joint, true))
    }

    /// Brings the input of a cell to the channels of a node that reads it.
    fn project(
        &mut self,
        reads: bool,
        joint: &mut Joint,
        (input, from): (Place, Shape),
        to: Shape,
    ) {
        if reads {
            let run = self.graph.run(input);
            self.layers(PROJECTION, from, to);
            self.graph.join(run, joint, 1.0);
        }
    }

    /// Cells that read the two before and put nodes together.
    fn gather(&mut self, stem: Place, at: Shape) -> Option<(Place, Shape)> {
        let skeleton = self.skeleton;
        let (mut before, mut last) = ((stem, at), (stem, at));
        for (index, stage) in skeleton.stages.iter().enumerate() {
            self.enter(index);
            self.mark(index, last.0);
            let wires = self.rooms.wires.get_mut(stage.cell).map(std::mem::take)?;
            let output = wires.last()?.to;
            for number in 0..stage.cells {
                let side = last.1.side;
                let out = Shape { channels: stage.channels, ..last.1 };
                let out = if number == 0 { stage.shape(out) } else { out };
                let inner = Shape { side, ..out };
                self.rooms.values.clear();
                let mut joint = Joint::concat();
                let parts = wires.iter().filter(|wire| wire.to == output).count();
                for group in wires.chunk_by(|one, other| one.to == other.to) {
                    let rank = group[0].to;
                    if rank == output {
                        for wire in group {
                            let Some(value) = self.value(wire.from) else { continue };
                            let run = self.graph.run(value);
                            self.graph.join(run, &mut joint, 1.0 / parts as f64);
                        }
                        continue;
                    }
                    let value = if self.is_input(stage, rank) {
                        let (value, shape) = if rank == 1 { before } else { last };
                        let run = self.graph.run(value);
                        self.layers(PREPROCESSING, shape, inner);
                        self.seam(run)
                    } else {
                        self.node(group, stage, inner, out)
                    };
                    self.set(rank, value);
                }
                let value = self.graph.finish(joint, true);
                let shape = Shape { channels: parts as u64 * out.channels, ..out };
                (before, last) = (last, (value, shape));
            }
            self.rooms.wires[stage.cell] = wires;
        }
        Some(last)
    }

    /// A node of a cell, by the edges into it.
    fn node(&mut self, group: &[Wire], stage: &Stage, inner: Shape, out: Shape) -> Place {
        let mut joint = Joint::sum();
        for wire in group {
            let Some(value) = self.value(wire.from) else { continue };
            let from = if self.is_input(stage, wire.from) { inner } else { out };
            let run = self.graph.run(value);
            let run = match wire.op {
                Some(op) => self.operation(run, op, from, out),
                None => run,
            };
            self.graph.join(run, &mut joint, 1.0);
        }
        self.graph.finish(joint, false)
    }

    /// A chain, an operation a stage.
    fn chain(
        &mut self,
        space: &dyn SearchSpace,
        mut value: Place,
        mut at: Shape,
    ) -> (Place, Shape) {
        let skeleton = self.skeleton;
        let steps = space.stages();
        for (index, op) in self.cells.iter().flat_map(Cell::ops).enumerate() {
            self.enter(index);
            self.mark(index, value);
            let to = skeleton.shape_behind(at, index, op.index(), steps);
            let run = self.graph.run(value);
            let run = self.operation(run, op.index(), at, to);
            value = self.seam(run);
            at = to;
        }
        (value, at)
    }

    /// An operation from one shape to another.
    fn operation(&mut self, mut run: Run, op: usize, from: Shape, to: Shape) -> Run {
        let skeleton = self.skeleton;
        let mut at = from;
        for block in skeleton.operations.get(op).into_iter().flat_map(|blocks| blocks.iter()) {
            (run, _) = self.block(run, block, at, to);
            at = to;
        }
        run
    }

    /// A block; the shape that its layers lead to. A block of no layers is what stands beside them, where that is needed;
    /// any other block with something beside it is residual.
    fn block(&mut self, run: Run, block: &Block, from: Shape, to: Shape) -> (Run, Shape) {
        let is_changed = from != to;
        if block.path.is_empty() {
            let shape = if is_changed { self.layers(&block.shortcut, from, to) } else { from };
            return (run, shape);
        }
        if block.shortcut.is_empty() {
            return (run, self.layers(&block.path, from, to));
        }
        let start = self.graph.settle(run);
        let mut joint = Joint::sum();
        let path = self.graph.run(start);
        let shape = self.layers(&block.path, from, to);
        self.graph.join(path, &mut joint, 1.0);
        let beside = self.graph.run(start);
        if is_changed {
            self.layers(&block.shortcut, from, to);
        }
        self.graph.join(beside, &mut joint, 1.0);
        let sum = self.graph.finish(joint, false);
        (self.graph.run(sum), shape)
    }

    /// Layers of a run, up to the mean over all pixels; the shape that they lead to.
    fn layers(&mut self, layers: &[Layer], from: Shape, to: Shape) -> Shape {
        let mut at = from;
        for layer in layers {
            let before = at;
            let (layer, shape) = match *layer {
                Layer::Conv(kernel, width, side) => {
                    let channels = width.channels(from, to);
                    let out = Shape { channels, side: side.pixels(at, to) };
                    (conv(kernel, at, out, (at.channels, out.channels)), out)
                }
                Layer::Depthwise(kernel, side) => {
                    let out = Shape { side: side.pixels(at, to), ..at };
                    (conv(kernel, at, out, (1, 1)), out)
                }
                Layer::BatchNorm | Layer::PlainBatchNorm => (layer::Layer::Norm, at),
                Layer::Relu => (layer::Layer::Relu, at),
                Layer::Pool(kernel, side) => {
                    let out = Shape { side: side.pixels(at, to), ..at };
                    (layer::Layer::Mean { kernel, stride: stride(before, out) }, out)
                }
                Layer::MaxPool(kernel, side) => {
                    let out = Shape { side: side.pixels(at, to), ..at };
                    (layer::Layer::Max { kernel, stride: stride(before, out) }, out)
                }
                Layer::GlobalPool | Layer::Linear(_) => return at,
            };
            self.graph.then(layer);
            at = shape;
        }
        at
    }
}

/// What the side is divided by; a side that is smaller than that of one pixel has one.
fn stride(from: Shape, to: Shape) -> u64 {
    (from.side.max(1) / to.side.max(1)).clamp(1, 8)
}

/// A convolution that reads so many channels, each of which so many outputs read.
fn conv(kernel: u64, from: Shape, to: Shape, (inputs, readers): (u64, u64)) -> layer::Layer {
    layer::Layer::Conv(Conv {
        kernel: kernel as f64,
        inputs: inputs as f64,
        outputs: to.channels as f64,
        readers: readers as f64,
        stride: i32::try_from(stride(from, to)).unwrap_or(1),
        side: to.side.max(1) as f64,
    })
}
