//! The grower.
//!
//! Nodes are split depth-first where the squared error falls most. Narrow groups of columns (few
//! codes) are searched by histogram: of two children only the smaller is counted, the other is the
//! difference to their parent. Wide groups are searched in sorted order, which splits keep.
//!
//! Sums are taken in fixed point: whole numbers, which add up to the same in any order. Siblings
//! are subtracted without error, and equally good splits compare equal. Among those one is drawn
//! at random, each column with the same chance: a table of graph features has many columns that
//! split a small node alike but rows to come differently, and always taking the first would lean on
//! it (scikit-learn visits the columns of each node in random order, to the same effect).

mod few;
mod search;
mod sums;

use rand_xoshiro::Xoshiro256PlusPlus;

use self::few::Few;
use self::search::{Best, Chosen};
use self::sums::Sums;

use super::bins::Binned;
use super::params::{GrowParams, SplitRule};
use super::targets::Targets;
use super::{LEAF, Node, Tree};

/// A grown tree.
#[derive(Debug)]
pub struct Grown {
    /// The tree.
    pub tree: Tree,
    /// For each column the fall of the squared error at its splits, summed over rows and targets;
    /// in an unit of its own, to be normalized.
    pub importances: Vec<f64>,
}

/// The most targets that [`grow`] takes.
pub const MAX_TARGETS: usize = 32;

/// What a tree is grown on.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// For each row how many times it counts; rows without weight are not seen.
    pub weights: &'a [u32],
    /// The columns that are looked at; all if absent.
    pub columns: Option<&'a [usize]>,
}

/// Grows a tree on a sample of rows and columns.
///
/// The number of targets is at most [`MAX_TARGETS`]; targets beyond it are left out.
///
/// # Complexity
///
/// O(columns · rows · log rows) for a balanced tree.
pub fn grow(
    binned: &Binned,
    targets: &Targets,
    sample: Sample,
    params: &GrowParams,
    random: &mut Xoshiro256PlusPlus,
) -> Grown {
    // The sums of a bin are an array whose length the compiler knows.
    match targets.len() {
        0 | 1 => Grower::<1>::grow(binned, targets, sample, params, random),
        2 => Grower::<2>::grow(binned, targets, sample, params, random),
        3..=4 => Grower::<4>::grow(binned, targets, sample, params, random),
        5..=8 => Grower::<8>::grow(binned, targets, sample, params, random),
        _ => Grower::<MAX_TARGETS>::grow(binned, targets, sample, params, random),
    }
}

/// A node that is to be split or made a leaf.
struct Open<const T: usize> {
    /// Its rows in [`Grower::samples`] and in each sorted list.
    start: usize,
    end: usize,
    depth: usize,
    sums: Sums<T>,
    /// Whether its rows have different targets.
    is_mixed: bool,
    /// The groups in which its rows may differ: those in which its parent's did.
    varied: Vec<u32>,
    /// Its histogram, if it will be searched by one; only the bins of varied groups are right.
    histogram: Option<Vec<Sums<T>>>,
    /// The place of its parent, if it is a right child.
    right_of: Option<usize>,
}

struct Grower<'a, const T: usize> {
    binned: &'a Binned,
    targets: &'a Targets,
    params: &'a GrowParams,
    /// How many columns are tried at a node.
    tried: usize,
    /// For each row what it adds to a sum.
    adds: Vec<Sums<T>>,
    /// 1 / weight; NaN for 0.
    inverse: Vec<f64>,
    /// What makes the squared sums of the targets comparable: the squares of their units.
    factors: [f64; T],
    /// The rows of each node stand together.
    samples: Vec<u32>,
    /// For each wide group the rows of each node in ascending order.
    sorted: Vec<Vec<u32>>,
    goes_left: Vec<bool>,
    spare: Vec<u32>,
    /// Histograms and lists of groups to be used again.
    free: Vec<Vec<Sums<T>>>,
    free_lists: Vec<Vec<u32>>,
    /// The bins of one group, where a node has no histogram.
    counted: Vec<Sums<T>>,
    best: Best,
    /// For nodes of few rows.
    few: Few<T>,
    /// For drawing columns without replacement.
    columns: Vec<usize>,
    nodes: Vec<Node>,
    values: Vec<f64>,
    covers: Vec<u32>,
    importances: Vec<f64>,
}

