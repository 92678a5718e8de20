//! `graf features`.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::Args;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::Serialize;

use super::Failure;
use super::list::{self, ReportFormat};
use super::names::{parse_feature, parse_space};
use crate::dataset::Error;
use crate::features::{
    Device, FAMILIES, Family, FeatureConfig, FeatureSet, Names, definition, family_by_name,
};
use crate::graph::Cell;
use crate::space::{Architecture, CellShape, SPACES, SearchSpace};

/// Explain features: what they mean, and their values
///
/// Without a name, lists the families of features and how many columns they have. With the name of a family or of a
/// column, prints its definition, as in docs/features.md; for a column also its value for an example network and
/// its values for 1,000 random networks.
#[derive(Debug, Args)]
#[command(
    before_help = "\
Example:
  graf features 'min_path_len(skip_connect)' --space nasbench201",
    after_long_help = "\
More examples:
  graf features --output-format json
  graf features path-stats"
)]
pub(super) struct FeaturesArgs {
    /// A family or a column
    #[arg(value_name = "NAME", value_parser = parse_feature)]
    name: Option<String>,
    /// Search space of the columns [default: all in the list; the first one that has the column]
    #[arg(long, value_name = "SPACE", value_parser = parse_space)]
    space: Option<&'static dyn SearchSpace>,
    /// Output format of the list
    #[arg(long, value_name = "FORMAT", default_value = "table", conflicts_with = "name")]
    output_format: ReportFormat,
}

/// How many random networks show which values a column has.
const NETWORKS: usize = 1_000;

#[derive(Serialize)]
struct Entry {
    family: &'static str,
    /// The fewest and the most columns in a space; absent where they are learned.
    columns: Option<[usize; 2]>,
    summary: &'static str,
}

/// A column of a space: the features that have it, and its index among them.
struct Column {
    set: FeatureSet,
    index: usize,
}

pub(super) fn run(args: &FeaturesArgs) -> Result<(), Failure> {
    let spaces = args.space.map_or_else(|| SPACES.to_vec(), |space| vec![space]);
    let Some(name) = &args.name else {
        return families(&spaces, args.output_format);
    };
    let mut out = io::stdout().lock();
    let owner =
        family_by_name(name).or_else(|| FAMILIES.into_iter().find(|family| family.owns(name)));
    // Other names have been refused with the arguments.
    let Some(family) = owner else { return Ok(()) };
    let column = (family.name() != name && !family.is_learned())
        .then(|| find(name, family, &spaces))
        .transpose()?;
    let mut text = format!("{name}: {}\n\n", family.summary());
    text.push_str(definition(family.name()).unwrap_or_default());
    text.push('\n');
    if let Some(column) = column {
        text.push_str(&values(&column, name)?);
    }
    Ok(out.write_all(text.as_bytes())?)
}

