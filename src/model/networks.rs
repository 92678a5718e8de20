//! Which networks a model was trained on.

use std::collections::BTreeSet;
use std::io;

use crate::predictor::{Bytes, Damaged};

/// The training networks of a model: eight bytes for each different one, the beginning of a hash. What is
/// hashed is up to whoever asks; networks with the same hash are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrainingNetworks(Vec<u64>);

/// What a hash takes in a file.
const BYTES: usize = 8;

impl TrainingNetworks {
    /// Whether a network is one of them.
    ///
    /// # Complexity
    ///
    /// O(log networks).
    pub fn contains(&self, hash: u64) -> bool {
        self.0.binary_search(&hash).is_ok()
    }

    /// How many different ones there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and those of another model.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        self.0.into_iter().chain(other.0.iter().copied()).collect()
    }

    /// Appends how many there are, and each, in ascending order.
    pub(super) fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        out.write_all(&(self.0.len() as u64).to_le_bytes())?;
        self.0.iter().try_for_each(|hash| out.write_all(&hash.to_le_bytes()))
    }

    /// Reads what [`TrainingNetworks::write`] has written.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if there are fewer bytes than they take, or they do not ascend.
    pub(super) fn read(bytes: &mut Bytes) -> Result<Self, Damaged> {
        let count = usize::try_from(bytes.u64()?).unwrap_or(usize::MAX);
        let mut section = Bytes::new(bytes.take(count.saturating_mul(BYTES))?);
        let hashes = (0..count).map(|_| section.u64()).collect::<Result<Vec<_>, _>>()?;
        if !hashes.is_sorted_by(|one, next| one < next) {
            return Err(Damaged("its training networks are not in order"));
        }
        Ok(TrainingNetworks(hashes))
    }
}

impl FromIterator<u64> for TrainingNetworks {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        TrainingNetworks(hashes.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(networks: &TrainingNetworks) -> Vec<u8> {
        let mut bytes = Vec::new();
        networks.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn they_read_back_sorted_and_once() {
        let networks: TrainingNetworks = [7, u64::MAX, 0, 7].into_iter().collect();
        let bytes = written(&networks);
        assert_eq!((networks.len(), bytes.len()), (3, 8 + 3 * 8));
        assert_eq!(TrainingNetworks::read(&mut Bytes::new(&bytes)).unwrap(), networks);
        assert_eq!([7, 8, u64::MAX].map(|hash| networks.contains(hash)), [true, false, true]);
        let none = TrainingNetworks::default();
        assert!(
            none.is_empty()
                && TrainingNetworks::read(&mut Bytes::new(&written(&none))).unwrap() == none
        );
    }

    #[test]
    fn what_is_not_in_order_or_too_long_is_refused() {
        let list = |count: u64, hashes: &[u64]| {
            let numbers = std::iter::once(count).chain(hashes.iter().copied());
            numbers.flat_map(u64::to_le_bytes).collect::<Vec<_>>()
        };
        for bytes in [
            list(2, &[2, 1]),
            list(2, &[1, 1]),
            list(3, &[1, 2]),
            list(u64::MAX, &[1, 2]),
            list(1 << 61, &[1, 2]),
            vec![1, 0],
        ] {
            assert!(TrainingNetworks::read(&mut Bytes::new(&bytes)).is_err(), "{bytes:?}");
        }
    }
}
