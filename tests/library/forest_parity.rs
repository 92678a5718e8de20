//! The forest against scikit-learn's, on the same split of NAS-Bench-201 (CIFAR-10): the means over
//! 20 seeds of tau, Spearman and R² lie within three standard errors of each other.

#![allow(clippy::print_stdout, reason = "--nocapture shows the figures")]

use std::collections::HashMap;
use std::fs::File;

use flate2::read::GzDecoder;
use graf::dataset::PROXIES;
use graf::features::{FeatureConfig, FeatureSet, Names};
use graf::metrics::{kendall_tau, r2, spearman};
use graf::predictor::forest::Forest;
use graf::space;
use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis, concatenate};
use serde_json::Value;

const SEEDS: u64 = 20;

struct Split {
    train: Dataset<f64, f64, ndarray::Ix1>,
    test: Dataset<f64, f64, ndarray::Ix1>,
}

/// A table of numbers by network.
fn table(file: &str, columns: &[&str]) -> HashMap<String, Vec<f64>> {
    let path = crate::common::dumps("data").join("nasbench201").join(file);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let places: Vec<_> = columns
        .iter()
        .map(|name| header.iter().position(|column| column == *name).unwrap())
        .collect();
    let row = |record: csv::StringRecord| {
        (record[0].to_owned(), places.iter().map(|&place| record[place].parse().unwrap()).collect())
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn rows(nets: &Value, with_proxies: bool) -> (Array2<f64>, Array1<f64>) {
    let space = space::by_name("nasbench201").unwrap();
    let config = FeatureConfig { names: Names::ZcCombine, ..FeatureConfig::default() };
    let features = FeatureSet::new(space, &config).unwrap();
    let nets: Vec<&str> =
        nets.as_array().unwrap().iter().map(|net| net.as_str().unwrap()).collect();
    let networks: Vec<_> = nets.iter().map(|net| space.read(net).unwrap()).collect();
    let mut records = features.matrix(&networks).unwrap();
    if with_proxies {
        let proxies = table("nb201_zc_proxies.csv", &PROXIES);
        let values = nets.iter().flat_map(|net| proxies[*net].clone()).collect();
        let proxies = Array2::from_shape_vec((nets.len(), PROXIES.len()), values).unwrap();
        records = concatenate(Axis(1), &[proxies.view(), records.view()]).unwrap();
    }
    let accuracies = table("nb201_valid_nets.csv", &["val_accs"]);
    (records, nets.iter().map(|net| accuracies[*net][0]).collect())
}

fn compare(train_size: usize, features: &str) {
    let file = format!("split_nb201_cifar10_{train_size}.json.gz");
    let file = File::open(crate::common::dumps("reference").join(file)).unwrap();
    let split: Value = serde_json::from_reader(GzDecoder::new(file)).unwrap();
    let with_proxies = features == "ZCP+GRAF";
    let dataset = |part: &str| {
        let (records, targets) = rows(&split[part], with_proxies);
        Dataset::new(records, targets)
    };
    let Split { train, test } = Split { train: dataset("train"), test: dataset("test") };
    assert_eq!(train.records.nrows(), train_size);

    let mut found: [Vec<f64>; 3] = Default::default();
    for seed in 0..SEEDS {
        let forest = Forest::params().seed(seed).fit(&train).unwrap();
        let predicted: Array1<f64> = forest.predict(&test.records);
        let (truth, predicted) = (test.targets.as_slice().unwrap(), predicted.as_slice().unwrap());
        found[0].push(kendall_tau(truth, predicted));
        found[1].push(spearman(truth, predicted));
        found[2].push(r2(truth, predicted));
    }
    for (name, found) in ["tau", "spearman", "r2"].into_iter().zip(found) {
        let n = found.len() as f64;
        let mean = found.iter().sum::<f64>() / n;
        let std =
            (found.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let theirs =
            |what: &str| split["results"][features][format!("{name}_{what}")].as_f64().unwrap();
        let error = ((std * std + theirs("std").powi(2)) / n).sqrt();
        let distance = (mean - theirs("mean")) / error;
        println!(
            "{features:>8} {train_size:>5} {name:>8}: {mean:.4} ({std:.4}), scikit-learn {:.4} ({:.4}): {distance:+.2} standard errors",
            theirs("mean"),
            theirs("std"),
        );
        assert!(
            distance.abs() < 3.0,
            "{features} {train_size} {name}: {distance:+.2} standard errors"
        );
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn graf() {
    for size in [32, 128, 1024] {
        compare(size, "GRAF");
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn proxies_and_graf() {
    for size in [32, 128, 1024] {
        compare(size, "ZCP+GRAF");
    }
}
