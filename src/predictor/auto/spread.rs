//! How sure a blend is.

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::scores::Scores;
use crate::predictor::normal_scores::standard;
use crate::predictor::stored::{Bytes, Damaged, write_numbers};

/// The shares of held-out errors that are brought to where a normal distribution has them, and how much each
/// counts. Tails are heavier than normal, so that the second asks for more than the first.
const SHARES: [(f64, f64); 2] = [(0.8, 0.8), (0.95, 0.2)];

/// The shares at which the tails of the errors are known, and how many standard deviations hold them: those of
/// Student's t with 2 degrees of freedom, relative to its share of 80 %, where that of a normal distribution stands.
const TAILS: [(f64, f64); 3] = [(0.5, 0.554_94), (0.8, 1.281_55), (0.95, 2.924_33)];

/// The held-out rows that count as much as these.
const TAIL_ROWS: f64 = 32.0;

/// The part of the mean squared error in a variance, beside the disagreement of the members.
pub(super) const FLOOR: f64 = 0.25;

/// How much a deviation follows the width of its own row; the rest follows the usual width. Widths tell rows apart,
/// but with errors of their own.
pub(super) const OWN: f64 = 0.7;

/// Widths and factors below this part of the usual ones count as that: a target may be flat where its values
/// are close together.
const LEAST: f64 = 0.05;

/// The standard deviation of a blend, of the disagreement of its members.
///
/// A row has the width h = (y(z + s) − y(z − s)) / 2, with s = √(d² + e²/4) on normal scores: z is the blend, d
/// the weighted standard deviation of the members about it, e the root of the mean squared error of the held-out
/// predictions, and y takes scores back to values. With g, the geometric mean of the widths of the held-out rows, its
/// standard deviation is c h^0.7 g^0.3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    /// e².
    pub(super) error: f64,
    /// The least width.
    pub(super) least: f64,
    /// c g^0.3; 0 where no row was held out, so that nothing is known.
    pub(super) scale: f64,
    /// How many standard deviations hold the shares of [`TAILS`]; ascending.
    reach: [f64; TAILS.len()],
}

impl Spread {
    /// From the normal scores that the members predict for rows that they have not seen (rows ×
    /// members), their weights, the scores of the truth, and the errors of the blend in units of the
    /// target.
    ///
    /// The factor c brings the quantile of the errors, each divided by h^0.7 g^0.3, to that of a normal
    /// distribution: the geometric mean of what the quantiles 80 % (weight 0.8) and 95 % (0.2) ask for. Of n errors they
    /// are those of rank q (n + 1), as in conformal prediction. c is drawn towards 1 as if one more row had
    /// asked for that, and multiplied by √((n + 1) / n), as a mean of n rows has an error of its own.
    pub fn new(
        each: ArrayView2<f64>,
        weights: ArrayView1<f64>,
        truth: ArrayView1<f64>,
        errors: ArrayView1<f64>,
        scores: &Scores,
    ) -> Self {
        let apart = &each.dot(&weights) - &truth;
        let error = apart.mapv(|apart| apart * apart).mean().unwrap_or(0.0);
        let reach = TAILS.map(|(_, reach)| reach);
        let plain = Spread { error, least: 0.0, scale: 1.0, reach };
        let widths: Array1<f64> =
            each.rows().into_iter().map(|row| plain.width(row, weights, scores)).collect();
        let rows = errors.len() as f64;
        let usual = widths.mean().unwrap_or(0.0);
        if usual <= 0.0 {
            return Spread { scale: 0.0, ..plain };
        }
        // Relative to the usual width, so that no power leaves the numbers there are.
        let relative = widths.mapv(|width| (width / usual).max(LEAST));
        let typical = relative.mapv(f64::ln).mean().unwrap_or(0.0).exp();
        let common = typical.powf(1.0 - OWN);
        let sizes = relative.mapv(|width| width.powf(OWN) * common);
        let mut ratios: Vec<f64> =
            errors.iter().zip(sizes).map(|(error, size)| error.abs() / usual / size).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let asked = SHARES.map(|(share, weight)| {
            let factor = (ranked(&ratios, share * (rows + 1.0)) / standard(share)).max(LEAST);
            weight * factor.ln()
        });
        let factor = (asked.iter().sum::<f64>() * rows / (rows + 1.0)).exp();
        let factor = factor * ((rows + 1.0) / rows).sqrt();
        let reach = TAILS.map(|(share, reach)| {
            let found = (ranked(&ratios, share * (rows + 1.0)) / factor).max(LEAST * reach);
            ((rows * found.ln() + TAIL_ROWS * reach.ln()) / (rows + TAIL_ROWS)).exp()
        });
        // h^0.7 is in units of the target to that power; so is what it is multiplied with, to the rest.
        let scale = factor * common * usual.powf(1.0 - OWN);
        Spread { error, least: LEAST * usual, scale, reach }
    }

