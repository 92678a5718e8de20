//! `graf fit`, `predict`, `eval` and `inspect` from end to end.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use crate::cli::{
    Folder, all_tuples, column, columns, csv, floats, inspect, nameless, refused, refused_by_clap,
    tuple,
};
use serde_json::Value;

const FAST: &str = "--predictor forest --trees 10";
/// The same on the paper's features.
const GRAF: &str = "--use graf --predictor forest --trees 10";
const BUNDLED: &str = "data/nas-bench-graph/nas-bench-graph.csv.gz";

/// How many 3×3 and 1×1 convolutions the network has, weighed: what a forest can learn.
fn accuracy(ids: [u32; 6]) -> u32 {
    ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum()
}

/// Every 53rd network: 295 rows in an order that mixes the operations.
fn some_networks() -> Vec<[u32; 6]> {
    all_tuples(5).into_iter().step_by(53).collect()
}

/// `net,acc,x1,x2,other,snip,set`: `acc` is learnable, `x1`, `x2` and `other` are plain numbers.
fn table() -> String {
    let mut text = "net,acc,x1,x2,other,snip,set\n".to_owned();
    for (row, ids) in some_networks().into_iter().enumerate() {
        let (net, acc, set) = (tuple(&ids), accuracy(ids), ["a", "b"][row % 2]);
        let (one, two, snip) = (ids[0] + ids[1], ids[2] * ids[3], f64::from(acc) / 2.0);
        writeln!(text, "\"{net}\",{acc},{one},{two},{row},{snip},{set}").unwrap();
    }
    text
}

fn rows() -> usize {
    some_networks().len()
}

fn folder() -> Folder {
    Folder::with("t.csv", table())
}

#[test]
fn raw_networks_and_featurized_ones_give_the_same_predictions() {
    let folder = folder();
    folder.output("featurize t.csv -o all.csv");
    folder.output("featurize t.csv -o bare.csv --keep acc");
    for name in ["t", "all", "bare"] {
        folder.output(&format!("fit {name}.csv --target acc -o {name}.graf {GRAF}"));
    }
    let wanted = folder.output("predict t.graf t.csv");
    let (header, predicted) = csv(&wanted);
    assert_eq!(header, ["net", "acc.prediction", "acc.std"]);
    assert_eq!(column(&wanted, "net"), column(&table(), "net"));
    assert_eq!(predicted.len(), rows());
    for model in ["t", "all", "bare"] {
        for input in ["t", "all", "bare"] {
            let text = folder.output(&format!("predict {model}.graf {input}.csv"));
            for name in ["acc.prediction", "acc.std"] {
                let what = format!("{model} on {input}: {name}");
                assert_eq!(column(&text, name), column(&wanted, name), "{what}");
            }
            // Where no network is left, only the predictions are written.
            assert_eq!(csv(&text).0.len(), if input == "bare" { 2 } else { 3 });
        }
    }
    let wanted = folder.output("eval --include-training t.graf t.csv");
    for (model, input) in [("all", "t"), ("bare", "t"), ("t", "bare"), ("bare", "bare")] {
        assert_eq!(
            folder.output(&format!("eval --include-training {model}.graf {input}.csv")),
            wanted
        );
    }
    assert_eq!(inspect(&folder, "t.graf")["space"], "nasbench201");
}

#[test]
fn predictions_are_good_and_measured_as_such() {
    let folder = folder();
    let run = folder.run(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    let run = run.expect_success("fit");
    assert_eq!(run.out, "");
    let (rows, width) = (rows(), columns(&folder, "m.graf").len());
    let first = format!("graf: fitted acc on {rows} rows, {width} columns\n");
    assert!(run.err.starts_with(&first), "{}", run.err);
    assert!(run.err.contains("out of bag: Kendall tau 0."), "{}", run.err);
    let text = folder.output("predict m.graf t.csv --keep acc");
    let (truth, predicted) = (floats(&text, "acc"), floats(&text, "acc.prediction"));
    let errors = truth.iter().zip(&predicted).map(|(truth, predicted)| (truth - predicted).abs());
    let mae = errors.sum::<f64>() / f64::from(u32::try_from(rows).unwrap());
    assert!(mae < 3.0, "{mae}");
    assert!(floats(&text, "acc.std").iter().all(|&std| std >= 0.0));
    let measured: Value = serde_json::from_str(
        &folder.output("eval --include-training m.graf t.csv --output-format json"),
    )
    .unwrap();
    assert_eq!(measured["target"], "acc");
    assert_eq!(measured["rows"], rows);
    assert!((measured["mae"].as_f64().unwrap() - mae).abs() < 1e-9);
    assert!(measured["kendall_tau"].as_f64().unwrap() > 0.8);
    assert!(measured.get("group").is_none());
    // -q says nothing, and nothing else changes.
    let quiet = folder.run(&format!("fit t.csv --target acc -o q.graf {FAST} -q"));
    assert_eq!(quiet.expect_success("-q").err, "");
    assert_eq!(folder.bytes("q.graf"), folder.bytes("m.graf"));
    assert_eq!(folder.run("predict m.graf t.csv -q").expect_success("-q").err, "");
}

#[test]
fn standard_input_is_as_good_as_a_file() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    let fit =
        ["fit", "-", "--target", "acc", "-o", "s.graf", "--predictor", "forest", "--trees", "10"];
    folder.run_with(&fit, table()).expect_success("fit -");
    assert_eq!(inspect(&folder, "s.graf")["learned_on"][0]["name"], "standard input");
    assert_eq!(nameless(&folder, "s.graf"), nameless(&folder, "m.graf"));
    for command in [&["predict"][..], &["eval", "--include-training"]] {
        let arguments = [command, &["m.graf", "-"]].concat();
        let command = command.join(" ");
        let run = folder.run_with(&arguments, table()).expect_success(&command);
        assert_eq!(run.out, folder.output(&format!("{command} m.graf t.csv")));
    }
}

#[test]
fn standard_input_is_read_once() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    for command in [
        "fit - - --target acc -o n.graf",
        "fit - --target acc -o n.graf --join -",
        "predict m.graf - --join -",
        "eval --include-training m.graf - --join -",
    ] {
        let arguments: Vec<_> = command.split(' ').collect();
        let run = folder.run_with(&arguments, table()).expect_clear_failure(command);
        assert_eq!(run.code, Some(2), "{command}");
        assert!(run.err.contains("standard input (-) is read once"), "{command}: {}", run.err);
    }
}

#[test]
fn several_tables_are_one() {
    let folder = folder();
    let text = table();
    let (header, body) = text.split_once('\n').unwrap();
    let lines: Vec<_> = body.lines().collect();
    for (name, lines) in [("one.csv", &lines[..100]), ("two.csv", &lines[100..])] {
        folder.put(name, format!("{header}\n{}\n", lines.join("\n")));
    }
    folder.output(&format!("fit t.csv --target acc -o whole.graf {FAST}"));
    folder.output(&format!("fit one.csv two.csv --target acc -o parts.graf {FAST}"));
    assert_eq!(nameless(&folder, "whole.graf"), nameless(&folder, "parts.graf"));
    folder.output("featurize two.csv --families op_count -o few.csv");
    let mixed = format!("fit one.csv few.csv --target acc -o mixed.graf {GRAF}");
    refused(&folder, &mixed, 1, &["few.csv has other predictors", "5 where they have "]);
}

#[test]
fn threads_change_nothing_and_seeds_do() {
    let folder = folder();
    let fit = |name: &str, rest: &str| {
        let target = "fit t.csv --target acc --max-features 0.3";
        folder.output(&format!("{target} -o {name} {FAST} {rest}"));
        folder.bytes(name)
    };
    let one = fit("one.graf", "--threads 1");
    let predicted = folder.output("predict one.graf t.csv --threads 1");
    for threads in [2, 8] {
        assert!(fit("other.graf", &format!("--threads {threads}")) == one, "{threads} threads");
        let other = folder.output(&format!("predict one.graf t.csv --threads {threads}"));
        assert_eq!(other, predicted, "{threads} threads");
    }
    assert!(fit("zero.graf", "--seed 0") == one, "0 is the seed by default");
    assert!(fit("seed.graf", "--seed 1") != one, "the seed counts");
    assert_ne!(folder.output("predict seed.graf t.csv"), predicted);
    assert!(fit("again.graf", "--seed 1") == folder.bytes("seed.graf"));
}

