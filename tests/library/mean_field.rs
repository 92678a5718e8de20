//! `mean_field` and `closed_form`: against a slow evaluation that keeps whole covariance matrices of the nodes of one cell
//! after the other, against random networks, by hand, and of isomorphic networks.

#![allow(clippy::float_cmp, reason = "isomorphic networks have the same values")]

use std::collections::BTreeMap;
use std::f64::consts::PI;

use crate::live_paths::{read, relabelled, row_of};
use graf::features::{FeatureConfig, FeatureSet};
use graf::space::{self, Architecture, SPACES, SearchSpace};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const FAMILIES: [&str; 2] = ["mean_field", "closed_form"];

fn set_of(space: &'static dyn SearchSpace) -> FeatureSet {
    let families = Some(FAMILIES.map(str::to_owned).to_vec());
    FeatureSet::new(space, &FeatureConfig { families, ..FeatureConfig::default() }).unwrap()
}

fn values(network: &Architecture) -> BTreeMap<String, f64> {
    let set = set_of(network.search_space().unwrap());
    let row = row_of(&set, network);
    set.names().iter().cloned().zip(row).collect()
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9 * (1.0 + other.abs())
}

// ---- The oracle of NAS-Bench-201: a node is a list of weights on a line of pixels, for each source. ----

/// A field: for each independent source how often each shift of it is in the field.
type Field = BTreeMap<usize, BTreeMap<i32, f64>>;

/// Sources: variance, correlation, and a number that goes along.
type Sources = Vec<(f64, f64, f64)>;

/// The mean of three neighbours on one axis.
fn mean_of_three(field: &Field) -> Field {
    let mut mean = Field::new();
    for (source, shifts) in field {
        for (shift, weight) in shifts {
            for near in [-1, 0, 1] {
                *mean.entry(*source).or_default().entry(shift + near).or_default() += weight / 3.0;
            }
        }
    }
    mean
}

/// A sum over ways, each a number of means: variance and covariance of neighbours need both axes, which are alike.
#[derive(Clone, Default)]
struct Node(Vec<Field>);

impl Node {
    fn source(source: usize) -> Self {
        Node(vec![Field::from([(source, BTreeMap::from([(0, 1.0)]))])])
    }

    fn pooled(&self) -> Self {
        Node(self.0.iter().map(mean_of_three).collect())
    }

    fn and(&mut self, other: &Node) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Variance, correlation, and the number that goes along.
    fn moments(&self, sources: &Sources) -> (f64, f64, f64) {
        let (mut variance, mut next, mut carried) = (0.0, 0.0, 0.0);
        for one in &self.0 {
            for other in &self.0 {
                for (source, shifts) in one {
                    let Some(others) = other.get(source) else { continue };
                    let (q, r, along) = sources[*source];
                    let covariance = |lag: i32| {
                        let mut sum = 0.0;
                        for (a, x) in shifts {
                            for (b, y) in others {
                                sum += x * y * r.powi((a - b + lag).abs());
                            }
                        }
                        sum
                    };
                    let own = covariance(0);
                    variance += q * own * own;
                    next += q * own * covariance(1);
                    carried += along * q * own * own;
                }
            }
        }
        (variance, next / variance, carried / variance)
    }
}

fn rectified(r: f64) -> f64 {
    (((1.0 - r * r).sqrt() + r * (PI - r.acos()) - 1.0) / (PI - 1.0)).max(0.0)
}

const THIRD: f64 = 1.0 / 3.0;
const RECTIFIED: f64 = 0.5 - 1.0 / (2.0 * PI);

/// Forward through a cell: for each node its moments, and those of the output.
fn forward(ops: &[usize; 6], input: (f64, f64, f64)) -> [Option<(f64, f64, f64)>; 4] {
    let mut sources = vec![input];
    let mut nodes: Vec<Option<Node>> = vec![Some(Node::source(0)), None, None, None];
    let mut moments = [Some(input), None, None, None];
    for to in 1..4 {
        for (place, &(from, end)) in EDGES.iter().enumerate() {
            let Some(start) = (end == to).then(|| nodes[from].clone()).flatten() else { continue };
            let brought = match ops[place] {
                0 => start,
                4 => start.pooled(),
                2 | 3 => {
                    let (_, r, depth) = start.moments(&sources);
                    sources.push((1.0, rectified(r), depth + 1.0));
                    Node::source(sources.len() - 1)
                }
                _ => continue,
            };
            nodes[to].get_or_insert_default().and(&brought);
        }
        moments[to] = nodes[to].as_ref().map(|node| node.moments(&sources));
    }
    moments
}

