//! Files in formats that `graf` does not read: what they are, and the line that converts them.

use std::path::Path;

use super::{Input, archive};
use crate::table::TableError;

/// A format that is not read.
struct Foreign {
    /// As in "x.xls is an Excel workbook".
    name: &'static str,
    /// What to do; `{file}` stands for the input and `{stem}` for its name without the extension.
    cure: &'static str,
}

/// How many first bytes are looked at, at most: a tar archive says so at byte 257.
pub(super) const HEAD: usize = 512;

/// Whether these first bytes are a line of text, so that no more of them are needed.
pub(super) fn is_head_enough(head: &[u8]) -> bool {
    head.contains(&b'\n') && head.iter().all(|byte| *byte >= b' ' || byte.is_ascii_whitespace())
}

/// Refuses an input that is in a format of its own by its first bytes, or by its name where the format has no
/// such bytes.
pub(super) fn refuse(input: &Input, head: &[u8]) -> Result<(), TableError> {
    let path = input.path();
    let extension = path.and_then(Path::extension).and_then(|extension| extension.to_str());
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    match told(head, &extension) {
        Some(Foreign { name, cure }) => Err(refusal(input, name.to_owned(), cure)),
        None => Ok(()),
    }
}

/// The error of an input that is not read.
///
/// # Arguments
///
/// * `name` - what it is, as in "an Excel workbook"
/// * `cure` - what to do; `{file}` stands for the input and `{stem}` for its name without the extension
pub(super) fn refusal(input: &Input, name: String, cure: &str) -> TableError {
    let path = input.path();
    // A name that a shell or Python would not take as it is stays out of the command.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let file = path.and_then(Path::to_str).filter(|file| file.chars().all(is_plain));
    let (file, stem) = match file {
        Some(file) => (file, Path::new(file).with_extension("").display().to_string()),
        None => ("FILE", "FILE".to_owned()),
    };
    let cure = cure.replace("{file}", file).replace("{stem}", &stem);
    TableError::Foreign { input: input.to_string(), name, cure }
}

fn told(head: &[u8], extension: &str) -> Option<Foreign> {
    let (name, cure) = by_head(head).or_else(|| by_extension(extension))?;
    Some(Foreign { name, cure })
}

/// A name and a cure.
type Told = (&'static str, &'static str);

const ONNX: Told = (
    "an ONNX model, the graph of one network",
    "write the encoding that the network has in its search space into a text file (graf spaces lists encodings)",
);
const TORCH: Told = (
    "a PyTorch file",
    "convert it: python3 -c \"import json, torch; json.dump(torch.load('{file}', map_location='cpu'), \
     open('{stem}.json', 'w'), default=lambda x: x.tolist())\"",
);
const EXCEL: Told = (
    "an Excel workbook",
    "convert it: python3 -c \"import pandas; pandas.read_excel('{file}').to_csv('{stem}.csv', index=False)\"",
);
const FEATHER: Told = (
    "a file of the first version of Feather",
    "convert it: python3 -c \"import pandas; pandas.read_feather('{file}').to_csv('{stem}.csv', index=False)\"",
);
const UTF16: Told = (
    "text in UTF-16",
    "convert it: iconv -f UTF-16 -t UTF-8 {file} > {stem}.utf8.txt, or with the extension that it has",
);
const PDF: Told = ("a PDF document", "extract its text: pdftotext -layout {file} {stem}.txt");

