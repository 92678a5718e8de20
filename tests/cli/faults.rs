//! What goes wrong with models, outputs and tables to learn from is said before the work, and leaves nothing
//! behind.

use std::fmt::Write as _;

use crate::cli::{Folder, column, inspect, refused, tuple};

const PREDICTORS: [&str; 7] =
    ["auto", "boost", "gp", "forest", "extra-trees", "ridge", "elastic-net"];

/// A folder with these files of `tests/fixtures/trust`.
fn trust(names: &[&str]) -> Folder {
    let folder = Folder::new();
    for name in names {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/trust/").to_owned() + name;
        folder.put(name, std::fs::read(path).unwrap());
    }
    folder
}

/// A table of so many networks of NAS-Bench-201.
fn table(rows: u32) -> String {
    let mut text = "net,acc,snip\n".to_owned();
    for row in 0..rows {
        let ids = [row % 5, row / 5 % 5, row % 3, row / 3 % 5, row / 7 % 5, 4];
        writeln!(text, "\"{}\",{},{}", tuple(&ids), row * 37 % 101, row % 13).unwrap();
    }
    text
}

fn is_finite(text: &str, name: &str) -> bool {
    column(text, name).iter().all(|value| value.parse().is_ok_and(f64::is_finite))
}

#[test]
fn zeros_of_both_signs_and_extreme_proxies_make_models_that_read() {
    let tables = ["negzero.csv", "negzero-proxy.csv", "proxy-extreme-gp.csv"];
    let folder = trust(&tables);
    for (name, uses) in tables.into_iter().zip(["graf+", "proxies", "graf+,proxies"]) {
        for predictor in PREDICTORS {
            let fit =
                format!("fit {name} --target y --use {uses} --predictor {predictor} -o m.graf");
            folder.run(&fit).expect_success(&fit);
            let out = folder.output(&format!("predict m.graf {name}"));
            assert!(is_finite(&out, "y.prediction"), "{fit}: {out}");
            if out.lines().next().unwrap().contains("y.std") {
                assert!(is_finite(&out, "y.std"), "{fit}: {out}");
            }
        }
    }
}

#[test]
fn the_sign_of_a_zero_changes_nothing() {
    let folder = trust(&["negzero.csv"]);
    folder.put("zero.csv", folder.get("negzero.csv").replace(",-0\n", ",0\n"));
    assert_ne!(folder.get("zero.csv"), folder.get("negzero.csv"));
    for predictor in PREDICTORS {
        let [one, other] = ["negzero.csv", "zero.csv"].map(|name| {
            folder.output(&format!("fit {name} --target y --predictor {predictor} -o m.graf"));
            folder.output("predict m.graf zero.csv")
        });
        assert_eq!(one, other, "{predictor}");
    }
}

#[test]
fn a_target_whose_squares_overflow_is_refused_with_its_size() {
    let folder = trust(&["target-1e160-boost.csv"]);
    let before = folder.listing();
    let parts = ["`y`", "5.9e161", "power of ten"];
    for predictor in PREDICTORS {
        let fit =
            format!("fit target-1e160-boost.csv --target y --predictor {predictor} -o m.graf");
        refused(&folder, &fit, 1, &parts);
    }
    let compare = "compare target-1e160-boost.csv --target y --train-size 16 --predictor ridge";
    refused(&folder, compare, 1, &parts);
    assert_eq!(folder.listing(), before);
    let mut tiny = "net,y\n".to_owned();
    for (row, net) in column(&table(20), "net").iter().enumerate() {
        writeln!(tiny, "\"{net}\",{row}e-200").unwrap();
    }
    folder.put("tiny.csv", tiny);
    let fit = "fit tiny.csv --target y --predictor forest -o m.graf";
    refused(&folder, fit, 1, &["`y`", "1.9e-199", "power of ten"]);
}

