//! What is on live paths: against a naive oracle that lists them, against values worked out by hand,
//! and of isomorphic networks.

#![allow(clippy::float_cmp, reason = "counts are exact, and quotients of equal counts are equal")]

use std::collections::{BTreeMap, BTreeSet};

use crate::live_paths::{Nodes, described, paths, read, relabelled, row_of};
use graf::features::{FAMILIES, FeatureConfig, FeatureSet, SubsetLimit};
use graf::graph::{Cell, Op};
use graf::space::{self, Architecture, CellShape, SPACES, SearchSpace};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn set_of(space: &'static dyn SearchSpace, limit: Option<usize>) -> FeatureSet {
    let families = Some(vec!["path-stats".to_owned()]);
    let max_subset_size = limit.map(SubsetLimit::All);
    let config = FeatureConfig { families, max_subset_size, ..FeatureConfig::default() };
    FeatureSet::new(space, &config).unwrap()
}

/// The columns of a network with their values.
fn stats(network: &Architecture) -> BTreeMap<String, f64> {
    let set = set_of(space::by_name(network.space()).unwrap(), None);
    let row = row_of(&set, network);
    set.names().iter().cloned().zip(row).collect()
}

fn cell_spaces() -> impl Iterator<Item = &'static dyn SearchSpace> {
    SPACES.into_iter().filter(|space| !space.is_chain())
}

// ---- The oracle: all live paths, one by one. ----

/// What is known of an operation: its weights, its growth, and its three transfer weights.
fn facts(op: &str) -> (bool, usize, [f64; 3]) {
    match op {
        "skip_connect" | "skip" => (false, 0, [1.0, 1.0, 1.0]),
        "avg_pool_3x3" | "max_pool_3x3" | "maxpool3x3" => (false, 2, [1.0, 0.75, 0.5]),
        "nor_conv_1x1" | "conv1x1-bn-relu" | "fc" => (true, 0, [1.0, 1.25, 1.0]),
        "nor_conv_3x3" | "conv3x3-bn-relu" => (true, 2, [9.0, 1.5, 1.0]),
        "sep_conv_3x3" => (true, 4, [81.0, 1.5, 1.0]),
        "sep_conv_5x5" => (true, 8, [625.0, 1.75, 1.0]),
        "dil_conv_3x3" => (true, 4, [9.0, 1.5, 1.0]),
        "dil_conv_5x5" => (true, 8, [25.0, 1.75, 1.0]),
        "gat" | "gcn" | "gin" | "cheb" | "sage" | "arma" | "graph" => (true, 2, [3.0, 1.5, 1.0]),
        other => panic!("no facts of {other}"),
    }
}

struct Oracle<'a> {
    cell: &'a Cell,
    shape: &'a CellShape,
    names: &'a [&'a str],
    paths: Vec<Nodes>,
}

