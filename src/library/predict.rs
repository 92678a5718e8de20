//! Predictions for networks in memory.

use ndarray::{Array1, Array2};
use thiserror::Error as ThisError;

use crate::dataset::columns::ColumnChoice;
use crate::dataset::computed::Computed;
use crate::dataset::{Error, Request};
use crate::graph::CellError;
use crate::model::Model;
use crate::space::Architecture;

/// Why a model cannot predict.
#[derive(Debug, ThisError)]
pub enum PredictError {
    /// The model has no target of that name.
    #[error("the model has no target `{target}`; it has {targets}")]
    NoTarget {
        /// The name.
        target: String,
        /// The targets of the model.
        targets: String,
    },
    /// The model has several targets, of which one must be named.
    #[error("the model has several targets: {0}")]
    Targets(String),
    /// A network cannot be pruned as the training networks of the model were.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// The features of the model cannot be computed.
    #[error(transparent)]
    Features(#[from] Error),
}

/// What a model predicts of some networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The prediction for each network, in units of the target.
    pub mean: Array1<f64>,
    /// Its standard deviation, in units of the target; absent where the predictor has none, or nothing is known of it.
    pub std: Option<Array1<f64>>,
}

impl Model {
    /// Predicts the target of a model for networks, in parallel on the caller's rayon pool.
    ///
    /// # Errors
    ///
    /// As those of [`Model::predict_target`], and [`PredictError::Targets`] if the model has several targets.
    pub fn predict(&self, networks: &[Architecture]) -> Result<Prediction, PredictError> {
        match &self.header.targets[..] {
            [target] => self.predict_target(networks, target),
            targets => Err(PredictError::Targets(targets.join(", "))),
        }
    }

    /// Predicts one of the targets of a model.
    ///
    /// # Errors
    ///
    /// [`PredictError`] if the model does not have the target, a column of the model is not computed from networks,
    /// or a network is of another space than the model.
    pub fn predict_target(
        &self,
        networks: &[Architecture],
        target: &str,
    ) -> Result<Prediction, PredictError> {
        let header = &self.header;
        let Some(index) = header.targets.iter().position(|other| other == target) else {
            let targets = header.targets.join(", ");
            return Err(PredictError::NoTarget { target: target.to_owned(), targets });
        };
        let Some(records) = self.records(networks)? else {
            return Ok(Prediction { mean: Array1::zeros(0), std: None });
        };
        let (mean, std) = self.predictor.mean_and_std(records.view());
        let std = std.map(|std| std.column(index).to_owned());
        let std = std.filter(|std| std.iter().all(|std| std.is_finite()));
        Ok(Prediction { mean: mean.column(index).to_owned(), std })
    }
    /// What the model reads of networks: networks × columns. `None` if there is no network.
    pub(super) fn records(
        &self,
        networks: &[Architecture],
    ) -> Result<Option<Array2<f64>>, PredictError> {
        let header = &self.header;
        let request = Request::default().of_model(header)?;
        let own = request.model_space.or_else(|| networks.first()?.search_space());
        let Some(space) = own else { return Ok(None) };
        // The features of a model of pruned networks are those of pruned networks.
        let pruned = request.networks.prune.then(|| networks.iter().map(Architecture::pruned));
        let pruned = pruned.map(Iterator::collect::<Result<Vec<_>, _>>).transpose()?;
        let networks = pruned.as_deref().unwrap_or(networks);
        let choice = ColumnChoice::Named(&header.columns, &header.proxies);
        Ok(Some(Computed::new(space, &request.features, &choice)?.records(networks)?))
    }
}
