//! Wilcoxon's test and Holm's correction, against what `SciPy` says
//! (`tests/fixtures/make_paired.py`), what their definitions say, and what must not change them.
#![allow(clippy::float_cmp, reason = "tests of exact results")]

use graf::metrics::{MetricError, average_ranks, holm, wilcoxon};
use proptest::prelude::*;

fn close(value: f64, expected: f64) -> bool {
    value == expected || (value - expected).abs() <= 1e-12 * expected.abs()
}

/// The p-value as it is defined: a look at all ways for the signs to fall.
fn naive_p_value(differences: &[f64]) -> f64 {
    let signed: Vec<f64> = differences.iter().copied().filter(|&one| one != 0.0).collect();
    let magnitudes: Vec<f64> = signed.iter().map(|one| one.abs()).collect();
    let ranks = average_ranks(&magnitudes);
    let sum_of = |taken: &dyn Fn(usize) -> bool| -> f64 {
        (0..ranks.len()).filter(|&place| taken(place)).map(|place| ranks[place]).sum()
    };
    let sum = sum_of(&|place| signed[place] > 0.0);
    let (mut below, mut above) = (0_u32, 0_u32);
    let all = 1_u32 << ranks.len();
    for signs in 0..all {
        let other = sum_of(&|place| signs >> place & 1 == 1);
        below += u32::from(other <= sum);
        above += u32::from(other >= sum);
    }
    (2.0 * f64::from(below.min(above)) / f64::from(all)).min(1.0)
}

#[test]
fn results_are_those_of_scipy() {
    let mut reader = csv::Reader::from_path("tests/fixtures/paired.csv").unwrap();
    let mut cases = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let numbers = |text: &str| -> Vec<f64> {
            text.split_whitespace().map(|number| number.parse().unwrap()).collect()
        };
        let (given, expected) = (numbers(&record[2]), numbers(&record[3]));
        let result = if &record[0] == "wilcoxon" {
            let test = wilcoxon(&given).unwrap();
            vec![test.positive, test.negative, test.p_value]
        } else {
            holm(&given)
        };
        assert_eq!(result.len(), expected.len(), "{record:?}");
        for (value, expected) in result.iter().zip(&expected) {
            assert!(close(*value, *expected), "{value}, not {expected}: {record:?}");
        }
        cases += 1;
    }
    assert!(cases >= 150);
}

#[test]
fn without_a_difference_nothing_is_found() {
    for pairs in [1, 13, 14, 50, 51, 1_000] {
        let test = wilcoxon(&vec![0.0; pairs]).unwrap();
        assert_eq!((test.positive, test.negative, test.p_value), (0.0, 0.0, 1.0), "{pairs}");
    }
}

#[test]
fn what_cannot_be_tested_is_named() {
    assert_eq!(
        wilcoxon(&[]).unwrap_err().to_string(),
        "no differences to test; there must be one for each pair"
    );
    let error = wilcoxon(&[0.0, 1.0, f64::NAN, f64::NAN]).unwrap_err();
    assert_eq!(error, MetricError::NanDifference { row: 2 });
    assert_eq!(error.to_string(), "the difference in row 2 is NaN; leave such pairs out");
}

#[test]
fn edges_of_floats_are_ranked() {
    let test = wilcoxon(&[5e-324, f64::NEG_INFINITY, f64::MAX, f64::INFINITY, -0.0]).unwrap();
    assert_eq!((test.positive, test.negative), (1.0 + 2.0 + 3.5, 3.5));
    assert_eq!(test.p_value, naive_p_value(&[1.0, -3.0, 2.0, 3.0]));
    // Far beyond the smallest float there is no chance left.
    let climb: Vec<f64> = (1..=5_000).map(f64::from).collect();
    assert_eq!(wilcoxon(&climb).unwrap().p_value, 0.0);
}

#[test]
fn nan_is_no_test() {
    let adjusted = holm(&[0.02, f64::NAN, 0.5, -f64::NAN]);
    assert_eq!((adjusted[0], adjusted[2]), (0.04, 0.5));
    assert!(adjusted[1].is_nan() && adjusted[3].is_nan());
    assert!(holm(&[]).is_empty());
}

/// Differences with many ties and zeros, or hardly any.
fn differences(most: usize) -> impl Strategy<Value = Vec<f64>> {
    (0..3_usize, 1..=most).prop_flat_map(|(kind, pairs)| {
        let kinds = [2, 20, 1_000_000][kind];
        prop::collection::vec((-kinds..=kinds).prop_map(|one| f64::from(one) / 8.0), pairs)
    })
}

proptest! {
    #[test]
    fn p_values_are_those_of_all_signs(differences in differences(10)) {
        prop_assert_eq!(wilcoxon(&differences).unwrap().p_value, naive_p_value(&differences));
    }

    #[test]
    fn order_and_sign_do_not_matter(differences in differences(80), turn in 0..80_usize) {
        let test = wilcoxon(&differences).unwrap();
        prop_assert!((0.0..=1.0).contains(&test.p_value));
        let nonzero = differences.iter().filter(|&&one| one != 0.0).count() as f64;
        prop_assert_eq!(test.positive + test.negative, nonzero * (nonzero + 1.0) / 2.0);

        let mut turned = differences.clone();
        turned.rotate_left(turn % differences.len());
        prop_assert_eq!(wilcoxon(&turned).unwrap(), test);
        let negated: Vec<f64> = differences.iter().map(|one| -one).collect();
        let other = wilcoxon(&negated).unwrap();
        prop_assert_eq!(other.p_value, test.p_value);
        prop_assert_eq!((other.positive, other.negative), (test.negative, test.positive));
    }

    #[test]
    fn adjusted_p_values_keep_their_order(
        p_values in prop::collection::vec((0..=64_u8).prop_map(|one| f64::from(one) / 64.0), 0..20),
        turn in 0..20_usize,
    ) {
        let adjusted = holm(&p_values);
        let tests = p_values.len();
        for one in 0..tests {
            prop_assert!((p_values[one]..=1.0).contains(&adjusted[one]));
            prop_assert!(adjusted[one] <= p_values[one] * tests as f64);
            for other in 0..tests {
                prop_assert!(p_values[one] > p_values[other] || adjusted[one] <= adjusted[other]);
            }
        }
        let (mut turned, mut expected) = (p_values, adjusted);
        turned.rotate_left(turn % tests.max(1));
        expected.rotate_left(turn % tests.max(1));
        prop_assert_eq!(holm(&turned), expected);
    }
}
