//! `graf suggest` and `graf compare --choose` from end to end.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::cli::{
    Folder, all_tuples, column, csv, floats, refused, refused_by_clap, transcript, tuple,
};
use insta::assert_snapshot;
use serde_json::Value;

/// A predictor that is fitted at once.
const FAST: &str = "--predictor forest --trees 10";

/// Every 53rd network of NAS-Bench-201: 295 rows in an order that mixes the operations.
fn some_networks() -> Vec<[u32; 6]> {
    all_tuples(5).into_iter().step_by(53).collect()
}

/// `net,acc,x,same`: `acc` is how many convolutions the network has, weighed; `same` says nothing.
fn table(networks: &[[u32; 6]]) -> String {
    let mut text = "net,acc,x,same\n".to_owned();
    for ids in networks {
        let acc: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
        writeln!(text, "\"{}\",{acc},{},7", tuple(ids), 7 * ids[0] + ids[3]).unwrap();
    }
    text
}

/// A pool, and a model of every tenth network of it, which are in a table of their own.
fn folder() -> Folder {
    let folder = Folder::with("pool.csv", table(&some_networks()));
    let known: Vec<_> = some_networks().into_iter().step_by(10).collect();
    folder.put("known.csv", table(&known));
    folder.output(&format!("fit known.csv --target acc -o m.graf {FAST} --use graf"));
    folder
}

fn networks(text: &str) -> BTreeSet<String> {
    column(text, "net").into_iter().collect()
}

const STRATEGIES: [&str; 6] =
    ["diverse", "greedy", "uncertain", "improvement", "thompson", "random"];

#[test]
fn texts() {
    let folder = folder();
    assert_snapshot!("help_suggest", folder.output("suggest --help"));
    folder.put("empty.csv", "net,acc\n");
    folder.put("features.csv", "op_count(none),acc\n1,2\n3,4\n");
    folder.put("broken.csv", "net,acc\n\"(4, 0, 3, 1, 4, 3)\",1\n\"(4, 0, 3, 1, 4, 9)\",2\n");
    folder.put("text.csv", "net,acc\n\"(4, 0, 3, 1, 4, 3)\",high\n");
    folder.output("fit known.csv --target acc -o ridge.graf --predictor ridge");
    let shown = transcript(
        &folder,
        &[
            "suggest pool.csv -n 3",
            "suggest pool.csv -n 2 --known known.csv --use op_count --keep acc,x",
            "suggest m.graf pool.csv -n 3 --known known.csv",
            "suggest m.graf pool.csv -n 3 --known known.csv --strategy improvement",
            "suggest m.graf pool.csv -n 2 --strategy uncertain --output-format jsonl --quiet",
            "suggest broken.csv -n 1 --on-error skip",
            "suggest pool.csv -n 0",
            "suggest pool.csv",
            "suggest pool.csv -n 300",
            "suggest pool.csv -n 3 --strategy thompson",
            "suggest pool.csv -n 3 --strategy best",
            "suggest ridge.graf pool.csv -n 3 --strategy uncertain",
            "suggest m.graf pool.csv -n 3 --use graf",
            "suggest pool.csv -n 3 --use column:same",
            "suggest empty.csv -n 1",
            "suggest features.csv -n 1 --use column:acc",
            "suggest features.csv -n 1",
            "suggest broken.csv -n 1",
            "suggest m.graf pool.csv -n 1 --known text.csv",
            "suggest m.graf -n 1",
            "suggest pool.csv pool.csv -n 1",
            "suggest pool.csv -n 1 --keep score",
            "suggest pool.csv -n 1 -o pool.csv",
        ],
    );
    assert_snapshot!("suggest", shown);
}

#[test]
fn every_strategy_suggests_the_same_on_any_number_of_threads() {
    let folder = folder();
    for strategy in STRATEGIES {
        let command =
            format!("suggest m.graf pool.csv -n 20 --known known.csv --strategy {strategy}");
        let text = folder.output(&format!("{command} --threads 1"));
        assert_eq!(text, folder.output(&format!("{command} --threads 3")), "{strategy}");
        let (header, rows) = csv(&text);
        assert_eq!(header, ["net", "acc.prediction", "acc.std", "score"]);
        assert_eq!((rows.len(), networks(&text).len()), (20, 20), "{strategy}");
        let known = networks(&folder.get("known.csv"));
        assert!(networks(&text).is_disjoint(&known), "{strategy}");
        assert!(floats(&text, "score").iter().all(|score| score.is_finite()), "{strategy}");
    }
    let of_seed = |seed: u32| {
        folder.output(&format!("suggest m.graf pool.csv -n 20 --strategy thompson --seed {seed}"))
    };
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1), of_seed(2));
}

