//! Numbers of the live part of a cell (random walks, positions, successions, the signal): against a
//! naive oracle that lists all live paths, by hand, and of isomorphic networks.

#![allow(clippy::float_cmp, reason = "isomorphic networks have the same values")]

use std::collections::{BTreeMap, BTreeSet};

use crate::live_paths::{Nodes, described, paths, read, relabelled, row_of};
use graf::features::{FAMILIES, Family, FeatureConfig, FeatureSet, is_feature_name};
use graf::graph::Cell;
use graf::space::{self, Architecture, SPACES, SearchSpace};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

const ALL: [&str; 4] = ["random-walk", "position", "succession", "signal"];

fn set_of(space: &'static dyn SearchSpace, families: &[&str]) -> FeatureSet {
    let families = Some(families.iter().copied().map(str::to_owned).collect());
    let config = FeatureConfig { families, ..FeatureConfig::default() };
    FeatureSet::new(space, &config).unwrap()
}

/// The columns of a network with their values.
fn values(network: &Architecture) -> BTreeMap<String, f64> {
    let set = set_of(space::by_name(network.space()).unwrap(), &ALL);
    let row = row_of(&set, network);
    set.names().iter().cloned().zip(row).collect()
}

// ---- The oracle: all live paths, one by one. ----

/// What is known of an operation: its kind, its layers with weights and its growth.
fn facts(op: &str) -> (&str, usize, usize) {
    match op {
        "skip_connect" | "skip" => ("identity", 0, 0),
        "avg_pool_3x3" | "max_pool_3x3" | "maxpool3x3" => ("pooling", 0, 2),
        "nor_conv_1x1" | "conv1x1-bn-relu" | "fc" => ("parametric", 1, 0),
        "sep_conv_3x3" => ("parametric", 2, 4),
        "sep_conv_5x5" => ("parametric", 2, 8),
        "dil_conv_3x3" => ("parametric", 1, 4),
        "dil_conv_5x5" => ("parametric", 1, 8),
        "nor_conv_3x3" | "conv3x3-bn-relu" | "gat" | "gcn" | "gin" | "cheb" | "sage" | "arma"
        | "graph" => ("parametric", 1, 2),
        "plain" | "channel" | "stride" | "channel+stride" => ("parametric", 4, 8),
        other => panic!("no facts of {other}"),
    }
}

/// How much an operation counts under what stands in brackets.
fn weight(of: &str, op: &str, is_chain: bool) -> usize {
    match of {
        "length" => 1,
        "layers" => facts(op).1,
        "receptive_field" => facts(op).2,
        "parametric" | "pooling" | "identity" => usize::from(facts(op).0 == of),
        "spatial" => usize::from(facts(op).0 == "parametric" && facts(op).2 > 0),
        "doubling" => usize::from(is_chain && op.starts_with("channel")),
        "halving" => usize::from(is_chain && op.ends_with("stride")),
        _ => usize::from(op == of),
    }
}

struct Oracle<'a> {
    cell: &'a Cell,
    names: &'a [&'a str],
    is_chain: bool,
    paths: Vec<Nodes>,
    /// The edges of live paths.
    edges: BTreeSet<(usize, usize)>,
}

impl<'a> Oracle<'a> {
    fn new(cell: &'a Cell, space: &'a dyn SearchSpace) -> Self {
        let all = |input| paths(cell, input, space.zero_op());
        let paths: Vec<_> = (0..cell.inputs()).flat_map(all).collect();
        let steps = paths.iter().flat_map(|path| path.windows(2).map(|ends| (ends[0], ends[1])));
        let edges = steps.collect();
        Oracle { cell, names: space.operations(), is_chain: space.is_chain(), paths, edges }
    }

