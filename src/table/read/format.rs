//! The registry of input formats, and how a format is told.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

#[cfg(feature = "parquet")]
use super::arrow;
#[cfg(not(feature = "parquet"))]
use super::arrow_absent as arrow;
use super::packed::unpacked;
use super::reader::{Records, Source};
use super::{
    archive, delimited, json, json_lines, nasbench101, numpy, numpy_header, pickle, text, tfrecord,
};
use crate::table::{TableError, UnknownFormat};

/// A format that tables are read from. `FromStr` and `Display` use its name, such as `csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma separated values with a header row.
    Csv,
    /// Tab separated values with a header row.
    Tsv,
    /// A JSON document: an array of records, or `NASLib`'s nested objects.
    Json,
    /// A JSON object a line.
    JsonLines,
    /// An encoding a line.
    Text,
    /// A Python file with genotypes that have names.
    Python,
    /// A NumPy array.
    Npy,
    /// An archive of NumPy arrays: columns with names.
    Npz,
    /// A Python pickle of plain values.
    Pickle,
    /// Records of TensorFlow, as NAS-Bench-101 has them.
    TfRecord,
    /// Parquet; with the feature `parquet`.
    Parquet,
    /// Arrow IPC, a file (Feather 2) or a stream; with the feature `parquet`.
    Arrow,
}

/// What there is to know of a format.
struct Entry {
    format: Format,
    name: &'static str,
    extensions: &'static [&'static str],
    open: fn(Source) -> Result<Box<dyn Records>, TableError>,
    /// Whether the first bytes are this format's beyond doubt.
    begins: fn(&[u8]) -> bool,
}

/// A text format has no first bytes of its own.
const NEVER: fn(&[u8]) -> bool = |_| false;

/// Every format, one line each.
#[rustfmt::skip]
const REGISTRY: [Entry; 12] = [
    Entry { format: Format::Csv, name: "csv", extensions: &["csv"], open: |source| delimited::open(source, b','), begins: NEVER },
    Entry { format: Format::Tsv, name: "tsv", extensions: &["tsv", "tab"], open: |source| delimited::open(source, b'\t'), begins: NEVER },
    Entry { format: Format::Json, name: "json", extensions: &["json"], open: json::open, begins: NEVER },
    Entry { format: Format::JsonLines, name: "jsonl", extensions: &["jsonl", "ndjson"], open: json_lines::open, begins: NEVER },
    Entry { format: Format::Text, name: "text", extensions: &["txt", "text"], open: text::open, begins: NEVER },
    Entry { format: Format::Python, name: "python", extensions: &["py"], open: text::open_python, begins: NEVER },
    Entry { format: Format::Npy, name: "npy", extensions: &["npy"], open: numpy::open_npy, begins: |head| head.starts_with(numpy_header::MAGIC) },
    Entry { format: Format::Npz, name: "npz", extensions: &["npz"], open: numpy::open_npz, begins: |head| archive::first_name(head).is_some_and(archive::is_arrays) },
    Entry { format: Format::Pickle, name: "pickle", extensions: &["pkl", "pickle"], open: pickle::open, begins: pickle::begins },
    Entry { format: Format::TfRecord, name: "tfrecord", extensions: &["tfrecord", "tfrecords"], open: nasbench101::open, begins: tfrecord::begins },
    Entry { format: Format::Parquet, name: "parquet", extensions: &["parquet", "pq"], open: arrow::open_parquet, begins: |head| head.starts_with(b"PAR1") && !is_line(head) },
    Entry { format: Format::Arrow, name: "arrow", extensions: &["arrow", "feather", "arrows"], open: arrow::open_ipc, begins: |head| head.starts_with(b"ARROW1\0\0") || is_stream(head) },
];

impl Format {
    /// Every format.
    pub const ALL: [Self; 12] = [
        Self::Csv,
        Self::Tsv,
        Self::Json,
        Self::JsonLines,
        Self::Text,
        Self::Python,
        Self::Npy,
        Self::Npz,
        Self::Pickle,
        Self::TfRecord,
        Self::Parquet,
        Self::Arrow,
    ];

    /// The names of all formats, as in "csv, tsv, json".
    pub fn names() -> String {
        REGISTRY.map(|entry| entry.name).join(", ")
    }

