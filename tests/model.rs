//! Saved models: what is written reads back; what is damaged or hostile is refused.

#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]

use graf::predictor::model::{Header, HeldOutSummary, Model, ModelError};
use graf::predictor::{PREDICTORS, Parameters, by_name};
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;

fn model(predictor: &str, rows: usize, targets: usize) -> (Model, Array2<f64>) {
    let records = Array2::from_shape_fn((rows, 3), |(row, column)| (row * (column + 2) % 7) as f64);
    let target = Array2::from_shape_fn((rows, targets), |(row, target)| {
        (row % 5) as f64 - (row * target % 3) as f64
    });
    (fitted(predictor, &records, &target), records)
}

fn fitted(predictor: &str, records: &Array2<f64>, target: &Array2<f64>) -> Model {
    let kind = by_name(predictor).unwrap();
    let mut given = Parameters::new();
    for name in ["trees", "rounds"] {
        if kind.learner(&given).unwrap().parameters().contains_key(name) {
            given.insert(name.to_owned(), 5.into());
        }
    }
    let learner = kind.learner(&given).unwrap();
    let predictor = learner.fit(records.view(), target.view(), 1).unwrap();
    let header = Header {
        graf: "0.1.0".to_owned(),
        space: Some("nasbench201".to_owned()),
        prune: Some(false),
        description: None,
        features: serde_json::Value::Null,
        columns: (0..records.ncols()).map(|column| format!("column {column}")).collect(),
        proxies: vec!["column 1".to_owned()],
        medians: Some(vec![0.1; records.ncols()]),
        targets: (0..target.ncols()).map(|target| format!("target {target}")).collect(),
        predictor: learner.name().to_owned(),
        parameters: learner.parameters(),
        seed: 1,
        rows: records.nrows(),
        held_out: Some(HeldOutSummary {
            by: "out of bag".to_owned(),
            r2: Some(0.25),
            kendall_tau: (0..target.ncols()).map(|target| (target > 0).then_some(0.5)).collect(),
        }),
        prior: None,
        report: predictor.report(),
        importances: predictor.importances(),
    };
    Model { header, predictor }
}

fn bytes(model: &Model) -> Vec<u8> {
    let mut bytes = Vec::new();
    model.write(&mut bytes).unwrap();
    bytes
}

/// Bytes with a checksum that is right.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let sum = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

#[test]
fn what_is_written_reads_back() {
    for (kind, targets) in PREDICTORS.iter().flat_map(|kind| [(kind, 1), (kind, 3)]) {
        let (model, records) = model(kind.name, 40, targets);
        let again = Model::read(&bytes(&model)).unwrap();
        assert_eq!(again.header, model.header);
        let (one, other) = (&again.predictor, &model.predictor);
        assert_eq!(one.mean(records.view()), other.mean(records.view()));
        assert_eq!(one.mean_and_std(records.view()), other.mean_and_std(records.view()));
        assert_eq!((one.importances(), one.report()), (other.importances(), other.report()));
        assert_eq!(bytes(&again), bytes(&model));
    }
}

#[test]
fn the_header_can_be_read_by_a_person() {
    let text = String::from_utf8_lossy(&bytes(&model("forest", 10, 1).0)).into_owned();
    assert!(text.starts_with("graf\0mdl"));
    assert!(text.contains("\"space\": \"nasbench201\""), "{text}");
}

#[test]
fn every_truncation_is_refused() {
    for kind in &PREDICTORS {
        let bytes = bytes(&model(kind.name, 12, 1).0);
        for end in 0..bytes.len() {
            assert!(Model::read(&bytes[..end]).is_err(), "the first {end} bytes");
            if end >= 20 {
                let part = summed(bytes[..end].to_vec());
                assert!(Model::read(&part).is_err(), "the first {end} bytes");
            }
        }
        assert!(Model::read(&[bytes.clone(), vec![0]].concat()).is_err());
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let bytes = bytes(&model("forest", 12, 1).0);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            assert!(Model::read(&damaged).is_err(), "bit {bit} of byte {place}");
        }
    }
}

proptest! {
    /// With a right checksum a changed model may load, but then it predicts without a panic.
    #[test]
    fn hostile_models_do_not_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        targets in 1_usize..3,
        kind in 0..PREDICTORS.len(),
    ) {
        let (model, records) = model(PREDICTORS[kind].name, 15, targets);
        let mut bytes = bytes(&model);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(model) = Model::read(&summed(bytes))
            && model.header.columns.len() == records.ncols()
        {
            model.predictor.mean_and_std(records.view());
        }
    }

    #[test]
    fn random_bytes_do_not_panic(mut tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Model::read(&tail);
        let mut bytes = b"graf\0mdl\x02\0\0\0".to_vec();
        bytes.append(&mut tail);
        bytes.extend([0; 4]);
        let _ = Model::read(&summed(bytes));
    }
}

#[test]
fn lengths_are_not_believed() {
    let good = bytes(&model("forest", 12, 1).0);
    for place in [12, 13, 14, 15] {
        let mut huge = good.clone();
        huge[place] = 0xff;
        assert!(Model::read(&summed(huge)).is_err());
    }
    let mut other = good.clone();
    other[8] = 9;
    assert!(matches!(Model::read(&summed(other)), Err(ModelError::Version { found: 9 })));
    assert!(matches!(Model::read(b"PK\x03\x04"), Err(ModelError::Magic)));
}

/// 100 trees on 1,024 rows, all of them different.
#[test]
fn a_model_of_1024_rows_takes_less_than_two_megabytes() {
    let records =
        Array2::from_shape_fn((1024, 4), |(row, column)| (row * (column + 3) % 997) as f64);
    let targets =
        Array1::from_shape_fn(1024, |row| (row * 7919 % 1024) as f64).insert_axis(Axis(1));
    let mut large = fitted("forest", &records, &targets);
    let forest = by_name("forest").unwrap().learner(&Parameters::new()).unwrap();
    large.predictor = forest.fit(records.view(), targets.view(), 1).unwrap();
    let size = bytes(&large).len();
    assert!(size < 2_000_000, "{size} bytes");
}
