//! `graf enumerate`.

use clap::Args;

use super::generate::GenerateArgs;
use super::{Common, Failure};
use crate::dataset::Which;

/// List the networks of a search space
///
/// Writes one column, net, in a fixed order. With --unique the first network of each equivalence class;
/// docs/encodings.md defines equality and says how many classes each space has.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf enumerate --space nasbench-graph -o networks.csv",
    after_long_help = "\
More examples:
  graf enumerate --space nb101 --unique --to module -o cells.jsonl
  graf enumerate --space nb201 | graf featurize - --space nb201 -o features.npy"
)]
pub(super) struct EnumerateArgs {
    #[command(flatten)]
    generate: GenerateArgs,
}

pub(super) fn run(args: &EnumerateArgs, common: &Common) -> Result<(), Failure> {
    args.generate.run(Which::All, common)
}
