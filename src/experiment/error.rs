//! Why an experiment could not be made.

use thiserror::Error;

use crate::control::Cancelled;
use crate::dataset::{self, SplitError};
use crate::metrics::ObjectiveError;
use crate::predictor::{FitError, RecordsError};
use crate::suggest::SuggestError;

/// Why an experiment could not be made.
#[derive(Debug, Error)]
pub enum CompareError {
    /// A train set is to be empty, and there is no prior to predict with.
    #[error("a train size of 0 needs a prior")]
    NoPrior,
    /// A direction is stated wrongly, or is missing.
    #[error(transparent)]
    Objective(#[from] ObjectiveError),
    /// A prior without labels, and nobody knows which of its predictions are better.
    #[error(
        "a train size of 0 takes the predictions of the prior as they are, and whether greater or smaller ones are better is not stated"
    )]
    OpenPrior,
    /// The tables cannot be read.
    #[error(transparent)]
    Pipeline(#[from] dataset::Error),
    /// A predictor cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Records that do not fit to a predictor.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The caller cancelled the experiment.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A prediction that is no number to measure.
    #[error(
        "{predictor} predicts a number that is not finite; are the values of a column too large?"
    )]
    NotFinite {
        /// The predictor.
        predictor: String,
    },
    /// Train sets are to be chosen where they are given or folds.
    #[error("strategies choose train sets of given sizes, not folds, given splits or strata")]
    ChooseNoSizes,
    /// A train set that is larger than what it is chosen from.
    #[error(
        "train size {size}: there are {candidates} different networks to choose from; the others are the test set"
    )]
    ChooseTooFew {
        /// The size.
        size: usize,
        /// How many networks there are to choose from.
        candidates: usize,
    },
    /// A strategy that cannot choose with a predictor.
    #[error("the predictor {predictor}: {error}")]
    ChooseBy {
        /// The predictor.
        predictor: String,
        /// Why not.
        error: SuggestError,
    },
    /// A strategy cannot choose.
    #[error(transparent)]
    Choose(#[from] SuggestError),
    /// The rows cannot be split as planned.
    #[error(transparent)]
    Unsplittable(#[from] SplitError),
    /// A split file that cannot be used.
    #[error("{name}: {reason}")]
    Split {
        /// The file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is no file of single runs of this experiment.
    #[error("{name}: {reason}")]
    NotRuns {
        /// The file.
        name: String,
        /// What it is.
        reason: String,
    },
    /// The file of single runs cannot be used.
    #[error("{name}: {reason}")]
    Runs {
        /// The file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl CompareError {
    /// Whether the caller cancelled the experiment.
    pub fn is_cancelled(&self) -> bool {
        match self {
            CompareError::Cancelled(_) => true,
            CompareError::Pipeline(error) => error.is_cancelled(),
            CompareError::Fit(error) => matches!(error, FitError::Cancelled(_)),
            CompareError::Choose(error) => matches!(error, SuggestError::Cancelled(_)),
            _ => false,
        }
    }

    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            CompareError::Pipeline(error) => error.is_usage(),
            CompareError::Fit(error) => matches!(error, FitError::Parameter { .. }),
            CompareError::Choose(error) => error.is_usage(),
            CompareError::NoPrior
            | CompareError::Objective(_)
            | CompareError::OpenPrior
            | CompareError::ChooseNoSizes
            | CompareError::ChooseTooFew { .. }
            | CompareError::ChooseBy { .. } => true,
            CompareError::Unsplittable(error) => error.is_usage(),
            CompareError::Cancelled(_)
            | CompareError::Records(_)
            | CompareError::NotFinite { .. }
            | CompareError::Split { .. }
            | CompareError::NotRuns { .. }
            | CompareError::Runs { .. } => false,
        }
    }
}
