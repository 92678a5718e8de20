//! `mean_field(…)`: what theory says of the network before its training, without weights and without data.
//!
//! In a wide network with random weights features are random fields. Their variance, the correlation of neighbouring
//! pixels, and the same of the gradients of the loss follow from layer to layer by formulas (Poole, Lahiri, Raghu,
//! Sohl-Dickstein, Ganguli: *Exponential expressivity in deep neural networks through transient chaos*, NIPS 2016;
//! Schoenholz, Gilmer, Ganguli, Sohl-Dickstein: *Deep Information Propagation*, ICLR 2017; Xiao, Bahri, Sohl-Dickstein,
//! Schoenholz, Pennington: *Dynamical Isometry and a Mean Field Theory of CNNs*, ICML 2018; Yang, Pennington, Rao,
//! Sohl-Dickstein, Schoenholz: *A Mean Field Theory of Batch Normalization*, ICLR 2019). They are worked out
//! here for the cells in the skeleton of their space; [`layer`] has the formulas, [`sum`] those of sums.
//!
//! | column | definition | range | nothing reaches the output |
//! |---|---|---|---|
//! | `mean_field(weight_gradient)` | ln of the sum of the norms of the gradients of all convolutions | −64 … 64 | −64 |
//! | `mean_field(weight_gradient).stage_i` | the same of a stage | −64 … 64 | −64 |
//! | `mean_field(weight_gradient).rise` | that of the last stage minus that of the first | −128 … 128 | 0 |
//! | `mean_field(variance).p` | ln of the variance of the features | −64 … 64 | −64 |
//! | `mean_field(correlation).p` | the correlation ρ of neighbouring pixels | 0 … 1 | 1 |
//! | `mean_field(roughness).output` | ln((1 − ρ) / (1 + ρ)) | −16 … 0 | −16 |
//! | `mean_field(depth).p` | how many `ReLU`s the features have passed, weighted by variance | 0 … | 0 |
//! | `mean_field(gradient_variance).p` | ln of the variance of the gradient | −64 … 64 | −64 |
//! | `mean_field(gradient_correlation).p` | the correlation ρ of neighbouring pixels | 0 … 1 | 1 |
//! | `mean_field(gradient_roughness).stage_1` | ln((1 − ρ) / (1 + ρ)) | −16 … 0 | −16 |
//! | `mean_field(gradient_overlap).p` | ln of the covariance of the gradients for two images over their variance | −64 … 0 | −64 |
//!
//! Of features `p` is the input of each stage but the first, and the output of the last cell (`output`); of gradients it
//! is the input of each stage. A space with more than six stages has six parts, a chain four.
//!
//! What is not modelled: borders of images, the means of gradients that batch normalization subtracts, finite
//! width.
//!
//! # Complexity
//!
//! O(layers of the network); memory is kept for the next one. Isomorphic networks have the same values to the last
//! digit: whatever is added up is sorted before.

mod build;
mod graph;
mod layer;
mod segments;
mod sum;
mod window;

use self::build::{Marks, Rooms};
use self::graph::Graph;
use self::layer::{Features, Gradient};
use self::segments::Segments;
use super::flow::row::Row;
use super::{Family, Scratch, Subsets};
use crate::graph::Live;
use crate::space::{Architecture, ImageSkeleton, Layer, SearchSpace, Skeleton};

/// See the module.
pub(super) struct MeanField;

impl Family for MeanField {
    fn name(&self) -> &'static str {
        "mean_field"
    }

    fn summary(&self) -> &'static str {
        "what theory says of features and gradients of the whole network before training"
    }

    fn is_graf(&self) -> bool {
        false
    }

    /// Not for networks of graphs.
    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        image(space).is_some()
    }

    fn names(&self, space: &dyn SearchSpace, _: &Subsets) -> Vec<String> {
        let Some(skeleton) = image(space) else { return Vec::new() };
        let mut row = Row::Names(Vec::new());
        put(&mut row, Segments::of(space, skeleton), None);
        if let Row::Names(names) = row { names } else { Vec::new() }
    }

    fn compute(&self, network: &Architecture, _: &Subsets, scratch: &mut Scratch, row: &mut [f64]) {
        let Some(space) = network.search_space() else { return };
        let Some(skeleton) = image(space) else { return };
        let segments = Segments::of(space, skeleton);
        let mut row = Row::Values(row.iter_mut());
        let live = scratch.live.of(network.cells(), space.zero_op());
        let found = scratch.mean_field.find((space, skeleton), (network, live), segments);
        put(&mut row, segments, found.then_some(&scratch.mean_field));
    }
}

/// The skeleton of a network of images.
pub(super) fn image(space: &dyn SearchSpace) -> Option<&ImageSkeleton> {
    match space.skeleton() {
        Some(Skeleton::Image(skeleton)) => Some(skeleton),
        _ => None,
    }
}

/// Room for the computation, and what was found.
#[derive(Debug, Default)]
pub(super) struct Room {
    graph: Graph,
    marks: Marks,
    rooms: Rooms,
    /// For each segment the sum of the norms of gradients, in units of 2⁻⁴⁰: whole numbers have the same sum in any order.
    norms: Vec<u128>,
    levels: Vec<(f64, f64)>,
    /// Whether something of the image reaches the classifier; `None` until the network is built.
    is_built: Option<bool>,
}

const UNIT: f64 = 1.0 / (1_u64 << 40) as f64;

impl Room {
    /// Another network comes.
    pub fn forget(&mut self) {
        self.is_built = None;
    }

