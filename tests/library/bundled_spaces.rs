//! Descriptions that come with the crate, on published networks; and what descriptions can say besides one small cell:
//! long chains, several cells, what operations do, numbers, layers that are not there.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    missing_docs,
    reason = "a failure is what a test is for"
)]

use std::collections::{BTreeMap, BTreeSet};

use graf::features::{FAMILIES, Family, FeatureConfig, FeatureSet};
use graf::graph::{Cell, Op, Site, canonical};
use graf::space::{self, Architecture, BUNDLED, SearchSpace, TEMPLATE};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The space of a text, by way of a file.
fn load(text: &str) -> Result<&'static dyn SearchSpace, space::SpaceError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("space.toml");
    std::fs::write(&file, text).unwrap();
    space::by_name_or_file(file.to_str().unwrap())
}

fn named(name: &str) -> &'static dyn SearchSpace {
    space::by_name_or_file(name).unwrap()
}

fn features(space: &'static dyn SearchSpace, families: &[&str]) -> FeatureSet {
    let families = Some(families.iter().map(|&family| family.to_owned()).collect());
    FeatureSet::new(space, &FeatureConfig { families, ..FeatureConfig::default() }).unwrap()
}

fn written(set: &FeatureSet, network: &Architecture) -> Vec<f64> {
    let mut row = vec![f64::NAN; set.len()];
    set.compute(network, &mut set.scratch(), &mut row).unwrap();
    row
}

fn row(
    space: &'static dyn SearchSpace,
    families: &[&str],
    network: &Architecture,
) -> BTreeMap<String, f64> {
    let set = features(space, families);
    set.names().iter().cloned().zip(written(&set, network)).collect()
}

fn value(space: &'static dyn SearchSpace, text: &str, family: &str, column: &str) -> f64 {
    row(space, &[family], &space.read(text).unwrap())[column]
}

fn write(space: &dyn SearchSpace, encoding: &str, network: &Architecture) -> String {
    (space.encoding(encoding).unwrap().write)(network).unwrap()
}

fn refused(space: &dyn SearchSpace, text: &str) -> String {
    space.read(text).unwrap_err().to_string()
}

// ---- All of them. ----

#[test]
fn networks_of_every_bundled_space_come_back_from_every_encoding_and_have_features() {
    let mut rng = StdRng::seed_from_u64(8);
    for &(name, text) in BUNDLED {
        let space = named(name);
        assert_eq!(space.name(), name);
        assert!(text.contains("http"), "{name} names no source");
        let families: Vec<_> = FAMILIES
            .into_iter()
            .filter(|family| family.defined_for(space) && !family.needs_device())
            .collect();
        let families: Vec<_> = families.into_iter().map(Family::name).collect();
        let set = features(space, &families);
        let mut scratch = set.scratch();
        for _ in 0..20 {
            let network = space.sample(&mut rng).unwrap();
            for encoding in space.encodings() {
                let text = (encoding.write)(&network).unwrap();
                assert_eq!(space.read(&text).unwrap(), network, "{name}: {text}");
            }
            let mut row = vec![f64::NAN; set.len()];
            set.compute(&network, &mut scratch, &mut row).unwrap();
            assert!(row.iter().all(|value| value.is_finite()), "{name}");
            let kept = serde_json::to_value(space.described().unwrap().description()).unwrap();
            assert_eq!(space::from_description(&kept).unwrap().name(), name);
        }
    }
}

#[test]
fn the_template_describes_a_space() {
    let space = load(TEMPLATE).unwrap();
    assert_eq!(space.name(), "my-space");
    let network = space.read("1_0_2_3_0").unwrap();
    assert_eq!(network, space.read("k3e3|skip|k3e6|k5e6|skip").unwrap());
    assert_eq!(
        network,
        space.read("{'ks': [3, 3, 3, 5, 5], 'e': [3, 3, 6, 6, 6], 'd': [1, 2]}").unwrap()
    );
    assert!(refused(space, "(1, 0, 2, 0, 3)").contains("forbids this combination"));
}

