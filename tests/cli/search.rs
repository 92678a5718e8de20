//! `graf search replay`, and a search that others train for: `graf search init`, `graf ask`, `graf tell`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::cli::{Folder, column, csv, floats, refused, refused_by_clap, tuple};

/// Every 61st network of NAS-Bench-201, with a smooth value that one of them has the most of.
fn table() -> String {
    let mut text = "net,acc,loss\n".to_owned();
    for ids in crate::cli::all_tuples(5).into_iter().step_by(61) {
        let acc: f64 = ids.iter().map(|&op| [0.0, -1.0, 2.0, 1.5, 0.5][op as usize]).sum();
        let last = f64::from(ids[5] == 2) + f64::from(ids[0] + 2 * ids[3]) / 100.0;
        writeln!(text, "\"{}\",{},{}", tuple(&ids), acc + last, -acc - last).unwrap();
    }
    text
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A predictor that is fitted at once.
const FAST: &str = "--predictor ridge";

#[test]
fn a_replay_tells_what_each_strategy_needs() {
    let folder = Folder::with("nets.csv", table());
    let replay = "search replay nets.csv --maximize acc --seeds 6 --budget 60 --regret 0.5 --predictor ridge --strategy auto,greedy,random";
    let found = json(&folder.output(&format!("{replay} --output-format json")));
    let rows = found.as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["strategy"].as_str().unwrap()).collect();
    assert_eq!(names, ["auto", "greedy", "random"]);
    for row in rows {
        for level in ["to_best", "to_top_0.1%", "to_regret_0.5"] {
            assert_eq!(row[level]["seeds"], 6, "{row}");
            assert!(row[level]["found"].as_u64().unwrap() <= 6, "{row}");
        }
        // A regret never grows, and is 0 once the best is found.
        let regret = |after: &str| row["regret"][after].as_f64().unwrap();
        assert!(regret("20") >= regret("50") && regret("50") >= 0.0, "{row}");
        assert!(row["regret"].get("100").is_none(), "the budget is 60: {row}");
    }
    // A linear model of a nearly linear target finds the best network; random networks seldom do.
    assert_eq!(rows[0]["to_best"]["found"], 6, "{found}");
    assert!(rows[0]["to_best"]["median"].as_f64().unwrap() < 40.0, "{found}");
    assert!(rows[0]["regret"]["50"].as_f64() < rows[2]["regret"]["50"].as_f64(), "{found}");
    // The same on any number of threads, and with the negative minimized.
    let one = folder.output(&format!("{replay} --output-format json --threads 1"));
    assert_eq!(json(&one), found);
    let turned = replay.replace("--maximize acc", "--minimize loss");
    let turned = json(&folder.output(&format!("{turned} --output-format json")));
    for (row, turned) in rows.iter().zip(turned.as_array().unwrap()) {
        assert_eq!(row["to_best"], turned["to_best"]);
    }
    let flat = folder.output(&format!("{replay} --output-format csv"));
    assert_eq!(column(&flat, "to_best.found")[0], "6");
    assert_eq!(floats(&flat, "regret_50.mean").first().copied(), rows[0]["regret"]["50"].as_f64());
}

#[test]
fn every_strategy_replays_each_network_once() {
    let few = table().lines().step_by(4).map(|line| format!("{line}\n")).collect::<String>();
    let folder = Folder::with("nets.csv", few);
    let strategies = "diverse,auto,greedy,uncertain,improvement,thompson,local,evolution,random";
    let command = format!(
        "search replay nets.csv --maximize acc --seeds 2 --budget 99 --batch 20 --output-format json \
         --predictor forest --trees 5 --strategy {strategies}"
    );
    for row in json(&folder.output(&command)).as_array().unwrap() {
        // With the whole table as the budget everybody finds the best network.
        assert_eq!(row["to_best"]["found"], 2, "{row}");
        assert!(row["to_best"]["most"].as_u64().unwrap() <= 65, "{row}");
    }
}

