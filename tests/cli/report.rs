//! `graf report`: pages and figures of what other commands wrote.

use crate::cli::{Folder, column, csv, refused, refused_by_clap};
use roxmltree::Document;

/// Every 40th row of the bundled table.
fn bundled() -> Folder {
    let folder = Folder::new();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/data/nas-bench-graph/nas-bench-graph.csv.gz");
    let whole = crate::cli::gunzip(&std::fs::read(table).unwrap());
    let whole = String::from_utf8(whole).unwrap();
    let mut lines = whole.lines();
    let header = lines.next().unwrap();
    let rows: Vec<&str> = lines.step_by(40).collect();
    folder.put("t.csv", format!("{header}\n{}\n", rows.join("\n")));
    folder
}

/// A file of a folder as an XML document.
fn drawing(folder: &Folder, name: &str) -> String {
    let text = folder.get(name);
    let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg", "{name}");
    assert_eq!(root.attribute("role"), Some("img"), "{name}");
    for part in ["title", "desc"] {
        let text =
            root.children().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", part)));
        assert!(
            text.and_then(|node| node.text()).is_some_and(|text| !text.is_empty()),
            "{name}: {part}"
        );
    }
    text
}

/// The figures of a page, by their names; the page is well-formed but for what HTML leaves open.
fn figures_of(page: &str) -> Vec<String> {
    let closed = page.replace("<!doctype html>", "");
    let mut text = String::new();
    for line in closed.lines() {
        let is_open = line.starts_with("<meta ") || line.starts_with("<link ");
        let line = if is_open { line.replace('>', "/>") } else { line.to_owned() };
        text += &line.replace("<title>Report</title>", "");
        text.push('\n');
    }
    let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let figures = document.descendants().filter(|node| node.has_tag_name("figure"));
    figures
        .map(|figure| {
            let drawing = figure.descendants().find(|node| node.has_tag_name("svg")).unwrap();
            assert_eq!(drawing.attribute("role"), Some("img"));
            figure.attribute("id").unwrap().to_owned()
        })
        .collect()
}

fn assert_closed(page: &str) {
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    for part in [" onload=", " onclick=", "javascript:", "url(", "@import"] {
        assert!(!page.contains(part), "{part}");
    }
}

const COMPARE: &str = "compare t.csv --target cs_valid_perf --use graf+ --use one-hot --predictor forest \
                       --trees 5 --train-size 16,32 --repeats 6 --metric tau,r2 --runs runs.csv -q";

#[test]
fn learning_curves_show_the_numbers_of_compare() {
    let folder = bundled();
    let shown = folder.output(&format!("{COMPARE} --output-format csv"));
    let run =
        folder.run("report runs.csv -o report.html --figures figures").expect_success("report");
    assert_eq!(run.out, "");
    assert_eq!(run.err, "graf: runs.csv: runs of graf compare, 4 figures\n");
    let (_, rows) = csv(&shown);
    for (metric, name) in [("kendall_tau", "kendall-tau"), ("r2", "r2")] {
        let base = format!("figures/learning-curves-{name}-cs-valid-perf");
        let data = folder.get(&format!("{base}.csv"));
        let (_, points) = csv(&data);
        let found: Vec<[&str; 5]> =
            points.iter().map(|point| [0, 1, 2, 3, 4].map(|at| point[at].as_str())).collect();
        // Of the table of compare: set, train size, runs, mean, std.
        let wanted: Vec<[&str; 5]> = rows
            .iter()
            .filter(|row| row[5] == metric)
            .map(|row| [0, 4, 6, 7, 8].map(|at| row[at].as_str()))
            .collect();
        let mut sorted = [found, wanted];
        for rows in &mut sorted {
            rows.sort_unstable();
        }
        assert_eq!(sorted[0], sorted[1]);
        drawing(&folder, &format!("{base}.svg"));
        drawing(&folder, &format!("figures/mean-ranks-{name}-cs-valid-perf.svg"));
    }
    let page = folder.get("report.html");
    assert_closed(&page);
    assert_eq!(figures_of(&page).len(), 4);
    // The table of compare stands in the page, with the same digits and marks.
    let table = folder.output(&format!("{COMPARE} --output-format markdown"));
    let best: Vec<&str> = table.split("**").skip(1).step_by(2).collect();
    assert!(!best.is_empty());
    for number in best {
        assert!(page.contains(&format!("<strong>{number}</strong>")), "{number}");
    }
    // The same inputs give the same page.
    folder.output("report runs.csv -o again.html --figures again");
    let same = |text: String| text.replace("again", "report").replace("figures", "report");
    assert_eq!(same(page), same(folder.get("again.html")));
}

