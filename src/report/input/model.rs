//! A model: its card and its importances.

use std::fs::File;

use super::Section;
use crate::model::{Header, Model, ModelError};
use crate::report::ReportError;
use crate::report::svg::{Bar, Bars, shown};
use crate::table::Input;

/// The most bars of a figure.
const MOST_BARS: usize = 20;

pub(super) fn read(input: &Input) -> Result<Section, ReportError> {
    let failed = |error: ModelError| ReportError::Model { name: input.to_string(), error };
    let Some(path) = input.path() else { return Ok(Section::new("Model".to_owned())) };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    let Model { header, .. } = Model::read_from(file).map_err(failed)?;
    let mut section = Section::new(format!("Model of {}", header.targets.join(", ")));
    card(&header, &mut section);
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

/// What a model says of itself.
fn card(header: &Header, section: &mut Section) {
    let space = header.space.clone().unwrap_or_else(|| "not known".to_owned());
    section.fact("search space", space);
    for objective in header.objectives() {
        let direction = objective.direction();
        let direction =
            direction.map_or_else(|| "direction open".to_owned(), |one| one.to_string());
        section.fact("target", format!("{} ({direction})", objective.target));
    }
    section.fact("predictor", header.predictor.clone());
    let parameter = |(name, value): (&String, &serde_json::Value)| format!("{name} {value}");
    let parameters: Vec<String> = header.parameters.iter().map(parameter).collect();
    section.fact("parameters", parameters.join(", "));
    section.fact("seed", header.seed.to_string());
    section.fact("fitted by", format!("graf {}", header.graf));
    section.fact("training networks", header.rows.to_string());
    section.fact("features", header.columns.len().to_string());
    if let Some(held_out) = &header.held_out {
        let tau = held_out.kendall_tau.iter().map(|tau| shown(tau.unwrap_or(f64::NAN)));
        let tau: Vec<String> = tau.collect();
        section.fact(&format!("Kendall tau, {}", held_out.by), tau.join(", "));
        section.fact(&format!("R², {}", held_out.by), shown(held_out.r2.unwrap_or(f64::NAN)));
    }
    for one in &header.learned_on {
        section.fact("learned on", format!("{} ({} rows of {})", one.name, one.rows, one.target));
    }
}
