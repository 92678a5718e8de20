//! Models of several benchmarks, for networks of any space.

use std::fmt::Write as _;

use crate::cli::{
    Folder, column, columns, csv, floats, inspect, refused, refused_by_clap, transcript,
};
use insta::assert_snapshot;
use serde_json::{Value, json};

const FAST: &str = "--predictor forest --trees 20";

/// Some networks of a space with a made-up figure: the more convolutions the better.
fn table(
    folder: &Folder,
    name: &str,
    space: &str,
    count: usize,
    convolutions: [char; 2],
    scale: f64,
) {
    let nets = folder.output(&format!("sample --space {space} -n {count} --seed 3 --unique -q"));
    let mut table = "net,acc,synflow\n".to_owned();
    for (place, net) in column(&nets, "net").iter().enumerate() {
        let score: f64 = net
            .chars()
            .map(|c| {
                f64::from(u8::from(c == convolutions[0]))
                    + 0.6 * f64::from(u8::from(c == convolutions[1]))
            })
            .sum();
        let acc = scale * (score + 0.01 * (place % 7) as f64);
        writeln!(table, "\"{net}\",{acc},{}", -score).unwrap();
    }
    folder.put(name, table);
}

const BENCHMARKS: &str = r#"
[[benchmark]]
name = "cells"
inputs = ["nb201.csv"]
space = "nasbench201"
target = "acc"

[[benchmark]]
inputs = ["micro.csv"]
space = "transbench101-micro"
target = "acc"
weight = 2
"#;

/// Tables of two spaces, and a file that names them. In a subfolder, as paths are relative to the file.
fn folder() -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.at("sub")).unwrap();
    table(&folder, "sub/nb201.csv", "nasbench201", 150, ['2', '3'], 1.0);
    table(&folder, "sub/micro.csv", "transbench101-micro", 120, ['3', '2'], -1000.0);
    table(&folder, "sub/up.csv", "transbench101-micro", 120, ['3', '2'], 10.0);
    folder.put("sub/two.toml", BENCHMARKS);
    folder.put("sub/up.toml", BENCHMARKS.replace("micro.csv", "up.csv"));
    folder
}

fn eval(folder: &Folder, arguments: &str) -> Value {
    serde_json::from_str(
        &folder.output(&format!("eval --include-training {arguments} --output-format json")),
    )
    .unwrap()
}

#[test]
fn a_model_of_one_space_ranks_another() {
    let folder = folder();
    let fit =
        format!("fit sub/nb201.csv --space nasbench201 --target acc --use shared {FAST} -o m.graf");
    folder.run(&fit).expect_success(&fit);
    assert_eq!(inspect(&folder, "m.graf")["space"], "nasbench201");
    assert_eq!(columns(&folder, "m.graf").len(), 16);
    let micro = "sub/up.csv --space transbench101-micro";
    let measured = eval(&folder, &format!("m.graf {micro}"));
    assert!(measured["kendall_tau"].as_f64().unwrap() > 0.6, "{measured}");
    // Its own space is not preferred to what the table tells, or does not.
    folder.put("few.csv", "net,y\n\"(1, 0, 3, 1, 2, 3)\",1\n\"(1, 0, 3, 1, 2, 2)\",2\n");
    refused(&folder, "predict m.graf few.csv", 2, &["nasbench201, transbench101-micro", "--space"]);
    folder.put("dag.csv", "net\n\"(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)\"\n");
    assert_eq!(column(&folder.output("predict m.graf dag.csv -q"), "acc.prediction").len(), 1);
    // A model of other columns besides is one of its space.
    let fit = fit.replace("--use shared", "--use shared,op_count");
    folder.run(&fit).expect_success(&fit);
    refused(
        &folder,
        &format!("eval --include-training m.graf {micro}"),
        2,
        &["the model is of nasbench201"],
    );
}

