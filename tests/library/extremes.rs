//! Columns and targets of any size: a model that reads back and predicts finite numbers, or a clear error.

use graf::model::{Card, Model};
use graf::predictor::transfer::prior::{FromPrior, WithPrior};
use graf::predictor::{
    FitError, Fitted, Kind, Learner, PREDICTORS, Parameters, Predictor, by_name,
};
use ndarray::{Array2, ArrayView2, array};
use proptest::prelude::*;
use serde_json::json;

/// A learner with few trees.
fn learner(kind: &Kind) -> Box<dyn Learner> {
    let mut given = Parameters::new();
    for name in ["trees", "rounds"] {
        if kind.learner(&given).unwrap().parameters().contains_key(name) {
            given.insert(name.to_owned(), 4.into());
        }
    }
    kind.learner(&given).unwrap()
}

fn model(name: &str, columns: usize, targets: usize, predictor: Fitted) -> Model {
    let names = |what: &str, count| -> Vec<String> {
        (0..count).map(|place| format!("{what} {place}")).collect()
    };
    // What it does not name is absent.
    let header = json!({
        "graf": "0.1.0",
        "features": null,
        "columns": names("column", columns),
        "proxies": [],
        "targets": names("target", targets),
        "predictor": name,
        "parameters": {},
        "seed": 0,
        "rows": 0,
        "report": predictor.report(),
        "importances": predictor.importances().map(|found| found.shares),
    });
    let header: Card = serde_json::from_value(header).unwrap();
    Model { header, networks: std::iter::empty().collect(), predictor }
}

/// Whether a predictor of these numbers reads back and predicts finite ones, for its own rows and others.
fn check(kind: &Kind, records: ArrayView2<f64>, targets: ArrayView2<f64>) -> Result<(), String> {
    let fitted = match learner(kind).fit(records, targets, 3) {
        Ok(fitted) => fitted,
        Err(FitError::TargetSize { size, .. }) if size > 1e100 => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    let model = model(kind.name, records.ncols(), targets.ncols(), fitted);
    let bytes = model.proven_bytes(records).map_err(|error| error.to_string())?;
    let again = Model::read(&bytes).unwrap();
    for other in [0.0, 5e-324, 1.0, 1e300, f64::MAX, f64::MIN] {
        let (mean, std) =
            again.predictor.mean_and_std(Array2::from_elem((1, 2), other).view()).unwrap();
        // A standard deviation may be absent, which is NaN.
        let is_endless = std.iter().flatten().any(|std| std.is_infinite());
        if is_endless || !mean.iter().all(|value| value.is_finite()) {
            return Err(format!("of {other}: {mean} {std:?}"));
        }
    }
    Ok(())
}

/// A number of any size.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0,
        2 => prop_oneof![Just(0.0), Just(-0.0), Just(1.0)],
        2 => (-320..309, -9.0..9.0_f64).prop_map(|(power, one)| one * 10_f64.powi(power)),
        2 => prop_oneof![
            Just(5e-324),
            Just(-2e-310),
            Just(1e300),
            Just(-1e300),
            Just(f64::MAX),
            Just(f64::MIN),
        ],
    ]
    .prop_map(|value: f64| if value.is_finite() { value } else { f64::MAX })
}

