//! Several views of networks: sets of features, each of which describes them in a way of its own, for predictors that weigh
//! these against each other.

use super::uses::{ONE_HOT, Use};
use crate::predictor::{Learner, View};

/// The views, the first of which is used where rows are too few to tell which is better: what the live paths and
/// theory tell, and all that is written in a cell.
static VIEWS: [(&str, &[Use]); 2] =
    [("graf++", &[Use::PlusPlus]), ("graf,one-hot", &[Use::Graf, Use::Family(ONE_HOT)])];

fn is_in(uses: &[Use], column: &str) -> bool {
    uses.iter().any(|group| group.is_feature(column))
}

/// What predicts if nothing else is said: all views if every predictor weighs these against each other. Beside a prior, whose
/// columns belong to no view, the first view; other predictors take `graf+`.
pub(crate) fn default_use<'a>(
    learners: impl IntoIterator<Item = &'a dyn Learner>,
    has_prior: bool,
) -> Use {
    let weigh_views = learners.into_iter().all(|learner| learner.with_views(&[]).is_some());
    match (weigh_views, has_prior) {
        (true, false) => Use::Views,
        (true, true) => Use::PlusPlus,
        (false, _) => Use::Plus,
    }
}

/// The views of which some columns are, if they are asked for. Columns that are in no view, such as proxies, are in all.
pub(crate) fn views_of(uses: &[Use], columns: &[String]) -> Vec<View> {
    if !uses.contains(&Use::Views) {
        return Vec::new();
    }
    let is_in_none = |column: &str| !VIEWS.iter().any(|(_, uses)| is_in(uses, column));
    let views = VIEWS.iter().filter(|(_, uses)| columns.iter().any(|column| is_in(uses, column)));
    let views = views.map(|(name, uses)| {
        let is_own = |column: &str| is_in(uses, column) || is_in_none(column);
        let own = columns.iter().zip(0..).filter(|(column, _)| is_own(column));
        View { name: (*name).to_owned(), columns: own.map(|(_, index)| index).collect() }
    });
    views.collect()
}

/// The groups that some columns are left of: the view that has any, in the place of [`Use::Views`], if it is the only one.
pub(crate) fn kept(uses: &[Use], columns: &[String]) -> Vec<Use> {
    let has = |uses: &[Use]| columns.iter().any(|column| is_in(uses, column));
    let left: Vec<&[Use]> = VIEWS.iter().map(|(_, uses)| *uses).filter(|uses| has(uses)).collect();
    let groups = uses.iter().flat_map(|group| match (group, left.as_slice()) {
        (Use::Views, [one]) => one.to_vec(),
        (group, _) => vec![group.clone()],
    });
    groups.collect()
}
