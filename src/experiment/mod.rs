//! Repeated experiments: sets of predictors and predictors, compared on the same splits.
//!
//! Everything is paired: in each repeat all of them are trained on the same networks and tested on
//! the same others. Networks that are the same stand on one side of a split, unless duplicates
//! are allowed: a predictor that has seen a network need not predict it.

mod choose;
mod contender;
mod defaults;
mod error;
mod runs;
mod split_file;
mod summary;
mod transfer;

use std::collections::HashSet;

use ndarray::{Array2, Axis};

pub use self::choose::Choose;
pub use self::contender::Contender;
pub use self::defaults::{METRICS, default_sizes};
pub use self::error::CompareError;
pub use self::runs::{COLUMNS as RUN_COLUMNS, RunFile};
pub use self::split_file::read_split;
pub use self::summary::{
    SIGNIFICANT, Score, Standing, Summary, runs_to_tell, score_all, summarize,
};
pub use self::transfer::{Matrix, Ranking, Size, Stranger, Transfer};
use crate::control::Control;
use crate::dataset::{self, Plan, Pool, Split, Splits, check_memory, classes};
use crate::metrics::{Direction, Directions, Metric, Objective};
use crate::predictor::{self, COPY, Fitted, Footprint};
use crate::stream::ordered;
use crate::suggest::{Needs, SuggestError};

/// What is learned and what is asked: targets of the pool, by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// The target that is trained on.
    pub train: usize,
    /// The target that the predictions are measured on.
    pub test: usize,
}

/// An experiment.
#[derive(Debug)]
pub struct Compare {
    /// How rows are split.
    pub plan: Plan,
    /// How often.
    pub repeats: usize,
    /// The seed of the first repeat; each has its own, the next.
    pub seed: u64,
    /// The most rows of a test set.
    pub test_size: Option<usize>,
    /// Take isomorphic networks for different ones.
    pub allow_duplicates: bool,
    /// How train sets are chosen, with a plan of sizes; if there is no way, the plan draws them.
    pub choices: Vec<Choose>,
    /// The predictors; the seed is that of the repeat.
    pub learners: Vec<Contender>,
    /// The targets of the pool with their directions, by place.
    pub objectives: Vec<Objective>,
    /// The tasks.
    pub tasks: Vec<Task>,
    /// What is measured.
    pub metrics: Vec<Metric>,
    /// Ends the experiment, and counts its runs.
    pub control: Control,
}

/// What was compared in a run: places in the pool and in the experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The repeat.
    pub repeat: usize,
    /// The split of the repeat.
    pub split: usize,
    /// The task.
    pub task: usize,
    /// The set of predictors.
    pub set: usize,
    /// The predictor.
    pub learner: usize,
    /// The way of choosing; 0 where there is none.
    pub choice: usize,
}

/// A single run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was compared.
    pub place: Place,
    /// The rows of the train set.
    pub train_rows: usize,
    /// The rows of the test set.
    pub test_rows: usize,
    /// The value of each metric; NaN where it has none.
    pub values: Vec<f64>,
}

/// See [`Compare::classes`].
pub fn classes_of(pool: &Pool, allow_duplicates: bool) -> Vec<usize> {
    if allow_duplicates || pool.networks.is_empty() {
        return (0..pool.rows()).collect();
    }
    classes(pool.networks.iter().map(|known| known.function))
}

impl Compare {
    /// The class of each row of a pool: networks that compute the same have the same, unless duplicates are
    /// allowed or the rows have no networks.
    pub fn classes(&self, pool: &Pool) -> Vec<usize> {
        classes_of(pool, self.allow_duplicates)
    }

    /// Whether the plan can be carried out on a pool.
    ///
    /// # Errors
    ///
    /// [`CompareError`] if a train or a test set is too small to be of use, or too large.
    pub fn check(&self, pool: &Pool) -> Result<(), CompareError> {
        if self.plan.sizes().contains(&0) && !self.learners.iter().any(Contender::is_from_prior) {
            return Err(CompareError::NoPrior);
        }
        let (classes, target) = (self.classes(pool), self.first_target(pool));
        let order = pool.order();
        let splits = self.splits(&classes, &order, &target);
        splits.check()?;
        self.check_memory(pool, &classes)?;
        self.check_choices(&splits)?;
        self.check_directions(pool)
    }

