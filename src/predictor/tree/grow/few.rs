//! Nodes of few rows.
//!
//! Most nodes of a tree that is grown to the end hold a handful of rows. The rows of such a node
//! are bits of a byte, and a split is the byte of the rows on its left: there are hardly more than
//! a hundred, whatever the number of columns. The splits of all groups are found once, together
//! with the sums of every subset of the rows; the nodes below are then searched by looking up
//! bytes.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::{LEAF, Node};
use super::search::draw;
use super::sums::Sums;
use super::{Grower, Open};

/// So few rows are bits of a byte.
pub(super) const FEW: usize = 8;

/// The most splits of the rows by one group.
const MOST_CUTS: usize = FEW - 1;

/// A group, and in the low byte the rows on the left of one of its splits.
type Cut = u32;

/// Groups from here on are not among the cuts.
const MOST_GROUPS: usize = 1 << 24;

/// The rows of a node and all that can be asked about them.
#[derive(Debug)]
pub(super) struct Few<const T: usize> {
    rows: [u32; FEW],
    /// For each subset of the rows their sums, and what they are worth alone.
    sums: Vec<Sums<T>>,
    alone: Vec<f64>,
    /// The splits of the rows, by group and then by code; behind them, those of the nodes below
    /// that are being split.
    cuts: Vec<Cut>,
}

impl<const T: usize> Default for Few<T> {
    fn default() -> Self {
        let subsets = 1 << FEW;
        let (sums, alone) = (vec![Sums::NONE; subsets], vec![0.0; subsets]);
        Few { rows: [0; FEW], sums, alone, cuts: Vec::new() }
    }
}

/// A node below, as a subset of the rows.
#[derive(Debug, Clone, Copy)]
struct Part {
    rows: u8,
    depth: usize,
    /// Where the cuts of its parent stand.
    start: usize,
    end: usize,
}

impl<const T: usize> Grower<'_, T> {
    /// Whether a node is one of few rows.
    pub(super) fn is_few(&self, node: &Open<T>) -> bool {
        node.end - node.start <= FEW
            && self.searches_all()
            && self.binned.groups().len() <= MOST_GROUPS
    }

    /// Grows the whole tree under a node of at most [`FEW`] rows.
    pub(super) fn finish(&mut self, node: &Open<T>, random: &mut Xoshiro256PlusPlus) {
        let mut few = std::mem::take(&mut self.few);
        let count = node.end - node.start;
        few.rows[..count].copy_from_slice(&self.samples[node.start..node.end]);
        let all = u8::MAX >> (FEW - count);
        for subset in 1..=usize::from(all) {
            let first = subset.trailing_zeros() as usize;
            let mut sums = few.sums[subset & (subset - 1)];
            sums.add(&self.adds[few.rows[first] as usize]);
            few.alone[subset] = self.alone(&sums);
            few.sums[subset] = sums;
        }
        few.cuts.clear();
        self.cut(&mut few, &node.varied, count);
        let part = Part { rows: all, depth: node.depth, start: 0, end: few.cuts.len() };
        self.finish_part(&mut few, part, random);
        self.few = few;
    }

    /// Finds the ways in which groups split the rows.
    fn cut(&self, few: &mut Few<T>, groups: &[u32], count: usize) {
        let all = u8::MAX >> (FEW - count);
        let rows = &few.rows[..count];
        let codes: [&[u8]; FEW] =
            std::array::from_fn(|bit| self.binned.row_codes(few.rows[bit.min(count - 1)] as usize));
        few.cuts.resize(groups.len() * MOST_CUTS + 1, 0);
        let mut length = 0;
        for &group in groups {
            let index = group as usize;
            // A byte for each code: the bits of its rows.
            let word = if self.binned.groups()[index].codes <= FEW {
                let codes = codes[..count].iter().map(|codes| u32::from(codes[index]));
                (0..).zip(codes).fold(0, |word, (bit, code)| word | 1 << (code * 8 + bit))
            } else {
                ranks(rows.iter().map(|&row| self.binned.code(index, row as usize)))
            };
            // Those of lesser codes as well.
            let word: u64 = word | word << 8;
            let word = word | word << 16;
            let word = word | word << 32;
            let cuts = &mut few.cuts[length..=length + MOST_CUTS];
            let mut last = 0;
            let mut found = 0;
            for &left in &word.to_le_bytes()[..MOST_CUTS] {
                // Written in any case, counted if it is new: no branch to be guessed.
                cuts[found] = group << 8 | Cut::from(left);
                found += usize::from(left != last && left != all);
                last = left;
            }
            length += found;
        }
        few.cuts.truncate(length);
    }

    /// Grows the tree under a subset of the rows.
    fn finish_part(&mut self, few: &mut Few<T>, part: Part, random: &mut Xoshiro256PlusPlus) {
        let sums = few.sums[usize::from(part.rows)];
        let mixed = self.is_mixed(few.rows_of(part.rows));
        let split = if self.is_open(&sums, mixed, part.depth) {
            self.search_few(few, part, random)
        } else {
            None
        };
        let Some((cut, member)) = split else { return self.leaf(&sums) };
        let (group, left) = halves(cut);
        let right = part.rows ^ left;

        let index = self.nodes.len();
        let member = &self.binned.groups()[group].members[member];
        let codes = |side| few.rows_of(side).map(|row| self.binned.code(group, row as usize));
        let (low, high) = (codes(left).max().unwrap_or(0), codes(right).min().unwrap_or(0));
        let threshold = member.halfway(low, high);
        self.nodes.push(Node { column: member.column, right: LEAF, threshold });
        let gain = few.gain(left, right) - few.alone[usize::from(part.rows)];
        self.importances[member.column as usize] += gain.max(0.0);
        let child =
            |rows| Part { rows, depth: part.depth + 1, start: part.end, end: few.cuts.len() };
        let (left, right) = (child(left), child(right));
        self.finish_part(few, left, random);
        self.nodes[index].right = u32::try_from(self.nodes.len()).unwrap_or(LEAF);
        self.finish_part(few, right, random);
        few.cuts.truncate(part.end);
    }

    /// Draws one of the best splits of a part, and a member of its group: each column has the same
    /// chance. Leaves the splits of the part behind those of its parent.
    fn search_few(
        &self,
        few: &mut Few<T>,
        part: Part,
        random: &mut Xoshiro256PlusPlus,
    ) -> Option<(Cut, usize)> {
        let (gain, is_best) = few.best(part, self.params.min_samples_leaf);
        if !self.is_worth(gain) {
            return None;
        }
        // How many columns split best; each group is asked for the first of its best splits.
        let mut columns = 0;
        let mut last = usize::MAX;
        for &cut in &few.cuts[part.end..] {
            let (group, left) = halves(cut);
            let counts = is_best[usize::from(left)] && group != last;
            columns += if counts { self.binned.members(group) } else { 0 };
            last = if counts { group } else { last };
        }
        let mut drawn = draw(columns, random)?;
        last = usize::MAX;
        for &cut in &few.cuts[part.end..] {
            let (group, left) = halves(cut);
            if is_best[usize::from(left)] && group != last {
                if drawn < self.binned.members(group) {
                    return Some((cut, drawn));
                }
                drawn -= self.binned.members(group);
                last = group;
            }
        }
        None
    }
}

