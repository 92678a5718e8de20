//! A model card as a list of facts.

use super::svg::shown;
use super::{ImportanceRow, importance_meaning, most_important};
use crate::model::Card;

/// Important columns that are facts.
const TOP: usize = 5;

/// Search space, targets, predictor, training set, scores and most important columns of a model: names and values.
pub fn facts(card: &Card) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let space = card.space.clone().unwrap_or_else(|| "not known".to_owned());
    fact("search space", space);
    for objective in card.objectives() {
        let direction = objective.direction();
        let direction =
            direction.map_or_else(|| "direction open".to_owned(), |one| one.to_string());
        fact("target", format!("{} ({direction})", objective.target));
    }
    fact("predictor", card.predictor.clone());
    let parameter = |(name, value): (&String, &serde_json::Value)| format!("{name} {value}");
    let parameters: Vec<String> = card.parameters.iter().map(parameter).collect();
    fact("parameters", parameters.join(", "));
    fact("seed", card.seed.to_string());
    fact("fitted by", format!("graf {}", card.graf));
    fact("training networks", card.rows.to_string());
    fact("features", card.columns.len().to_string());
    if let Some(held_out) = &card.held_out {
        let tau = held_out.kendall_tau.iter().map(|tau| shown(tau.unwrap_or(f64::NAN)));
        let tau: Vec<String> = tau.collect();
        fact(&format!("Kendall tau, {}", held_out.by), tau.join(", "));
        fact(&format!("R², {}", held_out.by), shown(held_out.r2.unwrap_or(f64::NAN)));
    }
    for one in &card.learned_on {
        let draws = one.draws.map_or_else(String::new, |draws| format!("{draws} draws of "));
        fact("learned on", format!("{} ({draws}{} rows of {})", one.name, one.rows, one.target));
    }
    fact("importances", importance_meaning(card));
    for row in most_important(card, TOP).into_iter().flatten() {
        let ImportanceRow { column, importance, direction, .. } = row;
        let direction = direction.map_or_else(String::new, |direction| format!(" ({direction})"));
        fact("most important", format!("{column}: {importance:.3}{direction}"));
    }
    facts
}
