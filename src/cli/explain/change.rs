//! What changes of a network do to its prediction.

use std::io::Write;
use std::path::Path;

use super::ExplainArgs;
use crate::cli::Failure;
use crate::cli::list::TableLayout;
use crate::dataset::Error;
use crate::jobs::{AllChanged, Changes, changes, drawing, improve, write_changes};
use crate::model::Model;
use crate::table::{AtomicFile, TableError};

/// Lists changes and draws the network, as far as that is asked for.
pub(super) fn run(
    args: &ExplainArgs,
    model: &Model,
    network: &str,
    layout: Option<TableLayout>,
) -> Result<(), Failure> {
    let options = Changes {
        request: args.learn.request(&args.read)?,
        target: args.target.clone(),
        stated: args.directions.stated(),
    };
    if args.changes || args.svg.is_some() {
        let all = changes(model, network, &options)?;
        if let Some(path) = &args.svg {
            draw(&all, path)?;
        }
        if args.changes {
            write(args, &all, layout)?;
        }
    }
    if let Some(steps) = args.improve {
        write(args, &improve(model, network, steps.into(), &options)?, layout)?;
    }
    Ok(())
}

fn write(args: &ExplainArgs, all: &AllChanged, layout: Option<TableLayout>) -> Result<(), Failure> {
    match layout {
        None => {
            args.result.write_data(|output, format| write_changes(all, usize::MAX, output, format))
        }
        Some(layout) => args.result.write_shown(layout, |output, format| {
            write_changes(all, args.n as usize, output, format)
        }),
    }
}

fn draw(all: &AllChanged, path: &Path) -> Result<(), Failure> {
    let drawn = drawing(all)?;
    let write = || {
        let mut file = AtomicFile::create(path)?;
        file.write_all(drawn.as_bytes())?;
        file.commit()
    };
    let name = path.display().to_string();
    Ok(write().map_err(|source| Error::Table(TableError::Write { output: name, source }))?)
}
