//! A model is read back before its file appears.

use ndarray::ArrayView2;

use super::{Model, ModelError};

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
        let told = self.predictor.mean_and_std(records);
        let mut numbers = told.0.iter().chain(told.1.iter().flatten());
        if !numbers.all(|number| number.is_finite()) {
            let reason = "what it predicts for a training row is not finite";
            return Err(ModelError::NotProven(reason.to_owned()));
        }
        if again.header != self.header || again.predictor.mean_and_std(records) != told {
            let reason = "what is read differs from what was fitted";
            return Err(ModelError::NotProven(reason.to_owned()));
        }
        Ok(bytes)
    }
}
