//! Which values of a target are better: `--minimize` and `--maximize`, from `fit` to `compare`.

use std::fmt::Write as _;

use crate::cli::{
    Folder, all_tuples, column, csv, floats, inspect, refused, refused_by_clap, tuple,
};
use serde_json::Value;

const FAST: &str = "--predictor forest --trees 10";

/// How long a made-up network takes: its convolutions, and a little that no feature tells.
fn latency(row: usize, ids: [u32; 6]) -> f64 {
    let costs = ids.iter().map(|&op| [0.0, 1.0, 9.0, 4.0, 2.0][op as usize]);
    1.0 + costs.sum::<f64>() + (row % 7) as f64 / 8.0
}

/// `net,latency,speed,acc,more`: `speed` is the negative of `latency`, and `acc` and `more` go with
/// other operations.
fn table(rows: impl Iterator<Item = usize>) -> String {
    let mut text = "net,latency,speed,acc,more\n".to_owned();
    let all = all_tuples(5);
    for row in rows {
        let ids = all[row];
        let (net, slow) = (tuple(&ids), latency(row, ids));
        let acc = ids.iter().map(|&op| [3, 0, 5, 4, 1][op as usize]).sum::<i32>();
        writeln!(text, "\"{net}\",{slow},{},{acc},{}", -slow, 2 * acc + 1).unwrap();
    }
    text
}

fn folder() -> Folder {
    let folder = Folder::with("t.csv", table((0..15_625).step_by(101)));
    folder.put("pool.csv", table((50..15_625).step_by(97)));
    folder
}

fn json(folder: &Folder, arguments: &str) -> Value {
    serde_json::from_str(&folder.output(&format!("{arguments} --output-format json"))).unwrap()
}

/// Whether two JSON values have the same shape and texts, and numbers that are nearly the same.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() < 1e-9
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|o| alike(value, o)))
        }
        _ => one == other,
    }
}

#[test]
fn the_fastest_networks_come_first() {
    let folder = folder();
    let fit = format!("fit t.csv --target latency --minimize -o m.graf {FAST}");
    let run = folder.run(&fit).expect_success("fit");
    assert!(run.err.starts_with("graf: fitted latency (minimize) on 155 rows"), "{}", run.err);
    assert!(!run.err.contains("warning"), "{}", run.err);
    assert_eq!(inspect(&folder, "m.graf")["directions"], serde_json::json!(["minimize"]));
    let all = folder.output("predict m.graf pool.csv --keep net,latency");
    let mut sorted = csv(&all).1;
    sorted.sort_by(|one, other| {
        let number = |row: &[String]| row[2].parse::<f64>().unwrap();
        number(one).total_cmp(&number(other))
    });
    let run = folder.run("predict m.graf pool.csv --keep net,latency --top 3");
    let run = run.expect_success("--top");
    let (header, rows) = csv(&run.out);
    assert_eq!(header, ["net", "latency", "latency.prediction", "latency.std", "rank"]);
    let without_rank: Vec<_> = rows.iter().map(|row| row[..4].to_vec()).collect();
    assert_eq!(without_rank, sorted[..3]);
    assert_eq!(column(&run.out, "rank"), ["1", "2", "3"]);
    assert!(run.err.starts_with(
        "graf: 3 predictions of latency, the smallest first; the model was trained on "
    ));
    // They are among the fastest tenth, not among the slowest.
    let mut truth = floats(&all, "latency");
    truth.sort_by(f64::total_cmp);
    assert!(floats(&run.out, "latency").iter().all(|&one| one < truth[truth.len() / 10]));
}