/// The names that the message on an unknown key lists.
fn keys(message: &str) -> BTreeSet<String> {
    let list = message.split("expected one of ").nth(1).unwrap();
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_schema_has_the_keys_of_descriptions() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/data/spaces/schema.json");
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let fbnet = BUNDLED.iter().find(|(name, _)| *name == "fbnet").unwrap().1;
    let fbnet = fbnet.replace("name = \"fbnet\"", "name = \"other\"");
    for (line, with, table) in [
        ("ops_on", "whatever = 1\nops_on", "/properties"),
        ("separator", "whatever = 1\nseparator", "/properties/encoding/properties"),
        ("image", "whatever = 1\nimage", "/properties/skeleton/properties"),
        (
            "{ channels = 16, repeat",
            "{ whatever = 1, channels = 16, repeat",
            "/properties/skeleton/properties/stages/items/properties",
        ),
        ("{ kind = \"identity\"", "{ whatever = 1, kind = \"identity\"", "/$defs/kind/properties"),
        (
            "separator",
            "lists = [{ whatever = 1 }]\nseparator",
            "/properties/encoding/properties/lists/items/properties",
        ),
    ] {
        let message = load(&fbnet.replacen(line, with, 1)).unwrap_err().to_string();
        let known = schema.pointer(table).unwrap().as_object().unwrap();
        assert_eq!(keys(&message), known.keys().cloned().collect(), "{table}");
    }
    let kinds = load(&fbnet.replace("\"identity\"", "\"whatever\"")).unwrap_err().to_string();
    let known = schema.pointer("/$defs/kind/properties/kind/enum").unwrap().as_array().unwrap();
    assert_eq!(keys(&kinds), known.iter().map(|name| name.as_str().unwrap().to_owned()).collect());
}

// ---- Published networks. ----

/// `ProxylessNAS` (mobile) has 4,080,512 parameters (its authors' release, as pytorchcv counts them).
#[test]
fn proxyless_mobile_has_its_published_parameters() {
    let text = "k5e3|k3e3|skip|skip|k7e3|k3e3|k5e3|k5e3|k7e6|k5e3|k5e3|k5e3|k5e6|k5e3|k5e3|k5e3|k7e6|k7e6|k7e3|k7e3|k7e6";
    let space = named("proxyless");
    assert_eq!(value(space, text, "params", "analytic_params"), 4.080_512);
    // 320 million multiplications are published; normalizations and activations come on top.
    let flops = value(space, text, "flops", "analytic_flops");
    assert!((320.0..350.0).contains(&flops), "{flops}");
    assert_eq!(value(space, text, "value", "value(kernel).sum"), 105.0);
    assert!(
        refused(space, &text.replacen("k5e3", "skip", 1))
            .starts_with("skip can not stand on edge 0→1")
    );
}

#[test]
fn absent_layers_of_a_stage_make_no_difference_to_what_a_network_is() {
    let space = named("proxyless");
    let network = |stage: &str| {
        let rest = "|k3e3|skip|skip|skip".repeat(4) + "|k3e3";
        space.identity(&space.read(&format!("{stage}{rest}")).unwrap())
    };
    let one = network("k3e3|skip|k5e3|skip");
    assert_eq!(one, network("k3e3|k5e3|skip|skip"));
    assert_eq!(one, network("k3e3|skip|skip|k5e3"));
    assert_ne!(one, network("k5e3|k3e3|skip|skip"));
    // A layer of the next stage is another one.
    let text = "k3e3|skip|skip|skip|k3e3|k5e3|skip|skip".to_owned()
        + &"|k3e3|skip|skip|skip".repeat(3)
        + "|k3e3";
    assert_ne!(one, space.identity(&space.read(&text).unwrap()));
}

#[test]
fn once_for_all_networks_are_lists() {
    let space = named("ofa-mbv3");
    let text = "{'ks': [3, 5, 7, 3, 3, 5, 7, 3, 3, 5, 7, 3, 3, 5, 7, 3, 3, 5, 7, 3], \
                'e': [3, 4, 6, 6, 3, 4, 6, 6, 3, 4, 6, 6, 3, 4, 6, 6, 3, 4, 6, 6], 'd': [2, 3, 4, 2, 3], 'r': [224]}";
    let network = space.read(text).unwrap();
    let found = row(space, &["op_count", "value"], &network);
    assert_eq!(found["op_count(absent)"], 6.0);
    assert_eq!(found["op_count(k3e6)"], 1.0);
    assert_eq!(found["value(kernel).3"], 0.0);
    assert_eq!(found["value(kernel).min"], 3.0);
    // What the lists say of absent layers does not count.
    let other = text.replace("[3, 5, 7, 3, 3", "[3, 5, 3, 5, 3");
    assert_ne!(other, text);
    assert_eq!(space.read(&other).unwrap(), network);
    assert_eq!(space.read(&write(space, "lists", &network)).unwrap(), network);
    assert!(
        refused(space, &text.replace("[2, 3, 4", "[1, 3, 4"))
            .contains("absent can not stand on edge 1→2")
    );
    assert!(
        refused(space, &text.replace("[2, 3, 4", "[5, 3, 4"))
            .contains("the depth of group 1 is no number from 0 to 4")
    );
    assert!(refused(space, &text.replace("'ks'", "'k'")).contains("there is no `ks`"));
    assert!(
        refused(space, &text.replace("[3, 5, 7, 3, 3", "[9, 5, 7, 3, 3"))
            .contains("unknown operation `k9e3`")
    );
    let all = "(0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)";
    assert!(refused(space, all).contains("forbids"));
}

