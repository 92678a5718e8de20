//! Metrics against what their definitions say, and what must not change them.
#![allow(clippy::float_cmp, reason = "tests of exact results")]

use graf::metrics::{
    average_ranks, kendall_tau, kendall_tau_top, mae, ndcg_at_k, pearson, precision_at_k, r2,
    regret_at_k, rmse, spearman,
};
use proptest::prelude::*;

/// Tau-b as it is defined: a look at each pair.
fn naive_tau(a: &[f64], b: &[f64]) -> f64 {
    let (mut score, mut untied_a, mut untied_b) = (0_i64, 0_i64, 0_i64);
    for first in 0..a.len() {
        for second in 0..first {
            let sign = |side: &[f64]| match side[first].partial_cmp(&side[second]) {
                Some(order) => order as i64,
                None => 0,
            };
            let (a, b) = (sign(a), sign(b));
            score += a * b;
            untied_a += a * a;
            untied_b += b * b;
        }
    }
    let count = |pairs: i64| f64::from(i32::try_from(pairs).unwrap_or(i32::MAX));
    count(score) / (count(untied_a) * count(untied_b)).sqrt()
}

/// A rank by counting who is below and who is equal.
fn naive_ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: f64| {
        let below = values.iter().filter(|&&other| other < value).count();
        let equal = values.iter().filter(|&&other| other == value).count();
        below as f64 + f64::midpoint(equal as f64, 1.0)
    };
    values.iter().map(|&value| rank(value)).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a.iter().copied()), mean(b.iter().copied()));
    mean(a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)))
}

fn naive_pearson(a: &[f64], b: &[f64]) -> f64 {
    covariance(a, b) / (covariance(a, a).sqrt() * covariance(b, b).sqrt())
}

/// Rows from the highest value down; of ties the first comes first.
fn naive_order(values: &[f64]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..values.len()).collect();
    rows.sort_by(|&one, &other| values[other].total_cmp(&values[one]));
    rows
}

/// The gain that is gathered down an order of rows, cut after `k`.
fn naive_dcg(truth: &[f64], rows: &[usize], k: usize) -> f64 {
    let lowest = truth.iter().copied().fold(f64::INFINITY, f64::min);
    let gains = rows.iter().take(k).map(|&row| truth[row] - lowest);
    gains.enumerate().map(|(place, gain)| gain / (place as f64 + 2.0).log2()).sum()
}

fn close(value: f64, expected: f64) -> bool {
    value.is_nan() && expected.is_nan()
        || (value - expected).abs() <= 1e-12 * expected.abs().max(1.0)
}

/// Two sides of the same length: with many ties or hardly any.
fn sides() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let numbers = |kinds: i32| (-kinds..=kinds).prop_map(|number| f64::from(number) / 8.0);
    (0..3_usize, 0..3_usize, 2..70_usize).prop_flat_map(move |(a, b, rows)| {
        let kinds = [1, 10, 1_000_000];
        (
            prop::collection::vec(numbers(kinds[a]), rows),
            prop::collection::vec(numbers(kinds[b]), rows),
        )
    })
}

/// Any numbers but NaN, of all magnitudes, some of them twice, in rows enough for several bins.
fn extremes() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let number = || {
        prop_oneof![
            prop::num::f64::ANY.prop_filter("NaN", |value| !value.is_nan()),
            prop::sample::select(vec![
                0.0,
                -0.0,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::MAX,
                5e-324
            ]),
            -1.0..1.0,
        ]
    };
    // With and without what makes the range of the numbers infinite.
    (any::<bool>(), 2..400_usize).prop_flat_map(move |(tame, rows)| {
        let side = move || prop::collection::vec(number(), rows);
        (side(), side()).prop_map(move |(a, b)| {
            let mend = |value: f64| if tame { value.clamp(-1e300, 1e-3) } else { value };
            (a.into_iter().map(mend).collect(), b.into_iter().map(mend).collect())
        })
    })
}

