//! The least and the greatest sum of weights along a live path, for many weightings at once.
//!
//! A weighting gives each operation a whole number. All are summed in one walk over the live edges,
//! [`LANES`] weightings at a time.

use super::MAX_OPS;
use super::live::LivePaths;
use crate::graph::Cell;

/// How many weightings a block has.
const LANES: usize = 32;

/// A number for each weighting of a block. A path has at most 15 operations, and a receptive field
/// grows by at most 8 for each.
type Lanes = [u8; LANES];

/// A weighting of the operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weighting {
    /// The weight of each operation.
    pub weights: [u8; MAX_OPS],
    /// What a path without operations has.
    pub start: u8,
}

/// Some weightings, and the sums of the cell that was walked last.
#[derive(Debug, Default)]
pub(super) struct Sums {
    weightings: Vec<Weighting>,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    start: Lanes,
    weights: [Lanes; MAX_OPS],
    /// For each node the least and the greatest sum of the paths to it.
    least: [Lanes; Cell::SMALL_NODES],
    most: [Lanes; Cell::SMALL_NODES],
}

impl Sums {
    /// The place of a weighting, which is added if it is new.
    pub fn place(&mut self, weighting: &Weighting) -> usize {
        if let Some(place) = self.weightings.iter().position(|other| other == weighting) {
            return place;
        }
        let place = self.weightings.len();
        self.weightings.push(weighting.clone());
        let (block, lane) = (place / LANES, place % LANES);
        if lane == 0 {
            self.blocks.push(Block {
                start: [0; LANES],
                weights: [[0; LANES]; MAX_OPS],
                least: [[0; LANES]; Cell::SMALL_NODES],
                most: [[0; LANES]; Cell::SMALL_NODES],
            });
        }
        let block = &mut self.blocks[block];
        block.start[lane] = weighting.start;
        for (lanes, weight) in block.weights.iter_mut().zip(weighting.weights) {
            lanes[lane] = weight;
        }
        place
    }

    /// Sums over the paths of a cell.
    pub fn walk(&mut self, live: &LivePaths) {
        for block in &mut self.blocks {
            block.walk(live);
        }
    }

    /// The least sum of a live path, if there is one.
    pub fn least(&self, place: usize, live: &LivePaths) -> u8 {
        self.blocks[place / LANES].least[live.nodes - 1][place % LANES]
    }

    /// The greatest sum of a live path, if there is one.
    pub fn most(&self, place: usize, live: &LivePaths) -> u8 {
        self.blocks[place / LANES].most[live.nodes - 1][place % LANES]
    }

    /// The sums of all live paths together.
    pub fn total(&self, place: usize, live: &LivePaths) -> u32 {
        let Weighting { weights, start } = &self.weightings[place];
        let ops = live.places.iter().zip(weights);
        let sums = ops.map(|(places, &weight)| places.total * u32::from(weight));
        sums.sum::<u32>() + live.paths * u32::from(*start)
    }
}

impl Block {
    fn walk(&mut self, live: &LivePaths) {
        for node in 0..live.nodes {
            let is_input = node < live.inputs;
            self.least[node] = if is_input { self.start } else { [u8::MAX; LANES] };
            self.most[node] = if is_input { self.start } else { [0; LANES] };
        }
        let none = [0; LANES];
        for &(from, to, op) in &live.steps {
            let weights = op.map_or(&none, |op| &self.weights[op.index()]);
            let (least, most) = (self.least[from], self.most[from]);
            for lane in 0..LANES {
                let (low, high) = (&mut self.least[to][lane], &mut self.most[to][lane]);
                *low = (*low).min(least[lane].saturating_add(weights[lane]));
                *high = (*high).max(most[lane].saturating_add(weights[lane]));
            }
        }
    }
}