impl Oracle<'_> {
    /// The operations on a path, each with where it stands: an edge, or a node twice.
    fn ops<'a>(&'a self, path: &'a [usize]) -> Vec<(&'a str, (usize, usize))> {
        let node_ops: Vec<_> = self.cell.node_ops().collect();
        let nodes = path.iter().map(|&node| (node_ops[node], (node, node)));
        let edge = |ends: &[usize]| self.cell.edge_op(ends[0], ends[1]).unwrap();
        let edges = path.windows(2).map(|ends| (edge(ends), (ends[0], ends[1])));
        let named = |(op, at): (Option<Op>, _)| Some((self.names[op?.index()], at));
        nodes.chain(edges).filter_map(named).collect()
    }

    fn paths_from(&self, input: &str) -> Vec<&Nodes> {
        let place = self.shape.inputs.iter().position(|name| *name == input).unwrap();
        self.paths.iter().filter(|path| path[0] == place).collect()
    }

    /// For each path the sum of a number of its operations.
    fn sums(&self, number: impl Fn(&str) -> usize) -> Vec<usize> {
        let ops = self.paths.iter().map(|path| self.ops(path));
        ops.map(|ops| ops.iter().map(|(op, _)| number(op)).sum()).collect()
    }

    /// The places of an operation (or all) on live paths.
    fn places(&self, wanted: Option<&str>) -> BTreeSet<(usize, usize)> {
        let all = self.paths.iter().flat_map(|path| self.ops(path));
        all.filter(|(op, _)| wanted.is_none_or(|wanted| wanted == *op)).map(|(_, at)| at).collect()
    }

    /// Whether a live path leads from the first node to the second without a node between.
    fn is_step(&self, from: usize, to: usize) -> bool {
        self.paths.iter().any(|path| path.windows(2).any(|ends| ends == [from, to]))
    }

    fn is_at_input(&self, (from, to): (usize, usize)) -> bool {
        let inputs = 0..self.cell.inputs();
        if from == to {
            inputs.into_iter().any(|input| self.is_step(input, to))
        } else {
            inputs.contains(&from)
        }
    }

    fn is_at_output(&self, (from, to): (usize, usize)) -> bool {
        let output = self.cell.output();
        if from == to { self.is_step(from, output) } else { to == output }
    }

    fn width(&self) -> usize {
        let mut depths = BTreeMap::new();
        for path in &self.paths {
            for (depth, &node) in path.iter().enumerate() {
                let deepest = depths.entry(node).or_insert(0);
                *deepest = depth.max(*deepest);
            }
        }
        let between = self.cell.inputs()..self.cell.output();
        depths.retain(|node, _| between.contains(node));
        let at = |depth: usize| depths.values().filter(|&&other| other == depth).count();
        (0..Cell::MAX_NODES).map(at).max().unwrap()
    }

    /// The value of `path_stats(of).part`.
    fn value(&self, of: &str, part: &str) -> f64 {
        let count = self.paths.len();
        if part.starts_with("c_k-") {
            let from = self.paths_from(part.trim_end_matches("_mean"));
            let ops: usize = from.iter().map(|path| self.ops(path).len()).sum();
            return if of == "paths" { from.len() as f64 } else { mean(ops, from.len()) };
        }
        if of == "transfer" {
            let sum = ["a", "b", "c"].iter().position(|name| *name == part).unwrap();
            let product = |path: &Nodes| {
                self.ops(path).iter().map(|(op, _)| facts(op).2[sum]).product::<f64>()
            };
            return libm::log1p(self.paths.iter().map(product).sum());
        }
        let skips = self.sums(|op| usize::from(!op.starts_with("skip")));
        let weighted = self.sums(|op| usize::from(facts(op).0));
        let skip_paths = skips.iter().filter(|&&others| others == 0).count();
        match of {
            "paths" => return count as f64,
            "skip_paths" => return skip_paths as f64,
            "skip_beside_conv" => {
                return f64::from(skip_paths > 0 && weighted.iter().any(|&ops| ops > 0));
            }
            "live_ops" => return self.places(None).len() as f64,
            "width" => return self.width() as f64,
            _ => {}
        }
        let members: Vec<_> = of.split('+').collect();
        let sums = match of {
            "length" => self.sums(|_| 1),
            "parametric" => weighted,
            "receptive_field" => {
                self.sums(|op| facts(op).1).into_iter().map(|growth| growth + 1).collect()
            }
            _ => self.sums(|op| usize::from(members.contains(&op))),
        };
        let others = self.sums(|op| usize::from(!members.contains(&op)));
        let places = self.places(Some(of));
        match part {
            "min" => sums.iter().min().map_or(-1.0, |&sum| sum as f64),
            "max" => sums.iter().max().map_or(-1.0, |&sum| sum as f64),
            "total" => sums.iter().sum::<usize>() as f64,
            "mean" => mean(sums.iter().sum(), count),
            "share" => mean(sums.iter().filter(|&&sum| sum > 0).count(), count),
            "only" => others.iter().filter(|&&sum| sum == 0).count() as f64,
            "live" => places.len() as f64,
            "at_input" => places.into_iter().filter(|&at| self.is_at_input(at)).count() as f64,
            "at_output" => places.into_iter().filter(|&at| self.is_at_output(at)).count() as f64,
            other => panic!("no column {of} {other}"),
        }
    }
}

fn mean(sum: usize, count: usize) -> f64 {
    if count == 0 { 0.0 } else { sum as f64 / count as f64 }
}

