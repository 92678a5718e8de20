//! Benchmarks in, one model out: the mean of a predictor for each.

use ndarray::ArrayView2;

use crate::control::Control;
use crate::dataset::FitSummary;
use crate::dataset::fitted::{self, groups_of, some_of, spread_over, summary};
use crate::dataset::training_set::Choice;
use crate::dataset::{Benchmark, BenchmarkData, BenchmarkOptions, check_together};
use crate::dataset::{Error, Kinds, RowCounts};
use crate::explain::Importances;
use crate::metrics::Direction;
use crate::model::{Card, HeldOutSummary, LearnedOn, Model, TrainingNetworks};
use crate::predictor::transfer::mean::{Mean, shares};
use crate::predictor::{FitError, Fitted, Learner};
use crate::space::SearchSpace;

/// What a model of several benchmarks predicts.
const TARGET: &str = "score";

/// Rows of all benchmarks in which columns are compared.
const GROUPED: usize = 512;

/// What `graf fit --benchmarks` is asked for.
#[derive(Debug)]
pub struct FitBenchmarks {
    /// The benchmarks.
    pub benchmarks: Vec<Benchmark>,
    /// How they become numbers.
    pub options: BenchmarkOptions,
    /// The predictor.
    pub learner: Box<dyn Learner>,
    /// The seed.
    pub seed: u64,
}

/// Fits a predictor to the normal scores of each benchmark, of which greater ones are better. The model
/// is their mean, in which each benchmark has its weight, whatever its size; it predicts normal scores.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, a column is not there, the benchmarks do not have the same
/// columns, or nothing can be learned.
pub fn fit_benchmarks(asked: &FitBenchmarks) -> Result<FitSummary, Error> {
    let FitBenchmarks { benchmarks, options, learner, seed } = asked;
    let datasets = benchmarks.iter().map(|benchmark| BenchmarkData::read(benchmark, options));
    let datasets: Vec<BenchmarkData> = datasets.collect::<Result<_, _>>()?;
    check_together(&datasets.iter().collect::<Vec<_>>(), &options.uses)?;
    datasets.iter().try_for_each(BenchmarkData::check_target)?;
    let space = same(datasets.iter().map(|dataset| dataset.space().map(SearchSpace::name)));
    let prune =
        same(benchmarks.iter().zip(&datasets).map(|(benchmark, dataset)| {
            dataset.set.gathered.space.map(|_| benchmark.networks.prune)
        }));
    let mut aside = RowCounts::default();
    for dataset in &datasets {
        aside += dataset.aside();
    }
    let isomorphic = datasets.iter().map(|dataset| dataset.set.isomorphic).sum();
    let learned_on = datasets.iter().map(learned_on).collect();
    let drawn = datasets.into_iter().map(|dataset| dataset.drawn(*seed));
    let drawn = drawn.collect::<Result<Vec<_>, _>>()?;
    let datasets: Vec<BenchmarkData> = drawn.into_iter().flatten().collect();
    let (Some(first), Some(benchmark)) = (datasets.first(), benchmarks.first()) else {
        return Err(Error::Fit(FitError::NoRows));
    };
    let each = datasets.iter().map(|dataset| dataset.fit(&**learner, *seed, &Control::default()));
    let mut each: Vec<Fitted> = each.collect::<Result<_, _>>()?;
    let weights: Vec<f64> = datasets.iter().map(|dataset| dataset.weight).collect();
    let weights = shares(&weights);
    let held_out = each.iter().zip(&datasets);
    let held_out = held_out.map(|(predictor, dataset)| summary(predictor, dataset.truth()));
    let held_out = held_out.collect::<Option<Vec<_>>>().map(|each| together(&each, &weights));
    let predictor = match each.len() {
        1 => each.swap_remove(0),
        _ => Mean::fitted(datasets.iter().map(|dataset| dataset.weight).zip(each).collect())?,
    };
    let kinds = datasets.iter().map(BenchmarkData::all_kinds).collect::<Option<Kinds>>();
    let choice = Choice { uses: &options.uses, proxies: &options.proxies, prior: None };
    let importances = predictor.importances();
    let header = Card {
        graf: env!("CARGO_PKG_VERSION").to_owned(),
        space: space.map(str::to_owned),
        prune,
        description: if space.is_some() { first.set.description()? } else { None },
        features: first.set.features(&options.request(benchmark), choice)?,
        columns: first.set.gathered.columns.clone(),
        proxies: first.set.gathered.proxies.clone(),
        medians: medians(&datasets, &weights),
        targets: vec![TARGET.to_owned()],
        directions: vec![Some(Direction::Maximize)],
        predictor: learner.name().to_owned(),
        parameters: learner.parameters(),
        seed: *seed,
        rows: datasets.iter().map(BenchmarkData::rows).sum(),
        held_out,
        prior: None,
        report: predictor.report(),
        importance_directions: importances.as_ref().map_or_else(Vec::new, Importances::directions),
        importances: importances.map(|found| found.shares),
        correlations: correlations(&datasets, &weights),
        learned_on,
        kinds: kinds.map_or_else(Vec::new, Kinds::names),
        groups: groups(&datasets),
    };
    let networks = datasets.iter().map(|dataset| dataset.set.networks());
    let networks = networks.fold(TrainingNetworks::default(), |all, some| all.and(&some));
    let some: Vec<_> = datasets.iter().map(|dataset| some_of(dataset.records())).collect();
    let some: Vec<_> = some.iter().map(ndarray::Array2::view).collect();
    // All have the same columns.
    let some = ndarray::concatenate(ndarray::Axis(0), &some).unwrap_or_default();
    Ok(FitSummary::new(Model { header, networks, predictor }, some, (aside, isomorphic)))
}