    /// The operation of an edge, or of a node.
    fn op_at(&self, from: usize, to: usize) -> Option<&'a str> {
        let op = if from == to {
            self.cell.node_ops().nth(from).unwrap()
        } else {
            self.cell.edge_op(from, to).unwrap()
        };
        op.map(|op| self.names[op.index()])
    }

    /// The places along a path: a node, an edge, a node, …
    fn places(path: &[usize]) -> Vec<(usize, usize)> {
        let first = (path[0], path[0]);
        let rest = path.windows(2).flat_map(|ends| [(ends[0], ends[1]), (ends[1], ends[1])]);
        std::iter::once(first).chain(rest).collect()
    }

    /// The operations on a path.
    fn ops(&self, path: &[usize]) -> Vec<&'a str> {
        Self::places(path).into_iter().filter_map(|(from, to)| self.op_at(from, to)).collect()
    }

    fn counts(&self, of: &str, op: &str) -> usize {
        weight(of, op, self.is_chain)
    }

    /// The sum of weights on a path.
    fn sum(&self, of: &str, path: &[usize]) -> f64 {
        self.ops(path).iter().map(|op| self.counts(of, op)).sum::<usize>() as f64
    }

    /// The sum over all paths of a number of each, times its weight.
    fn over(&self, weight: impl Fn(&[usize]) -> f64, number: impl Fn(&[usize]) -> f64) -> f64 {
        self.paths.iter().map(|path| weight(path) * number(path)).sum()
    }

    /// The mean over all paths.
    fn mean(&self, number: impl Fn(&[usize]) -> f64) -> f64 {
        self.over(|_| 1.0, number) / (self.paths.len().max(1) as f64)
    }

    /// The probability that a walk back takes a path.
    fn back(&self, path: &[usize]) -> f64 {
        let into = |node: usize| self.edges.iter().filter(|edge| edge.1 == node).count() as f64;
        path[1..].iter().map(|&node| 1.0 / into(node)).product()
    }

    /// The probability that a walk forward takes a path.
    fn forward(&self, path: &[usize]) -> f64 {
        let out = |node: usize| self.edges.iter().filter(|edge| edge.0 == node).count() as f64;
        let starts: BTreeSet<_> = self.paths.iter().map(|path| path[0]).collect();
        let steps: f64 = path[..path.len() - 1].iter().map(|&node| 1.0 / out(node)).product();
        steps / starts.len() as f64
    }

    /// The variance that an operation makes of another one.
    fn through(op: Option<&str>, variance: f64) -> f64 {
        match op.map(|op| facts(op).0) {
            Some("parametric") => 1.0,
            Some("pooling") => 0.5 * variance,
            _ => variance,
        }
    }

    /// The variance at a node, before its own operation.
    fn arrives(&self, node: usize) -> f64 {
        if node < self.cell.inputs() {
            return 1.0;
        }
        let edges = self.edges.iter().filter(|edge| edge.1 == node);
        edges.map(|&(from, to)| Self::through(self.op_at(from, to), self.leaves(from))).sum()
    }

    /// The variance at a node, behind its own operation.
    fn leaves(&self, node: usize) -> f64 {
        Self::through(self.op_at(node, node), self.arrives(node))
    }

    /// The share of the output's variance that has come along a path.
    fn share(&self, path: &[usize]) -> f64 {
        let steps = path.windows(2).map(|ends| (ends[0], ends[1]));
        let brought =
            |(from, to): (usize, usize)| Self::through(self.op_at(from, to), self.leaves(from));
        steps.map(|step| brought(step) / self.arrives(step.1)).product()
    }

    /// By what the gradient is multiplied at a place.
    fn gain(&self, (from, to): (usize, usize)) -> f64 {
        let read = if from == to { self.arrives(from) } else { self.leaves(from) };
        let op = self.op_at(from, to);
        let is_parametric = op.is_some_and(|op| facts(op).0 == "parametric");
        if is_parametric { 1.0 / read } else { Self::through(op, 1.0) }
    }

    /// The gradient at all places with weights.
    fn gradients(&self) -> f64 {
        // A place with all that is behind it on a path; the same on many paths, and counted once.
        let mut tails = BTreeSet::new();
        for path in &self.paths {
            let places = Self::places(path);
            for start in 0..places.len() {
                let (from, to) = places[start];
                if self.op_at(from, to).is_some_and(|op| facts(op).0 == "parametric") {
                    tails.insert(places[start..].to_vec());
                }
            }
        }
        tails.iter().map(|tail| tail[1..].iter().map(|&at| self.gain(at)).product::<f64>()).sum()
    }

    fn value(&self, family: &str, of: &str, part: &str) -> f64 {
        let is_of = |op: &str| self.counts(of, op) > 0;
        let sum = |path: &[usize]| self.sum(of, path);
        let back = |path: &[usize]| self.back(path);
        match (family, part) {
            ("random_walk", "back") => self.over(back, sum),
            ("random_walk", "forward") => self.over(|path| self.forward(path), sum),
            ("random_walk", "back_std") => {
                let mean = self.over(back, sum);
                self.over(back, |path| (sum(path) - mean).powi(2)).sqrt()
            }
            ("random_walk", "back_half") => self.over(back, |path| 0.5_f64.powf(sum(path))),
            ("random_walk", "back_four_fifths") => self.over(back, |path| 0.8_f64.powf(sum(path))),
            ("position", "before" | "behind") => {
                let mut found = Vec::new();
                for path in &self.paths {
                    let ops = self.ops(path);
                    for (place, _) in ops.iter().enumerate().filter(|(_, op)| is_of(op)) {
                        found.push(if part == "before" { place } else { ops.len() - 1 - place });
                    }
                }
                let count = found.len() as f64;
                if found.is_empty() { -1.0 } else { found.iter().sum::<usize>() as f64 / count }
            }
            ("position", part) if part.starts_with("first_") => {
                let most: usize = part["first_".len()..].parse().unwrap();
                self.mean(|path| {
                    self.ops(path).iter().take(most).filter(|op| is_of(op)).count() as f64
                })
            }
            ("position", part) => {
                let length: usize = part["length_".len()..].parse().unwrap();
                let paths = self.paths.iter().filter(|path| self.ops(path).len() == length);
                libm::log1p(paths.count() as f64)
            }
            ("succession", "last") => {
                self.mean(|path| f64::from(self.ops(path).last().is_some_and(|op| is_of(op))))
            }
            ("succession", "") => {
                let (first, second) = of.split_once('>').unwrap();
                self.mean(|path| {
                    let ops = self.ops(path);
                    let is_pair = |pair: &&[&str]| {
                        self.counts(first, pair[0]) > 0 && self.counts(second, pair[1]) > 0
                    };
                    ops.windows(2).filter(is_pair).count() as f64
                })
            }
            ("signal", part) => self.signal(of, part),
            other => panic!("no column {other:?}"),
        }
    }

    fn signal(&self, of: &str, part: &str) -> f64 {
        let share = |path: &[usize]| self.share(path);
        let last =
            |path: &[usize]| self.ops(path).into_iter().rfind(|op| facts(op).0 == "parametric");
        let gain = |path: &[usize]| {
            Self::places(path).into_iter().map(|at| self.gain(at)).product::<f64>()
        };
        match (of, part) {
            ("variance", _) if self.paths.is_empty() => 0.0,
            ("variance", _) => libm::log1p(self.arrives(self.cell.output())),
            ("input", "") => self.over(share, |path| f64::from(last(path).is_none())),
            ("gradient", "") => {
                // At the input it is the variance of the output.
                let (input, output) = (self.over(|_| 1.0, gain), self.arrives(self.cell.output()));
                assert!(self.paths.is_empty() || (input - output).abs() < 1e-9);
                libm::log1p(self.gradients())
            }
            (_, "used") => self.over(share, |path| self.sum(of, path)),
            (_, "last") => self.over(share, |path| {
                f64::from(last(path).is_some_and(|op| self.counts(of, op) > 0))
            }),
            other => panic!("no column {other:?}"),
        }
    }
}

