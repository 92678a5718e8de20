//! Linear models among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fit::fit;
use super::{Linear, LinearParams, LinearParts};
use crate::control::Control;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::footprint::{COPY, Footprint, at_once};
use crate::predictor::learner::{Kind, Named, Params, PerTarget, Single};
use crate::predictor::stored::{Bytes, Damaged};
use crate::predictor::{FitError, Predictor};

pub(in crate::predictor) const RIDGE: Kind = Kind {
    name: "ridge",
    summary: "Linear regression with L2 regularization",
    has_deviation: false,
    importance: "the size of the weight of the standardized column, as a share of all",
    learner: |given| Named::given(RIDGE.name, &Ridge {}, given),
    read: PerTarget::<Linear>::read,
};

pub(in crate::predictor) const ELASTIC_NET: Kind = Kind {
    name: "elastic-net",
    summary: "Linear regression with L1 and L2 regularization",
    has_deviation: false,
    importance: "the size of the weight of the standardized column, as a share of all",
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
        control: &Control,
    ) -> Result<Box<dyn Predictor>, FitError> {
        Params::fit(&Linear::ridge(), records, targets, seed, control)
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
        control: &Control,
    ) -> Result<Box<dyn Predictor>, FitError> {
        let params = self.check_ref()?;
        PerTarget::fit(targets, control, |target, control| {
            fit(params, records, target, seed, control)
        })
    }
}

impl Single for Linear {
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64> {
        Linear::mean(self, records)
    }

    /// Of each standardized column its weight times its value: exact, with the mean of the training rows as what is
    /// unknown.
    fn contributions(&self, records: ArrayView2<f64>) -> Result<Contributions, Unexplained> {
        let LinearParts { standard, target_mean, target_deviation, weights, .. } = self.parts();
        let mut found = Contributions::constant(*target_mean, records.nrows(), records.ncols());
        let parts = standard.apply(records, 1.0) * weights * *target_deviation;
        for (&column, part) in standard.kept().iter().zip(parts.columns()) {
            found.values.column_mut(column).assign(&part);
        }
        Ok(found)
    }

    /// The sizes of the weights of the standardized columns, as shares, and their signs.
    fn importances(&self) -> Option<Importances> {
        let LinearParts { standard, weights, .. } = self.parts();
        let largest = weights.fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
        let mut found = Importances::none(standard.columns());
        if largest > 0.0 {
            // Relative to the largest, so that no sum overflows.
            let total: f64 = weights.iter().map(|weight| weight.abs() / largest).sum();
            for (&column, weight) in standard.kept().iter().zip(weights) {
                found.signed[column] = weight / largest / total;
                found.shares[column] = found.signed[column].abs();
            }
        }
        Some(found)
    }

    fn report(&self) -> Option<Value> {
        let parts = self.parts();
        let used = parts.weights.iter().filter(|weight| **weight != 0.0).count();
        Some(json!({ "penalty": parts.penalty, "columns": used }))
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        _columns: usize,
        _asked: Asked,
    ) -> Result<Exported, Unexported> {
        Ok(Linear::export(self, graph, records))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_parts(out);
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        Linear::read_parts(bytes, columns)
    }
}
