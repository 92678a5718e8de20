//! Kendall's tau-b.
//!
//! Knight: *A Computer Method for Calculating Kendall's Tau with Ungrouped Data*, Journal of the
//! American Statistical Association 61 (1966): sort the pairs by one side, then count the exchanges
//! that sorting by the other takes.

use std::hint::select_unpredictable;
use std::mem;

use super::comparable;
use super::rank::order_key;

/// Numbers that are sorted by counting before any merge. Comparing all pairs of a block takes no
/// branch, and of 8 less time than the three rounds of merging it saves.
const BLOCK: usize = 8;

/// The rows that a bin of the first sort has at least on average, and the most bins there are: more
/// would write to more places at once than a near cache holds.
const BIN_ROWS: usize = 64;
const MAX_BINS: usize = 1 << 12;

/// Numbers that are sorted before the next are looked at, so that they and their buffer stay in a
/// near cache. A power of four blocks: after an even number of rounds they are where they were.
const PART: usize = BLOCK << 10;

/// Kendall's tau-b: how far two orders of the same rows agree, ties being taken out.
///
/// With C pairs of rows that both sides order alike, D that they order oppositely, and n₀ = n(n −
/// 1)/2 pairs in all, of which n₁ are tied in `a` and n₂ in `b`:
///
/// τ = (C − D) / √((n₀ − n₁)(n₀ − n₂))
///
/// # Arguments
///
/// `a` and `b`: a number for each row, in the same order; they may change places. −0 and 0 are
/// tied; infinities are the ends of the order.
///
/// # Returns
///
/// From −1 (reversed) over 0 (no association) to 1 (the same order). NaN if it is not defined:
/// fewer than two rows, a side that is constant, a NaN on either side, or sides of different lengths.
///
/// Equal to `scipy.stats.kendalltau(a, b, variant="b").statistic` up to rounding; where both orders
/// are the same, 1 exactly.
///
/// # Complexity
///
/// O(n log n) time whatever the ties; 16 bytes of memory a row in one allocation, and at most 32 KiB
/// in another. Counts are exact for up to 2³² rows.
///
/// # Example
///
/// ```
/// use graf::metrics::kendall_tau;
///
/// // Five pairs are ordered alike, none oppositely, and one is tied in the prediction.
/// let tau = kendall_tau(&[0.91, 0.92, 0.93, 0.94], &[0.5, 0.7, 0.7, 0.8]);
/// assert!((tau - 5.0 / 30_f64.sqrt()).abs() < 1e-15);
/// assert!(kendall_tau(&[0.91, 0.92], &[0.5, 0.5]).is_nan());
/// ```
pub fn kendall_tau(a: &[f64], b: &[f64]) -> f64 {
    if !comparable(a, b) {
        return f64::NAN;
    }
    let rows = a.len();
    let mut pairs = sorted_pairs(a, b);
    let tied_a = tied_pairs(&pairs, |one, other| one[0] == other[0]);
    let tied_both = tied_pairs(&pairs, |one, other| one == other);

    // The memory of the pairs holds the keys of `b` and a buffer of the same size.
    let keys = pairs.as_flattened_mut();
    for row in 0..rows {
        keys[row] = keys[2 * row + 1];
    }
    let (keys, buffer) = keys.split_at_mut(rows);
    let (discordant, sorted) = sort_counting_exchanges(keys, buffer);
    let tied_b = tied_pairs(sorted, |one, other| one == other);

    let all = rows as u64 * (rows as u64).saturating_sub(1) / 2;
    if tied_a == all || tied_b == all {
        return f64::NAN;
    }
    let concordant = (all - tied_a) - (tied_b - tied_both) - discordant;
    let difference = concordant.abs_diff(discordant) as f64;
    let difference = if concordant < discordant { -difference } else { difference };
    // The root of the product, not the product of the roots: equal orders then give 1 exactly.
    let untied = ((all - tied_a) as f64 * (all - tied_b) as f64).sqrt();
    (difference / untied).clamp(-1.0, 1.0)
}

