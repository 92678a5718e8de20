//! `closed_form` against the proxies that were measured, and rankings without labels.

use serde_json::Value;

use crate::cli::Folder;

/// What `graf rank` finds of a column.
fn ranked(arguments: &str, column: &str, metric: &str) -> f64 {
    let folder = Folder::new();
    std::os::unix::fs::symlink(
        crate::common::dumps("data").canonicalize().unwrap(),
        folder.at("data"),
    )
    .unwrap();
    let text = folder.output(&format!("rank {arguments} --output-format json"));
    let found: Value = serde_json::from_str(&text).unwrap();
    let entry = found.as_array().unwrap().iter().find(|one| one["column"] == column).unwrap();
    entry[metric].as_f64().unwrap()
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn closed_forms_agree_with_what_was_measured() {
    // The least of l2_norm is .97 to two digits.
    const TABLES: [(&str, f64, f64); 3] = [
        (
            "data/nasbench201/nb201_valid_nets.csv --space nasbench201 --join data/nasbench201/nb201_zc_proxies.csv",
            0.9995,
            0.965,
        ),
        ("data/transbench101/tnb101_micro_valid_nets.csv --space transbench101-micro", 0.99, 0.9),
        ("data/nasbench301/zc_nasbench301_725.json", 0.9, 0.9),
    ];
    for (table, synflow, l2_norm) in TABLES {
        for (proxy, least) in [("synflow", synflow), ("l2_norm", l2_norm)] {
            let own = format!("closed_form({proxy})");
            let options =
                format!("--by {own} --target {proxy} --maximize {proxy} --aggregate none");
            let found = ranked(&format!("{table} {options}"), &own, "spearman");
            assert!(found >= least, "{table} {proxy}: {found}");
        }
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn networks_are_ranked_without_labels() {
    const TABLES: [(&str, f64); 3] = [
        ("data/nasbench201/ta_gates_test.csv --space nasbench201 --target val_accs", 0.76),
        ("data/nasbench101/nb101_20000.jsonl.gz --target validation_accuracy_108", 0.6),
        ("data/nasbench301/zc_nasbench301_725.json --target val_accuracy", 0.45),
    ];
    for (table, least) in TABLES {
        let found = ranked(table, "log-rank", "kendall_tau");
        assert!(found >= least, "{table}: {found}");
    }
}
