//! Contributions to what trees predict.
//!
//! While a column is unknown, a tree goes both ways at a split on it, in proportion to the training rows that went
//! there: the path-dependent value function of Lundberg, Erion and Lee, *Consistent Individualized Feature Attribution
//! for Tree Ensembles*, 2018, arXiv 1802.03888, whose `TreeSHAP` computes the same values.
//!
//! For a record, a leaf adds its value times a product with a factor for each column that is asked on the way
//! there. Of such a column oᵢ is 1 if the record goes the way of the leaf at all of its splits and otherwise 0, and zᵢ
//! is the product of the shares of the training rows that do. With the integral of [the room](super) a point t of
//! the quadrature gives the factor oᵢ t + zᵢ (1 − t), and the column the contribution of the leaf times
//! (oᵢ − zᵢ) / (oᵢ t + zᵢ (1 − t)). Products are carried down the tree, one for each point, and leaves are summed up
//! on the way back; so a node costs as many operations as there are points, instead of the square of the
//! depth. All factors are positive: nothing cancels out. (Yu, Xu, Xu and Wang, *Linear `TreeShap`*, `NeurIPS` 2022, sum
//! up polynomials in the same way.)

use std::collections::HashMap;

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};

use super::{Contributions, Quadrature, Unexplained};

/// A node of a tree. The nodes of a tree stand in pre-order: a left child follows its parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeNode {
    /// The column that is asked; `None` for a leaf.
    pub column: Option<usize>,
    /// The greatest value that goes left.
    pub threshold: f64,
    /// The place of the right child.
    pub right: usize,
    /// How many training rows came here; above 0.
    pub cover: f64,
    /// What a leaf predicts.
    pub value: f64,
}

/// The most columns that may be asked on the way to a leaf.
const MOST: usize = 512;

/// Rows that are worked on together, at the least: a tree is prepared once for them.
const ROWS: usize = 32;

/// The contributions to the sum of what some trees predict, times `weight`, plus `base`.
///
/// # Errors
///
/// [`Unexplained::TooDeep`] if more than 512 columns are asked on the way to a leaf.
///
/// # Panics
///
/// If a tree asks a column that the records do not have, or its nodes are not in pre-order.
///
/// # Complexity
///
/// O(records · nodes · columns on a way) time. The result does not depend on the number of threads.
pub fn tree_contributions(
    trees: &[Vec<TreeNode>],
    records: ArrayView2<f64>,
    weight: f64,
    base: f64,
) -> Result<Contributions, Unexplained> {
    let widths: Vec<usize> = trees.par_iter().map(|tree| most_columns(tree)).collect();
    if let Some(&columns) = widths.iter().max().filter(|&&columns| columns > MOST) {
        return Err(Unexplained::TooDeep { columns, most: MOST });
    }
    let expected: f64 = trees.iter().map(|tree| expected(tree)).sum();
    let mut values = Array2::zeros(records.dim());
    let share = records.nrows().div_ceil(rayon::current_num_threads()).max(ROWS);
    let blocks = records.axis_chunks_iter(Axis(0), share).into_par_iter();
    blocks.zip(values.axis_chunks_iter_mut(Axis(0), share)).for_each(|(records, mut values)| {
        for (tree, columns) in trees.iter().zip(&widths) {
            // A rule with m points is exact for 2 m columns.
            let add = match columns.div_ceil(2) {
                0 => continue,
                1..=4 => add::<4>,
                5..=8 => add::<8>,
                9..=12 => add::<12>,
                13..=16 => add::<16>,
                17..=32 => add::<32>,
                33..=64 => add::<64>,
                _ => add::<256>,
            };
            add(tree, records, &mut values);
        }
    });
    values *= weight;
    Ok(Contributions { base: base + expected * weight, values })
}

/// The most different columns that are asked on the way to a leaf.
fn most_columns(tree: &[TreeNode]) -> usize {
    let mut most = 0;
    let mut way = Vec::new();
    // For each node that is open how many columns are asked on the way to it.
    let mut open = vec![(0, 0)];
    while let Some((place, length)) = open.pop() {
        most = most.max(length);
        let Some(column) = tree[place].column else { continue };
        way.truncate(length);
        if !way.contains(&column) {
            way.push(column);
        }
        if way.len() > MOST {
            return way.len();
        }
        open.push((tree[place].right, way.len()));
        open.push((place + 1, way.len()));
    }
    most
}

