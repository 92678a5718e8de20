//! Tables in, a fitted model out.

use crate::control::Control;
use crate::dataset::fitted::{Learning, learn};
use crate::dataset::prior::check;
use crate::dataset::training_set::{Choice, TrainingSet};
use crate::dataset::uses::Use;
use crate::dataset::{Error, FitSummary, Request};
use crate::metrics::Objective;
use crate::model::Model;
use crate::predictor::Learner;
use crate::predictor::transfer::prior::FromPrior;
use crate::table::Input;

/// What `graf fit` is asked for.
#[derive(Debug)]
pub struct Fit {
    /// How tables are read.
    pub request: Request,
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
/// [`Error::Training`] if there are fewer than [three](crate::dataset::LEAST_ROWS) rows or more than memory holds, a
/// target is too large, or a column that medians are to fill has no value.
pub fn fit(inputs: &[Input], options: Fit) -> Result<FitSummary, Error> {
    let prior = options.prior.as_ref().map(|prior| &prior.header);
    let choice = Choice { uses: &options.uses, proxies: &options.proxies, prior };
    let names: Vec<String> = options.objectives.iter().map(|one| one.target.clone()).collect();
    let mut footprint = options.learner.footprint(names.len());
    if prior.is_some() {
        footprint = FromPrior::footprint(footprint);
    }
    let request = &Request { footprint, ..options.request.clone() };
    if let Some(prior) = prior {
        check(prior, &names, request.networks.prune)?;
    }
    let training_set = TrainingSet::read(inputs, request, choice, &names, &mut |_| Ok(()))?;
    let name = inputs.first().map(Input::stem).unwrap_or_default();
    let Fit { uses, proxies, objectives, learner, prior, seed, .. } = options;
    let learning = Learning { name, objectives, learner, prior, seed, control: Control::default() };
    learn(training_set, request, (&uses, &proxies), learning)
}
