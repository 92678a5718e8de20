//! Metrics by name, against what `SciPy` and scikit-learn say (`tests/fixtures/make_metrics.py`).

use graf::metrics::{
    Direction, Directions, METRICS, Metric, MetricError, MetricNameError, MetricSide,
};

fn metric(name: &str) -> Metric {
    name.parse().unwrap()
}

#[test]
fn values_are_those_of_scipy_and_scikit_learn() {
    let mut reader = csv::Reader::from_path("tests/fixtures/metrics.csv").unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut cases = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let numbers = |text: &str| -> Vec<f64> {
            text.split_whitespace().map(|number| number.parse().unwrap()).collect()
        };
        let (truth, prediction) = (numbers(&record[1]), numbers(&record[2]));
        for (name, expected) in names.iter().zip(&record).skip(3) {
            let expected: f64 = expected.parse().unwrap();
            let value = metric(name).compute(&truth, &prediction).unwrap();
            // Sums of squares may differ by more where the square is of a large number.
            let tolerance = 1e-12 * expected.abs().max(1.0);
            assert!(
                (value.is_nan() && expected.is_nan()) || (value - expected).abs() <= tolerance,
                "{name} of {}: {value}, not {expected}",
                &record[0]
            );
        }
        cases += 1;
    }
    assert!(cases >= 40);
}

#[test]
fn names_are_written_as_they_are_read() {
    let names: Vec<String> = METRICS.iter().map(ToString::to_string).collect();
    assert_eq!(
        names.join(" "),
        "kendall_tau kendall_tau@top10% spearman pearson r2 mae rmse precision@10 regret@10 ndcg@10"
    );
    for (name, registered) in names.iter().zip(&METRICS) {
        assert_eq!(metric(name), *registered);
        assert!(!registered.summary().is_empty());
    }
    for name in ["precision@1", "regret@5", "ndcg@50", "kendall_tau@top0.5%", "kendall_tau@top100%"]
    {
        assert_eq!(metric(name).to_string(), name);
    }
    assert_eq!(metric("precision@010").to_string(), "precision@10");
    assert_eq!(metric("kendall_tau@top10.0%"), metric("kendall_tau@top10%"));
    assert_ne!(metric("precision@5"), metric("precision@10"));
    assert_ne!(metric("precision@5"), metric("regret@5"));
    assert_ne!(metric("kendall_tau"), metric("kendall_tau@top100%"));
    assert_eq!(format!("[{:>6}]", metric("mae")), "[   mae]");
}

#[test]
fn errors_are_better_low() {
    let low: Vec<String> = METRICS
        .iter()
        .filter(|metric| !metric.higher_is_better())
        .map(ToString::to_string)
        .collect();
    assert_eq!(low, ["mae", "rmse", "regret@10"]);
}

#[test]
fn unknown_names_are_told_the_known() {
    for name in ["", "taus", "Kendall_tau", " mae", "@10", "precision10"] {
        let error = name.parse::<Metric>().unwrap_err();
        assert!(matches!(error, MetricNameError::NoSuchMetric { .. }), "{name}");
        assert_eq!(
            error.to_string(),
            format!(
                "unknown metric `{name}`; choose from kendall_tau, kendall_tau@topP%, spearman, \
                 pearson, r2, mae, rmse, precision@K, regret@K, ndcg@K, \
                 with K a number of rows and P a percentage"
            )
        );
    }
}

#[test]
fn bad_cuts_are_told_the_form() {
    let cuts = "mae@ mae@5 precision precision@ precision@0 precision@-1 precision@+1 \
                precision@1.5 precision@top10% precision@99999999999999999999 precision@5@5 \
                kendall_tau@10 kendall_tau@top% kendall_tau@top10 kendall_tau@10% \
                kendall_tau@top0% kendall_tau@top100.1% kendall_tau@top-5% kendall_tau@topnan% \
                kendall_tau@topinf% kendall_tau@top1e1% kendall_tau@top1.2.3% kendall_tau@top.%";
    for name in cuts.split_whitespace() {
        let error = name.parse::<Metric>().unwrap_err();
        assert!(matches!(error, MetricNameError::BadCut { .. }), "{name}: {error}");
    }
    assert_eq!(
        "kendall_tau@10".parse::<Metric>().unwrap_err().to_string(),
        "no metric `kendall_tau@10`; write it as kendall_tau or kendall_tau@topP%, \
         with K a number of rows, 1 or more, and P a percentage above 0 and at most 100"
    );
}

