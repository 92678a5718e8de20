//! The encodings `one_hot`, `adjacency` and `path` against values worked out by hand and against
//! naive oracles.

#![allow(clippy::float_cmp, reason = "features are exact")]

use std::collections::BTreeSet;

use graf::features::{FeatureConfig, FeatureSet};
use graf::graph::{Cell, Op, Site};
use graf::space::{self, Architecture, SPACES};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn set(space: &str, family: &str) -> FeatureSet {
    let config =
        FeatureConfig { families: Some(vec![family.to_owned()]), ..FeatureConfig::default() };
    FeatureSet::new(space::by_name(space).unwrap(), &config).unwrap()
}

fn row(set: &FeatureSet, network: &Architecture) -> Vec<f64> {
    let mut row = vec![f64::NAN; set.len()];
    set.compute(network, &mut set.scratch(), &mut row).unwrap();
    row
}

/// The columns that are not 0, each with its value if that is not 1.
fn marked(space: &str, family: &str, text: &str) -> Vec<String> {
    let set = set(space, family);
    let network = set.space().read(text).unwrap();
    let cells = set.names().iter().zip(row(&set, &network)).filter(|(_, value)| *value != 0.0);
    let show = |(name, value): (&String, f64)| match value {
        1.0 => name.clone(),
        value => format!("{name}: {value}"),
    };
    cells.map(show).collect()
}

fn values(space: &str, family: &str, text: &str) -> Vec<f64> {
    let set = set(space, family);
    row(&set, &set.space().read(text).unwrap())
}

const CELL_101: &str = "(0,1,0,1,0, 0,0,1,0,1, 0,0,0,0,1, 0,0,0,0,1, 0,0,0,0,0, 0,4,3,2,1)";

#[test]
fn sizes() {
    for (space, one_hot, adjacency, path) in [
        ("nasbench101", 36, 26, Some(364)),
        ("nasbench201", 30, 6, Some(155)),
        ("nasbench301", 114, 114, Some(11_200)),
        ("transbench101-micro", 24, 6, Some(84)),
        ("transbench101-macro", 30, 6, None),
        ("nasbench-graph", 51, 19, Some(7_380)),
    ] {
        assert_eq!(set(space, "one_hot").len(), one_hot, "{space}");
        assert_eq!(set(space, "adjacency").len(), adjacency, "{space}");
        if let Some(path) = path {
            assert_eq!(set(space, "path").len(), path, "{space}");
        }
    }
    let config = FeatureConfig { families: Some(vec!["path".to_owned()]), ..Default::default() };
    let space = space::by_name("transbench101-macro").unwrap();
    let error = FeatureSet::new(space, &config).unwrap_err().to_string();
    assert!(error.contains("`path` is not defined for transbench101-macro"), "{error}");
}

#[test]
fn names_differ() {
    for space in SPACES {
        for family in ["one_hot", "adjacency", "path"] {
            if (space.name(), family) != ("transbench101-macro", "path") {
                let set = set(space.name(), family);
                let names: BTreeSet<_> = set.names().iter().collect();
                assert_eq!(names.len(), set.len());
                assert!(names.iter().all(|name| !name.contains([',', '"'])));
            }
        }
    }
}

#[test]
fn one_hot_by_hand() {
    let names = ["edge_0_1=nor_conv_3x3", "edge_0_2=skip_connect", "edge_0_3=none"];
    let rest = ["edge_1_2=avg_pool_3x3", "edge_1_3=none", "edge_2_3=nor_conv_1x1"];
    let expected: Vec<_> =
        names.iter().chain(&rest).map(|name| format!("one_hot({name})")).collect();
    assert_eq!(marked("nasbench201", "one_hot", "(2, 0, 1, 4, 1, 3)"), expected);
    // The five indicators of each edge, in the order of the ids.
    let ids: Vec<f64> = values("nasbench201", "one_hot", "(2, 0, 1, 4, 1, 3)");
    let place = |edge: &[f64]| edge.iter().position(|&value| value == 1.0).unwrap();
    assert_eq!(ids.chunks(5).map(place).collect::<Vec<_>>(), [2, 0, 1, 4, 1, 3]);

    let micro = values("transbench101-micro", "one_hot", "(1, 0, 2, 3, 3, 2)");
    assert_eq!(micro.chunks(4).map(place).collect::<Vec<_>>(), [1, 0, 2, 3, 3, 2]);
    let names = set("transbench101-micro", "one_hot").names().to_vec();
    assert_eq!(names[8], "one_hot(edge_1_2=none)");

    let short = values("transbench101-macro", "one_hot", "(1, 2, 4, 2, 0, 0)");
    assert_eq!(short.chunks(5).map(place).collect::<Vec<_>>(), [1, 2, 4, 2, 0, 0]);
    assert_eq!(short, values("transbench101-macro", "one_hot", "64-1242-basic"));
    let names = set("transbench101-macro", "one_hot").names().to_vec();
    assert_eq!(names[5..7], ["one_hot(stage_2=missing)", "one_hot(stage_2=plain)"]);
}

