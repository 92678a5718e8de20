//! Weisfeiler–Lehman labels against values worked out by hand and a naive oracle.

#![allow(clippy::float_cmp, reason = "counts are exact")]

use std::collections::BTreeMap;

use graf::features::{FeatureConfig, FeatureError, FeatureSet, Names};
use graf::graph::Cell;
use graf::space::{self, Architecture, CellShape, SPACES, SearchSpace};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::algo::has_path_connecting;
use petgraph::graph::DiGraph;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

type Counts = BTreeMap<String, usize>;

fn config(learned: &[String]) -> FeatureConfig {
    let families = Some(vec!["wl".to_owned()]);
    FeatureConfig { families, learned: learned.to_vec(), ..FeatureConfig::default() }
}

fn set(space: &str, learned: &[String]) -> FeatureSet {
    FeatureSet::new(space::by_name(space).unwrap(), &config(learned)).unwrap()
}

fn read(space: &str, text: &str) -> Architecture {
    space::by_name(space).unwrap().read(text).unwrap()
}

fn counted(labels: impl IntoIterator<Item = String>) -> Counts {
    let mut counts = Counts::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    counts
}

/// The labels of a network.
fn counts(network: &Architecture) -> Counts {
    let set = set(network.space(), &[]);
    counted(set.labels_of(network, &mut set.scratch()).unwrap())
}

fn some(space: &str, seed: u64, count: usize) -> Vec<Architecture> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|_| read(space, &crate::networks::random(space, &mut rng))).collect()
}

// ---- By hand. ----

#[track_caller]
fn has(space: &str, text: &str, expected: &[(&str, usize)]) {
    let expected: Counts =
        expected.iter().map(|&(label, count)| (label.to_owned(), count)).collect();
    assert_eq!(counts(&read(space, text)), expected, "{text}");
}

#[test]
fn operations_on_nodes() {
    has(
        "nasbench101",
        "(0,1,0,1,0, 0,0,1,0,1, 0,0,0,0,1, 0,0,0,0,1, 0,0,0,0,0, 0,4,3,2,1)",
        &[
            ("wl(input)", 1),
            ("wl(input>maxpool3x3+conv3x3-bn-relu)", 1),
            ("wl(conv3x3-bn-relu)", 1),
            ("wl(conv3x3-bn-relu>conv1x1-bn-relu+output)", 1),
            ("wl(conv1x1-bn-relu)", 1),
            ("wl(conv1x1-bn-relu>output)", 1),
            ("wl(maxpool3x3)", 1),
            ("wl(maxpool3x3>output)", 1),
            ("wl(output)", 1),
            ("wl(output>)", 1),
        ],
    );
}

#[test]
fn a_node_off_every_path_has_no_label() {
    // Node 2 is a dead end.
    has(
        "nasbench101",
        "(0,1,1,0, 0,0,0,1, 0,0,0,0, 0,0,0,0, 0,4,3,1)",
        &[
            ("wl(input)", 1),
            ("wl(input>conv3x3-bn-relu)", 1),
            ("wl(conv3x3-bn-relu)", 1),
            ("wl(conv3x3-bn-relu>output)", 1),
            ("wl(output)", 1),
            ("wl(output>)", 1),
        ],
    );
}

#[test]
fn operations_on_edges_without_none_and_what_it_cuts_off() {
    // The edge 0→1 leads to 1→2 and 1→3, which are none: only 0→2→3 and 0→3 are left.
    has(
        "nasbench201",
        "(2, 0, 2, 1, 1, 4)",
        &[
            ("wl(input)", 1),
            ("wl(input>skip_connect+nor_conv_3x3)", 1),
            ("wl(skip_connect)", 1),
            ("wl(skip_connect>avg_pool_3x3)", 1),
            ("wl(nor_conv_3x3)", 1),
            ("wl(nor_conv_3x3>output)", 1),
            ("wl(avg_pool_3x3)", 1),
            ("wl(avg_pool_3x3>output)", 1),
            ("wl(output)", 1),
            ("wl(output>)", 1),
        ],
    );
    let nothing = [("wl(input)", 1), ("wl(input>)", 1), ("wl(output)", 1), ("wl(output>)", 1)];
    has("nasbench201", "(1, 1, 1, 1, 1, 1)", &nothing);
    has("transbench101-micro", "(0, 0, 0, 0, 0, 0)", &nothing);
    // In TransNAS-Bench-101 micro `none` is 0.
    let counts = counts(&read("transbench101-micro", "(3, 0, 0, 0, 3, 0)"));
    assert_eq!(counts["wl(nor_conv_3x3>nor_conv_3x3)"], 1);
}

