//! Networks that were seen before, left out.

use std::collections::HashSet;

use super::Part;
use crate::graph::Identity;

/// The networks that were seen so far: sixteen bytes and some room for each.
#[derive(Default)]
pub(super) struct Seen(HashSet<Identity>);

impl Seen {
    /// Whether this network was not seen before.
    pub fn is_new(&mut self, identity: Identity) -> bool {
        self.0.insert(identity)
    }

    /// Leaves the first row of each network in a part.
    pub fn keep_first(&mut self, part: &mut Part) {
        let (mut start, mut kept) = (0, 0);
        for (identity, end) in std::mem::take(&mut part.rows) {
            if self.is_new(identity) {
                part.encoded.copy_within(start..end, kept);
                kept += end - start;
            } else {
                part.written -= 1;
                part.repeated += 1;
            }
            start = end;
        }
        part.encoded.truncate(kept);
    }
}
