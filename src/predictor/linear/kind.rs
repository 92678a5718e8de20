//! Linear models among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};
use serde_json::{Value, json};

use super::fit::fit;
use super::{Linear, LinearParams};
use crate::predictor::FitError;
use crate::predictor::learner::{
    Fitted, Kind, Learner, Parameters, PerTarget, Single, as_map, with_defaults,
};
use crate::predictor::stored::{Bytes, Damaged};

/// Ridge regression.
pub(in crate::predictor) struct Ridge;

/// The elastic net.
pub(in crate::predictor) struct ElasticNet;

/// The parameters of a linear model under the name of its kind.
#[derive(Debug)]
struct Named {
    name: &'static str,
    params: LinearParams,
    /// What can be chosen.
    parameters: Parameters,
}

impl Kind for Ridge {
    fn name(&self) -> &'static str {
        "ridge"
    }

    fn summary(&self) -> &'static str {
        "Linear regression with small weights"
    }

    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        // It has nothing to choose: with another share it is an elastic net.
        let parameters = with_defaults(self.name(), &Parameters::new(), given)?;
        Ok(Box::new(Named { name: self.name(), params: Linear::ridge(), parameters }))
    }

    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        PerTarget::<Linear>::read(bytes, columns, targets)
    }
}

impl Kind for ElasticNet {
    fn name(&self) -> &'static str {
        "elastic-net"
    }

    fn summary(&self) -> &'static str {
        "Linear regression with small and few weights"
    }

    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        let name = self.name();
        let params: LinearParams = with_defaults(name, &Linear::elastic_net(), given)?;
        params.check_ref()?;
        let parameters = as_map(&params);
        Ok(Box::new(Named { name, params, parameters }))
    }

    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        PerTarget::<Linear>::read(bytes, columns, targets)
    }
}

impl Learner for Named {
    fn name(&self) -> &'static str {
        self.name
    }

    fn parameters(&self) -> Parameters {
        self.parameters.clone()
    }

    /// There is no chance in it: the seed is not used.
    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        _: u64,
    ) -> Result<Box<dyn Fitted>, FitError> {
        let params = self.params.clone().check()?;
        PerTarget::fit(targets, |target| fit(&params, records, target))
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
