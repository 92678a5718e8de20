//! Forests among the predictors.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, ArrayView2, Ix2};

use super::{Forest, ForestParams};
use crate::predictor::FitError;
use crate::predictor::learner::{
    Fitted, HeldOut, Kind, Learner, Parameters, as_map, with_defaults,
};
use crate::predictor::stored::{Bytes, Damaged, write_numbers};
use crate::predictor::tree::Trees;

/// A random forest.
pub(in crate::predictor) struct RandomForest;

/// Extremely randomized trees.
pub(in crate::predictor) struct ExtraTrees;

/// The parameters of a forest under the name of its kind.
#[derive(Debug)]
pub(in crate::predictor) struct Named {
    /// That of its kind.
    pub name: &'static str,
    /// The parameters.
    pub params: ForestParams,
}

impl Named {
    fn learner(
        name: &'static str,
        defaults: &ForestParams,
        given: &Parameters,
    ) -> Result<Box<dyn Learner>, FitError> {
        let params: ForestParams = with_defaults(name, defaults, given)?;
        params.check_ref()?;
        Ok(Box::new(Named { name, params }))
    }
}

impl Kind for RandomForest {
    fn name(&self) -> &'static str {
        "forest"
    }

    fn summary(&self) -> &'static str {
        "A random forest, with scikit-learn's defaults"
    }

    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        Named::learner(self.name(), &Forest::params(), given)
    }

    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        read(bytes, columns, targets)
    }
}

impl Kind for ExtraTrees {
    fn name(&self) -> &'static str {
        "extra-trees"
    }

    fn summary(&self) -> &'static str {
        "Extremely randomized trees, with scikit-learn's defaults"
    }

    fn learner(&self, given: &Parameters) -> Result<Box<dyn Learner>, FitError> {
        Named::learner(self.name(), &Forest::extra_trees(), given)
    }

    fn read(
        &self,
        bytes: &mut Bytes,
        columns: usize,
        targets: usize,
    ) -> Result<Box<dyn Fitted>, Damaged> {
        read(bytes, columns, targets)
    }
}

fn read(bytes: &mut Bytes, columns: usize, targets: usize) -> Result<Box<dyn Fitted>, Damaged> {
    let importances = bytes.numbers(columns)?.to_vec();
    let forest: Forest<f64, Ix2> = Forest::of(Trees::read(bytes, columns, targets)?, importances);
    Ok(Box::new(forest))
}

impl Learner for Named {
    fn name(&self) -> &'static str {
        self.name
    }

    fn parameters(&self) -> Parameters {
        as_map(&self.params)
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitted>, FitError> {
        let params = self.params.clone().seed(seed);
        let forest: Forest<f64, Ix2> = params.fit(&DatasetBase::new(records, targets))?;
        Ok(Box::new(forest))
    }
}

impl Fitted for Forest<f64, Ix2> {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        Forest::mean(self, records)
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        let (mean, std) = Forest::mean_and_std(self, records);
        (mean, Some(std))
    }

    fn importances(&self) -> Option<Vec<f64>> {
        Some(self.importances.clone())
    }

    fn held_out(&self) -> Option<HeldOut> {
        let predictions = &self.out_of_bag.as_ref()?.predictions;
        let rows = predictions.len() / self.targets().max(1);
        let predictions = Array2::from_shape_vec((rows, self.targets()), predictions.clone());
        Some(HeldOut { by: "out of bag", predictions: predictions.ok()? })
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_numbers(&self.importances, out);
        self.trees.write(out);
    }
}
