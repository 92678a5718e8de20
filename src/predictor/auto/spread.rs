//! How sure a blend is.

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::scores::quantile;
use crate::predictor::stored::{Bytes, Damaged, write_numbers};

/// How many of the held-out errors the standard deviation is fitted to.
const SHARE: f64 = 0.8;

/// The part of the mean error in a deviation, beside the disagreement of the members: e²/4.
const FLOOR: f64 = 0.25;

/// Of the members' disagreement the standard deviation of a blend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    /// The mean squared error of the held-out predictions.
    pub error: f64,
    /// What a deviation is multiplied with.
    pub factor: f64,
}

impl Spread {
    /// From what the members predict for rows that they have not seen (rows × members), their
    /// weights, and the errors of the blend there.
    pub fn new(each: ArrayView2<f64>, weights: ArrayView1<f64>, errors: ArrayView1<f64>) -> Self {
        let rows = errors.len();
        let error = errors.iter().map(|error| error * error).sum::<f64>() / rows.max(1) as f64;
        let plain = Spread { error, factor: 1.0 };
        let deviations = plain.deviations(each, weights);
        let mut sizes: Vec<f64> =
            errors.iter().zip(&deviations).map(|(e, d)| (e / d).abs()).collect();
        sizes.retain(|size| size.is_finite());
        sizes.sort_unstable_by(f64::total_cmp);
        // As in conformal prediction one more row than there are is counted.
        let place = (SHARE * (sizes.len() + 1) as f64).ceil();
        let place = sizes.iter().zip(1_u32..).find(|&(_, rank)| f64::from(rank) >= place);
        let size = place.map(|(size, _)| *size).or(sizes.last().copied());
        let factor = size.map_or(1.0, |size| size / quantile(f64::midpoint(1.0, SHARE)));
        Spread { error, factor: if factor > 0.0 && factor.is_finite() { factor } else { 1.0 } }
    }

    /// The standard deviation of each row, of what the members predict (rows × members).
    pub fn deviations(&self, each: ArrayView2<f64>, weights: ArrayView1<f64>) -> Array1<f64> {
        let deviation = |row: ArrayView1<f64>| {
            let mean = row.dot(&weights);
            let squares =
                row.iter().zip(weights).map(|(one, weight)| weight * (one - mean).powi(2));
            self.factor * (squares.sum::<f64>() + FLOOR * self.error).sqrt()
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
