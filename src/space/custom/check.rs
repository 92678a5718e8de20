//! Whether a description is one of a space.

use super::super::{SPACES, list};
use super::both;
use super::description::{Concat, Description, EdgeList, MatrixPart};
use super::meaning;
use crate::graph::{Cell, Site};
use crate::table::clip;

/// The most operations of a space: features keep sets of them in the bits of a word.
const MAX_OPS: usize = 64;

/// The most edges of a cell: features count them in bytes.
const MAX_EDGES: usize = 255;

/// The longest name of a space, an operation or an input, in bytes.
const MAX_NAME: usize = 64;

/// The longest summary, in bytes.
const MAX_SUMMARY: usize = 200;

/// The largest id of an operation.
const MAX_ID: u32 = 9999;

/// What is wrong with a description.
#[derive(Debug)]
pub(super) struct Fault {
    /// The key at fault.
    pub key: &'static str,
    /// Which item of its list, from 0.
    pub item: Option<usize>,
    /// What is wrong, and the fix.
    pub reason: String,
}

pub(super) fn fault(key: &'static str, reason: impl Into<String>) -> Fault {
    Fault { key, item: None, reason: reason.into() }
}

pub(super) fn item(key: &'static str, item: usize, reason: impl Into<String>) -> Fault {
    Fault { key, item: Some(item), reason: reason.into() }
}

/// Checks a description and writes out its defaults.
pub(super) fn check(space: &mut Description) -> Result<(), Fault> {
    names(space)?;
    nodes(space)?;
    edges(space)?;
    both::lower(space)?;
    ids(space)?;
    if space.is_free() {
        free(space)?;
    } else if space.is_pairs() {
        pairs(space)?;
    } else {
        fixed(space)?;
    }
    meaning::check(space)
}

/// The names of the space, of its operations and of its inputs.
fn names(space: &Description) -> Result<(), Fault> {
    word(&space.name).map_err(|reason| fault("name", reason))?;
    if SPACES.iter().any(|other| other.name() == space.name) {
        let reason = format!("`{}` is the name of a space of graf; choose another one", space.name);
        return Err(fault("name", reason));
    }
    if space.summary.len() > MAX_SUMMARY || space.summary.contains(char::is_control) {
        let reason = format!("write one line of at most {MAX_SUMMARY} bytes");
        return Err(fault("summary", reason));
    }
    if space.ops.is_empty() || space.ops.len() > MAX_OPS {
        let reason = format!("{} operations; name 1 to {MAX_OPS} of them", space.ops.len());
        return Err(fault("ops", reason));
    }
    words("ops", &space.ops)?;
    if !(1..=2).contains(&space.inputs.len()) {
        let reason = format!("{} inputs; name one or two of them", space.inputs.len());
        return Err(fault("inputs", reason));
    }
    words("inputs", &space.inputs)?;
    if let Some(place) = space.inputs.iter().position(|input| input == "output") {
        return Err(item(
            "inputs",
            place,
            "`output` is what the output is called; rename the input",
        ));
    }
    let ends = || space.inputs.iter().map(String::as_str).chain(["output"]);
    if let Some(place) = space.ops.iter().position(|op| ends().any(|end| end == op)) {
        let name = &space.ops[place];
        let reason =
            format!("`{name}` is what an input or the output is called; rename one of them");
        return Err(item("ops", place, reason));
    }
    let Some(zero) = &space.zero_op else { return Ok(()) };
    if !space.ops.contains(zero) {
        let reason = format!("`{}` is none of the ops ({})", clip(zero), list(&space.ops));
        return Err(fault("zero_op", reason));
    }
    if space.ops_on == Site::Nodes {
        let reason =
            "only operations on edges can be zero; leave it out, or write ops_on = \"edges\"";
        return Err(fault("zero_op", reason));
    }
    Ok(())
}

/// Names that are all different.
pub(super) fn words(key: &'static str, names: &[String]) -> Result<(), Fault> {
    for (place, name) in names.iter().enumerate() {
        word(name).map_err(|reason| item(key, place, reason))?;
        if names[..place].contains(name) {
            return Err(item(key, place, format!("`{name}` is named twice; name it once")));
        }
    }
    Ok(())
}