#[test]
fn lengths_and_rows_are_checked() {
    for metric in &METRICS {
        let error = metric.compute(&[1.0, 2.0], &[1.0]).unwrap_err();
        assert_eq!(error, MetricError::LengthMismatch { truth: 2, prediction: 1 });
        assert_eq!(
            error.to_string(),
            "2 truths and 1 predictions; there must be one of each a row"
        );
        for rows in [0, 1] {
            let side = vec![0.0; rows];
            let error = metric.compute(&side, &side).unwrap_err();
            assert_eq!(error, MetricError::TooFewRows { rows });
            assert!(error.to_string().ends_with(&format!("there are {rows}")));
        }
    }
}

#[test]
fn numbers_that_are_not_finite_are_named() {
    let good = [1.0, 2.0, 3.0];
    for metric in &METRICS {
        for bad in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for row in 0..3 {
                let mut side = good;
                side[row] = bad;
                for (truth, prediction, expected) in [
                    (side, good, MetricSide::Truth),
                    (good, side, MetricSide::Prediction),
                    (side, side, MetricSide::Truth),
                ] {
                    let error = metric.compute(&truth, &prediction).unwrap_err();
                    assert!(
                        matches!(error, MetricError::NotFinite { side, row: at, .. }
                            if side == expected && at == row),
                        "{metric}: {error}"
                    );
                }
            }
        }
    }
    assert_eq!(
        metric("mae").compute(&[1.0, f64::INFINITY], &[1.0, 2.0]).unwrap_err().to_string(),
        "the truth in row 1 is inf, not a finite number"
    );
    // The first row, whatever the side.
    let error = metric("mae").compute(&[1.0, f64::NAN], &[f64::NAN, 1.0]).unwrap_err();
    assert!(matches!(error, MetricError::NotFinite { side: MetricSide::Prediction, row: 0, .. }));
}

#[test]
fn metrics_of_the_best_follow_the_direction() {
    let (truth, prediction) = ([3.0, 1.0, 2.0, 9.0], [30.0, 20.0, 10.0, 5.0]);
    let both = |direction| Directions::both(Some(direction));
    let value =
        |name: &str, directions| metric(name).compute_in(directions, &truth, &prediction).unwrap();
    // The smallest predictions are those of rows 3 and 2; the smallest values, of rows 1 and 2.
    assert_close(value("precision@2", both(Direction::Minimize)), 0.5);
    assert_close(value("regret@2", both(Direction::Minimize)), 1.0);
    assert_close(value("regret@1", both(Direction::Minimize)), 8.0);
    // The greatest predictions are those of rows 0 and 1.
    assert_close(value("precision@2", both(Direction::Maximize)), 0.5);
    assert_close(value("regret@2", both(Direction::Maximize)), 6.0);
    // The greatest predictions for the smallest values.
    let crossed =
        Directions { truth: Some(Direction::Minimize), prediction: Some(Direction::Maximize) };
    assert_close(value("regret@2", crossed), 0.0);
    // Among the two smallest values the order is wrong, among the two greatest too.
    assert_close(value("kendall_tau@top50%", both(Direction::Minimize)), -1.0);
    assert_close(value("kendall_tau@top50%", crossed), -1.0);
    assert_close(value("kendall_tau@top50%", both(Direction::Maximize)), -1.0);
    let negative = |side: &[f64]| side.iter().map(|value| -value).collect::<Vec<_>>();
    let open = Directions::both(None);
    for metric in &METRICS {
        let turned = metric.compute_in(both(Direction::Minimize), &truth, &prediction).unwrap();
        let expected = if metric.needs_direction() {
            metric.compute(&negative(&truth), &negative(&prediction)).unwrap()
        } else {
            metric.compute_in(open, &truth, &prediction).unwrap()
        };
        assert_close(turned, expected);
        let plain = metric.compute(&truth, &prediction).unwrap();
        assert_close(
            metric.compute_in(both(Direction::Maximize), &truth, &prediction).unwrap(),
            plain,
        );
        let refused = metric.compute_in(open, &truth, &prediction);
        assert_eq!(refused.is_err(), metric.needs_direction(), "{metric}");
    }
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}
