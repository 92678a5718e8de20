//! Greedy selection of columns, by a score that the caller gives: the out-of-bag tau of a forest, say.
//!
//! Guyon and Elisseeff, *An Introduction to Variable and Feature Selection*, Journal of Machine
//! Learning Research 3 (2003), section 4.

use rayon::prelude::*;

/// Scores no further apart than this count as equal.
pub const EPSILON: f64 = 1e-9;

/// A step of a selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SelectionStep {
    /// The column that was taken, or dropped.
    pub column: usize,
    /// The score of the columns that are then selected.
    pub score: f64,
}

/// Forward selection: starting from none, takes the column that raises the score most, again and
/// again.
///
/// It stops after `most` steps, or where no column raises the score by more than [`EPSILON`]. The
/// first column need not raise anything.
///
/// # Arguments
///
/// - `candidates`: the columns, each once. Of those with the same score the first here is taken.
/// - `score`: of some columns, in the order they were taken, the last being on trial; higher is
///   better, and NaN is worse than any number. It is never asked of no columns.
///
/// # Returns
///
/// The steps: the columns taken, in order. None if no single column has a score but NaN or −∞.
///
/// # Complexity
///
/// At most `candidates.len()` scores a step, computed in parallel. As long as the score of the same
/// columns is the same, so are the steps, on any number of threads.
///
/// # Example
///
/// ```
/// use graf::selection::search::forward;
///
/// // Columns 3 and 5 are worth something, the first one half.
/// let worth = |columns: &[usize]| -> f64 {
///     columns.iter().map(|column| match column { 3 => 0.5, 5 => 0.25, _ => 0.0 }).sum()
/// };
/// let steps = forward(&[1, 3, 5, 7], 4, worth);
/// assert_eq!(steps.iter().map(|step| step.column).collect::<Vec<_>>(), [3, 5]);
/// assert_eq!(steps[1].score, 0.75);
/// ```
pub fn forward(
    candidates: &[usize],
    most: usize,
    score: impl Fn(&[usize]) -> f64 + Sync,
) -> Vec<SelectionStep> {
    let mut left = candidates.to_vec();
    let mut taken = Vec::new();
    let mut steps = Vec::new();
    let mut least = f64::NEG_INFINITY;
    while steps.len() < most {
        let with = |place: usize| {
            let mut columns = taken.clone();
            columns.push(left[place]);
            score(&columns)
        };
        let Some((place, score)) = best(left.len(), with).filter(|&(_, score)| score > least)
        else {
            break;
        };
        let column = left.remove(place);
        taken.push(column);
        steps.push(SelectionStep { column, score });
        least = score + EPSILON;
    }
    steps
}

/// Backward selection: starting from all, drops the column that is missed least, again and again.
///
/// It stops where `least` columns are left (at least one is), or where the score would fall by more
/// than [`EPSILON`] below the highest so far.
///
/// # Arguments
///
/// - `candidates`: the columns, each once. Of those that are missed equally the first here is
///   dropped.
/// - `score`: of some columns, in their order here; higher is better, and NaN is worse than any
///   number. It is never asked of no columns.
///
/// # Returns
///
/// The steps: the columns dropped, in order. What is selected are the others.
///
/// # Complexity
///
/// At most `candidates.len()` scores a step, computed in parallel, and one to begin with. As long as
/// the score of the same columns is the same, so are the steps, on any number of threads.
///
/// # Example
///
/// ```
/// use graf::selection::search::backward;
///
/// // Columns 3 and 5 say the same, the others nothing.
/// let worth = |columns: &[usize]| f64::from(columns.contains(&3) || columns.contains(&5));
/// let steps = backward(&[1, 3, 5, 7], 1, worth);
/// assert_eq!(steps.iter().map(|step| step.column).collect::<Vec<_>>(), [1, 3, 7]);
/// ```
pub fn backward(
    candidates: &[usize],
    least: usize,
    score: impl Fn(&[usize]) -> f64 + Sync,
) -> Vec<SelectionStep> {
    let mut left = candidates.to_vec();
    let mut steps = Vec::new();
    if left.len() <= least.max(1) {
        return steps;
    }
    let mut highest = score(&left);
    while left.len() > least.max(1) {
        let without = |place: usize| {
            let mut columns = left.clone();
            columns.remove(place);
            score(&columns)
        };
        let Some((place, score)) = best(left.len(), without)
            .filter(|&(_, score)| highest.is_nan() || score >= highest - EPSILON)
        else {
            break;
        };
        steps.push(SelectionStep { column: left.remove(place), score });
        highest = highest.max(score);
    }
    steps
}

