//! A model and a table in, predictions out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::dataset::FileRole;
use crate::dataset::Twice;
use crate::dataset::columns::ColumnChoice;
use crate::dataset::gather::twice;
use crate::dataset::impute::Filling;
use crate::dataset::records::{Numbers, Records};
use crate::dataset::written::{check_finite, kept};
use crate::dataset::{Error, Keep, RowCounts};
use crate::dataset::{Identify, Request};
use crate::metrics::{Direction, Stated, ranked_by};
use crate::model::{Interval, Model, names, of_row, reaches};
use crate::predictor::memo::Memo;
use crate::stream::PART_ROWS;
use crate::table::{Begun, Input, Output, OutputFormat, Row, Value, Writer};

/// The name of the column of ranks.
const RANK: &str = "rank";

/// The name of the column that marks training networks.
const IN_TRAINING: &str = "in_training";

/// What `graf predict` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Predict {
    /// How the table is read.
    pub request: Request,
    /// Which of the input's columns go along, or by name also of the joined tables'; by default
    /// those of the encoding, or none into a matrix.
    pub keep: Option<Keep>,
    /// Rank rows by a target and write them in this order, the best first.
    pub ranking: Option<Ranking>,
    /// Intervals around each prediction.
    pub intervals: Vec<Interval>,
    /// Whether to mark the networks that the model was trained on.
    pub mark_training: bool,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// How rows are ranked.
#[derive(Debug, Clone, Default)]
pub struct Ranking {
    /// The target; it must be named if the model has several.
    pub by: Option<String>,
    /// Write only so many of the best rows.
    pub top: Option<usize>,
    /// Directions that complete those of the model.
    pub stated: Stated,
}

/// The rows of a prediction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Predicted {
    /// Rows written.
    pub written: u64,
    /// Rows that were not predicted as they are.
    pub aside: RowCounts,
    /// Rows whose networks the model was trained on, where the networks were read.
    pub in_training: u64,
    /// The target that rows were ranked by, and its direction.
    pub ranked: Option<(String, Direction)>,
}

