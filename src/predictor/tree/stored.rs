//! Trees as bytes.
//!
//! The number of trees (4 bytes), then for each tree its nodes in pre-order. A node is its column
//! (2 bytes) and its threshold (8 bytes); a leaf is [`NO_COLUMN`] (2 bytes), the number of its training rows (4 bytes; 0
//! where it is not known, as in models of format 3, which leave it out) and the value of each target (8 bytes
//! each). Where a subtree ends follows from its nodes, so nothing more is stored.

use super::{LEAF, Node, Tree};
use crate::predictor::stored::{Bytes, Damaged, write_count, write_numbers};

/// In place of a column: a leaf.
const NO_COLUMN: u16 = u16::MAX;

/// The bytes of a split, which no node is shorter than.
const SPLIT: usize = 2 + 8;

/// Writes trees with so many targets; of columns beyond 65,534 none can be read back.
pub(super) fn write(trees: &[Tree], targets: usize, out: &mut Vec<u8>) {
    write_count(trees.len(), out);
    for node in trees.iter().flat_map(|tree| tree.nodes().iter().map(move |node| (tree, node))) {
        let (tree, node) = node;
        if node.column == LEAF {
            out.extend_from_slice(&NO_COLUMN.to_le_bytes());
            let cover = tree.covers().get(node.right as usize).copied().unwrap_or_default();
            out.extend_from_slice(&cover.to_le_bytes());
            write_numbers(tree.leaf_values(node.right, targets), out);
        } else {
            let column = u16::try_from(node.column).unwrap_or(NO_COLUMN);
            out.extend_from_slice(&column.to_le_bytes());
            write_numbers([&node.threshold], out);
        }
    }
}

/// Reads trees whose columns are below `columns`.
pub(super) fn read(
    bytes: &mut Bytes,
    columns: usize,
    targets: usize,
) -> Result<Vec<Tree>, Damaged> {
    match bytes.count(SPLIT)? {
        0 => Err(Damaged("it has no trees")),
        count => (0..count).map(|_| read_tree(bytes, columns, targets)).collect(),
    }
}

fn read_tree(rest: &mut Bytes, columns: usize, targets: usize) -> Result<Tree, Damaged> {
    let mut tree = Tree { nodes: Vec::new(), values: Vec::new(), covers: Vec::new() };
    // The splits whose right child is yet to come; a leaf is followed by the innermost one's.
    let mut open: Vec<usize> = Vec::new();
    loop {
        let index = tree.nodes.len();
        let column = rest.u16()?;
        if column != NO_COLUMN {
            let threshold = rest.number()?;
            if usize::from(column) >= columns {
                return Err(Damaged("a tree asks for a column that is not there"));
            }
            open.push(index);
            tree.nodes.push(Node { column: column.into(), right: LEAF, threshold });
            continue;
        }
        let leaf = u32::try_from(tree.values.len() / targets.max(1)).unwrap_or(LEAF);
        tree.nodes.push(Node { column: LEAF, right: leaf, threshold: 0.0 });
        tree.covers.push(if rest.have_covers { rest.u32()? } else { 0 });
        for _ in 0..targets {
            tree.values.push(rest.number()?);
        }
        let Some(parent) = open.pop() else { return with_covers(tree) };
        tree.nodes[parent].right = u32::try_from(tree.nodes.len()).unwrap_or(LEAF);
    }
}

/// A tree whose leaves all have training rows, or none of them is known to.
fn with_covers(mut tree: Tree) -> Result<Tree, Damaged> {
    match tree.covers.iter().filter(|cover| **cover == 0).count() {
        0 => Ok(tree),
        unknown if unknown == tree.covers.len() => {
            tree.covers.clear();
            Ok(tree)
        }
        _ => Err(Damaged("a leaf of a tree has no training rows")),
    }
}
