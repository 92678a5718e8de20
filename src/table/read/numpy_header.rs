//! The header of an NPY array, a Python dictionary: `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`

use std::io::{self, Read};

use super::numpy_type::Type;

/// What every array begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What is known of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The type of its items.
    pub items: Type,
    /// Whether the first index varies fastest.
    pub is_fortran: bool,
    /// Its size in each dimension.
    pub shape: Vec<u64>,
    /// How many bytes the header has.
    pub length: u64,
}

/// Why an array is not read.
pub(super) enum Refused {
    /// It cannot be read.
    Unread(io::Error),
    /// It is damaged.
    Damaged(&'static str),
    /// Its items are not read; they are as named.
    Items(String),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Damaged("it ends within the header of an array")
        } else {
            Self::Unread(error)
        }
    }
}

impl Header {
    /// Reads a header, so that the items are next.
    pub fn read(bytes: &mut impl Read) -> Result<Self, Refused> {
        let mut start = [0; 8];
        bytes.read_exact(&mut start)?;
        if !start.starts_with(MAGIC) {
            return Err(Refused::Damaged("an array was expected"));
        }
        let (size, before) = if start[6] == 1 {
            let mut length = [0; 2];
            bytes.read_exact(&mut length)?;
            (u64::from(u16::from_le_bytes(length)), 10)
        } else {
            let mut length = [0; 4];
            bytes.read_exact(&mut length)?;
            (u64::from(u32::from_le_bytes(length)), 12)
        };
        if size > LONGEST {
            return Err(Refused::Damaged("the header of an array is longer than 1 MiB"));
        }
        let mut text = Vec::new();
        bytes.take(size).read_to_end(&mut text)?;
        if text.len() as u64 != size {
            return Err(Refused::Damaged("it ends within the header of an array"));
        }
        let text = String::from_utf8_lossy(&text);
        let damaged = || Refused::Damaged("the header of an array is not understood");
        let (Some(items), Some(order), Some(shape)) =
            (entry(&text, "descr"), entry(&text, "fortran_order"), entry(&text, "shape"))
        else {
            return Err(damaged());
        };
        let Some(items) = quoted(items) else {
            return Err(Refused::Items("records of several fields".to_owned()));
        };
        Ok(Self {
            items: Type::parse(items).map_err(Refused::Items)?,
            is_fortran: order.starts_with("True"),
            shape: sizes(shape).ok_or_else(damaged)?,
            length: before + size,
        })
    }
}

/// What follows a key.
fn entry<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let quoted = |quote: char| {
        let (_, rest) = text.split_once(&format!("{quote}{key}{quote}"))?;
        Some(rest.trim_start().strip_prefix(':')?.trim_start())
    };
    quoted('\'').or_else(|| quoted('"'))
}

/// The text in quotes at the start.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    text[1..].split_once(quote).map(|(inner, _)| inner)
}

/// The numbers of a tuple at the start; Python 2 wrote an L behind some.
fn sizes(text: &str) -> Option<Vec<u64>> {
    let (inner, _) = text.strip_prefix('(')?.split_once(')')?;
    let sizes = inner.split(',').map(|size| size.trim().trim_end_matches('L'));
    sizes.filter(|size| !size.is_empty()).map(|size| size.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Option<Header> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(text.len()).expect("short").to_le_bytes());
        bytes.extend(text.as_bytes());
        Header::read(&mut bytes.as_slice()).ok()
    }

    #[test]
    fn headers_are_read_as_numpy_writes_them() {
        let read = header("{'descr': '<U87', 'fortran_order': False, 'shape': (2,), }  \n");
        let items = Type::parse("<U87").expect("a type");
        let shape = vec![2];
        assert_eq!(read, Some(Header { items, is_fortran: false, shape, length: 71 }));
        let read =
            header("{\"shape\":(3L, 4),\"fortran_order\":True,\"descr\":\"|S1\"}").expect("read");
        assert_eq!((read.shape, read.is_fortran), (vec![3, 4], true));
        assert_eq!(
            header("{'descr': '<f8', 'fortran_order': False, 'shape': ()}").expect("read").shape,
            Vec::<u64>::new()
        );
    }

    #[test]
    fn other_headers_are_refused() {
        for text in [
            "",
            "{}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        ] {
            assert_eq!(header(text), None, "{text}");
        }
    }
}
