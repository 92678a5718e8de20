//! Columns that say nothing new: on columns that are made to be, on hostile ones, and on the
//! features of a whole space.

use graf::features::{FeatureConfig, FeatureSet, Names};
use graf::selection::dependence::{Dependence, DependenceError, dependence};
use graf::space;
use ndarray::{Array2, array};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn found(records: &Array2<f64>) -> Dependence {
    dependence(records.view()).unwrap()
}

/// The features of the networks of a space, by the names of the paper's repository.
fn features<'a>(space: &str, networks: impl Iterator<Item = &'a str>) -> Array2<f64> {
    let space = space::by_name(space).unwrap();
    let config = FeatureConfig { names: Names::ZcCombine, ..FeatureConfig::default() };
    let networks: Vec<_> = networks.map(|network| space.read(network).unwrap()).collect();
    FeatureSet::new(space, &config).unwrap().matrix(&networks).unwrap()
}

#[test]
fn without_rows_or_columns_nothing_is_independent() {
    assert_eq!(found(&Array2::zeros((3, 0))).independent, [0; 0]);
    for rows in [0, 1] {
        let one = found(&Array2::ones((rows, 2)));
        assert_eq!((one.constant, one.independent), (vec![0, 1], vec![]));
    }
    let two = found(&array![[1.0, 2.0, 3.0], [4.0, 5.0, 3.5]]);
    assert_eq!((two.independent, two.dependent), (vec![0], vec![1, 2]));
}

#[test]
fn zeros_of_either_sign_are_equal() {
    let records = array![[0.0, -0.0, 0.0], [-0.0, 0.0, 1.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]];
    assert_eq!(found(&records).constant, [0, 1]);
    let records = array![[0.0, -0.0, -0.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.5]];
    let found = found(&records);
    assert_eq!(found.duplicates, [(1, 0)]);
    assert_eq!(found.independent, [0, 2]);
}

#[test]
fn copies_name_the_first() {
    let records =
        array![[1.0, 2.0, 1.0, 1.0, 2.0], [2.0, 2.0, 2.0, 2.0, 2.0], [4.0, 1.0, 4.0, 4.0, 1.0]];
    assert_eq!(found(&records).duplicates, [(2, 0), (3, 0), (4, 1)]);
}

#[test]
fn numbers_that_are_not_finite_are_named() {
    let error = dependence(array![[1.0, 2.0], [f64::INFINITY, f64::NAN]].view()).unwrap_err();
    assert_eq!(error, DependenceError::NotFinite { row: 1, column: 0, value: f64::INFINITY });
    assert_eq!(
        error.to_string(),
        "row 1 (from 0) is inf in column 0 (from 0), not a finite number; leave out the row or the \
         column"
    );
}

#[test]
fn size_does_not_matter() {
    let mut random = StdRng::seed_from_u64(1);
    let base = Array2::from_shape_simple_fn((50, 3), || f64::from(random.gen_range(-9..9_i8)));
    for scale in [1e-300, 1e-9, 1.0, 1e9, 1e300] {
        let mut records = Array2::zeros((50, 5));
        for row in 0..50 {
            let [one, two, three] = [base[[row, 0]], base[[row, 1]], base[[row, 2]]];
            records[[row, 0]] = one * scale;
            records[[row, 1]] = two;
            records[[row, 2]] = 0.5 * one - 3.0 * two + 11.0;
            records[[row, 3]] = three / scale;
            // Far from zero, and with little spread.
            records[[row, 4]] = 1e6 + one * 1e-3;
        }
        let found = found(&records);
        assert_eq!(found.independent, [0, 1, 3], "{scale}");
        assert_eq!(found.dependent, [2, 4], "{scale}");
    }
}

#[test]
fn what_differs_by_rounding_is_dependent() {
    // All but constant; all but a copy.
    let records =
        array![[0.3, 1.0, 1.0], [0.1 + 0.2, 2.0, 2.0], [0.3, 5.0, 5.0 + 1e-15], [0.3, 3.0, 3.0]];
    let found = found(&records);
    assert_eq!(found.dependent, [0, 2]);
    assert_eq!(found.independent, [1]);
}

#[test]
fn small_differences_count() {
    let mut random = StdRng::seed_from_u64(2);
    let noise = Array2::from_shape_simple_fn((200, 2), || random.r#gen::<f64>());
    let mut records = noise.clone();
    for row in 0..200 {
        records[[row, 1]] = noise[[row, 0]] + 1e-6 * noise[[row, 1]];
    }
    assert_eq!(found(&records).independent, [0, 1]);
    for row in 0..200 {
        records[[row, 1]] = noise[[row, 0]] + 1e-11 * noise[[row, 1]];
    }
    assert_eq!(found(&records).independent, [0]);
}

/// The rank of whole numbers, by elimination modulo a large prime.
fn rank(mut rows: Vec<Vec<i64>>) -> usize {
    const PRIME: i64 = 2_147_483_647;
    let power = |mut base: i64, mut exponent: i64| {
        let mut result = 1;
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
            exponent >>= 1;
        }
        result
    };
    for entry in rows.iter_mut().flatten() {
        *entry = entry.rem_euclid(PRIME);
    }
    let columns = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else {
            continue;
        };
        rows.swap(rank, pivot);
        let (above, below) = rows.split_at_mut(rank + 1);
        let pivot = &above[rank];
        let inverse = power(pivot[column], PRIME - 2);
        for row in below {
            let factor = row[column] * inverse % PRIME;
            for (entry, pivot) in row.iter_mut().zip(pivot) {
                *entry = (*entry - factor * pivot % PRIME).rem_euclid(PRIME);
            }
        }
        rank += 1;
    }
    rank
}

