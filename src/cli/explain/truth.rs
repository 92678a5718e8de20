//! What columns are worth on a table with true values.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::ExplainArgs;
use crate::cli::input::{counted, notes};
use crate::cli::list::TableLayout;
use crate::cli::{Common, Failure};
use crate::dataset::{Error, RowCounts};
use crate::jobs::{Permute, Rules, permute, write_rules};
use crate::model::{Grouping, Model};
use crate::table::{Input, Output, OutputFormat, clip};

/// Shuffles columns, or describes the best quarter.
pub(super) fn run(
    args: &ExplainArgs,
    model: &Model,
    input: &Input,
    layout: Option<TableLayout>,
    common: &Common,
) -> Result<(), Failure> {
    let (said, aside) = if args.rules {
        rules(args, model, input, layout)?
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

fn permuted(
    args: &ExplainArgs,
    model: &Model,
    input: &Input,
    layout: Option<TableLayout>,
) -> Result<(String, RowCounts), Failure> {
    let by = if model.header.groups.is_empty() { Grouping::Column } else { Grouping::Group };
    let options = Permute {
        request: args.learn.request(&args.read)?,
        target: args.target.clone(),
        by: args.by.map_or(by, Grouping::from),
        repeats: args.repeats.into(),
        seed: args.seed,
    };
    let done =
        write(args, layout, |output, format| permute(model, input, &options, output, format))?;
    let rows = counted(done.rows.0 as u64, "row");
    let mut said = format!(
        "Kendall tau of {} is {:.3} on {rows}; a drop is how far it falls when columns are shuffled, the mean of {}",
        clip(&done.target),
        done.tau,
        counted(args.repeats.into(), "repeat")
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
