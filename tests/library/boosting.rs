//! Boosting: a naive version of it, what its parameters do, and what must not matter.

use graf::predictor::FitError;
use graf::predictor::boosting::{Boosting, BoostingParams};
use graf::predictor::tree::LEAF;
use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis};

/// Columns without ties among splits: every value of a column is another one.
fn dataset(rows: usize) -> Dataset<f64, f64, ndarray::Ix1> {
    let primes = [7, 11, 13];
    let records = Array2::from_shape_fn((rows, 3), |(row, column)| {
        ((row * primes[column] + column) % 101) as f64 + (row as f64) * 1e-4
    });
    let targets = Array1::from_shape_fn(rows, |row| {
        records[[row, 0]].sqrt() - records[[row, 1]] / 30.0 + (row * 37 % 17) as f64 / 10.0
    });
    Dataset::new(records, targets)
}

/// All rows and columns, so that nothing is left to chance.
fn plain() -> BoostingParams {
    Boosting::params().subsample(1.0).columns_per_tree(1.0)
}

/// The best split of some rows by what they leave, by looking at every one; λ is added to the rows.
fn best_split(
    records: &Array2<f64>,
    left: &[f64],
    rows: &[usize],
    l2: f64,
) -> Option<(usize, f64)> {
    let score = |rows: &[usize]| {
        let sum: f64 = rows.iter().map(|&row| left[row]).sum();
        sum * sum / (rows.len() as f64 + l2)
    };
    let mut best: Option<(f64, usize, f64)> = None;
    for column in 0..records.ncols() {
        let mut sorted = rows.to_vec();
        sorted.sort_by(|&a, &b| records[[a, column]].total_cmp(&records[[b, column]]));
        for place in 1..sorted.len() {
            let gain = score(&sorted[..place]) + score(&sorted[place..]) - score(rows);
            let (low, high) =
                (records[[sorted[place - 1], column]], records[[sorted[place], column]]);
            if gain > 1e-9 && best.is_none_or(|(other, ..)| gain > other) {
                best = Some((gain, column, low / 2.0 + high / 2.0));
            }
        }
    }
    best.map(|(_, column, threshold)| (column, threshold))
}

/// Grows a naive tree and adds what it predicts for each row.
fn naive_tree(
    records: &Array2<f64>,
    left: &[f64],
    rows: &[usize],
    (depth, l2, rate): (usize, f64, f64),
    predicted: &mut [f64],
) {
    let split = if depth == 0 { None } else { best_split(records, left, rows, l2) };
    if let Some((column, threshold)) = split {
        let (low, high): (Vec<usize>, Vec<usize>) =
            rows.iter().partition(|&&row| records[[row, column]] <= threshold);
        naive_tree(records, left, &low, (depth - 1, l2, rate), predicted);
        naive_tree(records, left, &high, (depth - 1, l2, rate), predicted);
    } else {
        let sum: f64 = rows.iter().map(|&row| left[row]).sum();
        for &row in rows {
            predicted[row] += rate * sum / (rows.len() as f64 + l2);
        }
    }
}

#[test]
fn the_trees_are_those_of_a_naive_version() {
    let data = dataset(60);
    for (depth, l2, rounds) in [(1, 0.0, 5), (3, 1.0, 8), (4, 5.0, 12)] {
        let params = plain().rounds(rounds).max_depth(depth).l2(l2).learning_rate(0.3);
        let boosting = params.fit(&data).unwrap();
        let base = data.targets.mean().unwrap();
        let mut predicted = vec![base; 60];
        let rows: Vec<usize> = (0..60).collect();
        for _ in 0..rounds {
            let left: Vec<f64> =
                data.targets.iter().zip(&predicted).map(|(target, p)| target - p).collect();
            naive_tree(&data.records, &left, &rows, (depth, l2, 0.3), &mut predicted);
        }
        let found = boosting.predict(&data.records);
        for (found, expected) in found.iter().zip(&predicted) {
            assert!((found - expected).abs() < 1e-8, "{found} for {expected}, depth {depth}");
        }
        assert_eq!(boosting.trees().len(), rounds);
        assert!(boosting.trees().iter().all(|tree| tree.depth() <= depth));
    }
}

