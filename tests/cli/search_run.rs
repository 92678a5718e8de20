//! `graf search run`, and processes that are killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Folder, column, refused, refused_by_clap};

/// A study of the chains of four to six stages, whose value is told by their encoding.
fn study(arguments: &str) -> Folder {
    let folder = Folder::new();
    folder.output(&format!(
        "search init run --space transbench101-macro --maximize val_acc --predictor ridge --start 4 {arguments}"
    ));
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/train.sh"), folder.at("train.sh"))
        .unwrap();
    folder
}

fn run(folder: &Folder, command: &str, arguments: &str) -> crate::cli::Run {
    let mut words = vec!["search", "run", "run", "--command", command];
    words.extend(arguments.split_whitespace());
    folder.run_with(&words, Vec::new())
}

fn status(folder: &Folder) -> Value {
    serde_json::from_str(&folder.output("search status run --output-format json")).unwrap()
}

#[test]
fn the_example_script_is_searched() {
    let folder = study("");
    let done = run(&folder, "./train.sh {net}", "--jobs 2 --budget 12").expect_success("run");
    assert!(done.err.contains("the budget of 12 trainings is spent"), "{}", done.err);
    assert!(done.out.contains("val_acc=8"), "{}", done.out);
    let now = status(&folder);
    assert_eq!(now["counts"]["done"], 12, "{now}");
    // What a training writes is kept.
    let logs: Vec<_> = fs::read_dir(folder.at("run/logs")).unwrap().collect();
    assert_eq!(logs.len(), 12);
    let log = fs::read_to_string(logs[0].as_ref().unwrap().path()).unwrap();
    assert!(log.contains("training (") && log.contains("val_acc="), "{log}");
    // It goes on where it was.
    run(&folder, "./train.sh {net}", "--budget 14").expect_success("again");
    assert_eq!(status(&folder)["counts"]["done"], 14);
    let over = run(&folder, "./train.sh {net}", "--patience 1 --budget 99").expect_success("over");
    assert!(
        over.err.contains("nothing better")
            || status(&folder)["counts"]["done"].as_u64() > Some(14),
        "{}",
        over.err
    );
}

#[test]
fn failures_are_kept_and_bounded() {
    let folder = study("--retries 0 --budget 3");
    let command = "echo {net}; echo broken disk >&2; exit 7";
    run(&folder, command, "").expect_success("run");
    let now = status(&folder);
    assert_eq!(now["counts"]["failed"], 3, "{now}");
    let reason = now["failures"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("exit status: 7") && reason.contains("broken disk"), "{reason}");
    assert_eq!(folder.run("ask run").code, Some(4));
    let folder = study("");
    let failed = run(&folder, "exit 1 # {net}", "");
    assert_eq!(failed.code, Some(1), "{}", failed.err);
    assert!(failed.err.contains("10 trainings in a row failed"), "{}", failed.err);
    let folder = study("--retries 0 --budget 2");
    run(&folder, "echo {net}", "").expect_success("no value");
    let reason = status(&folder)["failures"][0]["reason"].to_string();
    assert!(reason.contains("not val_acc=NUMBER"), "{reason}");
    refused_by_clap(&folder, "search run run --command true", "{net}");
    refused(&folder, "search run nowhere --command {net}", 1, &["no study"]);
}

#[test]
fn a_training_that_takes_too_long_is_ended_with_what_it_started() {
    let folder = study("--retries 0 --budget 1");
    let begun = Instant::now();
    let mark = folder.at("mark").display().to_string();
    let command = format!("(sleep 4; touch {mark}) & sleep 60; echo {{net}}");
    run(&folder, &command, "--timeout 1s").expect_success("run");
    assert!(begun.elapsed() < Duration::from_secs(30));
    let reason = status(&folder)["failures"][0]["reason"].to_string();
    assert!(reason.contains("took too long"), "{reason}");
    thread::sleep(Duration::from_secs(5));
    assert!(!folder.at("mark").exists(), "what it started has gone on");
}

#[test]
fn the_resumed_search_is_the_undisturbed_one() {
    let order = |folder: &Folder| column(&folder.output("search export run"), "net");
    let undisturbed = study("--budget 14");
    run(&undisturbed, "./train.sh {net}", "").expect_success("run");
    let folder = study("--budget 14");
    let bin = env!("CARGO_BIN_EXE_graf");
    for _ in 0..3 {
        let mut child = Command::new(bin)
            .args(["search", "run", "run", "--command", "SECONDS_PER_NETWORK=0.2 ./train.sh {net}"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(1200));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    }
    run(&folder, "./train.sh {net}", "").expect_success("resume");
    assert_eq!(order(&folder), order(&undisturbed));
    let now = status(&folder);
    assert_eq!(
        (&now["counts"]["done"], &now["skipped_files"]),
        (&14.into(), &Value::Array(Vec::new()))
    );
}

/// Asks and tells from eight threads, some of them killed, until all networks are trained.
#[test]
fn nothing_is_lost_or_repeated_when_processes_are_killed() {
    let networks = 48;
    let folder = Folder::new();
    let space = folder.output("enumerate --space transbench101-macro --unique");
    let pool: String = space.lines().take(networks + 1).map(|line| format!("{line}\n")).collect();
    folder.put("pool.csv", pool);
    folder.output(
        "search init run --space transbench101-macro --maximize acc --pool pool.csv --strategy random --lease 4s",
    );
    let bin = env!("CARGO_BIN_EXE_graf");
    let told: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let (repeated, kills, turn) =
        (Mutex::new(BTreeSet::new()), AtomicUsize::new(0), AtomicUsize::new(0));
    let graf = |arguments: &[&str]| {
        let child = Command::new(bin)
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.unwrap();
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        if turn % 5 == 4 {
            thread::sleep(Duration::from_millis((turn as u64 * 7) % 60));
            if child.try_wait().unwrap().is_none() {
                kills.fetch_add(1, Ordering::Relaxed);
            }
            child.kill().unwrap();
        }
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let known: BTreeSet<String> = told.lock().unwrap().keys().cloned().collect();
                    let (code, line) = graf(&["ask", "run"]);
                    match code {
                        Some(0) => {}
                        Some(4) => return,
                        Some(3) => {
                            thread::sleep(Duration::from_millis(300));
                            continue;
                        }
                        None => continue, // Killed.
                        other => panic!("{other:?}"),
                    }
                    let id = line.split('\'').nth(1).unwrap().to_owned();
                    if known.contains(&id) {
                        repeated.lock().unwrap().insert(id.clone());
                    }
                    let value = format!("acc={}", id.len() + usize::from(id.starts_with('a')));
                    if graf(&["tell", "run", &id, &value]).0 == Some(0) {
                        *told.lock().unwrap().entry(id).or_default() += 1;
                    }
                }
            });
        }
    });
    assert_eq!(*repeated.lock().unwrap(), BTreeSet::new(), "asked after they were told");
    let now = status(&folder);
    assert_eq!(now["counts"]["done"], networks, "{now}");
    assert_eq!(now["skipped_files"], Value::Array(Vec::new()));
    let exported = folder.output("search export run");
    let ids: BTreeSet<String> = column(&exported, "id").into_iter().collect();
    for id in told.lock().unwrap().keys() {
        assert!(ids.contains(id), "{id} was told and is lost");
    }
    assert!(kills.load(Ordering::Relaxed) > 0, "nothing was killed");
}
