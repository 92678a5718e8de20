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

mod compat;
mod config;
mod cost;
mod degree;
mod encoding;
mod labels;
mod longest_path;
mod near;
mod op_count;
mod paths;
mod prefix_count;
mod shortest_path;
mod stages;
mod subsets;
mod wl;

use std::collections::HashMap;
use std::ops::Range;

use ndarray::Array2;
use ndarray::parallel::prelude::*;
use thiserror::Error;

use self::compat::Renaming;
pub use self::config::{FeatureConfig, Names, PRESETS, SubsetLimit};
pub use self::labels::Labels;
use self::paths::Paths;
pub use self::subsets::Subsets;
use crate::space::{Architecture, CellShape, SearchSpace};

/// The registered feature families.
pub static FAMILIES: [&dyn Family; 12] = [
    &op_count::OpCount,
    &shortest_path::ShortestPath,
    &longest_path::LongestPath,
    &degree::NodeDegree,
    &stages::Stages,
    &prefix_count::PrefixCount,
    &encoding::OneHot,
    &encoding::Adjacency,
    &encoding::Path,
    &wl::WeisfeilerLehman,
    &cost::Flops,
    &cost::Params,
];

/// The family of that name, if there is one. `one-hot` and `one_hot` are the same.
pub fn family_by_name(name: &str) -> Option<&'static dyn Family> {
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

    /// The names of its columns, those apart that are learned.
    fn names(&self, space: &dyn SearchSpace, subsets: &Subsets) -> Vec<String>;

    /// Writes the columns of one architecture, in the order of [`Family::names`], over whatever
    /// `row` holds. Allocates nothing.
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
}

/// Why there is no such set of features, or why it could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeatureError {
    /// A family that is not registered.
    #[error("unknown feature family `{name}`; choose from {known} (--families, --max-subset-size)")]
    NoSuchFamily {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A family that makes no sense for the space.
    #[error("feature family `{name}` is not defined for {space}, which has {known}")]
    NotDefined {
        /// The family.
        name: &'static str,
        /// The space.
        space: &'static str,
        /// What it has.
        known: String,
    },
    /// A family that was named twice.
    #[error("feature family `{name}` is named twice; name it once in --families")]
    Twice {
        /// The family.
        name: &'static str,
    },
    /// A column that was named twice.
    #[error("column `{name}` is named twice in `columns`; name it once")]
    SameColumn {
        /// The column.
        name: String,
    },
    /// A column that is none of the families'.
    #[error(
        "`columns` names `{name}`, which is not among the {count} columns of the chosen families for \
         {space}; the nearest are {near}"
    )]
    NoSuchColumn {
        /// The column.
        name: String,
        /// The space.
        space: &'static str,
        /// How many columns there are.
        count: usize,
        /// Those with the most similar names.
        near: String,
    },
    /// A column whose family learns them.
    #[error(
        "`columns` names `{name}`, but the columns of {family} are learned from networks and cannot be \
         chosen by name; add all of them with --use {family}"
    )]
    LearnedColumn {
        /// The column.
        name: String,
        /// The family.
        family: &'static str,
    },
    /// Sets of no operations.
    #[error(
        "a largest subset size (--max-subset-size) of 0 leaves no feature; choose 1 to {ops} for {space}"
    )]
    NoSubsets {
        /// The space.
        space: &'static str,
        /// How many operations it has.
        ops: usize,
    },
    /// More sets of operations than anyone can use.
    #[error(
        "{space} has more than {most} sets of up to {size} of its {ops} operations; choose a smaller \
         --max-subset-size"
    )]
    ManySubsets {
        /// The space.
        space: &'static str,
        /// The most sets that there may be.
        most: usize,
        /// The size of the largest sets.
        size: usize,
        /// How many operations there are.
        ops: usize,
    },
    /// A space that the paper repository's code does not read.
    #[error("the columns of zc_combine are not defined for {space}; choose readable names")]
    NoCompat {
        /// The space.
        space: &'static str,
    },
    /// A family that the paper repository's code does not have for the space.
    #[error("zc_combine has no {name} for {space}; leave the family out, or choose readable names")]
    NoCompatFamily {
        /// The family.
        name: &'static str,
        /// The space.
        space: &'static str,
    },
    /// An architecture of another space.
    #[error("an architecture of {found} where one of {expected} is due")]
    WrongSpace {
        /// Where the architecture is from.
        found: &'static str,
        /// The space of the features.
        expected: &'static str,
    },
    /// A row of another length.
    #[error("room for {found} numbers where {expected} are due")]
    WrongWidth {
        /// The room there is.
        found: usize,
        /// The number of features.
        expected: usize,
    },
    /// A preset or a configuration file that cannot be used.
    #[error("{0}")]
    Config(String),
}

