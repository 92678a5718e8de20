//! `analytic_flops` and `analytic_params` against the dumps, row by row and to the last digit.
#![allow(clippy::float_cmp, reason = "the costs are exact")]

use crate::cli::{Folder, column};

/// For each row of a dump: its FLOPs and parameters, then ours, all as they stand there.
struct Costs {
    nets: Vec<String>,
    flops: Vec<(f64, f64)>,
    params: Vec<(f64, f64)>,
}

/// Featurizes a dump whose networks stand in a column `net`.
fn costs(arguments: &str) -> Costs {
    let folder = Folder::new();
    std::os::unix::fs::symlink(
        crate::common::dumps("data").canonicalize().unwrap(),
        folder.at("data"),
    )
    .unwrap();
    let text = folder.output(&format!("featurize data/{arguments} --families flops,params"));
    let numbers = |name: &str| -> Vec<f64> {
        column(&text, name).iter().map(|field| field.parse().unwrap()).collect()
    };
    let pairs = |theirs: &str, ours: &str| numbers(theirs).into_iter().zip(numbers(ours)).collect();
    Costs {
        nets: column(&text, "net"),
        flops: pairs("flops", "analytic_flops"),
        params: pairs("params", "analytic_params"),
    }
}

/// The whole number of which a dump has the millionth part.
fn whole(millions: f64) -> f64 {
    (millions * 1e6).round()
}

