//! `graf featurize` and `graf convert` from end to end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, column, csv, gunzip, gzip, refused, tuple, zstd};
use graf::features::{FeatureConfig, FeatureSet};
use graf::space::{self, SPACES};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Two networks of NAS-Bench-201 with what a person may keep beside them.
const NETS: &str = "\
id,net,\"acc, %\",note
7,\"(4, 0, 3, 1, 4, 3)\",91.50,\"says \"\"fine\"\"\"
8,\"(2, 4, 0, 0, 3, 2)\",,\u{e9}t\u{e9}
";
const FAST: &str = "--families op_count";

/// The features that the library computes, as texts.
fn expected(space: &str, networks: &[&str], config: &FeatureConfig) -> Vec<Vec<f64>> {
    let features = FeatureSet::new(space::by_name(space).unwrap(), config).unwrap();
    let mut scratch = features.scratch();
    let compute = |text: &&str| {
        let mut row = vec![0.0; features.len()];
        let network = features.space().read(text).unwrap();
        features.compute(&network, &mut scratch, &mut row).unwrap();
        row
    };
    networks.iter().map(compute).collect()
}

fn numbers(rows: &[Vec<String>], before: usize) -> Vec<Vec<f64>> {
    let number = |field: &String| field.parse().unwrap();
    rows.iter().map(|row| row[before..].iter().map(number).collect()).collect()
}

#[test]
fn the_numbers_are_those_of_the_library() {
    let folder = Folder::with("nets.csv", NETS);
    let (header, rows) = csv(&folder.output("featurize nets.csv"));
    let networks = ["(4, 0, 3, 1, 4, 3)", "(2, 4, 0, 0, 3, 2)"];
    let config = FeatureConfig::default();
    assert_eq!(numbers(&rows, 4), expected("nasbench201", &networks, &config));
    let features =
        FeatureSet::new(space::by_name("nasbench201").unwrap(), &config).unwrap().names().to_vec();
    assert_eq!(header[..4], ["id", "net", "acc, %", "note"]);
    assert_eq!(header[4..], features);
    // Counted by hand.
    let value =
        |name: &str| rows[0][header.iter().position(|column| column == name).unwrap()].as_str();
    assert_eq!(value("op_count(avg_pool_3x3)"), "2");
    assert_eq!(value("min_path_len(avg_pool_3x3)"), "2");
    assert_eq!(value("min_path_len(skip_connect)"), "4");
    assert_eq!(value("max_op_on_path(avg_pool_3x3)"), "2");
    assert_eq!(value("max_op_on_path(skip_connect)"), "-1");
    assert_eq!(value("node_degree(nor_conv_1x1).output_in"), "2");
    assert_eq!(value("node_degree(nor_conv_1x1).mean"), "0.5");
}

#[test]
fn standard_input_and_output_are_as_good_as_files() {
    let folder = Folder::with("nets.csv", NETS);
    let to_output = folder.run("featurize nets.csv").expect_success("file to standard output");
    assert_eq!(to_output.err, "graf: 2 networks of nasbench201, 160 features each\n");
    for arguments in [&["featurize", "-"][..], &["featurize", "-", "-o", "-", "-q"]] {
        let run = folder.run_with(arguments, NETS).expect_success("from standard input");
        assert_eq!(run.out, to_output.out);
        assert_eq!(run.err.is_empty(), arguments.contains(&"-q"));
    }
    let run = folder.run_with(&["featurize", "-", "-o", "features.csv"], NETS);
    assert_eq!(run.expect_success("to a file").out, "");
    assert_eq!(folder.get("features.csv"), to_output.out);
}

