//! A prior without a label: its prediction is the prediction.

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use crate::explain::{Contributions, Unexplained};
use crate::predictor::Predict;

/// The last column of the records, for each of so many targets.
#[derive(Debug)]
pub(super) struct Alone {
    pub targets: usize,
}

impl Predict for Alone {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        let last = records.ncols().saturating_sub(1);
        let prior = records.index_axis(Axis(1), last).insert_axis(Axis(1));
        // Views of as many rows always stand side by side.
        concatenate(Axis(1), &vec![prior; self.targets]).unwrap_or_default()
    }

    fn contributions(
        &self,
        records: ArrayView2<f64>,
        _: usize,
    ) -> Result<Contributions, Unexplained> {
        let mut found = Contributions::constant(0.0, records.nrows(), records.ncols());
        let last = records.ncols().saturating_sub(1);
        found.values.column_mut(last).assign(&records.column(last));
        Ok(found)
    }

    fn write(&self, _: &mut Vec<u8>) {}
}
