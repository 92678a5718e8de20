//! Boosting among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};

use super::{Boosting, BoostingParams};
use crate::predictor::FitError;
use crate::predictor::learner::{
    Fitted, Kind, Learner, Parameters, PerTarget, Single, as_map, with_defaults,
};
use crate::predictor::stored::{Bytes, Damaged, write_numbers};
use crate::predictor::tree::Trees;

/// See the module.
pub(in crate::predictor) struct Boost;

const NAME: &str = "boost";

impl Kind for Boost {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "Gradient-boosted trees"
    }

    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        let params: BoostingParams = with_defaults(NAME, &Boosting::params(), given)?;
        params.check_ref()?;
        Ok(Box::new(params))
    }

    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        PerTarget::<Boosting>::read(bytes, columns, targets)
    }
}

impl Learner for BoostingParams {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self) -> Parameters {
        as_map(self)
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitted>, FitError> {
        let params = self.clone().seed(seed).check()?;
        PerTarget::fit(targets, |target| params.fit_numbers(records, target))
    }
}

impl Single for Boosting {
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64> {
        Boosting::mean(self, records)
    }

    fn importances(&self) -> Option<Vec<f64>> {
        Some(self.importances.clone())
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_numbers([&self.base], out);
        write_numbers(&self.importances, out);
        self.trees.write(out);
    }

    fn read(bytes: &mut Bytes, columns: usize) -> Result<Self, Damaged> {
        let base = bytes.number()?;
        let importances = bytes.numbers(columns)?.to_vec();
        Ok(Boosting { base, importances, trees: Trees::read(bytes, columns, 1)? })
    }
}
