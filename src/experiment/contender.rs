//! A predictor that takes part in an experiment.

use crate::predictor::transfer::prior::FromPrior;
use crate::predictor::{Learner, Parameters};

/// A predictor that takes part in an experiment, by itself or from a prior.
#[derive(Debug)]
pub enum Contender {
    /// It learns from the training set alone.
    Alone(Box<dyn Learner>),
    /// It starts from the predictions of the prior of the pool.
    FromPrior(FromPrior),
}

impl Contender {
    /// What it is called in results.
    pub fn label(&self) -> String {
        match self {
            Contender::Alone(learner) => learner.name().to_owned(),
            Contender::FromPrior(learner) => format!("{}+prior", learner.0.name()),
        }
    }

    /// Whether it starts from a prior.
    pub fn is_from_prior(&self) -> bool {
        matches!(self, Contender::FromPrior(_))
    }

    /// The name of its kind.
    pub fn name(&self) -> &'static str {
        self.learner().name()
    }

    /// All of its parameters.
    pub fn parameters(&self) -> Parameters {
        self.learner().parameters()
    }

    /// As a learner; one that starts from a prior takes all columns but the last for its own.
    pub fn learner(&self) -> &dyn Learner {
        match self {
            Contender::Alone(learner) => &**learner,
            Contender::FromPrior(learner) => learner,
        }
    }
}

impl From<Box<dyn Learner>> for Contender {
    fn from(learner: Box<dyn Learner>) -> Self {
        Contender::Alone(learner)
    }
}
