//! Spaces that a file describes, through the binary.

use std::fmt::Write as _;

use crate::cli::{Folder, column, refused_by_clap, transcript};
use insta::assert_snapshot;
use serde_json::Value;

const MACRO: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/spaces/nasbench-macro.toml"));

/// A folder with the description and a table of made-up figures.
fn folder() -> Folder {
    let folder = Folder::with("macro.toml", MACRO);
    let mut table = "net,acc\n".to_owned();
    for number in 0..243 {
        let digits: Vec<u32> = (0..8).map(|place| number / 3_u32.pow(place % 5) % 3).collect();
        let net: String = digits.iter().map(ToString::to_string).collect();
        writeln!(table, "{net},{}", 80 + digits.iter().sum::<u32>()).unwrap();
    }
    folder.put("nets.csv", table);
    folder
}

/// A model of that table.
fn fitted() -> Folder {
    let folder = folder();
    let fit =
        "fit nets.csv --space macro.toml --target acc --predictor forest --trees 10 -q -o m.graf";
    folder.run(fit).expect_success(fit);
    folder
}

#[test]
fn every_command_takes_a_file() {
    let folder = folder();
    folder.put("few.csv", "net,acc\n02110021,90\n00000000,80\n");
    let shown = transcript(
        &folder,
        &[
            "spaces macro.toml",
            "spaces macro.toml --output-format csv",
            "featurize few.csv --space macro.toml --families op_count,adjacency",
            "convert few.csv --space macro.toml --to tuple --add-hash",
            "sample --space macro.toml -n 3 --seed 1",
        ],
    );
    assert_snapshot!("described_space", shown);
    let all = folder.output("enumerate --space macro.toml --unique -q");
    assert_eq!(column(&all, "net").len(), 6_561);
    let tuples = folder.output("enumerate --space macro.toml --to tuple -q");
    let run = folder
        .run_with(&["convert", "-", "--space", "macro.toml", "--to", "digits", "-q"], tuples)
        .expect_success("from tuples");
    assert_eq!(run.out, all);
}

#[test]
fn a_model_keeps_its_space() {
    let folder = fitted();
    let with = folder.output("predict m.graf nets.csv --space macro.toml -q");
    std::fs::remove_file(folder.at("macro.toml")).unwrap();
    assert_eq!(folder.output("predict m.graf nets.csv -q"), with);
    let measured: Value = serde_json::from_str(
        &folder.output("eval --include-training m.graf nets.csv --output-format json -q"),
    )
    .unwrap();
    assert!(measured["kendall_tau"].as_f64().unwrap() > 0.8, "{measured}");
    let header: Value = serde_json::from_str(&folder.output("inspect m.graf")).unwrap();
    assert_eq!(header["space"], "nasbench-macro");
    assert_eq!(header["description"]["ops"][1], "MB3_K3");
    assert_eq!(header["description"]["edges"].as_array().unwrap().len(), 8);
}

#[test]
fn another_space_of_the_same_name_is_refused() {
    let folder = fitted();
    folder.put("words.toml", MACRO.replace("a chain of eight layers", "eight layers"));
    folder.put("ops.toml", MACRO.replace("MB3_K3", "MB3_K5"));
    folder.put("name.toml", MACRO.replace("\"nasbench-macro\"", "\"another\""));
    folder.run("predict m.graf nets.csv --space words.toml").expect_success("the same space");
    let shown = transcript(
        &folder,
        &[
            "predict m.graf nets.csv --space ops.toml",
            "eval --include-training m.graf nets.csv --space name.toml",
            "predict m.graf nets.csv --space nasbench201",
        ],
    );
    assert_snapshot!("errors_other_space", shown);
}

#[test]
fn errors_of_descriptions() {
    let folder = folder();
    folder.put("key.toml", MACRO.replace("ops =", "opps ="));
    folder.put("nodes.toml", MACRO.replace("nodes = 9", "nodes = 1000000000"));
    folder.put("twice.toml", MACRO.replace("MB6_K5", "MB3_K3"));
    folder.put("cycle.toml", MACRO.replace("\"chain\"", "[[0, 1],\n  [2, 1]]"));
    folder.put("short.csv", "net\n2110021\n");
    folder.put("bare.csv", "02110021\n00000000\n");
    let shown = transcript(
        &folder,
        &[
            "featurize nets.csv --space absent.toml",
            "featurize nets.csv --space key.toml",
            "sample -n 1 --space nodes.toml",
            "spaces twice.toml",
            "enumerate --space cycle.toml",
            "featurize nets.csv --space macro.yaml",
            "featurize short.csv --space macro.toml",
            "featurize bare.csv --space macro.toml",
            "featurize nets.csv --space macro.toml --families path",
            "featurize nets.csv --space macro.toml --names zc-combine",
            "featurize nets.csv --space macro.toml --drop-unreachable",
            "convert nets.csv --space macro.toml --to string",
        ],
    );
    assert_snapshot!("errors_descriptions", shown);
}

