//! Spaces that a file describes: the same features as the registered spaces that they repeat, round
//! trips, networks listed and drawn, and everything that is refused.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    missing_docs,
    reason = "a failure is what a test is for"
)]

use std::collections::{BTreeMap, BTreeSet};

use graf::features::{FeatureConfig, FeatureSet, SubsetLimit};
use graf::space::{self, Architecture, SearchSpace, SpaceError};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const CELLS: [&str; 4] = ["op_count", "min_path_len", "max_op_on_path", "node_degree"];
const ENCODINGS: [&str; 3] = ["one_hot", "adjacency", "path"];

const NB201: &str = r#"
name = "my201"
ops = ["skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3"]
ops_on = "edges"
zero_op = "none"
nodes = 4
edges = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
"#;

const MICRO: &str = r#"
name = "my-micro"
ops = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3"]
ops_on = "edges"
zero_op = "none"
nodes = 4
edges = [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]
"#;

const NB101: &str = r#"
name = "my101"
ops = ["maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu"]
ops_on = "nodes"
nodes = 7
min_nodes = 2
edges = "free"
max_edges = 9

[encoding]
ids = [2, 3, 4]
ends = [0, 1]
"#;

/// The space of a text, by way of a file.
fn load(text: &str) -> Result<&'static dyn SearchSpace, SpaceError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("space.toml");
    std::fs::write(&file, text).unwrap();
    space::by_name_or_file(file.to_str().unwrap())
}

fn bundled(file: &str) -> &'static dyn SearchSpace {
    let path = format!("{}/data/spaces/{file}", env!("CARGO_MANIFEST_DIR"));
    space::by_name_or_file(&path).unwrap()
}

fn features(space: &'static dyn SearchSpace, families: &[&str]) -> FeatureSet {
    let families = Some(families.iter().map(|&family| family.to_owned()).collect());
    FeatureSet::new(space, &FeatureConfig { families, ..FeatureConfig::default() }).unwrap()
}

fn row(set: &FeatureSet, network: &Architecture) -> Vec<f64> {
    let mut row = vec![f64::NAN; set.len()];
    set.compute(network, &mut set.scratch(), &mut row).unwrap();
    row
}

fn named(set: &FeatureSet, network: &Architecture) -> BTreeMap<String, f64> {
    set.names().iter().cloned().zip(row(set, network)).collect()
}

/// The message of a text that describes no space, from the file's name on.
fn refusal(text: &str) -> String {
    let message = load(text).unwrap_err().to_string();
    let shown = message.rsplit("space.toml").next().unwrap().to_owned();
    assert!(message.len() < 900 && !message.contains(char::is_control), "{message:?}");
    shown
}

// ---- The registered spaces, described. ----

#[test]
fn nasbench201_and_micro_have_the_same_columns_and_values() {
    for (text, registered) in [(NB201, "nasbench201"), (MICRO, "transbench101-micro")] {
        let (mine, theirs) = (load(text).unwrap(), space::by_name(registered).unwrap());
        let families = [&CELLS[..], &ENCODINGS].concat();
        let (own, other) = (features(mine, &families), features(theirs, &families));
        assert_eq!(own.names(), other.names());
        let default = |space| FeatureSet::new(space, &FeatureConfig::default()).unwrap();
        assert_eq!(default(mine).names(), default(theirs).names());
        let (mut classes, mut count) = (BTreeSet::new(), 0_u128);
        for (one, same) in mine.enumerate().unwrap().zip(theirs.enumerate().unwrap()) {
            let (one, same) = (one.unwrap(), same.unwrap());
            let (tuple, expected) = (&mine.encodings()[0], &theirs.encodings()[0]);
            assert_eq!((tuple.write)(&one), (expected.write)(&same));
            let (zero, of_same) = (mine.zero_op().unwrap(), theirs.zero_op().unwrap());
            assert_eq!(one.has_unreachable_ops(zero), same.has_unreachable_ops(of_same));
            if count % 5 == 0 {
                assert_eq!(row(&own, &one), row(&other, &same));
            }
            classes.insert(mine.identity(&one));
            count += 1;
        }
        let expected = if registered == "nasbench201" { (15_625, 8_765) } else { (4_096, 1_948) };
        assert_eq!((count, classes.len()), expected);
        assert_eq!(mine.described().unwrap().networks(), Some(count));
    }
}