/// Backward through a cell: the gradient at its input (variance, correlation, overlap).
fn backward(
    ops: &[usize; 6],
    moments: &[Option<(f64, f64, f64)>; 4],
    output: (f64, f64, f64),
    norms: &mut f64,
    (channels, side): (f64, f64),
) -> (f64, f64, f64) {
    let mut sources = vec![output];
    let mut nodes = [Node::default(), Node::default(), Node::default(), Node::source(0)];
    // A node has all of its gradient when all nodes behind it are done.
    let places = (1..4).rev().flat_map(|to| (0..6).filter(move |&place| EDGES[place].1 == to));
    for place in places {
        let (from, to) = EDGES[place];
        let Some((q, r, _)) = moments[from] else { continue };
        if nodes[to].0.is_empty() {
            continue;
        }
        let brought = match ops[place] {
            0 => nodes[to].clone(),
            4 => nodes[to].pooled(),
            op @ (2 | 3) => {
                let (g, correlation, overlap) = nodes[to].moments(&sources);
                let v = q * RECTIFIED;
                // At the output of the convolution, whose variance is v/3.
                let g = g / (v * THIRD);
                let kernel: f64 = if op == 2 { 9.0 } else { 1.0 };
                *norms += (kernel * channels * channels * side * side * g * q / 2.0).sqrt();
                sources.push((g * THIRD / 2.0, correlation * (0.5 + r.asin() / PI), overlap / 2.0));
                Node::source(sources.len() - 1)
            }
            _ => continue,
        };
        nodes[from].and(&brought);
    }
    nodes[0].moments(&sources)
}

const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

/// The residual block between stages: what comes out of it.
fn between((q, r, depth): (f64, f64, f64)) -> (f64, f64, f64) {
    let once = rectified(r).powi(2);
    let path = (1.0, rectified(once), depth + 2.0);
    let beside = (q * f64::midpoint(1.0, r).powi(2) * THIRD, r * (1.0 + r) / 2.0, depth);
    let variance = path.0 + beside.0;
    (
        variance,
        (path.0 * path.1 + beside.0 * beside.1) / variance,
        (path.0 * path.2 + beside.0 * beside.2) / variance,
    )
}

/// Backward through it, to stages of twice the channels.
fn between_back(
    (q, r, _): (f64, f64, f64),
    (g, correlation, overlap): (f64, f64, f64),
    norms: &mut f64,
    (channels, side): (f64, f64),
) -> (f64, f64, f64) {
    let pixels = side * side;
    let once = rectified(r).powi(2);
    // The second convolution reads variance 1, the first q; a third of what is rectified is what is normalized.
    let second = g / (RECTIFIED * THIRD);
    *norms += (9.0 * channels * channels * pixels * second / 2.0).sqrt();
    let inner = (second * THIRD / 2.0, correlation * (0.5 + once.asin() / PI), overlap / 2.0);
    let first = inner.0 / (RECTIFIED * q * THIRD);
    *norms += (9.0 * channels * channels / 2.0 * pixels * first * q / 2.0).sqrt();
    let path = (first * THIRD * 2.0 / 4.0 / 2.0, 0.0, inner.2 / 2.0);
    let pooled = q * f64::midpoint(1.0, r).powi(2);
    *norms += (channels * channels / 2.0 * pixels * g * pooled).sqrt();
    let beside = (g * THIRD * 2.0 / 16.0, 0.5 + correlation / 2.0, overlap);
    let variance = path.0 + beside.0;
    (
        variance,
        (path.0 * path.1 + beside.0 * beside.1) / variance,
        (path.0 * path.2 + beside.0 * beside.2) / variance,
    )
}

