//! A model: its card and its importances.

use std::fs::File;
use std::path::Path;

use super::{Section, base_name};
use crate::model::{Card, Model, ModelError};
use crate::report::ReportError;
use crate::report::card::facts;
use crate::report::importance_meaning;
use crate::report::svg::{Bar, Bars};

/// The most bars of a figure.
const MOST_BARS: usize = 20;

pub(super) fn read(path: &Path, name: &str) -> Result<Model, ReportError> {
    let failed = |error: ModelError| ReportError::Model { name: name.to_owned(), error };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    Model::read_from(file).map_err(failed)
}

/// What fitted a model.
pub(super) fn made_by(header: &Card) -> String {
    let Card { graf, seed, predictor, .. } = header;
    let of: Vec<&str> = header.learned_on.iter().map(|one| base_name(&one.name)).collect();
    let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(", ")) };
    format!("graf {graf} fit{of} with {predictor}, seed {seed}")
}

pub(super) fn section(header: &Card) -> Section {
    let mut section = Section::new(format!("Model of {}", header.targets.join(", ")));
    section.facts.extend(facts(header));
    if let Some(importances) = &header.importances {
        let mut bars: Vec<Bar> = header
            .columns
            .iter()
            .zip(importances)
            .map(|(label, &value)| Bar { label: label.clone(), value })
            .collect();
        bars.sort_by(|one, other| other.value.total_cmp(&one.value));
        let figure = Bars {
            title: format!("Importance of the features of {}", header.targets.join(", ")),
            axis: "importance, together 1".to_owned(),
            note: format!(
                "{}. Features that are nearly equal share their importance.",
                sentence(&importance_meaning(header))
            ),
            bars,
            most: MOST_BARS,
        };
        section.figure(&format!("importances {}", header.targets.join(" ")), figure);
    }
    section
}

/// A text with a capital letter at the start.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