#[test]
fn minimizing_is_maximizing_the_negative() {
    let folder = folder();
    for predictor in ["forest --trees 10", "boost --rounds 30", "gp", "ridge", "auto"] {
        for (target, flag) in [("latency", "--minimize"), ("speed", "--maximize")] {
            let fit = format!("fit t.csv --target {target} {flag} --predictor {predictor}");
            folder.output(&format!("{fit} -o {target}.graf"));
        }
        let [one, other] = ["latency", "speed"].map(|target| {
            let sorted = folder.output(&format!("predict {target}.graf pool.csv --sort"));
            let predicted = floats(&sorted, &format!("{target}.prediction"));
            (column(&sorted, "net"), column(&sorted, "rank"), predicted)
        });
        let apart = one.2.iter().zip(&other.2).map(|(one, other)| (one + other).abs());
        assert!(apart.fold(0.0, f64::max) < 1e-6, "{predictor}");
        assert_eq!((one.0.len(), &one.1), (161, &other.1), "{predictor}");
        assert_eq!(one.0, other.0, "{predictor}");
        let [one, other] = ["latency", "speed"].map(|target| {
            let mut measured =
                json(&folder, &format!("eval --include-training {target}.graf pool.csv"));
            for key in ["target", "direction"] {
                measured.as_object_mut().unwrap().remove(key);
            }
            measured
        });
        assert!(alike(&one, &other), "{predictor}: {one} {other}");
        assert!(one["precision@10"].as_f64().unwrap() > 0.2, "{predictor}: {one}");
    }
}

#[test]
fn suggestions_follow_the_direction() {
    let folder = folder();
    for (target, flag) in [("latency", "--minimize"), ("speed", "--maximize")] {
        folder.output(&format!("fit t.csv --target {target} {flag} -o {target}.graf {FAST}"));
    }
    for strategy in ["diverse", "uncertain", "improvement", "thompson"] {
        let [one, other] = ["latency", "speed"].map(|target| {
            let words = format!("{target}.graf pool.csv --known t.csv -n 5 --strategy {strategy}");
            let run = folder.run(&format!("suggest {words}")).expect_success(strategy);
            let best = if target == "latency" { "latency: 1" } else { "speed: -1" };
            assert!(run.err.contains(&format!("best known {best}")), "{}", run.err);
            (column(&run.out, "net"), floats(&run.out, "score"))
        });
        assert_eq!(one.0, other.0, "{strategy}");
        let sign = if strategy == "thompson" { -1.0 } else { 1.0 };
        let pairs = one.1.iter().zip(&other.1);
        assert!(pairs.clone().all(|(one, other)| (one - sign * other).abs() < 1e-9), "{strategy}");
    }
    let of = |words: &str| {
        let predicted = floats(&folder.output(words), "latency.prediction");
        predicted.iter().sum::<f64>() / predicted.len() as f64
    };
    let fastest = of("suggest latency.graf pool.csv -n 5 --strategy improvement");
    let all = of("predict latency.graf pool.csv");
    assert!(fastest < all, "{fastest} and {all}");
}

#[test]
fn experiments_follow_the_direction() {
    let folder = folder();
    let metrics = "kendall_tau,kendall_tau@top20%,regret@5,precision@5,ndcg@5";
    for more in ["--choose random,improvement,thompson", "--folds 4"] {
        let [one, other] = ["--minimize latency", "--maximize speed"].map(|target| {
            let words =
                format!("compare t.csv {target} --metric {metrics} --repeats 3 {FAST} {more}");
            let words =
                if more.starts_with("--folds") { words } else { words + " --train-size 20,40" };
            let text = json(&folder, &words).to_string().replace("\"speed\"", "\"latency\"");
            serde_json::from_str::<Value>(&text).unwrap()
        });
        assert!(alike(&one, &other), "{more}: {one}\n{other}");
    }
    // Runs that were made in another direction are not mistaken for these.
    let words = format!("compare t.csv --target latency --metric regret@5 --repeats 2 {FAST}");
    let words = format!("{words} --train-size 20 --runs runs.csv");
    for flag in ["--minimize", "--maximize", "--minimize"] {
        folder.output(&format!("{words} {flag}"));
    }
    assert_eq!(csv(&folder.get("runs.csv")).1.len(), 4);
    // What is learned may have the other direction than what is measured.
    let both = "compare t.csv --train-target acc --test-target latency --train-size 40 --repeats 2";
    let of =
        |flag: &str| json(&folder, &format!("{both} {FAST} --metric precision@40 {flag} latency"));
    let [fast, slow] = ["--minimize", "--maximize"]
        .map(|flag| of(flag)[0]["metrics"]["precision@40"]["mean"].as_f64().unwrap());
    assert!(fast < slow, "{fast} {slow}: better networks are the slower ones");
}

