//! The features against a naive oracle, and against values worked out by hand.

#![allow(clippy::float_cmp, reason = "features are exact")]

use std::collections::BTreeMap;

use graf::features::{FeatureConfig, FeatureSet, Names, SubsetLimit};
use graf::graph::{Cell, Op, Site};
use graf::space::{self, Architecture, CellShape, SPACES, SearchSpace};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The features of a network by name.
fn features(network: &Architecture, config: &FeatureConfig) -> BTreeMap<String, f64> {
    let space = space::by_name(network.space()).unwrap();
    let features = FeatureSet::new(space, config).unwrap();
    let mut row = vec![f64::NAN; features.len()];
    features.compute(network, &mut features.scratch(), &mut row).unwrap();
    let by_name: BTreeMap<_, _> = features.names().iter().cloned().zip(row).collect();
    assert_eq!(by_name.len(), features.len(), "two columns have the same name");
    by_name
}

fn named(space: &str, text: &str) -> BTreeMap<String, f64> {
    let network = space::by_name(space).unwrap().read(text).unwrap();
    features(&network, &FeatureConfig::default())
}

// ---- The oracle: one set at a time, by the definitions, over all paths. ----

/// All paths from an input to the output, as lists of nodes.
fn paths(cell: &Cell, input: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut open = vec![vec![input]];
    while let Some(path) = open.pop() {
        let last = *path.last().unwrap();
        if last == cell.output() {
            found.push(path);
            continue;
        }
        for (from, to, _) in cell.edges() {
            if from == last {
                let mut longer = path.clone();
                longer.push(to);
                open.push(longer);
            }
        }
    }
    found
}

/// The operations on a path.
fn ops_on(cell: &Cell, path: &[usize]) -> Vec<Op> {
    let nodes: Vec<_> = cell.node_ops().collect();
    let on_nodes = path.iter().filter_map(|&node| nodes[node]);
    let on_edges = path.windows(2).filter_map(|ends| cell.edge_op(ends[0], ends[1]).unwrap());
    on_nodes.chain(on_edges).collect()
}

/// All non-empty sets of up to `size` operations.
fn sets(ops: usize, size: usize) -> Vec<Vec<usize>> {
    let members = |set: usize| (0..ops).filter(|op| set >> op & 1 == 1).collect::<Vec<_>>();
    (1..1 << ops).map(members).filter(|set| set.len() <= size).collect()
}

fn oracle(network: &Architecture, size: usize) -> BTreeMap<String, f64> {
    let space = space::by_name(network.space()).unwrap();
    let ops = space.operations();
    let mut values = BTreeMap::new();
    for (cell, shape) in network.cells().iter().zip(space.cells()) {
        for (index, op) in ops.iter().enumerate() {
            let count = cell.ops().filter(|op| op.index() == index).count();
            values.insert(format!("{}op_count({op})", shape.prefix), count as f64);
        }
        for set in sets(ops.len(), size) {
            let name = set.iter().map(|&op| ops[op]).collect::<Vec<_>>().join("+");
            let allowed = |op: Op| set.contains(&op.index());
            for (input, input_name) in shape.inputs.iter().enumerate() {
                let end = if shape.inputs.len() == 1 { "" } else { input_name };
                let dot = if end.is_empty() { "" } else { "." };
                let open = paths(cell, input)
                    .into_iter()
                    .filter(|path| ops_on(cell, path).into_iter().all(allowed));
                let open: Vec<_> = open.collect();
                let shortest = open.iter().map(|path| path.len() - 1).min();
                let longest = open.iter().map(|path| ops_on(cell, path).len()).max();
                values.insert(
                    format!("{}min_path_len({name}){dot}{end}", shape.prefix),
                    shortest.unwrap_or(cell.nodes()) as f64,
                );
                values.insert(
                    format!("{}max_op_on_path({name}){dot}{end}", shape.prefix),
                    longest.map_or(-1.0, |ops| ops as f64),
                );
            }
            for (part, value) in degrees(cell, shape, &allowed) {
                values.insert(format!("{}node_degree({name}).{part}", shape.prefix), value);
            }
        }
    }
    values
}