/// The value of every column, worked out from its name.
#[track_caller]
fn check(set: &FeatureSet, network: &Architecture) {
    let space = set.space();
    let row = row_of(set, network);
    for (cell, shape) in network.cells().iter().zip(space.cells()) {
        let oracle = Oracle::new(cell, space);
        for (name, &value) in set.names().iter().zip(&row) {
            let Some(column) = name.strip_prefix(shape.prefix) else { continue };
            let (family, column) = column.split_once('(').unwrap();
            let (of, part) = column.split_once(')').unwrap();
            let expected = oracle.value(family, of, part.trim_start_matches('.'));
            assert!((value - expected).abs() < 1e-9, "{name}: {value}, {expected} of {network:?}");
        }
    }
}

#[test]
fn all_cells_of_micro_equal_the_oracle() {
    let set = set_of(space::by_name("transbench101-micro").unwrap(), &ALL);
    for network in set.space().enumerate().unwrap() {
        check(&set, &network.unwrap());
    }
}

#[test]
fn drawn_networks_equal_the_oracle() {
    for space in SPACES {
        let set = set_of(space, &ALL);
        let mut rng = StdRng::seed_from_u64(7);
        for _ in 0..200 {
            check(&set, &space.read(&crate::networks::random(space.name(), &mut rng)).unwrap());
        }
    }
}

// ---- By hand. ----

#[track_caller]
fn has(network: &Architecture, expected: &[(&str, f64)]) {
    let values = values(network);
    for (name, expected) in expected {
        let value = values.get(*name).unwrap_or_else(|| panic!("no column {name}"));
        assert!((value - expected).abs() < 1e-9, "{name}: {value}, {expected}");
    }
}

