//! Zip archives: their files, and an archive of one file as a compression of it.

use std::fs::File;
use std::io::{self, BufReader, Read};

use crc32fast::Hasher;
use flate2::bufread::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::input::Bytes;
use super::part::Shared;
use crate::table::clip_first;

/// The most files that an archive may have.
const MOST_FILES: usize = 16_384;

/// How much is read of a compressed file at a time. There may be many files.
const DEFLATED: usize = 4 << 10;

/// What an archive of anything begins with.
const MAGIC: &[u8] = b"PK\x03\x04";

/// A file of an archive.
pub(super) struct Member {
    /// Its name, with folders.
    pub name: String,
    begin: u64,
    packed: u64,
    size: u64,
    crc: u32,
    is_deflated: bool,
}

/// The name of the first file, if the bytes begin an archive; as far as they go.
pub(super) fn first_name(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(MAGIC)?;
    let length =
        rest.get(22..24).map_or(0, |bytes| usize::from(bytes[0]) | usize::from(bytes[1]) << 8);
    let name = rest.get(26..).unwrap_or_default();
    Some(&name[..length.min(name.len())])
}

/// How many first bytes are looked at.
pub(super) const HEAD: usize = 512;

/// Whether an archive may begin with these bytes.
pub(super) fn may_begin(head: &[u8]) -> bool {
    head.starts_with(&MAGIC[..head.len().min(MAGIC.len())])
}

/// Whether the bytes begin an archive that is a mere compression: the formats that are archives too have names of
/// their own in it.
pub(super) fn is_compression(head: &[u8]) -> bool {
    first_name(head).is_some_and(|name| !is_arrays(name) && !is_torch(name) && !is_excel(name))
}

/// Whether this is the first file of NumPy arrays.
pub(super) fn is_arrays(name: &[u8]) -> bool {
    name.ends_with(b".npy")
}

/// Whether this is the first file of what PyTorch saves.
pub(super) fn is_torch(name: &[u8]) -> bool {
    name.ends_with(b"/data.pkl") || name.ends_with(b"/.format_version")
}

/// Whether this is the first file of an Excel workbook.
pub(super) fn is_excel(name: &[u8]) -> bool {
    [&b"[Content_Types]"[..], b"xl/", b"docProps/", b"_rels/"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The files of an archive, without folders and what macOS adds.
pub(super) fn members(file: &File) -> io::Result<Vec<Member>> {
    let mut archive = ZipArchive::new(BufReader::new(file.try_clone()?))?;
    if archive.len() > MOST_FILES {
        let limit = MOST_FILES;
        return Err(io::Error::other(format!("the archive has more than {limit} files")));
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let name = entry.name()?.into_owned();
        if entry.is_dir() || name.starts_with("__MACOSX/") {
            continue;
        }
        let is_deflated = match entry.compression() {
            _ if entry.encrypted() => {
                return Err(io::Error::other(format!("{} is encrypted", clip_first(&[name], 1))));
            }
            CompressionMethod::Stored => false,
            CompressionMethod::DEFLATE => true,
            other => {
                let name = clip_first(&[name], 1);
                return Err(io::Error::other(format!(
                    "{name} is compressed with {other}, which is not read; unpack it"
                )));
            }
        };
        let begin = entry.data_start().ok_or_else(|| io::Error::other("the archive is damaged"))?;
        let (packed, size, crc) = (entry.compressed_size(), entry.size(), entry.crc32());
        members.push(Member { name, begin, packed, size, crc, is_deflated });
    }
    Ok(members)
}

/// The one file of an archive.
pub(super) fn only_member(file: File) -> io::Result<(String, Bytes)> {
    let members = members(&file)?;
    if let [member] = members.as_slice() {
        return Ok((member.name.clone(), member.open(&Shared::new(file))));
    }
    let names: Vec<_> = members.into_iter().map(|member| member.name).collect();
    Err(io::Error::other(match names.len() {
        0 => "the archive has no file in it".to_owned(),
        count => format!(
            "the archive has {count} files ({}); choose one: unzip -p ARCHIVE NAME | graf … -",
            clip_first(&names, 5)
        ),
    }))
}

impl Member {
    /// Its bytes.
    pub fn open(&self, archive: &Shared) -> Bytes {
        let part = archive.part(self.begin, self.packed);
        let bytes: Bytes = if self.is_deflated {
            Box::new(DeflateDecoder::new(BufReader::with_capacity(DEFLATED, part)))
        } else {
            Box::new(part)
        };
        Box::new(Checked { bytes, left: self.size, crc: self.crc, hasher: Hasher::new() })
    }

    /// Where its bytes stand in the archive, if they are as they are.
    pub fn stored_at(&self) -> Option<u64> {
        (!self.is_deflated).then_some(self.begin)
    }
}

/// Bytes whose length and checksum are known.
struct Checked {
    bytes: Bytes,
    left: u64,
    crc: u32,
    hasher: Hasher,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the archive is damaged");
        self.left = self.left.checked_sub(count as u64).ok_or_else(damaged)?;
        let is_end = count == 0 && !buffer.is_empty();
        if is_end && (self.left > 0 || self.hasher.clone().finalize() != self.crc) {
            return Err(damaged());
        }
        Ok(count)
    }
}
