//! Boosting among the predictors.

use linfa::ParamGuard;
use ndarray::{Array1, ArrayView2};

use super::{Boosting, BoostingParams};
use crate::control::Control;
use crate::explain::{Contributions, Importances, Unexplained};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported, Unexported};
use crate::predictor::footprint::{BINNED, COPY, Footprint, at_once};
use crate::predictor::learner::{Kind, Named, Params, PerTarget, Single};
use crate::predictor::stored::{Bytes, Damaged, write_numbers};
use crate::predictor::tree::Trees;
use crate::predictor::{FitError, Predictor};

pub(in crate::predictor) const BOOST: Kind = Kind {
    name: "boost",
    summary: "Gradient-boosted trees",
    has_deviation: false,
    importance: "the share of the fall of the squared error at splits on the column, over all trees",
    learner: |given| Named::given(BOOST.name, &Boosting::params(), given),
    read: PerTarget::<Boosting>::read,
};

impl Params for BoostingParams {
    fn check_range(&self) -> Result<(), FitError> {
        self.check_ref().map(|_| ())
    }

    /// What the trees need, at most once for each fold that tells when to stop.
    fn footprint(&self, _targets: usize) -> Footprint {
        let once = COPY + BINNED;
        let early = self.check_ref().is_ok_and(|params| params.early_stopping);
        Footprint::numbers(if early { at_once(5) * (COPY + once) } else { once })
    }

    fn fit(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Box<dyn Predictor>, FitError> {
        let params = self.clone().seed(seed).check()?;
        PerTarget::fit(targets, control, |target, control| {
            params.fit_numbers(records, target, control)
        })
    }
}

impl Single for Boosting {
    fn mean(&self, records: ArrayView2<f64>) -> Array1<f64> {
        Boosting::mean(self, records)
    }

    fn contributions(&self, records: ArrayView2<f64>) -> Result<Contributions, Unexplained> {
        self.trees.contributions(records, 0, (1.0, self.base))
    }

    fn importances(&self) -> Option<Importances> {
        Some(self.trees.importances(self.importances.clone()))
    }

    fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        _columns: usize,
        _asked: Asked,
    ) -> Result<Exported, Unexported> {
        Ok(Boosting::export(self, graph, records))
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
