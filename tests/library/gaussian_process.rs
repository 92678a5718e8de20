//! The Gaussian process: closed forms, smooth functions, and what must not matter or break it.

use graf::predictor::FitError;
use graf::predictor::gaussian_process::{GaussianProcess, GaussianProcessParts};
use graf::predictor::standard::Standard;
use linfa::Dataset;
use linfa::prelude::*;
use linfa::traits::{Fit, Predict};
use linfa_linalg::cholesky::InverseC;
use ndarray::{Array1, Array2, ArrayView1, Axis, array};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A smooth function of four columns and a little noise; a constant column and a copy beside them.
fn smooth(rows: usize, seed: u64) -> Dataset<f64, f64, ndarray::Ix1> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut records =
        Array2::from_shape_simple_fn((rows, 6), || f64::from(random.gen_range(0..20_u8)));
    records.column_mut(4).fill(7.0);
    let copy = records.column(1).to_owned();
    records.column_mut(5).assign(&copy);
    let targets = records.map_axis(Axis(1), |row| {
        90.0 + (row[0] / 8.0).sin() + row[1] * row[2] / 200.0 - (row[3] / 10.0).powi(2)
            + 0.02 * random.r#gen::<f64>()
    });
    Dataset::new(records, targets)
}

fn fit(dataset: &Dataset<f64, f64, ndarray::Ix1>) -> GaussianProcess {
    GaussianProcess::params().fit(dataset).unwrap()
}

/// The kernel of two raw records, by its definition.
fn kernel(parts: &GaussianProcessParts, one: ArrayView1<f64>, other: ArrayView1<f64>) -> f64 {
    let standard = &parts.standard;
    let square = |(place, &column): (usize, &usize)| {
        ((one[column] - other[column]) / standard.deviations()[place]).powi(2)
    };
    let distance = standard.kept().iter().enumerate().map(square).sum::<f64>().sqrt();
    let ratio = 3_f64.sqrt() * distance / parts.length;
    parts.signal * (1.0 + ratio) * (-ratio).exp()
}

#[test]
fn few_rows_are_fitted_exactly() {
    let train = smooth(30, 1);
    let test = smooth(20, 2);
    let process = fit(&train);
    let parts = process.parts();
    let noise = parts.signal * parts.noise;
    let between = |one: &Array2<f64>, other: &Array2<f64>| {
        Array2::from_shape_fn((one.nrows(), other.nrows()), |(row, column)| {
            kernel(parts, one.row(row), other.row(column))
        })
    };
    let mut inner = between(&train.records, &train.records);
    inner.diag_mut().mapv_inplace(|value| value + noise);
    let inverse = inner.invc().unwrap();
    let across = between(&test.records, &train.records);
    let centred = train.targets.mapv(|y| (y - parts.target_mean) / parts.target_deviation);
    let (means, deviations) = process.mean_and_std(test.records.view());
    for (row, kernel) in across.rows().into_iter().enumerate() {
        let weights = inverse.dot(&kernel);
        let mean = parts.target_mean + parts.target_deviation * weights.dot(&centred);
        let variance = parts.signal + noise - weights.dot(&kernel);
        let deviation = parts.target_deviation * variance.sqrt();
        assert!((means[row] - mean).abs() < 1e-7, "{} for {mean}", means[row]);
        assert!((deviations[row] - deviation).abs() < 1e-6, "{} for {deviation}", deviations[row]);
    }
    // The most likely signal: yᵀ (K + noise)⁻¹ y / n in its units.
    let unit = centred.dot(&inverse.dot(&centred)) / 30.0;
    assert!((unit - 1.0).abs() < 1e-6, "{unit}");
}

#[test]
fn smooth_functions_are_learned() {
    let test = smooth(500, 4);
    for (rows, least) in [(100, 0.95), (160, 0.97), (161, 0.97), (600, 0.99), (1500, 0.99)] {
        let process = fit(&smooth(rows, 3));
        assert_eq!(process.parts().standard.kept(), [0, 1, 2, 3]);
        assert!(process.parts().points.nrows() <= 160);
        let (predicted, deviations) = process.mean_and_std(test.records.view());
        let r2 = predicted.r2(&test).unwrap();
        assert!(r2 > least, "{r2} with {rows} rows");
        let inside =
            |row: &usize| (predicted[*row] - test.targets[*row]).abs() < 2.0 * deviations[*row];
        let share = (0..500).filter(inside).count();
        assert!((400..=500).contains(&share), "{share} of 500 with {rows} rows");
    }
}

