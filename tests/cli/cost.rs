//! `analytic_flops` and `analytic_params` against values worked out by hand and the bundled table.
#![allow(clippy::float_cmp, reason = "the costs are exact")]

use crate::cli::{Folder, column};
use graf::features::{FeatureConfig, FeatureSet};
use graf::space::{self, Architecture};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Millions of FLOPs and of parameters.
fn costs(network: &Architecture) -> [f64; 2] {
    let families = ["flops", "params"].map(str::to_owned).to_vec();
    let config = FeatureConfig { families: Some(families), ..FeatureConfig::default() };
    let set = FeatureSet::new(space::by_name(network.space()).unwrap(), &config).unwrap();
    let mut row = [f64::NAN; 2];
    set.compute(network, &mut set.scratch(), &mut row).unwrap();
    row
}

fn params(space: &str, text: &str) -> f64 {
    let network = space::by_name(space).unwrap().read(text).unwrap();
    let config = FeatureConfig { families: Some(vec!["params".to_owned()]), ..Default::default() };
    let set = FeatureSet::new(space::by_name(space).unwrap(), &config).unwrap();
    let mut row = [f64::NAN];
    set.compute(&network, &mut set.scratch(), &mut row).unwrap();
    row[0]
}

fn both(space: &str, text: &str) -> [f64; 2] {
    costs(&space::by_name(space).unwrap().read(text).unwrap())
}

/// A network minus another, in single operations and parameters.
fn more(space: &str, text: &str, than: &str) -> [f64; 2] {
    let (more, less) = (both(space, text), both(space, than));
    [0, 1].map(|place| ((more[place] - less[place]) * 1e6).round())
}

#[test]
fn nasbench201_by_hand() {
    // Nothing but skips: the skeleton. Convolutions, scale and shift, linear layer:
    let stem = 27 * 16 + 32;
    let first = 9 * 16 * 32 + 9 * 32 * 32 + 2 * 64 + 16 * 32;
    let second = 9 * 32 * 64 + 9 * 64 * 64 + 2 * 128 + 32 * 64;
    let head = 2 * 64 + 65 * 10;
    let skips = "(0, 0, 0, 0, 0, 0)";
    let expected = f64::from(stem + first + second + head) / 1e6;
    assert_eq!(both("nasbench201", skips)[1], expected);
    // `none` is as free as a skip; five 3×3 convolutions a stage.
    assert_eq!(more("nasbench201", "(1, 1, 1, 1, 1, 1)", skips), [0.0, 0.0]);
    let conv = |kernel: f64| {
        let stage = |channels: f64, side: f64| {
            let places = channels * side * side;
            let weights = kernel * kernel * channels * channels;
            [weights * side * side + 3.0 * places, weights + 2.0 * channels]
        };
        let stages = [stage(16.0, 32.0), stage(32.0, 16.0), stage(64.0, 8.0)];
        [0, 1].map(|what| 5.0 * stages.iter().map(|stage| stage[what]).sum::<f64>())
    };
    assert_eq!(more("nasbench201", "(0, 0, 2, 0, 0, 0)", skips), conv(3.0));
    assert_eq!(more("nasbench201", "(0, 3, 0, 0, 0, 0)", skips), conv(1.0));
    let pool = 5.0 * 9.0 * (16.0 * 1024.0 + 32.0 * 256.0 + 64.0 * 64.0);
    assert_eq!(more("nasbench201", "(4, 0, 0, 0, 0, 0)", skips), [pool, 0.0]);
}

