//! `graf featurize`, `fit` and `predict` as a user runs them, from file to file: wall time (median of
//! five) and peak memory. `cargo bench --bench end_to_end`; with `GRAF_DATA` also on the dumps in its
//! folder `data`.
//! `cargo bench --bench end_to_end -- --long` adds five million lines.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may fail loudly")]

#[path = "../tests/common/networks.rs"]
mod networks;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

const RUNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let input = |name: &str| folder.path().join(name);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<60} {:>8} {:>10}", "from file to file, two threads", "seconds", "peak MiB")
        .unwrap();

    let spaces = input("nb201.txt");
    write_lines(&spaces, (0..15_625).map(nb201));
    report(&mut out, "201, all 15,625 networks, 160 columns → csv", &spaces, &[]);
    let darts = input("darts.txt");
    let mut rng = StdRng::seed_from_u64(42);
    write_lines(&darts, (0..11_221).map(|_| networks::random("nasbench301", &mut rng)));
    let zc = ["--names", "zc-combine"];
    report(&mut out, "301, 11,221 random networks, 1,540 columns → csv", &darts, &zc);
    let cells = input("nb101.jsonl.gz");
    write_nb101(&cells);
    report(&mut out, "101, 20,000 random cells, 45 columns: jsonl.gz → csv", &cells, &[]);
    let bundled =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nas-bench-graph/nas-bench-graph.csv.gz");
    report(&mut out, "Graph, 26,206 networks, 279 columns: csv.gz → csv", &bundled, &[]);

    let dumps = Path::new(&std::env::var("GRAF_DATA").unwrap_or_default()).join("data");
    for (name, file, flags) in [
        ("dump nb101_20000.jsonl.gz, 45 columns", "nasbench101/nb101_20000.jsonl.gz", &[][..]),
        ("dump archs_nasbench301.json, 1,540 columns", "nasbench301/archs_nasbench301.json", &zc),
    ] {
        let file = dumps.join(file);
        if file.is_file() {
            report(&mut out, name, &file, flags);
        }
    }
    learn(&mut out, folder.path(), &dumps);
    if std::env::args().any(|argument| argument == "--long") {
        let long = input("long.txt");
        write_lines(&long, (0..5_000_000).map(nb201));
        let (time, peak) = run(&featurize(&long, &input("out.csv"), &[]));
        line(&mut out, "201, 5,000,000 lines → csv (one run)", time, peak);
    }
}

/// The default predictor, fitted on 1,024 networks, predicts many: on NAS-Bench-201 the 15,625 networks of the space
/// twenty times, on NAS-Bench-101 cells of which no two are isomorphic.
fn learn(out: &mut impl Write, folder: &Path, dumps: &Path) {
    let (train, model) = (folder.join("train.csv"), folder.join("model.graf"));
    let (asked, predicted) = (folder.join("asked.txt"), folder.join("predicted.csv"));
    let made_up = |network: &str, row: usize| {
        let worth = |token: char| "30961".chars().position(|other| other == token).unwrap_or(0);
        format!("\"{network}\",{}", network.chars().map(worth).sum::<usize>() + row * 37 % 8)
    };
    let table = |networks: &[String]| {
        let rows = networks.iter().zip(0..).map(|(network, row)| made_up(network, row));
        std::iter::once("net,accuracy".to_owned()).chain(rows).collect::<Vec<_>>()
    };
    let cells = different_cells(folder);
    // A prime: the networks are different, and spread.
    let spread: Vec<_> = (0..1024).map(|row| nb201(row * 6_007)).collect();
    let whole_space: Vec<_> = (0..312_500).map(nb201).collect();
    let mut tables = vec![
        ("nasbench201", "accuracy", "made-up targets", table(&spread), &whole_space[..]),
        (
            "nasbench101",
            "accuracy",
            "made-up targets",
            table(&cells[..1024]),
            &cells[1024..101_024],
        ),
    ];
    if let Ok(text) = fs::read_to_string(dumps.join("nasbench201/nb201_valid_nets.csv")) {
        // Its networks stand in no order: the first are as good as any.
        let lines = text.lines().take(1 + 1024).map(str::to_owned).collect();
        tables.push(("nasbench201", "val_accs", "the dump's", lines, &whole_space));
    }
    for (space, target, name, lines, networks) in tables {
        write_lines(&train, lines.into_iter());
        write_lines(&asked, networks.iter().cloned());
        let flags = ["--space", space];
        let options = ["--target", target, "--use", "graf+"];
        let fit = command("fit", &train, &model, &[&flags[..], &options].concat());
        measure(out, &format!("fit: {space}, 1,024 networks, {name}"), &fit);
        let mut predict = command("predict", &model, &predicted, &flags);
        predict.push(asked.clone().into());
        measure(out, &format!("predict: {space}, {} networks, {name}", networks.len()), &predict);
    }
}

