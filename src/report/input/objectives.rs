//! A table with two objectives.

use super::table::Table;
use super::{Section, Style};
use crate::metrics::{Direction, Objective};
use crate::report::ReportError;
use crate::report::svg::{ObjectiveAxis, ParetoFigure};

/// Two targets with their directions.
pub(super) type Two = [(String, Direction); 2];

/// Whether the objectives are two with known directions; none if there are no objectives.
pub(super) fn check(objectives: &[Objective]) -> Result<Option<Two>, ReportError> {
    let known = |one: &Objective| {
        Ok::<_, ReportError>((one.target.clone(), one.needed_for("a Pareto front")?))
    };
    match objectives {
        [] => Ok(None),
        [one, other] => Ok(Some([known(one)?, known(other)?])),
        all => Err(ReportError::Objectives { count: all.len() }),
    }
}

/// The Pareto front of a table that has both columns.
pub(super) fn read(table: Table, targets: &Two, style: &Style) -> Result<Section, ReportError> {
    let input = table.name.clone();
    let [(one, _), (other, _)] = targets;
    let mut values = [Vec::new(), Vec::new()];
    let mut left_out = 0_usize;
    table.rows(&mut |columns, row| {
        let number = |target: &str| match columns.find(target) {
            Some(column) => columns.number(&row, column),
            None => Ok(None),
        };
        match (number(one)?, number(other)?) {
            (Some(first), Some(second)) => {
                values[0].push(first);
                values[1].push(second);
            }
            _ => left_out += 1,
        }
        Ok(())
    })?;
    let [first, second] = values;
    if first.is_empty() {
        let reason = format!("has no row with both {one} and {other}");
        return Err(ReportError::Nothing { input, reason });
    }
    let side = |(target, direction): &(String, Direction), values| ObjectiveAxis {
        target: style.labels.of(target).to_owned(),
        direction: *direction,
        values,
    };
    let figure = ParetoFigure { y: side(&targets[0], first), x: side(&targets[1], second) };
    let mut section =
        Section::new(format!("Pareto front of {} and {}", figure.y.target, figure.x.target));
    section.fact("networks", figure.x.values.len().to_string());
    section.fact("on the front", figure.front().len().to_string());
    if left_out > 0 {
        section.notes.push(format!("{left_out} networks without one of the values are left out."));
    }
    section.figure(&format!("pareto {one} {other}"), figure);
    Ok(section)
}
