//! The columns of `zc_combine`, value by value, against what its own code printed.

use std::fs::File;

use flate2::read::GzDecoder;
use graf::features::{FeatureConfig, FeatureSet, Names};
use graf::space;

/// Compares every row and column of a reference file; returns how many rows there were.
fn compare(file: &str, space: &str) -> usize {
    let path = crate::common::dumps("reference").join(file);
    let mut reader = csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()));
    let space = space::by_name(space).unwrap();
    let config = FeatureConfig { names: Names::ZcCombine, ..FeatureConfig::default() };
    let features = FeatureSet::new(space, &config).unwrap();

    let header = reader.headers().unwrap().clone();
    let expected: Vec<&str> = header.iter().skip(1).collect();
    assert_eq!(features.names(), expected, "names and order of {file}");

    let mut scratch = features.scratch();
    let mut row = vec![f64::NAN; features.len()];
    let mut rows = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let network = space.read(&record[0]).unwrap();
        features.compute(&network, &mut scratch, &mut row).unwrap();
        for ((value, text), name) in row.iter().zip(record.iter().skip(1)).zip(features.names()) {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(value.to_bits(), (expected + 0.0).to_bits(), "{name} of {}", &record[0]);
        }
        rows += 1;
    }
    rows
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101() {
    assert_eq!(compare("nb101.csv.gz", "nasbench101"), 800);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201_the_whole_space() {
    assert_eq!(compare("nb201.csv.gz", "nasbench201"), 15_625);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench301() {
    assert_eq!(compare("nb301.csv.gz", "nasbench301"), 300);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101_micro() {
    assert_eq!(compare("tnb101_micro.csv.gz", "transbench101-micro"), 711);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101_macro() {
    assert_eq!(compare("tnb101_macro.csv.gz", "transbench101-macro"), 662);
}
