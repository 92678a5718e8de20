//! Which network a row is.

use super::Fault;
use crate::graph::Identity;
use crate::space::{Architecture, SearchSpace};

/// Which network a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its first encoding.
    pub encoding: String,
    /// What it is up to isomorphism.
    pub identity: Identity,
    /// What it is as a function.
    pub function: Identity,
}

impl Known {
    pub(crate) fn new(space: &dyn SearchSpace, network: &Architecture) -> Result<Self, Fault> {
        let encoding = (space.encodings()[0].write)(network).map_err(Fault::of_network)?;
        let identity = space.identity(network);
        let function = space.formula(network).unwrap_or(identity);
        Ok(Known { encoding, identity, function })
    }
}