/// What a tree predicts where no column is known.
fn expected(tree: &[TreeNode]) -> f64 {
    let leaves = tree.iter().filter(|node| node.column.is_none());
    leaves.map(|leaf| leaf.value * (leaf.cover / tree[0].cover)).sum()
}

/// Adds the contributions to what a tree predicts for some records, with a quadrature of `M` points.
fn add<const M: usize>(
    tree: &[TreeNode],
    records: ArrayView2<f64>,
    values: &mut ArrayViewMut2<f64>,
) {
    let prepared = Prepared::<M>::new(tree);
    let mut room = Room { follows: vec![true; tree.len()], products: vec![[1.0; M]; tree.len()] };
    let mut row = vec![0.0; records.ncols()];
    let mut sums = row.clone();
    for (record, mut values) in records.rows().into_iter().zip(values.rows_mut()) {
        row.iter_mut().zip(record).for_each(|(to, from)| *to = *from);
        sums.fill(0.0);
        prepared.add(&row, &mut room, &mut sums);
        values.iter_mut().zip(&sums).for_each(|(to, sum)| *to += sum);
    }
}

/// A tree with what does not depend on the record.
struct Prepared<const M: usize> {
    nodes: Vec<Step<M>>,
    /// What the loss of a column multiplies a leaf with, at each point.
    lost: [f64; M],
}

/// The way from a parent to a child, which splits on a column; that of the root is none.
struct Step<const M: usize> {
    parent: usize,
    column: usize,
    threshold: f64,
    is_left: bool,
    /// The child that the last split on the same column before it led to; the root if there was none.
    before: usize,
    /// The factors of a product: where the record had lost the way before, where it loses it here, and where
    /// it goes along.
    factors: [[f64; M]; 3],
    /// What going along multiplies the leaves below with, for the contribution of the column.
    kept: [f64; M],
    /// The right child, if it is no leaf.
    right: Option<usize>,
    value: f64,
}

/// What is computed for a record.
struct Room<const M: usize> {
    /// For each node whether the record goes there at the splits on the column of its parent.
    follows: Vec<bool>,
    /// On the way down the products, on the way up the sums over the leaves below.
    products: Vec<[f64; M]>,
}

impl<const M: usize> Prepared<M> {
    fn new(tree: &[TreeNode]) -> Self {
        let Quadrature { points, weights } = Quadrature::new(M);
        let [points, weights]: [[f64; M]; 2] =
            [points, weights].map(|list| std::array::from_fn(|point| list[point]));
        let rest: [f64; M] = std::array::from_fn(|point| points[M - 1 - point]);
        let mut parents = vec![(0, false); tree.len()];
        for (place, node) in tree.iter().enumerate().filter(|(_, node)| node.column.is_some()) {
            parents[place + 1] = (place, true);
            parents[node.right] = (place, false);
        }
        // For each node the share of training rows that go along at the splits on the column of its parent.
        let mut shares = vec![1.0; tree.len()];
        let mut nodes: Vec<Step<M>> = Vec::with_capacity(tree.len());
        let mut latest = Latest::default();
        for (place, (node, (parent, is_left))) in tree.iter().zip(parents).enumerate() {
            let column = tree[parent].column.unwrap_or_default();
            let before = if place == 0 { 0 } else { latest.replace(place, parent, column) };
            let share = node.cover / tree[parent].cover;
            let (old, new) = (shares[before], shares[before] * share);
            shares[place] = new;
            let whole = |share: f64, point: usize| points[point] + share * rest[point];
            nodes.push(Step {
                parent,
                column,
                threshold: tree[parent].threshold,
                is_left,
                before,
                factors: [
                    [share; M],
                    std::array::from_fn(|point| new * rest[point] / whole(old, point)),
                    std::array::from_fn(|point| whole(new, point) / whole(old, point)),
                ],
                kept: std::array::from_fn(|point| weights[point] * (1.0 - new) / whole(new, point)),
                right: node.column.map(|_| node.right),
                value: node.value,
            });
        }
        Prepared { nodes, lost: std::array::from_fn(|point| -weights[point] / rest[point]) }
    }