#[test]
fn fbnet_keys_are_read_and_its_blocks_counted() {
    let space = named("fbnet");
    let key = "2_7_3_8_4_0_5_1_6_2_7_3_8_4_0_5_1_6_2_7_3_8";
    let network = space.read(key).unwrap();
    assert_eq!(write(space, "string", &network), key);
    assert_eq!(space.read(&key.replace('_', ":")).unwrap(), network);
    assert_eq!(space.read(&key.replace('_', ", ")).unwrap(), network);
    assert_eq!(space.read(&format!("[{}]", key.replace('_', ", "))).unwrap(), network);
    assert_eq!(space.read(&write(space, "names", &network).replace('"', "'")).unwrap(), network);
    let layers: Vec<_> =
        key.split('_').enumerate().map(|(place, id)| format!("'layer_{place}': {id}")).collect();
    assert_eq!(space.read(&format!("{{{}}}", layers.join(", "))).unwrap(), network);
    assert_eq!(row(space, &["op_count"], &network).values().sum::<f64>(), 22.0);
    assert!(refused(space, "2_7_3").starts_with("3 numbers; fbnet takes 22"));
    assert!(
        refused(space, &key.replacen('2', "9", 1))
            .starts_with("operation id 9 (number 1 of the list)")
    );
    assert!(refused(space, "hello").starts_with("not an encoding of fbnet"));
    // k5_e6 for k3_e1 in layer 2, from 16 channels to 24: 16 · 96 + 25 · 96 + 96 · 24 weights instead of 16 · 16 + 9 · 16 +
    // 16 · 24, and 2 · 96 · 2 instead of 2 · 16 · 2 of normalizations.
    let params = |second: &str| {
        value(space, &format!("0_{second}{}", "_0".repeat(20)), "params", "analytic_params") * 1e6
    };
    let more =
        f64::from(16 * 96 + 25 * 96 + 96 * 24 + 4 * 96 - (16 * 16 + 9 * 16 + 16 * 24 + 4 * 16));
    assert_eq!((params("7") - params("0")).round(), more);
}

#[test]
fn nats_bench_sizes_are_numbers() {
    let space = named("nats-sss");
    assert_eq!(space.enumerate().unwrap().count(), 32_768);
    let found = row(space, &["value", "op_count"], &space.read("8:16:24:32:40").unwrap());
    assert_eq!(found["value(channels).sum"], 120.0);
    assert_eq!(found["value(channels).mean"], 24.0);
    assert_eq!((found["value(channels).min"], found["value(channels).max"]), (8.0, 40.0));
    assert_eq!(found["value(channels).4"], 32.0);
    assert_eq!(found["op_count(24)"], 1.0);
    assert!(refused(space, "8:16:24:32:41").starts_with("operation id 41 (number 5 of the list)"));
}

/// A network as the benchmark's `graph_utils.py` makes a graph of it: operations are nodes, zeros are taken out.
fn graph_of_asr(tuple: &str) -> Cell {
    let nodes: Vec<Vec<u8>> = serde_json::from_str(tuple).unwrap();
    let mut edges = vec![(0, 1), (1, 2), (2, 3), (3, 4)];
    for (node, list) in nodes.iter().enumerate() {
        let skips = list[1..].iter().enumerate().filter(|(_, skip)| **skip == 1);
        edges.extend(skips.map(|(from, _)| (from, node + 2)));
    }
    let op = |node: usize| (1..4).contains(&node).then(|| Op(nodes[node - 1][0]));
    let is_zero = |node| op(node) == Some(Op(5));
    edges.retain(|&(from, to)| !is_zero(from) && !is_zero(to));
    edges.sort_unstable_by_key(|&(from, to)| (to, from));
    let edges: Vec<_> = edges.into_iter().map(|(from, to)| (from, to, None)).collect();
    let ops: Vec<_> = (0..5).map(op).collect();
    Cell::new(Site::Nodes, 1, &ops, &edges).unwrap()
}