/// The bytes of a model with another header.
fn with_header(model: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let start = 16;
    let length = u32::from_le_bytes(model[12..start].try_into().unwrap()) as usize;
    let mut header: Value = serde_json::from_slice(&model[start..start + length]).unwrap();
    change(&mut header);
    let header = serde_json::to_vec(&header).unwrap();
    let mut bytes = model[..12].to_vec();
    bytes.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header);
    bytes.extend(&model[start + length..model.len() - 4]);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

#[test]
fn a_hostile_description_in_a_model_is_refused() {
    let folder = fitted();
    let model = folder.bytes("m.graf");
    let changes: [fn(&mut Value); 9] = [
        |header| header["description"] = Value::from(1),
        |header| header["description"]["nodes"] = Value::from(u64::MAX),
        |header| header["description"]["ops"] = Value::from(vec!["\u{1b}[31m"; 40_000]),
        |header| header["description"]["ops"][0] = Value::from("\u{1b}[31m"),
        |header| header["description"]["edges"][7][0] = Value::from(8),
        |header| header["description"]["edges"] = Value::from("free"),
        |header| header["description"]["name"] = Value::from("other"),
        |header| header["description"]["name"] = Value::from("nasbench201"),
        |header| header["space"] = Value::Null,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        folder.put("bad.graf", with_header(&model, change));
        let run = folder.run("predict bad.graf nets.csv").expect_clear_failure("a model");
        assert_eq!(run.code, Some(1), "{number}: {}", run.err);
        assert!(!run.err.trim_end().contains(char::is_control), "{:?}", run.err);
    }
    // Fewer operations: the columns of the model are not there any more.
    folder.put(
        "bad.graf",
        with_header(&model, |header| {
            header["description"]["ops"] = Value::from(vec!["a"]);
            header["description"]["encoding"]["ids"] = Value::from(vec![0]);
        }),
    );
    let run = folder.run("predict bad.graf nets.csv").expect_clear_failure("fewer operations");
    let parts = ["`random_walk(Identity).back`", "graf featurize"];
    assert!(parts.iter().all(|part| run.err.contains(part)), "{}", run.err);
}

#[test]
#[ignore = "needs the benchmark dumps"]
fn nasbench_macro() {
    let folder = folder();
    let dump = crate::common::dumps("data").join("nasbench-macro/nas-bench-macro_cifar10.json");
    let dump = dump.canonicalize().unwrap();
    let (dump, space) = (dump.display(), "--space macro.toml");
    let run = folder.run(&format!("featurize {dump} {space} --keep net,mean_acc -o f.csv"));
    assert_eq!(run.err, "graf: 6561 networks of nasbench-macro, 27 features each\n");
    let (header, rows) = crate::cli::csv(&folder.get("f.csv"));
    assert_eq!((header.len(), rows.len()), (2 + 27, 6_561));
    let fit =
        format!("fit {dump} {space} --target mean_acc --predictor forest --trees 20 -q -o m.graf");
    folder.run(&fit).expect_success(&fit);
    let inspected: Value = serde_json::from_str(&folder.output("inspect m.graf")).unwrap();
    let tau = inspected["held_out"]["kendall_tau"].as_f64().unwrap();
    assert!(tau > 0.9, "{tau}");
    let eval = format!("eval --include-training m.graf {dump} --output-format json -q");
    let measured: Value = serde_json::from_str(&folder.output(&eval)).unwrap();
    assert_eq!(measured["rows"], 6_561);
    assert!(measured["kendall_tau"].as_f64().unwrap() > tau, "{measured}");
    let params =
        "--target params --minimize --use one_hot --predictor forest --trees 20 -q -o p.graf";
    folder.run(&format!("fit {dump} {space} {params}")).expect_success(params);
    let unique = folder.run(&format!("convert {dump} {space} --to tuple --unique -o t.csv"));
    assert_eq!(unique.err, "graf: 6561 networks of nasbench-macro, 1 encoding each\n");
}

// ---- Spaces that come with the binary. ----

