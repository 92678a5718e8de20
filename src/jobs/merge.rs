//! Lists of the best networks in, the best of all of them out.

use std::ops::ControlFlow;

use crate::dataset::columns::ColumnChoice;
use crate::dataset::records::Records;
use crate::dataset::top::Top;
use crate::dataset::uses::Use;
use crate::dataset::{Error, FileRole, Identify, Request, RowCounts};
use crate::metrics::{Direction, Objective, Stated, ranked_by};
use crate::table::{Begun, Input, Output, OutputFormat, Value};

/// The name of the column of ranks.
const RANK: &str = "rank";

/// What ends the name of a column of predictions.
const PREDICTION: &str = ".prediction";

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Merge {
    /// How the lists are read.
    pub request: Request,
    /// The target whose prediction ranks them; it must be named if there are several.
    pub by: Option<String>,
    /// Its direction, if its name does not tell.
    pub stated: Stated,
    /// How many networks are written.
    pub top: usize,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// How many rows were read.
    pub read: u64,
    /// How many were written.
    pub written: u64,
    /// The target that they are ranked by, and its direction.
    pub ranked: (String, Direction),
    /// Rows that were not read as they are.
    pub aside: RowCounts,
}

/// Writes the best rows of several tables of predictions with their ranks, each network once. The tables have the same
/// columns; a column of ranks is made anew.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, has no networks, other columns than the first or no predictions, or the direction of the
/// target is open.
///
/// # Complexity
///
/// O(rows); memory does not grow with their number.
pub fn merge(inputs: &[Input], output: &Output, options: &Merge) -> Result<Merged, Error> {
    let files: Vec<_> = inputs.iter().map(|input| (input.path(), FileRole::OneInput)).collect();
    let mut rejects = options.request.networks.open_rejects(&files)?;
    let request = Request { identify: Identify::Always, ..options.request.clone() };
    let uses = [Use::Columns(format!("*{PREDICTION}"))];
    let choice = ColumnChoice::Groups { uses: &uses, proxies: &[], columns: &[], prior: None };
    let begun = Begun::new(output, options.format)?;
    let mut top = Top::new(options.top);
    let mut by: Option<(usize, Objective, Direction)> = None;
    let mut names: Option<Vec<String>> = None;
    let (mut read, mut aside) = (0, RowCounts::default());
    for input in inputs {
        Records::read(input, &request, &choice, &[], &mut rejects, &mut |open, numbers| {
            let expected = names.get_or_insert_with(|| open.columns().to_vec());
            if *expected != open.columns() {
                return Err(Error::other_columns(input.to_string(), open.columns(), expected));
            }
            if open.space().is_none() {
                return Err(Error::NoNetworks { input: open.input().to_owned() });
            }
            let predicted = open.predictors();
            let (place, _, direction) = match &by {
                Some(by) => by,
                None => by.insert(ranks(&predicted, options)?),
            };
            let kept: Vec<usize> =
                (0..expected.len()).filter(|&column| expected[column] != RANK).collect();
            for (row, known) in numbers.networks.into_iter().enumerate() {
                let worth = direction.worth(numbers.records[row * predicted.len() + place]);
                if top.is_open(worth) {
                    let values = &numbers.rows[row].values;
                    let values: Vec<Value> = kept.iter().map(|&at| values[at].clone()).collect();
                    top.add(worth, known.identity, known.encoding, values);
                }
                read += 1;
            }
            aside += numbers.aside;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    let (Some((_, objective, direction)), Some(names)) = (by, names) else {
        let inputs: Vec<_> = inputs.iter().map(ToString::to_string).collect();
        return Err(Error::NoRows { input: inputs.join(", "), aside });
    };
    let kept: Vec<String> = names.into_iter().filter(|name| name != RANK).collect();
    let mut writer = begun.with_columns(&kept, &[RANK.to_owned()])?;
    let (mut line, mut written) = (Vec::new(), 0);
    for (rank, _, values) in top.ranked() {
        let values: Vec<&Value> = values.iter().collect();
        let encoded = writer.encoder().row(&values, &[rank as f64], &mut line);
        encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        written += 1;
    }
    writer.write(written, &line)?;
    writer.finish()?;
    Ok(Merged { read, written, ranked: (objective.target, direction), aside })
}

/// The place of the prediction that ranks rows, its target, and its direction.
fn ranks(predicted: &[String], options: &Merge) -> Result<(usize, Objective, Direction), Error> {
    let targets = predicted.iter().map(|name| name.strip_suffix(PREDICTION).unwrap_or(name));
    let objectives: Vec<Objective> = targets.map(Objective::of).collect();
    let objectives = options.stated.complete(&objectives)?;
    let (place, objective) = ranked_by(&objectives, options.by.as_deref())?;
    let direction = objective.needed_for("the rank of a prediction")?;
    Ok((place, objective.clone(), direction))
}
