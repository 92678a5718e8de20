//! What people see: help, lists, small tables and every message. The snapshots are to be read.

use crate::cli::{Folder, transcript};
use insta::assert_snapshot;

/// Small tables of every kind, sound and broken.
fn tables() -> Folder {
    let folder = Folder::new();
    let nb201 = "net,acc\n\"(4, 0, 3, 1, 4, 3)\",91.5\n\"(2, 4, 0, 0, 3, 2)\",\n";
    folder.put("nets.csv", nb201);
    folder.put("nb101.txt", "(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)\n");
    folder.put("graph.csv", "link,ops,cora\n0122,gat|gcn|gin|skip,0.8\n0000,fc|fc|fc|arma,0.7\n");
    folder.put("same.csv", "net,acc\n\"(4, 0, 3, 1, 4, 2)\",91.5\n\"(0, 4, 3, 1, 2, 4)\",91\n");
    folder.put("hash.csv", "net,hash\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    folder.put("empty.csv", "");
    folder.put("no-encoding.csv", "id,acc\n1,91.5\n");
    folder.put("ambiguous.csv", "net\n\"(1, 0, 3, 1, 2, 3)\"\n");
    folder.put("mixed.csv", "net\n64-1234-basic\n0122:gat|gcn|gin|skip\n");
    folder.put("taken.csv", "net,op_count(none)\n\"(4, 0, 3, 1, 4, 3)\",1\n");
    folder.put("twice.csv", "net,acc,acc\n\"(4, 0, 3, 1, 4, 3)\",1,2\n");
    let broken = format!("{nb201}\"(4, 0, 3, 1, 4, 9)\",90\n");
    folder.put("id.csv", &broken);
    folder.put("id.csv.gz", crate::cli::gzip(broken.as_bytes()));
    folder.put("bracket.csv", format!("{nb201}\"(4, 0, 3, 1, 4\",90\n"));
    folder.put("fields.csv", format!("{nb201}(4, 0, 3, 1, 4, 3),90\n"));
    folder.put("quote.csv", format!("{nb201}\"(4, 0, 3, 1, 4, 3),90\n"));
    folder.put("op.txt", "0122:gat|gcn|gin|skip\n0122:gat|gcn|gin|mlp\n");
    folder.put("links.txt", "0122:gat|gcn|gin|skip\n\n0142:gat|gcn|gin|skip\n");
    folder.put(
        "pair.jsonl",
        "{\"module_adjacency\":[[0,1],[0,0]],\"module_operations\":[\"input\",\"output\"]}\n\
         {\"module_adjacency\":[[0,1],[1,0]],\"module_operations\":[\"input\",\"output\"]}\n",
    );
    folder.put("open.json", "[\n  {\"net\": \"(4, 0, 3, 1, 4, 3)\"},\n");
    folder.put("late.jsonl", "{\"net\": \"(4, 0, 3, 1, 4, 3)\"}\n{\"net\": \"(4, 0, 3\n");
    folder.put(
        "datasets.json",
        "{\"nasbench201\": {\"cifar10\": {\"(4, 0, 3, 1, 4, 3)\": {\"flops\": 1.5}}, \
         \"cifar100\": {\"(4, 0, 3, 1, 4, 3)\": {\"flops\": 1.5}}}}",
    );
    folder.put("key.toml", "familys = [\"op_count\"]\n");
    folder.put("names.json", "{\"names\": \"short\"}\n");
    folder
}

#[test]
fn help() {
    let folder = Folder::new();
    assert_snapshot!("help", folder.output("--help"));
    assert_snapshot!("help_featurize", folder.output("featurize --help"));
    assert_snapshot!("help_convert", folder.output("convert --help"));
    assert_snapshot!("help_enumerate", folder.output("enumerate --help"));
    assert_snapshot!("help_sample", folder.output("sample --help"));
    assert_snapshot!("help_fit", folder.output("fit --help"));
    assert_snapshot!("help_compare", folder.output("compare --help"));
    assert_snapshot!("help_spaces", folder.output("spaces --help"));
}

#[test]
fn spaces() {
    let folder = Folder::new();
    for format in ["table", "json", "csv", "markdown"] {
        let listed = folder.output(&format!("spaces --output-format {format}"));
        assert_snapshot!(format!("spaces_{format}"), listed);
    }
    assert_eq!(folder.output("spaces"), folder.output("spaces --output-format table"));
}

#[test]
fn featurize_small_tables() {
    let shown = transcript(
        &tables(),
        &[
            "featurize nets.csv --families op_count,node_degree --max-subset-size 1",
            "featurize nets.csv --families min_path_len --max-subset-size 1 --output-format tsv",
            "featurize graph.csv --families op_count --output-format jsonl --quiet",
            "featurize nets.csv --keep acc --families op_count --names zc-combine --quiet",
            "featurize id.csv --keep net --families op_count --on-error skip",
            "featurize nets.csv --keep net --families op_count --drop-unreachable",
            "featurize nets.csv --keep acc --families adjacency,one-hot,flops,params --quiet",
            "featurize nb101.txt --keep none --families one-hot,params --quiet",
        ],
    );
    assert_snapshot!("featurize", shown);
}

#[test]
fn convert_small_tables() {
    let shown = transcript(
        &tables(),
        &[
            "convert nets.csv --to string",
            "convert graph.csv --to key",
            "convert graph.csv --to token --output-format tsv --quiet",
            "convert nb101.txt --to module --output-format jsonl --quiet",
            "convert nb101.txt --to matrix --quiet",
            "convert same.csv --to tuple --add-hash",
            "convert same.csv --to string --unique",
        ],
    );
    assert_snapshot!("convert", shown);
}

#[test]
fn errors_of_the_command_line() {
    let shown = transcript(
        &tables(),
        &[
            "featurize",
            "convert nets.csv",
            "featurize nets.csv --threads 0",
            "featurize nets.csv --space nb2001",
            "featurize nets.csv --format xls",
            "featurize nets.csv --output-format json",
            "featurize nets.csv --on-error ignore",
            "featurize nets.csv --rejects rejects.csv",
            "spaces --output-format yaml",
            "enumerate",
            "sample --space nasbench201",
            "sample --space nasbench201 -n some",
            "featurize nets.csv --outptu features.csv",
            "featurize nets.csv --epochs 3",
            "featurise nets.csv",
        ],
    );
    assert_snapshot!("errors_command_line", shown);
}

#[test]
fn errors_of_choice() {
    let shown = transcript(
        &tables(),
        &[
            "featurize nets.csv --encoding-column arch",
            "featurize nets.csv --keep net,accuracy",
            "featurize nets.csv --families degrees",
            "featurize nets.csv --families stages",
            "featurize graph.csv --families flops",
            "featurize nets.csv --families op_count,op_count",
            "featurize nets.csv --max-subset-size 0",
            "featurize nets.csv --max-subset-size two",
            "featurize nets.csv --max-subset-size degrees=1",
            "featurize nets.csv --config long",
            "featurize nets.csv --config absent.toml",
            "featurize nets.csv --config key.toml",
            "featurize nets.csv --config names.json",
            "featurize graph.csv --names zc-combine",
            "featurize nb101.txt --drop-unreachable",
            "featurize taken.csv",
            "featurize datasets.json",
            "featurize datasets.json --dataset svhn",
            "featurize nets.csv --dataset cifar10",
            "convert nets.csv --to token",
            "convert hash.csv --to tuple --add-hash",
            "enumerate --space nasbench301",
            "enumerate --space nasbench201 --to token",
            "sample --space transbench101-micro -n 2000 --unique -o nets.csv",
        ],
    );
    assert_snapshot!("errors_choice", shown);
}

#[test]
fn errors_of_the_output() {
    let shown = transcript(
        &tables(),
        &[
            "featurize nets.csv -o features.json",
            "featurize nets.csv -o features",
            "featurize nets.csv -o features.npy.gz",
            "featurize nets.csv --keep acc,net -o features.npy",
        ],
    );
    assert_snapshot!("errors_output", shown);
}

#[test]
fn errors_of_the_input() {
    let shown = transcript(
        &tables(),
        &[
            "featurize absent.csv",
            "featurize empty.csv",
            "featurize no-encoding.csv",
            "featurize ambiguous.csv",
            "featurize mixed.csv",
            "featurize twice.csv",
            "featurize open.json -o features.csv",
        ],
    );
    assert_snapshot!("errors_input", shown);
}

#[test]
fn errors_of_rows() {
    let names = ["id.csv", "id.csv.gz", "bracket.csv", "fields.csv", "quote.csv", "op.txt"];
    let commands = names.iter().chain(&["links.txt", "pair.jsonl", "late.jsonl"]);
    let commands: Vec<_> =
        commands.map(|table| format!("featurize {table} -o features.csv")).collect();
    let commands: Vec<_> = commands.iter().map(String::as_str).collect();
    assert_snapshot!("errors_rows", transcript(&tables(), &commands));
}

#[test]
fn examples_read_every_network_of_the_bundled_data() {
    let folder = Folder::new();
    let bundled = folder.at("data/nas-bench-graph");
    std::fs::create_dir_all(&bundled).unwrap();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/data/nas-bench-graph/nas-bench-graph.csv.gz");
    std::fs::copy(table, bundled.join("nas-bench-graph.csv.gz")).unwrap();
    for (command, note) in [
        ("featurize", "graf: 26206 networks of nasbench-graph, 279 features each\n"),
        ("convert", "graf: 26206 networks of nasbench-graph, 1 encoding each\n"),
    ] {
        let help = folder.output(&format!("{command} --help"));
        let example = help.lines().find(|line| line.contains("data/nas-bench-graph/")).unwrap();
        let run = folder.run(example.trim().strip_prefix("graf ").unwrap()).expect_success(example);
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", note));
    }
    let listing = folder.listing();
    assert_eq!(listing, ["data", "features.csv", "keys.csv"]);
    assert_eq!(folder.get("features.csv").lines().count(), 26_207);
    let keys = crate::cli::column(&folder.get("keys.csv"), "net");
    assert_eq!(keys.len(), 26_206);
    assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), 26_206);
}

#[test]
fn lists_name_examples_that_featurize_reads() {
    let folder = Folder::new();
    let listed: serde_json::Value =
        serde_json::from_str(&folder.output("spaces --output-format json")).unwrap();
    for space in listed.as_array().unwrap() {
        let name = space["name"].as_str().unwrap();
        for encoding in space["encodings"].as_array().unwrap() {
            let example = encoding["example"].as_str().unwrap();
            let arguments = ["featurize", "-", "--format", "text", "--space", name];
            let run = folder.run_with(&arguments, example).expect_success(example);
            let width = space["features"].as_u64().unwrap();
            assert_eq!(run.err, format!("graf: 1 network of {name}, {width} features each\n"));
            assert_eq!(crate::cli::csv(&run.out).0.len() as u64, width + 1);
        }
    }
}
