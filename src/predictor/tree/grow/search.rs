//! Searching a node for its best split.

use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::params::SplitRule;
use super::sums::Sums;
use super::{Grower, Open};

/// A way to split a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub group: usize,
    /// The column, where it has been drawn already.
    pub member: Option<usize>,
    /// The greatest code of the left child.
    pub code: usize,
    /// The threshold, where it has been drawn already.
    pub threshold: Option<f64>,
}

/// A split that was chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub column: u32,
    pub threshold: f64,
    pub group: usize,
    pub code: usize,
    /// How much more it is worth than no split.
    pub gain: f64,
}

/// The best splits found so far; all are equally good.
#[derive(Debug)]
pub(super) struct Best {
    gain: f64,
    splits: Vec<Split>,
}

impl Default for Best {
    fn default() -> Self {
        Best { gain: f64::NEG_INFINITY, splits: Vec::new() }
    }
}

impl Best {
    pub fn clear(&mut self) {
        self.gain = f64::NEG_INFINITY;
        self.splits.clear();
    }

    pub fn offer(&mut self, gain: f64, split: Split) {
        if gain > self.gain {
            self.gain = gain;
            self.splits.clear();
        }
        // Equal partitions have exactly equal sums, and so equal gains.
        if gain >= self.gain {
            self.splits.push(split);
        }
    }
}