#[test]
fn only_columns_that_were_named_are_used() {
    let folder = folder();
    let used = |uses: &str, target: &str| {
        let arguments =
            format!("fit t.csv --target {target} {uses} -o m.graf --predictor forest --trees 2");
        folder.run(&arguments).expect_success(&arguments);
        columns(&folder, "m.graf")
    };
    let header = csv(&folder.output("featurize t.csv --keep none")).0;
    let plus = csv(&folder.output("featurize t.csv --keep none --families graf+")).0;
    assert_eq!(used("", "acc"), plus);
    assert_eq!(used("--use graf+", "acc"), plus);
    assert_eq!(used("--use graf,graf+", "acc"), [&header[..], &plus[..]].concat());
    // Who chooses features gets these.
    assert_eq!(used("--config full", "acc"), header);
    assert_eq!(used("--families op_count", "acc"), header[..5]);
    assert_eq!(used("--use graf", "acc"), header);
    assert_eq!(used("--use column:x*", "acc"), ["x1", "x2"]);
    assert_eq!(used("--use column:x2,column:x1", "acc"), ["x2", "x1"]);
    assert_eq!(used("--use proxies", "acc"), ["snip"]);
    assert_eq!(used("--use proxies --proxies other,x1", "acc"), ["other", "x1"]);
    assert_eq!(used("--use proxies,graf", "acc"), [vec!["snip".to_owned()], header].concat());
    // A column is used once, and a target never.
    assert_eq!(used("--use column:x*,column:*2,proxies,column:s*p", "acc"), ["x1", "x2", "snip"]);
    assert_eq!(used("--use column:x*", "x1"), ["x2"]);
    assert_eq!(used("--use proxies,column:x1", "snip"), ["x1"]);
    assert_eq!(used("--use column:x*,column:other", "x1 --target acc"), ["x2", "other"]);
    // --proxies alone asks for none of them.
    assert!(!used("--proxies snip", "acc").contains(&"snip".to_owned()));
}

#[test]
fn features_in_a_table_are_those_that_predict() {
    let folder = folder();
    folder.output("featurize t.csv --families op_count -o few.csv");
    folder.output(&format!("fit few.csv --target acc -o few.graf {GRAF}"));
    assert_eq!(columns(&folder, "few.graf").len(), 5);
    // Networks without features are featurized as the model needs it.
    folder.output(&format!("fit t.csv --families op_count --target acc -o raw.graf {FAST}"));
    assert_eq!(columns(&folder, "raw.graf"), columns(&folder, "few.graf"));
    let wanted = folder.output("predict few.graf few.csv");
    for arguments in ["few.graf t.csv", "raw.graf t.csv", "raw.graf few.csv"] {
        assert_eq!(folder.output(&format!("predict {arguments}")), wanted, "{arguments}");
    }
    // Names of another kind are kept in the model.
    folder.output(&format!("fit t.csv --names zc-combine --target acc -o zc.graf {FAST}"));
    assert_eq!(inspect(&folder, "zc.graf")["features"]["names"], "zc-combine");
    assert!(columns(&folder, "zc.graf").contains(&"op_count_0".to_owned()));
    assert_eq!(csv(&folder.output("predict zc.graf t.csv")).1.len(), rows());
}

#[test]
fn a_table_of_zc_combine_s_columns_makes_a_model_that_reads_networks() {
    let folder = folder();
    let nets: String = some_networks().iter().map(|ids| tuple(ids) + "\n").collect();
    folder.put("nets.txt", nets);
    let names = "--names zc-combine";
    folder.output(&format!("fit t.csv --target acc {names} -o t.graf {GRAF}"));
    let wanted = folder.output("predict t.graf nets.txt --keep none");
    for (keep, fitted) in [
        ("all", ""),
        ("acc", ""),
        ("acc", names),
        ("acc", "--space nasbench201"),
        ("net,acc", names),
    ] {
        let what = format!("--keep {keep} {fitted}");
        folder.output(&format!("featurize t.csv {names} --keep {keep} -o f.csv"));
        folder.output(&format!("fit f.csv --target acc {fitted} -o f.graf {GRAF}"));
        let model = inspect(&folder, "f.graf");
        assert_eq!(model["features"]["names"], "zc-combine", "{what}");
        assert_eq!(model["space"], "nasbench201", "{what}");
        for input in ["nets.txt", "f.csv", "t.csv"] {
            let predict = format!("predict f.graf {input} --keep none");
            assert_eq!(folder.output(&predict), wanted, "{what}: {input}");
        }
        let other = "predict f.graf nets.txt --space transbench101-micro";
        refused(&folder, other, 2, &["model is of nasbench201"]);
    }
    // Columns that a join adds.
    folder.output(&format!("featurize t.csv {names} --keep net -o f.csv"));
    folder.put(
        "bare.csv",
        column(&table(), "net")
            .iter()
            .zip(column(&table(), "acc"))
            .fold("net,acc\n".to_owned(), |text, (net, acc)| text + &format!("\"{net}\",{acc}\n")),
    );
    folder.output(&format!("fit bare.csv --join f.csv --target acc -o j.graf {GRAF}"));
    assert_eq!(inspect(&folder, "j.graf")["space"], "nasbench201");
}

#[test]
fn zc_combine_s_columns_of_several_spaces() {
    let folder = folder();
    let names = "--names zc-combine";
    let micro = "--space transbench101-micro";
    let nets = all_tuples(4).into_iter().step_by(11).fold("net,acc\n".to_owned(), |text, ids| {
        text + &format!("\"{}\",{}\n", tuple(&ids), accuracy(ids))
    });
    folder.put("micro.csv", nets);
    // All columns of micro are columns of NAS-Bench-201 too.
    folder.output(&format!("featurize micro.csv {micro} {names} -o f.csv"));
    folder.output(&format!("fit f.csv --target acc -o f.graf {GRAF}"));
    folder.output(&format!("fit micro.csv {micro} {names} --target acc -o t.graf {GRAF}"));
    assert_eq!(inspect(&folder, "f.graf")["space"], "transbench101-micro");
    let wanted = folder.output("predict t.graf micro.csv");
    assert_eq!(folder.output("predict f.graf micro.csv"), wanted);
    // A few columns may be of any; then the message says what to do.
    folder.output(&format!("featurize micro.csv {micro} {names} --families op_count -o g.csv"));
    folder.output(&format!("fit g.csv --target acc -o g.graf {GRAF}"));
    assert_eq!(inspect(&folder, "g.graf")["space"], Value::Null);
    let parts = ["predictor `op_count_0`", "graf featurize", "--names zc-combine"];
    refused(&folder, &format!("predict g.graf micro.csv {micro}"), 1, &parts);
    folder.output("predict g.graf g.csv");
    folder.output(&format!("fit g.csv --target acc {micro} -o g.graf {GRAF}"));
    folder.output("predict g.graf micro.csv");
    // Half of the columns under other names cannot be computed at once.
    folder.output(&format!("featurize t.csv {names} -o f.csv"));
    folder.output("featurize f.csv --families op_count -o both.csv");
    folder.output(&format!("fit both.csv --target acc -o both.graf {GRAF}"));
    assert_eq!(inspect(&folder, "both.graf")["features"]["names"], "readable");
    refused(&folder, "predict both.graf t.csv", 1, &["--names zc-combine"]);
    folder.output("predict both.graf both.csv");
}

#[test]
fn a_family_of_features_predicts_where_use_names_it() {
    let folder = folder();
    folder.output("featurize t.csv --families op_count,one-hot,params -o both.csv");
    let fit = |input: &str, groups: &str, model: &str| -> Vec<String> {
        folder.output(&format!("fit {input} --use {groups} --target acc -o {model} {FAST}"));
        columns(&folder, model)
    };
    // From raw networks, and from the columns of a table: only its own.
    let raw = fit("t.csv", "one-hot", "raw.graf");
    assert_eq!(raw.len(), 30);
    assert!(raw.iter().all(|name| name.starts_with("one_hot(edge_")), "{raw:?}");
    assert_eq!(fit("both.csv", "one_hot", "both.graf"), raw);
    let wanted = folder.output("predict raw.graf t.csv --keep acc");
    for arguments in ["raw.graf both.csv", "both.graf t.csv", "both.graf both.csv"] {
        let found = folder.output(&format!("predict {arguments} --keep acc"));
        assert_eq!(found, wanted, "{arguments}");
    }
    assert_eq!(fit("both.csv", "graf", "graf.graf").len(), 5);
    assert_eq!(fit("t.csv", "path,adjacency", "m.graf").len(), 155 + 6);
    let stats = fit("t.csv", "path-stats", "stats.graf");
    assert_eq!(stats.len(), 68);
    folder.output("featurize t.csv --families path-stats,op_count -o stats.csv");
    assert_eq!(fit("stats.csv", "path_stats", "table.graf"), stats);
    assert_eq!(
        folder.output("predict stats.graf t.csv --keep acc"),
        folder.output("predict table.graf stats.csv --keep acc")
    );
    assert_eq!(fit("t.csv", "graf,path-stats", "m.graf").len(), 160 + 68);
    // With the graph features, once each, whatever --families says of them.
    assert_eq!(fit("t.csv", "graf,one-hot", "m.graf").len(), 160 + 30);
    assert_eq!(csv(&folder.output("predict m.graf t.csv")).1.len(), rows());
    assert_eq!(inspect(&folder, "m.graf")["features"]["also"][0], "one_hot");
    assert_eq!(fit("t.csv", "op_count,graf,op-count", "m.graf").len(), 160);
    assert_eq!(fit("t.csv", "graf,one-hot --families one_hot", "m.graf"), raw);
    assert_eq!(fit("both.csv", "graf,one-hot,adjacency", "m.graf").len(), 5 + 30 + 6);
    assert_eq!(csv(&folder.output("predict m.graf t.csv")).1.len(), rows());
}

