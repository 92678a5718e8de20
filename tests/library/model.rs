//! Saved models: what is written reads back; what is damaged or hostile is refused.

use graf::metrics::Direction;
use graf::model::{Card, HeldOutSummary, LearnedOn, Model, ModelError};
use graf::predictor::transfer::mean::Mean;
use graf::predictor::transfer::prior::{FromPrior, WithPrior};
use graf::predictor::{Learner, PREDICTORS, Parameters, by_name};
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
    let header = Card {
        graf: "0.1.0".to_owned(),
        space: Some("nasbench201".to_owned()),
        prune: Some(false),
        description: None,
        features: graf::features::FeatureConfig::default(),
        columns: (0..records.ncols()).map(|column| format!("column {column}")).collect(),
        proxies: vec!["column 1".to_owned()],
        medians: Some(vec![0.1; records.ncols()]),
        targets: (0..target.ncols()).map(|target| format!("target {target}")).collect(),
        directions: vec![Some(Direction::Minimize); target.ncols()],
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
        importance_directions: Vec::new(),
        importances: predictor.importances().map(|found| found.shares),
        correlations: Vec::new(),
        learned_on: vec![learned_on(1.0)],
        kinds: vec!["convolution 3x3".to_owned()],
        groups: Vec::new(),
    };
    Model { header, networks: (1..5).collect(), predictor }
}

fn learned_on(weight: f64) -> LearnedOn {
    let (name, target) = ("nets".to_owned(), "target 0".to_owned());
    LearnedOn {
        name,
        space: None,
        target,
        direction: Some(Direction::Minimize),
        rows: 10,
        draws: None,
        weight,
    }
}

/// A model of benchmarks with these weights.
fn of_benchmarks(predictor: &str, weights: &[f64], rows: usize) -> (Model, Array2<f64>) {
    let models = (0..weights.len()).map(|place| model(predictor, rows + place, 1));
    let (models, mut records): (Vec<_>, Vec<_>) = models.unzip();
    let mut header = models[0].header.clone();
    header.learned_on = weights.iter().map(|weight| learned_on(*weight)).collect();
    let each = weights.iter().copied().zip(models.into_iter().map(|model| model.predictor));
    let predictor = Mean::fitted(each.collect()).unwrap();
    (Model { header, networks: (1..5).collect(), predictor }, records.swap_remove(0))
}