/// All 423,624 cells of NAS-Bench-101, one for each isomorphism class, in random order.
fn different_cells(folder: &Path) -> Vec<String> {
    let file = folder.join("cells.csv");
    let mut enumerate: Vec<OsString> =
        ["enumerate", "--space", "nasbench101"].map(Into::into).into();
    enumerate.extend(["--unique", "--quiet", "-o"].map(Into::into));
    enumerate.push(file.clone().into());
    run(&enumerate);
    let text = fs::read_to_string(file).unwrap();
    let mut cells: Vec<_> =
        text.lines().skip(1).map(|line| line.trim_matches('"').to_owned()).collect();
    cells.shuffle(&mut StdRng::seed_from_u64(42));
    cells
}

fn report(out: &mut impl Write, name: &str, input: &Path, flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    measure(out, name, &featurize(input, &folder.path().join("out.csv"), flags));
}

fn measure(out: &mut impl Write, name: &str, arguments: &[OsString]) {
    run(arguments); // once to warm the file cache
    let mut runs: Vec<_> = (0..RUNS).map(|_| run(arguments)).collect();
    runs.sort_unstable();
    let peak = runs.iter().map(|run| run.1).max().unwrap();
    line(out, name, runs[RUNS / 2].0, peak);
}

fn line(out: &mut impl Write, name: &str, time: Duration, peak_kib: u64) {
    writeln!(out, "{name:<60} {:>8.3} {:>10.1}", time.as_secs_f64(), peak_kib as f64 / 1024.0)
        .unwrap();
}

fn featurize(input: &Path, output: &Path, flags: &[&str]) -> Vec<OsString> {
    command("featurize", input, output, flags)
}

/// The arguments of a subcommand.
fn command(name: &str, input: &Path, output: &Path, flags: &[&str]) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = [name, "--quiet", "--threads", "2"].map(Into::into).into();
    arguments.extend(flags.iter().map(Into::into));
    arguments.extend([input.into(), "-o".into(), output.into()]);
    arguments
}

/// One run: its wall time and its peak memory in KiB (0 where the system does not tell).
fn run(arguments: &[OsString]) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_graf"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        // The high-water mark only grows: the last reading before the end is the peak.
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let mark = mark.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        peak = peak.max(mark.unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(status.success(), "graf failed: {arguments:?}");
    (start.elapsed(), peak)
}

/// The network of NAS-Bench-201 with that number, modulo 15,625.
fn nb201(number: usize) -> String {
    let ids = (0..6).map(|digit| (number / 5_usize.pow(digit) % 5).to_string());
    format!("({})", ids.collect::<Vec<_>>().join(", "))
}

fn write_lines(path: &Path, lines: impl Iterator<Item = String>) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    file.flush().unwrap();
}

/// Random cells as JSON lines, with a hash, an accuracy and a time to carry along.
fn write_nb101(path: &Path) {
    let space = graf::space::by_name("nasbench101").unwrap();
    let module = space.encoding("module").unwrap();
    let mut rng = StdRng::seed_from_u64(42);
    let mut file = GzEncoder::new(File::create(path).unwrap(), Compression::default());
    for row in 0..20_000 {
        let network = space.read(&networks::random("nasbench101", &mut rng)).unwrap();
        let network = (module.write)(&network).unwrap();
        let network = network.trim_start_matches('{');
        let carried = format!(r#""module_hash":"{row:032x}","accuracy":0.93,"time":1234.5"#);
        writeln!(file, "{{{carried},{network}").unwrap();
    }
    file.finish().unwrap();
}
