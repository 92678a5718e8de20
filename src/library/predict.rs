//! Predictions for networks in memory.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use thiserror::Error as ThisError;

use crate::control::{Cancelled, Control};
use crate::dataset::columns::ColumnChoice;
use crate::dataset::computed::Computed;
use crate::dataset::{Error, Request};
use crate::graph::CellError;
use crate::model::Model;
use crate::space::Architecture;

/// Networks that are predicted before the caller is asked whether to go on.
const BLOCK: usize = 8192;

/// Why a model cannot predict.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum PredictError {
    /// The model has no target of that name.
    #[error("the model has no target `{target}`; it has {targets}")]
    NoTarget {
        /// The name.
        target: String,
        /// The targets of the model.
        targets: String,
    },
    /// The caller cancelled the predictions.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
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

impl PredictError {
    /// Whether the caller cancelled the predictions.
    pub fn is_cancelled(&self) -> bool {
        match self {
            PredictError::Cancelled(_) => true,
            PredictError::Features(error) => error.is_cancelled(),
            PredictError::NoTarget { .. } | PredictError::Targets(_) | PredictError::Cell(_) => {
                false
            }
        }
    }
}

impl Model {
    /// Predicts the target of a model for networks, in parallel on the caller's rayon pool.
    ///
    /// # Errors
    ///
    /// As those of [`Model::predict_target`], and [`PredictError::Targets`] if the model has several targets.
    pub fn predict(&self, networks: &[Architecture]) -> Result<Prediction, PredictError> {
        self.predict_target(networks, self.only_target()?)
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
        self.predict_under(networks, target, &Control::default())
    }

    /// [`Model::predict_target`], which its caller can cancel and watch: each network is a step.
    ///
    /// # Errors
    ///
    /// As those of [`Model::predict_target`], and [`PredictError::Cancelled`].
    pub fn predict_under(
        &self,
        networks: &[Architecture],
        target: &str,
        control: &Control,
    ) -> Result<Prediction, PredictError> {
        let index = self.target_index(target)?;
        match self.records(networks, &control.silent())? {
            Some(records) => self.predict_records(records.view(), index, control),
            None => Ok(Prediction { mean: Array1::zeros(0), std: None }),
        }
    }

    /// The only target.
    pub(super) fn only_target(&self) -> Result<&str, PredictError> {
        match &self.header.targets[..] {
            [target] => Ok(target),
            targets => Err(PredictError::Targets(targets.join(", "))),
        }
    }

    /// The index of a target.
    pub(super) fn target_index(&self, target: &str) -> Result<usize, PredictError> {
        let targets = &self.header.targets;
        targets.iter().position(|other| other == target).ok_or_else(|| PredictError::NoTarget {
            target: target.to_owned(),
            targets: targets.join(", "),
        })
    }

    /// Predicts a target, by its index, for what the model reads of networks.
    pub(super) fn predict_records(
        &self,
        records: ArrayView2<f64>,
        target: usize,
        control: &Control,
    ) -> Result<Prediction, PredictError> {
        let steps = control.steps(records.nrows());
        let (mut means, mut deviations) = (Vec::new(), (records.nrows() > 0).then(Vec::new));
        for block in records.axis_chunks_iter(Axis(0), BLOCK) {
            control.check()?;
            let (mean, std) = self.predictor.mean_and_std(block).map_err(Error::from)?;
            means.extend(mean.column(target));
            let std = std.filter(|std| std.column(target).iter().all(|std| std.is_finite()));
            match (&mut deviations, std) {
                (Some(deviations), Some(std)) => deviations.extend(std.column(target)),
                _ => deviations = None,
            }
            steps.done_many(block.nrows())?;
        }
        Ok(Prediction { mean: means.into(), std: deviations.map(Array1::from) })
    }

    /// What the model reads of networks: networks × columns. `None` if there is no network.
    pub(super) fn records(
        &self,
        networks: &[Architecture],
        control: &Control,
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
        let computed = Computed::new(space, &request.features, &choice)?;
        Ok(Some(computed.records_under(networks, control)?))
    }
}
