//! Files as tools of the field write them: whatever the shape, the same networks come out.
//!
//! `tests/fixtures/field` has a folder for each kind: an input, the command `cmd`, the texts that its output must have (`must`) and
//! must not have (`mustnot`); `error_ok` says that a message which asks passes too.

use std::fs;
use std::path::Path;

use crate::cli::{Folder, column, refused, tuple};

#[test]
fn every_kind_of_file_is_read() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field");
    let mut count = 0;
    for case in fs::read_dir(cases).unwrap() {
        let case = case.unwrap().path();
        let text = |name: &str| fs::read_to_string(case.join(name)).unwrap_or_default();
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let folder = Folder::new();
        for file in fs::read_dir(&case).unwrap() {
            let file = file.unwrap();
            folder.put(&file.file_name().to_string_lossy(), fs::read(file.path()).unwrap());
        }
        let cmd = text("cmd");
        let run = folder.run(cmd.trim().strip_prefix("$GRAF ").unwrap());
        count += 1;
        if run.code != Some(0) && case.join("error_ok").exists() {
            run.expect_clear_failure(&name);
            continue;
        }
        let run = run.expect_success(&name);
        for must in text("must").lines() {
            assert!(run.out.contains(must), "{name}: no {must} in {}", run.out);
        }
        for must_not in text("mustnot").lines() {
            assert!(!run.out.contains(must_not), "{name}: {must_not} in {}", run.out);
        }
    }
    assert_eq!(count, 31);
}

/// What `graf convert` makes of a file: the encodings, however their column is called.
#[track_caller]
fn converted(name: &str, contents: &str, arguments: &str) -> Vec<String> {
    let folder = Folder::with(name, contents);
    let out = folder.output(&format!("convert {name} -q {arguments}"));
    let header = out.lines().next().unwrap();
    let net = header.split(',').find(|name| ["net", "arch", "config", "cell_spec"].contains(name));
    column(&out, net.unwrap_or_else(|| panic!("{name}: no encodings in {header}")))
}

const STRINGS: [&str; 2] = [
    "|nor_conv_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
];
const TUPLES: [&str; 2] = ["(2, 0, 3, 1, 4, 2)", "(4, 1, 0, 3, 2, 3)"];

