//! Search spaces that a TOML file describes: their cells, what their operations do, how their networks are written.
//!
//! `docs/spaces.md` has every key and examples. A file becomes a [`Description`], which is checked
//! ([`check`]: its shape; [`meaning`]: what it says of its operations), made into a [`Described`] and kept for as long as
//! the process runs ([`registry`]), because spaces live that long. Some descriptions come with the crate ([`bundled`]).

mod both;
mod bundled;
mod check;
mod described;
mod description;
mod encoding;
mod file;
mod free;
mod kinds;
mod labelled;
mod layout;
mod lists;
mod literal;
mod meaning;
mod pairs;
mod registry;
mod skeleton;
mod tokens;

use std::ops::RangeInclusive;

use rand::{Rng, RngCore};

pub use self::bundled::{BUNDLED, TEMPLATE};
pub use self::described::Described;
pub use self::description::{Concat, Description, EdgeList, EncodingKeys, MatrixPart};
pub use self::kinds::{KindKeys, KindName};
pub use self::lists::ListKeys;
pub use self::registry::{ALIASES, SpaceError, by_name_or_file, from_description};
pub use self::skeleton::{SkeletonKeys, StageKeys};
use super::{
    Architecture, CellShape, Encoding, EncodingError, Generated, Layout, OpKind, SearchSpace,
    Skeleton,
};
use crate::graph::{Identity, Op, Site};

/// A described space as a search space.
struct Custom(&'static Described);

/// The most networks that are listed.
const MOST_LISTED: u128 = 1 << 32;

/// How often operations are drawn until they go together.
const DRAWS: usize = 100_000;

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

    fn operation_kinds(&self) -> &'static [OpKind] {
        self.0.kinds
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
        &self.0.shapes
    }

    /// A chain has one path and no choice of it: there the places of the operations count.
    fn families(&self) -> &'static [&'static str] {
        match (self.0.is_chain(), self.0.values().is_empty()) {
            (true, true) => &["op_count", "prefix_count"],
            (true, false) => &["op_count", "prefix_count", "value"],
            // As the paper has it for DARTS.
            _ if self.0.is_pairs() => &["op_count", "max_op_on_path", "node_degree"],
            (false, true) => &["op_count", "min_path_len", "max_op_on_path", "node_degree"],
            (false, false) => {
                &["op_count", "min_path_len", "max_op_on_path", "node_degree", "value"]
            }
        }
    }

    fn skeleton(&self) -> Option<&Skeleton> {
        self.0.skeleton.as_ref()
    }

    fn layout(&self) -> Option<Layout<'_>> {
        Some(self.0.layout())
    }

    fn example(&self) -> &'static str {
        self.0.example
    }

    fn encodings(&self) -> &'static [Encoding] {
        self.0.encodings
    }

    fn described(&self) -> Option<&'static Described> {
        Some(self.0)
    }

    /// Isomorphic networks are the same, and so are those that differ in where absent layers stand in their stages.
    fn identity(&self, network: &Architecture) -> Identity {
        let normal = self.0.normal_form(network.cells());
        let cells = normal.as_ref().map_or(network.cells(), |cells| cells.as_slice());
        Identity::of_cells(self.name(), cells, self.zero_op())
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
        if space.is_pairs() {
            return None;
        }
        let mut choices = space.choices.iter().map(|choices| choices.len() as u128);
        let count = choices.try_fold(1, u128::checked_mul)?;
        let count = u64::try_from(count).ok().filter(|&count| u128::from(count) <= MOST_LISTED)?;
        let ops = (0..count).map(move |number| numbered(space, number));
        let allowed = ops.filter(move |ops| !space.forbids(ops));
        Some(Box::new(allowed.map(move |ops| space.architecture(&ops))))
    }

    fn sample(&self, random: &mut dyn RngCore) -> Result<Architecture, EncodingError> {
        if self.0.is_free() {
            return free::sample(self.0, random);
        }
        if self.0.is_pairs() {
            return pairs::sample(self.0, random);
        }
        for _ in 0..DRAWS {
            let draw = |choices: &Vec<Op>| choices[random.gen_range(0..choices.len())];
            let ops: Vec<Op> = self.0.choices.iter().map(draw).collect();
            if !self.0.forbids(&ops) {
                return self.0.architecture(&ops);
            }
        }
        Err(EncodingError::invalid(format!(
            "{} forbids {DRAWS} networks in a row that were drawn; forbid fewer combinations",
            self.0.name
        )))
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