#[test]
fn bundled_spaces_are_found_by_name() {
    let folder = Folder::new();
    // As zero-cost proxies of HW-NAS-Bench are kept.
    folder.put(
        "proxies.json",
        r#"{"2_7_3_8_4_0_5_1_6_2_7_3_8_4_0_5_1_6_2_7_3_8": {"synflow": 7.5e+31, "params": 2447972.0}}"#,
    );
    let out =
        folder.output("featurize proxies.json --space fbnet --families op_count --keep none -q");
    assert!(out.starts_with("op_count(k3_e1),op_count(k3_e1_g2)"), "{out}");
    folder.put("sizes.csv", "arch,acc\n64:64:64:64:64,90\n8:16:24:32:40,70\n");
    let out =
        folder.output("featurize sizes.csv --space nats-sss --families op_count --keep none -q");
    let rows: Vec<_> = out.lines().skip(1).collect();
    assert_eq!(rows, ["0,0,0,0,0,0,0,5", "1,1,1,1,1,0,0,0"]);
    // The same from a file with another name for the space.
    let file = graf::space::BUNDLED.iter().find(|(name, _)| *name == "nats-sss").unwrap().1;
    folder.put("sss.toml", file.replace("name = \"nats-sss\"", "name = \"sss\""));
    let same =
        folder.output("featurize sizes.csv --space sss.toml --families op_count --keep none -q");
    assert_eq!(same, out);
    let command = "featurize sizes.csv --space nats-ss";
    refused_by_clap(&folder, command, "did you mean nats-sss?");
}

#[test]
fn a_genotype_of_five_nodes_needs_no_space() {
    let pairs = "[('sep_conv_5x5', 1), ('sep_conv_3x3', 0), ('sep_conv_5x5', 0), ('sep_conv_3x3', 1), ('avg_pool_3x3', 1), \
        ('skip_connect', 0), ('avg_pool_3x3', 0), ('max_pool_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 2)]";
    let folder = Folder::new();
    folder.put(
        "in.txt",
        format!("Genotype(normal={pairs}, normal_concat=[2, 3, 4, 5, 6], reduce={pairs}, reduce_concat=[4, 5, 6])\n"),
    );
    let run =
        folder.run("featurize in.txt --families op_count --keep none").expect_success("five nodes");
    assert_eq!(run.err, "graf: 1 network of nds-nasnet, 26 features each\n");
    assert!(run.out.contains("reduce.op_count(sep_conv_7x7)"), "{}", run.out);
}

#[test]
fn the_template_is_a_description() {
    let folder = Folder::new();
    folder.put("mine.toml", folder.output("spaces --template"));
    let shown = folder.output("spaces mine.toml --output-format csv");
    assert!(
        shown.contains("\nspace,my-space\n") || shown.starts_with("space,my-space\n"),
        "{shown}"
    );
    assert!(shown.contains("value") && shown.contains("params"), "{shown}");
}

/// What is learned on one described space ranks the networks of another, and is a start there, if both say what operations
/// do.
#[test]
fn a_model_of_one_described_space_predicts_another_and_is_a_prior() {
    let folder = Folder::new();
    let target = "value(expansion).sum";
    for (space, seed) in [("proxyless", 2), ("ofa-mbv3", 3)] {
        folder.put(
            "nets.csv",
            folder.output(&format!("sample --space {space} -n 80 --seed {seed} -q")),
        );
        let featurize = format!(
            "featurize nets.csv --space {space} --families value --keep net -q -o {space}.csv"
        );
        folder.run(&featurize).expect_success("numbers");
    }
    let fit = format!(
        "fit proxyless.csv --space proxyless --target {target} --maximize --use shared -q -o m.graf"
    );
    folder.run(&fit).expect_success(&fit);
    let tau = |model: &str| {
        let eval = format!(
            "eval {model} ofa-mbv3.csv --space ofa-mbv3 --target {target} --include-training --output-format json -q"
        );
        let measured: Value = serde_json::from_str(&folder.output(&eval)).unwrap();
        measured["kendall_tau"].as_f64().unwrap()
    };
    assert!(tau("m.graf") > 0.8);
    let table = folder.get("ofa-mbv3.csv");
    let few: Vec<_> = table.lines().take(9).collect();
    folder.put("few.csv", few.join("\n") + "\n");
    let fit = format!(
        "fit few.csv --space ofa-mbv3 --target {target} --maximize --prior m.graf -q -o p.graf"
    );
    folder.run(&fit).expect_success(&fit);
    assert!(tau("p.graf") > 0.7);
}
