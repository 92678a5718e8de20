//! `graf enumerate`, `graf sample`, and repeated networks left out.

use std::collections::BTreeSet;

use crate::cli::{Folder, column};

const TABLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/data/nas-bench-graph/nas-bench-graph.csv.gz");

#[test]
fn the_spaces_are_listed() {
    let folder = Folder::new();
    for (arguments, count, note) in [
        ("nasbench201", 15_625, ""),
        ("nasbench201 --unique", 8_765, "; 6860 repeated networks left out"),
        ("transbench101-micro --unique", 1_948, "; 2148 repeated networks left out"),
        ("transbench101-macro --unique", 3_256, ""),
        ("nasbench-graph --unique", 26_206, ""),
        ("nasbench101 --unique", 423_624, "; 869584 repeated networks left out"),
    ] {
        let run = folder.run(&format!("enumerate --space {arguments}")).expect_success(arguments);
        let nets = column(&run.out, "net");
        assert_eq!(nets.len(), count, "{arguments}");
        assert_eq!(nets.iter().collect::<BTreeSet<_>>().len(), count, "{arguments}");
        let space = arguments.split(' ').next().unwrap();
        assert_eq!(run.err, format!("graf: {count} networks of {space}, 1 encoding each{note}\n"));
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let folder = Folder::new();
    for command in [
        "enumerate --space nasbench201 --unique",
        "enumerate --space nasbench-graph --to key",
        "sample --space nasbench101 -n 3000 --seed 4 --unique",
        "sample --space nasbench201 -n 3000 --unique --to string",
        "sample --space nasbench301 -n 3000 --seed 5",
    ] {
        let [one, four] =
            [1, 4].map(|threads| folder.run(&format!("{command} --threads {threads}")));
        assert_eq!(one.code, Some(0), "{command}: {}", one.err);
        assert_eq!(one, four, "{command}");
    }
}

#[test]
fn the_seed_decides() {
    let folder = Folder::new();
    let drawn = |seed: &str| folder.output(&format!("sample --space nasbench201 -n 50 {seed} -q"));
    assert_eq!(drawn(""), drawn("--seed 0"));
    assert_ne!(drawn("--seed 1"), drawn("--seed 2"));
    // Fewer networks of the same seed are the first of more.
    let few = folder.output("sample --space nasbench201 -n 20 --seed 1");
    assert!(drawn("--seed 1").starts_with(&few));
    assert_eq!(folder.output("sample --space nasbench201 -n 0"), "net\n");
}

#[test]
fn what_is_generated_is_read() {
    let folder = Folder::new();
    for space in ["nasbench101", "nasbench301", "transbench101-macro", "nasbench-graph"] {
        folder.output(&format!("sample --space {space} -n 200 -o drawn.csv"));
        let featurize = format!("featurize drawn.csv --space {space} --keep none --unique");
        let run = folder.run(&featurize).expect_success(space);
        assert!(run.err.contains(&format!("networks of {space}, ")), "{}", run.err);
    }
    folder.output("enumerate --space nasbench101 --to padded-tuple --unique -o cells.jsonl.gz");
    let run = folder.run("convert cells.jsonl.gz --to tuple --unique -o cells.csv");
    assert_eq!(run.err, "graf: 423624 networks of nasbench101, 1 encoding each\n");
}

#[test]
fn the_first_of_isomorphic_networks_stays() {
    let folder = Folder::new();
    let long: Vec<_> = (0..5_000).map(|row| format!("{row},0000:gat|gcn|gin|fc\n")).collect();
    let long = long.concat();
    // Rows of the same network in other chunks, other encodings, another order of nodes.
    let table = format!("id,net\n{long}a,0000:fc|gcn|gin|gat\nb,127\nc,0001:gat|gcn|gin|fc\n");
    folder.put("long.csv", &table);
    let run = folder.run("convert long.csv --to key --unique");
    assert_eq!(run.out, "id,net\n0,127\nc,10127\n");
    assert_eq!(
        run.err,
        "graf: 2 networks of nasbench-graph, 1 encoding each; 5001 repeated networks left out\n"
    );
    for threads in [1, 3] {
        let featurize = "featurize long.csv --unique --keep id --families op_count -q";
        let out = folder.output(&format!("{featurize} --threads {threads}"));
        assert_eq!(column(&out, "id"), ["0", "c"]);
    }
}

#[test]
fn broken_rows_are_not_repeated_ones() {
    let folder = Folder::with("nets.txt", "0000:gat|gcn|gin|fc\n0000:gat\n127\n0000:gat\n");
    let run = folder.run("convert nets.txt --to key --unique --on-error skip");
    assert_eq!(run.out, "net\n127\n");
    assert!(run.err.ends_with("; 1 repeated network left out; 2 broken rows skipped\n"));
}

#[test]
fn hashes_stand_behind_the_encoding() {
    let folder = Folder::new();
    let run = folder.run(&format!("convert {TABLE} --to key --add-hash --unique -o keys.csv"));
    assert_eq!(run.err, "graf: 26206 networks of nasbench-graph, 1 encoding each\n");
    let out = folder.get("keys.csv");
    assert!(out.starts_with("net,hash,arxiv_valid_perf,"));
    let hashes = column(&out, "hash");
    assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), 26_206);
    assert!(hashes.iter().all(|hash| hash.len() == 32));
}

#[test]
fn help_examples_work() {
    let folder = Folder::new();
    for (command, file, count) in
        [("enumerate", "networks.csv", 26_206), ("sample", "networks.csv", 100)]
    {
        let help = folder.output(&format!("{command} --help"));
        let example = help.lines().find(|line| line.contains("nasbench-graph")).unwrap();
        folder.output(example.trim().strip_prefix("graf ").unwrap());
        assert_eq!(column(&folder.get(file), "net").len(), count);
    }
}
