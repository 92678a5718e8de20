//! Why no networks can be suggested.

use thiserror::Error;

use crate::control::Cancelled;
use crate::predictor::PREDICTORS;

/// Why no networks can be suggested.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SuggestError {
    /// Fewer networks are left than are asked for.
    #[error(
        "{asked} networks that are different and not known are asked for, and there are {left}"
    )]
    TooFew {
        /// How many are asked for.
        asked: usize,
        /// How many are left.
        left: usize,
    },
    /// A strategy that asks a model, and no model.
    #[error("{strategy} needs the predictions of a model")]
    NoModel {
        /// The strategy.
        strategy: &'static str,
    },
    /// A strategy that needs standard deviations, and a predictor without.
    #[error(
        "{strategy} needs standard deviations, which the predictor does not give; those that do are \
         {having}; take one of them, or the strategy diverse or improvement"
    )]
    NoDeviation {
        /// The strategy.
        strategy: &'static str,
        /// The predictors that have them.
        having: String,
    },
    /// A strategy that needs standard deviations, and a model that knows none.
    #[error(
        "{strategy} needs standard deviations, and the model knows none: its training targets are all equal; train more networks"
    )]
    UnknownDeviation {
        /// The strategy.
        strategy: &'static str,
    },
    /// The caller cancelled the choice.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A prediction or a best known value that is no number to compare.
    #[error("{what} is not finite")]
    NotFinite {
        /// What it is.
        what: String,
    },
    /// Columns that say nothing.
    #[error(
        "all features are the same in all {rows} networks, so that nothing tells which to choose; take other features, or other networks"
    )]
    Constant {
        /// How many networks there are.
        rows: usize,
    },
}

impl SuggestError {
    /// [`SuggestError::NoDeviation`], with the predictors that have one.
    pub(crate) fn no_deviation(strategy: &'static str) -> Self {
        let having = PREDICTORS.iter().filter(|kind| kind.has_deviation).map(|kind| kind.name);
        SuggestError::NoDeviation { strategy, having: having.collect::<Vec<_>>().join(", ") }
    }

    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        !matches!(self, SuggestError::Constant { .. })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::predictor::Parameters;

    #[test]
    fn predictors_have_the_deviations_that_they_are_said_to_have() {
        let records = Array2::from_shape_fn((24, 2), |(row, column)| {
            f64::from(u32::try_from(row * (3 * column + 1) % 7).unwrap())
        });
        let targets = records.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
        for kind in &PREDICTORS {
            let learner = kind.learner(&Parameters::new()).unwrap();
            let predictor = learner.fit(records.view(), targets.view(), 0).unwrap();
            let deviations = predictor.mean_and_std(records.view()).unwrap().1;
            assert_eq!(deviations.is_some(), kind.has_deviation, "{}", kind.name);
        }
    }
}