/// A model that starts from another one, with the prior's columns in another order.
fn with_prior(predictor: &str, rows: usize, targets: usize) -> (Model, Array2<f64>) {
    let (prior, _) = of_benchmarks(predictor, &[1.0, 2.0], rows);
    let (mut model, records) = model(predictor, rows, targets);
    let wide = WithPrior::records(&prior.predictor, &[2, 0, 1], records.view()).unwrap();
    let kind = by_name(predictor).unwrap();
    let learner = FromPrior(kind.learner(&model.header.parameters).unwrap());
    let target =
        Array2::from_shape_fn((rows, targets), |(row, target)| ((row + target) % 4) as f64);
    let started = learner.fit(wide.view(), target.view(), 1).unwrap();
    model.predictor = WithPrior::fitted(prior.predictor, vec![2, 0, 1], started).unwrap();
    let mut header = prior.header;
    header.columns.rotate_right(1);
    header.importances = model.predictor.importances().map(|found| found.shares);
    model.header.prior = Some(Box::new(header));
    model.header.report = model.predictor.report();
    model.header.importances = model.predictor.importances().map(|found| found.shares);
    (model, records)
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

/// On this it rests that equal records are predicted once ([`graf::predictor::memo`]), and that
/// predictions do not depend on where a chunk of a table ends.
#[test]
fn what_is_predicted_does_not_depend_on_the_rows_beside_it() {
    let spread = |(row, column): (usize, usize)| ((row * 37 + column * 11) % 101) as f64 / 7.0;
    let (train, asked) = (Array2::from_shape_fn((60, 9), spread), 1_000);
    let asked = Array2::from_shape_fn((asked, 9), |(row, column)| spread((row + 60, column)));
    let target =
        train.map_axis(Axis(1), |row| (row[0] * row[1]).sin() + row[2]).insert_axis(Axis(1));
    for kind in &PREDICTORS {
        let predictor = fitted(kind.name, &train, &target).predictor;
        let all = predictor.mean_and_std(asked.view()).unwrap();
        for rows in [1, 2, 3, 7, 300] {
            for part in asked.axis_chunks_iter(Axis(0), rows).take(40).enumerate() {
                let (place, records) = (part.0 * rows, part.1);
                let (mean, std) = predictor.mean_and_std(records).unwrap();
                let same = |one: &Array2<f64>, all: &Array2<f64>| {
                    let all = all.slice_axis(Axis(0), (place..place + one.nrows()).into());
                    assert_eq!(one, all, "{} of {rows} rows from {place} on", kind.name);
                };
                same(&mean, &all.0);
                assert_eq!(std.is_some(), all.1.is_some());
                std.iter().zip(&all.1).for_each(|(one, all)| same(one, all));
            }
        }
    }
}

#[test]
fn the_mean_of_benchmarks_reads_back() {
    for kind in &PREDICTORS {
        let (model, records) = of_benchmarks(kind.name, &[1.0, 0.5, 3.0], 20);
        let again = Model::read(&bytes(&model)).unwrap();
        assert_eq!(again.header, model.header);
        let (one, other) = (&again.predictor, &model.predictor);
        assert_eq!(one.mean(records.view()), other.mean(records.view()));
        assert_eq!(one.mean_and_std(records.view()), other.mean_and_std(records.view()));
        assert!(one.mean_and_std(records.view()).unwrap().1.is_some());
        assert_eq!((one.importances(), one.report()), (other.importances(), other.report()));
        assert_eq!(bytes(&again), bytes(&model));
    }
}

#[test]
fn a_model_with_a_prior_reads_back() {
    for (kind, targets) in PREDICTORS.iter().flat_map(|kind| [(kind, 1), (kind, 2)]) {
        let (model, records) = with_prior(kind.name, 20, targets);
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
fn priors_that_contradict_their_model_are_refused() {
    let header = |change: fn(&mut Card)| {
        let (mut model, _) = with_prior("forest", 12, 1);
        change(model.header.prior.as_mut().unwrap());
        Model::read(&bytes(&model))
    };
    assert!(header(|_| {}).is_ok());
    assert!(header(|prior| prior.columns[0] = "another".to_owned()).is_err());
    assert!(header(|prior| prior.targets.clear()).is_err());
    assert!(header(|prior| prior.learned_on.truncate(1)).is_err());
    assert!(header(|prior| prior.predictor = "none".to_owned()).is_err());
    assert!(header(|prior| prior.prior = Some(Box::new(prior.clone()))).is_err());
}

#[test]
fn benchmarks_that_are_not_there_are_refused() {
    let header = |change: fn(&mut Card)| {
        let (mut model, _) = of_benchmarks("forest", &[1.0, 1.0], 12);
        change(&mut model.header);
        Model::read(&bytes(&model))
    };
    assert!(header(|_| {}).is_ok());
    assert!(header(|header| header.learned_on.push(learned_on(1.0))).is_err());
    assert!(header(|header| header.learned_on.truncate(1)).is_err());
    assert!(header(|header| header.learned_on[1].weight = -1.0).is_err());
    assert!(header(|header| header.learned_on[0].weight = 0.0).is_err());
    assert!(header(|header| header.directions.push(None)).is_err());
    assert!(header(|header| header.directions.clear()).is_ok());
    assert!(header(|header| header.learned_on = vec![learned_on(1.0); 100_000]).is_err());
}

#[test]
fn a_header_without_benchmarks_reads() {
    let (mut model, _) = model("forest", 10, 1);
    model.header.learned_on.clear();
    model.header.kinds.clear();
    let bytes = bytes(&model);
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("learned_on") && !text.contains("kinds"));
    assert_eq!(Model::read(&bytes).unwrap().header, model.header);
}

#[test]
fn the_header_can_be_read_by_a_person() {
    let text = String::from_utf8_lossy(&bytes(&model("forest", 10, 1).0)).into_owned();
    assert!(text.starts_with("graf\0mdl"));
    assert!(text.contains("\"space\": \"nasbench201\""), "{text}");
}

#[test]
fn every_truncation_is_refused() {
    let several = of_benchmarks("boost", &[1.0, 2.0], 12).0;
    let started = with_prior("ridge", 12, 1).0;
    let each = PREDICTORS.iter().map(|kind| model(kind.name, 12, 1).0);
    let each = each.chain([several, started]);
    for bytes in each.map(|model| bytes(&model)) {
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

/// Everything that is written but the checksum can be anything: then a model is refused, or it predicts.
#[test]
fn every_byte_of_a_small_model_may_be_another() {
    let several = of_benchmarks("forest", &[1.0, 2.0], 4).0;
    let each = PREDICTORS.iter().map(|kind| model(kind.name, 4, 1).0);
    let each = each.chain(PREDICTORS.iter().map(|kind| with_prior(kind.name, 4, 2).0));
    let each = each.chain([model("boost", 4, 2).0, several]);
    let records = Array2::from_shape_fn((3, 3), |(row, column)| (row * column) as f64);
    for bytes in each.map(|model| bytes(&model)) {
        // A step that divides neither numbers nor nodes visits all their bytes in some model.
        for place in (8..bytes.len() - 4).step_by(1 + bytes.len() / 400) {
            for change in [0x01, 0x80, 0xff] {
                let mut other = bytes.clone();
                other[place] ^= change;
                if let Ok(model) = Model::read(&summed(other))
                    && model.header.columns.len() == records.ncols()
                {
                    model.predictor.mean_and_std(records.view()).unwrap();
                }
            }
        }
    }
}

/// The header of a model replaced by a changed one.
fn with_header(bytes: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let mut header = serde_json::from_slice(&bytes[16..16 + length]).unwrap();
    change(&mut header);
    let header = serde_json::to_vec(&header).unwrap();
    let length = u32::try_from(header.len()).unwrap().to_le_bytes();
    summed([&bytes[..12], &length, &header, &bytes[16..][length_of(bytes)..]].concat())
}

fn length_of(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize
}

#[test]
fn no_model_has_more_than_models_have() {
    let good = bytes(&model("forest", 12, 1).0);
    assert!(Model::read(&with_header(&good, |_| {})).is_ok());
    let too_many = |change: &dyn Fn(&mut serde_json::Value)| {
        let read = Model::read(&with_header(&good, |header| change(header)));
        matches!(read, Err(ModelError::TooMany { .. }))
    };
    let names = |count: usize| serde_json::Value::from(vec![""; count]);
    assert!(too_many(&|header| header["targets"] = names(33)));
    assert!(too_many(&|header| header["targets"] = names(100_000)));
    assert!(too_many(&|header| header["columns"] = names(65_535)));
    assert!(too_many(&|header| {
        let one = header["learned_on"][0].clone();
        header["learned_on"] = vec![one; 10_001].into();
    }));
    assert!(too_many(&|header| header["features"] = vec![0; 4_000_001].into()));
    // A prior of a prior of a prior …
    let started = bytes(&with_prior("ridge", 12, 1).0);
    let nested = with_header(&started, |header| {
        for _ in 0..20 {
            let prior = header["prior"].clone();
            let innermost = &mut header["prior"];
            *innermost = prior.clone();
            innermost["prior"] = prior;
        }
    });
    assert!(Model::read(&nested).is_err());
    let two = with_header(&started, |header| header["prior"]["targets"] = names(2));
    let error = Model::read(&two).unwrap_err().to_string();
    assert!(error.contains("its prior does not predict one target"), "{error}");
}

/// Gives so many bytes and then fails.
struct Bytes<'a>(&'a [u8]);

impl std::io::Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return Err(std::io::Error::other("more was read"));
        }
        self.0.read(buffer)
    }
}

