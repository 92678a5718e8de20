//! A model is read back before its file appears.

use ndarray::{Array2, ArrayView2};

use super::{Model, ModelError};
use crate::predictor::RecordsError;

impl Model {
    /// The bytes of its file, once they have been read back, and what was read predicts the same finite
    /// numbers for `records` (rows × columns) as the model itself.
    ///
    /// # Errors
    ///
    /// [`ModelError::NotProven`] if they cannot be read, or it predicts something else; those of
    /// [`Model::write`].
    ///
    /// # Complexity
    ///
    /// O(bytes), beside the predictions for the records; the model stands in memory a second time.
    pub fn proven_bytes(&self, records: ArrayView2<f64>) -> Result<Vec<u8>, ModelError> {
        let bytes = self.bytes()?;
        let again =
            Model::read(&bytes).map_err(|error| ModelError::NotProven(error.to_string()))?;
        let wrong = |error: RecordsError| ModelError::NotProven(error.to_string());
        let (mean, std) = self.predictor.mean_and_std(records).map_err(wrong)?;
        // A standard deviation may be absent, which is NaN.
        let is_endless = std.iter().flatten().any(|std| std.is_infinite());
        if is_endless || !mean.iter().all(|number| number.is_finite()) {
            let reason = "what it predicts for a training row is not finite";
            return Err(ModelError::NotProven(reason.to_owned()));
        }
        let (again_mean, again_std) = again.predictor.mean_and_std(records).map_err(wrong)?;
        let bits = |std: Option<Array2<f64>>| std.map(|std| std.mapv(f64::to_bits));
        let same = again.header == self.header && again.networks == self.networks;
        if !same || again_mean != mean || bits(again_std) != bits(std) {
            let reason = "what is read differs from what was fitted";
            return Err(ModelError::NotProven(reason.to_owned()));
        }
        Ok(bytes)
    }
}
