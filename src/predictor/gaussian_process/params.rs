//! The parameters of a Gaussian process, unchecked and checked.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::predictor::FitError;

/// Checked parameters of a Gaussian process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianProcessValidParams {
    pub(super) points: usize,
}

/// Parameters of a Gaussian process. Fitting checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GaussianProcessParams(GaussianProcessValidParams);

impl Default for GaussianProcessParams {
    fn default() -> Self {
        GaussianProcessParams(GaussianProcessValidParams { points: 160 })
    }
}

impl GaussianProcessParams {
    /// How many inducing points there are at most. As many training rows or fewer are fitted
    /// exactly.
    #[must_use]
    pub fn points(mut self, points: usize) -> Self {
        self.0.points = points;
        self
    }
}

impl GaussianProcessValidParams {
    /// How many inducing points there are at most.
    pub fn points(&self) -> usize {
        self.points
    }
}

impl ParamGuard for GaussianProcessParams {
    type Checked = GaussianProcessValidParams;
    type Error = FitError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if (1..=4096).contains(&self.0.points) {
            return Ok(&self.0);
        }
        let (value, expected) = (self.0.points.to_string(), "1 to 4,096");
        Err(FitError::Parameter { name: "points", value, expected })
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
