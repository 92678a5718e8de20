//! `graf rank`: columns against a target, against each other, and combined.

use serde_json::Value;

use crate::cli::{Folder, column, floats, refused};

/// Six networks. `jacov` ranks them as `acc` does but for the last two; `cost` ranks them in reverse; `flat` is constant.
const NETS: &str = "net,jacov,cost,flat,part,acc,half
\"(2, 2, 2, 2, 2, 2)\",6,1,5,a,94,94
\"(2, 2, 2, 2, 2, 3)\",5,2,5,a,93,93
\"(2, 2, 2, 2, 3, 3)\",4,3,5,a,92,92
\"(2, 2, 2, 3, 3, 3)\",3,4,5,b,91,
\"(2, 2, 3, 3, 3, 3)\",1,5,5,b,90,
\"(0, 4, 3, 3, 3, 3)\",2,6,5,b,89,
";

fn nets() -> Folder {
    Folder::with("nets.csv", NETS)
}

fn json(folder: &Folder, arguments: &str) -> Vec<Value> {
    let text = folder.output(&format!("{arguments} --output-format json"));
    serde_json::from_str(&text).unwrap()
}

/// The entry of a column, of all rows.
fn of<'a>(entries: &'a [Value], column: &str) -> &'a Value {
    let mut all = entries.iter().filter(|entry| entry["column"] == column);
    all.find(|entry| entry.get("group").is_none()).unwrap()
}

fn tau(entry: &Value) -> f64 {
    entry["kendall_tau"].as_f64().unwrap()
}

#[test]
fn columns_agree_with_the_target_with_their_sign() {
    let found =
        json(&nets(), "rank nets.csv --by jacov,cost,flat --target acc --metric tau,precision@2");
    let names: Vec<_> = found.iter().map(|entry| entry["column"].as_str().unwrap()).collect();
    assert_eq!(names, ["jacov", "cost", "flat", "log-rank", "mean-rank", "borda", "vote"]);
    // 14 of 15 pairs are in order.
    assert!((tau(&found[0]) - 13.0 / 15.0).abs() < 1e-12);
    assert!((tau(&found[1]) + 1.0).abs() < 1e-12);
    assert!(found[2]["kendall_tau"].is_null());
    assert_eq!(found[1]["direction"], "minimize");
    assert_eq!(found[1]["direction_from"], "estimated");
    assert_eq!(found[0]["direction_from"], "published");
    // The best rows by cost are those with the smallest.
    assert_eq!(found[1]["precision@2"], 1.0);
    assert_eq!(
        (&found[3]["kind"], &found[3]["direction"]),
        (&"aggregate".into(), &"maximize".into())
    );
    assert!(tau(&found[4]) > 0.9);
    // Columns agree with each other too.
    let agreement = &found[0]["agreement"];
    assert!((agreement["cost"].as_f64().unwrap() + 13.0 / 15.0).abs() < 1e-12);
    assert!(agreement["flat"].is_null() && agreement.get("jacov").is_none());
}