/// 13,824 networks, of which 8,242 differ as graphs of operations (Mehrotra et al., ICLR 2021). Here a skip is an
/// operation, as in NAS-Bench-201: networks that differ in where skips follow on one another are told apart.
#[test]
fn nas_bench_asr_has_its_published_networks() {
    let space = named("nasbench-asr");
    let all: Vec<_> = space.enumerate().unwrap().map(Result::unwrap).collect();
    assert_eq!(all.len(), 13_824);
    let network = space.read("[[0, 1], [2, 0, 1], [3, 1, 0, 0]]").unwrap();
    assert_eq!(write(space, "tuple", &network), "[[0, 1], [2, 0, 1], [3, 1, 0, 0]]");
    let found = row(space, &["op_count", "one_hot"], &network);
    assert_eq!(found["op_count(skip)"], 3.0 + 3.0);
    assert_eq!(found["one_hot(edge_0_1=linear)"], 1.0);
    assert_eq!(found["one_hot(edge_0_2=skip)"], 1.0);
    assert_eq!(found["one_hot(edge_0_4=zero)"], 1.0);
    assert!(
        refused(space, "[[6, 1], [2, 0, 1], [3, 1, 0, 0]]")
            .contains("operation id 6 (number 1 of the list)")
    );
    assert!(
        refused(space, "[[0, 2], [2, 0, 1], [3, 1, 0, 0]]")
            .contains("operation id 2 (number 2 of the list)")
    );
    let mut graphs = BTreeMap::new();
    for network in &all {
        let graph = canonical(&graph_of_asr(&write(space, "tuple", network)), None);
        assert_eq!(graphs.entry(space.identity(network)).or_insert_with(|| graph.clone()), &graph);
    }
    assert_eq!(graphs.values().collect::<BTreeSet<_>>().len(), 8_242);
}

/// The network for 126 ms on a Titan Xp (`HAT_wmt14ende_titanxp@126.0ms_bleu@27.9.yml`).
#[test]
fn hat_reads_the_keys_of_its_files() {
    let space = named("hat");
    let text = "{'encoder-embed-dim-subtransformer': 512, 'decoder-embed-dim-subtransformer': 512, \
        'encoder-ffn-embed-dim-all-subtransformer': [3072, 3072, 3072, 3072, 3072, 3072], \
        'decoder-ffn-embed-dim-all-subtransformer': [3072, 3072, 3072], \
        'encoder-layer-num-subtransformer': 6, 'decoder-layer-num-subtransformer': 3, \
        'encoder-self-attention-heads-all-subtransformer': [4, 4, 8, 8, 8, 4], \
        'decoder-self-attention-heads-all-subtransformer': [8, 8, 8], \
        'decoder-ende-attention-heads-all-subtransformer': [4, 8, 8], \
        'decoder-arbitrary-ende-attn-all-subtransformer': [-1, 1, 1]}";
    let network = space.read(text).unwrap();
    let names = write(space, "names", &network);
    assert_eq!(
        names,
        r#"["enc512","e3072h4","e3072h4","e3072h8","e3072h8","e3072h8","e3072h4","dec512","d3072h8x4a-1","d3072h8x8a1","d3072h8x8a1","absent","absent","absent"]"#
    );
    assert_eq!(space.read(&names).unwrap(), network);
    assert_eq!(space.read(&write(space, "lists", &network)).unwrap(), network);
}

#[test]
fn autoformer_networks_have_an_embedding_and_a_depth() {
    let space = named("autoformer-small");
    let list = |item: &str| vec![item; 14].join(", ");
    let text = format!(
        "{{'layer_num': 13, 'embed_dim': [{}], 'num_heads': [{}], 'mlp_ratio': [{}]}}",
        list("384"),
        list("6"),
        list("4.0")
    );
    let network = space.read(&text).unwrap();
    let found = row(space, &["op_count", "value"], &network);
    assert_eq!((found["op_count(embed384)"], found["op_count(h6r4)"]), (1.0, 13.0));
    assert_eq!((found["op_count(absent)"], found["value(mlp_ratio).15"]), (1.0, 0.0));
    assert_eq!(found["value(embed_dim).mean"], 384.0);
    assert_eq!(found["value(mlp_ratio).sum"], 52.0);
}

