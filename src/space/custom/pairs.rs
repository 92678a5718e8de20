//! Cells whose nodes each read two earlier ones through an operation (`NASNet`, DARTS and their like), as genotypes.
//!
//! A network is written `Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=[2, 3], …)`, as JSON with the same keys,
//! or as tuples of (node, operation id). With one cell the keys are `cell` and `cell_concat`.

use rand::{Rng, RngCore};
use serde_json::{Map, Value, json};
use smallvec::SmallVec;

use super::Described;
use super::description::Concat;
use super::encoding::op_by_id;
use crate::graph::{Cell, Op, Site};
use crate::space::{Architecture, EncodingError, scan};
use crate::table::clip;

/// What the nodes of a cell read, two pairs each.
type Pairs = Vec<(usize, Op)>;

fn inputs(space: &Described) -> usize {
    space.description.inputs.len()
}

/// How many nodes read two others.
fn inner(space: &Described) -> usize {
    space.description.nodes - inputs(space) - 1
}

/// The names of the cells in genotypes.
fn names(space: &Described) -> impl Iterator<Item = &'static str> {
    space.shapes.iter().map(|shape| match shape.prefix {
        "" => "cell",
        prefix => prefix.trim_end_matches('.'),
    })
}

/// Reads a network from a literal: a genotype, or a list of the pairs of each cell.
pub(super) fn read(
    space: &'static Described,
    value: &Value,
) -> Result<Architecture, EncodingError> {
    match value {
        Value::Object(fields) => {
            // A record of NDS holds the genotype beside other fields.
            match fields.get("genotype").and_then(Value::as_object) {
                Some(genotype) => from_genotype(space, genotype),
                None => from_genotype(space, fields),
            }
        }
        Value::Array(cells) if space.shapes.len() == 1 && cells.len() != 1 => {
            network(space, &[(pairs(space, value, "cell")?, None)])
        }
        Value::Array(cells) if cells.len() == space.shapes.len() => {
            let cells =
                names(space).zip(cells).map(|(name, cell)| Ok((pairs(space, cell, name)?, None)));
            network(space, &cells.collect::<Result<Vec<_>, EncodingError>>()?)
        }
        _ => Err(EncodingError::Unrecognised { space: space.name, example: space.example }),
    }
}

fn from_genotype(
    space: &'static Described,
    fields: &Map<String, Value>,
) -> Result<Architecture, EncodingError> {
    let known = |field: &str| {
        let cell = field.strip_suffix("_concat").unwrap_or(field);
        names(space).any(|name| name == cell)
    };
    if let Some(field) = fields.keys().find(|field| !known(field)) {
        return Err(EncodingError::invalid(format!(
            "unknown field `{}`; a genotype of {} has {}, each also with _concat",
            clip(field),
            space.name,
            names(space).collect::<Vec<_>>().join(", ")
        )));
    }
    let cell = |name: &str| {
        let value =
            fields.get(name).ok_or_else(|| EncodingError::invalid(format!("no cell `{name}`")))?;
        let concat = fields.get(&format!("{name}_concat"));
        Ok((pairs(space, value, name)?, concat.map(|concat| nodes(concat, name)).transpose()?))
    };
    network(space, &names(space).map(cell).collect::<Result<Vec<_>, EncodingError>>()?)
}

/// The nodes of a list.
fn nodes(value: &Value, name: &str) -> Result<Vec<usize>, EncodingError> {
    let node = |node: &Value| node.as_u64().and_then(|node| usize::try_from(node).ok());
    let nodes = value.as_array().and_then(|nodes| nodes.iter().map(node).collect());
    nodes.ok_or_else(|| EncodingError::invalid(format!("{name}_concat is no list of nodes")))
}

/// The pairs of a cell. Those of a node may stand in brackets of their own.
fn pairs(space: &Described, value: &Value, name: &str) -> Result<Pairs, EncodingError> {
    let mut pairs = Vec::new();
    collect(space, value, name, &mut pairs)?;
    let expected = 2 * inner(space);
    if pairs.len() == expected {
        return Ok(pairs);
    }
    Err(EncodingError::invalid(format!(
        "{name}: {} pairs of a node and an operation; {} takes {expected}, two for each of {} nodes",
        pairs.len(),
        space.name,
        inner(space)
    )))
}