/// What the columns are by the oracle; `None` if nothing reaches the output.
fn oracle(ops: &[usize; 6]) -> Option<BTreeMap<String, f64>> {
    let mut found = BTreeMap::new();
    let mut put = |what: &str, part: &str, value: f64| {
        found.insert(format!("mean_field({what}).{part}"), value);
    };
    let roughness = |r: f64| ((1.0 - r) / (1.0 + r)).ln().max(-16.0);
    let mut at = (1.0, 0.9, 0.0);
    let (mut cells, mut before) = (Vec::new(), Vec::new());
    for stage in 0..3 {
        if stage > 0 {
            before.push(at);
            at = between(at);
            put("variance", &format!("stage_{}", stage + 1), at.0.ln());
            put("correlation", &format!("stage_{}", stage + 1), at.1);
            put("depth", &format!("stage_{}", stage + 1), at.2);
        }
        for _ in 0..5 {
            let moments = forward(ops, at);
            at = moments[3]?;
            cells.push(moments);
        }
    }
    put("variance", "output", at.0.ln());
    put("correlation", "output", at.1);
    put("depth", "output", at.2);
    put("roughness", "output", roughness(at.1));
    // Batch normalization and ReLU.
    let mut back = (0.5 / at.0, 0.5 + at.1.asin() / PI, 0.5);
    let mut total = 0.0;
    let mut norms = [0.0; 3];
    for stage in (0..3).rev() {
        let shape = (16.0 * f64::from(1 << stage), 32.0 / f64::from(1 << stage));
        for _ in 0..5 {
            let moments = cells.pop()?;
            back = backward(ops, &moments, back, &mut norms[stage], shape);
        }
        let part = format!("stage_{}", stage + 1);
        put("gradient_variance", &part, back.0.ln());
        put("gradient_correlation", &part, back.1);
        put("gradient_overlap", &part, back.2.ln());
        if stage == 0 {
            put("gradient_roughness", &part, roughness(back.1));
            // The convolution of the stem.
            let g = back.0 / THIRD;
            norms[0] += (9.0_f64 * 3.0 * 16.0 * 32.0 * 32.0 * g).sqrt();
        } else {
            back = between_back(before.pop()?, back, &mut norms[stage], shape);
        }
        total += norms[stage];
        put("weight_gradient", &part, norms[stage].ln());
    }
    put("weight_gradient", "rise", norms[2].ln() - norms[0].ln());
    found.insert("mean_field(weight_gradient)".to_owned(), total.ln());
    Some(found)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cells_of_nasbench201_agree_with_the_oracle(ops in prop::array::uniform6(0_usize..5)) {
        let network = read("nasbench201", &format!("({})", ops.map(|op| op.to_string()).join(", ")));
        let found = values(&network);
        match oracle(&ops) {
            None => {
                prop_assert_eq!(found["mean_field(gradient_correlation).stage_1"], 1.0);
                prop_assert_eq!(found["mean_field(variance).output"], -64.0);
                prop_assert_eq!(found["mean_field(weight_gradient).rise"], 0.0);
                prop_assert_eq!(found["closed_form(synflow)"], 0.0);
            }
            Some(expected) => {
                for (name, value) in expected {
                    let computed = found[&name];
                    prop_assert!((computed - value).abs() < 1e-6 * (1.0 + value.abs()), "{name}: {computed}, not {value}");
                }
            }
        }
    }
}

// ---- A random network. ----

/// Channels of pixels on a ring, in which neighbours correlate as powers along both axes.
struct Image {
    side: usize,
    channels: Vec<Vec<f64>>,
}

impl Image {
    fn random(random: &mut StdRng, channels: usize, side: usize, r: f64) -> Self {
        let mut normal = || {
            // Twelve uniform numbers.
            (0..12).map(|_| random.gen_range(-0.5..0.5)).sum::<f64>()
        };
        let mut channel = || {
            let mut pixels: Vec<f64> = (0..side * side).map(|_| normal()).collect();
            let step = (1.0 - r * r).sqrt();
            for row in 0..side {
                for column in 1..side {
                    let near = pixels[row * side + column - 1];
                    pixels[row * side + column] = r * near + step * pixels[row * side + column];
                }
            }
            for row in 1..side {
                for column in 0..side {
                    let near = pixels[(row - 1) * side + column];
                    pixels[row * side + column] = r * near + step * pixels[row * side + column];
                }
            }
            pixels
        };
        Image { side, channels: (0..channels).map(|_| channel()).collect() }
    }

    fn map(&self, pixel: impl Fn(&[f64], usize, usize) -> f64) -> Self {
        let side = self.side;
        let of = |pixels: &Vec<f64>| {
            (0..side * side).map(|at| pixel(pixels, at / side, at % side)).collect()
        };
        Image { side, channels: self.channels.iter().map(of).collect() }
    }