#[test]
fn the_truth_may_have_another_name() {
    let folder = folder();
    folder.output(&format!(
        "fit sub/nb201.csv --space nasbench201 --target acc --target synflow --use shared {FAST} -o m.graf"
    ));
    let other = folder.get("sub/nb201.csv").replace("net,acc,synflow", "net,one,two");
    folder.put("other.csv", other);
    let same = eval(&folder, "m.graf sub/nb201.csv --space nasbench201");
    let named = eval(&folder, "m.graf other.csv --space nasbench201 --target one --target two");
    assert_eq!(named[1]["target"], "two");
    for (named, same) in named.as_array().unwrap().iter().zip(same.as_array().unwrap()) {
        assert_eq!(named["kendall_tau"], same["kendall_tau"]);
    }
    let short = "eval --include-training m.graf other.csv --space nasbench201 --target one";
    refused(&folder, short, 2, &["1 column", "acc, synflow", "--target"]);
    let lost = "eval --include-training m.graf other.csv --space nasbench201";
    refused(&folder, lost, 2, &["column `acc` not found", "--target"]);
}

#[test]
fn a_benchmark_may_be_learned_as_random_draws() {
    let folder = folder();
    let drawn = "draws = 4\ndraw_size = 30\n";
    let one = BENCHMARKS.replacen("target = \"acc\"\n", &format!("target = \"acc\"\n{drawn}"), 1);
    folder.put("sub/drawn.toml", &one);
    let fit = format!("fit --benchmarks sub/drawn.toml {FAST} -o drawn.graf");
    let said = folder.run(&fit).expect_success(&fit).err;
    assert!(said.contains("cells (nasbench201): acc, 4 draws of 30 rows, weight 1"), "{said}");
    let header = inspect(&folder, "drawn.graf");
    assert_eq!(
        (&header["learned_on"][0]["draws"], &header["learned_on"][0]["rows"]),
        (&json!(4), &json!(30))
    );
    assert!(header["learned_on"][1]["draws"].is_null());
    // The same rows in another order are drawn alike, on one thread as on several.
    let mut lines: Vec<String> = folder.get("sub/nb201.csv").lines().map(str::to_owned).collect();
    lines[1..].reverse();
    folder.put("sub/reversed.csv", lines.join("\n") + "\n");
    folder.put("sub/reversed.toml", one.replace("nb201.csv", "reversed.csv"));
    folder
        .output(&format!("fit --benchmarks sub/reversed.toml {FAST} -o reversed.graf --threads 1"));
    let predict = |model: &str| {
        folder.output(&format!("predict {model} sub/micro.csv --space transbench101-micro -q"))
    };
    assert_eq!(predict("drawn.graf"), predict("reversed.graf"));
    // Only drawn networks are remembered as trained on.
    let marked =
        folder.output("predict drawn.graf sub/nb201.csv --space nasbench201 --mark-training -q");
    let seen = column(&marked, "in_training").iter().filter(|seen| *seen == "1").count();
    assert!((30..=120).contains(&seen), "{seen}");
    // The mean of the draws, in the matrix of experiments too.
    let matrix =
        folder.output(&format!("compare --train-on sub/drawn.toml {FAST} -q --output-format csv"));
    assert!(matrix.contains("cells"), "{matrix}");
    let many = one.replace("draw_size = 30", "draw_size = 151");
    folder.put("sub/many.toml", many);
    let refusal = ["benchmark cells", "150 rows for draws of 151", "draw_size"];
    refused(&folder, &format!("fit --benchmarks sub/many.toml {FAST} -o m.graf"), 1, &refusal);
}