/// The features of one search space: their names, and how to compute them.
#[derive(Debug)]
pub struct FeatureSet {
    space: &'static dyn SearchSpace,
    names: Vec<String>,
    planned: Vec<Planned>,
    /// How many of the families, and of the columns, are not in addition to others.
    chosen: (usize, usize),
    /// The largest of the families' sets; the others are its beginnings. `None` if no family
    /// reads paths.
    walked: Option<Subsets>,
    renaming: Option<Renaming>,
}

/// A family with its place in the row.
struct Planned {
    family: &'static dyn Family,
    /// The largest sets that were asked for.
    limit: usize,
    subsets: Subsets,
    columns: Range<usize>,
    /// Where columns are learned, the place of each among them.
    learned: Option<HashMap<String, usize>>,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "{} in {:?}", self.family.name(), self.columns)
    }
}

impl FeatureSet {
    /// Plans the features that `config` chooses for `space`.
    ///
    /// # Errors
    ///
    /// [`FeatureError`] if a family is unknown, undefined for the space or named twice, if the
    /// paper repository's names are asked for where it has none, or if a column is chosen that there
    /// is not.
    pub fn new(
        space: &'static dyn SearchSpace,
        config: &FeatureConfig,
    ) -> Result<Self, FeatureError> {
        config.check_columns()?;
        let mut planned: Vec<Planned> = Vec::new();
        let mut names = Vec::new();
        let (families, chosen) = config.families_for(space)?;
        for family in families {
            if planned.iter().any(|other| other.family.name() == family.name()) {
                return Err(FeatureError::Twice { name: family.name() });
            }
            let limit = config.subset_size(space, family.name())?;
            // zc_combine limits the banned operations of this family, which needs all the others.
            let is_banned = config.names == Names::ZcCombine && family.name() == "min_path_len";
            let ops = space.operations().len();
            let subsets = Subsets::new(ops, if is_banned { ops } else { limit });
            let start = names.len();
            names.extend(family.names(space, &subsets));
            let learned = family.is_learned().then(|| {
                let own = config.learned.iter().filter(|name| family.owns(name));
                names.extend(own.cloned());
                names[start..].iter().cloned().zip(0..).collect()
            });
            planned.push(Planned { family, limit, subsets, columns: start..names.len(), learned });
        }
        let walked = planned.iter().filter(|plan| plan.family.reads_paths());
        let walked = walked.map(|plan| &plan.subsets).max_by_key(|subsets| subsets.len()).cloned();
        let end = |plan: &Planned| plan.columns.end;
        let (mut renaming, ends): (Option<Renaming>, Vec<usize>) = match config.names {
            Names::Readable => (None, planned.iter().map(end).collect()),
            Names::ZcCombine => {
                let parts =
                    planned.iter().map(|plan| (plan.family.name(), plan.limit, &plan.subsets));
                let (renaming, ends) = Renaming::new(space, parts, &names)?;
                (Some(renaming), ends)
            }
        };
        let mut width = chosen.checked_sub(1).map_or(0, |last| ends[last]);
        if let Some(columns) = &config.columns {
            let all = renaming.get_or_insert_with(|| Renaming::none(&names));
            let places: HashMap<&String, usize> = all.names()[..width].iter().zip(0..).collect();
            let place = |name: &String| {
                let place = places.get(name).copied();
                place.ok_or_else(|| Self::no_such_column(space, config, name))
            };
            let kept = columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
            let besides = width..all.names().len();
            width = kept.len();
            *all = all.select(kept.into_iter().chain(besides));
        }
        if let Some(renaming) = &renaming {
            names = renaming.names().to_vec();
        }
        let chosen = (chosen, width);
        Ok(FeatureSet { space, names, planned, chosen, walked, renaming })
    }

    /// Why a column cannot be chosen.
    fn no_such_column(
        space: &'static dyn SearchSpace,
        config: &FeatureConfig,
        name: &str,
    ) -> FeatureError {
        let name = name.to_owned();
        if let Some(family) = FAMILIES.into_iter().find(|f| f.is_learned() && f.owns(&name)) {
            return FeatureError::LearnedColumn { name, family: family.name() };
        }
        let all = FeatureConfig { columns: None, also: Vec::new(), ..config.clone() };
        match FeatureSet::new(space, &all) {
            Ok(set) => {
                let near = near::nearest(&name, set.names()).join(", ");
                FeatureError::NoSuchColumn { name, space: space.name(), count: set.len(), near }
            }
            Err(error) => error,
        }
    }