#[test]
fn nasbench101_has_the_same_columns_and_values() {
    let (mine, theirs) = (load(NB101).unwrap(), space::by_name("nasbench101").unwrap());
    let ordered = [&CELLS[..], &["adjacency"]].concat();
    let (own, other) = (features(mine, &ordered), features(theirs, &ordered));
    assert_eq!(own.names(), other.names());
    // NASLib has an order of its own for the operations of these.
    let (own_named, other_named) = (features(mine, &ENCODINGS), features(theirs, &ENCODINGS));
    let mut rng = StdRng::seed_from_u64(3);
    for _ in 0..500 {
        let text = crate::networks::random("nasbench101", &mut rng);
        let (one, same) = (mine.read(&text).unwrap(), theirs.read(&text).unwrap());
        assert_eq!(one.cells(), same.cells());
        assert_eq!(row(&own, &one), row(&other, &same), "{text}");
        assert_eq!(named(&own_named, &one), named(&other_named, &same), "{text}");
        assert_eq!((mine.encodings()[0].write)(&one).unwrap(), text);
        assert_eq!(one.pruned().unwrap().cells(), same.pruned().unwrap().cells());
    }
    assert_eq!(mine.described().unwrap().networks(), Some(1_293_208));
    let listed = mine.enumerate().unwrap().zip(theirs.enumerate().unwrap()).take(5_000);
    for (one, same) in listed {
        assert_eq!(one.unwrap().cells(), same.unwrap().cells());
    }
}

#[test]
fn labels_are_those_of_the_registered_space() {
    let (mine, theirs) = (load(NB201).unwrap(), space::by_name("nasbench201").unwrap());
    let counts = |space: &'static dyn SearchSpace| {
        let networks = space.enumerate().unwrap().step_by(97);
        let networks: Vec<_> = networks.map(Result::unwrap).collect();
        let labels = features(space, &["wl"]).labels(&networks).unwrap();
        let columns = labels.columns(0..networks.len());
        (labels.counts(0..networks.len(), &columns), columns)
    };
    let (found, columns) = counts(mine);
    assert!(columns.len() > 50, "{columns:?}");
    assert_eq!((found, columns), counts(theirs));
}

// ---- NAS-Bench-Macro. ----

#[test]
fn nasbench_macro_is_read_as_digits_and_as_a_tuple() {
    let space = bundled("nasbench-macro.toml");
    let names: Vec<_> = space.encodings().iter().map(|encoding| encoding.name).collect();
    assert_eq!(names, ["digits", "tuple", "names"]);
    let network = space.read(" 02110021 ").unwrap();
    assert_eq!(network, space.read("[0, 2, 1, 1, 0, 0, 2, 1]").unwrap());
    assert_eq!((space.encodings()[0].write)(&network).unwrap(), "02110021");
    assert_eq!((space.encodings()[1].write)(&network).unwrap(), "(0, 2, 1, 1, 0, 0, 2, 1)");
    let refused = |text: &str| space.read(text).unwrap_err().to_string();
    assert_eq!(refused("2110021"), "7 digits; nasbench-macro takes 8, leading zeros counted in");
    assert_eq!(refused("(0, 2)"), "2 numbers; nasbench-macro takes 8");
    assert!(refused("02110023").starts_with("operation id 3 (number 8 of the list) is out of"));
    assert!(refused("0211002x").contains("it reads, for example, 01201201"));
    assert!(refused("|0|").contains("not an encoding of nasbench-macro"));
    assert!(refused(&format!("({})", "0, ".repeat(1000))).starts_with("1000 numbers; nasbench-"));
}

#[test]
fn nasbench_macro_lists_all_networks_and_all_differ() {
    let space = bundled("nasbench-macro.toml");
    let all: Vec<_> = space.enumerate().unwrap().map(Result::unwrap).collect();
    assert_eq!(all.len(), 6_561);
    assert_eq!((space.encodings()[0].write)(&all[1]).unwrap(), "00000001");
    let classes: BTreeSet<_> = all.iter().map(|network| space.identity(network)).collect();
    assert_eq!(classes.len(), 6_561);
    assert!(space.described().unwrap().is_chain());
}

