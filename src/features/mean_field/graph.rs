//! A network as a graph of values, with what theory says of each: of features on the way forward, of gradients on the way
//! back.
//!
//! A value is the sum of what its edges bring, or puts it together channel by channel. An edge is a run of
//! layers. What they bring is independent of all else where one of them has random weights or is not linear. Other edges pass on
//! what they read, so that sums are coherent ([`super::sum`]).
//!
//! Features are worked out while the graph is built, gradients afterwards. The rooms for both are kept for the next
//! network.

use super::layer::{Features, Gradient, Layer};
use super::sum::{self, Source, Term};
use super::window::{self, MEANS};

/// The place of a value.
pub(super) type Place = usize;

/// No edge, or no term.
const NONE: usize = usize::MAX;

/// A value of the network.
#[derive(Debug, Clone, Copy)]
struct Value {
    features: Features,
    gradient: Gradient,
    /// The last of its edges.
    edge: usize,
    /// Its terms.
    terms: (usize, usize),
    /// The last of the terms of its gradient.
    back: usize,
    /// Whether the gradient passes it as a whole: it is where cells meet, or puts channels together.
    is_whole: bool,
    /// Whether its edges bring channels of their own.
    is_concat: bool,
}

/// A way to a value.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: Place,
    /// The edge before this to the same value.
    before: usize,
    way: Way,
    /// Of channels that are put together: its share.
    share: f64,
    segment: usize,
}

/// What is on the way.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Means of windows and a factor.
    Linear { passes: u32, factor: f64 },
    /// Layers, by their places.
    Layers { start: usize, end: usize },
}

/// A layer and what it reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The layer.
    pub layer: Layer,
    reads: Features,
}

/// Layers that are being put behind a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// The value.
    pub from: Place,
    start: usize,
}

/// A value that is being put together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joint {
    edge: usize,
    is_concat: bool,
}

impl Joint {
    /// A sum.
    pub fn sum() -> Self {
        Joint { edge: NONE, is_concat: false }
    }

    /// Channels put together.
    pub fn concat() -> Self {
        Joint { edge: NONE, is_concat: true }
    }