/// The keys of both sides, sorted by `a` and where it is tied by `b`.
///
/// The pairs are first spread over bins of equal width in `a`, which saves the sort its first
/// rounds. Where all fall into one bin, nothing is saved and nothing lost.
fn sorted_pairs(a: &[f64], b: &[f64]) -> Vec<[u64; 2]> {
    let bins = (a.len() / BIN_ROWS).clamp(1, MAX_BINS);
    let low = a.iter().copied().fold(f64::INFINITY, f64::min);
    let high = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let scale = bins as f64 / (high - low);
    // A larger value is in no lower bin, as each operation keeps the order. Where the range is
    // infinite all values are in bin 0, be it from zero or from NaN.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounding down is what is meant"
    )]
    let bin = |value: f64| (((value - low) * scale) as usize).min(bins - 1);

    let mut indices = vec![0; bins];
    for &value in a {
        indices[bin(value)] += 1;
    }
    let mut rows = 0;
    for index in &mut indices {
        rows += mem::replace(index, rows);
    }
    let mut pairs = vec![[0; 2]; a.len()];
    for (&a, &b) in a.iter().zip(b) {
        let index = &mut indices[bin(a)];
        pairs[*index] = [order_key(a), order_key(b)];
        *index += 1;
    }
    let mut rest = &mut pairs[..];
    let mut before = 0;
    for end in indices {
        let (binned, after) = rest.split_at_mut(end - before);
        // One wide key compares faster than two, one after the other.
        binned.sort_unstable_by_key(|&[a, b]| u128::from(a) << 64 | u128::from(b));
        (rest, before) = (after, end);
    }
    pairs
}

/// The number of pairs of equal items, which stand side by side.
fn tied_pairs<T>(items: &[T], equal: impl Fn(&T, &T) -> bool) -> u64 {
    let mut run = 0;
    let mut pairs = 0;
    for (one, other) in items.iter().zip(items.iter().skip(1)) {
        run = if equal(one, other) { run + 1 } else { 0 };
        pairs += run;
    }
    pairs
}

/// Sorts by merging from the bottom up, and counts the pairs that stood in the wrong order.
///
/// The sorted keys are in one of the two slices, which have the same length; that one is returned.
fn sort_counting_exchanges<'a>(from: &'a mut [u64], to: &'a mut [u64]) -> (u64, &'a mut [u64]) {
    let mut exchanges: u64 = from.chunks_mut(BLOCK).map(sort_block).sum();
    let mut width = BLOCK;
    if from.len() > PART {
        for (from, to) in from.chunks_mut(PART).zip(to.chunks_mut(PART)) {
            exchanges += merge_rounds(from, to, BLOCK, PART).0;
        }
        width = PART;
    }
    let rows = from.len();
    let (more, sorted) = merge_rounds(from, to, width, rows);
    (exchanges + more, sorted)
}

/// Merges runs of `width` two by two, and those again, until they are of `until` or longer.
///
/// Returns the exchanges, and the slice with the merged runs: `from` after an even number of rounds.
fn merge_rounds<'a>(
    mut from: &'a mut [u64],
    mut to: &'a mut [u64],
    mut width: usize,
    until: usize,
) -> (u64, &'a mut [u64]) {
    let mut exchanges = 0;
    while width < until {
        let (sources, targets) = (from.chunks(4 * width), to.chunks_mut(4 * width));
        for (source, target) in sources.zip(targets) {
            // The second merge is of nothing where the keys end before it.
            let cut = source.len().min(2 * width);
            let (first, second) = source.split_at(cut);
            let (first_target, second_target) = target.split_at_mut(cut);
            exchanges += merge_two([
                Merge::new(first, width, first_target),
                Merge::new(second, width, second_target),
            ]);
        }
        mem::swap(&mut from, &mut to);
        width *= 2;
    }
    (exchanges, from)
}

/// Sorts up to [`BLOCK`] keys, and counts the pairs that stood in the wrong order.
fn sort_block(keys: &mut [u64]) -> u64 {
    let mut exchanges = 0;
    if let Ok(keys) = <&mut [u64; BLOCK]>::try_from(&mut *keys) {
        let unsorted = *keys;
        let mut indices = [0; BLOCK];
        for second in 1..BLOCK {
            for first in 0..second {
                let swapped = unsorted[first] > unsorted[second];
                indices[first] += usize::from(swapped);
                indices[second] += usize::from(!swapped);
                exchanges += u64::from(swapped);
            }
        }
        for (key, index) in unsorted.into_iter().zip(indices) {
            // A place is below the size of the block anyhow; so the compiler knows.
            keys[index % BLOCK] = key;
        }
    } else {
        for end in 1..keys.len() {
            let mut index = end;
            while index > 0 && keys[index - 1] > keys[index] {
                keys.swap(index - 1, index);
                index -= 1;
                exchanges += 1;
            }
        }
    }
    exchanges
}

