//! Networks that are best in a draw of what they may be worth: Thompson sampling.
//!
//! For each network that is chosen the values of all are drawn anew, each from the normal distribution
//! of its prediction, and the best of those not chosen yet is taken. What is drawn for a row depends
//! on the seed, the draw and the row alone.
//!
//! Kandasamy et al., *Parallelised Bayesian Optimisation via Thompson Sampling*, AISTATS 2018; with
//! neural architectures: White, Neiswanger and Savani, *BANANAS*, AAAI 2021.

use std::f64::consts::SQRT_2;

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use statrs::function::erf::erf_inv;

use super::greatest::greatest;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// See the module.
pub(super) const THOMPSON: Strategy = Strategy {
    name: "thompson",
    summary: "Thompson sampling: for each network, the best in a random draw from the predictions",
    needs: Needs::Deviations,
    needs_past: false,
    needs_points: false,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(question.seed);
    let mut is_open = question.is_open.clone();
    let mut chosen = Vec::new();
    let steps = question.control.steps(count);
    for _ in 0..count {
        let drawn = (0..is_open.len()).map(|row| {
            let deviation = standard_normal(&mut random) * question.deviation(row);
            (row, question.worth(row) + deviation)
        });
        let Some((row, best)) = greatest(drawn.filter(|&(row, _)| is_open[row])) else { break };
        is_open[row] = false;
        // As a value of the target again.
        chosen.push(Choice { row, score: question.predicted.direction.worth(best) });
        steps.done()?;
    }
    Ok(chosen)
}

/// A draw from the standard normal distribution: the quantile of the middle of one of 2⁵² parts.
fn standard_normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let part = (random.next_u64() >> 12) as f64;
    let share = (part + 0.5) * 2.0_f64.powi(-52);
    SQRT_2 * erf_inv(2.0 * share - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_standard_normal() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let draws: Vec<f64> = (0..20_000).map(|_| standard_normal(&mut random)).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|draw| draw * draw).sum::<f64>() / 20_000.0;
        assert!(draws.iter().all(|draw| draw.is_finite()));
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
    }
}
