//! `graf pareto`: the networks that no other one beats.

use serde_json::Value;

use crate::cli::{Folder, column, csv, floats, refused};

const NETS: &str = "net,acc,latency,energy
\"(2, 2, 2, 2, 2, 2)\",94,9,3
\"(2, 2, 2, 2, 2, 3)\",93,5,9
\"(2, 2, 2, 2, 3, 3)\",93,5,2
\"(2, 2, 2, 3, 3, 3)\",92,6,1
\"(2, 2, 3, 3, 3, 3)\",90,3,8
\"(0, 4, 3, 3, 3, 3)\",89,4,8
";

const TWO: &str = "pareto nets.csv --maximize acc --minimize latency";

fn nets() -> Folder {
    Folder::with("nets.csv", NETS)
}

#[test]
fn the_front_has_all_that_is_not_dominated() {
    let folder = nets();
    let run = folder.run(&format!("{TWO} --output-format csv"));
    let (header, rows) = csv(&run.out);
    assert_eq!(header, ["net", "acc", "latency", "equal"]);
    assert_eq!(rows[0], ["(2, 2, 2, 2, 2, 2)", "94", "9", "0"]);
    // Two networks are equal in both, and both are kept.
    assert_eq!(column(&run.out, "acc"), ["94", "93", "93", "90"]);
    assert_eq!(column(&run.out, "equal"), ["0", "1", "1", "0"]);
    // From (89, 9): 5 · 0 for the first, (93 − 89) · (9 − 5) and (90 − 89) · (5 − 3).
    assert!(
        run.err.contains("hypervolume 18 (maximize acc from 89, minimize latency from 9)"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("4 of 6 networks") && run.err.contains("2 of the front have the same"),
        "{}",
        run.err
    );
    let run = folder.run(&format!("{TWO} --reference acc=90,latency=10 --output-format json"));
    let found: Value = serde_json::from_str(&run.out).unwrap();
    // (94 − 90) · 1 + (93 − 90) · 4; the last one is no better than 90.
    assert_eq!(found["hypervolume"], 16.0);
    assert_eq!((&found["networks"], &found["front"][1]["equal"]), (&6.into(), &1.into()));
    assert_eq!(found["front"][0]["net"], "(2, 2, 2, 2, 2, 2)");
    assert_eq!(found["objectives"][1]["reference"], 10.0);
    let worse = folder.run(&format!("{TWO} --reference acc=93.5"));
    assert!(worse.err.contains("3 of the front worse than the reference"), "{}", worse.err);
}

#[test]
fn any_number_of_objectives_and_features_among_them() {
    let folder = nets();
    let one = folder.output("pareto nets.csv --minimize latency --output-format csv --quiet");
    assert_eq!(column(&one, "latency"), ["3"]);
    let three = folder.output(&format!("{TWO} --minimize energy --output-format csv --quiet"));
    assert_eq!(column(&three, "energy"), ["3", "2", "1", "8"]);
    let flops =
        folder.output("pareto nets.csv --maximize acc --minimize flops --output-format csv -q");
    assert_eq!(csv(&flops).0, ["net", "acc", "analytic_flops", "equal"]);
    // Of the two with an accuracy of 93 the one with fewer 3×3 convolutions.
    assert_eq!(column(&flops, "acc").len(), 5);
    let all = folder.output(&format!("{TWO} --keep all --output-format csv -q"));
    assert_eq!(csv(&all).0, ["net", "energy", "acc", "latency", "equal"]);
}

#[test]
fn objectives_are_predicted_by_models() {
    let folder = nets();
    folder.output("fit nets.csv --target acc --use params --predictor ridge -o acc.graf -q");
    folder.output("predict acc.graf nets.csv -o predicted.csv -q");
    let front = format!("{TWO} --predict-with acc.graf");
    folder.output(&format!("{front} -o front.csv"));
    let written = folder.get("front.csv");
    assert_eq!(csv(&written).0, ["net", "acc.prediction", "latency", "equal"]);
    let predicted = floats(&folder.get("predicted.csv"), "acc.prediction");
    let best = predicted.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!((floats(&written, "acc.prediction")[0] - best).abs() < 1e-12);
    folder.output(
        "fit nets.csv --target latency --minimize --use params --predictor ridge -o slow.graf -q",
    );
    refused(&folder, &format!("{front} --predict-with acc.graf"), 2, &["two models", "acc"]);
    refused(
        &folder,
        "pareto nets.csv --maximize acc --predict-with slow.graf",
        2,
        &["slow.graf", "latency"],
    );
    let wrong = "pareto nets.csv --maximize latency --predict-with slow.graf";
    refused(&folder, wrong, 2, &["--maximize", "minimize"]);
}

#[test]
fn what_is_not_clear_is_refused() {
    let folder = nets();
    refused(&folder, "pareto nets.csv", 2, &["no objective", "--maximize accuracy"]);
    refused(&folder, "pareto nets.csv --minimize", 2, &["name the target"]);
    refused(&folder, "pareto nets.csv --minimize acc --maximize acc", 2, &["acc"]);
    refused(&folder, "pareto nets.csv --maximize nix", 1, &["nix"]);
    refused(&folder, "pareto nets.csv --maximize net", 1, &["not a number"]);
    refused(&folder, "pareto nets.csv --maximize op_count", 2, &["op_count", "5 columns"]);
    refused(&folder, &format!("{TWO} --reference energy=3"), 2, &["energy", "acc, latency"]);
    refused(&folder, &format!("{TWO} -o nets.csv"), 2, &["overwrite"]);
    refused(&folder, &format!("{TWO} --keep nix"), 2, &["nix"]);
    assert_eq!(folder.run(&format!("{TWO} --reference acc=nan")).code, Some(2));
}
