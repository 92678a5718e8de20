//! Random forests and extremely randomized trees for regression.
//!
//! Breiman, *Random Forests*, Machine Learning 45, 2001; Geurts, Ernst and Wehenkel, *Extremely
//! randomized trees*, Machine Learning 63, 2006. Reference implementation: scikit-learn's
//! `RandomForestRegressor` and `ExtraTreesRegressor`, whose parameters and defaults these are.
//!
//! # Example
//!
//! ```
//! use graf::predictor::forest::Forest;
//! use linfa::prelude::*;
//! use ndarray::{Array1, Array2};
//!
//! let records = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 3)) % 17) as f64);
//! let targets: Array1<f64> = records.column(0).mapv(|x| x * x) + &records.column(1);
//! let (train, test) = Dataset::new(records, targets).split_with_ratio(0.8);
//!
//! let forest = Forest::params().trees(50).seed(42).fit(&train)?;
//! let predicted: Array1<f64> = forest.predict(&test);
//! assert!(predicted.r2(&test)? > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fit;
mod kind;
mod onnx;
mod params;
mod predict;

use std::marker::PhantomData;

pub(super) use self::kind::{EXTRA_TREES, FOREST};
pub use self::params::{ForestParams, ForestValidParams, MaxSamples};
pub use super::tree::{MaxFeatures, SplitRule};
use super::tree::{Tree, Trees};

/// A fitted forest. `D` is the dimension of its targets: `Ix1` for one, `Ix2` for several.
#[derive(Debug, Clone)]
pub struct Forest<F, D = ndarray::Ix1> {
    trees: Trees,
    importances: Vec<f64>,
    out_of_bag: Option<OutOfBag>,
    /// What it takes and gives; it holds none of it.
    numbers: PhantomData<fn(F) -> D>,
}

/// What the trees say of the training rows that they were not grown on.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfBag {
    /// For each training row and target the mean over such trees; NaN for a row that every tree
    /// was grown on. Row by row.
    pub predictions: Vec<f64>,
    /// R² of these predictions on the rows that have one, averaged over targets.
    pub r2: f64,
}

impl<F, D> Forest<F, D> {
    /// A forest of trees, and the importance of each of their columns.
    pub(super) fn of(trees: Trees, importances: Vec<f64>) -> Self {
        Forest { trees, importances, out_of_bag: None, numbers: PhantomData }
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        self.trees.trees()
    }

    /// How many columns a record has.
    pub fn columns(&self) -> usize {
        self.trees.columns()
    }

    /// How many targets it predicts.
    pub fn targets(&self) -> usize {
        self.trees.targets()
    }

    /// For each column its share in the fall of the squared error: the mean over the trees of the
    /// normalized sums, normalized again as scikit-learn does. All zero if no tree splits.
    pub fn importances(&self) -> &[f64] {
        &self.importances
    }

    /// The predictions for training rows by the trees that have not seen them; `None` without
    /// bootstrap.
    pub fn out_of_bag(&self) -> Option<&OutOfBag> {
        self.out_of_bag.as_ref()
    }
}

impl Forest<f64> {
    /// The default parameters, scikit-learn's.
    pub fn params() -> ForestParams {
        ForestParams::default()
    }

    /// The default parameters of extremely randomized trees, scikit-learn's.
    pub fn extra_trees() -> ForestParams {
        ForestParams::default().splits(SplitRule::Random).bootstrap(false)
    }
}