#[test]
fn every_input_format_is_told_by_its_contents() {
    let folder = Folder::new();
    for (table, before) in [
        (NETS.to_owned(), 4),
        ("net\tacc\n(4, 0, 3, 1, 4, 3)\t91.5\n(2, 4, 0, 0, 3, 2)\t\n".to_owned(), 2),
        ("(4, 0, 3, 1, 4, 3)\n# the second\n\n  (2, 4, 0, 0, 3, 2)\n".to_owned(), 1),
        ("[\"(4, 0, 3, 1, 4, 3)\", \"(2, 4, 0, 0, 3, 2)\"]".to_owned(), 1),
        ("[[4, 0, 3, 1, 4, 3]\n".to_owned().replace("[[", "[") + "[2, 4, 0, 0, 3, 2]\n", 1),
        ("{\"0\": \"(4, 0, 3, 1, 4, 3)\", \"1\": \"(2, 4, 0, 0, 3, 2)\"}".to_owned(), 2),
        (
            "[{\"net\": [4, 0, 3, 1, 4, 3]},\n {\"acc\": 1e2, \"net\": \"(2, 4, 0, 0, 3, 2)\"}]\n"
                .to_owned(),
            2,
        ),
        ("{\"net\": [4,0,3,1,4,3]}\n{\"net\": [2,4,0,0,3,2]}\n".to_owned(), 1),
    ] {
        let run = folder.run_with(&["featurize", "-"], table.as_str()).expect_success(&table);
        let (_, rows) = csv(&run.out);
        let networks = ["(4, 0, 3, 1, 4, 3)", "(2, 4, 0, 0, 3, 2)"];
        let wanted = expected("nasbench201", &networks, &FeatureConfig::default());
        assert_eq!(numbers(&rows, before), wanted, "{table}");
    }
}

#[test]
fn compression_in_and_out() {
    let folder = Folder::with("nets.csv", NETS);
    let plain = folder.output("featurize nets.csv");
    for (name, bytes) in [
        ("a.csv.gz", gzip(NETS.as_bytes())),
        ("a.csv.zst", zstd(NETS.as_bytes())),
        ("a.csv", gzip(NETS.as_bytes())),
        ("a", zstd(NETS.as_bytes())),
        ("members", [gzip(&NETS.as_bytes()[..40]), gzip(&NETS.as_bytes()[40..])].concat()),
    ] {
        folder.put(name, &bytes);
        assert_eq!(folder.output(&format!("featurize {name}")), plain, "{name}");
        let run = folder.run_with(&["featurize", "-"], bytes).expect_success(name);
        assert_eq!(run.out, plain, "{name} as standard input");
    }
    folder.output("featurize nets.csv -o out.csv.gz");
    assert_eq!(gunzip(&folder.bytes("out.csv.gz")), plain.as_bytes());
    folder.output("featurize nets.csv -o OUT.CSV.ZST");
    let unpacked = zstd::decode_all(folder.bytes("OUT.CSV.ZST").as_slice()).unwrap();
    assert_eq!(unpacked, plain.as_bytes());
    folder.output("featurize nets.csv -o out.jsonl.gz");
    let lines = String::from_utf8(gunzip(&folder.bytes("out.jsonl.gz"))).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["acc, %"].to_string(), "91.50".parse::<f64>().unwrap().to_string());
    assert_eq!(first["op_count(avg_pool_3x3)"], 2);
}