    /// Batch normalization of a random 1×1 convolution of the rectified channels.
    fn relu_conv_norm(&self, random: &mut StdRng) -> Self {
        let inputs = self.channels.len();
        let channel = |_| {
            let weights: Vec<f64> = (0..inputs).map(|_| random.gen_range(-1.0..1.0)).collect();
            let mut pixels = vec![0.0; self.side * self.side];
            for (weight, channel) in weights.iter().zip(&self.channels) {
                for (sum, pixel) in pixels.iter_mut().zip(channel) {
                    *sum += weight * pixel.max(0.0);
                }
            }
            let count = pixels.len() as f64;
            let mean = pixels.iter().sum::<f64>() / count;
            let variance = pixels.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
            pixels.iter().map(|x| (x - mean) / variance.sqrt()).collect()
        };
        Image { side: self.side, channels: (0..inputs).map(channel).collect() }
    }

    fn mean_of_nine(&self) -> Self {
        let near = |at: usize| at.saturating_sub(1)..(at + 2).min(self.side);
        self.map(|pixels, row, column| {
            let window = near(row).flat_map(|r| near(column).map(move |c| (r, c)));
            let window: Vec<f64> = window.map(|(r, c)| pixels[r * self.side + c]).collect();
            window.iter().sum::<f64>() / window.len() as f64
        })
    }

    fn plus(&self, other: &Image) -> Self {
        let sum = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a + b).collect();
        let channels = self.channels.iter().zip(&other.channels).map(sum).collect();
        Image { side: self.side, channels }
    }

    /// Variance, and correlation of neighbours, away from the borders.
    fn moments(&self) -> (f64, f64) {
        let (mut square, mut product, mut count) = (0.0, 0.0, 0.0);
        for channel in &self.channels {
            for row in 4..self.side - 4 {
                for column in 4..self.side - 5 {
                    let (a, b) =
                        (channel[row * self.side + column], channel[row * self.side + column + 1]);
                    square += a * a;
                    product += a * b;
                    count += 1.0;
                }
            }
        }
        (square / count, product / square)
    }
}

#[test]
fn a_random_cell_has_the_moments_of_theory() {
    // 0→1 a mean, 1→3 a skip, 0→3 a skip, 0→2 a 1×1 convolution, 2→3 a mean.
    let ops = [4, 3, 0, 1, 0, 4];
    let mut random = StdRng::seed_from_u64(0);
    for r in [0.3, 0.8] {
        let input = Image::random(&mut random, 128, 48, r);
        let mean = input.mean_of_nine();
        let conv = input.relu_conv_norm(&mut random).mean_of_nine();
        let (variance, correlation) = mean.plus(&input).plus(&conv).moments();
        let expected = forward(&ops, (1.0, r, 0.0))[3].unwrap();
        assert!((variance / expected.0 - 1.0).abs() < 0.05, "{variance}, not {expected:?}");
        assert!((correlation - expected.1).abs() < 0.03, "{correlation}, not {expected:?}");
    }
}

// ---- By hand. ----

#[test]
fn a_skip_passes_on_everything() {
    let found = values(&read("nasbench201", "(1, 1, 0, 1, 1, 1)"));
    let mut at = (1.0, 0.9, 0.0);
    at = between(at);
    assert!(close(found["mean_field(variance).stage_2"], at.0.ln()));
    assert!(close(found["mean_field(correlation).stage_2"], at.1));
    assert!(close(found["mean_field(depth).stage_2"], at.2));
    // No operation has weights: 3 → 16, the blocks between (3×3, 3×3, 1×1), 64 → 10.
    let norm = |outputs: f64| (outputs / 3.0).sqrt();
    let norms = norm(16.0) + 3.0 * norm(32.0) + 3.0 * norm(64.0) + norm(10.0);
    assert!(close(found["closed_form(l2_norm)"], norms));
    // Each layer carries all of the output, but for those between, which share it.
    let gain = |kernel: f64, inputs: f64| kernel * inputs.sqrt() / 2.0;
    let parts = |inputs: f64| (gain(3.0, inputs) * gain(3.0, 2.0 * inputs), gain(1.0, inputs));
    let (first, second) = (parts(16.0), parts(32.0));
    let output =
        gain(3.0, 3.0) * (first.0 + first.1) * (second.0 + second.1) * gain(1.0, 64.0) * 10.0;
    let layers = |part: (f64, f64)| (2.0 * part.0 + part.1) / (part.0 + part.1);
    let flow = output * (2.0 + layers(first) + layers(second));
    assert!((found["closed_form(synflow)"] - flow.ln()).abs() < 1e-8);
}

