//! Files in formats that `graf` does not read: what they are, and the line that converts them.

use std::path::Path;

use super::Input;
use crate::table::TableError;

/// A format that is not read.
struct Foreign {
    /// As in "x.npy is a NumPy array".
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
    let Some(Foreign { name, cure }) = told(head, &extension) else { return Ok(()) };
    // A name that a shell or Python would not take as it is stays out of the command.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let file = path.and_then(Path::to_str).filter(|file| file.chars().all(is_plain));
    let (file, stem) = match file {
        Some(file) => (file, Path::new(file).with_extension("").display().to_string()),
        None => ("FILE", "FILE".to_owned()),
    };
    let cure = cure.replace("{file}", file).replace("{stem}", &stem);
    Err(TableError::Foreign { input: input.to_string(), name, cure })
}

fn told(head: &[u8], extension: &str) -> Option<Foreign> {
    let (name, cure) = by_head(head).or_else(|| by_extension(extension))?;
    Some(Foreign { name, cure })
}

/// A name and a cure.
type Told = (&'static str, &'static str);

const TFRECORD: Told = (
    "a TFRecord file",
    "turn records that are JSON into lines: python3 -c \"import tensorflow as tf; \
     [print(r.decode()) for r in tf.data.TFRecordDataset('{file}').as_numpy_iterator()]\" > {stem}.jsonl",
);
const ONNX: Told = (
    "an ONNX model, the graph of one network",
    "write the encoding that the network has in its search space into a text file (graf spaces lists encodings)",
);
const PICKLE: Told = (
    "a Python pickle",
    "if you trust its source, convert it: python3 -c \"import json, pandas; json.dump(pandas.read_pickle('{file}'), \
     open('{stem}.json', 'w'), default=lambda x: x.to_dict('records') if hasattr(x, 'to_dict') else x.tolist())\"",
);
const TORCH: Told = (
    "a PyTorch file",
    "convert it: python3 -c \"import json, torch; json.dump(torch.load('{file}', map_location='cpu'), \
     open('{stem}.json', 'w'), default=lambda x: x.tolist())\"",
);
const NPZ: Told = (
    "an archive of NumPy arrays",
    "convert it: python3 -c \"import numpy, pandas; \
     pandas.DataFrame(dict(numpy.load('{file}'))).to_csv('{stem}.csv', index=False)\"",
);
const EXCEL: Told = (
    "an Excel workbook",
    "convert it: python3 -c \"import pandas; pandas.read_excel('{file}').to_csv('{stem}.csv', index=False)\"",
);
const ARROW: Told = (
    "an Arrow or Feather file",
    "convert it: python3 -c \"import pandas; pandas.read_feather('{file}').to_csv('{stem}.csv', index=False)\"",
);
const UTF16: Told = (
    "text in UTF-16",
    "convert it: iconv -f UTF-16 -t UTF-8 {file} > {stem}.utf8.txt, or with the extension that it has",
);
const PDF: Told = ("a PDF document", "extract its text: pdftotext -layout {file} {stem}.txt");
const ZIP: Told = ("a zip archive", "unpack it: unzip {file}");

/// Formats that begin with bytes of their own.
const BY_HEAD: [(&[u8], Told); 18] = [
    (b"BZh", ("compressed with bzip2", "decompress it: bunzip2 -k {file}")),
    (b"\xfd7zXZ\0", ("compressed with xz", "decompress it: unxz -k {file}")),
    (b"\x04\x22\x4d\x18", ("compressed with lz4", "decompress it: lz4 -d {file}")),
    (b"7z\xbc\xaf\x27\x1c", ("a 7z archive", "unpack it: 7z x {file}")),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ("an empty zip archive", "choose another file")),
    (
        b"\x93NUMPY",
        (
            "a NumPy array",
            "convert it: python3 -c \"import numpy, pandas; \
             pandas.DataFrame(numpy.load('{file}')).to_csv('{stem}.csv', index=False)\"",
        ),
    ),
    (
        b"PAR1",
        (
            "a Parquet file",
            "convert it: python3 -c \"import pandas; \
             pandas.read_parquet('{file}').to_csv('{stem}.csv', index=False)\"",
        ),
    ),
    (b"ARROW1\0\0", ARROW),
    (b"FEA1", ARROW),
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
    (b"\x80\x03", PICKLE),
    (b"\x80\x02", PICKLE),
    (b"\xff\xfe", UTF16),
    (b"\xfe\xff", UTF16),
];

