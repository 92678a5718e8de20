//! The registry of input formats, and how a format is told.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::reader::{Records, Source};
use super::{delimited, json, json_lines, text};
use crate::table::{TableError, UnknownFormat};

/// A format that tables are read from. `FromStr` and `Display` use the names `csv`, `tsv`, `json`, `jsonl`,
/// `text` and `python`.
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
}

/// What there is to know of a format.
struct Entry {
    format: Format,
    name: &'static str,
    extensions: &'static [&'static str],
    open: fn(Source) -> Result<Box<dyn Records>, TableError>,
}

/// Every format, one line each.
#[rustfmt::skip]
const REGISTRY: [Entry; 6] = [
    Entry { format: Format::Csv, name: "csv", extensions: &["csv"], open: |source| delimited::open(source, b',') },
    Entry { format: Format::Tsv, name: "tsv", extensions: &["tsv", "tab"], open: |source| delimited::open(source, b'\t') },
    Entry { format: Format::Json, name: "json", extensions: &["json"], open: json::open },
    Entry { format: Format::JsonLines, name: "jsonl", extensions: &["jsonl", "ndjson"], open: json_lines::open },
    Entry { format: Format::Text, name: "text", extensions: &["txt", "text"], open: text::open },
    Entry { format: Format::Python, name: "python", extensions: &["py"], open: text::open_python },
];

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Csv, Self::Tsv, Self::Json, Self::JsonLines, Self::Text, Self::Python];

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
        let extension = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
        let mut found = extension(path)?;
        if found == "gz" || found == "zst" {
            found = extension(Path::new(path.file_stem()?))?;
        }
        REGISTRY
            .iter()
            .find(|entry| entry.extensions.contains(&found.as_str()))
            .map(|entry| entry.format)
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
            None => Err(UnknownFormat {
                name: name.to_owned(),
                known: REGISTRY.map(|entry| entry.name).join(", "),
            }),
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
            "unknown format `xls`; known are csv, tsv, json, jsonl, text, python"
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
        assert_eq!(format("b.parquet"), None);
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