#[test]
fn predictions_are_those_of_predict() {
    let folder = folder();
    let all = folder.output("predict m.graf pool.csv");
    let chosen = folder.output("suggest m.graf pool.csv -n 9 --strategy improvement");
    let (_, all) = csv(&all);
    for row in csv(&chosen).1 {
        assert!(all.iter().any(|other| other[..] == row[..3]), "{row:?}");
    }
}

#[test]
fn isomorphic_networks_count_once_whatever_their_encoding() {
    let folder = Folder::new();
    // The first two are the same network; so are the last and the known one, a string.
    folder.put(
        "pool.csv",
        "net\n\"(4, 0, 3, 1, 4, 2)\"\n\"(0, 4, 3, 1, 2, 4)\"\n\"(2, 2, 2, 2, 2, 2)\"\n\"(0, 1, 2, 3, 4, 0)\"\n",
    );
    let text = folder.output("suggest pool.csv -n 3");
    assert_eq!(networks(&text).len(), 3);
    assert!(!text.contains("(0, 4, 3, 1, 2, 4)"), "the first stands for all: {text}");
    refused(&folder, "suggest pool.csv -n 4", 2, &["the pool has 3", "-n"]);
    folder.put("known.csv", "net\n\"(2, 2, 2, 2, 2, 2)\"\n");
    folder.output("convert known.csv --space nasbench201 --to string -o string.csv");
    let run = folder.run("suggest pool.csv -n 2 --known string.csv").expect_success("known");
    assert!(!run.out.contains("(2, 2, 2, 2, 2, 2)"), "{}", run.out);
    assert!(run.err.contains("1 of the pool known; 1 repeated network left out"), "{}", run.err);
    refused(&folder, "suggest pool.csv -n 3 --known string.csv", 2, &["the pool has 2"]);
}

#[test]
fn known_networks_are_known_though_a_value_is_missing() {
    let folder = folder();
    folder.put("x.csv", table(&some_networks()).replace(",7,7\n", ",,7\n"));
    folder.put("missing.csv", "net,acc,x,same\n\"(0, 0, 0, 0, 0, 0)\",,,\n");
    let run = folder
        .run("suggest x.csv -n 202 --known missing.csv --use column:x --missing drop")
        .expect_success("drop");
    assert!(!networks(&run.out).contains("(0, 0, 0, 0, 0, 0)"), "{}", run.out);
    let one = "suggest x.csv -n 2 --known missing.csv --use column:x";
    refused(&folder, one, 1, &["column x", "--missing median or drop"]);
}

#[test]
fn the_best_known_value_is_what_is_to_be_improved_on() {
    let folder = folder();
    let best = floats(&folder.get("known.csv"), "acc").into_iter().fold(0.0, f64::max);
    let command = "suggest m.graf pool.csv -n 5 --strategy improvement --known";
    let run = folder.run(&format!("{command} known.csv")).expect_success("best");
    assert!(run.err.contains(&format!("best known acc: {best}")), "{}", run.err);
    let prediction = |text: &str| floats(text, "acc.prediction");
    let score = |text: &str| floats(text, "score");
    // A predictor without a standard deviation improves by its prediction.
    folder.output("fit known.csv --target acc -o ridge.graf --predictor ridge");
    let plain =
        folder.output("suggest ridge.graf pool.csv -n 5 --strategy improvement --known known.csv");
    for (prediction, score) in prediction(&plain).into_iter().zip(score(&plain)) {
        assert!((prediction - best - score).abs() < 1e-9, "{plain}");
    }
}

#[test]
fn rejects_and_formats_are_those_of_other_commands() {
    let folder = folder();
    let mut text = table(&some_networks());
    text.push_str("\"(4, 0, 3, 1, 4, 9)\",1,1,1\n");
    folder.put("broken.csv", &text);
    let command = "suggest broken.csv -n 4 --on-error skip --rejects r.csv -o out.jsonl.gz";
    let run = folder.run(command).expect_success(command);
    assert!(run.err.contains("1 broken row skipped"), "{}", run.err);
    assert_eq!(folder.get("r.csv").lines().count(), 2);
    folder.output("suggest pool.csv -n 4 -o out.npy");
    let names: Value = serde_json::from_str(&folder.get("out.columns.json")).unwrap();
    assert_eq!(names, serde_json::json!(["score"]));
    let stdin = folder.run_with(&["suggest", "-", "-n", "4"], table(&some_networks()));
    assert_eq!(stdin.out, folder.output("suggest pool.csv -n 4"));
    refused(&folder, "suggest - -n 4 --known -", 2, &["read once"]);
}

