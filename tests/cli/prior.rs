//! Models that start from another one.

use std::fmt::Write as _;

use crate::cli::{Folder, column, columns, csv, floats, inspect, refused, refused_by_clap};
use graf::metrics::kendall_tau;
use serde_json::Value;

const FAST: &str = "--predictor forest --trees 20 -q";

/// Networks of a space with a made-up figure: 3×3 convolutions and, less, 1×1 ones are good.
fn table(folder: &Folder, name: &str, space: &str, count: usize, digits: [char; 2]) {
    let nets = folder.output(&format!("sample --space {space} -n {count} --seed 3 --unique -q"));
    let mut table = "net,acc,other\n".to_owned();
    for (place, net) in column(&nets, "net").iter().enumerate() {
        let count = |digit: char| net.chars().filter(|&found| found == digit).count() as f64;
        let acc = count(digits[0]) + 0.6 * count(digits[1]) + 0.01 * (place % 7) as f64;
        writeln!(table, "\"{net}\",{acc},{}", place % 5).unwrap();
    }
    folder.put(name, table);
}

/// A prior that has learned one space, a few rows of another, and many.
fn folder() -> Folder {
    let folder = Folder::new();
    table(&folder, "micro.csv", "transbench101-micro", 200, ['3', '2']);
    table(&folder, "many.csv", "nasbench201", 300, ['2', '3']);
    let many = folder.get("many.csv");
    folder.put("few.csv", many.lines().take(13).collect::<Vec<_>>().join("\n") + "\n");
    folder.output(&format!(
        "fit micro.csv --space transbench101-micro --target acc --use shared -o prior.graf {FAST}"
    ));
    folder
}

