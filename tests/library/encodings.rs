//! Every encoding of every search space: read, written, refused.

use std::collections::BTreeSet;

use graf::space::{self, SPACES};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_network(
        space in proptest::sample::select(SPACES.to_vec()),
        seed: u64,
    ) {
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        for encoding in space.encodings() {
            let written = (encoding.write)(&network).unwrap();
            let again = space.read_as(Some(encoding.name), &written).unwrap();
            // Keys and configurations keep the network, not the order in which it is written.
            let keeps_order = !matches!(encoding.name, "key" | "config");
            if keeps_order {
                prop_assert_eq!(&again, &network, "{}: {}", encoding.name, written);
            }
            prop_assert_eq!((encoding.write)(&again).unwrap(), written);
        }
    }

    #[test]
    fn no_text_makes_a_space_panic(text in "\\PC{0,80}", marks in "[()\\[\\]{},|~+:0-9 a-z_'\"-]{0,80}") {
        for space in SPACES {
            let _ = space.read(&text);
            let _ = space.read(&marks);
        }
    }

    #[test]
    fn damaged_encodings_do_not_panic(
        space in proptest::sample::select(SPACES.to_vec()),
        seed: u64,
        at: proptest::sample::Index,
        with in "\\PC{0,3}",
    ) {
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        let network = space.read(&text).unwrap();
        for encoding in space.encodings() {
            let written = (encoding.write)(&network).unwrap();
            let mut chars: Vec<char> = written.chars().collect();
            let at = at.index(chars.len());
            chars.splice(at..=at, with.chars());
            let damaged: String = chars.into_iter().collect();
            if let Ok(network) = space.read(&damaged) {
                prop_assert!((encoding.write)(&network).is_ok());
            }
        }
    }
}

/// The other encodings of one network.
fn written(space: &str, text: &str) -> Vec<String> {
    let space = space::by_name(space).unwrap();
    let network = space.read(text).unwrap();
    space.encodings().iter().map(|encoding| (encoding.write)(&network).unwrap()).collect()
}

/// The message with which a text is refused.
fn refused(space: &str, text: &str) -> String {
    space::by_name(space).unwrap().read(text).unwrap_err().to_string()
}

#[test]
fn every_space_reads_its_example_and_finds_its_encodings_by_name() {
    for space in SPACES {
        let network = space.read(space.example()).unwrap();
        assert_eq!((space.encodings()[0].write)(&network).unwrap(), space.example());
        for encoding in space.encodings() {
            assert_eq!(space.encoding(encoding.name).unwrap().name, encoding.name);
        }
        let error = space.encoding("morse").unwrap_err().to_string();
        assert!(error.contains("no encoding `morse`; choose one of"), "{error}");
        assert_eq!(network.cells().len(), space.cells().len());
    }
}

#[test]
fn nasbench201() {
    let string =
        "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|";
    // Edges 1→2, 1→3, 1→4, 2→3, 2→4, 3→4.
    let nodes = concat!(
        r#"{"module_adjacency":[[0,1,1,0,1,0,0,0],[0,0,0,1,0,1,0,0],[0,0,0,0,0,0,1,0],[0,0,0,0,0,0,1,0],"#,
        r#"[0,0,0,0,0,0,0,1],[0,0,0,0,0,0,0,1],[0,0,0,0,0,0,0,1],[0,0,0,0,0,0,0,0]],"#,
        r#""module_operations":["input","avg_pool_3x3","skip_connect","none","nor_conv_1x1","#,
        r#""avg_pool_3x3","nor_conv_1x1","output"]}"#
    );
    let expected = ["(4, 0, 3, 1, 4, 3)", string, "(4, 1, 0, 2, 4, 2)", "2631", nodes];
    assert_eq!(written("nasbench201", string), expected);
    assert_eq!(written("nasbench201", " [4,0,3,1,4,3,] "), expected);
    assert_eq!(written("nasbench201", nodes), expected);

    assert_eq!(refused("nasbench201", "(4, 0, 3, 1, 4)"), "5 numbers; nasbench201 takes 6");
    assert_eq!(
        refused("nasbench201", "(4, 0, 9, 1, 4, 3)"),
        "operation id 9 (number 3 of the list) is out of range; nasbench201 has 0 skip_connect, \
         1 none, 2 nor_conv_3x3, 3 nor_conv_1x1, 4 avg_pool_3x3"
    );
    let syntax = [
        ("(4, 0, 3, 1, 4, 3", "expected `,` or `)` at character 18, found the end"),
        ("(4, 0, -3, 1, 4, 3)", "expected a whole number at character 8, found `-3, 1, 4, 3)`"),
        ("(4, 0, 3, 1, 4, 3) x", "expected the end at character 20, found `x`"),
        ("(4, 0, 3, 1, 4, 3]", "expected `,` or `)` at character 18, found `]`"),
        (
            "(4, 0.5, 3, 1, 4, 3)",
            "expected a whole number at character 5, found `0.5, 3, 1, 4, 3)`",
        ),
    ];
    for (text, message) in syntax {
        assert_eq!(refused("nasbench201", text), message);
    }
    assert!(refused("nasbench201", "").starts_with("not an encoding of nasbench201"));
    let unknown = string.replace("none", "max_pool");
    assert!(refused("nasbench201", &unknown).starts_with("unknown operation `max_pool`"));
    let order = string.replace("none~1", "none~2");
    assert!(refused("nasbench201", &order).contains("node 2 reads node 2 where node 1 is due"));
    assert!(
        refused("nasbench201", "(99999999999999999999, 0, 3, 1, 4, 3)").contains("out of range")
    );
}

