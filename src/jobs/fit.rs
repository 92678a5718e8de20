//! Tables in, a fitted model out.

use crate::dataset::Kinds;
use crate::dataset::columns::Use;
use crate::dataset::fitted::{some_of, summary};
use crate::dataset::prior::check;
use crate::dataset::training;
use crate::dataset::training_set::{Choice, TrainingSet};
use crate::dataset::{Error, FitSummary};
use crate::dataset::{Missing, Request};
use crate::metrics::Objective;
use crate::model::{Header, LearnedOn, Model};
use crate::predictor::transfer::prior::{FromPrior, WithPrior};
use crate::predictor::{Fitted as Predictor, Learner};
use crate::table::Input;

/// What `graf fit` is asked for.
#[derive(Debug)]
pub struct Fit {
    /// How tables are read.
    pub wanted: Request,
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

/// Fits a model on one or more tables.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, a column is not there, or nothing can be learned;
/// [`Error::Training`] if there are fewer than [three](super::LEAST_ROWS) rows or more than memory holds, a
/// target is too large, or a column that medians are to fill has no value.
pub fn fit(inputs: &[Input], options: Fit) -> Result<FitSummary, Error> {
    let prior = options.prior.as_ref().map(|prior| &prior.header);
    let choice = Choice { uses: &options.uses, proxies: &options.proxies, prior };
    let names: Vec<String> = options.objectives.iter().map(|one| one.target.clone()).collect();
    let mut footprint = options.learner.footprint(names.len());
    if prior.is_some() {
        footprint = FromPrior::footprint(footprint);
    }
    let wanted = &Request { footprint, ..options.wanted.clone() };
    if let Some(prior) = prior {
        check(prior, &names, wanted.networks.prune)?;
    }
    let mut lesson = TrainingSet::read(inputs, wanted, choice, &names, &mut |_| Ok(()))?;
    training::check(lesson.gathered.targets.view(), &names)?;
    let medians = (wanted.missing == Some(Missing::Median)).then(|| lesson.fill_missing());
    let features = lesson.features(wanted, choice)?;
    let (records, targets) = (lesson.gathered.records.view(), lesson.gathered.targets.view());
    let space = lesson.space().map(|space| space.name().to_owned());
    let learned_on = LearnedOn {
        name: inputs.first().map(Input::stem).unwrap_or_default(),
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
    Ok(FitSummary::new(Model { header, networks, predictor }, some_of(records), told))
}
