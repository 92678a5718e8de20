//! Results as tables for people, and formats of inputs and outputs that are mixed up.

use crate::cli::{Folder, csv, refused, refused_by_clap, transcript};
use insta::assert_snapshot;

/// Some networks, and a model of them whose numbers are as they are on any machine.
fn folder() -> Folder {
    let folder = Folder::new();
    let nets = "net,the_acc,id\n\"(4, 0, 3, 1, 4, 3)\",91.5,007\n\"(2, 4, 0, 0, 3, 2)\",90.25,010\n\
                \"(0, 0, 3, 1, 4, 3)\",91,011\n\"(2, 4, 0, 1, 1, 2)\",89,a_b|c\n";
    folder.put("nets.csv", nets);
    let fit = "fit nets.csv --target the_acc --predictor forest --trees 3 --use op_count -o m.graf";
    folder.output(fit);
    folder
}

#[test]
fn results_are_shown_as_tables() {
    let shown = transcript(
        &folder(),
        &[
            "predict m.graf nets.csv -n 3 --output-format table --keep net,id",
            "predict m.graf nets.csv -n 3 --output-format markdown --keep id -q",
            "predict m.graf nets.csv --output-format latex --keep id -q",
            "suggest nets.csv -n 2 --output-format table -q",
            "eval m.graf nets.csv --include-training --output-format latex",
            "eval m.graf nets.csv --include-training --output-format markdown -q",
            "spaces nasbench-graph --output-format latex",
            "predict m.graf nets.csv --output-format markdown -o best.md",
            "predict m.graf nets.csv --output-format markdown --dtype float64",
        ],
    );
    assert_snapshot!("shown", shown);
}

#[test]
fn a_shown_table_has_the_rows_of_the_other_formats() {
    let folder = folder();
    let (header, rows) = csv(&folder.output("predict m.graf nets.csv -n 3 --keep id"));
    let shown = folder.output("predict m.graf nets.csv -n 3 --keep id --output-format latex");
    assert_eq!(shown.lines().filter(|line| line.ends_with("\\\\")).count(), rows.len() + 1);
    assert!(shown.contains(&header.join(" & ").replace('_', "\\_")), "{shown}");
    for row in rows {
        assert!(shown.contains(&row[0].replace('_', "\\_")), "{shown}");
    }
}

#[test]
fn an_output_format_that_is_asked_for_as_an_input_format_is_answered_with_its_flag() {
    let folder = folder();
    for command in ["eval m.graf nets.csv", "predict m.graf nets.csv", "featurize nets.csv"] {
        for format in ["latex", "markdown", "table"] {
            let hint = format!("{format} is an output format (--output-format {format})");
            refused_by_clap(&folder, &format!("{command} --format {format}"), &hint);
        }
    }
    refused_by_clap(&folder, "eval m.graf nets.csv --format xls", "unknown format `xls`");
    refused_by_clap(
        &folder,
        "predict m.graf nets.csv --output-format xls",
        "known are csv, tsv, jsonl, npy, npz, parquet, arrow, table, markdown, latex",
    );
}

#[test]
fn predict_does_not_take_unique_which_it_would_not_heed() {
    let folder = folder();
    refused_by_clap(&folder, "predict m.graf nets.csv --unique", "unexpected argument '--unique'");
    refused(&folder, "predict m.graf nets.csv --dtype float64", 2, &["--output-format npy"]);
}
