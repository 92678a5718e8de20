//! The cells of networks that other inputs tell predictions of, as a model among the inputs sees them.

use std::ops::ControlFlow;

use super::Section;
use super::contributions::PREDICTION;
use crate::dataset::Error;
use crate::dataset::Request;
use crate::dataset::columns::ColumnChoice;
use crate::dataset::records::Records;
use crate::jobs::{AllChanged, Changes, changes, effects};
use crate::metrics::{Direction, Stated};
use crate::model::Model;
use crate::report::svg::{CellDrawing, CellOperation};
use crate::space::{OpPlace, drawn_cells};
use crate::table::{Input, Row};

/// How many networks are drawn.
const MOST: usize = 3;

/// The best networks of a table by a column of predictions, drawn and coloured by what a model predicts; `None` if the table does
/// not tell its networks.
///
/// # Errors
///
/// [`Error`] if the table cannot be read, or the model cannot predict by the networks alone.
pub(super) fn read(
    model: &Model,
    input: &Input,
    (target, predictions): (&str, &str),
) -> Result<Option<Section>, Error> {
    let stated = model.header.objectives().into_iter().find(|one| one.target == target);
    let direction = stated.and_then(|one| one.direction());
    let best = best(model, input, (target, predictions), direction.unwrap_or(Direction::Maximize))?;
    if best.is_empty() {
        return Ok(None);
    }
    let which = match direction {
        Some(direction) => format!("the best by their predictions ({direction})"),
        None => "those with the greatest predictions".to_owned(),
    };
    let mut section = Section::new(format!("Cells of networks by {target}"));
    section.fact("networks", format!("{}, {which}", best.len()));
    let options = Changes {
        target: Some(target.to_owned()),
        // Only the order of the changes depends on it, and a drawing has none.
        stated: match direction {
            Some(_) => Stated::default(),
            None => Stated::new([(Some(target.to_owned()), Direction::Maximize)]),
        },
        ..Changes::default()
    };
    for (_, net) in best {
        section.figure(&format!("cells {target}"), drawing(&changes(model, &net, &options)?)?);
    }
    Ok(Some(section))
}

/// Different networks with the best predictions.
fn best(
    model: &Model,
    input: &Input,
    (target, predictions): (&str, &str),
    direction: Direction,
) -> Result<Vec<(f64, String)>, Error> {
    let mut best: Vec<(f64, String)> = Vec::new();
    let (request, none) =
        (Request::default().of_model(&model.header)?, ColumnChoice::Named(&[], &[]));
    let targets = [predictions.to_owned()];
    Records::read(input, &request, &none, &targets, &mut None, &mut |open, numbers| {
        let Some(encoding) = open.encoding() else { return Ok(ControlFlow::Break(())) };
        // Contributions of several targets stand in rows of their own.
        let named = open.columns().iter().position(|column| column == "target");
        let named = named.filter(|_| predictions == PREDICTION);
        let is_of = |row: &&Row| named.is_none_or(|place| row.values[place].text() == target);
        let rows = numbers.rows.iter().zip(&numbers.targets);
        for (row, &prediction) in rows.filter(|(row, _)| is_of(row)) {
            let worth = direction.worth(prediction);
            let place = best.partition_point(|(other, _)| direction.worth(*other) >= worth);
            let net = encoding.text(row);
            if place < MOST && !best.iter().any(|(_, other)| *other == net) {
                best.insert(place, (prediction, net.into_owned()));
                best.truncate(MOST);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(best)
}

/// A network as a figure.
fn drawing(all: &AllChanged) -> Result<CellDrawing, Error> {
    let start = &all.start;
    let colours = effects(all);
    let names = start.network.search_space().map_or(&[][..], |space| space.operations());
    let mut operations = Vec::new();
    for (number, cell) in start.network.cells().iter().enumerate() {
        let prefix = start.network.search_space().and_then(|space| space.cells().get(number));
        let prefix = prefix.map_or("", |shape| shape.prefix);
        let nodes = cell.node_ops().enumerate();
        let nodes = nodes.filter_map(|(node, op)| Some((OpPlace::Node(node), op?)));
        let edges = cell.edges().filter_map(|(from, to, op)| Some((OpPlace::Edge(from, to), op?)));
        for (place, op) in nodes.chain(edges) {
            operations.push(CellOperation {
                place: match place {
                    OpPlace::Node(node) => format!("{prefix}node {node}"),
                    OpPlace::Edge(from, to) => format!("{prefix}edge {from}-{to}"),
                },
                name: names.get(op.index()).copied().unwrap_or("?").to_owned(),
                effect: colours.number(number, place).unwrap_or(f64::NAN),
            });
        }
    }
    let drawn = drawn_cells(&start.network, &colours, 0.0)?;
    let (target, prediction) = (all.target.0.clone(), start.prediction);
    let encoding = start.network.search_space().and_then(|space| space.encodings().first());
    let net = encoding.map_or_else(|| Ok(start.net.clone()), |one| (one.write)(&start.network))?;
    Ok(CellDrawing { net, target, prediction, drawn, operations })
}