/// A target that can be learned: one of any size, or all of one size.
fn target() -> impl Strategy<Value = Vec<f64>> {
    let sized = (-320..99, prop::collection::vec(-9.0..9.0_f64, 24))
        .prop_map(|(power, all)| all.into_iter().map(|one| one * 10_f64.powi(power)).collect());
    let mixed = prop::collection::vec(number(), 24)
        .prop_map(|all| all.into_iter().map(|one| one.clamp(-1e100, 1e100)).collect());
    prop_oneof![sized, mixed, prop::collection::vec(number(), 24)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn numbers_of_any_size(
        numbers in prop::collection::vec(number(), 48),
        target in target(),
        rows in 1_usize..=24,
        kind in 0..PREDICTORS.len(),
    ) {
        let records = ArrayView2::from_shape((rows, 2), &numbers[..2 * rows]).unwrap();
        let targets = ArrayView2::from_shape((rows, 1), &target[..rows]).unwrap();
        let kind = &PREDICTORS[kind];
        let checked = check(kind, records, targets);
        prop_assert!(checked.is_ok(), "{}: {}", kind.name, checked.unwrap_err());
    }

    #[test]
    fn a_prior_of_any_size(
        numbers in prop::collection::vec(number(), 48),
        target in target(),
        rows in 1_usize..=24,
        kind in 0..PREDICTORS.len(),
    ) {
        let kind = &PREDICTORS[kind];
        let records = ArrayView2::from_shape((rows, 2), &numbers[..2 * rows]).unwrap();
        let targets = ArrayView2::from_shape((rows, 1), &target[..rows]).unwrap();
        let started = FromPrior(learner(kind)).fit(records, targets, 3);
        match started {
            Ok(started) => {
                let (mean, std) = started.mean_and_std(records).unwrap();
                let is_finite = mean.iter().all(|value| value.is_finite());
                // A standard deviation may be absent, which is NaN.
                let is_endless = std.iter().flatten().any(|std| std.is_infinite());
                prop_assert!(is_finite && !is_endless, "{}: {mean} {std:?}", kind.name);
                let mut bytes = Vec::new();
                started.write(&mut bytes);
                prop_assert!(!bytes.is_empty());
            }
            Err(FitError::TargetSize { size, .. } | FitError::PriorSize { size }) => {
                prop_assert!(size > 1e100);
            }
            Err(error) => prop_assert!(false, "{}: {error}", kind.name),
        }
    }
}

#[test]
fn negative_zero_is_zero() {
    let records = array![[0.0, 1.0], [-0.0, 2.0], [0.0, -0.0], [1.0, 0.0], [2.0, -0.0], [3.0, 5.0]];
    let targets = array![[0.0], [-0.0], [1.0], [-0.0], [2.0], [0.0]];
    let plain = |numbers: &Array2<f64>| numbers.mapv(|number| number + 0.0);
    for kind in &PREDICTORS {
        let of = |records: &Array2<f64>, targets: &Array2<f64>| {
            let fitted = learner(kind).fit(records.view(), targets.view(), 1).unwrap();
            let mut bytes = Vec::new();
            fitted.write(&mut bytes);
            bytes
        };
        assert_eq!(of(&records, &targets), of(&plain(&records), &plain(&targets)), "{}", kind.name);
        check(kind, records.view(), targets.view()).unwrap();
    }
}

#[test]
fn targets_whose_squares_overflow_are_refused_by_name() {
    let records = array![[0.0], [1.0], [2.0], [3.0]];
    for kind in &PREDICTORS {
        for size in [1.1e100, 1e160, f64::MAX] {
            let targets = array![[1.0, 0.0], [2.0, size], [3.0, 1.0], [4.0, -1.0]];
            let error = learner(kind).fit(records.view(), targets.view(), 1).unwrap_err();
            let is_named = |found: &f64| found.total_cmp(&size).is_eq();
            assert!(
                matches!(&error, FitError::TargetSize { target: 1, size } if is_named(size)),
                "{}: {error}",
                kind.name
            );
        }
    }
}

/// Predicts nothing that is a number.
#[derive(Debug)]
struct Broken(Fitted);

impl Predictor for Broken {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        self.0.mean(records).unwrap() / 0.0
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// Writes something else than it is.
#[derive(Debug)]
struct Forgetful(Fitted);

impl Predictor for Forgetful {
    fn mean(&self, records: ArrayView2<f64>) -> Array2<f64> {
        self.0.mean(records).unwrap() + 1.0
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

#[test]
fn a_model_that_does_not_read_back_is_not_written() {
    let (records, targets) = (array![[0.0], [1.0], [2.0]], array![[0.5], [1.5], [2.5]]);
    let fitted = || {
        let ridge = learner(by_name("ridge").unwrap());
        ridge.fit(records.view(), targets.view(), 1).unwrap()
    };
    let proven = |predictor: Fitted, name: &str| {
        model(name, 1, 1, predictor).proven_bytes(records.view()).map_err(|error| error.to_string())
    };
    assert!(proven(fitted(), "ridge").is_ok());
    let error = proven(Fitted::new(1, 1, Box::new(Broken(fitted()))), "ridge").unwrap_err();
    assert!(error.contains("not finite") && error.contains("nothing was written"), "{error}");
    let error = proven(Fitted::new(1, 1, Box::new(Forgetful(fitted()))), "ridge").unwrap_err();
    assert!(error.contains("differs"), "{error}");
    let error = proven(fitted(), "forest").unwrap_err();
    assert!(error.contains("would not read back"), "{error}");
}

#[test]
fn a_prior_reads_back_beside_zeros_of_both_signs() {
    let records = array![[0.0], [-0.0], [1.0], [2.0], [3.0], [0.0]];
    let targets = array![[0.0], [-0.0], [1.0], [2.0], [3.0], [-0.0]];
    for kind in &PREDICTORS {
        let prior = learner(kind).fit(records.view(), targets.view(), 1).unwrap();
        let wide = WithPrior::records(&prior, &[0], records.view()).unwrap();
        let started = FromPrior(learner(kind)).fit(wide.view(), targets.view(), 1).unwrap();
        let mut whole = model(kind.name, 1, 1, WithPrior::fitted(prior, vec![0], started).unwrap());
        let header = Card { report: None, importances: None, ..whole.header.clone() };
        whole.header.prior = Some(Box::new(header));
        whole.proven_bytes(records.view()).unwrap();
    }
}
