//! `graf compare` from end to end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::{Folder, Run, all_tuples, column, csv, refused, refused_by_clap, tuple};
use graf::metrics::{holm, wilcoxon};
use serde_json::{Value, json};

const BUNDLED: &str = "data/nas-bench-graph/nas-bench-graph.csv.gz";

/// A small experiment: 3 repeats, 2 train sizes, 2 sets.
const SMALL: &str = "compare t.csv --target acc --use graf --use one-hot --train-size 10,40 \
                     --repeats 3 --predictor forest --trees 5";

/// Every 53rd network of NAS-Bench-201: 295 rows in an order that mixes the operations.
fn some_networks() -> Vec<[u32; 6]> {
    all_tuples(5).into_iter().step_by(53).collect()
}

/// How many 3×3 and 1×1 convolutions the network has, weighed: what a forest can learn.
fn accuracy(ids: [u32; 6]) -> u32 {
    ids.iter().map(|&op| [0, 1, 5, 9, 2][op as usize]).sum()
}

/// `net,acc,x,same,back,gap`: `same` repeats `x`, `back` is `acc` from the other end, `gap` is `acc`
/// with every third value missing.
fn table(networks: impl IntoIterator<Item = [u32; 6]>) -> String {
    let mut text = "net,acc,x,same,back,gap\n".to_owned();
    for (row, ids) in networks.into_iter().enumerate() {
        let (net, acc, x) = (tuple(&ids), accuracy(ids), 7 * ids[0] + ids[3]);
        let gap = if row % 3 == 1 { String::new() } else { acc.to_string() };
        writeln!(text, "\"{net}\",{acc},{x},{x},{},{gap}", 100 - acc).unwrap();
    }
    text
}

fn folder() -> Folder {
    Folder::with("t.csv", table(some_networks()))
}

#[test]
fn the_order_of_the_table_changes_nothing() {
    let reversed = Folder::with("t.csv", table(some_networks().into_iter().rev()));
    for plan in ["--train-size 10,40", "--folds 4", "--stratify --train-size 10"] {
        let arguments = format!(
            "compare t.csv --target acc --use graf --use one-hot --use column:x {plan} --repeats 2 \
             --predictor forest,gp"
        );
        assert_eq!(folder().output(&arguments), reversed.output(&arguments), "{plan}");
    }
}

fn json(folder: &Folder, arguments: &str) -> Vec<Value> {
    serde_json::from_str(&folder.output(&format!("{arguments} --output-format json"))).unwrap()
}

/// Of each set, train size and repeat the values of a metric, in the order of the file of runs.
fn runs(text: &str, metric: &str) -> BTreeMap<(String, usize), Vec<f64>> {
    let sizes = column(text, "train_rows").into_iter().map(|rows| rows.parse().unwrap());
    let mut values = BTreeMap::<_, Vec<f64>>::new();
    let keys = column(text, "features").into_iter().zip(sizes);
    for (key, value) in keys.zip(column(text, metric)) {
        values.entry(key).or_default().push(value.parse().unwrap());
    }
    values
}

/// The lines after the header, sorted.
fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().skip(1).collect();
    lines.sort_unstable();
    lines
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-12
}

#[test]
fn json_has_means_deviations_and_what_they_tell() {
    let folder = folder();
    let command = "compare t.csv --target acc --use graf --use one-hot --use column:x \
                   --train-size 10,40 --repeats 8 --predictor forest --trees 5 --runs r.csv";
    let found = json(&folder, command);
    let text = folder.get("r.csv");
    assert_eq!(lines(&text).len(), 2 * 3 * 8);
    let sets = ["graf", "one-hot", "column:x"];
    let order: Vec<_> = [10, 40].into_iter().flat_map(|size| sets.map(|set| (set, size))).collect();
    assert_eq!(found.len(), order.len());
    for (entry, (set, size)) in found.iter().zip(order) {
        let mut keys: Vec<_> = entry.as_object().unwrap().keys().collect();
        keys.sort_unstable();
        let wanted =
            ["features", "metrics", "predictor", "repeats", "target", "train_size", "train_target"];
        assert_eq!(keys, wanted);
        assert_eq!((&entry["features"], &entry["train_size"]), (&json!(set), &json!(size)));
        assert_eq!((&entry["predictor"], &entry["repeats"]), (&json!("forest"), &json!(8)));
        assert_eq!((&entry["target"], &entry["train_target"]), (&json!("acc"), &json!("acc")));
        assert_eq!(entry["metrics"].as_object().unwrap().len(), 3);
        for metric in ["kendall_tau", "spearman", "r2"] {
            let values = &runs(&text, metric)[&(set.to_owned(), size)];
            let mean = values.iter().sum::<f64>() / 8.0;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            let score = &entry["metrics"][metric];
            assert!(close(score["mean"].as_f64().unwrap(), mean), "{set} {size} {metric}");
            assert!(close(score["std"].as_f64().unwrap(), (squares / 7.0).sqrt()), "{metric}");
        }
    }
    // One is the best, and the others are tested against it.
    for group in found.chunks(3) {
        for metric in ["kendall_tau", "r2"] {
            let score = |place: usize| &group[place]["metrics"][metric];
            let mean = |place: usize| score(place)["mean"].as_f64().unwrap();
            let best = (0..3).max_by(|&a, &b| mean(a).total_cmp(&mean(b))).unwrap();
            assert_eq!(score(best)["standing"], "best");
            assert!(score(best)["p_value"].is_null());
            let size = usize::try_from(group[0]["train_size"].as_u64().unwrap()).unwrap();
            let all = runs(&text, metric);
            let values = |place: usize| &all[&(sets[place].to_owned(), size)];
            let others: Vec<_> = (0..3).filter(|&place| place != best).collect();
            let p_values: Vec<_> = others
                .iter()
                .map(|&place| values(best).iter().zip(values(place)).map(|(a, b)| a - b).collect())
                .map(|differences: Vec<f64>| wilcoxon(&differences).unwrap().p_value)
                .collect();
            for (&place, p_value) in others.iter().zip(holm(&p_values)) {
                assert!(close(score(place)["p_value"].as_f64().unwrap(), p_value), "{metric}");
                let standing = if p_value < 0.05 { "" } else { "not significantly worse" };
                assert_eq!(score(place)["standing"], standing);
            }
        }
    }
}

