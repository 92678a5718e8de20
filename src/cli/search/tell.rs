//! `graf tell`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::cli::input::counted;
use crate::cli::{Common, Failure};
use crate::dataset::{Missing, Networks, Pool, PoolOptions, Request, UseSet};
use crate::search::{SearchError, Study, Told};
use crate::table::Input;

/// Tell a search what a network reached
///
/// Networks that were never asked are welcome, in any encoding of the space. The same result again changes nothing; of different ones for a
/// network the mean counts.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf tell run '64-41414-1_02_333' val_acc=54.2",
    after_long_help = "\
More examples:
  graf tell run --from results.csv"
)]
pub(in crate::cli) struct TellArgs {
    /// Folder of the search
    run: PathBuf,
    /// Id that graf ask wrote (or its first digits), or an encoding of the network
    #[arg(required_unless_present = "from", conflicts_with = "from")]
    network: Option<String>,
    /// Values of the objectives; others are kept with them
    #[arg(value_name = "NAME=VALUE", value_parser = parse_value, conflicts_with = "from", allow_negative_numbers = true)]
    values: Vec<(String, f64)>,
    /// The training failed: try the network again as often as --retries of graf search init says
    #[arg(long, value_name = "REASON", conflicts_with_all = ["values", "from"])]
    failed: Option<String>,
    /// The training was interrupted: ask for the network again first
    #[arg(long, conflicts_with_all = ["values", "from", "failed"])]
    release: bool,
    /// Table of trained networks with the objectives as columns
    #[arg(long, value_name = "FILE")]
    from: Option<Input>,
}

fn parse_value(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let number = value.trim().parse().map_err(|_| format!("`{value}` is not a number"))?;
    Ok((name.trim().to_owned(), number))
}

pub(in crate::cli) fn run(args: &TellArgs, common: &Common) -> Result<(), Failure> {
    let study = Study::open(&args.run)?;
    if let Some(input) = &args.from {
        return tell_table(&study, input, common);
    }
    let word = args.network.as_deref().unwrap_or_default();
    let told = if args.release {
        study.release(word)?
    } else if let Some(reason) = &args.failed {
        study.fail(word, reason)?
    } else {
        let mut values = BTreeMap::new();
        for (name, value) in &args.values {
            if values.insert(name.clone(), *value).is_some() {
                return Err(Failure::Usage(format!("{name} is told twice; tell it once")));
            }
        }
        study.tell(word, &values)?
    };
    if !common.quiet {
        let what = match told {
            Told::New => return Ok(()),
            Told::Again => "this was told before; nothing changes",
            Told::Further => "other values were told before; their mean counts",
        };
        writeln!(io::stderr(), "graf: {word}: {what}")?;
    }
    Ok(())
}

/// Tells the results of a table.
fn tell_table(study: &Study, input: &Input, common: &Common) -> Result<(), Failure> {
    let goals = study.settings().objectives.iter().map(|goal| goal.name.clone());
    let options = PoolOptions {
        request: Request {
            networks: Networks { space: Some(study.space()), ..Networks::default() },
            // Networks without a result are not trained yet.
            missing: Some(Missing::Median),
            ..Request::default()
        },
        sets: vec![UseSet { name: None, groups: vec![crate::dataset::Use::Plus] }],
        proxies: Vec::new(),
        targets: goals.collect(),
    };
    let pool = Pool::read(std::slice::from_ref(input), &options)?;
    if pool.networks.len() != pool.rows() {
        return Err(SearchError::NoNetworks { input: input.to_string() }.into());
    }
    let state = study.state()?;
    let (mut new, mut again, mut further) = (0, 0, 0);
    for (row, network) in pool.networks.iter().enumerate() {
        let names = options.targets.iter().cloned();
        let values = names.zip(pool.targets.row(row).iter().copied()).collect();
        match study.tell_of(network.identity, network.encoding.clone(), &values, &state)? {
            Told::New => new += 1,
            Told::Again => again += 1,
            Told::Further => further += 1,
        }
    }
    if !common.quiet {
        let mut out = io::stderr().lock();
        write!(out, "graf: {} told", counted(new, "result"))?;
        if again > 0 {
            write!(out, "; {again} were told before")?;
        }
        if further > 0 {
            write!(out, "; {further} differ from what was told before: their mean counts")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
