//! `graf sample`.

use clap::Args;

use super::generate::GenerateArgs;
use super::{Common, Failure};
use crate::jobs::Which;

/// Draw random networks of a search space
///
/// One column, net. Every network that graf enumerate would list is as likely as any other and may
/// come again. With --unique a network that is equal to an earlier one is drawn anew.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf sample --space nasbench-graph -n 100 --seed 1 -o networks.csv
  graf sample --space nasbench301 -n 1000 --to genotype | graf predict m.graf - -n 10")]
pub(super) struct SampleArgs {
    /// Number of networks
    #[arg(short = 'n', value_name = "N")]
    count: u64,
    /// The seed; the same one draws the same networks
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    generate: GenerateArgs,
}

pub(super) fn run(args: &SampleArgs, common: &Common) -> Result<(), Failure> {
    args.generate.run(Which::Sample { count: args.count, seed: args.seed }, common)
}
