//! Gradient-boosted trees for regression.
//!
//! Friedman, *Greedy function approximation: a gradient boosting machine*, Annals of Statistics 29,
//! 2001, and *Stochastic gradient boosting*, 2002; regularized leaves as in Chen and Guestrin,
//! *`XGBoost`: a scalable tree boosting system*, KDD 2016, whose parameters these are. The loss is the
//! squared error: each tree is grown on what those before it leave, by the grower of the forest.
//!
//! # Example
//!
//! ```
//! use graf::predictor::boosting::Boosting;
//! use linfa::prelude::*;
//! use ndarray::{Array1, Array2};
//!
//! let records = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 3)) % 17) as f64);
//! let targets: Array1<f64> = records.column(0).mapv(|x| x * x) + &records.column(1);
//! let (train, test) = Dataset::new(records, targets).split_with_ratio(0.8);
//!
//! let boosting = Boosting::params().rounds(200).seed(42).fit(&train)?;
//! let predicted: Array1<f64> = boosting.predict(&test);
//! assert!(predicted.r2(&test)? > 0.95);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fit;
mod kind;
mod onnx;
mod params;
mod predict;

pub(super) use self::kind::BOOST;
pub use self::params::{BoostingParams, BoostingValidParams};
use super::tree::{Tree, Trees};

/// A fitted sum of trees.
#[derive(Debug, Clone)]
pub struct Boosting {
    /// What is predicted without trees.
    base: f64,
    /// The trees; their leaves are shrunk already.
    trees: Trees,
    importances: Vec<f64>,
}

impl Boosting {
    /// The default parameters.
    pub fn params() -> BoostingParams {
        BoostingParams::default()
    }

    /// What is predicted without trees: the mean of the training targets.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// The trees; what is predicted is their sum and the base.
    pub fn trees(&self) -> &[Tree] {
        self.trees.trees()
    }

    /// For each column its share in the fall of the squared error over all trees; all zero if no
    /// tree splits.
    pub fn importances(&self) -> &[f64] {
        &self.importances
    }
}