/// The highest score of so many places, and the first that has it; `None` if all are NaN.
fn best(places: usize, score: impl Fn(usize) -> f64 + Sync) -> Option<(usize, f64)> {
    let scores: Vec<f64> = (0..places).into_par_iter().map(&score).collect();
    let numbers = scores.into_iter().enumerate().filter(|(_, score)| !score.is_nan());
    numbers.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::{EPSILON, SelectionStep, backward, forward};

    /// The share of the numbers up to 60 that one of the columns divides: the more a column adds the
    /// fewer others do.
    fn sieved(columns: &[usize]) -> f64 {
        let divided = |number: &usize| columns.iter().any(|&column| number.is_multiple_of(column));
        (1..=60).filter(divided).count() as f64 / 60.0
    }

    fn columns(steps: &[SelectionStep]) -> Vec<usize> {
        steps.iter().map(|step| step.column).collect()
    }

    #[test]
    fn forward_takes_what_adds_most_until_nothing_does() {
        let steps = forward(&[4, 5, 3, 2, 6, 15], 10, sieved);
        assert_eq!(columns(&steps), [2, 3, 5]);
        for taken in 1..=steps.len() {
            let score = sieved(&columns(&steps[..taken]));
            assert_eq!(steps[taken - 1].score.to_bits(), score.to_bits());
        }
        assert_eq!(columns(&forward(&[4, 5, 3, 2, 6, 15], 2, sieved)), [2, 3]);
        assert_eq!(forward(&[2, 3], 0, sieved), []);
        assert_eq!(forward(&[], 3, sieved), []);
    }

    #[test]
    fn backward_drops_what_is_not_missed() {
        let steps = backward(&[4, 5, 3, 2, 6, 15], 1, sieved);
        assert_eq!(columns(&steps), [4, 6, 15]);
        assert!(steps.iter().all(|step| step.score.to_bits() == sieved(&[2, 3, 5]).to_bits()));
        assert_eq!(columns(&backward(&[4, 5, 3, 2, 6, 15], 5, sieved)), [4]);
        assert_eq!(backward(&[4, 2], 2, sieved), []);
        assert_eq!(backward(&[4], 0, sieved), []);
        assert_eq!(backward(&[], 0, sieved), []);
    }

    #[test]
    fn of_equal_scores_the_first_counts() {
        assert_eq!(columns(&forward(&[9, 7, 8], 3, |_| 0.5)), [9]);
        assert_eq!(columns(&backward(&[9, 7, 8], 0, |_| 0.5)), [9, 7]);
    }

    #[test]
    fn a_gain_of_rounding_is_none_and_losses_do_not_add_up() {
        let small = |columns: &[usize]| columns.len() as f64 * EPSILON * 0.4;
        assert_eq!(columns(&forward(&[1, 2, 3], 3, small)), [1]);
        let candidates: Vec<usize> = (1..=9).collect();
        assert_eq!(columns(&backward(&candidates, 1, small)), [1, 2]);
    }

    #[test]
    fn nan_is_worse_than_any_number() {
        let even_only = |columns: &[usize]| {
            let odd = columns.iter().any(|column| column % 2 == 1);
            if odd { f64::NAN } else { -(columns.len() as f64) }
        };
        assert_eq!(columns(&forward(&[1, 3, 4], 3, even_only)), [4]);
        assert_eq!(forward(&[1, 3], 3, |_| f64::NAN), []);
        assert_eq!(forward(&[1, 3], 3, |_| f64::NEG_INFINITY), []);
        assert_eq!(columns(&backward(&[4, 1, 6, 8], 1, even_only)), [1, 4, 6]);
        assert_eq!(backward(&[1, 3, 5], 1, even_only), []);
    }

    #[test]
    fn threads_do_not_matter() {
        let candidates: Vec<usize> = (2..40).rev().collect();
        let with = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (forward(&candidates, 40, sieved), backward(&candidates, 3, sieved)))
        };
        let one = with(1);
        assert!(one.0.len() > 5 && one.1.len() > 5);
        assert_eq!(with(4), one);
    }
}