/// Formats that begin with bytes of their own.
const BY_HEAD: [(&[u8], Told); 12] = [
    (b"\x04\x22\x4d\x18", ("compressed with lz4", "decompress it: lz4 -d {file}")),
    (b"\x5d\0\0", ("compressed with lzma", "decompress it: xz -d -k {file}")),
    (b"\x1f\x9d", ("compressed with compress", "decompress it: gzip -dc {file} > {stem}")),
    (b"7z\xbc\xaf\x27\x1c", ("a 7z archive", "unpack it: 7z x {file}")),
    (b"PK\x05\x06", ("an empty zip archive", "choose another file")),
    (b"FEA1", FEATHER),
    (
        b"SQLite format 3\0",
        (
            "an SQLite database",
            "write one of its tables as CSV: sqlite3 -header -csv {file} \"SELECT * FROM table_name\" > {stem}.csv",
        ),
    ),
    (
        b"\x89HDF\r\n\x1a\n",
        (
            "an HDF5 file",
            "convert it: python3 -c \"import pandas; pandas.read_hdf('{file}').to_csv('{stem}.csv', index=False)\"",
        ),
    ),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", EXCEL),
    // torch.save before version 1.6: a pickle that begins with a number of its own.
    (b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", TORCH),
    (b"\xff\xfe", UTF16),
    (b"\xfe\xff", UTF16),
];

fn by_head(head: &[u8]) -> Option<Told> {
    if let Some(name) = archive::first_name(head) {
        return match name {
            _ if archive::is_torch(name) => Some(TORCH),
            _ if archive::is_excel(name) => Some(EXCEL),
            _ => None,
        };
    }
    match head {
        // The version of the format, then the name of the producer.
        [0x08, 1..=32, 0x12, ..] => return Some(ONNX),
        [b'%', b'P', b'D', b'F', b'-', b'0'..=b'9', b'.', ..] => return Some(PDF),
        _ if head.get(257..262) == Some(b"ustar") => {
            return Some(("a tar archive", "unpack it: tar -xf {file}"));
        }
        _ => {}
    }
    // What begins as another format and is a line of text is that.
    let is_text = |magic: &[u8]| magic.is_ascii() && !magic.contains(&0) && is_head_enough(head);
    let found = BY_HEAD.iter().find(|(magic, _)| head.starts_with(magic) && !is_text(magic));
    found.map(|(_, told)| *told)
}

fn by_extension(extension: &str) -> Option<Told> {
    Some(match extension {
        "onnx" => ONNX,
        "pt" | "pth" => TORCH,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(head: &[u8], extension: &str) -> Option<&'static str> {
        told(head, extension).map(|foreign| foreign.name)
    }

    #[test]
    fn first_bytes_name_the_format() {
        let zip = |name: &str| {
            let mut head = b"PK\x03\x04".to_vec();
            head.resize(26, 0);
            head.extend([u8::try_from(name.len()).unwrap_or_default(), 0, 0, 0]);
            head.extend(name.as_bytes());
            head.extend(b"\n\x00");
            head
        };
        let mut tar = b"nets.csv".to_vec();
        tar.resize(257, 0);
        tar.extend(b"ustar\x0000");
        for (head, request) in [
            (&zip("archive/data.pkl")[..], "a PyTorch file"),
            (&zip("[Content_Types].xml"), "an Excel workbook"),
            (&tar, "a tar archive"),
            (b"FEA1\0\0\0\0", "a file of the first version of Feather"),
            (b"SQLite format 3\0\x10", "an SQLite database"),
            (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
            (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "a PDF document"),
            (b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", "a PyTorch file"),
            (b"\x08\x07\x12\x07pytorch", "an ONNX model, the graph of one network"),
            (b"\xff\xfen\0e\0t\0", "text in UTF-16"),
            (b"\xfe\xff\0n\0e\0t", "text in UTF-16"),
        ] {
            assert_eq!(name(head, ""), Some(request), "{head:?}");
            assert_eq!(name(head, "csv"), Some(request), "{head:?}");
        }
    }

    #[test]
    fn text_is_left_alone() {
        for head in [
            "net,acc\n1,2\n",
            "BZh,acc\n1,2\n",
            "PAR1,FEA1\n1,2\n",
            "PAR1\r\n",
            "(4, 3)",
            "",
            "%PDF-,a\n",
            "é,à\n",
            "{\"a\": 1}",
        ] {
            assert_eq!(name(head.as_bytes(), "csv"), None, "{head}");
        }
    }

    #[test]
    fn commands_take_plain_names_only() {
        let head = b"\x04\x22\x4d\x18";
        let refused = |input: &str| refuse(&input.into(), head).expect_err("lz4").to_string();
        assert_eq!(
            refused("a/x.csv.lz4"),
            "a/x.csv.lz4 is compressed with lz4, which graf does not read; \
             decompress it: lz4 -d a/x.csv.lz4"
        );
        assert!(refused("-").ends_with("lz4 -d FILE"));
        assert!(refused("a'; rm -r x").ends_with("lz4 -d FILE"));
        let feather = refuse(&"x.feather".into(), b"FEA1\0\0").expect_err("Feather").to_string();
        assert!(feather.ends_with(
            "python3 -c \"import pandas; pandas.read_feather('x.feather').to_csv('x.csv', index=False)\""
        ));
    }
}
