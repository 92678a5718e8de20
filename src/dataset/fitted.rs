//! A model that was fitted on tables, and what happened on the way.

use ndarray::{Array2, ArrayView2, Axis};

use super::counts::RowCounts;
use crate::metrics::{kendall_tau, r2};
use crate::model::{HeldOutSummary, Model, ModelError};
use crate::predictor::Fitted;

/// How many training rows a model is proven on.
const PROVEN: usize = 32;

/// A fitted model and what happened on the way.
#[derive(Debug)]
pub struct FitSummary {
    /// The model.
    pub model: Model,
    /// Rows that were not learned from as they are.
    pub aside: RowCounts,
    /// Training networks that are isomorphic to one before them.
    pub isomorphic: u64,
    /// A few training rows (rows × columns).
    some: Array2<f64>,
}

impl FitSummary {
    /// The bytes of the model's file, read back and [proven](Model::proven_bytes) on a few training rows.
    ///
    /// # Errors
    ///
    /// As those of [`Model::proven_bytes`].
    pub fn proven_bytes(&self) -> Result<Vec<u8>, ModelError> {
        self.model.proven_bytes(self.some.view())
    }

    pub(crate) fn new(
        model: Model,
        some: Array2<f64>,
        (aside, isomorphic): (RowCounts, u64),
    ) -> Self {
        FitSummary { model, aside, isomorphic, some }
    }
}

/// A few rows, evenly spread.
pub(crate) fn some_of(records: ArrayView2<f64>) -> Array2<f64> {
    let rows = records.nrows();
    let count = rows.min(PROVEN);
    let places: Vec<usize> = (0..count).map(|place| place * rows / count).collect();
    records.select(Axis(0), &places)
}

/// How well the training rows are predicted by what has not seen them.
pub(crate) fn summary(predictor: &dyn Fitted, targets: ArrayView2<f64>) -> Option<HeldOutSummary> {
    let held_out = predictor.held_out()?;
    let finite = |value: f64| value.is_finite().then_some(value);
    let columns = targets.columns().into_iter().zip(held_out.predictions.columns());
    let measured = columns.map(|(truth, predicted)| {
        let seen = truth.iter().zip(predicted).filter(|pair| !pair.1.is_nan());
        let (truth, predicted): (Vec<f64>, Vec<f64>) = seen.unzip();
        (r2(&truth, &predicted), finite(kendall_tau(&truth, &predicted)))
    });
    let (r2, kendall_tau): (Vec<f64>, Vec<_>) = measured.unzip();
    let r2 = finite(r2.iter().sum::<f64>() / r2.len() as f64);
    Some(HeldOutSummary { by: held_out.by.to_owned(), r2, kendall_tau })
}
