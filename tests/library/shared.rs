//! The columns that all spaces have: against an oracle that lists paths, for the same network in two
//! spaces, for isomorphic networks.

#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "columns are no files")]

use std::collections::BTreeMap;

use crate::live_paths::{described, paths, read, relabelled, row_of};
use graf::features::{FeatureConfig, FeatureSet};
use graf::graph::Cell;
use graf::space::{self, Architecture, OpKind, OperationKind, SPACES};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn set_of(space: &str) -> FeatureSet {
    let families = Some(vec!["shared".to_owned()]);
    let config = FeatureConfig { families, ..FeatureConfig::default() };
    FeatureSet::new(space::by_name(space).unwrap(), &config).unwrap()
}

fn shared(network: &Architecture) -> BTreeMap<String, f64> {
    let set = set_of(network.space());
    let row = row_of(&set, network);
    let short = |name: &String| name.strip_prefix("shared").unwrap().to_owned();
    set.names().iter().map(short).zip(row).collect()
}

/// Of every live path the places of its operations (an edge, or a node) and what they do; identities
/// are none.
fn listed(network: &Architecture, cell: &Cell) -> Vec<Vec<(usize, usize, OpKind)>> {
    let space = network.search_space().unwrap();
    let kinds = space.operation_kinds();
    let node_ops: Vec<_> = cell.node_ops().collect();
    let of_path = |path: Vec<usize>| {
        let mut ops = Vec::new();
        for pair in path.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            if let Some(op) = cell.edge_op(from, to).unwrap() {
                ops.push((from, to, kinds[op.index()]));
            }
            if let Some(op) = node_ops[to] {
                ops.push((to, to, kinds[op.index()]));
            }
        }
        ops.retain(|op| op.2.kind != OperationKind::Identity);
        ops
    };
    let live = (0..cell.inputs()).flat_map(|input| paths(cell, input, space.zero_op()));
    live.map(of_path).collect()
}

fn weights(op: OpKind) -> f64 {
    match (op.kind, op.kernel) {
        (OperationKind::Convolution, kernel) => f64::from(kernel * kernel),
        (OperationKind::SeparableConvolution, 3) => 2.0 * (1.0 + 9.0 / 64.0),
        (OperationKind::SeparableConvolution, 5) => 2.0 * (1.0 + 25.0 / 64.0),
        (OperationKind::DilatedConvolution, 3) => 1.0 + 9.0 / 64.0,
        (OperationKind::DilatedConvolution, 5) => 1.0 + 25.0 / 64.0,
        (OperationKind::GraphConvolution | OperationKind::Linear, _) => 1.0,
        (OperationKind::ResidualBlocks, _) => 36.0,
        _ => 0.0,
    }
}

/// The columns of a cell from its list of paths.
fn oracle(paths: &[Vec<(usize, usize, OpKind)>]) -> BTreeMap<String, f64> {
    type Is = fn(&OpKind) -> bool;
    let parametric: Is = |op| op.has_weights();
    let spatial: Is = |op| op.has_weights() && op.growth() > 0;
    let pointwise: Is = |op| op.has_weights() && op.growth() == 0;
    let pooling: Is =
        |op| matches!(op.kind, OperationKind::AveragePooling | OperationKind::MaxPooling);
    let count = paths.len() as f64;
    let on = |is: Is| -> Vec<f64> {
        paths.iter().map(|path| path.iter().filter(|op| is(&op.2)).count() as f64).collect()
    };
    let least = |sums: &[f64]| sums.iter().copied().reduce(f64::min).unwrap_or(-1.0);
    let most = |sums: &[f64]| sums.iter().copied().reduce(f64::max).unwrap_or(-1.0);
    let mean = |sum: f64| if paths.is_empty() { 0.0 } else { sum / count };
    let mut ops: Vec<(usize, usize, OpKind)> = paths.concat();
    ops.sort_by_key(|op| (op.0, op.1));
    ops.dedup_by_key(|op| (op.0, op.1));
    let lengths = on(|_| true);
    let fields: Vec<f64> =
        paths.iter().map(|path| path.iter().map(|op| f64::from(op.2.growth())).sum()).collect();
    let gain = |op: &OpKind| {
        if op.has_weights() { 1.125 + f64::from(op.kernel) / 8.0 } else { 0.75 }
    };
    let products: f64 =
        paths.iter().map(|path| path.iter().map(|op| gain(&op.2)).product::<f64>()).sum();
    let mut columns = BTreeMap::from([
        ("(length).min".to_owned(), least(&lengths)),
        ("(length).mean".to_owned(), mean(lengths.iter().sum())),
        ("(receptive_field).min".to_owned(), least(&fields)),
        (
            "(breadth)".to_owned(),
            match most(&lengths) {
                longest if longest > 0.0 => ops.len() as f64 / longest,
                _ => 0.0,
            },
        ),
        ("(weights)".to_owned(), (1.0 + ops.iter().map(|op| weights(op.2)).sum::<f64>()).log2()),
        ("(transfer)".to_owned(), mean(products)),
        ("(spatial).min".to_owned(), least(&on(spatial))),
        ("(spatial).max".to_owned(), most(&on(spatial))),
        ("(spatial).share".to_owned(), {
            mean(on(spatial).iter().filter(|&&spatial| spatial > 0.0).count() as f64)
        }),
        ("(spatial).live".to_owned(), ops.iter().filter(|op| spatial(&op.2)).count() as f64),
    ]);

    // A walk knows where it is by the operation that it has met last, and takes each of the ways on:
    // those are the different rests of paths up to the next operation, told apart by the nodes between.
    let walks = walked(paths);
    for (name, is) in [
        ("spatial", spatial),
        ("pointwise", pointwise),
        ("pooling", pooling),
        ("parametric", parametric),
    ] {
        let met = walks.iter().filter(|(op, _)| is(&op.2)).map(|(_, met)| met).sum();
        columns.insert(format!("({name}).walk"), met);
    }
    columns
}

