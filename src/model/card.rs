//! The model card: what a model says of itself.

use serde::{Deserialize, Serialize};

use super::one_or_many;
use crate::features::FeatureConfig;
use crate::metrics::{Direction, Objective};
use crate::predictor::Parameters;
use crate::predictor::transfer::mean::is_weight;

/// What a model says of itself: the readable part of its file, the output of `graf inspect`.
///
/// It is read from the cards of earlier formats too; what these do not have is absent or empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The version of graf that made it.
    pub graf: String,
    /// The search space of its training set, where it was known.
    pub space: Option<String>,
    /// Whether nodes off every input→output path were removed from its training networks; absent
    /// where these were not read.
    pub prune: Option<bool>,
    /// The description of that space, if a file describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<serde_json::Value>,
    /// How the graph features among its columns are computed.
    #[serde(with = "features")]
    pub features: FeatureConfig,
    /// Its columns, in their order.
    pub columns: Vec<String>,
    /// Those of its columns that are zero-cost proxies: −1e8 is missing there.
    pub proxies: Vec<String>,
    /// For each column what stands in for a missing value; absent if none may be missing.
    pub medians: Option<Vec<f64>>,
    /// What it predicts.
    pub targets: Vec<String>,
    /// Of each target the direction that was stated; empty if none was, as in earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directions: Vec<Option<Direction>>,
    /// The kind of predictor.
    pub predictor: String,
    /// How it was fitted.
    pub parameters: Parameters,
    /// The seed.
    pub seed: u64,
    /// The number of training rows.
    pub rows: usize,
    /// How well each training row is predicted by what has not seen it, where that is known.
    pub held_out: Option<HeldOutSummary>,
    /// The model that it starts from, if it does: its columns are among these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<Box<Card>>,
    /// What each predictor is made of, where it tells: a value for each target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<serde_json::Value>,
    /// The importance of each column; together 1. Absent where the predictor does not tell.
    pub importances: Option<Vec<f64>>,
    /// The direction of each importance, from −1 to 1 ([`Importances::directions`](crate::explain::Importances::directions)). Empty in
    /// models of earlier versions, and where there are no importances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub importance_directions: Vec<Option<f64>>,
    /// Of each column the Spearman correlation with the first target in at most 512 training rows; absent where it is not
    /// defined. Of several benchmarks the weighted mean of those with the
    /// scores of each. Empty in models of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub correlations: Vec<Option<f64>>,
    /// The benchmarks that it has learned. Of several the predictor is the [mean](crate::predictor::transfer::mean::Mean) of one for
    /// each. Models of earlier versions do not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learned_on: Vec<LearnedOn>,
    /// The kinds of operations on live paths of its training networks, where all of these were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// For each column the place of the one that stands for its group of nearly equal ones
    /// ([`groups`](crate::explain::groups)). Empty in models of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<usize>,
}

/// A benchmark that a model has learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedOn {
    /// What it is called.
    pub name: String,
    /// Its search space, where it was known.
    pub space: Option<String>,
    /// The column that was learned; several with commas.
    pub target: String,
    /// Which of its values are better, where that was stated and scores follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The number of rows; those of one draw if it was learned as draws.
    pub rows: usize,
    /// The number of random draws of its rows that a predictor each has learned; absent if one has learned all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws: Option<usize>,
    /// How much it counts among the others: above 0.
    pub weight: f64,
}

impl LearnedOn {
    /// The weight of each of its predictors.
    pub fn weights(&self) -> impl Iterator<Item = f64> + use<> {
        let count = self.draws.unwrap_or(1);
        std::iter::repeat_n(self.weight / count as f64, count)
    }
}

impl Card {
    /// Its targets with their directions.
    pub fn objectives(&self) -> Vec<Objective> {
        let stated = self.directions.iter().copied().chain(std::iter::repeat(None));
        let targets = self.targets.iter().cloned().zip(stated);
        targets.map(|(target, stated)| Objective { target, stated }).collect()
    }

    /// Puts the directions in which the model is used in the place of those that were stated.
    pub fn settle(&mut self) {
        self.directions = self.objectives().iter().map(Objective::direction).collect();
        if let Some(prior) = &mut self.prior {
            prior.settle();
        }
    }

    /// The directions of some objectives as a header has them.
    pub fn directions_of(objectives: &[Objective]) -> Vec<Option<Direction>> {
        let stated: Vec<_> = objectives.iter().map(|one| one.stated).collect();
        if stated.iter().all(Option::is_none) { Vec::new() } else { stated }
    }

    /// Whether its parts fit together.
    pub(super) fn is_whole(&self) -> bool {
        let (columns, targets) = (self.columns.len(), self.targets.len());
        self.importances.as_ref().is_none_or(|list| list.len() == columns)
            && self.held_out.as_ref().is_none_or(|told| told.kendall_tau.len() == targets)
            && self.medians.as_ref().is_none_or(|medians| medians.len() == columns)
            && targets > 0
            && (self.directions.is_empty() || self.directions.len() == targets)
            && (self.importance_directions.is_empty()
                || self.importance_directions.len() == columns)
            && (self.correlations.is_empty() || self.correlations.len() == columns)
            && (self.groups.is_empty() || self.groups.len() == columns)
            && self.groups.iter().all(|&first| self.groups.get(first) == Some(&first))
            && self
                .learned_on
                .iter()
                .all(|one| is_weight(one.weight) && one.draws.is_none_or(|draws| draws > 1))
    }
}

/// How well training rows are predicted by what has not seen them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldOutSummary {
    /// How it was done, such as `out of bag`.
    pub by: String,
    /// R², averaged over targets.
    pub r2: Option<f64>,
    /// Kendall's tau-b of each target; in the file that of a single one stands without a list.
    #[serde(with = "one_or_many")]
    pub kendall_tau: Vec<Option<f64>>,
}

/// A feature configuration, whose keys are sorted in the file, as ever; `null` is the default.
mod features {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::features::FeatureConfig;

    pub fn serialize<S: Serializer>(config: &FeatureConfig, to: S) -> Result<S::Ok, S::Error> {
        serde_json::to_value(config).map_err(serde::ser::Error::custom)?.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FeatureConfig, D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or_default())
    }
}