#[test]
fn every_format_says_the_same() {
    let folder = folder();
    let found = json(&folder, SMALL);
    let text = folder.output(&format!("{SMALL} --output-format csv"));
    let (header, rows) = csv(&text);
    assert_eq!(
        header.join(","),
        "features,predictor,train_target,target,train_size,metric,runs,mean,std,standing,p_value"
    );
    assert_eq!(rows.len(), 2 * 2 * 3);
    for row in &rows {
        let of_row = |entry: &&Value| {
            let size: u64 = row[4].parse().unwrap();
            entry["features"] == row[0] && entry["train_size"] == size
        };
        let score = &found.iter().find(of_row).unwrap()["metrics"][&row[5]];
        assert_eq!(row[6], "3");
        for (name, text) in [("mean", &row[7]), ("std", &row[8])] {
            assert!(close(score[name].as_f64().unwrap(), text.parse().unwrap()), "{row:?}");
        }
        assert_eq!(score["standing"], row[9]);
    }
    let score = &found[0]["metrics"]["kendall_tau"];
    let shown = |between: &str| {
        let [mean, std] = ["mean", "std"].map(|name| score[name].as_f64().unwrap());
        format!("{mean:.4} {between} {std:.4}")
    };
    let plain = folder.output(SMALL);
    assert!(plain.contains(&shown("±")), "{plain}");
    // Three runs cannot tell what is not significantly worse.
    let legend =
        "nothing is marked: with 3 runs no difference can be significant, from 6 on it can; mean ";
    assert!(plain.ends_with(&format!("\n{legend}± standard deviation of 3 runs\n")), "{plain}");
    assert!(!plain.contains(['~', '*']), "{plain}");
    let markdown = folder.output(&format!("{SMALL} --output-format markdown"));
    assert!(markdown.contains(&shown("±")), "{markdown}");
    let (table, note) = markdown.rsplit_once("\n\n").unwrap();
    assert_eq!(table.lines().count(), 2 + 6);
    assert!(table.lines().all(|line| line.starts_with('|') && line.ends_with('|')));
    assert!(table.contains("kendall\\_tau") && !table.contains("**"), "{markdown}");
    let named = |sign: &str| {
        format!(
            " (Wilcoxon's signed-rank test over the paired runs, two-sided, with Holm's correction: p {sign} 0.05)"
        )
    };
    let long = |sign: &str| legend.replace(", from", &format!("{}, from", named(sign)));
    assert_eq!(note, format!("{}± standard deviation of 3 runs\n", long("<")));
    let latex = folder.output(&format!("{SMALL} --output-format latex"));
    assert!(
        latex.starts_with("\\begin{tabular}{lrlrr}\n\\toprule\ntarget & train size & metric & ")
    );
    assert!(latex.contains("graf & one-hot \\\\\n"), "{latex}");
    assert!(latex.contains(&shown("\\pm")) && latex.contains("kendall\\_tau"), "{latex}");
    assert!(!latex.contains("\\mathbf{"), "{latex}");
    let note = format!("{{\\footnotesize {}$\\pm$ standard deviation of 3 runs}}\n", long("$<$"));
    assert!(latex.ends_with(&format!("\\bottomrule\n\\end{{tabular}}\n\n{note}")), "{latex}");
    // With six runs the best is marked, and what marks mean stands below.
    let six = SMALL.replace("--repeats 3", "--repeats 6");
    let markdown = folder.output(&format!("{six} --output-format markdown"));
    assert_eq!(markdown.matches("**").count(), 2 * 6, "{markdown}");
    assert!(markdown.contains(&format!(
        "\n\nbold: best mean; \\~: not significantly worse than the best{}; mean ± standard deviation of 6 runs\n",
        named("≥")
    )), "{markdown}");
    let latex = folder.output(&format!("{six} --output-format latex"));
    assert_eq!(latex.matches("\\mathbf{").count(), 6, "{latex}");
    assert!(
        latex.contains(&format!(
            "Bold: best mean; $^{{\\sim}}$: not significantly worse than the best{}; mean $\\pm$",
            named("$\\geq$")
        )),
        "{latex}"
    );
    // Names and digits for a paper.
    let labels = "--label graf=GRAF_1 --label kendall_tau=tau --digits 2";
    let latex = folder.output(&format!("{six} --output-format latex {labels}"));
    assert!(latex.contains(" & metric & GRAF\\_1 & one-hot \\\\\n"), "{latex}");
    assert!(latex.contains(" & tau & $") && !latex.contains("kendall"), "{latex}");
    let numbers = latex
        .split(" \\pm ")
        .skip(1)
        .map(|rest| rest.find(|c: char| !c.is_ascii_digit() && c != '.'));
    assert!(numbers.into_iter().all(|end| end == Some(4)), "{latex}");
    refused(
        &folder,
        &format!("{SMALL} --label graff=x"),
        2,
        &["--label", "graff=x", "graf, forest"],
    );
    for flags in ["--output-format csv --digits 2", "--output-format json --label graf=x"] {
        refused(
            &folder,
            &format!("{SMALL} {flags}"),
            2,
            &["csv and json keep all digits and names"],
        );
    }
}