#[test]
fn carried_columns() {
    let folder = Folder::with("nets.csv", NETS);
    let head = |keep: &str| {
        let text = folder.output(&format!("featurize nets.csv {FAST} {keep}"));
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let ops = "op_count(skip_connect),op_count(none),op_count(nor_conv_3x3),op_count(nor_conv_1x1),\
               op_count(avg_pool_3x3)";
    let all = head("--keep all");
    assert_eq!(all, head(""));
    assert_eq!(all[0], format!("id,net,\"acc, %\",note,{ops}"));
    assert_eq!(all[1], "7,\"(4, 0, 3, 1, 4, 3)\",91.50,\"says \"\"fine\"\"\",1,1,0,2,2");
    assert_eq!(all[2], "8,\"(2, 4, 0, 0, 3, 2)\",,\u{e9}t\u{e9},2,0,2,1,1");
    assert_eq!(head("--keep none"), [ops, "1,1,0,2,2", "2,0,2,1,1"]);
    let some = head("--keep note,id");
    assert_eq!(some[0], format!("note,id,{ops}"));
    assert_eq!(some[1], "\"says \"\"fine\"\"\",7,1,1,0,2,2");
    assert_eq!(some[2], "\u{e9}t\u{e9},8,2,0,2,1,1");
}

#[test]
fn the_encoding_column_can_be_chosen() {
    let table = "net,mine\n\"(4, 0, 3, 1, 4, 3)\",\"(2, 4, 0, 0, 3, 2)\"\n";
    let folder = Folder::with("nets.csv", table);
    let chosen = folder.output(&format!("featurize nets.csv {FAST} --encoding-column mine"));
    assert!(chosen.ends_with("\",2,0,2,1,1\n"), "{chosen}");
    let found = folder.output(&format!("featurize nets.csv {FAST}"));
    assert!(found.ends_with("\",1,1,0,2,2\n"), "{found}");
}

/// The shape and the numbers of an NPY file, read by its specification.
fn read_npy(bytes: &[u8]) -> (usize, usize, Vec<f32>) {
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, data) = bytes[10..].split_at(length);
    assert_eq!((10 + length) % 64, 0, "aligned");
    let header = std::str::from_utf8(header).unwrap();
    assert!(header.ends_with('\n'));
    let shape =
        header.trim_end().strip_prefix("{'descr': '<f4', 'fortran_order': False, 'shape': (");
    let (rows, columns) = shape.unwrap().strip_suffix("), }").unwrap().split_once(", ").unwrap();
    let (chunks, rest) = data.as_chunks::<4>();
    assert!(rest.is_empty());
    let numbers = chunks.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect();
    (rows.parse().unwrap(), columns.parse().unwrap(), numbers)
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "NPY files hold float32")]
fn npy_matrices() {
    let folder = Folder::with("nets.csv", NETS);
    let (header, rows) = csv(&folder.output("featurize nets.csv --keep none"));
    let wanted: Vec<f32> = numbers(&rows, 0).concat().iter().map(|&number| number as f32).collect();

    folder.output("featurize nets.csv -o features.npy");
    assert_eq!(read_npy(&folder.bytes("features.npy")), (2, 160, wanted.clone()));
    let names: Vec<String> = serde_json::from_str(&folder.get("features.columns.json")).unwrap();
    assert_eq!(names, header);

    let piped = folder.graf().args(["featurize", "nets.csv", "--output-format", "npy"]).output();
    assert_eq!(piped.unwrap().stdout, folder.bytes("features.npy"));
    assert_eq!(folder.listing(), ["features.columns.json", "features.npy", "nets.csv"]);

    folder.output(&format!("featurize nets.csv {FAST} --keep id -o kept.npy"));
    let kept = vec![7.0, 1.0, 1.0, 0.0, 2.0, 2.0, 8.0, 2.0, 0.0, 2.0, 1.0, 1.0];
    assert_eq!(read_npy(&folder.bytes("kept.npy")), (2, 6, kept));
    let names: Vec<String> = serde_json::from_str(&folder.get("kept.columns.json")).unwrap();
    assert_eq!(names[..2], ["id", "op_count(skip_connect)"]);

    // A missing number is not a number.
    folder.put("gap.csv", "net,acc\n\"(4, 0, 3, 1, 4, 3)\",\n\"(2, 4, 0, 0, 3, 2)\",91.25\n");
    folder.output(&format!("featurize gap.csv {FAST} --keep acc -o gap.npy"));
    let (rows, columns, numbers) = read_npy(&folder.bytes("gap.npy"));
    assert_eq!((rows, columns, numbers.len()), (2, 6, 12));
    assert!(numbers[0].is_nan());
    assert_eq!(numbers[6..8], [91.25, 2.0]);
}

#[test]
fn matrices_of_float64() {
    let folder = Folder::with(
        "nets.csv",
        "net,acc\n\"(4, 0, 3, 1, 4, 3)\",1e39\n\"(1, 0, 3, 1, 0, 1)\",16777217\n",
    );
    let command = format!("featurize nets.csv {FAST} --keep acc -o out.npy");
    let parts = ["line 2, column acc", "\"1e39\"", "beyond float32", "--dtype float64"];
    refused(&folder, &command, 1, &parts);
    refused(&folder, &format!("{command} --dtype float32"), 1, &parts);
    assert_eq!(folder.listing(), ["nets.csv"]);
    folder.output(&format!("{command} --dtype float64"));
    let bytes = folder.bytes("out.npy");
    let header = String::from_utf8_lossy(&bytes[..128]);
    assert!(header.contains("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 6), }"));
    let (numbers, rest) = bytes[128..].as_chunks::<8>();
    let numbers: Vec<f64> = numbers.iter().map(|number| f64::from_le_bytes(*number)).collect();
    assert!(rest.is_empty());
    assert_eq!((numbers.len(), numbers[0], numbers[6]), (12, 1e39, 16_777_217.0));
    for output in ["", "-o out.csv", "--output-format jsonl"] {
        let command = format!("featurize nets.csv {output} --dtype float64");
        refused(&folder, &command, 2, &["--dtype is for npy", "--output-format npy"]);
    }
}