/// A name that can stand in the name of a column.
fn word(name: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if !(1..=MAX_NAME).contains(&name.len()) || !name.bytes().all(is_plain) {
        return Err(format!(
            "`{}` is no name; use 1 to {MAX_NAME} of the letters a to z and A to Z, digits, `_`, `-` and `.`",
            clip(name)
        ));
    }
    Ok(())
}

/// How many nodes there are, and of how many kinds of cells.
fn nodes(space: &Description) -> Result<(), Fault> {
    if !space.cells.is_empty() && space.cells != ["normal", "reduce"] {
        let reason =
            "write cells = [\"normal\", \"reduce\"], or leave it out for cells of one kind";
        return Err(fault("cells", reason));
    }
    let fewest = space.inputs.len() + 1;
    if !(fewest..=Cell::MAX_NODES).contains(&space.nodes) {
        return Err(fault(
            "nodes",
            format!(
                "{} nodes; a cell has {fewest} to {}, inputs and output counted in",
                space.nodes,
                Cell::MAX_NODES
            ),
        ));
    }
    Ok(())
}

/// The edges by themselves; `chain` becomes a list.
fn edges(space: &mut Description) -> Result<(), Fault> {
    if let EdgeList::Word(word) = &space.edges {
        let inputs = space.inputs.len();
        match word.as_str() {
            "free" if !space.cells.is_empty() => {
                return Err(fault("cells", "cells with free edges are of one kind; leave it out"));
            }
            "pairs" if space.ops_on == Site::Edges && space.nodes > inputs + 1 => return Ok(()),
            "pairs" => {
                let reason = "pairs are operations on the edges into each node between inputs and output; write \
                     ops_on = \"edges\", and raise nodes if there is none";
                return Err(fault("edges", reason));
            }
            "complete" => {
                let pairs = (0..space.nodes).flat_map(|from| {
                    (from + 1..space.nodes)
                        .filter(move |&to| to >= inputs)
                        .map(move |to| (from, to))
                });
                space.edges = EdgeList::Fixed(pairs.collect());
            }
            "free" if space.ops_on == Site::Nodes => return Ok(()),
            "free" => {
                let reason = "edges can be free only with ops_on = \"nodes\"; list all edges, and name \
                     the operation that stands for none with zero_op";
                return Err(fault("edges", reason));
            }
            "chain" if space.inputs.len() == 1 => {
                let steps = (1..space.nodes).map(|node| (node - 1, node));
                space.edges = EdgeList::Fixed(steps.collect());
            }
            "chain" => return Err(fault("edges", "a chain has one input; list the edges")),
            other => {
                let reason = format!(
                    "`{}` is none of chain, complete, pairs and free; choose one of them, or list the edges",
                    clip(other)
                );
                return Err(fault("edges", reason));
            }
        }
    }
    let EdgeList::Fixed(edges) = &space.edges else { return Ok(()) };
    if edges.len() > MAX_EDGES {
        return Err(fault("edges", format!("{} edges; list at most {MAX_EDGES}", edges.len())));
    }
    let last = space.nodes - 1;
    for (place, &(from, to)) in edges.iter().enumerate() {
        let wrong = if from > last || to > last {
            format!("leaves the cell, whose nodes are 0 to {last}; correct it or nodes")
        } else if from >= to {
            "does not lead to a later node; number the nodes so that every edge does".to_owned()
        } else if to < space.inputs.len() {
            "enters an input; leave it out".to_owned()
        } else if edges[..place].contains(&(from, to)) {
            "is listed twice; list it once".to_owned()
        } else {
            continue;
        };
        return Err(item("edges", place, format!("[{from}, {to}] {wrong}")));
    }
    let mut sorted: Vec<_> = edges.iter().map(|&(from, to)| (from, to, None)).collect();
    sorted.sort_unstable();
    let cell = Cell::new(space.ops_on, space.inputs.len(), &vec![None; space.nodes], &sorted)
        .map_err(|error| fault("edges", error.to_string()))?;
    let live = cell.live_nodes(|_| false);
    if !live.contains(last) {
        let reason = format!(
            "no path leads from an input to the output, node {last}; add an edge, or lower nodes"
        );
        return Err(fault("edges", reason));
    }
    match (0..last).find(|&node| !live.contains(node)) {
        None => Ok(()),
        Some(node) => {
            let reason = format!(
                "node {node} lies on no path from an input to the output, node {last}; add an edge"
            );
            Err(fault("edges", reason))
        }
    }
}

