//! The output of `graf explain --output-format jsonl`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::table::{Columns, Table};
use super::{Section, Source, Style, have};
use crate::report::ReportError;
use crate::report::svg::{Bar, Bars, Beeswarm, Swarm, shown};
use crate::table::{Row, clip};

/// The most bars, and the most rows of points, of a figure.
const MOST: [usize; 2] = [20, 12];

/// The column of predictions, of the target that the column `target` names.
pub(super) const PREDICTION: &str = "prediction";

/// The most columns that all lines together name.
const MOST_COLUMNS: usize = 100_000;

pub(super) fn fits(columns: &[String]) -> bool {
    have(columns, &[PREDICTION, "base", "contributions"])
}

/// The contributions to the predictions of a target.
#[derive(Default)]
struct Contributions {
    /// The networks with their predictions and base values.
    networks: Vec<(String, f64, f64)>,
    /// The columns in their order, and their places.
    columns: Vec<String>,
    places: HashMap<String, usize>,
    /// For each column the network, the contribution and, if it is told, the value of the column.
    values: Vec<Vec<(usize, f64, f64)>>,
}

impl Contributions {
    fn add(&mut self, columns: &Columns, row: &Row) -> Result<(), ReportError> {
        let number = |name: &str| {
            let column = columns.find(name).unwrap_or(usize::MAX);
            columns
                .number(row, column)?
                .ok_or_else(|| columns.wrong(row, column, "expected a number"))
        };
        let (prediction, base) = (number(PREDICTION)?, number("base")?);
        let net = columns.text(row, "net").into_owned();
        let column = columns.find("contributions").unwrap_or(usize::MAX);
        let reason = "expected an object with a number for each column";
        let wrong = || columns.wrong(row, column, reason);
        let text = columns.text(row, "contributions");
        let all: Map<String, Value> = serde_json::from_str(&text).map_err(|_| wrong())?;
        let values = serde_json::from_str::<Map<String, Value>>(&columns.text(row, "values"));
        let values = values.unwrap_or_default();
        let network = self.networks.len();
        for (name, contribution) in all {
            let contribution = contribution.as_f64().ok_or_else(wrong)?;
            let value = values.get(&name).and_then(Value::as_f64).unwrap_or(f64::NAN);
            let free = self.columns.len();
            let place = *self.places.entry(name.clone()).or_insert(free);
            if place == free {
                if free == MOST_COLUMNS {
                    return Err(columns.wrong(row, column, "there are more than 100000 columns"));
                }
                self.columns.push(name);
                self.values.push(Vec::new());
            }
            self.values[place].push((network, contribution, value));
        }
        self.networks.push((net, prediction, base));
        Ok(())
    }

    /// The columns with the mean size of their contributions, largest first.
    fn sizes(&self) -> Vec<(usize, f64)> {
        let count = self.networks.len() as f64;
        let size = |place: usize| {
            let sum: f64 = self.values[place].iter().map(|(_, value, _)| value.abs()).sum();
            (place, sum / count)
        };
        let mut sizes: Vec<(usize, f64)> = (0..self.columns.len()).map(size).collect();
        sizes.sort_by(|one, other| other.1.total_cmp(&one.1));
        sizes
    }
}

pub(super) fn read(table: Table, style: &Style, source: &mut Source) -> Result<(), ReportError> {
    let name = table.name.clone();
    let mut order: Vec<String> = Vec::new();
    let mut found: HashMap<String, Contributions> = HashMap::new();
    table.rows(&mut |columns, row| {
        let target = columns.text(&row, "target").into_owned();
        if !found.contains_key(&target) {
            order.push(target.clone());
        }
        found.entry(target).or_default().add(columns, &row)
    })?;
    if order.is_empty() {
        return Err(ReportError::Nothing { input: name, reason: "explains no network".to_owned() });
    }
    for target in &order {
        let Some(own) = found.remove(target) else { continue };
        source.sections.push(section(&own, target, style));
        source.predictions.push((target.clone(), PREDICTION.to_owned()));
        source.names.extend(own.columns);
        if !target.is_empty() {
            source.names.push(target.clone());
        }
    }
    Ok(())
}

fn section(own: &Contributions, target: &str, style: &Style) -> Section {
    // Models of one target need not name it.
    let of =
        if target.is_empty() { String::new() } else { format!(" of {}", style.labels.of(target)) };
    let mut section = Section::new(format!("Contributions to predictions{of}"));
    section.fact("networks", own.networks.len().to_string());
    section.fact("columns", own.columns.len().to_string());
    let sizes = own.sizes();
    let name = |place: usize| style.labels.of(&own.columns[place]).to_owned();
    if let [(net, prediction, base)] = own.networks.as_slice() {
        section.fact("network", net.clone());
        section.fact("prediction", shown(*prediction));
        section.fact("base value", shown(*base));
        let bar = |&(place, _): &(usize, f64)| {
            let value = own.values[place].iter().map(|(_, value, _)| value).sum();
            Bar { label: name(place), value }
        };
        let figure = Bars {
            title: format!("Why {} has its prediction{of}", clip(net)),
            axis: format!("contribution to the prediction{of}"),
            note: format!(
                "The base value {} and all contributions add up to the prediction {}.",
                shown(*base),
                shown(*prediction)
            ),
            bars: sizes.iter().map(bar).collect(),
            most: MOST[0],
        };
        section.figure(&format!("contributions {target}"), figure);
        return section;
    }
    let bars = sizes.iter().map(|&(place, value)| Bar { label: name(place), value });
    let figure = Bars {
        title: format!("What moves predictions{of}"),
        axis: "mean size of the contribution".to_owned(),
        note: format!("Over {} networks, whatever the sign.", own.networks.len()),
        bars: bars.collect(),
        most: MOST[0],
    };
    section.figure(&format!("contributions {target}"), figure);
    let rows = sizes.iter().map(|&(place, _)| Swarm {
        label: name(place),
        values: own.values[place].iter().map(|(_, value, _)| *value).collect(),
        levels: own.values[place].iter().map(|(_, _, level)| *level).collect(),
    });
    let figure = Beeswarm {
        title: format!("Contributions to predictions{of}"),
        axis: format!("contribution to the prediction{of}"),
        rows: rows.collect(),
        most: MOST[1],
    };
    section.figure(&format!("beeswarm {target}"), figure);
    section
}