#[test]
fn json_arrays_and_module_columns() {
    let record = "{\"module_hash\": \"h\", \"module_operations\": [\"input\", \"conv3x3-bn-relu\", \"output\"], \
                  \"module_adjacency\": [[0, 1, 1], [0, 0, 1], [0, 0, 0]], \"accuracy\": 0.9}";
    let folder = Folder::with("nets.json", format!("[{record},\n{record}]"));
    folder.put("nets.jsonl", format!("{record}\n{record}\n"));
    for name in ["nets.json", "nets.jsonl"] {
        let run = folder.run(&format!("featurize {name} --keep accuracy,module_hash"));
        let run = run.expect_success(name);
        assert_eq!(run.err, "graf: 2 networks of nasbench101, 45 features each\n");
        let (header, rows) = csv(&run.out);
        assert_eq!(
            header[..4],
            ["accuracy", "module_hash", "op_count(maxpool3x3)", "op_count(conv1x1-bn-relu)"]
        );
        let network = "(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)";
        let wanted = expected("nasbench101", &[network; 2], &FeatureConfig::default());
        assert_eq!(numbers(&rows, 2), wanted);
        assert_eq!(rows[1][..2], ["0.9", "h"]);
        let converted = folder.output(&format!("convert {name} --to tuple"));
        let line = format!("h,\"{network}\",0.9");
        assert_eq!(converted, format!("module_hash,net,accuracy\n{line}\n{line}\n"));
    }
    // Values stay as they are written.
    let lines = folder.output(&format!("featurize nets.jsonl {FAST} --output-format jsonl"));
    let kept = lines.lines().next().unwrap();
    assert!(kept.contains("\"module_adjacency\":[[0, 1, 1], [0, 0, 1], [0, 0, 0]],"), "{kept}");
}

#[test]
fn nested_dumps() {
    let plain = "{\"nasbench201\": {
        \"cifar10\": {\"(4, 0, 3, 1, 4, 3)\": {\"flops\": 1.5, \"val_accuracy\": 91}},
        \"cifar100\": {\"(2, 4, 0, 0, 3, 2)\": {\"flops\": 2.5, \"val_accuracy\": 71},
                     \"(4, 0, 3, 1, 4, 3)\": {\"val_accuracy\": 72}}}}";
    let timed = "{\"class_scene\": {\"(1, 0, 2, 3, 3, 3)\": {\"idx\": \"5\", \"flops\": {\"score\": 1.5, \"time\": 0.25}, \"val_accuracy\": 54}},
        \"jigsaw\": {\"(1, 0, 2, 3, 3, 3)\": {\"idx\": \"5\", \"flops\": {\"score\": -1e8, \"time\": 0.5}, \"val_accuracy\": 93}}}";
    let folder = Folder::with("plain.json", plain);
    folder.put("timed.json", timed);

    let run = folder.run(&format!("featurize plain.json --dataset cifar100 {FAST}"));
    let run = run.expect_success("plain");
    assert_eq!(run.err, "graf: 2 networks of nasbench201, 5 features each\n");
    let (header, rows) = csv(&run.out);
    assert_eq!(header[..3], ["net", "flops", "val_accuracy"]);
    assert_eq!(rows[0], ["(2, 4, 0, 0, 3, 2)", "2.5", "71", "2", "0", "2", "1", "1"]);
    assert_eq!(rows[1], ["(4, 0, 3, 1, 4, 3)", "", "72", "1", "1", "0", "2", "2"]);

    // The space is not told by the groups here, and its encodings fit another too.
    let run = folder.run("featurize timed.json --task jigsaw").expect_clear_failure("ambiguous");
    assert!(run.err.contains("fit nasbench201, transbench101-micro"), "{}", run.err);
    let micro = "featurize timed.json --space transbench101-micro --families op_count";
    let (header, rows) = csv(&folder.output(&format!("{micro} --task jigsaw")));
    assert_eq!(header[..5], ["net", "idx", "flops", "flops.time", "val_accuracy"]);
    assert_eq!(rows, [["(1, 0, 2, 3, 3, 3)", "5", "-1e8", "0.5", "93", "1", "1", "1", "3"]]);
    assert_eq!(csv(&folder.output(&format!("{micro} --dataset class_scene"))).1[0][2], "1.5");
    assert_eq!(folder.run(micro).expect_clear_failure("two tasks").code, Some(2));
    let piped = folder.run_with(&["featurize", "-", "--dataset", "cifar10", "-q"], plain);
    assert_eq!(csv(&piped.expect_success("through a pipe").out).1.len(), 1);
}

