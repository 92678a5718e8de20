//! The library in memory gives what the command line gives from files.

use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, column, csv, floats, tuple};
use graf::library::PredictError;
use graf::prelude::*;
use graf::suggest::{Choice, by_name};

/// 150 networks with a made-up accuracy.
fn networks() -> (Vec<String>, Vec<f64>) {
    let networks = all_tuples(5).into_iter().step_by(104).take(150);
    let accuracy =
        |ids: &[u32; 6]| ids.iter().map(|&op| [0.0, 1.0, 5.0, 9.5, 2.0][op as usize]).sum::<f64>();
    networks.map(|ids| (tuple(&ids), accuracy(&ids))).unzip()
}

fn folder() -> Folder {
    let (encodings, accuracy) = networks();
    let mut table = "net,acc\n".to_owned();
    for (encoding, accuracy) in encodings.iter().zip(&accuracy) {
        writeln!(table, "\"{encoding}\",{accuracy}").unwrap();
    }
    Folder::with("t.csv", table)
}

#[test]
fn features_are_those_of_featurize() {
    let (folder, space) = (folder(), Space::named("nasbench201").unwrap());
    let networks = space.parse_all(&networks().0).unwrap();
    for (families, features) in [
        ("--families graf+", Features::graf_plus(space)),
        ("", Features::graf(space)),
        ("--families flops,op_count", Features::of(space, &["flops", "op_count"])),
    ] {
        let matrix = features.unwrap().compute(&networks).unwrap();
        let text =
            folder.output(&format!("featurize t.csv --space nasbench201 --keep none {families}"));
        assert_eq!(csv(&text).0, matrix.names);
        for (name, values) in matrix.names.iter().zip(matrix.values.columns()) {
            assert_eq!(floats(&text, name), values.to_vec(), "{name}");
        }
    }
}

#[test]
fn a_model_is_that_of_fit_and_predicts_what_predict_does() {
    let (folder, space) = (folder(), Space::named("nasbench201").unwrap());
    let (encodings, accuracy) = networks();
    let networks = space.parse_all(&encodings).unwrap();
    folder.output("fit t.csv --target acc --maximize --space nasbench201 --seed 3 -o file.graf");
    let model = Model::builder(space).unwrap().objective("acc", Direction::Maximize).seed(3);
    let model = model.fit(&networks, &accuracy).unwrap();
    model.save(&folder.at("memory.graf")).unwrap();
    let loaded = Model::load(&folder.at("file.graf")).unwrap();
    let predicted = model.predict(&networks).unwrap();
    assert_eq!(predicted, loaded.predict(&networks).unwrap());
    for name in ["memory.graf", "file.graf"] {
        let text = folder.output(&format!("predict {name} t.csv"));
        assert_eq!(floats(&text, "acc.prediction"), predicted.mean.to_vec(), "{name}");
        assert_eq!(floats(&text, "acc.std"), predicted.std.as_ref().unwrap().to_vec(), "{name}");
    }
    let name = |model: &Model| model.header.learned_on[0].name.clone();
    assert_eq!((name(&model), name(&loaded)), ("memory".to_owned(), "t".to_owned()));
}