fn by_head(head: &[u8]) -> Option<Told> {
    if head.starts_with(b"PK\x03\x04") {
        return Some(zip(head));
    }
    match head {
        // From protocol 4 on, a frame follows.
        [0x80, 4..=0xff, 0x95, ..] => return Some(PICKLE),
        // The version of the format, then the name of the producer.
        [0x08, 1..=32, 0x12, ..] => return Some(ONNX),
        [b'%', b'P', b'D', b'F', b'-', b'0'..=b'9', b'.', ..] => return Some(PDF),
        _ if is_tfrecord(head) => return Some(TFRECORD),
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

/// What a zip archive is, by the name of its first file.
fn zip(head: &[u8]) -> Told {
    let length =
        head.get(26..28).map_or(0, |bytes| usize::from(bytes[0]) | usize::from(bytes[1]) << 8);
    let name = head.get(30..).map_or(&[][..], |name| &name[..length.min(name.len())]);
    if name.ends_with(b".npy") {
        NPZ
    } else if name.ends_with(b"/data.pkl") || name.ends_with(b"/.format_version") {
        TORCH
    } else if name.starts_with(b"[Content_Types]") || name.starts_with(b"xl/") {
        EXCEL
    } else {
        ZIP
    }
}

/// Whether the bytes begin with a record of TensorFlow: the length of a record, and its masked CRC-32C.
fn is_tfrecord(head: &[u8]) -> bool {
    let (Some(length), Some(checksum)) = (head.get(..8), head.get(8..12)) else { return false };
    let mut crc = u32::MAX;
    for byte in length {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
        }
    }
    (!crc).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes() == checksum
}

fn by_extension(extension: &str) -> Option<Told> {
    Some(match extension {
        "tfrecord" | "tfrecords" => TFRECORD,
        "onnx" => ONNX,
        "pkl" | "pickle" => PICKLE,
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
            (&b"BZh91AY&SY"[..], "compressed with bzip2"),
            (b"\xfd7zXZ\0\0", "compressed with xz"),
            (&zip("archive/data.pkl"), "a PyTorch file"),
            (&zip("arr_0.npy"), "an archive of NumPy arrays"),
            (&zip("[Content_Types].xml"), "an Excel workbook"),
            (&zip("nets.csv"), "a zip archive"),
            (&tar, "a tar archive"),
            (b"\x93NUMPY\x01\0v\0", "a NumPy array"),
            (b"PAR1\x15\x04", "a Parquet file"),
            (b"ARROW1\0\0\xff", "an Arrow or Feather file"),
            (b"SQLite format 3\0\x10", "an SQLite database"),
            (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
            (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "a PDF document"),
            (b"\x80\x04\x95\x0a\0", "a Python pickle"),
            (b"\x80\x03}q", "a Python pickle"),
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
    fn records_of_tensorflow_have_a_checksum() {
        // As TensorFlow writes the record "ab".
        let length = [2, 0, 0, 0, 0, 0, 0, 0];
        let crc = masked_by_definition(&length);
        let head = [&length[..], &crc.to_le_bytes(), b"ab"].concat();
        assert_eq!(name(&head, ""), Some("a TFRecord file"));
        assert_eq!(name(&[0; 16], ""), None);
        assert_eq!(name(b"abc", "tfrecord"), Some("a TFRecord file"));
    }

    /// CRC-32C by polynomial division of the reflected bits, as RFC 3720 defines it.
    fn masked_by_definition(bytes: &[u8]) -> u32 {
        let mut bits: Vec<bool> =
            bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect();
        bits.extend([false; 32]);
        bits[..32].iter_mut().for_each(|bit| *bit = !*bit);
        for start in 0..bits.len() - 32 {
            if bits[start] {
                bits[start] = false;
                for place in 0..32 {
                    bits[start + 1 + place] ^= 0x1edc_6f41_u32 >> (31 - place) & 1 == 1;
                }
            }
        }
        let rest = &bits[bits.len() - 32..];
        let crc =
            !rest.iter().enumerate().fold(0, |crc, (place, bit)| crc | u32::from(*bit) << place);
        crc.rotate_right(15).wrapping_add(0xa282_ead8)
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
        let refused =
            |input: &str| refuse(&input.into(), b"BZh91AY").expect_err("bzip2").to_string();
        assert_eq!(
            refused("a/x.csv.bz2"),
            "a/x.csv.bz2 is compressed with bzip2, which graf does not read; \
             decompress it: bunzip2 -k a/x.csv.bz2"
        );
        assert!(refused("-").ends_with("bunzip2 -k FILE"));
        assert!(refused("a'; rm -r x").ends_with("bunzip2 -k FILE"));
        let parquet = refuse(&"x.parquet".into(), b"PAR1\x15").expect_err("Parquet").to_string();
        assert!(parquet.ends_with(
            "python3 -c \"import pandas; pandas.read_parquet('x.parquet').to_csv('x.csv', index=False)\""
        ));
    }
}
