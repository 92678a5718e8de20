//! Signals that end a run: no temporary file is left, and the exit status is that of shells.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::cli::Folder;

/// A run that writes a file and waits for more input. It hears signals that the parent of the tests ignores.
fn featurize(folder: &Folder, before: &[&str]) -> std::process::Child {
    Command::new("env")
        .args(before)
        .arg(env!("CARGO_BIN_EXE_graf"))
        .args(["featurize", "-", "--format", "text", "-o", "out.csv"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(signal: &str, run: &std::process::Child) {
    let arguments = [format!("-{signal}"), run.id().to_string()];
    assert!(Command::new("kill").args(arguments).status().unwrap().success());
}

#[test]
fn signals_leave_nothing_behind() {
    for (signal, status) in [
        ("INT", 130),
        ("TERM", 143),
        ("HUP", 129),
        ("QUIT", 131),
        ("USR1", 138),
        ("USR2", 140),
        ("XCPU", 152),
    ] {
        let folder = Folder::new();
        let mut run = featurize(&folder, &["--default-signal"]);
        let mut input = run.stdin.take().unwrap();
        while folder.listing().is_empty() {
            writeln!(input, "(4, 0, 3, 1, 4, 3)").unwrap();
        }
        send(signal, &run);
        assert_eq!(run.wait().unwrap().code(), Some(status), "{signal}");
        assert!(folder.listing().is_empty(), "{signal}: {:?}", folder.listing());
    }
}

#[test]
fn an_ignored_signal_stays_ignored() {
    let folder = Folder::new();
    let mut run = featurize(&folder, &["--ignore-signal=HUP"]);
    let mut input = run.stdin.take().unwrap();
    while folder.listing().is_empty() {
        writeln!(input, "(4, 0, 3, 1, 4, 3)").unwrap();
    }
    send("HUP", &run);
    writeln!(input, "(4, 0, 3, 1, 4, 2)").unwrap();
    drop(input);
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert_eq!(folder.listing(), ["out.csv"]);
}

#[test]
fn a_file_that_grows_too_long_is_an_error() {
    let folder = Folder::with("nets.txt", "(4, 0, 3, 1, 4, 3)\n".repeat(2_000));
    let script =
        format!("ulimit -f 64; exec {} featurize nets.txt -o out.csv", env!("CARGO_BIN_EXE_graf"));
    let run = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    let message = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(153), "{message}");
    assert!(message.starts_with("error: cannot write out.csv: File too large"), "{message}");
    assert_eq!(folder.listing(), ["nets.txt"]);
}