#[test]
fn a_column_without_a_value_has_no_median() {
    let folder = trust(&["all-missing-column.csv"]);
    let fit =
        "fit all-missing-column.csv --target y --use graf+,proxies --missing median -o m.graf";
    refused(&folder, fit, 1, &["column `snip` has no value in any row", "--proxies"]);
    let compare = "compare all-missing-column.csv --target y --use proxies --missing median \
                   --predictor ridge --train-size 16";
    refused(&folder, compare, 1, &["column `snip` has no value in any row"]);
    let suggest = "suggest all-missing-column.csv -n 2 --use proxies --missing median";
    refused(&folder, suggest, 1, &["column `snip` has no value in any row"]);
    folder.run(&format!("{fit} --proxies flops")).expect_success("the other proxy");
}

#[test]
fn how_many_values_medians_stand_in_for_is_told() {
    let folder = Folder::new();
    let mut text = "net,acc,snip,nwot\n".to_owned();
    for (row, line) in table(40).lines().skip(1).enumerate() {
        let line = line.rsplit_once(',').unwrap().0;
        let snip = if row % 10 == 0 { String::new() } else { row.to_string() };
        let nwot = if row == 7 { "-1e8".to_owned() } else { (row * 3).to_string() };
        writeln!(text, "{line},{snip},{nwot}").unwrap();
    }
    folder.put("t.csv", &text);
    let note = "5 missing values in 2 columns filled with medians";
    let median = "--missing median --predictor forest --trees 5";
    // Without its encodings, so that the model does not leave out what it was trained on.
    let bare: Vec<_> = text.lines().map(|line| line.rsplit("\",").next().unwrap()).collect();
    folder.put("bare.csv", bare.join("\n").replace("net,", ""));
    let run = folder.run(&format!("fit bare.csv --target acc --use proxies {median} -o m.graf"));
    assert!(run.err.contains(note), "{}", run.err);
    for command in ["predict m.graf t.csv", "eval m.graf t.csv", "suggest m.graf t.csv -n 3"] {
        let run = folder.run(command).expect_success(command);
        assert!(run.err.contains(note), "{command}: {}", run.err);
    }
    let compare = "compare t.csv --target acc --use proxies --missing median --predictor ridge \
                   --train-size 16 --repeats 2";
    assert!(folder.run(compare).err.contains(note));
    let complete = text.lines().filter(|line| !line.contains(",,") && !line.contains("-1e8"));
    folder.put("c.csv", complete.collect::<Vec<_>>().join("\n") + "\n");
    let run = folder.run(&format!("fit c.csv --target acc --use proxies {median} -o m.graf"));
    assert!(!run.err.contains("filled"), "{}", run.err);
}

#[test]
fn networks_that_are_not_trained_yet_are_left_out() {
    let folder = Folder::new();
    let lines = table(30);
    let mut text = "net,acc,err\n".to_owned();
    for (row, line) in lines.lines().skip(1).enumerate() {
        let (start, _) = line.rsplit_once(',').unwrap();
        let (net, acc) = start.rsplit_once(',').unwrap();
        let (acc, err) = match row {
            0..4 => ("", ""),
            4..6 => (acc, ""),
            _ => (acc, "1"),
        };
        writeln!(text, "{net},{acc},{err}").unwrap();
    }
    folder.put("t.csv", text);
    let fit = "fit t.csv --target acc --predictor forest --trees 5 -o m.graf";
    let parts = ["t.csv, line 2, column acc: the target is empty", "--missing median or drop"];
    refused(&folder, fit, 1, &parts);
    for policy in ["drop", "median"] {
        let run = folder.run(&format!("{fit} --missing {policy}")).expect_success(policy);
        assert!(run.err.contains("4 networks not trained yet"), "{policy}: {}", run.err);
        assert!(!run.err.contains("left out for missing values"), "{policy}: {}", run.err);
        assert_eq!(inspect(&folder, "m.graf")["rows"], 26);
        let run = folder.run("predict m.graf t.csv").expect_success("predict");
        assert_eq!(run.out.lines().count(), 31);
        let run = folder
            .run("eval m.graf t.csv --missing drop --include-training")
            .expect_success("eval");
        assert!(run.err.contains("4 networks not trained yet"), "{}", run.err);
        // Of several targets all are learned or none: what has one of them only has a missing value.
        let both = folder.run(&format!("{fit} --target err --missing {policy}"));
        let both = both.expect_success("both");
        assert!(both.err.contains("4 networks not trained yet"), "{}", both.err);
        assert!(both.err.contains("2 rows left out for missing values"), "{}", both.err);
        assert_eq!(inspect(&folder, "m.graf")["rows"], 24);
    }
    let whole = folder.get("t.csv");
    let none: Vec<&str> = whole.lines().take(5).collect();
    folder.put("none.csv", none.join("\n") + "\n");
    let fit = "fit none.csv --target acc --missing drop -o n.graf";
    refused(&folder, fit, 1, &["the target is empty in all of its rows (4)"]);
    assert_eq!(folder.listing(), ["m.graf", "none.csv", "t.csv"]);
}

