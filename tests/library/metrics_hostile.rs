//! Numbers that mean harm: nothing may panic, and what is defined is right.
#![allow(clippy::float_cmp, reason = "tests of exact results")]

use graf::metrics::{
    average_ranks, kendall_tau, kendall_tau_top, mae, ndcg_at_k, pearson, precision_at_k, r2,
    regret_at_k, rmse, spearman,
};

/// Numbers at the edges of what a float can be.
const EDGES: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    1.0 + f64::EPSILON,
    -1.0,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    1e-200,
    1e200,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    -f64::NAN,
];

/// All functions with all that they take besides the sides.
fn all(truth: &[f64], prediction: &[f64]) -> Vec<f64> {
    let functions = [kendall_tau, spearman, pearson, r2, mae, rmse];
    let mut values: Vec<f64> =
        functions.iter().map(|function| function(truth, prediction)).collect();
    for k in [0, 1, 2, 3, usize::MAX] {
        values.push(precision_at_k(truth, prediction, k));
        values.push(regret_at_k(truth, prediction, k));
        values.push(ndcg_at_k(truth, prediction, k));
    }
    for fraction in [0.0, -1.0, 5e-324, 0.5, 1.0, 1.1, f64::INFINITY, f64::NAN] {
        values.push(kendall_tau_top(truth, prediction, fraction));
    }
    values
}

#[test]
fn nothing_panics() {
    for first in EDGES {
        for second in EDGES {
            for third in EDGES {
                let side = [first, second, third];
                average_ranks(&side);
                for other in [[1.0, 2.0, 3.0], [third, first, second], side] {
                    let values = all(&side, &other);
                    if side.iter().chain(&other).any(|value| value.is_nan()) {
                        assert!(values.iter().all(|value| value.is_nan()), "{side:?} {other:?}");
                    }
                    let ranged = [values[0], values[1], values[2]];
                    assert!(ranged.iter().all(|value| value.is_nan() || value.abs() <= 1.0));
                }
            }
        }
    }
}

#[test]
fn finite_numbers_have_answers() {
    let finite: Vec<f64> = EDGES.into_iter().filter(|value| value.is_finite()).collect();
    for &first in &finite {
        for &second in &finite {
            let truth = [first, second, 0.5];
            for prediction in [[1.0, 2.0, 3.0], [second, first, 1.0], [1e308, -1e308, 0.0]] {
                let constant = |side: [f64; 3]| side.iter().all(|value| *value == side[0]);
                let ordered = !constant(truth) && !constant(prediction);
                let values = all(&truth, &prediction);
                let whole = &values[..6];
                assert!(whole[3..].iter().all(|value| !value.is_nan()), "{truth:?} {prediction:?}");
                assert!(whole[..3].iter().all(|value| value.is_nan() != ordered));
                // k from 1: shares and gains are in range, regret is positive.
                for at_k in values[9..21].chunks(3) {
                    assert!((0.0..=1.0).contains(&at_k[0]) && (0.0..=1.0).contains(&at_k[2]));
                    assert!(at_k[1] >= 0.0 && at_k[1].is_sign_positive());
                }
            }
        }
    }
}

#[test]
fn sides_of_different_lengths_and_no_rows_have_no_answer() {
    for (truth, prediction) in
        [(&[][..], &[][..]), (&[1.0], &[]), (&[1.0, 2.0], &[1.0]), (&[1.0], &[1.0, 2.0])]
    {
        assert!(all(truth, prediction).iter().all(|value| value.is_nan()));
    }
    assert_eq!(average_ranks(&[]), [0.0; 0]);
}

#[test]
fn one_row_has_an_error_but_no_order() {
    let (truth, prediction) = ([2.0], [5.0]);
    for function in [kendall_tau, spearman, pearson, r2] {
        assert!(function(&truth, &prediction).is_nan());
    }
    assert_eq!(mae(&truth, &prediction), 3.0);
    assert_eq!(rmse(&truth, &prediction), 3.0);
    assert_eq!(precision_at_k(&truth, &prediction, 1), 1.0);
    assert_eq!(regret_at_k(&truth, &prediction, 1), 0.0);
}

#[test]
fn constants_have_no_correlation() {
    let ladder = [1.0, 2.0, 3.0];
    for constant in [[0.1; 3], [0.0, -0.0, 0.0], [f64::MAX; 3], [5e-324; 3]] {
        for function in [kendall_tau, spearman, pearson] {
            assert!(function(&constant, &ladder).is_nan());
            assert!(function(&ladder, &constant).is_nan());
        }
        assert_eq!(r2(&constant, &constant), 1.0);
        assert_eq!(r2(&constant, &ladder), 0.0);
        assert_eq!(ndcg_at_k(&constant, &ladder, 2), 0.0);
    }
    // A mean that rounds is no variance.
    assert_eq!(r2(&[0.1; 10], &[0.2; 10]), 0.0);
    assert!(pearson(&[0.1; 10], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0]).is_nan());
}

#[test]
fn size_does_not_matter() {
    let (truth, prediction) = ([1.0, 2.0, 4.0, 3.0], [1.5, 1.0, 3.0, 3.5]);
    let plain = all(&truth, &prediction);
    for exponent in [-1070, -1000, -600, 600, 1000, 1021] {
        let by = 2_f64.powi(exponent / 2);
        let scaled = |side: [f64; 4]| side.map(|value| value * by * by);
        let values = all(&scaled(truth), &scaled(prediction));
        for (row, (value, plain)) in values.into_iter().zip(&plain).enumerate() {
            // mae, rmse and regret have the unit of the target.
            let has_unit = [4, 5].contains(&row) || (6..21).contains(&row) && row % 3 == 1;
            let value = if has_unit { value / by / by } else { value };
            // Numbers near the smallest have few digits.
            let tolerance = if exponent < -1022 { 0.1 } else { 1e-15 };
            let same = value.is_nan() && plain.is_nan() || (value - plain).abs() <= tolerance;
            assert!(same, "{row} at 2^{exponent}: {value}, not {plain}");
        }
    }
    // Errors far below the values they are of.
    let error = rmse(&[1.0, 3e-300], &[1.0, 1e-300]) / (2e-300 / 2_f64.sqrt());
    assert!((error - 1.0).abs() < 1e-15);
    assert_eq!(mae(&[f64::MAX, f64::MAX], &[0.0, 0.0]), f64::MAX);
    assert_eq!(mae(&[f64::MAX, f64::MAX], &[f64::MIN, f64::MIN]), f64::INFINITY);
}

#[test]
fn infinities_are_the_ends_of_an_order() {
    let side = [f64::NEG_INFINITY, 1.0, 2.0, f64::INFINITY];
    let ladder = [1.0, 2.0, 3.0, 4.0];
    assert_eq!(kendall_tau(&side, &ladder), 1.0);
    assert_eq!(spearman(&side, &ladder), 1.0);
    assert!(pearson(&side, &ladder).is_nan());
    assert!(r2(&ladder, &side).is_nan());
    assert_eq!(mae(&ladder, &side), f64::INFINITY);
}