/// The groups of nearly equal columns in rows of all benchmarks, of each as many.
fn groups(datasets: &[BenchmarkData]) -> Vec<usize> {
    let share = (GROUPED / datasets.len().max(1)).max(2);
    let some: Vec<_> =
        datasets.iter().map(|dataset| spread_over(dataset.records(), share)).collect();
    let some: Vec<_> = some.iter().map(ndarray::Array2::view).collect();
    let together = ndarray::concatenate(ndarray::Axis(0), &some).unwrap_or_default();
    datasets
        .first()
        .map_or_else(Vec::new, |first| groups_of(&first.set.gathered.columns, together.view()))
}

/// Of each column the weighted mean of its correlations with the scores of the benchmarks in which it has one.
fn correlations(datasets: &[BenchmarkData], weights: &[f64]) -> Vec<Option<f64>> {
    let columns = datasets.first().map_or(0, |first| first.records().ncols());
    let mut sums = vec![(0.0, 0.0); columns];
    for (dataset, weight) in datasets.iter().zip(weights) {
        let own = fitted::correlations(dataset.records(), dataset.truth());
        for (sum, r) in sums.iter_mut().zip(own) {
            sum.0 += r.map_or(0.0, |r| r * weight);
            sum.1 += r.map_or(0.0, |_| *weight);
        }
    }
    sums.into_iter().map(|(sum, total)| (total > 0.0).then(|| sum / total)).collect()
}

fn learned_on(dataset: &BenchmarkData) -> LearnedOn {
    LearnedOn {
        name: dataset.name.clone(),
        space: dataset.space().map(|space| space.name().to_owned()),
        target: dataset.objective.target.clone(),
        direction: dataset.objective.stated,
        rows: dataset.draws.map_or(dataset.rows(), |draws| draws.rows),
        draws: dataset.draws.map(|draws| draws.count),
        weight: dataset.weight,
    }
}

/// What all of them are, if they are the same.
fn same<T: PartialEq>(mut each: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = each.next().flatten()?;
    each.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// The weighted mean of what the benchmarks' predictors say of their own rows.
fn together(each: &[HeldOutSummary], weights: &[f64]) -> HeldOutSummary {
    let mean = |number: fn(&HeldOutSummary) -> Option<f64>| {
        let numbers = each.iter().map(number).collect::<Option<Vec<f64>>>()?;
        Some(numbers.iter().zip(weights).map(|(number, weight)| number * weight).sum())
    };
    HeldOutSummary {
        by: each.first().map_or_else(String::new, |one| one.by.clone()),
        r2: mean(|one| one.r2),
        kendall_tau: vec![mean(|one| one.kendall_tau.first().copied().flatten())],
    }
}

/// The weighted mean of the benchmarks' medians: what stands in for a missing value of a network of
/// none of them.
fn medians(datasets: &[BenchmarkData], weights: &[f64]) -> Option<Vec<f64>> {
    let each = datasets.iter().map(|dataset| dataset.medians.as_deref());
    let each: Vec<&[f64]> = each.collect::<Option<_>>()?;
    let width = each.first()?.len();
    let shares = ArrayView2::from_shape((1, weights.len()), weights).ok()?;
    let all = ndarray::Array2::from_shape_vec((each.len(), width), each.concat()).ok()?;
    Some(shares.dot(&all).into_raw_vec_and_offset().0)
}
