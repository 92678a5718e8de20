//! Search spaces that a TOML file describes: one cell, its operations, its edges, its encoding.
//!
//! `docs/spaces.md` has every key and two examples. A file becomes a [`Description`], which is checked
//! ([`check`]), made into a [`Described`] and kept for as long as the process runs ([`registry`]), because
//! spaces live that long. What a description can not say (two cells, edges without an operation beside
//! edges with one) needs a file in `space/`.

mod check;
mod described;
mod description;
mod encoding;
mod file;
mod free;
mod registry;

use std::ops::RangeInclusive;

use rand::{Rng, RngCore};

pub use self::described::Described;
pub use self::description::{Description, EdgeList, EncodingKeys, Matrix};
pub use self::registry::{SpaceError, by_name_or_file, from_description};
use super::{Architecture, CellShape, Encoding, EncodingError, Generated, Layout, SearchSpace};
use crate::graph::{Op, Site};

/// A described space as a search space.
struct Custom(&'static Described);

/// The most networks that are listed.
const MOST_LISTED: u128 = 1 << 32;

impl SearchSpace for Custom {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn summary(&self) -> &'static str {
        self.0.summary
    }

    fn operations(&self) -> &'static [&'static str] {
        self.0.operations
    }

    fn path_lengths(&self) -> RangeInclusive<u32> {
        self.0.path_lengths()
    }

    fn zero_op(&self) -> Option<Op> {
        self.0.zero
    }

    fn site(&self) -> Site {
        self.0.description.ops_on
    }

    fn cells(&self) -> &'static [CellShape] {
        std::slice::from_ref(&self.0.shape)
    }

    /// A chain has one path and no choice of it: there the places of the operations count.
    fn families(&self) -> &'static [&'static str] {
        if self.0.is_chain() {
            &["op_count", "prefix_count"]
        } else {
            &["op_count", "min_path_len", "max_op_on_path", "node_degree"]
        }
    }

    fn layout(&self) -> Option<Layout<'_>> {
        Some(self.0.layout())
    }

    fn example(&self) -> &'static str {
        self.0.example
    }

    fn encodings(&self) -> &'static [Encoding] {
        encoding::all(self.0)
    }

    fn described(&self) -> Option<&'static Described> {
        Some(self.0)
    }

    fn read(&self, text: &str) -> Result<Architecture, EncodingError> {
        encoding::read(self.0, text)
    }

    /// All networks in the order of their tuples; with free edges the cells without dead nodes.
    fn enumerate(&self) -> Option<Generated> {
        let space = self.0;
        if space.is_free() {
            return free::enumerate(space);
        }
        let count = space.networks().filter(|&count| count <= MOST_LISTED)?;
        let count = u64::try_from(count).ok()?;
        Some(Box::new((0..count).map(move |number| space.architecture(&numbered(space, number)))))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        if self.0.is_free() {
            return free::sample(self.0, random);
        }
        let ops: Vec<Op> = self
            .0
            .choices
            .iter()
            .map(|choices| choices[random.gen_range(0..choices.len())])
            .collect();
        self.0.architecture(&ops)
    }
}

/// The operations of the network of that number; the last place counts up fastest.
fn numbered(space: &Described, mut number: u64) -> Vec<Op> {
    let mut ops = Vec::with_capacity(space.choices.len());
    for choices in space.choices.iter().rev() {
        let count = choices.len() as u64;
        ops.extend(usize::try_from(number % count).ok().and_then(|index| choices.get(index)));
        number /= count;
    }
    ops.reverse();
    ops
}