/// How often a walk meets each operation, where between two operations there is but one way.
fn walked(paths: &[Vec<(usize, usize, OpKind)>]) -> Vec<((usize, usize, OpKind), f64)> {
    let place = |op: &(usize, usize, OpKind)| (op.0, op.1);
    let mut met: Vec<((usize, usize, OpKind), f64)> = Vec::new();
    // From each prefix by its last operation: what may come next.
    let mut todo = vec![(None, 1.0)];
    while let Some((last, chance)) = todo.pop() {
        let mut next: Vec<Option<(usize, usize, OpKind)>> = Vec::new();
        for path in paths {
            let after = match last {
                None => path.first(),
                Some(last) => match path.iter().position(|op| place(op) == last) {
                    Some(found) => path.get(found + 1),
                    None => continue,
                },
            };
            if !next.iter().any(|other| other.as_ref().map(place) == after.map(place)) {
                next.push(after.copied());
            }
        }
        let chance = chance / next.len() as f64;
        for op in next.into_iter().flatten() {
            match met.iter_mut().find(|(other, _)| place(other) == place(&op)) {
                Some((_, sum)) => *sum += chance,
                None => met.push((op, chance)),
            }
            todo.push((Some(place(&op)), chance));
        }
    }
    met
}

/// Whether two paths have the same operations: then there are several ways from one to the next.
fn repeats(paths: &[Vec<(usize, usize, OpKind)>]) -> bool {
    let mut places: Vec<Vec<(usize, usize)>> =
        paths.iter().map(|path| path.iter().map(|op| (op.0, op.1)).collect()).collect();
    places.sort();
    places.windows(2).any(|pair| pair[0] == pair[1])
}

proptest! {
    #[test]
    fn columns_are_those_of_the_list_of_paths(seed in any::<u64>(), place in 0..SPACES.len()) {
        let space = SPACES[place];
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        let found = shared(&network);
        let shapes = space.cells();
        let total: f64 = shapes.iter().map(|shape| f64::from(shape.repeats)).sum();
        let mut expected: BTreeMap<String, f64> = BTreeMap::new();
        let mut is_walked = true;
        for (cell, shape) in network.cells().iter().zip(shapes) {
            let paths = listed(&network, cell);
            is_walked &= !repeats(&paths);
            for (name, value) in oracle(&paths) {
                *expected.entry(name).or_default() += value * f64::from(shape.repeats) / total;
            }
        }
        for (name, value) in expected {
            if is_walked || !name.ends_with(".walk") {
                let found = found[&name];
                prop_assert!((found - value).abs() < 1e-8, "{text} {name}: {found} for {value}");
            }
        }
    }

    #[test]
    fn isomorphic_cells_have_the_same_row(seed in any::<u64>()) {
        let mut random = StdRng::seed_from_u64(seed);
        let network = read("nasbench101", &crate::networks::random("nasbench101", &mut random));
        let other = read("nasbench101", &relabelled(&network.cells()[0], &mut random));
        prop_assert_eq!(shared(&network), shared(&other));
    }
}

/// The NAS-Bench-101 cell with the operations of a NAS-Bench-201 cell as nodes, where there is one.
fn as_nasbench101(ids: [u32; 6]) -> Option<String> {
    /// The edges in the order of the tuple.
    const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
    // What stands at each node of the cell: vertices whose outputs are added up there.
    let mut at: [Vec<usize>; 4] = [vec![0], vec![], vec![], vec![]];
    let mut ops: Vec<&str> = vec![];
    let mut read: Vec<(usize, usize)> = vec![];
    for node in 1..4 {
        for (&(from, _), id) in EDGES.iter().zip(ids).filter(|(edge, _)| edge.1 == node) {
            let op = match id {
                0 => {
                    let passed = at[from].clone();
                    at[node].extend(passed);
                    continue;
                }
                1 => continue,
                2 => "conv3x3-bn-relu",
                3 => "conv1x1-bn-relu",
                _ => "maxpool3x3",
            };
            ops.push(op);
            let vertex = ops.len();
            read.extend(at[from].iter().map(|&source| (source, vertex)));
            at[node].push(vertex);
        }
    }
    let output = ops.len() + 1;
    read.extend(at[3].iter().map(|&source| (source, output)));
    let mut distinct = read.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < read.len() {
        return None; // Something is added to itself.
    }
    let row = |from: usize| {
        let cells = (0..=output).map(|to| u8::from(read.contains(&(from, to))).to_string());
        format!("[{}]", cells.collect::<Vec<_>>().join(","))
    };
    let matrix = (0..=output).map(row).collect::<Vec<_>>().join(",");
    let names: Vec<_> = ["input"].into_iter().chain(ops).chain(["output"]).collect();
    let names = serde_json::to_string(&names).unwrap();
    Some(format!("{{\"module_adjacency\": [{matrix}], \"module_operations\": {names}}}"))
}