impl<const T: usize> Grower<'_, T> {
    /// Finds a split of a node.
    pub(super) fn find(
        &mut self,
        node: &mut Open<T>,
        random: &mut Xoshiro256PlusPlus,
    ) -> Option<Chosen> {
        let mut best = std::mem::take(&mut self.best);
        let mut counted = std::mem::take(&mut self.counted);
        best.clear();
        if self.searches_all() {
            let mut varied = std::mem::take(&mut node.varied);
            match &node.histogram {
                Some(histogram) => varied.retain(|&group| {
                    let group = group as usize;
                    match self.binned.bins_in(group, histogram) {
                        Some(bins) => self.search_bins(node, group, None, bins, &mut best),
                        None => self.search(node, group, None, &mut counted, random, &mut best),
                    }
                }),
                None => varied.retain(|&group| {
                    self.search(node, group as usize, None, &mut counted, random, &mut best)
                }),
            }
            node.varied = varied;
        } else {
            self.search_some(node, &mut counted, random, &mut best);
        }
        self.best = best;
        self.counted = counted;
        self.choose(node, random)
    }

    /// Draws one of the best splits of a node, and the column of its group: each column has the
    /// same chance.
    fn choose(&self, node: &Open<T>, random: &mut Xoshiro256PlusPlus) -> Option<Chosen> {
        let columns = |split: &Split| match split.member {
            Some(_) => 1,
            None => self.binned.members(split.group),
        };
        let splits = &self.best.splits;
        let gain = self.best.gain - self.alone(&node.sums);
        if !self.is_worth(gain) {
            return None;
        }
        let mut drawn = draw(splits.iter().map(columns).sum(), random)?;
        let split = splits.iter().find(|split| {
            let is_here = drawn < columns(split);
            drawn -= if is_here { 0 } else { columns(split) };
            is_here
        })?;
        let Split { group, code, .. } = *split;
        let member = &self.binned.groups()[group].members[split.member.unwrap_or(drawn)];
        let threshold = split.threshold.unwrap_or_else(|| {
            let rows = self.samples[node.start..node.end].iter();
            let codes = rows.map(|&row| self.binned.code(group, row as usize));
            let next = codes.filter(|&other| other > code).min().unwrap_or(code);
            member.halfway(code, next)
        });
        Some(Chosen { column: member.column, threshold, group, code, gain })
    }

    /// Tries columns drawn at random, without replacement.
    fn search_some(
        &mut self,
        node: &Open<T>,
        counted: &mut Vec<Sums<T>>,
        random: &mut Xoshiro256PlusPlus,
        best: &mut Best,
    ) {
        let mut columns = std::mem::take(&mut self.columns);
        let mut varied = 0;
        for tried in 0..columns.len() {
            if tried >= self.tried && varied > 0 {
                break;
            }
            let drawn = random.gen_range(tried..columns.len());
            columns.swap(tried, drawn);
            let column = columns[tried];
            if let Some(group) = self.binned.group_of(column) {
                let members = &self.binned.groups()[group].members;
                let member = members.iter().position(|member| member.column as usize == column);
                varied += usize::from(self.search(node, group, member, counted, random, best));
            }
        }
        self.columns = columns;
    }

    /// Searches a group for the best split, or (random splits) tries one of a `member`. Returns
    /// whether the rows of the node differ in it.
    fn search(
        &self,
        node: &Open<T>,
        group: usize,
        member: Option<usize>,
        counted: &mut Vec<Sums<T>>,
        random: &mut Xoshiro256PlusPlus,
        best: &mut Best,
    ) -> bool {
        let found = &self.binned.groups()[group];
        let mut draw = |member: usize, low: usize, high: usize| {
            let values = &found.members[member].values;
            let drawn = values[low] + random.r#gen::<f64>() * (values[high] - values[low]);
            if drawn < values[high] { drawn } else { values[low] }
        };
        if let Some(wide) = group.checked_sub(self.binned.narrow()) {
            let codes = self.sorted[wide][node.start..node.end]
                .iter()
                .map(|&row| (self.binned.code(group, row as usize), &self.adds[row as usize]));
            return match self.params.splits {
                SplitRule::Best => self.search_rows(node, group, member, codes, best),
                SplitRule::Random => {
                    let member = member.unwrap_or(0);
                    self.search_random(
                        node,
                        (group, member),
                        codes,
                        |l, h| draw(member, l, h),
                        best,
                    )
                }
            };
        }
        let histogram = node.histogram.as_ref();
        let bins = if let Some(bins) = histogram.and_then(|all| self.binned.bins_in(group, all)) {
            bins
        } else {
            counted.clear();
            counted.resize(found.codes, Sums::NONE);
            for &row in &self.samples[node.start..node.end] {
                let code = self.binned.code(group, row as usize);
                counted[code].add(&self.adds[row as usize]);
            }
            counted
        };
        match self.params.splits {
            SplitRule::Best => self.search_bins(node, group, member, bins, best),
            SplitRule::Random => {
                let member = member.unwrap_or(0);
                let codes = bins.iter().enumerate().filter(|(_, sums)| !sums.is_empty());
                self.search_random(node, (group, member), codes, |l, h| draw(member, l, h), best)
            }
        }
    }

    /// Offers the first of the best splits between two bins.
    #[inline]
    fn search_bins(
        &self,
        node: &Open<T>,
        group: usize,
        member: Option<usize>,
        bins: &[Sums<T>],
        best: &mut Best,
    ) -> bool {
        // Empty sides are worth NaN, which is never greater: no branch to be guessed.
        let mut most = f64::NEG_INFINITY;
        let mut left = Sums::NONE;
        let mut varied = false;
        for sums in &bins[..bins.len() - 1] {
            left.add(sums);
            let right = node.sums.without(&left);
            varied |= !left.is_empty() && !right.is_empty();
            let gain = self.gain_with_room(&left, &right);
            most = if gain > most { gain } else { most };
        }
        if most >= best.gain && most > f64::NEG_INFINITY {
            left = Sums::NONE;
            let code = bins.iter().position(|sums| {
                left.add(sums);
                self.gain_with_room(&left, &node.sums.without(&left)) >= most
            });
            let code = code.unwrap_or(0);
            best.offer(most, Split { group, member, code, threshold: None });
        }
        varied
    }

    /// Offers the first of the best splits between two rows of different codes.
    fn search_rows<'b>(
        &self,
        node: &Open<T>,
        group: usize,
        member: Option<usize>,
        rows: impl Iterator<Item = (usize, &'b Sums<T>)>,
        best: &mut Best,
    ) -> bool {
        let mut found = (f64::NEG_INFINITY, 0);
        let mut left = Sums::NONE;
        let mut last = usize::MAX;
        let mut varied = false;
        for (code, sums) in rows {
            if code != last && last != usize::MAX {
                varied = true;
                let right = node.sums.without(&left);
                let gain = self.gain_with_room(&left, &right);
                if gain > found.0 {
                    found = (gain, last);
                }
            }
            left.add(sums);
            last = code;
        }
        if found.0 > f64::NEG_INFINITY {
            best.offer(found.0, Split { group, member, code: found.1, threshold: None });
        }
        varied
    }

    /// The gain of a split, or NaN if a child would have too few rows.
    fn gain_with_room(&self, left: &Sums<T>, right: &Sums<T>) -> f64 {
        let fewest = self.params.min_samples_leaf;
        if fewest > 1 && (left.rows() < fewest || right.rows() < fewest) {
            return f64::NAN;
        }
        self.gain(left, right)
    }

    /// Offers one split at a random threshold between the least and the greatest value.
    fn search_random<'b>(
        &self,
        node: &Open<T>,
        (group, member): (usize, usize),
        codes: impl Iterator<Item = (usize, &'b Sums<T>)> + Clone,
        threshold: impl FnOnce(usize, usize) -> f64,
        best: &mut Best,
    ) -> bool {
        let ends = codes.clone().fold(None, |ends: Option<(usize, usize)>, (code, _)| {
            Some((ends.map_or(code, |ends| ends.0), code))
        });
        let Some((low, high)) = ends.filter(|(low, high)| low < high) else { return false };
        let threshold = threshold(low, high);
        let values = &self.binned.groups()[group].members[member].values;
        let code = values.partition_point(|&value| value <= threshold).saturating_sub(1);
        let mut left = Sums::NONE;
        for (_, sums) in codes.take_while(|&(other, _)| other <= code) {
            left.add(sums);
        }
        let right = node.sums.without(&left);
        let gain = self.gain_with_room(&left, &right);
        if !gain.is_nan() {
            let (member, threshold) = (Some(member), Some(threshold));
            best.offer(gain, Split { group, member, code, threshold });
        }
        true
    }
}

/// Draws one of so many columns; no random number is spent on a single one.
pub(super) fn draw(columns: usize, random: &mut Xoshiro256PlusPlus) -> Option<usize> {
    match columns {
        0 => None,
        1 => Some(0),
        _ => Some(random.gen_range(0..columns)),
    }
}