#[test]
fn operations_on_edges() {
    // 0→2→3 is skip, 1×1; 0→1→2→3 is 3×3, pooling, 1×1.
    let network = read("nasbench201", "(2, 0, 1, 4, 1, 3)");
    has(
        &network,
        &[
            // Back from 3 only to 2, from there to 0 or 1; forward from 0 to 1 or 2.
            ("random_walk(nor_conv_1x1).back", 1.0),
            ("random_walk(nor_conv_3x3).back", 0.5),
            ("random_walk(length).back", 2.5),
            ("random_walk(length).forward", 2.5),
            ("random_walk(parametric).back", 1.5),
            // 1 or 2 layers, and growths of 0 or 4, each as likely.
            ("random_walk(layers).back_std", 0.5),
            ("random_walk(layers).back_half", 0.375),
            ("random_walk(layers).back_four_fifths", 0.72),
            ("random_walk(receptive_field).back_std", 2.0),
            ("position(nor_conv_1x1).before", 1.5),
            ("position(nor_conv_1x1).behind", 0.0),
            ("position(avg_pool_3x3).before", 1.0),
            ("position(avg_pool_3x3).behind", 1.0),
            ("position(parametric).before", 1.0),
            ("position(parametric).first_1", 0.5),
            ("position(parametric).first_2", 1.0),
            ("position(parametric).first_3", 1.5),
            ("position(paths).length_1", 0.0),
            ("position(paths).length_2", libm::log1p(1.0)),
            ("position(paths).length_3", libm::log1p(1.0)),
            ("succession(parametric>pooling)", 0.5),
            ("succession(pooling>parametric)", 0.5),
            ("succession(identity>parametric)", 0.5),
            ("succession(parametric>parametric)", 0.0),
            ("succession(parametric).last", 1.0),
            // At 1 the variance is 1, at 2 it is 1 of the skip and 1/2 of the pooling, at 3 it is 1.
            ("signal(variance)", libm::log1p(1.0)),
            ("signal(input)", 0.0),
            ("signal(nor_conv_1x1).last", 1.0),
            ("signal(nor_conv_1x1).used", 1.0),
            ("signal(skip_connect).used", 2.0 / 3.0),
            ("signal(avg_pool_3x3).used", 1.0 / 3.0),
            ("signal(parametric).used", 4.0 / 3.0),
            ("signal(length).used", 7.0 / 3.0),
            ("signal(receptive_field).used", 4.0 / 3.0),
            // The gradient is 2/3 at 2, 1/3 at 1, and 2/3 + 1/3 at 0.
            ("signal(gradient)", libm::log1p(1.0 + 1.0 / 3.0)),
        ],
    );
    // 0→3 is skip beside 3×3, 3×3; the edge 0→2 leads nowhere.
    let network = read("nasbench201", "(2, 0, 0, 1, 2, 1)");
    has(
        &network,
        &[
            ("random_walk(skip_connect).back", 0.5),
            ("random_walk(layers).back_half", 0.625),
            ("position(avg_pool_3x3).before", -1.0),
            ("position(nor_conv_3x3).before", 0.5),
            ("succession(parametric>parametric)", 0.5),
            ("succession(identity).last", 0.5),
            ("signal(variance)", libm::log1p(2.0)),
            ("signal(input)", 0.5),
            ("signal(nor_conv_3x3).last", 0.5),
            ("signal(nor_conv_3x3).used", 1.0),
            ("signal(gradient)", libm::log1p(2.0)),
        ],
    );
}

#[test]
fn operations_on_nodes_and_an_edge_past_them() {
    // 0→1→2→4, 0→1→4, 0→3→4 and 0→4: 3×3, 1×1, pooling on the nodes 1 to 3.
    let network =
        read("nasbench101", "(0,1,0,1,1, 0,0,1,0,1, 0,0,0,0,1, 0,0,0,0,1, 0,0,0,0,0, 0,4,3,2,1)");
    has(
        &network,
        &[
            ("random_walk(conv3x3-bn-relu).back", 0.5),
            ("random_walk(conv3x3-bn-relu).forward", 1.0 / 3.0),
            ("random_walk(conv1x1-bn-relu).forward", 1.0 / 6.0),
            ("random_walk(layers).back_std", 0.6875_f64.sqrt()),
            ("position(conv3x3-bn-relu).behind", 0.5),
            ("position(paths).length_0", libm::log1p(1.0)),
            ("position(paths).length_1", libm::log1p(2.0)),
            ("succession(parametric>parametric)", 0.25),
            ("succession(parametric).last", 0.5),
            // At the output 1 of each convolution, 1/2 of the pooling, 1 of the input.
            ("signal(variance)", libm::log1p(3.5)),
            ("signal(input)", 3.0 / 7.0),
            ("signal(conv3x3-bn-relu).used", 4.0 / 7.0),
            ("signal(conv3x3-bn-relu).last", 2.0 / 7.0),
            // 1 + (1 + 1) + 1/2; at the 3×3's output the 1×1's, divided by 1, and the output's.
            ("signal(gradient)", libm::log1p(3.0)),
        ],
    );
}

