//! The parameters of boosting, unchecked and checked.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::predictor::FitError;

/// Checked parameters of boosting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoostingValidParams {
    pub(super) rounds: usize,
    pub(super) learning_rate: f64,
    pub(super) max_depth: usize,
    pub(super) min_samples_leaf: usize,
    pub(super) subsample: f64,
    pub(super) columns_per_tree: f64,
    pub(super) columns_per_node: f64,
    pub(super) l2: f64,
    pub(super) early_stopping: bool,
    #[serde(skip)]
    pub(super) seed: u64,
}

/// Parameters of boosting. Fitting checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BoostingParams(BoostingValidParams);

impl Default for BoostingParams {
    fn default() -> Self {
        BoostingParams(BoostingValidParams {
            rounds: 500,
            learning_rate: 0.05,
            max_depth: 5,
            min_samples_leaf: 1,
            subsample: 0.8,
            columns_per_tree: 1.0 / 3.0,
            columns_per_node: 1.0,
            l2: 1.0,
            early_stopping: false,
            seed: 0,
        })
    }
}

impl BoostingParams {
    /// How many trees (`XGBoost`'s `n_estimators`); 500 by default.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.0.rounds = rounds;
        self
    }

    /// How much of each tree is added; 0.05 by default.
    #[must_use]
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.0.learning_rate = learning_rate;
        self
    }

    /// The most splits on the way to a leaf; 5 by default.
    #[must_use]
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.0.max_depth = max_depth;
        self
    }

    /// A leaf has at least so many rows (`min_child_weight`); 1 by default.
    #[must_use]
    pub fn min_samples_leaf(mut self, rows: usize) -> Self {
        self.0.min_samples_leaf = rows;
        self
    }

    /// The share of the rows that each tree is grown on, drawn without replacement; 0.8 by default.
    #[must_use]
    pub fn subsample(mut self, share: f64) -> Self {
        self.0.subsample = share;
        self
    }

    /// The share of the columns that each tree looks at (`colsample_bytree`); a third by default.
    #[must_use]
    pub fn columns_per_tree(mut self, share: f64) -> Self {
        self.0.columns_per_tree = share;
        self
    }

    /// The share of these that is tried at each node (`colsample_bynode`), rounded down, at least
    /// one; all by default.
    #[must_use]
    pub fn columns_per_node(mut self, share: f64) -> Self {
        self.0.columns_per_node = share;
        self
    }

    /// What is added to the rows of a leaf, which draws it to zero (`reg_lambda`); 1 by default.
    #[must_use]
    pub fn l2(mut self, l2: f64) -> Self {
        self.0.l2 = l2;
        self
    }

    /// Whether five folds of the training rows tell how many rounds are made, at the most
    /// [`BoostingParams::rounds`]; no by default.
    #[must_use]
    pub fn early_stopping(mut self, early_stopping: bool) -> Self {
        self.0.early_stopping = early_stopping;
        self
    }

    /// The seed. The same seed gives the same trees, on any number of threads.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for BoostingParams {
    type Checked = BoostingValidParams;
    type Error = FitError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let wrong =
            |name, value: String, expected| Err(FitError::Parameter { name, value, expected });
        let params = &self.0;
        if !(1..=100_000).contains(&params.rounds) {
            return wrong("rounds", params.rounds.to_string(), "1 to 100,000");
        }
        if !(1..=64).contains(&params.max_depth) {
            return wrong("max_depth", params.max_depth.to_string(), "1 to 64");
        }
        if params.min_samples_leaf < 1 {
            return wrong("min_samples_leaf", params.min_samples_leaf.to_string(), "at least 1");
        }
        for (name, share) in [
            ("learning_rate", params.learning_rate),
            ("subsample", params.subsample),
            ("columns_per_tree", params.columns_per_tree),
            ("columns_per_node", params.columns_per_node),
        ] {
            if !(share > 0.0 && share <= 1.0) {
                return wrong(name, share.to_string(), "above 0 and at most 1");
            }
        }
        if !(params.l2 >= 0.0 && params.l2.is_finite()) {
            return wrong("l2", params.l2.to_string(), "at least 0");
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