/// Asserts that all pairs are the same number, and how many there are.
#[track_caller]
fn assert_equal(pairs: &[(f64, f64)], count: usize) {
    assert_eq!(pairs.len(), count);
    for (place, (theirs, ours)) in pairs.iter().enumerate() {
        assert_eq!(theirs, ours, "row {place}");
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101_has_the_parameters_of_the_trained_networks() {
    let folder = Folder::new();
    let dump = crate::common::dumps("data").join("nasbench101/nb101_20000.jsonl.gz");
    let arguments = ["featurize", dump.to_str().unwrap(), "--families", "params", "-q"];
    let run = folder.run_with(&arguments, Vec::new()).expect_success("featurize");
    let theirs = column(&run.out, "trainable_parameters");
    let ours = column(&run.out, "analytic_params");
    assert_eq!(theirs.len(), 20_000);
    for (theirs, ours) in theirs.iter().zip(ours) {
        assert_eq!(theirs.parse::<f64>().unwrap() / 1e6, ours.parse::<f64>().unwrap());
    }
}

/// NASLib counts the cell as it is written, not as it was trained: where three nodes feed the output,
/// which of them has one channel more depends on their order.
#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101_proxies() {
    let found = costs("nasbench101/zc_nasbench101_500.json");
    let rows = found.nets.iter().zip(found.flops.iter().zip(&found.params));
    let space = graf::space::by_name("nasbench101").unwrap();
    let mut other_order = 0;
    for (net, ((flops, our_flops), (params, our_params))) in rows {
        assert_eq!(flops == our_flops, params == our_params, "{net}");
        if params != our_params {
            let network = space.read(net).unwrap().pruned().unwrap();
            let cell = &network.cells()[0];
            let feeds = |edge: &(usize, usize, _)| edge.0 != 0 && edge.1 == cell.output();
            let fan_in = cell.edges().filter(feeds).count();
            assert_eq!(fan_in, 3, "{net}");
            assert!((params - our_params).abs() / params < 0.01, "{net}: {params} {our_params}");
            other_order += 1;
        }
    }
    assert_eq!((found.nets.len(), other_order), (500, 28));
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201() {
    for (arguments, count) in [
        ("nasbench201/nb201_zc_proxies.csv", 9_445),
        ("nasbench201/zc_nasbench201_491.json --dataset cifar10", 491),
    ] {
        let found = costs(arguments);
        assert_equal(&found.flops, count);
        assert_equal(&found.params, count);
    }
}

/// The same networks with more classes, and with images of half the side.
#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench201_on_other_data() {
    let found = costs("nasbench201/zc_nasbench201_491.json --dataset cifar100");
    assert_eq!(found.nets.len(), 491);
    for ((flops, ours), (params, our_params)) in found.flops.iter().zip(&found.params) {
        assert_eq!(whole(*flops), whole(*ours) + 90.0 * 64.0);
        assert_eq!(whole(*params), whole(*our_params) + 90.0 * 65.0);
    }
    for (arguments, count) in [
        ("nasbench201/zc_nasbench201_491.json --dataset ImageNet16-120", 491),
        ("nasbench201/nb201_ImageNet16-120_zc_proxies.csv", 9_445),
    ] {
        let found = costs(arguments);
        assert_eq!(found.nets.len(), count);
        for ((flops, ours), (params, our_params)) in found.flops.iter().zip(&found.params) {
            let before_the_head = whole(*ours) - 81.0 * 64.0 - 640.0;
            assert_eq!(whole(*flops), before_the_head / 4.0 + 25.0 * 64.0 + 120.0 * 64.0);
            assert_eq!(whole(*params), whole(*our_params) + 110.0 * 65.0);
        }
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench301() {
    for (arguments, count) in
        [("nasbench301/zc_nasbench301_500.json", 500), ("nasbench301/zc_nasbench301_725.json", 725)]
    {
        let found = costs(arguments);
        assert_equal(&found.flops, count);
        assert_equal(&found.params, count);
    }
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101() {
    let micro = "--space transbench101-micro";
    for (arguments, count) in [
        (format!("transbench101/tnb101_micro_valid_nets.csv {micro}"), 2_128),
        (format!("transbench101/zc_transbench101_micro_711.json --task class_scene {micro}"), 711),
        (
            "transbench101/zc_transbench101_macro_662.json --task class_scene \
             --space transbench101-macro"
                .to_owned(),
            662,
        ),
    ] {
        let found = costs(&arguments);
        assert_equal(&found.flops, count);
        assert_equal(&found.params, count);
    }
}

/// The same networks with other heads.
#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101_on_other_tasks() {
    for (task, classes, macros) in [("class_object", 100.0, 662), ("room_layout", 9.0, 725)] {
        for (table, space, count) in [("micro_711", "micro", 711), ("macro_662", "macro", macros)] {
            let found = costs(&format!(
                "transbench101/zc_transbench101_{table}.json --task {task} \
                 --space transbench101-{space}"
            ));
            assert_eq!(found.nets.len(), count);
            let rows = found.nets.iter().zip(found.flops.iter().zip(&found.params));
            for (net, ((flops, ours), (params, our_params))) in rows {
                let doublings = match space {
                    "micro" => 3,
                    _ => net.matches(['2', '4']).count(),
                };
                let channels = 64.0 * f64::from(1 << doublings);
                let more = classes - 63.0;
                assert_eq!(whole(*flops), whole(*ours) + more * channels, "{net}");
                assert_eq!(whole(*params), whole(*our_params) + more * (channels + 1.0), "{net}");
            }
        }
    }
}

/// The decoders of micro networks cost the same for every cell.
#[test]
#[ignore = "needs the benchmark dumps"]
fn transbench101_micro_with_decoders() {
    for (task, more_params, more_flops) in [
        ("autoencoder", 22_839_540.0, 1_622_401_024.0),
        ("normal", 22_839_540.0, 1_622_401_024.0),
        ("segmentsemantic", 10_991_858.0, 935_518_208.0),
    ] {
        let found = costs(&format!(
            "transbench101/zc_transbench101_micro_711.json --task {task} --space transbench101-micro"
        ));
        assert_eq!(found.nets.len(), 711);
        for ((flops, ours), (params, our_params)) in found.flops.iter().zip(&found.params) {
            assert_eq!(whole(*flops), whole(*ours) + more_flops);
            assert_eq!(whole(*params), whole(*our_params) + more_params);
        }
    }
}