#[test]
fn latex_takes_no_name_for_a_command() {
    let folder = Folder::new();
    let header = "net,acc,x,same,back,a_b%&#$";
    folder.put("t.csv", table(some_networks()).replacen("net,acc,x,same,back,gap", header, 1));
    let command = "compare t.csv --train-target acc --test-target back --use column:a_b%&#$ \
                   --missing median --repeats 1 --predictor forest --trees 2 --output-format latex";
    let latex = folder.output(command);
    assert!(latex.contains("column:a\\_b\\%\\&\\#\\$ \\\\"), "{latex}");
    assert!(latex.contains("acc -\\textgreater{} back & 32"), "{latex}");
}

#[test]
fn all_learn_from_the_same_networks() {
    let folder = folder();
    let command = "compare t.csv --target acc --train-size 10,40 --repeats 4 --trees 5";
    let both = "--use column:x --use column:same --runs both.csv";
    folder.output(&format!("{command} --predictor forest {both}"));
    let both = runs(&folder.get("both.csv"), "kendall_tau");
    for size in [10, 40] {
        let values = &both[&("column:x".to_owned(), size)];
        assert_eq!(values, &both[&("column:same".to_owned(), size)]);
        assert!(values.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_ne()), "{values:?}");
    }
    // Alone, in other company, with another predictor beside it: a run is the same.
    folder.output(&format!("{command} --use column:x --predictor extra-trees,forest --runs a.csv"));
    let alone = folder.get("a.csv");
    let values = |text: &str| {
        let (_, rows) = csv(text);
        let of_forest = rows.into_iter().filter(|row| row[1] == "column:x" && row[2] == "forest");
        of_forest.collect::<Vec<_>>()
    };
    assert_eq!(values(&alone).len(), 8);
    assert_eq!(values(&alone), values(&folder.get("both.csv")));
    // The second repeat is the first one of the next seed.
    let (_, next) = csv(&folder.output(
        &format!(
            "{command} --predictor forest --use column:x --seed 1 --repeats 1 --metric kendall_tau \
             --output-format csv"
        )
        .replace("--repeats 4 ", ""),
    ));
    for (row, size) in next.iter().zip([10, 40]) {
        assert!(close(row[7].parse().unwrap(), both[&("column:x".to_owned(), size)][1]));
    }
}

#[test]
fn threads_do_not_matter() {
    let folder = folder();
    for format in ["table", "json", "csv", "markdown", "latex"] {
        let [one, four] = [1, 4].map(|threads| {
            let runs = format!("{format}{threads}.csv");
            let flags = format!("--threads {threads} --output-format {format} --runs {runs}");
            (folder.output(&format!("{SMALL} --missing median {flags}")), folder.get(&runs))
        });
        assert_eq!(one, four, "{format}");
    }
}

#[test]
fn the_bundled_benchmark() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join(BUNDLED);
    let folder = Folder::new();
    let command = format!(
        "compare {} --target cs_valid_perf --use graf --use one-hot --train-size 100 --repeats 2 \
         --predictor forest --trees 10 --test-size 500 --output-format json",
        bundled.display()
    );
    let run = folder.run(&command).expect_success(&command);
    let sets = "graf: 26206 networks; sets of features (columns): graf (279), one-hot (51)\n";
    assert_eq!(run.err, sets);
    let found: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    assert_eq!(found.len(), 2);
    for entry in &found {
        assert!(entry["metrics"]["kendall_tau"]["mean"].as_f64().unwrap() > 0.2, "{entry}");
    }
    assert_eq!(folder.run(&format!("{command} -q")).expect_success("-q").err, "");
}

/// How many runs were taken from the file.
fn made_before(run: &Run) -> Option<String> {
    let line = run.err.lines().find(|line| line.ends_with(" made before"))?;
    Some(line.trim_start_matches("graf: ").trim_end_matches(" made before").to_owned())
}

