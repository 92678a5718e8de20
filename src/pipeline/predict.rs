//! A model and a table in, predictions out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::str::FromStr;

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use super::fill::Filling;
use super::gather::twice;
use super::predictors::Predictors;
use super::records::{Known, Numbers, Records};
use super::wanted::{Identify, Wanted};
use super::{Aside, Error, Keep, PART_ROWS};
use crate::metrics::{Direction, Stated, ranked_by};
use crate::predictor::memo::Memo;
use crate::predictor::model::Model;
use crate::space::EncodingColumns;
use crate::table::{Begun, Input, Output, OutputFormat, Row, Value, Writer};

/// The name of the column of ranks.
const RANK: &str = "rank";

/// The name of the column that marks training networks.
const IN_TRAINING: &str = "in_training";

/// What `graf predict` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Predict {
    /// How the table is read.
    pub wanted: Wanted,
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

/// An interval that holds a share of the true values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    percent: f64,
}

impl Interval {
    /// The names of its bounds.
    fn names(self, target: &str) -> [String; 2] {
        ["lower", "upper"].map(|bound| format!("{target}.{bound}_{}", self.percent))
    }
}

impl FromStr for Interval {
    type Err = String;

    /// Reads a percentage, such as `95`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().trim_end_matches('%').parse() {
            Ok(percent) if percent > 0.0 && percent < 1.0 => Err(format!(
                "an interval is given in percent; for a share of {percent} take {}",
                percent * 100.0
            )),
            Ok(percent) if (1.0..100.0).contains(&percent) => Ok(Interval { percent }),
            _ => Err("an interval holds between 1 and 100 percent of the true values, such as 95"
                .to_owned()),
        }
    }
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
    pub aside: Aside,
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
    let predictors = Predictors::Named(&model.header.columns, &model.header.proxies);
    let mut best = options.ranking.as_ref().map(|asked| Best::new(model, asked)).transpose()?;
    let wanted = wanted_by(options, model)?;
    let files = [(input.path(), "the input"), (output.path(), "--output")];
    let mut rejects = wanted.networks.open_rejects(&files)?;
    let begun = Begun::new(output, options.format)?;
    let format = begun.format();
    let mut begun = Some(begun);
    let mut writer: Option<(Writer, Vec<usize>)> = None;
    let by = |best: &Best| (model.header.targets[best.target].clone(), best.direction);
    let mut done = Predicted { ranked: best.as_ref().map(by), ..Predicted::default() };
    let mut filling = Filling::default();
    let mut read = 0;
    let mut memo = Memo::new(&*model.predictor);
    let reaches = reaches(model, &options.intervals);
    Records::read(input, &wanted, &predictors, &[], &mut rejects, &mut |open, mut numbers| {
        if let Some(medians) = &model.header.medians {
            filling.fill(&mut numbers.records, medians);
        }
        done.aside += numbers.aside;
        read += numbers.rows.len() as u64 + numbers.aside.dropped + numbers.aside.broken;
        let shape = (numbers.rows.len(), model.header.columns.len());
        let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
            return Ok(ControlFlow::Continue(()));
        };
        let (mean, std) = memo.mean_and_std(records);
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
                return Err(Error::Taken { name, fix: "leave it out with --keep" });
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

/// For each target how many standard deviations its intervals reach to both sides.
fn reaches(model: &Model, intervals: &[Interval]) -> Vec<Vec<f64>> {
    let of_target = |target| {
        let reach = |interval: &Interval| model.predictor.reach(target, interval.percent / 100.0);
        intervals.iter().map(reach).collect()
    };
    (0..model.header.targets.len()).map(of_target).collect()
}

/// The numbers of a row, of predictions and standard deviations (rows × targets): see [`names`].
fn of_row(
    row: usize,
    mean: &Array2<f64>,
    std: Option<&Array2<f64>>,
    reaches: &[Vec<f64>],
) -> Vec<f64> {
    let mut numbers = Vec::new();
    for (target, &mean) in mean.row(row).into_iter().enumerate() {
        numbers.push(mean);
        let Some(std) = std.map(|std| std[[row, target]]) else { continue };
        numbers.push(std);
        numbers.extend(
            reaches[target].iter().flat_map(|reach| [mean - reach * std, mean + reach * std]),
        );
    }
    numbers
}

/// Refuses predictions and standard deviations (rows × targets) that are not finite: their order means
/// nothing. A standard deviation may be absent, which is NaN.
pub(super) fn check_finite(
    mean: &Array2<f64>,
    std: Option<&Array2<f64>>,
    open: &Records,
    rows: &[Row],
) -> Result<(), Error> {
    let first = |numbers: &Array2<f64>, is_wrong: fn(&f64) -> bool| {
        numbers.indexed_iter().find(|(_, value)| is_wrong(value)).map(|((row, _), _)| row)
    };
    let of_std = || first(std?, |std| std.is_infinite());
    let Some(row) = first(mean, |mean| !mean.is_finite()).or_else(of_std) else { return Ok(()) };
    let place = rows.get(row).map_or_else(String::new, |row| row.place.to_string());
    Err(Error::NotFinite { input: open.input().to_owned(), place })
}

/// What is wanted of the table.
fn wanted_by(options: &Predict, model: &Model) -> Result<Wanted, Error> {
    let mut wanted = options.wanted.of_model(&model.header)?;
    if let Some(Keep::Columns(names)) = &options.keep {
        wanted.carried.clone_from(names);
    }
    if options.mark_training {
        wanted.identify = Identify::Always;
    } else if !model.networks.is_empty() {
        wanted.identify = Identify::IfRead;
    }
    Ok(wanted)
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
    let is_known = |known: &Known| model.networks.contains(known.function.short());
    Ok(numbers.networks.iter().map(is_known).collect())
}

/// The names of the columns that are predicted.
pub(super) fn names(targets: &[String], have_std: bool, intervals: &[Interval]) -> Vec<String> {
    let mut names = Vec::new();
    for target in targets {
        names.push(format!("{target}.prediction"));
        if have_std {
            names.push(format!("{target}.std"));
            names.extend(intervals.iter().flat_map(|interval| interval.names(target)));
        }
    }
    names
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

/// The places of the columns that go along. A matrix has no room for encodings.
pub(super) fn kept(
    keep: Option<&Keep>,
    format: OutputFormat,
    open: &Records,
) -> Result<Vec<usize>, Error> {
    match (keep, open.encoding()) {
        (Some(Keep::All), _) => Keep::All.places(open.own_columns()),
        (Some(keep), _) => keep.places(open.columns()),
        (None, _) if format.is_matrix() => Ok(Vec::new()),
        (None, Some(EncodingColumns::One(place))) => Ok(vec![place]),
        (None, Some(EncodingColumns::Pair(first, second, _))) => {
            Ok(vec![first.min(second), first.max(second)])
        }
        (None, None) => Ok(Vec::new()),
    }
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
