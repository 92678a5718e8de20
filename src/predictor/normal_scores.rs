//! Normal scores: what a value is worth among others, whatever their unit.

use ndarray::{Array1, ArrayView1};
use statrs::function::erf::erf_inv;

use crate::metrics::average_ranks;

/// The normal score of each value: of rank r among n, the quantile (r − ½)/n of the standard normal
/// distribution. Equal values have their mean rank. 0 is the median, and 1 better than 84 %.
pub(crate) fn normal_scores(values: ArrayView1<f64>) -> Array1<f64> {
    let count = values.len() as f64;
    average_ranks(&values.to_vec()).into_iter().map(|rank| quantile((rank - 0.5) / count)).collect()
}

/// The quantile of the standard normal distribution.
pub(super) fn quantile(share: f64) -> f64 {
    std::f64::consts::SQRT_2 * erf_inv(2.0 * share - 1.0)
}

/// How many standard deviations to both sides hold a share of a normal distribution.
pub(crate) fn standard(share: f64) -> f64 {
    quantile(f64::midpoint(1.0, share))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn scores_are_normal_quantiles_of_ranks() {
        // Ranks 4, 1 and twice 2.5: quantiles of 7/8, 1/8 and 1/2.
        let upper = 1.150_349_380_376_008;
        let expected = array![upper, -upper, 0.0, 0.0];
        let found = normal_scores(array![3.0, 1.0, 2.0, 2.0].view());
        assert!((found - expected).iter().all(|apart| apart.abs() < 1e-9));
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-9);
    }
}