#[test]
fn an_interrupted_experiment_goes_on() {
    let folder = folder();
    let command = format!("{SMALL} --output-format json --runs");
    let whole = folder.run(&format!("{command} whole.csv")).expect_success("whole");
    assert_eq!(made_before(&whole), None);
    let text = folder.get("whole.csv");
    assert_eq!(lines(&text).len(), 12);
    let ends: Vec<usize> = text.match_indices('\n').map(|(place, _)| place + 1).collect();
    let cuts = [(0, 0), (30, 0), (ends[0], 0), (ends[0] + 9, 0), (ends[3], 3), (ends[7] - 1, 6)];
    for (cut, done) in cuts.into_iter().chain([(ends[11] + 40, 11), (text.len(), 12)]) {
        folder.put("cut.csv", &text[..cut]);
        let run = folder.run(&format!("{command} cut.csv")).expect_success("cut");
        assert_eq!(run.out, whole.out, "cut at {cut}");
        let noted =
            (done > 0).then(|| format!("{done} run{} of 12", if done == 1 { "" } else { "s" }));
        assert_eq!(made_before(&run), noted, "cut at {cut}");
        assert_eq!(folder.get("cut.csv"), text, "cut at {cut}");
    }
    // In another order, with some missing.
    let (header, rows) = text.split_once('\n').unwrap();
    let mut some: Vec<_> = rows.lines().step_by(2).collect();
    some.reverse();
    folder.put("some.csv", format!("{header}\n{}\n", some.join("\n")));
    let run = folder.run(&format!("{command} some.csv")).expect_success("some");
    assert_eq!(made_before(&run).unwrap(), "6 runs of 12");
    assert_eq!(run.out, whole.out);
    assert_eq!(lines(&folder.get("some.csv")), lines(&text));
    // What stands there is believed, and not made again.
    let [first, rest] = [rows.lines().next().unwrap(), &rows[rows.find('\n').unwrap()..]];
    let (before, _) = first.rsplit_once(',').unwrap();
    folder.put("told.csv", format!("{header}\n{before},1000{rest}"));
    let told = folder.output(&format!("{command} told.csv -q"));
    assert_ne!(told, whole.out);
    // More repeats, and other sets, add to what is there.
    let more =
        command.replace("--repeats 3", "--repeats 4").replace("--use one-hot", "--use adjacency");
    let run = folder.run(&format!("{more} whole.csv")).expect_success("more");
    assert_eq!(made_before(&run).unwrap(), "6 runs of 16");
    assert_eq!(lines(&folder.get("whole.csv")).len(), 12 + 10);
}

#[test]
fn runs_of_other_experiments_are_not_taken() {
    let folder = folder();
    let command = "compare t.csv --target acc --use wl --use gap --train-size 10 --repeats 2 \
                   --predictor forest --trees 5 --missing median --runs r.csv"
        .replace("gap", "column:gap");
    folder.output(&command);
    let mut rows = 4;
    assert_eq!(lines(&folder.get("r.csv")).len(), rows);
    let mut other = |command: &str| {
        let run = folder.run(command).expect_success(command);
        assert_eq!(made_before(&run), None, "{command}");
        rows += 4;
        assert_eq!(lines(&folder.get("r.csv")).len(), rows, "{command}");
    };
    for flags in ["--seed 1", "--max-depth 3", "--allow-duplicates", "--test-size 50", "--stratify"]
    {
        other(&format!("{command} {flags}"));
    }
    other(&command.replace("--trees 5", "--trees 6"));
    other(&command.replace("--train-size 10", "--train-size 11"));
    other(&command.replace("--target acc", "--target x"));
    other(&command.replace("--target acc", "--train-target acc --test-target x"));
    other(&command.replace("--predictor forest", "--predictor extra-trees"));
    // A network, a target and a predictor that have changed.
    let text = table(some_networks());
    let (first, second) = (tuple(&some_networks()[1]), "\"(3, 3, 3, 3, 3, 3)\"");
    assert!(!text.contains(second));
    folder.put("t.csv", text.replacen(&format!("\"{first}\""), second, 1));
    other(&command);
    folder.put("t.csv", text.replacen(",0,", ",1,", 1));
    other(&command);
    folder.put("t.csv", &text);
    let run = folder.run(&command).expect_success("as at first");
    assert_eq!(made_before(&run).unwrap(), "4 runs of 4");
}

#[test]
fn what_is_no_file_of_runs_stays_as_it_is() {
    let folder = folder();
    folder.output(&format!("{SMALL} --runs whole.csv"));
    let whole = folder.get("whole.csv");
    folder.put("table.csv", table(some_networks().into_iter().take(3)));
    folder.put("word", "hello");
    folder.put("bytes", b"\xff\x00\n\xfe\n");
    folder.put("number.csv", whole.replacen(",10,", ",ten,", 1));
    let (header, rows) = whole.split_once('\n').unwrap();
    folder.put("short.csv", format!("{header}\na,b\n{rows}"));
    let before: Vec<_> =
        folder.listing().into_iter().map(|name| (folder.bytes(&name), name)).collect();
    for (name, part) in [
        ("table.csv", "it is no file of runs with these metrics; choose another one with --runs"),
        ("word", "is no file of runs; choose another one with --runs"),
        ("bytes", ""),
        ("number.csv", "line 2 is no run; remove it"),
        ("short.csv", ""),
        (".", ""),
        ("no/folder.csv", ""),
    ] {
        refused(&folder, &format!("{SMALL} --runs {name} -q"), 1, &[name, part]);
    }
    // Other metrics are other columns.
    refused(
        &folder,
        &format!("{SMALL} --metric mae --runs whole.csv -q"),
        1,
        &["whole.csv", "mae"],
    );
    // What is read is not written to, and what cannot be made writes nothing.
    refused(&folder, &format!("{SMALL} --runs t.csv"), 2, &["--runs would overwrite t.csv"]);
    let size = SMALL.replace("10,40", "500");
    refused(&folder, &format!("{size} --runs new.csv -q"), 2, &["--train-size 500"]);
    let after: Vec<_> =
        folder.listing().into_iter().map(|name| (folder.bytes(&name), name)).collect();
    assert_eq!(before, after);
}

