//! Networks that were seen before, left out.

use std::collections::HashSet;

use crate::graph::Identity;

/// The networks that were seen so far: sixteen bytes and some room for each.
#[derive(Default)]
pub(crate) struct Seen(HashSet<Identity>);

impl Seen {
    /// Whether this network was not seen before.
    pub fn is_new(&mut self, identity: Identity) -> bool {
        self.0.insert(identity)
    }
}
