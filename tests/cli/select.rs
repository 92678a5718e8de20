//! `graf select`, and what its configurations do in the other commands.

use std::fmt::Write as _;
use std::path::Path;

use crate::cli::{Folder, all_tuples, csv, refused, transcript, tuple};
use graf::features::FeatureConfig;
use insta::assert_snapshot;
use serde_json::Value;

/// The target is what two columns tell: the 3×3 convolutions, and twice the 1×1 convolutions.
fn table() -> String {
    let mut text = "net,acc,snip,same\n".to_owned();
    for ids in all_tuples(5).into_iter().step_by(53) {
        let acc: u32 = ids.iter().map(|&op| [0, 0, 1, 2, 0][op as usize]).sum();
        writeln!(text, "\"{}\",{acc},{acc},1", tuple(&ids)).unwrap();
    }
    text
}

fn folder() -> Folder {
    Folder::with("t.csv", table())
}

/// A folder with the networks that come with graf.
fn bundled() -> Folder {
    let folder = Folder::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nas-bench-graph");
    std::os::unix::fs::symlink(data, folder.at("data")).unwrap();
    folder
}

const BUNDLED: &str = "data/nas-bench-graph.csv.gz";

fn chosen(folder: &Folder, file: &str) -> Vec<String> {
    FeatureConfig::parse(&folder.get(file), file.ends_with("toml")).unwrap().columns.unwrap()
}

fn model_columns(folder: &Folder, model: &str) -> Vec<String> {
    let model: Value = serde_json::from_str(&folder.output(&format!("inspect {model}"))).unwrap();
    serde_json::from_value(model["columns"].clone()).unwrap()
}

#[test]
fn texts() {
    let folder = folder();
    assert_snapshot!("help_select", folder.output("select --help"));
    let shown = transcript(
        &folder,
        &[
            "select t.csv --families op_count,node_degree --max-subset-size 1",
            "select t.csv --names zc-combine --families node_degree --max-subset-size 1",
            "select t.csv --families op_count --target acc --method forward --most 3",
            "select t.csv --use adjacency --quiet",
            "select t.csv --method forward",
            "select t.csv --method independent --most 2",
            "select t.csv --target accuracy --method forward",
            "select t.csv --target same --method forward",
            "select t.csv --target acc --method forward --train-size 9",
            "select t.csv --use graf,proxies",
            "select t.csv --use wl",
            "select t.csv -o out.yaml",
            "select t.csv -o nowhere/out.toml",
        ],
    );
    assert_snapshot!("select", shown);
}

#[test]
fn the_columns_that_tell_are_found_on_any_number_of_threads() {
    let folder = folder();
    for method in ["forward", "backward"] {
        let mut texts = Vec::new();
        for threads in [1, 3] {
            folder.output(&format!(
                "select t.csv --families op_count --target acc --method {method} --most 2 --seed 4 \
                 --threads {threads} -o c.toml"
            ));
            texts.push(folder.get("c.toml"));
        }
        assert_eq!(texts[0], texts[1]);
        let mut columns = chosen(&folder, "c.toml");
        columns.sort();
        assert_eq!(columns, ["op_count(nor_conv_1x1)", "op_count(nor_conv_3x3)"], "{method}");
    }
}

#[test]
fn a_selection_is_written_read_and_narrowed() {
    let folder = folder();
    folder.output("select t.csv -o a.toml");
    folder.output("select t.csv -o a.json");
    assert_eq!(chosen(&folder, "a.toml"), chosen(&folder, "a.json"));
    // Nothing is left to leave out.
    folder.output("select t.csv --config a.toml -o b.toml");
    assert_eq!(chosen(&folder, "a.toml"), chosen(&folder, "b.toml"));
    let run = folder.run("select t.csv --config a.json --target acc --method forward --most 1");
    let text = run.expect_success("forward").out;
    let one = FeatureConfig::parse(&text, true).unwrap().columns.unwrap();
    assert!(one.len() == 1 && chosen(&folder, "a.toml").contains(&one[0]), "{text}");
}