#[test]
fn equal_successors_are_counted() {
    // All three edges that leave the input carry a 3×3 convolution.
    let counts = counts(&read("nasbench201", "(2, 2, 2, 4, 4, 0)"));
    assert_eq!(counts["wl(input>nor_conv_3x3+nor_conv_3x3+nor_conv_3x3)"], 1);
    assert_eq!(counts["wl(nor_conv_3x3)"], 3);
    assert_eq!(counts["wl(nor_conv_3x3>avg_pool_3x3+avg_pool_3x3)"], 1);
}

#[test]
fn chains() {
    has(
        "transbench101-macro",
        "(1, 2, 4, 2)",
        &[
            ("wl(input)", 1),
            ("wl(input>plain)", 1),
            ("wl(plain)", 1),
            ("wl(plain>channel)", 1),
            ("wl(channel)", 2),
            ("wl(channel>channel+stride)", 1),
            ("wl(channel+stride)", 1),
            ("wl(channel+stride>channel)", 1),
            ("wl(channel>output)", 1),
            ("wl(output)", 1),
            ("wl(output>)", 1),
        ],
    );
}

#[test]
fn darts_cells_have_prefixes_and_two_inputs() {
    let space = space::by_name("nasbench301").unwrap();
    let counts = counts(&space.read(space.example()).unwrap());
    // Node 2 sums two separable convolutions, both of which lead to the same.
    let label = "normal.wl(sep_conv_3x3>sep_conv_3x3+sep_conv_3x3+dil_conv_5x5+output)";
    assert_eq!(counts[label], 2);
    assert_eq!(counts["normal.wl(c_k-2>skip_connect+sep_conv_3x3+sep_conv_3x3)"], 1);
    assert_eq!(counts["reduce.wl(c_k-1>avg_pool_3x3+sep_conv_3x3)"], 1);
    assert!(
        counts.keys().all(|label| label.starts_with("normal.") || label.starts_with("reduce."))
    );
}

// ---- The oracle: the graph of operations, made by contracting what has no label. ----

/// The place of a label among the successors, and its text.
type Named = (usize, String);

fn op_graph(cell: &Cell, shape: &CellShape, space: &dyn SearchSpace) -> DiGraph<Named, ()> {
    let ops = space.operations();
    let named = |op: graf::graph::Op| (op.index(), ops[op.index()].to_owned());
    let mut graph: DiGraph<Option<Named>, ()> = DiGraph::new();
    let nodes: Vec<_> = cell
        .node_ops()
        .enumerate()
        .map(|(node, op)| {
            let end = if node == cell.output() {
                Some((ops.len(), "output".to_owned()))
            } else {
                shape.inputs.get(node).map(|name| (usize::MAX, (*name).to_owned()))
            };
            graph.add_node(end.or(op.map(named)))
        })
        .collect();
    for (from, to, op) in cell.edges() {
        match op {
            Some(op) if Some(op) == space.zero_op() => {}
            Some(op) => {
                let middle = graph.add_node(Some(named(op)));
                graph.add_edge(nodes[from], middle, ());
                graph.add_edge(middle, nodes[to], ());
            }
            None => {
                graph.add_edge(nodes[from], nodes[to], ());
            }
        }
    }
    let (inputs, output) = (nodes[..cell.inputs()].to_vec(), nodes[cell.output()]);
    let whole = graph.clone();
    let is_kept = |node| {
        let reached = inputs.iter().any(|&input| has_path_connecting(&whole, input, node, None));
        let is_on_path = reached && has_path_connecting(&whole, node, output, None);
        is_on_path || inputs.contains(&node) || node == output
    };
    let kept: Vec<_> = whole.node_indices().map(is_kept).collect();
    graph.retain_nodes(|_, node| kept[node.index()]);
    while let Some(node) = graph.node_indices().find(|&node| graph[node].is_none()) {
        let before: Vec<_> = graph.neighbors_directed(node, Incoming).collect();
        let after: Vec<_> = graph.neighbors_directed(node, Outgoing).collect();
        for &from in &before {
            for &to in &after {
                graph.add_edge(from, to, ());
            }
        }
        graph.remove_node(node);
    }
    graph.map(|_, name| name.clone().unwrap(), |_, ()| ())
}

