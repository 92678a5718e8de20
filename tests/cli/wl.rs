//! The family `wl`, whose columns are learned, in `graf featurize`, `fit`, `predict` and `eval`.

use std::fmt::Write as _;

use crate::cli::{Folder, all_tuples, column, columns, csv, nameless, tuple};

const FIT: &str = "--target acc --predictor forest --trees 10 -q";

/// A row for each network: `net,acc`.
fn table(networks: impl Iterator<Item = [u32; 6]>) -> String {
    let mut text = "net,acc\n".to_owned();
    for ids in networks {
        let acc: u32 = ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum();
        writeln!(text, "\"{}\",{acc}", tuple(&ids)).unwrap();
    }
    text
}

/// `train.csv` without `nor_conv_1x1`, and `test.csv` with it.
fn folder() -> Folder {
    let train = all_tuples(5).into_iter().filter(|ids| !ids.contains(&3)).step_by(31);
    let folder = Folder::with("train.csv", table(train));
    folder.put("test.csv", table(all_tuples(5).into_iter().step_by(97)));
    folder
}

/// Asserts that a run fails with exit code 2 and that its one line has all of `parts`.
#[track_caller]
fn refused(folder: &Folder, arguments: &[&str], parts: &[&str]) {
    let what = arguments.join(" ");
    let run = folder.run_with(arguments, table(all_tuples(5).into_iter().take(3)));
    let run = run.expect_clear_failure(&what);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{what}: {}", run.err);
    for part in parts {
        assert!(run.err.contains(part), "{what}: no {part:?} in {}", run.err);
    }
}

#[test]
fn featurize_learns_the_columns_from_its_input() {
    let folder = Folder::with("a.csv", "net,acc\n\"(2,1,1,2,1,2)\",1\n\"(1,1,0,1,1,1)\",2\n");
    let text = folder.output("featurize a.csv --families wl --space nasbench201 --keep acc");
    let (header, rows) = csv(&text);
    assert_eq!(
        header,
        [
            "acc",
            "wl(input)",
            "wl(input>nor_conv_3x3)",
            "wl(input>skip_connect)",
            "wl(nor_conv_3x3)",
            "wl(nor_conv_3x3>nor_conv_3x3)",
            "wl(nor_conv_3x3>output)",
            "wl(output)",
            "wl(output>)",
            "wl(skip_connect)",
            "wl(skip_connect>output)",
        ]
    );
    assert_eq!(rows[0], ["1", "1", "1", "0", "3", "2", "1", "1", "1", "0", "0"]);
    assert_eq!(rows[1], ["2", "1", "0", "1", "0", "0", "0", "1", "1", "1", "1"]);
}

#[test]
fn only_the_networks_that_are_written_count() {
    let folder = Folder::with("a.csv", "net\n\"(2,1,1,1,1,1)\"\n\"(2,1,1,2,1,2)\"\n\"(9,)\"\n");
    let wl = "featurize a.csv --families wl --space nasbench201 --keep none -q --drop-unreachable";
    let run = folder.run(&format!("{wl} --on-error skip --rejects r.csv"));
    let (header, rows) = csv(&run.expect_success(wl).out);
    assert!(!header.contains(&"wl(input>)".to_owned()), "{header:?}");
    assert_eq!((rows.len(), csv(&folder.get("r.csv")).1.len()), (1, 1));
}

#[test]
fn a_stream_is_not_read_twice() {
    let folder = Folder::new();
    let parts = ["standard input can be read only once", "the columns of wl", "save it as a file"];
    refused(&folder, &["featurize", "-", "--families", "op_count,wl"], &parts);
}

#[test]
fn only_training_networks_make_columns() {
    let folder = folder();
    folder.output(&format!("fit train.csv --use wl -o m.graf {FIT}"));
    let learned = columns(&folder, "m.graf");
    assert!(learned.is_sorted() && learned.iter().all(|name| name.starts_with("wl(")));
    assert!(!learned.iter().any(|name| name.contains("nor_conv_1x1")), "{learned:?}");
    let header = csv(&folder.output("featurize train.csv --families wl --keep none")).0;
    assert_eq!(learned, header);
    let predicted = folder.output("predict m.graf test.csv");
    assert_eq!(column(&predicted, "net"), column(&folder.get("test.csv"), "net"));
}

