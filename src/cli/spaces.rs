//! `graf spaces`.

use std::io;

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::list::{self, ListFormat};
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
    let rows = spaces.iter().map(row);
    list::write(args.output_format, &spaces, HEADER, rows, io::stdout().lock())
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