#[test]
fn folds_are_one_result_and_labels_are_shown() {
    let folder = bundled();
    let command = "compare t.csv --target cs_valid_perf --predictor forest --trees 3 --folds 3 --repeats 2 --metric tau \
                   --runs runs.csv -q";
    let shown = folder.output(&format!("{command} --output-format csv"));
    folder.output(
        "report runs.csv -o r.html --figures f --label graf+=GRAF+ --label kendall_tau=tau",
    );
    let data = folder.get("f/learning-curves-kendall-tau-cs-valid-perf.csv");
    assert_eq!(column(&data, "label"), ["GRAF+"]);
    for (own, compare) in
        [("mean", "mean"), ("std", "std"), ("runs", "runs"), ("train_size", "train_size")]
    {
        assert_eq!(column(&data, own), column(&shown, compare));
    }
    assert!(folder.get("r.html").contains("tau of cs_valid_perf by the size"));
    refused(&folder, "report runs.csv --label graff=GRAF", 2, &["--label", "graff=GRAF", "graf+"]);
    // Other training sets are other experiments, which are told apart and not tested.
    folder.output(&command.replace("--folds 3", "--train-size 16,32"));
    let run = folder.run("report runs.csv").expect_success("two experiments");
    assert!(run.out.contains("several experiments with the same names"), "{}", run.out);
    assert!(run.out.contains("graf+ [experiment 2]") && !run.out.contains("<strong>"));
}

