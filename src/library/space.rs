//! A search space and its networks.

use rayon::prelude::*;
use thiserror::Error;

use crate::space::{self, Architecture, EncodingError, InferError, SearchSpace, SpaceError};

/// How many encodings a space is told from: the rows of the first chunk of a table.
const INFERRED_FROM: usize = 1024;

/// A search space: a registered one, or one that a file describes.
#[derive(Debug, Clone, Copy)]
pub struct Space(pub(super) &'static dyn SearchSpace);

/// An encoding that cannot be read.
#[derive(Debug, Error)]
#[error("network {index} (counted from 0): {reason}")]
pub struct ParseError {
    /// The index of the encoding, counted from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: EncodingError,
}

impl Space {
    /// The registered space of that name, such as `nasbench201`, or the one that a TOML file describes, by its path.
    /// A description is kept until the process ends.
    ///
    /// # Errors
    ///
    /// [`SpaceError`] if no space has that name, or the file cannot be read or describes no space.
    pub fn named(name: &str) -> Result<Self, SpaceError> {
        space::by_name_or_file(name).map(Space)
    }

    /// The only space that reads some encodings, told from the first 1,024 of them.
    ///
    /// # Errors
    ///
    /// [`InferError`] if there is none, or more than one.
    pub fn infer<T: AsRef<str>>(encodings: &[T]) -> Result<Self, InferError> {
        space::infer(encodings.iter().take(INFERRED_FROM).map(AsRef::as_ref)).map(Space)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What is known of it: operations, encodings, cells.
    pub fn get(self) -> &'static dyn SearchSpace {
        self.0
    }

    /// Reads an encoding: any of the space's that it recognises by its form.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] if it is none, or the network is invalid.
    pub fn parse(self, encoding: &str) -> Result<Architecture, EncodingError> {
        self.0.read(encoding)
    }

    /// Reads many encodings in parallel, on the caller's rayon pool.
    ///
    /// # Errors
    ///
    /// [`ParseError`] for the first encoding that cannot be read.
    ///
    /// # Complexity
    ///
    /// O(length of the encodings).
    pub fn parse_all<T: AsRef<str> + Sync>(
        self,
        encodings: &[T],
    ) -> Result<Vec<Architecture>, ParseError> {
        let parsed = encodings.par_iter().map(|encoding| self.0.read(encoding.as_ref()));
        let parsed: Vec<_> = parsed.collect();
        let named = parsed
            .into_iter()
            .enumerate()
            .map(|(index, network)| network.map_err(|reason| ParseError { index, reason }));
        named.collect()
    }

    /// Writes an architecture in one of the space's encodings, by its name.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] if the space has no such encoding, or it cannot express the network.
    pub fn write(self, network: &Architecture, encoding: &str) -> Result<String, EncodingError> {
        (self.0.encoding(encoding)?.write)(network)
    }
}
