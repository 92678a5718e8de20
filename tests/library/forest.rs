//! The forest: scikit-learn's trees, linfa's traits, and what must not matter.

#![allow(clippy::float_cmp, clippy::cast_possible_truncation, reason = "meant so")]

use graf::predictor::FitError;
use graf::predictor::forest::{Forest, ForestParams, MaxFeatures, MaxSamples};
use graf::predictor::tree::{LEAF, Tree};
use linfa::Dataset;
use linfa::prelude::*;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn table(value: &Value) -> Array2<f64> {
    let rows: Vec<_> = value.as_array().unwrap().iter().map(numbers).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

/// Whole numbers with many ties, as graph features are, and a target that depends on them.
fn made_up(rows: usize, columns: usize, seed: u64) -> Dataset<f64, f64, ndarray::Ix1> {
    let mut random = StdRng::seed_from_u64(seed);
    let records =
        Array2::from_shape_simple_fn((rows, columns), || f64::from(random.gen_range(0..6_u8)));
    let targets = records.map_axis(Axis(1), |row| {
        row[0] * row[1 % columns] - 2.0 * row[2 % columns] + random.r#gen::<f64>()
    });
    Dataset::new(records, targets)
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

#[test]
fn without_ties_the_trees_are_scikit_learns() {
    let fixture: Value = serde_json::from_str(include_str!("../fixtures/forest.json")).unwrap();
    let (records, targets) = (table(&fixture["records"]), table(&fixture["targets"]));
    for case in fixture["trees"].as_array().unwrap() {
        let param = |name: &str| {
            case["params"][name].as_u64().and_then(|number| usize::try_from(number).ok())
        };
        let mut params = Forest::params().trees(1).bootstrap(false).max_depth(param("max_depth"));
        params = params.min_samples_split(param("min_samples_split").unwrap_or(2));
        params = params.min_samples_leaf(param("min_samples_leaf").unwrap_or(1));
        let name = case["name"].as_str().unwrap();
        let (full, two) = (name.starts_with("full"), name.ends_with("two targets"));
        let (records, _) = records.view().split_at(Axis(1), if full { 1 } else { 4 });
        let targets =
            if two { targets.clone() } else { targets.column(0).to_owned().insert_axis(Axis(1)) };
        let count = targets.ncols();
        let forest: Forest<f64, ndarray::Ix2> =
            params.fit(&Dataset::new(records.to_owned(), targets)).unwrap();

        let tree = &forest.trees()[0];
        let (columns, thresholds) = (numbers(&case["columns"]), numbers(&case["thresholds"]));
        let values: Vec<_> = case["values"].as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(tree.nodes().len(), columns.len(), "{}", case["name"]);
        for (place, node) in tree.nodes().iter().enumerate() {
            if columns[place] < 0.0 {
                assert_eq!(node.column, LEAF, "{} node {place}", case["name"]);
                let leaf = &tree.values()[node.right as usize * count..][..count];
                for (value, expected) in leaf.iter().zip(&values[place]) {
                    assert!(close(*value, *expected), "{value} for {expected}");
                }
            } else {
                assert!(
                    close(f64::from(node.column), columns[place]),
                    "{} node {place}",
                    case["name"]
                );
                assert!(close(node.threshold, thresholds[place]), "{} node {place}", case["name"]);
            }
        }
        for (importance, expected) in forest.importances().iter().zip(numbers(&case["importances"]))
        {
            assert!((importance - expected).abs() < 1e-9, "{importance} for {expected}");
        }
    }
}

/// For targets of 0 and 1 the variance is half of Gini's impurity: linfa's classification tree must
/// predict the same, ties aside.
#[test]
fn on_two_classes_a_tree_predicts_as_linfas_does() {
    let mut random = StdRng::seed_from_u64(3);
    let records = Array2::from_shape_simple_fn((300, 3), || random.r#gen::<f64>());
    let label = records.map_axis(Axis(1), |row| usize::from(row[0] > 0.6 || row[1] * row[2] > 0.3));
    let theirs = linfa_trees::DecisionTree::params()
        .fit(&Dataset::new(records.clone(), label.clone()))
        .unwrap();
    let ours = Forest::params().trees(1).bootstrap(false);
    let ours = ours.fit(&Dataset::new(records.clone(), label.mapv(|label| label as f64))).unwrap();
    let theirs: Array1<usize> = theirs.predict(&records);
    let ours: Array1<f64> = ours.predict(&records);
    let different =
        ours.iter().zip(&theirs).filter(|(our, their)| !close(**our, **their as f64)).count();
    assert_eq!(different, 0, "both fit the training set without error");
}

#[test]
fn it_works_with_linfas_metrics_and_cross_validation() {
    let mut dataset = made_up(200, 4, 1);
    let params =
        [Forest::params().trees(20).seed(1), Forest::params().trees(20).max_depth(Some(1))];
    let r2 =
        dataset.cross_validate_single(5, &params, |predicted, truth| predicted.r2(truth)).unwrap();
    assert!(r2[0] > 0.8 && r2[0] > r2[1], "{r2}");
}

#[test]
fn numbers_may_be_of_32_bits() {
    let wide = made_up(100, 3, 5);
    let narrow = Dataset::new(wide.records.mapv(|x| x as f32), wide.targets.mapv(|y| y as f32));
    let params = Forest::params().trees(10).seed(3);
    let narrow_forest = params.fit(&narrow).unwrap();
    let wide_forest = params.fit(&wide).unwrap();
    let (one, other): (Array1<f32>, Array1<f64>) =
        (narrow_forest.predict(&narrow.records), wide_forest.predict(&wide.records));
    for (one, other) in one.iter().zip(&other) {
        assert!((f64::from(*one) - other).abs() < 1e-4);
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let dataset = made_up(300, 8, 2);
    let results: Vec<_> = [1, 2, 8]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let forest = Forest::params().trees(30).seed(9).fit(&dataset).unwrap();
                let (mean, std) = forest.mean_and_std(dataset.records.view());
                let bag = forest.out_of_bag().unwrap().clone();
                (forest.trees().to_vec(), mean, std, bag.predictions, forest.importances().to_vec())
            })
        })
        .collect();
    assert!(results[0] == results[1] && results[0] == results[2]);
    let other = Forest::params().trees(30).seed(10).fit(&dataset).unwrap();
    assert!(other.trees() != results[0].0, "another seed makes another forest");
}

