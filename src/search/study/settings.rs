//! What a study is: the file `study.json`, written once.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dataset::Use;
use crate::metrics::Direction;
use crate::space::{self, Described, SearchSpace};

/// The version of the format of a study.
pub const FORMAT: u32 = 1;

/// What a study is. Nothing of it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The version of the format.
    pub format: u32,
    /// The version of graf that made it.
    pub graf: String,
    /// The name of the search space.
    pub space: String,
    /// Its description, if a file describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Value>,
    /// What is to be found.
    pub objectives: Vec<Goal>,
    /// The condition that networks must meet.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The groups of features.
    #[serde(rename = "use")]
    pub uses: Vec<String>,
    /// The predictor.
    pub predictor: String,
    /// The strategy.
    pub strategy: String,
    /// How many networks are trained before a model is asked.
    pub start: usize,
    /// For how many seconds a network is somebody's.
    pub lease: u64,
    /// How often a network that failed is tried again.
    pub retries: u32,
    /// The seed.
    pub seed: u64,
    /// When the search is over.
    #[serde(default)]
    pub stop: Stop,
    /// Whether the folder has a model to start from, `prior.graf`.
    #[serde(default)]
    pub prior: bool,
    /// The table in the folder whose networks alone are trained, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
}

/// A column and which of its values are better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The name under which values are told.
    pub name: String,
    /// Which of them are better.
    pub direction: Direction,
}

/// When a search is over; what is absent does not end it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// After so many trainings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<usize>,
    /// So many hours after the first network was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// Once a network is at least as good in the first objective.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// After so many trainings in a row without a better network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<usize>,
}

impl Stop {
    /// The same with what another one says instead.
    #[must_use]
    pub fn with(self, other: Stop) -> Self {
        Stop {
            budget: other.budget.or(self.budget),
            hours: other.hours.or(self.hours),
            target: other.target.or(self.target),
            patience: other.patience.or(self.patience),
        }
    }
}

impl Settings {
    /// A study of a space with one objective or more, all else as usual: `graf+` and `auto`, 16 networks before a model is asked, leases
    /// of six hours, one retry, no end but that of the space.
    pub fn new(space: &dyn SearchSpace, objectives: Vec<Goal>) -> Self {
        let described = space.described().map(Described::description);
        Settings {
            format: FORMAT,
            graf: env!("CARGO_PKG_VERSION").to_owned(),
            space: space.name().to_owned(),
            description: described.and_then(|description| serde_json::to_value(description).ok()),
            objectives,
            condition: None,
            uses: vec![Use::PlusPlus.to_string()],
            predictor: "auto".to_owned(),
            strategy: "auto".to_owned(),
            start: 16,
            lease: 6 * 3600,
            retries: 1,
            seed: 0,
            stop: Stop::default(),
            prior: false,
            pool: None,
        }
    }

    /// Its search space.
    ///
    /// # Errors
    ///
    /// Why there is no such space, in words.
    pub fn search_space(&self) -> Result<&'static dyn SearchSpace, String> {
        match &self.description {
            Some(description) => {
                space::from_description(description).map_err(|error| error.to_string())
            }
            None => space::by_name(&self.space)
                .ok_or_else(|| format!("this graf does not know the search space {}", self.space)),
        }
    }

    /// The groups of features.
    ///
    /// # Errors
    ///
    /// What is wrong with one, in words.
    pub fn uses(&self) -> Result<Vec<Use>, String> {
        self.uses.iter().map(|group| group.parse()).collect()
    }
}
