//! A benchmark as numbers.

use ndarray::{Array1, ArrayView2, Axis};

use super::{Benchmark, Draws, target_scores};
use crate::control::Control;
use crate::dataset::training_set::{Choice, TrainingSet};
use crate::dataset::{
    Error, Kinds, LEAST_ROWS, Missing, Networks, Request, RowCounts, TrainingError, Use,
};
use crate::features::{FeatureConfig, SHARED};
use crate::metrics::Objective;
use crate::predictor::transfer::mean::Mean;
use crate::predictor::{FitError, Fitted, Footprint, Learner};
use crate::space::SearchSpace;

/// How benchmarks become numbers.
#[derive(Debug, Clone)]
pub struct BenchmarkOptions {
    /// The groups of columns that predict.
    pub uses: Vec<Use>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// Which features are computed.
    pub features: FeatureConfig,
    /// What becomes of missing values; an error if absent.
    pub missing: Option<Missing>,
    /// Whether to go on after broken rows.
    pub skip_broken: bool,
    /// How much memory what is done with the rows of each takes.
    pub footprint: Footprint,
}

impl BenchmarkOptions {
    /// What is wanted of the tables of a benchmark.
    pub(crate) fn request(&self, benchmark: &Benchmark) -> Request {
        Request {
            read: benchmark.read.clone(),
            networks: Networks { skip_broken: self.skip_broken, ..benchmark.networks.clone() },
            joins: benchmark.joins.clone(),
            features: self.features.clone(),
            missing: self.missing,
            footprint: self.footprint,
            ..Request::default()
        }
    }
}

/// A benchmark as numbers.
#[derive(Debug)]
pub struct BenchmarkData {
    /// The benchmark's name.
    pub name: String,
    /// The column that was measured, and which of its values are better.
    pub objective: Objective,
    /// How much it counts among others.
    pub weight: f64,
    /// What is learned from; nothing is missing.
    pub(crate) set: TrainingSet,
    /// What stands in for missing values, if they may be missing.
    pub(crate) medians: Option<Vec<f64>>,
    /// The columns of its first table and of those joined to it.
    pub(crate) table: Vec<String>,
    /// The target as normal scores, of which greater ones are better.
    pub(super) truth: Array1<f64>,
    /// Random draws of its rows, if it is learned as these.
    pub draws: Option<Draws>,
}

impl BenchmarkData {
    /// Reads a benchmark.
    ///
    /// # Errors
    ///
    /// [`Error`] if a table cannot be read, a column is not there, no row is left, or the direction of the
    /// target is open.
    pub fn read(benchmark: &Benchmark, options: &BenchmarkOptions) -> Result<Self, Error> {
        let Benchmark { name, inputs, objective, weight, .. } = benchmark;
        let direction = benchmark.direction()?;
        let request = options.request(benchmark);
        let choice = Choice { uses: &options.uses, proxies: &options.proxies, prior: None };
        let mut table = Vec::new();
        let targets = std::slice::from_ref(&objective.target);
        let mut set = TrainingSet::read(inputs, &request, choice, targets, &mut |open| {
            table = open.columns().to_vec();
            Ok(())
        })
        .map_err(|error| Error::OfBenchmark { name: name.clone(), error: Box::new(error) })?;
        let medians = (options.missing == Some(Missing::Median)).then(|| set.fill_missing());
        let truth = target_scores(set.gathered.targets.index_axis(Axis(1), 0), direction);
        let (name, objective) = (name.clone(), objective.clone());
        let (weight, draws) = (*weight, benchmark.draws);
        Ok(BenchmarkData { name, objective, weight, set, medians, table, truth, draws })
    }

    /// Fits a predictor of the normal scores: the mean of those of its draws, if it has draws.
    ///
    /// # Errors
    ///
    /// [`Error::Fit`] if it cannot be fitted; those of [`BenchmarkData::drawn`].
    pub fn fit(
        &self,
        learner: &dyn Learner,
        seed: u64,
        control: &Control,
    ) -> Result<Fitted, Error> {
        let one = |part: &Self| learner.fit_under(part.records(), part.truth(), seed, control);
        let Some(draws) = self.draws else { return Ok(one(self)?) };
        let parts = self.parts(draws, seed)?;
        let fitted = parts.iter().map(|part| Ok((part.weight, one(part)?)));
        Ok(Mean::fitted(fitted.collect::<Result<_, FitError>>()?)?)
    }

    /// What predicts: rows × columns.
    pub fn records(&self) -> ArrayView2<'_, f64> {
        self.set.gathered.records.view()
    }

    /// The target as normal scores: rows × 1.
    pub fn truth(&self) -> ArrayView2<'_, f64> {
        self.truth.view().insert_axis(Axis(1))
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.truth.len()
    }

    /// Refuses a benchmark with too few rows, or with a target that does not tell one network from
    /// another.
    pub(crate) fn check_target(&self) -> Result<(), Error> {
        if self.rows() < LEAST_ROWS {
            let error = Box::new(TrainingError::FewRows { rows: self.rows() }.into());
            return Err(Error::OfBenchmark { name: self.name.clone(), error });
        }
        let values = self.set.gathered.targets.iter();
        if values.clone().zip(values.skip(1)).any(|(one, next)| one.total_cmp(next).is_ne()) {
            return Ok(());
        }
        let (name, target) = (self.name.clone(), self.objective.target.clone());
        Err(Error::SameTarget { name, target, rows: self.rows() })
    }

    /// The space, where it is known.
    pub fn space(&self) -> Option<&'static dyn SearchSpace> {
        self.set.space()
    }

    /// The kinds of operations of each row; none if its networks were not read.
    pub fn kinds(&self) -> &[Kinds] {
        &self.set.gathered.kinds
    }

    /// The kinds of operations of all networks, if all were read.
    pub fn all_kinds(&self) -> Option<Kinds> {
        self.set.kinds()
    }

    /// Rows that are not among these, or lack columns of a joined table.
    pub fn aside(&self) -> RowCounts {
        self.set.gathered.aside
    }
}

/// Refuses benchmarks that do not have the same columns.
///
/// # Errors
///
/// [`Error::BoundGroup`] if a group has other columns in every space, and they are of several;
/// [`Error::OtherColumns`].
pub fn check_together(datasets: &[&BenchmarkData], uses: &[Use]) -> Result<(), Error> {
    let Some((first, others)) = datasets.split_first() else { return Ok(()) };
    let named = |dataset: &BenchmarkData| {
        let space = dataset.space()?.name();
        Some((space, format!("{} ({space})", dataset.name)))
    };
    let mut spaces = datasets.iter().filter_map(|dataset| named(dataset));
    if let (Some(group), Some(one)) = (uses.iter().find(|group| is_bound(group)), spaces.next())
        && let Some(other) = spaces.find(|other| other.0 != one.0)
    {
        return Err(Error::BoundGroup { group: group.to_string(), first: one.1, other: other.1 });
    }
    let columns = |dataset: &BenchmarkData| dataset.set.gathered.columns.clone();
    let expected = columns(first);
    match others.iter().find(|dataset| columns(dataset) != expected) {
        Some(other) => Err(Error::other_columns(other.name.clone(), &columns(other), &expected)),
        None => Ok(()),
    }
}

/// Whether a group has other columns in every space.
fn is_bound(group: &Use) -> bool {
    match group {
        Use::Family(name) => *name != SHARED,
        Use::Graf | Use::Plus | Use::PlusPlus | Use::Views | Use::Recipe(_) => true,
        Use::Proxies | Use::Columns(_) | Use::Curve(..) | Use::Named(_) => false,
    }
}
