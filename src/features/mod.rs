//! Graph features: an [`Architecture`] in, a row of named numbers out.
//!
//! One file a family, one line each in [`FAMILIES`]. Every family states in its module what its
//! columns mean, their range and what stands for "there is none".
//!
//! Kadlecová, Lukasik, Pilát, Vidnerová, Safari, Neruda, Hutter: *Surprisingly Strong Performance
//! Prediction with Neural Graph Features*, ICML 2024, arXiv 2404.16551. Reference implementation:
//! `zc_combine`, whose columns [`Names::ZcCombine`] writes.
//!
//! # Example
//!
//! ```
//! use graf::features::{FeatureConfig, FeatureSet};
//!
//! let space = graf::space::by_name("nasbench201").unwrap();
//! let features = FeatureSet::new(space, &FeatureConfig::default())?;
//! let network = space.read("(4, 0, 3, 1, 4, 3)")?;
//!
//! let mut scratch = features.scratch();
//! let mut row = vec![0.0; features.len()];
//! features.compute(&network, &mut scratch, &mut row)?;
//!
//! let column = features.names().iter().position(|name| name == "op_count(avg_pool_3x3)").unwrap();
//! assert_eq!(row[column], 2.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod closed_form;
mod compat;
mod config;
mod cost;
mod definition;
mod degree;
mod encoding;
mod error;
mod flow;
mod labels;
mod longest_path;
mod mean_field;
mod near;
mod op_count;
mod path_stats;
mod paths;
mod prefix_count;
mod recipe;
mod set;
mod shared;
mod shortest_path;
mod stages;
mod subsets;
mod value;
mod wl;
mod words;

pub use self::config::{
    FeatureConfig, Names, PLUS, PLUS_FAMILIES, PLUS_PLUS, PRESETS, SubsetLimit, THEORY_FAMILIES,
    VIEWS,
};
pub use self::cost::Device;
pub use self::definition::definition;
pub use self::error::FeatureError;
pub use self::labels::Labels;
use self::paths::Paths;
pub use self::recipe::{Member, RECIPE, recipe};
pub(crate) use self::recipe::{RECIPE_FAMILIES, recipe_direction};
pub use self::set::FeatureSet;
pub(crate) use self::set::check_spaces;
pub use self::subsets::Subsets;
pub use self::words::statement;
use crate::graph::LiveCells;
use crate::space::{Architecture, CellShape, SearchSpace};

/// The registered feature families.
pub static FAMILIES: [&dyn Family; 23] = [
    &op_count::OpCount,
    &shortest_path::ShortestPath,
    &longest_path::LongestPath,
    &degree::NodeDegree,
    &stages::Stages,
    &prefix_count::PrefixCount,
    &value::Value,
    &encoding::OneHot,
    &encoding::Adjacency,
    &encoding::Path,
    &wl::WeisfeilerLehman,
    &path_stats::PathStats,
    &flow::RANDOM_WALK,
    &flow::POSITION,
    &flow::SUCCESSION,
    &flow::SIGNAL,
    &shared::Shared,
    &cost::Flops,
    &cost::Params,
    &cost::Bytes,
    &cost::Roofline,
    &mean_field::MeanField,
    &closed_form::ClosedForm,
];

/// Other words of the field for families.
pub const ALIASES: [(&str, &str); 1] = [("onehot", "one_hot")];

/// The family of that name or [alias](ALIASES), if there is one. `one-hot` and `one_hot` are the same.
pub fn family_by_name(name: &str) -> Option<&'static dyn Family> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    FAMILIES.into_iter().find(|family| is_called(family.name(), name))
}

/// Whether a family goes by that name.
fn is_called(family: &str, name: &str) -> bool {
    family == name.replace('-', "_")
}

/// A kind of feature, computed from the cells of an architecture.
pub trait Family: Send + Sync {
    /// The name for `--families`.
    fn name(&self) -> &'static str;

    /// What it counts, in one line.
    fn summary(&self) -> &'static str;

    /// Whether it is one of the paper's graph features.
    fn is_graf(&self) -> bool {
        true
    }

    /// Whether a column of a table has the name of one of its columns. By default those start with
    /// the name of the cell and that of the family.
    fn owns(&self, column: &str) -> bool {
        has_stem(column, self.name(), self.is_graf())
    }

    /// Whether it makes sense for the cells of a space.
    fn defined_for(&self, space: &dyn SearchSpace) -> bool {
        !space.is_chain()
    }

    /// Whether [`Family::compute`] asks for the path walk.
    fn reads_paths(&self) -> bool {
        false
    }

    /// Whether its columns are learned from networks: one for each of their [`Family::labels`].
    fn is_learned(&self) -> bool {
        false
    }

    /// Whether its columns depend on a [device](FeatureConfig::device).
    fn needs_device(&self) -> bool {
        false
    }