#[test]
fn missing_nodes_stand_before_the_output() {
    // Five nodes: 4, the output, becomes 6, and 4 and 5 are missing.
    let names = [
        "edge_0_1",
        "edge_0_3",
        "edge_1_2",
        "edge_1_6",
        "edge_2_6",
        "edge_3_6",
        "node_1=conv3x3-bn-relu",
        "node_2=conv1x1-bn-relu",
        "node_3=maxpool3x3",
    ];
    assert_eq!(
        marked("nasbench101", "one_hot", CELL_101),
        names.map(|name| format!("one_hot({name})"))
    );
    // The order of NASLib: the rows of the upper triangle, then maxpool, conv3x3, conv1x1.
    let entries = [
        [1., 0., 1., 0., 0., 0.].as_slice(),
        &[1., 0., 0., 0., 1.],
        &[0., 0., 0., 1.],
        &[0., 0., 1.],
        &[0., 0.],
        &[0.],
    ];
    let nodes = [[0., 1., 0.], [0., 0., 1.], [1., 0., 0.], [0.; 3], [0.; 3]];
    let expected = [entries.concat(), nodes.concat()].concat();
    assert_eq!(values("nasbench101", "one_hot", CELL_101), expected);
    let ids = [entries.concat(), vec![4., 3., 2., 0., 0.]].concat();
    assert_eq!(values("nasbench101", "adjacency", CELL_101), ids);
}

#[test]
fn adjacency_by_hand() {
    assert_eq!(values("nasbench201", "adjacency", "(2, 0, 1, 4, 1, 3)"), [2., 0., 1., 4., 1., 3.]);
    assert_eq!(values("transbench101-macro", "adjacency", "(1,2,4,2)"), [1., 2., 4., 2., 0., 0.]);
    let graph = values("nasbench-graph", "adjacency", "0122:gat|gcn|gin|skip");
    // 0→1, 1→2, 2→3, 2→4, 3→5, 4→5
    let entries =
        [[1., 0., 0., 0., 0.].as_slice(), &[1., 0., 0., 0.], &[1., 1., 0.], &[0., 1.], &[1.]];
    assert_eq!(graph, [entries.concat(), vec![0., 1., 2., 8.]].concat());
    let one_hot = marked("nasbench-graph", "one_hot", "0122:gat|gcn|gin|skip");
    assert_eq!(one_hot[6..8], ["one_hot(node_1=gat)", "one_hot(node_2=gcn)"]);
}

#[test]
fn darts_has_both_matrices_and_the_ids() {
    let normal = "((0,3),(1,3),(0,2),(2,3),(2,3),(0,3),(2,6),(3,5))";
    let reduce = "((0,3),(1,3),(1,1),(0,5),(2,3),(0,2),(4,4),(3,1))";
    let text = format!("({normal}, {reduce})");
    let row = values("nasbench301", "one_hot", &text);
    assert_eq!(row, values("nasbench301", "adjacency", &text));
    let (normal, reduce) = row.split_at(57);
    assert_eq!(normal[49..], [3., 3., 2., 3., 3., 3., 6., 5.]);
    assert_eq!(reduce[49..], [3., 3., 1., 5., 3., 2., 4., 1.]);
    // Node 0 is read by 2, 3 and 4; node 5 by the output.
    assert_eq!(normal[..7], [0., 0., 1., 1., 1., 0., 0.]);
    assert_eq!(normal[35..42], [0., 0., 0., 0., 0., 0., 1.]);
    let names = set("nasbench301", "one_hot").names().to_vec();
    assert_eq!(names[2], "normal.one_hot(edge_0_2)");
    assert_eq!(names[57 + 49], "reduce.one_hot(op_0)");
}

