//! Linear models among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fit::fit;
use super::{Linear, LinearParams};
use crate::predictor::FitError;
use crate::predictor::footprint::{COPY, Footprint, at_once};
use crate::predictor::learner::{Fitted, Kind, Named, Params, PerTarget, Single};
use crate::predictor::stored::{Bytes, Damaged};

pub(in crate::predictor) const RIDGE: Kind = Kind {
    name: "ridge",
    summary: "Linear regression with L2 regularization",
    has_deviation: false,
    learner: |given| Named::given(RIDGE.name, &Ridge {}, given),
    read: PerTarget::<Linear>::read,
};

pub(in crate::predictor) const ELASTIC_NET: Kind = Kind {
    name: "elastic-net",
    summary: "Linear regression with L1 and L2 regularization",
    has_deviation: false,
    learner: |given| Named::given(ELASTIC_NET.name, &Linear::elastic_net(), given),
    read: PerTarget::<Linear>::read,
};

/// Ridge regression has nothing to choose: with another share it is an elastic net.
#[derive(Debug, Serialize, Deserialize)]
struct Ridge {}

impl Params for Ridge {
    fn footprint(&self, targets: usize) -> Footprint {
        Params::footprint(&Linear::ridge(), targets)
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitted>, FitError> {
        Params::fit(&Linear::ridge(), records, targets, seed)
    }
}

impl Params for LinearParams {
    fn check_range(&self) -> Result<(), FitError> {
        self.check_ref().map(|_| ())
    }

    /// Standardized columns, once for each fold besides, and the products of the columns.
    fn footprint(&self, _targets: usize) -> Footprint {
        let fold = Footprint { number: COPY, row: 0.0, pair: 3.0 * COPY };
        Footprint::numbers(COPY) + fold * at_once(5)
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitted>, FitError> {
        let params = self.check_ref()?;
        PerTarget::fit(targets, |target| fit(params, records, target, seed))
    }
}

impl Single for Linear {
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64> {
        Linear::mean(self, records)
    }

    fn report(&self) -> Option<Value> {
        let parts = self.parts();
        let used = parts.weights.iter().filter(|weight| **weight != 0.0).count();
        Some(json!({ "penalty": parts.penalty, "columns": used }))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_parts(out);
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        Linear::read_parts(bytes, columns)
    }
}