/// The rank of some columns and a column of ones, exactly. Their numbers are whole or quarters.
fn rank_with_ones(records: &Array2<f64>, columns: &[usize]) -> usize {
    #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
    let row = |row: ndarray::ArrayView1<f64>| -> Vec<i64> {
        std::iter::once(4).chain(columns.iter().map(|&column| (4.0 * row[column]) as i64)).collect()
    };
    rank(records.rows().into_iter().map(row).collect())
}

/// Whole numbers, with as many columns made from others as not; some are copies or constant.
fn made_up() -> impl Strategy<Value = Array2<f64>> {
    (1..40_usize, 0..30_usize, 1..5_u8, any::<u64>()).prop_map(|(rows, columns, kinds, seed)| {
        let mut random = StdRng::seed_from_u64(seed);
        let mut records = Array2::<f64>::zeros((rows, columns));
        for column in 0..columns {
            let made = if column > 2 { random.gen_range(0..4) } else { 0 };
            let [one, two] = [(); 2].map(|()| random.gen_range(0..column.max(1)));
            for row in 0..rows {
                records[[row, column]] = match made {
                    1 => records[[row, one]],
                    2 => (records[[row, one]] - 2.0 * records[[row, two]] + 3.0).clamp(-1e4, 1e4),
                    _ => f64::from(random.gen_range(0..kinds)),
                };
            }
        }
        records
    })
}

proptest! {
    #[test]
    fn the_first_independent_columns_are_found(records in made_up()) {
        let found = found(&records);
        let mut all: Vec<usize> = found.duplicates.iter().map(|&(column, _)| column).collect();
        for &(column, first) in &found.duplicates {
            prop_assert_eq!(records.column(column), records.column(first));
            prop_assert!((0..first).all(|other| records.column(other) != records.column(first)));
        }
        all.extend(found.constant.iter().chain(&found.dependent).chain(&found.independent));
        all.sort_unstable();
        prop_assert!(all.into_iter().eq(0..records.ncols()));

        // Exactly those are independent that raise the rank of the columns so far.
        let mut before = 1;
        for column in 0..records.ncols() {
            let rank = rank_with_ones(&records, &(0..=column).collect::<Vec<_>>());
            prop_assert_eq!(rank > before, found.independent.contains(&column), "{}", column);
            before = rank;
        }
    }
}

#[test]
fn threads_do_not_matter() {
    let mut random = StdRng::seed_from_u64(3);
    let base = Array2::from_shape_simple_fn((300, 70), || random.r#gen::<f64>());
    let weights = Array2::from_shape_simple_fn((70, 300), || random.r#gen::<f64>() - 0.5);
    let records = base.dot(&weights);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| found(&records))
    };
    assert_eq!(with(1), with(4));
    assert!(with(1).independent.into_iter().eq(0..70));
}

/// The figures that `NumPy` gives: distinct columns (`numpy.unique`), and the rank with a column of
/// ones (`numpy.linalg.matrix_rank`).
#[track_caller]
fn has_158_distinct_columns_of_rank_73(records: &Array2<f64>) {
    let found = found(records);
    let mut constants: Vec<f64> =
        found.constant.iter().map(|&column| records[[0, column]]).collect();
    constants.sort_unstable_by(f64::total_cmp);
    constants.dedup();
    let varied = records.ncols() - found.constant.len() - found.duplicates.len();
    assert_eq!(varied + constants.len(), 158);
    assert_eq!(found.independent.len() + 1, 73);
    assert_eq!(rank_with_ones(records, &found.independent), 73);
}

#[test]
fn nasbench201_the_whole_space() {
    let digit = |number: u32, place: u32| number / 5_u32.pow(place) % 5;
    let networks: Vec<String> = (0..5_u32.pow(6))
        .map(|number| {
            let ids: Vec<_> = (0..6).map(|place| digit(number, place).to_string()).collect();
            format!("({})", ids.join(", "))
        })
        .collect();
    let records = features("nasbench201", networks.iter().map(String::as_str));
    assert_eq!(records.dim(), (15_625, 191));
    has_158_distinct_columns_of_rank_73(&records);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201_the_measured_networks() {
    let path = crate::common::dumps("data").join("nasbench201/nb201_valid_nets.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let networks: Vec<String> =
        reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    let records = features("nasbench201", networks.iter().map(String::as_str));
    assert_eq!(records.dim(), (9_445, 191));
    has_158_distinct_columns_of_rank_73(&records);
}
