//! A model and a table with the truth in, what shuffled columns do to the ranking out.

use ndarray::{Array1, ArrayView2, Axis};

use crate::dataset::truth::Truth;
use crate::dataset::{Error, Request, RowCounts};
use crate::explain::drops;
use crate::metrics::{kendall_tau, ranked_by};
use crate::model::{By, Model, Parts};
use crate::space::SearchSpace;
use crate::table::{Begun, Input, Output, OutputFormat, Value};

/// The most rows that are predicted again and again.
const MOST_ROWS: usize = 4096;

/// What `graf explain --permutation` is asked for.
#[derive(Debug, Clone)]
pub struct Permute {
    /// How the table is read.
    pub request: Request,
    /// The target; it must be named if the model has several.
    pub target: Option<String>,
    /// Which columns are shuffled together.
    pub by: By,
    /// How often each is shuffled.
    pub repeats: usize,
    /// The seed.
    pub seed: u64,
}

/// What was permuted.
#[derive(Debug, Clone, PartialEq)]
pub struct Permuted {
    /// The target.
    pub target: String,
    /// Kendall's tau-b of the predictions as they are.
    pub tau: f64,
    /// How many rows were predicted, and how many there are.
    pub rows: (usize, u64),
    /// Rows of training networks, which were left out; `None` if these are not known.
    pub left_out: Option<u64>,
    /// Rows that are not as they stand in the table.
    pub aside: RowCounts,
}

/// Writes for each part of the columns how far Kendall's tau-b falls when it is shuffled
/// ([`drops`]), the largest fall first. Networks of the training set are left out; of more than 4,096 rows every
/// second, fourth, … is taken.
///
/// # Errors
///
/// [`Error`] if the table cannot be read or lacks a column, no row is left, or the output cannot be written.
pub fn permute(
    model: &Model,
    input: &Input,
    options: &Permute,
    output: &Output,
    format: Option<OutputFormat>,
) -> Result<Permuted, Error> {
    let header = &model.header;
    let (target, objective) = ranked_by(&header.objectives(), options.target.as_deref())
        .map(|(place, objective)| (place, objective.target.clone()))?;
    let space = options.request.of_model(header)?.model_space;
    let operations = space.map(SearchSpace::operations).unwrap_or_default();
    if options.by == By::Operation {
        return Err(Error::SharedColumns);
    }
    let parts = Parts::new(header, options.by, operations)
        .ok_or(Error::NoGroups { or_operations: false })?;
    let begun = Begun::new(output, format)?;
    let truth = Truth::read(model, input, &options.request, false, MOST_ROWS)?;
    // What a prior predicts is no column of its own here: it follows from the others.
    let own = |column: &usize| *column < header.columns.len();
    let named = parts.all().iter().map(|part| {
        (part.name.clone(), part.columns.iter().copied().filter(own).collect::<Vec<_>>())
    });
    let named: Vec<(String, Vec<usize>)> =
        named.filter(|(_, columns)| !columns.is_empty()).collect();
    let groups: Vec<Vec<usize>> = named.iter().map(|(_, columns)| columns.clone()).collect();
    let values = truth.targets.column(target).to_vec();
    let records = truth.records.view();
    let predicted = model.predictor.mean(records)?.index_axis_move(Axis(1), target);
    let tau = kendall_tau(&values, &predicted.to_vec());
    // Shuffled records have the same columns.
    let of_target = |records: ArrayView2<f64>| match model.predictor.mean(records) {
        Ok(mean) => mean.index_axis_move(Axis(1), target),
        Err(_) => Array1::from_elem(records.nrows(), f64::NAN),
    };
    let found = drops(&of_target, records, &values, &groups, options.repeats, options.seed);
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|&one, &other| found[other].mean.total_cmp(&found[one].mean));
    let kept = if begun.format().is_matrix() { vec![] } else { vec![options.by.to_string()] };
    let numbers = ["columns", "drop", "drop_std"].map(str::to_owned);
    let mut writer = begun.with_columns(&kept, &numbers)?;
    for place in order {
        let name = Value::Text(named[place].0.as_str().into());
        let texts: Vec<&Value> = kept.iter().map(|_| &name).collect();
        let drop = found[place];
        let numbers = [groups[place].len() as f64, drop.mean, drop.std.unwrap_or(f64::NAN)];
        let mut line = Vec::new();
        let encoded = writer.encoder().row(&texts, &numbers, &mut line);
        encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        writer.write(1, &line)?;
    }
    writer.finish()?;
    let rows = (truth.records.nrows(), truth.rows);
    let (left_out, aside) = (truth.left_out, truth.aside);
    Ok(Permuted { target: objective, tau, rows, left_out, aside })
}
