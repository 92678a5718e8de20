//! `graf compare --train-on`: what is learned on one benchmark, measured on others.

use std::io::{self, Write};
use std::path::Path;

use super::{CompareArgs, metrics};
use crate::cli::features::check_chosen;
use crate::cli::fit::shared_and;
use crate::cli::input::{counted, notes};
use crate::cli::{Common, Failure};
use crate::control::Control;
use crate::dataset::{Benchmark, BenchmarkOptions};
use crate::experiment::{Matrix, Size, Stranger, Transfer};
use crate::report::{Progress, names_of_matrix, write_matrix};

/// The digits after the point by default.
const DIGITS: usize = 3;

pub(super) fn run(args: &CompareArgs, train: &Path, common: &Common) -> Result<(), Failure> {
    let request = args.learn.request(&args.read)?;
    let uses = match args.uses.as_slice() {
        [] => shared_and(&[]),
        [set] => shared_and(&set.groups),
        _ => return Err(Failure::Usage("--train-on takes one --use; name one set".to_owned())),
    };
    let features = args.features.config()?;
    check_chosen(&uses, &features)?;
    let mut learners = args.parameters.learners(&args.predictor)?;
    let (Some(learner), true) = (learners.pop(), learners.is_empty()) else {
        return Err(Failure::Usage("--train-on takes one --predictor; name one".to_owned()));
    };
    let transfer = Transfer {
        train: Benchmark::read_file(train)?,
        test: args.test_on.as_deref().map(Benchmark::read_file).transpose()?,
        options: BenchmarkOptions {
            uses,
            proxies: args.proxies.clone(),
            features,
            missing: request.missing,
            skip_broken: request.networks.skip_broken,
            footprint: learner.footprint(1),
        },
        learner,
        seed: args.seed,
        metrics: metrics(&args.metric, &["kendall_tau"]),
    };
    let progress = Progress::of(common.quiet, transfer.train.len() as u64, "models");
    let counted = progress.clone();
    let control = Control::default().on_progress(move |progress| counted.set(progress.done as u64));
    let matrix = transfer.run(&control);
    progress.clear();
    let matrix = matrix?;
    if !common.quiet {
        told(&matrix, args)?;
    }
    let style = args.style(DIGITS, &names_of_matrix(&matrix))?;
    Ok(write_matrix(&matrix, args.output_format, &style, io::stdout().lock())?)
}

/// Says what was learned and predicted, and which operations models have not seen.
fn told(matrix: &Matrix, args: &CompareArgs) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let sizes = |all: &[Size]| {
        let each = all.iter();
        let each = each.map(|Size { name, rows, .. }| {
            format!("{name} ({})", counted(*rows as u64, "network"))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    writeln!(out, "graf: learned on {}; seed {}", sizes(&matrix.learned_on), args.seed)?;
    if matrix.tested_on != matrix.learned_on {
        writeln!(out, "  tested on {}", sizes(&matrix.tested_on))?;
    }
    let others = matrix.tested_on.iter().filter(|tested| !matrix.learned_on.contains(tested));
    for Size { name, aside, .. } in matrix.learned_on.iter().chain(others) {
        for note in notes(aside) {
            writeln!(out, "  {name}: {note}")?;
        }
    }
    // Models that lack the same for a benchmark share a line.
    let mut lines: Vec<(&Stranger, Vec<&str>)> = Vec::new();
    for one in &matrix.strangers {
        let is_same =
            |other: &&Stranger| other.tested_on == one.tested_on && other.unseen == one.unseen;
        match lines.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, names)) => names.push(&one.learned_on),
            None => lines.push((one, vec![&one.learned_on])),
        }
    }
    for (Stranger { tested_on, unseen, .. }, names) in lines {
        let networks = counted(unseen.networks, "network");
        let tested = &matrix.tested_on[*tested_on].name;
        let (names, kinds) = (names.join(", "), unseen.kinds.names().join(", "));
        writeln!(out, "  {networks} of {tested} with operations not seen on {names}: {kinds}")?;
    }
    Ok(())
}
