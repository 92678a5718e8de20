//! Models of numbers in memory, of which nothing but the names of their columns is known.

use ndarray::ArrayView2;

use super::builder::learner;
use crate::control::Control;
use crate::dataset::fitted::{Learning, learn};
use crate::dataset::training_set::TrainingSet;
use crate::dataset::{Error, Request, Use};
use crate::metrics::Objective;
use crate::model::{MOST_COLUMNS, Model};
use crate::predictor::{FitError, Parameters};

/// What a model is to be fitted to.
#[derive(Debug, Clone)]
pub struct TrainingNumbers<'a> {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// rows × columns, all finite.
    pub records: ArrayView2<'a, f64>,
    /// What is predicted, and which of its values are better.
    pub objectives: Vec<Objective>,
    /// rows × targets, all finite.
    pub targets: ArrayView2<'a, f64>,
    /// What the training set is called.
    pub name: String,
    /// Ends the fit once it is cancelled.
    pub control: Control,
}

impl TrainingNumbers<'_> {
    /// Fits a predictor with parameters by name: the model that `graf fit` makes of a table with these columns.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is no such predictor or parameter, the sizes of records, targets and names do not agree, there are
    /// fewer than three rows, or a number is not finite; if it [was cancelled](Error::is_cancelled).
    ///
    /// # Complexity
    ///
    /// That of the predictor.
    pub fn fit(self, predictor: &str, parameters: &Parameters, seed: u64) -> Result<Model, Error> {
        let TrainingNumbers { columns, records, objectives, targets, name, control } = self;
        let learner = learner(predictor, parameters)?;
        if records.nrows() != targets.nrows() {
            let (records, targets) = (records.nrows(), targets.nrows());
            return Err(FitError::Lengths { records, targets }.into());
        }
        if columns.len() != records.ncols() || objectives.len() != targets.ncols() {
            return Err(FitError::Parts("names for the columns and targets").into());
        }
        if columns.len() > MOST_COLUMNS {
            let value = columns.len().to_string();
            let expected = "at most 65534";
            return Err(
                FitError::Parameter { name: "the number of columns", value, expected }.into()
            );
        }
        let set = TrainingSet::of_numbers(columns, records.to_owned(), targets.to_owned());
        let uses = [Use::Columns("*".to_owned())];
        let learning = Learning { name, objectives, learner, prior: None, seed, control };
        Ok(learn(set, &Request::default(), (&uses, &[]), learning)?.model)
    }
}
