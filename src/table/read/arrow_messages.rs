//! The messages of an Arrow stream, checked before the library reads them.
//!
//! A compressed buffer says how long it is unpacked, and the library takes as much memory at once. What a damaged or
//! hostile file claims is compared with what the buffer can hold.

use std::io::{self, BufReader, Cursor, Read};

use arrow_ipc::{BodyCompression, Buffer, CompressionType, root_as_message};

use super::input::{BUFFER, Bytes};

/// What an Arrow file has around its stream.
const MAGIC: &[u8] = b"ARROW1";

/// A file's stream begins at most so many bytes after its magic bytes.
const MOST_PADDING: usize = 64;

/// What a message begins with.
const MARK: [u8; 4] = [0xff; 4];

/// The most bytes that a byte of LZ4 is unpacked to. zstd has no such bound, and needs none: it is unpacked bit by bit.
const MOST_UNPACKED: u64 = 256;

/// The bytes of a stream, of which whole messages are checked.
pub(super) struct Messages {
    bytes: BufReader<Bytes>,
    ready: Cursor<Vec<u8>>,
    /// Whether the stream has ended; what follows is not looked at.
    is_over: bool,
}

impl Messages {
    /// The stream of a file, or a stream.
    pub fn new(bytes: Bytes, is_file: bool) -> io::Result<Self> {
        let mut bytes = BufReader::with_capacity(BUFFER, bytes);
        let mut start = [0; 4];
        if is_file {
            bytes.read_exact(&mut [0; 8])?;
            // Padding follows, in fours.
            for _ in 0..MOST_PADDING / start.len() {
                bytes.read_exact(&mut start)?;
                if start != [0; 4] {
                    break;
                }
            }
        } else {
            bytes.read_exact(&mut start)?;
        }
        let mut messages = Self { bytes, ready: Cursor::default(), is_over: false };
        messages.load(start)?;
        Ok(messages)
    }

    /// Checks that the file is whole, once its last message was read.
    pub fn is_whole(&mut self, most: u64) -> io::Result<bool> {
        let mut rest = Vec::new();
        self.take(most).read_to_end(&mut rest)?;
        Ok(rest.ends_with(MAGIC))
    }

    /// Loads the message that begins like this.
    fn load(&mut self, start: [u8; 4]) -> io::Result<()> {
        let mut message = start.to_vec();
        let mut length = start;
        if length == MARK {
            self.bytes.read_exact(&mut length)?;
            message.extend(length);
        }
        let length = u64::from(u32::from_le_bytes(length));
        self.is_over = length == 0;
        let begin = message.len();
        self.append(length, &mut message)?;
        if !self.is_over {
            let body = {
                let read = root_as_message(&message[begin..]).map_err(|_| damaged())?;
                u64::try_from(read.bodyLength()).map_err(|_| damaged())?
            };
            let end = message.len();
            self.append(body, &mut message)?;
            check(&message[begin..end], &message[end..])?;
        }
        self.ready = Cursor::new(message);
        Ok(())
    }

    /// Appends so many bytes; memory grows with those that come.
    fn append(&mut self, length: u64, to: &mut Vec<u8>) -> io::Result<()> {
        let count = self.bytes.by_ref().take(length).read_to_end(to)?;
        if count as u64 == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

impl Read for Messages {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.position() == self.ready.get_ref().len() as u64 {
            if self.is_over {
                return self.bytes.read(buffer);
            }
            let mut start = Vec::new();
            self.bytes.by_ref().take(4).read_to_end(&mut start)?;
            match start.as_array() {
                Some(start) => self.load(*start)?,
                None if start.is_empty() => return Ok(0),
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        self.ready.read(buffer)
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a message is damaged")
}

/// Checks how long the buffers of a message claim to be.
fn check(header: &[u8], body: &[u8]) -> io::Result<()> {
    let message = root_as_message(header).map_err(|_| damaged())?;
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    let is_lz4 = |packed: BodyCompression| packed.codec() == CompressionType::LZ4_FRAME;
    if !batch.compression().is_some_and(is_lz4) {
        return Ok(());
    }
    let fits = |buffer: &Buffer| {
        let place = |number: i64| usize::try_from(number).ok();
        let begin = place(buffer.offset())?;
        let packed = body.get(begin..begin.checked_add(place(buffer.length())?)?)?;
        // Without a length, or with one of −1, nothing is unpacked.
        let Some((length, _)) = packed.split_first_chunk() else { return Some(packed.is_empty()) };
        let length = i64::from_le_bytes(*length);
        let most = (packed.len() as u64).saturating_mul(MOST_UNPACKED);
        Some(length == -1 || u64::try_from(length).is_ok_and(|length| length <= most))
    };
    let buffers = batch.buffers().ok_or_else(damaged)?;
    let is_sound = buffers.iter().all(|buffer| fits(buffer).unwrap_or(false));
    if is_sound { Ok(()) } else { Err(damaged()) }
}