/// Writes for each row the columns that are kept, and for each target the prediction and, of a
/// predictor that has one, its standard deviation and the bounds of the [intervals](Predict::intervals).
///
/// Rows are predicted chunk by chunk, so that memory does not grow with the table, also with
/// [`Ranking::top`]. With a ranking but without [`Ranking::top`] all rows are kept until the end. A
/// ranking adds a column `rank`: 1 for the best prediction. Equal predictions have the least of their
/// ranks and stay in the order of the table. With
/// [`Predict::mark_training`] a last column `in_training` is 1 for networks that the model was trained on and 0 for
/// others.
///
/// # Errors
///
/// [`Error`] if the table cannot be read or does not have what the model needs, or rows are to be
/// ranked by a target whose direction is open.
pub fn predict(
    model: &Model,
    input: &Input,
    output: &Output,
    options: &Predict,
    progress: &mut dyn FnMut(u64),
) -> Result<Predicted, Error> {
    let predictors = ColumnChoice::Named(&model.header.columns, &model.header.proxies);
    let mut best = options.ranking.as_ref().map(|asked| Best::new(model, asked)).transpose()?;
    let request = wanted_by(options, model)?;
    let files = [(input.path(), FileRole::Input), (output.path(), FileRole::Output)];
    let mut rejects = request.networks.open_rejects(&files)?;
    let begun = Begun::new(output, options.format)?;
    let format = begun.format();
    let mut begun = Some(begun);
    let mut writer: Option<(Writer, Vec<usize>)> = None;
    let by = |best: &Best| (model.header.targets[best.target].clone(), best.direction);
    let mut done = Predicted { ranked: best.as_ref().map(by), ..Predicted::default() };
    let mut filling = Filling::default();
    let mut read = 0;
    let mut memo = Memo::new(&model.predictor);
    let reaches = reaches(model, &options.intervals);
    Records::read(input, &request, &predictors, &[], &mut rejects, &mut |open, mut numbers| {
        if let Some(medians) = &model.header.medians {
            filling.fill(&mut numbers.records, medians);
        }
        done.aside += numbers.aside;
        read += numbers.rows.len() as u64 + numbers.aside.dropped + numbers.aside.broken;
        let shape = (numbers.rows.len(), model.header.columns.len());
        let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
            return Ok(ControlFlow::Continue(()));
        };
        let (mean, std) = memo.mean_and_std(records)?;
        if std.is_none() && !options.intervals.is_empty() {
            return Err(Error::NoDeviation { predictor: model.header.predictor.clone() });
        }
        check_finite(&mean, std.as_ref(), open, &numbers.rows)?;
        let marks = marks(model, options, open, &numbers)?;
        done.in_training += marks.iter().filter(|&&mark| mark).count() as u64;
        if let Some(begun) = begun.take() {
            let kept = kept(options.keep.as_ref(), format, open)?;
            let mut names = names(&model.header.targets, std.is_some(), &options.intervals);
            names.extend(best.is_some().then(|| RANK.to_owned()));
            names.extend(options.mark_training.then(|| IN_TRAINING.to_owned()));
            let kept_names: Vec<_> =
                kept.iter().map(|&place| open.columns()[place].clone()).collect();
            if let Some(name) = twice(&[&kept_names[..], &names[..]].concat()) {
                return Err(Error::Taken { name, twice: Twice::Kept });
            }
            writer = Some((begun.with_columns(&kept_names, &names)?, kept));
        }
        let Some((writer, kept)) = &mut writer else { return Ok(ControlFlow::Continue(())) };
        let of_row = |row| of_row(row, &mean, std.as_ref(), &reaches);
        let mark = |row: usize| options.mark_training.then(|| f64::from(u8::from(marks[row])));
        let Some(best) = &mut best else {
            let parts = numbers.rows.par_chunks(PART_ROWS).enumerate().map(|(part, rows)| {
                let mut encoded = Vec::new();
                for (row, place) in rows.iter().zip(part * PART_ROWS..) {
                    let values: Vec<_> = kept.iter().map(|&place| &row.values[place]).collect();
                    let numbers: Vec<_> = of_row(place).into_iter().chain(mark(place)).collect();
                    encode(writer, &values, &numbers, row, open, &mut encoded)?;
                }
                Ok((rows.len() as u64, encoded))
            });
            for part in parts.collect::<Vec<Result<_, Error>>>() {
                let (rows, encoded) = part?;
                writer.write(rows, &encoded)?;
                done.written += rows;
            }
            progress(read);
            return Ok(ControlFlow::Continue(()));
        };
        for (place, row) in numbers.rows.iter().enumerate() {
            let values = kept.iter().map(|&place| row.values[place].clone()).collect();
            let value = mean[[place, best.target]];
            best.add((read, place), value, (of_row(place), mark(place)), values);
        }
        progress(read);
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    done.aside.filled = filling.total();
    let Some((mut writer, _)) = writer else { return Ok(done) };
    let format = writer.encoder();
    for (rank, mut ranked) in best.into_iter().flat_map(Best::ranked) {
        let values: Vec<_> = ranked.values.iter().collect();
        ranked.predicted.push(rank as f64);
        ranked.predicted.extend(ranked.mark);
        let mut line = Vec::new();
        format
            .row(&values, &ranked.predicted, &mut line)
            .map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        writer.write(1, &line)?;
        done.written += 1;
    }
    writer.finish()?;
    Ok(done)
}

/// What is wanted of the table.
fn wanted_by(options: &Predict, model: &Model) -> Result<Request, Error> {
    let mut request = options.request.of_model(&model.header)?;
    if let Some(Keep::Columns(names)) = &options.keep {
        request.carried.clone_from(names);
    }
    if options.mark_training {
        request.identify = Identify::Always;
    } else if !model.networks.is_empty() {
        request.identify = Identify::Functions;
    }
    Ok(request)
}

/// For each row whether the model was trained on its network; nothing where no networks are read.
fn marks(
    model: &Model,
    options: &Predict,
    open: &Records,
    numbers: &Numbers,
) -> Result<Vec<bool>, Error> {
    if options.mark_training && open.space().is_none() {
        return Err(Error::NoNetworks { input: open.input().to_owned() });
    }
    // One of the two is empty.
    let functions = numbers.networks.iter().map(|known| &known.function).chain(&numbers.functions);
    Ok(functions.map(|function| model.networks.contains(function.short())).collect())
}

fn encode(
    writer: &Writer,
    values: &[&Value],
    predicted: &[f64],
    row: &Row,
    open: &Records,
    encoded: &mut Vec<u8>,
) -> Result<(), Error> {
    writer.encoder().row(values, predicted, encoded).map_err(|error| Error::Unwritable {
        reason: format!("{}, {}: {error}", open.input(), row.place),
    })
}

/// The best rows so far.
struct Best {
    /// The place of the target that ranks them.
    target: usize,
    direction: Direction,
    /// How many are kept.
    most: usize,
    rows: BinaryHeap<Reverse<Ranked>>,
}

impl Best {
    fn new(model: &Model, asked: &Ranking) -> Result<Self, Error> {
        let objectives = asked.stated.complete(&model.header.objectives())?;
        let (target, objective) = ranked_by(&objectives, asked.by.as_deref())?;
        let direction = objective.needed_for("the rank of a prediction")?;
        let most = asked.top.unwrap_or(usize::MAX);
        Ok(Best { target, direction, most, rows: BinaryHeap::new() })
    }

    /// Adds a row whose prediction of the target is `value`.
    fn add(
        &mut self,
        order: (u64, usize),
        value: f64,
        (predicted, mark): (Vec<f64>, Option<f64>),
        values: Vec<Value>,
    ) {
        let worth = self.direction.worth(value);
        self.rows.push(Reverse(Ranked { worth, predicted, mark, order, values }));
        if self.rows.len() > self.most {
            self.rows.pop();
        }
    }

    /// The rows with their ranks, the best first.
    fn ranked(self) -> Vec<(usize, Ranked)> {
        let mut ranked: Vec<(usize, Ranked)> = Vec::with_capacity(self.rows.len());
        for (place, Reverse(row)) in (1..).zip(self.rows.into_sorted_vec()) {
            let shared = ranked.last().filter(|(_, last)| last.worth.total_cmp(&row.worth).is_eq());
            ranked.push((shared.map_or(place, |(rank, _)| *rank), row));
        }
        ranked
    }
}

/// A predicted row among the best: greater with a better prediction, and of equal ones the earlier.
struct Ranked {
    /// The prediction as a number of which greater is better.
    worth: f64,
    predicted: Vec<f64>,
    /// Whether it is a training network, where that is told.
    mark: Option<f64>,
    /// Rows read with and before its chunk, and its place there.
    order: (u64, usize),
    values: Vec<Value>,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.worth.total_cmp(&other.worth).then_with(|| other.order.cmp(&self.order))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}
