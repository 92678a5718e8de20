//! A model and a table in, predictions out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::fit::fill;
use super::gather::twice;
use super::predictors::Predictors;
use super::records::{Aside, Records};
use super::wanted::Wanted;
use super::{Error, Keep, PART_ROWS};
use crate::predictor::memo::Memo;
use crate::predictor::model::Model;
use crate::space::EncodingColumns;
use crate::table::{Input, Output, OutputFormat, Row, Value, Writer};

/// What `graf predict` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Predict {
    /// How the table is read.
    pub wanted: Wanted,
    /// Which of the input's columns go along, or by name also of the joined tables'; by default
    /// those of the encoding, or none into a matrix.
    pub keep: Option<Keep>,
    /// Only so many of the greatest predictions of the first target, the best first.
    pub top: Option<usize>,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// The rows of a prediction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Predicted {
    /// Rows written.
    pub written: u64,
    /// Rows that were not predicted as they are.
    pub aside: Aside,
}

/// Writes for each row the columns that are kept, and for each target the prediction and, of a
/// predictor that has one, its standard deviation.
///
/// Rows are predicted chunk by chunk, so that memory does not grow with the table, also with
/// [`Predict::top`].
///
/// # Errors
///
/// [`Error`] if the table cannot be read or does not have what the model needs.
pub fn predict(
    model: &Model,
    input: &Input,
    output: &Output,
    options: &Predict,
    progress: &mut dyn FnMut(u64),
) -> Result<Predicted, Error> {
    let predictors = Predictors::Named(&model.header.columns, &model.header.proxies);
    let mut wanted = options.wanted.of_model(&model.header)?;
    if let Some(Keep::Columns(names)) = &options.keep {
        wanted.carried.clone_from(names);
    }
    let format = match options.format {
        Some(format) => format,
        None => OutputFormat::of_output(output)?,
    };
    let files = [(input.path(), "the input"), (output.path(), "--output")];
    let mut rejects = wanted.networks.open_rejects(&files)?;
    let mut writer: Option<(Writer, Vec<usize>)> = None;
    let mut best: BinaryHeap<Reverse<Ranked>> = BinaryHeap::new();
    let mut done = Predicted::default();
    let mut read = 0;
    let mut memo = Memo::new(&*model.predictor);
    Records::read(input, &wanted, &predictors, &[], &mut rejects, &mut |open, mut numbers| {
        if let Some(medians) = &model.header.medians {
            fill(&mut numbers.records, medians);
        }
        done.aside += numbers.aside;
        read += numbers.rows.len() as u64 + numbers.aside.dropped + numbers.aside.broken;
        let shape = (numbers.rows.len(), model.header.columns.len());
        let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
            return Ok(ControlFlow::Continue(()));
        };
        let (mean, std) = memo.mean_and_std(records);
        let (writer, kept) = match &mut writer {
            Some((writer, kept)) => (writer, &*kept),
            none => {
                let kept = kept(options.keep.as_ref(), format, open)?;
                let names = names(&model.header.targets, std.is_some());
                let kept_names: Vec<_> =
                    kept.iter().map(|&place| open.columns()[place].clone()).collect();
                if let Some(name) = twice(&[&kept_names[..], &names[..]].concat()) {
                    return Err(Error::Taken { name, fix: "leave it out with --keep" });
                }
                let made = Writer::create(output, Some(format), &kept_names, &names)?;
                let (writer, kept) = none.insert((made, kept));
                (writer, &*kept)
            }
        };
        let of_row = |place: usize| -> Vec<f64> {
            let mean = mean.row(place).into_iter();
            match &std {
                None => mean.copied().collect(),
                Some(std) => mean.zip(std.row(place)).flat_map(|(&m, &s)| [m, s]).collect(),
            }
        };
        let Some(top) = options.top else {
            let parts = numbers.rows.par_chunks(PART_ROWS).enumerate().map(|(part, rows)| {
                let mut encoded = Vec::new();
                for (row, place) in rows.iter().zip(part * PART_ROWS..) {
                    let values: Vec<_> = kept.iter().map(|&place| &row.values[place]).collect();
                    encode(writer, &values, &of_row(place), row, open, &mut encoded)?;
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
        for (place, row) in numbers.rows.into_iter().enumerate() {
            let values = kept.iter().map(|&place| row.values[place].clone()).collect();
            best.push(Reverse(Ranked { predicted: of_row(place), order: read, place, values }));
            if best.len() > top {
                best.pop();
            }
        }
        progress(read);
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    let Some((mut writer, _)) = writer else { return Ok(done) };
    let format = writer.encoder();
    for Reverse(ranked) in best.into_sorted_vec() {
        let values: Vec<_> = ranked.values.iter().collect();
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

/// The names of the columns that are predicted.
pub(super) fn names(targets: &[String], have_std: bool) -> Vec<String> {
    let mut names = Vec::new();
    for target in targets {
        names.push(format!("{target}.prediction"));
        if have_std {
            names.push(format!("{target}.std"));
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
        (None, _) if format == OutputFormat::Npy => Ok(Vec::new()),
        (None, Some(EncodingColumns::One(place))) => Ok(vec![place]),
        (None, Some(EncodingColumns::Pair(first, second, _))) => {
            Ok(vec![first.min(second), first.max(second)])
        }
        (None, None) => Ok(Vec::new()),
    }
}

/// A predicted row among the best: greater with a greater prediction, and of equal ones the
/// earlier.
struct Ranked {
    predicted: Vec<f64>,
    /// Rows read with and before its chunk, and its place there.
    order: u64,
    place: usize,
    values: Vec<Value>,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let earlier = || (other.order, other.place).cmp(&(self.order, self.place));
        self.predicted[0].total_cmp(&other.predicted[0]).then_with(earlier)
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