#[test]
fn a_model_of_pruned_networks_prunes() {
    // Networks of five nodes; in every second the fourth leads nowhere.
    let row = |number: u32| {
        let ops = [0, 2 + number % 3, 2 + number / 3 % 3, 2 + number / 9 % 3, 1];
        let to_output = u32::from(number.is_multiple_of(2));
        let matrix = [
            [0, 1, 1, 1, 0],
            [0, 0, 1, 0, 1],
            [0, 0, 0, 0, 1],
            [0, 0, 0, 0, to_output],
            [0, 0, 0, 0, 0],
        ];
        let ids: Vec<_> = matrix.concat().into_iter().chain(ops).map(|id| id.to_string()).collect();
        (format!("({})", ids.join(", ")), f64::from(number % 9))
    };
    let (encodings, accuracy): (Vec<_>, Vec<_>) = (0..54).map(row).unzip();
    let rows = encodings
        .iter()
        .zip(&accuracy)
        .fold(String::new(), |text, (net, acc)| format!("{text}\"{net}\",{acc}\n"));
    let folder = Folder::with("t.csv", format!("net,acc\n{rows}"));
    let fit = "fit t.csv --target acc --space nasbench101 --use graf --predictor forest --trees 20 -o m.graf";
    folder.output(&format!("{fit} --prune"));
    let networks = Space::named("nasbench101").unwrap().parse_all(&encodings).unwrap();
    let predicted = Model::load(&folder.at("m.graf")).unwrap().predict(&networks).unwrap();
    let text = folder.output("predict m.graf t.csv");
    assert_eq!(floats(&text, "acc.prediction"), predicted.mean.to_vec());
    // It matters: a model of networks as they are predicts others.
    folder.output(fit);
    assert_ne!(
        floats(&folder.output("predict m.graf t.csv"), "acc.prediction"),
        predicted.mean.to_vec()
    );
}

#[test]
fn a_model_starts_from_another() {
    let (folder, space) = (folder(), Space::named("nasbench201").unwrap());
    let (encodings, accuracy) = networks();
    let networks = space.parse_all(&encodings).unwrap();
    let builder =
        || Model::builder(space).unwrap().predictor("forest", &Parameters::new()).unwrap();
    let doubled: Vec<f64> = accuracy.iter().map(|accuracy| 2.0 * accuracy).collect();
    let prior = builder().objective("other", Direction::Maximize).fit(&networks, &doubled).unwrap();
    prior.save(&folder.at("prior.graf")).unwrap();
    let fit =
        "fit t.csv --target acc --maximize --space nasbench201 --use graf+ --predictor forest";
    folder.output(&format!("{fit} --prior prior.graf -o started.graf"));
    let started = builder().prior(prior).objective("acc", Direction::Maximize);
    let started = started.fit(&networks, &accuracy).unwrap().predict(&networks).unwrap();
    let loaded = Model::load(&folder.at("started.graf")).unwrap();
    assert_eq!(started, loaded.predict(&networks).unwrap());
}

#[test]
fn errors_say_which_network_and_what() {
    let space = Space::named("nasbench201").unwrap();
    let error = space.parse_all(&["(4, 0, 3, 1, 4, 3)", "(4, 0, 3)"]).unwrap_err();
    assert_eq!(error.index, 1);
    assert!(error.to_string().starts_with("network 1 (counted from 0): "), "{error}");
    assert!(Space::named("nasbench20").unwrap_err().to_string().contains("nasbench20"));
    let networks = space.parse_all(&networks().0).unwrap();
    let few = Model::builder(space).unwrap().fit(&networks[..2], &[1.0, 2.0]);
    assert!(few.is_err());
    let lengths = Model::builder(space).unwrap().fit(&networks, &[1.0, 2.0]).unwrap_err();
    assert!(lengths.to_string().contains("150 rows of records, but 2 of targets"), "{lengths}");
    let micro =
        Space::named("transbench101-micro").unwrap().parse_all(&["(1, 0, 3, 1, 2, 3)"]).unwrap();
    let accuracy: Vec<f64> = (0..150_u32).map(f64::from).collect();
    let model = Model::builder(space).unwrap().fit(&networks, &accuracy).unwrap();
    assert!(matches!(model.predict(&micro), Err(PredictError::Features(_))));
    let no_target = model.predict_target(&networks, "latency").unwrap_err();
    assert_eq!(no_target.to_string(), "the model has no target `latency`; it has target");
    assert_eq!(model.predict(&[]).unwrap().mean.len(), 0);
    assert!(Model::builder(space).unwrap().predictor("oracle", &Parameters::new()).is_err());
}