#[test]
fn what_cannot_be_replayed_is_refused() {
    let folder = Folder::with("nets.csv", table());
    let few: String = table().lines().take(6).map(|line| format!("{line}\n")).collect();
    folder.put("few.csv", few);
    folder.put(
        "flat.csv",
        table()
            .lines()
            .map(|line| {
                let (head, _) = line.rsplit_once(',').unwrap();
                let (net, last) = head.rsplit_once(',').unwrap();
                format!("{net},{}\n", if last == "acc" { "acc" } else { "1" })
            })
            .collect::<String>(),
    );
    folder.put("features.csv", "op_count(none),acc\n1,2\n3,4\n");
    refused(&folder, "search replay few.csv --maximize acc", 1, &["5 different networks", "16"]);
    refused(&folder, "search replay flat.csv --maximize acc", 1, &["all values of acc are equal"]);
    refused(&folder, "search replay nets.csv", 2, &["one objective", "--maximize"]);
    refused(&folder, "search replay nets.csv --maximize acc --minimize loss", 2, &["2 are named"]);
    refused(
        &folder,
        "search replay features.csv --maximize acc --use column:op*",
        2,
        &["no networks"],
    );
    refused_by_clap(
        &folder,
        "search replay nets.csv --maximize acc --strategy best",
        "choose from",
    );
}

/// A study on every 61st network.
fn study(arguments: &str) -> Folder {
    let folder = Folder::with("nets.csv", table());
    folder
        .output(&format!("search init run --space nasbench201 --pool nets.csv {FAST} {arguments}"));
    folder
}

/// The ids and encodings that `graf ask` writes.
fn asked(folder: &Folder, arguments: &str) -> Vec<(String, String)> {
    let text = folder.output(&format!("ask run --format csv {arguments}"));
    column(&text, "id").into_iter().zip(column(&text, "net")).collect()
}

fn status(folder: &Folder) -> Value {
    json(&folder.output("search status run --output-format json"))
}

#[test]
fn networks_are_asked_trained_and_told() {
    let folder = study("--maximize acc --start 8 --budget 20");
    let truth: BTreeMap<String, String> = {
        let (_, rows) = csv(&table());
        rows.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
    };
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        let networks = asked(&folder, "-n 4");
        assert_eq!(networks.len(), 4);
        for (id, net) in networks {
            assert!(seen.insert(id.clone()), "{net} is asked twice");
            let told =
                folder.graf().args(["tell", "run", &id, &format!("acc={}", truth[&net])]).output();
            assert!(told.unwrap().status.success());
        }
    }
    let over = folder.run("ask run");
    assert_eq!((over.code, over.out.as_str()), (Some(4), ""), "{}", over.err);
    assert!(over.err.contains("budget of 20"), "{}", over.err);
    let best = json(&folder.output("search best run -n 2 --output-format json"));
    let table = table();
    let most = floats(&table, "acc").into_iter().fold(f64::MIN, f64::max);
    assert_eq!(best[0]["values"]["acc"].as_f64(), Some(most), "{best}");
    // What was asked of a model says what it predicted.
    let exported = folder.output("search export run");
    let predicted = column(&exported, "acc.prediction");
    assert_eq!(predicted.iter().filter(|text| text.is_empty()).count(), 8, "{exported}");
    assert_eq!(status(&folder)["counts"]["done"], 20);
    // The export is a table to fit.
    folder.put("done.csv", exported);
    folder.output("fit done.csv --target acc -o m.graf --predictor ridge");
}

#[test]
fn shell_output_can_be_evaluated() {
    let folder = study("--maximize acc");
    let line = folder.output("ask run");
    let net = line.split_once(" net='").unwrap().1.trim_end().trim_end_matches('\'');
    assert!(net.starts_with('('), "{line}");
    let objects = json(&folder.output("ask run -n 3 --format json"));
    assert_eq!(objects.as_array().unwrap().len(), 3);
    assert_eq!(objects[0]["attempt"], 0);
}

#[test]
fn nothing_now_and_nothing_any_more_have_their_exit_codes() {
    let folder = study("--maximize acc --budget 2 --retries 0");
    let networks = asked(&folder, "-n 5");
    assert_eq!(networks.len(), 2, "the budget is 2");
    let later = folder.run("ask run");
    assert_eq!(later.code, Some(3), "{}", later.err);
    assert!(later.err.contains("2 not told yet"), "{}", later.err);
    folder.output(&format!("tell run {} acc=1", networks[0].0));
    folder.output(&format!("tell run {} --failed oom", networks[1].0));
    assert_eq!(folder.run("ask run").code, Some(4));
    let folder = study("--maximize acc --target 3");
    let (id, _) = asked(&folder, "")[0].clone();
    folder.output(&format!("tell run {id} acc=3"));
    let over = folder.run("ask run");
    assert_eq!(over.code, Some(4));
    assert!(over.err.contains("reached the target 3"), "{}", over.err);
}