#[test]
fn the_bundled_prior_ranks_networks_of_any_space() {
    let folder = folder();
    for space in
        ["nasbench201", "transbench101-micro", "nasbench101", "nasbench301", "nasbench-graph"]
    {
        let sample = format!("sample --space {space} -n 20 --seed 1 -q");
        folder.put("nets.csv", folder.output(&sample));
        let ranked = folder.output(&format!("predict builtin nets.csv --space {space} --top 5 -q"));
        let scores = floats(&ranked, "score.prediction");
        assert!(scores.len() == 5 && scores.is_sorted_by(|one, next| one >= next), "{ranked}");
    }
    let header = inspect(&folder, "builtin");
    assert_eq!((&header["learned_on"][0]["draws"], &header["rows"]), (&json!(32), &json!(2048)));
    // More convolutions are better in this table, as they are in benchmarks.
    let up = eval(&folder, "builtin sub/up.csv --space transbench101-micro --target acc");
    assert!(up["kendall_tau"].as_f64().unwrap() > 0.3, "{up}");
    let few =
        "fit sub/up.csv --space transbench101-micro --target acc --prior builtin -o m.graf -q";
    folder.run(few).expect_success(few);
    assert_eq!(inspect(&folder, "m.graf")["prior"]["targets"], json!(["score"]));
    // A study keeps a prior of its own.
    let study = "search init study --space nasbench201 --maximize acc --prior builtin -q";
    folder.run(study).expect_success(study);
    folder.put("builtin", "a file");
    refused(&folder, "predict builtin nets.csv", 1, &["bundled prior", "`./builtin` is the file"]);
}

#[test]
fn benchmarks_have_their_weights_whatever_their_size() {
    let folder = folder();
    let fit = format!("fit --benchmarks sub/two.toml {FAST} -o m.graf");
    let run = folder.run(&fit).expect_success(&fit);
    assert!(run.err.starts_with("graf: fitted score (maximize) on 270 rows"), "{}", run.err);
    assert!(run.err.contains("  micro (transbench101-micro): acc, 120 rows, weight 2\n"));
    let header = inspect(&folder, "m.graf");
    assert_eq!((&header["space"], &header["targets"]), (&Value::Null, &json!(["score"])));
    let shown = json!({ "learned_on": header["learned_on"], "kinds": header["kinds"] });
    assert_snapshot!("inspect_benchmarks", serde_json::to_string_pretty(&shown).unwrap());
    let held_out = header["held_out"]["kendall_tau"].as_f64().unwrap();
    assert!(held_out > 0.7, "{header}");

    // The mean of one model for each benchmark, of which each is one on its scores.
    let mut each = Vec::new();
    for only in [0, 1] {
        let parts: Vec<_> = BENCHMARKS.split("[[benchmark]]").collect();
        folder.put("sub/one.toml", format!("[[benchmark]]{}", parts[only + 1]));
        folder.output(&format!("fit --benchmarks sub/one.toml {FAST} -o one.graf"));
        each.push(folder.output("predict one.graf sub/nb201.csv --space nasbench201 -q"));
    }
    let mean = folder.output("predict m.graf sub/nb201.csv --space nasbench201 -q");
    let read = |text: &str, name: &str| floats(text, name);
    let (one, two) = (read(&each[0], "score.prediction"), read(&each[1], "score.prediction"));
    let (own, other) = (read(&each[0], "score.std"), read(&each[1], "score.std"));
    let (found, std) = (read(&mean, "score.prediction"), read(&mean, "score.std"));
    for row in 0..150 {
        let expected = one[row] / 3.0 + two[row] * 2.0 / 3.0;
        assert!((found[row] - expected).abs() < 1e-9, "row {row}");
        let within = own[row].powi(2) / 3.0 + other[row].powi(2) * 2.0 / 3.0;
        let between =
            (one[row] - expected).powi(2) / 3.0 + (two[row] - expected).powi(2) * 2.0 / 3.0;
        assert!((std[row] - (within + between).sqrt()).abs() < 1e-9, "row {row}");
    }
    // The seed makes the model.
    folder.output(&format!("fit --benchmarks sub/two.toml {FAST} -o again.graf --threads 1"));
    assert_eq!(folder.bytes("again.graf"), folder.bytes("m.graf"));
}

