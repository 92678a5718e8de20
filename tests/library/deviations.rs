//! What predictors say of themselves, from one training row up.

use graf::predictor::transfer::mean::Mean;
use graf::predictor::transfer::prior::FromPrior;
use graf::predictor::{Fitted, Learner, PREDICTORS, Parameters};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use proptest::prelude::*;

fn learners() -> Vec<Box<dyn Learner>> {
    let plain = PREDICTORS.iter().map(|kind| kind.learner(&Parameters::new()).unwrap());
    let auto = graf::predictor::by_name("auto").unwrap().learner(&Parameters::new()).unwrap();
    plain.chain([Box::new(FromPrior(auto)) as Box<dyn Learner>]).collect()
}

/// Records of three columns and a target, one to thirty-two rows, with ties, copies, 0 and −0.
fn tables() -> impl Strategy<Value = (Array2<f64>, Array1<f64>)> {
    (1..=32_usize).prop_flat_map(|rows| {
        let value = prop::sample::select(vec![-2.0, -1.0, -0.0, 0.0, 1.0, 3.0]);
        let target = prop_oneof![
            3 => prop::sample::select(vec![-4.0, -0.0, 0.0, 1.0, 64.0]),
            1 => (-1000..1000_i32).prop_map(f64::from),
        ];
        let records = prop::collection::vec(value, 3 * rows);
        let targets = prop::collection::vec(target, rows);
        (records, targets).prop_map(move |(records, targets)| {
            (Array2::from_shape_vec((rows, 3), records).unwrap(), Array1::from(targets))
        })
    })
}

fn fit(learner: &dyn Learner, records: ArrayView2<f64>, target: &Array1<f64>) -> Fitted {
    learner.fit(records, target.view().insert_axis(Axis(1)), 3).unwrap()
}

/// The prediction of each row, and its standard deviation.
fn told(fitted: &Fitted, records: ArrayView2<f64>) -> (Vec<f64>, Option<Vec<f64>>) {
    let (mean, std) = fitted.mean_and_std(records).unwrap();
    assert_eq!(mean, fitted.mean(records).unwrap());
    let only = |numbers: Array2<f64>| numbers.into_raw_vec_and_offset().0;
    (only(mean), std.map(only))
}

fn range(target: &Array1<f64>) -> f64 {
    let end = |pick: fn(f64, f64) -> f64| target.iter().copied().reduce(pick).unwrap();
    end(f64::max) - end(f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn deviations_are_numbers_in_the_range_of_the_target_or_absent((records, target) in tables()) {
        let range = range(&target);
        for learner in learners() {
            let fitted = fit(&*learner, records.view(), &target);
            let (mean, std) = told(&fitted, records.view());
            prop_assert!(mean.iter().all(|mean| mean.is_finite()), "{}: {mean:?}", learner.name());
            let Some(std) = std else { continue };
            let is_known = std.iter().all(|std| (0.0..=range * (1.0 + 1e-9)).contains(std));
            let is_absent = std.iter().all(|std| std.is_nan());
            let is_right = if range == 0.0 { is_absent } else { is_known || is_absent && target.len() < 3 };
            prop_assert!(is_right, "{}, range {range}: {std:?}", learner.name());
        }
    }

    #[test]
    fn a_constant_target_is_predicted_to_the_last_digit(
        (records, _) in tables(),
        constant in prop_oneof![Just(88.51), Just(0.1), Just(-0.0), -1e6..1e6],
    ) {
        let target = Array1::from_elem(records.nrows(), constant);
        for learner in learners() {
            let fitted = fit(&*learner, records.view(), &target);
            let (mean, _) = told(&fitted, records.view());
            prop_assert!(mean.iter().all(|&mean| (mean - constant).abs() == 0.0), "{}: {mean:?}", learner.name());
            let mean = Mean::fitted(vec![(0.3, fitted), (0.6, fit(&*learner, records.view(), &target))]).unwrap();
            let (mean, _) = told(&mean, records.view());
            prop_assert!(mean.iter().all(|&mean| (mean - constant).abs() == 0.0), "mean of {}", learner.name());
        }
    }

    #[test]
    fn another_unit_of_the_target_is_another_unit_of_predictions((records, target) in tables()) {
        let range = range(&target);
        for learner in learners() {
            let (mean, std) = told(&fit(&*learner, records.view(), &target), records.view());
            // The rounding of a shifted target may choose among splits that are equally good, and which members of a
            // blend are left out.
            let is_smooth = ["gp", "ridge", "elastic-net"].contains(&learner.name());
            for (unit, origin) in [(1024.0, 0.0), (0.125, 0.0), (1.0, 4096.0)] {
                if !is_smooth && origin != 0.0 {
                    continue;
                }
                let other = target.mapv(|value| unit * value + origin);
                let (found, found_std) = told(&fit(&*learner, records.view(), &other), records.view());
                let is_near = |found: f64, expected: f64| {
                    (found - expected).abs() <= 1e-6 * unit * range.max(1.0) || found.is_nan() && expected.is_nan()
                };
                for (found, mean) in found.iter().zip(&mean) {
                    prop_assert!(is_near(*found, unit * mean + origin), "{} {unit} {origin}", learner.name());
                }
                for (found, std) in found_std.iter().flatten().zip(std.iter().flatten()) {
                    prop_assert!(is_near(*found, unit * std), "{}, std", learner.name());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Also beyond the shares at which they are calibrated.
    #[test]
    fn intervals_grow_with_what_they_hold((records, target) in tables()) {
        for learner in learners() {
            let fitted = fit(&*learner, records.view(), &target);
            let reach = [0.01, 0.3, 0.5, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999].map(|share| fitted.reach(0, share).unwrap());
            prop_assert!(reach[0] > 0.0 && reach.is_sorted(), "{}: {reach:?}", learner.name());
            prop_assert!(reach[8] < 60.0, "{}: {reach:?}", learner.name());
        }
    }
}

#[test]
fn a_prior_gives_no_deviation_to_one_label() {
    let records = Array2::from_shape_fn((1, 3), |(_, column)| column as f64);
    let wide = concatenate(Axis(1), &[records.view(), Array2::ones((1, 1)).view()]).unwrap();
    let auto = graf::predictor::by_name("auto").unwrap().learner(&Parameters::new()).unwrap();
    let fitted = fit(&FromPrior(auto), wide.view(), &Array1::from(vec![5.0]));
    let (mean, std) = told(&fitted, wide.view());
    assert_eq!(mean, [5.0]);
    assert!(std.unwrap()[0].is_nan());
}
