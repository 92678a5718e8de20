//! Whether what a description says of its operations is possible: what they do, their numbers, the network around them.

use super::super::list;
use super::check::{Fault, fault, item, words};
use super::description::{Description, EdgeList};
use super::kinds::KindName;
use crate::graph::Site;
use crate::table::clip;

/// The most kinds of numbers, and the largest.
const MAX_VALUES: usize = 32;
const LARGEST: f64 = 1e12;

/// The most combinations that are forbidden.
const MAX_FORBIDDEN: usize = 1000;

/// Checks what the description says of its operations.
pub(super) fn check(space: &Description) -> Result<(), Fault> {
    absent(space)?;
    kinds(space)?;
    values(space)?;
    forbidden(space)?;
    skeleton(space)
}

/// Whether the edges are those of a chain.
fn is_chain(space: &Description) -> bool {
    match &space.edges {
        EdgeList::Fixed(edges) => {
            let mut sorted = edges.clone();
            sorted.sort_unstable();
            space.inputs.len() == 1
                && sorted.len() + 1 == space.nodes
                && sorted.iter().enumerate().all(|(node, &edge)| edge == (node, node + 1))
        }
        EdgeList::Word(_) => false,
    }
}

fn absent(space: &Description) -> Result<(), Fault> {
    let Some(absent) = &space.absent_op else { return Ok(()) };
    if !space.ops.contains(absent) {
        let reason = format!("`{}` is none of the ops ({})", clip(absent), list(&space.ops));
        return Err(fault("absent_op", reason));
    }
    if space.zero_op.as_ref() == Some(absent) {
        return Err(fault(
            "absent_op",
            "a layer that is absent passes on what it reads; the zero_op does not",
        ));
    }
    if is_chain(space) {
        return Ok(());
    }
    let EdgeList::Fixed(edges) = &space.edges else { return Ok(()) };
    let may_be = |place: usize| {
        let choices = space.choices.as_ref();
        choices.is_none_or(|choices| choices[place % choices.len()].contains(absent))
    };
    let of_cell = |place: usize| edges[place % edges.len().max(1)];
    let places = 0..space.choices.as_ref().map_or(edges.len(), Vec::len);
    let is_alone = |to: usize| edges.iter().filter(|edge| edge.1 == to).count() == 1;
    if space.ops_on == Site::Nodes
        || places.clone().any(|place| may_be(place) && !is_alone(of_cell(place).1))
    {
        let reason = "only a layer can be absent: an edge that is the only one into its node; leave it out of the \
             choices of the others";
        return Err(fault("absent_op", reason));
    }
    Ok(())
}

fn kinds(space: &Description) -> Result<(), Fault> {
    if space.kinds.is_empty() {
        return Ok(());
    }
    if let Some(name) = space.kinds.keys().find(|name| !space.ops.contains(name)) {
        let reason = format!("`{}` is none of the ops ({})", clip(name), list(&space.ops));
        return Err(fault("kinds", reason));
    }
    for op in &space.ops {
        let Some(keys) = space.kinds.get(op) else {
            let reason =
                format!("`{op}` is missing; say of all operations what they do, or of none");
            return Err(fault("kinds", reason));
        };
        if let Some(reason) = keys.fault() {
            return Err(fault("kinds", format!("`{op}`: {reason}")));
        }
        let is_zero = space.zero_op.as_ref() == Some(op);
        if is_zero != (keys.kind == KindName::Zero) {
            let reason =
                format!("`{op}`: an operation is of the kind zero exactly if it is the zero_op");
            return Err(fault("kinds", reason));
        }
        if space.absent_op.as_ref() == Some(op) && keys.kind != KindName::Identity {
            let reason = format!("`{op}`: a layer that is absent is of the kind identity");
            return Err(fault("kinds", reason));
        }
    }
    Ok(())
}

fn values(space: &Description) -> Result<(), Fault> {
    if space.values.len() > MAX_VALUES {
        let reason = format!("{} kinds of numbers; write at most {MAX_VALUES}", space.values.len());
        return Err(fault("values", reason));
    }
    words("values", &space.values.keys().cloned().collect::<Vec<_>>())?;
    for (name, numbers) in &space.values {
        for (op, number) in numbers {
            if !space.ops.contains(op) {
                let reason =
                    format!("{name}: `{}` is none of the ops ({})", clip(op), list(&space.ops));
                return Err(fault("values", reason));
            }
            if number.is_nan() || number.abs() > LARGEST {
                let reason = format!("{name}: the number of `{op}` is not one from −10¹² to 10¹²");
                return Err(fault("values", reason));
            }
        }
    }
    if !space.values.is_empty() && space.places() == 0 {
        let reason =
            "numbers belong to places, which only cells with the same edges have; leave it out";
        return Err(fault("values", reason));
    }
    Ok(())
}

fn forbidden(space: &Description) -> Result<(), Fault> {
    if space.forbidden.len() > MAX_FORBIDDEN {
        return Err(fault("forbidden", format!("more than {MAX_FORBIDDEN} combinations")));
    }
    let places = space.places() * space.cell_count();
    for (index, combination) in space.forbidden.iter().enumerate() {
        if combination.is_empty() {
            return Err(item("forbidden", index, "an empty combination forbids all; name a place"));
        }
        for (place, op) in combination {
            if !place.parse().is_ok_and(|place: usize| (1..=places).contains(&place)) {
                let reason = format!("`{}` is no place; they are 1 to {places}", clip(place));
                return Err(item("forbidden", index, reason));
            }
            if !space.ops.contains(op) {
                let reason = format!("`{}` is none of the ops ({})", clip(op), list(&space.ops));
                return Err(item("forbidden", index, reason));
            }
        }
    }
    Ok(())
}

fn skeleton(space: &Description) -> Result<(), Fault> {
    let Some(skeleton) = &space.skeleton else { return Ok(()) };
    if space.kinds.is_empty() {
        let reason = "costs follow from what operations do; say it with kinds";
        return Err(fault("skeleton", reason));
    }
    if space.kinds.values().any(|keys| keys.kind == KindName::Graph) {
        return Err(fault("skeleton", "a network of images has no graph layers; leave it out"));
    }
    if space.ops_on == Site::Nodes {
        let reason = "only of operations on edges it is known what a cell costs; leave it out";
        return Err(fault("skeleton", reason));
    }
    if space.is_pairs() && space.inputs.len() != 2 {
        return Err(fault("skeleton", "cells of pairs stand in a network if they have two inputs"));
    }
    if !space.is_pairs() && space.inputs.len() != 1 {
        return Err(fault("skeleton", "cells stand in a network if they have one input"));
    }
    let changes = space.ops.iter().find(|op| {
        space.kinds.get(*op).is_some_and(|keys| keys.stride > 1 || keys.channels.is_some())
    });
    if let Some(op) = changes.filter(|_| !is_chain(space)) {
        let reason = format!(
            "`{op}`: only the layers of a chain change the shape by themselves; leave out stride and channels"
        );
        return Err(fault("kinds", reason));
    }
    let layers = is_chain(space).then(|| space.places());
    match skeleton.fault(layers, space.cell_count()) {
        Some((key, reason)) => Err(fault(key, reason)),
        None => Ok(()),
    }
}