    /// The space whose architectures it takes.
    pub fn space(&self) -> &'static dyn SearchSpace {
        self.space
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Room to compute rows in; one for each thread.
    pub fn scratch(&self) -> Scratch {
        let width = self.planned.last().map_or(0, |plan| plan.columns.end);
        let row = if self.renaming.is_some() { vec![0.0; width] } else { Vec::new() };
        Scratch { row, ..Scratch::default() }
    }

    /// Writes the features of an architecture to `row`, as many as [`FeatureSet::len`].
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`] and [`FeatureError::WrongWidth`].
    ///
    /// # Complexity
    ///
    /// O(columns + edges · path length); allocates nothing but, once, the scratch.
    pub fn compute(
        &self,
        architecture: &Architecture,
        scratch: &mut Scratch,
        row: &mut [f64],
    ) -> Result<(), FeatureError> {
        self.check_space(architecture)?;
        if row.len() != self.len() {
            return Err(FeatureError::WrongWidth { found: row.len(), expected: self.len() });
        }
        match &self.renaming {
            None => self.compute_readable(architecture, scratch, row),
            Some(renaming) => {
                let mut readable = std::mem::take(&mut scratch.row);
                readable.resize(self.planned.last().map_or(0, |plan| plan.columns.end), 0.0);
                self.compute_readable(architecture, scratch, &mut readable);
                renaming.write(&readable, row);
                scratch.row = readable;
            }
        }
        Ok(())
    }

    fn compute_readable(&self, network: &Architecture, scratch: &mut Scratch, row: &mut [f64]) {
        if let Some(subsets) = &self.walked {
            scratch.paths.walk(network.cells(), subsets);
        }
        for plan in &self.planned {
            let row = &mut row[plan.columns.clone()];
            match &plan.learned {
                None => plan.family.compute(network, &plan.subsets, scratch, row),
                Some(places) => {
                    row.fill(0.0);
                    plan.family.labels(network, &mut scratch.label, &mut |label| {
                        if let Some(&place) = places.get(label) {
                            row[place] += 1.0;
                        }
                    });
                }
            }
        }
    }

    /// Whether some of its columns are learned: those of [`FeatureConfig::learned`].
    pub fn is_learned(&self) -> bool {
        self.planned.iter().any(|plan| plan.learned.is_some())
    }

    /// The columns that are chosen for themselves: those of [`FeatureConfig::also`] stand behind
    /// them. With them, whether some are learned.
    pub(crate) fn chosen(&self) -> (&[String], bool) {
        let (families, columns) = self.chosen;
        let is_learned = self.planned[..families].iter().any(|plan| plan.learned.is_some());
        (&self.names[..columns], is_learned)
    }

    /// The labels of an architecture, each as often as it has it: names for columns to learn.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`].
    pub fn labels_of(
        &self,
        architecture: &Architecture,
        scratch: &mut Scratch,
    ) -> Result<Vec<String>, FeatureError> {
        self.check_space(architecture)?;
        let mut labels = Vec::new();
        for plan in self.planned.iter().filter(|plan| plan.learned.is_some()) {
            plan.family.labels(architecture, &mut scratch.label, &mut |label| {
                labels.push(label.to_owned());
            });
        }
        Ok(labels)
    }

    /// The labels of many architectures, found in parallel: a row each, in their order.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`] if one is of another space.
    pub fn labels(&self, architectures: &[Architecture]) -> Result<Labels, FeatureError> {
        let rows = architectures.into_par_iter().map_init(
            || self.scratch(),
            |scratch, architecture| self.labels_of(architecture, scratch),
        );
        let mut labels = Labels::default();
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            labels.push(row);
        }
        Ok(labels)
    }

    fn check_space(&self, architecture: &Architecture) -> Result<(), FeatureError> {
        let (found, expected) = (architecture.space(), self.space.name());
        if found == expected { Ok(()) } else { Err(FeatureError::WrongSpace { found, expected }) }
    }

    /// The features of many architectures, computed in parallel: a row each, in their order.
    ///
    /// # Errors
    ///
    /// [`FeatureError::WrongSpace`] if one is of another space.
    pub fn matrix(&self, architectures: &[Architecture]) -> Result<Array2<f64>, FeatureError> {
        let mut matrix = Array2::zeros((architectures.len(), self.len()));
        matrix.outer_iter_mut().into_par_iter().zip(architectures).try_for_each_init(
            || self.scratch(),
            |scratch, (mut row, architecture)| {
                let found = row.len();
                let wrong = FeatureError::WrongWidth { found, expected: self.len() };
                self.compute(architecture, scratch, row.as_slice_mut().ok_or(wrong)?)
            },
        )?;
        Ok(matrix)
    }
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