#[test]
fn features_are_selected_by_a_score_without_direction() {
    let folder = folder();
    let [one, other] = ["latency", "speed"].map(|target| {
        let words = format!("select t.csv --target {target} --method forward --most 3");
        let text = folder.output(&format!("{words} --use op_count --train-size 100 -q"));
        text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    });
    assert_eq!(one, other);
}

#[test]
fn an_open_direction_is_told_and_what_depends_on_it_refused() {
    let folder = folder();
    let run = folder.run(&format!("fit t.csv --target latency -o m.graf {FAST}"));
    let warning = "  warning: whether greater or smaller values of latency are better is not stated; \
                   state it with --minimize or --maximize";
    assert!(run.expect_success("fit").err.contains(warning));
    assert_eq!(inspect(&folder, "m.graf")["directions"], serde_json::json!([null]));
    let parts = ["latency", "--minimize or --maximize"];
    for command in [
        "predict m.graf pool.csv --top 3",
        "predict m.graf pool.csv --sort",
        "suggest m.graf pool.csv -n 3",
        "suggest m.graf pool.csv -n 3 --strategy improvement",
        "compare t.csv --target latency --train-size 20 --metric regret@5",
        "compare t.csv --target latency --train-size 20 --choose random,improvement",
        "compare t.csv --train-target acc --test-target latency --train-size 20 --metric ndcg@5",
    ] {
        refused(&folder, command, 2, &parts);
    }
    // What does not depend on it works.
    folder.output("predict m.graf pool.csv");
    let measured = json(&folder, "eval --include-training m.graf pool.csv");
    assert!(measured["kendall_tau"].as_f64().unwrap() > 0.5, "{measured}");
    assert!(measured["direction"].is_null() && measured.get("regret@10").is_none(), "{measured}");
    let run = folder.run("eval --include-training m.graf pool.csv").expect_success("eval");
    let left_out = "graf: skipped kendall_tau@top10%, precision@10, regret@10, ndcg@10: whether ";
    assert!(run.err.starts_with(left_out), "{}", run.err);
    assert!(run.out.contains("spearman") && !run.out.contains("ndcg"), "{}", run.out);
    folder.output(&format!("compare t.csv --target latency --train-size 20 --repeats 2 {FAST}"));
    folder.output(&format!(
        "compare t.csv --target latency --train-size 20 --repeats 2 --choose random,diverse {FAST}"
    ));
    // Each command can state it.
    folder.output(&format!("fit t.csv --target latency --minimize -o stated.graf {FAST}"));
    for command in ["predict", "eval", "suggest"] {
        let more = match command {
            "predict" => "--top 3",
            "suggest" => "-n 3 --strategy improvement",
            _ => "",
        };
        let told = folder.output(&format!("{command} m.graf pool.csv {more} --minimize"));
        assert_eq!(told, folder.output(&format!("{command} stated.graf pool.csv {more}")));
        refused(
            &folder,
            &format!("{command} stated.graf pool.csv {more} --maximize"),
            2,
            &["the model was fitted to minimize latency"],
        );
    }
}

