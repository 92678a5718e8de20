//! Every registered predictor through `graf fit`, `inspect`, `predict` and `eval`, and `graf+`.

use std::fmt::Write as _;
use std::path::Path;

use crate::cli::{
    Folder, all_tuples, column, columns, csv, floats, inspect, refused, refused_by_clap, tuple,
};
use graf::predictor::{PREDICTORS, Parameters};
use serde_json::Value;

/// Those with a standard deviation.
const UNSURE: [&str; 4] = ["auto", "gp", "forest", "extra-trees"];

/// Those that predict each target as if it were the only one; trees of a forest are shared.
const APART: [&str; 5] = ["auto", "boost", "gp", "ridge", "elastic-net"];

fn names() -> impl Iterator<Item = &'static str> {
    PREDICTORS.iter().map(|kind| kind.name)
}

/// `net,acc,back,x1,x2` of every 211th network of NAS-Bench-201, 75 rows: `acc` is learnable,
/// `back` is it from the other end and bent, `x1` and `x2` tell of some edges.
fn table() -> String {
    let mut text = "net,acc,back,x1,x2\n".to_owned();
    for ids in all_tuples(5).into_iter().step_by(211) {
        let acc: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
        let back = f64::from(60 - acc).sqrt();
        let (one, two) = (ids[0] + ids[1] + ids[2], ids[3] * 5 + ids[4]);
        writeln!(text, "\"{}\",{acc},{back},{one},{two}", tuple(&ids)).unwrap();
    }
    text
}

const ROWS: usize = 75;

fn folder() -> Folder {
    Folder::with("t.csv", table())
}

