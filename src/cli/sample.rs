//! `graf sample`.

use clap::Args;

use super::generate::GenerateArgs;
use super::{Common, Failure};
use crate::dataset::Which;

/// Draw random networks of a search space
///
/// Writes one column, net. Every network that graf enumerate would list is equally likely and may be
/// drawn again; with --unique each equivalence class is drawn at most once.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf sample --space nasbench-graph -n 100 --seed 1 -o networks.csv",
    after_long_help = "\
More examples:
  graf sample --space data/spaces/nasbench-macro.toml -n 3
  graf sample --space darts -n 1000 --to genotype | graf predict m.graf - -n 10"
)]
pub(super) struct SampleArgs {
    /// Number of networks
    #[arg(short = 'n', value_name = "N")]
    count: u64,
    /// Random seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    generate: GenerateArgs,
}

pub(super) fn run(args: &SampleArgs, common: &Common) -> Result<(), Failure> {
    args.generate.run(Which::Sample { count: args.count, seed: args.seed }, common)
}
