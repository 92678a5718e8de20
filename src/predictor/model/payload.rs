//! The trees of a model as bytes.
//!
//! The number of trees (4 bytes), then for each tree its nodes in pre-order. A node is its column
//! (2 bytes) and its threshold (8 bytes); a leaf is [`NO_COLUMN`] (2 bytes) and the value of each
//! target (8 bytes each). Where a subtree ends follows from its nodes, so nothing more is stored.

use super::{Bytes, ModelError};
use crate::predictor::forest::Forest;
use crate::predictor::tree::{LEAF, Node, Tree};

/// In place of a column: a leaf.
const NO_COLUMN: u16 = u16::MAX;

/// The bytes of a split, which no node is shorter than.
const SPLIT: usize = 2 + 8;

pub(super) fn write<D>(forest: &Forest<f64, D>) -> Result<Vec<u8>, ModelError> {
    const MANY: ModelError = ModelError::Damaged("it has more columns or trees than the format");
    let mut bytes = Vec::new();
    let trees = u32::try_from(forest.trees().len()).map_err(|_| MANY)?;
    bytes.extend_from_slice(&trees.to_le_bytes());
    for tree in forest.trees() {
        for node in tree.nodes() {
            if node.column == LEAF {
                bytes.extend_from_slice(&NO_COLUMN.to_le_bytes());
                for value in tree.leaf_values(node.right, forest.targets()) {
                    bytes.extend_from_slice(&value.to_le_bytes());
                }
            } else {
                let column = u16::try_from(node.column).ok().filter(|&column| column != NO_COLUMN);
                bytes.extend_from_slice(&column.ok_or(MANY)?.to_le_bytes());
                bytes.extend_from_slice(&node.threshold.to_le_bytes());
            }
        }
    }
    Ok(bytes)
}

pub(super) fn read(bytes: &[u8], columns: usize, targets: usize) -> Result<Vec<Tree>, ModelError> {
    let mut rest = Bytes(bytes);
    let count = rest.u32()? as usize;
    if count == 0 || count > rest.0.len() / SPLIT {
        return Err(ModelError::Damaged("its number of trees is wrong"));
    }
    let trees = (0..count).map(|_| read_tree(&mut rest, columns, targets));
    let trees = trees.collect::<Result<_, _>>()?;
    if rest.0.is_empty() { Ok(trees) } else { Err(ModelError::Damaged("it has bytes to spare")) }
}

fn read_tree(rest: &mut Bytes, columns: usize, targets: usize) -> Result<Tree, ModelError> {
    let mut tree = Tree { nodes: Vec::new(), values: Vec::new() };
    // The splits whose right child is yet to come; a leaf is followed by the innermost one's.
    let mut open: Vec<usize> = Vec::new();
    loop {
        let place = tree.nodes.len();
        let column = rest.u16()?;
        if column != NO_COLUMN {
            let threshold = rest.f64()?;
            if usize::from(column) >= columns || !threshold.is_finite() {
                return Err(ModelError::Damaged("a tree asks for a column that is not there"));
            }
            open.push(place);
            tree.nodes.push(Node { column: column.into(), right: LEAF, threshold });
            continue;
        }
        let leaf = u32::try_from(tree.values.len() / targets.max(1)).unwrap_or(LEAF);
        tree.nodes.push(Node { column: LEAF, right: leaf, threshold: 0.0 });
        for _ in 0..targets {
            let value = rest.f64()?;
            if !value.is_finite() {
                return Err(ModelError::Damaged("a tree predicts what is not a number"));
            }
            tree.values.push(value);
        }
        let Some(parent) = open.pop() else { return Ok(tree) };
        tree.nodes[parent].right = u32::try_from(tree.nodes.len()).unwrap_or(LEAF);
    }
}
