//! Why a text is not an architecture.

use thiserror::Error;

use crate::graph::CellError;

/// Why a text is not an encoding of a search space, or names an invalid network of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// The text does not have the form of an encoding.
    #[error("expected {expected} at character {at}, found {found}")]
    Syntax {
        /// What would have fitted.
        expected: &'static str,
        /// What stands there instead, clipped.
        found: String,
        /// Where, counted in characters from 1.
        at: usize,
    },
    /// The text starts like none of the space's encodings.
    #[error("not an encoding of {space}; it reads, for example, {example}")]
    Unrecognised {
        /// The space that was asked.
        space: &'static str,
        /// One of its encodings.
        example: &'static str,
    },
    /// A list of another length than the space's.
    #[error("{found} {what}; {space} takes {expected}")]
    Length {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The space that was asked.
        space: &'static str,
        /// How many there should be.
        expected: &'static str,
    },
    /// A number that names no operation.
    #[error("operation id {id} (number {index} of the list) is out of range; {space} has {known}")]
    OpOutOfRange {
        /// The number.
        id: u32,
        /// Its place in the list, from 1.
        index: usize,
        /// The space that was asked.
        space: &'static str,
        /// The ids and their operations.
        known: String,
    },
    /// A word that names no operation.
    #[error("unknown operation `{name}`; {space} has {known}")]
    UnknownOp {
        /// The word, clipped.
        name: String,
        /// The space that was asked.
        space: &'static str,
        /// The operations there are.
        known: String,
    },
    /// The space's own rules are broken.
    #[error("{0}")]
    Invalid(String),
    /// The edges do not make a cell.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// An encoding that the space does not have.
    #[error("{space} has no encoding `{name}`; choose one of {known}")]
    NoSuchEncoding {
        /// The name that was asked for.
        name: String,
        /// The space.
        space: &'static str,
        /// Its encodings.
        known: String,
    },
}

impl EncodingError {
    /// The error of a broken rule, in words.
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        EncodingError::Invalid(reason.into())
    }
}