    /// Whether nothing leads to it.
    pub fn is_empty(self) -> bool {
        self.edge == NONE
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Graph {
    values: Vec<Value>,
    edges: Vec<Edge>,
    steps: Vec<Step>,
    sources: Vec<Source>,
    terms: Vec<Term>,
    back_sources: Vec<Source>,
    /// Terms of gradients, each with that before it of the same value.
    back_terms: Vec<(Term, usize)>,
    /// Rooms for one value.
    room: Vec<Term>,
    parts: Vec<[f64; 4]>,
    /// The part of the network that is being built: its convolutions are counted together.
    pub segment: usize,
}

impl Graph {
    /// An empty graph.
    pub fn clear(&mut self) {
        self.values.clear();
        self.edges.clear();
        self.steps.clear();
        self.sources.clear();
        self.terms.clear();
        self.back_sources.clear();
        self.back_terms.clear();
        self.segment = 0;
    }

    /// The image.
    pub fn input(&mut self, features: Features) -> Place {
        self.push(features, Joint::sum(), true)
    }

    /// What is known of the features at a value.
    pub fn features(&self, place: Place) -> &Features {
        &self.values[place].features
    }

    /// What is known of the gradient at a value.
    pub fn gradient(&self, place: Place) -> &Gradient {
        &self.values[place].gradient
    }

    /// Begins to put layers behind a value.
    pub fn run(&self, from: Place) -> Run {
        Run { from, start: self.steps.len() }
    }

    /// The next layer of a run.
    pub fn then(&mut self, layer: Layer) {
        // What it reads is known when the run is joined.
        self.steps.push(Step { layer, reads: Features::default() });
    }

    /// Leads a run into a value, with a share of its channels if they are put together.
    pub fn join(&mut self, run: Run, joint: &mut Joint, share: f64) {
        let Run { mut from, start } = run;
        let end = self.steps.len();
        let is_linear = self.steps[start..].iter().all(|step| step.layer.is_linear())
            && self.values[from].features.mean == 0.0;
        let is_means = self.steps[start..]
            .iter()
            .all(|step| matches!(step.layer, Layer::Mean { stride: 1, .. }));
        if !is_linear && !is_means {
            return self.link(from, Way::Layers { start, end }, joint, share);
        }
        let mut way = (0, 1.0);
        for place in start..end {
            if let Layer::Mean { kernel, .. } = self.steps[place].layer {
                way.0 += window::passes(kernel);
                continue;
            }
            // What is normalized has to be known.
            if way.0 > 0 {
                let mut before = Joint::sum();
                let (passes, factor) = way;
                self.link(from, Way::Linear { passes, factor }, &mut before, 1.0);
                from = self.finish(before, false);
            }
            way = (0, 1.0 / self.values[from].features.variance.max(1e-200).sqrt());
        }
        self.steps.truncate(start);
        let (passes, factor) = way;
        self.link(from, Way::Linear { passes, factor }, joint, share);
    }

    fn link(&mut self, from: Place, way: Way, joint: &mut Joint, share: f64) {
        self.edges.push(Edge { from, before: joint.edge, way, share, segment: self.segment });
        joint.edge = self.edges.len() - 1;
    }

    /// The value at the end of a run; that where it begins if it has no layers.
    pub fn settle(&mut self, run: Run) -> Place {
        if self.steps.len() == run.start {
            return run.from;
        }
        let mut joint = Joint::sum();
        self.join(run, &mut joint, 1.0);
        self.finish(joint, false)
    }

    /// Works out the features of a value. At a `seam`, where cells meet, their history is forgotten: only how they
    /// correlate counts.
    pub fn finish(&mut self, joint: Joint, is_seam: bool) -> Place {
        self.room.clear();
        self.parts.clear();
        let mut is_rectified = true;
        let mut edge = joint.edge;
        while edge != NONE {
            let Edge { from, before, way, share, .. } = self.edges[edge];
            edge = before;
            match way {
                Way::Linear { passes, factor } if !joint.is_concat => {
                    is_rectified &= self.values[from].features.is_rectified;
                    let (start, end) = self.values[from].terms;
                    let terms = self.terms[start..end].iter();
                    self.room.extend(terms.map(|term| term.after(passes, factor)));
                }
                Way::Linear { .. } => {
                    let features = self.values[from].features;
                    is_rectified &= features.is_rectified;
                    self.parts.push(source(&features).part(share));
                }
                Way::Layers { start, end } => {
                    let mut features = self.values[from].features;
                    for step in &mut self.steps[start..end] {
                        step.reads = features;
                        features = step.layer.forward(&features);
                    }
                    is_rectified &= features.is_rectified;
                    if joint.is_concat {
                        self.parts.push(source(&features).part(share));
                    } else {
                        let place = self.sources.len();
                        self.sources.push(source(&features));
                        self.room.push(term(place));
                    }
                }
            }
        }
        let all = if joint.is_concat {
            sum::add(&mut self.parts)
        } else {
            sum::combine(&mut self.room);
            sum::total(&self.room, &self.sources, &MEANS, &mut self.parts)
        };
        let features = Features {
            variance: all.variance,
            correlation: all.correlation,
            mean: all.mean,
            depth: all.carried,
            is_rectified,
        };
        self.push(features, joint, is_seam || joint.is_concat)
    }

    fn push(&mut self, features: Features, joint: Joint, is_whole: bool) -> Place {
        let start = self.terms.len();
        if is_whole {
            self.terms.push(term(self.sources.len()));
            self.sources.push(source(&features));
        } else {
            self.terms.extend_from_slice(&self.room);
        }
        self.values.push(Value {
            features,
            gradient: Gradient::default(),
            edge: joint.edge,
            terms: (start, self.terms.len()),
            back: NONE,
            is_whole,
            is_concat: joint.is_concat,
        });
        self.values.len() - 1
    }

    /// Works out the gradients, from that of a value back; gives `each` the segment and the norm of the gradient of the
    /// weights of each convolution.
    pub fn backward(&mut self, end: Place, gradient: Gradient, each: &mut dyn FnMut(usize, f64)) {
        self.give(end, gradient);
        for place in (0..=end).rev() {
            if self.values[place].back == NONE {
                continue;
            }
            self.gather(place);
            let Value { gradient, mut edge, is_whole, is_concat, .. } = self.values[place];
            if is_whole && !is_concat {
                self.room.clear();
                self.room.push(term(self.back_sources.len()));
                self.back_sources.push(of_gradient(&gradient));
            }
            while edge != NONE {
                let Edge { from, before, way, segment, .. } = self.edges[edge];
                edge = before;
                match way {
                    // Channels of their own.
                    Way::Linear { .. } if is_concat => self.give(from, gradient),
                    Way::Linear { passes, factor } => {
                        for place in 0..self.room.len() {
                            let term = self.room[place].after(passes, factor);
                            self.back_terms.push((term, self.values[from].back));
                            self.values[from].back = self.back_terms.len() - 1;
                        }
                    }
                    Way::Layers { start, end } => {
                        let mut gradient = gradient;
                        for step in self.steps[start..end].iter().rev() {
                            if let Layer::Conv(conv) = step.layer {
                                each(segment, conv.norm_of_gradient(&step.reads, &gradient));
                            }
                            gradient = step.layer.backward(&step.reads, &gradient);
                        }
                        self.give(from, gradient);
                    }
                }
            }
        }
    }

    /// The synaptic flow: what `synflow` measures, with weights of their expected size, 1/(2√n) for n inputs of an output. All
    /// is linear then, and each convolution carries the part of the output that has passed through it.
    ///
    /// `back` is the derivative of the output of the network by each number at the value `end`; `levels` is room.
    pub fn synaptic_flow(&self, end: Place, back: f64, levels: &mut Vec<(f64, f64)>) -> f64 {
        levels.clear();
        levels.resize(end + 1, (0.0, 0.0));
        for (place, value) in self.values[..=end].iter().enumerate() {
            let brought = self.edges_of(value).map(|edge| {
                let share = if value.is_concat { edge.share } else { 1.0 };
                let gains = self.layers_of(edge).iter().map(|step| step.layer.positive_gain());
                share * gains.product::<f64>() * levels[edge.from].0
            });
            levels[place].0 = if value.edge == NONE { 1.0 } else { brought.sum() };
        }
        levels[end].1 = back;
        let mut flow = 0.0;
        for (place, value) in self.values[..=end].iter().enumerate().rev() {
            let back = levels[place].1;
            for edge in self.edges_of(value) {
                let mut back = back;
                for step in self.layers_of(edge).iter().rev() {
                    back *= step.layer.positive_gain_back();
                }
                // A layer carries as much as what stands before and behind it in the same run.
                let mut level = levels[edge.from].0;
                levels[edge.from].1 += back;
                for step in self.layers_of(edge) {
                    level *= step.layer.positive_gain();
                    back /= step.layer.positive_gain_back();
                    if let Layer::Conv(conv) = step.layer {
                        flow += conv.numbers() * level * back;
                    }
                }
            }
        }
        flow
    }

    fn edges_of(&self, value: &Value) -> impl Iterator<Item = &Edge> {
        let mut next = value.edge;
        std::iter::from_fn(move || {
            let edge = self.edges.get(next)?; // None is beyond all edges.
            next = edge.before;
            Some(edge)
        })
    }

    fn layers_of(&self, edge: &Edge) -> &[Step] {
        match edge.way {
            Way::Linear { .. } => &[],
            Way::Layers { start, end } => &self.steps[start..end],
        }
    }

    /// Adds a gradient of its own to those of a value.
    fn give(&mut self, place: Place, gradient: Gradient) {
        let term = term(self.back_sources.len());
        self.back_sources.push(of_gradient(&gradient));
        self.back_terms.push((term, self.values[place].back));
        self.values[place].back = self.back_terms.len() - 1;
    }

    /// The gradient of a value; its terms are in the room then.
    fn gather(&mut self, place: Place) {
        self.room.clear();
        let mut next = self.values[place].back;
        while next != NONE {
            let (term, before) = self.back_terms[next];
            self.room.push(term);
            next = before;
        }
        sum::combine(&mut self.room);
        let all = sum::total(&self.room, &self.back_sources, &MEANS, &mut self.parts);
        self.values[place].gradient =
            Gradient { variance: all.variance, correlation: all.correlation, overlap: all.carried };
    }
}

fn term(source: usize) -> Term {
    // A network has far fewer sources.
    Term { source: u32::try_from(source).unwrap_or(u32::MAX), passes: 0, factor: 1.0 }
}

fn source(features: &Features) -> Source {
    let Features { variance, correlation, mean, depth, .. } = *features;
    Source { variance, correlation, mean, carried: depth }
}

fn of_gradient(gradient: &Gradient) -> Source {
    let Gradient { variance, correlation, overlap } = *gradient;
    Source { variance, correlation, mean: 0.0, carried: overlap }
}