#[test]
fn the_columns_of_a_pool_are_computed_for_known_networks_too() {
    let folder = folder();
    folder.output("featurize pool.csv --names zc-combine -o zc.csv");
    folder.output("featurize pool.csv --families op_count,wl -o wl.csv");
    for (pool, rest) in [
        ("pool", "--use wl"),
        ("pool", "--use graf --names zc-combine"),
        ("pool", "--use op_count,one-hot"),
        ("zc", "--use graf --names zc-combine"),
        ("wl", "--use op_count,wl"),
    ] {
        let text = folder.output(&format!("suggest {pool}.csv -n 12 --known known.csv {rest}"));
        let known = networks(&folder.get("known.csv"));
        assert!(networks(&text).is_disjoint(&known), "{pool} {rest}");
    }
}

#[test]
fn examples_of_help_work() {
    let folder = Folder::new();
    let bundled = folder.at("data/nas-bench-graph");
    std::fs::create_dir_all(&bundled).unwrap();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/data/nas-bench-graph/nas-bench-graph.csv.gz");
    std::fs::copy(table, bundled.join("nas-bench-graph.csv.gz")).unwrap();
    let help = folder.output("suggest --help");
    let example = help.lines().find_map(|line| line.strip_prefix("  graf suggest data/")).unwrap();
    let run = folder.run(&format!("suggest data/{example}")).expect_success(example);
    assert!(run.err.starts_with("graf: 16 of 26206 networks suggested (diverse)"), "{}", run.err);
    assert_eq!(networks_of(&folder.get("first.csv")).len(), 16);
}

fn networks_of(text: &str) -> BTreeSet<Vec<String>> {
    csv(text).1.into_iter().map(|row| row[..2].to_vec()).collect()
}

/// 2 repeats of 2 train sizes, chosen in three ways.
const COMPARE: &str = "compare pool.csv --target acc --use graf --train-size 8,20 --repeats 2 \
                       --predictor forest --trees 5 --choose random,diverse,improvement";

#[test]
fn ways_of_choosing_are_compared_on_the_same_test_sets() {
    let folder = folder();
    let text = folder.output(&format!("{COMPARE} --output-format json --runs r.csv --threads 1"));
    let found: Vec<Value> = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = found
        .iter()
        .map(|entry| (entry["train_size"].as_u64().unwrap(), entry["choose"].as_str().unwrap()))
        .collect();
    let ways = ["random", "diverse", "improvement"];
    let wanted: Vec<_> = [8, 20].into_iter().flat_map(|size| ways.map(|way| (size, way))).collect();
    assert_eq!(keys, wanted);
    let runs = folder.get("r.csv");
    assert_eq!(column(&runs, "choose").len(), 2 * 2 * 3);
    assert_eq!(column(&runs, "test_rows").into_iter().collect::<BTreeSet<_>>().len(), 2);
    // What was made before is not made again, wherever the file was cut.
    let lines: Vec<_> = runs.lines().collect();
    folder.put("cut.csv", format!("{}\n{}", lines[..6].join("\n"), &lines[6][..9]));
    let again = folder.run(&format!("{COMPARE} --output-format json --runs cut.csv --threads 3"));
    let again = again.expect_success("again");
    assert_eq!(again.out, text);
    assert!(again.err.contains("5 runs of 12 made before"), "{}", again.err);
    assert_eq!(folder.get("cut.csv"), runs);
    let shown = folder.output(&format!("{COMPARE} --output-format csv"));
    assert_eq!(csv(&shown).0.last().unwrap(), "choose");
    assert!(folder.output(COMPARE).contains("graf improvement"));
}

#[test]
fn larger_train_sets_do_not_depend_on_the_order_of_sizes() {
    let folder = folder();
    let runs = |sizes: &str| {
        let command = COMPARE.replace("8,20", sizes);
        let text = folder.output(&format!("{command} --output-format csv"));
        let (_, mut rows) = csv(&text);
        rows.sort();
        rows
    };
    assert_eq!(runs("8,20"), runs("20,8"));
}

#[test]
fn what_cannot_be_chosen_is_refused() {
    let folder = folder();
    for flag in ["--folds 3", "--stratify"] {
        let command = format!("compare pool.csv --target acc --choose random {flag}");
        refused_by_clap(&folder, &command, "cannot be used with");
    }
    refused_by_clap(&folder, "compare pool.csv --target acc --choose best", "diverse");
    let command = "compare pool.csv --target acc --use graf --choose";
    refused(&folder, &format!("{command} random,random"), 2, &["--choose names random twice"]);
    let most = format!("{command} random --train-size 200");
    refused(&folder, &most, 2, &["--train-size 200", "to choose from"]);
    let ridge = format!("{command} uncertain --predictor ridge --train-size 8");
    refused(&folder, &ridge, 2, &["--predictor ridge", "auto, gp, forest, extra-trees"]);
}