#[test]
fn without_a_live_path() {
    for (space, text) in
        [("nasbench201", "(2, 3, 1, 1, 1, 1)"), ("transbench101-micro", "(0, 0, 0, 0, 3, 3)")]
    {
        for (name, value) in values(&read(space, text)) {
            let is_place = name.ends_with(".before") || name.ends_with(".behind");
            assert_eq!(value, if is_place { -1.0 } else { 0.0 }, "{name}");
        }
    }
}

// ---- Names and what they have in common. ----

#[test]
fn columns_of_each_space() {
    let counts = SPACES.map(|space| (space.name(), ALL.map(|name| set_of(space, &[name]).len())));
    let expected = [
        ("nasbench101", [18, 34, 6, 12]),
        ("nasbench201", [20, 28, 12, 13]),
        ("nasbench301", [60, 116, 24, 40]),
        ("transbench101-micro", [16, 23, 6, 11]),
        ("transbench101-macro", [7, 51, 11, 14]),
        ("nasbench-graph", [30, 70, 6, 25]),
    ];
    assert_eq!(counts, expected);
    for (place, family) in ALL.into_iter().enumerate() {
        for space in SPACES {
            let set = set_of(space, &[family]);
            let names: BTreeSet<_> = set.names().iter().collect();
            assert_eq!(names.len(), set.len(), "{}", space.name());
            for name in names {
                let owners = FAMILIES.into_iter().filter(|family| family.owns(name));
                let owners: Vec<_> = owners.map(Family::name).collect();
                assert_eq!(owners, [ALL[place].replace('-', "_")]);
                assert!(!name.contains([',', '"']) && !is_feature_name(name));
            }
        }
    }
}

#[test]
fn no_column_repeats_another_of_its_family() {
    // The networks of NAS-Bench-Graph have no path of skips only, nor one that starts with three.
    for space in SPACES.into_iter().filter(|space| space.name() != "nasbench-graph") {
        for family in ALL {
            let set = set_of(space, &[family]);
            let mut rng = StdRng::seed_from_u64(3);
            let networks: Vec<_> = (0..2000).map(|_| space.sample(&mut rng).unwrap()).collect();
            let matrix = set.matrix(&networks).unwrap();
            let mut seen = BTreeMap::new();
            for (name, column) in set.names().iter().zip(matrix.columns()) {
                let bits: Vec<_> = column.iter().map(|value| value.to_bits()).collect();
                assert!(bits.iter().any(|value| *value != bits[0]), "{name} is constant");
                assert_eq!(seen.insert(bits, name), None, "{name} of {}", space.name());
            }
        }
    }
}

#[test]
fn a_scratch_serves_other_spaces() {
    let network = read("nasbench201", "(2, 0, 1, 4, 1, 3)");
    let other = read("transbench101-micro", "(1, 0, 2, 3, 3, 3)");
    let sets = ["nasbench201", "transbench101-micro"]
        .map(|space| set_of(space::by_name(space).unwrap(), &ALL));
    let mut scratch = sets[0].scratch();
    for (set, network) in [(&sets[0], &network), (&sets[1], &other), (&sets[0], &network)] {
        let mut row = vec![f64::NAN; set.len()];
        set.compute(network, &mut scratch, &mut row).unwrap();
        assert_eq!(row, row_of(set, network));
    }
}

proptest! {
    #[test]
    fn isomorphic_cells_have_the_same_columns(seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let network = read("nasbench101", &crate::networks::random("nasbench101", &mut rng));
        let other = read("nasbench101", &relabelled(&network.cells()[0], &mut rng));
        prop_assert_eq!(values(&network), values(&other));
        // What lies on no path does not matter.
        prop_assert_eq!(values(&network), values(&network.pruned().unwrap()));
    }
}

// ---- Spaces that a file describes. ----

