//! The networks of a space, listed or drawn, in blocks that can be shared out.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::filter::{Filter, FilterScratch};
use super::unique::Seen;
use super::{Condition, Error};
use crate::graph::Equality;
use crate::space::{Architecture, EncodingError, Generated, SearchSpace};
use crate::stream::CHUNK_ROWS;

/// Which networks of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them, in the space's order.
    All,
    /// Some, drawn at random.
    Sample {
        /// How many.
        count: u64,
        /// The seed; the same one draws the same networks.
        seed: u64,
    },
}

/// One of several parts of a listing or a sample. Together they are the whole, whatever their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    index: u64,
    /// How many parts there are.
    of: u64,
}

impl Shard {
    /// The whole.
    pub const WHOLE: Shard = Shard { index: 0, of: 1 };

    /// Part `index` (from 0) of so many; `None` if there is no such part.
    pub fn new(index: u64, of: u64) -> Option<Self> {
        (index < of).then_some(Shard { index, of })
    }

    /// Whether it is the whole.
    pub fn is_whole(self) -> bool {
        self.of == 1
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    /// `2/8`: the second of eight, counted from 1.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let parts = parts.and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        let shard = parts.and_then(|(index, of): (u64, u64)| Shard::new(index.checked_sub(1)?, of));
        shard.ok_or_else(|| "must be i/n with i from 1 to n, such as 1/8".to_owned())
    }
}

/// After so many draws in a row without a new network there are taken to be no more.
const PATIENCE: usize = 1_000_000;

/// The networks, in blocks of [`CHUNK_ROWS`] that a shard takes in turn.
pub(crate) struct Drawn {
    space: &'static dyn SearchSpace,
    source: Source,
    shard: Shard,
    /// The next block.
    block: u64,
    /// Networks that are the same are one in this sense.
    unique: Option<(Equality, Seen)>,
    /// Others are left out.
    filter: Option<Filter>,
    /// How many were left out because they do not meet the condition.
    pub excluded: u64,
    /// How many networks are wanted, and how many there were.
    count: u64,
    found: u64,
    /// How many were left out because they came before.
    pub repeated: u64,
    /// Draws in a row without a new network.
    idle: usize,
}

enum Source {
    Listed(Generated),
    /// The numbers of the next block.
    ///
    /// Each block has a stream of its own, 2¹²⁸ numbers behind the last one, so that those of other shards are skipped.
    Random(Xoshiro256PlusPlus),
}

impl Drawn {
    /// A shard of the networks of a space; one of those only that are equal in a sense.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] if the space cannot be listed; [`Error::SharedOut`] if networks are to be unique in a part of the
    /// whole.
    pub fn new(
        space: &'static dyn SearchSpace,
        which: Which,
        shard: Shard,
        unique: Option<Equality>,
    ) -> Result<Self, Error> {
        if unique.is_some() && !shard.is_whole() {
            return Err(Error::SharedOut);
        }
        let (source, count) = match which {
            Which::All => {
                let listed = space.enumerate();
                let listed = listed.ok_or_else(|| Error::TooMany { space: space.name() })?;
                (Source::Listed(listed), u64::MAX)
            }
            Which::Sample { count, seed } => {
                (Source::Random(Xoshiro256PlusPlus::seed_from_u64(seed)), count)
            }
        };
        let unique = unique.map(|equality| (equality, Seen::default()));
        let (block, found, repeated, idle) = (0, 0, 0, 0);
        let (filter, excluded) = (None, 0);
        Ok(Drawn {
            space,
            source,
            shard,
            block,
            unique,
            filter,
            excluded,
            count,
            found,
            repeated,
            idle,
        })
    }

    /// The same, of the networks that meet a condition on their features. A sample has as many of these.
    ///
    /// # Errors
    ///
    /// [`Error::ConditionName`] and [`Error::ConditionColumn`] if a name is not that of one feature;
    /// [`Error::SharedCondition`] if a sample is shared out.
    pub fn meeting(self, condition: Option<&Condition>) -> Result<Self, Error> {
        let Some(condition) = condition else { return Ok(self) };
        if matches!(self.source, Source::Random(_)) && !self.shard.is_whole() {
            return Err(Error::SharedCondition);
        }
        Ok(Drawn { filter: Some(Filter::new(condition, Some(self.space), &[])?), ..self })
    }

    /// The next networks; none at the end.
    ///
    /// # Errors
    ///
    /// [`Error::NoMore`] if a sample is to have more networks than are found; never for a space that keeps its rules
    /// otherwise.
    pub fn chunk(&mut self) -> Result<Vec<Architecture>, Error> {
        loop {
            let block = self.block()?;
            let drawn = block.len();
            let new = self.new_ones(block)?;
            self.found += new.len() as u64;
            let is_end = drawn == 0 || self.found == self.count;
            if is_end || !new.is_empty() {
                self.idle = 0;
                return Ok(new);
            }
            self.idle += drawn;
            if self.idle >= PATIENCE && matches!(self.source, Source::Random(_)) {
                return Err(Error::NoMore { space: self.space.name(), found: self.found });
            }
        }
    }

