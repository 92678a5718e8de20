//! What the tests of numbers of live paths share: the paths themselves, one by one, and networks that
//! are the same.

use std::fs;

use graf::features::FeatureSet;
use graf::graph::{Cell, Op};
use graf::space::{self, Architecture, SearchSpace};
use rand::rngs::StdRng;

pub fn row_of(set: &FeatureSet, network: &Architecture) -> Vec<f64> {
    let mut row = vec![f64::NAN; set.len()];
    set.compute(network, &mut set.scratch(), &mut row).unwrap();
    row
}

pub fn read(space: &str, text: &str) -> Architecture {
    space::by_name(space).unwrap().read(text).unwrap()
}

/// A path by its nodes.
pub type Nodes = Vec<usize>;

/// The live paths from a node to the output.
pub fn paths(cell: &Cell, from: usize, zero: Option<Op>) -> Vec<Nodes> {
    if from == cell.output() {
        return vec![vec![from]];
    }
    let open = |&(source, _, op): &(usize, usize, Option<Op>)| {
        source == from && (op.is_none() || op != zero)
    };
    let mut found = Vec::new();
    for (_, to, _) in cell.edges().filter(open) {
        for path in paths(cell, to, zero) {
            found.push([vec![from], path].concat());
        }
    }
    found
}

/// The same NAS-Bench-101 cell with its nodes between input and output in another order.
pub fn relabelled(cell: &Cell, random: &mut StdRng) -> String {
    use rand::seq::SliceRandom;
    let n = cell.nodes();
    let mut keys: Vec<usize> = (0..n).collect();
    keys.shuffle(random);
    // Nodes in the order of their keys, each as soon as all that it reads are placed.
    let mut order = vec![0];
    while order.len() < n - 1 {
        let is_ready = |&node: &usize| {
            !order.contains(&node)
                && (1..n - 1)
                    .all(|from| cell.edge_op(from, node).is_none() || order.contains(&from))
        };
        order.push((1..n - 1).filter(is_ready).min_by_key(|&node| keys[node]).unwrap());
    }
    order.push(n - 1);
    let mut numbers = Vec::new();
    for &from in &order {
        numbers.extend(order.iter().map(|&to| usize::from(cell.edge_op(from, to).is_some())));
    }
    let ops: Vec<_> = cell.node_ops().collect();
    numbers.push(0);
    numbers.extend(order.iter().filter_map(|&node| ops[node]).map(|op| op.index() + 2));
    numbers.push(1);
    let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
    format!("({})", numbers.join(", "))
}

pub fn described(text: &str) -> &'static dyn SearchSpace {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("space.toml");
    fs::write(&file, text).unwrap();
    space::by_name_or_file(file.to_str().unwrap()).unwrap()
}