#[test]
fn two_skips_add_up_coherently() {
    // 0→3 and 0→1→3: each cell doubles its input.
    let one = values(&read("nasbench201", "(1, 1, 0, 1, 1, 1)"));
    let two = values(&read("nasbench201", "(0, 1, 0, 1, 0, 1)"));
    let found = two["mean_field(variance).output"];
    let first = between((4.0_f64.powi(5), 0.9, 0.0));
    let second = between((first.0 * 4.0_f64.powi(5), first.1, first.2));
    assert!(close(found, (second.0 * 4.0_f64.powi(5)).ln()), "{found}");
    assert!(found > one["mean_field(variance).output"]);
}

// ---- All spaces. ----

fn random_networks(space: &'static dyn SearchSpace, count: usize) -> Vec<Architecture> {
    let mut random = StdRng::seed_from_u64(7);
    (0..count).map(|_| space.sample(&mut random).unwrap()).collect()
}

#[test]
fn values_are_finite_and_in_their_ranges() {
    let described = ["nds-darts", "nds-enas", "nds-pnas", "nds-amoeba", "nds-nasnet", "nats-sss"];
    let bundled = described.map(|name| space::by_name_or_file(name).unwrap());
    let spaces = SPACES.into_iter().chain(bundled).filter(|space| space.skeleton().is_some());
    for space in spaces.filter(|space| space.name() != "nasbench-graph") {
        let set = set_of(space);
        for network in random_networks(space, 200) {
            for (name, value) in set.names().iter().zip(row_of(&set, &network)) {
                let most =
                    if name.contains("closed") || name.contains("depth") { 1e6 } else { 128.0 };
                assert!(
                    value.is_finite() && value.abs() <= most,
                    "{}: {name} {value}",
                    space.name()
                );
                if name.contains("correlation") {
                    assert!((0.0..=1.0).contains(&value), "{}: {name} {value}", space.name());
                }
            }
        }
    }
}

/// The same network in another order of nodes or edges, if there is an obvious one.
fn reordered(space: &str, text: &str, random: &mut StdRng) -> Option<String> {
    let numbers = || text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let ids: Vec<usize> = numbers().collect();
    let tuple =
        |order: [usize; 6]| format!("({})", order.map(|place| ids[place].to_string()).join(", "));
    match space {
        "nasbench101" => Some(relabelled(&read(space, text).cells()[0], random)),
        // Nodes 1 and 2 change places where no edge is between.
        "nasbench201" => (ids[3] == 1).then(|| tuple([1, 0, 2, 3, 5, 4])),
        "transbench101-micro" => (ids[2] == 0).then(|| tuple([1, 0, 2, 3, 5, 4])),
        // The two edges into a node change places, and nodes 2 and 3 where neither reads the other.
        "nasbench301" => {
            let cell = |ids: &[usize]| {
                let mut pairs: Vec<[usize; 2]> =
                    ids.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
                if pairs[2][0] < 2 && pairs[3][0] < 2 {
                    pairs.swap(0, 2);
                    pairs.swap(1, 3);
                    for pair in &mut pairs[4..] {
                        pair[0] = [0, 1, 3, 2, 4][pair[0]];
                    }
                }
                pairs.chunks_mut(2).for_each(|pair| pair.swap(0, 1));
                let pairs: Vec<String> =
                    pairs.iter().map(|[from, op]| format!("({from}, {op})")).collect();
                format!("({})", pairs.join(", "))
            };
            Some(format!("({}, {})", cell(&ids[..16]), cell(&ids[16..])))
        }
        _ => None,
    }
}

#[test]
fn isomorphic_networks_have_the_same_values() {
    let mut random = StdRng::seed_from_u64(3);
    for name in ["nasbench101", "nasbench201", "nasbench301", "transbench101-micro"] {
        let set = set_of(space::by_name(name).unwrap());
        let mut differ = 0;
        for _ in 0..400 {
            let text = crate::networks::random(name, &mut random);
            let Some(other) = reordered(name, &text, &mut random) else { continue };
            let (network, other) = (read(name, &text), read(name, &other));
            differ += usize::from(other != network);
            assert_eq!(row_of(&set, &network), row_of(&set, &other), "{text}");
        }
        assert!(differ > 20, "{name}: {differ}");
    }
}
