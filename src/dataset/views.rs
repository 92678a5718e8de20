//! Several views of networks: sets of features, each of which describes them in a way of its own, for predictors that weigh
//! these against each other.

use super::columns::Use;
use crate::predictor::View;

/// The views, the first of which is used where rows are too few to tell which is better: what the live paths and
/// theory tell, and all that is written in a cell.
static VIEWS: [(&str, &[Use]); 2] =
    [("graf++", &[Use::PlusPlus]), ("graf,one-hot", &[Use::Graf, Use::Family("one_hot")])];

/// The groups, with those of all views in the place of [`Use::Views`].
pub(crate) fn expanded(uses: &[Use]) -> Vec<Use> {
    let mut all: Vec<Use> = Vec::new();
    for group in uses {
        let own = match group {
            Use::Views => VIEWS.iter().flat_map(|(_, uses)| uses.iter()).collect(),
            group => vec![group],
        };
        for group in own {
            if !all.contains(group) {
                all.push(group.clone());
            }
        }
    }
    all
}

/// The views of which some columns are, if they are asked for. Columns that are in no view, such as proxies, are in all.
pub(crate) fn views_of(uses: &[Use], columns: &[String]) -> Vec<View> {
    if !uses.contains(&Use::Views) {
        return Vec::new();
    }
    let is_in = |uses: &[Use], column: &str| uses.iter().any(|group| group.is_feature(column));
    let is_in_none = |column: &str| !VIEWS.iter().any(|(_, uses)| is_in(uses, column));
    let views = VIEWS.iter().filter(|(_, uses)| columns.iter().any(|column| is_in(uses, column)));
    let views: Vec<View> = views
        .map(|(name, uses)| {
            let is_own = |column: &str| is_in(uses, column) || is_in_none(column);
            let own = columns.iter().zip(0..).filter(|(column, _)| is_own(column));
            View { name: (*name).to_owned(), columns: own.map(|(_, index)| index).collect() }
        })
        .collect();
    views
}

/// The groups that some columns are left of: those of the views that have any, in the place of [`Use::Views`].
pub(crate) fn kept(uses: &[Use], columns: &[String]) -> Vec<Use> {
    let mut all = Vec::new();
    for group in expanded(uses) {
        // A group that is named beside the views stays.
        if uses.contains(&group) || columns.iter().any(|column| group.is_feature(column)) {
            all.push(group);
        }
    }
    all
}
