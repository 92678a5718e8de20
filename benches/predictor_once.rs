//! Times one predictor on a table of numbers: what `benches/forest_vs_sklearn.py` and
//! `benches/boost_vs_xgboost.py` run. The CSV file that `GRAF_BENCH_CSV` names has the target in its
//! last column; the first `GRAF_BENCH_TRAIN` rows are trained on, the others predicted.
//! `GRAF_BENCH_PREDICTOR` is the predictor, `GRAF_BENCH_PARAMETERS` its parameters as JSON. Prints
//! the medians of the seconds that fitting and predicting took, and the mean over the runs, each
//! with its own seed, of Kendall's tau, tab-separated.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may fail loudly")]

use std::io::Write;
use std::time::Instant;

use graf::metrics::kendall_tau;
use graf::predictor::{Parameters, by_name};
use ndarray::{Array2, Axis};

fn main() {
    let Ok(path) = std::env::var("GRAF_BENCH_CSV") else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<usize>().unwrap();
    let (train_rows, runs) = (number("GRAF_BENCH_TRAIN"), number("GRAF_BENCH_RUNS"));
    let kind = by_name(&std::env::var("GRAF_BENCH_PREDICTOR").unwrap()).unwrap();
    let parameters = std::env::var("GRAF_BENCH_PARAMETERS").unwrap_or("{}".to_owned());
    let parameters: Parameters = serde_json::from_str(&parameters).unwrap();
    let learner = kind.learner(&parameters).unwrap();
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();

    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<Vec<f64>> = reader.deserialize().map(Result::unwrap).collect();
    let (height, width) = (rows.len(), rows[0].len());
    let table = Array2::from_shape_vec((height, width), rows.concat()).unwrap();
    let (records, targets) = table.view().split_at(Axis(1), width - 1);
    let (records, targets) = (records.to_owned(), targets.to_owned());
    let (train, test) = records.view().split_at(Axis(0), train_rows);
    let (target, truth) = targets.view().split_at(Axis(0), train_rows);
    let truth: Vec<f64> = truth.iter().copied().collect();

    let (mut fits, mut predictions, mut taus) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=runs {
        let start = Instant::now();
        let predictor = learner.fit(train, target, run as u64).unwrap();
        let fitted = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let predicted = predictor.mean(test).unwrap();
        let done = start.elapsed().as_secs_f64();
        if run > 0 {
            // The first warms up.
            fits.push(fitted);
            predictions.push(done);
            taus.push(kendall_tau(&truth, &predicted.into_raw_vec_and_offset().0));
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (fit, predict) = (median(&mut fits), median(&mut predictions));
    let tau = taus.iter().sum::<f64>() / taus.len() as f64;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{fit}\t{predict}\t{tau}").unwrap();
}