#[test]
fn aggregates_are_written_for_each_row() {
    let folder = nets();
    let by = "rank nets.csv --by jacov,cost --minimize cost --quiet -o";
    folder.output(&format!("{by} all.csv --keep net,acc"));
    let written = folder.get("all.csv");
    let header = "net,acc,log-rank,mean-rank,borda,vote";
    assert_eq!(written.lines().next(), Some(header));
    let log = |a: f64, b: f64| (a / 6.0).ln() + (b / 6.0).ln();
    let expected =
        [log(6.0, 6.0), log(5.0, 5.0), log(4.0, 4.0), log(3.0, 3.0), log(1.0, 2.0), log(2.0, 1.0)];
    assert_eq!(floats(&written, "log-rank"), expected);
    assert_eq!(floats(&written, "mean-rank"), [6.0, 5.0, 4.0, 3.0, 1.5, 1.5]);
    assert_eq!(floats(&written, "borda"), [10.0, 8.0, 6.0, 4.0, 1.0, 1.0]);
    assert_eq!(floats(&written, "vote"), [5.0, 3.0, 1.0, -1.0, -4.0, -4.0]);
    folder.output(&format!("{by} top.csv --aggregate mean-rank -n 5"));
    let top = folder.get("top.csv");
    assert_eq!(top.lines().next(), Some("net,mean-rank,rank"));
    assert_eq!(column(&top, "rank"), ["1", "2", "3", "4", "5"]);
    folder.output(&format!("{by} sorted.jsonl --aggregate vote --sort"));
    let last = folder.get("sorted.jsonl");
    assert!(last.lines().last().unwrap().ends_with("\"vote\":-4,\"rank\":5}"), "{last}");
    // Nothing is left behind by what is refused, and a matrix holds the aggregates alone.
    folder.output(&format!("{by} m.npy"));
    assert!(folder.get("m.columns.json").contains("log-rank"));
    refused(&folder, "rank nets.csv --by cost -o none.csv", 2, &["cost", "--minimize", "--target"]);
    assert!(!folder.listing().contains(&"none.csv".to_owned()));
}

#[test]
fn a_direction_is_stated_published_or_estimated_but_not_guessed() {
    let folder = nets();
    let open = "rank nets.csv --by jacov,cost";
    refused(
        &folder,
        open,
        2,
        &["cost", "neither stated nor published", "--maximize", "--aggregate none"],
    );
    let run = folder.run(&format!("{open} --aggregate none"));
    assert!(run.out.contains("unknown"), "{}", run.out);
    // Some labels are enough, and it is said how many there are.
    let run = folder.run(&format!("{open} --target half"));
    assert_eq!(run.code, Some(0), "{}", run.err);
    let estimate =
        "cost: smaller is better, estimated from 3 labels (Kendall tau -1.000); chance may explain";
    assert!(run.err.contains(estimate), "{}", run.err);
    assert!(run.err.contains("6 networks, 3 with a value of half"), "{}", run.err);
    // What is stated counts, also against what is published and against labels.
    let found = json(
        &folder,
        "rank nets.csv --by jacov,cost --target acc --minimize jacov --maximize cost",
    );
    assert_eq!(of(&found, "jacov")["direction"], "minimize");
    assert!(tau(of(&found, "log-rank")) < -0.9);
    // A target whose direction is open does not say which values of a column are better.
    let reversed = NETS.replace(",acc,", ",val_loss,");
    folder.put("loss.csv", reversed);
    refused(
        &folder,
        "rank loss.csv --by jacov,cost --target val_loss",
        2,
        &["val_loss", "--minimize"],
    );
    let found = json(&folder, "rank loss.csv --by jacov,cost --target val_loss --minimize");
    // What is published holds for accuracies: for a loss the labels tell.
    assert_eq!(of(&found, "jacov")["direction_from"], "estimated");
    assert_eq!(of(&found, "jacov")["direction"], "minimize");
    assert!(tau(of(&found, "log-rank")) < -0.9); // Greater is better, and smaller losses are.
}