#[test]
fn of_a_plain_name_greater_is_better_unless_stated() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o m.graf {FAST}"));
    // As in models of earlier versions, nothing is kept.
    assert!(!String::from_utf8_lossy(&folder.bytes("m.graf")).contains("\"directions"));
    assert_eq!(inspect(&folder, "m.graf")["directions"], serde_json::json!(["maximize"]));
    let greatest = folder.run("predict m.graf pool.csv --sort").expect_success("--sort");
    assert!(floats(&greatest.out, "acc.prediction").is_sorted_by(|one, next| one >= next));
    assert!(greatest.err.contains("predictions of acc, the greatest first; "), "{}", greatest.err);
    // What was only assumed gives way.
    let smallest = folder.output("predict m.graf pool.csv --sort --minimize");
    assert!(floats(&smallest, "acc.prediction").is_sorted());
    folder.output(&format!("fit t.csv --maximize acc -o stated.graf {FAST}"));
    refused(&folder, "predict stated.graf pool.csv --top 1 --minimize", 2, &["maximize acc"]);
}

#[test]
fn ranks_are_shared_by_equal_predictions() {
    let folder = folder();
    let fit = format!("fit t.csv --target latency --minimize --max-depth 2 -o m.graf {FAST}");
    folder.output(&fit);
    let sorted = folder.output("predict m.graf pool.csv --sort");
    let (predicted, ranks) = (floats(&sorted, "latency.prediction"), floats(&sorted, "rank"));
    assert_eq!(predicted.len(), 161);
    for (one, rank) in predicted.iter().zip(&ranks) {
        let better = predicted.iter().filter(|&other| other < one).count();
        assert!((*rank - (better + 1) as f64).abs() < 1e-12, "{one} {rank}");
    }
    assert!(
        ranks.is_sorted_by(|one, next| one <= next) && !ranks.is_sorted_by(|one, next| one < next),
        "there are ties"
    );
    let (header, rows) = csv(&sorted);
    for top in [1, 40, 161, 500] {
        let text = folder.output(&format!("predict m.graf pool.csv --top {top}"));
        assert_eq!(csv(&text), (header.clone(), rows[..top.min(161)].to_vec()));
        assert_eq!(text, folder.output(&format!("predict m.graf pool.csv -n {top}")));
        let text = folder.output(&format!("predict m.graf pool.csv --sort --top {top}"));
        assert_eq!(csv(&text).1.len(), top.min(161));
    }
    // Without an order there are no ranks.
    let all = folder.output("predict m.graf pool.csv");
    assert_eq!(csv(&all).0, ["net", "latency.prediction", "latency.std"]);
    assert_eq!(column(&all, "net"), column(&folder.get("pool.csv"), "net"));
    // A column of that name stays what it is, or is left out.
    folder.put("ranked.csv", folder.get("pool.csv").replace("more", "rank"));
    refused(&folder, "predict m.graf ranked.csv --top 3 --keep all", 2, &["two columns `rank`"]);
}