#[test]
fn configurations() {
    let folder = Folder::with("nets.csv", NETS);
    let header = |arguments: &str| {
        let text = folder.output(&format!("featurize nets.csv --keep none {arguments}"));
        csv(&text).0
    };
    folder.put(
        "a.toml",
        "families = [\"node_degree\", \"op_count\"]\nnames = \"readable\"\nmax_subset_size = { node_degree = 1 }\n",
    );
    folder.put("a.json", "{\"families\": [\"node_degree\", \"op_count\"], \"max_subset_size\": {\"node_degree\": 1}}");
    let by_flags = header("--families node_degree,op_count --max-subset-size node_degree=1");
    assert_eq!(by_flags.len(), 5 * 3 + 5);
    assert_eq!(by_flags[0], "node_degree(skip_connect).input_out");
    assert_eq!(by_flags[15], "op_count(skip_connect)");
    assert_eq!(header("--config a.toml"), by_flags);
    assert_eq!(header("--config a.json"), by_flags);
    // Flags go before what the file says.
    assert_eq!(header("--config a.toml --families op_count").len(), 5);
    assert_eq!(header("--config a.toml --max-subset-size 2").len(), (5 + 10) * 3 + 5);
    folder.put("names.toml", "names = \"zc-combine\"\n");
    assert_eq!(header("--config names.toml"), header("--names zc-combine"));
    assert_eq!(header("--config names.toml --names readable"), header(""));

    assert_eq!(header("--config full"), header(""));
    assert_eq!(header("").len(), 5 + 31 + 31 + 3 * 31);
    assert_eq!(header("--config short").len(), 5 + 31 + 31 + 3 * 5);
    for (size, sets) in [(1, 5), (2, 15), (3, 25), (4, 30), (5, 31), (99, 31)] {
        assert_eq!(header(&format!("--max-subset-size {size}")).len(), 5 + 5 * sets, "{size}");
    }
    let one = header("--families min_path_len,max_op_on_path --max-subset-size max_op_on_path=1");
    assert_eq!(one.len(), 31 + 5);
    for family in ["op_count", "min_path_len", "max_op_on_path", "node_degree"] {
        let names = header(&format!("--families {family}"));
        assert!(names.iter().all(|name| name.starts_with(&format!("{family}("))), "{names:?}");
    }
}

#[test]
fn names_of_the_papers_repository() {
    let folder = Folder::with("nets.csv", NETS);
    let table = folder.output("featurize nets.csv --keep none --names zc-combine");
    let (header, rows) = csv(&table);
    // The degree into and out of a node are apart there.
    assert_eq!(header.len(), 5 + 31 + 31 + 4 * 31);
    assert_eq!(header[..5], ["op_count_0", "op_count_1", "op_count_2", "op_count_3", "op_count_4"]);
    let distinct: std::collections::BTreeSet<_> = header.iter().collect();
    assert_eq!(distinct.len(), header.len());
    assert_eq!(rows[0][..5], ["1", "1", "0", "2", "2"]);
    // A second run over its own output carries the old columns along, but does not write a name twice.
    folder.put("features.csv", folder.output("featurize nets.csv --names zc-combine"));
    let twice = folder.run("featurize features.csv --names zc-combine");
    assert_eq!(twice.expect_clear_failure("the same names").code, Some(2));
    let both = csv(&folder.output("featurize features.csv")).0;
    assert_eq!(both.len(), 4 + 191 + 160);
}

/// The edges of a NAS-Bench-201 and of a TransNAS-Bench-101 micro tuple.
const EDGES_201: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
const EDGES_MICRO: [(usize, usize); 6] = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)];

