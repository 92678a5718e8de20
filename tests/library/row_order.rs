//! Predictors do not depend on the order of their training rows.

use graf::predictor::transfer::prior::FromPrior;
use graf::predictor::{Learner, PREDICTORS, Parameters};
use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Rows in the order of an enumeration, as of a whole search space: the first column is that of the slowest
/// digit. Some rows come twice, with different targets.
fn enumerated(rows: usize) -> (Array2<f64>, Array2<f64>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let digit = |(row, column): (usize, usize)| (row / [162, 54, 18, 6, 2][column] % 3) as f64;
    let records = Array2::from_shape_fn((rows, 5), digit);
    let weights = Array1::from(vec![1.0, -0.5, 0.3, 2.0, 0.1]);
    let target = records.dot(&weights).mapv(|value| value + random.gen_range(-0.2..0.2));
    (records, target.insert_axis(Axis(1)))
}

fn learners() -> Vec<Box<dyn Learner>> {
    let plain = PREDICTORS.iter().map(|kind| kind.learner(&Parameters::new()).unwrap());
    let prior = PREDICTORS.iter().filter(|kind| ["auto", "ridge"].contains(&kind.name));
    let prior = prior.map(|kind| -> Box<dyn Learner> {
        Box::new(FromPrior(kind.learner(&Parameters::new()).unwrap()))
    });
    plain.chain(prior).collect()
}

#[test]
fn shuffled_rows_give_the_same_predictor_and_held_out_predictions() {
    // 300 rows: the process looks at 256 of them.
    for rows in [12, 300] {
        let (records, targets) = enumerated(rows);
        let mut order: Vec<usize> = (0..rows).collect();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(2));
        let shuffled = (records.select(Axis(0), &order), targets.select(Axis(0), &order));
        for learner in learners() {
            let name = format!("{learner:?}");
            let one = learner.fit(records.view(), targets.view(), 7).unwrap();
            let other = learner.fit(shuffled.0.view(), shuffled.1.view(), 7).unwrap();
            let (mut bytes, mut other_bytes) = (Vec::new(), Vec::new());
            one.write(&mut bytes);
            other.write(&mut other_bytes);
            assert_eq!(bytes, other_bytes, "{name}, {rows} rows");
            let held_out = one.held_out().map(|held_out| held_out.predictions);
            let held_out = held_out.map(|found| found.select(Axis(0), &order).mapv(f64::to_bits));
            let other = other.held_out().map(|held_out| held_out.predictions.mapv(f64::to_bits));
            assert_eq!(held_out, other, "{name}, {rows} rows");
        }
    }
}

#[test]
fn a_prior_may_lie_anywhere() {
    let (records, targets) = enumerated(40);
    // No copy of a column: copies count once.
    let prior = &records.column(3) * 1.7 + &records.column(0) * 0.3;
    let learner =
        FromPrior(graf::predictor::by_name("ridge").unwrap().learner(&Parameters::new()).unwrap());
    let fitted = |unit: f64, origin: f64| {
        let moved = prior.mapv(|value| unit * value + origin).insert_axis(Axis(1));
        let wide = ndarray::concatenate(Axis(1), &[records.view(), moved.view()]).unwrap();
        learner.fit(wide.view(), targets.view(), 1).unwrap().mean(wide.view()).unwrap()
    };
    let expected = fitted(1.0, 0.0);
    for (unit, origin) in [(1.0, 1e7), (1e-9, 0.0), (1e6, -3e6)] {
        let apart = fitted(unit, origin) - &expected;
        assert!(apart.iter().all(|apart| apart.abs() < 1e-6), "{unit} {origin}: {apart}");
    }
}