#[test]
fn the_columns_of_a_chain() {
    let space = bundled("nasbench-macro.toml");
    let network = space.read("02110021").unwrap();
    let default = FeatureSet::new(space, &FeatureConfig::default()).unwrap();
    assert_eq!(default.len(), 3 + 3 * 8);
    let found = named(&default, &network);
    assert_eq!(found["op_count(Identity)"], 3.0);
    for (op, digit) in [("Identity", '0'), ("MB3_K3", '1'), ("MB6_K5", '2')] {
        for place in 1..=8 {
            let counted = "02110021"[..place].matches(digit).count();
            assert_eq!(found[&format!("prefix_count({op}).{place}")], counted as f64);
        }
    }
    let one_hot = named(&features(space, &["one_hot"]), &network);
    assert_eq!(one_hot.len(), 24);
    assert_eq!(one_hot["one_hot(edge_1_2=MB6_K5)"], 1.0);
    assert_eq!(one_hot.values().sum::<f64>(), 8.0);
    let adjacency = features(space, &["adjacency"]);
    assert_eq!(row(&adjacency, &network), [0.0, 2.0, 1.0, 1.0, 0.0, 0.0, 2.0, 1.0]);
    // One path, with all operations or none.
    let paths = named(&features(space, &["min_path_len", "max_op_on_path"]), &network);
    assert_eq!(paths["min_path_len(Identity+MB3_K3)"], 9.0);
    assert_eq!(paths["max_op_on_path(Identity+MB3_K3)"], -1.0);
    assert_eq!(paths["min_path_len(Identity+MB3_K3+MB6_K5)"], 8.0);
    for family in ["path", "stages", "flops", "params"] {
        let families = Some(vec![family.to_owned()]);
        let config = FeatureConfig { families, ..FeatureConfig::default() };
        let message = FeatureSet::new(space, &config).unwrap_err().to_string();
        assert!(message.contains("is not defined for nasbench-macro"), "{message}");
    }
}

// ---- What else a file can say. ----

#[test]
fn choices_may_differ_from_place_to_place() {
    let text = r#"
        name = "layers"
        ops = ["skip", "conv3", "conv5"]
        ops_on = "edges"
        nodes = 4
        edges = "chain"
        choices = [["conv3", "conv5"], ["skip", "conv3", "conv5"], ["conv3"]]
        [encoding]
        ids = [7, 1, 2]
        digits = true
    "#;
    let space = load(text).unwrap();
    let written: Vec<_> = space
        .enumerate()
        .unwrap()
        .map(|network| (space.encodings()[0].write)(&network.unwrap()).unwrap())
        .collect();
    assert_eq!(written, ["171", "111", "121", "271", "211", "221"]);
    let refused = space.read("(1, 7, 2)").unwrap_err().to_string();
    assert_eq!(
        refused,
        "conv5 can not stand on edge 2→3 (number 3 of the list); layers has 1 conv3 there"
    );
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..100 {
        let drawn = space.sample(&mut rng).unwrap();
        assert!(written.contains(&(space.encodings()[0].write)(&drawn).unwrap()));
    }
}

#[test]
fn nodes_in_an_order_of_their_own_and_two_inputs() {
    let text = r#"
        name = "two-inputs"
        ops = ["a", "b"]
        ops_on = "nodes"
        inputs = ["left", "right"]
        nodes = 5
        edges = [[1, 3], [0, 2], [2, 4], [3, 4], [2, 3]]
        [encoding]
        order = [3, 2]
    "#;
    let space = load(text).unwrap();
    let network = space.read("(0, 1)").unwrap(); // node 3 is a, node 2 is b
    assert_eq!((space.encodings()[0].write)(&network).unwrap(), "(0, 1)");
    let found = named(&features(space, &[&CELLS[..], &ENCODINGS].concat()), &network);
    assert_eq!(found["min_path_len(b).left"], 2.0); // 0→2→4
    assert_eq!(found["min_path_len(b).right"], 5.0);
    assert_eq!(found["max_op_on_path(a+b).left"], 2.0);
    assert_eq!(found["max_op_on_path(a+b).right"], 1.0);
    assert_eq!(found["node_degree(b).left_out"], 1.0);
    assert_eq!(found["one_hot(node_3=a)"], 1.0);
    assert_eq!(found["adjacency(node_2)"], 1.0);
    assert_eq!(found["path(b>a).left"], 1.0);
    assert_eq!(found["path(b>a).right"], 0.0);
}

