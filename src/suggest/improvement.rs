//! Networks that may be better than the best one known: of the greatest expected improvements, five times
//! as many as are to be chosen, those that leave least unknown.
//!
//! Of a prediction m with standard deviation s beside the best value b it is s (z Φ(z) + φ(z)) with
//! z = (m − b) / s. A predictor without a standard deviation has m − b in its place, also below 0. Of a
//! target that is minimized m and b are the negatives.
//!
//! Jones, Schonlau and Welch, *Efficient Global Optimization of Expensive Black-Box Functions*, Journal
//! of Global Optimization 13, 1998.

use std::f64::consts::{PI, SQRT_2};

use super::batch::spread;
use super::{Choice, Needs, Question, Strategy};
use crate::control::Cancelled;

/// Finalists for each network that is chosen.
const FINALISTS: usize = 5;

/// See the module.
pub(super) const IMPROVEMENT: Strategy = Strategy {
    name: "improvement",
    summary: "Networks with the largest expected improvement over the best one known",
    needs: Needs::Means,
    needs_past: false,
    needs_points: true,
    choose,
};

fn choose(question: &Question, count: usize) -> Result<Vec<Choice>, Cancelled> {
    let best = question.best();
    spread(question, count, FINALISTS.saturating_mul(count), |row| {
        expected(question.worth(row) - best, question.deviation(row))
    })
}

/// The expected improvement of a prediction that is so much above the best.
fn expected(above: f64, deviation: f64) -> f64 {
    let z = above / deviation;
    if deviation <= 0.0 || !z.is_finite() {
        return above;
    }
    let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    deviation * (z * 0.5 * libm::erfc(-z / SQRT_2) + density)
}

#[cfg(test)]
mod tests {
    use super::expected;

    #[test]
    fn expected_improvements() {
        // φ(0), and what tables of the normal loss function say at ±1.
        for (above, deviation, request) in [
            (0.0, 1.0, 0.398_942_280_4),
            (1.0, 1.0, 1.083_315_470_6),
            (-1.0, 1.0, 0.083_315_470_6),
            (-2.0, 2.0, 0.166_630_941_2),
            (0.5, 0.0, 0.5),
            (-0.5, 0.0, -0.5),
        ] {
            assert!((expected(above, deviation) - request).abs() < 1e-9, "{above} {deviation}");
        }
    }
}
