//! A model's columns and a table with the truth in, rules for its best quarter out.

use ndarray::Axis;

use crate::dataset::truth::Truth;
use crate::dataset::{Error, Request, RowCounts};
use crate::explain::{RuleCondition, rules};
use crate::metrics::{Direction, Stated, ranked_by};
use crate::model::Model;
use crate::table::{Begun, Input, Output, OutputFormat, Value};

/// The most rows that rules are made of.
const MOST_ROWS: usize = 4096;

/// The fewest rows that rules are made of.
const LEAST_ROWS: usize = 20;

/// What `graf explain --rules` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// How the table is read.
    pub request: Request,
    /// The target; it must be named if the model has several.
    pub target: Option<String>,
    /// Directions that complete those of the model.
    pub stated: Stated,
}

/// What rules were made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruled {
    /// The target, and which of its values are better.
    pub target: (String, Direction),
    /// The least good value of the best quarter.
    pub bound: f64,
    /// How many rows are in the best quarter (values equal to the bound all are), and how many there are.
    pub best: (usize, usize),
    /// Rows that are not as they stand in the table.
    pub aside: RowCounts,
}

/// Writes [rules] for the best quarter of the rows of a table by their true values: conditions on
/// the columns of a model, one of each group of nearly equal ones. The predictor of the model has no part in it. Of more than
/// 4,096 rows every second, fourth, … is taken.
///
/// # Errors
///
/// [`Error`] if the table cannot be read, lacks a column or has fewer than 20 rows, the direction of the target is open, or
/// the output cannot be written.
pub fn write_rules(
    model: &Model,
    input: &Input,
    options: &Rules,
    output: &Output,
    format: Option<OutputFormat>,
) -> Result<Ruled, Error> {
    let header = &model.header;
    let objectives = options.stated.complete(&header.objectives())?;
    let (target, objective) = ranked_by(&objectives, options.target.as_deref())?;
    let direction = objective.needed_for("the best quarter")?;
    let begun = Begun::new(output, format)?;
    if begun.format().is_matrix() {
        return Err(Error::NotNumbers);
    }
    let truth = Truth::read(model, input, &options.request, true, MOST_ROWS)?;
    let rows = truth.records.nrows();
    if rows < LEAST_ROWS {
        return Err(Error::Unsuited(format!(
            "too few rows for rules: {rows} of at least {LEAST_ROWS}"
        )));
    }
    let worths = direction.worths(&truth.targets.column(target).to_vec());
    let mut sorted = worths.clone();
    sorted.sort_unstable_by(|one, other| other.total_cmp(one));
    let bound = sorted[rows.div_ceil(4) - 1];
    let is_best: Vec<bool> = worths.iter().map(|&worth| worth >= bound).collect();
    let first = |column: &usize| header.groups.get(*column).is_none_or(|first| first == column);
    let columns: Vec<usize> = (0..header.columns.len()).filter(first).collect();
    let records = truth.records.select(Axis(1), &columns);
    let found = rules(records.view(), &is_best);
    let mut writer = begun.with_columns(
        &["rule".to_owned()],
        &["support", "precision", "recall"].map(str::to_owned),
    )?;
    for rule in found {
        let words = |one: &RuleCondition| {
            let sign = if one.is_above { ">" } else { "<=" };
            format!("{} {sign} {}", header.columns[columns[one.column]], one.threshold)
        };
        let text = rule.conditions.iter().map(words).collect::<Vec<_>>().join(" and ");
        let mut line = Vec::new();
        let numbers = [rule.support as f64, rule.precision, rule.recall];
        let text = Value::Text(text.into());
        let encoded = writer.encoder().row(&[&text], &numbers, &mut line);
        encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        writer.write(1, &line)?;
    }
    writer.finish()?;
    let best = (is_best.iter().filter(|best| **best).count(), rows);
    let target = (objective.target.clone(), direction);
    Ok(Ruled { target, bound: direction.worth(bound), best, aside: truth.aside })
}
