//! A model and a table with the truth in, metrics out.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ndarray::ArrayView2;

use crate::dataset::FileRole;
use crate::dataset::columns::ColumnChoice;
use crate::dataset::impute::Filling;
use crate::dataset::planned::features_for;
use crate::dataset::records::Records;
use crate::dataset::written::check_finite;
use crate::dataset::{Error, RowCounts};
use crate::dataset::{Identify, Request, Use};
use crate::metrics::{Direction, Directions, METRICS, Metric, Objective, Stated};
use crate::model::Model;
use crate::ranking::RankingError;
use crate::ranking::UsedAs;
use crate::table::{Input, clip_list, find_column};

/// How well a model predicts one target on one group of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The column with its true values.
    pub target: String,
    /// The group, if rows were grouped.
    pub group: Option<String>,
    /// How many rows it has.
    pub rows: usize,
    /// Which of the true values are better; `None` if that is open.
    pub direction: Option<Direction>,
    /// Each metric; NaN where it has no value. Those that depend on a direction that is open are left
    /// out.
    pub metrics: Vec<(Metric, f64)>,
}

/// What was measured, and what was not.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// For each target and group.
    pub evaluations: Vec<Evaluation>,
    /// Rows of networks that the model was trained on, which were left out; `None` if the model or the
    /// table does not tell its networks.
    pub left_out: Option<u64>,
    /// Rows that were not measured as they are.
    pub aside: RowCounts,
}

/// The truth and the prediction of each row, by target and group.
type Pairs = BTreeMap<(usize, Option<String>), (Vec<f64>, Vec<f64>)>;