impl<const T: usize> Few<T> {
    /// Adds the cuts that split a part, and tells how much more the best of them are worth than no
    /// split, and which left sides those have.
    fn best(&mut self, part: Part, min_samples_leaf: usize) -> (f64, [bool; 1 << FEW]) {
        let seen = self.keep(part);
        let mut best = f64::NEG_INFINITY;
        let mut is_best = [false; 1 << FEW];
        let mut gains = [f64::NEG_INFINITY; 1 << FEW];
        for left in subsets(part.rows).filter(|&left| seen[usize::from(left)]) {
            let right = part.rows ^ left;
            if left.count_ones().min(right.count_ones()) as usize >= min_samples_leaf {
                gains[usize::from(left)] = self.gain(left, right);
                best = best.max(gains[usize::from(left)]);
            }
        }
        if best > f64::NEG_INFINITY {
            for left in subsets(part.rows) {
                is_best[usize::from(left)] = gains[usize::from(left)] >= best;
            }
        }
        (best - self.alone[usize::from(part.rows)], is_best)
    }

    /// Adds the cuts that split a part, and tells which left sides there are.
    fn keep(&mut self, part: Part) -> [bool; 1 << FEW] {
        let mut seen = [false; 1 << FEW];
        let end = self.cuts.len();
        self.cuts.resize(end + part.end - part.start, 0);
        let (from, to) = self.cuts.split_at_mut(end);
        let mut length = 0;
        let mut last = 0;
        for &cut in &from[part.start..part.end] {
            let left = cut.to_le_bytes()[0] & part.rows;
            let cut = cut & !0xff | Cut::from(left);
            // Again written in any case.
            to[length] = cut;
            length += usize::from(left != 0 && left != part.rows && cut != last);
            last = cut;
            seen[usize::from(left)] = true;
        }
        self.cuts.truncate(end + length);
        seen
    }

    fn rows_of(&self, subset: u8) -> impl Iterator<Item = u32> {
        let rows = self.rows.iter().enumerate();
        rows.filter(move |(bit, _)| subset >> bit & 1 != 0).map(|(_, &row)| row)
    }

    fn gain(&self, left: u8, right: u8) -> f64 {
        self.alone[usize::from(left)] + self.alone[usize::from(right)]
    }
}

/// The group of a cut, and the rows on its left.
fn halves(cut: Cut) -> (usize, u8) {
    ((cut >> 8) as usize, cut.to_le_bytes()[0])
}

/// The subsets of a part, but for the part and the empty set.
fn subsets(rows: u8) -> impl Iterator<Item = u8> {
    let below = move |left: u8| Some(left.wrapping_sub(1) & rows).filter(|&left| left != 0);
    std::iter::successors(below(rows), move |&left| below(left))
}

/// A byte for each rank among the codes of at most [`FEW`] rows: the bits of its rows.
fn ranks(codes: impl Iterator<Item = usize>) -> u64 {
    let mut sorted = [(usize::MAX, 0); FEW];
    for (bit, (index, code)) in sorted.iter_mut().zip(codes).enumerate() {
        *index = (code, bit);
    }
    sorted.sort_unstable();
    let mut rank = 0;
    let mut last = sorted[0].0;
    let mut word = 0;
    for &(code, bit) in sorted.iter().take_while(|pair| pair.0 != usize::MAX) {
        rank += usize::from(code != last);
        last = code;
        word |= 1 << (rank * 8 + bit);
    }
    word
}