#[test]
fn of_what_is_no_model_only_the_start_is_read() {
    assert!(matches!(Model::read_from(Bytes(b"net,acc\n")), Err(ModelError::Magic)));
    assert!(matches!(Model::read_from(&b"net"[..]), Err(ModelError::Magic)));
    let good = bytes(&model("forest", 12, 1).0);
    let mut other = good[..16].to_vec();
    other[8] = 99;
    let read = Model::read_from(Bytes(&other));
    assert!(matches!(read, Err(ModelError::Version { found: 99 })), "{read:?}");
    let mut long = good[..16].to_vec();
    long[12..].fill(0xff);
    let read = Model::read_from(Bytes(&long));
    assert!(matches!(read, Err(ModelError::TooMany { .. })), "{read:?}");
    let again = Model::read_from(&good[..]).unwrap();
    assert_eq!(bytes(&again), good);
    for end in 8..good.len() {
        assert!(Model::read_from(&good[..end]).is_err(), "the first {end} bytes");
    }
    assert!(Model::read_from(&[good, vec![0]].concat()[..]).is_err());
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
        benchmarks in 0_usize..4,
        kind in 0..PREDICTORS.len(),
    ) {
        let (model, records) = match benchmarks {
            0 => with_prior(PREDICTORS[kind].name, 15, targets),
            1 => model(PREDICTORS[kind].name, 15, targets),
            several => of_benchmarks(PREDICTORS[kind].name, &vec![0.5; several], 15),
        };
        let mut bytes = bytes(&model);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(model) = Model::read(&summed(bytes))
            && model.header.columns.len() == records.ncols()
        {
            model.predictor.mean_and_std(records.view()).unwrap();
            let _ = model.predictor.contributions(records.view(), 0);
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
