//! Networks of a space, listed or drawn.

use super::Space;
use crate::dataset::drawn::Drawn;
use crate::dataset::{Error, Shard, Which};
use crate::graph::Equality;
use crate::space::Architecture;

/// Networks of a space, in chunks of at most 1,024.
pub struct Listing(Drawn);

impl std::fmt::Debug for Listing {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("Listing")
    }
}

impl Space {
    /// The networks of the space, all of them or drawn ones: those that `graf enumerate` and `graf sample` write. Of networks
    /// that are equal in a sense only the first, if that is asked.
    ///
    /// # Errors
    ///
    /// [`Error`] if the space cannot be listed, or networks are to be unique in a part of the whole.
    ///
    /// # Example
    ///
    /// ```
    /// use graf::dataset::{Shard, Which};
    /// use graf::graph::Equality;
    /// use graf::prelude::*;
    ///
    /// let space = Space::named("nasbench201")?;
    /// let networks = space.networks(Which::All, Shard::WHOLE, Some(Equality::Isomorphic))?;
    /// let counts = networks.map(|chunk| chunk.map(|chunk| chunk.len()));
    /// assert_eq!(counts.sum::<Result<usize, _>>()?, 8765);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn networks(
        self,
        which: Which,
        shard: Shard,
        unique: Option<Equality>,
    ) -> Result<Listing, Error> {
        Drawn::new(self.get(), which, shard, unique).map(Listing)
    }
}

impl Iterator for Listing {
    type Item = Result<Vec<Architecture>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.chunk() {
            Ok(chunk) if chunk.is_empty() => None,
            chunk => Some(chunk),
        }
    }
}