impl<'a, const T: usize> Grower<'a, T> {
    fn grow(
        binned: &'a Binned,
        targets: &'a Targets,
        sample: Sample,
        params: &'a GrowParams,
        random: &mut Xoshiro256PlusPlus,
    ) -> Grown {
        let Sample { weights, columns } = sample;
        let columns = columns.map_or_else(|| (0..binned.columns()).collect(), <[usize]>::to_vec);
        let groups = groups_of(binned, &columns);
        let in_bag = |row: &u32| weights.get(*row as usize).is_some_and(|&weight| weight > 0);
        let all = u32::try_from(binned.rows().min(targets.rows)).unwrap_or(u32::MAX);
        let samples: Vec<u32> = (0..all).filter(in_bag).collect();
        let mut adds = vec![Sums::NONE; all as usize];
        let mut total = Sums::NONE;
        for &row in &samples {
            let place = row as usize;
            let fixed = &targets.fixed[place * targets.len()..(place + 1) * targets.len()];
            adds[place] = Sums::of(weights[place], fixed);
            total.add(&adds[place]);
        }
        // Groups that are not looked at need no order.
        let mut sorted = vec![Vec::new(); binned.wide_orders().len()];
        for wide in groups.iter().filter_map(|&group| (group as usize).checked_sub(binned.narrow()))
        {
            sorted[wide] = binned.wide_orders()[wide].iter().copied().filter(in_bag).collect();
        }
        let largest = targets.scales.iter().map(|scale| scale.1).fold(f64::MIN_POSITIVE, f64::max);
        let mut factors = [0.0; T];
        for (factor, (_, unit)) in factors.iter_mut().zip(&targets.scales) {
            *factor = (unit / largest) * (unit / largest);
        }
        let inverse = (1..=total.weight()).map(|weight| 1.0 / (weight as f64 + params.l2));
        let mut grower = Grower {
            factors,
            counted: Vec::new(),
            binned,
            targets,
            params,
            tried: params.max_features.of(columns.len()),
            adds,
            inverse: std::iter::once(f64::NAN).chain(inverse).collect(),
            sorted,
            goes_left: vec![false; all as usize],
            spare: Vec::with_capacity(samples.len()),
            free: Vec::new(),
            free_lists: Vec::new(),
            best: Best::default(),
            few: Few::default(),
            columns,
            nodes: Vec::with_capacity(2 * samples.len()),
            values: Vec::with_capacity(samples.len() * targets.len()),
            covers: Vec::with_capacity(samples.len()),
            importances: vec![0.0; binned.columns()],
            samples,
        };
        grower.run(total, groups, random);
        let tree = Tree { nodes: grower.nodes, values: grower.values, covers: grower.covers };
        Grown { tree, importances: grower.importances }
    }

    fn run(&mut self, total: Sums<T>, groups: Vec<u32>, random: &mut Xoshiro256PlusPlus) {
        let end = self.samples.len();
        let mut root = Open {
            start: 0,
            end,
            depth: 0,
            sums: total,
            is_mixed: self.is_mixed(self.samples.iter().copied()),
            varied: groups,
            histogram: None,
            right_of: None,
        };
        if self.wants_histogram(&root) {
            self.count(&mut root);
        }
        let mut open = vec![root];
        while let Some(mut node) = open.pop() {
            let place = self.nodes.len();
            if let Some(parent) = node.right_of {
                self.nodes[parent].right = u32::try_from(place).unwrap_or(LEAF);
            }
            let is_open = self.is_open(&node.sums, node.is_mixed, node.depth);
            if is_open && self.is_few(&node) {
                self.finish(&node, random);
            } else if let Some(chosen) = is_open.then(|| self.find(&mut node, random)).flatten() {
                let Chosen { column, threshold, group, code, gain } = chosen;
                self.nodes.push(Node { column, right: LEAF, threshold });
                let (left, right) = self.split(&mut node, group, code, place);
                self.importances[column as usize] += gain.max(0.0);
                open.push(right);
                open.push(left);
            } else {
                self.leaf(&node.sums);
            }
            self.free.extend(node.histogram.take());
            self.free_lists.push(node.varied);
        }
    }