/// The published cells, as pycls and DARTS write them.
const NASNET: &str = "Genotype(normal=[('sep_conv_5x5', 1), ('sep_conv_3x3', 0), ('sep_conv_5x5', 0), ('sep_conv_3x3', 0), \
    ('avg_pool_3x3', 1), ('skip_connect', 0), ('avg_pool_3x3', 0), ('avg_pool_3x3', 0), ('sep_conv_3x3', 1), ('skip_connect', 1)], \
    normal_concat=[2, 3, 4, 5, 6], reduce=[('sep_conv_5x5', 1), ('sep_conv_7x7', 0), ('max_pool_3x3', 1), ('sep_conv_7x7', 0), \
    ('avg_pool_3x3', 1), ('sep_conv_5x5', 0), ('skip_connect', 3), ('avg_pool_3x3', 2), ('sep_conv_3x3', 2), ('max_pool_3x3', 1)], \
    reduce_concat=[4, 5, 6])";
const AMOEBA: &str = "Genotype(normal=[('avg_pool_3x3', 0), ('max_pool_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_5x5', 2), \
    ('sep_conv_3x3', 0), ('avg_pool_3x3', 3), ('sep_conv_3x3', 1), ('skip_connect', 1), ('skip_connect', 0), ('avg_pool_3x3', 1)], \
    normal_concat=[4, 5, 6], reduce=[('avg_pool_3x3', 0), ('sep_conv_3x3', 1), ('max_pool_3x3', 0), ('sep_conv_7x7', 2), \
    ('sep_conv_7x7', 0), ('avg_pool_3x3', 1), ('max_pool_3x3', 0), ('max_pool_3x3', 1), ('conv_7x1_1x7', 0), ('sep_conv_3x3', 5)], \
    reduce_concat=[3, 4, 6])";
const PNAS: &str = "Genotype(normal=[('sep_conv_5x5', 0), ('max_pool_3x3', 0), ('sep_conv_7x7', 1), ('max_pool_3x3', 1), \
    ('sep_conv_5x5', 1), ('sep_conv_3x3', 1), ('sep_conv_3x3', 4), ('max_pool_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 1)], \
    normal_concat=[2, 3, 4, 5, 6], reduce=[('sep_conv_5x5', 0), ('max_pool_3x3', 0), ('sep_conv_7x7', 1), ('max_pool_3x3', 1), \
    ('sep_conv_5x5', 1), ('sep_conv_3x3', 1), ('sep_conv_3x3', 4), ('max_pool_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 1)], \
    reduce_concat=range(2, 7))";

#[test]
fn published_cells_of_nds() {
    for (name, text) in
        [("nds-nasnet", NASNET), ("nds-amoeba", AMOEBA), ("nds-pnas", PNAS), ("nds-nasnet", PNAS)]
    {
        let space = named(name);
        let network = space.read(text).unwrap();
        assert_eq!(network.cells().len(), 2);
        let expected = text.replace("range(2, 7)", "[2, 3, 4, 5, 6]");
        assert_eq!(write(space, "genotype", &network), expected);
        assert_eq!(space.read(&write(space, "json", &network)).unwrap(), network);
        let record = format!(
            "{{'type': 'x', 'genotype': {}, 'depth': 12, 'width': 32}}",
            write(space, "json", &network)
        );
        assert_eq!(space.read(&record).unwrap(), network);
    }
    let space = named("nds-nasnet");
    let found = row(space, &["op_count"], &space.read(NASNET).unwrap());
    assert_eq!(found["normal.op_count(avg_pool_3x3)"], 3.0);
    assert_eq!(found["reduce.op_count(sep_conv_7x7)"], 2.0);
    let message = refused(named("nds-enas"), NASNET);
    assert!(message.contains("unknown operation `sep_conv_7x7`"), "{message}");
    let message = refused(space, &NASNET.replacen("('sep_conv_5x5', 1)", "('sep_conv_5x5', 2)", 1));
    assert!(
        message.contains("normal: node 2 reads node 2; it can read the nodes 0 to 1"),
        "{message}"
    );
    let message = refused(space, &NASNET.replace(", ('max_pool_3x3', 1)]", "]"));
    assert!(message.contains("reduce: 9 pairs"), "{message}");
    let message = refused(space, &NASNET.replace("[4, 5, 6]", "[4, 5, 7]"));
    assert!(
        message.contains("reduce_concat names each node once, of the nodes 0 to 6"),
        "{message}"
    );
}

#[test]
fn five_nodes_are_inferred() {
    assert_eq!(space::infer([PNAS]).unwrap().name(), "nds-nasnet");
    assert_eq!(space::infer([NASNET, PNAS]).unwrap().name(), "nds-nasnet");
}

// ---- Registered spaces, described with what their operations do. ----