fn collect(
    space: &Described,
    value: &Value,
    name: &str,
    pairs: &mut Pairs,
) -> Result<(), EncodingError> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let pair = match items {
        [Value::String(op), node] | [node, Value::String(op)] => {
            Some((number(node), space.op_by_name(op)?))
        }
        [node @ Value::Number(_), id @ Value::Number(_)] => {
            let id = number(id).unwrap_or(u32::MAX);
            Some((number(node), op_by_id(space, id, 2 * pairs.len() + 1)?))
        }
        _ => None,
    };
    match pair {
        Some((Some(node), op)) => pairs.push((usize::try_from(node).unwrap_or(usize::MAX), op)),
        None if items.iter().all(Value::is_array) && !items.is_empty() => {
            items.iter().try_for_each(|item| collect(space, item, name, pairs))?;
        }
        _ => {
            return Err(EncodingError::invalid(format!(
                "{name}: `{}` is no pair of an operation and a node",
                clip(&value.to_string())
            )));
        }
    }
    Ok(())
}

/// Checks the rules of the space and builds the cells.
fn network(
    space: &'static Described,
    cells: &[(Pairs, Option<Vec<usize>>)],
) -> Result<Architecture, EncodingError> {
    let cells = names(space)
        .zip(cells)
        .map(|(name, (pairs, concat))| cell(space, name, pairs, concat.as_deref()));
    Ok(Architecture::described_by(space, cells.collect::<Result<SmallVec<[Cell; 2]>, _>>()?))
}

/// A cell; without a list of nodes that are put together the description says which.
pub(super) fn cell(
    space: &Described,
    name: &str,
    pairs: &[(usize, Op)],
    concat: Option<&[usize]>,
) -> Result<Cell, EncodingError> {
    let (inputs, output) = (inputs(space), space.description.nodes - 1);
    let mut edges = Vec::with_capacity(3 * inner(space));
    for (index, &(source, op)) in pairs.iter().enumerate() {
        let node = inputs + index / 2;
        if source >= node {
            return Err(EncodingError::invalid(format!(
                "{name}: node {node} reads node {source}; it can read the nodes 0 to {}",
                node - 1
            )));
        }
        edges.push((source, node, Some(op)));
    }
    let is_read = |node: usize| edges.iter().any(|&(source, ..)| source == node);
    let own: Vec<usize> = match (concat, space.description.concat) {
        (Some(nodes), _) => nodes.to_vec(),
        (None, Concat::All) => (inputs..output).collect(),
        (None, Concat::Loose) => (inputs..output).filter(|&node| !is_read(node)).collect(),
    };
    let mut sorted = own.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != own.len()
        || sorted.is_empty()
        || sorted.last().is_some_and(|&node| node >= output)
    {
        return Err(EncodingError::invalid(format!(
            "{name}_concat names each node once, of the nodes 0 to {}",
            output - 1
        )));
    }
    edges.extend(sorted.into_iter().map(|node| (node, output, None)));
    Ok(Cell::new(Site::Edges, inputs, &vec![None; output + 1], &edges)?)
}

/// Networks with any pairs, every one as likely.
pub(super) fn sample(
    space: &'static Described,
    random: &mut dyn RngCore,
) -> Result<Architecture, EncodingError> {
    let cells: Vec<_> = space.shapes.iter().map(|_| (random_pairs(space, random), None)).collect();
    network(space, &cells)
}

fn random_pairs(space: &Described, random: &mut dyn RngCore) -> Pairs {
    let inputs = inputs(space);
    let mut pairs = Vec::with_capacity(2 * inner(space));
    for node in inputs..inputs + inner(space) {
        for _ in 0..2 {
            let op = &space.any_op[random.gen_range(0..space.any_op.len())];
            pairs.push((random.gen_range(0..node), *op));
        }
    }
    pairs
}

