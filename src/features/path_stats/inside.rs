//! How many live paths use only operations of a set, for many sets at once.

use super::MAX_OPS;
use super::live::LivePaths;
use crate::graph::Cell;

/// How many sets a block has.
const LANES: usize = 32;

/// A number for each set of a block; a cell has at most 2¹⁴ paths.
type Lanes = [u16; LANES];

/// Some sets, operation `o` as bit `o`, and the paths of the cell that was walked last.
#[derive(Debug, Default)]
pub(super) struct Inside {
    sets: Vec<u32>,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    /// For each operation all bits of the sets that contain it.
    containing: [Lanes; MAX_OPS],
    /// For each node the paths to it.
    paths: [Lanes; Cell::SMALL_NODES],
}

impl Inside {
    /// The place of a set, which is added if it is new.
    pub fn place(&mut self, set: u32) -> usize {
        if let Some(place) = self.sets.iter().position(|&other| other == set) {
            return place;
        }
        let place = self.sets.len();
        self.sets.push(set);
        let (block, lane) = (place / LANES, place % LANES);
        if lane == 0 {
            self.blocks.push(Block {
                containing: [[0; LANES]; MAX_OPS],
                paths: [[0; LANES]; Cell::SMALL_NODES],
            });
        }
        for (op, lanes) in self.blocks[block].containing.iter_mut().enumerate() {
            lanes[lane] = if set >> op & 1 == 1 { u16::MAX } else { 0 };
        }
        place
    }

    /// Counts the paths of a cell.
    pub fn walk(&mut self, live: &LivePaths) {
        for block in &mut self.blocks {
            block.walk(live);
        }
    }

    /// How many live paths use only operations of the set.
    pub fn paths(&self, place: usize, live: &LivePaths) -> u32 {
        u32::from(self.blocks[place / LANES].paths[live.nodes - 1][place % LANES])
    }
}

impl Block {
    fn walk(&mut self, live: &LivePaths) {
        self.paths[..live.inputs].fill([1; LANES]);
        self.paths[live.inputs..live.nodes].fill([0; LANES]);
        let all = [u16::MAX; LANES];
        for &(from, to, op) in &live.steps {
            let containing = op.map_or(&all, |op| &self.containing[op.index()]);
            let source = self.paths[from];
            for lane in 0..LANES {
                self.paths[to][lane] += source[lane] & containing[lane];
            }
        }
    }
}