/// The value of every column, worked out from its name.
#[track_caller]
fn check(set: &FeatureSet, network: &Architecture) {
    let space = set.space();
    let row = row_of(set, network);
    for (cell, shape) in network.cells().iter().zip(space.cells()) {
        let zero = space.zero_op();
        let paths = (0..cell.inputs()).flat_map(|input| paths(cell, input, zero)).collect();
        let oracle = Oracle { cell, shape, names: space.operations(), paths };
        for (name, value) in set.names().iter().zip(&row) {
            let Some(column) = name.strip_prefix(shape.prefix) else { continue };
            let column = column.strip_prefix("path_stats(").unwrap();
            let (of, part) = column.split_once(')').unwrap();
            let expected = oracle.value(of, part.trim_start_matches('.'));
            assert_eq!(*value, expected, "{name} of {network:?}");
        }
    }
}

#[test]
fn all_cells_of_nasbench201_and_micro_equal_the_oracle() {
    for space in ["nasbench201", "transbench101-micro"] {
        let set = set_of(space::by_name(space).unwrap(), None);
        for network in set.space().enumerate().unwrap() {
            check(&set, &network.unwrap());
        }
    }
}

#[test]
fn drawn_networks_equal_the_oracle() {
    for space in cell_spaces() {
        for limit in [None, Some(1)] {
            let set = set_of(space, limit);
            let mut rng = StdRng::seed_from_u64(5);
            for _ in 0..300 {
                check(&set, &space.sample(&mut rng).unwrap());
                check(&set, &space.read(&crate::networks::random(space.name(), &mut rng)).unwrap());
            }
        }
    }
}

// ---- By hand. ----

#[track_caller]
fn has(network: &Architecture, expected: &[(&str, f64)]) {
    let stats = stats(network);
    for (name, value) in expected {
        assert_eq!(stats.get(*name), Some(value), "{name}");
    }
}

#[test]
fn operations_on_edges() {
    // 0→2→3 is skip, 1×1; 0→1→2→3 is 3×3, pooling, 1×1.
    let network = read("nasbench201", "(2, 0, 1, 4, 1, 3)");
    has(
        &network,
        &[
            ("path_stats(paths)", 2.0),
            ("path_stats(length).min", 2.0),
            ("path_stats(length).max", 3.0),
            ("path_stats(length).mean", 2.5),
            ("path_stats(nor_conv_1x1).min", 1.0),
            ("path_stats(nor_conv_1x1).total", 2.0),
            ("path_stats(nor_conv_1x1).share", 1.0),
            ("path_stats(nor_conv_1x1).live", 1.0),
            ("path_stats(nor_conv_1x1).at_input", 0.0),
            ("path_stats(nor_conv_1x1).at_output", 1.0),
            ("path_stats(avg_pool_3x3).min", 0.0),
            ("path_stats(avg_pool_3x3).max", 1.0),
            ("path_stats(avg_pool_3x3).share", 0.5),
            ("path_stats(skip_connect).only", 0.0),
            ("path_stats(skip_connect+nor_conv_1x1).only", 1.0),
            ("path_stats(skip_connect+nor_conv_1x1).min", 1.0),
            ("path_stats(nor_conv_3x3+nor_conv_1x1).max", 2.0),
            ("path_stats(parametric).mean", 1.5),
            ("path_stats(parametric).share", 1.0),
            // 1 and 1 + 2 + 2
            ("path_stats(receptive_field).mean", 3.0),
            ("path_stats(skip_beside_conv)", 0.0),
            ("path_stats(transfer).a", libm::log1p(1.0 + 9.0)),
            ("path_stats(transfer).b", libm::log1p(1.25 + 1.5 * 0.75 * 1.25)),
            ("path_stats(transfer).c", libm::log1p(1.5)),
            ("path_stats(live_ops)", 4.0),
            ("path_stats(width)", 1.0),
        ],
    );
    // 0→3 is skip beside 3×3, 3×3; the edge 0→2 leads nowhere.
    let network = read("nasbench201", "(2, 0, 0, 1, 2, 1)");
    has(
        &network,
        &[
            ("path_stats(paths)", 2.0),
            ("path_stats(skip_connect).only", 1.0),
            ("path_stats(skip_connect).live", 1.0),
            ("path_stats(nor_conv_3x3).only", 1.0),
            ("path_stats(skip_beside_conv)", 1.0),
        ],
    );
}

#[test]
fn without_a_live_path() {
    for (space, text) in
        [("nasbench201", "(2, 3, 1, 1, 1, 1)"), ("transbench101-micro", "(0, 0, 0, 0, 3, 3)")]
    {
        for (name, value) in stats(&read(space, text)) {
            let is_extreme = matches!(name.rsplit_once('.'), Some((_, "min" | "max")));
            assert_eq!(value, if is_extreme { -1.0 } else { 0.0 }, "{name}");
        }
    }
}

