//! The predictors of a blend.

use crate::predictor::Learner;
use crate::predictor::boosting::{BOOST, Boosting};
use crate::predictor::forest::{EXTRA_TREES, FOREST, Forest, ForestParams, MaxSamples};
use crate::predictor::gaussian_process::{GaussianProcess, PROCESS};
use crate::predictor::learner::Named;

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

/// The learner that says how much views are worth: extra-trees are fitted fast, and hold rows out by themselves.
pub(super) fn screen(rows: usize) -> Box<dyn Learner> {
    let params = Forest::extra_trees().bootstrap(true).trees(TREES);
    let params =
        if rows > MANY_ROWS { params.max_samples(MaxSamples::Count(MANY_ROWS)) } else { params };
    Box::new(Named { name: EXTRA_TREES.name, params })
}

/// The members for a train set of so many rows. The more rows, the deeper the boosted trees.
pub(super) fn members(rows: usize) -> [Candidate; 4] {
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
    let forest = |name, params: ForestParams| -> Box<dyn Learner> {
        let params = params.trees(if is_many { TREES_OF_MANY } else { TREES });
        let params =
            if rows > DRAWN { params.max_samples(MaxSamples::Count(DRAWN)) } else { params };
        Box::new(Named { name, params })
    };
    let process = GaussianProcess::params();
    [
        Candidate {
            learner: Box::new(Named { name: BOOST.name, params: boosting }),
            of_scores: false,
        },
        Candidate {
            learner: Box::new(Named { name: PROCESS.name, params: process }),
            of_scores: true,
        },
        Candidate {
            learner: forest(EXTRA_TREES.name, Forest::extra_trees().bootstrap(true)),
            of_scores: false,
        },
        Candidate { learner: forest(FOREST.name, Forest::params()), of_scores: false },
    ]
}