/// The networks of `t.csv` in two halves, and the split file that says so.
fn halves(folder: &Folder) -> [Vec<[u32; 6]>; 2] {
    // The second half has an operation that the first one lacks.
    let (test, train): (Vec<_>, Vec<_>) =
        some_networks().into_iter().partition(|ids| ids.contains(&3));
    let side = |side: &[[u32; 6]]| side.iter().map(|ids| tuple(ids)).collect::<Vec<_>>();
    let split = json!({"train": side(&train), "test": side(&test), "note": "a key of its own"});
    folder.put("split.json", split.to_string());
    folder.put("split.json.gz", crate::cli::gzip(split.to_string().as_bytes()));
    folder.put("train.csv", table(train.clone()));
    folder.put("test.csv", table(test.clone()));
    [train, test]
}

/// A comparison on a given split is what `graf fit` on the one half and `graf eval` on the other
/// say: nothing is learned from the test set.
#[test]
fn a_given_split_is_fit_and_eval() {
    let folder = folder();
    let [train, test] = halves(&folder);
    // The medians of the halves differ.
    let gaps = |name: &str, shift: u32| {
        let contents = folder.get(name);
        let (header, rows) = contents.split_once('\n').unwrap();
        let shifted = rows.lines().enumerate().map(|(row, line)| {
            let (before, gap) = line.rsplit_once(',').unwrap();
            let gap = gap.parse().map_or(String::new(), |gap: u32| (gap + shift).to_string());
            format!("{before},{}", if row % 4 == 0 { String::new() } else { gap })
        });
        (header.to_owned(), shifted.collect::<Vec<_>>().join("\n"))
    };
    let ((header, train_rows), (_, test_rows)) = (gaps("train.csv", 0), gaps("test.csv", 50));
    folder.put("train.csv", format!("{header}\n{train_rows}\n"));
    folder.put("test.csv", format!("{header}\n{test_rows}\n"));
    folder.put("t.csv", format!("{header}\n{test_rows}\n{train_rows}\n"));
    for set in ["graf", "wl", "column:gap", "graf,wl,column:gap"] {
        let flags =
            format!("--target acc --use {set} --missing median --predictor forest --trees 10");
        folder.output(&format!("fit train.csv {flags} --seed 5 -o m.graf"));
        let measured: Value = serde_json::from_str(
            &folder.output("eval m.graf test.csv --include-training --output-format json"),
        )
        .unwrap();
        let metrics = "--metric kendall_tau,spearman,r2,mae";
        let compare = format!("compare t.csv {flags} --seed 5 --repeats 1 {metrics}");
        for split in ["split.json", "split.json.gz"] {
            let found = json(&folder, &format!("{compare} --split {split} --runs {set}.csv"));
            assert_eq!(found.len(), 1);
            assert_eq!(found[0]["train_size"], train.len());
            for metric in ["kendall_tau", "spearman", "r2", "mae"] {
                let score = &found[0]["metrics"][metric];
                let [one, other] = [&score["mean"], &measured[metric]].map(|v| v.as_f64().unwrap());
                assert!(close(one, other), "{set} {metric}: {one} and {other}");
                assert!(score["std"].is_null());
            }
        }
        let rows = column(&folder.get(&format!("{set}.csv")), "test_rows");
        assert_eq!(rows, [test.len().to_string()]);
    }
}

