//! Wrong shapes and numbers that are none give errors that name the place, and never a panic.

use graf::dataset::Error;
use graf::experiment::CompareError;
use graf::explain::Unexplained;
use graf::features::FeatureError;
use graf::library::{PredictError, SuggestionError};
use graf::predictor::memo::Memo;
use graf::predictor::transfer::mean::Mean;
use graf::predictor::transfer::prior::{FromPrior, WithPrior};
use graf::predictor::{FitError, Fitted, Learner, PREDICTORS, RecordsError};
use graf::prelude::*;
use graf::suggest::{SuggestError, by_name};
use ndarray::Array2;
use proptest::prelude::*;

const COLUMNS: usize = 3;

/// A learner with few trees.
fn learner(place: usize) -> Box<dyn Learner> {
    let kind = &PREDICTORS[place];
    let mut given = Parameters::new();
    for name in ["trees", "rounds"] {
        if kind.learner(&given).unwrap().parameters().contains_key(name) {
            given.insert(name.to_owned(), 3.into());
        }
    }
    kind.learner(&given).unwrap()
}

fn records(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(row, column)| ((row + 2) * (column + 3) % 7) as f64)
}

/// Predictors of every kind and composition.
fn predictors() -> Vec<(String, Fitted)> {
    let (train, target) = (records(12, COLUMNS), records(12, 2));
    let mut all = Vec::new();
    for (place, kind) in PREDICTORS.iter().enumerate() {
        let fit = || learner(place).fit(train.view(), target.view(), 1).unwrap();
        let one = || learner(place).fit(train.view(), records(12, 1).view(), 1).unwrap();
        all.push((kind.name.to_owned(), fit()));
        all.push((
            format!("mean of {}", kind.name),
            Mean::fitted(vec![(1.0, fit()), (2.0, fit())]).unwrap(),
        ));
        let places = vec![2, 0, 1];
        let wide = WithPrior::records(&one(), &places, train.view()).unwrap();
        let started = FromPrior(learner(place)).fit(wide.view(), target.view(), 1).unwrap();
        let whole = WithPrior::fitted(one(), places, started).unwrap();
        all.push((format!("{} from a prior", kind.name), whole));
    }
    all
}

