//! In which direction the predictions of trees go at their splits.

use ndarray::parallel::prelude::*;

use super::Trees;
use crate::explain::{Importances, TreeNode, Unexplained};

impl Trees {
    /// Shares of the columns, with their directions: of the fall of the squared error at the splits of a column, the
    /// share where the mean prediction is greater on the side of the greater values, less that where it is
    /// smaller; NaN for trees that do not know how many training rows their leaves have. Of several targets each counts in units of
    /// the range of its leaves.
    ///
    /// # Complexity
    ///
    /// O(nodes · targets).
    pub fn importances(&self, shares: Vec<f64>) -> Importances {
        let directions = self.directions().unwrap_or_else(|_| vec![f64::NAN; self.columns()]);
        Importances::directed(shares, &directions)
    }

    fn directions(&self) -> Result<Vec<f64>, Unexplained> {
        let mut falls = vec![(0.0, 0.0); self.columns()];
        for target in 0..self.targets() {
            let (least, greatest) = self.ranges()[target];
            // Halves, so that no difference overflows.
            let half = greatest / 2.0 - least / 2.0;
            let each =
                self.trees().par_iter().map(|tree| Ok(splits(self.explained(tree, target)?, half)));
            // One after the other, so that sums do not depend on the threads.
            for (column, rise, fall) in each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
                falls[column].0 += rise;
                falls[column].1 += fall;
            }
        }
        Ok(falls.into_iter().map(|(rise, fall)| rise / fall).collect())
    }
}

/// Of each split its column, the fall of the squared error, negative if the side of the greater values has the smaller
/// mean, and its size; in a unit of the predictions.
fn splits(mut nodes: Vec<TreeNode>, unit: f64) -> Vec<(usize, f64, f64)> {
    let mut found = Vec::with_capacity(nodes.len() / 2);
    for place in (0..nodes.len()).rev() {
        let Some(column) = nodes[place].column else {
            nodes[place].value /= unit;
            continue;
        };
        let (left, right) = (nodes[place + 1], nodes[nodes[place].right]);
        let cover = nodes[place].cover;
        nodes[place].value =
            left.value * (left.cover / cover) + right.value * (right.cover / cover);
        let apart = right.value - left.value;
        let fall = left.cover * (right.cover / cover) * apart * apart;
        if fall.is_finite() {
            found.push((column, fall.copysign(apart), fall));
        }
    }
    found
}
