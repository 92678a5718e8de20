//! A model and a space in, the best of its networks out.

use ndarray::Array2;
use rayon::prelude::*;

use crate::dataset::drawn::Drawn;
use crate::dataset::networks::NET;
use crate::dataset::of_model::OfModel;
use crate::dataset::top::Top;
use crate::dataset::{Condition, Error, Request, Shard, Which};
use crate::metrics::{Direction, Stated, ranked_by};
use crate::model::{Model, names, of_row};
use crate::predictor::memo::Memo;
use crate::space::{Architecture, SearchSpace};
use crate::stream::PART_ROWS;
use crate::table::{Begun, Output, OutputFormat, Value};

/// The name of the column of ranks.
const RANK: &str = "rank";

/// What is asked for.
#[derive(Debug, Clone)]
pub struct PredictDrawn {
    /// The space, of a model that is of any.
    pub space: Option<&'static dyn SearchSpace>,
    /// Which of its networks.
    pub which: Which,
    /// Which part of them.
    pub shard: Shard,
    /// Only those of them that meet it.
    pub condition: Option<Condition>,
    /// The target that ranks them; it must be named if the model has several.
    pub by: Option<String>,
    /// Directions that complete those of the model.
    pub stated: Stated,
    /// How many of the best are written.
    pub top: usize,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestDrawn {
    /// How many networks were left out because they do not meet the condition.
    pub excluded: u64,
    /// How many networks were predicted.
    pub predicted: u64,
    /// How many were written.
    pub written: u64,
    /// The target that they are ranked by, and its direction.
    pub ranked: (String, Direction),
}

/// Predicts networks of a space, and writes the best of them with their ranks, each network once. The list is that of the networks,
/// whatever their order. They are never written otherwise, so that a network costs its features and its prediction alone.
///
/// # Errors
///
/// [`Error`] if the space of the model is not known, has no such networks, or lacks what the model needs, or the direction of
/// the target is open.
///
/// # Complexity
///
/// For n networks O(n · features) beside what the predictor takes; memory does not grow with n.
pub fn predict_drawn(
    model: &Model,
    output: &Output,
    options: &PredictDrawn,
    progress: &mut dyn FnMut(u64),
) -> Result<BestDrawn, Error> {
    let header = &model.header;
    let objectives = options.stated.complete(&header.objectives())?;
    let (target, objective) = ranked_by(&objectives, options.by.as_deref())?;
    let direction = objective.needed_for("the rank of a prediction")?;
    let mut request = Request::default();
    request.networks.space = options.space;
    let request = request.of_model(header)?;
    let space = request.networks.space.or(request.model_space);
    let space = space.ok_or_else(|| {
        Error::Unsuited("the model is of networks of any space; name one".to_owned())
    })?;
    let reader = OfModel::in_space(header, &request, space)?;
    let begun = Begun::new(output, options.format)?;
    let drawn = Drawn::new(space, options.which, options.shard, None)?;
    let mut drawn = drawn.meeting(options.condition.as_ref())?;
    let mut memo = Memo::new(&model.predictor);
    let mut top = Top::new(options.top);
    let (mut predicted, mut has_std) = (0, false);
    loop {
        let networks = drawn.chunk()?;
        if networks.is_empty() {
            break;
        }
        let records = records(&reader, &networks, header.columns.len())?;
        let (mean, std) = memo.mean_and_std(records.view())?;
        let is_finite = |numbers: &Array2<f64>| numbers.iter().all(|number| number.is_finite());
        if !is_finite(&mean) || std.iter().flatten().any(|std| std.is_infinite()) {
            let place = format!("network {}", predicted + 1);
            return Err(Error::NotFinite { input: space.name().to_owned(), place });
        }
        has_std = std.is_some();
        for (place, network) in networks.into_iter().enumerate() {
            let worth = direction.worth(mean[[place, target]]);
            if top.is_open(worth) {
                let encoding = (space.encodings()[0].write)(&network)?;
                let numbers = of_row(place, &mean, std.as_ref(), &[]);
                top.add(worth, space.identity(&network), encoding, numbers);
            }
            predicted += 1;
        }
        progress(predicted);
    }
    let mut columns = names(&header.targets, has_std, &[]);
    columns.push(RANK.to_owned());
    let mut writer = begun.with_columns(&[NET.to_owned()], &columns)?;
    let (mut line, mut written) = (Vec::new(), 0);
    for (rank, encoding, mut numbers) in top.ranked() {
        numbers.push(rank as f64);
        let net = Value::Text(encoding.into());
        let encoded = writer.encoder().row(&[&net], &numbers, &mut line);
        encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        written += 1;
    }
    writer.write(written, &line)?;
    writer.finish()?;
    let excluded = drawn.excluded;
    Ok(BestDrawn { excluded, predicted, written, ranked: (objective.target.clone(), direction) })
}

/// What the model reads of networks.
fn records(
    reader: &OfModel,
    networks: &[Architecture],
    columns: usize,
) -> Result<Array2<f64>, Error> {
    let mut records = Array2::zeros((networks.len(), columns));
    let numbers = records.as_slice_mut().unwrap_or_default();
    let parts = numbers.par_chunks_mut((PART_ROWS * columns).max(1));
    parts.zip(networks.par_chunks(PART_ROWS)).try_for_each_init(
        || reader.scratch(),
        |room, (numbers, networks)| -> Result<(), Error> {
            for (network, row) in networks.iter().zip(numbers.chunks_mut(columns)) {
                if reader.prunes() {
                    let network =
                        network.pruned().map_err(|error| Error::Unsuited(error.to_string()))?;
                    reader.row(&network, room, row)?;
                } else {
                    reader.row(network, room, row)?;
                }
            }
            Ok(())
        },
    )?;
    Ok(records)
}
