//! A search from the library: networks are asked and told.

use std::collections::{BTreeMap, BTreeSet};

use graf::prelude::*;

/// How many of the operations of a network are 3, and a little for their places.
fn value(net: &str) -> f64 {
    let operations: Vec<u32> = net.chars().filter_map(|one| one.to_digit(10)).collect();
    let places = (1..).zip(&operations).map(|(place, one)| place * one);
    let threes = operations.iter().filter(|one| **one == 3).count();
    threes as f64 + f64::from(places.sum::<u32>()) / 1000.0
}

fn settings(space: &str) -> StudySettings {
    let goal = Goal { name: "acc".to_owned(), direction: Direction::Maximize };
    let space = Space::named(space).unwrap();
    StudySettings {
        start: 6,
        predictor: "ridge".to_owned(),
        ..StudySettings::new(space.get(), vec![goal])
    }
}

fn told(value: f64) -> BTreeMap<String, f64> {
    [("acc".to_owned(), value)].into()
}

/// The networks of some steps, each told at once.
fn steps(study: &Study, count: usize) -> Vec<Lease> {
    let mut all = Vec::new();
    for _ in 0..count {
        let Answer::Networks(leases) = study.ask(1).unwrap() else { break };
        for lease in leases {
            study.tell(&lease.net, &told(value(&lease.net))).unwrap();
            all.push(lease);
        }
    }
    all
}

#[test]
fn a_study_that_is_opened_again_goes_on_as_it_would_have() {
    // The second space is too large to be listed.
    for space in ["transbench101-macro", "nasbench301"] {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        let study = Study::create(&one, settings(space), None, None).unwrap();
        let undisturbed: Vec<String> =
            steps(&study, 12).into_iter().map(|lease| lease.net).collect();
        Study::create(&other, settings(space), None, None).unwrap();
        let mut resumed = Vec::new();
        for count in [4, 5, 3] {
            let study = Study::open(&other).unwrap();
            resumed.extend(steps(&study, count).into_iter().map(|lease| lease.net));
        }
        assert_eq!(undisturbed, resumed, "{space}");
        let different: BTreeSet<&String> = resumed.iter().collect();
        assert_eq!(different.len(), 12, "{space}");
    }
}

#[test]
fn a_model_is_asked_after_the_start_and_the_best_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let study =
        Study::create(&folder.path().join("run"), settings("transbench101-macro"), None, None);
    let study = study.unwrap();
    let leases = steps(&study, 10);
    let predicted: Vec<bool> = leases.iter().map(|lease| !lease.prediction.is_empty()).collect();
    assert_eq!(predicted, [vec![false; 6], vec![true; 4]].concat());
    let best = study.best().unwrap();
    let values: Vec<f64> = best.iter().map(|(_, trial)| trial.values()["acc"]).collect();
    assert!(values.is_sorted_by(|one, other| one >= other), "{values:?}");
    assert_eq!(values.len(), 10);
    // The best of the whole space has six of them: it takes few trainings.
    let random = values.iter().sum::<f64>() / 10.0;
    assert!(values[0] > random, "{values:?}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let create = |settings: StudySettings| {
        let made = Study::create(&folder.path().join("x"), settings, None, None);
        made.map(|_| ()).unwrap_err().to_string()
    };
    let own = || settings("transbench101-macro");
    assert!(create(StudySettings { objectives: Vec::new(), ..own() }).contains("no objective"));
    let twice = own().objectives.into_iter().cycle().take(2).collect();
    assert!(create(StudySettings { objectives: twice, ..own() }).contains("twice"));
    assert!(create(StudySettings { format: 9, ..own() }).contains("format 9"));
    assert!(!folder.path().join("x").exists());
}
