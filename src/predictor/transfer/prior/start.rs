//! The line from what a prior predicts to normal scores of a target.

use ndarray::{Array1, ArrayView1};

use crate::predictor::standard::spread;
use crate::predictor::stored::{Bytes, Damaged, write_numbers};

/// a + b (p − c).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Start {
    pub(super) centre: f64,
    level: f64,
    pub slope: f64,
}

impl Start {
    /// The line of least squares through predictions of a prior and scores, its slope shrunk.
    ///
    /// The slope b of least squares has the standard error e. What counts of it is b (1 − e²/b²), or
    /// nothing if that would turn it round: the positive part of the estimator of James and Stein,
    /// *Estimation with quadratic loss*, Berkeley Symposium 1961.
    pub fn fit(prior: ArrayView1<f64>, scores: ArrayView1<f64>) -> Self {
        Moments::of(prior, scores).line()
    }

    /// For each row what the line says that is fitted to the others.
    pub fn held_out(prior: ArrayView1<f64>, scores: ArrayView1<f64>) -> Array1<f64> {
        let all = Moments::of(prior, scores);
        let pairs = prior.iter().zip(scores);
        pairs.map(|(&prior, &score)| all.without(prior, score).line().at(prior)).collect()
    }

    /// What it says where the prior predicts its usual value.
    pub fn level(self) -> f64 {
        self.level
    }

    fn at(self, prior: f64) -> f64 {
        // A flat line has no use for how far away a prediction is, not even if that overflows.
        let rise = if self.slope == 0.0 { 0.0 } else { self.slope * (prior - self.centre) };
        self.level + rise
    }

    /// What it says of each row.
    pub fn of(self, prior: ArrayView1<f64>) -> Array1<f64> {
        prior.mapv(|prior| self.at(prior))
    }

    /// Appends it to the bytes of a predictor.
    pub fn write(self, out: &mut Vec<u8>) {
        write_numbers([&self.centre, &self.level, &self.slope], out);
    }

    /// Reads what [`Start::write`] has written.
    pub fn read(bytes: &mut Bytes) -> Result<Self, Damaged> {
        let (centre, level, slope) = (bytes.number()?, bytes.number()?, bytes.number()?);
        Ok(Start { centre, level, slope })
    }
}

/// Sums over rows of deviations: predictions of the prior less their mean, in units of their standard deviation,
/// and scores less theirs. So no sum is a small difference of large numbers, wherever the prior lies.
#[derive(Debug, Clone, Copy)]
struct Moments {
    centre: f64,
    /// 0 where the prior is constant but for rounding.
    scale: f64,
    mean_score: f64,
    rows: f64,
    prior: f64,
    score: f64,
    prior_prior: f64,
    prior_score: f64,
    score_score: f64,
}

impl Moments {
    fn of(prior: ArrayView1<f64>, scores: ArrayView1<f64>) -> Self {
        let (centre, scale) = spread(prior);
        let mean_score = scores.mean().unwrap_or(0.0);
        let none = Moments {
            centre,
            scale,
            mean_score,
            rows: 0.0,
            prior: 0.0,
            score: 0.0,
            prior_prior: 0.0,
            prior_score: 0.0,
            score_score: 0.0,
        };
        prior.iter().zip(scores).fold(none, |sum, (&prior, &score)| sum.with(prior, score, 1.0))
    }

    /// With a row counted so many times more.
    fn with(self, prior: f64, score: f64, times: f64) -> Self {
        let prior = if self.scale > 0.0 { (prior - self.centre) / self.scale } else { 0.0 };
        let score = score - self.mean_score;
        Moments {
            rows: self.rows + times,
            prior: self.prior + times * prior,
            score: self.score + times * score,
            prior_prior: self.prior_prior + times * prior * prior,
            prior_score: self.prior_score + times * prior * score,
            score_score: self.score_score + times * score * score,
            ..self
        }
    }

    fn without(self, prior: f64, score: f64) -> Self {
        self.with(prior, score, -1.0)
    }

