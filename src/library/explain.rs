//! Explanations for networks in memory.

use crate::dataset::of_model::OfModel;
use crate::dataset::{Error, Request};
use crate::explain::Contributions;
use crate::library::PredictError;
use crate::model::{By, Model, Parts};
use crate::space::Architecture;

/// Why a model predicts what it predicts of some networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The names of the columns that contribute: those of the model and, if it has one, its `prior`.
    pub columns: Vec<String>,
    /// A base value and the contribution of each column (networks × columns), in units of the target. They add up to
    /// the predictions.
    pub contributions: Contributions,
}

impl Model {
    /// Explains the predictions of a target for networks, in parallel on the caller's rayon pool.
    ///
    /// # Errors
    ///
    /// [`PredictError`] if the model does not have the target, a column of the model is not computed from networks, a
    /// network is of another space than the model, or the predictor [cannot explain
    /// itself](crate::explain::Unexplained).
    pub fn explain(
        &self,
        networks: &[Architecture],
        target: &str,
    ) -> Result<Explained, PredictError> {
        let header = &self.header;
        let index = self.target_index(target)?;
        let parts = Parts::new(header, By::Column, &[]).into_iter();
        let parts = parts.flat_map(|parts| parts.all().to_vec());
        let columns: Vec<String> = parts.map(|part| part.name).collect();
        let request = Request::default().of_model(header)?;
        let own = request.model_space.or_else(|| networks.first()?.search_space());
        let contributions = match own {
            None => Contributions::constant(0.0, 0, columns.len()),
            Some(space) => {
                let records = OfModel::in_space(header, &request, space)?.records(networks)?;
                self.predictor.contributions(records.view(), index).map_err(Error::from)?
            }
        };
        Ok(Explained { columns, contributions })
    }
}
