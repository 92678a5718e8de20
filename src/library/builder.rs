//! Models of networks in memory.

use std::fs;
use std::path::Path;

use ndarray::Array2;

use super::Space;
use crate::control::Control;
use crate::dataset::fitted::{Learning, learn};
use crate::dataset::prior::check;
use crate::dataset::training_set::{Choice, TrainingSet};
use crate::dataset::views::default_use;
use crate::dataset::{Error, Request, Use};
use crate::metrics::{Direction, Objective};
use crate::model::{Model, ModelError};
use crate::predictor::{FitError, Learner, PREDICTORS, Parameters, by_name};
use crate::space::Architecture;
use crate::table::AtomicFile;

/// A predictor with parameters by name.
pub(super) fn learner(name: &str, parameters: &Parameters) -> Result<Box<dyn Learner>, FitError> {
    let kind = by_name(name).ok_or_else(|| FitError::Parameter {
        name: "the predictor",
        value: name.to_owned(),
        expected: "the name of a predictor",
    })?;
    kind.learner(parameters)
}

/// How a model is to be fitted: [`Model::builder`].
#[derive(Debug)]
pub struct ModelBuilder {
    space: Space,
    /// What it learns from, if something is asked for.
    uses: Option<Vec<Use>>,
    learner: Box<dyn Learner>,
    objective: Objective,
    prior: Option<Model>,
    name: String,
    seed: u64,
    control: Control,
}

impl Model {
    /// A model of the networks of a space: `auto` on all [views](Use::Views), or with a prior on `graf++`, which maximizes a target of the name `target`, unless
    /// something else is asked for.
    ///
    /// # Errors
    ///
    /// Never; every predictor has default parameters.
    pub fn builder(space: Space) -> Result<ModelBuilder, FitError> {
        Ok(ModelBuilder {
            space,
            uses: None,
            learner: PREDICTORS[0].learner(&Parameters::new())?,
            objective: Objective { target: "target".to_owned(), stated: Some(Direction::Maximize) },
            prior: None,
            name: "memory".to_owned(),
            seed: 0,
            control: Control::default(),
        })
    }

    /// Writes the model to a file, which appears whole or not at all.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        let mut file = AtomicFile::create(path)?;
        self.write(&mut file)?;
        Ok(file.commit()?)
    }

    /// Reads a model that [`Model::save`] or `graf fit` has written; `builtin` is [`Model::builtin`].
    ///
    /// # Errors
    ///
    /// [`ModelError`] if the file cannot be read or is no model.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        if Model::is_builtin(path)? {
            return Model::builtin();
        }
        Model::read_from(fs::File::open(path)?)
    }
}

impl ModelBuilder {
    /// Learn from these groups of features instead, such as `graf`, `graf+` or a family.
    #[must_use]
    pub fn features(self, uses: Vec<Use>) -> Self {
        ModelBuilder { uses: Some(uses), ..self }
    }

    /// Fit this predictor, with parameters by name.
    ///
    /// # Errors
    ///
    /// [`FitError`] if there is no predictor or parameter of that name, or a value is out of its range.
    pub fn predictor(self, name: &str, parameters: &Parameters) -> Result<Self, FitError> {
        Ok(ModelBuilder { learner: learner(name, parameters)?, ..self })
    }

    /// The name of the target, and which of its values are better.
    #[must_use]
    pub fn objective(self, target: &str, direction: Direction) -> Self {
        ModelBuilder {
            objective: Objective { target: target.to_owned(), stated: Some(direction) },
            ..self
        }
    }

    /// The name of the target; which of its values are better stays open, unless the name is that of a known one.
    #[must_use]
    pub fn target(self, target: &str) -> Self {
        ModelBuilder { objective: Objective::of(target), ..self }
    }

    /// What the model calls its training set: the name of a table without its extension, if it came of one. `memory` by
    /// default.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        ModelBuilder { name: name.to_owned(), ..self }
    }

    /// Start from a model of other networks.
    #[must_use]
    pub fn prior(self, prior: Model) -> Self {
        ModelBuilder { prior: Some(prior), ..self }
    }

    /// The seed: the same one gives the same model. 0 by default.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        ModelBuilder { seed, ..self }
    }

    /// Ends the fit once this is cancelled, and reports its steps: trees, boosting rounds, members of a blend and folds, or targets.
    #[must_use]
    pub fn control(self, control: &Control) -> Self {
        ModelBuilder { control: control.clone(), ..self }
    }

    /// Fits the model to networks and a target for each.
    ///
    /// # Errors
    ///
    /// [`Error`] if there are fewer than three networks or not as many targets, a target is not finite, or a
    /// feature is not computed from networks; if it [was cancelled](Error::is_cancelled).
    ///
    /// # Complexity
    ///
    /// That of the predictor; see its documentation.
    pub fn fit(self, networks: &[Architecture], targets: &[f64]) -> Result<Model, Error> {
        let ModelBuilder { space, uses, learner, objective, prior, name, seed, control } = self;
        if networks.len() != targets.len() {
            return Err(
                FitError::Lengths { records: networks.len(), targets: targets.len() }.into()
            );
        }
        control.check().map_err(FitError::from)?;
        let request = Request::default();
        let names = [objective.target.clone()];
        if let Some(prior) = &prior {
            check(&prior.header, &names, request.networks.prune)?;
        }
        let column = Array2::from_shape_fn((targets.len(), 1), |(row, _)| targets[row]);
        let uses = uses.unwrap_or_else(|| vec![default_use([&*learner], prior.is_some())]);
        let choice =
            Choice { uses: &uses, proxies: &[], prior: prior.as_ref().map(|prior| &prior.header) };
        let set = TrainingSet::of_networks(space.0, networks, column, &request, choice, &control)?;
        let objectives = vec![objective];
        let learning = Learning { name, objectives, learner, prior, seed, control };
        Ok(learn(set, &request, (&uses, &[]), learning)?.model)
    }
}
