//! Times one forest on a table of numbers: what `benches/forest_vs_sklearn.py` runs. The CSV file
//! that `GRAF_BENCH_CSV` names has the target in its last column; the first `GRAF_BENCH_TRAIN` rows
//! are trained on, the others predicted. Prints the medians of the seconds that fitting and
//! predicting took, and the mean prediction, tab-separated.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may fail loudly")]

use std::io::Write;
use std::time::Instant;

use graf::predictor::forest::Forest;
use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, ArrayView2, Axis};

fn main() {
    let Ok(path) = std::env::var("GRAF_BENCH_CSV") else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<usize>().unwrap();
    let (train_rows, runs) = (number("GRAF_BENCH_TRAIN"), number("GRAF_BENCH_RUNS"));
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();

    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<Vec<f64>> = reader.deserialize().map(Result::unwrap).collect();
    let (height, width) = (rows.len(), rows[0].len());
    let table = Array2::from_shape_vec((height, width), rows.concat()).unwrap();
    let dataset = |rows: ArrayView2<f64>| {
        let (records, target) = rows.split_at(Axis(1), width - 1);
        Dataset::new(records.to_owned(), target.column(0).to_owned())
    };
    let (train, test) = table.view().split_at(Axis(0), train_rows);
    let (train, test) = (dataset(train), dataset(test));

    let (mut fits, mut predictions) = (Vec::new(), Vec::new());
    let mut predicted = Array1::zeros(0);
    for run in 0..=runs {
        let start = Instant::now();
        let forest = Forest::params().seed(run as u64).fit(&train).unwrap();
        let fitted = start.elapsed().as_secs_f64();
        let start = Instant::now();
        predicted = forest.predict(&test.records);
        let done = start.elapsed().as_secs_f64();
        if run > 0 {
            // The first warms up.
            fits.push(fitted);
            predictions.push(done);
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (fit, predict) = (median(&mut fits), median(&mut predictions));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{fit}\t{predict}\t{:.4}", predicted.mean().unwrap()).unwrap();
}