#[test]
fn free_edges_above_the_diagonal() {
    let text = r#"
        name = "upper"
        ops = ["a", "b"]
        ops_on = "nodes"
        nodes = 4
        edges = "free"
        [encoding]
        matrix = "upper"
    "#;
    let space = load(text).unwrap();
    let network = space.read("(1, 0, 1, 1, 0, 1, 0, 1)").unwrap();
    let edges: Vec<_> = network.cells()[0].edges().map(|(from, to, _)| (from, to)).collect();
    assert_eq!(edges, [(0, 1), (1, 2), (0, 3), (2, 3)]);
    let refused = |text: &str| space.read(text).unwrap_err().to_string();
    assert!(refused("(0, 0, 0, 1, 0, 1, 0, 1)").contains("cannot be reached"));
    assert!(refused("(2, 0, 0, 1, 0, 1, 0, 1)").contains("the matrix has 2 for edge 0→1"));
    assert_eq!(refused("(1, 0)"), "2 numbers; upper takes 8 (n = 4)");
    assert!(refused("(1, 0, 1, 1, 0, 1, 0, 2)").starts_with("operation id 2 (number 8 of the"));
}

#[test]
fn networks_are_drawn_evenly() {
    let text = r#"
        name = "small-free"
        ops = ["a", "b"]
        ops_on = "nodes"
        nodes = 4
        min_nodes = 3
        edges = "free"
        max_edges = 4
    "#;
    let space = load(text).unwrap();
    let write = space.encodings()[0].write;
    let all: Vec<_> =
        space.enumerate().unwrap().map(|network| write(&network.unwrap()).unwrap()).collect();
    assert_eq!(space.described().unwrap().networks(), Some(all.len() as u128));
    let mut counts: BTreeMap<String, f64> = all.iter().cloned().map(|net| (net, 0.0)).collect();
    let mut rng = StdRng::seed_from_u64(5);
    let draws = 200 * all.len();
    for _ in 0..draws {
        *counts.get_mut(&write(&space.sample(&mut rng).unwrap()).unwrap()).unwrap() += 1.0;
    }
    // 200 are expected of each; 5 standard deviations are 71.
    assert!(counts.values().all(|count| (130.0..270.0).contains(count)), "{counts:?}");
}

#[test]
fn the_largest_spaces_work() {
    let text = r#"
        name = "largest-free"
        ops = ["a", "b", "c"]
        ops_on = "nodes"
        nodes = 16
        edges = "free"
        max_edges = 24
    "#;
    let space = load(text).unwrap();
    assert!(space.enumerate().is_none());
    assert_eq!(space.described().unwrap().networks(), None);
    let mut rng = StdRng::seed_from_u64(5);
    let set = features(space, &CELLS);
    match space.sample(&mut rng) {
        Ok(network) => {
            let text = (space.encodings()[0].write)(&network).unwrap();
            assert_eq!(space.read(&text).unwrap(), network);
            row(&set, &network);
        }
        Err(error) => assert!(error.to_string().contains("raise max_edges"), "{error}"),
    }
    let ops: Vec<_> = (0..32).map(|op| format!("\"op{op}\"")).collect();
    let edges: Vec<_> =
        (0..16).flat_map(|to| (0..to).map(move |from| format!("[{from}, {to}]"))).collect();
    let text = format!(
        "name = \"largest\"\nops = [{}]\nops_on = \"edges\"\nnodes = 16\nedges = [{}]\n",
        ops.join(", "),
        edges.join(", ")
    );
    let space = load(&text).unwrap();
    assert!(space.enumerate().is_none());
    let network = space.sample(&mut rng).unwrap();
    let written = (space.encodings()[0].write)(&network).unwrap();
    assert_eq!(space.read(&written).unwrap(), network);
    let set = FeatureSet::new(space, &FeatureConfig::default()).unwrap();
    assert_eq!(row(&set, &network).iter().filter(|value| value.is_nan()).count(), 0);
    let max_subset_size = Some(SubsetLimit::All(32));
    let config = FeatureConfig { max_subset_size, ..FeatureConfig::default() };
    let message = FeatureSet::new(space, &config).unwrap_err().to_string();
    assert!(message.contains("sets of up to"), "{message}");
    space.identity(&network);
}

// ---- Once a name. ----

