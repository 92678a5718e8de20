//! Contributions: they add up to predictions, and are what their definition says.

use graf::explain::{Contributions, Unexplained};
use graf::model::Model;
use graf::predictor::forest::Forest;
use graf::predictor::transfer::mean::Mean;
use graf::predictor::transfer::prior::{FromPrior, WithPrior};
use graf::predictor::tree::{LEAF, Tree};
use graf::predictor::{Fitted, Learner, PREDICTORS, Parameters, Predictor, by_name};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

const COLUMNS: usize = 5;

/// Records with few and many values, a copy and a constant, and targets that are no sums.
fn records(rows: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, COLUMNS), |(row, column)| match column {
        0 => (row * 7 % 13) as f64,
        1 => (row * row % 5) as f64 - 2.0,
        2 => (row * 7 % 13) as f64 * 2.0,
        3 => 4.0,
        _ => ((row * 31 % 101) as f64).powi(3) / 1e4,
    })
}

fn targets(records: &Array2<f64>, targets: usize) -> Array2<f64> {
    Array2::from_shape_fn((records.nrows(), targets), |(row, target)| {
        let [one, other, last] = [0, 1, 4].map(|column| records[[row, column]]);
        let bent = (one * other / 6.0).sin() * 3.0 + last.sqrt();
        50.0 + bent + (target as f64) * other + (row % 3) as f64 / 10.0
    })
}

/// A learner with few trees.
fn learner(name: &str) -> Box<dyn Learner> {
    let kind = by_name(name).unwrap();
    let mut given = Parameters::new();
    for parameter in ["trees", "rounds"] {
        if kind.learner(&given).unwrap().parameters().contains_key(parameter) {
            given.insert(parameter.to_owned(), 12.into());
        }
    }
    kind.learner(&given).unwrap()
}

#[track_caller]
fn check_sums(what: &str, fitted: &Fitted, records: ArrayView2<f64>, columns: usize) {
    let mean = fitted.mean(records).unwrap();
    for target in 0..mean.ncols() {
        let found = fitted.contributions(records, target).unwrap();
        assert_eq!(found.values.dim(), (records.nrows(), columns), "{what}");
        for (sum, expected) in found.predictions().iter().zip(mean.column(target)) {
            let apart = (sum - expected).abs();
            assert!(apart <= 1e-9, "{what}, target {target}: {sum} for {expected}");
        }
        let moves = found.values.iter().any(|value| value.abs() > 1e-3);
        assert!(moves, "{what}: {found:?}");
    }
}

/// Records between and beyond those that were learned.
fn asked() -> Array2<f64> {
    let mut asked = records(60).slice_axis(Axis(0), (35..).into()).to_owned();
    asked.column_mut(3).fill(7.0);
    asked[[0, 0]] = 100.0;
    asked[[1, 4]] = -50.0;
    asked[[2, 1]] = 0.5;
    asked
}

#[test]
fn contributions_of_every_predictor_add_up() {
    let (train, asked) = (records(40), asked());
    for kind in &PREDICTORS {
        for count in [1, 3] {
            let target = targets(&train, count);
            let fitted = learner(kind.name).fit(train.view(), target.view(), 1).unwrap();
            check_sums(kind.name, &fitted, asked.view(), COLUMNS);
        }
    }
}

#[test]
fn contributions_of_means_and_priors_add_up() {
    let (train, asked) = (records(40), asked());
    let target = targets(&train, 1);
    for kind in &PREDICTORS {
        let learner = learner(kind.name);
        let fit = |target: &Array2<f64>| learner.fit(train.view(), target.view(), 1).unwrap();
        let mean = Mean::fitted(vec![(1.0, fit(&target)), (3.0, fit(&target.mapv(|y| 100.0 - y)))]);
        let mean = mean.unwrap();
        check_sums(kind.name, &mean, asked.view(), COLUMNS);

        // A prior that agrees with the labels and one that does not.
        for sign in [1.0, -1.0] {
            let prior = fit(&target.mapv(|y| sign * y.sqrt()));
            let places = vec![0, 1, 2, 3, 4];
            let wide = WithPrior::records(&prior, &places, train.view()).unwrap();
            let started = FromPrior(self::learner(kind.name));
            let started = started.fit(wide.view(), target.view(), 1).unwrap();
            let model = WithPrior::fitted(prior, places, started).unwrap();
            check_sums(kind.name, &model, asked.view(), COLUMNS + 1);
        }
    }
}

