//! `graf convert`.

use clap::Args;

use super::input::{EqualityArg, ProgressLine, ReadArgs, TableArgs, note};
use super::{Common, Failure};
use crate::graph::Equality;
use crate::jobs::{Convert, convert};

/// Convert the networks of a table to another encoding
///
/// The new encoding replaces the old one in its column; if two columns held it, such as
/// module_adjacency and module_operations, one column, net, replaces both. All other columns are kept.
/// graf spaces lists the encodings of each space.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf convert --to key data/nas-bench-graph/nas-bench-graph.csv.gz -o keys.csv",
    after_long_help = "\
More examples:
  graf convert --to string nb201_valid_nets.csv --drop-unreachable | head
  graf convert --to module nb101.csv --add-hash --unique -o cells.csv"
)]
pub(super) struct ConvertArgs {
    #[command(flatten)]
    table: TableArgs,
    /// Encoding to write
    #[arg(long, value_name = "ENCODING")]
    to: String,
    /// Add a column hash after the encoding, equal for equal networks
    ///
    /// Independent of the encoding; for NAS-Bench-101 it is the module_hash of the benchmark. Without a
    /// value: isomorphic.
    #[arg(
        long,
        value_name = "EQUALITY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "isomorphic"
    )]
    add_hash: Option<EqualityArg>,
    #[command(flatten)]
    read: ReadArgs,
}

pub(super) fn run(args: &ConvertArgs, common: &Common) -> Result<(), Failure> {
    let options = Convert {
        read: args.read.read_options(),
        networks: args.read.networks()?,
        unique: args.table.unique.equality(),
        to: args.to.clone(),
        add_hash: args.add_hash.map(Equality::from),
        format: args.table.output_format,
    };
    let progress = ProgressLine::new(common);
    let done = convert(&args.table.input, &args.table.output, &options, &mut |rows| {
        progress.set(rows);
    });
    progress.clear();
    note(common, &done?, "encoding");
    Ok(())
}