#[test]
fn a_name_means_one_space() {
    let text = NB201.replace("my201", "once");
    let first = load(&text).unwrap();
    let again = load(&format!("# the same\n{text}summary = \"other words\"\n")).unwrap();
    assert!(std::ptr::eq(std::ptr::from_ref(first).cast::<()>(), std::ptr::from_ref(again).cast()));
    let other = load(&text.replace("avg_pool_3x3", "max_pool_3x3")).unwrap_err().to_string();
    assert_eq!(
        other,
        "two different spaces are called once: their `ops` differs; rename one of them"
    );
    let kept = serde_json::to_value(first.described().unwrap().description()).unwrap();
    assert_eq!(space::from_description(&kept).unwrap().name(), "once");
    let chain = "name = \"steps\"\nops = [\"a\"]\nops_on = \"edges\"\nnodes = 3\nedges = \"chain\"";
    load(chain).unwrap();
    load(&chain.replace("\"chain\"", "[[0, 1], [1, 2]]")).unwrap();
    let mut broken = kept.clone();
    broken["nodes"] = 3.into();
    let message = space::from_description(&broken).unwrap_err().to_string();
    assert!(
        message.starts_with("the space's description, key `edges`: [0, 3] leaves"),
        "{message}"
    );
    assert_eq!(space::by_name_or_file("nasbench201").unwrap().name(), "nasbench201");
    let message = space::by_name_or_file("nb202").unwrap_err().to_string();
    assert!(message.contains("proxyless, or give a .toml file"), "{message}");
    let message = space::by_name_or_file("absent.toml").unwrap_err().to_string();
    assert!(message.starts_with("cannot read absent.toml: "), "{message}");
}

// ---- What is refused. ----

#[test]
fn faults_name_line_key_and_fix() {
    let base = |line: &str, other: &str| NB201.replace("my201", "refused").replace(line, other);
    let ops = r#"ops = ["skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3"]"#;
    let edges = "edges = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]";
    for (text, expected) in [
        (
            base("refused", "nasbench201"),
            ", line 2, key `name`: `nasbench201` is the name of a space",
        ),
        (base("refused", "a b"), ", line 2, key `name`: `a b` is no name; use 1 to 64"),
        (base("refused", "\\u001b[31m"), ", line 2, key `name`: `\\u{1b}[31m` is no name"),
        (base("refused", ""), ", line 2, key `name`: `` is no name"),
        (base("refused", &"x".repeat(65)), ", line 2, key `name`: `xxxxx"),
        (base("\"none\", ", "\"none\", \"none\", "), ", line 3, key `ops`: `none` is named twice"),
        (base("\"none\", ", "\n\"a+b\",\n"), ", line 4, key `ops`: `a+b` is no name"),
        (
            base("\"none\", ", "\"none\", \"output\", "),
            ", line 3, key `ops`: `output` is what an input or",
        ),
        (base(ops, "ops = []"), ", line 3, key `ops`: 0 operations; name 1 to 64"),
        (
            base(ops, "ops = 3"),
            ", line 3, key `ops`: invalid type: integer `3`, expected a sequence",
        ),
        (
            base(ops, "opps = []"),
            ", line 3, key `opps`: unknown field `opps`, expected one of `name`",
        ),
        (base(ops, ""), ": missing field `ops`"),
        (base("\"edges\"", "\"leaves\""), ", line 4, key `ops_on`: unknown variant `leaves`"),
        (base("\"edges\"", "\"nodes\""), ", line 5, key `zero_op`: only operations on edges"),
        (
            base("zero_op = \"none\"", "zero_op = \"zero\""),
            ", line 5, key `zero_op`: `zero` is none",
        ),
        (base("nodes = 4", "nodes = 129"), ", line 6, key `nodes`: 129 nodes; a cell has 2 to 128"),
        (base("nodes = 4", "nodes = 1"), ", line 6, key `nodes`: 1 nodes; a cell has 2 to 128"),
        (base("nodes = 4", "nodes = -1"), ", line 6, key `nodes`: invalid value: integer `-1`"),
        (base("nodes = 4", "nodes = 999999999999999999999999"), ", line 6, key `nodes`: "),
        (base("nodes = 4", "nodes = 3"), ", line 7, key `edges`: [0, 3] leaves the cell"),
        (base("nodes = 4", "nodes = 5"), ", line 7, key `edges`: no path leads"),
        (base("[0, 1], ", ""), ", line 7, key `edges`: node 1 lies on no path"),
        (base("[2, 3]]", "[3, 2]]"), ", line 7, key `edges`: [3, 2] does not lead to a later node"),
        (base("[2, 3]]", "[2, 2]]"), ", line 7, key `edges`: [2, 2] does not lead to a later node"),
        (base("[2, 3]]", "[1, 3]]"), ", line 7, key `edges`: [1, 3] is listed twice"),
        (
            base("[2, 3]]", "[2, 3, 4]]"),
            ", line 7, key `edges`: expected \"chain\", \"complete\", \"pairs\", \"free\" or",
        ),
        (base(edges, "edges = []"), ", line 7, key `edges`: no path leads"),
        (base(edges, "edges = \"free\""), ", line 7, key `edges`: edges can be free only with"),
        (
            base(edges, "edges = \"any\""),
            ", line 7, key `edges`: `any` is none of chain, complete, pairs and free",
        ),
        (base(edges, &format!("{edges}\nmax_edges = 3")), ", line 8, key `max_edges`: goes with"),
    ] {
        let message = refusal(&text);
        assert!(message.contains(expected), "{message}\ninstead of\n{expected}");
    }
}