#[test]
fn featurize_fit_predict_and_compare_take_a_selection() {
    let folder = folder();
    folder.output("select t.csv --target acc --method forward -n 4 -o c.toml");
    let columns = chosen(&folder, "c.toml");
    let all = csv(&folder.output("featurize t.csv --keep none"));
    let few = csv(&folder.output("featurize t.csv --keep none --config c.toml"));
    assert_eq!(few.0, columns);
    for (column, name) in columns.iter().enumerate() {
        let place = all.0.iter().position(|other| other == name).unwrap();
        assert!(few.1.iter().zip(&all.1).all(|(few, all)| few[column] == all[place]));
    }

    let fit = "fit t.csv --target acc --predictor forest --trees 10 --config c.toml -q";
    folder.output(&format!("{fit} -o m.graf"));
    assert_eq!(model_columns(&folder, "m.graf"), columns);
    // The model remembers its columns, and a table that has all features gives the same ones.
    folder.output("featurize t.csv -o f.csv");
    folder.output(
        "fit f.csv --target acc --predictor forest --trees 10 \
         --config c.toml -q -o f.graf",
    );
    assert_eq!(model_columns(&folder, "f.graf"), columns);
    let predicted = folder.output("predict m.graf t.csv -q");
    assert_eq!(folder.output("predict f.graf t.csv -q"), predicted);
    assert_eq!(folder.output("predict m.graf f.csv -q"), predicted);

    folder.output(&format!("{fit} --use graf,adjacency,proxies -o wide.graf"));
    assert_eq!(model_columns(&folder, "wide.graf").len(), columns.len() + 6 + 1);
    folder.output(&format!("{fit} --use adjacency -o other.graf"));
    assert_eq!(model_columns(&folder, "other.graf").len(), 6);
    folder.output("predict wide.graf t.csv -q");

    let compare = "compare t.csv --target acc --config c.toml --use graf --use op_count \
                   --use adjacency --train-size 20 --repeats 2 --predictor forest --trees 5";
    let run = folder.run(compare).expect_success(compare);
    let counts = columns.iter().filter(|name| name.starts_with("op_count")).count();
    let sets = format!(
        "graf ({}), op-count ({}), adjacency (6)",
        columns.len(),
        match counts {
            0 => 5,
            some => some,
        }
    );
    assert!(run.err.contains(&sets), "{}", run.err);
}

#[test]
fn families_keep_their_chosen_columns() {
    let folder = folder();
    folder.put("c.toml", "columns = ['op_count(none)', 'min_path_len(none)']");
    let columns = |uses: &str| {
        let fit = format!(
            "fit t.csv --target acc --predictor forest --trees 2 --config c.toml --use {uses} -q \
             -o m.graf"
        );
        folder.run(&fit).expect_success(&fit);
        model_columns(&folder, "m.graf")
    };
    assert_eq!(columns("graf"), ["op_count(none)", "min_path_len(none)"]);
    assert_eq!(columns("min_path_len"), ["min_path_len(none)"]);
    assert_eq!(columns("node_degree").len(), 93);
    assert_eq!(columns("op_count,adjacency").len(), 7);
    assert_eq!(columns("proxies"), ["snip"]);
}

#[test]
fn the_names_of_the_papers_repository_are_kept() {
    let folder = folder();
    folder.output("featurize t.csv --names zc-combine -o zc.csv");
    folder.output("select t.csv --names zc-combine -o computed.json");
    folder.output("select zc.csv -o found.json");
    assert_eq!(folder.get("computed.json"), folder.get("found.json"));
    let columns = chosen(&folder, "found.json");
    assert_eq!(columns[0], "op_count_0");
    folder.output(
        "fit zc.csv --target acc --predictor forest --trees 2 \
         --config found.json -q -o m.graf",
    );
    assert_eq!(model_columns(&folder, "m.graf"), columns);
    folder.output("predict m.graf t.csv -q");
    // The names of few columns are those of several spaces.
    folder.put("one.toml", "names = 'zc-combine'\ncolumns = ['op_count_2']");
    folder.put("blind.csv", "acc,op_count_2\n1,1\n2,2\n3,0\n");
    folder.output(
        "fit blind.csv --target acc --predictor forest --trees 2 \
         --config one.toml -q -o blind.graf",
    );
    assert_eq!(model_columns(&folder, "blind.graf"), ["op_count_2"]);
    let model: Value = serde_json::from_str(&folder.output("inspect blind.graf")).unwrap();
    assert_eq!(model["space"], Value::Null);
}

