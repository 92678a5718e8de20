//! `graf convert`.

use clap::Args;

use super::input::{EqualityArg, Progress, TableArgs, note};
use super::{Common, Failure};
use crate::graph::Equality;
use crate::jobs::{Convert, convert};

/// Write the networks of a table in another encoding
///
/// The new encoding stands where the old one did; where two columns held it, as
/// module_adjacency and module_operations do, one column, net, takes their place. All other
/// columns are carried through. `graf spaces` lists the encodings of each space.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf convert --to key data/nas-bench-graph/nas-bench-graph.csv.gz -o keys.csv
  graf convert --to string nb201_valid_nets.csv --drop-unreachable | head
  graf convert --to module nb101.csv --add-hash --unique -o cells.csv")]
pub(super) struct ConvertArgs {
    #[command(flatten)]
    table: TableArgs,
    /// The encoding to write
    #[arg(long, value_name = "ENCODING")]
    to: String,
    /// Add a column `hash` behind the encoding: the same for equal networks in any encoding, and
    /// NAS-Bench-101's module_hash [default without a value: isomorphic]
    #[arg(
        long,
        value_name = "EQUALITY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "isomorphic"
    )]
    add_hash: Option<EqualityArg>,
}

pub(super) fn run(args: &ConvertArgs, common: &Common) -> Result<(), Failure> {
    let options = Convert {
        read: args.table.read.read_options(),
        networks: args.table.read.networks()?,
        unique: args.table.unique.equality(),
        to: args.to.clone(),
        add_hash: args.add_hash.map(Equality::from),
        format: args.table.output_format,
    };
    let progress = Progress::new(common);
    let done = convert(&args.table.input, &args.table.output, &options, &mut |rows| {
        progress.set(rows);
    });
    progress.clear();
    note(common, &done?, "encoding");
    Ok(())
}