#[test]
fn fitted_predictors_refuse_other_columns_and_targets() {
    for (name, fitted) in predictors() {
        assert_eq!((fitted.columns(), fitted.targets()), (COLUMNS, 2), "{name}");
        for found in [0, 1, 2, 4, 100] {
            for rows in [0, 1, 5] {
                let records = records(rows, found);
                let wrong = RecordsError::Columns { expected: COLUMNS, found };
                assert_eq!(fitted.mean(records.view()), Err(wrong), "{name}");
                assert_eq!(fitted.mean_and_std(records.view()).unwrap_err(), wrong, "{name}");
                assert_eq!(Memo::new(&fitted).mean_and_std(records.view()).unwrap_err(), wrong);
                let wrong = Unexplained::Columns { expected: COLUMNS, found };
                assert_eq!(fitted.contributions(records.view(), 0), Err(wrong), "{name}");
            }
        }
        let none = records(0, COLUMNS);
        assert_eq!(fitted.mean(none.view()).unwrap().dim(), (0, 2), "{name}");
        assert_eq!(fitted.mean_and_std(none.view()).unwrap().0.dim(), (0, 2), "{name}");
        let wrong = RecordsError::NoTarget { target: 2, targets: 2 };
        assert_eq!(fitted.reach(2, 0.5), Err(wrong), "{name}");
        let wrong = Unexplained::NoTarget { target: 2, targets: 2 };
        assert_eq!(fitted.contributions(records(1, COLUMNS).view(), 2), Err(wrong), "{name}");
    }
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    let fit = |columns, targets| {
        learner(5).fit(records(9, columns).view(), records(9, targets).view(), 1).unwrap()
    };
    let is_refused = |made: Result<Fitted, FitError>| matches!(made, Err(FitError::Parts(_)));
    assert!(is_refused(Mean::fitted(Vec::new())));
    assert!(is_refused(Mean::fitted(vec![(1.0, fit(2, 1)), (1.0, fit(3, 1))])));
    assert!(is_refused(Mean::fitted(vec![(1.0, fit(2, 1)), (1.0, fit(2, 2))])));
    assert!(is_refused(WithPrior::fitted(fit(2, 1), vec![0], fit(4, 1))));
    assert!(is_refused(WithPrior::fitted(fit(2, 1), vec![0, 3], fit(4, 1))));
    assert!(is_refused(WithPrior::fitted(fit(2, 2), vec![0, 1], fit(4, 1))));
    let wrong = WithPrior::records(&fit(2, 1), &[0, 3], records(4, 3).view());
    assert_eq!(wrong, Err(RecordsError::Columns { expected: 4, found: 3 }));
    let wrong = WithPrior::records(&fit(2, 1), &[0], records(4, 3).view());
    assert_eq!(wrong, Err(RecordsError::Columns { expected: 2, found: 1 }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn fitting_never_panics(
        (rows, target_rows) in (0_usize..7, 0_usize..7),
        (columns, targets) in (0_usize..4, 0_usize..4),
        hole in prop::option::of((any::<prop::sample::Index>(), any::<bool>(), prop::sample::select(vec![f64::NAN, f64::INFINITY]))),
        place in 0..PREDICTORS.len(),
        from_prior in any::<bool>(),
    ) {
        let target_rows = if target_rows < 3 { target_rows } else { rows };
        let (mut x, mut y) = (records(rows, columns), records(target_rows, targets));
        if let Some((index, in_target, value)) = hole {
            let numbers = if in_target { &mut y } else { &mut x };
            if !numbers.is_empty() {
                let at = index.index(numbers.len());
                numbers.as_slice_mut().unwrap()[at] = value;
            }
        }
        let learner = learner(place);
        let fitted = if from_prior {
            FromPrior(learner).fit(x.view(), y.view(), 1)
        } else {
            learner.fit(x.view(), y.view(), 1)
        };
        let hole = |of: &Array2<f64>| {
            of.indexed_iter().find(|(_, value)| !value.is_finite()).map(|(place, _)| place)
        };
        match fitted {
            Ok(fitted) => {
                prop_assert!(hole(&x).is_none() && hole(&y).is_none());
                prop_assert_eq!(fitted.mean(x.view()).unwrap().dim(), (rows, targets));
            }
            Err(FitError::NotFinite { row, column: Some(column) }) => {
                prop_assert_eq!(hole(&x), Some((row, column)));
            }
            Err(FitError::NotFinite { row, column: None }) => {
                prop_assert_eq!(hole(&y).map(|place| place.0), Some(row));
            }
            Err(FitError::PriorSize { size }) => prop_assert!(size.is_infinite()),
            Err(error) => {
                let is_shape = matches!(
                    error,
                    FitError::Lengths { .. } | FitError::NoRows | FitError::NoPriorColumn { .. }
                );
                prop_assert!(is_shape, "{error}");
            }
        }
    }
}

fn space() -> Space {
    Space::named("nasbench201").unwrap()
}

/// Networks with a made-up accuracy.
fn networks(count: usize) -> (Vec<graf::space::Architecture>, Vec<f64>) {
    let encodings: Vec<String> = (0..count)
        .map(|row| format!("({}, {}, {}, 2, 0, 3)", row % 4, row / 4 % 4, row / 16))
        .collect();
    let accuracy = encodings.iter().map(|net| net.matches('2').count() as f64).collect();
    (space().parse_all(&encodings).unwrap(), accuracy)
}

/// The index and the spaces of an error about a network of another space.
fn wrong_space(index: usize) -> FeatureError {
    let (found, expected) = ("transbench101-micro", "nasbench201");
    FeatureError::WrongSpace { index: Some(index), found, expected }
}

#[test]
fn the_library_names_the_network_at_fault() {
    let (networks, accuracy) = networks(40);
    let micro = Space::named("transbench101-micro").unwrap().parse("(1, 0, 3, 1, 2, 3)").unwrap();
    let mut mixed = networks.clone();
    mixed[7] = micro;
    let mut holed = accuracy.clone();
    holed[5] = f64::NAN;
    let features = Features::graf_plus(space()).unwrap();
    assert_eq!(features.compute(&mixed).unwrap_err(), wrong_space(7));
    assert_eq!(features.compute(&[]).unwrap().values.dim(), (0, features.names().len()));

    let fit = |networks: &[_], targets: &[f64]| {
        let builder = Model::builder(space()).unwrap().predictor("ridge", &Parameters::new());
        builder.unwrap().fit(networks, targets)
    };
    let lengths = |records, targets| move |error: &FitError| matches!(error, FitError::Lengths { records: a, targets: b } if (*a, *b) == (records, targets));
    assert!(
        matches!(fit(&networks, &accuracy[1..]), Err(Error::Fit(error)) if lengths(40, 39)(&error))
    );
    assert!(matches!(fit(&[], &[]), Err(Error::Training(_))));
    let hole = fit(&networks, &holed);
    assert!(
        matches!(hole, Err(Error::Fit(FitError::NotFinite { row: 5, column: None }))),
        "{hole:?}"
    );
    assert!(
        matches!(fit(&mixed, &accuracy), Err(Error::Features(error)) if error == wrong_space(7))
    );

    let model = fit(&networks, &accuracy).unwrap();
    let wrong = model.predict(&mixed);
    assert!(
        matches!(&wrong, Err(PredictError::Features(Error::Features(error))) if *error == wrong_space(7)),
        "{wrong:?}"
    );
    let wrong = model.explain(&mixed, "target");
    assert!(matches!(&wrong, Err(PredictError::Features(Error::Features(_)))), "{wrong:?}");
    assert_eq!(model.explain(&[], "target").unwrap().contributions.values.nrows(), 0);
    assert!(matches!(model.explain(&networks, "other"), Err(PredictError::NoTarget { .. })));

    let compare = |networks: &[_], targets: &[f64]| {
        let experiment = Comparison::new(space(), "accuracy", Direction::Maximize);
        experiment.predictor("ridge", &Parameters::new()).unwrap().repeats(2).run(networks, targets)
    };
    assert!(
        matches!(compare(&networks, &accuracy[1..]), Err(CompareError::Fit(error)) if lengths(40, 39)(&error))
    );
    assert!(compare(&[], &[]).is_err());
    let hole = compare(&networks, &holed);
    assert!(
        matches!(hole, Err(CompareError::Fit(FitError::NotFinite { row: 5, column: None }))),
        "{hole:?}"
    );
    assert!(compare(&mixed, &accuracy).unwrap_err().to_string().contains("network 7 (from 0)"));
}

#[test]
fn suggestions_name_what_cannot_be_compared() {
    let (networks, accuracy) = networks(40);
    let micro = Space::named("transbench101-micro").unwrap().parse("(1, 0, 3, 1, 2, 3)").unwrap();
    let mut mixed = networks.clone();
    mixed[3] = micro;
    let model = Model::builder(space()).unwrap().fit(&networks[..20], &accuracy[..20]).unwrap();
    let wrong = Suggestion::new(space()).choose(&mixed, 2);
    assert!(
        matches!(&wrong, Err(SuggestionError::Features(error)) if *error == wrong_space(3)),
        "{wrong:?}"
    );
    let wrong = Suggestion::new(space()).known(&mixed, None).choose(&networks, 2);
    assert!(
        matches!(&wrong, Err(SuggestionError::Features(error)) if *error == wrong_space(3)),
        "{wrong:?}"
    );
    assert!(Suggestion::new(space()).choose(&networks, 0).unwrap().is_empty());
    let few = Suggestion::new(space()).choose(&[], 1);
    assert!(
        matches!(few, Err(SuggestionError::Suggest(SuggestError::TooFew { asked: 1, left: 0 }))),
        "{few:?}"
    );
    let improvement =
        Suggestion::new(space()).model(&model).strategy(by_name("improvement").unwrap());
    let wrong = improvement.known(&[], Some(f64::NAN)).choose(&networks, 2);
    assert!(
        matches!(wrong, Err(SuggestionError::Suggest(SuggestError::NotFinite { .. }))),
        "{wrong:?}"
    );
}