#[test]
fn computed_costs_are_not_the_proxies_of_those_names() {
    let folder = folder();
    let with_flops = table().replace(",x1,x2,", ",flops,params,");
    folder.put("proxies.csv", with_flops);
    let fit = |groups: &str| -> Vec<String> {
        let arguments = format!("fit proxies.csv --use {groups} --target acc -o m.graf {FAST}");
        folder.output(&arguments);
        columns(&folder, "m.graf")
    };
    assert_eq!(fit("flops,params"), ["analytic_flops", "analytic_params"]);
    assert_eq!(fit("proxies"), ["flops", "params", "snip"]);
    assert_eq!(fit("params,column:params"), ["analytic_params", "params"]);
    // The families are those of the space.
    let path = "fit macro.csv --target acc --use path -o m.graf";
    folder.put("macro.csv", "net,acc\n64-1234-basic,1\n");
    refused(&folder, path, 2, &["`path` is not defined for transbench101-macro"]);
}

/// The table of strings to be joined: `score` is the accuracy; 20 rows are not there, 3 doubled.
fn joined(folder: &Folder) {
    let strings = folder.output("convert t.csv --to string");
    let (strings, scores) = (column(&strings, "net"), column(&strings, "acc"));
    let mut text = "arch_str,score,acc\n".to_owned();
    let mut lines: Vec<_> = strings.iter().zip(&scores).skip(20).collect();
    lines.reverse();
    for (net, score) in &lines {
        writeln!(text, "{net},{score},-1").unwrap();
    }
    for (net, _) in &lines[..3] {
        writeln!(text, "{net},1000000,-1").unwrap();
    }
    folder.put("j.csv", text);
}

#[test]
fn a_joined_table_is_matched_by_network() {
    let folder = folder();
    joined(&folder);
    let fit = "fit t.csv --target acc --use column:score --join j.csv";
    refused(&folder, &format!("{fit} -o m.graf"), 1, &["t.csv, line 2, column score: missing"]);
    let run = folder.run(&format!("{fit} -o m.graf --missing median {FAST}"));
    let err = run.expect_success(fit).err;
    assert!(err.contains(&format!("fitted acc on {} rows, 1 column", rows())), "{err}");
    assert!(err.contains("20 rows not found in a joined table"), "{err}");
    let doubled = "3 networks more than once in a joined table (the first counts)";
    assert!(err.contains(doubled), "{err}");
    for command in ["predict m.graf t.csv", "eval --include-training m.graf t.csv"] {
        let run = folder.run(&format!("{command} --join j.csv")).expect_success(command);
        assert!(run.err.contains(doubled), "{command}: {}", run.err);
    }
    let dropped = folder.run(&format!("{fit} -o d.graf --missing drop {FAST}"));
    let err = dropped.expect_success(fit).err;
    assert!(err.contains(&format!("fitted acc on {} rows", rows() - 20)), "{err}");
    assert!(err.contains("20 rows left out"), "{err}");
    assert!(err.contains("20 rows not found in a joined table (20 of them left out)"), "{err}");
    // The score is the accuracy itself; the first of doubled networks counts, and the column that
    // both tables have is the first one's.
    let text = folder.output("predict d.graf t.csv --join j.csv --missing drop --keep acc");
    let pairs: Vec<_> =
        floats(&text, "acc").into_iter().zip(floats(&text, "acc.prediction")).collect();
    assert_eq!(pairs.len(), rows() - 20);
    assert!(pairs.iter().all(|(truth, predicted)| (truth - predicted).abs() < 6.0), "{pairs:?}");
    let text = folder.output(
        "eval --include-training d.graf t.csv --join j.csv --missing drop --output-format csv",
    );
    assert_eq!(column(&text, "rows")[0], (rows() - 20).to_string());
    for command in ["predict", "eval --include-training"] {
        let err = folder.run(&format!("{command} d.graf t.csv --join j.csv --missing drop")).err;
        assert!(err.contains("20 rows left out"), "{err}");
        assert!(err.contains("20 rows not found in a joined table (20 of them left out)"), "{err}");
    }
    folder.put("k.csv", "net,score\n\"(4, 4, 4, 4, 4, 4)\",1\n");
    let none = "fit t.csv --target acc --use column:score --join k.csv --missing drop -o n.graf";
    let left =
        format!("({0} left out for missing values, {0} of them not found in a joined", rows());
    refused(&folder, none, 1, &["no rows are left", &left]);
    // Without the table the column is missed.
    let parts = ["`score` is neither a column", "--join"];
    refused(&folder, "predict d.graf t.csv", 1, &parts);
    refused(&folder, "eval --include-training d.graf t.csv", 1, &parts);
}

#[test]
fn joins_the_other_way_and_twice() {
    let folder = folder();
    joined(&folder);
    // Strings joined to tuples; two tables; the target comes from a join.
    let arguments = format!(
        "fit j.csv --join t.csv --target snip --use graf,column:x*,column:score -o m.graf {FAST}"
    );
    folder.run(&arguments).expect_success(&arguments);
    let model = inspect(&folder, "m.graf");
    assert_eq!(model["rows"], rows() - 20 + 3);
    assert_eq!(model["targets"], serde_json::json!(["snip"]));
    let named = columns(&folder, "m.graf");
    assert_eq!(named[named.len() - 3..], ["x1", "x2", "score"]);
    let arguments = format!(
        "fit j.csv --join t.csv --join k.csv --target snip --use column:extra,column:x1 -o n.graf \
         --missing median {FAST}"
    );
    // A column whose only value is of another network has no median.
    folder.put("k.csv", "net,extra\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    refused(&folder, &arguments, 1, &["column `extra` has no value in any row"]);
    let known = &column(&table(), "net")[25];
    folder.put("k.csv", format!("net,extra\n\"{known}\",1\n"));
    folder.run(&arguments).expect_success(&arguments);
    assert_eq!(columns(&folder, "n.graf"), ["extra", "x1"]);
    // What a join cannot do.
    let fit = "--target acc -o x.graf";
    folder.put("bad.csv", "net,extra\n\"(4, 0, 3, 1, 4, 3)\",1\n\"(9, 9)\",1\n");
    refused(&folder, &format!("fit t.csv --join bad.csv {fit}"), 1, &["bad.csv, line 3", "(9, 9)"]);
    folder.put("no.csv", "a,b\n1,2\n");
    refused(&folder, &format!("fit t.csv --join no.csv {fit}"), 2, &["no.csv: no column"]);
    refused(&folder, &format!("fit t.csv --join gone.csv {fit}"), 1, &["gone.csv"]);
    folder.output("featurize t.csv --keep acc -o bare.csv");
    let parts = ["bare.csv: no column with an encoding"];
    let run = folder.run(&format!("fit bare.csv --join j.csv {fit}"));
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains(parts[0]), "{}", run.err);
    assert!(!folder.listing().contains(&"x.graf".to_owned()));
}