#[test]
fn operations_on_nodes_and_an_edge_past_them() {
    // 0→1→2→4, 0→1→4, 0→3→4 and 0→4: 3×3, 1×1, pooling on the nodes 1 to 3.
    let network =
        read("nasbench101", "(0,1,0,1,1, 0,0,1,0,1, 0,0,0,0,1, 0,0,0,0,1, 0,0,0,0,0, 0,4,3,2,1)");
    has(
        &network,
        &[
            ("path_stats(paths)", 4.0),
            ("path_stats(length).min", 0.0),
            ("path_stats(length).mean", 1.0),
            ("path_stats(conv3x3-bn-relu).total", 2.0),
            ("path_stats(conv3x3-bn-relu).only", 2.0),
            ("path_stats(conv3x3-bn-relu).at_input", 1.0),
            ("path_stats(conv3x3-bn-relu).at_output", 1.0),
            ("path_stats(conv1x1-bn-relu).at_input", 0.0),
            ("path_stats(conv1x1-bn-relu+conv3x3-bn-relu).only", 3.0),
            ("path_stats(conv1x1-bn-relu+conv3x3-bn-relu).max", 2.0),
            ("path_stats(parametric).share", 0.5),
            ("path_stats(skip_paths)", 1.0),
            ("path_stats(skip_beside_conv)", 1.0),
            ("path_stats(transfer).a", libm::log1p(9.0 + 9.0 + 1.0 + 1.0)),
            ("path_stats(live_ops)", 3.0),
            ("path_stats(width)", 2.0),
        ],
    );
}

#[test]
fn a_cell_with_two_inputs() {
    let space = space::by_name("nasbench301").unwrap();
    // Into 2: sep3 from 0 and 1. Into 3: skip from 0, sep3 from 2. Into 4: sep3 from 2 and 0. Into 5:
    // dil5 from 2, dil3 from 3. Paths to the nodes 2 to 5: 2, 3, 3, 5; from the input 1: 1, 1, 1, 2.
    let network = space.read(space.example()).unwrap();
    has(
        &network,
        &[
            ("normal.path_stats(paths)", 13.0),
            ("normal.path_stats(paths).c_k-1", 5.0),
            ("normal.path_stats(paths).c_k-2", 8.0),
            // 1 + 2 + 2 + (2 + 3)
            ("normal.path_stats(length).c_k-1_mean", 2.0),
            ("normal.path_stats(length).max", 3.0),
            ("normal.path_stats(sep_conv_3x3).at_input", 3.0),
            ("normal.path_stats(skip_connect).only", 1.0),
            ("normal.path_stats(skip_beside_conv)", 1.0),
            // sep3, sep3, dil3: 1 + 4 + 4 + 4; sep3, dil5: 1 + 4 + 8.
            ("normal.path_stats(receptive_field).max", 13.0),
            ("normal.path_stats(receptive_field).min", 1.0),
            ("normal.path_stats(live_ops)", 8.0),
            ("normal.path_stats(width)", 2.0),
        ],
    );
    assert!(!stats(&network).keys().any(|name| name.ends_with("at_output")));
}

// ---- Names and what they have in common. ----

#[test]
fn columns_of_each_space() {
    let counts = SPACES.map(|space| (space.name(), set_of(space, None).len()));
    let expected = [
        ("nasbench101", 51),
        ("nasbench201", 68),
        ("nasbench301", 282),
        ("transbench101-micro", 48),
        ("transbench101-macro", 11),
        ("nasbench-graph", 206),
    ];
    assert_eq!(counts, expected);
    for space in SPACES {
        let set = set_of(space, None);
        let names: BTreeSet<_> = set.names().iter().collect();
        assert_eq!(names.len(), set.len(), "{}", space.name());
        for name in names {
            let owners: Vec<_> = FAMILIES.into_iter().filter(|family| family.owns(name)).collect();
            assert_eq!(
                owners.iter().map(|family| family.name()).collect::<Vec<_>>(),
                ["path_stats"]
            );
            assert!(!name.contains([',', '"']) && !graf::features::is_feature_name(name));
        }
    }
}

