//! What `graf enumerate` and `graf sample` have in common.

use clap::Args;

use super::condition::ConditionArgs;
use super::input::{ProgressLine, UniqueArgs, note, output_format_help};
use super::names::parse_space;
use super::{Common, Failure};
use crate::dataset::{Shard, Which};
use crate::jobs::{Generate, generate};
use crate::space::SearchSpace;
use crate::table::{Output, OutputFormat};

/// A space, and how its networks are written.
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// Search space: a name or a .toml file
    ///
    /// graf spaces lists the names; docs/spaces.md describes the .toml file.
    #[arg(long, value_name = "SPACE", value_parser = parse_space)]
    space: &'static dyn SearchSpace,
    /// Only part i of n, such as 1/8: the parts together are the whole, whatever n is
    ///
    /// docs/distributed.md shows how a cluster shares out a listing or a sample.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "I/N",
        default_value = "1/1",
        hide_default_value = true
    )]
    shard: Shard,
    /// Encoding to write [default: the first that graf spaces lists]
    #[arg(long, value_name = "ENCODING")]
    to: Option<String>,
    #[command(flatten)]
    condition: ConditionArgs,
    #[command(flatten)]
    unique: UniqueArgs,
    /// Output file; .gz and .zst compress [default: standard output]
    ///
    /// The file appears only once it is complete.
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    output: Output,
    #[arg(long, value_name = "FORMAT", help = output_format_help(&OutputFormat::names_with_text()))]
    output_format: Option<OutputFormat>,
}

impl GenerateArgs {
    /// Writes the networks.
    pub fn run(&self, which: Which, common: &Common) -> Result<(), Failure> {
        let options = Generate {
            space: self.space,
            which,
            shard: self.shard,
            to: self.to.clone(),
            unique: self.unique.equality(),
            condition: self.condition.condition.clone(),
            format: self.output_format,
        };
        let progress = ProgressLine::new(common);
        let done = generate(&self.output, &options, &mut |networks| progress.set(networks));
        progress.clear();
        note(common, &done?, "encoding");
        Ok(())
    }
}
