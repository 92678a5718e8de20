//! The Gaussian process among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};
use serde_json::{Value, json};

use super::fit::fit;
use super::{GaussianProcess, GaussianProcessParams};
use crate::predictor::FitError;
use crate::predictor::learner::{
    Fitted, Kind, Learner, Parameters, PerTarget, Single, as_map, with_defaults,
};
use crate::predictor::stored::{Bytes, Damaged};

/// See the module.
pub(in crate::predictor) struct Process;

const NAME: &str = "gp";

impl Kind for Process {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "A Gaussian process, Matérn 3/2 on standardized columns"
    }

    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        let params: GaussianProcessParams = with_defaults(NAME, &GaussianProcess::params(), given)?;
        params.check_ref()?;
        Ok(Box::new(params))
    }

    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        PerTarget::<GaussianProcess>::read(bytes, columns, targets)
    }
}

impl Learner for GaussianProcessParams {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self) -> Parameters {
        as_map(self)
    }

    /// There is no chance in it: the seed is not used.
    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        _: u64,
    ) -> Result<Box<dyn Fitted>, FitError> {
        let params = self.clone().check()?;
        PerTarget::fit(targets, |target| fit(&params, records, target))
    }
}

impl Single for GaussianProcess {
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64> {
        GaussianProcess::mean(self, records)
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array1<f64>, Option<Array1<f64>>) {
        let (mean, std) = GaussianProcess::mean_and_std(self, records);
        (mean, Some(std))
    }

    fn report(&self) -> Option<Value> {
        let parts = self.parts();
        Some(json!({
            "length": parts.length,
            "signal": parts.signal,
            "noise": parts.noise,
            "points": parts.points.nrows(),
        }))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_parts(out);
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        GaussianProcess::read_parts(bytes, columns)
    }
}
