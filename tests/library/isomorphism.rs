//! Which networks are the same: canonical forms, identities and hashes, against brute force.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use flate2::read::MultiGzDecoder;
use graf::graph::canonical;
use graf::graph::{Cell, Op, Site};
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
fn identity(space: &dyn SearchSpace, text: &str) -> graf::graph::Identity {
    space.identity(&space.read(text).unwrap())
}

/// The same cell with its inner nodes in another order, a topological one.
fn shuffled(cell: &Cell, random: &mut StdRng) -> Cell {
    let n = cell.nodes();
    let mut order: Vec<usize> = (0..cell.inputs()).collect();
    while order.len() < n - 1 {
        let is_next = |node: &usize| {
            !order.contains(node)
                && cell.edges().all(|(from, to, _)| to != *node || order.contains(&from))
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
        if (0..n).all(|node| live.contains(node)) {
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
        let network = space.read(&crate::networks::random(space.name(), random)).unwrap();
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
        let network = space.read(&crate::networks::random(space.name(), random)).unwrap();
        let zero = space.zero_op();
        let count = u8::try_from(space.operations().len()).unwrap();
        for cell in network.cells() {
            let live = cell.live_nodes(|op| op.is_some() && op == zero);
            let mut nodes: Vec<_> = cell.node_ops().collect();
            let mut edges: Vec<_> = cell.edges().collect();
            let on_nodes = nodes.iter_mut().enumerate().filter(|(node, _)| live.contains(*node)).map(|place| place.1);
            let on_edges = edges.iter_mut().filter(|edge| live.contains(edge.0) && live.contains(edge.1));
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
    assert_eq!(count("nasbench201"), (15_625, 8_765));
    assert_eq!(count("transbench101-micro"), (4_096, 1_948));
    assert_eq!(count("transbench101-macro"), (3_256, 3_256));
    assert_eq!(count("nasbench-graph"), (26_206, 26_206));
    assert!(space("nasbench301").enumerate().is_none());
}

/// What a cell of NAS-Bench-201 computes, as the benchmark's own code writes it, which finds 6,466 networks:
/// `#` stands for zeros and stays in a sum, and what a skip passes on is not put in order with its sum.
fn text_of_201(ids: &[u32]) -> String {
    let edges = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
    let mut nodes = vec!["0".to_owned()];
    for node in 1..4 {
        let ends = edges.iter().zip(ids).filter(|((_, to), _)| *to == node);
        let mut terms: Vec<String> = ends
            .map(|(&(from, _), id)| match id {
                1 => "#".to_owned(),
                _ if nodes[from] == "#" => "#".to_owned(),
                0 => nodes[from].clone(),
                id => format!("({})@{id}", nodes[from]),
            })
            .collect();
        terms.sort();
        nodes.push(terms.join("+"));
    }
    nodes.swap_remove(3)
}

#[test]
fn nasbench201_has_4_930_functions() {
    let space = space("nasbench201");
    let (mut functions, mut texts) = (BTreeMap::new(), HashMap::new());
    let mut isomorphic = HashMap::new();
    for network in space.enumerate().unwrap() {
        let network = network.unwrap();
        let text = (space.encodings()[0].write)(&network).unwrap();
        let ids: Vec<u32> =
            serde_json::from_str(&text.replace('(', "[").replace(')', "]")).unwrap();
        let function = space.function(&network);
        *functions.entry(function).or_insert(0) += 1;
        // Networks that are the same by another rule compute the same.
        assert_eq!(*texts.entry(text_of_201(&ids)).or_insert(function), function);
        assert_eq!(*isomorphic.entry(space.identity(&network)).or_insert(function), function);
    }
    assert_eq!((functions.len(), texts.len(), isomorphic.len()), (4_930, 6_466, 8_765));
    let short: HashSet<u64> = functions.keys().map(|function| function.short()).collect();
    assert_eq!(short.len(), functions.len());
}

#[test]
fn functions_of_nasbench201() {
    let space = space("nasbench201");
    let function = |ids: [u32; 6]| space.function(&space.read(&format!("{ids:?}")).unwrap());
    // Edges 0→1, 0→2, 0→3, 1→2, 1→3, 2→3; 0 is a skip, 1 is none. A skip leaves no trace …
    assert_eq!(function([2, 1, 1, 0, 1, 0]), function([2, 1, 1, 1, 0, 1]));
    assert_eq!(function([2, 1, 1, 1, 0, 1]), function([1, 1, 2, 1, 1, 1]));
    // … but adds what it reads: once is not twice.
    assert_ne!(function([1, 1, 0, 1, 1, 1]), function([0, 1, 0, 1, 0, 1]));
    // A convolution of a sum is no sum of convolutions.
    assert_ne!(function([2, 0, 1, 0, 1, 3]), function([2, 3, 1, 1, 3, 0]));
    // Nothing at all is one function, however it is cut off.
    assert_eq!(function([2, 2, 1, 2, 1, 1]), function([1; 6]));
    // Hashes stay the same.
    assert_eq!(function([4, 0, 3, 1, 4, 3]).to_string(), "32b3e6a375ff555f1acb18c866d2b775");
}

#[test]
fn other_spaces_have_no_skips_to_contract() {
    let random = &mut StdRng::seed_from_u64(3);
    for name in ["nasbench101", "nasbench301", "transbench101-micro", "transbench101-macro"] {
        let network = space(name).sample(random).unwrap();
        assert_eq!(space(name).function(&network), space(name).identity(&network));
    }
}

#[test]
fn nasbench101_has_423_624_networks() {
    assert_eq!(count("nasbench101"), (1_293_208, 423_624));
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

/// NAS-Bench-201's six operations; 1 is `none`.
fn same_in_201(first: [u32; 6], second: [u32; 6]) -> bool {
    let space = space("nasbench201");
    let [first, second] = [first, second].map(|ids| identity(space, &format!("{ids:?}")));
    first == second
}

#[test]
fn cells_with_operations_on_edges() {
    // Edges 0→1, 0→2, 0→3, 1→2, 1→3, 2→3. Nodes 1 and 2 change places where no edge joins them.
    assert!(same_in_201([2, 3, 4, 1, 0, 2], [3, 2, 4, 1, 2, 0]));
    assert!(!same_in_201([2, 3, 4, 0, 0, 2], [3, 2, 4, 0, 2, 0]));
    // What leads nowhere, or comes from nowhere, does not count.
    assert!(same_in_201([2, 1, 4, 1, 1, 3], [1, 1, 4, 1, 1, 1]));
    assert!(same_in_201([1, 1, 1, 2, 3, 4], [1, 1, 1, 1, 1, 1]));
    // A chain through node 1 is one through node 2.
    assert!(same_in_201([2, 1, 1, 1, 3, 1], [1, 2, 1, 1, 1, 3]));
    // A skip connection is an operation: this computes the same as [2, 1, 1, 1, 0, 1], longer.
    assert!(!same_in_201([2, 1, 1, 0, 1, 0], [2, 1, 1, 1, 0, 1]));
}

#[test]
fn the_two_inputs_of_darts_are_different() {
    let space = space("nasbench301");
    let rest = "(0, 2), (1, 2), (0, 2), (1, 2), (0, 2), (1, 2))";
    let cell = |first: u8, second: u8| format!("((0, {first}), (1, {second}), {rest}");
    let network = |normal: &str| identity(space, &format!("({normal}, {})", cell(2, 2)));
    assert_ne!(network(&cell(3, 4)), network(&cell(4, 3)));
    // The order of a node's two pairs, and that of nodes which do not read each other, is free.
    let turned = format!("((1, 4), (0, 3), {rest}");
    assert_eq!(network(&turned), network(&cell(3, 4)));
    let last = "((0, 2), (1, 2), (0, 2), (1, 2), (0, 2), (1, 2), (0, 3), (1, 4))";
    assert_eq!(network(last), network(&cell(3, 4)));
    assert_ne!(
        identity(space, &format!("({}, {last})", cell(2, 2))),
        identity(space, &format!("({last}, {})", cell(2, 2)))
    );
}

#[test]
fn hashes_stay_the_same() {
    // Those of NAS-Bench-101 are what the benchmark's own code gives.
    for (name, text, hash) in [
        ("nasbench101", "(0, 1, 0, 0, 0, 1)", "043721b9c7fe8c5fad811d47d83132ec"),
        ("nasbench101", "(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)", "d32d0b26d534203b48d866facd98cc3e"),
        (
            "nasbench101",
            "(0,1,1,0, 0,0,0,1, 0,0,0,1, 0,0,0,0, 0,3,2,1)",
            "ac9bd0e2514c031187b612db767fb038",
        ),
        ("nasbench201", "(4, 0, 3, 1, 4, 3)", "567d807e0db26555cfc4a7f58bf05383"),
        ("transbench101-micro", "(1, 0, 2, 3, 3, 3)", "603e67d5da5928b87ebbd28490e8bd92"),
        ("transbench101-macro", "(1, 2, 3, 4)", "53b6b4beac28db827317d073a2e37e21"),
        ("nasbench-graph", "0122:gat|gcn|gin|skip", "b91d19f7d9133c99ac80f3b403edd6cb"),
        ("nasbench301", space("nasbench301").example(), "66f2971f9ecd5533e2ced1c97552208f"),
    ] {
        let network = space(name).read(text).unwrap();
        assert_eq!(space(name).hash(&network).to_string(), hash, "{name} {text}");
    }
}

#[test]
fn every_network_is_drawn_as_often() {
    for (name, networks) in [("transbench101-macro", 3_256), ("nasbench-graph", 26_206)] {
        let space = space(name);
        let random = &mut StdRng::seed_from_u64(7);
        let mut drawn = BTreeMap::new();
        for _ in 0..20 * networks {
            let identity = space.identity(&space.sample(random).unwrap());
            *drawn.entry(identity).or_insert(0_u32) += 1;
        }
        // Twenty draws each: with a chance of about 1 in 10^4 one of them comes not at all.
        assert_eq!(drawn.len(), networks, "{name}");
        assert!(drawn.values().all(|&times| times < 60), "{name}");
    }
}

/// The unpacked text of a dump.
fn dump(name: &str) -> String {
    let bytes = std::fs::read(crate::common::dumps("data").join(name)).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn module_hashes_are_those_of_the_benchmark() {
    let space = space("nasbench101");
    let mut identities = HashSet::new();
    for line in dump("nasbench101/nb101_20000.jsonl.gz").lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let (matrix, ops) = (&row["module_adjacency"], &row["module_operations"]);
        let network = space.read(&format!(r#"{{"matrix":{matrix},"ops":{ops}}}"#)).unwrap();
        assert_eq!(space.hash(&network).to_string(), row["module_hash"].as_str().unwrap());
        identities.insert(space.identity(&network));
    }
    assert_eq!(identities.len(), 20_000);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn encodings_of_a_proxy_dump_repeat_networks() {
    let path = crate::common::dumps("data").join("nasbench101/zc_nasbench101_500.json");
    let dump: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let space = space("nasbench101");
    let texts = dump["nasbench101"]["cifar10"].as_object().unwrap().keys();
    let networks: Vec<_> = texts.map(|text| space.read(text).unwrap()).collect();
    let hashes: HashSet<_> = networks.iter().map(|network| space.hash(network)).collect();
    let identities: HashSet<_> = networks.iter().map(|network| space.identity(network)).collect();
    assert_eq!((networks.len(), hashes.len(), identities.len()), (500, 292, 292));
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn the_macro_networks_are_those_of_the_dump() {
    let path = crate::common::dumps("data").join("transbench101/tnb101_macro_3tasks.csv");
    let space = space("transbench101-macro");
    let mut table = csv::Reader::from_path(path).unwrap();
    let of_dump: HashSet<_> =
        table.records().map(|row| identity(space, &row.unwrap()[0])).collect();
    let listed = space.enumerate().unwrap().map(|network| space.identity(&network.unwrap()));
    assert_eq!(listed.collect::<HashSet<_>>(), of_dump);
}
