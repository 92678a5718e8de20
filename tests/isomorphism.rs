//! Which networks are the same: canonical forms, identities and hashes, against brute force.
#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]

mod common;
#[path = "common/networks.rs"]
mod networks;

use std::collections::{BTreeSet, HashSet};
use std::io::Read;

use flate2::read::MultiGzDecoder;
use graf::canonical::canonical;
use graf::cell::{Cell, Op, Site};
use graf::space::{self, SPACES, SearchSpace};
use petgraph::algo::is_isomorphic_matching;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

fn space(name: &str) -> &'static dyn SearchSpace {
    space::by_name(name).unwrap()
}

/// The identity of an encoding.
fn identity(space: &dyn SearchSpace, text: &str) -> space::Identity {
    space.identity(&space.read(text).unwrap())
}

/// The same cell with its inner nodes in another order, a topological one.
fn shuffled(cell: &Cell, random: &mut StdRng) -> Cell {
    let n = cell.nodes();
    let mut order: Vec<usize> = (0..cell.inputs()).collect();
    while order.len() < n - 1 {
        let is_next = |node: &usize| {
            !order.contains(node) && cell.edges().all(|(from, to, _)| to != *node || order.contains(&from))
        };
        let next: Vec<_> = (cell.inputs()..n - 1).filter(is_next).collect();
        order.push(*next.choose(random).unwrap());
    }
    order.push(n - 1);
    let place = |node| order.iter().position(|&other| other == node).unwrap();
    let ops: Vec<_> = cell.node_ops().collect();
    let nodes: Vec<_> = order.iter().map(|&node| ops[node]).collect();
    let edges = cell.edges().map(|(from, to, op)| (place(from), place(to), op));
    let mut edges: Vec<_> = edges.collect();
    edges.shuffle(random);
    edges.sort_by_key(|edge| edge.1);
    Cell::new(cell.site(), cell.inputs(), &nodes, &edges).unwrap()
}

/// A small random cell whose nodes all lie on paths.
fn small_cell(random: &mut StdRng, site: Site) -> Cell {
    let ops = random.gen_range(1..3);
    loop {
        let n = random.gen_range(3..7);
        let inputs = random.gen_range(1..3);
        let mut op = |wanted: Site| {
            let drawn = Op(random.gen_range(0..ops));
            (site == wanted).then_some(drawn)
        };
        let mut nodes = vec![None; n];
        nodes[inputs..n - 1].fill_with(|| op(Site::Nodes));
        let pairs = (0..n).flat_map(|to| (0..to).map(move |from| (from, to)));
        let labelled: Vec<_> = pairs.map(|(from, to)| (from, to, op(Site::Edges))).collect();
        let edges: Vec<_> = labelled.into_iter().filter(|_| random.gen_bool(0.5)).collect();
        let cell = Cell::new(site, inputs, &nodes, &edges).unwrap();
        let live = cell.live_nodes(|_| false);
        if live[..n].iter().all(|&live| live) {
            return cell;
        }
    }
}

/// petgraph's answer, with inputs and output marked.
fn isomorphic(first: &Cell, second: &Cell) -> bool {
    if first.inputs() != second.inputs() || first.nodes() != second.nodes() {
        return false;
    }
    let marked = |cell: &Cell| {
        let role = |node| match node {
            _ if node < cell.inputs() => node + 1,
            _ if node == cell.output() => Cell::MAX_NODES,
            _ => 0,
        };
        cell.graph().map(|node, op| (role(node.index()), *op), |_, op| *op)
    };
    is_isomorphic_matching(&marked(first), &marked(second), |a, b| a == b, |a, b| a == b)
}

