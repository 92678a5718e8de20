//! Which of some networks in memory to train next.

use std::collections::HashSet;

use thiserror::Error as ThisError;

use super::{Features, PredictError, Space};
use crate::control::{Cancelled, Control};
use crate::features::{FeatureError, check_spaces};
use crate::graph::Identity;
use crate::metrics::ObjectiveError;
use crate::model::Model;
use crate::space::Architecture;
use crate::suggest::{Choice, Predicted, Question, Strategy, SuggestError, without_model};

/// Why no networks can be suggested.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum SuggestionError {
    /// The model cannot predict the candidates.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// The features of the candidates cannot be computed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The model does not say which values of its target are better.
    #[error(transparent)]
    Objective(#[from] ObjectiveError),
    /// The caller cancelled the choice.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The strategy cannot choose.
    #[error(transparent)]
    Suggest(#[from] SuggestError),
}

/// What is asked for: [`Suggestion::new`].
#[derive(Debug)]
pub struct Suggestion<'a> {
    space: Space,
    strategy: &'static Strategy,
    model: Option<&'a Model>,
    known: &'a [Architecture],
    best: Option<f64>,
    seed: u64,
    control: Control,
}

impl SuggestionError {
    /// Whether the caller cancelled the choice.
    pub fn is_cancelled(&self) -> bool {
        match self {
            SuggestionError::Cancelled(_) => true,
            SuggestionError::Predict(error) => error.is_cancelled(),
            SuggestionError::Features(error) => matches!(error, FeatureError::Cancelled(_)),
            SuggestionError::Suggest(error) => matches!(error, SuggestError::Cancelled(_)),
            SuggestionError::Objective(_) => false,
        }
    }
}

impl<'a> Suggestion<'a> {
    /// Networks to train, of a space: `diverse` ones, unless another strategy is asked for.
    pub fn new(space: Space) -> Self {
        let strategy = without_model();
        Suggestion {
            space,
            strategy,
            model: None,
            known: &[],
            best: None,
            seed: 0,
            control: Control::default(),
        }
    }

    /// Choose by another strategy: see [`STRATEGIES`](crate::suggest::STRATEGIES).
    #[must_use]
    pub fn strategy(self, strategy: &'static Strategy) -> Self {
        Suggestion { strategy, ..self }
    }

    /// Ask a model of one target. Its training networks are not suggested.
    #[must_use]
    pub fn model(self, model: &'a Model) -> Self {
        Suggestion { model: Some(model), ..self }
    }

    /// Networks that are trained already, and the best of their values, if one is known.
    #[must_use]
    pub fn known(self, known: &'a [Architecture], best: Option<f64>) -> Self {
        Suggestion { known, best, ..self }
    }

    /// The seed: the same one chooses the same networks. 0 by default.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Suggestion { seed, ..self }
    }

    /// Ends the choice once this is cancelled, and reports each network that is chosen.
    #[must_use]
    pub fn control(self, control: &Control) -> Self {
        Suggestion { control: control.clone(), ..self }
    }

    /// Chooses from the candidates: those to train first come first. Of candidates that compute the same the first
    /// may be chosen; known networks are not.
    ///
    /// # Returns
    ///
    /// The choices; `row` is the index of a candidate.
    ///
    /// # Errors
    ///
    /// [`SuggestionError`] if the strategy needs a model or standard deviations that there are not, fewer candidates
    /// are left than asked for, or a network is of another space.
    pub fn choose(
        self,
        candidates: &[Architecture],
        count: usize,
    ) -> Result<Vec<Choice>, SuggestionError> {
        let space = self.space.get();
        check_spaces(space, candidates)?;
        check_spaces(space, self.known)?;
        // Networks that compute the same are one.
        let mut seen = HashSet::new();
        let functions = candidates.iter().map(|candidate| space.function(candidate)).enumerate();
        let different: Vec<_> = functions.filter(|(_, function)| seen.insert(*function)).collect();
        let networks = different.iter().map(|&(index, _)| candidates[index].clone());
        let all: Vec<_> = networks.chain(self.known.iter().cloned()).collect();
        let silent = self.control.silent();
        let records = match self.model {
            Some(model) => model.records(&all, &silent)?,
            None => Some(Features::graf_plus(self.space)?.compute_under(&all, &silent)?.values),
        };
        let Some(records) = records else { return Ok(Vec::new()) };
        let predicted = match self.model {
            None => None,
            Some(model) => {
                model.only_target()?;
                let prediction = model.predict_records(records.view(), 0, &silent)?;
                let objectives = model.header.objectives();
                let objective = objectives.first();
                let direction = objective.map(|one| one.needed_for("what to train next"));
                direction.transpose()?.map(|direction| Predicted {
                    mean: prediction.mean.to_vec(),
                    std: prediction.std.map(|std| std.to_vec()),
                    best: self.best,
                    direction,
                })
            }
        };
        let known: HashSet<_> = self.known.iter().map(|known| space.function(known)).collect();
        let is_trained = |function: &Identity| {
            self.model.is_some_and(|model| model.networks.contains(function.short()))
        };
        let is_open = different.iter().map(|(_, one)| !known.contains(one) && !is_trained(one));
        let is_open = is_open.chain(self.known.iter().map(|_| false)).collect();
        let question =
            Question::new(records.view(), is_open, predicted, self.seed).under(&self.control);
        let choices = self.strategy.choose(&question, count)?.into_iter();
        Ok(choices.map(|choice| Choice { row: different[choice.row].0, ..choice }).collect())
    }
}