#[test]
fn telling_twice_changes_nothing_and_any_encoding_will_do() {
    let folder = study("--maximize acc");
    let (id, net) = asked(&folder, "")[0].clone();
    folder.output(&format!("tell run {} acc=5", &id[..8]));
    let again = folder.run(&format!("tell run {id} acc=5"));
    assert!(again.err.contains("told before"), "{}", again.err);
    let files = || fs::read_dir(folder.at("run/events")).unwrap().count();
    let before = files();
    folder.output(&format!("tell run {id} acc=5"));
    assert_eq!(files(), before);
    // Another value: the mean counts, and it is said.
    let further = folder.run(&format!("tell run {id} acc=6"));
    assert!(further.err.contains("mean counts"), "{}", further.err);
    let best = json(&folder.output("search best run --output-format json"));
    assert_eq!(best[0]["values"]["acc"], 5.5);
    assert_eq!(best[0]["net"].as_str(), Some(&*net));
    // A network that nobody asked, as the benchmark itself writes it; with a value of its own.
    let word = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|";
    let told = folder.graf().args(["tell", "run", word, "acc=9", "epochs=12"]).output().unwrap();
    assert!(told.status.success());
    let exported = folder.output("search export run");
    assert_eq!(column(&exported, "epochs"), ["", "12"], "{exported}");
    // A table of them, of which one has no value yet.
    folder.put("more.csv", "net,acc\n\"(0, 0, 0, 0, 0, 2)\",1\n\"(0, 0, 0, 0, 2, 2)\",\n");
    let told = folder.run("tell run --from more.csv").expect_success("tell --from");
    assert!(told.err.contains("1 result told"), "{}", told.err);
    assert_eq!(status(&folder)["counts"]["done"], 3);
}

#[test]
fn what_cannot_be_told_is_refused() {
    let folder = study("--maximize acc");
    let (id, _) = asked(&folder, "")[0].clone();
    refused(&folder, &format!("tell run {id}"), 2, &["acc", "no value"]);
    refused(&folder, &format!("tell run {id} valacc=3"), 2, &["acc", "valacc was told"]);
    refused(&folder, &format!("tell run {id} acc=nan"), 2, &["not a finite number"]);
    refused(&folder, &format!("tell run {id} acc=1 acc=2"), 2, &["told twice"]);
    refused(
        &folder,
        "tell run 00000000000000000000000000000000 acc=1",
        2,
        &["no network of this study"],
    );
    refused(&folder, "tell run nonsense acc=1", 2, &["nonsense"]);
    refused(&folder, "tell . acc=1", 1, &["no study", "graf search init"]);
    refused(&folder, "ask nowhere", 1, &["no study"]);
    refused_by_clap(&folder, &format!("tell run {id} acc=high"), "not a number");
    refused(&folder, "search init run --space nasbench201 --maximize acc", 1, &["not empty"]);
    refused(&folder, "search init other --space nasbench201", 2, &["--maximize val_acc"]);
    refused(
        &folder,
        "search init other --space nasbench201 --maximize acc --where nonsense<1",
        1,
        &["nonsense"],
    );
    refused_by_clap(
        &folder,
        "search init other --space nasbench201 --maximize acc --where params",
        "expected <",
    );
    refused_by_clap(
        &folder,
        "search init other --space nasbench201 --maximize acc --lease 1w",
        "90s, 30m, 6h",
    );
    assert_eq!(status(&folder)["counts"]["done"], 0);
    assert!(!folder.at("other").exists());
}

#[test]
fn failed_released_and_expired_networks_are_asked_again_first() {
    let folder = study("--maximize acc --retries 1 --lease 2s");
    let first = asked(&folder, "-n 3");
    folder.output(&format!("tell run {} --release", first[1].0));
    let failed =
        folder.graf().args(["tell", "run", &first[0].0, "--failed", "out of memory"]).output();
    assert!(failed.unwrap().status.success());
    folder.output(&format!("touch run {}", first[2].0));
    // Released ones first, then those that failed.
    assert_eq!(asked(&folder, "-n 2"), [first[1].clone(), first[0].clone()]);
    folder.output(&format!("tell run {} --failed again", first[0].0));
    let now = status(&folder);
    assert_eq!(
        (&now["counts"]["failed"], &now["counts"]["pending"]),
        (&1.into(), &2.into()),
        "{now}"
    );
    assert_eq!(now["failures"][0]["reason"], "again");
    refused(&folder, &format!("touch run {}", first[0].0), 2, &["nobody trains it", "failed"]);
    sleep(Duration::from_millis(2100));
    assert_eq!(status(&folder)["counts"]["expired"], 2);
    let again: BTreeSet<_> = asked(&folder, "-n 2").into_iter().collect();
    assert_eq!(again, [first[1].clone(), first[2].clone()].into());
    sleep(Duration::from_millis(2100));
    // A late result still counts.
    folder.output(&format!("tell run {} acc=4", first[2].0));
    assert_eq!(status(&folder)["counts"]["done"], 1);
}

