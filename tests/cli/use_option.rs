//! `--use` chooses features in every command.

use crate::cli::{Folder, csv, refused};
use serde_json::{Value, json};

const NETS: &str = "net,acc\n\"(4, 0, 3, 1, 4, 3)\",91.5\n\"(2, 4, 0, 0, 3, 2)\",90\n";

fn folder() -> Folder {
    let folder = Folder::with("nets.csv", NETS);
    folder.put("columns.toml", "columns = ['op_count(none)', 'min_path_len(none)']\n");
    folder.put("families.toml", "families = ['op_count']\n");
    folder
}

#[test]
fn featurize_computes_the_groups_that_use_names() {
    let folder = folder();
    for (uses, families) in [
        ("--use graf+", "--families graf+"),
        ("--use graf", ""),
        ("--use path-stats,signal", "--families path_stats,signal"),
        ("--use signal,path-stats,signal", "--families signal,path_stats"),
        ("--use onehot", "--families one_hot"),
        ("--use graf,signal --families op_count", "--families op_count,signal"),
        ("--use graf --config families.toml", "--families op_count"),
        ("--use graf,op_count", ""),
        (
            "--use graf,signal --config short",
            "--config short --families \
          op_count,min_path_len,max_op_on_path,node_degree,signal",
        ),
        ("--use node-degree --max-subset-size 1", "--families node_degree --max-subset-size 1"),
        ("--use graf --config columns.toml", "--config columns.toml"),
    ] {
        let by_use = folder.output(&format!("featurize nets.csv -q {uses}"));
        assert_eq!(by_use, folder.output(&format!("featurize nets.csv -q {families}")), "{uses}");
    }
}

#[test]
fn fit_and_featurize_mean_the_same_by_a_group() {
    let folder = folder();
    let more = "\"(0, 0, 3, 1, 4, 3)\",91\n\"(2, 4, 0, 1, 1, 2)\",89\n";
    folder.put("nets.csv", format!("{NETS}{more}"));
    for uses in ["graf", "graf+", "path-stats,signal", "graf,one-hot"] {
        let table = folder.output(&format!("featurize nets.csv -q --keep none --use {uses}"));
        let fit = "fit nets.csv --target acc --predictor ridge -o m.graf";
        folder.output(&format!("{fit} --use {uses}"));
        let model: Value = serde_json::from_str(&folder.output("inspect m.graf")).unwrap();
        assert_eq!(model["columns"], json!(csv(&table).0), "{uses}");
    }
}

#[test]
fn groups_that_are_not_computed_are_refused_by_featurize() {
    let folder = folder();
    for group in ["proxies", "column:acc", "graf,column:a*"] {
        let last = group.rsplit(',').next().unwrap();
        refused(&folder, &format!("featurize nets.csv --use {group}"), 2, &[last, "--keep"]);
    }
}

#[test]
fn families_that_no_group_takes_are_refused() {
    let folder = folder();
    for command in [
        "featurize nets.csv",
        "fit nets.csv --target acc -o m.graf",
        "compare nets.csv --target acc",
        "select nets.csv",
        "suggest nets.csv -n 1",
    ] {
        for chosen in ["--families op_count", "--config families.toml"] {
            let arguments = format!("{command} {chosen} --use signal");
            refused(&folder, &arguments, 2, &["the group graf", "add graf to --use"]);
        }
    }
    let arguments = "featurize nets.csv --config columns.toml --use signal";
    refused(&folder, arguments, 2, &["columns of --config", "add graf to --use"]);
}
