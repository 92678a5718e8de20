//! The predictors of a blend.

use linfa::ParamGuard;

use super::super::boosting::Boosting;
use super::super::forest::{Forest, ForestParams, MaxSamples};
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

/// Trees of a forest, and of one of many rows.
const TREES: usize = 64;
const TREES_OF_MANY: usize = 32;

/// More rows than these are many: time counts, and what more of it would bring is little.
pub(super) const MANY_ROWS: usize = 4096;

/// Rows that a tree of a forest draws at the most.
const DRAWN: usize = 2 * MANY_ROWS;

/// The members for a train set of so many rows. The more rows, the deeper the boosted trees.
pub(super) fn members(rows: usize) -> Result<Vec<Candidate>, FitError> {
    let depth = match rows {
        ..400 => 4,
        400..800 => 5,
        800.. => 6,
    };
    let boosting = Boosting::params().rounds(300).max_depth(depth).subsample(0.7).l2(5.0);
    // Columns drawn anew at each node are a little better, but cannot be counted together.
    let is_many = rows > MANY_ROWS;
    let boosting =
        if is_many { boosting } else { boosting.columns_per_tree(1.0).columns_per_node(0.3) };
    let process = GaussianProcess::params();
    boosting.check_ref()?;
    let forest = |name, params: ForestParams| -> Box<dyn Learner> {
        let params = params.trees(if is_many { TREES_OF_MANY } else { TREES });
        let params =
            if rows > DRAWN { params.max_samples(MaxSamples::Count(DRAWN)) } else { params };
        Box::new(forest::Named { name, params })
    };
    let all: [(Box<dyn Learner>, bool); 4] = [
        (Box::new(boosting), false),
        (Box::new(process), true),
        (forest("extra-trees", Forest::extra_trees().bootstrap(true)), false),
        (forest("forest", Forest::params()), false),
    ];
    Ok(all.into_iter().map(|(learner, of_scores)| Candidate { learner, of_scores }).collect())
}
