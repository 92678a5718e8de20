//! `graf spaces`.

use std::io::{self, Write as _};

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::list::{self, ReportFormat};
use super::names::parse_space;
use crate::features::{FAMILIES, Family, FeatureConfig, FeatureSet, family_by_name};
use crate::graph::Site;
use crate::space::{
    BUNDLED, Described, Description, SPACES, SearchSpace, TEMPLATE, by_name_or_file,
};

/// List the search spaces, or describe one
///
/// Lists the operations, encodings and number of features of each space; for a single space also its
/// networks and features. docs/spaces.md says how a .toml file describes a space of your own, which
/// every --space option accepts.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf spaces nasbench201",
    after_long_help = "\
More examples:
  graf spaces fbnet
  graf spaces data/spaces/nasbench-macro.toml
  graf spaces --template > my-space.toml
  graf spaces --output-format json"
)]
pub(super) struct SpacesArgs {
    /// Describe this space only: a name or a .toml file
    #[arg(value_name = "SPACE", value_parser = parse_space)]
    space: Option<&'static dyn SearchSpace>,
    /// Print a commented .toml file to start a description from
    #[arg(long, conflicts_with = "space")]
    template: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "table", conflicts_with = "template")]
    output_format: ReportFormat,
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
    /// Whether it is read only if it is named, as its texts are taken for another encoding.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    only_by_name: bool,
}

#[derive(Serialize)]
struct FamilySummary {
    name: &'static str,
    summary: &'static str,
    default: bool,
}

/// A space alone.
#[derive(Serialize)]
struct Alone {
    #[serde(flatten)]
    space: Space,
    /// How many networks it has; absent where they are too many to count.
    networks: Option<u128>,
    columns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static Description>,
}

pub(super) fn run(args: &SpacesArgs) -> Result<(), Failure> {
    if args.template {
        return Ok(io::stdout().lock().write_all(TEMPLATE.as_bytes())?);
    }
    if let Some(space) = args.space {
        let alone = alone(space)?;
        let header = ["space", alone.space.name];
        let (facts, out) = (facts(&alone).into_iter(), io::stdout().lock());
        return Ok(list::write(args.output_format, &alone, header, facts, out)?);
    }
    let bundled = BUNDLED.iter().filter_map(|(name, _)| by_name_or_file(name).ok());
    let all = SPACES.into_iter().chain(bundled);
    let spaces = all.map(describe).collect::<Result<Vec<_>, _>>()?;
    let rows = spaces.iter().map(row);
    Ok(list::write(args.output_format, &spaces, HEADER, rows, io::stdout().lock())?)
}

/// So many operations are listed in a table of all spaces.
const MANY_OPS: usize = 9;

const HEADER: [&str; 5] = ["space", "operations", "on", "encodings", "features"];

fn row(space: &Space) -> [String; 5] {
    let encodings: Vec<_> = space.encodings.iter().map(|encoding| encoding.name).collect();
    let site = match space.operations_on {
        Site::Edges => "edges",
        Site::Nodes => "nodes",
    };
    let operations = match space.operations.len() {
        count if count > MANY_OPS => format!("{count} operations"),
        _ => space.operations.join(", "),
    };
    [
        space.name.to_owned(),
        operations,
        site.to_owned(),
        encodings.join(", "),
        space.features.to_string(),
    ]
}

fn alone(space: &'static dyn SearchSpace) -> Result<Alone, Failure> {
    let features = FeatureSet::new(space, &FeatureConfig::default());
    let described = space.described();
    let networks = match described {
        Some(described) => described.networks(),
        None => space.enumerate().map(|networks| networks.count() as u128),
    };
    Ok(Alone {
        space: describe(space)?,
        networks,
        columns: features.map_err(crate::dataset::Error::from)?.names().to_vec(),
        description: described.map(Described::description),
    })
}

/// What a person wants to know of a space, a line each.
fn facts(alone: &Alone) -> Vec<[String; 2]> {
    let space = &alone.space;
    let [_, _, site, ..] = row(space);
    let mut facts = vec![
        ("what it is", space.summary.to_owned()),
        ("operations", space.operations.join(", ")),
        ("they stand on", site),
    ];
    if let Some(zero) = space.zero_operation {
        facts.push(("zero operation", zero.to_owned()));
    }
    let too_many = || "too many to count".to_owned();
    facts.push(("networks", alone.networks.map_or_else(too_many, |count| count.to_string())));
    for encoding in &space.encodings {
        let EncodingExample { name, example, only_by_name } = encoding;
        let note = if *only_by_name {
            format!(" (read only with --encoding {name}: else it is taken for another encoding)")
        } else {
            String::new()
        };
        facts.push(("encoding", format!("{name}: {example}{note}")));
    }
    facts.push(("features", space.features.to_string()));
    for family in space.families.iter().filter(|family| family.default) {
        let owns =
            |name: &&String| family_by_name(family.name).is_some_and(|family| family.owns(name));
        let columns: Vec<_> = alone.columns.iter().filter(owns).collect();
        if let [first, .., last] = columns.as_slice() {
            facts.push((family.name, format!("{} columns, {first} to {last}", columns.len())));
        }
    }
    let others = space.families.iter().filter(|family| !family.default);
    let others: Vec<_> = others.map(|family| family.name).collect();
    facts.push(("other families", others.join(", ")));
    facts.into_iter().map(|(fact, value)| [fact.to_owned(), value]).collect()
}

fn describe(space: &'static dyn SearchSpace) -> Result<Space, Failure> {
    let network = space.read(space.example()).map_err(crate::dataset::Error::from)?;
    let encodings = space.encodings().iter().map(|encoding| {
        let example = (encoding.write)(&network)?;
        Ok(EncodingExample { name: encoding.name, example, only_by_name: encoding.read.is_some() })
    });
    let encodings = encodings.collect::<Result<_, _>>().map_err(crate::dataset::Error::Encoding)?;
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
        features: features.map_err(crate::dataset::Error::from)?.len(),
    })
}