#[test]
fn columns_of_joined_tables_can_be_kept_and_group_rows() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    let (_, lines) = csv(&table());
    // The same table in two, the second in another order and without the last network.
    let (mut left, mut right) = ("net,acc\n".to_owned(), "net,x1,mark,acc\n".to_owned());
    for line in &lines {
        writeln!(left, "\"{}\",{}", line[0], line[1]).unwrap();
    }
    for line in lines[..lines.len() - 1].iter().rev() {
        writeln!(right, "\"{}\",{},{},-1", line[0], line[2], line[6]).unwrap();
    }
    folder.put("left.csv", left);
    folder.put("right.csv", right);
    folder.put(
        "most.csv",
        table().lines().take(rows()).fold(String::new(), |all, line| all + line + "\n"),
    );
    let joined = "left.csv --join right.csv";
    for top in ["", "--top 295"] {
        let (_, mut wanted) =
            csv(&folder.output(&format!("predict m.graf t.csv --keep x1,other,set {top}")));
        let last = wanted.iter_mut().find(|row| row[1] == "294").unwrap();
        (last[0], last[2]) = (String::new(), String::new());
        for row in &mut wanted {
            let place: usize = row[1].parse().unwrap();
            row[1].clone_from(&lines[place][1]);
        }
        let (header, found) =
            csv(&folder.output(&format!("predict m.graf {joined} --keep x1,acc,mark {top}")));
        assert_eq!(header[..5], ["x1", "acc", "mark", "acc.prediction", "acc.std"]);
        assert_eq!(found, wanted, "{top}");
    }
    // All are those of the table.
    let (header, _) = csv(&folder.output(&format!("predict m.graf {joined} --keep all")));
    assert_eq!(header, ["net", "acc", "acc.prediction", "acc.std"]);
    let none = format!("predict m.graf {joined} --keep gone");
    refused(
        &folder,
        &none,
        2,
        &["`gone` not found; the file has net, acc, x1, mark; choose with --keep"],
    );
    // Rows without a partner are a group without a name.
    let grouped = folder.output(&format!(
        "eval --include-training m.graf {joined} --group-by mark --output-format csv"
    ));
    let wanted =
        folder.output("eval --include-training m.graf most.csv --group-by set --output-format csv");
    let (_, mut grouped) = csv(&grouped);
    assert!(grouped.iter().any(|line| line[1].is_empty() && line[2] == "1"));
    grouped.retain(|line| !line[1].is_empty());
    assert_eq!(grouped, csv(&wanted).1);
    let none = format!("eval --include-training m.graf {joined} --group-by gone");
    refused(&folder, &none, 2, &["`gone` not found; the file has net, acc, x1, mark;"]);
}

#[test]
fn a_broken_row_of_a_joined_table_is_an_error_in_any_case() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    let rows = [
        ("net,extra\n(4, 0, 3, 1, 4, 3),1\n", "7 fields"),
        ("net,extra\n\"(9, 9)\",1\n", "(9, 9)"),
    ];
    for (text, part) in rows {
        folder.put("bad.csv", text);
        for command in [
            "fit t.csv --target acc -o x.graf",
            "predict m.graf t.csv",
            "eval --include-training m.graf t.csv",
        ] {
            for skip in ["", "--on-error skip"] {
                let arguments = format!("{command} --join bad.csv {skip}");
                refused(
                    &folder,
                    &arguments,
                    1,
                    &["bad.csv, line 2", part, "--join has to be whole"],
                );
                let err = folder.run(&arguments).err;
                assert!(!err.contains("--on-error"), "{arguments}: {err}");
            }
        }
    }
}

/// The table with this text in the `column` of its second row.
fn with_field(column: &str, field: &str) -> String {
    let (header, mut rows) = csv(&table());
    let place = header.iter().position(|name| name == column).unwrap();
    field.clone_into(&mut rows[1][place]);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn missing_values_are_an_error_a_median_or_a_reason_to_leave_the_row_out() {
    let folder = Folder::new();
    let rows = rows();
    let fit = format!("fit t.csv --target acc --use proxies,column:x1 -o m.graf {FAST}");
    for (column, field) in
        [("snip", ""), ("snip", "nan"), ("snip", "inf"), ("snip", "-1e8"), ("snip", "-100000000.0")]
            .into_iter()
            .chain([("x1", ""), ("x1", "NaN"), ("x1", "-inf")])
    {
        let what = format!("{column} {field:?}");
        folder.put("t.csv", with_field(column, field));
        for policy in ["", "--missing error"] {
            let place = format!("t.csv, line 3, column {column}: ");
            let parts = [place.as_str(), "--missing median or drop"];
            refused(&folder, &format!("{fit} {policy}"), 1, &parts);
        }
        assert!(!folder.listing().contains(&"m.graf".to_owned()), "{what}");
        let run = folder.run(&format!("{fit} --missing drop")).expect_success(&what);
        assert!(
            run.err.contains(&format!("fitted acc on {} rows", rows - 1)),
            "{what}: {}",
            run.err
        );
        assert!(run.err.contains("1 row left out"), "{what}: {}", run.err);
        assert_eq!(inspect(&folder, "m.graf")["medians"], Value::Null, "{what}");
        // Prediction asks the same question.
        refused(&folder, "predict m.graf t.csv", 1, &["line 3", "--missing median or drop"]);
        refused(
            &folder,
            "eval --include-training m.graf t.csv",
            1,
            &["line 3", "--missing median or drop"],
        );
        let run = folder.run("predict m.graf t.csv --missing drop").expect_success(&what);
        assert_eq!(csv(&run.out).1.len(), rows - 1, "{what}");
        assert!(run.err.contains("1 row left out"), "{what}: {}", run.err);
        let run = folder.run(&format!("{fit} --missing median")).expect_success(&what);
        assert!(run.err.contains(&format!("fitted acc on {rows} rows")), "{what}: {}", run.err);
        let medians = inspect(&folder, "m.graf")["medians"].clone();
        let medians: Vec<f64> = serde_json::from_value(medians).unwrap();
        // Medians know no missing value: as many are below as above.
        let place = columns(&folder, "m.graf").iter().position(|name| name == column).unwrap();
        let others = table();
        let mut others = floats(&others, column);
        others.remove(1);
        others.sort_by(f64::total_cmp);
        let median = f64::midpoint(others[others.len() / 2 - 1], others[others.len() / 2]);
        assert!((medians[place] - median).abs() < 1e-12, "{what}: {medians:?} {median}");
        // The model keeps the medians, and a row that lacks the value is a row that has the median.
        let lacking = folder.output("predict m.graf t.csv --keep none");
        folder.put("median.csv", with_field(column, &median.to_string()));
        assert_eq!(folder.output("predict m.graf median.csv --keep none"), lacking, "{what}");
        std::fs::remove_file(folder.at("m.graf")).unwrap();
    }
}

#[test]
fn a_hundred_million_below_zero_is_a_number_outside_of_proxies() {
    let folder = Folder::with("t.csv", with_field("x1", "-1e8"));
    let fit = format!("fit t.csv --target acc -o m.graf {FAST}");
    folder.run(&format!("{fit} --use column:x*")).expect_success("a column");
    assert_eq!(inspect(&folder, "m.graf")["rows"], rows());
    folder.run("predict m.graf t.csv").expect_success("predict");
    let parts = ["line 3, column x1", "the proxy could not be computed"];
    refused(&folder, &format!("{fit} --use proxies --proxies x1,x2"), 1, &parts);
    folder.put("t.csv", with_field("acc", "-1e8"));
    folder.run(&fit).expect_success("a target");
    // Columns that are not used may hold anything.
    folder.put("t.csv", with_field("x1", "what?"));
    folder.run(&fit).expect_success("not used");
}

#[test]
fn rows_without_a_target() {
    for field in ["", "nan", "inf"] {
        let folder = Folder::with("t.csv", with_field("acc", field));
        let fit = format!("fit t.csv --target acc -o m.graf {FAST}");
        refused(&folder, &fit, 1, &["t.csv, line 3, column acc", "--missing median or drop"]);
        for policy in ["median", "drop"] {
            let run = folder.run(&format!("{fit} --missing {policy}")).expect_success(policy);
            let note =
                if field.is_empty() { "1 network not trained yet" } else { "1 row left out" };
            assert!(run.err.contains(note), "{policy}: {}", run.err);
            assert_eq!(inspect(&folder, "m.graf")["rows"], rows() - 1);
            // A prediction needs no truth; a measure does.
            assert_eq!(csv(&folder.output("predict m.graf t.csv")).1.len(), rows());
            let measured = folder
                .output("eval --include-training m.graf t.csv --missing drop --output-format csv");
            assert_eq!(column(&measured, "rows")[0], (rows() - 1).to_string());
        }
    }
}

#[test]
fn several_targets() {
    let folder = folder();
    let fitted =
        folder.run(&format!("fit t.csv --target acc --target x2 --target snip -o m.graf {FAST}"));
    assert_eq!(fitted.code, Some(0), "{}", fitted.err);
    assert_eq!(inspect(&folder, "m.graf")["targets"], serde_json::json!(["acc", "x2", "snip"]));
    let run = folder.run("predict m.graf t.csv").expect_success("predict");
    let names = ["acc.prediction", "acc.std", "x2.prediction", "x2.std"];
    let (header, _) = csv(&run.out);
    assert_eq!(header[..5], [&["net"][..], &names[..]].concat());
    assert_eq!(header[5..], ["snip.prediction", "snip.std"]);
    assert!(run.err.contains("predictions of acc, x2, snip"), "{}", run.err);
    // Out of bag each has a tau of its own; that of a target and of its half are the same.
    let taus = inspect(&folder, "m.graf")["held_out"]["kendall_tau"].clone();
    let taus: Vec<f64> = serde_json::from_value(taus).unwrap();
    assert_eq!(taus.len(), 3);
    assert!((taus[0] - taus[2]).abs() < 1e-9 && (taus[0] - taus[1]).abs() > 1e-3, "{taus:?}");
    let [acc, x2, snip] = [0, 1, 2].map(|target| format!("{:.3}", taus[target]));
    let lines = format!(
        ", averaged over the targets; Kendall tau\n    {acc}  acc\n    {x2}  x2\n    {snip}  snip\n"
    );
    assert!(fitted.err.contains(&lines), "{}", fitted.err);
    // One target is half the other, in every leaf.
    let (acc, snip) = (floats(&run.out, "acc.prediction"), floats(&run.out, "snip.prediction"));
    assert!(acc.iter().zip(&snip).all(|(acc, snip)| (acc / 2.0 - snip).abs() < 1e-9));
    let measured: Value = serde_json::from_str(
        &folder.output("eval --include-training m.graf t.csv --output-format json"),
    )
    .unwrap();
    let targets: Vec<_> =
        measured.as_array().unwrap().iter().map(|one| one["target"].clone()).collect();
    assert_eq!(targets, ["acc", "x2", "snip"]);
    refused(&folder, "fit t.csv --target acc --target gone -o n.graf", 2, &["`gone` not found"]);
    // --top goes by the one that is named.
    let top = folder.output("predict m.graf t.csv --top 20 --by x2");
    assert!(floats(&top, "x2.prediction").is_sorted_by(|one, next| one >= next));
}

/// One more than the rows with a greater prediction.
fn rank(rows: &[Vec<String>], prediction: f64) -> String {
    let better = rows.iter().filter(|row| row[1].parse::<f64>().unwrap() > prediction);
    (better.count() + 1).to_string()
}

#[test]
fn the_best_come_first() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf --max-depth 3 {FAST}"));
    let all = folder.output("predict m.graf t.csv --keep other");
    let (mut header, mut sorted) = csv(&all);
    let number = |row: &[String]| row[1].parse::<f64>().unwrap();
    // A sort that keeps the order of ties.
    sorted.sort_by(|one, other| number(other).total_cmp(&number(one)));
    header.push("rank".to_owned());
    let ranks: Vec<_> = sorted.iter().map(|row| rank(&sorted, number(row))).collect();
    sorted.iter_mut().zip(ranks).for_each(|(row, rank)| row.push(rank));
    let values: BTreeSet<_> = sorted.iter().map(|row| row[1].clone()).collect();
    assert!(values.len() < sorted.len(), "there are ties");
    for top in [1, 2, 17, 100, rows() - 1, rows(), rows() + 1, 4_000_000_000] {
        let run = folder.run(&format!("predict m.graf t.csv --keep other --top {top}"));
        let run = run.expect_success("--top");
        let count = top.min(rows());
        assert_eq!(csv(&run.out), (header.clone(), sorted[..count].to_vec()), "{top}");
        assert!(run.err.starts_with(&format!("graf: {count} prediction")), "{}", run.err);
    }
    // All are the same: the order of the table.
    folder.output(&format!("fit t.csv --target acc -o flat.graf --max-depth 0 {FAST}"));
    let ties = folder.output("predict flat.graf t.csv --keep other --top 9");
    assert_eq!(column(&ties, "other"), (0..9).map(|row| row.to_string()).collect::<Vec<_>>());
    refused_by_clap(&folder, "predict m.graf t.csv --top 0", "--top");
}