const DARTS: &str = r#"
name = "my-darts"
ops = ["max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"]
ops_on = "edges"
cells = ["normal", "reduce"]
inputs = ["c_k-2", "c_k-1"]
nodes = 7
edges = "pairs"
[kinds]
max_pool_3x3 = { kind = "max_pooling", kernel = 3 }
avg_pool_3x3 = { kind = "average_pooling", kernel = 3 }
skip_connect = { kind = "identity" }
sep_conv_3x3 = { kind = "separable", kernel = 3, times = 2 }
sep_conv_5x5 = { kind = "separable", kernel = 5, times = 2 }
dil_conv_3x3 = { kind = "dilated", kernel = 3, dilation = 2 }
dil_conv_5x5 = { kind = "dilated", kernel = 5, dilation = 2 }
[skeleton]
image = [3, 32]
stem = [{ kind = "convolution", kernel = 3, channels = 96 }]
stages = [
    { channels = 32, repeat = 2 },
    { channels = 64, stride = 2, cell = 1 },
    { channels = 64, repeat = 2 },
    { channels = 128, stride = 2, cell = 1 },
    { channels = 128, repeat = 2 },
]
classes = 10
"#;

const MICRO: &str = r#"
name = "my-micro-costs"
ops = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3"]
ops_on = "edges"
zero_op = "none"
nodes = 4
edges = [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]
[kinds]
none = { kind = "zero" }
skip_connect = { kind = "identity" }
nor_conv_1x1 = { kind = "convolution" }
nor_conv_3x3 = { kind = "convolution", kernel = 3 }
[skeleton]
image = [3, 256]
stem = [
    { kind = "convolution", kernel = 3, channels = 32, stride = 2 },
    { kind = "convolution", kernel = 3, channels = 64, stride = 2 },
]
stages = [
    { channels = 128, stride = 2, repeat = 2 },
    { channels = 128, repeat = 2 },
    { channels = 256, stride = 2, repeat = 2 },
    { channels = 256, repeat = 2 },
    { channels = 512, stride = 2, repeat = 2 },
]
classes = 63
"#;

#[test]
fn darts_described_has_the_columns_and_values_of_the_registered_space() {
    let (mine, theirs) = (load(DARTS).unwrap(), named("nasbench301"));
    let families = [
        "op_count",
        "max_op_on_path",
        "node_degree",
        "min_path_len",
        "adjacency",
        "path",
        "path_stats",
        "random_walk",
        "position",
        "succession",
        "signal",
        "shared",
    ];
    let (own, other) = (features(mine, &families), features(theirs, &families));
    assert_eq!(own.names(), other.names());
    let mut rng = StdRng::seed_from_u64(4);
    for _ in 0..50 {
        let theirs_net = theirs.sample(&mut rng).unwrap();
        let text = write(theirs, "genotype", &theirs_net);
        let mine_net = mine.read(&text).unwrap();
        assert_eq!(mine_net.cells(), theirs_net.cells());
        assert_eq!(write(mine, "genotype", &mine_net), text);
        assert_eq!(write(mine, "compact", &mine_net), write(theirs, "compact", &theirs_net));
        assert_eq!(written(&own, &mine_net), written(&other, &theirs_net));
    }
}

#[test]
fn micro_described_has_the_parameters_of_the_registered_space() {
    let (mine, theirs) = (load(MICRO).unwrap(), named("transbench101-micro"));
    let families =
        ["params", "signal", "shared", "path_stats", "random_walk", "succession", "position"];
    let (own, other) = (features(mine, &families), features(theirs, &families));
    assert_eq!(own.names(), other.names());
    for (one, same) in mine.enumerate().unwrap().zip(theirs.enumerate().unwrap()).step_by(37) {
        assert_eq!(written(&own, &one.unwrap()), written(&other, &same.unwrap()));
    }
}

/// A chain whose layers choose their channels and strides, layer by layer.
#[test]
fn operations_can_choose_channels_and_strides() {
    let text = "name = \"choose\"\nops = [\"a\", \"b\"]\nops_on = \"edges\"\nnodes = 3\nedges = \"chain\"\n[kinds]\n\
                a = { kind = \"convolution\", kernel = 3, channels = 8 }\n\
                b = { kind = \"convolution\", channels = 4, stride = 2 }\n[skeleton]\nimage = [3, 8]\nclasses = 2\n";
    let space = load(text).unwrap();
    // 3×3 from 3 to 8, then 1×1 from 8 to 4, each with normalization; 4 · 2 + 2 weights of the last layer.
    let params = f64::from(9 * 3 * 8 + 16 + 8 * 4 + 8 + 10);
    assert_eq!((value(space, "(0, 1)", "params", "analytic_params") * 1e6).round(), params);
    // At 8 × 8 and at 4 × 4 pixels; the mean over 4 × 4 counts (4 + 1)² for each channel.
    let flops = f64::from((9 * 3 * 8 + 3 * 8) * 64 + (8 * 4 + 3 * 4) * 16 + 25 * 4 + 8);
    assert_eq!((value(space, "(0, 1)", "flops", "analytic_flops") * 1e6).round(), flops);
}

