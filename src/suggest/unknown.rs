//! What is not known of a pool, and how much less that is with one more network trained.
//!
//! The target is thought of as a Gaussian process over the points: of covariance 1 with itself, e^(−¼ D)
//! between two networks whose squared differences are D on average over the columns (2 of two networks
//! that have nothing to do with each other), and a trained network tells it with a noise of variance
//! 1/100. What is not known is the variance that is left, on average over the pool. It depends on where
//! networks are, not on what they are worth, so that no label is needed.
//!
//! The mean is taken over [`REFERENCES`] networks drawn from the pool.
//!
//! Cohn, *Neural Network Exploration Using Optimal Experiment Design*, NIPS 1993 (the criterion);
//! Krause, Singh and Guestrin, *Near-Optimal Sensor Placements in Gaussian Processes*, Journal of Machine
//! Learning Research 9, 2008 (greedy choices).

use ndarray::Array2;
use ndarray::parallel::prelude::*;
use ndarray::{ArrayView1, Axis};
use rand::SeedableRng;
use rand::seq::index::sample;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::greatest::greatest;
use super::points::Points;
use super::{Choice, Question};
use crate::control::Cancelled;

/// Networks that stand for the pool.
const REFERENCES: usize = 500;

/// Of more known networks so many are drawn: the others change little.
const KNOWN: usize = 1000;

/// Of more networks to choose from so many are drawn, or twice as many as are to be chosen.
const CANDIDATES: usize = 10_000;

/// The variance of the noise.
const NOISE: f64 = 0.01;

/// The covariance is e to the power of the mean squared difference over this, negative.
const RANGE: f64 = 4.0;

/// Chooses so many of some rows, each time the one after which the least is unknown. The score is by
/// how much less that is.
///
/// # Complexity
///
/// For k networks known or chosen and c candidates O(k · c · (columns + 500 + k)) time and
/// c · (500 + k) numbers of memory.
pub(super) fn reduce(
    question: &Question,
    candidates: Vec<usize>,
    count: usize,
) -> Result<Vec<Choice>, Cancelled> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(question.seed);
    let references = drawn(question.open(), REFERENCES, &mut random);
    let known = drawn(question.known().collect(), KNOWN, &mut random);
    let candidates = drawn(candidates, CANDIDATES.max(2 * count), &mut random);
    let mut unknown = Unknown::new(&question.points, [&candidates, &known, &references]);
    for place in 0..known.len() {
        question.control.check()?;
        unknown.learn(candidates.len() + place);
    }
    let mut is_open = vec![true; candidates.len()];
    let mut chosen = Vec::new();
    let steps = question.control.steps(count);
    for _ in 0..count {
        let gains = (0..candidates.len()).filter(|&place| is_open[place]);
        let best = greatest(gains.map(|place| (place, unknown.gain(place))));
        let Some((place, score)) = best else { break };
        is_open[place] = false;
        chosen.push(Choice { row: candidates[place], score });
        unknown.learn(place);
        steps.done()?;
    }
    Ok(chosen)
}

/// At most so many of some rows, in their order.
fn drawn(rows: Vec<usize>, most: usize, random: &mut Xoshiro256PlusPlus) -> Vec<usize> {
    if rows.len() <= most {
        return rows;
    }
    let mut places = sample(random, rows.len(), most).into_vec();
    places.sort_unstable();
    places.into_iter().map(|place| rows[place]).collect()
}

/// What is not known of some rows: the candidates, those known, and the references.
struct Unknown<'a> {
    points: &'a Points,
    rows: Vec<usize>,
    /// Where the references stand among the rows.
    references: std::ops::Range<usize>,
    /// rows × references: the covariance that is left.
    covariance: Array2<f64>,
    /// For each row the variance that is left.
    variance: Vec<f64>,
    /// For each network learned its covariance with each row, over its deviation.
    learned: Vec<Vec<f64>>,
}

impl<'a> Unknown<'a> {
    /// Before anything is known.
    fn new(points: &'a Points, [candidates, known, references]: [&Vec<usize>; 3]) -> Self {
        let rows = [&candidates[..], &known[..], &references[..]].concat();
        let mut covariance = Array2::zeros((rows.len(), references.len()));
        covariance.axis_iter_mut(Axis(0)).into_par_iter().zip(&rows).for_each(|(mut to, &row)| {
            to.iter_mut().zip(references).for_each(|(to, &other)| *to = prior(points, row, other));
        });
        let references = rows.len() - references.len()..rows.len();
        let variance = vec![1.0; rows.len()];
        Unknown { points, rows, references, covariance, variance, learned: Vec::new() }
    }