#[test]
fn each_of_several_targets_has_its_own_direction() {
    let folder = folder();
    let fits = [
        "--target acc --minimize latency",
        "--target acc --target latency --minimize latency",
        "--target acc --target latency --minimize=latency",
    ];
    for (place, targets) in fits.into_iter().enumerate() {
        folder.output(&format!("fit t.csv {targets} -o {place}.graf {FAST}"));
        assert_eq!(folder.bytes(&format!("{place}.graf")), folder.bytes("0.graf"), "{targets}");
    }
    let shown = inspect(&folder, "0.graf");
    assert_eq!(shown["targets"], serde_json::json!(["acc", "latency"]));
    assert_eq!(shown["directions"], serde_json::json!(["maximize", "minimize"]));
    let predict = "predict 0.graf pool.csv";
    refused(&folder, &format!("{predict} --top 3"), 2, &["acc, latency", "--by"]);
    refused(&folder, &format!("{predict} --top 3 --by x"), 2, &["x is not a target"]);
    refused(&folder, &format!("{predict} --by acc"), 2, &["--top or --sort"]);
    refused(&folder, &format!("{predict} --minimize acc"), 2, &["--top or --sort"]);
    let fastest = folder.run(&format!("{predict} --top 20 --by latency")).expect_success("--by");
    assert!(floats(&fastest.out, "latency.prediction").is_sorted());
    let note = "graf: 20 predictions of acc, latency, ranked by latency, the smallest first; ";
    assert!(fastest.err.starts_with(note), "{}", fastest.err);
    let best = folder.output(&format!("{predict} --top 20 --by acc"));
    assert!(floats(&best, "acc.prediction").is_sorted_by(|one, next| one >= next));
    let suggest = "suggest 0.graf pool.csv -n 3 --strategy improvement";
    refused(&folder, suggest, 2, &["--by"]);
    let chosen = folder.run(&format!("{suggest} --by latency --known t.csv"));
    assert!(chosen.expect_success("--by").err.contains("best known latency: 1"));
    refused(
        &folder,
        "suggest pool.csv -n 3 --minimize",
        2,
        &["--minimize, --maximize and --by are for the targets of a model"],
    );
    for (targets, part) in [
        ("--target acc --target latency --minimize", "--minimize alone is for a single target"),
        ("--target acc --minimize acc --maximize acc", "--minimize and --maximize for the same"),
        ("--target acc --minimize --maximize", "--minimize and --maximize for the same"),
        ("--minimize", "--minimize alone is for a single target"),
        ("--target acc --minimize gone", "`gone` not found"),
    ] {
        refused(&folder, &format!("fit t.csv {targets} -o n.graf"), 2, &[part]);
    }
    for command in [
        "fit --target latency --minimize t.csv -o n.graf",
        "compare --target latency --minimize t.csv",
        "predict --maximize 0.graf pool.csv --top 3",
        "eval --include-training --minimize 0.graf pool.csv",
        "fit --target latency --minimize - -o n.graf",
    ] {
        refused_by_clap(
            &folder,
            command,
            "it is a file, not a target; put the flag after the files",
        );
    }
    let both = "compare t.csv --train-target acc --test-target latency --train-size 20";
    refused(&folder, &format!("{both} --minimize more"), 2, &["more is not a target"]);
}

#[test]
fn truth_in_another_column_has_a_direction_too() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target acc -o acc.graf {FAST}"));
    let eval = "eval --include-training acc.graf pool.csv --target";
    // `more` grows with `acc`; of a latency nobody knows.
    assert_eq!(json(&folder, &format!("{eval} more"))["direction"], "maximize");
    let open = json(&folder, &format!("{eval} latency"));
    assert!(open["direction"].is_null() && open.get("precision@10").is_none(), "{open}");
    let fast = json(&folder, &format!("{eval} latency --minimize"));
    let slow = json(&folder, &format!("{eval} latency --maximize"));
    assert!(alike(&fast["kendall_tau"], &slow["kendall_tau"]), "{fast} {slow}");
    let negative = json(&folder, &format!("{eval} speed"));
    for metric in ["precision@10", "regret@10", "ndcg@10"] {
        assert!(alike(&fast[metric], &negative[metric]), "{metric}: {fast} {negative}");
    }
    refused(&folder, &format!("{eval} latency --minimize speed"), 2, &["speed is not a target"]);
}

#[test]
fn scores_of_benchmarks_have_one_direction() {
    let folder = folder();
    let entry = |name: &str, target: &str, direction: &str| {
        format!(
            "[[benchmark]]\nname = \"{name}\"\ninputs = [\"t.csv\"]\ntarget = \"{target}\"\n{direction}\n"
        )
    };
    let minimize = "direction = \"minimize\"";
    folder.put("open.toml", entry("a", "acc", "") + &entry("l", "latency", ""));
    let parts = ["benchmark l: ", "values of latency", "direction = \"minimize\""];
    refused(&folder, "fit --benchmarks open.toml -o m.graf", 2, &parts);
    refused(&folder, "compare --train-on open.toml", 2, &parts);
    folder.put("wrong.toml", entry("l", "latency", "direction = \"down\""));
    refused(
        &folder,
        "fit --benchmarks wrong.toml -o m.graf",
        2,
        &["key `direction`", "`maximize` or `minimize`"],
    );
    folder.put("turned.toml", entry("a", "acc", "") + &entry("l", "latency", minimize));
    folder.put("plain.toml", entry("a", "acc", "") + &entry("l", "speed", ""));
    for name in ["turned", "plain"] {
        folder.output(&format!("fit --benchmarks {name}.toml -o {name}.graf {FAST}"));
    }
    let [one, other] = ["turned", "plain"]
        .map(|name| folder.output(&format!("predict {name}.graf pool.csv --sort")));
    assert_eq!(one, other);
    let shown = inspect(&folder, "turned.graf");
    assert_eq!(shown["directions"], serde_json::json!(["maximize"]));
    assert_eq!(shown["learned_on"][1]["direction"], "minimize");
    let matrix = |name| json(&folder, &format!("compare --train-on {name}.toml {FAST}"));
    assert!(alike(&matrix("turned"), &matrix("plain")));
    for flag in ["--minimize", "--maximize acc"] {
        let run = folder.run(&format!("fit --benchmarks plain.toml -o m.graf {flag}"));
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(run.err.contains("cannot be used with"), "{}", run.err);
    }
}

