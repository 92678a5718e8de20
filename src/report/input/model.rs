//! A model: its card and its importances.

use std::fs::File;

use super::Section;
use crate::model::{Model, ModelError};
use crate::report::ReportError;
use crate::report::card::facts;
use crate::report::svg::{Bar, Bars};
use crate::table::Input;

/// The most bars of a figure.
const MOST_BARS: usize = 20;

pub(super) fn read(input: &Input) -> Result<Section, ReportError> {
    let failed = |error: ModelError| ReportError::Model { name: input.to_string(), error };
    let Some(path) = input.path() else { return Ok(Section::new("Model".to_owned())) };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    let Model { header, .. } = Model::read_from(file).map_err(failed)?;
    let mut section = Section::new(format!("Model of {}", header.targets.join(", ")));
    section.facts.extend(facts(&header));
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
            note: "Features that are nearly equal share their importance.".to_owned(),
            bars,
            most: MOST_BARS,
        };
        section.figure(&format!("importances {}", header.targets.join(" ")), figure);
    }
    Ok(section)
}
