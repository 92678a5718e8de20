//! The parameters of a linear model, unchecked and checked.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::predictor::FitError;

/// Checked parameters of a linear model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinearValidParams {
    pub(super) l1_ratio: f64,
}

/// Parameters of a linear model; the default is ridge regression. Fitting checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinearParams(LinearValidParams);

impl Default for LinearParams {
    fn default() -> Self {
        LinearParams(LinearValidParams { l1_ratio: 0.0 })
    }
}

impl LinearParams {
    /// The share ρ of the sum of absolute weights in the penalty; 0 is ridge regression.
    #[must_use]
    pub fn l1_ratio(mut self, share: f64) -> Self {
        self.0.l1_ratio = share;
        self
    }
}

impl LinearValidParams {
    /// The share of the sum of absolute weights in the penalty.
    pub fn l1_ratio(&self) -> f64 {
        self.l1_ratio
    }
}

impl ParamGuard for LinearParams {
    type Checked = LinearValidParams;
    type Error = FitError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let share = self.0.l1_ratio;
        // With less of it no penalty of the grid would leave out a column.
        if share == 0.0 || (0.01..=1.0).contains(&share) {
            return Ok(&self.0);
        }
        let (value, expected) = (share.to_string(), "0, or 0.01 to 1");
        Err(FitError::Parameter { name: "l1_ratio", value, expected })
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
