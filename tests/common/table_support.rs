//! What the tests of tables share.
#![allow(dead_code, clippy::unwrap_used, reason = "each test crate uses a part of it")]

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use graf::table::{
    BrokenRow, Format, Input, Output, OutputFormat, ReadOptions, Reader, TableError, Value,
};
use graf::table::{Row, Writer};

/// The formats of text.
pub const TEXT: [Format; 5] =
    [Format::Csv, Format::Tsv, Format::Json, Format::JsonLines, Format::Text];

/// What reading a whole table gives.
pub struct Table {
    pub columns: Vec<String>,
    pub groups: Vec<String>,
    pub rows: Vec<Row>,
    pub broken: Vec<BrokenRow>,
}

impl Table {
    /// The texts of all rows; `∅` where a value is missing.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let text = |value: &Value| {
            if *value == Value::Missing { "∅".to_owned() } else { value.text().into_owned() }
        };
        self.rows.iter().map(|row| row.values.iter().map(text).collect()).collect()
    }

    /// The messages of the broken rows.
    pub fn complaints(&self) -> Vec<String> {
        self.broken.iter().map(ToString::to_string).collect()
    }
}

/// Reads a file to its end.
pub fn read_file(path: &Path, options: &ReadOptions) -> Result<Table, TableError> {
    let reader = Reader::open(&Input::File(path.to_owned()), options)?;
    let mut table = Table {
        columns: reader.columns().to_vec(),
        groups: reader.groups().to_vec(),
        rows: Vec::new(),
        broken: Vec::new(),
    };
    let width = table.columns.len();
    reader.read(&mut |row| {
        match row {
            Ok(row) => {
                assert_eq!(row.values.len(), width);
                table.rows.push(row);
            }
            Err(broken) => table.broken.push(broken),
        }
        ControlFlow::Continue(())
    })?;
    Ok(table)
}

/// Reads bytes as if they stood in a file of this name.
pub fn read_as(name: &str, bytes: impl AsRef<[u8]>) -> Result<Table, TableError> {
    read_with(name, bytes, &ReadOptions::default())
}

/// Reads bytes in a format, whatever they look like.
pub fn read_format(format: Format, bytes: impl AsRef<[u8]>) -> Result<Table, TableError> {
    read_with(
        "table",
        bytes,
        &ReadOptions { format: Some(format), dataset: None, ..ReadOptions::default() },
    )
}

/// Reads bytes as if they stood in a file of this name, of which it is known under which names encodings stand.
pub fn read_named(
    name: &str,
    bytes: impl AsRef<[u8]>,
    encodings: &[Vec<String>],
) -> Result<Table, TableError> {
    let encodings = encodings.to_vec();
    read_with(name, bytes, &ReadOptions { encodings, ..ReadOptions::default() })
}

/// Reads a dataset of a JSON document.
pub fn read_dataset(bytes: impl AsRef<[u8]>, dataset: &str) -> Result<Table, TableError> {
    read_with(
        "nested.json",
        bytes,
        &ReadOptions { format: None, dataset: Some(dataset.to_owned()), ..ReadOptions::default() },
    )
}

fn read_with(
    name: &str,
    bytes: impl AsRef<[u8]>,
    options: &ReadOptions,
) -> Result<Table, TableError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read_file(&path, options)
}

/// The message of a reading that must fail.
pub fn failure(result: Result<Table, TableError>) -> String {
    result.err().expect("reading fails").to_string()
}

/// Gzips bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Compresses bytes as zstd.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Names as owned strings.
pub fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Writes rows to a file.
pub fn write_file(
    path: &Path,
    format: Option<OutputFormat>,
    kept: &[&str],
    numeric: &[&str],
    rows: &[(Vec<Value>, Vec<f64>)],
) -> Result<(), TableError> {
    let output = Output::File(path.to_owned());
    let mut writer = Writer::create(&output, format, &names(kept), &names(numeric))?;
    let encoder = writer.encoder();
    for (values, numbers) in rows {
        let mut bytes = Vec::new();
        encoder.row(&values.iter().collect::<Vec<_>>(), numbers, &mut bytes).unwrap();
        writer.write(1, &bytes)?;
    }
    writer.finish()
}

/// The names in a folder, sorted.
pub fn listing(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    found
}
