//! Ridge and the elastic net: closed forms, and what must not matter or break them.

use graf::predictor::FitError;
use graf::predictor::linear::{Linear, LinearParams, LinearParts};
use linfa::Dataset;
use linfa::prelude::*;
use linfa::traits::{Fit, Predict};
use linfa_linalg::cholesky::InverseC;
use ndarray::{Array1, Array2, Axis, array};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A linear function of three columns and noise; a constant column and a copy are last.
fn sloping(rows: usize, columns: usize, seed: u64) -> Dataset<f64, f64, ndarray::Ix1> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut records =
        Array2::from_shape_simple_fn((rows, columns), || f64::from(random.gen_range(0..20_u8)));
    records.column_mut(columns - 2).fill(7.0);
    let copy = records.column(1).to_owned();
    records.column_mut(columns - 1).assign(&copy);
    let targets = records.map_axis(Axis(1), |row| {
        90.0 + 2.0 * row[0] - row[1] + 0.3 * row[2] + random.r#gen::<f64>()
    });
    Dataset::new(records, targets)
}

/// The columns that count, standardized, and the targets, standardized.
fn standardized(
    dataset: &Dataset<f64, f64, ndarray::Ix1>,
    parts: &LinearParts,
) -> (Array2<f64>, Array1<f64>) {
    let standard = &parts.standard;
    let mut records = dataset.records.select(Axis(1), standard.kept());
    records -= &Array1::from(standard.means().to_vec());
    records /= &Array1::from(standard.deviations().to_vec());
    let target = |target: f64| (target - parts.target_mean) / parts.target_deviation;
    (records, dataset.targets.mapv(target))
}

#[test]
fn ridge_solves_the_normal_equations() {
    for (rows, columns) in [(60, 8), (20, 40)] {
        let train = sloping(rows, columns, 1);
        let linear = Linear::ridge().fit(&train).unwrap();
        let parts = linear.parts();
        assert_eq!(parts.standard.kept().len(), columns - 2);
        let (records, targets) = standardized(&train, parts);
        let mut products = records.t().dot(&records);
        let penalty = parts.penalty * rows as f64;
        products.diag_mut().mapv_inplace(|value| value + penalty);
        let expected = products.invc().unwrap().dot(&records.t().dot(&targets));
        for (weight, expected) in parts.weights.iter().zip(&expected) {
            assert!((weight - expected).abs() < 1e-8, "{weight} for {expected}");
        }
        let predicted: Array1<f64> = linear.predict(&train.records);
        let expected = records.dot(&expected) * parts.target_deviation + parts.target_mean;
        assert!((predicted - expected).iter().all(|value| value.abs() < 1e-6));
    }
}

#[test]
fn the_elastic_net_meets_its_optimality_conditions() {
    for (rows, columns) in [(100, 10), (30, 40)] {
        for share in [0.5, 1.0] {
            let train = sloping(rows, columns, 2);
            let linear = Linear::elastic_net().l1_ratio(share).fit(&train).unwrap();
            let parts = linear.parts();
            let (records, targets) = standardized(&train, parts);
            let left = targets - records.dot(&parts.weights);
            let slopes = records.t().dot(&left) / rows as f64;
            for (&weight, slope) in parts.weights.iter().zip(&slopes) {
                let slope = slope - parts.penalty * (1.0 - share) * weight;
                let bound = parts.penalty * share;
                if weight == 0.0 {
                    assert!(slope.abs() < bound + 1e-3, "{slope} of {bound}");
                } else {
                    assert!((slope - bound * weight.signum()).abs() < 1e-3, "{slope} of {bound}");
                }
            }
        }
    }
}

#[test]
fn linear_functions_are_learned() {
    let test = sloping(300, 30, 4);
    for params in [Linear::ridge(), Linear::elastic_net(), Linear::elastic_net().l1_ratio(1.0)] {
        let linear = params.fit(&sloping(200, 30, 3)).unwrap();
        let predicted: Array1<f64> = linear.predict(&test);
        assert!(predicted.r2(&test).unwrap() > 0.99);
    }
}

#[test]
fn threads_do_not_matter() {
    let (train, test) = (sloping(300, 30, 5), sloping(1000, 30, 6));
    for params in [Linear::ridge(), Linear::elastic_net()] {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let linear = params.clone().fit(&train).unwrap();
                (linear.parts().clone(), linear.mean(test.records.view()))
            })
        };
        let one = with(1);
        assert!(with(2) == one && with(5) == one);
    }
}