fn degrees(cell: &Cell, shape: &CellShape, allowed: &impl Fn(Op) -> bool) -> Vec<(String, f64)> {
    let node_ops: Vec<_> = cell.node_ops().collect();
    let is_allowed = |op: Option<Op>| op.is_some_and(allowed);
    // For each edge whether it counts as one that leaves, and as one that enters a node.
    let counts = |(from, to, op): (usize, usize, Option<Op>)| match cell.site() {
        Site::Edges => (is_allowed(op), is_allowed(op)),
        Site::Nodes => (is_allowed(node_ops[to]), is_allowed(node_ops[from])),
    };
    let count = |wanted: &dyn Fn(usize, usize, bool, bool) -> bool| {
        let edges = cell.edges().filter(|&edge| {
            let (leaving, entering) = counts(edge);
            wanted(edge.0, edge.1, leaving, entering)
        });
        edges.count() as f64
    };
    let mut values = Vec::new();
    for (input, name) in shape.inputs.iter().enumerate() {
        let value = count(&|from, _, leaving, _| from == input && leaving);
        values.push((format!("{name}_out"), value));
    }
    let output_in = count(&|_, to, _, entering| to == cell.output() && entering);
    if shape.silent_output {
        assert_eq!(output_in, 0.0);
    } else {
        values.push(("output_in".to_owned(), output_in));
    }
    let mean_out = count(&|_, _, leaving, _| leaving) / cell.nodes() as f64;
    let mean_in = count(&|_, _, _, entering| entering) / cell.nodes() as f64;
    if cell.site() == Site::Edges {
        assert_eq!(mean_in, mean_out);
        values.push(("mean".to_owned(), mean_in));
    } else {
        values.push(("mean_in".to_owned(), mean_in));
        values.push(("mean_out".to_owned(), mean_out));
    }
    values
}

fn cell_spaces() -> impl Strategy<Value = &'static dyn SearchSpace> {
    let cells = SPACES.into_iter().filter(|space| space.name() != "transbench101-macro");
    proptest::sample::select(cells.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_bit_parallel_walk_equals_the_oracle(space in cell_spaces(), seed: u64) {
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        let families = ["op_count", "min_path_len", "max_op_on_path", "node_degree"];
        let config = FeatureConfig {
            families: Some(families.map(str::to_owned).to_vec()),
            ..FeatureConfig::default()
        };
        let size = if space.operations().len() > 7 { 2 } else { space.operations().len() };
        prop_assert_eq!(features(&network, &config), oracle(&network, size), "{}", text);
    }

    #[test]
    fn more_sets_than_bits_in_a_word(seed: u64) {
        let space = space::by_name("nasbench-graph").unwrap();
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        let config = FeatureConfig {
            max_subset_size: Some(SubsetLimit::All(9)),
            ..FeatureConfig::default()
        };
        prop_assert_eq!(features(&network, &config), oracle(&network, 9), "{}", text);
    }
}

#[test]
fn a_row_does_not_depend_on_the_rows_before_it() {
    for space in SPACES {
        let features = FeatureSet::new(space, &FeatureConfig::default()).unwrap();
        let mut rng = StdRng::seed_from_u64(7);
        let networks: Vec<_> = (0..200)
            .map(|_| space.read(&crate::networks::random(space.name(), &mut rng)).unwrap())
            .collect();
        let matrix = features.matrix(&networks).unwrap();
        for (network, row) in networks.iter().zip(matrix.outer_iter()) {
            let mut alone = vec![f64::NAN; features.len()];
            features.compute(network, &mut features.scratch(), &mut alone).unwrap();
            assert_eq!(row.to_vec(), alone, "{}", space.name());
        }
    }
}

// ---- By hand. ----