#[test]
fn unseen_operations_are_counted() {
    let folder = folder();
    let fit = "fit sub/up.csv --space transbench101-micro --target acc --use shared";
    folder.output(&format!("{fit} {FAST} -o m.graf"));
    assert_eq!(inspect(&folder, "m.graf")["kinds"], json!(["convolution 1x1", "convolution 3x3"]));
    // No pooling; pooling on no live path; pooling.
    let nets =
        "net,acc\n\"(2, 3, 0, 0, 0, 0)\",1\n\"(4, 1, 2, 0, 1, 1)\",2\n\"(4, 2, 0, 0, 0, 0)\",3\n";
    folder.put("nets.csv", nets);
    let note = "1 network with operations that the model has not seen: average pooling 3x3";
    let run = folder.run("predict m.graf nets.csv --space nasbench201").expect_success("predict");
    assert_eq!(run.err, format!("graf: 3 predictions of acc; {note}\n"));
    let run = folder
        .run("eval --include-training m.graf nets.csv --space nasbench201")
        .expect_success("eval");
    assert_eq!(run.err, format!("graf: {note}\n"));
    // What it was learned on has nothing new.
    let run =
        folder.run("eval --include-training m.graf sub/micro.csv --space transbench101-micro");
    assert_eq!(run.err, "");
}

#[test]
fn the_matrix() {
    let folder = folder();
    let compare = format!("compare --train-on sub/up.toml {FAST}");
    let shown = transcript(&folder, &[&compare]);
    assert_snapshot!("matrix", shown);
    let (_, rows) =
        csv(&folder.output(&format!("{compare} --metric spearman,r2 --output-format csv -q")));
    let of = |name: &str| rows.iter().filter(|row| row[0] == name).count();
    // Two metrics; a benchmark is not tested on itself.
    assert_eq!((of("cells"), of("up"), of("all others"), of("synflow")), (2, 2, 4, 4));
    let json: Value =
        serde_json::from_str(&folder.output(&format!("{compare} --output-format json -q")))
            .unwrap();
    let find = |name: &str, tested: &str| {
        let entries = json.as_array().unwrap().iter();
        let mut entries =
            entries.filter(|one| one["learned_on"] == name && one["tested_on"] == tested);
        entries.next().unwrap()["metrics"]["kendall_tau"].as_f64().unwrap()
    };
    let (there, back) = (find("cells", "up"), find("up", "cells"));
    assert!(there > 0.5 && back > 0.5, "{json}");
    assert_eq!(find("all others", "up").to_bits(), there.to_bits());
    assert!(find("synflow", "cells") < -0.9 && find("analytic_params", "cells") > 0.0, "{json}");
    // It is what fit and eval say.
    let parts: Vec<_> = BENCHMARKS.split("[[benchmark]]").collect();
    folder.put("sub/one.toml", format!("[[benchmark]]{}", parts[1]));
    folder.output(&format!("fit --benchmarks sub/one.toml {FAST} -o one.graf"));
    let measured = eval(&folder, "one.graf sub/up.csv --space transbench101-micro --target acc");
    assert_eq!(measured["kendall_tau"].as_f64().unwrap().to_bits(), there.to_bits());
    let latex = folder.output(&format!("{compare} --output-format latex -q"));
    assert!(latex.contains("analytic\\_params") && latex.starts_with("\\begin{tabular}{llrr}"));
    let other = folder.run(&format!("{compare} --test-on sub/one.toml --output-format markdown"));
    assert!(other.err.contains("  tested on cells (150 networks)\n"), "{}", other.err);
}