/// Measures a model on a table that has its targets, or other columns with their true values in the
/// place of these (one for each), for each value of the column `group_by`, of
/// the table or a joined one, on its own if there is one. Rows of networks that the model was trained on are
/// left out unless `include_training`. Directions that are `stated` complete those
/// of the model.
///
/// # Errors
///
/// [`Error`] if the table cannot be read or lacks a column, or columns are named for more or fewer
/// targets than the model has, or a direction contradicts the model's;
/// [`Error::AllTraining`] if no row is left.
pub fn evaluate(
    model: &Model,
    input: &Input,
    request: &Request,
    targets: Option<&[String]>,
    group_by: Option<&str>,
    stated: &Stated,
    include_training: bool,
) -> Result<Measured, Error> {
    let header = &model.header;
    let predictors = ColumnChoice::Named(&header.columns, &header.proxies);
    let mut request = request.of_model(header)?;
    request.carried.extend(group_by.map(str::to_owned));
    let asks = !model.networks.is_empty() && !include_training;
    if asks {
        request.identify = Identify::Always;
    }
    let mut left_out = (asks || include_training).then_some(0);
    let mut rejects = request.networks.open_rejects(&[(input.path(), FileRole::Input)])?;
    let mut pairs = Pairs::new();
    let (mut aside, mut filling) = (RowCounts::default(), Filling::default());
    let targets = targets.unwrap_or(&header.targets);
    if targets.len() != header.targets.len() {
        return Err(Error::Targets { found: targets.len(), expected: clip_list(&header.targets) });
    }
    let directions = stated.sides(&header.objectives(), targets)?;
    Records::read(
        input,
        &request,
        &predictors,
        targets,
        &mut rejects,
        &mut |open, mut numbers| {
            let group_place = place_of_group(open, group_by)?;
            if let Some(medians) = &header.medians {
                filling.fill(&mut numbers.records, medians);
            }
            aside += numbers.aside;
            let shape = (numbers.rows.len(), header.columns.len());
            let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
                return Ok(ControlFlow::Continue(()));
            };
            if asks && numbers.networks.len() != numbers.rows.len() {
                left_out = None;
            }
            let predicted = model.predictor.mean(records)?;
            check_finite(&predicted, None, open, &numbers.rows)?;
            let width = targets.len();
            for (index, row) in numbers.rows.iter().enumerate() {
                let network = numbers.networks.get(index).filter(|_| asks);
                if network.is_some_and(|known| model.networks.contains(known.function.short())) {
                    left_out = left_out.map(|rows| rows + 1);
                    continue;
                }
                let group = group_place.map(|column| row.values[column].text().into_owned());
                for target in 0..width {
                    let (truth, prediction) = pairs.entry((target, group.clone())).or_default();
                    truth.push(numbers.targets[index * width + target]);
                    prediction.push(predicted[[index, target]]);
                }
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    aside.filled = filling.total();
    if let (true, Some(rows @ 1..)) = (pairs.is_empty(), left_out) {
        return Err(Error::AllTraining { input: input.to_string(), rows });
    }
    if pairs.is_empty() {
        return Err(Error::NoRows { input: input.to_string(), aside });
    }
    Ok(Measured { evaluations: measured(pairs, targets, &directions), left_out, aside })
}

/// Measures a column of a table, or a feature, that stands for the predictions of a target, for each value of the column
/// `group_by` on its own if there is one. Greater values are predictions of greater values of the target.
///
/// # Errors
///
/// [`Error`] if the table cannot be read or lacks a column, or several columns are named.
pub fn evaluate_column(
    input: &Input,
    request: &Request,
    (prediction, target): (&str, &str),
    group_by: Option<&str>,
    stated: &Stated,
) -> Result<Measured, Error> {
    let uses = [Use::Named(prediction.to_owned())];
    let predictors = ColumnChoice::Groups { uses: &uses, proxies: &[], columns: &[], prior: None };
    let mut request =
        Request { features: features_for(&uses, &request.features), ..request.clone() };
    request.carried.extend(group_by.map(str::to_owned));
    let objectives = stated.complete(&[Objective::of(target)])?;
    let direction = objectives.first().and_then(Objective::direction);
    let targets = [target.to_owned()];
    let mut rejects = request.networks.open_rejects(&[(input.path(), FileRole::Input)])?;
    let (mut pairs, mut aside) = (Pairs::new(), RowCounts::default());
    Records::read(input, &request, &predictors, &targets, &mut rejects, &mut |open, numbers| {
        let count = open.predictors().len();
        if count != 1 {
            let (used_as, name) = (UsedAs::Prediction, prediction.to_owned());
            return Err(RankingError::OneColumn { used_as, name, count }.into());
        }
        let group_place = place_of_group(open, group_by)?;
        aside += numbers.aside;
        let both = numbers.targets.iter().zip(&numbers.records);
        for (row, (truth, predicted)) in numbers.rows.iter().zip(both) {
            let group = group_place.map(|column| row.values[column].text().into_owned());
            let (truths, predictions) = pairs.entry((0, group)).or_default();
            truths.push(*truth);
            predictions.push(*predicted);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    if pairs.is_empty() {
        return Err(Error::NoRows { input: input.to_string(), aside });
    }
    let directions = [Directions::both(direction)];
    Ok(Measured { evaluations: measured(pairs, &targets, &directions), left_out: Some(0), aside })
}

/// The place of the column that groups rows.
fn place_of_group(open: &Records, group_by: Option<&str>) -> Result<Option<usize>, Error> {
    let place = |name: &str| {
        let index = find_column(open.columns(), name);
        index.ok_or_else(|| Error::GroupBy {
            name: name.to_owned(),
            columns: clip_list(open.columns()),
        })
    };
    group_by.map(place).transpose()
}

/// The metrics of each target and group.
fn measured(pairs: Pairs, targets: &[String], directions: &[Directions]) -> Vec<Evaluation> {
    let evaluations = pairs.into_iter().map(|((target, group), (truth, predicted))| Evaluation {
        target: targets[target].clone(),
        group,
        rows: truth.len(),
        direction: directions[target].truth,
        metrics: METRICS
            .iter()
            .filter(|metric| directions[target].are_known() || !metric.needs_direction())
            .map(|&metric| {
                // One row is no order to measure.
                let value = metric.compute_in(directions[target], &truth, &predicted);
                (metric, value.unwrap_or(f64::NAN))
            })
            .collect(),
    });
    evaluations.collect()
}