#[test]
fn nasbench201_by_hand() {
    // 1→2 conv3x3, 1→3 skip, 1→4 none, 2→3 pool, 2→4 none, 3→4 conv1x1
    let row = named("nasbench201", "(2, 0, 1, 4, 1, 3)");
    let expected = [
        ("op_count(none)", 2.0),
        ("op_count(avg_pool_3x3)", 1.0),
        ("min_path_len(none)", 1.0),
        ("min_path_len(skip_connect+nor_conv_1x1)", 2.0),
        ("min_path_len(nor_conv_3x3)", 4.0), // no path
        ("min_path_len(nor_conv_3x3+nor_conv_1x1+avg_pool_3x3)", 3.0),
        ("max_op_on_path(skip_connect)", -1.0),
        ("max_op_on_path(none+nor_conv_3x3)", 2.0),
        ("max_op_on_path(skip_connect+none+nor_conv_3x3+nor_conv_1x1+avg_pool_3x3)", 3.0),
        ("node_degree(none).input_out", 1.0),
        ("node_degree(none).output_in", 2.0),
        ("node_degree(none).mean", 0.5),
        ("node_degree(nor_conv_3x3+nor_conv_1x1).mean", 0.5),
        ("node_degree(nor_conv_3x3+nor_conv_1x1).output_in", 1.0),
    ];
    for (name, value) in expected {
        assert_eq!(row[name], value, "{name}");
    }
}

#[test]
fn nasbench101_by_hand() {
    // input → conv3x3 → maxpool → output, input → output, input → conv1x1 (a dead end)
    let text = "(0, 1, 0, 1, 1,  0, 0, 1, 0, 0,  0, 0, 0, 0, 1,  0, 0, 0, 0, 0,  0, 0, 0, 0, 0,
                 0, 4, 2, 3, 1)";
    let row = named("nasbench101", text);
    let expected = [
        ("op_count(conv1x1-bn-relu)", 1.0),
        ("min_path_len(maxpool3x3)", 1.0), // the direct edge needs no operation
        ("max_op_on_path(maxpool3x3)", 0.0),
        ("max_op_on_path(maxpool3x3+conv3x3-bn-relu)", 2.0),
        ("node_degree(conv3x3-bn-relu).input_out", 1.0),
        ("node_degree(conv3x3-bn-relu).output_in", 0.0),
        ("node_degree(maxpool3x3).output_in", 1.0),
        ("node_degree(maxpool3x3).mean_in", 1.0 / 5.0), // pool → output
        ("node_degree(conv1x1-bn-relu).mean_out", 1.0 / 5.0), // input → conv1x1
        ("node_degree(conv1x1-bn-relu).mean_in", 0.0),
    ];
    for (name, value) in expected {
        assert_eq!(row[name], value, "{name}");
    }
}

#[test]
fn stages_by_hand() {
    let row = named("transbench101-macro", "64-1424-basic");
    let values = |names: &[&str]| names.iter().map(|&name| row[name]).collect::<Vec<_>>();
    let counts = ["plain", "channel", "stride", "channel+stride"];
    let counts = counts.map(|kind| format!("stage_count({kind})"));
    assert_eq!(values(&counts.each_ref().map(String::as_str)), [1.0, 1.0, 0.0, 2.0]);
    assert_eq!(values(&["channel_at(1)", "channel_at(2)", "channel_at(6)"]), [0.0, 1.0, 3.0]);
    assert_eq!(values(&["stride_at(2)", "stride_at(3)", "stride_at(6)"]), [1.0, 1.0, 2.0]);
}