#[test]
fn the_best_of_a_table_of_many_chunks() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf --families op_count {FAST}"));
    let nets: String = all_tuples(5).iter().map(|ids| tuple(ids) + "\n").collect();
    folder.put("all.txt", nets);
    let all = folder.output("predict m.graf all.txt");
    let (_, mut sorted) = csv(&all);
    assert_eq!(sorted.len(), 15_625);
    let number = |row: &[String]| row[1].parse::<f64>().unwrap();
    sorted.sort_by(|one, other| number(other).total_cmp(&number(one)));
    let top = csv(&folder.output("predict m.graf all.txt --top 5000")).1;
    assert_eq!(top.iter().map(|row| row[..3].to_vec()).collect::<Vec<_>>(), sorted[..5000]);
}

#[test]
fn intervals_stand_beside_the_deviation() {
    let folder = folder();
    folder.output("fit t.csv --target acc -o gp.graf --predictor gp");
    let text = folder.output("predict gp.graf t.csv --interval 80,99.5%");
    let header = text.lines().next().unwrap();
    assert_eq!(
        header,
        "net,acc.prediction,acc.std,acc.lower_80,acc.upper_80,acc.lower_99.5,acc.upper_99.5"
    );
    let numbers = |name: &str| {
        column(&text, name).iter().map(|field| field.parse::<f64>().unwrap()).collect::<Vec<_>>()
    };
    let (mean, std) = (numbers("acc.prediction"), numbers("acc.std"));
    for (percent, reach) in [("80", 1.281_551_565_544_6), ("99.5", 2.807_033_768_343_8)] {
        let bounds = numbers(&format!("acc.lower_{percent}"));
        let bounds = bounds.into_iter().zip(numbers(&format!("acc.upper_{percent}")));
        for ((lower, upper), (mean, std)) in bounds.zip(mean.iter().zip(&std)) {
            assert!((lower - (mean - reach * std)).abs() < 1e-9);
            assert!((upper - (mean + reach * std)).abs() < 1e-9);
        }
    }
    folder.output("fit t.csv --target acc -o ridge.graf --predictor ridge");
    let message = "a model of ridge has no standard deviation";
    refused(&folder, "predict ridge.graf t.csv --interval 80 -o out.csv", 2, &[message]);
    assert!(!folder.at("out.csv").exists());
    for (interval, message) in [
        ("0.8", "for a share of 0.8 take 80"),
        ("100", "between 1 and 100 percent"),
        ("0", "between 1 and 100 percent"),
        ("wide", "between 1 and 100 percent"),
    ] {
        refused_by_clap(&folder, &format!("predict gp.graf t.csv --interval {interval}"), message);
    }
}

#[test]
fn kept_columns_and_output_formats() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    let predicted = ["acc.prediction", "acc.std"];
    for (keep, names) in [
        ("", &["net"][..]),
        ("--keep none", &[]),
        ("--keep set,x1", &["set", "x1"]),
        ("--keep all", &["net", "acc", "x1", "x2", "other", "snip", "set"]),
    ] {
        let text = folder.output(&format!("predict m.graf t.csv {keep}"));
        let header = csv(&text).0;
        let found: BTreeSet<_> = header[..header.len() - 2].iter().map(String::as_str).collect();
        assert_eq!(found, names.iter().copied().collect(), "{keep}");
        assert_eq!(header[header.len() - 2..], predicted, "{keep}");
    }
    refused(&folder, "predict m.graf t.csv --keep gone", 2, &["`gone` not found", "--keep"]);
    let text = folder.output("predict m.graf t.csv --keep net,set");
    let lines = folder.output("predict m.graf t.csv --keep net,set --output-format jsonl");
    folder.output("predict m.graf t.csv --keep net,set -o named.jsonl");
    folder.output("predict m.graf t.csv --keep net,set -o named.csv.gz");
    assert_eq!(folder.get("named.jsonl"), lines);
    assert_eq!(crate::cli::gunzip(&folder.bytes("named.csv.gz")), text.as_bytes());
    assert_eq!(lines.lines().count(), rows());
    for (line, row) in lines.lines().zip(csv(&text).1) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["net"], row[0].as_str());
        assert_eq!(line["set"], row[1].as_str());
        assert_eq!(line["acc.prediction"].as_f64(), row[2].parse().ok());
        assert_eq!(line["acc.std"].as_f64(), row[3].parse().ok());
        assert_eq!(line.as_object().unwrap().len(), 4);
    }
    let run = folder.run("predict m.graf t.csv -o named.xlsx").expect_clear_failure("xlsx");
    assert_eq!(run.code, Some(2), "{}", run.err);
}

