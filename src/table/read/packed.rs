//! Compressions of a whole input, told by their first bytes whatever the file is called.

use std::io::{self, BufReader};
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use super::input::{BUFFER, Bytes, peek};

/// The most memory for decompressing xz, in bytes: `xz -9` needs 65 MiB.
const XZ_MEMORY: u64 = 256 << 20;

/// A compression.
struct Packing {
    begins: &'static [u8],
    /// What a file's name ends in.
    extension: &'static str,
    open: fn(BufReader<Bytes>) -> io::Result<Bytes>,
}

/// Every compression, one line each. A zip archive is opened elsewhere: it is read from its end.
#[rustfmt::skip]
const REGISTRY: [Packing; 4] = [
    Packing { begins: b"\x1f\x8b", extension: "gz", open: |bytes| Ok(Box::new(MultiGzDecoder::new(bytes))) },
    Packing { begins: b"\x28\xb5\x2f\xfd", extension: "zst", open: |bytes| Ok(Box::new(zstd::Decoder::with_buffer(bytes)?)) },
    Packing { begins: b"BZh", extension: "bz2", open: |bytes| Ok(Box::new(MultiBzDecoder::new(bytes))) },
    Packing { begins: b"\xfd7zXZ\0", extension: "xz", open: xz },
];

/// What follows `BZh` and the size of the blocks: the first block, or the end of nothing.
const BZIP2: [&[u8]; 2] = [b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"];

/// Undoes a compression, if there is one, and says whether there was.
pub(super) fn undone(bytes: Bytes) -> io::Result<(Bytes, bool)> {
    let (head, bytes) = peek(bytes, 10, |_| false)?;
    let bytes = BufReader::with_capacity(BUFFER, bytes);
    match REGISTRY.iter().find(|packing| head.starts_with(packing.begins)) {
        // Text may begin with these letters.
        Some(Packing { begins: b"BZh", .. })
            if !BZIP2.iter().any(|block| head[3..].get(1..) == Some(block)) =>
        {
            Ok((Box::new(bytes), false))
        }
        Some(packing) => Ok(((packing.open)(bytes)?, true)),
        None => Ok((Box::new(bytes), false)),
    }
}

fn xz(bytes: BufReader<Bytes>) -> io::Result<Bytes> {
    let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
    Ok(Box::new(XzDecoder::new_stream(bytes, stream)))
}

/// A path without the extension of a compression.
pub(super) fn unpacked(path: &Path) -> &Path {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let is_packed =
        extension == "zip" || REGISTRY.iter().any(|packing| extension == packing.extension);
    let stem = path.file_stem().map(Path::new);
    if is_packed { stem.unwrap_or(path) } else { path }
}