fn oracle(network: &Architecture) -> Counts {
    let space = space::by_name(network.space()).unwrap();
    let mut labels = Vec::new();
    for (cell, shape) in network.cells().iter().zip(space.cells()) {
        let graph = op_graph(cell, shape, space);
        for node in graph.node_indices() {
            let (prefix, own) = (shape.prefix, &graph[node].1);
            let mut next: Vec<_> = graph.neighbors(node).map(|next| graph[next].clone()).collect();
            next.sort();
            let next: Vec<_> = next.into_iter().map(|(_, name)| name).collect();
            labels.push(format!("{prefix}wl({own})"));
            labels.push(format!("{prefix}wl({own}>{})", next.join("+")));
        }
    }
    counted(labels)
}

#[test]
fn labels_are_those_of_the_oracle() {
    for space in SPACES {
        for network in some(space.name(), 1, 500) {
            assert_eq!(counts(&network), oracle(&network), "{network:?}");
        }
    }
}

// ---- Isomorphic networks have the same labels. ----

/// The places of the nodes in another topological order of a graph of `n` nodes, whose first and
/// last node stay.
fn reordered(n: usize, edge: impl Fn(usize, usize) -> bool, rng: &mut StdRng) -> Vec<usize> {
    let mut order = vec![0];
    while order.len() < n - 1 {
        let is_ready = |&node: &usize| {
            !order.contains(&node)
                && (1..n - 1).all(|from| !edge(from, node) || order.contains(&from))
        };
        let ready: Vec<usize> = (1..n - 1).filter(is_ready).collect();
        order.push(*ready.choose(rng).unwrap());
    }
    order.push(n - 1);
    order
}

/// The same NAS-Bench-101 cell with its nodes in another order.
fn shuffled_101(cell: &Cell, rng: &mut StdRng) -> String {
    let edge = |from, to| cell.edge_op(from, to).is_some();
    let order = reordered(cell.nodes(), edge, rng);
    let ops: Vec<_> = cell.node_ops().collect();
    let mut numbers = Vec::new();
    for &from in &order {
        numbers.extend(order.iter().map(|&to| usize::from(edge(from, to))));
    }
    numbers.push(0);
    numbers.extend(order.iter().filter_map(|&node| ops[node]).map(|op| op.index() + 2));
    numbers.push(1);
    let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
    format!("({})", numbers.join(", "))
}

/// The same DARTS cell with its intermediate nodes, and the two edges of each, in another order.
fn shuffled_301(cell: &Cell, rng: &mut StdRng) -> String {
    let inner = |node: usize| node + 1; // `reordered` has one node before the inner ones
    let edge = |from, to| cell.edge_op(inner(from), inner(to)).is_some();
    let order = reordered(6, edge, rng);
    let place = |node: usize| match node {
        0 | 1 => node,
        _ => order.iter().position(|&old| inner(old) == node).unwrap() + 1,
    };
    let mut pairs = Vec::new();
    for &old in &order[1..5] {
        let into = cell.edges().filter(|&(_, to, _)| to == inner(old));
        let mut two: Vec<_> =
            into.map(|(from, _, op)| format!("({}, {})", place(from), op.unwrap().0)).collect();
        two.shuffle(rng);
        pairs.extend(two);
    }
    format!("({})", pairs.join(", "))
}

