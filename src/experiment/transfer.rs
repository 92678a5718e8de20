//! What is learned on one benchmark, measured on others.

use ndarray::{Array1, ArrayView1, Axis};

use super::CompareError;
use crate::control::Control;
use crate::dataset::{
    Baselines, Benchmark, BenchmarkData, BenchmarkOptions, Kinds, RowCounts, Unseen, check_together,
};
use crate::metrics::Metric;
use crate::predictor::transfer::mean::shares;
use crate::predictor::{Fitted, Learner, side_by_side};

/// An experiment: a model of each benchmark, on each benchmark.
#[derive(Debug)]
pub struct Transfer {
    /// The benchmarks that are learned.
    pub train: Vec<Benchmark>,
    /// Those that are predicted; by default the same.
    pub test: Option<Vec<Benchmark>>,
    /// How they become numbers.
    pub options: BenchmarkOptions,
    /// The predictor.
    pub learner: Box<dyn Learner>,
    /// The seed.
    pub seed: u64,
    /// What is measured, on normal scores.
    pub metrics: Vec<Metric>,
}

/// What ranks the networks of a tested benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ranking {
    /// A model of the benchmark of that name.
    LearnedOn(String),
    /// The mean of the models of all benchmarks that have another name.
    AllOthers,
    /// A zero-cost proxy.
    Proxy(String),
    /// An analytic feature.
    Feature(String),
}

/// A benchmark and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// The benchmark.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// Rows that are not among these, or lack columns of a joined table.
    pub aside: RowCounts,
}

/// Networks of a tested benchmark with operations that a model has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// What the model was learned on.
    pub learned_on: String,
    /// The tested benchmark, by its place.
    pub tested_on: usize,
    /// How many, and which operations.
    pub unseen: Unseen,
}

/// What was measured.
#[derive(Debug)]
pub struct Matrix {
    /// The benchmarks that were learned.
    pub learned_on: Vec<Size>,
    /// The benchmarks that were predicted.
    pub tested_on: Vec<Size>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// For each ranking, for each tested benchmark, for each metric its value: NaN where it has none;
    /// `None` if it is no transfer.
    pub rows: Vec<(Ranking, Vec<Option<Vec<f64>>>)>,
    /// Networks with operations that models have not seen.
    pub strangers: Vec<Stranger>,
}

impl Transfer {
    /// Fits a model of each benchmark and measures it on the others. The control counts each fit.
    ///
    /// # Errors
    ///
    /// [`CompareError::Pipeline`] if a table cannot be read, the benchmarks do not have the same
    /// columns, or nothing can be learned.
    pub fn run(&self, control: &Control) -> Result<Matrix, CompareError> {
        let read = |benchmarks: &[Benchmark]| {
            benchmarks
                .iter()
                .map(|one| BenchmarkData::read(one, &self.options))
                .collect::<Result<Vec<_>, _>>()
        };
        let train = read(&self.train)?;
        let others = self.test.as_deref().map(read).transpose()?;
        let test = others.as_ref().unwrap_or(&train);
        let all: Vec<&BenchmarkData> = train.iter().chain(others.iter().flatten()).collect();
        check_together(&all, &self.options.uses)?;
        let tables = self.test.as_ref().unwrap_or(&self.train).iter().zip(test);
        let baselines =
            tables.map(|(table, dataset)| Baselines::read(table, dataset, &self.options));
        let baselines = baselines.collect::<Result<Vec<_>, _>>()?;
        let steps = control.steps(train.len());
        let mut models = Vec::new();
        for dataset in &train {
            models.push((dataset, dataset.fit(&*self.learner, self.seed, &control.silent())?));
            steps.done()?;
        }
        self.measured(&models, test, &baselines)
    }

