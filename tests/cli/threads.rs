//! Few threads, or none to be had.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};

use crate::cli::{Folder, all_tuples, tuple};

/// 120 networks with a made-up accuracy in `t.csv`, and others in `u.csv`.
fn folder() -> Folder {
    let table = |step| {
        let mut table = "net,acc\n".to_owned();
        for ids in all_tuples(5).into_iter().step_by(step) {
            let accuracy: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
            writeln!(table, "\"{}\",{accuracy}", tuple(&ids)).unwrap();
        }
        table
    };
    let folder = Folder::with("t.csv", table(131));
    folder.put("u.csv", table(313));
    folder
}

#[test]
fn one_thread_does_what_several_do() {
    let folder = folder();
    for arguments in [
        "featurize t.csv",
        "convert t.csv --to string",
        "enumerate --space nasbench201",
        "fit t.csv --target acc -o m.graf",
        "predict m.graf t.csv --interval 50,95",
        "eval m.graf t.csv --target acc --include-training",
        "compare t.csv --target acc --train-size 10,40 --repeats 2 --predictor forest --trees 5",
        "select t.csv --target acc --method forward --most 2",
        "suggest m.graf u.csv -n 3",
    ] {
        let one = folder.run(&format!("{arguments} --threads 1")).expect_success(arguments);
        let model = folder.listing().contains(&"m.graf".to_owned()).then(|| folder.bytes("m.graf"));
        for threads in [2, 5] {
            let several = folder.run(&format!("{arguments} --threads {threads}"));
            assert_eq!(one, several, "{arguments}");
            if let Some(model) = &model {
                assert!(*model == folder.bytes("m.graf"), "{arguments}");
            }
        }
    }
}

/// With one thread there is the main one, and one that waits for signals.
#[test]
fn one_thread_starts_no_other() {
    let threads = |most: &str| {
        let folder = Folder::new();
        let mut run = Command::new(env!("CARGO_BIN_EXE_graf"))
            .args(["featurize", "-", "--format", "text", "--threads", most])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = run.stdin.take().unwrap();
        let feeding = std::thread::spawn(move || {
            // Ends when the run does.
            while writeln!(input, "(4, 0, 3, 1, 4, 3)").is_ok() {}
        });
        let mut output = BufReader::new(run.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let count = fs::read_dir(format!("/proc/{}/task", run.id())).unwrap().count();
        run.kill().unwrap();
        run.wait().unwrap();
        feeding.join().unwrap();
        count
    };
    assert_eq!(threads("1"), 2);
    assert!(threads("3") >= 2 + 3);
}

/// Stacks that no address space has room for.
#[test]
fn threads_that_cannot_be_started_are_an_error() {
    let folder = folder();
    let run = |threads: &str| {
        Command::new(env!("CARGO_BIN_EXE_graf"))
            .args(["featurize", "t.csv", "-o", "out.csv", "--threads", threads])
            .env("RUST_MIN_STACK", (1_u64 << 47).to_string())
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let failed = run("2");
    assert_eq!(failed.status.code(), Some(1));
    let message = String::from_utf8(failed.stderr).unwrap();
    assert!(message.starts_with("error: no threads can be started ("), "{message}");
    assert!(message.contains("--threads 1"), "{message}");
    assert_eq!(folder.listing(), ["t.csv", "u.csv"]);
    assert!(run("1").status.success());
}
