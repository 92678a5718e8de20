//! `graf featurize`.

use clap::Args;

use super::features::{FeatureArgs, check_chosen};
use super::input::{MatrixArgs, ProgressLine, ReadArgs, TableArgs, note};
use super::names::parse_use;
use super::{Common, Failure};
use crate::dataset::planned::features_for;
use crate::dataset::{Keep, Use};
use crate::features::FeatureConfig;
use crate::jobs::{Featurize, featurize};

/// Compute the graph features of every network in a table
///
/// Writes the columns of the input, then one column per feature. docs/features.md defines the
/// features, docs/encodings.md the encodings that can be read.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf featurize data/nas-bench-graph/nas-bench-graph.csv.gz -o features.csv",
    after_long_help = "\
More examples:
  graf featurize data/nas-bench-graph/nas-bench-graph.csv.gz --use graf+ \\
      --keep cs_valid_perf -o features.npy
  graf featurize nb201.csv --keep net,val_accs --names zc-combine | head
  zcat nb101.jsonl.gz | graf featurize - --config short -o features.npy"
)]
pub(super) struct FeaturizeArgs {
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    matrix: MatrixArgs,
    /// Input columns to write: all, none or names [default: all; none for npy]
    #[arg(long, value_name = "COLUMNS", value_parser = parse_keep)]
    keep: Option<Keep>,
    /// Features: graf, graf+ or families such as one-hot, comma-separated [default: graf]
    ///
    /// graf is the paper's features, or those that --config, --families, --max-subset-size and --names
    /// choose. graf+ is statistics of live paths, and costs; graf++ adds proxies in closed form.
    #[arg(long = "use", value_name = "GROUPS", value_delimiter = ',', value_parser = parse_use)]
    uses: Vec<Use>,
    #[command(flatten)]
    features: FeatureArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn parse_keep(text: &str) -> Result<Keep, std::convert::Infallible> {
    Ok(match text {
        "all" => Keep::All,
        "none" => Keep::None,
        names => Keep::Columns(names.split(',').map(str::to_owned).collect()),
    })
}

/// The features of the groups.
fn features_of(args: &FeaturizeArgs) -> Result<FeatureConfig, Failure> {
    let config = args.features.config()?;
    if args.uses.is_empty() {
        return Ok(config);
    }
    let is_of_table =
        |group: &&Use| matches!(group, Use::Proxies | Use::Columns(_) | Use::Curve(..));
    if let Some(group) = args.uses.iter().find(is_of_table) {
        return Err(Failure::Usage(format!(
            "--use {group}: featurize computes features of networks; columns of the input go along with --keep"
        )));
    }
    check_chosen(&args.uses, &config)?;
    if config.columns.is_some() && !args.uses.contains(&Use::Graf) {
        return Err(Failure::Usage(
            "the columns of --config are those of the group graf, which --use does not name; add graf to \
             --use, or leave out --config"
                .to_owned(),
        ));
    }
    Ok(features_for(&args.uses, &config))
}

pub(super) fn run(args: &FeaturizeArgs, common: &Common) -> Result<(), Failure> {
    let options = Featurize {
        read: args.read.read_options(),
        networks: args.read.networks()?,
        unique: args.table.unique.equality(),
        features: features_of(args)?,
        keep: args.keep.clone(),
        format: args.matrix.format(args.table.output_format, &args.table.output)?,
    };
    let progress = ProgressLine::new(common);
    let done = featurize(&args.table.input, &args.table.output, &options, &mut |rows| {
        progress.set(rows);
    });
    progress.clear();
    note(common, &done?, "feature");
    Ok(())
}
