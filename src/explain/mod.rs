//! Why a prediction is what it is: numbers in, numbers out.
//!
//! A prediction is a base value plus one contribution of each column. The contributions are Shapley values
//! (Shapley, *A Value for n-Person Games*, 1953; Lundberg and Lee, *A Unified Approach to Interpreting Model
//! Predictions*, `NeurIPS` 2017): the mean, over all orders of the columns, of how much the prediction changes
//! when a column becomes known. What a prediction is while some columns are unknown depends on the
//! predictor; each states it where it is computed.
//!
//! The predictors here have value functions that are sums of products with one factor a column. The Shapley
//! values of such a product are integrals of a polynomial, which [`Quadrature`] solves exactly: with factors
//! aᵢ where column i is known and bᵢ where it is not, column i contributes
//! (aᵢ − bᵢ) ∫₀¹ ∏_{j≠i} (aⱼ t + bⱼ (1 − t)) dt, since ∫ tˢ (1 − t)ⁿ⁻¹⁻ˢ dt = s! (n − 1 − s)! / n!.

mod contributions;
mod direction;
mod groups;
mod importances;
mod permutation;
mod product;
mod quadrature;
mod rules;
mod tree;

use thiserror::Error;

pub use self::contributions::Contributions;
pub use self::direction::Effects;
pub use self::groups::{MOST_GROUPED, groups};
pub use self::importances::{Importances, Sign};
pub use self::permutation::{Drop, drops};
pub use self::product::Product;
pub use self::quadrature::Quadrature;
pub use self::rules::{Rule, RuleCondition, rules};
pub use self::tree::{TreeNode, tree_contributions};

/// Why predictions cannot be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unexplained {
    /// Trees that do not know how many training rows their leaves have.
    #[error(
        "an earlier version of graf fitted the model and did not store how many training rows each leaf has; \
         fit it again"
    )]
    NoCovers,
    /// A tree that asks too many columns on the way to a leaf.
    #[error(
        "a tree of the model asks {columns} columns on the way to a leaf; up to {most} can be explained"
    )]
    TooDeep {
        /// How many different columns it asks.
        columns: usize,
        /// How many can be explained.
        most: usize,
    },
    /// Records of another number of columns than the predictor was fitted with.
    #[error("the records have {found} columns, but the predictor was fitted with {expected}")]
    Columns {
        /// The columns of the predictor.
        expected: usize,
        /// Those of the records.
        found: usize,
    },
    /// A target that the predictor does not have.
    #[error("there is no target {target} (from 0): the predictor has {targets}")]
    NoTarget {
        /// The index of the target.
        target: usize,
        /// How many targets there are.
        targets: usize,
    },
    /// A predictor that does not explain itself.
    #[error("the predictor does not explain its predictions")]
    Unsupported,
}
