//! Learning curves as features: `--use curve`.

use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, columns, floats, refused, refused_by_clap, tuple};

/// Networks whose accuracy grows by a power law to a limit that the cell does not tell.
fn table(rows: usize, extra: &str) -> String {
    let epochs = [2.0, 4.0, 8.0, 32.0_f64];
    let mut text = format!("net,{extra}acc_2,acc_4,acc_8,acc_32,loss@1,loss@2\n");
    for (row, ids) in all_tuples(5).into_iter().step_by(61).take(rows).enumerate() {
        let limit = 0.6 + 0.3 * ((row * 37 % 101) as f64 / 101.0);
        let gap = 0.1 + 0.3 * ((row * 53 % 89) as f64 / 89.0);
        write!(text, "\"{}\"", tuple(&ids)).unwrap();
        let fill = if extra.is_empty() { "" } else { ",1" };
        text.push_str(fill);
        for epoch in epochs {
            write!(text, ",{}", limit - gap / epoch.sqrt()).unwrap();
        }
        writeln!(text, ",{},{}", 1.0 - limit, 0.9 - limit).unwrap();
    }
    text
}

#[test]
fn a_model_learns_from_the_beginning_of_a_curve() {
    let folder = Folder::with("nets.csv", table(120, ""));
    folder.output("fit nets.csv --target acc_32 --use curve -o m.graf --predictor ridge");
    let names = columns(&folder, "m.graf");
    let expected = ["last", "max", "min", "slope", "limit"];
    assert_eq!(names, expected.map(|name| format!("curve(acc_[2,4,8>32]).{name}")));
    // The target is one of the curve, so that the power law says what it is: other epochs than those learned from do not matter.
    let no_target = table(120, "").replace("acc_32", "acc_64");
    folder.put("new.csv", no_target);
    let predicted = floats(&folder.output("predict m.graf new.csv"), "acc_32.prediction");
    let truth = floats(&table(120, ""), "acc_32");
    let apart = predicted.iter().zip(truth).map(|(one, other)| (one - other).abs());
    assert!(apart.fold(0.0, f64::max) < 0.01);
    // Up to an epoch, beside other features, and of another curve.
    folder
        .output("fit nets.csv --target acc_32 --use op-count,curve@4 -o n.graf --predictor ridge");
    assert!(columns(&folder, "n.graf").contains(&"curve(acc_[2,4>32]).limit".to_owned()));
    folder.output("fit nets.csv --target acc_32 --use curve:loss -o n.graf --predictor ridge");
    assert_eq!(columns(&folder, "n.graf")[0], "curve(loss@[1,2]).last");
    let compared = folder.output(
        "compare nets.csv --target acc_32 --use op-count --use op-count,curve --predictor ridge \
         --train-size 32 --repeats 2 --metric kendall_tau --output-format csv",
    );
    let tau = floats(&compared, "mean");
    assert!(tau[1] > 0.95 && tau[0] < 0.5, "{compared}");
}

#[test]
fn what_is_no_curve_is_refused() {
    let folder = Folder::with("nets.csv", table(40, "other,"));
    folder.put("none.csv", "net,acc_4,y\n\"(4, 0, 3, 1, 4, 3)\",1,2\n");
    let fit = |rest: &str| format!("fit nets.csv {rest} -o m.graf --predictor ridge");
    // Two curves, of which neither has the target.
    refused(
        &folder,
        &fit("--target other --use curve"),
        2,
        &["several learning curves", "curve:acc_, curve:loss@"],
    );
    refused(
        &folder,
        &fit("--target acc_32 --use curve:top"),
        2,
        &["begins with top", "curve:acc_"],
    );
    refused(
        &folder,
        &fit("--target acc_4 --use curve:acc"),
        2,
        &["begins with acc", "curve:loss@"],
    );
    refused(&folder, &fit("--target acc_32 --use curve@3"), 2, &["fewer than two epochs up to 3"]);
    refused(&folder, "fit none.csv --target y --use curve -o m.graf", 2, &["no learning curve"]);
    refused_by_clap(&folder, &fit("--target acc_32 --use curve:"), "curve:PREFIX");
    // The columns of the curve are missing, or a value is.
    folder.output(&fit("--target acc_32 --use curve"));
    folder.put("nets.csv", "net,acc_2,acc_4\n\"(4, 0, 3, 1, 4, 3)\",1,2\n");
    refused(&folder, "predict m.graf nets.csv", 1, &["acc_8"]);
    folder.put("nets.csv", "net,acc_2,acc_4,acc_8\n\"(4, 0, 3, 1, 4, 3)\",1,2,\n");
    refused(&folder, "predict m.graf nets.csv", 1, &["acc_8", "--missing"]);
}