#[test]
fn few_rows_are_refused_and_not_many_warned_of() {
    let folder = Folder::new();
    for (rows, warns) in [(3, true), (9, true), (10, false)] {
        folder.put("t.csv", table(rows));
        let run = folder.run("fit t.csv --target acc --predictor ridge -o m.graf");
        let run = run.expect_success("fit");
        let warned = run.err.contains(&format!("warning: {rows} rows are too few"));
        assert_eq!(warned, warns, "{rows}: {}", run.err);
    }
    let compare = "compare t.csv --target acc --predictor ridge --repeats 2 --train-size";
    let run = folder.run(&format!("{compare} 6")).expect_success("compare");
    assert!(run.err.contains("warning: training sets of 6 are too small"), "{}", run.err);
    folder.put("more.csv", table(60));
    let run = folder.run("compare more.csv --target acc --predictor ridge --repeats 2 --folds 5");
    assert!(!run.err.contains("warning"), "{}", run.err);
    folder.put("nine.csv", table(9));
    folder.put(
        "b.toml",
        "[[benchmark]]\ninputs = [\"more.csv\"]\ntarget = \"acc\"\n\
         [[benchmark]]\ninputs = [\"nine.csv\"]\ntarget = \"acc\"\n",
    );
    let run = folder.run("fit --benchmarks b.toml --predictor ridge -o b.graf");
    let run = run.expect_success("benchmarks");
    assert!(run.err.contains("warning: 9 rows of nine are too few"), "{}", run.err);
    assert!(!run.err.contains("rows of more are too few"), "{}", run.err);
    folder.put("few.csv", table(2));
    refused(&folder, "fit few.csv --target acc -o n.graf", 1, &["2 rows to learn from"]);
    folder.put(
        "b.toml",
        "[[benchmark]]\ninputs = [\"t.csv\"]\ntarget = \"acc\"\n\
         [[benchmark]]\ninputs = [\"few.csv\"]\ntarget = \"acc\"\n",
    );
    let parts = ["benchmark few", "2 rows to learn from"];
    refused(&folder, "fit --benchmarks b.toml -o n.graf", 1, &parts);
    let compare = "compare t.csv --target acc --predictor ridge --train-size 2";
    refused(&folder, compare, 2, &["--train-size 2", "needs 3 networks"]);
    assert!(!folder.listing().contains(&"n.graf".to_owned()));
}

