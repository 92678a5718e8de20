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
mod params;
mod predict;

use std::marker::PhantomData;

use thiserror::Error;

pub use self::params::{ForestParams, ForestValidParams, MaxSamples};
use super::tree::{Ensemble, Tree};
pub use super::tree::{MaxFeatures, Splits};

/// A fitted forest. `D` is the dimension of its targets: `Ix1` for one, `Ix2` for several.
#[derive(Debug, Clone)]
pub struct Forest<F, D = ndarray::Ix1> {
    trees: Vec<Tree>,
    /// The same trees, laid out to predict.
    ensemble: Ensemble,
    columns: usize,
    targets: usize,
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

/// Why a forest cannot be fitted.
#[derive(Debug, Error)]
pub enum ForestError {
    /// A parameter is out of range.
    #[error("{name} is {value}, but must be {expected}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// There is nothing to learn from.
    #[error("no rows to fit a forest on")]
    NoRows,
    /// More targets than a tree takes.
    #[error("{0} targets; a forest takes at most {max}", max = super::tree::MAX_TARGETS)]
    TooManyTargets(usize),
    /// Records and targets of different lengths.
    #[error("{records} rows of records, but {targets} of targets")]
    Lengths {
        /// Rows of the records.
        records: usize,
        /// Rows of the targets.
        targets: usize,
    },
    /// A number that is not finite.
    #[error("row {row} (from 0) has a value that is not finite{}", column.map_or_else(|| " as its target".to_owned(), |column| format!(" in column {column} (from 0)")))]
    NotFinite {
        /// The row.
        row: usize,
        /// The column; `None` for a target.
        column: Option<usize>,
    },
    /// linfa's own errors.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl<F, D> Forest<F, D> {
    /// A forest of trees that were grown elsewhere. Their columns and leaves must be of these
    /// numbers of columns and targets.
    pub(super) fn from_trees(
        trees: Vec<Tree>,
        columns: usize,
        targets: usize,
        importances: Vec<f64>,
    ) -> Self {
        let ensemble = Ensemble::new(&trees, columns);
        let (out_of_bag, numbers) = (None, PhantomData);
        Forest { trees, ensemble, columns, targets, importances, out_of_bag, numbers }
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// How many columns a record has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many targets it predicts.
    pub fn targets(&self) -> usize {
        self.targets
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
        ForestParams::default().splits(Splits::Random).bootstrap(false)
    }
}