#[test]
fn transbench101_micro() {
    let expected = ["(1, 0, 2, 3, 3, 3)", "64-41414-1_02_333", "1_02_333"];
    assert_eq!(written("transbench101-micro", "64-41414-1_02_333"), expected);
    assert_eq!(written("transbench101-micro", "1_02_333"), expected);
    assert_eq!(written("transbench101-micro", "(1, 0, 2, 3, 3, 3)"), expected);
    for (text, reason) in [
        ("64-41414-1_02_33", "2 operation digits for a node"),
        ("64-41414-1_02", "3 operation digits;"),
        ("64-41414-1_02_333_1", "1 operation digits for a node"),
        ("64-41414-1_02_3x3", "unknown operation `3x3`"),
        ("64-41414-1_02_353", "operation id 5 (number 5 of the list)"),
        ("64-1234-basic", "does not start with 64-41414-"),
        ("(1, 0, 2, 3, 3, 4)", "operation id 4 (number 6 of the list)"),
    ] {
        let message = refused("transbench101-micro", text);
        assert!(message.contains(reason), "{text}: {message}");
    }
}

#[test]
fn transbench101_macro() {
    let expected = ["(1, 2, 3, 4)", "64-1234-basic", "(1, 2, 3, 4, 0, 0)"];
    for text in expected {
        assert_eq!(written("transbench101-macro", text), expected);
    }
    for (text, reason) in [
        ("(1, 2, 3)", "3 stages; transbench101-macro takes 4 to 6"),
        ("(1, 2, 3, 4, 1, 1, 1)", "7 stages"),
        ("(1, 0, 3, 4, 1, 1)", "operation id 0 (number 2 of the list)"),
        ("(1, 2, 3, 5)", "operation id 5 (number 4 of the list)"),
        ("64-1234-bottleneck", "does not have the form 64-1234-basic"),
        ("64-123a-basic", "does not have the form 64-1234-basic"),
        ("(0, 0, 0, 0)", "0 stages"),
    ] {
        let message = refused("transbench101-macro", text);
        assert!(message.contains(reason), "{text}: {message}");
    }
}