    /// Whether the directions are known that metrics, choices and a prior without labels depend on.
    fn check_directions(&self, pool: &Pool) -> Result<(), CompareError> {
        let metric = self.metrics.iter().find(|metric| metric.needs_direction());
        let choice = self.choices.iter().find(|choice| choice.needs() > Needs::Nothing);
        for task in &self.tasks {
            let [train, test] = [task.train, task.test].map(|target| &self.objectives[target]);
            if let Some(metric) = metric {
                test.needed_for(&metric.to_string())?;
                train.needed_for(&metric.to_string())?;
            }
            if let Some(choice) = choice {
                train.needed_for(&choice.to_string())?;
            }
            if self.plan.sizes().contains(&0)
                && let Some(prior) = &pool.prior
            {
                train.needed_for("a prior without labels")?;
                prior.direction.ok_or(CompareError::OpenPrior)?;
            }
        }
        Ok(())
    }

    /// The direction of a target of the pool, if it is known.
    fn direction(&self, target: usize) -> Option<Direction> {
        self.objectives[target].direction()
    }

    /// Whether all that is worked on at once fits into memory.
    fn check_memory(&self, pool: &Pool, classes: &[usize]) -> Result<(), CompareError> {
        let train = self.plan.largest(classes);
        let columns = pool.sets.iter().map(|set| set.columns.len()).max().unwrap_or(0);
        let workers = rayon::current_num_threads().min(self.places(pool).len());
        // Each worker has copies of the rows that it trains on and of those that it tests; what fits do in
        // parallel they do on the same threads.
        let copies = COPY * (1.0 + pool.rows() as f64 / train.max(1) as f64);
        for learner in &self.learners {
            let own = learner.learner().footprint(1);
            let of_workers = Footprint { row: own.row, ..Footprint::numbers(copies) };
            let all = Footprint { row: 0.0, ..own } + of_workers * workers as f64;
            check_memory(train, columns, all).map_err(dataset::Error::from)?;
        }
        Ok(())
    }

    /// Whether train sets can be chosen as they are to be.
    fn check_choices(&self, splits: &Splits) -> Result<(), CompareError> {
        let Some(needs) = self.choices.iter().map(|choice| choice.needs()).max() else {
            return Ok(());
        };
        let Plan::Sizes(sizes) = &self.plan else { return Err(CompareError::ChooseNoSizes) };
        let candidates = splits.candidates();
        if let Some(&size) = sizes.iter().find(|&&size| size > candidates) {
            return Err(CompareError::ChooseTooFew { size, candidates });
        }
        let has_none = |name| predictor::by_name(name).is_some_and(|kind| !kind.has_deviation);
        let mut learners = self.learners.iter();
        let asks = self.choices.iter().find(|choice| choice.needs() == Needs::Deviations);
        if let (Needs::Deviations, Some(Choose::By(strategy)), Some(learner)) =
            (needs, asks, learners.find(|learner| has_none(learner.name())))
        {
            let error = SuggestError::no_deviation(strategy.name);
            return Err(CompareError::ChooseBy { predictor: learner.label(), error });
        }
        Ok(())
    }

