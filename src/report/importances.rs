//! What columns count for in a model, as a table and a sentence.

use serde::Serialize;

use crate::explain::Sign;
use crate::model::Card;
use crate::predictor::by_name;

/// A column and what it counts for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportanceRow {
    /// Its name.
    pub column: String,
    /// Its importance; those of all columns are 1 together.
    pub importance: f64,
    /// `+`, `-` or `mixed`; absent where it counts for nothing or that is not known.
    pub direction: Option<&'static str>,
    /// Its correlation with the first target, where that is known.
    pub correlation: Option<f64>,
}

/// The most important columns of a model, at most so many, that count for something; `None` as those of [`importances`].
pub fn most_important(card: &Card, most: usize) -> Option<Vec<ImportanceRow>> {
    let counted = importances(card)?.into_iter().filter(|row| row.importance > 0.0);
    Some(counted.take(most).collect())
}

/// The columns of a model, the most important first; `None` if its predictor does not tell importances.
pub fn importances(card: &Card) -> Option<Vec<ImportanceRow>> {
    let shares = card.importances.as_ref()?;
    let at = |list: &[Option<f64>], column: usize| list.get(column).copied().flatten();
    let row = |(column, (name, &importance)): (usize, (&String, &f64))| ImportanceRow {
        column: name.clone(),
        importance,
        direction: at(&card.importance_directions, column).map(|one| Sign::of(one).text()),
        correlation: at(&card.correlations, column),
    };
    let mut rows: Vec<ImportanceRow> =
        card.columns.iter().zip(shares).enumerate().map(row).collect();
    rows.sort_by(|one, other| other.importance.total_cmp(&one.importance));
    Some(rows)
}

/// What the importances and directions of a model are, or why there are none, in a sentence.
pub fn importance_meaning(card: &Card) -> String {
    let predictor = &card.predictor;
    let meaning = by_name(predictor).map_or("", |kind| kind.importance);
    match (&card.importances, meaning) {
        (None, "") => {
            format!("{predictor} does not weight single columns, so there are no importances")
        }
        (None, _) => format!(
            "what {predictor} is made of here does not weight single columns, so there are no importances"
        ),
        (Some(shares), _) if shares.iter().all(|share| *share == 0.0) => {
            format!("{predictor} has learned nothing from any column, so all importances are 0")
        }
        (Some(_), meaning) => {
            let direction = if card.importance_directions.is_empty() {
                "an earlier version of graf did not store directions"
            } else {
                "direction is + where greater values have greater predictions, - where they have smaller ones"
            };
            format!("importance (of {predictor}) is {meaning}; {direction}")
        }
    }
}