#[test]
fn nasbench101() {
    let tuple = "(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)";
    let module = r#"{"module_adjacency":[[0,1,1],[0,0,1],[0,0,0]],"module_operations":["input","conv3x3-bn-relu","output"]}"#;
    let matrix =
        r#"{"matrix":[[0,1,1],[0,0,1],[0,0,0]],"ops":["input","conv3x3-bn-relu","output"]}"#;
    let padded = written("nasbench101", tuple)[1].clone();
    assert_eq!(padded.split(',').count(), 56);
    for text in [tuple, padded.as_str(), module, matrix] {
        assert_eq!(written("nasbench101", text), [tuple, padded.as_str(), module, matrix]);
    }
    // The smallest network: two nodes, an edge.
    assert_eq!(written("nasbench101", "(0, 1, 0, 0, 0, 1)")[0], "(0, 1, 0, 0, 0, 1)");
    // Nodes off every path are kept, also isolated ones.
    let isolated = "(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 1)";
    assert_eq!(written("nasbench101", isolated)[0], isolated);

    for (text, reason) in [
        ("(0, 1, 1)", "3 numbers; nasbench101 takes n² + n"),
        ("(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 5, 1)", "operation id 5 (number 11 of the list)"),
        ("(0, 1, 1, 0, 0, 1, 0, 0, 0, 4, 4, 1)", "no input"),
        ("(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 4)", "no output"),
        ("(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1)", "node 1 is a second input"),
        ("(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 4)", "node 2 follows the output, node 1"),
        ("(0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 4, 1)", "edge 2→0 makes a cycle or runs backwards"),
        ("(1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)", "edge 0→0 makes a cycle"),
        ("(0, 2, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)", "the matrix has 2 for edge 0→1"),
        ("(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1)", "the output cannot be reached"),
        (r#"{"matrix":[[0,1],[0,0]]}"#, "missing field `ops`"),
        (r#"{"matrix":[[0,1],[0,0]],"ops":["input","output"],"x":1}"#, "unknown field `x`"),
        (r#"{"matrix":[[0,1]],"ops":["input","output"]}"#, "the matrix is not 2×2"),
        (r#"{"matrix":[[0,1],[0,0]],"ops":["input","conv"]}"#, "no output: the last operation"),
        (r#"{"matrix":[[0,1],[0,0]],"ops":["in","output"]}"#, "no input: the first operation"),
        (r#"{"matrix":[[0,-1],[0,0]],"ops":["input","output"]}"#, "a whole number at character 15"),
        (&matrix.replace("3x3", "9x9"), "unknown operation `conv9x9-bn-relu`"),
        (&matrix[..30], "expected a value at character 31, found the end"),
    ] {
        let message = refused("nasbench101", text);
        assert!(message.contains(reason), "{text}: {message}");
    }
    // Ten edges, all of them on paths: a complete graph of five nodes.
    let complete = r#"{"matrix":[[0,1,1,1,1],[0,0,1,1,1],[0,0,0,1,1],[0,0,0,0,1],[0,0,0,0,0]],"ops":["input","maxpool3x3","maxpool3x3","maxpool3x3","output"]}"#;
    assert!(refused("nasbench101", complete).contains("10 edges on input→output paths"));
}

const COMPACT: &str = "(((0, 3), (1, 3), (0, 2), (2, 3), (2, 3), (0, 3), (2, 6), (3, 5)), ((0, 3), (1, 3), (1, 1), (0, 5), (2, 3), (0, 2), (4, 4), (3, 1)))";

#[test]
fn nasbench301() {
    let texts = written("nasbench301", COMPACT);
    assert_eq!(texts[0], COMPACT);
    assert!(texts[1].starts_with("Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ("));
    assert!(texts[2].starts_with(r#"{"normal":[["sep_conv_3x3",0],["sep_conv_3x3",1],["#));
    let config = &texts[3];
    for entry in [
        // Node 5 reads nodes 2 and 3; its edges have the numbers 9 to 13.
        r#""NetworkSelectorDatasetInfo:darts:inputs_node_normal_5":"2_3""#,
        r#""NetworkSelectorDatasetInfo:darts:edge_normal_11":"dil_conv_5x5""#,
        r#""NetworkSelectorDatasetInfo:darts:edge_normal_12":"dil_conv_3x3""#,
        r#""NetworkSelectorDatasetInfo:darts:inputs_node_reduce_3":"0_1""#,
    ] {
        assert!(config.contains(entry), "{entry} in {config}");
    }
    // Lists, ranges, double quotes and white space are read too; concat may be left out of JSON.
    assert_eq!(written("nasbench301", &COMPACT.replace('(', "[").replace(')', "]"))[0], COMPACT);
    let genotype = texts[1].replace("[2, 3, 4, 5]", "range( 2,6 )").replace('\'', "\"");
    assert_eq!(written("nasbench301", &genotype)[0], COMPACT);
    let json = texts[2].replace(r#","normal_concat":[2,3,4,5]"#, "");
    assert_eq!(written("nasbench301", &json)[0], COMPACT);
    // A configuration also says how the network was trained.
    let trained = r#"{"CreateImageDataLoader:batch_size": 96, "NetworkSelectorDatasetInfo:darts:layers": 8, "#;
    assert_eq!(written("nasbench301", &config.replacen('{', trained, 1))[3], *config);
}

#[test]
fn invalid_darts_cells() {
    let texts = written("nasbench301", COMPACT);
    let (genotype, json, config) = (&texts[1], &texts[2], &texts[3]);
    for (text, reason) in [
        (COMPACT.replacen("(2, 6)", "(5, 6)", 1), "normal cell: node 5 reads node 5, itself"),
        (COMPACT.replacen("(1, 1)", "(4, 1)", 1), "reduction cell: node 3 reads node 4, a later"),
        (COMPACT.replacen("(2, 6)", "(2, 7)", 1), "operation id 7 (number 7 of the list)"),
        (COMPACT.replacen("(0, 3), ", "", 1), "7 pairs in a cell"),
        (COMPACT.replacen("(0, 3)", "(0, 3, 1)", 1), "expected the end of the pair"),
        (COMPACT.split(", ((").next().unwrap().to_owned() + ")", "one cell"),
        (COMPACT[..COMPACT.len() - 1].to_owned() + ", ())", "more than two cells"),
        (genotype.replacen("sep_conv_3x3", "sep_conv", 1), "unknown operation `sep_conv`"),
        (genotype.replacen("[2, 3, 4, 5]", "[2, 3, 4, 6]", 1), "expected a node from 2 to 5"),
        (
            genotype.replacen("[2, 3, 4, 5]", "[2, 3, 3]", 1),
            "expected a node from 2 to 5, each once",
        ),
        (genotype.replacen("[2, 3, 4, 5]", "range(2, 9)", 1), "the nodes 2 to 5, as range(2, 6)"),
        (genotype.replacen("normal=", "norm=", 1), "unknown field `norm`"),
        (genotype.replacen("Genotype", "Genome", 1), "not an encoding of nasbench301"),
        ("Genotype(normal=[])".to_owned(), "0 pairs in a cell"),
        (json.replacen("normal", "normals", 1), "unknown field `normals`"),
        (json.replacen("[2,3,4,5]", "[]", 1), "at least one node that the output gathers"),
        (config.replacen("normal_11", "normal_10", 1), "inputs_node_normal_5 is 2_3, but"),
        (config.replacen("edge_normal_11", "edge_normal_14", 1), "node 5 has 1 edges"),
        (config.replacen(r#":"2_3""#, r#":"1_3""#, 1), "but the edges come from 2_3"),
        (config.replacen(r#":"2_3""#, ":23", 1), "expected a string in quotes"),
    ] {
        let message = refused("nasbench301", &text);
        assert!(message.contains(reason), "{text}: {message}");
    }
}

#[test]
fn nasbench_graph() {
    // Link 0122: a chain of two nodes, then two leaves. Place 7 among the benchmark's links.
    let lists = r#"{"link":[0,1,2,2],"ops":["gat","gcn","gin","skip"]}"#;
    let expected = ["0122:gat|gcn|gin|skip", "70128", lists];
    for text in [
        "0122:gat|gcn|gin|skip",
        "0122 gat|gcn|gin|skip",
        "70128",
        lists,
        "Arch([0, 1, 2, 2], ['gat', 'gcn', 'gin', 'skip'])",
        "[[0, 1, 2, 2], ['gat', 'gcn', 'gin', 'skip']]",
        "{'link': '0122', 'ops': 'gat|gcn|gin|skip'}",
        r#"{"link": 122, "ops": "gat|gcn|gin|skip"}"#,
    ] {
        assert_eq!(written("nasbench-graph", text), expected);
    }
    assert_eq!(written("nasbench-graph", "7")[0], "0000:gat|gat|gat|fc");
    // Other links than the benchmark's nine get the key of an isomorphic network.
    assert_eq!(written("nasbench-graph", "0121:gat|gcn|gin|skip")[1], "60182");
    // A skip that passes on unchanged what it reads moves to the front.
    assert_eq!(written("nasbench-graph", "0123:gat|skip|gin|fc")[1], "88027");
    for (text, reason) in [
        ("0222:gat|gcn|gin|skip", "node 2 reads `2`; it can read the nodes 0 (the input) to 1"),
        ("012:gat|gcn|gin|skip", "3 links"),
        ("0122:gat|gcn|gin", "3 operations"),
        ("0122:gat|gcn|gin|sgc", "unknown operation `sgc`"),
        ("90000", "key 90000 is out of range"),
        ("19", "operation id 9 (number 4 of the list)"),
        ("gat|gcn", "not an encoding of nasbench-graph"),
    ] {
        let message = refused("nasbench-graph", text);
        assert!(message.contains(reason), "{text}: {message}");
    }
}

#[test]
fn every_network_of_nasbench_graph_has_a_key_of_the_benchmark() {
    let space = space::by_name("nasbench-graph").unwrap();
    let key = space.encoding("key").unwrap();
    let networks = space.enumerate().unwrap().map(Result::unwrap);
    let measured: BTreeSet<String> =
        networks.map(|network| (key.write)(&network).unwrap()).collect();
    assert_eq!(measured.len(), 26_206);
    let mut rng = StdRng::seed_from_u64(5);
    for _ in 0..4_000 {
        let text = crate::networks::random("nasbench-graph", &mut rng);
        let network = space.read(&text).unwrap();
        let written = (key.write)(&network).unwrap();
        // There is no network of skips alone.
        assert!(measured.contains(&written) || written == "88888", "{text}: {written}");
    }
}

#[test]
fn unreachable_operations() {
    let count = |space: &str, ops: usize| {
        let space = space::by_name(space).unwrap();
        let zero = space.zero_op().unwrap();
        let tuples = (0..ops.pow(6)).map(|code| {
            let ids: Vec<_> =
                (0..6).map(|digit| (code / ops.pow(digit) % ops).to_string()).collect();
            space.read(&format!("({})", ids.join(","))).unwrap()
        });
        tuples.filter(|network| !network.has_unreachable_ops(zero)).count()
    };
    assert_eq!(count("nasbench201", 5), 9_445);
    assert_eq!(count("transbench101-micro", 4), 2_128);
}