#[test]
fn faults_of_choices_encodings_and_syntax() {
    let base = |line: &str, other: &str| NB201.replace("my201", "refused").replace(line, other);
    let edges = "edges = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]";
    for (text, expected) in [
        (
            base(edges, &format!("{edges}\nchoices = [[\"none\"]]")),
            ", line 8, key `choices`: 1 lists for 6 edges; write one for each",
        ),
        (
            base(edges, "edges = \"chain\"\nchoices = [\n[\"none\"],\n[\"non\"],\n[]]"),
            ", line 10, key `choices`: `non` is none of the ops",
        ),
        (
            base(edges, "edges = \"chain\"\nchoices = [\n[\"none\"],\n[\"none\"],\n[]]"),
            ", line 11, key `choices`: no operation to choose from",
        ),
        (
            base(edges, "edges = \"chain\"\ninputs = [\"a\", \"b\"]"),
            "key `edges`: a chain has one input",
        ),
        (base(edges, "edges = \"chain\"\ninputs = []"), ", line 8, key `inputs`: 0 inputs"),
        (base(edges, "edges = [[0, 1], [1, 2], [2, 3]]\ninputs = [\"a\", \"b\"]"), "[0, 1] enters"),
        (
            base(edges, &format!("{edges}\nsummary = \"a\\nb\"")),
            ", line 8, key `summary`: write one",
        ),
        (
            base(edges, &format!("{edges}\n[encoding]\nids = [0, 1]")),
            ", line 9, key `encoding.ids`: 2 ids for 5 ops",
        ),
        (
            base(edges, &format!("{edges}\n[encoding]\nids = [0, 1, 2, 3,\n1]")),
            ", line 10, key `encoding.ids`: 1 stands for two ops",
        ),
        (
            base(edges, &format!("{edges}\n[encoding]\ndigits = true\nids = [0, 1, 2, 3, 10]")),
            ", line 10, key `encoding.ids`: an id of more than one digit",
        ),
        (
            base(edges, &format!("{edges}\nencoding = {{ ids = [0, 1, 2, 3, 4294967296] }}")),
            ", line 8, key `encoding.ids`: ",
        ),
        (
            base(edges, &format!("{edges}\n[encoding]\norder = [1]")),
            ", line 9, key `encoding.order`: the tuple has the order of `edges`",
        ),
        (
            base(edges, &format!("{edges}\n[encoding]\nbase = 2")),
            ", line 9, key `encoding.base`: unknown",
        ),
        (base("nodes = 4", "nodes = 4\nnodes = 4"), ", line 7: duplicate key"),
        (base("nodes = 4", "nodes ="), ", line 6: "),
        ("\u{1b}[31m = 1".to_owned(), ", line 1: "),
    ] {
        let message = refusal(&text);
        assert!(message.contains(expected), "{message}\ninstead of\n{expected}");
    }
}