/// Lists the families that are defined in a space.
fn families(spaces: &[&'static dyn SearchSpace], format: ReportFormat) -> Result<(), Failure> {
    let entries = FAMILIES.into_iter().map(|family| entry(family, spaces));
    let entries: Vec<Entry> = entries.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let rows = entries.iter().map(|entry| {
        let columns = match entry.columns {
            None => "learned".to_owned(),
            Some([least, most]) if least == most => least.to_string(),
            Some([least, most]) => format!("{least} to {most}"),
        };
        [entry.family.to_owned(), columns, entry.summary.to_owned()]
    });
    Ok(list::write(
        format,
        &entries,
        ["family", "columns", "what it is"],
        rows,
        io::stdout().lock(),
    )?)
}

fn entry(
    family: &'static dyn Family,
    spaces: &[&'static dyn SearchSpace],
) -> Result<Option<Entry>, Error> {
    let defined = spaces.iter().filter(|space| family.defined_for(**space));
    let counts = defined.map(|space| Ok(columns_of(family, *space, Names::Readable)?.len()));
    let counts = counts.collect::<Result<Vec<_>, Error>>()?;
    let (Some(&least), Some(&most)) = (counts.iter().min(), counts.iter().max()) else {
        return Ok(None);
    };
    let columns = (!family.is_learned()).then_some([least, most]);
    Ok(Some(Entry { family: family.name(), columns, summary: family.summary() }))
}

/// The columns of a family in a space.
fn columns_of(
    family: &dyn Family,
    space: &'static dyn SearchSpace,
    names: Names,
) -> Result<FeatureSet, Error> {
    let families = Some(vec![family.name().to_owned()]);
    // Which device it is does not matter for the names.
    let device = family.needs_device().then_some(Device::JETSON_TX2);
    Ok(FeatureSet::new(
        space,
        &FeatureConfig { families, names, device, ..FeatureConfig::default() },
    )?)
}

/// The column in the first of the spaces that has it.
fn find(
    name: &str,
    family: &dyn Family,
    spaces: &[&'static dyn SearchSpace],
) -> Result<Column, Failure> {
    let defined: Vec<_> = spaces.iter().filter(|space| family.defined_for(**space)).collect();
    for space in &defined {
        for names in [Names::Readable, Names::ZcCombine] {
            // The names of zc_combine exist in some spaces only.
            let Ok(set) = columns_of(family, **space, names) else { continue };
            if let Some(index) = set.names().iter().position(|column| column == name) {
                return Ok(Column { set, index });
            }
        }
    }
    let names: Vec<_> = spaces.iter().map(|space| space.name()).collect();
    let example =
        defined.first().and_then(|space| columns_of(family, **space, Names::Readable).ok());
    let example =
        example.and_then(|set| Some(format!("; it has, for example, {}", set.names().first()?)));
    Err(Failure::Usage(format!(
        "{} has no column `{name}` in {}{}",
        family.name(),
        names.join(", "),
        example.unwrap_or_default()
    )))
}

/// The value of a column for an example, which is drawn, and its values for random networks.
fn values(column: &Column, name: &str) -> Result<String, Error> {
    let Column { set, index } = column;
    let space = set.space();
    let mut scratch = set.scratch();
    let mut row = vec![0.0; set.len()];
    let mut value = |network: &Architecture| -> Result<f64, Error> {
        set.compute(network, &mut scratch, &mut row)?;
        Ok(row[*index])
    };
    let example = space.read(space.example())?;
    let mut text = format!("\nExample: the network {} of {}\n", space.example(), space.name());
    for (cell, shape) in example.cells().iter().zip(space.cells()) {
        draw(cell, shape, space.operations(), &mut text);
    }
    // Writing to a string does not fail.
    let _ = writeln!(text, "  {name} = {}", value(&example)?);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let mut all = (0..NETWORKS)
        .map(|_| value(&space.sample(&mut random)?))
        .collect::<Result<Vec<_>, Error>>()?;
    all.sort_unstable_by(f64::total_cmp);
    let (least, middle, most) = (all[0], all[NETWORKS / 2], all[NETWORKS - 1]);
    all.dedup();
    let _ = writeln!(
        text,
        "\n{NETWORKS} random networks: {least} to {most}, median {middle}, {} different values",
        all.len()
    );
    Ok(text)
}

/// Draws a cell: a line for each edge.
fn draw(cell: &Cell, shape: &CellShape, operations: &[&str], text: &mut String) {
    let nodes: Vec<String> = (0..)
        .zip(cell.node_ops())
        .map(|(node, op)| match (op, shape.inputs.get(node)) {
            (Some(op), _) => format!("{node} {}", operations[op.index()]),
            (None, Some(input)) if node < cell.inputs() => (*input).to_owned(),
            _ if node == cell.output() => "output".to_owned(),
            _ => node.to_string(),
        })
        .collect();
    for (from, to, op) in cell.edges() {
        let op = op.map_or_else(String::new, |op| format!("  {}", operations[op.index()]));
        let _ = writeln!(text, "  {}{} -> {}{op}", shape.prefix, nodes[from], nodes[to]);
    }
}
