//! TensorFlow's record files: for each record its length, a checksum of that, the bytes, and a checksum of those.
//! The numbers are little-endian; the checksums are CRC-32C, rotated and shifted ("masked").

use std::io::{self, BufReader, Read};

use super::input::{BUFFER, Bytes};
use super::limit::{RECORD_LIMIT, TooLong};

/// Whether the bytes begin with a record.
pub(super) fn begins(head: &[u8]) -> bool {
    head.split_first_chunk::<8>().is_some_and(|(length, rest)| rest.starts_with(&masked(length)))
}

/// The checksum as it stands in a file.
pub(super) fn masked(bytes: &[u8]) -> [u8; 4] {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// Reads records one after the other.
pub(super) struct Frames {
    bytes: BufReader<Bytes>,
    record: Vec<u8>,
}

impl Frames {
    pub fn new(bytes: Bytes) -> Self {
        Self { bytes: BufReader::with_capacity(BUFFER, bytes), record: Vec::new() }
    }

    /// The next record; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let damaged = |reason: &str| io::Error::new(io::ErrorKind::InvalidData, reason);
        let mut head = Vec::with_capacity(12);
        self.bytes.by_ref().take(12).read_to_end(&mut head)?;
        if head.is_empty() {
            return Ok(None);
        }
        let Some((length, checksum)) = head.split_first_chunk::<8>().filter(|_| head.len() == 12)
        else {
            return Err(damaged("the file ends within a record"));
        };
        if checksum != masked(length) {
            return Err(damaged(
                "the length of a record is damaged, or these are no TensorFlow records",
            ));
        }
        let length = u64::from_le_bytes(*length);
        if length > RECORD_LIMIT {
            return Err(io::Error::other(TooLong));
        }
        self.record.clear();
        self.bytes.by_ref().take(length + 4).read_to_end(&mut self.record)?;
        if self.record.len() as u64 != length + 4 {
            return Err(damaged("the file ends within a record"));
        }
        let (record, checksum) = self.record.split_at(self.record.len() - 4);
        if checksum != masked(record) {
            return Err(damaged("a record is damaged: its checksum differs"));
        }
        Ok(Some(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn records_have_checksums() {
        let length = [2, 0, 0, 0, 0, 0, 0, 0];
        let sums = [&length[..], b"ab"].map(|bytes| masked_by_definition(bytes).to_le_bytes());
        let file = [&length[..], &sums[0], b"ab", &sums[1]].concat();
        assert!(begins(&file));
        assert!(!begins(&[0; 16]));
        let read = |bytes: &[u8]| {
            let mut frames = Frames::new(Box::new(io::Cursor::new(bytes.to_vec())));
            let first = frames.next()?.map(<[u8]>::to_vec);
            frames.next().map(|second| (first, second.map(<[u8]>::to_vec)))
        };
        assert_eq!(read(&file).expect("whole"), (Some(b"ab".to_vec()), None));
        for end in 1..file.len() {
            assert!(read(&file[..end]).is_err(), "{end}");
        }
        for place in 0..file.len() {
            let mut damaged = file.clone();
            damaged[place] ^= 1;
            assert!(read(&damaged).is_err(), "{place}");
        }
    }
}
