//! Runs of the `graf` binary.
#![allow(dead_code, reason = "every test crate uses a part of it")]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// What a run gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A folder with some files, gone at the end of the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    /// An empty folder with one file in it.
    pub fn with(name: &str, contents: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        folder.put(name, contents);
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn put(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.at(name), contents).unwrap();
    }

    pub fn get(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of the files, sorted.
    pub fn listing(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// A command that runs `graf` here.
    pub fn graf(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_graf"));
        command.current_dir(self.path()).env("COLUMNS", "100").env("NO_COLOR", "1");
        command.timeout(Duration::from_mins(2));
        command
    }

    /// Runs `graf`, its arguments separated by spaces.
    pub fn run(&self, arguments: &str) -> Run {
        self.run_with(&words(arguments), Vec::new())
    }

    /// Runs `graf` on these bytes.
    pub fn run_with(&self, arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
        let output = self.graf().args(arguments).write_stdin(stdin).output().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What a run that succeeds writes to standard output.
    pub fn output(&self, arguments: &str) -> String {
        self.run(arguments).expect_success(arguments).out
    }
}

impl Run {
    #[track_caller]
    pub fn expect_success(self, what: &str) -> Self {
        assert_eq!(self.code, Some(0), "{what}: {}", self.err);
        self
    }

    /// Asserts that the run failed as a program should: with exit code 1 or 2 and one line.
    #[track_caller]
    pub fn expect_clear_failure(self, what: &str) -> Self {
        let Run { code, err, .. } = &self;
        assert!(matches!(code, Some(1 | 2)), "{what}: exit code {code:?}: {err}");
        assert!(!err.contains("panicked"), "{what}: {err}");
        assert!(err.starts_with("error: "), "{what}: {err}");
        assert_eq!(err.lines().count(), 1, "{what}: {err}");
        assert!(err.ends_with('\n') && err.len() < 2_000, "{what}: {err}");
        self
    }
}

fn words(arguments: &str) -> Vec<&str> {
    arguments.split_whitespace().collect()
}

/// Asserts that a run fails with this exit code and that its one line has all of `parts`.
#[track_caller]
pub fn refused(folder: &Folder, arguments: &str, code: i32, parts: &[&str]) {
    let run = folder.run(arguments).expect_clear_failure(arguments);
    assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{arguments}: {}", run.err);
    for part in parts {
        assert!(run.err.contains(part), "{arguments}: no {part:?} in {}", run.err);
    }
}

/// The same for what clap refuses, with exit code 2 and a hint in further lines.
#[track_caller]
pub fn refused_by_clap(folder: &Folder, arguments: &str, part: &str) {
    let run = folder.run(arguments);
    assert_eq!(run.code, Some(2), "{arguments}: {}", run.err);
    assert!(run.err.starts_with("error: ") && run.err.contains(part), "{arguments}: {}", run.err);
}

/// Commands and what they gave, as at a terminal.
pub fn transcript(folder: &Folder, commands: &[&str]) -> String {
    let mut text = String::new();
    for arguments in commands {
        let Run { code, out, err } = folder.run(arguments);
        let code = code.map_or("killed".to_owned(), |code| code.to_string());
        write!(text, "$ graf {arguments}\n{out}{err}[exit code {code}]\n\n").unwrap();
    }
    text
}

/// The header and the rows of a CSV text.
pub fn csv(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fields = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let header = fields(reader.headers().unwrap());
    let rows = reader.records().map(|record| fields(&record.unwrap())).collect();
    (header, rows)
}

/// The values of a column of a CSV text.
pub fn column(text: &str, name: &str) -> Vec<String> {
    let (header, rows) = csv(text);
    let place = header.iter().position(|column| column == name);
    let place = place.unwrap_or_else(|| panic!("no column {name} in {header:?}"));
    rows.into_iter().map(|mut row| row.swap_remove(place)).collect()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Every tuple of six numbers below `ops`.
pub fn all_tuples(ops: u32) -> Vec<[u32; 6]> {
    let digits = |number: u32| [5, 4, 3, 2, 1, 0].map(|place| number / ops.pow(place) % ops);
    (0..ops.pow(6)).map(digits).collect()
}

/// As the dumps write it: `(4, 0, 3, 1, 4, 3)`.
pub fn tuple(ids: &[u32]) -> String {
    let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
    format!("({})", ids.join(", "))
}

/// What a model says of itself.
pub fn inspect(folder: &Folder, model: &str) -> Value {
    serde_json::from_str(&folder.output(&format!("inspect {model}"))).unwrap()
}

/// The columns of a model.
pub fn columns(folder: &Folder, model: &str) -> Vec<String> {
    serde_json::from_value(inspect(folder, model)["columns"].clone()).unwrap()
}

/// The numbers of a column of CSV.
pub fn floats(text: &str, name: &str) -> Vec<f64> {
    column(text, name).iter().map(|field| field.parse().unwrap()).collect()
}

/// What a model says of itself but for what its table is called, and its payload.
pub fn nameless(folder: &Folder, model: &str) -> (Value, Vec<u8>) {
    let mut header = inspect(folder, model);
    header["learned_on"][0]["name"].take();
    let bytes = folder.bytes(model);
    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    (header, bytes[16 + length..bytes.len() - 4].to_vec())
}