#[test]
fn faults_of_free_edges() {
    let base = |line: &str, other: &str| NB101.replace("my101", "refused").replace(line, other);
    for (text, expected) in [
        (
            base("max_edges = 9", "max_edges = 5"),
            "key `max_edges`: 5 edges at most; 7 nodes need 6",
        ),
        (base("max_edges = 9", "max_edges = 22"), "and have room for 21"),
        (
            base("min_nodes = 2", "min_nodes = 8"),
            "key `min_nodes`: 8 nodes at least; choose 2 to 7",
        ),
        (
            base("min_nodes = 2", "min_nodes = 1"),
            "key `min_nodes`: 1 nodes at least; choose 2 to 7",
        ),
        (
            base("max_edges = 9", "choices = [[]]"),
            "key `choices`: does not go with edges = \"free\"",
        ),
        (base("ends = [0, 1]", "digits = true"), "key `encoding.digits`: does not go with"),
        (base("ends = [0, 1]", "ends = [0]"), "key `encoding.ends`: write an id of up to 9999"),
        (base("ends = [0, 1]", "matrix = \"lower\""), "key `encoding.matrix`: unknown variant"),
    ] {
        let message = refusal(&text);
        assert!(message.contains(expected), "{message}\ninstead of\n{expected}");
    }
}