#[test]
fn raw_networks_and_featurized_ones_give_the_same_predictions() {
    let folder = folder();
    for name in ["train", "test"] {
        folder.output(&format!("featurize {name}.csv --families wl -o all-{name}.csv"));
        folder.output(&format!("featurize {name}.csv --families wl --keep acc -o bare-{name}.csv"));
    }
    // The columns of each test table are others than those of the model.
    let header = csv(&folder.get("bare-test.csv")).0;
    folder.output(&format!("fit train.csv --use wl -o raw.graf {FIT}"));
    assert!(columns(&folder, "raw.graf").iter().any(|name| !header.contains(name)));
    let wanted = folder.output("predict raw.graf test.csv --keep acc");
    let measured = folder.output("eval --include-training raw.graf test.csv");
    for model in ["all-train", "bare-train"] {
        folder.output(&format!("fit {model}.csv --use wl -o {model}.graf {FIT}"));
    }
    for model in ["raw", "all-train", "bare-train"] {
        for input in ["test", "all-test", "bare-test"] {
            let text = folder.output(&format!("predict {model}.graf {input}.csv --keep acc"));
            assert_eq!(text, wanted, "{model} on {input}");
            assert_eq!(
                folder.output(&format!("eval --include-training {model}.graf {input}.csv")),
                measured
            );
        }
    }
}

#[test]
fn learned_columns_go_with_others() {
    let folder = folder();
    let fit = |input: &str, rest: &str| {
        folder.output(&format!("fit {input}.csv {rest} -o m.graf {FIT}"));
        let columns = columns(&folder, "m.graf");
        let predicted = folder.output("predict m.graf test.csv");
        assert_eq!(csv(&predicted).1.len(), csv(&folder.get("test.csv")).1.len());
        columns
    };
    let learned = fit("train", "--use wl");
    let graf = fit("train", "--use graf");
    let both = [graf.clone(), learned.clone()].concat();
    assert_eq!(fit("train", "--use graf,wl"), both);
    assert_eq!(fit("train", "--use wl,graf"), both);
    assert_eq!(fit("train", "--families wl"), learned);
    assert_eq!(fit("train", "--use wl --missing median"), learned);
    folder.output("featurize train.csv --families wl,params -o wl.csv");
    assert_eq!(fit("wl", "--use wl"), learned);
    // Computed features come with those of the table; each column once.
    let mut mixed = fit("wl", "--use wl,graf");
    mixed.sort();
    let mut sorted = both.clone();
    sorted.sort();
    assert_eq!(mixed, sorted);
    assert_eq!(fit("wl", "--use graf,wl").len(), both.len());
}

#[test]
fn the_model_depends_neither_on_threads_nor_on_the_cut_into_files() {
    let folder = folder();
    let model = |rest: &str| {
        folder.output(&format!("fit {rest} --use graf,wl -o m.graf {FIT}"));
        nameless(&folder, "m.graf")
    };
    let text = folder.get("train.csv");
    let (header, body) = text.split_once('\n').unwrap();
    let lines: Vec<_> = body.lines().collect();
    for (name, lines) in [("one.csv", &lines[..40]), ("two.csv", &lines[40..])] {
        folder.put(name, format!("{header}\n{}\n", lines.join("\n")));
    }
    let whole = model("train.csv --threads 1");
    assert!(model("train.csv --threads 8") == whole);
    assert!(model("one.csv two.csv") == whole);
    let fit = format!("fit - --use graf,wl -o s.graf {FIT}");
    let fit: Vec<_> = fit.split(' ').collect();
    folder.run_with(&fit, text.as_bytes()).expect_success("fit -");
    assert!(nameless(&folder, "s.graf") == whole);
}

#[test]
fn rows_without_a_target_make_no_columns() {
    let folder = folder();
    let text = folder.get("train.csv") + "\"(3,3,3,3,3,3)\",\n";
    folder.put("more.csv", text);
    folder.output(&format!("fit train.csv --use wl -o train.graf {FIT}"));
    folder.output(&format!("fit more.csv --use wl --missing drop -o more.graf {FIT}"));
    assert_eq!(columns(&folder, "more.graf"), columns(&folder, "train.graf"));
}