    /// Adds the contributions of a record.
    fn add(&self, record: &[f64], room: &mut Room<M>, sums: &mut [f64]) {
        let Room { follows, products } = room;
        for (place, step) in self.nodes.iter().enumerate().skip(1) {
            let goes = (record[step.column] <= step.threshold) == step.is_left;
            let followed = follows[step.before];
            follows[place] = followed && goes;
            let case = usize::from(followed) + usize::from(followed && goes);
            let (factors, above) = (&step.factors[case], products[step.parent]);
            products[place] = std::array::from_fn(|point| above[point] * factors[point]);
        }
        for (place, step) in self.nodes.iter().enumerate().skip(1).rev() {
            let below: [f64; M] = match step.right {
                None => products[place].map(|product| product * step.value),
                Some(right) => {
                    let (left, right) = (products[place + 1], products[right]);
                    std::array::from_fn(|point| left[point] + right[point])
                }
            };
            products[place] = below;
            let effect = |place: usize| {
                if follows[place] { &self.nodes[place].kept } else { &self.lost }
            };
            let mut sum = dot(effect(place), &below);
            if step.before != 0 {
                // The leaves below count for this split and no longer for the one before.
                sum -= dot(effect(step.before), &below);
            }
            sums[step.column] += sum;
        }
    }
}

/// For the node that is looked at, in pre-order, the last child on the way there that a split on each column led to.
#[derive(Default)]
struct Latest {
    of_column: HashMap<usize, usize>,
    /// The nodes on the way, each with its column and the child before it.
    way: Vec<(usize, usize, usize)>,
}

impl Latest {
    /// Makes a node the last child for the column of its parent. Returns the one before; the root if there was none.
    fn replace(&mut self, place: usize, parent: usize, column: usize) -> usize {
        while let Some((_, column, before)) = self.way.pop_if(|top| top.0 != parent) {
            self.of_column.insert(column, before);
        }
        let before = self.of_column.insert(column, place).unwrap_or_default();
        self.way.push((place, column, before));
        before
    }
}

fn dot<const M: usize>(one: &[f64; M], other: &[f64; M]) -> f64 {
    // Four sums, so that additions do not wait for each other.
    let mut sums = [0.0; 4];
    for (one, other) in one.chunks_exact(4).zip(other.chunks_exact(4)) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += one * other;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn split(column: usize, threshold: f64, right: usize, cover: f64) -> TreeNode {
        TreeNode { column: Some(column), threshold, right, cover, value: 0.0 }
    }

    fn leaf(value: f64, cover: f64) -> TreeNode {
        TreeNode { column: None, threshold: 0.0, right: 0, cover, value }
    }

    #[test]
    fn by_hand() {
        // One split: a column that is known tells all.
        let stump = vec![split(1, 0.5, 2, 4.0), leaf(1.0, 1.0), leaf(5.0, 3.0)];
        let found = tree_contributions(&[stump], array![[7.0, 0.0], [7.0, 1.0]].view(), 0.5, 10.0);
        let found = found.unwrap();
        assert!((found.base - 12.0).abs() < 1e-12);
        let expected = array![[0.0, -1.5], [0.0, 0.5]];
        assert!((found.values - expected).iter().all(|apart| apart.abs() < 1e-12));
    }

    #[test]
    fn a_column_may_be_asked_again() {
        // x <= 2 and then x <= 1: with one column all of the difference is its own.
        let tree = vec![
            split(0, 2.0, 4, 8.0),
            split(0, 1.0, 3, 6.0),
            leaf(1.0, 2.0),
            leaf(2.0, 4.0),
            leaf(9.0, 2.0),
        ];
        let found = tree_contributions(&[tree], array![[0.0], [2.0], [3.0]].view(), 1.0, 0.0);
        let found = found.unwrap();
        assert!((found.base - 28.0 / 8.0).abs() < 1e-12);
        let expected = array![1.0, 2.0, 9.0];
        assert!((found.predictions() - expected).iter().all(|apart| apart.abs() < 1e-12));
    }

    #[test]
    fn a_way_of_too_many_columns_is_refused() {
        let chain = |columns: usize| {
            let mut tree = Vec::new();
            for column in 0..columns {
                let cover = (columns + 1 - column) as f64;
                tree.push(split(column, 0.5, 2 * column + 2, cover));
                tree.push(leaf(column as f64, 1.0));
            }
            tree.push(leaf(-1.0, 1.0));
            tree
        };
        let records = Array2::from_shape_fn((2, MOST + 1), |(row, _)| row as f64);
        let of = |columns| tree_contributions(&[chain(columns)], records.view(), 1.0, 0.0);
        let found = of(MOST).unwrap().predictions();
        assert!((found[0] - 0.0).abs() < 1e-9 && (found[1] + 1.0).abs() < 1e-9, "{found}");
        assert_eq!(of(MOST + 1), Err(Unexplained::TooDeep { columns: MOST + 1, most: MOST }));
    }
}