#[test]
fn nasbench201_spread_over_columns_and_keys() {
    for (file, contents) in [
        // Ids in NASLib's order, as JAHS-Bench-201 has them beside the training settings.
        ("a.csv", "Activation,N,Op1,Op2,Op3,Op4,Op5,Op6\nReLU,5,2,0,3,1,4,2\n"),
        ("a.json", r#"[{"N": 5, "Op1": 2, "Op2": 0, "Op3": 3, "Op4": 1, "Op5": 4, "Op6": 2}]"#),
        // The classes of NASLib.
        (
            "a.csv",
            "op_0,op_1,op_2,op_3,op_4,op_5,acc\n\
             ReLUConvBN3x3,Identity,ReLUConvBN1x1,Zero,AvgPool1x1,ReLUConvBN3x3,91\n",
        ),
        // The string's order, with what a tuner puts before names.
        (
            "a.csv",
            "config_hp_x0,config_hp_x1,config_hp_x2,config_hp_x3,config_hp_x4,config_hp_x5,acc\n\
             nor_conv_3x3,skip_connect,none,nor_conv_1x1,avg_pool_3x3,nor_conv_3x3,91\n",
        ),
        (
            "a.csv",
            "1<-0,2<-0,2<-1,3<-0,3<-1,3<-2\n\
             nor_conv_3x3,skip_connect,none,nor_conv_1x1,avg_pool_3x3,nor_conv_3x3\n",
        ),
        (
            "a.csv",
            "arch\n\"{'0_1': 'conv_3x3', '0_2': 'skip_connect', '1_2': 'none', '0_3': 'conv_1x1', '1_3': 'avg_pool_3x3', '2_3': 'conv_3x3'}\"\n",
        ),
        ("a.csv", "arch\n\"[np.int64(2), np.int64(0), 3, 1, 4.0, 2.]\"\n"),
        ("a.csv", "arch\n\"array([2, 0, 3, 1, 4, 2], dtype=int64)\"\n"),
        ("a.csv", "arch\n[[2 0 3 1 4 2]]\n"),
        (
            "a.txt",
            "['nor_conv_3x3', 'skip_connect', 'none', 'nor_conv_1x1', 'avg_pool_3x3', 'nor_conv_3x3']\n",
        ),
    ] {
        assert_eq!(
            converted(file, contents, "--space nasbench201 --to tuple"),
            [TUPLES[0]],
            "{contents}"
        );
    }
    // Columns with other names, in the order of the string if operations have the benchmark's names.
    let named = "convert b.csv -q --space nasbench201 --to tuple --encoding-columns a,b,c,d,e,f";
    let folder = Folder::with(
        "b.csv",
        "acc,f,e,d,c,b,a\n91,nor_conv_3x3,avg_pool_3x3,nor_conv_1x1,none,skip_connect,nor_conv_3x3\n",
    );
    assert_eq!(folder.output(named), "acc,net\n91,\"(2, 0, 3, 1, 4, 2)\"\n");
    folder.put("b.csv", "a,b,c,d,e,f\n2,0,3,1,4,2\n");
    assert_eq!(folder.output(named), "net\n\"(2, 0, 3, 1, 4, 2)\"\n");
    refused(&folder, &named.replace(",f", ",g"), 2, &["column `g` not found", "--encoding-column"]);
}

#[test]
fn pruned_graphs_of_nasbench201() {
    // none on 1→2: the other five edges, its node left out.
    let five = r#"[{"matrix": [[0,1,1,1,0,0,0],[0,0,0,0,1,0,0],[0,0,0,0,0,1,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,0]],
        "ops": ["input", "nor_conv_3x3", "skip_connect", "nor_conv_1x1", "avg_pool_3x3", "nor_conv_3x3", "output"]}]"#;
    assert_eq!(converted("a.json", five, "--to tuple"), [TUPLES[0]]);
    let one =
        r#"[{"matrix": [[0,1,0],[0,0,1],[0,0,0]], "ops": ["input", "skip_connect", "output"]}]"#;
    assert_eq!(converted("a.json", one, "--space nasbench201 --to tuple"), ["(1, 1, 0, 1, 1, 1)"]);
    let folder = Folder::with("a.json", one.replace("[0,1,0]", "[0,1,1]"));
    refused(
        &folder,
        "convert a.json --space nasbench201 --to tuple -o out.csv",
        1,
        &["no cell of nasbench201"],
    );
}

/// The cell of the edges 0→1, 0→2, 1→2, 2→3, 3→4, 4→5 and 5→6.
fn cell_101() -> String {
    let edges = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)];
    let matrix = (0..49).map(|place| u32::from(edges.contains(&(place / 7, place % 7))));
    tuple(&matrix.chain([0, 4, 2, 4, 3, 2, 1]).collect::<Vec<_>>())
}