#[test]
fn a_comparison_is_that_of_compare() {
    let (folder, space) = (folder(), Space::named("nasbench201").unwrap());
    let (encodings, accuracy) = networks();
    let networks = space.parse_all(&encodings).unwrap();
    let compared = Comparison::new(space, "acc", Direction::Maximize)
        .features("plus", vec![Use::Plus])
        .features("counts", vec!["op_count".parse().unwrap()])
        .predictor("forest", &Parameters::new())
        .unwrap()
        .train_sizes(&[8, 16])
        .metrics(&["kendall_tau".parse().unwrap(), "regret@5".parse().unwrap()])
        .repeats(3)
        .seed(4)
        .run(&networks, &accuracy)
        .unwrap();
    let text = folder.output(
        "compare t.csv --target acc --maximize --space nasbench201 --use plus=graf+ --use counts=op-count \
         --predictor forest --train-size 8,16 --metric kendall_tau,regret@5 --repeats 3 --seed 4 \
         --output-format csv",
    );
    let (columns, rows) = csv(&text);
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let written: Vec<_> = rows
        .iter()
        .map(|row| {
            let text = |name: &str| row[at(name)].clone();
            (text("features"), text("train_size"), text("metric"), text("mean"), text("std"))
        })
        .collect();
    let own: Vec<_> = compared
        .iter()
        .map(|one| {
            let (size, metric) = (one.train_size.to_string(), one.metric.to_string());
            (one.features.clone(), size, metric, one.mean.to_string(), one.std.to_string())
        })
        .collect();
    assert_eq!(own, written);
    let refused = |networks: &[Architecture], accuracy: &[f64]| {
        let one = Comparison::new(space, "acc", Direction::Maximize);
        one.run(networks, accuracy).unwrap_err().to_string()
    };
    assert!(refused(&networks, &accuracy[1..]).contains("149"));
    let holed: Vec<f64> =
        accuracy.iter().map(|&acc| if acc > 20.0 { f64::NAN } else { acc }).collect();
    assert!(refused(&networks, &holed).contains("not finite"));
}

#[test]
fn a_suggestion_is_that_of_suggest() {
    let (folder, space) = (folder(), Space::named("nasbench201").unwrap());
    let (encodings, accuracy) = networks();
    let networks = space.parse_all(&encodings).unwrap();
    let chosen = |choices: &[Choice]| -> Vec<String> {
        choices.iter().map(|choice| encodings[choice.row].clone()).collect()
    };
    let text = folder.output("suggest t.csv --space nasbench201 -n 5 --seed 2 --keep net");
    let choices = Suggestion::new(space).seed(2).choose(&networks, 5).unwrap();
    assert_eq!(chosen(&choices), column(&text, "net"));
    folder
        .output("fit t.csv --target acc --maximize --space nasbench201 --predictor gp -o all.graf");
    let few = folder.get("t.csv").lines().take(31).collect::<Vec<_>>().join("\n");
    folder.put("few.csv", few);
    folder.output(
        "fit few.csv --target acc --maximize --space nasbench201 --predictor gp -o few.graf",
    );
    let model = Model::load(&folder.at("few.graf")).unwrap();
    let strategy = by_name("improvement").unwrap();
    let best = accuracy[..30].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let suggestion = Suggestion::new(space).model(&model).strategy(strategy).seed(2);
    let choices = suggestion.known(&networks[..30], Some(best)).choose(&networks, 4).unwrap();
    let text = folder.output(
        "suggest few.graf t.csv --known few.csv --strategy improvement -n 4 --seed 2 --keep net",
    );
    assert_eq!(chosen(&choices), column(&text, "net"));
    assert!(choices.iter().all(|choice| choice.row >= 30));
    // Every network is known to this one.
    let model = Model::load(&folder.at("all.graf")).unwrap();
    let none = Suggestion::new(space).model(&model).choose(&networks, 1).unwrap_err();
    assert!(none.to_string().contains('0'), "{none}");
}
