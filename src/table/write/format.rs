//! The registry of output formats, and how a format is told.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

#[cfg(feature = "parquet")]
use super::arrow;
use super::file::Made;
use super::npy::Float;
use super::output::Output;
use super::{delimited, json_lines, npy, npz};
use crate::table::{TableError, UnknownFormat};

/// A format that tables are written in. `FromStr` and `Display` use its name, such as `csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Comma separated values with a header row.
    Csv,
    /// Tab separated values with a header row.
    Tsv,
    /// A JSON object a line.
    JsonLines,
    /// A `float32` matrix for `numpy.load`, the names of its columns in a JSON file beside it.
    Npy,
    /// The same in `float64`. It has the name and the extension of [`OutputFormat::Npy`], which is what they
    /// stand for where they are read.
    NpyDouble,
    /// An array per column, in a file for `numpy.load`.
    Npz,
    /// Parquet; with the feature `parquet`.
    Parquet,
    /// Arrow IPC, in files as Feather 2, elsewhere as a stream; with the feature `parquet`.
    Arrow,
}

/// What there is to know of a format.
struct Entry {
    format: OutputFormat,
    name: &'static str,
    extensions: &'static [&'static str],
    /// None where `graf` was built without the format.
    table: Option<Table>,
    /// Why a file of this format is not compressed as a whole, where it is not.
    uncompressed: Option<&'static str>,
}

/// What makes a table of the names of kept and of numeric columns.
pub(super) type Table = fn(&[String], &[String]) -> Made;

const MAPPED: Option<&str> = Some("its readers map it into memory");
const PACKED: Option<&str> = Some("it is compressed inside where that is of use");

#[cfg(feature = "parquet")]
const PARQUET: Option<Table> = Some(arrow::parquet);
#[cfg(feature = "parquet")]
const ARROW: Option<Table> = Some(arrow::ipc);
#[cfg(not(feature = "parquet"))]
const PARQUET: Option<Table> = None;
#[cfg(not(feature = "parquet"))]
const ARROW: Option<Table> = None;

/// Every format, one line each.
#[rustfmt::skip]
const REGISTRY: [Entry; 8] = [
    Entry { format: OutputFormat::Csv, name: "csv", extensions: &["csv"], uncompressed: None, table: Some(|kept, numeric| delimited::table(b',', kept, numeric)) },
    Entry { format: OutputFormat::Tsv, name: "tsv", extensions: &["tsv", "tab"], uncompressed: None, table: Some(|kept, numeric| delimited::table(b'\t', kept, numeric)) },
    Entry { format: OutputFormat::JsonLines, name: "jsonl", extensions: &["jsonl", "ndjson"], uncompressed: None, table: Some(json_lines::table) },
    Entry { format: OutputFormat::Npy, name: "npy", extensions: &["npy"], uncompressed: MAPPED, table: Some(|kept, numeric| npy::table(Float::Single, kept, numeric)) },
    Entry { format: OutputFormat::NpyDouble, name: "npy", extensions: &[], uncompressed: MAPPED, table: Some(|kept, numeric| npy::table(Float::Double, kept, numeric)) },
    Entry { format: OutputFormat::Npz, name: "npz", extensions: &["npz"], uncompressed: PACKED, table: Some(npz::table) },
    Entry { format: OutputFormat::Parquet, name: "parquet", extensions: &["parquet", "pq"], uncompressed: PACKED, table: PARQUET },
    Entry { format: OutputFormat::Arrow, name: "arrow", extensions: &["arrow", "feather"], uncompressed: PACKED, table: ARROW },
];

