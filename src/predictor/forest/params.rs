//! The parameters of a forest, unchecked and checked.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::{MaxFeatures, SplitRule};
use crate::predictor::FitError;

/// How many rows are drawn for a tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MaxSamples {
    /// As many as there are.
    All,
    /// So many.
    Count(usize),
    /// A fraction of all, rounded, at least one.
    Fraction(f64),
}

/// Checked parameters of a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForestValidParams {
    pub(super) trees: usize,
    pub(super) max_depth: Option<usize>,
    pub(super) min_samples_split: usize,
    pub(super) min_samples_leaf: usize,
    pub(super) max_features: MaxFeatures,
    pub(super) splits: SplitRule,
    pub(super) bootstrap: bool,
    pub(super) max_samples: MaxSamples,
    #[serde(skip)]
    pub(super) seed: u64,
}

/// Parameters of a forest; the defaults are scikit-learn's. Fitting checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ForestParams(ForestValidParams);

impl Default for ForestParams {
    fn default() -> Self {
        ForestParams(ForestValidParams {
            trees: 100,
            max_depth: None,
            min_samples_split: 2,
            min_samples_leaf: 1,
            max_features: MaxFeatures::All,
            splits: SplitRule::Best,
            bootstrap: true,
            max_samples: MaxSamples::All,
            seed: 0,
        })
    }
}

impl ForestParams {
    /// How many trees (`n_estimators`).
    #[must_use]
    pub fn trees(mut self, trees: usize) -> Self {
        self.0.trees = trees;
        self
    }

    /// The most splits on the way to a leaf; no limit if `None`.
    #[must_use]
    pub fn max_depth(mut self, max_depth: Option<usize>) -> Self {
        self.0.max_depth = max_depth;
        self
    }

    /// A node with fewer rows becomes a leaf. Rows drawn repeatedly count once.
    #[must_use]
    pub fn min_samples_split(mut self, rows: usize) -> Self {
        self.0.min_samples_split = rows;
        self
    }

    /// A leaf has at least so many rows. Rows drawn repeatedly count once.
    #[must_use]
    pub fn min_samples_leaf(mut self, rows: usize) -> Self {
        self.0.min_samples_leaf = rows;
        self
    }

    /// How many columns are tried at each node.
    #[must_use]
    pub fn max_features(mut self, max_features: MaxFeatures) -> Self {
        self.0.max_features = max_features;
        self
    }

    /// Whether thresholds are the best, or random as in extremely randomized trees.
    #[must_use]
    pub fn splits(mut self, splits: SplitRule) -> Self {
        self.0.splits = splits;
        self
    }

    /// Whether each tree is grown on rows drawn with replacement, or on all rows.
    #[must_use]
    pub fn bootstrap(mut self, bootstrap: bool) -> Self {
        self.0.bootstrap = bootstrap;
        self
    }

    /// How many rows are drawn for each tree, with bootstrap.
    #[must_use]
    pub fn max_samples(mut self, max_samples: MaxSamples) -> Self {
        self.0.max_samples = max_samples;
        self
    }

    /// The seed. The same seed gives the same forest, on any number of threads.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ForestValidParams {
    /// How many trees.
    pub fn trees(&self) -> usize {
        self.trees
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

impl ParamGuard for ForestParams {
    type Checked = ForestValidParams;
    type Error = FitError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let wrong =
            |name, value: String, expected| Err(FitError::Parameter { name, value, expected });
        let params = &self.0;
        if !(1..=100_000).contains(&params.trees) {
            return wrong("trees", params.trees.to_string(), "1 to 100,000");
        }
        if params.min_samples_split < 2 {
            return wrong("min_samples_split", params.min_samples_split.to_string(), "at least 2");
        }
        if params.min_samples_leaf < 1 {
            return wrong("min_samples_leaf", params.min_samples_leaf.to_string(), "at least 1");
        }
        let is_share = |share: f64| share > 0.0 && share <= 1.0;
        match params.max_features {
            MaxFeatures::Count(0) => return wrong("max_features", "0".to_owned(), "at least 1"),
            MaxFeatures::Fraction(share) if !is_share(share) => {
                return wrong("max_features", share.to_string(), "above 0 and at most 1");
            }
            _ => {}
        }
        match params.max_samples {
            MaxSamples::Count(0) => return wrong("max_samples", "0".to_owned(), "at least 1"),
            MaxSamples::Fraction(share) if !is_share(share) => {
                return wrong("max_samples", share.to_string(), "above 0 and at most 1");
            }
            _ => {}
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
