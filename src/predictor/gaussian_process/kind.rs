//! The Gaussian process among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};
use serde_json::{Value, json};

use super::fit::fit;
use super::{GaussianProcess, GaussianProcessParams};
use crate::control::Control;
use crate::explain::{Contributions, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::footprint::{COPY, Footprint};
use crate::predictor::learner::{Kind, Named, Params, PerTarget, Single};
use crate::predictor::stored::{Bytes, Damaged};
use crate::predictor::{FitError, Predictor};

pub(in crate::predictor) const PROCESS: Kind = Kind {
    name: "gp",
    summary: "Gaussian process with a Matérn 3/2 kernel on standardized features",
    has_deviation: true,
    importance: "",
    learner: |given| Named::given(PROCESS.name, &GaussianProcess::params(), given),
    read: PerTarget::<GaussianProcess>::read,
};

impl Params for GaussianProcessParams {
    fn check_range(&self) -> Result<(), FitError> {
        self.check_ref().map(|_| ())
    }

    /// Two copies of the records, and for each row what the points tell of it, twice.
    fn footprint(&self, _targets: usize) -> Footprint {
        let points = self.check_ref().map_or(0, |params| params.points);
        Footprint { number: 2.0 * COPY, row: 2.0 * COPY * points as f64, pair: 0.0 }
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Box<dyn Predictor>, FitError> {
        let params = self.check_ref()?;
        PerTarget::fit(targets, control, |target, control| {
            fit(params, records, target, seed, control)
        })
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

    fn contributions(&self, records: ArrayView2<f64>) -> Result<Contributions, Unexplained> {
        Ok(GaussianProcess::contributions(self, records))
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

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        _columns: usize,
        asked: Asked,
    ) -> Result<Exported, Unexported> {
        Ok(GaussianProcess::export(self, graph, records, asked))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_parts(out);
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        GaussianProcess::read_parts(bytes, columns)
    }
}