#[test]
fn paths_by_hand() {
    let paths = [
        "none",
        "skip_connect>nor_conv_1x1",
        "nor_conv_3x3>none",
        "nor_conv_3x3>avg_pool_3x3>nor_conv_1x1",
    ];
    let found: BTreeSet<_> =
        marked("nasbench201", "path", "(2, 0, 1, 4, 1, 3)").into_iter().collect();
    assert_eq!(found, paths.map(|path| format!("path({path})")).into());
    // NASLib's number of a path: the first operation counts up fastest.
    let row = values("nasbench201", "path", "(2, 0, 1, 4, 1, 3)");
    for place in [1, 5 + 3 * 5, 5 + 2 + 5, 30 + 2 + 4 * 5 + 3 * 25] {
        assert_eq!(row[place], 1.0, "{place}");
    }
    let found = marked("nasbench101", "path", CELL_101);
    let expected = ["conv3x3-bn-relu", "maxpool3x3", "conv3x3-bn-relu>conv1x1-bn-relu"]
        .map(|path| format!("path({path})"));
    assert_eq!(found, expected);
    let row = values("nasbench101", "path", CELL_101);
    assert_eq!([row[1], row[3], row[4 + 3]], [1.0; 3]);
    assert_eq!(marked("nasbench101", "path", "(0, 1, 0, 0, 0, 1)"), ["path()"]);
}

/// All lists of operations on paths from an input to the output, found node by node.
fn lists(cell: &Cell, input: usize) -> BTreeSet<Vec<Op>> {
    let nodes: Vec<_> = cell.node_ops().collect();
    let mut found = BTreeSet::new();
    let mut open = vec![(input, Vec::new())];
    while let Some((node, list)) = open.pop() {
        if node == cell.output() {
            found.insert(list);
            continue;
        }
        for (_, to, op) in cell.edges().filter(|edge| edge.0 == node) {
            let op = if cell.site() == Site::Nodes { nodes[to] } else { op };
            open.push((to, list.iter().copied().chain(op).collect()));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn paths_equal_the_oracle(place in 0..SPACES.len(), seed: u64) {
        let space = SPACES[place];
        prop_assume!(space.name() != "transbench101-macro");
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        let mut expected = BTreeSet::new();
        for (cell, shape) in network.cells().iter().zip(space.cells()) {
            for (input, name) in shape.inputs.iter().enumerate() {
                let end = if shape.inputs.len() == 1 { String::new() } else { format!(".{name}") };
                for list in lists(cell, input) {
                    let list: Vec<_> = list.iter().map(|op| space.operations()[op.index()]).collect();
                    expected.insert(format!("{}path({}){end}", shape.prefix, list.join(">")));
                }
            }
        }
        let found: BTreeSet<_> = marked(space.name(), "path", &text).into_iter().collect();
        prop_assert_eq!(found, expected, "{}", text);
    }

    #[test]
    fn the_first_encoding_comes_back_from_the_adjacency(place in 0..SPACES.len(), seed: u64) {
        let space = SPACES[place];
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        let row = values(space.name(), "adjacency", &text);
        let edges = |entries: &[f64]| entries.iter().filter(|&&entry| entry == 1.0).count();
        let numbers = |text: &str| -> Vec<f64> {
            let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
            digits.map(|part| part.parse().unwrap()).collect()
        };
        match space.name() {
            "nasbench201" | "transbench101-micro" => prop_assert_eq!(row, numbers(&text)),
            "transbench101-macro" => {
                let mut ids = numbers(&text);
                ids.resize(6, 0.0);
                prop_assert_eq!(row, ids);
            }
            "nasbench301" => {
                let cell = |cell: usize| row[57 * cell + 49..57 * (cell + 1)].to_vec();
                let ids = numbers(&text).chunks(2).map(|pair| pair[1]).collect::<Vec<_>>();
                prop_assert_eq!([cell(0), cell(1)].concat(), ids);
                prop_assert_eq!((edges(&row[..49]), edges(&row[57..106])), (12, 12));
            }
            "nasbench101" | "nasbench-graph" => {
                let entries = if space.name() == "nasbench101" { 21 } else { 15 };
                let cell = &network.cells()[0];
                prop_assert_eq!(edges(&row[..entries]), cell.edges().count());
            }
            other => prop_assert!(false, "{other}"),
        }
    }
}
