//! Columns as views of the networks, which a predictor that can do so weighs against each other.

use crate::features::{FAMILIES, VIEWS};
use crate::predictor::View;

/// The views that some columns make up: one for each of [`VIEWS`] of which there are columns. Columns that are in none of
/// these, such as proxies, are part of all. None if there are fewer than two.
pub(crate) fn views_of(columns: &[String]) -> Vec<View> {
    let owner = |column: &String| FAMILIES.into_iter().find(|family| family.owns(column));
    let families: Vec<Option<&str>> =
        columns.iter().map(|column| owner(column).map(|family| family.name())).collect();
    let is_in = |view: &[&str], family: &str| view.contains(&family);
    let is_in_any = |family: &str| VIEWS.iter().any(|(_, view)| is_in(view, family));
    let views = VIEWS.iter().filter_map(|(name, view)| {
        let has = |family: &Option<&str>| family.is_some_and(|family| is_in(view, family));
        families.iter().any(has).then(|| {
            let chosen = families.iter().enumerate().filter(|(_, family)| {
                has(family) || !family.is_some_and(is_in_any)
            });
            View { name: (*name).to_owned(), columns: chosen.map(|(index, _)| index).collect() }
        })
    });
    let mut views: Vec<View> = views.collect();
    views.dedup_by(|one, other| one.columns == other.columns);
    if views.len() < 2 { Vec::new() } else { views }
}