    /// See [`Start::fit`].
    fn line(self) -> Start {
        /// In units of the variance of the prior: less is an error of rounding.
        const LEAST: f64 = 1e-12;
        let rows = self.rows.max(1.0);
        let (mean_prior, mean) = (self.prior / rows, self.score / rows);
        let of_prior = self.prior_prior - self.prior * mean_prior;
        let of_both = self.prior_score - self.prior * mean;
        let of_scores = self.score_score - self.score * mean;
        let centre = self.centre + mean_prior * self.scale;
        let level = self.mean_score + mean;
        let flat = Start { centre, level, slope: 0.0 };
        if of_prior <= LEAST * rows {
            return flat;
        }
        let slope = of_both / of_prior;
        let left = (of_scores - slope * of_both).max(0.0);
        let error = left / (rows - 2.0).max(1.0) / of_prior;
        let kept = 1.0 - error / (slope * slope);
        let slope = kept * slope / self.scale;
        if kept > 0.0 && slope.is_finite() {
            Start { slope, ..flat }
        } else {
            flat // Or not a number, where the slope is 0.
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};

    use super::*;

    #[test]
    fn a_good_prior_keeps_its_slope_and_a_useless_one_loses_it() {
        let prior = array![0.0, 1.0, 2.0, 3.0];
        let exact = Start::fit(prior.view(), array![1.0, 3.0, 5.0, 7.0].view());
        assert!((exact.slope - 2.0).abs() < 1e-12 && (exact.at(0.0) - 1.0).abs() < 1e-12);
        // b = 0, whatever its error.
        let useless = Start::fit(prior.view(), array![1.0, -1.0, -1.0, 1.0].view());
        assert_eq!((useless.slope, useless.level), (0.0, 0.0));
        // By hand: b = 0.8, the squares left are 1.8, so e² = 1.8 / 2 / 5 = 0.18.
        let noisy = Start::fit(prior.view(), array![0.0, 2.0, 1.0, 3.0].view());
        assert!((noisy.slope - 0.8 * (1.0 - 0.18 / 0.64)).abs() < 1e-12, "{noisy:?}");
    }

    #[test]
    fn constants_give_a_constant() {
        let flat = Start::fit(array![2.0, 2.0].view(), array![-1.0, 1.0].view());
        assert_eq!((flat.slope, flat.level), (0.0, 0.0));
        let flat = Start::fit(array![2.0, 3.0].view(), array![1.0, 1.0].view());
        assert_eq!((flat.slope, flat.level), (0.0, 1.0));
    }

    #[test]
    fn where_a_prior_lies_and_its_unit_do_not_matter() {
        let prior = array![0.3, 1.0, 2.5, 3.0, -1.0];
        let scores = array![0.1, 0.9, 0.7, 2.0, -2.0];
        let expected = Start::held_out(prior.view(), scores.view());
        for (unit, origin) in [(1.0, 1e7), (1e-9, 0.0), (1e-9, -2.0), (1e200, 0.0)] {
            let moved = prior.mapv(|value| unit * value + origin);
            let found = Start::held_out(moved.view(), scores.view());
            assert!((found - &expected).iter().all(|apart| apart.abs() < 1e-6), "{unit} {origin}");
        }
    }

    #[test]
    fn each_row_is_held_out_of_its_own_line() {
        let (prior, scores) = (array![0.3, 1.0, 2.5, 3.0, -1.0], array![0.1, 0.9, 0.7, 2.0, -2.0]);
        let held_out = Start::held_out(prior.view(), scores.view());
        for row in 0..5 {
            let others: Vec<usize> = (0..5).filter(|&other| other != row).collect();
            let of = |numbers: &Array1<f64>| numbers.select(Axis(0), &others);
            let line = Start::fit(of(&prior).view(), of(&scores).view());
            assert!((held_out[row] - line.at(prior[row])).abs() < 1e-9);
        }
    }
}
