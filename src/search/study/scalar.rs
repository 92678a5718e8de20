//! Several objectives as one number, with weights that are drawn.
//!
//! Each objective is scaled to 0 (the worst known value) to 1 (the best). A network with distances f from 1 and weights w is worth
//! −(max wᵢ fᵢ + 0.05 Σ wᵢ fᵢ), the augmented Chebyshev function: for each network of a Pareto front there are weights with which it
//! is the best.
//!
//! Knowles, *`ParEGO`: a hybrid algorithm with on-line landscape approximation for expensive multiobjective optimization problems*, IEEE
//! Transactions on Evolutionary Computation 10, 2006.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The weight of the sum.
const SUM: f64 = 0.05;

/// Scales objectives to the range of known worths.
#[derive(Debug)]
pub struct Scales(Vec<(f64, f64)>);

impl Scales {
    /// Of known worths, a list for each objective.
    pub fn of(worths: &[Vec<f64>]) -> Self {
        let range = |worths: &Vec<f64>| {
            let known = || worths.iter().copied();
            (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max))
        };
        Scales(worths.iter().map(range).collect())
    }

    /// What a network with some worths is worth in all.
    pub fn scalar(&self, weights: &[f64], worths: impl Iterator<Item = f64>) -> f64 {
        let (mut most, mut sum) = (f64::NEG_INFINITY, 0.0);
        for ((&(low, high), weight), worth) in self.0.iter().zip(weights).zip(worths) {
            let range = high - low;
            let distance = if range > 0.0 { (high - worth) / range } else { high - worth };
            most = most.max(weight * distance);
            sum += weight * distance;
        }
        -(most + SUM * sum)
    }
}

/// Weights that add up to 1, of a seed and a turn, uniform among all such.
pub fn weights(count: usize, seed: u64, turn: usize) -> Vec<f64> {
    let seed = seed.wrapping_add((turn as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    // Exponential numbers over their sum are uniform on the simplex.
    let drawn: Vec<f64> = (0..count).map(|_| -(1.0 - random.r#gen::<f64>()).ln()).collect();
    let sum: f64 = drawn.iter().sum();
    drawn.into_iter().map(|one| if sum > 0.0 { one / sum } else { 1.0 / count as f64 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_corner_of_a_front_is_the_best_with_some_weights() {
        let front = [[0.0, 1.0], [0.4, 0.6], [1.0, 0.0]];
        let columns: Vec<Vec<f64>> =
            (0..2).map(|column| front.iter().map(|row| row[column]).collect()).collect();
        let scales = Scales::of(&columns);
        let mut best = [0; 3];
        for turn in 0..100 {
            let weights = weights(2, 7, turn);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let scores = front.map(|row| scales.scalar(&weights, row.into_iter()));
            let place = (0..3).max_by(|&one, &other| scores[one].total_cmp(&scores[other]));
            best[place.unwrap()] += 1;
        }
        assert!(best.iter().all(|&count| count > 5), "{best:?}");
        // A network that another one dominates never is.
        let of = |row: [f64; 2]| scales.scalar(&[0.3, 0.7], row.into_iter());
        assert!(of([0.3, 0.5]) < of([0.4, 0.6]));
    }
}