proptest! {
    #[test]
    fn the_canonical_form_is_petgraphs_isomorphism(seed: u64, on_nodes: bool) {
        let site = if on_nodes { Site::Nodes } else { Site::Edges };
        let random = &mut StdRng::seed_from_u64(seed);
        let cells: Vec<_> = (0..24).map(|_| small_cell(random, site)).collect();
        for first in &cells {
            let form = canonical(first, None);
            prop_assert_eq!(&canonical(&shuffled(first, random), None), &form);
            for second in &cells {
                prop_assert_eq!(canonical(second, None) == form, isomorphic(first, second));
            }
        }
    }

    #[test]
    fn the_order_of_inner_nodes_does_not_matter(
        space in proptest::sample::select(SPACES.to_vec()),
        seed: u64,
    ) {
        let random = &mut StdRng::seed_from_u64(seed);
        let network = space.read(&networks::random(space.name(), random)).unwrap();
        for cell in network.cells() {
            let zero = space.zero_op();
            prop_assert_eq!(canonical(&shuffled(cell, random), zero), canonical(cell, zero));
        }
    }

    #[test]
    fn another_operation_on_a_path_is_another_network(
        space in proptest::sample::select(SPACES.to_vec()),
        seed: u64,
    ) {
        let random = &mut StdRng::seed_from_u64(seed);
        let network = space.read(&networks::random(space.name(), random)).unwrap();
        let zero = space.zero_op();
        let count = u8::try_from(space.operations().len()).unwrap();
        for cell in network.cells() {
            let live = cell.live_nodes(|op| op.is_some() && op == zero);
            let mut nodes: Vec<_> = cell.node_ops().collect();
            let mut edges: Vec<_> = cell.edges().collect();
            let on_nodes = nodes.iter_mut().zip(live).filter(|place| place.1).map(|place| place.0);
            let on_edges = edges.iter_mut().filter(|edge| live[edge.0] && live[edge.1]);
            let places = on_nodes.chain(on_edges.map(|edge| &mut edge.2));
            let mut places: Vec<_> =
                places.filter(|op| op.is_some() && **op != zero).collect();
            let Some(place) = places.choose_mut(random) else { continue };
            let old = place.unwrap();
            **place = Some(Op((old.0 + random.gen_range(1..count)) % count));
            let other = Cell::new(cell.site(), cell.inputs(), &nodes, &edges).unwrap();
            prop_assert_ne!(canonical(&other, zero), canonical(cell, zero));
        }
    }

    #[test]
    fn samples_are_networks_of_the_space(
        space in proptest::sample::select(SPACES.to_vec()),
        seed: u64,
    ) {
        let sample = || space.sample(&mut StdRng::seed_from_u64(seed)).unwrap();
        let network = sample();
        prop_assert_eq!(&sample(), &network);
        let text = (space.encodings()[0].write)(&network).unwrap();
        prop_assert_eq!(&space.read(&text).unwrap(), &network);
        prop_assert_eq!(space.identity(&network).to_string().len(), 32);
    }
}

/// How many networks a space lists, and how many of them are different.
fn count(name: &str) -> (usize, usize) {
    let space = space(name);
    let mut seen = HashSet::new();
    let listed = space.enumerate().unwrap();
    let all = listed.map(|network| seen.insert(space.identity(&network.unwrap()))).count();
    (all, seen.len())
}

#[test]
fn the_spaces_have_as_many_networks_as_their_benchmarks() {
    assert_eq!(count("nasbench201"), (15_625, 0));
    assert_eq!(count("transbench101-micro"), (4_096, 0));
    assert_eq!(count("transbench101-macro"), (3_256, 3_256));
    assert_eq!(count("nasbench-graph"), (26_206, 26_206));
    assert!(space("nasbench301").enumerate().is_none());
}

#[test]
fn nasbench101_has_423_624_networks() {
    assert_eq!(count("nasbench101"), (0, 423_624));
}

#[test]
fn nasbench_graph_lists_the_networks_of_the_bundled_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/nas-bench-graph/nas-bench-graph.csv.gz");
    let reader = MultiGzDecoder::new(std::fs::File::open(path).unwrap());
    let mut table = csv::Reader::from_reader(reader);
    let rows = table.records().map(|row| {
        let row = row.unwrap();
        format!("{}:{}", &row[0], &row[1])
    });
    let space = space("nasbench-graph");
    let write = space.encodings()[0].write;
    let listed = space.enumerate().unwrap().map(|network| write(&network.unwrap()).unwrap());
    assert!(listed.eq(rows));
}