#[test]
fn all_rows_as_points_are_as_good_as_the_exact_process() {
    let train = smooth(300, 5);
    let test = smooth(50, 6);
    let exact = GaussianProcess::params().points(300).fit(&train).unwrap();
    let sparse = GaussianProcess::params().points(200).fit(&train).unwrap();
    let difference = exact.mean(test.records.view()) - sparse.mean(test.records.view());
    assert!(difference.iter().all(|value| value.abs() < 0.1), "{difference}");
}

#[test]
fn threads_do_not_matter() {
    let (train, test) = (smooth(700, 7), smooth(1000, 8));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let process = fit(&train);
            (process.parts().clone(), process.mean_and_std(test.records.view()))
        })
    };
    let one = with(1);
    assert!(with(2) == one && with(5) == one);
}

#[test]
#[allow(clippy::cast_possible_truncation, reason = "half the digits are the point")]
fn numbers_of_half_the_width_are_taken() {
    let train = smooth(80, 9);
    let half = Dataset::new(train.records.mapv(|x| x as f32), train.targets.mapv(|y| y as f32));
    let process = GaussianProcess::params().fit(&half).unwrap();
    let predicted: Array1<f32> = process.predict(&half.records);
    assert!(predicted.r2(&half).unwrap() > 0.9);
}

#[test]
fn little_or_nothing_to_learn_from() {
    let mut dataset = smooth(40, 10);
    dataset.targets.fill(3.5);
    let (means, deviations) = fit(&dataset).mean_and_std(dataset.records.view());
    assert!(means.iter().all(|&mean| (mean - 3.5).abs() < 1e-12));
    assert!(deviations.iter().all(|deviation| deviation.is_nan()));

    let mut dataset = smooth(40, 11);
    dataset.records.fill(1.0);
    let (means, deviations) = fit(&dataset).mean_and_std(dataset.records.view());
    let mean = dataset.targets.mean().unwrap();
    assert!(means.iter().all(|&value| (value - mean).abs() < 1e-9));
    let deviation = dataset.targets.std(0.0);
    assert!(deviations.iter().all(|&value| (value - deviation).abs() < 1e-9), "{deviations}");

    for rows in 1..5 {
        let dataset = smooth(rows, 12);
        let (means, deviations) = fit(&dataset).mean_and_std(smooth(9, 13).records.view());
        assert!(means.iter().all(|value| value.is_finite()));
        // Of one row no deviation is known.
        assert!(deviations.iter().all(|std| std.is_finite() == (rows > 1)));
    }
    let none = Dataset::new(Array2::<f64>::zeros((3, 0)), array![1.0, 2.0, 3.0]);
    assert!((fit(&none).mean(none.records.view())[0] - 2.0).abs() < 1e-12);
    assert_eq!(fit(&smooth(9, 1)).mean(Array2::<f64>::zeros((0, 6)).view()).len(), 0);
}

#[test]
fn same_and_nearly_same_rows() {
    let dataset = smooth(60, 14);
    let mut near = dataset.records.clone();
    near.column_mut(0).mapv_inplace(|value| value * (1.0 + 1e-13));
    let records = ndarray::concatenate![Axis(0), dataset.records, dataset.records, near];
    let targets = ndarray::concatenate![Axis(0), dataset.targets, dataset.targets, dataset.targets];
    let process = fit(&Dataset::new(records, targets));
    assert!(process.parts().points.nrows() <= 60);
    assert!(process.mean(dataset.records.view()).r2(&dataset).unwrap() > 0.99);
}

#[test]
fn numbers_of_any_size() {
    let dataset = smooth(100, 15);
    let plain = fit(&dataset).mean(dataset.records.view());
    for (scale, shift) in [(1e300, 0.0), (1e-290, 0.0), (1.0, 1e9), (8e306, 0.0)] {
        let records = &dataset.records * scale + shift;
        let predicted =
            fit(&Dataset::new(records.clone(), dataset.targets.clone())).mean(records.view());
        assert!((&predicted - &plain).iter().all(|value| value.abs() < 1e-2), "{scale} {shift}");
    }
    let targets = dataset.targets.mapv(|y| y * 1e306);
    let process = fit(&Dataset::new(dataset.records.clone(), targets.clone()));
    let predicted = process.mean(dataset.records.view()) * 1e-306;
    assert!((&predicted - &plain).iter().all(|value| value.abs() < 1e-2));
    let extremes = array![f64::MAX, f64::MIN, f64::MAX, f64::MIN, 0.0];
    let records = extremes.clone().insert_axis(Axis(1));
    let (means, deviations) =
        fit(&Dataset::new(records.clone(), extremes)).mean_and_std(records.view());
    assert!(means.iter().chain(&deviations).all(|value| value.is_finite()), "{means}");
    // Far away the mean is that of the training targets.
    let far = Array2::from_elem((1, 6), 1e200);
    let mean = dataset.targets.mean().unwrap();
    assert!((fit(&dataset).mean(far.view())[0] - mean).abs() < 1e-6);
}

