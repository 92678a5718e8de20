//! `graf inspect`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::list::{self, ReportFormat, write_json};
use super::{Common, Failure, model};
use crate::metrics::Objective;
use crate::model::Card;
use crate::predictor::by_name;
use crate::report::facts;
use crate::table::clip;

/// Show what a model file contains
///
/// Search space, features, targets and their directions, parameters, out-of-bag or cross-validated
/// scores, and the importance of each feature, as JSON; or a table of the main facts, or of the importances.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      -o cs.graf
  graf inspect cs.graf --output-format table
  graf inspect cs.graf --importances -n 10")]
pub(super) struct InspectArgs {
    /// Model file
    model: PathBuf,
    /// Show a table of the importances of the features instead, the largest first
    ///
    /// With the correlation of each feature with the target in the training set.
    #[arg(long)]
    importances: bool,
    /// With --importances: number of features to show [default: all]
    #[arg(short, value_name = "N", requires = "importances", value_parser = clap::value_parser!(u32).range(1..))]
    n: Option<u32>,
    /// Output format [default: json; table with --importances]
    ///
    /// Without --importances json has all that the file says; the others have the main facts.
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<ReportFormat>,
}

pub(super) fn run(args: &InspectArgs, common: &Common) -> Result<(), Failure> {
    let mut model = model::read(&args.model)?;
    settle(&mut model.header);
    if args.importances {
        return importances(args, &model.header, common);
    }
    let out = io::stdout().lock();
    match args.output_format.unwrap_or(ReportFormat::Json) {
        ReportFormat::Json => Ok(write_json(&model.header, out)?),
        format => {
            let rows = facts(&model.header).into_iter().map(|(name, value)| [name, value]);
            Ok(list::write(format, &(), ["fact", "value"], rows, out)?)
        }
    }
}

/// Puts the directions in which commands use a model in the place of those that were stated.
fn settle(header: &mut Card) {
    header.directions = header.objectives().iter().map(Objective::direction).collect();
    if let Some(prior) = &mut header.prior {
        settle(prior);
    }
}

/// Shows the importance of each column, and how it goes along with the target.
fn importances(args: &InspectArgs, header: &Card, common: &Common) -> Result<(), Failure> {
    let Some(shares) = &header.importances else {
        return Err(Failure::Usage(format!(
            "the predictor {} has no importances; graf explain --summary shows the mean size of contributions, and \
             --permutation what shuffled columns do",
            header.predictor
        )));
    };
    if !common.quiet {
        let meaning = by_name(&header.predictor).map_or("", |kind| kind.importance);
        let target = header.targets.first().map(|target| clip(target)).unwrap_or_default();
        writeln!(
            io::stderr().lock(),
            "graf: importance is {meaning}; correlation is Spearman's, of the column with {target} in the training set"
        )?;
    }
    let correlation = |column: usize| header.correlations.get(column).copied().flatten();
    let mut order: Vec<usize> = (0..header.columns.len()).collect();
    order.sort_by(|&one, &other| shares[other].total_cmp(&shares[one]));
    order.truncate(args.n.map_or(usize::MAX, |n| n as usize));
    let json: Vec<_> = order
        .iter()
        .map(|&column| {
            json!({
                "importance": shares[column],
                "correlation": correlation(column),
                "column": header.columns[column],
            })
        })
        .collect();
    let rows = order.iter().map(|&column| {
        let correlation = correlation(column).map_or_else(String::new, |r| format!("{r:+.2}"));
        [format!("{:.4}", shares[column]), correlation, header.columns[column].clone()]
    });
    let names = ["importance", "correlation", "column"];
    let format = args.output_format.unwrap_or(ReportFormat::Table);
    Ok(list::write(format, &json, names, rows, io::stdout().lock())?)
}
