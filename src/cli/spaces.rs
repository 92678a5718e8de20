//! `graf spaces`.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::Failure;
use crate::cell::Site;
use crate::features::{FAMILIES, Family, FeatureConfig, FeatureSet};
use crate::space::{SPACES, SearchSpace};

/// List the search spaces: operations, encodings, number of features
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  graf spaces
  graf spaces --output-format json | jq '.[].encodings[].example'")]
pub(super) struct SpacesArgs {
    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    output_format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Table,
    Json,
    Csv,
    Markdown,
}

#[derive(Serialize)]
struct Space {
    name: &'static str,
    summary: &'static str,
    operations: &'static [&'static str],
    operations_on: Site,
    zero_operation: Option<&'static str>,
    encodings: Vec<EncodingExample>,
    families: Vec<FamilySummary>,
    features: usize,
}

#[derive(Serialize)]
struct EncodingExample {
    name: &'static str,
    example: String,
}

#[derive(Serialize)]
struct FamilySummary {
    name: &'static str,
    summary: &'static str,
    default: bool,
}

pub(super) fn run(args: &SpacesArgs) -> Result<(), Failure> {
    let spaces = SPACES.into_iter().map(describe).collect::<Result<Vec<_>, _>>()?;
    let mut out = io::stdout().lock();
    match args.output_format {
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &spaces).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            let rows = std::iter::once(HEADER.map(str::to_owned)).chain(spaces.iter().map(row));
            for row in rows {
                csv.write_record(row).map_err(io::Error::from)?;
            }
            csv.flush()?;
        }
        ListFormat::Table | ListFormat::Markdown => {
            let mut table = Table::new();
            if args.output_format == ListFormat::Markdown {
                table.load_style(presets::ASCII_MARKDOWN);
            } else {
                table.load_style(presets::UTF8_HORIZONTAL_ONLY);
                table.set_content_arrangement(ContentArrangement::Dynamic);
            }
            table.set_header(HEADER);
            table.add_rows(spaces.iter().map(row));
            writeln!(out, "{table}")?;
        }
    }
    Ok(())
}

const HEADER: [&str; 5] = ["space", "operations", "on", "encodings", "features"];

fn row(space: &Space) -> [String; 5] {
    let encodings: Vec<_> = space.encodings.iter().map(|encoding| encoding.name).collect();
    let site = match space.operations_on {
        Site::Edges => "edges",
        Site::Nodes => "nodes",
    };
    [
        space.name.to_owned(),
        space.operations.join(", "),
        site.to_owned(),
        encodings.join(", "),
        space.features.to_string(),
    ]
}

fn describe(space: &'static dyn SearchSpace) -> Result<Space, Failure> {
    let network = space.read(space.example()).map_err(crate::pipeline::Error::from)?;
    let encodings = space.encodings().iter().map(|encoding| {
        let example = (encoding.write)(&network)?;
        Ok(EncodingExample { name: encoding.name, example })
    });
    let encodings =
        encodings.collect::<Result<_, _>>().map_err(crate::pipeline::Error::Encoding)?;
    let families = FAMILIES.into_iter().filter(|family| family.defined_for(space));
    let families = families.map(|family: &dyn Family| FamilySummary {
        name: family.name(),
        summary: family.summary(),
        default: space.families().contains(&family.name()),
    });
    let features = FeatureSet::new(space, &FeatureConfig::default());
    Ok(Space {
        name: space.name(),
        summary: space.summary(),
        operations: space.operations(),
        operations_on: space.site(),
        zero_operation: space.zero_op().map(|op| space.operations()[op.index()]),
        encodings,
        families: families.collect(),
        features: features.map_err(crate::pipeline::Error::from)?.len(),
    })
}
