//! `graf explain`: contributions add up, changes are what they say, tables with true values tell what columns are worth.

use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::{
    Folder, all_tuples, column, columns, csv, floats, inspect, refused, refused_by_clap, tuple,
};

const NET: &str = "(4,0,3,1,4,3)";

/// `net,acc,cost,x` of every `step`th network of NAS-Bench-201.
fn table(step: usize, first: usize) -> String {
    let mut text = "net,acc,cost,x\n".to_owned();
    for ids in all_tuples(5).into_iter().skip(first).step_by(step) {
        let acc: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
        let bent = f64::from(acc) + f64::from(ids[0] * ids[5]).sin();
        writeln!(text, "\"{}\",{bent},{},{}", tuple(&ids), acc * 2 + ids[1], ids[0]).unwrap();
    }
    text
}

const FIT: &str = "fit train.csv --use graf --max-subset-size 1 --target";

/// A folder with 75 networks to learn from and others to explain.
fn folder() -> Folder {
    let folder = Folder::with("train.csv", table(211, 0));
    folder.put("asked.csv", table(611, 5));
    folder
}

fn fitted(predictor: &str) -> Folder {
    let folder = folder();
    folder.output(&format!("{FIT} acc --predictor {predictor} -o m.graf"));
    folder
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn contributions_of_every_predictor_add_up_to_what_predict_writes() {
    for predictor in ["auto", "gp", "forest --trees 9", "boost --rounds 20", "elastic-net"] {
        let folder = fitted(predictor);
        let predicted = floats(&folder.output("predict m.graf asked.csv"), "acc.prediction");
        let found = lines(&folder.output("explain m.graf asked.csv --output-format jsonl"));
        let nets = column(&folder.get("asked.csv"), "net");
        assert_eq!((found.len(), nets.len()), (predicted.len(), predicted.len()));
        let names = columns(&folder, "m.graf");
        for ((line, expected), net) in found.iter().zip(predicted).zip(nets) {
            let object = line.as_object().unwrap();
            assert_eq!(object.len(), 4, "{line}");
            assert_eq!(line["net"], net.as_str());
            let contributions = object["contributions"].as_object().unwrap();
            let mut keys: Vec<_> = contributions.keys().collect();
            keys.sort();
            let mut expected_keys: Vec<_> = names.iter().collect();
            expected_keys.sort();
            assert_eq!(keys, expected_keys);
            let sum: f64 = contributions.values().map(number).sum();
            let sum = sum + number(&line["base"]);
            assert!((sum - expected).abs() < 1e-9, "{predictor}: {sum} for {expected}");
            assert!((number(&line["prediction"]) - expected).abs() < 1e-12, "{predictor}");
        }
    }
}

#[test]
fn parts_add_up_however_they_are_formed() {
    let folder = fitted("forest --trees 9");
    let expected = floats(&folder.output("predict m.graf asked.csv"), "acc.prediction");
    for by in ["column", "group", "family", "operation"] {
        let text = folder.output(&format!("explain m.graf asked.csv --by {by}"));
        let (header, rows) = csv(&text);
        let names = ["net", by, "contribution", "value", "columns", "prediction", "base"];
        assert_eq!(header, names);
        let (parts, bases) = (floats(&text, "contribution"), floats(&text, "base"));
        let per_network = rows.len() / expected.len();
        for (place, expected) in expected.iter().enumerate() {
            let own = place * per_network..(place + 1) * per_network;
            let sum: f64 = parts[own.clone()].iter().sum::<f64>() + bases[own.start];
            assert!((sum - expected).abs() < 1e-9, "{by}: {sum} for {expected}");
            let sizes: Vec<f64> = parts[own].iter().map(|part| part.abs()).collect();
            assert!(sizes.is_sorted_by(|one, next| one >= next), "{by}");
        }
        if by == "family" {
            let mut families: Vec<_> = column(&text, by)[..per_network].to_vec();
            families.sort();
            assert_eq!(families, ["max_op_on_path", "min_path_len", "node_degree", "op_count"]);
        }
        if by == "operation" {
            assert!(column(&text, by).contains(&"nor_conv_3x3".to_owned()));
        }
        let summary = folder.output(&format!("explain m.graf asked.csv --summary --by {by}"));
        assert_eq!(csv(&summary).1.len(), per_network, "{by}");
        assert!(floats(&summary, "mean_size").is_sorted_by(|one, next| one >= next));
    }
    // A group is named by its plainest member, and its columns are fewer than all.
    let text = folder.output(&format!("explain m.graf --network {NET} --by group"));
    let sizes: f64 = floats(&text, "columns").iter().sum();
    assert!((sizes - columns(&folder, "m.graf").len() as f64).abs() < 0.5);
    assert!(csv(&text).1.len() < columns(&folder, "m.graf").len());
}

#[test]
fn a_network_alone_is_explained_as_in_a_table() {
    let folder = fitted("forest --trees 9");
    folder.put("one.csv", format!("net\n\"{NET}\"\n"));
    for format in ["csv", "jsonl"] {
        let alone =
            folder.output(&format!("explain m.graf --network {NET} --output-format {format}"));
        let in_table = folder.output(&format!("explain m.graf one.csv --output-format {format}"));
        assert_eq!(alone, in_table);
    }
    let shown =
        folder.output(&format!("explain m.graf --network {NET} --output-format table -n 3"));
    assert!(shown.starts_with(&format!("{NET}: acc ")), "{shown}");
    assert!(shown.contains("base") && shown.contains(" others "), "{shown}");
    folder.output("explain m.graf asked.csv -o all.npy --dtype float64");
    let names: Vec<String> = serde_json::from_str(&folder.get("all.columns.json")).unwrap();
    assert_eq!(names[..2], ["prediction", "base"]);
    assert_eq!(names[2..], columns(&folder, "m.graf"));
}

#[test]
fn threads_do_not_matter() {
    let folder = fitted("auto");
    let on = |threads: u8| {
        folder
            .output(&format!("explain m.graf asked.csv --output-format jsonl --threads {threads}"))
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn several_targets_and_a_prior() {
    let folder = folder();
    folder.output(&format!(
        "{FIT} acc --target cost --maximize cost --predictor forest --trees 9 -o m.graf"
    ));
    let found = lines(&folder.output("explain m.graf asked.csv --output-format jsonl"));
    let rows = column(&folder.get("asked.csv"), "net").len();
    assert_eq!((found.len(), &found[1]["target"]), (2 * rows, &"cost".into()));
    let cost =
        lines(&folder.output("explain m.graf asked.csv --target cost --output-format jsonl"));
    assert_eq!((cost.len(), &cost[0]["prediction"]), (rows, &found[1]["prediction"]));
    refused(&folder, "explain m.graf asked.csv --target no", 2, &["no target `no`", "acc, cost"]);
    refused(&folder, "explain m.graf asked.csv -o a.npy", 2, &["one target", "--target"]);

    folder.output(
        &format!("{FIT} acc --predictor forest --trees 9 --prior p.graf -o m.graf").replace(
            "p.graf",
            {
                folder.output(&format!("{FIT} cost --maximize --predictor ridge -o p.graf"));
                "p.graf"
            },
        ),
    );
    let predicted = floats(&folder.output("predict m.graf asked.csv"), "acc.prediction");
    let found = lines(&folder.output("explain m.graf asked.csv --output-format jsonl"));
    for (line, expected) in found.iter().zip(predicted) {
        let contributions = line["contributions"].as_object().unwrap();
        assert!(contributions.contains_key("prior"));
        let sum: f64 = contributions.values().map(number).sum();
        assert!((sum + number(&line["base"]) - expected).abs() < 1e-9, "{line}");
    }
}

#[test]
fn changes_are_what_predict_says_of_them() {
    let folder = fitted("forest --trees 9");
    let text = folder.output(&format!("explain m.graf --network {NET} --changes --svg cell.svg"));
    let (header, rows) = csv(&text);
    assert_eq!(header, ["changes", "net", "difference", "prediction"]);
    assert_eq!(rows.len(), 6 * 4);
    assert!(column(&text, "changes").contains(&"edge 0-1: avg_pool_3x3 -> none".to_owned()));
    let found = floats(&text, "prediction");
    assert!(found.is_sorted_by(|one, next| one >= next));
    folder.put("changed.csv", &text);
    let again = folder.output("predict m.graf changed.csv --keep net");
    assert_eq!(floats(&again, "acc.prediction"), found);
    let own = folder.output(&format!("explain m.graf --network {NET} --by family"));
    let own = floats(&own, "prediction")[0];
    for (difference, prediction) in floats(&text, "difference").iter().zip(&found) {
        assert!((own + difference - prediction).abs() < 1e-9);
    }
    let drawn = folder.get("cell.svg");
    assert!(drawn.starts_with("<svg ") && drawn.matches("<g>").count() == 6, "{drawn}");
    assert!(drawn.contains("nor_conv_1x1: "), "{drawn}");

    let minimized = folder.output(&format!("explain m.graf --network {NET} --changes --minimize"));
    assert!(floats(&minimized, "prediction").is_sorted());
}

#[test]
fn improvements_are_new_networks_within_some_changes() {
    let folder = fitted("forest --trees 9");
    let text = folder.output(&format!("explain m.graf --network {NET} --improve 2"));
    let found = floats(&text, "difference");
    assert!(
        !found.is_empty()
            && found.is_sorted_by(|one, next| one >= next)
            && found[found.len() - 1] > 0.0
    );
    let most = column(&text, "changes").iter().map(|words| words.split("; ").count()).max();
    assert_eq!(most, Some(2));
    folder.put("better.csv", &text);
    let unique = folder.output("convert better.csv --to tuple --unique");
    assert_eq!(csv(&unique).1.len(), found.len(), "isomorphic networks are listed once");
    let one = folder.output(&format!("explain m.graf --network {NET} --improve 1"));
    assert!(floats(&one, "prediction")[0] <= floats(&text, "prediction")[0]);
}

#[test]
fn shuffled_columns_that_matter_cost_most() {
    let folder = folder();
    folder.output("fit train.csv --use column:x,op_count --target acc --predictor forest --trees 20 -o m.graf");
    let run = folder.run("explain m.graf asked.csv --permutation --by column --repeats 3");
    let run = run.expect_success("permutation");
    assert!(run.err.contains("Kendall tau of acc is 0."), "{}", run.err);
    assert_eq!(csv(&run.out).0, ["column", "columns", "drop", "drop_std"]);
    assert_eq!(column(&run.out, "column")[0], "op_count(nor_conv_1x1)");
    assert!(floats(&run.out, "drop").is_sorted_by(|one, next| one >= next));
    let again =
        folder.run("explain m.graf asked.csv --permutation --by column --repeats 3 --threads 1");
    assert_eq!(again.out, run.out);
    let all = "explain m.graf train.csv --permutation";
    let run = folder.run(all);
    assert!(!run.err.contains("--include-training"), "{}", run.err);
    folder.output(
        "fit train.csv --use op_count --target acc --target cost --predictor ridge -o two.graf",
    );
    for how in [
        "asked.csv --permutation",
        "asked.csv --summary --repeats 2",
        "--network (4,0,3,1,4,3) --changes",
    ] {
        refused(&folder, &format!("explain two.graf {how}"), 2, &["acc, cost", "--target"]);
    }
    refused(&folder, all, 1, &["trained on the networks of all its rows"]);
}

#[test]
fn contributions_over_training_sets_have_ranks() {
    let folder = fitted("forest --trees 5");
    let command = "explain m.graf train.csv --summary --repeats 4 --by family";
    let run = folder.run(command).expect_success("stability");
    assert!(run.err.contains("by 4 predictors fitted on 37 rows of 75"), "{}", run.err);
    let names = [
        "family",
        "columns",
        "mean_size",
        "size_std",
        "mean",
        "direction",
        "mean_rank",
        "rank_std",
    ];
    assert_eq!(csv(&run.out).0, names);
    let ranks = floats(&run.out, "mean_rank");
    let count = ranks.len() as f64;
    assert!(ranks.is_sorted() && ranks[0] >= 1.0, "{ranks:?}");
    assert!((ranks.iter().sum::<f64>() - count * (count + 1.0) / 2.0).abs() < 1e-9, "{ranks:?}");
    assert_eq!(folder.output(&format!("{command} --threads 1")), run.out);
    assert_ne!(folder.output(&format!("{command} --seed 1")), run.out);
    // A single training set has no spread.
    let one = folder.output("explain m.graf train.csv --summary --repeats 1");
    assert!(column(&one, "rank_std").iter().all(String::is_empty), "{one}");
    refused(&folder, "explain m.graf train.csv --repeats 3", 2, &["--summary"]);
    let one = "explain m.graf --network (4,0,3,1,4,3) --summary --repeats 3";
    refused(&folder, one, 2, &["name one instead of --network"]);
    folder.output("fit train.csv --target acc --prior builtin --predictor ridge -o p.graf");
    refused(&folder, "explain p.graf train.csv --summary --repeats 2", 2, &["starts from a prior"]);
}

#[test]
fn rules_describe_the_best_quarter() {
    let folder = fitted("forest --trees 3");
    let run = folder.run("explain m.graf train.csv --rules").expect_success("rules");
    assert!(
        run.err.starts_with("graf: the best quarter: ") && run.err.contains(" of 75 rows"),
        "{}",
        run.err
    );
    assert_eq!(csv(&run.out).0, ["rule", "support", "precision", "recall"]);
    let (first, precision) = (&column(&run.out, "rule")[0], floats(&run.out, "precision"));
    assert!(first.contains("nor_conv_") && precision[0] > 0.7, "{}", run.out);
    assert!(precision.is_sorted_by(|one, next| one >= next) && precision.iter().all(|p| *p > 0.25));
    folder.put("few.csv", table(2111, 0));
    refused(&folder, "explain m.graf few.csv --rules", 2, &["too few rows", "8 of at least 20"]);
}

#[test]
fn importances_are_a_table() {
    let folder = fitted("ridge");
    let run = folder.run("inspect m.graf --importances -n 3 --output-format csv");
    let run = run.expect_success("importances");
    assert!(run.err.contains("weight of the standardized column"), "{}", run.err);
    assert_eq!(csv(&run.out).0, ["column", "importance", "direction", "correlation"]);
    let signs = column(&run.out, "direction");
    assert!(signs.iter().all(|sign| ["+", "-"].contains(&sign.as_str())), "{}", run.out);
    let json: Value =
        serde_json::from_str(&folder.output("inspect m.graf --importances --output-format json"))
            .unwrap();
    assert_eq!(json[0]["direction"], signs[0].as_str());
    assert!(inspect(&folder, "m.graf")["importance_directions"].is_array());
    assert_eq!(csv(&run.out).1.len(), 3);
    let card = folder.output("inspect m.graf --output-format csv");
    assert_eq!(csv(&card).0, ["fact", "value"]);
    let facts = csv(&card).1;
    assert!(facts.contains(&vec!["predictor".to_owned(), "ridge".to_owned()]), "{card}");
    assert!(folder.output("inspect m.graf --output-format table").contains("search space"));
    let whole = folder.output("inspect m.graf");
    assert_eq!(folder.output("inspect m.graf --output-format json"), whole);
    folder.output(&format!("{FIT} acc --predictor gp -o g.graf"));
    refused(&folder, "inspect g.graf --importances", 2, &["gp does not weight", "graf explain"]);
    // Models of earlier versions have importances without directions.
    folder.put("old.graf", include_bytes!("../fixtures/format-3.graf"));
    let run =
        folder.run("inspect old.graf --importances --output-format csv").expect_success("old");
    assert!(run.err.contains("did not store directions"), "{}", run.err);
    assert!(column(&run.out, "direction").iter().all(String::is_empty), "{}", run.out);
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let folder = fitted("forest --trees 3");
    folder.put("old.graf", include_bytes!("../fixtures/format-3.graf"));
    folder.put("xy.csv", "x,y\n1,0\n");
    assert_eq!(csv(&folder.output("predict old.graf xy.csv")).1.len(), 1);
    refused(&folder, "explain old.graf xy.csv", 1, &["fit it again"]);
    refused(&folder, "explain old.graf xy.csv --by group", 2, &["fit it again", "--by column"]);
    refused(
        &folder,
        "explain m.graf --network (4,0)",
        2,
        &["network `(4,0)`", "nasbench201", "2 numbers"],
    );
    refused_by_clap(&folder, &format!("explain m.graf asked.csv --network {NET}"), "--network");
    refused_by_clap(&folder, "explain m.graf", "<INPUT>");
    for asked in ["--changes", "--improve 2", "--svg a.svg"] {
        refused(&folder, &format!("explain m.graf asked.csv {asked}"), 2, &["--network"]);
    }
    refused(&folder, "explain m.graf asked.csv --minimize", 2, &["--changes"]);
    folder.output("fit train.csv --use graf,column:x --target acc --predictor ridge -o x.graf");
    refused(&folder, &format!("explain x.graf --network {NET}"), 2, &["column `x`", "table"]);
    folder.output(&format!("{FIT} cost --predictor ridge -o cost.graf"));
    refused(&folder, &format!("explain cost.graf --network {NET} --changes"), 2, &["--minimize"]);
    assert!(folder.run(&format!("explain cost.graf --network {NET}")).code == Some(0));
}

#[test]
fn the_library_explains_as_the_command_line() {
    let folder = fitted("auto");
    let model = graf::model::Model::read(&folder.bytes("m.graf")).unwrap();
    let space = graf::library::Space::named("nasbench201").unwrap();
    let found = model.explain(&space.parse_all(&[NET]).unwrap(), "acc").unwrap();
    let text = folder.output(&format!("explain m.graf --network {NET}"));
    let (names, values) = (column(&text, "column"), floats(&text, "contribution"));
    assert_eq!(names.len(), found.columns.len());
    for (name, value) in names.iter().zip(values) {
        let place = found.columns.iter().position(|column| column == name).unwrap();
        assert!((found.contributions.values[[0, place]] - value).abs() < 1e-12, "{name}");
    }
    assert!((found.contributions.base - floats(&text, "base")[0]).abs() < 1e-12);
}