#[test]
fn complete_edges_are_all_of_them() {
    let text = "name = \"complete\"\nops = [\"a\", \"b\"]\nops_on = \"edges\"\nnodes = 4\nedges = \"complete\"\n";
    let space = load(text).unwrap();
    assert_eq!(space.described().unwrap().networks(), Some(64));
    let names: Vec<_> = features(space, &["adjacency"]).names().to_vec();
    let edges =
        ["0_1", "0_2", "0_3", "1_2", "1_3", "2_3"].map(|edge| format!("adjacency(edge_{edge})"));
    assert_eq!(names, edges);
}

#[test]
fn two_cells_of_the_same_edges() {
    let text = "name = \"two-cells\"\nops = [\"a\", \"b\"]\nops_on = \"edges\"\ncells = [\"normal\", \"reduce\"]\nnodes = 3\n\
                edges = \"complete\"\nchoices = [[\"a\"], [\"a\", \"b\"], [\"a\", \"b\"]]\n";
    let space = load(text).unwrap();
    let network = space.read("(0, 1, 0, 0, 0, 1)").unwrap();
    assert_eq!(write(space, "tuple", &network), "(0, 1, 0, 0, 0, 1)");
    let found = row(space, &["op_count"], &network);
    assert_eq!((found["normal.op_count(b)"], found["reduce.op_count(a)"]), (1.0, 2.0));
    assert_eq!(space.described().unwrap().networks(), Some(16));
    assert!(
        refused(space, "(0, 1, 0, 1, 0, 1)")
            .starts_with("b can not stand on edge 0→1 of the reduce cell (number 4")
    );
}

// ---- Long chains. ----

/// A chain of so many layers with 40 operations.
fn long_chain(layers: usize) -> &'static dyn SearchSpace {
    let ops: Vec<_> = (0..40).map(|op| format!("\"o{op}\"")).collect();
    let text = format!(
        "name = \"chain-{layers}\"\nops = [{}]\nops_on = \"edges\"\nnodes = {}\nedges = \"chain\"\n",
        ops.join(", "),
        layers + 1
    );
    load(&text).unwrap()
}

#[test]
fn a_long_chain_is_counted_layer_by_layer() {
    let space = long_chain(127);
    let mut rng = StdRng::seed_from_u64(2);
    for _ in 0..5 {
        let network = space.sample(&mut rng).unwrap();
        let ops: Vec<_> = network.cells()[0].ops().map(Op::index).collect();
        let families = [
            "op_count",
            "prefix_count",
            "random_walk",
            "position",
            "succession",
            "node_degree",
            "one_hot",
        ];
        let found = row(space, &families, &network);
        for op in [0, 7, 39] {
            let before =
                |end: usize| ops[..end].iter().filter(|&&other| other == op).count() as f64;
            assert_eq!(found[&format!("op_count(o{op})")], before(127));
            assert_eq!(found[&format!("random_walk(o{op}).back")], before(127));
            for place in [1, 20, 127] {
                assert_eq!(found[&format!("prefix_count(o{op}).{place}")], before(place));
                assert_eq!(found[&format!("position(o{op}).first_{place}")], before(place));
            }
            let pairs = ops.windows(2).filter(|pair| pair[0] == op && pair[1] == 7).count();
            assert_eq!(found[&format!("succession(o{op}>o7)")], pairs as f64);
            let first = f64::from(u8::from(ops[0] == op));
            assert_eq!(found[&format!("node_degree(o{op}).input_out")], first);
        }
        let text = write(space, "tuple", &network);
        assert_eq!(space.read(&text).unwrap(), network);
        let other = space.sample(&mut rng).unwrap();
        assert_ne!(space.identity(&network), space.identity(&other));
        assert_eq!(space.identity(&network), space.identity(&space.read(&text).unwrap()));
    }
    let config = FeatureConfig {
        families: Some(vec!["min_path_len".to_owned()]),
        ..FeatureConfig::default()
    };
    let message = FeatureSet::new(space, &config).unwrap_err().to_string();
    assert!(message.contains("`min_path_len` is not defined for chain-127"), "{message}");
}

