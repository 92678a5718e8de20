//! A model that was fitted on tables, and what happened on the way.

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView2, Axis};

use super::Error;
use super::counts::RowCounts;
use super::kinds::Kinds;
use super::request::{Missing, Request};
use super::training;
use super::training_set::{Choice, TrainingSet};
use super::uses::Use;
use super::views::{kept, views_of};
use crate::control::Control;
use crate::explain::{Importances, groups};
use crate::metrics::{Objective, kendall_tau, r2, spearman};
use crate::model::{Card, HeldOutSummary, LearnedOn, Model, ModelError};
use crate::predictor::transfer::prior::{FromPrior, WithPrior};
use crate::predictor::{Fitted, Learner};

/// How many training rows a model is proven on.
const PROVEN: usize = 32;

/// How many training rows columns and targets are compared in.
const COMPARED: usize = 512;

/// A fitted model and what happened on the way.
#[derive(Debug)]
pub struct FitSummary {
    /// The model.
    pub model: Model,
    /// Rows that were not learned from as they are.
    pub aside: RowCounts,
    /// Training networks that are isomorphic to one before them.
    pub isomorphic: u64,
    /// A few training rows (rows × columns).
    some: Array2<f64>,
}

impl FitSummary {
    /// The bytes of the model's file, read back and [proven](Model::proven_bytes) on a few training rows.
    ///
    /// # Errors
    ///
    /// As those of [`Model::proven_bytes`].
    pub fn proven_bytes(&self) -> Result<Vec<u8>, ModelError> {
        self.model.proven_bytes(self.some.view())
    }

    pub(crate) fn new(
        model: Model,
        some: Array2<f64>,
        (aside, isomorphic): (RowCounts, u64),
    ) -> Self {
        FitSummary { model, aside, isomorphic, some }
    }
}

/// A few rows, evenly spread.
pub(crate) fn some_of(records: ArrayView2<f64>) -> Array2<f64> {
    spread_over(records, PROVEN)
}

/// At most so many rows, evenly spread.
pub(crate) fn spread_over(records: ArrayView2<f64>, most: usize) -> Array2<f64> {
    let rows = records.nrows();
    let count = rows.min(most);
    let places: Vec<usize> = (0..count).map(|place| place * rows / count).collect();
    records.select(Axis(0), &places)
}

/// How well the training rows are predicted by what has not seen them.
pub(crate) fn summary(predictor: &Fitted, targets: ArrayView2<f64>) -> Option<HeldOutSummary> {
    let held_out = predictor.held_out()?;
    let finite = |value: f64| value.is_finite().then_some(value);
    let columns = targets.columns().into_iter().zip(held_out.predictions.columns());
    let measured = columns.map(|(truth, predicted)| {
        let seen = truth.iter().zip(predicted).filter(|pair| !pair.1.is_nan());
        let (truth, predicted): (Vec<f64>, Vec<f64>) = seen.unzip();
        (r2(&truth, &predicted), finite(kendall_tau(&truth, &predicted)))
    });
    let (r2, kendall_tau): (Vec<f64>, Vec<_>) = measured.unzip();
    let r2 = finite(r2.iter().sum::<f64>() / r2.len() as f64);
    Some(HeldOutSummary { by: held_out.by.to_owned(), r2, kendall_tau })
}

/// Of each column (of rows × columns) the Spearman correlation with the first target, in at most [`COMPARED`] rows.
pub(crate) fn correlations(records: ArrayView2<f64>, targets: ArrayView2<f64>) -> Vec<Option<f64>> {
    let (records, targets) = (spread_over(records, COMPARED), spread_over(targets, COMPARED));
    let first = targets.column(0).to_vec();
    let columns = records.axis_iter(Axis(1)).into_par_iter();
    columns
        .map(|column| Some(spearman(&column.to_vec(), &first)).filter(|r| r.is_finite()))
        .collect()
}

/// For each column the one that stands for its group of nearly equal ones in some rows (rows × columns): the one with the
/// shortest name, which is the plainest.
pub(crate) fn groups_of(columns: &[String], records: ArrayView2<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&column| columns[column].len());
    groups(records, &order)
}