#[test]
fn nasbench101_by_hand() {
    // The smallest network: a 1×1 convolution from the input to the output of each cell.
    let conv = |kernel: u32, from: u32, to: u32| kernel * kernel * from * to + 2 * to;
    let cells = |from: u32, to: u32| conv(1, from, to) + 2 * conv(1, to, to);
    let expected = conv(3, 3, 128) + cells(128, 128) + cells(128, 256) + cells(256, 512) + 5130;
    assert_eq!(both("nasbench101", "(0, 1, 0, 0, 0, 1)")[1], f64::from(expected) / 1e6);
    // Two nodes share the output: half of the channels each.
    let two = "(0,1,1,0, 0,0,0,1, 0,0,0,1, 0,0,0,0, 0,4,2,1)";
    let cell = |from: u32, to: u32| 2 * conv(1, from, to / 2) + conv(3, to / 2, to / 2);
    let cells = |from: u32, to: u32| cell(from, to) + 2 * cell(to, to);
    let expected = conv(3, 3, 128) + cells(128, 128) + cells(128, 256) + cells(256, 512) + 5130;
    assert_eq!(both("nasbench101", two)[1], f64::from(expected) / 1e6);
}

#[test]
fn macro_by_hand() {
    // A plain stage at 64 channels and 64 × 64 pixels: four 3×3 convolutions.
    let places = 64.0 * 64.0 * 64.0;
    let stage = [4.0 * (9.0 * 64.0 + 3.0) * places, 4.0 * (9.0 * 64.0 * 64.0 + 128.0)];
    assert_eq!(more("transbench101-macro", "(1,1,1,1,1)", "(1,1,1,1)"), stage);
    // Zeros that fill up are no stages.
    assert_eq!(more("transbench101-macro", "(1,1,1,1,0,0)", "(1,1,1,1)"), [0.0, 0.0]);
}

#[test]
fn micro_by_hand() {
    // A skip in the three cells that reduce is a 1×1 convolution, on edges from the input only.
    let none = "(0, 0, 0, 0, 0, 0)";
    assert_eq!(more("transbench101-micro", "(0, 0, 1, 0, 1, 1)", none), [0.0, 0.0]);
    let reduce = |from: f64, side: f64| {
        let (to, places) = (2.0 * from, side * side);
        [from * 4.0 * places + from * to * places + 2.0 * to * places, from * to + 2.0 * to]
    };
    let cells = [reduce(64.0, 32.0), reduce(128.0, 16.0), reduce(256.0, 8.0)];
    let sum = [0, 1].map(|what| cells.iter().map(|cell| cell[what]).sum::<f64>());
    assert_eq!(more("transbench101-micro", "(0, 0, 0, 1, 0, 0)", none), sum);
}

#[test]
fn darts_by_hand() {
    let cell = |op: u8| {
        format!("((0,{op}),(1,{op}),(0,{op}),(1,{op}),(0,{op}),(1,{op}),(0,{op}),(1,{op}))")
    };
    let with = |normal, reduce| format!("({}, {})", cell(normal), cell(reduce));
    // Eight dilated 3×3 convolutions instead of skips in six normal cells: 32, 64 and 128 channels.
    let conv = |c: f64, side: f64| [c * side * side * (1.0 + 9.0 + c + 1.0), 9.0 * c + c * c];
    let cells = [conv(32.0, 32.0), conv(64.0, 16.0), conv(128.0, 8.0)];
    let sum = [0, 1].map(|what| 16.0 * cells.iter().map(|cell| cell[what]).sum::<f64>());
    assert_eq!(more("nasbench301", &with(5, 2), &with(2, 2)), sum);
    // A separable convolution is two of them one after the other.
    assert_eq!(more("nasbench301", &with(3, 2), &with(2, 2)), sum.map(|sum| 2.0 * sum));
}

#[test]
fn every_network_of_the_bundled_table() {
    let folder = Folder::new();
    let table =
        format!("{}/data/nas-bench-graph/nas-bench-graph.csv.gz", env!("CARGO_MANIFEST_DIR"));
    let arguments = ["featurize", &table, "--families", "params", "--keep", "cora_parameters"];
    let text = folder.run_with(&arguments, Vec::new()).expect_success("featurize").out;
    let theirs = column(&text, "cora_parameters");
    let ours = column(&text, "analytic_params");
    assert_eq!(theirs.len(), 26_206);
    assert_eq!(theirs, ours);
}

