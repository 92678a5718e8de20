//! `graf featurize`.

use clap::Args;

use super::features::FeatureArgs;
use super::input::{MatrixArgs, Progress, TableArgs, note};
use super::{Common, Failure};
use crate::dataset::Keep;
use crate::jobs::{Featurize, featurize};

/// Compute the graph features of every network of a table
///
/// Writes the columns of the input, then a column for each feature. What the columns mean is told
/// in docs/features.md; what can be read, in docs/encodings.md.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf featurize data/nas-bench-graph/nas-bench-graph.csv.gz -o features.csv
  graf featurize nb201_valid_nets.csv --keep net,val_accs --names zc-combine | head
  zcat nb101.jsonl.gz | graf featurize - --config short -o features.npy")]
pub(super) struct FeaturizeArgs {
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    matrix: MatrixArgs,
    /// Which input columns go along: all, none, or names [default: all; none for npy]
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    #[command(flatten)]
    features: FeatureArgs,
}

pub(super) fn parse_keep(text: &str) -> Result<Keep, std::convert::Infallible> {
    Ok(match text {
        "all" => Keep::All,
        "none" => Keep::None,
        names => Keep::Columns(names.split(',').map(str::to_owned).collect()),
    })
}

pub(super) fn run(args: &FeaturizeArgs, common: &Common) -> Result<(), Failure> {
    let options = Featurize {
        read: args.table.read.read_options(),
        networks: args.table.read.networks()?,
        unique: args.table.unique.equality(),
        features: args.features.config()?,
        keep: args.keep.clone(),
        format: args.matrix.format(args.table.output_format, &args.table.output)?,
    };
    let progress = Progress::new(common);
    let done = featurize(&args.table.input, &args.table.output, &options, &mut |rows| {
        progress.set(rows);
    });
    progress.clear();
    note(common, &done?, "feature");
    Ok(())
}