#[test]
fn an_output_that_cannot_be_written_is_found_out_before_an_input_is_opened() {
    let folder = Folder::with("t.csv", table(30));
    folder.put("b.toml", "[[benchmark]]\ninputs = [\"gone.csv\"]\ntarget = \"acc\"\n");
    let before = folder.listing();
    for command in [
        "fit gone.csv --target acc -o no/m.graf",
        "fit --benchmarks b.toml -o no/m.graf",
        "select gone.csv -o no/c.toml",
        "suggest gone.csv -n 2 -o no/s.csv",
        "compare gone.csv --target acc --runs no/r.csv",
        "fit gone.csv --target acc -o m.graf --on-error skip --rejects no/r.csv",
        "eval m.graf gone.csv --on-error skip --rejects no/r.csv",
    ] {
        if command.starts_with("eval") {
            folder.output("fit t.csv --target acc --predictor ridge -o m.graf");
        }
        refused(&folder, command, 1, &["there is no folder no"]);
    }
    std::fs::remove_file(folder.at("m.graf")).unwrap();
    assert_eq!(folder.listing(), before);
    // What fails later leaves nothing either.
    let late =
        ["fit t.csv --target no", "select t.csv --target no", "suggest t.csv -n 2 --keep no"];
    for (command, output) in late.into_iter().zip(["n.graf", "n.toml", "n.csv"]) {
        refused(&folder, &format!("{command} -o {output}"), 2, &["`no` not found"]);
    }
    refused(&folder, "compare t.csv --target no --runs n.csv", 2, &["`no` not found"]);
    assert_eq!(folder.listing(), before);
}

#[test]
fn models_and_tables_in_each_others_places() {
    let folder = Folder::with("t.csv", table(20));
    folder.output("fit t.csv --target acc --predictor ridge -o m.graf");
    let before = folder.listing();
    let swapped = ["t.csv is no model, and m.graf is one: swap them"];
    for command in ["predict t.csv m.graf", "eval t.csv m.graf", "suggest t.csv m.graf -n 2"] {
        refused(&folder, command, 2, &swapped);
    }
    let no_table = ["m.graf is a graf model, not a table"];
    for command in [
        "featurize m.graf",
        "convert m.graf --to string",
        "fit m.graf --target acc -o n.graf",
        "fit t.csv --target acc --join m.graf -o n.graf",
        "predict m.graf m.graf",
        "eval m.graf m.graf",
        "suggest m.graf -n 2",
        "suggest t.csv -n 2 --known m.graf",
        "select m.graf",
        "compare m.graf --target acc",
        "compare t.csv --target acc --train-size 8 --split m.graf",
    ] {
        let command = command.replace("--train-size 8 --split", "--split");
        refused(&folder, &command, 2, &no_table);
    }
    for command in
        ["inspect t.csv", "predict t.csv t.csv", "fit t.csv --target acc --prior t.csv -o n.graf"]
    {
        refused(&folder, command, 1, &["t.csv: not a graf model"]);
    }
    assert_eq!(folder.listing(), before);
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_model_is_not_read() {
    let folder = Folder::with("t.csv", table(20));
    // 64 GiB, of which nothing is on the disk.
    let huge = std::fs::File::create(folder.at("huge.csv")).unwrap();
    if huge.set_len(64 << 30).is_ok() {
        refused(&folder, "predict huge.csv t.csv", 1, &["huge.csv: not a graf model"]);
    }
    refused(&folder, "predict /dev/zero t.csv", 1, &["/dev/zero: not a graf model"]);
    refused(&folder, "inspect .", 1, &[".: Is a directory"]);
    refused(&folder, "inspect gone.graf", 1, &["gone.graf: No such file"]);
}

#[test]
fn a_prior_with_two_targets_is_refused() {
    let folder = Folder::with("t.csv", table(20));
    folder.output("fit t.csv --target acc --predictor ridge -o m.graf");
    let fit = "fit t.csv --target snip --prior m.graf --predictor ridge -o p.graf";
    folder.run(fit).expect_success(fit);
    let good = folder.bytes("p.graf");
    let length = u32::from_le_bytes(good[12..16].try_into().unwrap()) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&good[16..16 + length]).unwrap();
    header["prior"]["targets"] = serde_json::json!(["acc", "snip"]);
    let header = serde_json::to_vec(&header).unwrap();
    let size = u32::try_from(header.len()).unwrap().to_le_bytes();
    let mut bytes = [&good[..12], &size, &header, &good[16 + length..good.len() - 4]].concat();
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    folder.put("p.graf", bytes);
    for command in ["predict p.graf t.csv", "eval p.graf t.csv", "inspect p.graf"] {
        refused(&folder, command, 1, &["p.graf: the model is damaged"]);
    }
}