#[test]
fn groups_are_measured_on_their_own() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc --target snip -o m.graf {FAST}"));
    let text =
        folder.output("eval --include-training m.graf t.csv --group-by set --output-format csv");
    let (header, lines) = csv(&text);
    assert_eq!(header, ["target", "group", "rows", "metric", "value"]);
    let groups: Vec<_> =
        lines.iter().map(|line| (line[0].as_str(), line[1].as_str(), line[2].as_str())).collect();
    let mut firsts = groups.clone();
    firsts.dedup();
    let (a, b) = (rows().div_ceil(2).to_string(), (rows() / 2).to_string());
    assert_eq!(
        firsts,
        [("acc", "a", &*a), ("acc", "b", &*b), ("snip", "a", &*a), ("snip", "b", &*b)]
    );
    let metrics: BTreeSet<_> = lines.iter().map(|line| line[3].as_str()).collect();
    assert_eq!(metrics.len() * 4, lines.len());
    for name in ["kendall_tau", "spearman", "r2", "mae", "rmse", "precision@10", "ndcg@10"] {
        assert!(metrics.contains(name), "{metrics:?}");
    }
    // The same numbers as for the rows of the group alone, and in every format.
    let (names, rows) = csv(&table());
    let mut only_b = names.join(",") + "\n";
    for row in rows.iter().filter(|row| row[6] == "b") {
        writeln!(only_b, "\"{}\",{}", row[0], row[1..].join(",")).unwrap();
    }
    folder.put("b.csv", only_b);
    let alone = folder.output("eval --include-training m.graf b.csv --output-format csv");
    let values = |text: &str, group: &str| -> Vec<Vec<String>> {
        let lines = csv(text).1.into_iter().filter(|line| line[1] == group);
        lines.map(|mut line| line.split_off(2)).collect()
    };
    assert_eq!(values(&text, "b"), values(&alone, ""));
    let json: Value = serde_json::from_str(
        &folder.output("eval --include-training m.graf t.csv --group-by set --output-format json"),
    )
    .unwrap();
    for (place, (target, group, rows)) in firsts.iter().enumerate() {
        let object = &json[place];
        assert_eq!((&object["target"], &object["group"]), (&(*target).into(), &(*group).into()));
        assert_eq!(object["rows"].to_string(), *rows);
        for line in lines.iter().filter(|line| (&*line[0], &*line[1]) == (*target, *group)) {
            let number = object[&line[3]].as_f64();
            let text = number.map_or(String::new(), |number| format!("{number:.4}"));
            assert_eq!(text, line[4], "{line:?}");
        }
    }
    let markdown = folder
        .output("eval --include-training m.graf t.csv --group-by set --output-format markdown");
    let mut marked = markdown.lines();
    let cells = |line: &str| -> Vec<String> {
        let inner = line.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
        // Names are escaped.
        inner.split('|').map(|cell| cell.trim().replace("\\_", "_")).collect()
    };
    assert_eq!(cells(marked.next().unwrap()), header);
    assert!(marked.next().unwrap().chars().all(|letter| "|-".contains(letter)));
    assert_eq!(marked.map(cells).collect::<Vec<_>>(), lines);
    let table = folder.output("eval --include-training m.graf t.csv");
    assert!(table.contains("kendall_tau") && table.contains('─'), "{table}");
    refused(
        &folder,
        "eval --include-training m.graf t.csv --group-by gone",
        2,
        &["`gone` not found", "--group-by"],
    );
}

#[test]
fn a_metric_without_a_value_is_null() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    folder.put("one.csv", "net,acc\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    let json: Value = serde_json::from_str(
        &folder.output("eval --include-training m.graf one.csv --output-format json"),
    )
    .unwrap();
    assert_eq!(json["rows"], 1);
    assert_eq!(json["kendall_tau"], Value::Null);
    let text = folder.output("eval --include-training m.graf one.csv --output-format csv");
    assert_eq!(column(&text, "value")[0], "");
}

#[test]
fn inspect_shows_what_was_asked_for() {
    let folder = folder();
    folder.output(
        "fit t.csv --target acc --use proxies,column:x* -o m.graf --predictor forest --trees 7 --seed 3 --max-depth 4 \
         --min-samples-split 5 --min-samples-leaf 2 --max-features sqrt --max-samples 0.5",
    );
    let text = folder.output("inspect m.graf");
    assert!(text.starts_with("{\n") && text.ends_with("}\n"));
    let model: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(model["graf"], env!("CARGO_PKG_VERSION"));
    assert_eq!(model["columns"], serde_json::json!(["snip", "x1", "x2"]));
    assert_eq!(model["targets"], serde_json::json!(["acc"]));
    assert_eq!(model["rows"], rows());
    assert_eq!(model["medians"], Value::Null);
    let importances: Vec<f64> = serde_json::from_value(model["importances"].clone()).unwrap();
    assert_eq!(importances.len(), 3);
    assert!((importances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(importances[0] > importances[1] + importances[2], "{importances:?}");
    let tau = model["held_out"]["kendall_tau"].as_f64().unwrap();
    assert!(tau > 0.8 && model["held_out"]["r2"].is_f64(), "{model}");
    assert_eq!((&model["predictor"], &model["seed"]), (&"forest".into(), &3.into()));
    assert_eq!(model["held_out"]["by"], "out of bag");
    assert!(model.get("report").is_none(), "{model}");
    let forest = &model["parameters"];
    for (name, value) in
        [("trees", 7), ("max_depth", 4), ("min_samples_split", 5), ("min_samples_leaf", 2)]
    {
        assert_eq!(forest[name], value, "{name}: {forest}");
    }
    assert_eq!(forest["max_features"], "sqrt");
    assert_eq!(forest["bootstrap"], true);
    // Extremely randomized trees see all the rows: nothing is out of the bag.
    folder.output("fit t.csv --target acc --predictor extra-trees --trees 10 -o e.graf");
    let model = inspect(&folder, "e.graf");
    let bootstrap = &model["parameters"]["bootstrap"];
    assert_eq!((&model["held_out"], bootstrap), (&Value::Null, &false.into()));
    let bagged = "fit t.csv --target acc --predictor extra-trees --bootstrap true --trees 10";
    folder.output(&format!("{bagged} -o b.graf"));
    assert!(inspect(&folder, "b.graf")["held_out"]["kendall_tau"].is_f64());
}

#[test]
fn files_that_are_no_model() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    let model = folder.bytes("m.graf");
    let mut flipped = model.clone();
    let middle = model.len() / 2;
    flipped[middle] ^= 1;
    folder.put("half.graf", &model[..middle]);
    folder.put("short.graf", &model[..model.len() - 1]);
    folder.put("long.graf", [&model[..], b"\n"].concat());
    folder.put("flipped.graf", flipped);
    folder.put("empty.graf", "");
    folder.put("newer.graf", [&model[..8], &[99, 0, 0, 0], &model[12..]].concat());
    for (name, part) in [
        ("gone.graf", "gone.graf: No such file"),
        ("t.csv", "t.csv: not a graf model"),
        ("empty.graf", "empty.graf: not a graf model"),
        ("half.graf", "half.graf: the model is damaged"),
        ("short.graf", "short.graf: the model is damaged"),
        ("long.graf", "long.graf: the model is damaged"),
        ("flipped.graf", "flipped.graf: the model is damaged"),
        ("newer.graf", "newer.graf: the model has format 99"),
        (".", ".: "),
    ] {
        refused(&folder, &format!("inspect {name}"), 1, &[part]);
        refused(&folder, &format!("predict {name} t.csv -o out.csv"), 1, &[part]);
        refused(&folder, &format!("eval --include-training {name} t.csv"), 1, &[part]);
    }
    assert!(!folder.listing().contains(&"out.csv".to_owned()));
}

#[test]
fn a_model_of_another_space_or_other_columns() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    folder.output(&format!("fit t.csv --target acc --use column:x* -o x.graf {FAST}"));
    for command in ["predict", "eval --include-training"] {
        let other = format!("{command} m.graf t.csv --space transbench101-micro");
        refused(&folder, &other, 2, &["model is of nasbench201", "asks for transbench101-micro"]);
        folder.output(&format!("{command} m.graf t.csv --space nasbench201"));
        folder.put("less.csv", "net,acc,x1\n\"(4, 0, 3, 1, 4, 3)\",1,2\n");
        let parts = ["predictor `x2`", "the table has net, acc, x1"];
        refused(&folder, &format!("{command} x.graf less.csv"), 1, &parts);
        folder.put("none.csv", "acc,id\n1,2\n");
        refused(&folder, &format!("{command} m.graf none.csv"), 2, &["none.csv: no column"]);
        refused(&folder, &format!("{command} m.graf gone.csv"), 1, &["gone.csv"]);
        folder.put("cells.csv", "net,acc\n\"(9, 9)\",1\n");
        let parts = ["cells.csv, line 2, column net", "nasbench201"];
        refused(&folder, &format!("{command} m.graf cells.csv"), 1, &parts);
        folder.put("text.csv", "net,acc,x1,x2\n\"(4, 0, 3, 1, 4, 3)\",1,2,many\n");
        let parts = ["text.csv, line 2, column x2: \"many\": not a number"];
        refused(&folder, &format!("{command} x.graf text.csv"), 1, &parts);
    }
    folder.put("untold.csv", "net,x1\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    refused(
        &folder,
        "eval --include-training m.graf untold.csv",
        2,
        &["`acc` not found", "has its true values"],
    );
    assert!(folder.run("eval --include-training m.graf untold.csv").err.contains("with --target"));
    folder.output("predict m.graf untold.csv");
}