#[test]
fn splits_that_cannot_be_used() {
    let folder = folder();
    let [train, test] = halves(&folder);
    let command = "compare t.csv --target acc --repeats 2 --predictor forest --trees 5 -q --split";
    let (a, b, c) = (tuple(&train[0]), tuple(&train[1]), tuple(&test[0]));
    let split = |train: Value, test: Value| json!({"train": train, "test": test}).to_string();
    for (name, text, part) in [
        ("sides", split(json!([a, b]), json!([c, a])), format!("test: {a}: already in train")),
        ("twice", split(json!([a, a, b]), json!([c])), format!("train: {a}: already in train")),
        (
            "unknown",
            split(json!([a, "(3, 3, 3, 3, 3, 3)"]), json!([c])),
            "train: (3, 3, 3, 3, 3, 3): not in the table".to_owned(),
        ),
        ("none", split(json!([a, "(3, 3)"]), json!([c])), "train: (3, 3): ".to_owned()),
        ("number", split(json!([a, 7]), json!([c])), "train: 7: ".to_owned()),
        (
            "small",
            split(json!([a, b]), json!([c])),
            "2 networks to train on and 1 to test".to_owned(),
        ),
        ("keys", json!({"train": [a, b]}).to_string(), "a split is {\"train\": […]".to_owned()),
        ("long", json!({"train": "x\n".repeat(9_000)}).to_string(), "long".to_owned()),
        ("open", "{\"train\": [".to_owned(), "open".to_owned()),
        ("empty", String::new(), "empty".to_owned()),
        ("deep", "[".repeat(9_000), "deep".to_owned()),
    ] {
        folder.put(name, text);
        refused(&folder, &format!("{command} {name}"), 1, &[part.as_str()]);
    }
    refused(&folder, &format!("{command} absent.json"), 1, &["absent.json"]);
    // Without networks nothing can be found.
    let whole = table(some_networks());
    let bare = whole.lines().skip(1).map(|line| line.rsplit_once("\",").unwrap().1);
    folder
        .put("bare.csv", format!("acc,x,same,back,gap\n{}\n", bare.collect::<Vec<_>>().join("\n")));
    let bare =
        "compare bare.csv --target acc --use column:x --repeats 2 --predictor forest --trees 5";
    refused(&folder, &format!("{bare} -q --split split.json"), 1, &["no networks"]);
    let run = folder.run(bare).expect_success(bare);
    assert!(run.err.contains("no networks in the table: isomorphic ones are not recognised"));
}

#[test]
fn folds_predict_each_network_once() {
    let folder = folder();
    let command = "compare t.csv --target acc --folds 4 --repeats 2 --predictor forest --trees 5 \
                   --allow-duplicates";
    let found = json(&folder, &format!("{command} --use graf --use one-hot --runs r.csv"));
    assert_eq!(found.len(), 2);
    // 295 rows: three folds of 74 and one of 73.
    assert_eq!((&found[0]["repeats"], &found[0]["train_size"]), (&json!(8), &json!(221)));
    let text = folder.get("r.csv");
    assert_eq!(lines(&text).len(), 2 * 2 * 4);
    let mut tested = BTreeMap::<_, usize>::new();
    let rows = column(&text, "test_rows").into_iter().map(|rows| rows.parse::<usize>().unwrap());
    for ((set, repeat), rows) in
        column(&text, "features").into_iter().zip(column(&text, "repeat")).zip(rows)
    {
        *tested.entry((set, repeat)).or_default() += rows;
    }
    assert_eq!(tested.into_values().collect::<Vec<_>>(), [295; 4]);
    // Eight runs are enough to tell two sets apart; one alone has no marks.
    let legend = "mean ± standard deviation of 8 runs\n";
    let two = folder.output(&format!("{command} --use graf --use one-hot"));
    assert!(two.ends_with(&format!("\n* best; ~ not significantly worse; {legend}")), "{two}");
    let one = folder.output(command);
    assert!(one.ends_with(&format!("\n{legend}")) && !one.contains('*'), "{one}");
    // So many sets stand beside the best that eight are too few for any difference.
    let sets = "--use graf --use one-hot --use adjacency --use op_count --use node_degree --use path \
                --use flops --use params";
    let many = folder.output(&format!("{command} {sets}"));
    assert!(many.contains("from 9 on it can") && !many.contains(['~', '*']), "{many}");
}

#[test]
fn strata_are_drawn_from_each_quantile() {
    let folder = folder();
    let command = "compare t.csv --target acc --use one-hot --train-size 12,30 --repeats 20 \
                   --predictor forest --trees 5";
    let plain = json(&folder, command);
    let strata = json(&folder, &format!("{command} --stratify --runs r.csv"));
    assert_ne!(plain, strata);
    let text = folder.get("r.csv");
    let sizes = column(&text, "train_rows");
    assert!(sizes.iter().take(2).eq(["12", "30"]), "{sizes:?}");
}

#[test]
fn one_target_may_be_learned_and_another_ranked() {
    let folder = folder();
    let command =
        "compare t.csv --use one-hot --train-size 40 --repeats 3 --predictor forest --trees 5";
    let own = json(&folder, &format!("{command} --target acc --target back"));
    assert_eq!(
        own.iter().map(|e| e["target"].as_str().unwrap()).collect::<Vec<_>>(),
        ["acc", "back"]
    );
    let cross = json(&folder, &format!("{command} --train-target acc --test-target acc,back"));
    assert_eq!(cross.len(), 2);
    assert_eq!(cross[0], own[0]);
    assert_eq!((&cross[1]["train_target"], &cross[1]["target"]), (&json!("acc"), &json!("back")));
    // What is learned ranks the other end the other way round.
    let tau = |entry: &Value| entry["metrics"]["kendall_tau"]["mean"].as_f64().unwrap();
    assert!(close(tau(&cross[1]), -tau(&own[0])) && tau(&own[0]) > 0.3);
    let shown = folder.output(&format!("{command} --train-target acc --test-target back"));
    assert!(shown.contains("acc -> back"), "{shown}");
}

