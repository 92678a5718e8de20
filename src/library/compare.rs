//! Experiments with networks in memory.

use ndarray::Array2;

use super::Space;
use super::builder::learner;
use crate::control::Control;
use crate::dataset::views::default_use;
use crate::dataset::{Plan, Pool, PoolOptions, Request, Use, UseSet};
use crate::experiment::{
    Compare, CompareError, Contender, METRICS, Standing, Task, classes_of, default_sizes, summarize,
};
use crate::metrics::{Direction, Metric, Objective};
use crate::predictor::{FitError, Learner, Parameters};
use crate::space::Architecture;

/// An experiment: sets of features and predictors, compared on the same random training sets.
///
/// The library's `graf compare`: the same networks, targets, sets, sizes and seed give the same numbers.
#[derive(Debug)]
pub struct Comparison {
    space: Space,
    objective: Objective,
    sets: Vec<UseSet>,
    learners: Vec<Box<dyn Learner>>,
    sizes: Vec<usize>,
    metrics: Vec<Metric>,
    repeats: usize,
    seed: u64,
    control: Control,
}

/// What a set of features and a predictor reached at a size of the training set.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The name of the set of features.
    pub features: String,
    /// The predictor.
    pub predictor: String,
    /// The networks of a training set.
    pub train_size: usize,
    /// The metric.
    pub metric: Metric,
    /// How many runs have a value.
    pub runs: usize,
    /// The mean over them; NaN if there is none.
    pub mean: f64,
    /// Their standard deviation (with n − 1 in the denominator); NaN for a single one.
    pub std: f64,
    /// How it compares with the best.
    pub standing: Standing,
    /// The p-value of its difference from the best (Wilcoxon's signed-rank test, Holm's correction), if there are
    /// enough runs.
    pub p_value: Option<f64>,
}

impl Comparison {
    /// An experiment on networks of a space with one target. Unless something else is asked for: `auto` on `graf+`,
    /// training sets of 32 and 128 networks (fewer where there are few), 10 repeats, Kendall's tau, Spearman's rho and R².
    pub fn new(space: Space, target: &str, direction: Direction) -> Self {
        let stated = Some(direction);
        Comparison::of(space, Objective { target: target.to_owned(), stated })
    }

    /// The same for an objective, whose direction may be open.
    pub fn of(space: Space, objective: Objective) -> Self {
        Comparison {
            space,
            objective,
            sets: Vec::new(),
            learners: Vec::new(),
            sizes: Vec::new(),
            metrics: Vec::new(),
            repeats: 10,
            seed: 0,
            control: Control::default(),
        }
    }

    /// Adds a set of features, under a name.
    #[must_use]
    pub fn features(mut self, name: &str, groups: Vec<Use>) -> Self {
        self.sets.push(UseSet { name: Some(name.to_owned()), groups });
        self
    }

    /// Adds a predictor, with parameters by name.
    ///
    /// # Errors
    ///
    /// [`FitError`] if there is no predictor or parameter of that name, or a value is out of its range.
    pub fn predictor(mut self, name: &str, parameters: &Parameters) -> Result<Self, FitError> {
        self.learners.push(learner(name, parameters)?);
        Ok(self)
    }

    /// The sizes of the training sets.
    #[must_use]
    pub fn train_sizes(self, sizes: &[usize]) -> Self {
        Comparison { sizes: sizes.to_vec(), ..self }
    }

    /// What is measured.
    #[must_use]
    pub fn metrics(self, metrics: &[Metric]) -> Self {
        Comparison { metrics: metrics.to_vec(), ..self }
    }

    /// How many training sets of each size are drawn.
    #[must_use]
    pub fn repeats(self, repeats: usize) -> Self {
        Comparison { repeats, ..self }
    }

    /// The seed of the first repeat; each further repeat takes the next.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Comparison { seed, ..self }
    }

    /// Ends the experiment once this is cancelled, and reports its runs.
    #[must_use]
    pub fn control(self, control: &Control) -> Self {
        Comparison { control: control.clone(), ..self }
    }

    /// Runs the experiment, in parallel on the caller's rayon pool. Networks that compute the same are never on both sides
    /// of a split.
    ///
    /// # Returns
    ///
    /// A value for each size, metric, set and predictor, in this order.
    ///
    /// # Errors
    ///
    /// [`CompareError`] if there are too few networks for a size or not as many targets as networks, a target is not
    /// finite, a set has no features, or a predictor cannot be fitted; if it
    /// [was cancelled](CompareError::is_cancelled).
    ///
    /// # Complexity
    ///
    /// That of repeats × sizes × sets × predictors fits.
    pub fn run(
        mut self,
        networks: &[Architecture],
        targets: &[f64],
    ) -> Result<Vec<Compared>, CompareError> {
        if networks.len() != targets.len() {
            let (records, targets) = (networks.len(), targets.len());
            return Err(FitError::Lengths { records, targets }.into());
        }
        if let Some(row) = targets.iter().position(|target| !target.is_finite()) {
            return Err(FitError::NotFinite { row, column: None }.into());
        }
        if self.learners.is_empty() {
            self.learners.push(learner("auto", &Parameters::new())?);
        }
        if self.sets.is_empty() {
            let group = default_use(self.learners.iter().map(|learner| &**learner), false);
            self.sets.push(UseSet { name: None, groups: vec![group] });
        }
        if self.metrics.is_empty() {
            self.metrics = METRICS.iter().filter_map(|name| name.parse().ok()).collect();
        }
        let options = PoolOptions {
            request: Request::default(),
            sets: self.sets,
            proxies: Vec::new(),
            targets: vec![self.objective.target.clone()],
        };
        let column = Array2::from_shape_fn((targets.len(), 1), |(row, _)| targets[row]);
        let pool = Pool::of_networks(self.space.0, networks, column, &options, &self.control)?;
        if self.sizes.is_empty() {
            let classes = classes_of(&pool, false).into_iter().max();
            self.sizes = default_sizes(classes.map_or(0, |last| last + 1));
        }
        let compare = Compare {
            plan: Plan::Sizes(self.sizes),
            repeats: self.repeats,
            seed: self.seed,
            test_size: None,
            allow_duplicates: false,
            choices: Vec::new(),
            learners: self.learners.into_iter().map(Contender::Alone).collect(),
            objectives: vec![self.objective],
            tasks: vec![Task { train: 0, test: 0 }],
            metrics: self.metrics,
            control: self.control,
        };
        let runs = compare.run(&pool, &compare.places(&pool), &|_| Ok(None), &mut |_, _| Ok(()))?;
        let summaries = summarize(&compare, pool.sets.len(), &runs);
        let compared = summaries.into_iter().flat_map(|summary| {
            let scores = summary.scores.into_iter().map(|score| Compared {
                features: pool.sets[score.set].name.clone(),
                predictor: compare.learners[score.learner].label(),
                train_size: summary.train_size,
                metric: summary.metric,
                runs: score.runs,
                mean: score.mean,
                std: score.std,
                standing: score.standing,
                p_value: score.p_value,
            });
            scores.collect::<Vec<_>>()
        });
        Ok(compared.collect())
    }
}