#[test]
fn nasbench101_spread_over_columns_and_keys() {
    let ops = "conv3x3-bn-relu,maxpool3x3,conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3";
    let names = |count: u32| (0..count).map(|edge| format!("edge_{edge},")).collect::<String>();
    let op_names = "op_node_0,op_node_1,op_node_2,op_node_3,op_node_4,acc\n";
    // The edges 0→1, 0→2, 1→2, 2→3, 3→4, 4→5, 5→6, by rows of the matrix.
    let bits = [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1];
    let bits: String = bits.iter().map(|bit| format!("{bit},")).collect();
    let all = format!("{}{op_names}{bits}{ops},93\n", names(21));
    // The same edges by their numbers, in columns of the matrix and from its end; two stand there twice.
    let few = format!("{}{op_names}20,19,18,15,11,6,0,20,0,{ops},93\n", names(9));
    let weights: String = bits
        .split_terminator(',')
        .zip(1..)
        .map(|(bit, edge)| format!("{bit}.{edge:02},"))
        .collect();
    let weighted = format!("{}num_edges,{op_names}{weights}7,{ops},93\n", names(21));
    for contents in [all, few, weighted] {
        assert_eq!(converted("a.csv", &contents, "--to tuple"), [cell_101()], "{contents}");
    }
    let nni = r#"[{"arch": {"op1": "conv3x3-bn-relu", "op2": "maxpool3x3", "op3": "conv3x3-bn-relu", "op4": "conv1x1-bn-relu",
        "op5": "maxpool3x3", "input1": [0], "input2": [0, 1], "input3": [2], "input4": [3], "input5": [4], "input6": [5]}}]"#;
    assert_eq!(converted("a.json", nni, "--to tuple"), [cell_101()]);
    let tie = weighted_tie();
    let folder = Folder::with("a.csv", tie);
    refused(
        &folder,
        "convert a.csv --to tuple --space nasbench101 -o out.csv",
        1,
        &["have the same weight"],
    );
}

/// A configuration with weights of which two are equal where the last edge is chosen.
fn weighted_tie() -> String {
    let names: String = (0..21).map(|edge| format!("edge_{edge},")).collect();
    let ops = "maxpool3x3,".repeat(5);
    format!(
        "{names}op_node_0,op_node_1,op_node_2,op_node_3,op_node_4,num_edges\n{}{ops}3\n",
        "0.5,".repeat(21)
    )
}

const DARTS: &str = "(((0, 3), (1, 2), (0, 3), (2, 4), (1, 5), (3, 0), (0, 2), (4, 3)), \
    ((0, 0), (1, 1), (2, 2), (1, 0), (0, 0), (2, 2), (2, 2), (1, 6)))";

fn genotype() -> String {
    let folder = Folder::with("a.txt", DARTS);
    column(&folder.output("convert a.txt --to genotype -q"), "net").swap_remove(0)
}

#[test]
fn dialects_of_darts() {
    let genotype = genotype();
    // aw_nas: the node that reads is the third element, and pairs may stand in any order.
    let triplet = |cells: [&str; 2]| {
        format!(
            "CNNGenotype(normal_0=[{}], reduce_1=[{}], normal_0_concat=[2, 3, 4, 5], reduce_1_concat=[2, 3, 4, 5])",
            cells[0], cells[1]
        )
    };
    let triplets = triplet([
        "('sep_conv_3x3', 0, 2), ('skip_connect', 1, 2), ('sep_conv_3x3', 0, 3), ('sep_conv_5x5', 2, 3), ('dil_conv_3x3', 1, 4), ('max_pool_3x3', 3, 4), ('skip_connect', 0, 5), ('sep_conv_3x3', 4, 5)",
        "('max_pool_3x3', 0, 4), ('skip_connect', 2, 4), ('max_pool_3x3', 0, 2), ('avg_pool_3x3', 1, 2), ('skip_connect', 2, 3), ('max_pool_3x3', 1, 3), ('skip_connect', 2, 5), ('dil_conv_5x5', 1, 5)",
    ]);
    let positional = genotype
        .replace("normal=", "")
        .replace("normal_concat=", "")
        .replace("reduce=", "")
        .replace("reduce_concat=", "");
    let connected = genotype
        .replace("])", "], connectN=None, connects=None)")
        .replace("5], connectN", "5],connectN");
    let nni = nni_keys();
    for (file, contents) in [
        ("a.txt", triplets),
        ("a.txt", positional),
        ("a.txt", connected),
        ("a.txt", format!("BEST = genotypes.{genotype}  # 97.4 %\n")),
        ("a.json", format!("[{{\"arch\": {}}}]", nni[0])),
        ("a.json", format!("[{{\"cell_spec\": {}}}]", nni[1])),
        (
            "a.jsonl",
            format!("{{\"net\": {{\"type\": \"darts\", \"genotype\": \"{genotype}\"}}}}\n"),
        ),
    ] {
        assert_eq!(converted(file, &contents, "--to compact"), [DARTS], "{contents}");
    }
}

