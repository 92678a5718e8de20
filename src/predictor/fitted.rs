//! Fitted predictors, which check what they are asked.

use std::fmt::Debug;

use ndarray::{Array2, ArrayView2};
use serde_json::Value;
use thiserror::Error;

use super::exported::{Asked, Exported, Unexported};
use super::normal_scores::standard;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};

/// Records or a target that a predictor does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// Records of another number of columns.
    #[error("the records have {found} columns, but the predictor was fitted with {expected}")]
    Columns {
        /// The columns of the predictor.
        expected: usize,
        /// Those of the records.
        found: usize,
    },
    /// A target that the predictor does not have.
    #[error("there is no target {target} (from 0): the predictor has {targets}")]
    NoTarget {
        /// The index of the target.
        target: usize,
        /// How many targets there are.
        targets: usize,
    },
}

/// What a kind of predictor implements: it is asked for its columns and targets only.
pub trait Predictor: Debug + Send + Sync {
    /// See [`Fitted::mean`].
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64>;

    /// See [`Fitted::mean_and_std`].
    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        (self.mean(records), None)
    }

    /// See [`Fitted::reach`].
    fn reach(&self, target: usize, share: f64) -> f64 {
        let _ = target;
        standard(share)
    }

    /// See [`Fitted::contributions`].
    ///
    /// # Errors
    ///
    /// [`Unexplained`] if the predictor does not know enough of itself.
    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        let _ = (records, target);
        Err(Unexplained::Unsupported)
    }

    /// See [`Fitted::importances`].
    fn importances(&self) -> Option<Importances> {
        None
    }

    /// See [`Fitted::held_out`].
    fn held_out(&self) -> Option<HeldOut> {
        None
    }

    /// See [`Fitted::report`].
    fn report(&self) -> Option<Value> {
        None
    }

    /// See [`Fitted::narrow`]; `None` if it uses all columns.
    fn narrow(&mut self) -> Option<Vec<usize>> {
        None
    }

    /// Adds operators to a graph that compute for each target what it predicts of records, which have so many columns.
    ///
    /// # Errors
    ///
    /// [`Unexported`] if the predictor has no graph.
    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        let _ = (graph, records, columns, asked);
        Err(Unexported::Unsupported)
    }

    /// See [`Fitted::write`].
    fn write(&self, out: &mut Vec<u8>);
}

/// Predictions for training rows by what has not seen them.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// How they were made, such as `out of bag`.
    pub by: &'static str,
    /// The predictions (rows × targets); NaN for a row that everything has seen.
    pub predictions: Array2<f64>,
}

/// A fitted predictor. No records make it panic.
#[derive(Debug)]
pub struct Fitted {
    columns: usize,
    targets: usize,
    pub(super) predictor: Box<dyn Predictor>,
}

impl Fitted {
    /// A predictor of so many targets from records of so many columns.
    pub fn new(columns: usize, targets: usize, predictor: Box<dyn Predictor>) -> Self {
        Fitted { columns, targets, predictor }
    }

    /// The number of columns of a record.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The number of targets.
    pub fn targets(&self) -> usize {
        self.targets
    }

    /// Forgets the columns that it does not use: from now on records have the others, whose indices are returned, ascending.
    pub fn narrow(&mut self) -> Vec<usize> {
        let kept = self.predictor.narrow().unwrap_or_else(|| (0..self.columns).collect());
        self.columns = kept.len();
        kept
    }

    /// The prediction for each record (rows × targets), in units of the targets.
    ///
    /// # Errors
    ///
    /// [`RecordsError::Columns`] if the records have another number of columns than those that it was fitted with.
    pub fn mean(&self, records: ArrayView2<f64>) -> Result<Array2<f64>, RecordsError> {
        self.check(records)?;
        Ok(self.predictor.mean(records))
    }

    /// [`Fitted::mean`], and a standard deviation for each where the predictor has one; NaN where nothing is known of it.
    ///
    /// # Errors
    ///
    /// As those of [`Fitted::mean`].
    pub fn mean_and_std(
        &self,
        records: ArrayView2<f64>,
    ) -> Result<(Array2<f64>, Option<Array2<f64>>), RecordsError> {
        self.check(records)?;
        Ok(self.predictor.mean_and_std(records))
    }

    /// How many standard deviations to both sides of a prediction of a target hold a share (between 0 and 1) of
    /// the true values. As a normal distribution has it, unless the predictor knows better.
    ///
    /// # Errors
    ///
    /// [`RecordsError::NoTarget`] if there is no such target.
    pub fn reach(&self, target: usize, share: f64) -> Result<f64, RecordsError> {
        self.check_target(target)?;
        Ok(self.predictor.reach(target, share))
    }

    /// Why the predictions of a target are what they are: contributions of the columns (records × columns) that add
    /// up to [`Fitted::mean`]. A predictor that starts from a prior has one column more, the last: what the prior
    /// predicts.
    ///
    /// # Errors
    ///
    /// [`Unexplained`] if the predictor does not know enough of itself, does not have the target, or has another number of columns.
    pub fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        let (expected, found) = (self.columns, records.ncols());
        if found != expected {
            return Err(Unexplained::Columns { expected, found });
        }
        if target >= self.targets {
            return Err(Unexplained::NoTarget { target, targets: self.targets });
        }
        self.predictor.contributions(records, target)
    }

    /// For each column its share in what was learned, together 1, where the predictor tells.
    pub fn importances(&self) -> Option<Importances> {
        self.predictor.importances()
    }

    /// Predictions for the training rows by what has not seen them.
    pub fn held_out(&self) -> Option<HeldOut> {
        self.predictor.held_out()
    }

    /// What else it says of itself: for each target what it is made of.
    pub fn report(&self) -> Option<Value> {
        self.predictor.report()
    }

    /// Adds operators to a graph that compute for each target what it predicts of records.
    ///
    /// # Errors
    ///
    /// [`Unexported`] if the predictor has no graph.
    pub fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        self.predictor.export(graph, records, self.columns, asked)
    }

    /// Appends its bytes, from which [`Kind::read`](super::Kind::read) makes it again.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.predictor.write(out);
    }

    fn check(&self, records: ArrayView2<f64>) -> Result<(), RecordsError> {
        let (expected, found) = (self.columns, records.ncols());
        if found == expected { Ok(()) } else { Err(RecordsError::Columns { expected, found }) }
    }

    fn check_target(&self, target: usize) -> Result<(), RecordsError> {
        let targets = self.targets;
        if target < targets { Ok(()) } else { Err(RecordsError::NoTarget { target, targets }) }
    }
}