#[test]
fn torn_and_foreign_files_are_named_and_skipped() {
    let folder = study("--maximize acc");
    let networks = asked(&folder, "-n 2");
    folder.output(&format!("tell run {} acc=4", networks[0].0));
    let claim = folder.at("run/events").join(format!("{}.0.asked.json", networks[1].0));
    let text = fs::read_to_string(&claim).unwrap();
    fs::write(&claim, &text[..text.len() / 2]).unwrap();
    folder.put("run/events/notes.txt", "mine");
    let name = format!("run/events/{}.7.released.json", networks[0].0);
    folder.put(&name, text); // Not what its name says.
    let now = status(&folder);
    let skipped = now["skipped_files"].as_array().unwrap();
    assert_eq!(skipped.len(), 3, "{now}");
    assert!(skipped.iter().any(|file| file.as_str().unwrap().contains("torn")), "{now}");
    // A claim that cannot be read still holds.
    assert_eq!((&now["counts"]["done"], &now["counts"]["pending"]), (&1.into(), &1.into()));
    assert!(asked(&folder, "-n 3").iter().all(|one| *one != networks[1]));
    let shown = folder.output("search status run");
    assert!(shown.contains("notes.txt"), "{shown}");
}

#[test]
fn isomorphic_networks_are_one_and_conditions_hold() {
    let nets = [
        "(0, 2, 2, 2, 1, 2)",
        "(2, 0, 2, 1, 2, 2)",
        "(2, 2, 2, 2, 2, 2)",
        "(3, 3, 3, 3, 3, 3)",
        "(0, 0, 2, 1, 1, 1)",
    ];
    let folder = Folder::with(
        "nets.csv",
        nets.iter().fold("net,ms\n".to_owned(), |text, net| {
            text + &format!("\"{net}\",{}\n", net.matches('2').count())
        }),
    );
    folder.output(
        "search init run --space nasbench201 --pool nets.csv --maximize acc --where 'ms<4'"
            .replace('\'', "")
            .as_str(),
    );
    let networks = asked(&folder, "-n 9");
    let found: BTreeSet<&str> = networks.iter().map(|(_, net)| &**net).collect();
    let ids: BTreeSet<&String> = networks.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), networks.len());
    assert!(!found.contains("(2, 2, 2, 2, 2, 2)"), "{found:?}");
    assert!(!found.is_empty());
    // Analytic costs need no column.
    folder.output("search init small --space transbench101-macro --maximize acc --where analytic_params<3 --start 4");
    let text = folder.output("ask small -n 4 --format csv");
    folder.put("asked.csv", text);
    let costs = folder.output("featurize asked.csv --space transbench101-macro --use params");
    assert!(floats(&costs, "analytic_params").iter().all(|&params| params < 3.0), "{costs}");
}

#[test]
fn several_objectives_have_a_front() {
    let folder = study("--maximize acc --minimize ms --start 4");
    for turn in 0..4 {
        for (id, net) in asked(&folder, "-n 4") {
            let convolutions = net.matches('2').count();
            let told = format!("tell run {id} acc={} ms={}", convolutions * 2 + turn, convolutions);
            folder.output(&told);
        }
    }
    let front = json(&folder.output("search best run --output-format json"));
    let values: Vec<(f64, f64)> = front
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["values"]["acc"].as_f64().unwrap(), one["values"]["ms"].as_f64().unwrap()))
        .collect();
    assert!(!values.is_empty());
    for one in &values {
        let beats = |other: &&(f64, f64)| other.0 >= one.0 && other.1 <= one.1 && *other != one;
        assert_eq!(values.iter().find(beats), None, "{values:?}");
    }
    refused(
        &folder,
        "search init x --space nasbench201 --maximize a --minimize b --strategy evolution",
        1,
        &["one objective"],
    );
}
