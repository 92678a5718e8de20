//! `graf inspect`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::list::{self, ReportFormat, write_json};
use super::{Common, Failure, model};
use crate::model::Card;
use crate::report::{facts, importance_meaning, importances};
use crate::table::clip;

/// Show what a model file contains
///
/// Search space, features, targets and their directions, parameters, out-of-bag or cross-validated
/// scores, and the importance of each feature with its direction, as JSON; or a table of the main facts, or of the importances.
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
    /// With their directions: + where greater values of a feature have greater predictions, - where they have smaller
    /// ones, mixed where it depends; and the correlation of each feature with the target in the training set.
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
    model.header.settle();
    if args.importances {
        return show_importances(args, &model.header, common);
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

/// Shows the importance and the direction of each column, and how it goes along with the target.
fn show_importances(args: &InspectArgs, header: &Card, common: &Common) -> Result<(), Failure> {
    let meaning = importance_meaning(header);
    let Some(mut rows) = importances(header) else {
        return Err(Failure::Usage(format!(
            "{meaning}; graf explain --summary shows the mean size of contributions, and --permutation what shuffled \
             columns do"
        )));
    };
    if !common.quiet {
        let target = header.targets.first().map(|target| clip(target)).unwrap_or_default();
        writeln!(
            io::stderr().lock(),
            "graf: {meaning}; correlation is Spearman's, of the column with {target} in the training set"
        )?;
    }
    rows.truncate(args.n.map_or(usize::MAX, |n| n as usize));
    let texts = rows.iter().map(|row| {
        let correlation = row.correlation.map_or_else(String::new, |r| format!("{r:+.2}"));
        let direction = row.direction.unwrap_or_default().to_owned();
        [row.column.clone(), format!("{:.4}", row.importance), direction, correlation]
    });
    let names = ["column", "importance", "direction", "correlation"];
    let format = args.output_format.unwrap_or(ReportFormat::Table);
    Ok(list::write(format, &rows, names, texts, io::stdout().lock())?)
}