#[test]
fn a_constant_target_has_no_contributions() {
    let train = records(12);
    let target = Array2::from_elem((12, 1), 3.25);
    for kind in &PREDICTORS {
        let fitted = learner(kind.name).fit(train.view(), target.view(), 1).unwrap();
        let found = fitted.contributions(train.view(), 0).unwrap();
        assert!((found.base - 3.25).abs() < 1e-12, "{}", kind.name);
        assert!(found.values.iter().all(|value| *value == 0.0), "{}", kind.name);
    }
}

/// The Shapley value of each column, by its definition.
fn shapley(columns: usize, value: impl Fn(&[bool]) -> f64) -> Array1<f64> {
    let factorial = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
    let known = |set: usize| (0..columns).map(|column| set >> column & 1 == 1).collect::<Vec<_>>();
    let values: Vec<f64> = (0..1 << columns).map(|set| value(&known(set))).collect();
    let mut sums = Array1::zeros(columns);
    for (column, set) in (0..columns).flat_map(|column| (0..1 << columns).map(move |s| (column, s)))
    {
        let set: usize = set;
        if set >> column & 1 == 0 {
            let size = set.count_ones() as usize;
            let weight = factorial(size) * factorial(columns - size - 1) / factorial(columns);
            sums[column] += weight * (values[set | 1 << column] - values[set]);
        }
    }
    sums
}

/// What a tree predicts with some columns known: at splits on others it goes both ways.
fn walk(
    tree: &Tree,
    place: usize,
    record: ArrayView1<f64>,
    known: &[bool],
    target: (usize, usize),
) -> f64 {
    let node = tree.nodes()[place];
    if node.column == LEAF {
        return tree.values()[node.right as usize * target.1 + target.0];
    }
    let column = node.column as usize;
    let (left, right) = (place + 1, node.right as usize);
    let of = |place| walk(tree, place, record, known, target);
    if known[column] {
        return of(if record[column] <= node.threshold { left } else { right });
    }
    let [low, high] = [left, right].map(|place| cover(tree, place));
    (of(left) * low + of(right) * high) / (low + high)
}

/// How many training rows came to a node.
fn cover(tree: &Tree, place: usize) -> f64 {
    let node = tree.nodes()[place];
    if node.column == LEAF {
        return f64::from(tree.covers()[node.right as usize]);
    }
    cover(tree, place + 1) + cover(tree, node.right as usize)
}

#[test]
fn trees_have_shapley_values_of_paths() {
    let (train, asked) = (records(60), asked());
    for (params, count) in [
        (Forest::params().trees(4), 1),
        (Forest::extra_trees().trees(4), 2),
        (Forest::params().trees(3).max_depth(Some(2)), 3),
    ] {
        let dataset = DatasetBase::new(train.clone(), targets(&train, count));
        let forest = params.seed(3).fit(&dataset).unwrap();
        for tree in forest.trees() {
            assert!(tree.covers().iter().all(|cover| *cover > 0));
            assert!((cover(tree, 0) - 60.0).abs() < 1e-9);
        }
        for target in 0..count {
            let found = forest.contributions(asked.view(), target).unwrap();
            for (record, found) in asked.rows().into_iter().zip(found.values.rows()) {
                let value = |known: &[bool]| {
                    let each = forest.trees().iter();
                    let each = each.map(|tree| walk(tree, 0, record, known, (target, count)));
                    each.sum::<f64>() / forest.trees().len() as f64
                };
                let expected = shapley(COLUMNS, value);
                let apart = (&found - &expected).mapv(f64::abs).sum();
                assert!(apart < 1e-9, "{found} for {expected}");
            }
        }
    }
}

#[test]
fn a_process_and_linear_models_have_shapley_values_about_the_mean() {
    let (train, asked) = (records(40), asked());
    let target = targets(&train, 1);
    let means = train.mean_axis(Axis(0)).unwrap();
    for name in ["gp", "ridge", "elastic-net"] {
        let fitted = learner(name).fit(train.view(), target.view(), 1).unwrap();
        let found = fitted.contributions(asked.view(), 0).unwrap();
        for (record, found) in asked.rows().into_iter().zip(found.values.rows()) {
            let value = |known: &[bool]| {
                let number =
                    |column: usize| if known[column] { record[column] } else { means[column] };
                let row = Array2::from_shape_fn((1, COLUMNS), |(_, column)| number(column));
                fitted.mean(row.view()).unwrap()[[0, 0]]
            };
            let expected = shapley(COLUMNS, value);
            let apart = (&found - &expected).mapv(f64::abs).sum();
            assert!(apart < 1e-8, "{name}: {found} for {expected}");
        }
    }
}