#[test]
fn a_table_without_networks_that_lacks_a_column_of_the_model() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc --use column:x* -o x.graf {FAST}"));
    folder.output(&format!("fit t.csv --target acc -o m.graf {GRAF}"));
    folder.put("less.csv", "acc,x1,id\n1,2,3\n");
    for command in ["predict", "eval --include-training"] {
        let parts = [
            "less.csv: no column `x2`, which the model needs",
            "the model needs x1, x2;",
            "the table has acc, x1, id;",
            "--encoding-column",
        ];
        refused(&folder, &format!("{command} x.graf less.csv"), 2, &parts);
        let parts =
            ["no column `op_count(skip_connect)`", " and 155 more; the table has acc, x1, id"];
        refused(&folder, &format!("{command} m.graf less.csv"), 2, &parts);
        // Who names the column is told of it.
        let named = format!("{command} x.graf less.csv --encoding-column gone");
        refused(&folder, &named, 2, &["column `gone` not found", "--encoding-column"]);
        // A join needs networks, whatever the model needs.
        refused(
            &folder,
            &format!("{command} x.graf less.csv --join t.csv"),
            2,
            &["with an encoding"],
        );
    }
}

#[test]
fn networks_are_pruned_as_those_of_the_model_were() {
    // The last network is the one before it, with a max pool that leads nowhere.
    let bare = "\"(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 4, 1)\"";
    let dead = "\"(0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 4, 1)\"";
    let pool = "\"(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 2, 1)\"";
    let folder = Folder::with("t.csv", format!("net,acc\n{pool},1\n{bare},9\n{dead},5\n"));
    let fit = |input: &str, model: &str, rest: &str| {
        let fit = format!(
            "fit {input} --target acc --use graf -o {model} --predictor forest --bootstrap false --trees 2 {rest}"
        );
        folder.output(&fit);
        inspect(&folder, model)["prune"].clone()
    };
    assert_eq!(fit("t.csv", "pruned.graf", "--prune"), true);
    assert_eq!(fit("t.csv", "whole.graf", ""), false);
    let predicted = |arguments: &str| -> Vec<f64> {
        floats(&folder.output(&format!("predict {arguments}")), "acc.prediction")
    };
    // Pruned, the two are one network, with the mean of their accuracies.
    assert_eq!(predicted("pruned.graf t.csv --prune"), [1.0, 7.0, 7.0]);
    assert_eq!(predicted("pruned.graf t.csv"), [1.0, 7.0, 7.0]);
    assert_eq!(predicted("whole.graf t.csv"), [1.0, 9.0, 5.0]);
    let measured = folder.output("eval --include-training pruned.graf t.csv");
    assert_eq!(folder.output("eval --include-training pruned.graf t.csv --prune"), measured);
    for command in ["predict", "eval --include-training"] {
        refused(&folder, &format!("{command} whole.graf t.csv --prune"), 2, &["leave out --prune"]);
    }
    // A table of features does not tell what they are from.
    folder.output("featurize t.csv --prune --keep acc -o f.csv");
    assert_eq!(fit("f.csv", "f.graf", ""), Value::Null);
    assert_eq!(predicted("f.graf t.csv --prune"), [1.0, 7.0, 7.0]);
}

#[test]
fn refusals_of_fit() {
    let folder = folder();
    let fit = |rest: &str| format!("fit t.csv -o m.graf --predictor forest {rest}");
    for (rest, code, part) in [
        ("--target gone", 2, "column `gone` not found; the file has net, acc, x1"),
        ("--target acc --use column:zz*", 2, "--use column:zz* matches no column"),
        ("--target acc --use proxies --proxies gone", 1, "predictor `gone`"),
        ("--target set", 1, "t.csv, line 2, column set: \"a\": not a number"),
        ("--target acc --use column:set", 1, "column set: \"a\": not a number"),
        ("--target acc --trees 0", 2, "--trees 0: must be "),
        ("--target acc --trees 100001", 2, "--trees 100001: must be "),
        ("--target acc --max-features 2.5", 2, "--max-features 2.5: must be "),
        ("--target acc --max-features 0", 2, "--max-features 0: must be "),
        ("--target acc --max-samples 0", 2, "--max-samples 0: must be "),
        ("--target acc --max-samples 1.5", 2, "--max-samples 1.5: must be "),
        ("--target acc --min-samples-split 1", 2, "--min-samples-split 1: must be "),
        ("--target acc --min-samples-leaf 0", 2, "--min-samples-leaf 0: must be "),
        ("--target acc --space nasbench301", 1, "t.csv, line 2, column net"),
        ("--target acc --rejects r.csv", 2, "--rejects needs --on-error skip"),
        ("--target acc --on-error skip --rejects t.csv", 2, "would overwrite t.csv"),
    ] {
        refused(&folder, &fit(rest), code, &[part]);
    }
    for (rest, part) in [
        ("", "--target"),
        (
            "--target acc --use foo",
            "`foo` is not graf, graf+, graf++, views, proxies, curve, column:NAME or a family of features",
        ),
        ("--target acc --use column:", "`column:` is not graf"),
        ("--target acc --missing zero", "--missing"),
        ("--target acc --max-features many", "--max-features"),
        ("--target acc --max-features nan", "--max-features"),
        ("--target acc --trees -1", "-1"),
        ("--target acc --predictor linear", "--predictor <PREDICTOR>"),
        ("--target acc --threads 0", "--threads"),
    ] {
        refused_by_clap(&folder, &fit(rest), part);
    }
    refused_by_clap(&folder, "fit t.csv --target acc", "--output <MODEL>");
    assert_eq!(folder.listing(), ["t.csv"]);
    folder.put("other.csv", "net,acc\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    let proxies = "fit other.csv --target acc --use proxies -o m.graf";
    refused(&folder, proxies, 2, &["--use proxies matches no column"]);
    folder.put("untold.csv", "net,acc\n\"(4, 0, 3, 1, 4, 3)\",\n");
    let parts = ["untold.csv: the target is empty in all of its rows (1)"];
    refused(&folder, "fit untold.csv --target acc --missing drop -o m.graf", 1, &parts);
    folder.put("rubbish.csv", "net,acc\nrubbish,1\n");
    let rubbish = "fit rubbish.csv --target acc --space nasbench201 --on-error skip -o m.graf";
    refused(&folder, rubbish, 1, &["rubbish.csv: none of its rows (1) is a network"]);
    folder.put("bare.csv", "net,acc\n");
    let bare = "fit bare.csv --target acc --space nasbench201 -o m.graf";
    refused(&folder, bare, 1, &["bare.csv"]);
    assert!(!folder.listing().contains(&"m.graf".to_owned()));
}

#[test]
fn a_table_without_rows_is_predicted_and_not_measured() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    folder.put("bare.csv", "net,acc\n");
    folder.output("predict m.graf bare.csv -o out.csv");
    assert_eq!(folder.get("out.csv"), "net,acc.prediction,acc.std\n");
    let top = folder.output("predict m.graf bare.csv --top 3");
    assert_eq!(top, "net,acc.prediction,acc.std,rank\n");
    refused(&folder, "eval --include-training m.graf bare.csv", 1, &["bare.csv: no rows are left"]);
}

#[test]
fn outputs_are_whole_or_not_there() {
    let folder = folder();
    let broken = table() + "rubbish,1,2,3,4,5,a\n";
    folder.put("broken.csv", broken);
    let before = folder.listing();
    refused(&folder, "fit broken.csv --target acc -o m.graf", 1, &["broken.csv, line 297"]);
    assert_eq!(folder.listing(), before);
    // A file is not blamed that nobody named.
    if cfg!(target_os = "linux") {
        let proc = "fit t.csv --target acc -o /proc/m.graf";
        refused(&folder, proc, 1, &["/proc/m.graf: no file can be made in the folder /proc"]);
        assert!(!folder.run(proc).err.contains(".tmp"));
    }
    // What was there stays.
    folder.put("m.graf", "kept");
    refused(&folder, "fit broken.csv --target acc -o m.graf", 1, &["rubbish"]);
    refused(
        &folder,
        "fit t.csv --target acc --predictor forest --trees 0 -o m.graf",
        2,
        &["--trees 0"],
    );
    assert_eq!(folder.get("m.graf"), "kept");
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    inspect(&folder, "m.graf");
    folder.put("out.csv", "kept");
    for top in ["", "--top 3"] {
        let predict = format!("predict m.graf broken.csv -o out.csv {top}");
        refused(&folder, &predict, 1, &["line 297", "--on-error skip"]);
        assert_eq!(folder.get("out.csv"), "kept");
    }
    assert_eq!(folder.listing(), ["broken.csv", "m.graf", "out.csv", "t.csv"]);
    let fit = format!("fit t.csv --target acc {FAST} -o");
    refused(&folder, &format!("{fit} gone/m.graf"), 1, &["there is no folder gone"]);
    refused(&folder, &format!("{fit} ."), 1, &[".: "]);
}

