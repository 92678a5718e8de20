//! The predictors of a blend.

use linfa::ParamGuard;

use super::super::boosting::Boosting;
use super::super::forest::{Forest, ForestParams};
use super::super::gaussian_process::GaussianProcess;
use super::super::{FitError, Learner, forest};

/// A predictor to be blended.
#[derive(Debug)]
pub(super) struct Candidate {
    pub learner: Box<dyn Learner>,
    /// Whether it learns normal scores of the target: a process believes in errors of one size, and
    /// a few networks far below the others would bend it.
    pub of_scores: bool,
}

/// Trees of a forest.
const TREES: usize = 64;

/// The members for a train set of so many rows. The more rows, the deeper the boosted trees.
pub(super) fn members(rows: usize) -> Result<Vec<Candidate>, FitError> {
    let depth = match rows {
        ..400 => 4,
        400..800 => 5,
        800.. => 6,
    };
    let boosting = Boosting::params()
        .rounds(300)
        .max_depth(depth)
        .subsample(0.7)
        .columns_per_tree(1.0)
        .columns_per_node(0.3)
        .l2(5.0);
    let process = GaussianProcess::params();
    boosting.check_ref()?;
    let forest = |name, params: ForestParams| -> Box<dyn Learner> {
        Box::new(forest::Named { name, params: params.trees(TREES) })
    };
    let all: [(Box<dyn Learner>, bool); 4] = [
        (Box::new(boosting), false),
        (Box::new(process), true),
        (forest("extra-trees", Forest::extra_trees().bootstrap(true)), false),
        (forest("forest", Forest::params()), false),
    ];
    Ok(all.into_iter().map(|(learner, of_scores)| Candidate { learner, of_scores }).collect())
}