#[test]
fn a_model_with_a_prior_predicts_as_it_was_fitted() {
    let folder = folder();
    let fit = format!("fit few.csv --space nasbench201 --target acc --use one-hot {FAST}");
    folder.output(&format!("{fit} --prior prior.graf -o m.graf"));
    let header = inspect(&folder, "m.graf");
    // Its own columns and then those of the prior, which the model keeps.
    let of_prior = columns(&folder, "prior.graf");
    let own = columns(&folder, "m.graf").len() - of_prior.len();
    assert_eq!(columns(&folder, "m.graf")[own..], of_prior[..]);
    assert_eq!(header["prior"]["space"], "transbench101-micro");
    let weight = header["report"][0]["prior"]["weight"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&weight), "{weight}");
    let importances: Vec<f64> = serde_json::from_value(header["importances"].clone()).unwrap();
    assert_eq!(importances.len(), own + of_prior.len());
    assert!((importances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(header["held_out"]["kendall_tau"].as_f64().is_some(), "{}", header["held_out"]);

    // The prior's file is not needed any more; on other threads the bytes are the same.
    std::fs::remove_file(folder.at("prior.graf")).unwrap();
    let predicted = folder.output("predict m.graf many.csv -q");
    let (names, _) = csv(&predicted);
    assert_eq!(names, ["net", "acc.prediction", "acc.std"]);
    assert!(floats(&predicted, "acc.std").iter().all(|std| *std >= 0.0));
    assert_eq!(folder.output("predict m.graf many.csv -q --threads 1"), predicted);
    let truth = floats(&folder.get("many.csv"), "acc");
    let tau = kendall_tau(&truth, &floats(&predicted, "acc.prediction"));
    folder.output(&format!("{fit} -o plain.graf"));
    let plain = folder.output("predict plain.graf many.csv -q");
    let plain = kendall_tau(&truth, &floats(&plain, "acc.prediction"));
    assert!(tau > plain, "{tau} with the prior, {plain} without");
}

#[test]
fn a_prior_that_says_nothing_is_not_heard() {
    let folder = folder();
    let micro = folder.get("micro.csv");
    let flat =
        micro.lines().skip(1).map(|line| format!("{},1\n", &line[..=line.find("\",").unwrap()]));
    folder.put("flat.csv", "net,acc\n".to_owned() + &flat.collect::<String>());
    folder.output(&format!(
        "fit flat.csv --space transbench101-micro --target acc --use shared -o flat.graf {FAST}"
    ));
    // Columns that are learned stand before those of the prior.
    let fit = format!("fit few.csv --space nasbench201 --target acc --use op_count,wl {FAST}");
    folder.output(&format!("{fit} -o plain.graf"));
    folder.output(&format!("{fit} --prior flat.graf -o m.graf"));
    let header = inspect(&folder, "m.graf");
    assert_eq!(header["report"][0]["prior"]["weight"], 0.0);
    let own = columns(&folder, "plain.graf");
    assert_eq!(columns(&folder, "m.graf")[..own.len()], own[..]);
    let predicted = |model: &str| folder.output(&format!("predict {model} many.csv -q"));
    assert_eq!(predicted("m.graf"), predicted("plain.graf"));
}

#[test]
fn a_prior_of_a_prior() {
    let folder = folder();
    folder.output(&format!(
        "fit few.csv --space nasbench201 --target acc --use shared --prior prior.graf -o second.graf {FAST}"
    ));
    folder.output(&format!(
        "fit few.csv --space nasbench201 --target acc --target other --prior second.graf -o third.graf {FAST}"
    ));
    let header = inspect(&folder, "third.graf");
    assert_eq!(header["prior"]["prior"]["space"], "transbench101-micro");
    let found = folder.output("predict third.graf many.csv -q");
    assert_eq!(csv(&found).0.len(), 5);
    // Two targets are no start.
    refused(
        &folder,
        "fit few.csv --space nasbench201 --target acc --prior third.graf -o fourth.graf",
        2,
        &["third.graf", "predicts 2 targets", "a prior predicts one"],
    );
}

#[test]
fn compare_has_each_predictor_with_and_without_it() {
    let folder = folder();
    let compare = format!(
        "compare many.csv --space nasbench201 --target acc --use op_count --prior prior.graf \
         --train-size 0,8,64 --repeats 4 --metric kendall_tau --output-format json {FAST}"
    );
    let found: Value = serde_json::from_str(&folder.output(&compare)).unwrap();
    let mean = |predictor: &str, size: u64| {
        let is_asked =
            |entry: &&Value| entry["predictor"] == predictor && entry["train_size"] == size;
        let entry = found.as_array().unwrap().iter().find(is_asked).unwrap();
        entry["metrics"]["kendall_tau"]["mean"].as_f64()
    };
    // Without a label there is the prior alone.
    assert_eq!(mean("forest", 0), None);
    let predicted = folder.output("predict prior.graf many.csv --space nasbench201 -q");
    let truth = floats(&folder.get("many.csv"), "acc");
    let alone = kendall_tau(&truth, &floats(&predicted, "acc.prediction"));
    assert!((mean("forest+prior", 0).unwrap() - alone).abs() < 1e-12);
    assert!(mean("forest+prior", 8) > mean("forest", 8));
    // A file of runs tells them apart, and an interrupted experiment goes on.
    let runs = format!("{compare} --runs runs.csv");
    let whole = folder.output(&runs);
    let all = folder.get("runs.csv");
    let half: Vec<_> = all.lines().take(10).collect();
    folder.put("runs.csv", half.join("\n") + "\n");
    assert_eq!(folder.output(&runs), whole);
    assert_eq!(folder.get("runs.csv").lines().count(), all.lines().count());
    // A plain experiment is the same with and without a prior beside it.
    let plain = compare.replace("--prior prior.graf", "").replace("0,8,64", "8,64");
    let plain: Value = serde_json::from_str(&folder.output(&plain)).unwrap();
    assert_eq!(plain[0]["metrics"]["kendall_tau"]["mean"].as_f64(), mean("forest", 8));
}

#[test]
fn priors_that_cannot_be() {
    let folder = folder();
    let compare =
        format!("compare many.csv --space nasbench201 --target acc --train-size 8 {FAST}");
    refused(&folder, &format!("{compare} --prior none.graf"), 1, &["none.graf"]);
    refused(&folder, &format!("{compare} --prior many.csv"), 1, &["many.csv", "not a graf model"]);
    // One that reads columns that the table does not have.
    folder.put("proxies.csv", "a,acc\n1,2\n3,4\n5,6\n");
    folder.output(&format!("fit proxies.csv --target acc --use column:a -o column.graf {FAST}"));
    refused(
        &folder,
        &format!("{compare} --prior column.graf"),
        1,
        &["--prior needs the column `a`", "--join"],
    );
    refused_by_clap(
        &folder,
        "fit --benchmarks x.toml --prior prior.graf -o m.graf",
        "--prior <MODEL>",
    );
    // One that learned from what is the target here, also among several targets.
    let leak = "fit few.csv --space nasbench201 --use op_count,column:acc --target other";
    folder.output(&format!("{leak} -o leak.graf {FAST}"));
    let told = ["--prior", "`acc`, which is the target here"];
    refused(&folder, &format!("{compare} --target other --prior leak.graf"), 2, &told);
    let fit = format!("fit few.csv --space nasbench201 --target acc {FAST}");
    refused(&folder, &format!("{fit} --prior leak.graf -o m.graf"), 2, &told);
    // One of features that this space does not have, or that are not called so here.
    let macro_ = "sample --space transbench101-macro -n 20 --seed 1 -q";
    let stages = column(&folder.output(macro_), "net");
    let stages = stages.iter().zip(0..).map(|(net, place)| format!("\"{net}\",{place}\n"));
    folder.put("macro.csv", "net,acc\n".to_owned() + &stages.collect::<String>());
    let of_macro = "fit macro.csv --space transbench101-macro --target acc --use graf";
    folder.output(&format!("{of_macro} -o macro.graf {FAST}"));
    let other_space = ["--prior: ", "is not defined for nasbench201", "--use shared"];
    refused(&folder, &format!("{fit} --prior macro.graf -o m.graf"), 1, &other_space);
    refused(&folder, &format!("{compare} --prior macro.graf"), 1, &other_space);
    folder.output(&format!("{fit} --use graf --names zc-combine -o zc.graf"));
    let names = ["--prior have other names or set sizes", "--names, --max-subset-size, --config"];
    refused(&folder, &format!("{fit} --prior zc.graf -o m.graf"), 2, &names);
    // The model does not take the place of its prior.
    refused(
        &folder,
        &format!("{fit} --prior prior.graf -o prior.graf"),
        2,
        &["--output would overwrite prior.graf"],
    );
}

#[test]
fn networks_are_pruned_as_those_of_the_prior_were() {
    let folder = Folder::new();
    table(&folder, "cells.csv", "nasbench101", 60, ['2', '4']);
    let fit = format!("fit cells.csv --target acc {FAST}");
    folder.output(&format!("{fit} --prune --use graf -o pruned.graf"));
    folder.output(&format!("{fit} --use graf -o whole.graf"));
    folder.output(&format!("{fit} --prune --use shared -o shared.graf"));
    let start =
        |flags: &str, prior: &str| format!("{fit} --use graf {flags} --prior {prior} -o m.graf");
    refused(&folder, &start("", "pruned.graf"), 2, &["were pruned; give --prune"]);
    refused(&folder, &start("--prune", "whole.graf"), 2, &["not pruned; leave out --prune"]);
    let compare = format!("compare cells.csv --target acc --train-size 8 {FAST}");
    refused(&folder, &format!("{compare} --prior pruned.graf"), 2, &["were pruned; give --prune"]);
    folder.output(&start("--prune", "pruned.graf"));
    folder.output(&start("", "whole.graf"));
    // What live paths tell does not depend on it, nor on sizes of sets.
    folder.output(&start("", "shared.graf"));
    folder.output(&start("--max-subset-size 1", "shared.graf"));
}

#[test]
fn a_train_size_without_a_value_has_no_deviation_either() {
    let folder = folder();
    let compare = "compare many.csv --space nasbench201 --target acc --use op_count --prior prior.graf \
                   --train-size 0 --repeats 3 --metric kendall_tau --output-format json";
    let found: Value = serde_json::from_str(&folder.output(&format!("{compare} {FAST}"))).unwrap();
    let tau = &found[0]["metrics"]["kendall_tau"];
    assert!(tau["mean"].is_null() && tau["std"].is_null(), "{tau}");
}
