//! Forests among the predictors.

use linfa::ParamGuard;
use ndarray::{Array2, ArrayView2, Ix2};

use super::fit::fit;
use super::{Forest, ForestParams, MaxSamples};
use crate::control::Control;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::footprint::{BINNED, COPY, Footprint};
use crate::predictor::learner::{Kind, Named, Params};
use crate::predictor::stored::{Bytes, Damaged, write_numbers};
use crate::predictor::tree::Trees;
use crate::predictor::{FitError, HeldOut, Predictor};

pub(in crate::predictor) const FOREST: Kind = Kind {
    name: "forest",
    summary: "Random forest with scikit-learn's defaults",
    has_deviation: true,
    importance: "the share of the fall of the squared error at splits on the column, over all trees",
    learner: |given| Named::given(FOREST.name, &Forest::params(), given),
    read,
};

pub(in crate::predictor) const EXTRA_TREES: Kind = Kind {
    name: "extra-trees",
    summary: "Extremely randomized trees with scikit-learn's defaults",
    has_deviation: true,
    importance: "the share of the fall of the squared error at splits on the column, over all trees",
    learner: |given| Named::given(EXTRA_TREES.name, &Forest::extra_trees(), given),
    read,
};

fn read(bytes: &mut Bytes, columns: usize, targets: usize) -> Result<Box<dyn Predictor>, Damaged> {
    let importances = bytes.numbers(columns)?.to_vec();
    let forest: Forest<f64, Ix2> = Forest::of(Trees::read(bytes, columns, targets)?, importances);
    Ok(Box::new(forest))
}

impl Params for ForestParams {
    fn check_range(&self) -> Result<(), FitError> {
        self.check_ref().map(|_| ())
    }

    /// A tree has about a leaf for each row that it draws: nodes to keep and nodes to predict with.
    fn footprint(&self, targets: usize) -> Footprint {
        const LEAF: f64 = 60.0;
        const TARGET: f64 = 8.0;
        const DRAWN: f64 = 0.63;
        let Ok(params) = self.check_ref() else { return Footprint::default() };
        let drawn = if params.bootstrap { DRAWN } else { 1.0 };
        let leaves = drawn / params.min_samples_leaf as f64;
        let tree = leaves * (LEAF + TARGET * targets as f64) + 1.0;
        let row = if params.max_depth.is_none() && params.max_samples == MaxSamples::All {
            params.trees as f64 * tree
        } else {
            params.trees as f64
        };
        Footprint { number: COPY + BINNED, row, pair: 0.0 }
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Box<dyn Predictor>, FitError> {
        let params = self.clone().seed(seed).check()?;
        let forest: Forest<f64, Ix2> = fit(&params, records, targets, control)?;
        Ok(Box::new(forest))
    }
}

impl Predictor for Forest<f64, Ix2> {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        Forest::mean(self, records)
    }

    fn mean_and_std(&self, records: ArrayView2<f64>) -> (Array2<f64>, Option<Array2<f64>>) {
        let (mean, std) = Forest::mean_and_std(self, records);
        (mean, Some(std))
    }

    fn contributions(
        &self,
        records: ArrayView2<f64>,
        target: usize,
    ) -> Result<Contributions, Unexplained> {
        let weight = 1.0 / self.trees().len() as f64;
        self.trees.contributions(records, target, (weight, 0.0))
    }

    fn importances(&self) -> Option<Importances> {
        Some(self.trees.importances(self.importances.clone()))
    }

    fn held_out(&self) -> Option<HeldOut> {
        let predictions = &self.out_of_bag.as_ref()?.predictions;
        let rows = predictions.len() / self.targets().max(1);
        let predictions = Array2::from_shape_vec((rows, self.targets()), predictions.clone());
        Some(HeldOut { by: "out of bag", predictions: predictions.ok()? })
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        _columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        Ok(Forest::export(self, graph, records, asked))
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_numbers(&self.importances, out);
        self.trees.write(out);
    }
}
