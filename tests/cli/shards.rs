//! Samples and listings that are shared out, and lists that are merged.

use crate::cli::{Folder, column, refused, refused_by_clap};

const SPACE: &str = "--space nasbench201";

/// A model of networks with a made-up figure.
fn folder() -> Folder {
    let folder = Folder::new();
    let nets = folder.output(&format!("sample {SPACE} -n 200 --seed 9 --unique -q"));
    let row = |net: &String| {
        let count = |digit: char| net.chars().filter(|&found| found == digit).count();
        format!("\"{net}\",{}\n", 10 * count('2') + 6 * count('3') + count('0'))
    };
    let rows: String = column(&nets, "net").iter().map(row).collect();
    folder.put("train.csv", format!("net,acc\n{rows}"));
    folder.output(&format!("fit train.csv {SPACE} --target acc --predictor ridge -o m.graf -q"));
    folder
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort_unstable();
    all
}

#[test]
fn shards_are_the_whole_whatever_their_number() {
    let folder = Folder::new();
    for command in [format!("sample {SPACE} -n 4000 --seed 5 -q"), format!("enumerate {SPACE} -q")]
    {
        let whole = column(&folder.output(&command), "net");
        for of in [1, 3, 8] {
            let parts = (1..=of).map(|part| {
                column(&folder.output(&format!("{command} --shard {part}/{of}")), "net")
            });
            assert_eq!(sorted(parts.flatten().collect()), sorted(whole.clone()), "{command} {of}");
        }
    }
}

#[test]
fn the_best_of_a_sample_are_those_of_its_table_each_network_once() {
    let folder = folder();
    let drawn = folder.output("predict m.graf --sample 5000 --seed 2 -n 20 -q");
    folder.output(&format!("sample {SPACE} -n 5000 --seed 2 -o s.csv -q"));
    folder.output("predict m.graf s.csv -o p.csv -q");
    let merged = folder.output("merge p.csv -n 20 -q");
    assert_eq!(drawn, merged);
    folder.put("drawn.csv", &drawn);
    let hashes = folder.output(&format!("convert drawn.csv {SPACE} --to tuple --add-hash -q"));
    let mut hashes = column(&hashes, "hash");
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 20);
    assert_eq!(column(&drawn, "rank")[0], "1");
}

#[test]
fn merged_parts_are_the_whole_whatever_their_number() {
    let folder = folder();
    let command = "predict m.graf --sample 6000 --seed 4 -n 25 -q";
    let whole = folder.output(command);
    for of in [2, 5] {
        let parts: Vec<String> = (1..=of).map(|part| format!("part{part}.csv")).collect();
        for (part, name) in (1..).zip(&parts) {
            folder.output(&format!("{command} --shard {part}/{of} -o {name}"));
        }
        assert_eq!(folder.output(&format!("merge {} -n 25 -q", parts.join(" "))), whole);
    }
    assert_eq!(folder.output(&format!("{command} --threads 1")), whole);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = folder();
    for (arguments, told) in [
        ("predict m.graf --sample 10", "--top"),
        ("predict m.graf train.csv --sample 10 -n 3", "--sample"),
        ("predict m.graf train.csv --seed 3", "--sample"),
        ("predict m.graf --sample 10 -n 3 --interval 80", "--interval"),
        ("predict m.graf", "INPUT"),
        ("sample --space nasbench201 -n 10 --shard 3/2", "i/n"),
        ("merge -n 3", "INPUTS"),
    ] {
        refused_by_clap(&folder, arguments, told);
    }
    let unique = "sample --space nasbench201 -n 10 --shard 1/2 --unique";
    refused(&folder, unique, 2, &["leave out --unique or --shard"]);
    let other = "predict m.graf --sample 10 -n 3 --space nasbench101";
    refused(&folder, other, 2, &["nasbench101"]);
    refused(&folder, "merge train.csv -n 3 --space nasbench201", 2, &[".prediction"]);
}