#[test]
fn darts_by_hand() {
    // normal: every node reads both inputs through sep_conv_3x3; reduction: a chain of skips.
    let normal = "((0,3),(1,3),(0,3),(1,3),(0,3),(1,3),(0,3),(1,3))";
    let reduce = "((0,2),(1,2),(1,0),(2,2),(1,0),(3,2),(1,0),(4,2))";
    let row = named("nasbench301", &format!("({normal},{reduce})"));
    let expected = [
        ("normal.op_count(sep_conv_3x3)", 8.0),
        ("normal.max_op_on_path(sep_conv_3x3).c_k-2", 1.0),
        ("normal.max_op_on_path(skip_connect).c_k-1", -1.0),
        ("reduce.max_op_on_path(skip_connect).c_k-2", 4.0),
        ("reduce.max_op_on_path(max_pool_3x3).c_k-2", -1.0),
        ("reduce.max_op_on_path(max_pool_3x3).c_k-1", 1.0),
        ("normal.node_degree(sep_conv_3x3).c_k-1_out", 4.0),
        ("normal.node_degree(sep_conv_3x3).mean", 8.0 / 7.0),
        ("reduce.node_degree(max_pool_3x3).c_k-1_out", 3.0),
    ];
    for (name, value) in expected {
        assert_eq!(row[name], value, "{name}");
    }
    assert!(!row.contains_key("normal.min_path_len(skip_connect).c_k-2"), "the paper has none");
}

#[test]
fn configurations_choose_columns() {
    let space = space::by_name("nasbench201").unwrap();
    let count = |text: &str| {
        let config = FeatureConfig::parse(text, true).unwrap();
        FeatureSet::new(space, &config).map(|features| features.len())
    };
    assert_eq!(count(""), Ok(5 + 31 + 31 + 31 * 3));
    assert_eq!(count("max_subset_size = { node_degree = 1 }"), Ok(5 + 31 + 31 + 5 * 3));
    assert_eq!(count("max_subset_size = 2"), Ok(5 + 15 + 15 + 15 * 3));
    assert_eq!(count("families = ['op_count']"), Ok(5));
    assert_eq!(count("names = 'zc-combine'"), Ok(191));
    assert_eq!(count("also = ['one-hot', 'op_count', 'params']"), Ok(160 + 30 + 1));
    assert_eq!(count("families = ['one_hot']\nalso = ['one-hot']"), Ok(30));
    assert_eq!(count("max_subset_size = { node-degree = 1 }"), Ok(5 + 31 + 31 + 5 * 3));
    // Up to two operations are banned: none, one of five, two of five.
    let banned = "names = 'zc-combine'\nfamilies = ['min_path_len']\nmax_subset_size = 2";
    assert_eq!(count(banned), Ok(1 + 5 + 10));
    let error = |text: &str| count(text).unwrap_err().to_string();
    assert!(error("families = ['op_cuont']").contains("unknown feature family `op_cuont`"));
    assert!(error("families = ['stages']").contains("not defined for nasbench201"));
    assert!(error("families = ['op_count', 'op_count']").contains("named twice"));
    assert!(error("families = ['one-hot', 'one_hot']").contains("named twice"));
    assert!(error("also = ['stages']").contains("not defined for nasbench201"));
    assert!(error("also = ['path']\nnames = 'zc-combine'").contains("zc_combine has no path"));
    assert!(error("families = []").contains("no feature family is chosen"));
    assert!(error("max_subset_size = 0").contains("1 to 5"));
    assert!(FeatureConfig::parse("familie = 3", true).is_err());
    let short = FeatureConfig::preset("short").unwrap();
    assert_eq!(FeatureSet::new(space, &short).unwrap().len(), 5 + 31 + 31 + 15);
}

#[test]
fn the_paper_repository_has_no_nas_bench_graph() {
    let config = FeatureConfig { names: Names::ZcCombine, ..FeatureConfig::default() };
    let space = space::by_name("nasbench-graph").unwrap();
    let error = FeatureSet::new(space, &config).unwrap_err().to_string();
    assert!(error.contains("not defined for nasbench-graph"), "{error}");
}

#[test]
fn another_spaces_network_is_refused() {
    let space = space::by_name("nasbench201").unwrap();
    let features = FeatureSet::new(space, &FeatureConfig::default()).unwrap();
    let other = space::by_name("transbench101-micro").unwrap().read("(1,0,2,3,3,3)").unwrap();
    let mut row = vec![0.0; features.len()];
    assert!(features.compute(&other, &mut features.scratch(), &mut row).is_err());
    let own = space.read("(1,0,2,3,3,3)").unwrap();
    assert!(features.compute(&own, &mut features.scratch(), &mut row[1..]).is_err());
}