/// Whether each edge other than `none` lies on an input→output path of such edges.
fn all_reachable(ids: [u32; 6], edges: [(usize, usize); 6], none: u32) -> bool {
    let has = |from, to| edges.iter().zip(ids).any(|(&edge, id)| edge == (from, to) && id != none);
    let mut used = [[false; 4]; 4];
    for path in [&[0, 3][..], &[0, 1, 3], &[0, 2, 3], &[0, 1, 2, 3]] {
        if path.windows(2).all(|step| has(step[0], step[1])) {
            for step in path.windows(2) {
                used[step[0]][step[1]] = true;
            }
        }
    }
    edges.iter().zip(ids).all(|(&(from, to), id)| id == none || used[from][to])
}

#[test]
fn unreachable_operations() {
    for (space, ops, edges, none, kept) in
        [("nasbench201", 5, EDGES_201, 1, 9_445), ("transbench101-micro", 4, EDGES_MICRO, 0, 2_128)]
    {
        let all = all_tuples(ops);
        let table: String = all.iter().map(|ids| tuple(ids) + "\n").collect();
        let folder = Folder::with("all.txt", table);
        let run =
            folder.run(&format!("featurize all.txt --space {space} --drop-unreachable {FAST}"));
        let run = run.expect_success(space);
        let left = column(&run.out, "net");
        assert_eq!(left.len(), kept);
        let wanted = all.iter().filter(|&&ids| all_reachable(ids, edges, none));
        assert_eq!(left, wanted.map(|ids| tuple(ids)).collect::<Vec<_>>());
        let dropped = all.len() - kept;
        let note = format!(
            "graf: {kept} networks of {space}, {ops} features each; \
             {dropped} with unreachable operations left out\n"
        );
        assert_eq!(run.err, note);
        let converted = folder
            .output(&format!("convert all.txt --space {space} --drop-unreachable --to tuple"));
        assert_eq!(column(&converted, "net"), left);
    }
}

#[test]
fn pruning() {
    // Node 1 leads nowhere in the first network; nothing leads to it in the second.
    let folder = Folder::with(
        "nets.txt",
        "(0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 4, 1)\n\
         (0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 4, 1)\n\
         (0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 4, 1)\n",
    );
    let features = |arguments: &str| {
        csv(&folder.output(&format!("featurize nets.txt --keep none {arguments}"))).1
    };
    let pruned = features("--prune");
    assert_eq!(pruned[0], pruned[2]);
    assert_eq!(pruned[1], pruned[2]);
    let whole = features("");
    assert_eq!(whole[2], pruned[2]);
    for (whole, pruned) in whole.iter().zip(&pruned).take(2) {
        assert_eq!((whole[0].as_str(), pruned[0].as_str()), ("1", "0"), "max pools");
        assert_eq!(whole[2], pruned[2], "convolutions");
        assert_ne!(whole, pruned);
    }
    let converted = folder.output("convert nets.txt --to tuple --prune");
    assert_eq!(column(&converted, "net"), ["(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 4, 1)"; 3]);
}