#[test]
fn no_column_repeats_another() {
    for name in ["nasbench101", "nasbench201", "transbench101-micro"] {
        let space = space::by_name(name).unwrap();
        let set = set_of(space, None);
        let mut rng = StdRng::seed_from_u64(3);
        let networks: Vec<_> = (0..3000).map(|_| space.sample(&mut rng).unwrap()).collect();
        let matrix = set.matrix(&networks).unwrap();
        let mut seen = BTreeMap::new();
        for (name, column) in set.names().iter().zip(matrix.columns()) {
            let bits: Vec<_> = column.iter().map(|value| value.to_bits()).collect();
            assert_eq!(seen.insert(bits, name), None, "{name}");
        }
    }
}

#[test]
fn a_scratch_serves_other_sets() {
    let space = space::by_name("nasbench201").unwrap();
    let network = read("nasbench201", "(2, 0, 1, 4, 1, 3)");
    let other = read("transbench101-micro", "(1, 0, 2, 3, 3, 3)");
    let sets = [set_of(space, None), set_of(space, Some(1))];
    let micro = set_of(space::by_name("transbench101-micro").unwrap(), None);
    let mut scratch = sets[0].scratch();
    for set in [&sets[0], &sets[1], &micro, &sets[0]] {
        let network = if set.space().name() == "nasbench201" { &network } else { &other };
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
        prop_assert_eq!(stats(&network), stats(&other));
        // What lies on no path does not matter.
        prop_assert_eq!(stats(&network), stats(&network.pruned().unwrap()));
    }
}

// ---- Spaces that a file describes. ----

#[test]
fn described_spaces_have_what_needs_no_knowledge_of_operations() {
    let mine = described(
        "name = 'stats201'\nzero_op = 'none'\nnodes = 4\nops_on = 'edges'\n\
         ops = ['skip_connect', 'none', 'nor_conv_3x3', 'nor_conv_1x1', 'avg_pool_3x3']\n\
         edges = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]",
    );
    let (theirs, set) = (space::by_name("nasbench201").unwrap(), set_of(mine, None));
    assert!(set.names().iter().all(|name| !name.contains("parametric")));
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..100 {
        let text = crate::networks::random("nasbench201", &mut rng);
        let row = row_of(&set, &mine.read(&text).unwrap());
        let all = stats(&theirs.read(&text).unwrap());
        for (name, value) in set.names().iter().zip(row) {
            assert_eq!(all[name], value, "{name}");
        }
    }
}

#[test]
fn a_described_space_with_many_operations() {
    let ops: Vec<_> = (0..32).map(|op| format!("'o{op}'")).collect();
    let space = described(&format!(
        "name = 'stats32'\nnodes = 16\nops_on = 'nodes'\nedges = 'free'\nops = [{}]",
        ops.join(", ")
    ));
    let set = set_of(space, None);
    // All edges, and all operations the first: 2¹⁴ paths.
    let mut numbers = Vec::new();
    for from in 0..16 {
        numbers.extend((0..16).map(|to| u8::from(from < to).to_string()));
    }
    numbers.extend(std::iter::repeat_n("0".to_owned(), 14));
    let network = space.read(&format!("({})", numbers.join(", "))).unwrap();
    let row = row_of(&set, &network);
    let value = |name: &str| row[set.names().iter().position(|other| other == name).unwrap()];
    assert_eq!(value("path_stats(paths)"), 16384.0);
    assert_eq!(value("path_stats(length).mean"), 7.0);
    assert_eq!(value("path_stats(o0).only"), 16384.0);
    assert_eq!(value("path_stats(o0).max"), 14.0);
    assert_eq!(value("path_stats(o1).only"), 1.0);
    assert_eq!(value("path_stats(o30+o31).only"), 1.0);
    assert_eq!(value("path_stats(width)"), 1.0);
}

#[test]
fn where_it_is_not_defined() {
    let chain = described(
        "name = 'stats-chain'\nnodes = 4\nops_on = 'edges'\nedges = 'chain'\nops = ['a', 'b']",
    );
    let taken = described(
        "name = 'stats-taken'\nnodes = 3\nops_on = 'edges'\nops = ['a', 'length']\n\
         edges = [[0, 1], [0, 2], [1, 2]]",
    );
    for space in [chain, taken] {
        let families = Some(vec!["path_stats".to_owned()]);
        let config = FeatureConfig { families, ..FeatureConfig::default() };
        let error = FeatureSet::new(space, &config).unwrap_err().to_string();
        assert!(error.contains("`path_stats` is not defined"), "{error}");
    }
}
