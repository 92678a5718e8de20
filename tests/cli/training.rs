//! Training networks of a model: what `eval`, `predict` and `suggest` make of them.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    missing_docs,
    reason = "a failure is what a test is for"
)]

use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, column, refused, tuple};
use serde_json::Value;

const FAST: &str = "--predictor forest --trees 5";

/// `net,acc`, where `acc` is learnable.
fn table(networks: &[[u32; 6]]) -> String {
    let mut text = "net,acc\n".to_owned();
    for ids in networks {
        let accuracy: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
        writeln!(text, "\"{}\",{accuracy}", tuple(ids)).unwrap();
    }
    text
}

/// A table to train on, one to test on without any of its networks, and one with both.
fn folder() -> (Folder, usize, usize) {
    let some: Vec<_> =
        all_tuples(5).into_iter().filter(|ids| !ids.contains(&0)).step_by(37).collect();
    let (train, test) = some.split_at(60);
    let folder = Folder::with("train.csv", table(train));
    folder.put("test.csv", table(test));
    folder.put("both.csv", table(&[test, train].concat()));
    folder.output(&format!("fit train.csv --target acc -o m.graf --space nasbench201 {FAST}"));
    (folder, train.len(), test.len())
}

fn eval(folder: &Folder, arguments: &str) -> Value {
    serde_json::from_str(&folder.output(&format!("eval m.graf {arguments} --output-format json")))
        .unwrap()
}

#[test]
fn eval_leaves_training_networks_out() {
    let (folder, train, test) = folder();
    let alone = eval(&folder, "test.csv");
    let both = eval(&folder, "both.csv");
    let left_out = both["left_out"].as_u64().unwrap() as usize;
    assert!(left_out >= train, "{both}");
    assert_eq!(both["rows"].as_u64().unwrap() as usize, train + test - left_out);
    // What is measured is the same, whatever stands beside it.
    for metric in ["rows", "kendall_tau", "r2"] {
        assert_eq!(alone[metric], both[metric], "{metric}");
    }
    let err = folder.run("eval m.graf both.csv").expect_success("eval").err;
    assert!(
        err.contains(&format!("skipped {left_out} rows of networks in the training set")),
        "{err}"
    );
    let all = eval(&folder, "both.csv --include-training");
    assert_eq!(all["rows"].as_u64().unwrap() as usize, train + test);
    assert!(all["kendall_tau"].as_f64().unwrap() > alone["kendall_tau"].as_f64().unwrap());
    refused(
        &folder,
        "eval m.graf train.csv",
        1,
        &[
            "train.csv: the model was trained on the networks of all its rows (60)",
            "--include-training",
        ],
    );
}

#[test]
fn a_functional_twin_is_a_training_network() {
    // 0→1 a convolution, 1→3 a skip; and the same with skips on 1→2 and 2→3.
    let rest = [[2, 2, 2, 2, 2, 2], [3, 3, 3, 3, 3, 3], [4, 4, 4, 4, 4, 4], [2, 3, 4, 2, 3, 4]];
    let rest = [&rest[..], &[[3, 2, 4, 4, 3, 2], [4, 3, 2, 2, 2, 3]]].concat();
    let folder = Folder::with("train.csv", table(&[&[[2, 1, 1, 1, 0, 1]][..], &rest].concat()));
    folder.put("twin.csv", table(&[[2, 1, 1, 0, 1, 0], [4, 4, 4, 2, 2, 2], [3, 4, 4, 2, 2, 2]]));
    folder.output(&format!("fit train.csv --target acc -o m.graf --space nasbench201 {FAST}"));
    let out = folder.output("predict m.graf twin.csv --mark-training");
    assert_eq!(column(&out, "in_training"), ["1", "0", "0"]);
    let measured = eval(&folder, "twin.csv");
    assert_eq!((measured["rows"].as_u64(), measured["left_out"].as_u64()), (Some(2), Some(1)));
    let err = folder.run("suggest m.graf twin.csv -n 2 -o s.csv").expect_success("suggest").err;
    assert!(
        err.contains("2 of 2 networks suggested") && err.contains("1 of the pool known"),
        "{err}"
    );
    assert!(!column(&folder.get("s.csv"), "net").contains(&"(2, 1, 1, 0, 1, 0)".to_owned()));
}