    fn splits<'a>(
        &'a self,
        classes: &'a [usize],
        order: &'a [usize],
        target: &'a [f64],
    ) -> Splits<'a> {
        let Compare { plan, test_size, seed, .. } = self;
        Splits { plan, classes, order, target, test_size: *test_size, seed: *seed }
    }

    /// What quantiles are made of: all tasks are split alike.
    fn first_target(&self, pool: &Pool) -> Vec<f64> {
        pool.targets.column(self.tasks.first().map_or(0, |task| task.train)).to_vec()
    }

    /// Of a split that is given: how many of the test set are the same as one of the train set, and
    /// how many there are.
    pub fn leaks(&self, pool: &Pool) -> Option<(usize, usize)> {
        let Plan::Given(train, test) = &self.plan else { return None };
        let classes = self.classes(pool);
        let trained: HashSet<usize> = train.iter().map(|&row| classes[row]).collect();
        let known = test.iter().filter(|&&row| trained.contains(&classes[row])).count();
        Some((known, test.len()))
    }

    /// All runs, in their order.
    pub fn places(&self, pool: &Pool) -> Vec<Place> {
        let mut places = Vec::new();
        for repeat in 0..self.repeats {
            for split in 0..self.plan.splits() {
                for task in 0..self.tasks.len() {
                    for set in 0..pool.sets.len() {
                        for learner in 0..self.learners.len() {
                            for choice in 0..self.choices.len().max(1) {
                                places.push(Place { repeat, split, task, set, learner, choice });
                            }
                        }
                    }
                }
            }
        }
        places
    }

    /// Makes the runs at these places that `done` does not know, in parallel. `done` is asked when it is the
    /// turn of a run, and `each` is given every run, in this order, and whether it is new. The result is
    /// in the order of [`Compare::places`].
    ///
    /// # Errors
    ///
    /// [`CompareError`] if the plan cannot be carried out, a predictor cannot be fitted, or `each`
    /// fails.
    pub fn run(
        &self,
        pool: &Pool,
        places: &[Place],
        done: &(dyn Fn(Place) -> Result<Option<Run>, CompareError> + Sync),
        each: &mut dyn FnMut(&Run, bool) -> Result<(), CompareError>,
    ) -> Result<Vec<Run>, CompareError> {
        let (classes, target) = (self.classes(pool), self.first_target(pool));
        let order = pool.order();
        self.check(pool)?;
        let splits = self.splits(&classes, &order, &target);
        let work = |&place: &Place| {
            self.control.check()?;
            match done(place)? {
                Some(run) => Ok((run, false)),
                None => self.one(pool, &splits, place).map(|run| (run, true)),
            }
        };
        let steps = self.control.steps(places.len());
        let mut runs = Vec::with_capacity(places.len());
        ordered(places.len(), &|number| work(&places[number]), &mut |(run, is_new)| {
            each(&run, is_new)?;
            runs.push(run);
            Ok(steps.done()?)
        })?;
        runs.sort_by_key(|run| run.place);
        Ok(runs)
    }

    /// Trains and tests once.
    fn one(&self, pool: &Pool, splits: &Splits, place: Place) -> Result<Run, CompareError> {
        let Split { train, test } = match self.choices.get(place.choice) {
            None => splits.split(place.repeat, place.split),
            Some(&choice) => self.chosen(pool, splits, place, choice)?,
        };
        let learner = &self.learners[place.learner];
        if train.is_empty() && !learner.is_from_prior() {
            // Without a label and without a prior there is nothing to predict with.
            let values = vec![f64::NAN; self.metrics.len()];
            return Ok(Run { place, train_rows: 0, test_rows: test.len(), values });
        }
        let (predictor, asked) = self.fitted(pool, place, &train, &test)?;
        let predicted = predictor.mean(asked.view())?.into_raw_vec_and_offset().0;
        if !predicted.iter().all(|number| number.is_finite()) {
            return Err(CompareError::NotFinite { predictor: learner.label() });
        }
        let task = self.tasks[place.task];
        let truth = pool.targets.column(task.test).select(Axis(0), &test).to_vec();
        let directions =
            Directions { truth: self.direction(task.test), prediction: self.direction(task.train) };
        let value =
            |metric: &Metric| metric.compute_in(directions, &truth, &predicted).unwrap_or(f64::NAN);
        let values = self.metrics.iter().map(value).collect();
        Ok(Run { place, train_rows: train.len(), test_rows: test.len(), values })
    }

    /// A predictor that is fitted on some rows, and the records of others to ask it.
    fn fitted(
        &self,
        pool: &Pool,
        place: Place,
        train: &[usize],
        asked: &[usize],
    ) -> Result<(Fitted, Array2<f64>), CompareError> {
        let learner = &self.learners[place.learner];
        let parts = pool.split(place.set, train, asked);
        let own = parts[0].ncols();
        let target = self.tasks[place.task].train;
        let [records, mut asked] = match &pool.prior {
            Some(prior) if learner.is_from_prior() => {
                prior.beside(parts, &pool.sets[place.set].columns, train, asked)
            }
            _ => parts,
        };
        if let (Some(prior), true) = (&pool.prior, train.is_empty())
            && prior.direction != self.direction(target)
        {
            // No label tells that better networks have the smaller predictions here.
            let last = asked.ncols() - 1;
            asked.column_mut(last).mapv_inplace(|predicted| -predicted);
        }
        let target = pool.targets.column(target);
        let trained = target.select(Axis(0), train).insert_axis(Axis(1));
        let seed = self.seed.wrapping_add(place.repeat as u64);
        let (records, trained, control) = (records.view(), trained.view(), self.control.silent());
        let fitted = match learner {
            Contender::Alone(learner) => learner.fit_under(records, trained, seed, &control)?,
            Contender::FromPrior(learner) => {
                learner.fit_beside(records, own, trained, seed, &control)?
            }
        };
        Ok((fitted, asked))
    }
}