const WITHOUT_SIGNAL: [&str; 3] = ["random-walk", "position", "succession"];

#[test]
fn described_spaces_have_what_needs_no_knowledge_of_operations() {
    let mine = described(
        "name = 'flow201'\nzero_op = 'none'\nnodes = 4\nops_on = 'edges'\n\
         ops = ['skip_connect', 'none', 'nor_conv_3x3', 'nor_conv_1x1', 'avg_pool_3x3']\n\
         edges = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]",
    );
    let set = set_of(mine, &WITHOUT_SIGNAL);
    assert!(set.names().iter().all(|name| !name.contains("parametric")));
    assert!(set.names().contains(&"succession(skip_connect>nor_conv_3x3)".to_owned()));
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..100 {
        let text = crate::networks::random("nasbench201", &mut rng);
        check(&set, &mine.read(&text).unwrap());
        let row = row_of(&set, &mine.read(&text).unwrap());
        let all = values(&read("nasbench201", &text));
        for (name, value) in set.names().iter().zip(row) {
            if !name.starts_with("succession") {
                assert_eq!(all[name], value, "{name}");
            }
        }
    }
}

#[test]
fn a_described_chain() {
    let space = described(
        "name = 'flow-chain'\nnodes = 4\nops_on = 'edges'\nedges = 'chain'\nops = ['a', 'b']",
    );
    let set = set_of(space, &WITHOUT_SIGNAL);
    let row = row_of(&set, &space.read("(0, 0, 1)").unwrap());
    let expected = [
        ("random_walk(a).back", 2.0),
        ("random_walk(b).back", 1.0),
        ("position(a).before", 0.5),
        ("position(a).behind", 1.5),
        ("position(a).first_1", 1.0),
        ("position(a).first_2", 2.0),
        ("position(a).first_3", 2.0),
        ("position(b).before", 2.0),
        ("position(b).behind", 0.0),
        ("position(b).first_1", 0.0),
        ("position(b).first_2", 0.0),
        ("position(b).first_3", 1.0),
        ("succession(a>a)", 1.0),
        ("succession(a>b)", 1.0),
        ("succession(a).last", 0.0),
        ("succession(b>a)", 0.0),
        ("succession(b>b)", 0.0),
        ("succession(b).last", 1.0),
    ];
    let found: Vec<_> = set.names().iter().map(String::as_str).zip(row).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_described_space_with_many_operations() {
    let ops: Vec<_> = (0..32).map(|op| format!("'o{op}'")).collect();
    let space = described(&format!(
        "name = 'flow32'\nnodes = 16\nops_on = 'nodes'\nedges = 'free'\nops = [{}]",
        ops.join(", ")
    ));
    let set = set_of(space, &WITHOUT_SIGNAL);
    // All edges, and all operations the first: 2¹⁴ paths.
    let mut numbers = Vec::new();
    for from in 0..16 {
        numbers.extend((0..16).map(|to| u8::from(from < to).to_string()));
    }
    numbers.extend(std::iter::repeat_n("0".to_owned(), 14));
    let network = space.read(&format!("({})", numbers.join(", "))).unwrap();
    let row = row_of(&set, &network);
    let value = |name: &str| row[set.names().iter().position(|other| other == name).unwrap()];
    assert_eq!(value("position(o0).first_14"), 7.0);
    assert_eq!(value("position(o31).before"), -1.0);
    assert_eq!(value("position(paths).length_7"), libm::log1p(3432.0));
    assert_eq!(value("succession(o0>o0)"), f64::from(7 * 16384 - 16383) / 16384.0);
    assert_eq!(value("random_walk(length).back"), value("random_walk(o0).back"));
}

#[test]
fn where_they_are_not_defined() {
    let taken = described(
        "name = 'flow-taken'\nnodes = 3\nops_on = 'edges'\nops = ['a', 'length']\n\
         edges = [[0, 1], [0, 2], [1, 2]]",
    );
    let unknown = described(
        "name = 'flow-unknown'\nnodes = 3\nops_on = 'edges'\nops = ['a', 'b']\n\
         edges = [[0, 1], [0, 2], [1, 2]]",
    );
    for (space, family) in [(taken, "position"), (unknown, "signal")] {
        let families = Some(vec![family.to_owned()]);
        let config = FeatureConfig { families, ..FeatureConfig::default() };
        let error = FeatureSet::new(space, &config).unwrap_err().to_string();
        assert!(error.contains(&format!("`{family}` is not defined")), "{error}");
    }
}
