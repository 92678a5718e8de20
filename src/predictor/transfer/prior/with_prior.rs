//! A prior and what was made of it, as one predictor of the columns of both.

use ndarray::{Array2, ArrayView2, Axis};
use serde_json::Value;

use super::started::Started;
use crate::explain::{Contributions, Unexplained};
use crate::onnx::{Graph, Value as Node};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::stored::{Bytes, Damaged};
use crate::predictor::{Fitted, HeldOut, Kind, beside};

/// A predictor whose records have the columns of its prior among its own.
#[derive(Debug)]
pub struct WithPrior {
    pub(super) prior: Box<dyn Fitted>,
    /// The places of the prior's columns.
    pub(super) places: Vec<usize>,
    /// On all columns and the prediction of the prior.
    pub(super) started: Box<dyn Fitted>,
}

impl WithPrior {
    /// Puts together a prior with columns at these places, and what was fitted to
    /// [`WithPrior::records`].
    pub fn new(prior: Box<dyn Fitted>, places: Vec<usize>, started: Box<dyn Fitted>) -> Self {
        WithPrior { prior, places, started }
    }

    /// Records (rows × columns) and, in a last column, what a prior with columns at these places
    /// predicts.
    pub fn records(prior: &dyn Fitted, places: &[usize], records: ArrayView2<f64>) -> Array2<f64> {
        let predicted = prior.mean(records.select(Axis(1), places).view());
        beside(records, predicted.view())
    }

    /// Reads what its `write` has written after the bytes of its prior, for records of so many columns.
    ///
    /// # Errors
    ///
    /// [`Damaged`] if the bytes are anything else.
    pub fn read(
        bytes: &mut Bytes,
        prior: Box<dyn Fitted>,
        places: Vec<usize>,
        kind: &Kind,
        columns: usize,
        targets: usize,
    ) -> Result<Self, Damaged> {
        let started = Box::new(Started::read(bytes, kind, columns + 1, targets)?);
        Ok(WithPrior { prior, places, started })
    }

    fn wide(&self, records: ArrayView2<f64>) -> Array2<f64> {
        WithPrior::records(&*self.prior, &self.places, records)
    }
}

impl Fitted for WithPrior {
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
    fn importances(&self) -> Option<Vec<f64>> {
        let mut own = self.started.importances()?;
        let of_prior = own.pop()?;
        for (&place, share) in self.places.iter().zip(self.prior.importances()?) {
            own[place] += of_prior * share;
        }
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
        graph: &mut Graph,
        records: &Node,
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
