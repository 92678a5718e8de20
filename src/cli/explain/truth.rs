//! What columns are worth on a table with true values, and how stable that is.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::ExplainArgs;
use crate::cli::input::{counted, notes};
use crate::cli::list::TableLayout;
use crate::cli::{Common, Failure};
use crate::dataset::{Error, RowCounts};
use crate::jobs::{Permute, Rules, Stability, permute, write_rules, write_stability};
use crate::model::{Grouping, Model};
use crate::table::{Input, Output, OutputFormat, clip};

/// Shuffles columns, fits on other training sets, or describes the best quarter.
pub(super) fn run(
    args: &ExplainArgs,
    model: &Model,
    input: &Input,
    layout: Option<TableLayout>,
    common: &Common,
) -> Result<(), Failure> {
    let (said, aside) = if args.rules {
        rules(args, model, input, layout)?
    } else if args.summary {
        repeated(args, model, input, layout)?
    } else {
        permuted(args, model, input, layout)?
    };
    if !common.quiet {
        let notes = notes(&aside).into_iter().map(|note| format!("; {note}"));
        writeln!(io::stderr().lock(), "graf: {said}{}", notes.collect::<String>())?;
    }
    Ok(())
}

fn write<T>(
    args: &ExplainArgs,
    layout: Option<TableLayout>,
    make: impl FnOnce(&Output, Option<OutputFormat>) -> Result<T, Error>,
) -> Result<T, Failure> {
    match layout {
        Some(layout) => args.result.write_shown(layout, make),
        None => args.result.write_data(make),
    }
}

/// How often columns are shuffled, if that is not said.
const SHUFFLES: u16 = 5;

/// How contributions and columns are put together: as asked, or by groups, if the model has any.
fn grouping(args: &ExplainArgs, model: &Model) -> Grouping {
    let by = if model.header.groups.is_empty() { Grouping::Column } else { Grouping::Group };
    args.by.map_or(by, Grouping::from)
}

fn repeated(
    args: &ExplainArgs,
    model: &Model,
    input: &Input,
    layout: Option<TableLayout>,
) -> Result<(String, RowCounts), Failure> {
    let options = Stability {
        request: args.learn.request(&args.read)?,
        target: args.target.clone(),
        by: grouping(args, model),
        repeats: args.repeats.unwrap_or(1).into(),
        seed: args.seed,
    };
    let done = write(args, layout, |output, format| {
        write_stability(model, input, &options, output, format)
    })?;
    let (size, rows) = done.drawn;
    let said = format!(
        "contributions to {} on {}, by {} fitted on {} of {rows}; mean_rank is by mean_size, 1 is the largest; \
         _std is the standard deviation over the training sets",
        clip(&done.target),
        counted(done.explained as u64, "network"),
        counted(options.repeats as u64, "predictor"),
        counted(size as u64, "row"),
    );
    Ok((said, done.aside))
}

fn permuted(
    args: &ExplainArgs,
    model: &Model,
    input: &Input,
    layout: Option<TableLayout>,
) -> Result<(String, RowCounts), Failure> {
    let repeats = args.repeats.unwrap_or(SHUFFLES);
    let options = Permute {
        request: args.learn.request(&args.read)?,
        target: args.target.clone(),
        by: grouping(args, model),
        repeats: repeats.into(),
        seed: args.seed,
    };
    let done =
        write(args, layout, |output, format| permute(model, input, &options, output, format))?;
    let rows = counted(done.rows.0 as u64, "row");
    let mut said = format!(
        "Kendall tau of {} is {:.3} on {rows}; a drop is how far it falls when columns are shuffled, the mean of {}",
        clip(&done.target),
        done.tau,
        counted(repeats.into(), "repeat")
    );
    if done.rows.1 > done.rows.0 as u64 {
        let _ = write!(said, "; sampled evenly of {}", counted(done.rows.1, "row"));
    }
    match done.left_out {
        Some(0) => {}
        Some(rows) => {
            let _ =
                write!(said, "; skipped {} of networks in the training set", counted(rows, "row"));
        }
        None => {
            said += "; rows of the training set may be among them, as networks are not identified";
        }
    }
    Ok((said, done.aside))
}

fn rules(
    args: &ExplainArgs,
    model: &Model,
    input: &Input,
    layout: Option<TableLayout>,
) -> Result<(String, RowCounts), Failure> {
    let options = Rules {
        request: args.learn.request(&args.read)?,
        target: args.target.clone(),
        stated: args.directions.stated(),
    };
    let done =
        write(args, layout, |output, format| write_rules(model, input, &options, output, format))?;
    let (target, direction) = &done.target;
    let than = match direction {
        crate::metrics::Direction::Maximize => "at least",
        crate::metrics::Direction::Minimize => "at most",
    };
    let said = format!(
        "the best quarter: {} of {} with {} {than} {}; precision is the share of them among the rows that a rule holds \
         for (support), recall the share of them that it holds for",
        done.best.0,
        counted(done.best.1 as u64, "row"),
        clip(target),
        done.bound
    );
    Ok((said, done.aside))
}