// ---- What is refused. ----

#[test]
fn faults_of_what_operations_do() {
    let fbnet = BUNDLED.iter().find(|(name, _)| *name == "fbnet").unwrap().1;
    let fbnet = fbnet.replace("name = \"fbnet\"", "name = \"refused\"");
    let darts = DARTS.replace("my-darts", "refused");
    for (text, expected) in [
        (fbnet.replace("nodes = 23", "nodes = 129"), "key `nodes`: 129 nodes; a cell has 2 to 128"),
        (
            fbnet.replace("absent_op = \"skip\"", "absent_op = \"none\""),
            "key `absent_op`: `none` is none of the ops",
        ),
        (fbnet.replace("skip = { kind = \"identity\" }", ""), "key `kinds`: `skip` is missing"),
        (
            fbnet.replace("skip = { kind = \"identity\" }", "skip = { kind = \"zero\" }"),
            "`skip`: an operation is of the kind zero",
        ),
        (
            fbnet.replace("kernel = 5, expansion = 6", "kernel = 99, expansion = 6"),
            "`k5_e6`: kernel = 99; choose 1 to 31",
        ),
        (
            fbnet.replace(
                "kind = \"separable\", kernel = 3, expansion = 6",
                "kind = \"convolution\", expansion = 6",
            ),
            "only a separable convolution has an expansion",
        ),
        (
            fbnet.replace("{ channels = 352, repeat = 1 },", ""),
            "key `skeleton.stages`: the stages repeat 21 layers; the chain has 22",
        ),
        (fbnet.replace("classes = 1000", "classes = 0"), "key `skeleton`: an image has channels"),
        (
            fbnet.replace("separator = \"_\"", "separator = \"x\""),
            "key `encoding.separator`: choose one of",
        ),
        (
            fbnet.replace("separator = \"_\"", "groups = [3, 18446744073709551615]"),
            "key `encoding.groups`",
        ),
        (
            fbnet.replace("separator = \"_\"", "lists = [{ op = \"k\", places = 22 }]"),
            "key `encoding.lists`: `k` is no pattern",
        ),
        (
            fbnet.replace("separator = \"_\"", "lists = [{ op = \"k{k}\", places = 3 }]"),
            "do not add up to the 22",
        ),
        (
            fbnet.replace("absent_op", "forbidden = [{ 23 = \"skip\" }]\nabsent_op"),
            "key `forbidden`: `23` is no place; they are 1 to 22",
        ),
        (
            fbnet.replace("absent_op", "forbidden = [{}]\nabsent_op"),
            "key `forbidden`: an empty combination",
        ),
        (
            fbnet.replace("[kinds]", "[values]\nw = { k3_e1 = nan }\n[kinds]"),
            "key `values`: w: the number of `k3_e1`",
        ),
        (
            fbnet.replace("[kinds]", "[values]\nw = { k9 = 1 }\n[kinds]"),
            "key `values`: w: `k9` is none of the ops",
        ),
        (
            darts.replace("\"pairs\"", "\"pears\""),
            "key `edges`: `pears` is none of chain, complete, pairs and free",
        ),
        (darts.replace("nodes = 7", "nodes = 3"), "key `edges`: pairs are operations on the edges"),
        (
            darts.replace("[\"normal\", \"reduce\"]", "[\"a\", \"b\"]"),
            "key `cells`: write cells = ",
        ),
        (darts.replace("cell = 1", "cell = 2"), "key `skeleton.stages`: a stage has channels"),
        (
            darts.replace("nodes = 7", "nodes = 7\nmax_edges = 3"),
            "key `max_edges`: does not go with edges = \"pairs\"",
        ),
    ] {
        let message = load(&text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}\ninstead of\n{expected}");
        assert!(message.len() < 900 && !message.contains(char::is_control), "{message:?}");
    }
}

/// What the supernet files of the authors list.
#[test]
fn autoformer_has_the_heads_of_its_authors() {
    for (name, heads) in
        [("tiny", vec![3.0, 4.0]), ("small", vec![5.0, 6.0, 7.0]), ("base", vec![9.0, 10.0])]
    {
        let space = named(&format!("autoformer-{name}"));
        let values = space.described().unwrap().values();
        let (_, found) = values.iter().find(|(name, _)| name == "num_heads").unwrap();
        let mut found: Vec<_> = found.iter().copied().filter(|heads| !heads.is_nan()).collect();
        found.sort_by(f64::total_cmp);
        found.dedup();
        assert_eq!(found, heads, "{name}");
    }
}
