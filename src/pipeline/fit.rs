//! Tables in, a fitted model out.

use std::path::Path;

use ndarray::{Array2, ArrayView2, Axis};

use super::Error;
use super::kinds::Kinds;
use super::lesson::{Choice, Lesson};
use super::predictors::Use;
use super::prior::check;
use super::wanted::{Missing, Wanted};
use super::{Aside, training};
use crate::metrics::{Objective, kendall_tau, r2};
use crate::predictor::model::{Header, HeldOutSummary, LearnedOn, Model, ModelError};
use crate::predictor::prior::{FromPrior, WithPrior};
use crate::predictor::{Fitted as Predictor, Learner};
use crate::table::Input;

/// What `graf fit` is asked for.
#[derive(Debug)]
pub struct Fit {
    /// How tables are read.
    pub wanted: Wanted,
    /// The groups of columns that predict.
    pub uses: Vec<Use>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// What is predicted.
    pub objectives: Vec<Objective>,
    /// The predictor.
    pub learner: Box<dyn Learner>,
    /// The model that the predictor starts from.
    pub prior: Option<Model>,
    /// The seed.
    pub seed: u64,
}

/// A fitted model and what happened on the way.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// Rows that were not learned from as they are.
    pub aside: Aside,
    /// Training networks that are isomorphic to one before them.
    pub isomorphic: u64,
    /// A few training rows (rows × columns).
    some: Array2<f64>,
}

impl Fitted {
    /// The bytes of the model's file, read back and [proven](Model::proven_bytes) on a few training rows.
    ///
    /// # Errors
    ///
    /// As those of [`Model::proven_bytes`].
    pub fn proven_bytes(&self) -> Result<Vec<u8>, ModelError> {
        self.model.proven_bytes(self.some.view())
    }

    pub(super) fn new(model: Model, some: Array2<f64>, (aside, isomorphic): (Aside, u64)) -> Self {
        Fitted { model, aside, isomorphic, some }
    }
}

/// How many training rows a model is proven on.
const PROVEN: usize = 32;

/// A few rows, evenly spread.
pub(super) fn some_of(records: ArrayView2<f64>) -> Array2<f64> {
    let rows = records.nrows();
    let count = rows.min(PROVEN);
    let places: Vec<usize> = (0..count).map(|place| place * rows / count).collect();
    records.select(Axis(0), &places)
}

/// Fits a model on one or more tables.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, a column is not there, or nothing can be learned;
/// [`Error::Training`] if there are fewer than [three](super::LEAST_ROWS) rows or more than memory holds, a
/// target is too large, or a column that medians are to fill has no value.
pub fn fit(inputs: &[Input], options: Fit) -> Result<Fitted, Error> {
    let prior = options.prior.as_ref().map(|prior| &prior.header);
    let choice = Choice { uses: &options.uses, proxies: &options.proxies, prior };
    let names: Vec<String> = options.objectives.iter().map(|one| one.target.clone()).collect();
    let mut footprint = options.learner.footprint(names.len());
    if prior.is_some() {
        footprint = FromPrior::footprint(footprint);
    }
    let wanted = &Wanted { footprint, ..options.wanted.clone() };
    if let Some(prior) = prior {
        check(prior, &names, wanted.networks.prune)?;
    }
    let mut lesson = Lesson::read(inputs, wanted, choice, &names, &mut |_| Ok(()))?;
    training::check(lesson.gathered.targets.view(), &names)?;
    let medians = (wanted.missing == Some(Missing::Median)).then(|| lesson.fill_missing());
    let features = lesson.features(wanted, choice)?;
    let (records, targets) = (lesson.gathered.records.view(), lesson.gathered.targets.view());
    let space = lesson.space().map(|space| space.name().to_owned());
    let learned_on = LearnedOn {
        name: inputs.first().map(stem).unwrap_or_default(),
        space: space.clone(),
        target: names.join(", "),
        direction: None,
        rows: targets.nrows(),
        weight: 1.0,
    };
    let (name, parameters) = (options.learner.name(), options.learner.parameters());
    let mut networks = lesson.networks();
    let (prior, predictor) = match options.prior {
        Some(Model { header, networks: of_prior, predictor: prior }) => {
            if header.learned_on.iter().any(|one| names.contains(&one.target)) {
                networks = networks.and(&of_prior);
            }
            let place = |name| lesson.gathered.columns.iter().position(|column| column == name);
            let places: Vec<usize> = header.columns.iter().filter_map(place).collect();
            let wide = WithPrior::records(&*prior, &places, records);
            let learner = FromPrior(options.learner);
            let started = learner.fit_beside(wide.view(), lesson.own, targets, options.seed)?;
            let predictor: Box<dyn Predictor> = Box::new(WithPrior::new(prior, places, started));
            (Some(Box::new(header)), predictor)
        }
        None => (None, options.learner.fit(records, targets, options.seed)?),
    };
    let header = Header {
        graf: env!("CARGO_PKG_VERSION").to_owned(),
        space,
        prune: lesson.gathered.space.map(|_| wanted.networks.prune),
        description: lesson.description()?,
        features,
        columns: lesson.gathered.columns.clone(),
        proxies: lesson.gathered.proxies.clone(),
        medians,
        targets: names,
        directions: Header::directions_of(&options.objectives),
        predictor: name.to_owned(),
        parameters,
        seed: options.seed,
        rows: targets.nrows(),
        held_out: summary(&*predictor, targets),
        prior,
        report: predictor.report(),
        importances: predictor.importances(),
        learned_on: vec![learned_on],
        kinds: lesson.kinds().map_or_else(Vec::new, Kinds::names),
    };
    let told = (lesson.gathered.aside, lesson.isomorphic);
    Ok(Fitted::new(Model { header, networks, predictor }, some_of(records), told))
}

/// What an input is called, without its folder and what follows a point.
pub(super) fn stem(input: &Input) -> String {
    let Some(name) = input.path().and_then(Path::file_name) else { return input.to_string() };
    let name = name.to_string_lossy();
    name.split('.').find(|part| !part.is_empty()).unwrap_or(&name).to_owned()
}

/// How well the training rows are predicted by what has not seen them.
pub(super) fn summary(
    predictor: &dyn Predictor,
    targets: ArrayView2<f64>,
) -> Option<HeldOutSummary> {
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