#[test]
fn a_prior_without_labels_turns_with_the_direction() {
    let folder = folder();
    folder.output(&format!("fit t.csv --target latency --use shared -o open.graf {FAST}"));
    for flag in ["--minimize", "--maximize"] {
        let words = format!("fit t.csv --target latency --use shared {flag}");
        folder.output(&format!("{words} -o {}.graf {FAST}", &flag[2..]));
    }
    folder.output(&format!("fit t.csv --target speed --use shared -o speed.graf {FAST}"));
    let compare =
        "compare pool.csv --train-size 0,20 --repeats 1 --metric kendall_tau,precision@20";
    let of = |prior: &str, target: &str| {
        let text = json(&folder, &format!("{compare} {FAST} --prior {prior}.graf {target}"));
        // Of the predictor with the prior: without labels, and with twenty.
        let found: Vec<Value> = text.as_array().unwrap().clone();
        let started = found.iter().filter(|one| one["predictor"] == "forest+prior");
        started.map(|one| one["metrics"].clone()).collect::<Vec<_>>()
    };
    let tau = |metrics: &Value| metrics["kendall_tau"]["mean"].as_f64().unwrap();
    let same = of("minimize", "--target latency --minimize");
    assert!(tau(&same[0]) > 0.3, "{same:?}");
    // What is fast there is good here.
    let fast_is_good = of("minimize", "--target acc");
    let slow_is_good = of("maximize", "--target acc");
    assert!(alike(&fast_is_good[0], &of("speed", "--target acc")[0]));
    assert!((tau(&fast_is_good[0]) + tau(&slow_is_good[0])).abs() < 1e-9);
    // Runs with a prior of the other direction are not those of this one.
    for prior in ["minimize", "maximize"] {
        folder
            .output(&format!("{compare} {FAST} --prior {prior}.graf --target acc --runs runs.csv"));
    }
    let runs = folder.get("runs.csv");
    let (header, rows) = csv(&runs);
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let [size, by, tau] = ["train_rows", "predictor", "kendall_tau"].map(place);
    let is_alone = |row: &&Vec<String>| row[size] == "0" && row[by] == "forest+prior";
    let alone: Vec<f64> =
        rows.iter().filter(is_alone).map(|row| row[tau].parse().unwrap()).collect();
    assert_eq!(alone.len(), 2, "{runs}");
    assert!((alone[0] + alone[1]).abs() < 1e-9, "{runs}");
    // Labels tell the sign: what was stated makes no difference to them.
    assert!(alike(&fast_is_good[1], &slow_is_good[1]));
    let words = format!("{compare} {FAST}");
    refused(
        &folder,
        &format!("{words} --prior open.graf --target acc"),
        2,
        &["fit the prior with"],
    );
    refused(
        &folder,
        &format!("{compare} {FAST} --metric spearman --prior minimize.graf --target latency")
            .replace("--metric kendall_tau,precision@20 ", ""),
        2,
        &["a prior without labels depends on"],
    );
}
