//! Why features cannot be computed.

use thiserror::Error;

use crate::control::Cancelled;

/// Why there is no such set of features, or why it could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeatureError {
    /// The caller cancelled the computation.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A family that is not registered.
    #[error("unknown feature family `{name}`; choose from {known}")]
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
    #[error("feature family `{name}` is named twice")]
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
        "`columns` names `{name}`, but the columns of {family} are learned from networks and cannot be chosen by name"
    )]
    LearnedColumn {
        /// The column.
        name: String,
        /// The family.
        family: &'static str,
    },
    /// Sets of no operations.
    #[error("a largest subset size of 0 leaves no feature; choose 1 to {ops} for {space}")]
    NoSubsets {
        /// The space.
        space: &'static str,
        /// How many operations it has.
        ops: usize,
    },
    /// More sets of operations than anyone can use.
    #[error("{space} has more than {most} sets of up to {size} of its {ops} operations")]
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
    /// A family that depends on a device.
    #[error("feature family `{name}` depends on a device, which is not stated")]
    NoDevice {
        /// The family.
        name: &'static str,
    },
    /// An architecture of another space.
    #[error("{}an architecture of {found} where one of {expected} is due",
        index.map_or_else(String::new, |index| format!("network {index} (from 0): ")))]
    WrongSpace {
        /// Its index, if it is one of several.
        index: Option<usize>,
        /// Where the architecture is from.
        found: &'static str,
        /// The space of the features.
        expected: &'static str,
    },
    /// A cell that has not the parts which a family lists.
    #[error(
        "a cell with {found} operations, of which {family} lists {expected} by their places; leave {family} out for such \
         networks"
    )]
    OtherParts {
        /// The family.
        family: &'static str,
        /// How many operations there are.
        found: usize,
        /// How many there should be.
        expected: usize,
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
