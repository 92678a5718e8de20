//! How sure a blend is.

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::scores::Scores;
use crate::predictor::normal_scores::quantile;
use crate::predictor::stored::{Bytes, Damaged, write_numbers};

/// How many of the held-out errors lie where a normal distribution has them.
const SHARE: f64 = 0.8;

/// The part of the mean squared error in a variance, beside the disagreement of the members.
const FLOOR: f64 = 0.25;

/// Of the members' disagreement the standard deviation of a blend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    /// The mean squared error of the held-out predictions, as normal scores.
    error: f64,
    /// What a deviation is multiplied with.
    factor: f64,
}

impl Spread {
    /// From the normal scores that the members predict for rows that they have not seen (rows ×
    /// members), their weights, the scores of the truth, and the errors of the blend in units of the
    /// target.
    pub fn new(
        each: ArrayView2<f64>,
        weights: ArrayView1<f64>,
        truth: ArrayView1<f64>,
        errors: ArrayView1<f64>,
        scores: &Scores,
    ) -> Self {
        let apart = &each.dot(&weights) - &truth;
        let error = apart.mapv(|apart| apart * apart).mean().unwrap_or(0.0);
        let plain = Spread { error, factor: 1.0 };
        let deviations = plain.deviations(each, weights, scores);
        let sizes =
            errors.iter().zip(&deviations).map(|(error, deviation)| error.abs() / deviation);
        let mut sizes: Vec<f64> = sizes.filter(|size| size.is_finite()).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        // As in conformal prediction one more row than there are is counted.
        let rank = SHARE * (sizes.len() + 1) as f64;
        let ranked = sizes.iter().zip(1_u32..).find(|&(_, place)| f64::from(place) >= rank);
        let size = ranked.map(|(size, _)| *size).or(sizes.last().copied());
        let factor = size.map_or(1.0, |size| size / quantile(f64::midpoint(1.0, SHARE)));
        Spread { error, factor: if factor > 0.0 && factor.is_finite() { factor } else { 1.0 } }
    }

    /// The standard deviation of each row in units of the target, of the normal scores that the
    /// members predict (rows × members).
    pub fn deviations(
        &self,
        each: ArrayView2<f64>,
        weights: ArrayView1<f64>,
        scores: &Scores,
    ) -> Array1<f64> {
        let deviation = |row: ArrayView1<f64>| {
            let mean = row.dot(&weights);
            let squares =
                row.iter().zip(weights).map(|(one, weight)| weight * (one - mean).powi(2));
            let size = (squares.sum::<f64>() + FLOOR * self.error).sqrt();
            let width = scores.value(mean + size) - scores.value(mean - size);
            (self.factor * width / 2.0).min(f64::MAX)
        };
        each.rows().into_iter().map(deviation).collect()
    }

    /// Appends it to the bytes of a predictor.
    pub fn write(self, out: &mut Vec<u8>) {
        write_numbers([&self.error, &self.factor], out);
    }

    /// Reads what [`Spread::write`] has written.
    pub fn read(bytes: &mut Bytes) -> Result<Self, Damaged> {
        let (error, factor) = (bytes.number()?, bytes.number()?);
        if error < 0.0 || factor <= 0.0 {
            return Err(Damaged("its standard deviation is negative"));
        }
        Ok(Spread { error, factor })
    }
}