#[test]
fn what_is_refused() {
    let folder = folder();
    let fit = |rest: &str| format!("fit --benchmarks sub/two.toml -o m.graf {rest}");
    refused_by_clap(&folder, &fit("sub/nb201.csv"), "cannot be used with '[INPUTS]...'");
    refused_by_clap(&folder, &fit("--target acc"), "cannot be used with '--target");
    refused_by_clap(&folder, &fit("--space nasbench201"), "cannot be used with '--space");
    refused_by_clap(&folder, "compare --test-on sub/two.toml", "--train-on");
    let plain = "compare sub/nb201.csv --target acc --test-on sub/two.toml";
    refused_by_clap(&folder, plain, "'[INPUTS]...' cannot be used with '--test-on");
    refused_by_clap(&folder, "compare --train-on sub/two.toml --choose random", "--choose");
    refused_by_clap(&folder, "compare --train-on sub/two.toml --repeats 3", "--repeats");
    let bound =
        ["--use graf+ has other columns", "cells (nasbench201)", "micro (transbench101-micro)"];
    refused(&folder, &fit("--use graf+"), 2, &bound);
    refused(
        &folder,
        "compare --train-on sub/two.toml --use one-hot",
        2,
        &["--use one-hot has other"],
    );
    let twice = "compare --train-on sub/two.toml --use proxies --use column:acc";
    refused(&folder, twice, 2, &["one --use"]);
    let twice = "compare --train-on sub/two.toml --predictor forest,boost";
    refused(&folder, twice, 2, &["one --predictor"]);
    folder.put("key.toml", "[[benchmark]]\ninputs = [\"a.csv\"]\ntargets = \"acc\"\n");
    let key = ["key.toml, line 3, key `targets`: unknown field `targets`", "`prune`"];
    refused(&folder, "fit --benchmarks key.toml -o m.graf", 2, &key);
    refused(&folder, "fit --benchmarks gone.toml -o m.graf", 2, &["gone.toml: No such file"]);
    folder.put("sub/gone.toml", BENCHMARKS.replace("micro.csv", "gone.csv"));
    refused(&folder, "fit --benchmarks sub/gone.toml -o m.graf", 1, &["sub/gone.csv"]);
    folder.put("sub/target.toml", BENCHMARKS.replace("\"acc\"", "\"accuracy\""));
    refused(
        &folder,
        "fit --benchmarks sub/target.toml -o m.graf",
        2,
        &["benchmark cells: column `accuracy` not found", "flags are keys"],
    );
    refused(
        &folder,
        "fit --benchmarks sub/two.toml -o sub/two.toml",
        2,
        &["--output would overwrite"],
    );
    // A space whose operations nobody knows does not have the columns.
    let space = concat!(env!("CARGO_MANIFEST_DIR"), "/data/spaces/nasbench-macro.toml");
    std::fs::copy(space, folder.at("sub/macro.toml")).unwrap();
    folder.put("sub/macro.csv", "net,acc\n02110021,90\n00000000,80\n");
    let text =
        "[[benchmark]]\ninputs = [\"macro.csv\"]\nspace = \"macro.toml\"\ntarget = \"acc\"\n";
    folder.put("sub/described.toml", text);
    let asked = format!("compare --train-on sub/two.toml --test-on sub/described.toml {FAST}");
    refused(&folder, &asked, 2, &["`shared` is not defined for nasbench-macro"]);
}

#[test]
fn names_do_not_collide_with_other_rows_of_the_matrix() {
    let folder = folder();
    for (name, reason) in [
        ("all others", "called like a row of the matrix"),
        ("(proxy synflow)", "called like a row of the matrix"),
        ("", "printable characters"),
        ("a\\nb", "printable characters"),
    ] {
        folder.put("sub/named.toml", BENCHMARKS.replace("\"cells\"", &format!("\"{name}\"")));
        let asked = format!("compare --train-on sub/named.toml {FAST}");
        refused(&folder, &asked, 2, &["benchmark 1, key `name`: ", reason]);
    }
    folder.put("sub/named.toml", BENCHMARKS.replace("\"cells\"", "\"a|b\""));
    let asked = format!("compare --train-on sub/named.toml --output-format markdown {FAST}");
    assert!(folder.output(&asked).contains("a\\|b"));
}

