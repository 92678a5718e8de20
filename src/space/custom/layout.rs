//! What follows from the edges of a described space: paths, and where the parts of a cell stand in encodings.

use std::ops::RangeInclusive;

use super::Described;
use super::description::EdgeList;
use crate::graph::Site;
use crate::space::{Entries, Layout, PathOrder, Places};

/// All operations that a space can have, in their order.
const ALL: [u8; 64] = {
    let mut ops = [0; 64];
    let mut op: u8 = 0;
    while op < 64 {
        ops[op as usize] = op;
        op += 1;
    }
    ops
};

/// The most columns of `path` for an input.
const MOST_PATHS: u64 = 20_000;

impl Described {
    /// How many operations a path can have.
    pub fn path_lengths(&self) -> RangeInclusive<u32> {
        let silent = usize::from(self.description.ops_on == Site::Nodes || self.is_pairs());
        if self.is_pairs() {
            let nodes = self.description.nodes - self.inputs().len() - 1;
            return 1..=u32::try_from(nodes).unwrap_or(u32::MAX);
        }
        let mut found = vec![None::<(usize, usize)>; self.description.nodes];
        found[..self.inputs().len()].fill(Some((0, 0)));
        let all = || {
            let nodes = 0..self.description.nodes;
            nodes.clone().flat_map(move |from| (from + 1..nodes.end).map(move |to| (from, to)))
        };
        let edges: Vec<_> = if self.is_free() {
            all().collect()
        } else {
            self.sorted.iter().map(|&(from, to, _)| (from, to)).collect()
        };
        for (from, to) in edges {
            let Some((shortest, longest)) = found[from] else { continue };
            let (least, most) = found[to].unwrap_or((usize::MAX, 0));
            found[to] = Some((least.min(shortest + 1), most.max(longest + 1)));
        }
        let (shortest, longest) = found[self.description.nodes - 1].unwrap_or_default();
        let count = |edges: usize| u32::try_from(edges.saturating_sub(silent)).unwrap_or(0);
        count(shortest)..=count(longest)
    }

    /// The most paths from an input to the output that a cell can have.
    pub fn most_paths(&self) -> f64 {
        let (nodes, inputs) = (self.description.nodes, self.inputs().len());
        if self.is_pairs() {
            // Each node reads the one before it twice, and the output all of them.
            return (inputs..nodes).fold(1.0, |paths, _| 2.0 * paths);
        }
        let mut paths = vec![0.0_f64; nodes];
        paths[..inputs].fill(1.0);
        let all = (inputs..nodes).flat_map(|to| (0..to).map(move |from| (from, to)));
        let edges: Vec<_> = if self.is_free() {
            all.collect()
        } else {
            self.sorted.iter().map(|&(from, to, _)| (from, to)).collect()
        };
        for (from, to) in edges {
            paths[to] += paths[from];
        }
        paths[nodes - 1]
    }

    /// Where the parts of a cell stand in encodings.
    pub(super) fn layout(&self) -> Layout<'_> {
        let ops = &ALL[..self.ids().len().min(ALL.len())];
        let longest = *self.path_lengths().end();
        // The empty path has a column only where a path can be empty.
        let lengths = (*self.path_lengths().start()).min(1)..=longest;
        let columns = lengths.clone().try_fold(0_u64, |sum, length| {
            sum.checked_add((ops.len() as u64).checked_pow(length)?)
        });
        let are_few = columns.is_some_and(|columns| columns <= MOST_PATHS);
        let places = match self.description.ops_on {
            Site::Edges if self.is_pairs() => {
                Places::Listed(2 * (self.description.nodes - self.inputs().len() - 1))
            }
            Site::Edges => Places::Edges(&self.edges, &self.ranks),
            Site::Nodes => Places::Nodes(&self.order),
        };
        Layout {
            nodes: self.description.nodes,
            entries: match self.description.edges {
                _ if self.is_free() => Entries::Upper,
                EdgeList::Word(_) => Entries::Full,
                EdgeList::Fixed(_) => Entries::Same,
            },
            places,
            indicators: ops,
            has_indicators: true,
            ids: self.ids(),
            missing: false,
            paths: (are_few && !self.is_chain()).then_some(PathOrder { digits: ops, lengths }),
        }
    }
}