/// Cells of NAS-Bench-101 with three operations side by side, in every order: 27 rows, 10 networks.
fn orders() -> String {
    let mut text = "net,acc\n".to_owned();
    for row in 0..27_u32 {
        let ops = [row / 9, row / 3 % 3, row % 3].map(|op| op + 2);
        let mut ids = vec![0, 1, 1, 1, 0];
        ids.extend([0, 0, 0, 0, 1].repeat(3));
        ids.extend([0; 5]);
        ids.extend([0, ops[0], ops[1], ops[2], 1]);
        let acc: u32 = ops.iter().map(|op| op * op).sum();
        writeln!(text, "\"{}\",{acc}", tuple(&ids)).unwrap();
    }
    text
}

#[test]
fn fit_tells_of_isomorphic_networks() {
    let folder = Folder::with("t.csv", orders());
    let fit = "fit t.csv --space nasbench101 --target acc --predictor forest --trees 5 -o m.graf";
    let run = folder.run(fit).expect_success("fit");
    // 27 rows of 10 networks.
    assert!(
        run.err.contains("  17 networks isomorphic to others of the table: what"),
        "{}",
        run.err
    );
    let run = folder.run(&format!("{fit} --bootstrap false")).expect_success("no bag");
    assert!(run.err.contains("  17 networks isomorphic to others of the table\n"), "{}", run.err);
}

#[test]
fn isomorphic_networks_stand_on_one_side() {
    let folder = Folder::with("t.csv", orders());
    let command =
        "compare t.csv --space nasbench101 --target acc --repeats 10 --predictor forest --trees 5";
    let run = folder.run(&format!("{command} --train-size 4 --runs r.csv")).expect_success("4");
    let note = "  10 of them are different networks; isomorphic ones stay on one side of a split \
                (--allow-duplicates separates them)\n";
    assert!(run.err.contains(note), "{}", run.err);
    // A class has 1, 3 or 6 rows: none of those of the four that are trained on is tested.
    let text = folder.get("r.csv");
    assert!(column(&text, "train_rows").iter().all(|rows| rows == "4"));
    let tested: Vec<usize> =
        column(&text, "test_rows").iter().map(|rows| rows.parse().unwrap()).collect();
    assert!(tested.iter().all(|rows| (12..=21).contains(rows)), "{tested:?}");
    let allowed = format!("{command} --allow-duplicates --runs all.csv --train-size");
    let run = folder.run(&format!("{allowed} 4")).expect_success("all");
    assert!(!run.err.contains("isomorphi"), "{}", run.err);
    assert!(column(&folder.get("all.csv"), "test_rows").iter().all(|rows| rows == "23"));
    refused(
        &folder,
        &format!("{command} --train-size 9 -q"),
        2,
        &["10 different networks in 27 rows"],
    );
    folder.output(&format!("{command} --train-size 8"));
    folder.output(&format!("{allowed} 25"));
    refused(
        &folder,
        &format!("{command} --folds 6 -q"),
        2,
        &["--folds 6", "10 different networks"],
    );
    folder.output(&format!("{command} --folds 5"));
    // A split is used as given.
    let nets = column(&orders(), "net");
    folder.put("s.json", json!({"train": nets[..9], "test": nets[9..]}).to_string());
    let run = folder.run(&format!("{command} --split s.json")).expect_success("split");
    let note = "the split is used as given: 10 of 18 networks of the test set are isomorphic to one \
                of the training set\n";
    assert!(run.err.contains(note), "{}", run.err);
}

#[test]
fn what_is_measured_is_chosen() {
    let folder = folder();
    let six = SMALL.replace("--repeats 3", "--repeats 6");
    let found = json(&folder, &format!("{six} --metric regret@10,mae"));
    let metrics = found[0]["metrics"].as_object().unwrap();
    assert_eq!(metrics.keys().collect::<Vec<_>>(), ["mae", "regret@10"]);
    // The least error is the best.
    let mean = |entry: &Value| entry["metrics"]["mae"]["mean"].as_f64().unwrap();
    let best = usize::from(mean(&found[1]) < mean(&found[0]));
    assert_eq!(found[best]["metrics"]["mae"]["standing"], "best");
    refused_by_clap(&folder, &format!("{SMALL} --metric regret@0"), "--metric");
    refused_by_clap(&folder, &format!("{SMALL} --metric rank"), "--metric");
}

#[test]
fn sizes_that_cannot_be() {
    let folder = folder();
    let command = "compare t.csv --target acc --repeats 2 --predictor forest --trees 5 -q";
    refused(&folder, &format!("{command} --train-size 0"), 2, &["train size of 0", "--prior"]);
    for size in ["1", "294", "5000", "10,1", "18446744073709551615"] {
        refused(
            &folder,
            &format!("{command} --train-size {size}"),
            2,
            &["--train-size", "295 rows"],
        );
    }
    for folds in ["0", "1", "148", "9223372036854775808"] {
        let parts = [&format!("--folds {folds}"), "295 rows"];
        refused(&folder, &format!("{command} --folds {folds}"), 2, &parts);
    }
    for size in ["0", "1"] {
        let part = format!("--test-size {size}: a test set needs 2 networks");
        refused(&folder, &format!("{command} --test-size {size}"), 2, &[&part]);
    }
    folder.output(&format!("{command} --test-size 5000"));
    for repeats in ["0", "2.5", "many", "18446744073709551615"] {
        refused_by_clap(
            &folder,
            &format!("compare t.csv --target acc --repeats {repeats}"),
            "repeats",
        );
    }
    refused_by_clap(&folder, &format!("{command} --train-size many"), "--train-size");
    // The last seed is followed by the first.
    folder.output(&format!("{command} --seed 18446744073709551615"));
}