#[test]
fn a_benchmark_that_teaches_nothing_is_refused() {
    let folder = folder();
    let table = folder.get("sub/nb201.csv");
    let flat = table.lines().enumerate().map(|(place, line)| {
        if place == 0 {
            "net,acc\n".to_owned()
        } else {
            format!("{},5\n", &line[..=line.rfind('"').unwrap()])
        }
    });
    folder.put("sub/flat.csv", flat.collect::<String>());
    folder.put("sub/flat.toml", BENCHMARKS.replace("nb201.csv", "flat.csv"));
    let asked = format!("fit --benchmarks sub/flat.toml -o m.graf {FAST}");
    refused(
        &folder,
        &asked,
        1,
        &["benchmark cells: acc is the same in all of its", "leave it out"],
    );
}

#[test]
fn several_groups_where_all_benchmarks_are_of_one_space() {
    let folder = folder();
    let text = BENCHMARKS
        .replace("nb201.csv", "up.csv")
        .replace("\"nasbench201\"", "\"transbench101-micro\"");
    folder.put("sub/same.toml", text);
    let fit = format!("fit --benchmarks sub/same.toml --use op_count,proxies {FAST} -o m.graf");
    folder.run(&fit).expect_success(&fit);
    let header = inspect(&folder, "m.graf");
    assert_eq!(header["space"], "transbench101-micro");
    assert_eq!(header["columns"].as_array().unwrap().len(), 16 + 4 + 1);
    // Then the table need not say it.
    let run = folder.run("predict m.graf sub/up.csv").expect_success("predict");
    let note =
        "graf: 120 predictions of score; the model was trained on 120 of the networks read (";
    assert!(run.err.starts_with(note), "{}", run.err);
}

#[test]
fn missing_values_of_benchmarks() {
    let folder = folder();
    let table = folder.get("sub/up.csv").replacen("-0\n", "\n", 1).replacen("-1.6\n", "-1e8\n", 1);
    folder.put("sub/micro.csv", table);
    let fit = |missing: &str| {
        format!("fit --benchmarks sub/two.toml --use proxies {missing} {FAST} -o m.graf")
    };
    refused(&folder, &fit(""), 1, &["--missing median or drop"]);
    folder.run(&fit("--missing drop")).expect_success("drop");
    assert!(inspect(&folder, "m.graf")["rows"].as_u64().unwrap() < 270);
    let compare = format!("compare --train-on sub/two.toml --use proxies --missing drop {FAST}");
    let run = folder.run(&compare).expect_success("drop");
    assert!(
        run.err.contains("  micro: ") && run.err.contains(" left out for missing"),
        "{}",
        run.err
    );
    folder.run(&fit("--missing median")).expect_success("median");
    let header = inspect(&folder, "m.graf");
    assert_eq!(
        (header["rows"].as_u64(), header["medians"].as_array().unwrap().len()),
        (Some(270), 17)
    );
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench101_ranks_nasbench201() {
    let folder = Folder::new();
    let data = crate::common::dumps("data").canonicalize().unwrap();
    std::os::unix::fs::symlink(&data, folder.at("data")).unwrap();
    let dump = "data/nasbench101/nb101_20000.jsonl.gz";
    let text = format!(
        "[[benchmark]]\nname = \"nasbench101\"\ninputs = [\"{dump}\"]\ntarget = \"validation_accuracy_108\"\n"
    );
    folder.put("one.toml", text);
    let fit = "fit --benchmarks one.toml --predictor boost --rounds 150 -q -o m.graf";
    folder.run(fit).expect_success(fit);
    let nets = "data/nasbench201/nb201_valid_nets.csv";
    let run = folder.run(&format!(
        "eval --include-training m.graf {nets} --target val_accs --output-format json"
    ));
    let note = " with operations that the model has not seen: average pooling 3x3\n";
    assert!(run.err.ends_with(note), "{}", run.err);
    let measured: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(measured["rows"], 9_445);
    assert!(measured["kendall_tau"].as_f64().unwrap() >= 0.58, "{measured}");
}
