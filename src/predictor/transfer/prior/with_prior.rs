//! A prior and what was made of it, as one predictor of the columns of both.

use ndarray::{Array2, ArrayView2, Axis};
use serde_json::Value;

use super::started::Started;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::stored::{Bytes, Damaged};
use crate::predictor::{FitError, Fitted, HeldOut, Kind, Predictor, RecordsError, beside};

/// A predictor whose records have the columns of its prior among its own.
#[derive(Debug)]
pub struct WithPrior {
    pub(super) prior: Box<dyn Predictor>,
    /// The indices of the prior's columns.
    pub(super) places: Vec<usize>,
    /// On all columns and the prediction of the prior.
    pub(super) started: Box<dyn Predictor>,
}

impl WithPrior {
    /// Puts together a prior with columns at these indices, and what was fitted to
    /// [`WithPrior::records`].
    ///
    /// # Errors
    ///
    /// [`FitError::Parts`] if they do not fit together.
    pub fn fitted(prior: Fitted, places: Vec<usize>, started: Fitted) -> Result<Fitted, FitError> {
        let (all, targets) = (started.columns(), started.targets());
        let columns = all.checked_sub(prior.targets()).filter(|_| prior.targets() == 1);
        let columns = columns.filter(|&columns| {
            places.len() == prior.columns() && places.iter().all(|&place| place < columns)
        });
        let columns = columns.ok_or(FitError::Parts("its prior does not have its columns"))?;
        let (prior, started) = (prior.predictor, started.predictor);
        Ok(Fitted::new(columns, targets, Box::new(WithPrior { prior, places, started })))
    }

    /// Records (rows × columns) and, in a last column, what a prior with columns at these indices
    /// predicts.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the records do not have the columns of the prior.
    pub fn records(
        prior: &Fitted,
        places: &[usize],
        records: ArrayView2<f64>,
    ) -> Result<Array2<f64>, RecordsError> {
        if let Some(&place) = places.iter().find(|&&place| place >= records.ncols()) {
            return Err(RecordsError::Columns { expected: place + 1, found: records.ncols() });
        }
        let predicted = prior.mean(records.select(Axis(1), places).view())?;
        Ok(beside(records, predicted.view()))
    }

    /// Reads what its `write` has written after the bytes of its prior, for records of so many columns.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if the bytes are anything else.
    pub fn read(
        bytes: &mut Bytes,
        prior: Fitted,
        places: Vec<usize>,
        kind: &Kind,
        columns: usize,
        targets: usize,
    ) -> Result<Fitted, Damaged> {
        let started = Box::new(Started::read(bytes, kind, columns + 1, targets)?);
        let started = Fitted::new(columns + 1, targets, started);
        WithPrior::fitted(prior, places, started)
            .map_err(|_| Damaged("its prior does not have its columns"))
    }

    fn wide(&self, records: ArrayView2<f64>) -> Array2<f64> {
        let predicted = self.prior.mean(records.select(Axis(1), &self.places).view());
        beside(records, predicted.view())
    }
}

impl Predictor for WithPrior {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        self.started.mean(self.wide(records).view())
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        self.started.mean_and_std(self.wide(records).view())
    }

    fn reach(&self, target: usize, share: f64) -> f64 {
        self.started.reach(target, share)
    }

    /// The last column is what the prior predicts, as one number.
    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        self.started.contributions(self.wide(records).view(), target)
    }

    /// What the prior's prediction counts for is shared out among the prior's columns.
    fn importances(&self) -> Option<Importances> {
        let mut own = self.started.importances()?;
        let of_prior = (own.shares.pop()?, own.signed.pop()?);
        own.add_at(&self.places, of_prior, &self.prior.importances()?);
        Some(own)
    }

    fn held_out(&self) -> Option<HeldOut> {
        self.started.held_out()
    }

    fn report(&self) -> Option<Value> {
        self.started.report()
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        self.exported(graph, records, columns, asked)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.prior.write(out);
        self.started.write(out);
    }
}