    /// Whether a node may be split.
    fn is_open(&self, sums: &Sums<T>, is_mixed: bool, depth: usize) -> bool {
        let rows = sums.rows();
        is_mixed
            && self.params.max_depth.is_none_or(|most| depth < most)
            && rows >= self.params.min_samples_split.max(2)
            && rows >= 2 * self.params.min_samples_leaf.max(1)
    }

    /// Whether a node is searched by its own histogram. If few columns are tried, each is counted
    /// when it is its turn; few rows are compared without counting.
    fn wants_histogram(&self, node: &Open<T>) -> bool {
        self.is_open(&node.sums, node.is_mixed, node.depth)
            && self.tries_all()
            && !self.is_few(node)
            && self.binned.narrow() > 0
    }

    fn tries_all(&self) -> bool {
        self.tried == self.columns.len()
    }

    /// Whether all splits of all columns are searched.
    fn searches_all(&self) -> bool {
        self.tries_all() && self.params.splits == SplitRule::Best
    }

    /// Whether some rows differ in a target.
    fn is_mixed(&self, mut rows: impl Iterator<Item = u32>) -> bool {
        let count = self.targets.len();
        let target = |row: u32| &self.targets.fixed[row as usize * count..][..count];
        rows.next().is_some_and(|first| rows.any(|row| target(row) != target(first)))
    }

    /// Makes the histogram of a node.
    fn count(&mut self, node: &mut Open<T>) {
        let mut histogram = self.free.pop().unwrap_or_default();
        histogram.clear();
        histogram.resize(self.binned.bins(), Sums::NONE);
        let varied = self.narrow_varied(node);
        let first_bins = self.binned.first_bins();
        for &row in &self.samples[node.start..node.end] {
            let sums = self.adds[row as usize];
            let codes = self.binned.row_codes(row as usize);
            for &group in varied {
                let bin = first_bins[group as usize] + usize::from(codes[group as usize]);
                histogram[bin].add(&sums);
            }
        }
        node.histogram = Some(histogram);
    }