/// The ids of the operations; those that are left out count from 0.
fn ids(space: &mut Description) -> Result<(), Fault> {
    let ids = &mut space.encoding.ids;
    if ids.is_empty() {
        *ids = (0..).take(space.ops.len()).collect();
    }
    if ids.len() != space.ops.len() {
        let reason = format!("{} ids for {} ops; write one for each", ids.len(), space.ops.len());
        return Err(fault("encoding.ids", reason));
    }
    for (place, &id) in ids.iter().enumerate() {
        if id > MAX_ID {
            let reason = format!("{id} is too large; use ids up to {MAX_ID}");
            return Err(item("encoding.ids", place, reason));
        }
        if ids[..place].contains(&id) {
            let reason = format!("{id} stands for two ops; give each its own id");
            return Err(item("encoding.ids", place, reason));
        }
    }
    let digits = space.encoding.digits;
    match ids.iter().position(|&id| digits && id > 9) {
        None => Ok(()),
        Some(place) => {
            let reason = "an id of more than one digit; leave out digits, or use ids up to 9";
            Err(item("encoding.ids", place, reason))
        }
    }
}

/// Refuses keys that do not go with the edges of the space.
fn without(keys: &[(&'static str, bool)], reason: &str) -> Result<(), Fault> {
    match keys.iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(fault(key, reason)),
        None => Ok(()),
    }
}

/// What belongs to cells whose nodes read two others.
fn pairs(space: &Description) -> Result<(), Fault> {
    let encoding = &space.encoding;
    let others = [
        ("min_nodes", space.min_nodes.is_some()),
        ("max_edges", space.max_edges.is_some()),
        ("choices", space.choices.is_some()),
        ("forbidden", !space.forbidden.is_empty()),
        ("absent_op", space.absent_op.is_some()),
        ("encoding.local", encoding.local),
        ("encoding.only_choices", encoding.only_choices),
        ("encoding.digits", encoding.digits),
        ("encoding.separator", encoding.separator.is_some()),
        ("encoding.groups", !encoding.groups.is_empty()),
        ("encoding.lists", !encoding.lists.is_empty()),
        ("encoding.order", encoding.order.is_some()),
        ("encoding.matrix", encoding.matrix.is_some()),
        ("encoding.ends", encoding.ends.is_some()),
    ];
    without(&others, "does not go with edges = \"pairs\"; leave it out")
}

/// What belongs to edges that are the same in every cell.
fn fixed(space: &mut Description) -> Result<(), Fault> {
    let only_free = [
        ("min_nodes", space.min_nodes.is_some()),
        ("max_edges", space.max_edges.is_some()),
        ("encoding.matrix", space.encoding.matrix.is_some()),
        ("encoding.ends", space.encoding.ends.is_some()),
    ];
    without(&only_free, "goes with edges = \"free\" only; leave it out")?;
    without(
        &[("concat", space.concat != Concat::All)],
        "goes with edges = \"pairs\" only; leave it out",
    )?;
    let what = match space.ops_on {
        Site::Edges => "edges",
        Site::Nodes => "nodes between inputs and output",
    };
    let places = space.places();
    if places == 0 {
        return Err(fault("nodes", "no node is left for an operation; raise it"));
    }
    order(space)?;
    if let Some(choices) = &space.choices {
        // They may be those of one cell, or of all.
        if choices.len() != places && choices.len() != places * space.cell_count() {
            let reason = format!("{} lists for {places} {what}; write one for each", choices.len());
            return Err(fault("choices", reason));
        }
        for (place, names) in choices.iter().enumerate() {
            let wrong = |reason| item("choices", place, reason);
            if names.is_empty() {
                return Err(wrong("no operation to choose from; name at least one".to_owned()));
            }
            for (index, name) in names.iter().enumerate() {
                if !space.ops.contains(name) {
                    let ops = list(&space.ops);
                    return Err(wrong(format!("`{}` is none of the ops ({ops})", clip(name))));
                }
                if names[..index].contains(name) {
                    return Err(wrong(format!("`{name}` is named twice; name it once")));
                }
            }
        }
    }
    written(space)
}

/// How networks are written whose edges are the same.
fn written(space: &Description) -> Result<(), Fault> {
    let (encoding, places) = (&space.encoding, space.written_places().len());
    if encoding.only_choices && (places == 0 || !encoding.lists.is_empty()) {
        let reason = "there is nothing to write, or lists name all places; leave it out";
        return Err(fault("encoding.only_choices", reason));
    }
    if let Some(separator) = encoding.separator
        && !"_:-,;|+ ".contains(separator)
    {
        return Err(fault("encoding.separator", "choose one of _ : - , ; | + and a blank"));
    }
    let sum = encoding.groups.iter().try_fold(0_usize, |sum, &group| sum.checked_add(group));
    if !encoding.groups.is_empty() && sum != Some(places) {
        let reason = format!("the groups do not add up to the {places} numbers of a network");
        return Err(fault("encoding.groups", reason));
    }
    for (place, part) in encoding.lists.iter().enumerate() {
        if let Some(reason) = part.fault(space.absent_op.is_some()) {
            return Err(item("encoding.lists", place, reason));
        }
    }
    let sum = encoding.lists.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.places));
    if !encoding.lists.is_empty() && sum != Some(places) {
        let reason = format!("the places of the lists do not add up to the {places} of a network");
        return Err(fault("encoding.lists", reason));
    }
    Ok(())
}