#[test]
fn hostile_files_are_refused_at_once() {
    let deep = |open: &str, close: &str| {
        format!("name = {}{}", open.repeat(100_000), close.repeat(100_000))
    };
    for text in [
        deep("[", "]"),
        deep("[", ""),
        deep("{a=", "}"),
        format!("[{}a]", "a.".repeat(100_000)),
        "[[a]]\n".repeat(100_000),
        format!("name = \"a\"\nops = [{}]", "\"a\",".repeat(200_000)),
        format!("{}edges = [{}]", NB201.replace("edges = ", "#"), "[0, 1],".repeat(100_000)),
        "\0".repeat(1000),
        String::new(),
    ] {
        refusal(&text);
    }
    assert!(refusal(&"#".repeat((1 << 20) + 1)).contains("more than 1 MiB"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin.toml");
    std::fs::write(&file, b"name = \"\xff\"").unwrap();
    let message = space::by_name_or_file(file.to_str().unwrap()).unwrap_err().to_string();
    assert!(message.contains("UTF-8"), "{message}");
}

// ---- Random descriptions. ----

/// A random description, and a number that tells it from others.
fn description(seed: u64) -> String {
    let mut rng = StdRng::seed_from_u64(seed);
    let ops: Vec<_> = (0..rng.gen_range(1..=5)).map(|op| format!("\"op{op}\"")).collect();
    let nodes = rng.gen_range(3..=7);
    let on = if rng.gen_bool(0.5) { "edges" } else { "nodes" };
    let edges = if on == "nodes" && rng.gen_bool(0.5) {
        "\"free\"".to_owned()
    } else {
        // A chain and some more, in any order.
        let mut edges: Vec<_> = (1..nodes)
            .flat_map(|to| (0..to).map(move |from| (from, to)))
            .filter(|&(from, to)| to == from + 1 || rng.gen_bool(0.4))
            .map(|(from, to)| format!("[{from}, {to}]"))
            .collect();
        let place = rng.gen_range(0..edges.len());
        edges.rotate_left(place);
        format!("[{}]", edges.join(", "))
    };
    let ids: Vec<_> = (0..ops.len()).map(|op| (op * 3 + 1).to_string()).collect();
    format!(
        "name = \"random-{seed}\"\nops = [{}]\nops_on = \"{on}\"\nnodes = {nodes}\nedges = {edges}\n\
         [encoding]\nids = [{}]\n",
        ops.join(", "),
        ids.join(", ")
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn networks_come_back_from_their_encodings(seed: u64) {
        let text = description(seed);
        let space = load(&text).unwrap();
        let mut rng = StdRng::seed_from_u64(seed);
        let families = [&CELLS[..], &["one_hot", "adjacency"]].concat();
        let set = features(space, &families);
        prop_assert_eq!(
            set.names().iter().collect::<BTreeSet<_>>().len(), set.len(), "{}", text
        );
        for _ in 0..5 {
            let network = space.sample(&mut rng).unwrap();
            let written = (space.encodings()[0].write)(&network).unwrap();
            prop_assert_eq!(&space.read(&written).unwrap(), &network, "{}", text);
            let row = row(&set, &network);
            prop_assert!(row.iter().all(|value| value.is_finite()), "{}", text);
        }
        space.read(space.example()).unwrap();
    }

    #[test]
    fn no_text_makes_a_described_space_panic(text in "[\\(\\[0-9, \\]\\)a-z|]{0,40}") {
        for space in [load(NB201), load(NB101), Ok(bundled("nasbench-macro.toml"))] {
            let _ = space.unwrap().read(&text);
        }
    }

    #[test]
    fn no_file_panics(place in 0..200_usize, byte: u8) {
        let mut bytes = NB101.replace("my101", "mutant").into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = load(&String::from_utf8_lossy(&bytes));
    }
}

// ---- Operations on nodes and edges, layers that are absent. ----

const BOTH: &str = r#"
name = "both"
ops = ["skip", "conv", "relu", "gelu"]
ops_on = "edges"
node_ops = ["relu", "gelu"]
nodes = 4
edges = [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
"#;

#[test]
fn operations_stand_on_nodes_and_edges() {
    let space = load(BOTH).unwrap();
    // Five edges, then two nodes.
    let network = space.read("(1, 0, 1, 0, 0, 2, 3)").unwrap();
    assert_eq!(network, space.read("conv|skip|conv|skip|skip|relu|gelu").unwrap());
    let cell = &network.cells()[0];
    let edges: Vec<_> = cell.edges().map(|(from, to, op)| (from, to, op.unwrap().0)).collect();
    let expected = [(0, 1, 1), (0, 3, 0), (1, 2, 2), (2, 3, 1), (2, 5, 0), (3, 4, 3), (4, 5, 0)];
    assert_eq!(edges, expected);
    let message = space.read("(1, 0, 1, 0, 0, 1, 3)").unwrap_err().to_string();
    assert!(message.contains("conv can not stand on"), "{message}");
    assert_eq!(space.described().unwrap().networks(), Some(2_u128.pow(7)));
    for (from, to, message) in [
        ("node_ops = [\"relu\"", "node_ops = [\"tanh\"", "`tanh` is none of the ops"),
        ("ops_on = \"edges\"", "ops_on = \"nodes\"", "stand on nodes already"),
        (
            "node_ops = [\"relu\"",
            "node_ops = [\"skip\", \"conv\", \"relu\"",
            "no operation is left",
        ),
    ] {
        let text = refusal(&BOTH.replace(from, to).replace("\"both\"", "\"other\""));
        assert!(text.contains(message), "{text}");
    }
}

/// A cell, then stages of which some are not there.
const STAGES: &str = r#"
name = "cell-and-stages"
ops = ["skip", "conv", "w16", "w32", "gone"]
ops_on = "edges"
absent_op = "gone"
nodes = 6
edges = [[0, 1], [0, 2], [1, 2], [2, 3], [3, 4], [4, 5]]
choices = [
    ["skip", "conv"], ["skip", "conv"], ["skip", "conv"],
    ["w16", "w32"], ["w16", "w32", "gone"], ["w16", "w32", "gone"],
]
"#;

#[test]
fn an_absent_stage_is_absent() {
    let space = load(STAGES).unwrap();
    let identity = |text: &str| space.identity(&space.read(text).unwrap());
    let one = identity("conv|skip|conv|w16|gone|w32");
    assert_eq!(one, identity("conv|skip|conv|w16|w32|gone"));
    assert_ne!(one, identity("conv|skip|conv|w16|w32|w32"));
    assert_ne!(one, identity("conv|skip|conv|w32|w16|gone"));
    assert_ne!(one, identity("skip|conv|conv|w16|w32|gone"));
    let message = refusal(&STAGES.replace("[\"skip\", \"conv\"],\n", "[\"skip\", \"gone\"],\n"));
    assert!(message.contains("the only one into its node"), "{message}");
    // Without a skeleton the layers of a chain have one shape.
    let chain = "name = \"c\"\nops = [\"a\", \"b\", \"gone\"]\nops_on = \"edges\"\nabsent_op = \"gone\"\nnodes = 4\nedges = \"chain\"\n";
    let space = load(chain).unwrap();
    let identity = |text: &str| space.identity(&space.read(text).unwrap());
    assert_eq!(identity("a|gone|b"), identity("gone|a|b"));
    assert_ne!(identity("a|gone|b"), identity("b|gone|a"));
}