#[test]
fn each_is_fitted_shown_asked_and_measured() {
    let folder = folder();
    for name in names() {
        let fit = format!("fit t.csv --predictor {name} -o m.graf --target acc");
        let run = folder.run(&fit).expect_success(&fit);
        assert!(run.err.starts_with(&format!("graf: fitted acc on {ROWS} rows, ")), "{}", run.err);
        let model = inspect(&folder, "m.graf");
        assert_eq!((&model["predictor"], &model["seed"]), (&name.into(), &0.into()), "{name}");
        let kind = graf::predictor::by_name(name).unwrap();
        let defaults = kind.learner(&Parameters::new()).unwrap().parameters();
        assert_eq!(model["parameters"], Value::Object(defaults), "{name}");
        if let Some(importances) = model["importances"].as_array() {
            let sum: f64 = importances.iter().map(|one| one.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{name}: {sum}");
        }
        let by = &model["held_out"]["by"];
        match name {
            "forest" => assert_eq!(by, "out of bag"),
            "auto" => assert_eq!(by, "held out"),
            _ => {}
        }
        if !model["held_out"].is_null() {
            assert!(model["held_out"]["kendall_tau"].as_f64().unwrap() > 0.4, "{name}: {model}");
            assert!(run.err.contains(&format!("  {}: Kendall tau 0.", by.as_str().unwrap())));
        }

        let text = folder.output("predict m.graf t.csv");
        let mut header = vec!["net", "acc.prediction"];
        if UNSURE.contains(&name) {
            header.push("acc.std");
            assert!(floats(&text, "acc.std").iter().all(|std| *std >= 0.0 && std.is_finite()));
        }
        assert_eq!(csv(&text).0, header, "{name}");
        let predicted = floats(&text, "acc.prediction");
        assert_eq!(predicted.len(), ROWS);
        let (truth, rows) = (floats(&table(), "acc"), f64::from(u32::try_from(ROWS).unwrap()));
        let mae = truth.iter().zip(&predicted).map(|(one, other)| (one - other).abs()).sum::<f64>();
        let measured = folder.output("eval --include-training m.graf t.csv --output-format json");
        let measured: Value = serde_json::from_str(&measured).unwrap();
        assert!((measured["mae"].as_f64().unwrap() - mae / rows).abs() < 1e-9, "{name}");
        assert!(measured["kendall_tau"].as_f64().unwrap() > 0.7, "{name}: {measured}");

        // Several targets: each has its columns and its measures.
        folder.output(&format!("{fit} --target back -o many.graf").replace("-o m.graf ", ""));
        let many = folder.output("predict many.graf t.csv");
        let targets = ["acc", "back"];
        let of = |target: &str| -> Vec<String> {
            header[1..].iter().map(|name| name.replace("acc", target)).collect()
        };
        let wanted = [vec!["net".to_owned()], targets.map(of).concat()].concat();
        assert_eq!(csv(&many).0, wanted, "{name}");
        if APART.contains(&name) {
            assert_eq!(floats(&many, "acc.prediction"), predicted, "{name}");
        }
        let measured =
            folder.output("eval --include-training many.graf t.csv --output-format json");
        let measured: Vec<Value> = serde_json::from_str(&measured).unwrap();
        assert_eq!(measured.iter().map(|one| &one["target"]).collect::<Vec<_>>(), targets);
        assert!(measured.iter().all(|one| one["kendall_tau"].as_f64().unwrap() > 0.7), "{name}");
        if let Some(report) = inspect(&folder, "many.graf").get("report") {
            assert_eq!(report.as_array().unwrap().len(), 2, "{name}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = folder();
    for name in names() {
        let [one, two] = [1, 2].map(|threads| {
            let flags = format!("--predictor {name} --seed 3 --threads {threads}");
            folder.output(&format!("fit t.csv --target acc --target back -o m.graf {flags}"));
            let predict = format!("predict m.graf t.csv --threads {threads}");
            (folder.bytes("m.graf"), folder.output(&predict))
        });
        assert!(one == two, "{name}");
    }
}

#[test]
fn auto_tells_what_it_blends() {
    let folder = folder();
    folder.output("fit t.csv --target acc -o m.graf");
    let model = inspect(&folder, "m.graf");
    assert_eq!(model["predictor"], "auto");
    let [target] = model["report"].as_array().unwrap().as_slice() else {
        panic!("one target: {model}")
    };
    let members = target["members"].as_array().unwrap();
    assert!(!members.is_empty());
    let mut named = Vec::new();
    for member in members {
        named.push(member["predictor"].as_str().unwrap());
        let (weight, tau) = (&member["weight"], &member["held_out_kendall_tau"]);
        assert!(weight.as_f64().unwrap() > 0.0 && weight.as_f64().unwrap() <= 1.0, "{member}");
        assert!(tau.as_f64().unwrap() > 0.4 && tau.as_f64().unwrap() <= 1.0, "{member}");
    }
    let sum: f64 = members.iter().map(|member| member["weight"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    let known = ["boost", "gp", "extra-trees", "forest"];
    assert!(named.iter().all(|name| known.contains(name)), "{named:?}");
    let of_gp = members.iter().find(|member| member["predictor"] == "gp").unwrap();
    assert_eq!(of_gp["target"], "normal scores");
    // The blend is no worse than the worst of its members.
    let worst = members.iter().map(|member| member["held_out_kendall_tau"].as_f64().unwrap());
    let worst = worst.fold(1.0, f64::min);
    assert!(model["held_out"]["kendall_tau"].as_f64().unwrap() >= worst, "{model}");
}

/// The flags of parameters, and what is out of range for the predictors that have them.
const FLAGS: [(&str, &str, &str, &str); 14] = [
    ("trees", "--trees 3", "--trees 0", "must be 1 to 100,000"),
    ("max_depth", "--max-depth 3", "", ""),
    ("min_samples_split", "--min-samples-split 4", "--min-samples-split 1", "must be at least 2"),
    ("min_samples_leaf", "--min-samples-leaf 3", "--min-samples-leaf 0", "must be at least 1"),
    ("max_features", "--max-features sqrt", "--max-features 1.5", "must be above 0 and at most 1"),
    ("max_samples", "--max-samples 0.5", "--max-samples 0", "must be at least 1"),
    ("bootstrap", "--bootstrap true", "", ""),
    ("rounds", "--rounds 20", "--rounds 100001", "must be 1 to 100,000"),
    ("learning_rate", "--learning-rate 0.1", "--learning-rate 0", "must be above 0 and at most 1"),
    ("subsample", "--subsample 0.5", "--subsample 1.01", "must be above 0 and at most 1"),
    (
        "columns_per_tree",
        "--columns-per-tree 0.5",
        "--columns-per-tree 0",
        "must be above 0 and at most 1",
    ),
    (
        "columns_per_node",
        "--columns-per-node 0.5",
        "--columns-per-node 2",
        "must be above 0 and at most 1",
    ),
    ("l2", "--l2 3", "--l2=-1", "must be at least 0"),
    ("early_stopping", "--early-stopping", "", ""),
];

#[test]
fn flags_that_a_predictor_has_are_its_parameters_and_others_are_refused() {
    let folder = folder();
    for kind in &PREDICTORS {
        let (name, parameters) =
            (kind.name, kind.learner(&Parameters::new()).unwrap().parameters());
        for (parameter, good, bad, expected) in FLAGS {
            let flag = good.split(' ').next().unwrap();
            let fit =
                format!("fit t.csv --target acc --use column:x* --predictor {name} -o m.graf");
            if parameters.contains_key(parameter) {
                folder.output(&format!("{fit} {good}"));
                let found = inspect(&folder, "m.graf")["parameters"][parameter].clone();
                let is_changed = found != parameters[parameter] || found == true;
                assert!(!found.is_null() && is_changed, "{name} {good}");
                if !bad.is_empty() {
                    let parts = [&bad.replace('=', " "), expected];
                    refused(&folder, &format!("{fit} {bad}"), 2, &parts);
                }
            } else {
                let part = format!("{flag}: no parameter of --predictor {name}; leave it out");
                refused(&folder, &format!("{fit} {good}"), 2, &[&part]);
            }
        }
    }
    let boost = "fit t.csv --target acc --predictor boost -o m.graf";
    refused(&folder, &format!("{boost} --max-depth 65"), 2, &["--max-depth 65: must be 1 to 64"]);
    for flag in ["--learning-rate nan", "--l2 inf", "--subsample half", "--rounds 1.5"] {
        let (name, value) = flag.split_once(' ').unwrap();
        refused_by_clap(&folder, &format!("{boost} {flag}"), name);
        refused_by_clap(&folder, &format!("{boost} {flag}"), value);
    }
    // A comparison takes what one of its predictors has.
    let compare = "compare t.csv --target acc --use column:x* --repeats 2 --train-size 20 -q";
    folder.output(&format!("{compare} --predictor ridge,boost --rounds 5"));
    let part = "--rounds: no parameter of --predictor ridge, gp; leave it out";
    refused(&folder, &format!("{compare} --predictor ridge,gp --rounds 5"), 2, &[part]);
}

#[test]
fn early_stopping_makes_fewer_rounds() {
    let folder = Folder::new();
    let mut noise = "acc,x1,x2\n".to_owned();
    for row in 0..80_u32 {
        let random = row.wrapping_mul(2_654_435_761) % 1_000;
        writeln!(noise, "{random},{},{}", row % 7, row % 11).unwrap();
    }
    folder.put("noise.csv", noise);
    let fit = "fit noise.csv --target acc --use column:x* --predictor boost --rounds 200 -o";
    folder.output(&format!("{fit} all.graf"));
    folder.output(&format!("{fit} few.graf --early-stopping"));
    assert_eq!(inspect(&folder, "few.graf")["parameters"]["early_stopping"], true);
    // Noise is learned by heart the sooner the stop comes too late.
    let [all, few] = ["all.graf", "few.graf"].map(|name| folder.bytes(name).len());
    assert!(few < all / 2, "{few} of {all} bytes");
}

/// Fits a table with every predictor, by its columns and by its networks, and gives what is
/// predicted for it.
fn odd(table: &str, check: impl Fn(&str, &str, &[f64])) {
    let folder = Folder::with("t.csv", table);
    for name in names() {
        for uses in ["graf+", "column:x*"] {
            let fit = format!("fit t.csv --target acc --use {uses} --predictor {name} -o m.graf");
            let run = folder.run(&fit).expect_success(&fit);
            assert!(!run.err.contains("NaN"), "{fit}: {}", run.err);
            let text = folder.run("predict m.graf t.csv").expect_success(&fit).out;
            let predicted = floats(&text, "acc.prediction");
            assert!(predicted.iter().all(|value| value.is_finite()), "{fit}: {predicted:?}");
            if UNSURE.contains(&name) {
                // A deviation is a number for every row, or absent for all.
                let fields = column(&text, "acc.std");
                if !fields.iter().all(String::is_empty) {
                    let stds = floats(&text, "acc.std");
                    assert!(
                        stds.iter().all(|std| *std >= 0.0 && std.is_finite()),
                        "{fit}: {stds:?}"
                    );
                }
            }
            folder.run("eval --include-training m.graf t.csv").expect_success(&fit);
            inspect(&folder, "m.graf");
            check(name, uses, &predicted);
        }
    }
}

/// Of these networks a table `net,acc,x1,x2`.
fn rows(rows: &[([u32; 6], f64, f64, f64)]) -> String {
    rows.iter().fold("net,acc,x1,x2\n".to_owned(), |text, (ids, acc, one, two)| {
        text + &format!("\"{}\",{acc},{one},{two}\n", tuple(ids))
    })
}

fn is_close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

#[test]
fn a_target_that_does_not_vary_is_predicted() {
    let nets = all_tuples(5).into_iter().step_by(701);
    let nets: Vec<_> = nets.zip(0_u8..).map(|(ids, x)| (ids, 3.5, f64::from(x), 1.0)).collect();
    odd(&rows(&nets), |name, uses, predicted| {
        assert!(predicted.iter().all(|&one| is_close(one, 3.5)), "{name} {uses}: {predicted:?}");
    });
}

/// Made up like the first few networks that somebody trains: one of them has failed.
const SIX: [([u32; 6], f64, f64, f64); 6] = [
    ([2, 0, 3, 1, 4, 2], 89.5, 0.0, 0.0),
    ([2, 2, 2, 2, 2, 2], 88.25, 0.0, 0.0),
    ([3, 1, 2, 0, 2, 3], 86.0, 0.0, 0.0),
    ([0, 3, 0, 2, 1, 3], 84.75, 0.0, 0.0),
    ([4, 4, 3, 1, 0, 4], 61.5, 0.0, 0.0),
    ([1, 1, 4, 1, 1, 4], 35.0, 0.0, 0.0),
];

#[test]
fn six_labels_give_deviations_and_improvements_in_their_range() {
    let folder = Folder::with("t.csv", rows(&SIX));
    let pool: Vec<String> =
        all_tuples(5).iter().step_by(13).map(|ids| format!("\"{}\"", tuple(ids))).collect();
    folder.put("pool.csv", format!("net\n{}\n", pool.join("\n")));
    for name in UNSURE {
        folder.output(&format!("fit t.csv --target acc --predictor {name} -o m.graf"));
        let text = folder.output("predict m.graf pool.csv");
        let stds = floats(&text, "acc.std");
        assert!(stds.iter().all(|&std| (0.0..=54.5).contains(&std)), "{name}: {stds:?}");
    }
    folder.output("fit t.csv --target acc -o m.graf");
    let suggest = "suggest m.graf pool.csv -n 4 --strategy improvement";
    let scores = floats(&folder.output(suggest), "score");
    // With s at most 54.5 the expected improvement over the best prediction is at most s / √(2π).
    assert!(scores.iter().all(|&score| (0.0..=54.5).contains(&score)), "{scores:?}");
}

#[test]
fn a_constant_target_has_no_deviation_and_is_predicted_as_it_is() {
    let nets: Vec<_> =
        all_tuples(5).into_iter().step_by(1_501).map(|ids| (ids, 88.51, 0.0, 0.0)).collect();
    let folder = Folder::with("t.csv", rows(&nets));
    for name in names() {
        folder.output(&format!("fit t.csv --target acc --predictor {name} -o m.graf"));
        let text = folder.output("predict m.graf t.csv");
        assert!(
            column(&text, "acc.prediction").iter().all(|field| *field == "88.51"),
            "{name}: {text}"
        );
        if UNSURE.contains(&name) {
            assert!(column(&text, "acc.std").iter().all(String::is_empty), "{name}: {text}");
            folder.put("pool.csv", "net\n\"(2, 0, 3, 1, 4, 2)\"\n\"(2, 0, 3, 1, 4, 1)\"\n");
            let uncertain = "suggest m.graf pool.csv -n 1 --strategy uncertain";
            refused(&folder, uncertain, 2, &["training targets are all equal"]);
        }
    }
}

#[test]
fn three_rows_are_the_least() {
    let one = ([4, 0, 3, 1, 4, 3], 1.0, 1.0, 2.0);
    let (two, three) = (([2, 2, 2, 0, 1, 3], 3.0, 5.0, 2.0), ([3, 2, 2, 0, 1, 3], 2.0, 3.0, 2.0));
    odd(&rows(&[one, two, three]), |name, uses, predicted| {
        let [low, high] = [predicted[0], predicted[1]];
        assert!(low <= high && low >= 0.5 && high <= 3.5, "{name} {uses}: {predicted:?}");
    });
    let folder = Folder::new();
    for (few, part) in [(&[one][..], "1 row to learn from"), (&[one, two], "2 rows to learn from")]
    {
        folder.put("t.csv", rows(few));
        for name in names() {
            let fit = format!("fit t.csv --target acc --predictor {name} -o m.graf");
            refused(&folder, &fit, 1, &[part, "needs 3"]);
        }
    }
    assert_eq!(folder.listing(), ["t.csv"]);
}

#[test]
fn columns_that_do_not_vary_tell_the_mean() {
    // One network, many rows: nothing tells them apart.
    let same: Vec<_> =
        (0..20_u8).map(|row| ([4, 0, 3, 1, 4, 3], f64::from(row % 4), 1.0, -2.0)).collect();
    odd(&rows(&same), |name, uses, predicted| {
        assert!(predicted.windows(2).all(|pair| is_close(pair[0], pair[1])), "{name} {uses}");
        assert!((predicted[0] - 1.5).abs() < 0.5, "{name} {uses}: {predicted:?}");
    });
}

#[test]
fn rows_that_are_there_several_times() {
    let nets: Vec<_> = all_tuples(5).into_iter().step_by(1_301).collect();
    let of = |ids: &[u32; 6]| f64::from(ids.iter().sum::<u32>());
    let many: Vec<_> =
        nets.iter().cycle().take(4 * nets.len()).map(|ids| (*ids, of(ids), of(ids), 0.5)).collect();
    odd(&rows(&many), |name, uses, predicted| {
        let first = &predicted[..nets.len()];
        assert_eq!(first, &predicted[3 * nets.len()..], "{name} {uses}");
        let errors = first.iter().zip(&nets).map(|(found, ids)| (found - of(ids)).abs());
        let mae = errors.sum::<f64>() / f64::from(u32::try_from(nets.len()).unwrap());
        assert!(mae < 1.0, "{name} {uses}: {mae}");
    });
}

#[test]
fn numbers_far_apart_and_targets_far_off() {
    let nets = all_tuples(5).into_iter().step_by(601);
    let nets: Vec<_> = nets
        .zip(0_i32..)
        .map(|(ids, row)| (ids, 1e12 + f64::from(row), 10_f64.powi(row * 10 - 150), f64::from(row)))
        .collect();
    odd(&rows(&nets), |name, uses, predicted| {
        assert!(predicted.iter().all(|one| (one - 1e12).abs() < 1e3), "{name} {uses}");
    });
}

#[test]
fn nothing_to_learn_from_is_an_error() {
    let folder = Folder::with("t.csv", "net,acc,x1\n\"(4, 0, 3, 1, 4, 3)\",,1\n");
    for name in names() {
        let fit = format!("fit t.csv --target acc --missing drop --predictor {name} -o m.graf");
        refused(&folder, &fit, 1, &["t.csv: the target is empty in all of its rows (1)"]);
    }
    assert_eq!(folder.listing(), ["t.csv"]);
}

/// The columns of a table of features.
fn header(folder: &Folder, featurize: &str) -> Vec<String> {
    csv(&folder.output(&format!("featurize {featurize} --keep none"))).0
}

#[test]
fn graf_plus_is_its_families() {
    let folder = folder();
    let families = "path_stats,random_walk,position,succession,signal,flops,params";
    let plus = header(&folder, "t.csv --families graf+");
    assert_eq!(plus, header(&folder, &format!("t.csv --families {families}")));
    let with = header(&folder, "t.csv --families op_count,graf+");
    assert_eq!(with, [header(&folder, "t.csv --families op_count"), plus.clone()].concat());
    folder.put("c.toml", "families = ['graf+']");
    assert_eq!(header(&folder, "t.csv --config c.toml"), plus);
    // Those that a space has: there is no `flops` of a graph neural network.
    folder.put("graph.csv", "link,ops\n0122,gat|gcn|gin|skip\n0000,fc|fc|fc|arma\n");
    let graph = header(&folder, "graph.csv --families graf+");
    let some = families.replace("flops,", "");
    assert_eq!(graph, header(&folder, &format!("graph.csv --families {some}")));
}

#[test]
fn networks_and_their_features_give_the_same_predictions() {
    let folder = folder();
    folder.output("featurize t.csv --families graf+ -o all.csv");
    folder.output("featurize t.csv --families graf+ --keep acc -o bare.csv");
    let plus = header(&folder, "t.csv --families graf+");
    for name in names() {
        let flags = format!("--target acc --predictor {name}");
        folder.output(&format!("fit t.csv {flags} --use graf+ -o t.graf"));
        assert_eq!(columns(&folder, "t.graf"), plus, "{name}");
        let wanted = folder.output("predict t.graf t.csv --keep acc");
        for input in ["all", "bare"] {
            folder.output(&format!("fit {input}.csv {flags} --use graf+ -o {input}.graf"));
            assert_eq!(columns(&folder, &format!("{input}.graf")), plus, "{name} {input}");
        }
        for (model, input) in
            [("t", "all"), ("t", "bare"), ("all", "t"), ("bare", "t"), ("bare", "bare")]
        {
            let text = folder.output(&format!("predict {model}.graf {input}.csv --keep acc"));
            assert_eq!(text, wanted, "{name}: {model} on {input}");
        }
    }
}

#[test]
fn features_of_the_paper_without_networks_predict_by_default() {
    let folder = folder();
    folder.output("featurize t.csv --keep acc -o bare.csv");
    folder.output("fit bare.csv --target acc -o bare.graf");
    assert_eq!(columns(&folder, "bare.graf"), header(&folder, "t.csv"));
    folder.output("fit t.csv --target acc --use graf -o t.graf");
    let wanted = folder.output("predict t.graf t.csv --keep acc");
    for (model, input) in [("bare", "bare"), ("bare", "t"), ("t", "bare")] {
        let text = folder.output(&format!("predict {model}.graf {input}.csv --keep acc"));
        assert_eq!(text, wanted, "{model} on {input}");
    }
    // With networks they are those of graf+, computed.
    folder.output("featurize t.csv -o with.csv");
    folder.output("fit with.csv --target acc --predictor ridge -o with.graf");
    assert_eq!(columns(&folder, "with.graf"), header(&folder, "t.csv --families graf+"));
    let compare = "compare bare.csv --target acc --predictor ridge --repeats 2 --train-size 20";
    let run = folder.run(compare).expect_success(compare);
    assert!(run.err.contains("graf+ (160)"), "{}", run.err);
}

#[test]
fn features_that_a_flag_chooses_predict_by_default() {
    let folder = folder();
    folder.put("c.toml", "columns = ['op_count(none)', 'min_path_len(none)']");
    for (flags, count) in [
        ("--families op_count", 5),
        ("--families graf+,op_count", 143 + 5),
        ("--config full", 160),
        ("--config c.toml", 2),
        ("--names zc-combine", 191),
        ("--max-subset-size 1", 5 + 5 + 5 + 15),
        ("--families op_count --use graf+,graf", 143 + 5),
    ] {
        let fit = format!("fit t.csv --target acc --predictor ridge -o m.graf {flags}");
        folder.output(&fit);
        assert_eq!(columns(&folder, "m.graf").len(), count, "{flags}");
        folder.output("predict m.graf t.csv");
        let compare = "compare t.csv --target acc --predictor ridge --repeats 2 --train-size 20";
        let run = folder.run(&format!("{compare} {flags}")).expect_success(flags);
        assert!(run.err.contains(&format!(" ({count})\n")), "{flags}: {}", run.err);
    }
}

#[test]
fn a_space_that_a_file_describes_has_graf_plus() {
    let spaces = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/spaces");
    for name in ["nasbench-macro", "nats-sss", "fbnet", "nds-nasnet"] {
        let folder = Folder::new();
        let space = spaces.join(name).with_extension("toml");
        std::fs::copy(&space, folder.at("space.toml")).unwrap();
        let nets = column(&folder.output("sample --space space.toml -n 60 -q"), "net");
        let table = nets.iter().fold("net,acc\n".to_owned(), |text, net| {
            let acc: u32 = net.chars().filter_map(|digit| digit.to_digit(10)).sum();
            text + &format!("\"{net}\",{acc}\n")
        });
        folder.put("t.csv", table);
        folder.output("fit t.csv --space space.toml --target acc --use graf+ -o m.graf");
        let plus = header(&folder, "t.csv --space space.toml --families graf+");
        assert_eq!(columns(&folder, "m.graf"), plus, "{name}");
        assert!(plus.iter().any(|name| name.contains("random_walk(")), "{name}");
        let measured = folder.output("eval --include-training m.graf t.csv --output-format json");
        let measured: Value = serde_json::from_str(&measured).unwrap();
        assert!(measured["kendall_tau"].as_f64().unwrap() > 0.7, "{measured}");
    }
}
