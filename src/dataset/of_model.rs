//! Networks in memory as the numbers that a model takes.

use ndarray::Array2;

use super::columns::ColumnChoice;
use super::computed::Computed;
use super::{Error, Request};
use crate::model::Card;
use crate::space::{self, Architecture, SearchSpace};
use crate::table::clip;

/// What a model makes of networks in memory.
pub(crate) struct OfModel {
    space: &'static dyn SearchSpace,
    /// How they are encoded, if that is said.
    encoding: Option<String>,
    prunes: bool,
    computed: Computed,
}

impl OfModel {
    /// For a network by its encoding: of the space of the request, or that of the model, or the one that the encoding is of.
    ///
    /// # Errors
    ///
    /// [`Error::Unsuited`] if the space is not clear; as those of [`OfModel::in_space`].
    pub fn new(header: &Card, request: &Request, encoding: &str) -> Result<Self, Error> {
        let told = request.networks.space.or(request.model_space);
        let space = told.map_or_else(|| space::infer([encoding]), Ok);
        let space = space.map_err(|error| Error::Unsuited(error.to_string()))?;
        OfModel::in_space(header, request, space)
    }

    /// For networks of a space.
    ///
    /// # Errors
    ///
    /// [`Error::Unsuited`] if a column of the model is not computed from networks; [`Error::Features`] if the space does
    /// not have its features.
    pub fn in_space(
        header: &Card,
        request: &Request,
        space: &'static dyn SearchSpace,
    ) -> Result<Self, Error> {
        let choice = ColumnChoice::Named(&header.columns, &header.proxies);
        let computed = Computed::new(space, &request.features, &choice);
        let computed = computed.map_err(|error| match error {
            Error::Predictor { name, .. } => Error::Unsuited(format!(
                "the model needs column `{}`, which is not computed from networks; give it a table that has it",
                clip(&name)
            )),
            error => error,
        })?;
        let encoding = request.networks.encoding.clone();
        Ok(OfModel { space, encoding, prunes: request.networks.prune, computed })
    }

    /// The space.
    pub fn space(&self) -> &'static dyn SearchSpace {
        self.space
    }

    /// Reads a network.
    ///
    /// # Errors
    ///
    /// [`Error::Unsuited`] if it is none of the space.
    pub fn read(&self, text: &str) -> Result<Architecture, Error> {
        self.space.read_as(self.encoding.as_deref(), text).map_err(|error| {
            Error::Unsuited(format!("network `{}` of {}: {error}", clip(text), self.space.name()))
        })
    }

    /// The numbers of networks: networks × columns of the model.
    ///
    /// # Errors
    ///
    /// [`Error::Features`] if a network is of another space.
    pub fn records(&self, networks: &[Architecture]) -> Result<Array2<f64>, Error> {
        if !self.prunes {
            return self.computed.records(networks);
        }
        // The features of a model of pruned networks are those of pruned networks.
        let pruned = networks.iter().map(Architecture::pruned).collect::<Result<Vec<_>, _>>();
        let pruned = pruned.map_err(|error| Error::Unsuited(error.to_string()))?;
        self.computed.records(&pruned)
    }
}
