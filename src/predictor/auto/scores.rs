//! Normal scores of a target, and back.
//!
//! The score of the value of rank r among n is the quantile (r − ½)/n of the standard normal
//! distribution; equal values have their mean rank. Between the training values scores are linear in
//! the values. Beyond them values have the score of the last one; but of a score beyond them the value
//! goes on with the slope of the last tenth of the training rows, so that the order of any scores is
//! that of their values.

use ndarray::{Array1, ArrayView1};

use crate::predictor::normal_scores::normal_scores;
use crate::predictor::stored::{Bytes, Damaged, write_count, write_numbers};

/// The distinct training values, ascending, and their scores.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::predictor) struct Scores {
    pub(super) values: Vec<f64>,
    pub(super) scores: Vec<f64>,
}

impl Scores {
    /// The scores of finite training values.
    pub fn new(target: ArrayView1<f64>) -> Self {
        // −0 and 0 are one value: adding 0 makes both +0.
        let all = target.iter().map(|value| value + 0.0).zip(normal_scores(target));
        let mut pairs: Vec<(f64, f64)> = all.collect();
        pairs.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        pairs.dedup_by(|one, other| one.0.total_cmp(&other.0).is_eq());
        let (values, scores) = pairs.into_iter().unzip();
        Scores { values, scores }
    }

    /// How many distinct values there are.
    pub fn distinct(&self) -> usize {
        self.values.len()
    }

    /// The greatest training value less the least.
    pub fn range(&self) -> f64 {
        let [first, last] = ends(&self.values);
        (last - first).min(f64::MAX)
    }

    /// The score of each value.
    pub fn of(&self, values: ArrayView1<f64>) -> Array1<f64> {
        let [first, last] = ends(&self.values);
        values.mapv(|value| between(&self.values, &self.scores, value.clamp(first, last)))
    }

    /// The value of a score.
    pub fn value(&self, score: f64) -> f64 {
        between(&self.scores, &self.values, score)
    }

    /// Appends it to the bytes of a predictor.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_count(self.values.len(), out);
        write_numbers(self.values.iter().chain(&self.scores), out);
    }

    /// Reads what [`Scores::write`] has written.
    pub fn read(bytes: &mut Bytes) -> Result<Self, Damaged> {
        let count = bytes.count(16)?;
        let (values, scores) = (bytes.numbers(count)?.to_vec(), bytes.numbers(count)?.to_vec());
        let ascends = |numbers: &[f64]| numbers.is_sorted_by(|one, next| one < next);
        if count == 0 || !ascends(&values) || !ascends(&scores) {
            return Err(Damaged("its normal scores do not ascend"));
        }
        Ok(Scores { values, scores })
    }
}

/// The first and the last of some numbers.
pub(super) fn ends(numbers: &[f64]) -> [f64; 2] {
    let end = |number: Option<&f64>| number.copied().unwrap_or(0.0);
    [end(numbers.first()), end(numbers.last())]
}

/// Where a number between (or beyond) some ascending ones falls between (or beyond) others.
fn between(from: &[f64], to: &[f64], number: f64) -> f64 {
    let [first, .., last] = *from else { return to.first().copied().unwrap_or(0.0) };
    let place = match number {
        _ if number < first => 0,
        _ if number > last => from.len(),
        _ => from.partition_point(|&other| other < number).clamp(1, from.len() - 1),
    };
    let (near, slope) = line_at(from, to, place);
    let found = to[near] + (number - from[near]) * slope;
    if found.is_finite() { found } else { to[near] }
}

/// The line for numbers that are above so many of at least two ascending ones: the place of a number on it, and its slope.
pub(super) fn line_at(from: &[f64], to: &[f64], place: usize) -> (usize, f64) {
    let last = from.len() - 1;
    // Beyond the ends a tenth of the numbers tells the slope: the last two may be close together.
    let tenth = from.len().div_ceil(10).min(last);
    let (low, high) = match place {
        0 => (0, tenth),
        _ if place > last => (last - tenth, last),
        _ => (place - 1, place),
    };
    let near = if place > last { high } else { low };
    (near, (to[high] - to[low]) / (from[high] - from[low]))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn each_distinct_value_has_its_score() {
        let target = array![3.0, 1.0, 2.0, 2.0];
        let scores = Scores::new(target.view());
        assert_eq!(scores.values, [1.0, 2.0, 3.0]);
        assert_eq!(scores.of(target.view()), normal_scores(target.view()));
    }

    #[test]
    fn the_way_back_keeps_the_order_also_beyond_the_ends() {
        let target = array![3.0, 1.0, 2.0, 10.0, 2.5, 2.6];
        let scores = Scores::new(target.view());
        let back = scores.of(target.view()).mapv(|score| scores.value(score));
        assert!((&back - &target).iter().all(|error| error.abs() < 1e-12));
        let values: Vec<f64> = (-40..40).map(|step| scores.value(f64::from(step) / 10.0)).collect();
        assert!(values.is_sorted_by(|one, next| one < next), "{values:?}");
        let constant = Scores::new(array![5.0, 5.0].view());
        assert_eq!((constant.value(-2.0), constant.value(2.0)), (5.0, 5.0));
    }
}