    /// Builds the network, once for all that ask; whether something of the image reaches the classifier.
    fn build(
        &mut self,
        space: (&dyn SearchSpace, &ImageSkeleton),
        network: (&Architecture, &[Live]),
    ) -> bool {
        let Room { graph, marks, rooms, is_built, .. } = self;
        *is_built.get_or_insert_with(|| build::build(graph, marks, rooms, space, network))
    }

    /// The logarithm of the synaptic flow of a network; 0 if there is none.
    pub fn synaptic_flow(
        &mut self,
        (space, skeleton): (&dyn SearchSpace, &ImageSkeleton),
        network: (&Architecture, &[Live]),
    ) -> f64 {
        if !self.build((space, skeleton), network) {
            return 0.0;
        }
        let Some(shape) = self.marks.shape else { return 0.0 };
        let classes = skeleton.head.iter().find_map(|layer| match layer {
            Layer::Linear(classes) => Some(*classes as f64),
            _ => None,
        });
        let (channels, pixels) = (shape.channels as f64, (shape.side * shape.side).max(1) as f64);
        let classifier = classes.unwrap_or(1.0) / (2.0 * channels.sqrt());
        let (end, levels) = (self.marks.end, &mut self.levels);
        let convolutions = self.graph.synaptic_flow(end, classifier / pixels, levels);
        let level = levels.get(end).map_or(0.0, |level| level.0);
        libm::log((convolutions + channels * level * classifier).min(f64::MAX)).max(0.0)
    }

    /// Works out what the columns need; whether something of the image reaches the classifier.
    fn find(
        &mut self,
        space: (&dyn SearchSpace, &ImageSkeleton),
        network: (&Architecture, &[Live]),
        segments: Segments,
    ) -> bool {
        if !self.build(space, network) {
            return false;
        }
        let Room { graph, marks, norms, .. } = self;
        norms.clear();
        norms.resize(segments.0, 0);
        // The classifier reads means over the pixels, whose gradient is the same everywhere and for all images.
        let gradient = Gradient { variance: 1.0, correlation: 1.0, overlap: 1.0 };
        graph.backward(marks.end, gradient, &mut |segment, norm| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and too large a number is the largest"
            )]
            let units = (norm / UNIT) as u128;
            if let Some(sum) = norms.get_mut(segment) {
                *sum = sum.saturating_add(units);
            }
        });
        true
    }

    /// The norm of the gradients of all convolutions of a segment, or of all segments.
    fn norm(&self, segment: Option<usize>) -> f64 {
        let sum = match segment {
            Some(segment) => self.norms.get(segment).copied().unwrap_or(0),
            None => self.norms.iter().fold(0, |sum: u128, norm| sum.saturating_add(*norm)),
        };
        log(sum as f64 * UNIT)
    }

    /// The features where a segment begins, or at the output.
    fn features(&self, segment: Option<usize>) -> &Features {
        let start = segment.and_then(|segment| self.marks.starts.get(segment));
        self.graph.features(start.copied().unwrap_or(self.marks.output))
    }

    /// The gradient where a segment begins.
    fn gradient(&self, segment: usize) -> &Gradient {
        let start = self.marks.starts.get(segment);
        self.graph.gradient(start.copied().unwrap_or(self.marks.output))
    }
}

/// The bounds of logarithms.
const MOST: f64 = 64.0;

/// The least roughness.
const SMOOTH: f64 = -16.0;

fn log(number: f64) -> f64 {
    // The logarithm of 0 is the least.
    libm::log(number).clamp(-MOST, MOST)
}

fn roughness(correlation: f64) -> f64 {
    libm::log((1.0 - correlation) / (1.0 + correlation)).max(SMOOTH)
}

/// The columns, of a network of which nothing is found if nothing reaches its output.
fn put(row: &mut Row, segments: Segments, found: Option<&Room>) {
    let name = |what: &str, part: &str| format!("mean_field({what}).{part}");
    let stage = |what: &str, segment: usize| name(what, &format!("stage_{}", segment + 1));
    let norm = |segment| found.map_or(-MOST, |found| found.norm(segment));
    row.put(|| "mean_field(weight_gradient)".to_owned(), norm(None));
    if segments.0 > 1 {
        for segment in 0..segments.0 {
            row.put(|| stage("weight_gradient", segment), norm(Some(segment)));
        }
        let rise = norm(Some(segments.0 - 1)) - norm(Some(0));
        row.put(|| name("weight_gradient", "rise"), rise);
    }
    // At the input of the first stage features are the same in all networks.
    let places = (1..segments.0).map(Some).chain([None]);
    for segment in places {
        let at = |what: &str| match segment {
            Some(segment) => stage(what, segment),
            None => name(what, "output"),
        };
        let features = found.map(|found| found.features(segment));
        row.put(|| at("variance"), features.map_or(-MOST, |x| log(x.variance)));
        row.put(|| at("correlation"), features.map_or(1.0, |x| x.correlation));
        row.put(|| at("depth"), features.map_or(0.0, |x| x.depth));
        if segment.is_none() {
            row.put(|| at("roughness"), features.map_or(SMOOTH, |x| roughness(x.correlation)));
        }
    }
    for segment in 0..segments.0 {
        let at = |what: &str| stage(what, segment);
        let gradient = found.map(|found| found.gradient(segment));
        row.put(|| at("gradient_variance"), gradient.map_or(-MOST, |x| log(x.variance)));
        row.put(|| at("gradient_correlation"), gradient.map_or(1.0, |x| x.correlation));
        row.put(|| at("gradient_overlap"), gradient.map_or(-MOST, |x| log(x.overlap)));
        if segment == 0 {
            let rough = gradient.map_or(SMOOTH, |x| roughness(x.correlation));
            row.put(|| at("gradient_roughness"), rough);
        }
    }
}
