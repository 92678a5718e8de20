//! Wilcoxon's signed-rank test.
//!
//! Wilcoxon: *Individual Comparisons by Ranking Methods*, Biometrics Bulletin 1 (1945). Reference
//! implementation: `scipy.stats.wilcoxon` 1.17 with its defaults.

use std::f64::consts::SQRT_2;

use super::{MetricError, average_ranks};

/// The most differences whose distribution is counted out, if none is zero and none are tied.
const COUNTED: usize = 50;

/// The same where some are.
const COUNTED_WITH_TIES: usize = 13;

/// What Wilcoxon's signed-rank test says of paired differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilcoxon {
    /// The sum of the ranks of the positive differences.
    pub positive: f64,
    /// The sum of the ranks of the negative differences.
    pub negative: f64,
    /// How likely sums so far apart, or further, are by chance: the two-sided p-value, 0 to 1.
    pub p_value: f64,
}

/// Wilcoxon's signed-rank test: whether differences between pairs lie evenly around zero.
///
/// Differences of zero are dropped. The others are ranked by magnitude, ties sharing their average
/// rank ([`average_ranks`]), and the ranks of the positive ones are summed. By chance each rank
/// would be positive or negative as a fair coin falls; the p-value is twice the chance of a sum as
/// far from the middle on the same side, at most 1.
///
/// That chance is counted out exactly for up to 50 differences without zeros and ties, and for up
/// to 13 with them. For more it is that of the normal distribution with the same mean and variance,
/// the variance corrected for ties, the sum not corrected for being discrete.
///
/// # Arguments
///
/// `differences`: one less the other for each pair, in any order. What differs by rounding only is
/// neither zero nor tied. Infinities are the largest magnitudes.
///
/// # Returns
///
/// The sums of ranks and the p-value; 1 where all differences are zero. Up to rounding the p-value
/// is that of `scipy.stats.wilcoxon(differences)`, which has none where more than 13 are all zero.
///
/// # Errors
///
/// [`MetricError`] if there are no differences, or one is NaN: then the first is named.
///
/// # Complexity
///
/// O(n log n) time and O(n) memory; where chances are counted out, O(n³) time and O(n²) memory,
/// which is well below a millisecond.
///
/// # Example
///
/// ```
/// use graf::metrics::wilcoxon;
///
/// // Of the 32 ways for five signs to fall, two are as far from the middle as this.
/// let test = wilcoxon(&[0.1, 0.4, 0.2, 0.3, 0.5])?;
/// assert_eq!((test.positive, test.negative, test.p_value), (15.0, 0.0, 2.0 / 32.0));
/// # Ok::<(), graf::metrics::MetricError>(())
/// ```
pub fn wilcoxon(differences: &[f64]) -> Result<Wilcoxon, MetricError> {
    if differences.is_empty() {
        return Err(MetricError::NoDifferences);
    }
    if let Some(row) = differences.iter().position(|difference| difference.is_nan()) {
        return Err(MetricError::NanDifference { row });
    }
    let signed: Vec<f64> =
        differences.iter().copied().filter(|&difference| difference != 0.0).collect();
    let magnitudes: Vec<f64> = signed.iter().map(|difference| difference.abs()).collect();
    let ranks = average_ranks(&magnitudes);
    let sum_where = |positive: bool| -> f64 {
        let ranked = signed.iter().zip(&ranks);
        ranked.filter(|(sign, _)| (**sign > 0.0) == positive).map(|(_, rank)| rank).sum()
    };
    let (positive, negative) = (sum_where(true), sum_where(false));
    let ties = tie_sizes(magnitudes);

    let plain = signed.len() == differences.len() && ties.iter().all(|&size| size == 1);
    let counted = if plain { COUNTED } else { COUNTED_WITH_TIES };
    let one_side = if differences.len() <= counted {
        exact_chance(&ranks, positive.min(negative))
    } else {
        normal_chance(signed.len(), &ties, (positive - negative).abs())
    };
    Ok(Wilcoxon { positive, negative, p_value: (2.0 * one_side).min(1.0) })
}

/// How many values there are of each magnitude.
fn tie_sizes(mut magnitudes: Vec<f64>) -> Vec<usize> {
    magnitudes.sort_unstable_by(f64::total_cmp);
    magnitudes.chunk_by(|one, other| one.total_cmp(other).is_eq()).map(<[f64]>::len).collect()
}

/// The chance that ranks taken by the fall of a coin sum to `sum` or less.
///
/// Ranks are added one by one to a table of how many ways lead to each sum. Twice a rank is whole,
/// and so is the number of ways, up to 2⁵⁰: nothing is rounded.
fn exact_chance(ranks: &[f64], sum: f64) -> f64 {
    let twice = |rank: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sum of ranks is positive, and twice it is whole and small"
        )]
        let whole = (2.0 * rank) as usize;
        whole
    };
    let mut ways = vec![1.0];
    for rank in ranks.iter().copied().map(twice) {
        let mut more = vec![0.0; ways.len() + rank];
        for (sum, ways) in ways.into_iter().enumerate() {
            more[sum] += ways;
            more[sum + rank] += ways;
        }
        ways = more;
    }
    let all: f64 = ways.iter().sum();
    ways.iter().take(twice(sum) + 1).sum::<f64>() / all
}

/// The chance of sums that lie `apart` or further, one way, by the normal distribution.
fn normal_chance(count: usize, ties: &[usize], apart: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    let count = count as f64;
    let correction: f64 = ties.iter().map(|&size| (size as f64).powi(3) - size as f64).sum();
    let variance = (count * (count + 1.0) * (2.0 * count + 1.0) - correction / 2.0) / 24.0;
    // The sums lie around their mean, each half of the way apart.
    let deviations = apart / 2.0 / variance.sqrt();
    libm::erfc(deviations / SQRT_2) / 2.0
}