/// The dictionaries of NNI's own space and of its copy of NDS.
fn nni_keys() -> [String; 2] {
    let folder = Folder::with("a.txt", DARTS);
    let json = column(&folder.output("convert a.txt --to json -q"), "net").swap_remove(0);
    let genotype: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut dicts = [serde_json::Map::new(), serde_json::Map::new()];
    for cell in ["normal", "reduce"] {
        for (place, pair) in genotype[cell].as_array().unwrap().iter().enumerate() {
            let (node, side) = (place / 2, place % 2);
            let axis = ["x", "y"][side];
            dicts[0].insert(format!("{cell}/op_{}_{side}", node + 2), pair[0].clone());
            dicts[0]
                .insert(format!("{cell}/input_{}_{side}", node + 2), serde_json::json!([pair[1]]));
            dicts[1].insert(format!("{cell}_{node}_op_{axis}"), pair[0].clone());
            dicts[1].insert(format!("{cell}_{node}_input_{axis}"), pair[1].clone());
        }
    }
    dicts[1].insert("normal_concat".to_owned(), serde_json::json!([2, 3, 4, 5]));
    dicts.map(|dict| serde_json::Value::Object(dict).to_string())
}

#[test]
fn a_python_file_of_genotypes_is_a_table_with_names() {
    let genotype = genotype();
    let lines = genotype.replace("), ", "),\n    ").replace("], ", "],\n  ");
    let file = format!(
        "from collections import namedtuple\n\nGenotype = namedtuple('Genotype', 'normal normal_concat reduce reduce_concat')\n\n\
         PRIMITIVES = [\n    'none',\n    'max_pool_3x3',\n]\n\nFIRST = {lines}\n\n# another\nSECOND = {genotype}\nDARTS = SECOND\n"
    );
    let folder = Folder::with("genotypes.py", &file);
    let out = folder.output("convert genotypes.py --to compact -q");
    assert_eq!(column(&out, "name"), ["FIRST", "SECOND"]);
    assert_eq!(column(&out, "net"), [DARTS, DARTS]);
    let run = folder.run_with(&["convert", "-", "--to", "compact", "-q"], file);
    assert_eq!(run.expect_success("standard input").out, out);
    folder.put("none.py", "import os\n");
    refused(&folder, "convert none.py --to compact", 1, &["none.py holds no records"]);
}

#[test]
fn cells_that_only_some_encodings_can_say() {
    let none = genotype().replacen("('sep_conv_5x5', 2)", "('none', 0)", 1);
    let loose = genotype().replacen("[2, 3, 4, 5]", "[4, 5]", 1);
    let twice = genotype().replacen("('skip_connect', 1)", "('skip_connect', 0)", 1);
    for (text, encodings) in [
        (&none, ["genotype", "json"]),
        (&loose, ["genotype", "json"]),
        (&twice, ["genotype", "compact"]),
    ] {
        let folder = Folder::with("a.txt", text);
        let hash = |name: &str| {
            column(&folder.output(&format!("convert {name} --to genotype --add-hash -q")), "hash")
        };
        for encoding in encodings {
            let written = folder.output(&format!("convert a.txt --to {encoding} -q"));
            folder.put("b.csv", written);
            assert_eq!(hash("a.txt"), hash("b.csv"), "{text}");
        }
        refused(
            &folder,
            "convert a.txt --to config -o out.csv",
            1,
            &["config has no way to write"],
        );
    }
    let folder = Folder::with("a.txt", &none);
    refused(
        &folder,
        "convert a.txt --to compact -o out.csv",
        1,
        &["compact has no way to write a node"],
    );
    refused(&folder, "featurize a.txt --families adjacency -o out.csv", 1, &["7 operations"]);
    let flops = |text: &str| {
        let folder = Folder::with("a.txt", text);
        column(&folder.output("featurize a.txt --families flops -q --keep none"), "analytic_flops")
            [0]
        .parse::<f64>()
        .unwrap()
    };
    assert!(flops(&loose) < flops(&genotype()));
}