/// What is to be learned from a training set.
pub(crate) struct Learning {
    /// What the training set is called.
    pub name: String,
    /// What is predicted: the targets, in their order.
    pub objectives: Vec<Objective>,
    /// The predictor.
    pub learner: Box<dyn Learner>,
    /// The model that the predictor starts from.
    pub prior: Option<Model>,
    /// The seed.
    pub seed: u64,
    /// Ends the fit, and is told of it.
    pub control: Control,
}

/// Fits a model on a training set, whose columns are those of some groups and proxies.
///
/// # Errors
///
/// [`Error::Training`] if there are too few rows, a target is too large, or a column that medians are to fill has
/// no value; [`Error::Fit`] if the predictor cannot be fitted.
pub(crate) fn learn(
    mut set: TrainingSet,
    request: &Request,
    (uses, proxies): (&[Use], &[String]),
    learning: Learning,
) -> Result<FitSummary, Error> {
    let names: Vec<String> = learning.objectives.iter().map(|one| one.target.clone()).collect();
    training::check(set.gathered.targets.view(), &names)?;
    let mut medians = (request.missing == Some(Missing::Median)).then(|| set.fill_missing());
    let (records, targets) = (set.gathered.records.view(), set.gathered.targets.view());
    let space = set.space().map(|space| space.name().to_owned());
    let learned_on = LearnedOn {
        draws: None,
        name: learning.name,
        space: space.clone(),
        target: names.join(", "),
        direction: None,
        rows: targets.nrows(),
        weight: 1.0,
    };
    let (name, parameters) = (learning.learner.name(), learning.learner.parameters());
    let mut networks = set.networks();
    let (prior, mut predictor) = if let Some(model) = learning.prior {
        let Model { header, networks: of_prior, predictor: prior } = model;
        if header.learned_on.iter().any(|one| names.contains(&one.target)) {
            networks = networks.and(&of_prior);
        }
        let place = |name| set.gathered.columns.iter().position(|column| column == name);
        let places: Vec<usize> = header.columns.iter().filter_map(place).collect();
        let wide = WithPrior::records(&prior, &places, records)?;
        let learner = FromPrior(learning.learner);
        let started =
            learner.fit_beside(wide.view(), set.own, targets, learning.seed, &learning.control)?;
        let predictor = WithPrior::fitted(prior, places, started)?;
        (Some(Box::new(header)), predictor)
    } else {
        let views = views_of(uses, &set.gathered.columns);
        let with_views = learning.learner.with_views(&views);
        let learner = with_views.as_ref().unwrap_or(&learning.learner);
        (None, learner.fit_under(records, targets, learning.seed, &learning.control)?)
    };
    // What no view is left of need not be computed of other networks.
    let left = predictor.narrow();
    let uses = if left.len() < set.gathered.columns.len() {
        set.gathered.keep_columns(&left);
        medians = medians.map(|all| left.iter().map(|&column| all[column]).collect());
        kept(uses, &set.gathered.columns)
    } else {
        uses.to_vec()
    };
    let (records, targets) = (set.gathered.records.view(), set.gathered.targets.view());
    let choice = Choice { uses: &uses, proxies, prior: prior.as_deref() };
    let features = set.features(request, choice)?;
    let importances = predictor.importances();
    let header = Card {
        graf: env!("CARGO_PKG_VERSION").to_owned(),
        space,
        prune: set.gathered.space.map(|_| request.networks.prune),
        description: set.description()?,
        features,
        columns: set.gathered.columns.clone(),
        proxies: set.gathered.proxies.clone(),
        medians,
        targets: names,
        directions: Card::directions_of(&learning.objectives),
        predictor: name.to_owned(),
        parameters,
        seed: learning.seed,
        rows: targets.nrows(),
        held_out: summary(&predictor, targets),
        prior,
        report: predictor.report(),
        importance_directions: importances.as_ref().map_or_else(Vec::new, Importances::directions),
        importances: importances.map(|found| found.shares),
        correlations: correlations(records, targets),
        learned_on: vec![learned_on],
        kinds: set.kinds().map_or_else(Vec::new, Kinds::names),
        groups: groups_of(&set.gathered.columns, records),
    };
    let told = (set.gathered.aside, set.isomorphic);
    Ok(FitSummary::new(Model { header, networks, predictor }, some_of(records), told))
}