/// Runs two merges to the end, in step while both have work, and counts their exchanges.
///
/// Each step of a merge waits for the last; steps of the other fill the time.
fn merge_two([mut first, mut second]: [Merge; 2]) -> u64 {
    let (first_steps, second_steps) = (first.steps(), second.steps());
    let together = first_steps.min(second_steps);
    let mut exchanges = 0;
    for step in 0..together {
        exchanges += first.step(step);
        exchanges += second.step(step);
    }
    for step in together..first_steps {
        exchanges += first.step(step);
    }
    for step in together..second_steps {
        exchanges += second.step(step);
    }
    exchanges + first.finish() + second.finish()
}

/// A merge of two sorted runs, from both ends at once. Of equal keys those of the left run go
/// first, so they are no exchange.
///
/// As many steps as the shorter run is long cannot exhaust it at either end, and need not look.
struct Merge<'a> {
    left: &'a [u64],
    right: &'a [u64],
    /// The ends of the runs that the steps from the back can reach.
    left_end: &'a [u64],
    right_end: &'a [u64],
    front: &'a mut [u64],
    middle: &'a mut [u64],
    back: &'a mut [u64],
    /// The keys taken from the left run's beginning, and from its end.
    taken: usize,
    taken_end: usize,
}

impl<'a> Merge<'a> {
    /// A merge of the first `width` keys of `source` with the rest into `target`.
    fn new(source: &'a [u64], width: usize, target: &'a mut [u64]) -> Self {
        let (left, right) = source.split_at(width.min(source.len()));
        let steps = left.len().min(right.len());
        let (front, rest) = target.split_at_mut(steps);
        let (middle, back) = rest.split_at_mut(rest.len() - steps);
        Self {
            left,
            right,
            left_end: &left[left.len() - steps..],
            right_end: &right[right.len() - steps..],
            front,
            middle,
            back,
            taken: 0,
            taken_end: 0,
        }
    }

    /// How many steps there are before [`Merge::finish`].
    fn steps(&self) -> usize {
        self.front.len()
    }

    /// Takes the smallest key that is left and the largest. Returns the exchanges: for each key of
    /// the right run, the keys of the left that belong after it.
    #[inline]
    fn step(&mut self, step: usize) -> u64 {
        let (left, right) = (self.left[self.taken], self.right[step - self.taken]);
        let exchange = right < left;
        self.front[step] = select_unpredictable(exchange, right, left);
        let after = select_unpredictable(exchange, self.left.len() - self.taken, 0);
        self.taken += usize::from(!exchange);

        let last = self.back.len() - 1;
        let left = self.left_end[last - self.taken_end];
        let right = self.right_end[last - (step - self.taken_end)];
        let exchange = right < left;
        self.back[last - step] = select_unpredictable(exchange, left, right);
        let after_end = select_unpredictable(exchange, 0, self.taken_end);
        self.taken_end += usize::from(exchange);

        after as u64 + after_end as u64
    }

    /// Merges what lies between the ends, after all steps. Returns the exchanges.
    fn finish(self) -> u64 {
        let steps = self.front.len();
        let left = &self.left[self.taken..self.left.len() - self.taken_end];
        let right_taken = steps - self.taken;
        let right = &self.right[right_taken..self.right.len() - (steps - self.taken_end)];
        let (mut left, mut right) = (left, right);
        let mut exchanges = 0;
        for target in self.middle {
            (*target, left, right) = match (left, right) {
                ([key, left @ ..], []) => (*key, left, right),
                ([key, rest @ ..], [other, ..]) if key <= other => (*key, rest, right),
                (_, [key, right @ ..]) => {
                    exchanges += (left.len() + self.taken_end) as u64;
                    (*key, left, right)
                }
                // There are as many places as keys.
                ([], []) => break,
            };
        }
        exchanges
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, PART, sort_counting_exchanges};

    #[test]
    fn exchanges_are_the_inversions() {
        let mut state = 1_u64;
        let long = [PART - 1, PART, PART + 1, 2 * PART + 7, 5 * PART + 77];
        for length in (0..20 * BLOCK).chain(long) {
            for kinds in [1, 2, 7, 1 << 20] {
                let mut keys: Vec<u64> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        (state >> 40) % kinds
                    })
                    .collect();
                let mut expected = 0;
                for (row, key) in keys.iter().enumerate() {
                    expected += keys[row..].iter().filter(|&other| other < key).count() as u64;
                }
                let mut in_order = keys.clone();
                in_order.sort_unstable();
                let mut buffer = vec![0; length];
                let (exchanges, sorted) = sort_counting_exchanges(&mut keys, &mut buffer);
                assert_eq!((exchanges, &*sorted), (expected, &in_order[..]), "{length} {kinds}");
            }
        }
    }
}