    /// The next block of the shard; empty at the end.
    fn block(&mut self) -> Result<Vec<Architecture>, EncodingError> {
        loop {
            let left = self.left();
            if left == 0 {
                return Ok(Vec::new());
            }
            let is_own = self.block % self.shard.of == self.shard.index;
            self.block += 1;
            match &mut self.source {
                Source::Listed(networks) if is_own => {
                    return networks.by_ref().take(CHUNK_ROWS).collect();
                }
                Source::Listed(networks) => {
                    if networks.nth(CHUNK_ROWS - 1).is_none() {
                        return Ok(Vec::new());
                    }
                }
                Source::Random(random) => {
                    let mut own = random.clone();
                    random.jump();
                    if is_own {
                        let size = if self.is_open() { CHUNK_ROWS } else { left };
                        return (0..size).map(|_| self.space.sample(&mut own)).collect();
                    }
                }
            }
        }
    }

    /// Whether some of a block may be left out, so that a sample takes more draws than it has networks.
    fn is_open(&self) -> bool {
        self.unique.is_some() || self.filter.is_some()
    }

    /// How many networks the next block may have.
    fn left(&self) -> usize {
        let before =
            if self.is_open() { self.found } else { self.block.saturating_mul(CHUNK_ROWS as u64) };
        let left = self.count.saturating_sub(before);
        usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_ROWS)
    }

    /// The networks of a block that were not seen before, as many as are left to find.
    fn new_ones(&mut self, block: Vec<Architecture>) -> Result<Vec<Architecture>, Error> {
        let left = usize::try_from(self.count - self.found).unwrap_or(usize::MAX);
        let mut block = self.allowed(block)?;
        let Some((equality, seen)) = &mut self.unique else {
            block.truncate(left);
            return Ok(block);
        };
        let identity = |network| self.space.identity_by(*equality, network);
        let identities: Vec<_> = block.par_iter().map(identity).collect();
        let mut is_new = |identity| {
            let is_new = seen.is_new(identity);
            self.repeated += u64::from(!is_new);
            is_new
        };
        let new = block.into_iter().zip(identities).filter(|&(_, identity)| is_new(identity));
        Ok(new.map(|(network, _)| network).take(left).collect())
    }

    /// The networks of a block that meet the condition.
    fn allowed(&mut self, block: Vec<Architecture>) -> Result<Vec<Architecture>, Error> {
        let Some(filter) = &self.filter else { return Ok(block) };
        let holds = |scratch: &mut FilterScratch, network: &Architecture| {
            filter.holds_for(network, scratch)
        };
        let holds = block.par_iter().map_init(FilterScratch::default, holds);
        let holds = holds.collect::<Result<Vec<_>, _>>();
        let holds = holds.map_err(|fault| Error::Unwritable { reason: fault.reason })?;
        self.excluded += holds.iter().filter(|holds| !**holds).count() as u64;
        let allowed = block.into_iter().zip(holds).filter(|(_, holds)| *holds);
        Ok(allowed.map(|(network, _)| network).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space;

    fn all(which: Which, shard: Shard) -> Vec<Architecture> {
        let space = space::by_name("nasbench201").unwrap();
        let mut drawn = Drawn::new(space, which, shard, None).unwrap();
        let chunks = std::iter::from_fn(|| Some(drawn.chunk().unwrap()).filter(|c| !c.is_empty()));
        chunks.collect::<Vec<_>>().concat()
    }

    #[test]
    fn shards_are_the_whole_whatever_their_number() {
        let space = space::by_name("nasbench201").unwrap();
        for which in [Which::All, Which::Sample { count: 5000, seed: 3 }] {
            let whole = all(which, Shard::WHOLE);
            assert_eq!(whole.len(), if which == Which::All { 15_625 } else { 5000 });
            let hashes = |networks: &[Architecture]| {
                let encode = |network| (space.encodings()[0].write)(network).unwrap();
                let mut texts: Vec<_> = networks.iter().map(encode).collect();
                texts.sort_unstable();
                texts
            };
            for of in [2, 3, 7] {
                let parts = (0..of).map(|index| all(which, Shard::new(index, of).unwrap()));
                let parts: Vec<_> = parts.collect();
                assert!(parts.iter().all(|part| !part.is_empty() || of > 5));
                assert_eq!(hashes(&parts.concat()), hashes(&whole), "{which:?} {of}");
            }
        }
    }

    #[test]
    fn shards_are_read_as_people_count() {
        assert_eq!("1/1".parse(), Ok(Shard::WHOLE));
        assert_eq!("8/8".parse(), Ok(Shard { index: 7, of: 8 }));
        for wrong in ["0/8", "9/8", "1", "1/0", "a/2", "1/2/3", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