#[test]
fn what_is_added_to_leaves_draws_them_to_the_mean() {
    let data = dataset(50);
    let spread = |l2: f64| {
        let boosting = plain().rounds(1).learning_rate(1.0).l2(l2).fit(&data).unwrap();
        boosting.predict(&data.records).std(0.0)
    };
    assert!(spread(0.0) > spread(5.0) && spread(5.0) > spread(500.0));
    // Where no split gains there is none.
    let tree = plain().rounds(1).l2(1e12).fit(&data).unwrap().trees()[0].clone();
    assert!(tree.nodes().len() < 2 || tree.nodes()[0].column != LEAF);
}

#[test]
fn shares_of_rows_and_columns_are_drawn_anew_for_each_tree() {
    let data = dataset(80);
    let asked = |params: BoostingParams| {
        let boosting = params.rounds(30).fit(&data).unwrap();
        let columns = |tree: &graf::predictor::tree::Tree| {
            let nodes = tree.nodes().iter().filter(|node| node.column != LEAF);
            let mut columns: Vec<u32> = nodes.map(|node| node.column).collect();
            columns.sort_unstable();
            columns.dedup();
            columns
        };
        boosting.trees().iter().map(columns).collect::<Vec<_>>()
    };
    let one = asked(plain().columns_per_tree(0.34));
    assert!(one.iter().all(|columns| columns.len() == 1), "{one:?}");
    assert!(one.iter().any(|columns| *columns != one[0]), "{one:?}");
    let node = asked(plain().columns_per_node(0.34));
    assert!(node.iter().any(|columns| columns.len() > 1), "{node:?}");
}

#[test]
fn early_stopping_ends_where_held_out_rows_are_predicted_best() {
    // Noise alone: more rounds only learn it by heart.
    let records = Array2::from_shape_fn((100, 2), |(row, column)| (row * (7 + column) % 97) as f64);
    let targets = Array1::from_shape_fn(100, |row| ((row * row + 3 * row) % 31) as f64);
    let data = Dataset::new(records, targets);
    let all = plain().rounds(200).fit(&data).unwrap();
    let some = plain().rounds(200).early_stopping(true).fit(&data).unwrap();
    assert_eq!(all.trees().len(), 200);
    assert!(some.trees().len() < 100, "{} rounds", some.trees().len());
}

#[test]
fn the_same_seed_gives_the_same_trees_on_any_number_of_threads() {
    let data = dataset(120);
    let fit = |seed: u64, threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let params = Boosting::params().rounds(40).early_stopping(true).seed(seed);
        pool.install(|| params.fit(&data).unwrap().trees().to_vec())
    };
    assert_eq!(fit(1, 1), fit(1, 4));
    assert_ne!(fit(1, 1), fit(2, 1));
}

#[test]
fn importances_are_shares() {
    let boosting = plain().rounds(20).fit(&dataset(60)).unwrap();
    let total: f64 = boosting.importances().iter().sum();
    assert!((total - 1.0).abs() < 1e-12);
    let constant = Dataset::new(Array2::ones((5, 2)), Array1::from_elem(5, 3.0));
    let boosting = Boosting::params().fit(&constant).unwrap();
    assert_eq!(boosting.importances(), [0.0, 0.0]);
    assert_eq!(boosting.mean(Array2::<f64>::zeros((2, 2)).view()).to_vec(), [3.0, 3.0]);
}

#[test]
fn parameters_and_datasets_are_checked() {
    let data = dataset(10);
    let wrong = [
        Boosting::params().rounds(0),
        Boosting::params().learning_rate(0.0),
        Boosting::params().learning_rate(f64::NAN),
        Boosting::params().max_depth(0),
        Boosting::params().subsample(1.5),
        Boosting::params().columns_per_tree(-0.1),
        Boosting::params().columns_per_node(0.0),
        Boosting::params().l2(-1.0),
        Boosting::params().min_samples_leaf(0),
    ];
    for params in wrong {
        assert!(matches!(params.fit(&data), Err(FitError::Parameter { .. })), "{params:?}");
    }
    let mut broken = dataset(10);
    broken.records[[3, 1]] = f64::NAN;
    let error = Boosting::params().fit(&broken).unwrap_err();
    assert!(matches!(error, FitError::NotFinite { row: 3, column: Some(1) }), "{error}");
    let empty = Dataset::new(data.records.select(Axis(0), &[]), data.targets.select(Axis(0), &[]));
    assert!(matches!(Boosting::params().fit(&empty), Err(FitError::NoRows)));
}