#[test]
fn models_and_predictions() {
    let folder = bundled();
    folder.output("fit t.csv --target cs_valid_perf --predictor forest --trees 10 -o m.graf -q");
    let predict = "predict m.graf t.csv -q --keep cs_valid_perf --interval 50,90";
    folder.put("p.csv", folder.output(predict));
    folder.put(
        "marked.jsonl",
        folder.output(&format!("{predict} --mark-training --output-format jsonl")),
    );
    folder.output("report m.graf p.csv -o r.html --figures f -q");
    let page = folder.get("r.html");
    assert_closed(&page);
    let names =
        ["importances-cs-valid-perf", "predicted-true-cs-valid-perf", "calibration-cs-valid-perf"];
    assert_eq!(figures_of(&page), names);
    for name in names {
        drawing(&folder, &format!("f/{name}.svg"));
    }
    for fact in [
        "nasbench-graph",
        "<dt>seed</dt><dd>0</dd>",
        "fitted by</dt><dd>graf ",
        "<dt>kendall_tau</dt>",
    ] {
        assert!(page.contains(fact), "{fact}");
    }
    let importances = folder.get("f/importances-cs-valid-perf.csv");
    let sum: f64 =
        column(&importances, "value").iter().map(|text| text.parse::<f64>().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    // Coverage against a count by hand.
    let text = folder.get("p.csv");
    let numbers = |name: &str| crate::cli::floats(&text, name);
    let truth = numbers("cs_valid_perf");
    let [low, high] = ["lower", "upper"].map(|bound| numbers(&format!("cs_valid_perf.{bound}_90")));
    let held = (0..truth.len()).filter(|&row| low[row] <= truth[row] && truth[row] <= high[row]);
    let coverage = folder.get("f/calibration-cs-valid-perf.csv");
    let (_, rows) = csv(&coverage);
    let wide = rows.iter().find(|row| row[0] == "predicted intervals" && row[1] == "0.9").unwrap();
    assert_eq!(wide[3..], [held.count().to_string(), truth.len().to_string()]);
    // All networks are of the training set.
    refused(
        &folder,
        "report marked.jsonl",
        1,
        &["marked.jsonl has no prediction of cs_valid_perf"],
    );
    folder.put("bare.csv", folder.output("predict m.graf t.csv -q"));
    refused(&folder, "report bare.csv", 1, &["no column cs_valid_perf", "--keep cs_valid_perf"]);
}

#[test]
fn cells_of_the_best_networks_are_coloured_by_effect() {
    let folder = bundled();
    folder.output(
        "fit t.csv --use graf+ --maximize cs_valid_perf --predictor forest --trees 10 -o m.graf -q",
    );
    let keep = "predict m.graf t.csv -q --keep link,ops,cs_valid_perf";
    folder.put("p.csv", folder.output(keep));
    let net = "0012:gcn|gat|skip|fc";
    folder.put(
        "why.jsonl",
        folder.output(&format!("explain m.graf --network {net} --output-format jsonl")),
    );
    folder.output("report m.graf p.csv why.jsonl -o r.html --figures f -q");
    let page = folder.get("r.html");
    assert_closed(&page);
    let cells = "cells-cs-valid-perf";
    let names: Vec<String> =
        figures_of(&page).into_iter().filter(|name| name.starts_with(cells)).collect();
    assert_eq!(
        names,
        [cells.to_owned(), format!("{cells}-2"), format!("{cells}-3"), format!("{cells}-4")]
    );
    for name in &names {
        drawing(&folder, &format!("f/{name}.svg"));
    }
    // The best comes first, and effects are means of the differences of single changes.
    let predictions = crate::cli::floats(&folder.get("p.csv"), "cs_valid_perf.prediction");
    let best = predictions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(folder.get("f/cells-cs-valid-perf.svg").contains(&format!("{best:.3}")), "{best}");
    let changes = folder.output(&format!("explain m.graf --network {net} --changes"));
    let differences = crate::cli::floats(&changes, "difference");
    let of = column(&changes, "changes").into_iter().zip(differences);
    let data = folder.get(&format!("f/{cells}-4.csv"));
    for (place, effect) in
        column(&data, "place").iter().zip(crate::cli::floats(&data, "mean_change"))
    {
        let own = of.clone().filter(|(change, _)| {
            change.starts_with(&format!("{place}: ")) && change.contains("->")
        });
        let own: Vec<f64> = own.map(|(_, difference)| difference).collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        assert!((mean - effect).abs() < 1e-9, "{place}: {mean} {effect}");
    }
    // Without the networks nothing is drawn, and the page does not tell where it was made.
    folder.put("bare.csv", folder.output("predict m.graf t.csv -q --keep cs_valid_perf"));
    let out = folder.at("bare.html");
    folder.output(&format!("report m.graf bare.csv -q -o {}", out.display()));
    let page = folder.get("bare.html");
    assert!(!figures_of(&page).iter().any(|name| name.starts_with("cells")));
    assert!(page.contains("No cells are drawn: the table does not tell its networks"), "{page}");
    assert!(page.contains("-o bare.html") && !page.contains(&*out.display().to_string()), "{page}");
}

#[test]
fn contributions_ranks_and_matrices() {
    let folder = Folder::new();
    folder.put(
        "why.jsonl",
        "{\"net\": \"a\", \"prediction\": 1.5, \"base\": 1, \"contributions\": {\"x\": 0.75, \"y\": -0.25}}\n\
         {\"net\": \"b\", \"prediction\": 0.5, \"base\": 1, \"contributions\": {\"x\": -0.25, \"z\": -0.25}}\n",
    );
    folder.put(
        "one.jsonl",
        "{\"net\": \"a\", \"prediction\": 1.5, \"base\": 1, \"contributions\": {\"x\": 0.75, \"y\": -0.25}}\n",
    );
    folder.put(
        "rank.json",
        "[{\"column\": \"nwot\", \"kind\": \"column\", \"rows\": 9, \"direction\": \"maximize\", \"kendall_tau\": 0.5, \
         \"spearman\": 0.7, \"agreement\": {\"log-rank\": 0.25}, \
         \"bias\": [{\"family\": \"op_count\", \"feature\": \"op_count(skip)\", \"kendall_tau\": -0.5}]},\n\
         {\"column\": \"nwot\", \"group\": \"3\", \"rows\": 4, \"kendall_tau\": 0.125, \"spearman\": 0.25},\n\
         {\"column\": \"log-rank\", \"kind\": \"aggregate\", \"kendall_tau\": -0.25, \"spearman\": null}]",
    );
    folder.put(
        "matrix.json",
        "[{\"learned_on\": \"a\", \"kind\": \"model\", \"tested_on\": \"b\", \"rows\": 3, \"metrics\": {\"kendall_tau\": 0.5}},\
         {\"learned_on\": \"flops\", \"kind\": \"feature\", \"tested_on\": \"b\", \"rows\": 3, \"metrics\": {\"kendall_tau\": null}}]",
    );
    let run = folder.run("report why.jsonl one.jsonl rank.json matrix.json -o r.html --figures f");
    let run = run.expect_success("report");
    assert_eq!(run.err.lines().count(), 4, "{}", run.err);
    let sizes = folder.get("f/contributions.csv");
    assert_eq!(sizes, "label,value\nx,0.5\ny,0.125\nz,0.125\n");
    assert_eq!(folder.get("f/contributions-2.csv"), "label,value\nx,0.75\ny,-0.25\n");
    let heat = folder.get("f/agreement.csv");
    assert_eq!(heat, "column,kendall_tau,spearman\nnwot,0.5,0.7\nlog-rank,-0.25,\n");
    assert_eq!(folder.get("f/groups.csv"), "column,3\nnwot,0.125\n");
    assert_eq!(folder.get("f/mutual.csv"), "column,log-rank\nnwot,0.25\n");
    assert_eq!(folder.get("f/bias.csv"), "column,op_count: op_count(skip)\nnwot,-0.5\n");
    let matrix = folder.get("f/transfer-kendall-tau.csv");
    assert_eq!(matrix, "learned on,b\na,0.5\nflops (feature),\n");
    for name in
        ["contributions", "beeswarm", "contributions-2", "agreement", "transfer-kendall-tau"]
    {
        drawing(&folder, &format!("f/{name}.svg"));
    }
    folder.put(
        "bad.jsonl",
        "{\"net\": \"a\", \"prediction\": 1.5, \"base\": 1, \"contributions\": {\"x\": \"y\"}}\n",
    );
    refused(
        &folder,
        "report bad.jsonl",
        1,
        &["bad.jsonl, line 1, column contributions", "a number for each column"],
    );
}

#[test]
fn fronts_of_two_objectives() {
    let folder = bundled();
    let run = folder
        .run("report t.csv -o r.html --figures f --maximize cora_perf --minimize cora_latency");
    run.expect_success("report");
    drawing(&folder, "f/pareto-cora-latency-cora-perf.svg");
    let data = folder.get("f/pareto-cora-latency-cora-perf.csv");
    let numbers = |name: &str| crate::cli::floats(&data, name);
    let (latency, perf, front) = (numbers("cora_latency"), numbers("cora_perf"), numbers("front"));
    for at in 0..front.len() {
        let is_beaten = (0..front.len()).any(|other| {
            latency[other] <= latency[at]
                && perf[other] >= perf[at]
                && (latency[other] < latency[at] || perf[other] > perf[at])
        });
        assert_eq!(front[at] > 0.5, !is_beaten);
    }
    refused(
        &folder,
        "report t.csv",
        1,
        &["t.csv has the columns link, ops", "graf compare --runs"],
    );
    refused(&folder, "report t.csv --maximize cora_perf", 2, &["two objectives", "name 1"]);
    let absent = "report t.csv --maximize cora_perf --minimize latency";
    refused(&folder, absent, 1, &["t.csv has the columns"]);
    assert_eq!(folder.listing(), ["f", "r.html", "t.csv"]);
}

/// Text in place of every name that a file can hold.
const HOSTILE: &str = "<script>alert(1)</script>&\"'\u{202e}]]>";

#[test]
fn hostile_names_are_shown_and_not_obeyed() {
    let folder = Folder::new();
    let long = "é<&".repeat(10_000);
    let quoted = HOSTILE.replace('"', "\"\"");
    folder.put(
        "runs.csv",
        format!(
            "experiment,features,predictor,train_target,target,repeat,split,train_rows,test_rows,kendall_tau\n\
             1,\"{quoted}\",forest,\"{quoted}\",\"{quoted}\",0,0,16,9,0.5\n\
             2,\"{long}\",forest,\"{quoted}\",\"{quoted}\",0,0,16,9,\n"
        ),
    );
    let names =
        serde_json::json!({ HOSTILE: 0.5, long.as_str(): -0.5, "a\0\u{1b}[31m\u{ffff}": 1e308 });
    let line = |net: &str| serde_json::json!({ "net": net, "prediction": 1.0, "base": 0.0, "contributions": names, "target": HOSTILE });
    folder.put("why.jsonl", format!("{}\n{}\n", line(HOSTILE), line(&long)));
    folder.put("one.jsonl", format!("{}\n", line(&long)));
    folder.put(
        "rank.json",
        serde_json::json!([{ "column": HOSTILE, "kendall_tau": 1e300 }, { "column": long, "kendall_tau": -0.5 }])
            .to_string(),
    );
    folder.put("p.csv", format!("\"{quoted}.prediction\",\"{quoted}\"\n1e308,-1e308\n"));
    let arguments = [
        "report",
        "runs.csv",
        "why.jsonl",
        "one.jsonl",
        "rank.json",
        "p.csv",
        "-o",
        "r.html",
        "--figures",
        "f",
        "--title",
        HOSTILE,
        "--command",
        HOSTILE,
    ];
    folder.run_with(&arguments, "").expect_success("hostile");
    let page = folder.get("r.html");
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\0'));
    assert!(page.contains("&lt;script&gt;"));
    let files = std::fs::read_dir(folder.at("f")).unwrap();
    let mut count = 0;
    for file in files {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.'), "{name}");
        if std::path::Path::new(&name).extension().is_some_and(|end| end == "svg") {
            let text = drawing(&folder, &format!("f/{name}"));
            assert!(!text.contains("<script") && text.len() < 200_000, "{name}: {}", text.len());
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let folder = bundled();
    folder.output(COMPARE);
    std::fs::create_dir(folder.at("full")).unwrap();
    folder.put("full/kept.txt", "kept");
    refused(&folder, "report runs.csv -o r.html --figures full", 1, &["full", "not empty"]);
    refused(&folder, "report runs.csv -o r.html --figures absent/f", 1, &["no folder absent"]);
    refused(&folder, "report runs.csv -o runs.csv", 2, &["--output would overwrite runs.csv"]);
    folder.put("cut.csv", folder.get("runs.csv").replacen(",0,0,", ",none,0,", 1));
    refused(
        &folder,
        "report cut.csv -o r.html --figures f",
        1,
        &["cut.csv, line 2, column repeat", "whole number"],
    );
    let twice = folder.get("runs.csv");
    let line = twice.lines().nth(1).unwrap();
    folder.put("twice.csv", format!("{twice}{line}\n"));
    refused(&folder, "report twice.csv", 1, &["twice.csv, line 26", "there already"]);
    refused(&folder, "report absent.csv", 1, &["absent.csv"]);
    refused_by_clap(&folder, "report", "required");
    assert_eq!(folder.listing(), ["cut.csv", "full", "runs.csv", "t.csv", "twice.csv"]);
    std::fs::create_dir(folder.at("empty")).unwrap();
    folder.output("report runs.csv -o r.html --figures empty");
    assert!(folder.at("empty/mean-ranks-r2-cs-valid-perf.svg").exists());
}