/// Some thousand rows, each kind of broken one among them, and how many are broken.
fn long_table() -> (String, Vec<(usize, &'static str)>) {
    let mut rng = StdRng::seed_from_u64(7);
    let mut table = "net,n\n".to_owned();
    let mut broken = Vec::new();
    for line in 2..6_002 {
        let network = crate::networks::random("nasbench201", &mut rng);
        match line % 611 {
            17 => {
                broken.push((line, "net"));
                writeln!(table, "\"{}\",{line}", network.replace(')', ", 0)")).unwrap();
            }
            300 => {
                broken.push((line, ""));
                writeln!(table, "{network},{line}").unwrap();
            }
            301 => {
                broken.push((line, "net"));
                writeln!(table, "\"{}\",{line}", network.replacen('(', "(9", 1)).unwrap();
            }
            _ => writeln!(table, "\"{network}\",{line}").unwrap(),
        }
    }
    (table, broken)
}

#[test]
fn broken_rows_are_skipped_and_told() {
    let (table, broken) = long_table();
    let folder = Folder::with("nets.csv", &table);
    let run =
        folder.run(&format!("featurize nets.csv {FAST} --on-error skip --rejects rejects.csv"));
    let run = run.expect_success("skip");
    let good = 6_000 - broken.len();
    assert_eq!(broken.len(), 30);
    let note =
        format!("graf: {good} networks of nasbench201, 5 features each; 30 broken rows skipped\n");
    assert_eq!(run.err, note);
    let wanted = (2..6_002).filter(|line| broken.iter().all(|(other, _)| other != line));
    assert_eq!(
        column(&run.out, "n"),
        wanted.map(|line: usize| line.to_string()).collect::<Vec<_>>()
    );

    let (header, rejects) = csv(&folder.get("rejects.csv"));
    assert_eq!(header, ["place", "column", "token", "reason", "row"]);
    assert_eq!(rejects.len(), broken.len());
    let lines: Vec<_> = table.lines().collect();
    for (reject, (line, column)) in rejects.iter().zip(&broken) {
        assert_eq!(reject[0], format!("line {line}"));
        assert_eq!(reject[1], *column, "{reject:?}");
        assert!(lines[line - 1].contains(&reject[2]), "{reject:?}");
        assert!(!reject[3].is_empty());
        assert!(reject[4].contains(&line.to_string()), "{reject:?}");
        match line % 611 {
            17 => assert!(reject[3].starts_with("7 numbers; nasbench201 takes 6"), "{reject:?}"),
            300 => {
                assert!(reject[3].starts_with("7 fields where the header"), "{reject:?}");
            }
            _ => assert!(reject[3].starts_with("operation id 9"), "{reject:?}"),
        }
    }

    // Without --on-error skip the first one ends it, whatever the number of threads.
    for threads in [1, 2, 8] {
        let run = folder.run(&format!("featurize nets.csv {FAST} --threads {threads}"));
        let run = run.expect_clear_failure("stop");
        assert!(run.err.starts_with("error: nets.csv, line 17, column net: "), "{}", run.err);
    }
    folder.put("sound.csv", "net,n\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    folder.output("featurize sound.csv --on-error skip --rejects none.csv");
    assert_eq!(folder.get("none.csv"), "place,column,token,reason,row\n");
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let folder = Folder::with("nets.csv", long_table().0);
    let run = |threads: u32, arguments: &str| {
        let run = folder.run(&format!(
            "featurize nets.csv --on-error skip --rejects rejects.csv -o out {arguments} \
             --threads {threads}"
        ));
        (run.expect_success("threads"), folder.bytes("rejects.csv"), folder.bytes("out"))
    };
    for arguments in [
        "--output-format csv",
        "--output-format jsonl --keep n --names zc-combine",
        "--output-format npy --drop-unreachable",
    ] {
        let one = run(1, arguments);
        assert!(one.2.len() > 500_000);
        assert!(one == run(2, arguments), "{arguments}");
        assert!(one == run(8, arguments), "{arguments}");
    }
}

#[test]
fn outputs_appear_whole_or_not_at_all() {
    let mut table: String = all_tuples(5).iter().map(|ids| tuple(ids) + "\n").collect();
    let packed = gzip(table.as_bytes());
    table += "(1, 2, 3)\n";
    let folder = Folder::with("broken.txt", table);
    folder.put("short.txt.gz", &packed[..packed.len() - 4]);
    let inputs = folder.listing();
    let outputs = ["out.csv", "out.tsv", "out.jsonl", "out.csv.gz", "out.csv.zst", "out.npy"];
    for output in outputs {
        for input in &inputs {
            for command in ["featurize --families op_count", "convert --to string"] {
                if output == "out.npy" && command.starts_with("convert") {
                    continue; // It holds numbers only.
                }
                let arguments = format!("{command} {input} -o {output}");
                assert_eq!(folder.run(&arguments).expect_clear_failure(&arguments).code, Some(1));
                assert_eq!(folder.listing(), inputs, "{arguments}");
            }
        }
    }
    for output in outputs.iter().copied().chain(["out.columns.json", "rejects.csv"]) {
        folder.put(output, "from before");
    }
    let before = folder.listing();
    for output in outputs {
        let arguments =
            format!("featurize short.txt.gz -o {output} --on-error skip --rejects rejects.csv");
        folder.run(&arguments).expect_clear_failure(&arguments);
        assert_eq!(folder.listing(), before);
        for output in outputs.iter().copied().chain(["out.columns.json", "rejects.csv"]) {
            assert_eq!(folder.get(output), "from before", "{arguments}");
        }
    }
    // A run that succeeds replaces them; the input itself may be replaced, too.
    folder.output("featurize broken.txt --families op_count -o out.csv --on-error skip");
    assert_eq!(folder.get("out.csv").lines().count(), 15_626);
    let first = folder.output("convert out.csv --to string --output-format csv");
    folder.output("convert out.csv --to string -o out.csv");
    assert_eq!(folder.get("out.csv"), first);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    let folder = Folder::with("nets.txt", "(4, 0, 3, 1, 4, 3)\n".repeat(300_000));
    for arguments in [
        "featurize nets.txt",
        "featurize nets.txt --output-format jsonl",
        "convert nets.txt --to string",
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_graf"))
            .current_dir(folder.path())
            .args(arguments.split(' '))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("net"), "{line}");
        let mut messages = String::new();
        child.stderr.take().unwrap().read_to_string(&mut messages).unwrap();
        assert_eq!((child.wait().unwrap().code(), messages.as_str()), (Some(0), ""), "{arguments}");
    }
    for format in ["table", "json", "csv", "markdown"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_graf"));
        child.args(["spaces", "--output-format", format]).stderr(Stdio::piped());
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = child.stdout(writer).output().unwrap();
        assert_eq!(
            (output.status.code(), output.stderr.as_slice()),
            (Some(0), &b""[..]),
            "{format}"
        );
    }
}

/// The operations and the edges of a network's cells; no encoding but a list of edges keeps these
/// in their order.
fn graph(space: &dyn space::SearchSpace, network: &str) -> Vec<String> {
    let network = space.read(network).unwrap();
    let cell = |cell: &graf::graph::Cell| {
        let mut edges: Vec<_> = cell.edges().collect();
        edges.sort_unstable();
        format!("{:?} {edges:?}", cell.node_ops().collect::<Vec<_>>())
    };
    network.cells().iter().map(cell).collect()
}

#[test]
fn every_encoding_there_and_back() {
    let mut rng = StdRng::seed_from_u64(11);
    for space in SPACES {
        let name = space.name();
        let networks: Vec<_> = (0..200).map(|_| crate::networks::random(name, &mut rng)).collect();
        let table: String = networks.iter().flat_map(|network| [network, "\n"]).collect();
        let folder = Folder::with("nets.txt", table);
        let first = space.encodings()[0].name;
        let features = |network: &str| expected(name, &[network], &FeatureConfig::default());
        for encoding in space.encodings() {
            let encoding = encoding.name;
            for format in ["csv", "tsv", "jsonl"] {
                let there =
                    format!("convert nets.txt --space {name} --to {encoding} -o there.{format}");
                let run = folder.run(&there).expect_success(&there);
                assert_eq!(run.err, format!("graf: 200 networks of {name}, 1 encoding each\n"));
                let back = format!(
                    "convert there.{format} --space {name} --encoding {encoding} --to {first}"
                );
                let back = column(&folder.output(&back), "net");
                assert_eq!(back.len(), networks.len());
                // A key moves skips to where they change nothing: the network is the same, its graph is not.
                if encoding == "key" {
                    continue;
                }
                for (back, network) in back.iter().zip(&networks) {
                    assert_eq!(features(back), features(network), "{encoding} {format}");
                    assert_eq!(graph(space, back), graph(space, network), "{encoding}");
                }
            }
        }
    }
}

#[test]
fn the_bundled_table_is_featurized_in_full() {
    let folder = Folder::new();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/data/nas-bench-graph/nas-bench-graph.csv.gz");
    let arguments = ["featurize", table, "--families", "op_count", "--keep", "ops,cora_perf"];
    let run = folder.run_with(&arguments, "").expect_success("the bundled table");
    let (header, rows) = csv(&run.out);
    assert_eq!((header.len(), rows.len()), (2 + 9, 26_206));
    for row in rows {
        let mut counts = BTreeMap::new();
        for op in row[0].split('|') {
            *counts.entry(op.to_owned()).or_insert(0) += 1;
        }
        for (name, count) in header[2..].iter().zip(&row[2..]) {
            let op = name.strip_prefix("op_count(").unwrap().strip_suffix(')').unwrap();
            assert_eq!(
                count.parse(),
                Ok(counts.get(op).copied().unwrap_or(0)),
                "{name} of {row:?}"
            );
        }
    }
}