#[test]
fn a_proxy_that_ranks_in_reverse_is_pointed_out() {
    let rows = (0..40)
        .map(|row| format!("\"({}, 2, 3, 1, 4, 0)\",{row},{}\n", row % 5, 90 - row))
        .collect::<Vec<_>>()
        .concat();
    let folder = Folder::with("plain.csv", format!("net,plain,acc\n{rows}"));
    let run = folder.run("rank plain.csv --by plain --target acc");
    for part in
        ["warning: plain: greater is better as published", "arXiv", "--minimize plain", "-1.000"]
    {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    let run = folder.run("rank plain.csv --by plain --target acc --minimize plain");
    assert!(!run.err.contains("warning"), "{}", run.err);
}

#[test]
fn groups_are_measured_on_their_own() {
    let folder = nets();
    let found = json(&folder, "rank nets.csv --by jacov --target acc --group-by part");
    let groups: Vec<_> =
        found.iter().map(|entry| entry["group"].as_str().unwrap_or("all")).collect();
    assert_eq!(groups, ["all", "a", "b"]);
    assert!((tau(&found[1]) - 1.0).abs() < 1e-12 && (tau(&found[2]) - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(found[2]["rows"], 3);
    let found = json(&folder, "rank nets.csv --by jacov --target acc --group-by cost:3");
    let groups: Vec<_> = found.iter().filter_map(|entry| entry["group"].as_str()).collect();
    assert_eq!(groups, ["cost 1/3 [1, 2]", "cost 2/3 [3, 4]", "cost 3/3 [5, 6]"]);
    assert!((tau(&found[3]) + 1.0).abs() < 1e-12);
    // A feature groups rows as well: two different numbers of FLOPs a group.
    let found = json(&folder, "rank nets.csv --by jacov --target acc --group-by flops:3");
    assert!(found[1]["group"].as_str().unwrap().starts_with("flops 1/3 ["));
    refused(
        &folder,
        "rank nets.csv --by jacov --target acc --group-by op_count:2",
        2,
        &["op_count names 5 columns"],
    );
    refused(
        &folder,
        "rank nets.csv --by jacov --target acc --group-by nix",
        2,
        &["nix", "--group-by"],
    );
    assert_eq!(folder.run("rank nets.csv --by jacov --group-by part").code, Some(2));
}

#[test]
fn names_are_families_then_columns_of_the_table_then_features() {
    let folder = nets();
    let names = |arguments: &str| -> Vec<String> {
        let found = json(&folder, &format!("{arguments} --aggregate none"));
        found.iter().map(|entry| entry["column"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("rank nets.csv --by flops,params"), ["analytic_flops", "analytic_params"]);
    assert_eq!(
        names("rank nets.csv --by op_count(none),column:c*,proxies"),
        ["op_count(none)", "cost", "jacov"]
    );
    folder.put("own.csv", NETS.replace(",cost,", ",flops,"));
    assert_eq!(names("rank own.csv --by flops,column:flops"), ["analytic_flops", "flops"]);
    // A table without networks has columns too.
    folder.put("bare.csv", "analytic_flops,snip,acc\n1,2,3\n2,1,3\n");
    assert_eq!(names("rank bare.csv --by flops,snip"), ["analytic_flops", "snip"]);
    // A column of a joined table; its value for what could not be computed is missing.
    folder.put("more.csv", "net,zen\n\"(2, 2, 2, 2, 2, 2)\",1\n\"(2, 2, 2, 2, 2, 3)\",-1e8\n");
    refused(&folder, "rank nets.csv --join more.csv --by zen", 1, &["zen", "--missing"]);
    let run = folder.run("rank nets.csv --join more.csv --by zen,jacov --missing drop");
    assert!(run.err.starts_with("graf: 1 network\n"), "{}", run.err);
    refused(
        &folder,
        "rank nets.csv --by jakov",
        1,
        &["jakov", "neither a column of the table nor a feature"],
    );
    refused(
        &folder,
        "rank nets.csv --by jacov,acc --target acc",
        2,
        &["--by names the target, acc"],
    );
    refused(&folder, "rank nets.csv --by jacov --target nix", 2, &["nix", "--target"]);
    refused(&folder, "rank nets.csv --by part", 1, &["not a number"]);
    assert_eq!(folder.run("rank nets.csv --by wl").code, Some(2));
}

#[test]
fn a_model_is_a_column_with_its_predictions() {
    let folder = nets();
    folder.output("fit nets.csv --target acc --use params --predictor ridge -o m.graf --quiet");
    folder.output("predict m.graf nets.csv -o predicted.csv --quiet");
    let run = folder.run("rank nets.csv --by model:m.graf,jacov --target acc");
    assert!(run.err.contains("model:m.graf was trained on 6 of the networks"), "{}", run.err);
    folder.output("rank nets.csv --by model:m.graf --aggregate mean-rank -o ranked.csv --quiet");
    let predicted = floats(&folder.get("predicted.csv"), "acc.prediction");
    let ranks = floats(&folder.get("ranked.csv"), "mean-rank");
    for (one, other) in predicted.iter().zip(&ranks).zip(predicted.iter().zip(&ranks).skip(1)) {
        assert_eq!(one.0.total_cmp(other.0), one.1.total_cmp(other.1));
    }
    let run = folder.run_with(&["rank", "-", "--by", "model:m.graf"], NETS);
    assert!(run.code == Some(2) && run.err.contains("read only once"), "{}", run.err);
    folder.output(
        "fit nets.csv --target acc --target cost --minimize cost --use params -o two.graf --quiet",
    );
    let run =
        folder.run("rank nets.csv --by model:two.graf,jacov --aggregate none --output-format csv");
    let run = run.expect_success("a model of two targets");
    assert!(
        run.out.contains("model:two.graf:acc") && run.out.contains("model:two.graf:"),
        "{}",
        run.out
    );
    refused(&folder, "rank nets.csv --by model:nets.csv", 1, &["nets.csv"]);
}

#[test]
fn the_bias_of_a_column_is_the_feature_that_it_follows() {
    let folder = nets();
    let shown =
        folder.output("rank nets.csv --by cost --bias --aggregate none --output-format csv");
    let (header, rows) = crate::cli::csv(&shown);
    assert_eq!(header, ["column", "family", "feature", "kendall_tau"]);
    let of_family = |name: &str| rows.iter().find(|row| row[1] == name).unwrap().clone();
    assert_eq!(of_family("op_count"), ["cost", "op_count", "op_count(nor_conv_3x3)", "-1"]);
    assert_eq!(of_family("params"), ["cost", "params", "analytic_params", "-1"]);
    let found = json(&folder, "rank nets.csv --by cost,jacov --bias --target acc");
    assert_eq!(found[0]["bias"][0]["family"], "op_count");
    let run =
        folder.run_with(&["rank", "-", "--by", "cost", "--bias", "--aggregate", "none"], NETS);
    assert!(run.code == Some(2) && run.err.contains("--bias"), "{}", run.err);
}

#[test]
fn without_a_target_columns_are_compared_with_each_other() {
    let folder = nets();
    let run = folder.run_with(
        &["rank", "-", "--by", "jacov,cost", "--minimize", "cost", "--output-format", "csv"],
        NETS,
    );
    assert_eq!(run.code, Some(0), "{}", run.err);
    let (header, rows) = crate::cli::csv(&run.out);
    assert_eq!(
        header,
        ["column", "jacov", "cost", "log-rank", "mean-rank", "borda", "vote", "better"]
    );
    assert_eq!((rows[0][1].as_str(), rows.len()), ("1", 6));
    assert_eq!(rows[1].last().unwrap(), "smaller, stated");
    for format in ["table", "markdown", "latex"] {
        let shown = folder.output(
            &format!(
                "rank nets.csv --by jacov,nix --aggregate none --by cost --output-format {format}"
            )
            .replace(",nix", ""),
        );
        assert!(shown.contains("-0.8667"), "{shown}");
    }
}

#[test]
fn labels_that_are_no_numbers_are_refused_and_missing_ones_are_not() {
    let folder = nets();
    refused(
        &folder,
        "rank nets.csv --by jacov --target part",
        1,
        &["line 2", "part", "not a number"],
    );
    folder.put("none.csv", "net,jacov,acc\n\"(2, 2, 2, 2, 2, 2)\",1,\n");
    refused(&folder, "rank none.csv --by jacov --target acc", 1, &["acc", "empty in all"]);
    refused(&folder, "rank nets.csv --by jacov,jacov,jacov --minimize nix", 2, &["nix"]);
    refused(&folder, "rank nets.csv --by jacov -o -", 2, &["standard output"]);
    refused(&folder, "rank nets.csv --by jacov -o nets.csv", 2, &["overwrite"]);
    refused(
        &folder,
        "rank nets.csv --by jacov -o a.csv --aggregate none",
        2,
        &["--aggregate none"],
    );
}

#[test]
fn threads_do_not_matter() {
    let folder = nets();
    let shown = |threads: u8| {
        folder.output(&format!("rank nets.csv --by jacov,cost,graf --target acc --output-format json --bias --threads {threads}"))
    };
    assert_eq!(shown(1), shown(3));
}

#[test]
fn a_column_of_predictions_is_evaluated_without_a_model() {
    let folder = nets();
    let shown =
        folder.output("eval nets.csv --prediction jacov --target acc -q --output-format json");
    let found: Value = serde_json::from_str(&shown).unwrap();
    assert!((tau(&found) - 13.0 / 15.0).abs() < 1e-12);
    let ranked =
        json(&folder, "rank nets.csv --by jacov --target acc --metric tau,spearman,ndcg@2");
    for metric in ["kendall_tau", "spearman"] {
        assert_eq!(ranked[0][metric], found[metric]);
    }
    let grouped = folder.output(
        "eval nets.csv --prediction flops --target acc --group-by part --output-format csv",
    );
    assert_eq!(column(&grouped, "group")[0], "a");
    refused(&folder, "eval nets.csv --prediction acc --target acc", 2, &["same column"]);
    refused(
        &folder,
        "eval nets.csv --prediction op_count --target acc",
        2,
        &["--prediction op_count names 5"],
    );
    refused(
        &folder,
        "eval nets.csv --prediction jacov --target acc --missing median",
        2,
        &["--missing drop"],
    );
    assert_eq!(folder.run("eval nets.csv --prediction jacov").code, Some(2));
    assert_eq!(folder.run("eval nets.csv").code, Some(2));
}

#[test]
fn without_columns_the_label_free_ones_rank() {
    let folder = nets();
    let found = json(&folder, "rank nets.csv --space nasbench201 --target acc");
    let names: Vec<_> = found.iter().map(|entry| entry["column"].as_str().unwrap()).collect();
    let gradient = "mean_field(gradient_correlation).stage_1";
    let members = ["analytic_params", gradient];
    assert_eq!(names, [&members[..], &["log-rank", "mean-rank", "borda", "vote"]].concat());
    assert_eq!(
        (&found[1]["direction"], &found[1]["direction_from"]),
        (&"minimize".into(), &"recipe".into())
    );
    // The same by their names, with the direction stated.
    let arguments = format!(
        "rank nets.csv --space nasbench201 --by params,{gradient} --minimize {gradient} --target acc"
    );
    let by_name = json(&folder, &arguments);
    assert_eq!(of(&found, "log-rank")["kendall_tau"], of(&by_name, "log-rank")["kendall_tau"]);
    // What was ranked by is said, and rows are written without any label.
    let run = folder.run("rank nets.csv --space nasbench201 -n 2 -o best.csv");
    let recipe = format!(
        "label-free recipe: analytic_params (greater is better), {gradient} (smaller is better)"
    );
    assert!(run.code == Some(0) && run.err.contains(&recipe), "{}", run.err);
    assert_eq!(floats(&folder.get("best.csv"), "rank"), [1.0, 2.0]);
}

#[test]
fn without_a_recipe_columns_are_to_be_named() {
    let folder = nets();
    folder.put("chains.csv", "net\n\"(1, 2, 3, 4)\"\n\"(1, 1, 1, 1)\"\n");
    folder.put("graphs.csv", "net\n0122:gat|gcn|gin|skip\n");
    let cases = [
        ("rank nets.csv --space nasbench201 --target cost --minimize cost", "rank by accuracy"),
        ("rank chains.csv --space transbench101-macro", "name columns with --by"),
        ("rank graphs.csv --space nasbench-graph", "name columns with --by"),
    ];
    for (arguments, said) in cases {
        refused(&folder, arguments, 2, &[said]);
    }
}
