//! Functions of one number that are linear between knots.

use super::graph::{GraphValue, OnnxGraph};
use super::trees::{EnsembleBranch, EnsembleNode};

/// A piece of the function: y + slope (x − from).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Where x is measured from.
    pub from: f64,
    /// The value there.
    pub to: f64,
    /// The slope.
    pub slope: f64,
}

impl OnnxGraph {
    /// A function of one column: piece i for numbers that are above i of the knots, which ascend. There is one piece more than
    /// knots.
    ///
    /// The pieces are the leaves of a tree, so that a row costs the logarithm of their number.
    pub fn piecewise(&mut self, input: &GraphValue, knots: &[f64], pieces: &[Piece]) -> GraphValue {
        let tree = |of: fn(&Piece) -> f64| {
            let mut nodes = Vec::with_capacity(2 * pieces.len());
            grow(knots, pieces, of, &mut nodes);
            vec![nodes]
        };
        let found = [tree(|one| one.from), tree(|one| one.to), tree(|one| one.slope)];
        let found = self.tree_sums(input, &found);
        let [from, to, slope] = [0, 1, 2].map(|place| self.columns(&found, &[place]));
        let along = self.subtract(input, &from);
        let rise = self.apply("Mul", &[&along, &slope]);
        self.add(&to, &rise)
    }
}

/// Appends a tree that finds the piece of a number.
fn grow(knots: &[f64], pieces: &[Piece], of: fn(&Piece) -> f64, nodes: &mut Vec<EnsembleNode>) {
    let Some(&threshold) = knots.get(knots.len() / 2) else {
        nodes.extend(pieces.first().map(|piece| EnsembleNode::Leaf(of(piece))));
        return;
    };
    let middle = knots.len() / 2;
    let place = nodes.len();
    nodes.push(EnsembleNode::Leaf(0.0));
    grow(&knots[..middle], &pieces[..=middle], of, nodes);
    let right = nodes.len();
    nodes[place] = EnsembleNode::Branch(EnsembleBranch { column: 0, threshold, right });
    grow(&knots[middle + 1..], &pieces[middle + 1..], of, nodes);
}