/// The mean and the standard deviation over the trees, one row and one tree at a time. No mean
/// leaves the range of the leaves: where a row's values are equal, rounding alone would move it.
fn naive(trees: &[Tree], row: &[f64]) -> (f64, f64) {
    let each: Vec<f64> = trees.iter().map(|tree| tree.values()[tree.leaf(row)]).collect();
    let leaves = || trees.iter().flat_map(Tree::values).copied();
    let least = leaves().fold(f64::INFINITY, f64::min);
    let greatest = leaves().fold(f64::NEG_INFINITY, f64::max);
    let mean = (each.iter().sum::<f64>() / each.len() as f64).clamp(least, greatest);
    if least >= greatest {
        return (mean, f64::NAN); // Equal trees do not say how sure they are.
    }
    let variance = each.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / each.len() as f64;
    (mean, variance.sqrt())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn blocks_of_rows_are_predicted_as_single_rows(
        rows in 1_usize..150,
        columns in 1_usize..6,
        seed: u64,
        continuous: bool,
        leaf in 1_usize..4,
    ) {
        let mut dataset = made_up(rows, columns, seed);
        if continuous {
            let mut random = StdRng::seed_from_u64(seed);
            dataset.records.mapv_inplace(|value| value + random.r#gen::<f64>());
        }
        let params = Forest::params().trees(7).seed(seed).min_samples_leaf(leaf);
        let forest = params.fit(&dataset).unwrap();
        let mut records = made_up(90, columns, seed.wrapping_add(1)).records;
        records[[0, 0]] = f64::NAN;
        records[[1, 0]] = f64::INFINITY;
        records[[2, 0]] = f64::NEG_INFINITY;
        let (mean, std) = forest.mean_and_std(records.view());
        for (place, row) in records.rows().into_iter().enumerate() {
            let (expected, spread) = naive(forest.trees(), &row.to_vec());
            prop_assert_eq!(mean[[place, 0]].to_bits(), expected.to_bits());
            let std = std[[place, 0]];
            prop_assert!((std - spread).abs() < 1e-12 || std.is_nan() && spread.is_nan());
        }
    }

    /// A tree is a partition: what is left and right of each split are its rows, no leaf is too
    /// small, and each leaf holds the mean of its rows.
    #[test]
    fn every_tree_fits_its_rows(
        rows in 2_usize..120,
        columns in 1_usize..8,
        seed: u64,
        leaf in 1_usize..5,
        extra: bool,
        some: bool,
    ) {
        let dataset = made_up(rows, columns, seed);
        let mut params = if extra { Forest::extra_trees() } else { Forest::params() };
        params = params.trees(3).bootstrap(false).min_samples_leaf(leaf).seed(seed);
        if some {
            params = params.max_features(MaxFeatures::Sqrt);
        }
        let forest = params.fit(&dataset).unwrap();
        for tree in forest.trees() {
            let count = tree.values().len();
            let mut members = vec![Vec::new(); count];
            for (row, target) in dataset.records.rows().into_iter().zip(&dataset.targets) {
                members[tree.leaf(&row.to_vec())].push(*target);
            }
            for (members, value) in members.iter().zip(tree.values()) {
                prop_assert!(members.len() >= leaf.min(rows));
                let mean = members.iter().sum::<f64>() / members.len() as f64;
                prop_assert!(close(mean, *value), "{} for {}", value, mean);
            }
        }
    }
}

/// The split that lowers the squared error most, over all columns and thresholds.
fn best_gain(records: &Array2<f64>, targets: &Array1<f64>) -> f64 {
    let error = |rows: &[f64]| {
        let mean = rows.iter().sum::<f64>() / rows.len() as f64;
        rows.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let all = error(targets.as_slice().unwrap());
    let mut best = f64::NEG_INFINITY;
    for column in records.columns() {
        for &threshold in column {
            let (left, right): (Vec<(f64, f64)>, Vec<_>) = column
                .iter()
                .copied()
                .zip(targets.iter().copied())
                .partition(|pair| pair.0 <= threshold);
            if !right.is_empty() {
                let side = |side: &[(f64, f64)]| {
                    error(&side.iter().map(|pair| pair.1).collect::<Vec<_>>())
                };
                best = best.max(all - side(&left) - side(&right));
            }
        }
    }
    best
}

#[test]
fn the_first_split_is_the_best_there_is() {
    for seed in 0..30 {
        let dataset = made_up(40, 6, seed);
        let forest =
            Forest::params().trees(1).bootstrap(false).max_depth(Some(1)).fit(&dataset).unwrap();
        let predicted: Array1<f64> = forest.predict(&dataset.records);
        let mean = dataset.targets.mean().unwrap();
        let before: f64 = dataset.targets.iter().map(|value| (value - mean).powi(2)).sum();
        let after: f64 = dataset
            .targets
            .iter()
            .zip(&predicted)
            .map(|(value, predicted)| (value - predicted).powi(2))
            .sum();
        assert!(
            close(before - after, best_gain(&dataset.records, &dataset.targets)),
            "seed {seed}"
        );
    }
}

/// Columns that no training row tells apart are drawn alike, also those that are equal.
#[test]
fn equally_good_columns_have_the_same_chance() {
    // Columns 0 to 2 are the same (one of them scaled), column 3 splits the rows alike.
    let records = ndarray::array![[0., 0., 0., 5.], [1., 1., 10., 1.], [1., 1., 10., 1.]];
    let dataset = Dataset::new(records, ndarray::array![1.0, 3.0, 3.0]);
    let forest = Forest::params().trees(4000).bootstrap(false).fit(&dataset).unwrap();
    let mut counts = [0_usize; 4];
    for tree in forest.trees() {
        counts[tree.nodes()[0].column as usize] += 1;
    }
    for count in counts {
        assert!((850..1150).contains(&count), "{counts:?}");
    }
}

#[test]
fn out_of_bag_predictions_are_those_of_trees_that_have_not_seen_the_row() {
    let dataset = made_up(400, 5, 11);
    let forest = Forest::params().trees(60).fit(&dataset).unwrap();
    let bag = forest.out_of_bag().unwrap();
    let fitted: Array1<f64> = forest.predict(&dataset.records);
    let fitted = fitted.r2(&dataset.targets).unwrap();
    let test = made_up(400, 5, 12);
    let fresh: Array1<f64> = forest.predict(&test.records);
    let fresh = fresh.r2(&test.targets).unwrap();
    assert!((bag.r2 - fresh).abs() < 0.05, "{} out of bag, {fresh} on new rows", bag.r2);
    assert!(fitted > bag.r2 + 0.01, "{fitted} on the training rows");
    assert!(Forest::extra_trees().trees(5).fit(&dataset).unwrap().out_of_bag().is_none());
}

#[test]
fn constant_targets_and_columns_make_one_leaf() {
    let constant =
        Dataset::new(Array2::from_elem((5, 2), 3.0), ndarray::array![1., 2., 3., 4., 5.]);
    let forest = Forest::params().trees(3).bootstrap(false).fit(&constant).unwrap();
    assert!(forest.trees().iter().all(|tree| tree.nodes().len() == 1));
    let predicted: Array1<f64> = forest.predict(&constant.records);
    assert!(predicted.iter().all(|value| close(*value, 3.0)), "{predicted}");
    assert!(forest.importances().iter().all(|importance| *importance == 0.0));
    let same = Dataset::new(made_up(9, 2, 1).records, Array1::from_elem(9, 0.25));
    let forest = Forest::params().trees(3).fit(&same).unwrap();
    let predicted: Array1<f64> = forest.predict(&same.records);
    assert!(predicted.iter().all(|value| *value == 0.25), "{predicted}");
}

#[test]
fn huge_and_tiny_targets_are_fitted() {
    for scale in [1e-300, 1e-20, 1e20, 1e300] {
        let records = Array2::from_shape_fn((8, 1), |(row, _)| row as f64);
        let targets = Array1::from_shape_fn(8, |row| (row as f64 - 3.0) * scale);
        let dataset = Dataset::new(records, targets);
        let forest = Forest::params().trees(1).bootstrap(false).fit(&dataset).unwrap();
        let predicted: Array1<f64> = forest.predict(&dataset.records);
        for (one, other) in predicted.iter().zip(&dataset.targets) {
            assert!((one - other).abs() <= 1e-9 * scale, "{one} for {other}");
        }
    }
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let dataset = made_up(10, 2, 0);
    let message = |params: ForestParams| params.fit(&dataset).unwrap_err().to_string();
    let zero = message(Forest::params().trees(0));
    assert_eq!(zero, "trees is 0, but must be 1 to 100,000");
    assert!(message(Forest::params().min_samples_leaf(0)).contains("min_samples_leaf is 0"));
    assert!(message(Forest::params().min_samples_split(1)).contains("at least 2"));
    assert!(message(Forest::params().max_features(MaxFeatures::Fraction(1.5))).contains("1.5"));
    assert!(message(Forest::params().max_samples(MaxSamples::Fraction(f64::NAN))).contains("NaN"));
    let mut broken = made_up(10, 2, 0);
    broken.records[[3, 1]] = f64::NAN;
    let error = Forest::params().fit(&broken).unwrap_err();
    assert!(matches!(error, FitError::NotFinite { row: 3, column: Some(1) }), "{error}");
    broken.records[[3, 1]] = 0.0;
    broken.targets[7] = f64::INFINITY;
    let error = Forest::params().fit(&broken).unwrap_err();
    assert!(matches!(error, FitError::NotFinite { row: 7, column: None }), "{error}");
    let empty = Dataset::new(Array2::<f64>::zeros((0, 2)), Array1::<f64>::zeros(0));
    assert!(matches!(Forest::params().fit(&empty), Err(FitError::NoRows)));
}