#[test]
fn predict_marks_training_networks() {
    let (folder, train, test) = folder();
    let marks = column(&folder.output("predict m.graf both.csv --mark-training"), "in_training");
    assert_eq!(marks.len(), train + test);
    assert!(marks[test..].iter().all(|mark| mark == "1"));
    assert!(marks[..test].iter().any(|mark| mark == "0"));
    let top = folder.output("predict m.graf both.csv --top 3 --mark-training");
    assert_eq!(top.lines().next().unwrap(), "net,acc.prediction,acc.std,rank,in_training");
}

#[test]
fn models_without_networks_say_so() {
    let (folder, ..) = folder();
    folder.output("featurize train.csv --space nasbench201 --keep acc -o bare.csv");
    folder.output(&format!("fit bare.csv --target acc --use graf -o m.graf {FAST}"));
    let run = folder.run("eval m.graf bare.csv --output-format json").expect_success("eval");
    assert!(run.err.contains("does not identify its networks"), "{}", run.err);
    let measured: Value = serde_json::from_str(&run.out).unwrap();
    assert!(measured["left_out"].is_null() && measured["rows"] == 60);
    refused(&folder, "predict m.graf bare.csv --mark-training", 2, &["no record of its training"]);
}

#[test]
fn a_model_of_a_featurized_table_knows_its_networks() {
    let (folder, train, test) = folder();
    // Strings are of one space; tuples may be of two.
    for table in ["train", "both"] {
        folder.output(&format!(
            "convert {table}.csv --space nasbench201 --to string -o {table}.txt.csv"
        ));
    }
    folder.output("featurize train.txt.csv --keep net,acc -o features.csv");
    folder.output(&format!("fit features.csv --target acc --use graf -o m.graf {FAST}"));
    let measured = eval(&folder, "both.txt.csv");
    let counts = ["rows", "left_out"].map(|key| measured[key].as_u64().unwrap() as usize);
    assert!(counts[1] >= train && counts[0] + counts[1] == train + test, "{counts:?}");
}

#[test]
fn predict_says_that_training_networks_are_among_those_predicted() {
    let (folder, ..) = folder();
    let err = |arguments: &str| folder.run(arguments).expect_success(arguments).err;
    let note = "of the networks read (--mark-training marks them)";
    assert!(err("predict m.graf both.csv").contains(note));
    assert!(!err("predict m.graf both.csv --mark-training").contains(note));
    let (both, header) = (folder.get("both.csv"), "net,acc\n");
    let marks = column(&folder.output("predict m.graf both.csv --mark-training"), "in_training");
    let rows = both.lines().skip(1).zip(marks).filter(|(_, mark)| mark == "0");
    let new: Vec<_> = rows.map(|(row, _)| row).collect();
    folder.put("new.csv", format!("{header}{}\n", new.join("\n")));
    assert!(!err("predict m.graf new.csv").contains(note));
}

#[test]
fn a_training_network_takes_eight_bytes() {
    let (folder, train, _) = folder();
    let bytes = std::fs::read(folder.at("m.graf")).unwrap();
    let header = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let count = u64::from_le_bytes(bytes[16 + header..24 + header].try_into().unwrap()) as usize;
    assert!(count <= train && count > train / 2, "{count}");
    let payload = 24 + header + 8 * count;
    let length = u64::from_le_bytes(bytes[payload..payload + 8].try_into().unwrap()) as usize;
    assert_eq!(bytes.len(), payload + 8 + length + 4);
}

#[test]
fn networks_are_unique_in_either_sense() {
    let folder = Folder::new();
    for (unique, networks) in [
        ("", 15_625),
        ("--unique", 8_765),
        ("--unique=isomorphic", 8_765),
        ("--unique=functional", 4_930),
    ] {
        let out = folder.output(&format!("enumerate --space nasbench201 {unique}"));
        assert_eq!(out.lines().count(), networks + 1, "{unique}");
    }
    folder.put("t.csv", table(&[[2, 1, 1, 0, 1, 0], [2, 1, 1, 1, 0, 1]]));
    // A flag without a value takes no file for one.
    assert_eq!(
        folder.output("convert --space nasbench201 --to tuple --unique t.csv").lines().count(),
        3
    );
    assert_eq!(
        folder
            .output("convert --space nasbench201 --to tuple --unique=functional t.csv")
            .lines()
            .count(),
        2
    );
    let hashes = |flag: &str| {
        column(
            &folder.output(&format!("convert --space nasbench201 --to tuple {flag} t.csv")),
            "hash",
        )
    };
    let (plain, functional) = (hashes("--add-hash"), hashes("--add-hash=functional"));
    assert!(plain[0] != plain[1] && functional[0] == functional[1], "{plain:?} {functional:?}");
}