    fn measured(
        &self,
        models: &[(&BenchmarkData, Fitted)],
        test: &[BenchmarkData],
        baselines: &[Baselines],
    ) -> Result<Matrix, CompareError> {
        let learned = models.iter().map(|(dataset, _)| Ranking::LearnedOn(dataset.name.clone()));
        let alone = ranked_alone(baselines);
        let rankings = learned.chain([Ranking::AllOthers]).chain(alone.iter().cloned());
        let mut rows: Vec<_> = rankings.map(|ranking| (ranking, Vec::new())).collect();
        let mut strangers = Vec::new();
        for (place, (tested, baselines)) in test.iter().zip(baselines).enumerate() {
            let mut cells = self.transferred(models, tested)?;
            cells.extend(alone.iter().map(|ranking| Some(self.alone(ranking, baselines))));
            rows.iter_mut().zip(cells).for_each(|(row, cell)| row.1.push(cell));
            let learned = models.iter().filter(|(learned, _)| learned.name != tested.name);
            strangers.extend(learned.filter_map(|(learned, _)| stranger(learned, tested, place)));
        }
        Ok(Matrix {
            learned_on: models.iter().map(|(dataset, _)| size(dataset)).collect(),
            tested_on: test.iter().map(size).collect(),
            metrics: self.metrics.clone(),
            rows,
            strangers,
        })
    }

    /// For each model what it is worth on a benchmark, and last for the mean of those of others.
    fn transferred(
        &self,
        models: &[(&BenchmarkData, Fitted)],
        tested: &BenchmarkData,
    ) -> Result<Vec<Option<Vec<f64>>>, CompareError> {
        let truth = tested.truth().index_axis_move(Axis(1), 0);
        let (mut cells, mut weights, mut predicted) = (Vec::new(), Vec::new(), Vec::new());
        for (learned, model) in models {
            if learned.name == tested.name {
                cells.push(None);
                continue;
            }
            let scores = model.mean(tested.records())?.index_axis_move(Axis(1), 0);
            cells.push(Some(self.values(truth, scores.view())));
            weights.push(learned.weight);
            predicted.push(scores);
        }
        let shares: Array1<f64> = shares(&weights).into();
        let mean = side_by_side(tested.rows(), &predicted).dot(&shares);
        let is_none = predicted.is_empty();
        cells.push(Some(if is_none { self.none() } else { self.values(truth, mean.view()) }));
        Ok(cells)
    }

    /// What a column is worth by itself.
    fn alone(&self, ranking: &Ranking, baselines: &Baselines) -> Vec<f64> {
        let column = baselines.names.iter().position(
            |name| matches!(ranking, Ranking::Proxy(own) | Ranking::Feature(own) if own == name),
        );
        column.map_or_else(
            || self.none(),
            |column| self.values(baselines.truth.view(), baselines.scores.column(column)),
        )
    }

    /// The metrics of no predictions.
    fn none(&self) -> Vec<f64> {
        vec![f64::NAN; self.metrics.len()]
    }

    /// The metrics of some predictions; NaN where there is none.
    fn values(&self, truth: ArrayView1<f64>, predicted: ArrayView1<f64>) -> Vec<f64> {
        let (truth, predicted) = (truth.to_vec(), predicted.to_vec());
        let metrics = self.metrics.iter();
        metrics.map(|metric| metric.compute(&truth, &predicted).unwrap_or(f64::NAN)).collect()
    }
}

fn size(dataset: &BenchmarkData) -> Size {
    Size { name: dataset.name.clone(), rows: dataset.rows(), aside: dataset.aside() }
}

/// The baselines of all tested benchmarks, proxies first, each once.
fn ranked_alone(baselines: &[Baselines]) -> Vec<Ranking> {
    let (mut proxies, mut features) = (Vec::new(), Vec::new());
    for one in baselines {
        for (place, name) in one.names.iter().enumerate() {
            let (list, ranking): (&mut Vec<_>, _) = if place < one.proxies {
                (&mut proxies, Ranking::Proxy(name.clone()))
            } else {
                (&mut features, Ranking::Feature(name.clone()))
            };
            if !list.contains(&ranking) {
                list.push(ranking);
            }
        }
    }
    proxies.append(&mut features);
    proxies
}

/// The networks of a benchmark with operations that those of another do not have, if both are known.
fn stranger(learned: &BenchmarkData, tested: &BenchmarkData, tested_on: usize) -> Option<Stranger> {
    let seen: Kinds = learned.all_kinds()?;
    let mut unseen = Unseen::default();
    tested.kinds().iter().for_each(|kinds| unseen.count(*kinds, seen));
    let learned_on = learned.name.clone();
    (unseen.networks > 0).then_some(Stranger { learned_on, tested_on, unseen })
}