#[test]
fn a_network_has_the_same_row_in_two_spaces() {
    let (first, second) = (set_of("nasbench201"), set_of("nasbench101"));
    assert_eq!(first.names(), second.names());
    let (there, here) = (first.space(), second.space());
    let mut equal = 0;
    for number in 0..5_u32.pow(6) {
        let ids = [1, 5, 25, 125, 625, 3125].map(|power| number / power % 5);
        let Some(text) = as_nasbench101(ids) else { continue };
        // NAS-Bench-101 has at most seven nodes and nine edges, and a way from input to output.
        let Ok(other) = here.read(&text) else { continue };
        let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
        let network = there.read(&format!("({})", ids.join(", "))).unwrap();
        assert_eq!(row_of(&first, &network), row_of(&second, &other), "{network:?} {text}");
        equal += 1;
    }
    assert!(equal > 5000, "{equal}");
}

#[test]
fn shares_and_walks_by_hand() {
    // Input → 3×3 → output, input → 1×1 → output, input → pooling → 3×3 (the first) is not there:
    // nodes 0 (input), 1 (3×3), 2 (1×1), 3 (output); edges 01, 02, 12, 13, 23, 03.
    let network = read("nasbench201", "(2, 3, 0, 4, 0, 0)");
    // Edges: 01 3×3, 02 1×1, 03 skip, 12 pooling, 13 skip, 23 skip.
    let found = shared(&network);
    let value = |name: &str| found[name];
    // Paths: skip; 3×3; 1×1; 3×3 pooling.
    let close = |name: &str, expected: f64| {
        assert!((value(name) - expected).abs() < 1e-9, "{name}: {} for {expected}", value(name));
    };
    close("(length).min", 0.0);
    close("(length).mean", 1.0);
    close("(breadth)", 1.5);
    close("(spatial).share", 0.5);
    close("(spatial).at_input", 1.0 / 3.0);
    // Into the output come the input, 3×3, 1×1 and the pooling.
    close("(parametric).at_output", 0.5);
    close("(spatial).walk", 1.0 / 3.0);
    close("(pooling).walk", 1.0 / 6.0);
    close("(parametric).walk", 2.0 / 3.0);
    close("(transfer)", (1.0 + 1.5 + 1.25 + 1.5 * 0.75) / 4.0);
    close("(weights)", 11.0_f64.log2());
}

#[test]
fn cells_count_as_often_as_they_are_repeated() {
    let cell = |op: u8| {
        let pairs: Vec<_> = (2..6).map(|_| format!("(0, {op}), (1, {op})")).collect();
        format!("({})", pairs.join(", "))
    };
    // A normal cell of 3×3 separable convolutions (six of eight), a reduction cell of skips.
    let network = read("nasbench301", &format!("({}, {})", cell(3), cell(2)));
    let found = shared(&network);
    assert!((found["(spatial).min"] - 0.75).abs() < 1e-9);
    assert!((found["(spatial).live"] - 6.0).abs() < 1e-9);
}

#[test]
fn a_dead_network_and_one_of_skips() {
    let dead = shared(&read("nasbench201", "(1, 1, 1, 1, 1, 1)"));
    let is_least = |name: &String| name.ends_with(".min") || name.ends_with(".max");
    for (name, value) in &dead {
        let expected = if is_least(name) { -1.0 } else { 0.0 };
        assert!((value - expected).abs() < 1e-12, "{name}: {value}");
    }
    let skips = shared(&read("nasbench201", "(0, 0, 0, 0, 0, 0)"));
    for (name, value) in skips {
        let expected = f64::from(u8::from(name == "(transfer)"));
        assert!((value - expected).abs() < 1e-12, "{name}: {value}");
    }
}

#[test]
fn a_described_space_does_not_have_the_family() {
    let text = include_str!("../../data/spaces/nasbench-macro.toml");
    let families = Some(vec!["shared".to_owned()]);
    let config = FeatureConfig { families, ..FeatureConfig::default() };
    let error = FeatureSet::new(described(text), &config).unwrap_err();
    assert!(error.to_string().contains("`shared` is not defined"), "{error}");
}