proptest! {
    #[test]
    fn kendall_tau_of_extremes_is_as_defined((a, b) in extremes()) {
        let (value, expected) = (kendall_tau(&a, &b), naive_tau(&a, &b));
        prop_assert!(close(value, expected), "{value}, not {expected}");
    }

    #[test]
    fn kendall_tau_is_as_defined((a, b) in sides()) {
        let (value, expected) = (kendall_tau(&a, &b), naive_tau(&a, &b));
        prop_assert!(close(value, expected), "{value}, not {expected}");
        prop_assert_eq!(kendall_tau(&b, &a).to_bits(), value.to_bits());
    }

    #[test]
    fn correlations_are_as_defined((a, b) in sides()) {
        prop_assert_eq!(average_ranks(&a), naive_ranks(&a));
        let expected = naive_pearson(&naive_ranks(&a), &naive_ranks(&b));
        prop_assert!(close(spearman(&a, &b), expected) || spearman(&a, &b).is_nan());
        prop_assert!(close(pearson(&a, &b), naive_pearson(&a, &b)) || pearson(&a, &b).is_nan());
        prop_assert!(close(pearson(&a, &b), pearson(&b, &a)));
        prop_assert!(close(spearman(&a, &b), spearman(&b, &a)));
        for function in [pearson, spearman, kendall_tau] {
            let same = function(&a, &a);
            prop_assert!(same == 1.0 || same.is_nan());
            prop_assert_eq!(same.is_nan(), a.iter().all(|value| *value == a[0]));
        }
    }

    #[test]
    fn monotone_transforms_leave_orders_alone((a, b) in sides()) {
        let curved: Vec<f64> = a.iter().map(|value| value.powi(3) + 2.0 * value - 5.0).collect();
        let reversed: Vec<f64> = a.iter().map(|value| -value).collect();
        for function in [kendall_tau, spearman] {
            prop_assert_eq!(function(&curved, &b).to_bits(), function(&a, &b).to_bits());
            prop_assert!(close(function(&reversed, &b), -function(&a, &b)));
        }
        let line: Vec<f64> = a.iter().map(|value| 3.0 * value - 7.0).collect();
        prop_assert!(close(pearson(&line, &b), pearson(&a, &b)));
    }

    #[test]
    fn errors_are_as_defined((truth, prediction) in sides()) {
        let residuals = || truth.iter().zip(&prediction).map(|(truth, value)| truth - value);
        let expected_mae = mean(residuals().map(f64::abs));
        let squared = mean(residuals().map(|residual| residual * residual));
        prop_assert!(close(mae(&truth, &prediction), expected_mae));
        prop_assert!(close(rmse(&truth, &prediction), squared.sqrt()));
        prop_assert!(rmse(&truth, &prediction) >= mae(&truth, &prediction) * (1.0 - 1e-14));
        if truth.iter().any(|value| *value != truth[0]) {
            let expected = 1.0 - squared / covariance(&truth, &truth);
            prop_assert!(close(r2(&truth, &prediction), expected));
            prop_assert_eq!(r2(&truth, &truth), 1.0);
            let flat = vec![mean(truth.iter().copied()); truth.len()];
            prop_assert!(r2(&truth, &flat).abs() < 1e-12);
        }
    }

    #[test]
    fn tops_are_as_defined((truth, prediction) in sides(), k in 1..80_usize) {
        let (best, chosen) = (naive_order(&truth), naive_order(&prediction));
        let rows = k.min(truth.len());
        let shared = chosen[..rows].iter().filter(|row| best[..rows].contains(row)).count();
        prop_assert_eq!(precision_at_k(&truth, &prediction, k), shared as f64 / rows as f64);
        let found = chosen[..rows].iter().map(|&row| truth[row]).fold(f64::MIN, f64::max);
        let regret = regret_at_k(&truth, &prediction, k);
        prop_assert_eq!(regret, truth[best[0]] - found);
        prop_assert!(regret >= regret_at_k(&truth, &prediction, k + 1));
        prop_assert_eq!(precision_at_k(&truth, &truth, k), 1.0);
        prop_assert_eq!(regret_at_k(&truth, &truth, k), 0.0);
    }

    #[test]
    fn tau_at_the_top_is_that_of_the_top_rows(
        (truth, prediction) in sides(),
        percent in 1..=100_usize,
    ) {
        let rows = (percent * truth.len()).div_ceil(100).max(2);
        let pick = |side: &[f64]| -> Vec<f64> {
            naive_order(&truth)[..rows].iter().map(|&row| side[row]).collect()
        };
        let expected = naive_tau(&pick(&truth), &pick(&prediction));
        prop_assert!(close(kendall_tau_top(&truth, &prediction, percent as f64 / 100.0), expected));
    }

    #[test]
    fn gains_are_as_defined((truth, _) in sides(), k in 1..80_usize, seed in any::<u64>()) {
        // Predictions without ties: a shuffle.
        let mut prediction: Vec<f64> = (0..truth.len()).map(|row| row as f64).collect();
        let mut state = seed;
        for row in (1..prediction.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            prediction.swap(row, usize::try_from(state >> 33).unwrap_or(0) % (row + 1));
        }
        let ideal = naive_dcg(&truth, &naive_order(&truth), k);
        let expected = naive_dcg(&truth, &naive_order(&prediction), k);
        let value = ndcg_at_k(&truth, &prediction, k);
        let share = |gain: f64| if ideal == 0.0 { 0.0 } else { gain / ideal };
        prop_assert!(close(value, share(expected)));
        prop_assert!((0.0..=1.0).contains(&value));
        prop_assert!(close(ndcg_at_k(&truth, &truth, k), share(ideal)));
    }

    #[test]
    fn the_order_of_rows_does_not_matter((truth, prediction) in sides(), k in 1..80_usize) {
        let turn = |side: &[f64]| -> Vec<f64> { side.iter().rev().copied().collect() };
        let (turned_truth, turned_prediction) = (turn(&truth), turn(&prediction));
        for function in [kendall_tau, spearman, pearson, r2, mae, rmse] {
            let value = function(&truth, &prediction);
            prop_assert!(close(function(&turned_truth, &turned_prediction), value));
        }
        let value = ndcg_at_k(&truth, &prediction, k);
        prop_assert!(close(ndcg_at_k(&turned_truth, &turned_prediction, k), value));
    }
}