    /// The width of a row of normal scores, in units of the target.
    fn width(&self, row: ArrayView1<f64>, weights: ArrayView1<f64>, scores: &Scores) -> f64 {
        let mean = row.dot(&weights);
        let squares = row.iter().zip(weights).map(|(one, weight)| weight * (one - mean).powi(2));
        let size = (squares.sum::<f64>() + FLOOR * self.error).sqrt();
        (scores.value(mean + size) - scores.value(mean - size)) / 2.0
    }

    /// The standard deviation of each row in units of the target, of the normal scores that the
    /// members predict (rows × members): at most the range of the training targets, and NaN where nothing is
    /// known of it.
    pub fn deviations(
        &self,
        each: ArrayView2<f64>,
        weights: ArrayView1<f64>,
        scores: &Scores,
    ) -> Array1<f64> {
        if self.scale == 0.0 {
            return Array1::from_elem(each.nrows(), f64::NAN);
        }
        let deviation = |row: ArrayView1<f64>| {
            let width = self.width(row, weights, scores).max(self.least);
            (self.scale * width.powf(OWN)).min(scores.range())
        };
        each.rows().into_iter().map(deviation).collect()
    }

    /// How many standard deviations to both sides of a prediction hold a share of the true values: by the held-out
    /// errors for 50, 80 and 95 %, between and beyond them in proportion to those of a normal distribution.
    pub fn reach(&self, share: f64) -> f64 {
        let size = standard(share);
        let (mut below, mut slope) = ((0.0, 0.0), 0.0);
        for ((share, _), reach) in TAILS.into_iter().zip(self.reach) {
            let at = (standard(share), reach);
            slope = (at.1 - below.1) / (at.0 - below.0);
            if size <= at.0 {
                break;
            }
            below = at;
        }
        below.1 + slope * (size - below.0)
    }

    /// Appends it to the bytes of a predictor.
    pub fn write(self, out: &mut Vec<u8>) {
        write_numbers([&self.error, &self.least, &self.scale], out);
        write_numbers(&self.reach, out);
    }

    /// Reads what [`Spread::write`] has written.
    pub fn read(bytes: &mut Bytes) -> Result<Self, Damaged> {
        let (error, least, scale) = (bytes.number()?, bytes.number()?, bytes.number()?);
        let reach = [bytes.number()?, bytes.number()?, bytes.number()?];
        if [error, least, scale, reach[0]].iter().any(|&number| number < 0.0) {
            return Err(Damaged("its standard deviation is negative"));
        }
        if !reach.is_sorted() {
            return Err(Damaged("its intervals do not grow with what they hold"));
        }
        Ok(Spread { error, least, scale, reach })
    }
}

/// The number of a rank, counted from 1, among ascending ones: between two of them in proportion, and the first or
/// the last where the rank lies beyond.
fn ranked(numbers: &[f64], rank: f64) -> f64 {
    let (mut below, mut index) = (numbers.first().copied().unwrap_or(0.0), 1.0);
    for &number in numbers {
        if index >= rank {
            return below + (number - below) * (1.0 - (index - rank)).clamp(0.0, 1.0);
        }
        (below, index) = (number, index + 1.0);
    }
    below
}

#[cfg(test)]
mod tests {
    use super::ranked;

    #[test]
    fn a_rank_falls_between_two_numbers() {
        let numbers = [1.0, 2.0, 4.0];
        for (rank, expected) in
            [(0.5, 1.0), (1.0, 1.0), (1.5, 1.5), (2.0, 2.0), (2.75, 3.5), (9.0, 4.0)]
        {
            assert!((ranked(&numbers, rank) - expected).abs() < 1e-12, "{rank}");
        }
    }
}
