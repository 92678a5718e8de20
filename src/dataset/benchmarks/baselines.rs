//! What is to be beaten on a benchmark without learning: columns that rank networks by themselves.

use ndarray::{Array1, Array2, Axis};

use super::{Benchmark, BenchmarkData, BenchmarkOptions, target_scores};
use crate::dataset::training_set::{Choice, TrainingSet};
use crate::dataset::{Error, Missing, PROXIES, Use};
use crate::features::{FeatureConfig, family_by_name};
use crate::predictor::normal_scores;

/// The families of features whose columns are taken for predictions.
const COSTS: [&str; 2] = ["flops", "params"];

/// Zero-cost proxies and analytic costs of a benchmark, each as normal scores.
#[derive(Debug, Default)]
pub struct Baselines {
    /// The columns' names.
    pub names: Vec<String>,
    /// How many of them are proxies: the first ones.
    pub proxies: usize,
    /// rows × columns; the score of the median where a value is missing.
    pub scores: Array2<f64>,
    /// The target of each row as normal scores, of which greater ones are better.
    pub truth: Array1<f64>,
}

impl Baselines {
    /// Reads them: the proxies that the tables of a benchmark have, and what costs are defined for its
    /// space.
    ///
    /// # Errors
    ///
    /// As those of [`BenchmarkData::read`].
    pub fn read(
        benchmark: &Benchmark,
        dataset: &BenchmarkData,
        options: &BenchmarkOptions,
    ) -> Result<Self, Error> {
        let is_there =
            |name: &String| dataset.table.contains(name) && *name != dataset.objective.target;
        let known: Vec<String> = match options.proxies.as_slice() {
            [] => PROXIES.map(str::to_owned).into(),
            named => named.to_vec(),
        };
        let proxies: Vec<String> = known.into_iter().filter(is_there).collect();
        let costs = COSTS.into_iter().filter_map(family_by_name).filter(|family| {
            let is_own =
                |column: &String| family.owns(column) && *column != dataset.objective.target;
            dataset.table.iter().any(is_own)
                || dataset.space().is_some_and(|space| family.defined_for(space))
        });
        let mut uses: Vec<Use> = costs.map(|family| Use::Family(family.name())).collect();
        if !proxies.is_empty() {
            uses.insert(0, Use::Proxies);
        }
        if uses.is_empty() {
            return Ok(Baselines::default());
        }
        let options = BenchmarkOptions {
            features: FeatureConfig::default(),
            missing: Some(Missing::Median),
            ..options.clone()
        };
        let choice = Choice { uses: &uses, proxies: &proxies, prior: None };
        let target = std::slice::from_ref(&benchmark.objective.target);
        let request = options.request(benchmark);
        let mut set =
            TrainingSet::read(&benchmark.inputs, &request, choice, target, &mut |_| Ok(()))?;
        set.fill_missing();
        let mut scores = set.gathered.records;
        for mut column in scores.columns_mut() {
            let own = normal_scores(column.view());
            column.assign(&own);
        }
        let truth = set.gathered.targets.index_axis(Axis(1), 0);
        let truth = target_scores(truth, benchmark.direction()?);
        let proxies = set.gathered.proxies.len();
        Ok(Baselines { names: set.gathered.columns, proxies, scores, truth })
    }
}
