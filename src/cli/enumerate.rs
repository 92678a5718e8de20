//! `graf enumerate`.

use clap::Args;

use super::generate::GenerateArgs;
use super::{Common, Failure};
use crate::jobs::Which;

/// List the networks of a search space
///
/// One column, net, in a fixed order. With --unique one network of each class of equal ones, the
/// first; docs/encodings.md says which networks are the same, and how many each space has.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf enumerate --space nasbench-graph -o networks.csv
  graf enumerate --space nasbench101 --unique --to module -o cells.jsonl
  graf enumerate --space nasbench201 | graf featurize - --space nasbench201 -o features.npy")]
pub(super) struct EnumerateArgs {
    #[command(flatten)]
    generate: GenerateArgs,
}

pub(super) fn run(args: &EnumerateArgs, common: &Common) -> Result<(), Failure> {
    args.generate.run(Which::All, common)
}