/// How many ways there are to write a network.
pub(super) fn count(space: &Described) -> Option<u128> {
    let (inputs, ops) = (inputs(space) as u128, space.operations.len() as u128);
    let node = |node: u128| (node * ops).checked_pow(2);
    let nodes = (inputs..inputs + inner(space) as u128).map(node);
    let cell = nodes.into_iter().try_fold(1_u128, |count, node| count.checked_mul(node?))?;
    space.shapes.iter().try_fold(1_u128, |count, _| count.checked_mul(cell))
}

/// The example of a space: nodes that read the two before them, by the operations in turn.
pub(super) fn example(space: &Described) -> Result<SmallVec<[Cell; 2]>, EncodingError> {
    let inputs = inputs(space);
    let mut pairs = Vec::new();
    for node in inputs..inputs + inner(space) {
        for source in [node.saturating_sub(2), node - 1] {
            pairs.push((source, space.any_op[pairs.len() % space.any_op.len()]));
        }
    }
    names(space).map(|name| cell(space, name, &pairs, None)).collect()
}

fn pairs_of(cell: &Cell) -> impl Iterator<Item = (usize, Op)> + '_ {
    cell.edges().filter_map(|(from, _, op)| op.map(|op| (from, op)))
}

fn concat_of(cell: &Cell) -> Vec<usize> {
    let gathered = |&(_, to, op): &(usize, usize, Option<Op>)| to == cell.output() && op.is_none();
    cell.edges().filter(gathered).map(|edge| edge.0).collect()
}

/// Refuses cells that have lost nodes: genotypes have all.
fn whole(space: &Described, cells: &[Cell]) -> Result<(), EncodingError> {
    let nodes = space.description.nodes;
    match cells.iter().find(|cell| cell.nodes() != nodes) {
        None => Ok(()),
        Some(cell) => Err(EncodingError::invalid(format!(
            "{} nodes are left; a genotype of {} has {nodes}; do not prune the network",
            cell.nodes(),
            space.name
        ))),
    }
}

/// Writes `Genotype(…)`.
///
/// # Errors
///
/// If a cell has lost nodes.
pub(super) fn write_genotype(space: &Described, cells: &[Cell]) -> Result<String, EncodingError> {
    whole(space, cells)?;
    let fields = names(space).zip(cells).map(|(name, cell)| {
        let pair =
            |(from, op): (usize, Op)| format!("('{}', {from})", space.operations[op.index()]);
        let pairs: Vec<_> = pairs_of(cell).map(pair).collect();
        format!("{name}=[{}], {name}_concat={:?}", pairs.join(", "), concat_of(cell))
    });
    Ok(format!("Genotype({})", fields.collect::<Vec<_>>().join(", ")))
}

/// Writes the same as JSON.
///
/// # Errors
///
/// If a cell has lost nodes.
pub(super) fn write_json(space: &Described, cells: &[Cell]) -> Result<String, EncodingError> {
    whole(space, cells)?;
    let mut fields = Map::new();
    for (name, cell) in names(space).zip(cells) {
        let pairs: Vec<_> =
            pairs_of(cell).map(|(from, op)| json!([space.operations[op.index()], from])).collect();
        fields.insert(name.to_owned(), pairs.into());
        fields.insert(format!("{name}_concat"), concat_of(cell).into());
    }
    Ok(Value::Object(fields).to_string())
}

/// Writes the pairs of (node, operation id) of each cell.
///
/// # Errors
///
/// If a cell has lost nodes, or puts others together than the description says, which this form does not tell.
pub(super) fn write_compact(space: &Described, cells: &[Cell]) -> Result<String, EncodingError> {
    whole(space, cells)?;
    let cells = names(space).zip(cells).map(|(name, of)| {
        let pairs: Vec<_> = pairs_of(of).collect();
        if cell(space, name, &pairs, None)? != *of {
            return Err(EncodingError::invalid(format!(
                "{name}_concat is {:?}, which tuples of pairs do not tell; write a genotype",
                concat_of(of)
            )));
        }
        let pair = |(from, op): (usize, Op)| scan::tuple([from, space.id(op) as usize]);
        Ok(format!("({})", pairs.into_iter().map(pair).collect::<Vec<_>>().join(", ")))
    });
    Ok(format!("({})", cells.collect::<Result<Vec<_>, _>>()?.join(", ")))
}