    /// The extensions of its files.
    pub fn extensions(self) -> &'static [&'static str] {
        self.entry().extensions
    }

    /// The format whose own first bytes these are.
    pub(super) fn of_magic(head: &[u8]) -> Option<Self> {
        REGISTRY.iter().find(|entry| (entry.begins)(head)).map(|entry| entry.format)
    }

    fn entry(self) -> &'static Entry {
        // ALL, the enum and the registry stand in one order, which a test holds fast.
        &REGISTRY[self as usize]
    }

    /// Whether a character separates its fields.
    pub(super) fn is_delimited(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }

    /// Opens a source that is in this format.
    pub(super) fn open(self, source: Source) -> Result<Box<dyn Records>, TableError> {
        (self.entry().open)(source)
    }

    /// The format by a file's extension, that of a compression aside.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        let found = unpacked(path).extension()?.to_str()?.to_ascii_lowercase();
        REGISTRY
            .iter()
            .find(|entry| entry.extensions.contains(&found.as_str()))
            .map(|entry| entry.format)
    }

    /// The format by the extension, if it says one, and the first bytes: JSON lines are often called `.json`.
    pub(super) fn of_name_and_head(by_name: Option<Self>, head: &[u8]) -> Self {
        let found = Self::of_head(head);
        if found == Self::JsonLines { found } else { by_name.unwrap_or(found) }
    }

    /// The format by the first bytes, a byte order mark aside.
    pub(super) fn of_head(head: &[u8]) -> Self {
        let head = head.trim_ascii_start();
        let end = head.iter().position(|&byte| byte == b'\n');
        let (line, rest) = head.split_at(end.unwrap_or(head.len()));
        let starts_inside = |sign: &[u8]| line.starts_with(sign);
        match line {
            // A lone line is read as a document: that serves one record as well as a whole nested dump.
            [b'{', ..] if !rest.trim_ascii().is_empty() && is_object(line) => Self::JsonLines,
            [b'{', ..] => Self::Json,
            [b'[', ..] if matches!(head[1..].trim_ascii_start(), [b'{' | b'"', ..]) => Self::Json,
            _ if line.contains(&b'\t') => Self::Tsv,
            [b'(' | b'[' | b'|' | b'#' | b'0'..=b'9', ..] => Self::Text,
            _ if starts_inside(b"from ") || starts_inside(b"import ") => Self::Python,
            _ if line.windows(9).any(|part| part == b"Genotype(") => Self::Text,
            _ => Self::Csv,
        }
    }

    /// How many first bytes are looked at, at most, to tell the format.
    pub(super) const HEAD: usize = 1 << 20;

    /// Whether these first bytes tell the format: a line and the beginning of another.
    pub(super) fn is_head_enough(head: &[u8]) -> bool {
        let head = head.trim_ascii_start();
        let end = head.iter().position(|&byte| byte == b'\n');
        end.is_some_and(|end| !head[end..].trim_ascii().is_empty())
    }
}

/// Whether these first bytes are a line of text.
fn is_line(head: &[u8]) -> bool {
    super::foreign::is_head_enough(head)
}

/// Whether an Arrow stream begins like this: a mark, the length of the schema, and its offset in that.
fn is_stream(head: &[u8]) -> bool {
    let Some([0xff, 0xff, 0xff, 0xff, length @ ..]) = head.first_chunk::<8>() else { return false };
    (8..1 << 24).contains(&u32::from_le_bytes(*length))
}

/// Whether a line is a whole JSON object.
fn is_object(line: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(line).is_ok()
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.entry().name)
    }
}

impl FromStr for Format {
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
        for (entry, format) in REGISTRY.iter().zip(Format::ALL) {
            assert_eq!(entry.format, format);
            assert_eq!(entry.name, format.entry().name);
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "xls".parse::<Format>().expect_err("not a format");
        assert_eq!(
            error.to_string(),
            "unknown format `xls`; known are csv, tsv, json, jsonl, text, python, npy, npz, pickle, tfrecord, parquet, arrow"
        );
    }

    #[test]
    fn extensions_tell_the_format() {
        let format = |name: &str| Format::of_path(Path::new(name));
        assert_eq!(format("a/b.csv"), Some(Format::Csv));
        assert_eq!(format("b.TSV.GZ"), Some(Format::Tsv));
        assert_eq!(format("b.tab"), Some(Format::Tsv));
        assert_eq!(format("b.x.json.zst"), Some(Format::Json));
        assert_eq!(format("b.ndjson"), Some(Format::JsonLines));
        assert_eq!(format("b.txt"), Some(Format::Text));
        assert_eq!(format("b.gz"), None);
        assert_eq!(format("csv"), None);
        assert_eq!(format("b.parquet"), Some(Format::Parquet));
        assert_eq!(format("b.csv.zip"), Some(Format::Csv));
        assert_eq!(format("b.xls"), None);
    }

    #[test]
    fn first_bytes_tell_the_format() {
        for (head, format) in [
            ("{\"a\": 1}\n{\"a\": 2}\n", Format::JsonLines),
            ("\n {\"a\": 1}\r\n\r\n{\"a\"", Format::JsonLines),
            ("{\"a\": 1}\n", Format::Json),
            ("{\"a\": {\"b\": 1},\n\"c\": 2}", Format::Json),
            ("{\n", Format::Json),
            ("[\n  {\"a\": 1}]", Format::Json),
            ("[ \"(1, 2)\"]", Format::Json),
            ("[[(0, 1)]]\n", Format::Text),
            ("(1, 2)\n", Format::Text),
            ("|nor_conv_3x3~0|", Format::Text),
            ("# encodings\n", Format::Text),
            ("Genotype(normal=[])", Format::Text),
            ("64-41414-1_02_333", Format::Text),
            ("net\tacc\n(1, 2)\t3\n", Format::Tsv),
            ("net,acc\n1,2\n", Format::Csv),
            (",net\n0,1\n", Format::Csv),
            ("", Format::Csv),
        ] {
            assert_eq!(Format::of_head(head.as_bytes()), format, "{head}");
        }
    }
}
