//! The line from what a prior predicts to normal scores of a target.

use ndarray::{Array1, ArrayView1};

use crate::predictor::stored::{Bytes, Damaged, write_numbers};

/// a + b p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Start {
    intercept: f64,
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

    fn at(self, prior: f64) -> f64 {
        self.intercept + self.slope * prior
    }

    /// What it says of each row.
    pub fn of(self, prior: ArrayView1<f64>) -> Array1<f64> {
        prior.mapv(|prior| self.at(prior))
    }

    /// Appends it to the bytes of a predictor.
    pub fn write(self, out: &mut Vec<u8>) {
        write_numbers([&self.intercept, &self.slope], out);
    }

    /// Reads what [`Start::write`] has written.
    pub fn read(bytes: &mut Bytes) -> Result<Self, Damaged> {
        Ok(Start { intercept: bytes.number()?, slope: bytes.number()? })
    }
}

/// Sums over rows: how many, of predictions, of scores, and of their products.
#[derive(Debug, Clone, Copy)]
struct Moments {
    rows: f64,
    prior: f64,
    score: f64,
    prior_prior: f64,
    prior_score: f64,
    score_score: f64,
}

impl Moments {
    fn of(prior: ArrayView1<f64>, scores: ArrayView1<f64>) -> Self {
        Moments {
            rows: scores.len() as f64,
            prior: prior.sum(),
            score: scores.sum(),
            prior_prior: prior.dot(&prior),
            prior_score: prior.dot(&scores),
            score_score: scores.dot(&scores),
        }
    }

    fn without(self, prior: f64, score: f64) -> Self {
        Moments {
            rows: self.rows - 1.0,
            prior: self.prior - prior,
            score: self.score - score,
            prior_prior: self.prior_prior - prior * prior,
            prior_score: self.prior_score - prior * score,
            score_score: self.score_score - score * score,
        }
    }

    /// See [`Start::fit`].
    fn line(self) -> Start {
        /// A smaller part of the sum of squares is an error of rounding.
        const LEAST: f64 = 1e-12;
        let rows = self.rows.max(1.0);
        let (mean_prior, mean) = (self.prior / rows, self.score / rows);
        let of_prior = self.prior_prior - self.prior * mean_prior;
        let of_both = self.prior_score - self.prior * mean;
        let of_scores = self.score_score - self.score * mean;
        let flat = Start { intercept: mean, slope: 0.0 };
        if of_prior <= LEAST * self.prior_prior {
            return flat;
        }
        let slope = of_both / of_prior;
        let left = (of_scores - slope * of_both).max(0.0);
        let error = left / (rows - 2.0).max(1.0) / of_prior;
        let kept = 1.0 - error / (slope * slope);
        if kept > 0.0 {
            let slope = kept * slope;
            Start { intercept: mean - slope * mean_prior, slope }
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
        assert!((exact.slope - 2.0).abs() < 1e-12 && (exact.intercept - 1.0).abs() < 1e-12);
        // b = 0, whatever its error.
        let useless = Start::fit(prior.view(), array![1.0, -1.0, -1.0, 1.0].view());
        assert_eq!(useless, Start { intercept: 0.0, slope: 0.0 });
        // By hand: b = 0.8, the squares left are 1.8, so e² = 1.8 / 2 / 5 = 0.18.
        let noisy = Start::fit(prior.view(), array![0.0, 2.0, 1.0, 3.0].view());
        assert!((noisy.slope - 0.8 * (1.0 - 0.18 / 0.64)).abs() < 1e-12, "{noisy:?}");
    }

    #[test]
    fn constants_give_a_constant() {
        let flat = Start::fit(array![2.0, 2.0].view(), array![-1.0, 1.0].view());
        assert_eq!(flat, Start { intercept: 0.0, slope: 0.0 });
        let flat = Start::fit(array![2.0, 3.0].view(), array![1.0, 1.0].view());
        assert_eq!(flat, Start { intercept: 1.0, slope: 0.0 });
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