    /// The narrow groups in which the rows of a node may differ; the wide ones stand behind them.
    fn narrow_varied<'n>(&self, node: &'n Open<T>) -> &'n [u32] {
        let narrow = node.varied.partition_point(|&group| (group as usize) < self.binned.narrow());
        &node.varied[..narrow]
    }

    /// Splits the rows of a node, and makes the histograms of its children.
    fn split(
        &mut self,
        node: &mut Open<T>,
        group: usize,
        code: usize,
        place: usize,
    ) -> (Open<T>, Open<T>) {
        let mut sums = Sums::NONE;
        for &row in &self.samples[node.start..node.end] {
            let left = self.binned.code(group, row as usize) <= code;
            self.goes_left[row as usize] = left;
            if left {
                sums.add(&self.adds[row as usize]);
            }
        }
        let (start, end) = (node.start, node.end);
        let middle = start + sums.rows();
        partition(&mut self.samples[start..end], &self.goes_left, &mut self.spare);
        for sorted in self.sorted.iter_mut().filter(|sorted| !sorted.is_empty()) {
            partition(&mut sorted[start..end], &self.goes_left, &mut self.spare);
        }
        let mut varied = self.free_lists.pop().unwrap_or_default();
        varied.clear();
        varied.extend_from_slice(&node.varied);
        let child = |start, end, sums, varied, right_of| Open {
            start,
            end,
            depth: node.depth + 1,
            sums,
            is_mixed: self.is_mixed(self.samples[start..end].iter().copied()),
            varied,
            histogram: None,
            right_of,
        };
        let mut left = child(start, middle, sums, varied, None);
        let others = node.sums.without(&sums);
        let varied = std::mem::take(&mut node.varied);
        let mut right = child(middle, end, others, varied, Some(place));
        let left_is_smaller = left.sums.rows() <= right.sums.rows();
        let (small, large) =
            if left_is_smaller { (&mut left, &mut right) } else { (&mut right, &mut left) };
        let wants = (self.wants_histogram(small), self.wants_histogram(large));
        // Counting the larger child anew is cheaper than a difference if it is small too.
        let columns = self.narrow_varied(large).len();
        let (few, many) = (small.end - small.start, large.end - large.start);
        let subtracts = wants.1
            && node.histogram.is_some()
            && (if wants.0 { 0 } else { few * columns }) + self.binned.bins() / 2 < many * columns;
        if wants.0 || subtracts {
            self.count(small);
        }
        if subtracts {
            large.histogram = node.histogram.take();
            if let (Some(large), Some(small)) = (&mut large.histogram, &small.histogram) {
                for (large, small) in large.iter_mut().zip(small) {
                    *large = large.without(small);
                }
            }
        } else if wants.1 {
            self.count(large);
        }
        (left, right)
    }

    /// Makes a leaf of a node: the mean of its targets.
    fn leaf(&mut self, sums: &Sums<T>) {
        let place = self.values.len() / self.targets.len().max(1);
        let right = u32::try_from(place).unwrap_or(LEAF);
        self.nodes.push(Node { column: LEAF, right, threshold: 0.0 });
        self.covers.push(u32::try_from(sums.weight()).unwrap_or(u32::MAX));
        let weight = sums.weight().max(1) as f64 + self.params.l2;
        for (&sum, (centre, unit)) in sums.targets.iter().zip(&self.targets.scales) {
            self.values.push(centre + sum / weight * unit);
        }
    }

    /// The squared sums over the weight: what the squared error falls by, but for a constant.
    fn alone(&self, sums: &Sums<T>) -> f64 {
        let inverse = self.inverse[sums.weight()];
        if T == 1 {
            return sums.targets[0] * sums.targets[0] * inverse; // One target: its factor is 1.
        }
        let squares = sums.targets.iter().zip(&self.factors);
        squares.map(|(sum, factor)| sum * sum * factor).sum::<f64>() * inverse
    }

    fn gain(&self, left: &Sums<T>, right: &Sums<T>) -> f64 {
        self.alone(left) + self.alone(right)
    }

    /// Whether a split that is worth so much more than none is made. Without [`GrowParams::l2`] none
    /// is worth less, and those that are worth nothing may lead to better ones.
    fn is_worth(&self, gain: f64) -> bool {
        self.params.l2 == 0.0 || gain > 0.0
    }
}

/// The groups of some columns, in their order, each once.
fn groups_of(binned: &Binned, columns: &[usize]) -> Vec<u32> {
    let mut is_looked_at = vec![false; binned.groups().len()];
    for group in columns.iter().filter_map(|&column| binned.group_of(column)) {
        is_looked_at[group] = true;
    }
    (0..).zip(is_looked_at).filter(|(_, is)| *is).map(|(group, _)| group).collect()
}

/// Moves the rows that go left before the others; both keep their order.
fn partition(rows: &mut [u32], goes_left: &[bool], spare: &mut Vec<u32>) {
    spare.clear();
    let mut left = 0;
    for place in 0..rows.len() {
        let row = rows[place];
        if goes_left[row as usize] {
            rows[left] = row;
            left += 1;
        } else {
            spare.push(row);
        }
    }
    rows[left..].copy_from_slice(spare);
}