#[test]
fn broken_rows_are_skipped_and_told() {
    let folder = folder();
    let text = table();
    let (header, body) = text.split_once('\n').unwrap();
    let bad = "rubbish,1,2,3,4,5,a\n\"(4, 0, 3, 1, 4, 3)\",many,2,3,4,5,a\n";
    folder.put("broken.csv", format!("{header}\n{bad}{body}"));
    let skip = "--space nasbench201 --on-error skip";
    let fit = format!("fit broken.csv --target acc -o m.graf {FAST}");
    refused(&folder, &format!("{fit} --space nasbench201"), 1, &["broken.csv, line 2"]);
    let run = folder.run(&format!("{fit} {skip} --rejects r.csv")).expect_success("fit");
    assert!(run.err.contains("2 broken rows skipped"), "{}", run.err);
    let rejects = folder.get("r.csv");
    assert_eq!(csv(&rejects).0, ["place", "column", "token", "reason", "row"]);
    assert_eq!(column(&rejects, "place"), ["line 2", "line 3"]);
    assert_eq!(column(&rejects, "column"), ["net", "acc"]);
    assert_eq!(column(&rejects, "token"), ["rubbish", "many"]);
    // Without them the model is that of the good rows.
    folder.output(&format!("fit t.csv --target acc -o good.graf {FAST}"));
    assert_eq!(nameless(&folder, "m.graf"), nameless(&folder, "good.graf"));
    // A prediction does not look at the target.
    let predict = format!("predict m.graf broken.csv -o out.csv {skip} --rejects p.csv");
    let run = folder.run(&predict).expect_success("predict");
    assert!(run.err.contains("1 broken row skipped"), "{}", run.err);
    assert_eq!(column(&folder.get("p.csv"), "place"), ["line 2"]);
    assert_eq!(csv(&folder.get("out.csv")).1.len(), rows() + 1);
    let measured =
        folder.output(&format!("eval --include-training m.graf broken.csv {skip} --rejects e.csv"));
    assert!(measured.contains(&rows().to_string()), "{measured}");
    assert_eq!(column(&folder.get("e.csv"), "place"), ["line 2", "line 3"]);
    for (command, what) in [
        ("predict m.graf broken.csv -o out.csv", "out.csv"),
        ("eval --include-training m.graf broken.csv", "broken.csv"),
    ] {
        let same = format!("{command} {skip} --rejects {what}");
        refused(&folder, &same, 2, &["the same file", what]);
    }
}

#[test]
fn the_bundled_benchmark() {
    let folder = Folder::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(BUNDLED);
    let bundled = crate::cli::gunzip(&std::fs::read(path).unwrap());
    let text = String::from_utf8(bundled).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    // Every eighth row to learn from, others to measure on.
    let lines: Vec<_> = lines.collect();
    let part = |start: usize| {
        let part = lines.iter().skip(start).step_by(8).map(|line| format!("{line}\n"));
        format!("{header}\n{}", part.collect::<String>())
    };
    folder.put("train.csv.gz", crate::cli::gzip(part(0).as_bytes()));
    folder.put("test.csv", part(3));
    let fit = format!("fit train.csv.gz --target cs_valid_perf -o m.graf {FAST}");
    folder.run(&fit).expect_success(&fit);
    let model = inspect(&folder, "m.graf");
    assert_eq!(model["space"], "nasbench-graph");
    assert!(model["held_out"]["kendall_tau"].as_f64().unwrap() > 0.5, "{model}");
    let measured: Value =
        serde_json::from_str(&folder.output("eval m.graf test.csv --output-format json")).unwrap();
    assert!(measured["kendall_tau"].as_f64().unwrap() > 0.5, "{measured}");
    // The encoding is a pair of columns.
    let best = folder.output("predict m.graf test.csv --top 10");
    let (header, best) = csv(&best);
    assert_eq!(header, ["link", "ops", "cs_valid_perf.prediction", "cs_valid_perf.std", "rank"]);
    assert_eq!(best.len(), 10);
    // A target that is not known for every network.
    let gaps = "fit train.csv.gz --target proteins_valid_perf -o p.graf";
    refused(&folder, gaps, 1, &["column proteins_valid_perf: the target is empty"]);
    folder.run(&format!("{gaps} --missing drop {FAST}")).expect_success(gaps);
    assert!(inspect(&folder, "p.graf")["rows"].as_u64().unwrap() < model["rows"].as_u64().unwrap());
}

#[test]
fn missing_median_with_a_model_without_medians() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc --use proxies -o m.graf {FAST}"));
    folder.put("n.csv", with_field("snip", ""));
    // There is no median to put there, so this has to be refused, not predicted from NaN.
    for command in ["predict", "eval --include-training"] {
        refused(&folder, &format!("{command} m.graf n.csv --missing median"), 2, &["median"]);
    }
}

#[test]
fn a_policy_that_was_given_counts_also_with_a_model_of_medians() {
    let folder = folder();
    let fit = "fit t.csv --target acc --use proxies --missing median -o m.graf";
    folder.output(&format!("{fit} {FAST}"));
    folder.put("n.csv", with_field("snip", ""));
    assert_eq!(csv(&folder.output("predict m.graf n.csv --missing drop")).1.len(), rows() - 1);
    refused(&folder, "predict m.graf n.csv --missing error", 1, &["line 3, column snip: missing"]);
}

#[test]
fn a_model_remembers_which_columns_are_proxies() {
    let folder = folder();
    let fit = "fit t.csv --target acc --use proxies --proxies x1,snip";
    folder.output(&format!("{fit} -o m.graf {FAST}"));
    folder.output(&format!("{fit} -o median.graf --missing median {FAST}"));
    folder.put("n.csv", with_field("x1", "-1e8"));
    refused(&folder, "predict m.graf n.csv", 1, &["line 3, column x1", "could not be computed"]);
    folder.put("lacking.csv", with_field("x1", ""));
    let wanted = folder.output("predict median.graf lacking.csv");
    assert_eq!(folder.output("predict median.graf n.csv"), wanted);
}

#[test]
fn a_target_that_is_all_there_is_to_predict_it() {
    let folder = folder();
    let fit = "fit t.csv --target acc --use column:acc -o m.graf";
    refused(&folder, fit, 2, &["column:acc"]);
}

#[test]
fn a_target_named_twice_or_a_column_of_the_prediction() {
    let folder = folder();
    let run = folder.run(&format!("fit t.csv --target acc --target acc -o d.graf {FAST}"));
    if run.code == Some(0) {
        let (mut header, _) = csv(&folder.output("predict d.graf t.csv"));
        let width = header.len();
        header.sort();
        header.dedup();
        assert_eq!(header.len(), width, "two columns of one name");
    }
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    folder.output("predict m.graf t.csv --keep all -o p.csv");
    // Predictions of predictions: two columns acc.prediction.
    refused(&folder, "predict m.graf p.csv --keep all", 2, &["two columns `acc.prediction`"]);
}

#[test]
fn no_file_takes_the_place_of_another_one() {
    let folder = folder();
    let skip = "--on-error skip --rejects m.graf";
    refused(&folder, &format!("fit t.csv --target acc -o m.graf {skip}"), 2, &["same file"]);
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    for command in ["predict", "eval --include-training"] {
        refused(&folder, &format!("{command} m.graf t.csv {skip}"), 2, &["same file"]);
    }
    folder.put("j.csv", "net,extra\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    let join = "fit t.csv --target acc -o n.graf --join j.csv --on-error skip --rejects j.csv";
    refused(&folder, join, 2, &["same file"]);
    // The table of the benchmark is gone, and a model in its place.
    let run = folder.run(&format!("fit t.csv --target acc -o t.csv {FAST}"));
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert_eq!(folder.get("t.csv"), table());
}

#[test]
fn a_model_of_raw_and_featurized_tables_knows_its_space() {
    let folder = folder();
    folder.output("featurize t.csv --keep acc -o f.csv");
    folder.output(&format!("fit t.csv f.csv --target acc -o m.graf {GRAF}"));
    assert_eq!(inspect(&folder, "m.graf")["space"], "nasbench201");
}

#[test]
fn options_of_networks_are_not_ignored_where_none_is_needed() {
    let folder = folder();
    folder.output("featurize t.csv -o f.csv");
    let rows_of = |input: &str, uses: &str| {
        let fit = format!("fit {input} --target acc {uses} -o m.graf --drop-unreachable {FAST}");
        folder.run(&fit).expect_success(&fit);
        inspect(&folder, "m.graf")["rows"].clone()
    };
    let wanted = rows_of("t.csv", "--use graf");
    assert_eq!(rows_of("t.csv", "--use column:x*"), wanted);
    assert_eq!(rows_of("f.csv", "--use graf"), wanted);
    folder.output(&format!("fit f.csv --target acc --space nasbench201 -o s.graf {FAST}"));
    assert_eq!(inspect(&folder, "s.graf")["space"], "nasbench201");
}