#[test]
fn little_or_nothing_to_learn_from() {
    for params in [Linear::ridge(), Linear::elastic_net()] {
        let fit = |dataset: &Dataset<f64, f64, ndarray::Ix1>| params.clone().fit(dataset).unwrap();
        let mut dataset = sloping(40, 6, 7);
        dataset.targets.fill(3.5);
        let predicted = fit(&dataset).mean(dataset.records.view());
        assert!(predicted.iter().all(|&value| (value - 3.5).abs() < 1e-12));
        let mut dataset = sloping(40, 6, 8);
        dataset.records.fill(1.0);
        let mean = dataset.targets.mean().unwrap();
        let predicted = fit(&dataset).mean(dataset.records.view());
        assert!(predicted.iter().all(|&value| (value - mean).abs() < 1e-9));
        for rows in 1..8 {
            let predicted = fit(&sloping(rows, 6, 9)).mean(sloping(9, 6, 10).records.view());
            assert!(predicted.iter().all(|value| value.is_finite()));
        }
        let none = Dataset::new(Array2::<f64>::zeros((3, 0)), array![1.0, 2.0, 3.0]);
        assert!((fit(&none).mean(none.records.view())[0] - 2.0).abs() < 1e-12);
    }
}

#[test]
fn errors_name_what_is_wrong() {
    let message = |records: Array2<f64>, targets: Array1<f64>| {
        Linear::ridge().fit(&Dataset::new(records, targets)).unwrap_err().to_string()
    };
    assert_eq!(message(Array2::zeros((0, 2)), array![]), "no rows to learn from");
    assert_eq!(
        message(array![[f64::INFINITY, 2.0], [0.0, 0.0]], array![1.0, 2.0]),
        "row 0 (from 0) has a value that is not finite in column 0 (from 0)"
    );
    for share in [-0.1, 0.001, 1.1, f64::NAN] {
        let error = Linear::ridge().l1_ratio(share).fit(&sloping(9, 4, 1)).unwrap_err();
        assert_eq!(error.to_string(), format!("l1_ratio is {share}, but must be 0, or 0.01 to 1"));
    }
}

#[test]
fn parts_make_the_same_model_and_are_checked() {
    let dataset = sloping(40, 6, 11);
    let linear = Linear::elastic_net().fit(&dataset).unwrap();
    let parts = linear.parts().clone();
    let again = Linear::from_parts(parts.clone()).unwrap();
    assert_eq!(again.mean(dataset.records.view()), linear.mean(dataset.records.view()));
    let wrong: [fn(&mut LinearParts); 6] = [
        |parts| parts.weights = Array1::zeros(3),
        |parts| parts.weights[0] = f64::INFINITY,
        |parts| parts.weights[0] = 1e300,
        |parts| parts.penalty = -1.0,
        |parts| parts.target_mean = f64::NAN,
        |parts| parts.target_deviation = -1.0,
    ];
    for break_it in wrong {
        let mut parts = parts.clone();
        break_it(&mut parts);
        assert!(matches!(Linear::from_parts(parts), Err(FitError::Parts(_))));
    }
}

/// Numbers of all sizes, many of them the same.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-3_i8..=3).prop_map(f64::from),
        2 => -1e3..1e3,
        1 => prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
    ]
}

fn params() -> impl Strategy<Value = LinearParams> {
    prop_oneof![Just(0.0), 0.01..=1.0].prop_map(|share| Linear::ridge().l1_ratio(share))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nothing_finite_breaks_it(
        (records, targets, others) in (1_usize..30, 0_usize..40).prop_flat_map(|(rows, columns)| (
            prop::collection::vec(number(), rows * columns)
                .prop_map(move |all| Array2::from_shape_vec((rows, columns), all).unwrap()),
            prop::collection::vec(number(), rows).prop_map(Array1::from),
            prop::collection::vec(number(), 7 * columns)
                .prop_map(move |all| Array2::from_shape_vec((7, columns), all).unwrap()),
        )),
        params in params(),
    ) {
        let dataset = Dataset::new(records, targets);
        let linear = params.fit(&dataset).unwrap();
        for records in [&dataset.records, &others] {
            let predicted = linear.mean(records.view());
            prop_assert!(predicted.iter().all(|value| value.is_finite()));
        }
    }
}