    /// By how much less is unknown, on average over the references, once a row is learned.
    fn gain(&self, place: usize) -> f64 {
        let squares = squares(self.covariance.row(place));
        squares / (self.variance[place] + NOISE) / self.references.len() as f64
    }

    /// Learns a row.
    fn learn(&mut self, place: usize) {
        let deviation = (self.variance[place] + NOISE).sqrt();
        let Unknown { points, rows, learned, .. } = &*self;
        let told: Vec<f64> = rows
            .par_iter()
            .enumerate()
            .map(|(other, &row)| {
                let known: f64 = learned.iter().map(|told| told[place] * told[other]).sum();
                (prior(points, rows[place], row) - known) / deviation
            })
            .collect();
        let of_references = &told[self.references.clone()];
        let left = self.covariance.axis_iter_mut(Axis(0)).into_par_iter();
        left.zip(&mut self.variance).zip(&told).for_each(|((mut to, variance), &told)| {
            *variance = (*variance - told * told).max(0.0);
            to.iter_mut().zip(of_references).for_each(|(to, other)| *to -= told * other);
        });
        self.learned.push(told);
    }
}

/// The covariance of two rows before anything is known.
fn prior(points: &Points, one: usize, other: usize) -> f64 {
    (-points.apart(one, other) / RANGE).exp()
}

fn squares(numbers: ArrayView1<f64>) -> f64 {
    numbers.iter().map(|number| number * number).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;
    use rand::Rng;

    use super::*;

    /// Random points, on a coarse grid so that there are equal ones.
    fn records(rows: usize, seed: u64) -> Array2<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        Array2::from_shape_fn((rows, 4), |_| f64::from(random.gen_range(0..5)))
    }

    /// Solves `matrix` x = `right` by elimination with pivots.
    fn solve(mut matrix: Array2<f64>, mut right: Array1<f64>) -> Array1<f64> {
        let count = right.len();
        for column in 0..count {
            let size = |row: &usize| matrix[[*row, column]].abs();
            let pivot = (column..count).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap();
            right.swap(column, pivot);
            for other in 0..count {
                matrix.swap([column, other], [pivot, other]);
            }
            for row in (0..count).filter(|&row| row != column) {
                let factor = matrix[[row, column]] / matrix[[column, column]];
                for other in 0..count {
                    matrix[[row, other]] -= factor * matrix[[column, other]];
                }
                right[row] -= factor * right[column];
            }
        }
        Array1::from_shape_fn(count, |row| right[row] / matrix[[row, row]])
    }

    /// What is left of the variance when some rows are known, by the textbook.
    fn left(points: &Points, known: &[usize], references: &[usize]) -> f64 {
        let noise = |one: usize, other: usize| if one == other { NOISE } else { 0.0 };
        let matrix = Array2::from_shape_fn((known.len(), known.len()), |(a, b)| {
            prior(points, known[a], known[b]) + noise(a, b)
        });
        let of_row = |&row: &usize| {
            let told = Array1::from_shape_fn(known.len(), |a| prior(points, known[a], row));
            1.0 - told.dot(&solve(matrix.clone(), told.clone()))
        };
        references.iter().map(of_row).sum::<f64>() / references.len() as f64
    }

    #[test]
    fn choices_are_those_of_the_textbook() {
        for seed in 0..6 {
            let records = records(24, seed);
            let is_open: Vec<bool> = (0..24).map(|row| row % 5 != 3 || seed % 2 == 0).collect();
            let question = Question::new(records.view(), is_open, None, seed);
            let references = question.open();
            let mut known: Vec<usize> = question.known().collect();
            let mut open = question.open();
            let points = &question.points;
            for choice in reduce(&question, question.open(), 6).unwrap() {
                let before = left(points, &known, &references);
                let gain =
                    |row: usize| before - left(points, &[&known[..], &[row]].concat(), &references);
                let best = open.iter().map(|&row| gain(row)).fold(f64::NEG_INFINITY, f64::max);
                let (row, score) = (choice.row, choice.score);
                assert!((gain(row) - score).abs() < 1e-9 && best - score < 1e-9, "{row} {score}");
                open.retain(|&other| other != row);
                known.push(row);
            }
        }
    }

    #[test]
    fn samples_are_of_the_seed_alone_and_in_order() {
        let sampled = |seed| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            drawn((0..1000).collect(), 50, &mut random)
        };
        assert_eq!(sampled(1), sampled(1));
        assert_ne!(sampled(1), sampled(2));
        assert!(sampled(1).len() == 50 && sampled(1).is_sorted_by(|one, next| one < next));
    }
}