impl OutputFormat {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Csv,
        Self::Tsv,
        Self::JsonLines,
        Self::Npy,
        Self::NpyDouble,
        Self::Npz,
        Self::Parquet,
        Self::Arrow,
    ];

    /// The names of all formats, as in "csv, tsv, jsonl".
    pub fn names() -> String {
        Self::names_of(&Self::ALL)
    }

    /// The names of the formats that hold text, which a matrix does not.
    pub fn names_with_text() -> String {
        let formats: Vec<_> = Self::ALL.into_iter().filter(|format| !format.is_matrix()).collect();
        Self::names_of(&formats)
    }

    fn names_of(formats: &[Self]) -> String {
        let mut names: Vec<_> = formats.iter().map(|format| format.entry().name).collect();
        names.dedup();
        names.join(", ")
    }

    /// The extensions of its files.
    pub fn extensions(self) -> &'static [&'static str] {
        self.entry().extensions
    }

    fn entry(self) -> &'static Entry {
        // ALL, the enum and the registry stand in one order, which a test holds fast.
        &REGISTRY[self as usize]
    }

    /// Whether it is a matrix, which holds nothing but numbers.
    pub fn is_matrix(self) -> bool {
        matches!(self, Self::Npy | Self::NpyDouble)
    }

    /// What makes tables of this format. Refuses an output that can not be in it.
    pub(super) fn table(
        self,
        compression: Compression,
        output: &Output,
    ) -> Result<Table, TableError> {
        let &Entry { name, table, uncompressed, .. } = self.entry();
        match uncompressed {
            Some(reason) if compression != Compression::Plain => {
                Err(TableError::Uncompressed { output: output.to_string(), name, reason })
            }
            _ => table.ok_or_else(|| TableError::NoFeature { output: output.to_string(), name }),
        }
    }

    /// The format by an output's extension, that of a compression aside; CSV for standard output.
    ///
    /// # Errors
    ///
    /// [`TableError::UnknownExtension`], which lists the known ones.
    pub fn of_output(output: &Output) -> Result<Self, TableError> {
        let found = match output {
            Output::Stdout | Output::Memory(_) => return Ok(Self::Csv),
            Output::File(path) => extension(path, Compression::of_output(output)),
        };
        let by_extension = |found: &String| {
            REGISTRY
                .iter()
                .find(|entry| entry.extensions.contains(&found.as_str()))
                .map(|entry| entry.format)
        };
        // A pipe or a device need not have an extension to tell by.
        let is_device = |output: &Output| match output {
            Output::File(path) => path.metadata().is_ok_and(|target| !target.is_file()),
            Output::Stdout => true,
            Output::Memory(_) => false,
        };
        let by_kind = || is_device(output).then_some(Self::Csv);
        found.as_ref().and_then(by_extension).or_else(by_kind).ok_or_else(|| {
            TableError::UnknownExtension {
                output: output.to_string(),
                known: REGISTRY
                    .iter()
                    .flat_map(|entry| entry.extensions)
                    .map(|name| format!(".{name}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            }
        })
    }
}

/// How an output is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    /// Not at all.
    Plain,
    /// As gzip.
    Gzip,
    /// As zstd.
    Zstd,
}

impl Compression {
    /// The compression by an output's extension.
    pub fn of_output(output: &Output) -> Self {
        let Output::File(path) = output else {
            return Self::Plain;
        };
        match extension(path, Self::Plain).as_deref() {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// The extension of a path, in small letters; the one before it where the last is that of a compression.
fn extension(path: &Path, compression: Compression) -> Option<String> {
    let stem = match compression {
        Compression::Plain => path,
        Compression::Gzip | Compression::Zstd => Path::new(path.file_stem()?),
    };
    Some(stem.extension()?.to_str()?.to_ascii_lowercase())
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.entry().name)
    }
}

impl FromStr for OutputFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        match REGISTRY.iter().find(|entry| entry.name == name) {
            Some(entry) => Ok(entry.format),
            None => Err(UnknownFormat { name: name.to_owned(), known: Self::names() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_stands_in_the_order_of_the_enum() {
        for (entry, format) in REGISTRY.iter().zip(OutputFormat::ALL) {
            assert_eq!(entry.format, format);
            assert_eq!(entry.name, format.entry().name);
            let parsed = if format.is_matrix() { OutputFormat::Npy } else { format };
            assert_eq!(format.to_string().parse(), Ok(parsed));
        }
        assert!("json".parse::<OutputFormat>().is_err());
    }

    #[test]
    fn extensions_tell_format_and_compression() {
        let told = |name: &str| {
            let output = Output::from(name);
            (OutputFormat::of_output(&output).ok(), Compression::of_output(&output))
        };
        assert_eq!(told("-"), (Some(OutputFormat::Csv), Compression::Plain));
        assert_eq!(told("a.csv"), (Some(OutputFormat::Csv), Compression::Plain));
        assert_eq!(told("a.b/a.tsv.GZ"), (Some(OutputFormat::Tsv), Compression::Gzip));
        assert_eq!(told("a.ndjson.zst"), (Some(OutputFormat::JsonLines), Compression::Zstd));
        assert_eq!(told("a.npy"), (Some(OutputFormat::Npy), Compression::Plain));
        assert_eq!(told("a.gz"), (None, Compression::Gzip));
        assert_eq!(told("a.csv.gz.gz"), (None, Compression::Gzip));
        assert_eq!(told("csv"), (None, Compression::Plain));
    }
}