#[test]
fn what_is_not_there_is_refused() {
    let folder = folder();
    folder.put("c.toml", "columns = ['op_count(non)']");
    for command in ["featurize t.csv", "fit t.csv --target acc -o m.graf", "select t.csv"] {
        let near = "the nearest are op_count(none), ";
        refused(&folder, &format!("{command} --config c.toml"), 2, &[near]);
    }
    folder.put("acc.toml", "columns = ['snip']");
    refused(
        &folder,
        "fit t.csv --target acc --config acc.toml -o m.graf",
        1,
        &["`snip` is neither"],
    );
    refused(&folder, "featurize t.csv --config acc.toml", 2, &["names `snip`"]);
    folder.put("twice.toml", "columns = ['a', 'a']");
    refused(&folder, "featurize t.csv --config twice.toml", 2, &["named twice"]);
    folder.put("none.json", "{\"columns\": []}");
    refused(&folder, "featurize t.csv --config none.json", 2, &["empty"]);
    folder.put("blind.csv", "acc,op_count(none)\n1,1\n2,2\n3,0\n");
    refused(&folder, "select blind.csv", 2, &["no networks"]);
    folder.put("few.csv", "net,acc\n\"(0, 0, 0, 0, 0, 4)\",1\n");
    refused(&folder, "select few.csv", 1, &["the same in all rows (1)"]);
    refused(&folder, "select t.csv -o t.csv", 2, &["is a .toml or .json file"]);
    folder.put("t.toml", table());
    refused(&folder, "select t.toml --format csv -o t.toml", 2, &["would overwrite"]);
    assert_eq!(folder.get("t.toml"), table());
}

#[test]
fn the_format_is_chosen_or_that_of_the_file() {
    let folder = folder();
    let select = "select t.csv --families op_count -q";
    let json = folder.output(&format!("{select} --output-format json"));
    folder.output(&format!("{select} -o s.json"));
    assert_eq!(folder.get("s.json"), json);
    let toml = folder.output(select);
    assert_eq!(folder.output(&format!("{select} --output-format toml")), toml);
    folder.output(&format!("{select} --output-format toml -o s.txt"));
    assert_eq!(folder.get("s.txt"), toml);
    assert_eq!(
        FeatureConfig::parse(&json, false).unwrap(),
        FeatureConfig::parse(&toml, true).unwrap()
    );
}

#[test]
fn missing_targets_and_values() {
    let folder = folder();
    folder.put("gap.csv", table() + "\"(0, 1, 2, 3, 4, 4)\",,,\n");
    let forward = "select gap.csv --target acc --method forward --most 1 --families op_count";
    refused(&folder, forward, 1, &["--missing median or drop"]);
    let run = folder.run(&format!("{forward} --missing drop")).expect_success(forward);
    assert!(run.err.contains("1 network not trained yet"), "{}", run.err);
}

#[test]
fn the_bundled_networks() {
    let folder = bundled();
    let run = folder.run(&format!("select {BUNDLED} -o a.toml")).expect_success("independent");
    assert!(run.err.contains("279 columns: 279 distinct, rank 123 with intercept"), "{}", run.err);
    assert_eq!(chosen(&folder, "a.toml").len(), 122);
    let forward = format!(
        "select {BUNDLED} --config a.toml --target cs_valid_perf --method forward --most 2 \
         --train-size 64 -o b.toml"
    );
    folder.run(&forward).expect_success(&forward);
    assert_eq!(chosen(&folder, "b.toml").len(), 2);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn the_columns_of_nas_bench_201() {
    let folder = Folder::new();
    let dump = crate::common::dumps("data").join("nasbench201/nb201_valid_nets.csv");
    std::os::unix::fs::symlink(dump.canonicalize().unwrap(), folder.at("nets.csv")).unwrap();
    let select = "select nets.csv --names zc-combine -o a.toml";
    let run = folder.run(select).expect_success(select);
    let told = "9445 networks of nasbench201, 191 columns: 158 distinct, rank 73 with intercept";
    assert!(run.err.contains(told), "{}", run.err);
    assert!(folder.get("a.toml").contains(told));
    assert_eq!(chosen(&folder, "a.toml").len(), 72);
}
