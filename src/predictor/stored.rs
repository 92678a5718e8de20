//! The bytes of a saved predictor, read from the front. No length in them is believed.

use ndarray::Array1;
use thiserror::Error;

/// What is wrong with the bytes of a predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Damaged(pub &'static str);

/// Bytes that are read from the front.
#[derive(Debug)]
pub struct Bytes<'a> {
    pub(crate) rest: &'a [u8],
    /// Whether leaves are followed by how many training rows they have, as they are in what is written now.
    pub(crate) have_covers: bool,
    /// Whether a blend begins with its views, as one does that is written now.
    pub(crate) have_views: bool,
}

const EARLY: Damaged = Damaged("it ends too early");

impl<'a> Bytes<'a> {
    /// All of some bytes.
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Bytes { rest, have_covers: true, have_views: true }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(EARLY)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.take(N)?.try_into().map_err(|_| EARLY)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Damaged> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Damaged> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number, which must be finite.
    pub(crate) fn number(&mut self) -> Result<f64, Damaged> {
        let number = self.array().map(f64::from_le_bytes)?;
        if number.is_finite() { Ok(number) } else { Err(Damaged("a number in it is not finite")) }
    }

    /// So many finite numbers.
    pub(crate) fn numbers(&mut self, count: usize) -> Result<Array1<f64>, Damaged> {
        let mut rest = Bytes::new(self.take(count.checked_mul(8).ok_or(EARLY)?)?);
        (0..count).map(|_| rest.number()).collect()
    }

    /// A count, of things that take at least so many bytes each.
    pub(crate) fn count(&mut self, least: usize) -> Result<usize, Damaged> {
        let count = self.u32()? as usize;
        if count > self.rest.len() / least.max(1) { Err(EARLY) } else { Ok(count) }
    }

    /// Whether nothing is left.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if something is.
    pub(crate) fn end(&self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damaged("it has bytes to spare")) }
    }
}

/// Appends a count; more than 2³² − 1 does not read back.
pub(crate) fn write_count(count: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

/// Appends numbers.
pub(crate) fn write_numbers<'a>(numbers: impl IntoIterator<Item = &'a f64>, out: &mut Vec<u8>) {
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}
