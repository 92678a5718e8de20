//! Predictors fitted on the real benchmark dumps, through the binary.

use crate::cli::{Folder, column};
use serde_json::Value;

const FAST: &str = "--predictor forest --trees 20";

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

fn json(folder: &Folder, arguments: &str) -> Value {
    serde_json::from_str(&folder.output(arguments)).unwrap()
}

/// The out-of-bag Kendall tau of a model.
#[track_caller]
fn tau(folder: &Folder, model: &str) -> f64 {
    let header = json(folder, &format!("inspect {model}"));
    header["held_out"]["kendall_tau"].as_f64().unwrap()
}

/// Fits on a dump, directly and by way of `graf featurize`, and measures both.
fn fits(space: &str, dump: &str, target: &str, rest: &str) {
    let folder = dumps();
    let dump = format!("data/{dump} {rest}");
    let learn = format!("--target {target} {FAST}");
    for arguments in [
        format!("featurize {dump} --families graf+ -o f.csv --keep {target}"),
        format!("fit f.csv {learn} -o featurized.graf"),
        format!("fit {dump} {learn} -o direct.graf"),
    ] {
        folder.run(&arguments).expect_success(&arguments);
    }
    let direct = tau(&folder, "direct.graf");
    assert!(direct > 0.5, "{dump}: {direct}");
    assert_eq!(direct.to_bits(), tau(&folder, "featurized.graf").to_bits(), "{dump}");
    assert_eq!(json(&folder, "inspect direct.graf")["space"], space);
    let measured =
        json(&folder, "eval --include-training featurized.graf f.csv --output-format json");
    assert_eq!(measured["target"], target);
    assert!(measured["kendall_tau"].as_f64().unwrap() > direct, "{measured}");
    let again =
        json(&folder, &format!("eval --include-training direct.graf {dump} --output-format json"));
    assert_eq!(again, measured, "{dump}");
    let predicted = folder.output(&format!("predict direct.graf {dump} --keep none"));
    let wanted = folder.output("predict featurized.graf f.csv --keep none");
    assert_eq!(predicted, wanted, "{dump}");
    let name = format!("{target}.prediction");
    let best = folder.output(&format!("predict direct.graf {dump} --top 10"));
    let best: Vec<f64> = column(&best, &name).iter().map(|best| best.parse().unwrap()).collect();
    let greatest =
        column(&wanted, &name).iter().map(|one| one.parse().unwrap()).fold(0.0, f64::max);
    assert_eq!(best.len(), 10);
    assert_eq!(best[0].to_bits(), greatest.to_bits(), "{dump}");
    assert!(best.is_sorted_by(|one, next| one >= next), "{dump}: {best:?}");
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101() {
    fits("nasbench101", "nasbench101/nb101_20000.jsonl.gz", "validation_accuracy_108", "");
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201() {
    fits("nasbench201", "nasbench201/nb201_valid_nets.csv", "val_accs", "");
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench301() {
    fits("nasbench301", "nasbench301/zc_nasbench301_500.json", "val_accuracy", "");
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101_micro() {
    let space = "transbench101-micro";
    let (table, target) = ("transbench101/tnb101_micro_3tasks.csv", "class_scene__val_accuracy");
    fits(space, table, target, &format!("--space {space}"));
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101_macro() {
    let space = "transbench101-macro";
    let (table, target) = ("transbench101/tnb101_macro_3tasks.csv", "class_scene__val_accuracy");
    fits(space, table, target, &format!("--space {space}"));
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn proxies_of_another_table_help() {
    let folder = dumps();
    let nets = "data/nasbench201/nb201_valid_nets.csv";
    let join = "--join data/nasbench201/nb201_zc_proxies.csv";
    let mut taus = Vec::new();
    for (model, uses) in [
        ("proxies.graf", format!("--use proxies {join}")),
        ("graf.graf", "--use graf".to_owned()),
        ("both.graf", format!("--use graf,proxies {join}")),
    ] {
        let fit = format!("fit {nets} --target val_accs {uses} --missing median {FAST} -o {model}");
        let run = folder.run(&fit).expect_success(&fit);
        assert!(run.err.contains("fitted val_accs on 9445 rows"), "{}", run.err);
        assert!(!run.err.contains("joined table"), "{}", run.err);
        taus.push(tau(&folder, model));
    }
    assert!(taus.iter().all(|&tau| tau > 0.5), "{taus:?}");
    assert!(taus[2] > taus[0] && taus[2] > taus[1], "{taus:?}");
    let header = json(&folder, "inspect both.graf");
    let columns = header["columns"].as_array().unwrap();
    let proxies: Vec<_> = columns[columns.len() - 13..].iter().map(Value::to_string).collect();
    assert_eq!((&*proxies[0], &*proxies[12]), ("\"epe_nas\"", "\"zen\""));
    assert!(!columns.iter().any(|name| name == "net" || name == "val_accs"));
    let measured = json(
        &folder,
        &format!("eval --include-training both.graf {nets} {join} --output-format json"),
    );
    assert_eq!(measured["rows"], 9_445);
    assert!(measured["kendall_tau"].as_f64().unwrap() > taus[2], "{measured}");
}