#[test]
fn json_in_every_orient_of_pandas() {
    let [a, b] = STRINGS;
    for contents in [
        format!(r#"[{{"arch":"{a}","acc":91.0}},{{"arch":"{b}","acc":90.0}}]"#),
        format!(r#"{{"acc":{{"0":91.0,"1":90.0}},"arch":{{"0":"{a}","1":"{b}"}}}}"#),
        format!(r#"{{"0":{{"arch":"{a}","acc":91.0}},"1":{{"arch":"{b}","acc":90.0}}}}"#),
        format!(r#"{{"columns":["arch","acc"],"index":[0,1],"data":[["{a}",91.0],["{b}",90.0]]}}"#),
        format!(r#"[["{a}",91.0],["{b}",90.0]]"#),
        format!(
            r#"{{"schema":{{"fields":[{{"name":"index","type":"integer"}}],"pandas_version":"1.4.0"}},
                "data":[{{"index":0,"arch":"{a}","acc":91.0}},{{"index":1,"arch":"{b}","acc":90.0}}]}}"#
        ),
        format!(r#"{{"acc":[91.0,90.0],"arch":["{a}","{b}"]}}"#),
        format!(r#"{{"acc":{{"{a}":91.0,"{b}":90.0}},"flops":{{"{a}":1,"{b}":2}}}}"#),
        format!(r#"{{"{a}":91.0,"{b}":NaN}}"#),
        format!(r#"{{"{a}":[91.0,91.5],"{b}":[90.0,90.5]}}"#),
        format!(r#"{{"results":[{{"arch":"{a}"}},{{"arch":"{b}"}}]}}"#),
        format!(r#"[["arch","acc"],["{a}",91.0],["{b}",90.0]]"#),
        "[[2,0,3,1,4,2],[4,1,0,3,2,3]]".to_owned(),
        r#"{"arch":[[2,0,3,1,4,2],[4,1,0,3,2,3]],"acc":[1,2]}"#.to_owned(),
    ] {
        assert_eq!(converted("a.json", &contents, "--to tuple"), TUPLES, "{contents}");
        let folder = Folder::new();
        let run =
            folder.run_with(&["convert", "-", "--format", "json", "--to", "tuple", "-q"], contents);
        assert!(run.expect_success("standard input").out.contains(TUPLES[1]));
    }
    let pairs = r#"{"matrix":[[[0,1],[0,0]],[[0,1,1],[0,0,1],[0,0,0]]],"ops":[["input","output"],["input","maxpool3x3","output"]]}"#;
    assert_eq!(converted("a.json", pairs, "--to tuple").len(), 2);
    // One record, which begins as a table of columns does.
    let config = r#"{"1<-0": "nor_conv_3x3", "2<-0": "skip_connect", "2<-1": "none", "3<-0": "nor_conv_1x1", "3<-1": "avg_pool_3x3", "3<-2": "nor_conv_3x3"}"#;
    for contents in [
        format!(r#"{{"config": {config}, "function_value": 9.0}}"#),
        format!(r#"{{"config": {{"arch": {config}, "dataset": "cifar10"}}}}"#),
        r#"{"arch": [2, 0, 3, 1, 4, 2]}"#.to_owned(),
    ] {
        assert_eq!(
            converted("a.json", &contents, "--to tuple --space nasbench201"),
            [TUPLES[0]],
            "{contents}"
        );
    }
    // A dictionary of lists that is one network.
    let one = r#"{"link": [0, 1, 2, 1], "ops": ["gcn", "gin", "fc", "cheb"]}"#;
    assert_eq!(converted("a.json", one, "--to token"), ["0121:gcn|gin|fc|cheb"]);
    let folder = Folder::with("a.json", r#"{"arch":["x","y"],"acc":[1]}"#);
    refused(
        &folder,
        "convert a.json --to tuple -o out.csv",
        1,
        &["arch has 2 values, but acc has 1"],
    );
    folder.put("a.json", r#"{"arch":["x"],"acc":[1],"acc":[2],"n":[3]}"#);
    refused(&folder, "convert a.json --to tuple -o out.csv", 1, &["column `acc` is there twice"]);
    folder.put("a.json", r#"{"0": 91.0, "1": 90.0}"#);
    refused(&folder, "convert a.json --to tuple", 2, &["`0` is a number"]);
}

#[test]
fn missing_values_of_python_are_missing() {
    let folder = Folder::new();
    folder.put("a.jsonl", "{\"arch\": \"(2, 0, 3, 1, 4, 2)\", \"a\": NaN, \"b\": -Infinity, \"c\": \"NaN\"}\n{\"arch\": \"(4, 1, 0, 3, 2, 3)\", \"a\": 1, \"b\": [Infinity], \"c\": \"\"}\n");
    let out = folder.output("convert a.jsonl --to tuple --output-format jsonl -q");
    let first = "{\"arch\":\"(2, 0, 3, 1, 4, 2)\",\"a\":null,\"b\":null,\"c\":\"NaN\"}\n";
    assert_eq!(
        out,
        first.to_owned() + "{\"arch\":\"(4, 1, 0, 3, 2, 3)\",\"a\":1,\"b\":[null],\"c\":\"\"}\n"
    );
}

#[test]
fn dialects_of_csv_and_text() {
    let [a, b] = STRINGS;
    for (file, contents, arguments) in [
        ("a.csv", format!("arch\tacc\n{a}\t1\n{b}\t2\n"), ""),
        ("a.csv", "arch|acc\n(2, 0, 3, 1, 4, 2)|1\n(4, 1, 0, 3, 2, 3)|2\n".to_owned(), ""),
        ("a.tsv", format!("arch;acc\n{a};1\n{b};2\n"), ""),
        ("a.csv", format!("Arch!acc\n{a}!1\n{b}!2\n").replace("Arch", "arch"), "--delimiter !"),
        (
            "a.csv",
            "acc,  arch\n1,  \"(2, 0, 3, 1, 4, 2)\"\n2,  \"(4, 1, 0, 3, 2, 3)\"\n".to_owned(),
            "",
        ),
        (
            "a.csv",
            "acc,arch\n1, \"(2, 0, 3, 1, 4, 2)\"\n2, \"(4, 1, 0, 3, 2, 3)\"\n".to_owned(),
            "",
        ),
        ("a.txt", format!("{a} 72.4 0.1\n{b} 73 0.2\n"), ""),
        ("a.txt", format!("{a}\t72.4\n{b}\tnan\n"), ""),
        ("a.txt", format!("(2, 0, 3,\n  1, 4, 2), 3\n{b}; 4\n"), ""),
    ] {
        assert_eq!(
            converted(file, &contents, &format!("--to tuple {arguments}")),
            TUPLES,
            "{contents}"
        );
    }
    let folder = Folder::with("a.txt", format!("{a}, 72.4, 1e-3\n{b}, 73.5\n"));
    let out = "net,column_2,column_3\n\"(2, 0, 3, 1, 4, 2)\",72.4,1e-3\n";
    assert_eq!(folder.output("convert a.txt --to tuple -q --on-error skip"), out);
    refused(
        &folder,
        "convert a.txt --to tuple -o b.csv",
        1,
        &["line 2", "1 numbers behind the encoding where the first line has 2"],
    );
    // Numbers without brackets are one list, with no values behind it.
    folder.put("a.txt", "2, 0, 3, 1, 4, 2\n");
    let bare = "convert a.txt --to tuple --space nasbench201 -q";
    assert_eq!(folder.output(bare), "net\n\"(2, 0, 3, 1, 4, 2)\"\n");
    for text in ["2, 0, 3, 1, 4, 2, 91\n", "2, 0, 3, 1, 4, 2, 91.5\n", "2, 0, 3, 1, 4\n"] {
        folder.put("a.txt", text);
        folder.run(bare).expect_clear_failure(text);
    }
    // A line that is left open does not take the next network with it.
    folder.put("a.txt", format!("(2, 0, 3\n{b}\n"));
    assert_eq!(
        folder.output("convert a.txt --to tuple -q --on-error skip"),
        format!("net\n\"{}\"\n", TUPLES[1])
    );
    folder.put("a.csv", "arch;x,acc\n1;2,3\n");
    refused(&folder, "convert a.csv --to tuple", 2, &["separated by `,` or `;`", "--delimiter"]);
    refused(
        &folder,
        "convert a.txt --to tuple --delimiter ;",
        2,
        &["read as text", "leave out --delimiter"],
    );
}

#[test]
fn names_of_columns_are_found_whatever_their_case() {
    let folder = Folder::new();
    let rows: String = TUPLES
        .iter()
        .cycle()
        .take(8)
        .zip(1..)
        .map(|(tuple, acc)| format!("\"{tuple}\",{acc},{acc}\n"))
        .collect();
    folder.put("a.csv", format!(" Arch ,Test_Acc,seed\n{rows}"));
    let out = folder.output("featurize a.csv --keep ARCH,test_acc --families op_count -q");
    assert!(out.starts_with("Arch,Test_Acc,op_count(skip_connect)"), "{out}");
    // The target is no predictor of itself, however it is spelled.
    folder.output(
        "fit a.csv --target test_acc --use column:*e* --predictor forest --trees 2 -o m.graf -q",
    );
    assert_eq!(crate::cli::columns(&folder, "m.graf"), ["seed"]);
    folder.put("a.csv", "arch,ACC,Acc\n\"(2, 0, 3, 1, 4, 2)\",1,2\n");
    refused(
        &folder,
        "featurize a.csv --keep acc",
        2,
        &["column `acc` not found; the file has arch, ACC, Acc"],
    );
}

/// Values that stand where an index may stand: none of them is taken for one.
#[test]
fn values_are_no_indices() {
    let [a, b] = STRINGS;
    for (contents, arguments) in [
        // The encoding is told from the numbers beside it, wherever it stands.
        (format!(r#"[[91.0, "{a}"], [90.0, "{b}"]]"#), "--space nasbench201"),
        (format!(r#"{{"0": ["{a}", 91.0], "1": ["{b}", 90.0]}}"#), "--space nasbench201"),
        (
            format!(r#"{{"7": {{"cell": "{a}", "acc": 91}}, "-9": {{"cell": "{b}"}}}}"#),
            "--encoding-column cell",
        ),
        (format!(r#"{{"net_7": {{"arch": "{a}"}}, "net-9": {{"arch": "{b}"}}}}"#), ""),
        (r#"{"0": [2, 0, 3, 1, 4, 2], "1": [4, 1, 0, 3, 2, 3]}"#.to_owned(), "--space nasbench201"),
        (format!(r#"{{"columns": ["acc"], "index": ["{a}", "{b}"], "data": [[1], [2]]}}"#), ""),
        (format!(r#"{{"arch": ["{a}", "{b}"], "acc": [1, 2], "dataset": "cifar10"}}"#), ""),
        (format!("{{\"arch\": \"{a}\"}}\n{{\"arch\": \"{b}\"}}\n"), ""),
    ] {
        let folder = Folder::with("a.json", &contents);
        let out = folder.output(&format!("convert a.json --to tuple -q {arguments}"));
        assert!(TUPLES.iter().all(|tuple| out.contains(tuple)), "{contents}: {out}");
        assert_eq!(out.lines().count(), 3, "{out}");
    }
    for (file, contents, arguments) in [
        ("a.json", r#"[{"acc": 91.0}, {"acc": 90.0}]"#, ""),
        ("a.json", r#"[{"acc": 91.0}, {"acc": 90.0}]"#, "--space nasbench201"),
        ("a.json", r#"{"what": 1}"#, "--space nasbench201"),
        ("a.json", "[0, 1, 2]", ""),
        ("a.csv", "arch,acc\n0.0,91\n1.0,90\n", ""),
        ("a.csv", "arch,acc\n-1,91\n", "--space nasbench201"),
    ] {
        let folder = Folder::with(file, contents);
        let run = folder.run(&format!("convert {file} --to tuple -q {arguments}"));
        run.expect_clear_failure(contents);
    }
    let folder = Folder::with("a.json", "[0, 1, 2]");
    let out = folder.output("convert a.json --to index --space nasbench201 -q");
    assert_eq!(out, "net\n0\n1\n2\n");
}

#[test]
fn more_spellings_of_numbers_and_graphs() {
    for text in [
        "[2.000e+00 0. 3 1 4 2]",
        "['2' '0' '3' '1' '4' '2']",
        "2,0,3,1,4,2",
        "2-0-3-1-4-2",
        "2|0|3|1|4|2",
    ] {
        let file = format!("arch,acc\n\"{text}\",91\n");
        assert_eq!(
            converted("a.csv", &file, "--space nasbench201 --to tuple"),
            [TUPLES[0]],
            "{text}"
        );
    }
    let folder =
        Folder::with("a.csv", "arch_0,arch_1,arch_2,arch_3,arch_4,arch_5,acc\n2,0,3,1,4,2,91\n");
    assert_eq!(
        folder.output("convert a.csv --to tuple --space nasbench201 -q"),
        "net,acc\n\"(2, 0, 3, 1, 4, 2)\",91\n"
    );
    // The matrix and the operations as the benchmark's file has them, other names, a call.
    let cell = "(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 2, 1)";
    for text in [
        r#"[{"arch": {"matrix": "011001000", "ops": "input,maxpool3x3,output"}}]"#,
        r#"[{"adjacency_matrix": [[0, 1, 1], [0, 0, 1], [0, 0, 0]], "operations": ["input", "maxpool3x3", "output"]}]"#,
        r#"["ModelSpec(matrix=[[0, 1, 1], [0, 0, 1], [0, 0, 0]], ops=['input', 'maxpool3x3', 'output'])"]"#,
    ] {
        assert_eq!(converted("a.json", text, "--to tuple"), [cell], "{text}");
    }
    // A log, and brackets around a lone genotype.
    let genotype = genotype();
    for text in [
        format!("2024-01-02 03:04:05,678 genotype = {genotype}\n"),
        format!("[{genotype}]\n"),
        format!("BEST: Genotype = {genotype};\n"),
    ] {
        assert_eq!(converted("a.txt", &text, "--to compact"), [DARTS], "{text}");
    }
}

/// No genotype of a Python file is left out in silence.
#[test]
fn genotypes_of_a_python_file_that_have_no_name_are_broken_rows() {
    let genotype = genotype();
    let named = format!("A: Genotype = {genotype}\nB = \\\n    {genotype}\n");
    let folder = Folder::with("a.py", &named);
    let out = folder.output("convert a.py --to compact -q");
    assert_eq!(column(&out, "name"), ["A", "B"]);
    for line in [format!("ALL = [{genotype}, {genotype}]\n"), format!("d = {{'x': {genotype}}}\n")]
    {
        folder.put("a.py", named.clone() + &line);
        refused(&folder, "convert a.py --to compact -o out.csv", 1, &["line 4"]);
        assert_eq!(folder.output("convert a.py --to compact -q --on-error skip"), out);
    }
}