#[test]
fn options_that_contradict_each_other() {
    let folder = folder();
    halves(&folder);
    let command = "compare t.csv --target acc --predictor forest --trees 5";
    for flags in [
        "--folds 3 --train-size 10",
        "--folds 3 --stratify",
        "--folds 3 --split split.json",
        "--split split.json --train-size 10",
        "--split split.json --stratify",
        "--split split.json --test-size 10",
        "--train-target acc --test-target x",
        "--test-target x",
    ] {
        refused_by_clap(&folder, &format!("{command} {flags}"), "");
    }
    refused_by_clap(&folder, "compare t.csv", "--target");
    refused_by_clap(&folder, "compare t.csv --train-target acc", "--test-target");
    refused_by_clap(&folder, "compare --target acc", "<INPUTS>");
    for (flags, part) in [
        ("--train-size 10,10", "--train-size names 10 twice; name it once"),
        ("--use graf --use one-hot --use graf", "--use names graf twice; name it once"),
        ("--predictor forest", "--predictor names forest twice; name it once"),
        ("--metric r2,mae,r2", "--metric names r2 twice; name it once"),
        ("--target acc", "acc"),
        ("--target accuracy", "accuracy"),
        ("--use column:none", "none"),
        ("--min-samples-split 1", "--min-samples-split 1: must be at least 2"),
        ("--rounds 5", "--rounds: no parameter of --predictor forest; leave it out"),
        ("--join - --split -", "standard input (-) is read once"),
    ] {
        refused(&folder, &format!("{command} {flags} -q"), 2, &[part]);
    }
    // Values that are missing stop the run, as in graf fit.
    refused(&folder, &format!("{command} --use column:gap -q"), 1, &["gap"]);
    let run = folder.run(&format!("{command} --use column:gap --missing drop --repeats 1"));
    let run = run.expect_success("drop");
    assert!(run.err.contains("98 rows left out for missing values"), "{}", run.err);
}

#[test]
fn standard_input_is_as_good_as_a_file() {
    let folder = folder();
    let wanted = folder.output(SMALL);
    let arguments = SMALL.replace("t.csv", "-");
    let arguments: Vec<_> = arguments.split(' ').collect();
    let run = folder.run_with(&arguments, table(some_networks())).expect_success("-");
    assert_eq!(run.out, wanted);
}

#[test]
fn families_of_graf_plus_are_compared_with_it() {
    let folder = folder();
    let command = "compare t.csv --target acc --predictor ridge --repeats 2 --train-size 32 -q";
    let found =
        json(&folder, &format!("{command} --use graf+ --use path-stats --use graf+,signal"));
    let labels: Vec<_> = found.iter().map(|one| one["features"].as_str().unwrap()).collect();
    assert_eq!(labels, ["graf+", "path-stats", "graf+,signal"]);
    // What graf+ has already comes once.
    let means: Vec<_> = found.iter().map(|one| &one["metrics"]["kendall_tau"]["mean"]).collect();
    assert_eq!(means[0], means[2]);
    assert_ne!(means[0], means[1]);
}

#[test]
fn default_train_sizes_fit_a_small_table() {
    let folder = folder();
    let text = folder.get("t.csv");
    folder.put("small.csv", text.lines().take(101).collect::<Vec<_>>().join("\n") + "\n");
    let command =
        "compare small.csv --target acc --predictor ridge --repeats 2 -q --allow-duplicates";
    let sizes: Vec<_> =
        json(&folder, command).iter().map(|one| one["train_size"].clone()).collect();
    assert_eq!(sizes, [json!(32), json!(64)]);
}

#[test]
fn processes_share_a_file_of_runs() {
    let folder = folder();
    let command = format!("{SMALL} --repeats 20 --threads 1 --output-format json -q")
        .replace("--repeats 3 ", "")
        .replace("--trees 5", "--trees 20");
    let alone = folder.output(&format!("{command} --runs alone.csv"));
    let one = folder.get("alone.csv");
    assert_eq!(lines(&one).len(), 80);
    let command = format!("{command} --runs shared.csv");
    let start = || {
        Process::new(env!("CARGO_BIN_EXE_graf"))
            .current_dir(folder.path())
            .args(command.split_whitespace())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut all: Vec<_> = (0..4).map(|_| start()).collect();
    // Two of them die as soon as something is written.
    let until = Instant::now() + Duration::from_mins(1);
    let has_runs =
        || folder.at("shared.csv").exists() && lines(&folder.get("shared.csv")).len() > 5;
    while !has_runs() && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
    for mut killed in all.drain(..2) {
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    for survivor in all {
        let output = survivor.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), alone);
    }
    assert_eq!(lines(&folder.get("shared.csv")), lines(&one));
    assert_eq!(folder.output(&command), alone);
    assert!(!folder.at("shared.csv.lock").exists());
}
