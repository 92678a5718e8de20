//! Which columns rank the networks of a space together before the first label.
//!
//! The parameters say how large a network is, theory (`mean_field`) whether gradients and features keep their structure
//! through it. Where cells are sums, gradients reach the input through skips: the less neighbouring pixels of the gradient
//! correlate there, the better. Where every cell begins with convolutions of its inputs, the features behind
//! the last cell tell more, and how alike the gradients of two images are.
//!
//! The columns were chosen on NAS-Bench-201 (CIFAR-10) and NAS-Bench-101, and confirmed on others: `docs/rank.md`.

use crate::metrics::Direction;
use crate::space::{SearchSpace, Skeleton, Wiring};

/// The name of the columns of a [recipe](recipe()) together.
pub const RECIPE: &str = "label-free";

/// A column of a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub column: &'static str,
    /// Which of its values are better.
    pub direction: Direction,
    /// Whether it belongs to the recipe only beside the prediction of a model.
    pub beside_model: bool,
}

const fn member(column: &'static str, direction: Direction) -> Member {
    Member { column, direction, beside_model: false }
}

const PARAMS: Member = member("analytic_params", Direction::Maximize);
const GRADIENT: Member = member("mean_field(gradient_correlation).stage_1", Direction::Minimize);

/// A model is one of three then, and says little of gradients.
const LATER_GRADIENT: Member = Member {
    beside_model: true,
    ..member("mean_field(gradient_correlation).stage_2", Direction::Minimize)
};
const FEATURES: Member = member("mean_field(correlation).output", Direction::Minimize);
const OVERLAP: Member = member("mean_field(gradient_overlap).stage_1", Direction::Maximize);

/// The columns for a space, if there are some: its networks are of images, and of cells that are repeated in stages.
pub fn recipe(space: &dyn SearchSpace) -> Option<&'static [Member]> {
    let Some(Skeleton::Image(skeleton)) = space.skeleton() else { return None };
    match skeleton.wiring {
        Wiring::Sum if skeleton.stages.len() > 1 => Some(&[PARAMS, GRADIENT, LATER_GRADIENT]),
        Wiring::Gather | Wiring::Shared => Some(&[PARAMS, FEATURES, OVERLAP]),
        Wiring::Sum | Wiring::Chain => None,
    }
}

/// The direction of a column that belongs to a recipe.
pub(crate) fn recipe_direction(column: &str) -> Option<Direction> {
    let all = [PARAMS, GRADIENT, LATER_GRADIENT, FEATURES, OVERLAP];
    all.iter().find(|member| member.column == column).map(|member| member.direction)
}

/// The families of the columns of all recipes.
pub(crate) const RECIPE_FAMILIES: [&str; 2] = ["params", "mean_field"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FeatureConfig, FeatureSet};
    use crate::space::SPACES;

    #[test]
    fn spaces_have_the_columns_of_their_recipes() {
        let mut spaces = Vec::new();
        for space in SPACES {
            let Some(members) = recipe(space) else { continue };
            let families = Some(vec!["params".to_owned(), "mean_field".to_owned()]);
            let config = FeatureConfig { families, ..FeatureConfig::default() };
            let names = FeatureSet::new(space, &config).unwrap().names().to_vec();
            assert!(members.iter().all(|member| names.iter().any(|name| name == member.column)));
            spaces.push(space.name());
        }
        assert_eq!(spaces, ["nasbench101", "nasbench201", "nasbench301", "transbench101-micro"]);
    }
}
