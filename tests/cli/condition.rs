//! `--where` of `graf predict`, `suggest`, `sample` and `enumerate`.

use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, column, floats, refused, refused_by_clap, tuple};

/// Every 53rd network of NAS-Bench-201; `depth` is empty in every tenth row.
fn folder() -> Folder {
    let mut text = "net,acc,depth\n".to_owned();
    for (row, ids) in all_tuples(5).into_iter().step_by(53).enumerate() {
        let acc: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
        let depth = if row % 10 == 0 { String::new() } else { ids[5].to_string() };
        writeln!(text, "\"{}\",{acc},{depth}", tuple(&ids)).unwrap();
    }
    let folder = Folder::with("pool.csv", text);
    folder.output("fit pool.csv --target acc -o m.graf --predictor ridge --use graf");
    folder
}

/// Whether a depth, which may be missing, meets a condition.
type Meets = fn(Option<u32>) -> bool;

#[test]
fn predictions_are_of_networks_that_meet_a_condition() {
    let folder = folder();
    let rows = |condition: &str| {
        let predict =
            ["predict", "m.graf", "pool.csv", "--keep", "net,depth", "--where", condition];
        folder.run_with(&predict, "").expect_success("predict").out
    };
    let all = folder.output("predict m.graf pool.csv --keep net,depth");
    let of = |text: &str| column(text, "net").into_iter().zip(column(text, "depth"));
    let cases: [(&str, Meets); 3] = [
        ("depth>=2", |depth| depth.is_some_and(|depth| depth >= 2)),
        ("not depth>=2", |depth| depth.is_none_or(|depth| depth < 2)),
        ("depth=0 or 3<depth", |depth| depth.is_some_and(|depth| depth == 0 || depth > 3)),
    ];
    for (condition, meets) in cases {
        let expected: Vec<_> = of(&all).filter(|(_, depth)| meets(depth.parse().ok())).collect();
        let found = rows(condition);
        assert_eq!(of(&found).collect::<Vec<_>>(), expected, "{condition}");
        assert!(!expected.is_empty() && expected.len() < of(&all).count(), "{condition}");
    }
    // An analytic cost that the model does not have among its features.
    let cost = folder.output("featurize pool.csv --space nb201 --use params --keep net");
    let costs = column(&cost, "net").into_iter().zip(floats(&cost, "analytic_params"));
    let cheap: Vec<String> = costs.filter(|(_, cost)| *cost < 0.4).map(|(net, _)| net).collect();
    assert_eq!(column(&rows("params<0.4"), "net"), cheap);
    let told = folder.run("predict m.graf pool.csv --where params<0.4").err;
    let left_out = of(&all).count() - cheap.len();
    assert!(told.contains(&format!("{left_out} networks left out that do not meet the condition")));
}

#[test]
fn suggestions_meet_a_condition_and_known_networks_need_not() {
    let folder = folder();
    let suggest = "suggest pool.csv -n 5 --keep net,depth --where depth>=3";
    let found = folder.output(suggest);
    assert!(floats(&found, "depth").iter().all(|&depth| depth >= 3.0), "{found}");
    // What is known is known though it does not meet the condition.
    folder.put("known.csv", "net,acc\n\"(0, 0, 0, 0, 0, 0)\",9\n");
    folder
        .put("others.csv", folder.output("sample --space nasbench201 -n 200 --seed 5 --unique -q"));
    folder.output(
        "suggest m.graf others.csv --space nasbench201 -n 5 --strategy greedy --known known.csv --where params<0.4",
    );
    refused(
        &folder,
        "suggest pool.csv -n 5 --where depth>9",
        1,
        &["none of its rows meets the condition"],
    );
}

#[test]
fn samples_and_lists_meet_a_condition() {
    let folder = folder();
    let condition = "`op_count(none)`<=1";
    let nones = |net: &str| net.matches('1').count();
    let all = folder.output("enumerate --space nb201");
    let listed = folder.run_with(&["enumerate", "--space", "nb201", "--where", condition], "");
    let expected: Vec<String> =
        column(&all, "net").into_iter().filter(|net| nones(net) <= 1).collect();
    assert_eq!(column(&listed.out, "net"), expected);
    // The parts of a list are the list.
    let part = |shard: &str| {
        let list = ["enumerate", "--space", "nb201", "--where", condition, "--shard", shard];
        column(&folder.run_with(&list, "").out, "net")
    };
    let mut parts = [part("1/2"), part("2/2")].concat();
    let mut whole = expected;
    parts.sort();
    whole.sort();
    assert_eq!(parts, whole);
    let sample = |unique: &[&str]| {
        let sample = ["sample", "--space", "nb201", "-n", "5000", "--where", condition];
        column(&folder.run_with(&[&sample[..], unique].concat(), "").out, "net")
    };
    assert_eq!(sample(&[]).len(), 5000);
    assert!(sample(&[]).iter().all(|net| nones(net) <= 1));
    let drawn = folder
        .run_with(&["predict", "m.graf", "--sample", "300", "-n", "9", "--where", condition], "");
    let best = drawn.expect_success("predict --sample").out;
    assert!(column(&best, "net").iter().all(|net| nones(net) <= 1), "{best}");
}

#[test]
fn what_is_no_condition_is_refused() {
    let folder = folder();
    refused_by_clap(&folder, "predict m.graf pool.csv --where depth<", "a number at character 7");
    for (command, code, parts) in [
        ("predict m.graf pool.csv --where height<1", 2, ["height", "columns: net, acc, depth"]),
        ("predict m.graf pool.csv --where net<1", 1, ["not a number", "net"]),
        ("predict m.graf pool.csv --where op_count<1", 2, ["op_count", "stands for 5 columns"]),
        ("sample --space nb201 -n 3 --where depth<1", 2, ["depth", "no feature"]),
        ("sample --space nb201 -n 3 --where params<1 --shard 1/2", 2, ["--where", "--shard"]),
    ] {
        refused(&folder, command, code, &parts);
    }
}