    /// The names of its columns on a device, where they depend on one.
    fn names_on(&self, _device: Device) -> Vec<String> {
        Vec::new()
    }

    /// The names of its columns, those apart that are learned.
    fn names(&self, space: &dyn SearchSpace, subsets: &Subsets) -> Vec<String>;

    /// Refuses an architecture that its columns cannot express.
    ///
    /// # Errors
    ///
    /// [`FeatureError::OtherParts`].
    fn check(&self, _network: &Architecture) -> Result<(), FeatureError> {
        Ok(())
    }

    /// Writes the columns of one architecture, in the order of [`Family::names`], over whatever
    /// `row` holds. Allocates nothing. [`FeatureSet::compute`] makes the scratch ready for the architecture
    /// before it asks the families.
    fn compute(
        &self,
        network: &Architecture,
        subsets: &Subsets,
        scratch: &mut Scratch,
        row: &mut [f64],
    );

    /// Gives `each` the labels of an architecture, each as often as the architecture has it, where
    /// columns are learned. A label is the name of its column, and the count is its value. `text` is
    /// room to write labels in.
    fn labels(&self, _network: &Architecture, _text: &mut String, _each: &mut dyn FnMut(&str)) {}
}

/// Room for what the computation of a row needs on the way; make one for each thread and use it
/// for all rows. See [`FeatureSet::scratch`].
#[derive(Debug, Default)]
pub struct Scratch {
    paths: Paths,
    sums: Vec<u64>,
    row: Vec<f64>,
    label: String,
    live: LiveCells,
    device: Option<Device>,
    path_stats: path_stats::Room,
    flow: flow::Room,
    shared: shared::Room,
    mean_field: mean_field::Room,
}

impl Scratch {
    /// Gives `each` the operations on live paths of a network of a space, by their places in its list.
    pub(crate) fn live_ops(
        &mut self,
        space: &dyn SearchSpace,
        network: &Architecture,
        each: impl FnMut(usize),
    ) {
        self.live.forget();
        let live = self.live.of(network.cells(), space.zero_op());
        live.iter().flat_map(|live| &live.edges).filter_map(|edge| edge.op).for_each(each);
    }
}

/// The family whose columns mean the same in every space.
pub(crate) const SHARED: &str = shared::NAME;

/// Whether columns mean the same in every space: some are those of [`SHARED`], and none is of another
/// family.
pub(crate) fn mean_the_same_everywhere(columns: &[String]) -> bool {
    let has = |is_asked: &dyn Fn(&dyn Family) -> bool| {
        let families = FAMILIES.into_iter().filter(|family| is_asked(*family));
        families.into_iter().any(|family| columns.iter().any(|column| family.owns(column)))
    };
    has(&|family| family.name() == SHARED) && !has(&|family| family.name() != SHARED)
}

/// Whether a column of a table has the name of a graph feature, readable or `zc_combine`'s.
pub fn is_feature_name(name: &str) -> bool {
    FAMILIES.into_iter().any(|family| family.is_graf() && family.owns(name))
}

/// Whether a column of a table has the name of a column that is learned.
pub(crate) fn is_learned_name(name: &str) -> bool {
    FAMILIES.into_iter().any(|family| family.is_learned() && family.owns(name))
}

/// Whether the name of a column is a stem and something in brackets, or (where `zc_combine` has
/// columns of that stem) something after `_`. A cell's prefix may stand before it.
fn has_stem(column: &str, stem: &str, in_zc_combine: bool) -> bool {
    let cell = ["normal.", "reduce."].iter().find_map(|prefix| column.strip_prefix(prefix));
    let rest = cell.unwrap_or(column).strip_prefix(stem);
    rest.is_some_and(|rest| rest.starts_with('(') || (in_zc_combine && rest.starts_with('_')))
}

/// The columns of all cells: the prefix of each cell before the names of `one`.
fn columns(space: &dyn SearchSpace, one: impl Fn(&CellShape) -> Vec<String>) -> Vec<String> {
    let cell = |shape: &CellShape| {
        let prefix = shape.prefix;
        one(shape).into_iter().map(move |name| format!("{prefix}{name}"))
    };
    space.cells().iter().flat_map(cell).collect()
}

/// The columns of a family with one number for each cell, input and set.
fn path_columns(space: &dyn SearchSpace, subsets: &Subsets, family: &str) -> Vec<String> {
    columns(space, |shape| {
        let inputs = shape.inputs.iter();
        let walks = inputs.flat_map(|input| {
            let sets = subsets.names(space.operations());
            sets.map(move |set| match shape.inputs.len() {
                1 => format!("{family}({set})"),
                _ => format!("{family}({set}).{input}"),
            })
        });
        walks.collect()
    })
}
