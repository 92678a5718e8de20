//! Contributions of the columns to what a Gaussian process expects.
//!
//! A column that is unknown has its training mean, which is 0 once it is standardized: the prediction where all are
//! unknown is that for the mean of the training rows.
//!
//! Matérn's kernel is a mixture of Gaussians, (1 + a) exp(−a) = ∫₀^∞ 2 (s/π)^½ exp(−s − a²/4s) ds, and a Gaussian of a
//! distance is a product with one factor a column, whose contributions are [exact](Product). With s = eʸ the mixture is
//! summed up by the trapezoidal rule, whose error is below 10⁻¹² of the weights of the points: the integrand is
//! analytic and falls at least exponentially on both sides.

use std::f64::consts::PI;

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::GaussianProcess;
use super::kernel::{exp_negative, matern};
use crate::explain::{Contributions, Product};

/// Distance of the points of the trapezoidal rule, and between which numbers they lie. Beyond them the density of the
/// mixture is below 10⁻¹³.
const STEP: f64 = 0.3;
const FIRST: i32 = -68;
const LAST: i32 = 12;

/// A product that is smaller than this, relative to the weights of all points, is left out.
const NEGLIGIBLE: f64 = 1e-16;

impl GaussianProcess {
    /// Contributions of the columns (records × columns) to [`GaussianProcess::mean`].
    ///
    /// # Panics
    ///
    /// If the records have another number of columns than those of the training set.
    ///
    /// # Complexity
    ///
    /// O(records · points · columns · 1,000), some ten milliseconds a record for 160 points and 143 columns.
    pub fn contributions(&self, records: ArrayView2<f64>) -> Contributions {
        let parts = &self.parts;
        let rows = parts.standard.apply(records, 3_f64.sqrt() / parts.length);
        let value = |expected: f64| parts.target_mean + parts.target_deviation * expected;
        let base = self.squares.mapv(matern).dot(&parts.weights);
        let mut found = Contributions::constant(value(base), rows.nrows(), records.ncols());
        let means = self.mean(records);
        let kept = parts.standard.kept();
        let all = found.values.axis_iter_mut(Axis(0)).into_par_iter().zip(rows.axis_iter(Axis(0)));
        all.zip(means.axis_iter(Axis(0)).into_par_iter()).for_each(|((mut found, row), mean)| {
            let sums = self.sums(row);
            let change = mean.sum() - value(base);
            for (&column, sum) in kept.iter().zip(complete(sums, change, parts.target_deviation)) {
                found[column] = sum;
            }
        });
        found
    }

    /// What each column that counts adds to the weighted sum of the kernel.
    fn sums(&self, row: ArrayView1<f64>) -> Vec<f64> {
        let mut product = Product::new(row.len());
        let mut sums = vec![0.0; row.len()];
        let mut factors = vec![(0.0, 0.0); row.len()];
        let total: f64 = self.parts.weights.iter().map(|weight| weight.abs()).sum();
        let mixture = mixture();
        let quarters: Array2<f64> = Array2::from_shape_fn(self.parts.points.dim(), |place| {
            let point = self.parts.points[place];
            (row[place.1] - point).powi(2) / 4.0
        });
        let points = self.parts.points.rows().into_iter().zip(quarters.rows());
        for ((point, quarters), &weight) in points.zip(&self.parts.weights) {
            // The nearest that any set of known columns comes to the point.
            let near = quarters.iter().zip(point).map(|(known, z)| known.min(z * z / 4.0));
            let near: f64 = near.sum();
            for &(s, density) in &mixture {
                let size = weight * density * exp_negative(-near / s);
                if size.abs() <= NEGLIGIBLE * total {
                    continue;
                }
                // Relative to the greater of both factors, so that none of the products is zero for rounding.
                for ((pair, known), z) in factors.iter_mut().zip(quarters).zip(point) {
                    let further = (known - z * z / 4.0) / s;
                    let factor = exp_negative(-further.abs());
                    *pair = if further > 0.0 { (factor, 1.0) } else { (1.0, factor) };
                }
                product.add(size, &factors, &mut sums);
            }
        }
        sums
    }
}

/// For each part of the mixture s and its weight.
fn mixture() -> Vec<(f64, f64)> {
    let part = |place: i32| {
        let y = STEP * f64::from(place);
        (y.exp(), STEP * 2.0 / PI.sqrt() * (1.5 * y - y.exp()).exp())
    };
    (FIRST..=LAST).map(part).collect()
}

/// Contributions in units of the target that add up to a change: what rounding and the mixture leave is shared out by
/// their sizes.
fn complete(sums: Vec<f64>, change: f64, unit: f64) -> impl Iterator<Item = f64> {
    let found: f64 = sums.iter().sum();
    let sizes: f64 = sums.iter().map(|sum| sum.abs()).sum();
    let left = change - unit * found;
    sums.into_iter().map(move |sum| {
        let share = if sizes > 0.0 { sum.abs() / sizes } else { 0.0 };
        unit * sum + left * share
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixture_is_the_kernel() {
        for step in 0..400 {
            let square = f64::from(step * step) * 1e-3;
            let parts = mixture().into_iter();
            let found: f64 = parts.map(|(s, density)| density * (-square / 4.0 / s).exp()).sum();
            let apart = (found - matern(square)).abs();
            assert!(apart < 2e-12, "{found} for {} at {square}", matern(square));
        }
    }
}