#[test]
fn threads_do_not_matter() {
    let (train, asked) = (records(40), records(300));
    let target = targets(&train, 1);
    for kind in &PREDICTORS {
        let fitted = learner(kind.name).fit(train.view(), target.view(), 1).unwrap();
        let on = |threads: usize| -> Contributions {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| fitted.contributions(asked.view(), 0).unwrap())
        };
        let (one, two) = (on(1), on(2));
        assert_eq!(one.base.to_bits(), two.base.to_bits(), "{}", kind.name);
        let same = one.values.iter().zip(&two.values).all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(same, "{}", kind.name);
    }
}

#[test]
fn a_model_of_format_3_predicts_and_is_not_explained() {
    // Forest of 2 trees on x = 1…8, y = 0, 1, 0, … and acc = 10, 12, 15, 16, 20, 21, 25, 26.
    let model = Model::read(include_bytes!("../fixtures/format-3.graf")).unwrap();
    let records = Array2::from_shape_fn((8, 2), |(row, column)| {
        if column == 0 { (row + 1) as f64 } else { (row % 2) as f64 }
    });
    let expected = [11.0, 12.0, 13.5, 15.5, 18.5, 23.0, 23.0, 25.5];
    assert_eq!(model.predictor.mean(records.view()).unwrap().column(0).to_vec(), expected);
    assert_eq!(model.predictor.contributions(records.view(), 0), Err(Unexplained::NoCovers));
    // Written again it is of the new format, and still does not know.
    let mut bytes = Vec::new();
    model.write(&mut bytes).unwrap();
    assert_eq!(bytes[8..12], 5_u32.to_le_bytes());
    let again = Model::read(&bytes).unwrap();
    assert_eq!(again.predictor.mean(records.view()).unwrap().column(0).to_vec(), expected);
    assert_eq!(again.predictor.contributions(records.view(), 0), Err(Unexplained::NoCovers));
}

/// A column that raises the target, one that lowers it, one that does both, and one that does nothing.
fn directed(rows: usize) -> (Array2<f64>, Array2<f64>) {
    let at = |row: usize, step: usize| (row * step % rows) as f64 / rows as f64;
    let records = Array2::from_shape_fn((rows, 4), |(row, column)| match column {
        3 => 1.0,
        _ => at(row, [1, 7, 17][column]),
    });
    let target =
        records.rows().into_iter().map(|row| 2.0 * row[0] - row[1] + 4.0 * (row[2] - 0.5).abs());
    let target = Array1::from_iter(target).insert_axis(Axis(1));
    (records, target)
}

#[test]
fn importances_have_the_direction_of_the_column() {
    let (records, target) = directed(120);
    for name in ["forest", "extra-trees", "boost", "auto", "ridge", "elastic-net"] {
        let fitted = learner(name).fit(records.view(), target.view(), 0).unwrap();
        let found = fitted.importances().unwrap();
        let directions = found.directions();
        assert!(
            directions[0].unwrap() > 0.3 && directions[1].unwrap() < -0.3,
            "{name}: {directions:?}"
        );
        assert_eq!((found.shares[3], directions[3]), (0.0, None), "{name}");
        if !["ridge", "elastic-net"].contains(&name) {
            let apart = directions[2].unwrap().abs();
            assert!(
                apart < 0.5 && (found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9,
                "{name}: {directions:?}"
            );
        }
    }
    assert_eq!(learner("gp").fit(records.view(), target.view(), 0).unwrap().importances(), None);
    // Two targets that go apart have no direction in common.
    let apart = ndarray::concatenate![Axis(1), target, -target.clone()];
    let fitted = learner("forest").fit(records.view(), apart.view(), 0).unwrap();
    let directions = fitted.importances().unwrap().directions();
    assert!(directions[0].unwrap().abs() < 1e-6, "{directions:?}");
}