#[test]
fn errors_name_what_is_wrong() {
    let message = |records: Array2<f64>, targets: Array1<f64>| {
        let error = GaussianProcess::params().fit(&Dataset::new(records, targets)).unwrap_err();
        error.to_string()
    };
    assert_eq!(message(Array2::zeros((0, 2)), array![]), "no rows to learn from");
    assert_eq!(message(Array2::zeros((2, 2)), array![1.0]), "2 rows of records, but 1 of targets");
    assert_eq!(
        message(array![[1.0, 2.0], [0.0, f64::NAN]], array![1.0, 2.0]),
        "row 1 (from 0) has a value that is not finite in column 1 (from 0)"
    );
    assert_eq!(
        message(array![[1.0], [0.0]], array![1.0, f64::INFINITY]),
        "row 1 (from 0) has a value that is not finite as its target"
    );
    let error = GaussianProcess::params().points(0).fit(&smooth(9, 1)).unwrap_err();
    assert_eq!(error.to_string(), "points is 0, but must be 1 to 4,096");
}

#[test]
fn parts_make_the_same_process_and_are_checked() {
    let dataset = smooth(40, 16);
    let process = fit(&dataset);
    let parts = process.parts().clone();
    let again = GaussianProcess::from_parts(parts.clone()).unwrap();
    assert_eq!(
        again.mean_and_std(dataset.records.view()),
        process.mean_and_std(dataset.records.view())
    );
    let wrong: [fn(&mut GaussianProcessParts); 10] = [
        |parts| parts.points = Array2::zeros((40, 3)),
        |parts| parts.points[[0, 0]] = f64::NAN,
        |parts| parts.points[[0, 0]] = 1e200,
        |parts| parts.weights = Array1::zeros(3),
        |parts| parts.weights[0] = f64::INFINITY,
        |parts| parts.known = Array2::zeros((40, 39)),
        |parts| parts.noise = -1.0,
        |parts| parts.length = 0.0,
        |parts| parts.target_mean = f64::NAN,
        |parts| parts.target_deviation = f64::INFINITY,
    ];
    for break_it in wrong {
        let mut parts = parts.clone();
        break_it(&mut parts);
        assert!(matches!(GaussianProcess::from_parts(parts), Err(FitError::Parts(_))));
    }
    let standard = |kept: &[usize], means: &[f64], deviations: &[f64]| {
        Standard::from_parts(3, kept.to_vec(), means.to_vec(), deviations.to_vec())
    };
    assert!(standard(&[0, 2], &[0.0, 1.0], &[1.0, 1.0]).is_ok());
    assert!(standard(&[0, 3], &[0.0, 1.0], &[1.0, 1.0]).is_err());
    assert!(standard(&[2, 0], &[0.0, 1.0], &[1.0, 1.0]).is_err());
    assert!(standard(&[0, 2], &[0.0], &[1.0, 1.0]).is_err());
    assert!(standard(&[0, 2], &[0.0, f64::NAN], &[1.0, 1.0]).is_err());
    assert!(standard(&[0, 2], &[0.0, 1.0], &[1.0, 0.0]).is_err());
}

/// Numbers of all sizes, many of them the same.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-3_i8..=3).prop_map(f64::from),
        2 => -1e3..1e3,
        1 => prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_finite_breaks_it(
        (records, targets, others) in (1_usize..40, 0_usize..6).prop_flat_map(|(rows, columns)| (
            prop::collection::vec(number(), rows * columns)
                .prop_map(move |all| Array2::from_shape_vec((rows, columns), all).unwrap()),
            prop::collection::vec(number(), rows).prop_map(Array1::from),
            prop::collection::vec(number(), 7 * columns)
                .prop_map(move |all| Array2::from_shape_vec((7, columns), all).unwrap()),
        )),
        points in 1_usize..50,
    ) {
        let dataset = Dataset::new(records, targets);
        let process = GaussianProcess::params().points(points).fit(&dataset).unwrap();
        for records in [&dataset.records, &others] {
            let (means, deviations) = process.mean_and_std(records.view());
            prop_assert!(means.iter().all(|value| value.is_finite()));
            let are_known = deviations.iter().all(|std| std.is_finite());
            prop_assert!(are_known || deviations.iter().all(|std| std.is_nan()));
        }
    }
}