#[test]
fn a_graph_network_has_no_flops_of_its_own() {
    let folder = Folder::with("nets.txt", "0122:gat|gcn|gin|skip\n");
    let run = folder.run("featurize nets.txt --families flops").expect_clear_failure("flops");
    assert!(run.err.contains("`flops` is not defined for nasbench-graph"), "{}", run.err);
    assert!(params("nasbench-graph", "0122:gat|gcn|gin|skip") > 0.0);
}

/// The tuple of a NAS-Bench-101 cell with its inner nodes in a random topological order.
fn shuffled(network: &Architecture, rng: &mut StdRng) -> String {
    let cell = &network.cells()[0];
    let n = cell.nodes();
    let mut order = vec![0];
    while order.len() < n - 1 {
        let is_free = |node: &usize| {
            !order.contains(node)
                && cell.edges().all(|(from, to, _)| to != *node || order.contains(&from))
        };
        let free: Vec<_> = (1..n - 1).filter(is_free).collect();
        order.push(*free.choose(rng).unwrap());
    }
    order.push(n - 1);
    let edge = |from: usize, to: usize| {
        usize::from(cell.edges().any(|edge| (edge.0, edge.1) == (order[from], order[to])))
    };
    let ops: Vec<_> = cell.node_ops().collect();
    let id = |place: usize| match ops[order[place]] {
        Some(op) => op.index() + 2,
        None => usize::from(place > 0),
    };
    let entries = (0..n).flat_map(|from| (0..n).map(move |to| edge(from, to)).collect::<Vec<_>>());
    let numbers: Vec<_> = entries.chain((0..n).map(id)).map(|number| number.to_string()).collect();
    format!("({})", numbers.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn isomorphic_and_pruned_cells_cost_the_same(seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let space = space::by_name("nasbench101").unwrap();
        let network = space.read(&crate::networks::random("nasbench101", &mut rng)).unwrap();
        let other = space.read(&shuffled(&network, &mut rng)).unwrap();
        prop_assert_eq!(costs(&network), costs(&other));
        prop_assert_eq!(costs(&network), costs(&network.pruned().unwrap()));
    }
}

/// What `graf featurize` writes for a network of NAS-Bench-201.
fn featurized(arguments: &str) -> String {
    let folder = Folder::with("net.csv", "net\n\"(2, 0, 1, 4, 1, 3)\"\n");
    folder.put("tx2.toml", "peak = 665e9\nbandwidth = 59.7e9\n");
    folder.output(&format!("featurize net.csv --keep none --quiet {arguments}"))
}

#[test]
fn bytes_by_hand() {
    // Nothing but `none`: the stem, two residual blocks, global pooling and the linear layer, 4 bytes a number.
    let map = |channels: u32, side: u32| channels * side * side;
    let conv = |kernel: u32, [inputs, in_side]: [u32; 2], [outputs, side]: [u32; 2]| {
        map(inputs, in_side) + map(outputs, side) + kernel * kernel * inputs * outputs
    };
    let block = |channels: u32, side: u32| {
        let (wide, small) = (2 * channels, side / 2);
        conv(3, [channels, side], [wide, small])
            + conv(3, [wide, small], [wide, small])
            + map(channels, side) + map(channels, small) // pooling
            + conv(1, [channels, small], [wide, small])
    };
    let head = map(64, 8) + 64 + (64 + 10 + 65 * 10);
    let numbers = conv(3, [3, 32], [16, 32]) + block(16, 32) + block(32, 16) + head;
    let bytes = |text: &str| {
        let network = space::by_name("nasbench201").unwrap().read(text).unwrap();
        let families = Some(vec!["bytes".to_owned()]);
        let config = FeatureConfig { families, ..Default::default() };
        let set = FeatureSet::new(space::by_name("nasbench201").unwrap(), &config).unwrap();
        let mut row = [f64::NAN];
        set.compute(&network, &mut set.scratch(), &mut row).unwrap();
        row[0]
    };
    assert_eq!(bytes("(1, 1, 1, 1, 1, 1)"), f64::from(4 * numbers) / 1e6);
    assert_eq!(bytes("(0, 0, 0, 0, 0, 0)"), bytes("(1, 1, 1, 1, 1, 1)"));
    // Five 1×1 convolutions a stage.
    let more =
        5 * [(16, 32), (32, 16), (64, 8)].map(|(c, s)| conv(1, [c, s], [c, s])).iter().sum::<u32>();
    let found = (bytes("(3, 1, 1, 1, 1, 1)") - bytes("(1, 1, 1, 1, 1, 1)")) * 1e6;
    assert_eq!(found.round(), f64::from(4 * more));
}

#[test]
fn a_roofline_is_bound_by_operations_or_by_bytes() {
    let value = |arguments: &str, name: &str| {
        column(&featurized(arguments), name)[0].parse::<f64>().unwrap()
    };
    let bytes = value("--families bytes", "analytic_bytes");
    // So fast a processor that only bytes take time: millions of bytes at a billion per second are milliseconds.
    let bound = value("--families roofline --device peak=1e18,bandwidth=1e9", "roofline_latency");
    assert!((bound - bytes).abs() < 1e-9 * bytes, "{bound} {bytes}");
    // So fast a memory that only operations do; sums of layers of at most twice the FLOPs, which count ReLU too.
    let flops = value("--families flops", "analytic_flops");
    let bound = value("--families roofline --device peak=1e9,bandwidth=1e18", "roofline_latency");
    assert!(bound < 2.0 * flops && bound > 1.8 * flops, "{bound} {flops}");
    // With half of the weights a layer is never slower, and what remains is at least half.
    let sparse = featurized("--families roofline --device peak=1e9,bandwidth=1e18,sparsity=0.5");
    assert_eq!(sparse.lines().next(), Some("roofline_latency,roofline_latency(sparsity=0.5)"));
    let numbers: Vec<f64> =
        sparse.lines().nth(1).unwrap().split(',').map(|n| n.parse().unwrap()).collect();
    assert_eq!(numbers[0], bound);
    assert!(numbers[1] >= 0.5 * bound && numbers[1] < 0.6 * bound);
    let by_file = featurized("--families roofline --device tx2.toml");
    assert_eq!(by_file, featurized("--families roofline --device peak=665e9,bandwidth=59.7e9"));
}

#[test]
fn a_model_keeps_the_device() {
    let folder = Folder::new();
    let nets = folder.output("sample --space nasbench201 -n 40 --unique --quiet");
    let rows = nets.lines().skip(1).enumerate().map(|(row, net)| format!("{net},{}\n", row % 7));
    folder.put("t.csv", format!("net,acc\n{}", rows.collect::<String>()));
    let device = "peak=665e9,bandwidth=59.7e9,sparsity=0.9";
    let fit = "fit t.csv --target acc --use roofline --predictor ridge --quiet -o";
    folder.output(&format!("{fit} m.graf --device {device}"));
    let inspected = crate::cli::inspect(&folder, "m.graf");
    assert_eq!(inspected["features"]["device"]["bandwidth"], 59.7e9);
    assert_eq!(inspected["columns"][1], "roofline_latency(sparsity=0.9)");
    // Predictions are those of a table that was featurized for the device, and need no flag.
    folder
        .output(&format!("featurize t.csv --families roofline --device {device} -o f.csv --quiet"));
    let predicted = |table: &str| {
        column(&folder.output(&format!("predict m.graf {table} --quiet")), "acc.prediction")
    };
    assert_eq!(predicted("t.csv"), predicted("f.csv"));
    crate::cli::refused(&folder, &format!("{fit} none.graf"), 2, &["roofline", "--device"]);
    let prior = "fit t.csv --target acc --use params --prior m.graf --device peak=1e9,bandwidth=1e9 -o p.graf";
    crate::cli::refused(&folder, prior, 2, &["--prior"]);
    for wrong in
        ["peak=0,bandwidth=1", "tx2", "peak=1", "none.toml", "peak=1,bandwidth=1,sparsity=1"]
    {
        assert_eq!(
            folder.run(&format!("{fit} none.graf --device {wrong}")).code,
            Some(2),
            "{wrong}"
        );
    }
}