/// The order of the nodes in the encoding; by default that of their numbers.
fn order(space: &mut Description) -> Result<(), Fault> {
    let (given, key) = (&mut space.encoding.order, "encoding.order");
    if space.ops_on == Site::Edges {
        return match given {
            None => Ok(()),
            Some(_) => Err(fault(key, "the tuple has the order of `edges`; leave it out")),
        };
    }
    let inner: Vec<_> = (space.inputs.len()..space.nodes - 1).collect();
    let mut sorted = given.get_or_insert_with(|| inner.clone()).clone();
    sorted.sort_unstable();
    if sorted == inner {
        return Ok(());
    }
    let (first, last) = (space.inputs.len(), space.nodes - 2);
    Err(fault(key, format!("name each of the nodes {first} to {last} once")))
}

/// What belongs to free edges.
fn free(space: &mut Description) -> Result<(), Fault> {
    let encoding = &space.encoding;
    let only_fixed = [
        ("choices", space.choices.is_some()),
        ("forbidden", !space.forbidden.is_empty()),
        ("absent_op", space.absent_op.is_some()),
        ("concat", space.concat != Concat::All),
        ("encoding.order", encoding.order.is_some()),
        ("encoding.local", encoding.local),
        ("encoding.only_choices", encoding.only_choices),
        ("encoding.digits", encoding.digits),
        ("encoding.separator", encoding.separator.is_some()),
        ("encoding.groups", !encoding.groups.is_empty()),
        ("encoding.lists", !encoding.lists.is_empty()),
    ];
    without(&only_fixed, "does not go with edges = \"free\"; leave it out")?;
    if space.nodes > Cell::SMALL_NODES {
        let reason = format!(
            "{} nodes; a cell with free edges has at most {}",
            space.nodes,
            Cell::SMALL_NODES
        );
        return Err(fault("nodes", reason));
    }
    let (inputs, nodes) = (space.inputs.len(), space.nodes);
    let min_nodes = *space.min_nodes.get_or_insert(nodes);
    if !(inputs + 1..=nodes).contains(&min_nodes) {
        let reason = format!("{min_nodes} nodes at least; choose {} to {nodes}", inputs + 1);
        return Err(fault("min_nodes", reason));
    }
    // A cell without dead nodes has an edge out of every node but the output.
    let (fewest, most) = (nodes - 1, super::free::pairs(nodes, inputs));
    let max_edges = *space.max_edges.get_or_insert(most);
    if !(fewest..=most).contains(&max_edges) {
        let reason = format!(
            "{max_edges} edges at most; {nodes} nodes need {fewest} and have room for {most}"
        );
        return Err(fault("max_edges", reason));
    }
    space.encoding.matrix.get_or_insert(MatrixPart::Full);
    let Some(ends) = &space.encoding.ends else { return Ok(()) };
    if ends.len() != inputs + 1 || ends.iter().any(|&id| id > MAX_ID) {
        let reason =
            format!("write an id of up to {MAX_ID} for each of the inputs and one for the output");
        return Err(fault("encoding.ends", reason));
    }
    Ok(())
}