/// The same NAS-Bench-Graph network with the operations of two leaves of one node swapped, or itself.
fn shuffled_graph(text: &str, rng: &mut StdRng) -> String {
    let (links, ops) = text.split_once(':').unwrap();
    let mut ops: Vec<_> = ops.split('|').collect();
    let parents: Vec<_> = links.bytes().map(|link| usize::from(link - b'0')).collect();
    let is_leaf = |node: usize| !parents.contains(&(node + 1));
    let (one, other) = (rng.gen_range(0..4), rng.gen_range(0..4));
    if is_leaf(one) && is_leaf(other) && parents[one] == parents[other] {
        ops.swap(one, other);
    }
    format!("{links}:{}", ops.join("|"))
}

proptest! {
    #[test]
    fn isomorphic_networks_have_the_same_labels(seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let network = read("nasbench101", &crate::networks::random("nasbench101", &mut rng));
        let other = shuffled_101(&network.cells()[0], &mut rng);
        prop_assert_eq!(counts(&network), counts(&read("nasbench101", &other)));

        let network = read("nasbench301", &crate::networks::random("nasbench301", &mut rng));
        let cells: Vec<_> =
            network.cells().iter().map(|cell| shuffled_301(cell, &mut rng)).collect();
        let other = format!("({})", cells.join(", "));
        prop_assert_eq!(counts(&network), counts(&read("nasbench301", &other)));

        let text = crate::networks::random("nasbench-graph", &mut rng);
        let other = shuffled_graph(&text, &mut rng);
        prop_assert_eq!(
            counts(&read("nasbench-graph", &text)),
            counts(&read("nasbench-graph", &other))
        );
    }
}

// ---- Columns. ----

#[test]
fn columns_are_learned_from_some_networks_and_computed_for_all() {
    for space in SPACES {
        let networks = some(space.name(), 2, 60);
        let labels = set(space.name(), &[]).labels(&networks).unwrap();
        let columns = labels.columns(0..20);
        let seen = networks[..20].iter().flat_map(counts).map(|(label, _)| label);
        let seen: Counts = counted(seen);
        assert!(columns.iter().eq(seen.keys()), "{}", space.name());
        assert!(columns.iter().all(|name| !name.contains([',', '"'])), "{}", space.name());

        let features = set(space.name(), &columns);
        assert_eq!(features.names(), columns);
        let matrix = features.matrix(&networks).unwrap();
        assert_eq!(matrix, labels.counts(0..60, &columns), "{}", space.name());
        for (row, network) in matrix.outer_iter().zip(&networks) {
            let counts = counts(network);
            let count = |name: &String| counts.get(name).copied().unwrap_or(0);
            assert!(row.iter().zip(&columns).all(|(value, name)| *value == count(name) as f64));
        }
    }
}

#[test]
fn learned_columns_stand_where_their_family_is_named() {
    let network = read("nasbench201", "(2, 0, 2, 1, 1, 4)");
    let learned = ["wl(none)", "wl(avg_pool_3x3)", "op_count(none)"].map(str::to_owned);
    let families = Some(["op_count", "wl", "params"].map(str::to_owned).to_vec());
    let config = FeatureConfig { families, learned: learned.to_vec(), ..Default::default() };
    let set = FeatureSet::new(space::by_name("nasbench201").unwrap(), &config).unwrap();
    assert_eq!(
        set.names()[4..8],
        ["op_count(avg_pool_3x3)", "wl(none)", "wl(avg_pool_3x3)", "analytic_params"]
    );
    let row = set.matrix(&[network]).unwrap();
    assert_eq!(row.row(0).to_vec()[4..7], [1.0, 0.0, 1.0]);
}

#[test]
fn what_is_refused() {
    let set = set("nasbench201", &[]);
    let other = read("transbench101-micro", "(3, 0, 0, 0, 3, 0)");
    let (found, expected) = ("transbench101-micro", "nasbench201");
    let wrong = |index| FeatureError::WrongSpace { index, found, expected };
    assert_eq!(set.labels_of(&other, &mut set.scratch()).unwrap_err(), wrong(None));
    assert_eq!(set.labels(&[other]).unwrap_err(), wrong(Some(0)));
    let names = FeatureConfig { names: Names::ZcCombine, ..config(&[]) };
    let error = FeatureSet::new(set.space(), &names).unwrap_err();
    assert_eq!(error, FeatureError::NoCompatFamily { name: "wl", space: "nasbench201" });
}
