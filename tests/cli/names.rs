//! The other words of the field for predictors, families, metrics and spaces, and misspelt names.

use crate::cli::{Folder, refused_by_clap};

/// A dozen networks of NAS-Bench-201.
fn networks() -> Folder {
    let folder = Folder::new();
    folder.output("sample --space nasbench201 -n 12 --unique -o nets.csv");
    let nets = folder.get("nets.csv");
    let mut lines = nets.lines().zip(80..);
    let header = lines.next().unwrap().0;
    let rows = lines.map(|(line, accuracy)| format!("{line},{accuracy}.5\n"));
    folder.put("nets.csv", format!("{header},acc\n{}", rows.collect::<Vec<_>>().concat()));
    folder
}

#[test]
fn predictors_go_by_other_names_and_models_hold_their_own() {
    let folder = networks();
    for (alias, name, more) in [
        ("rf", "forest", "--trees 2"),
        ("random-forest", "forest", "--trees 2"),
        ("gbdt", "boost", "--rounds 2"),
        ("gaussian-process", "gp", ""),
    ] {
        let fit = |predictor| {
            folder.output(&format!(
                "fit nets.csv --target acc --predictor {predictor} {more} -o m.graf"
            ));
            (folder.bytes("m.graf"), folder.output("inspect m.graf"))
        };
        let (bytes, told) = fit(alias);
        assert!(told.contains(&format!("\"predictor\": \"{name}\"")), "{alias}: {told}");
        assert_eq!(bytes, fit(name).0, "{alias}");
    }
}

#[test]
fn xgboost_is_not_among_the_predictors() {
    for name in ["xgb", "xgboost"] {
        let arguments = format!("fit nets.csv --target acc -o m.graf --predictor {name}");
        refused_by_clap(&Folder::new(), &arguments, "did you mean boost? ");
        refused_by_clap(&Folder::new(), &arguments, "it is not XGBoost");
    }
}

#[test]
fn families_go_by_other_names_and_models_hold_their_own() {
    let folder = networks();
    let one_hot = folder.output("featurize nets.csv -q --families one_hot");
    for alias in ["onehot", "one-hot"] {
        assert_eq!(folder.output(&format!("featurize nets.csv -q --families {alias}")), one_hot);
        for use_of in ["--use", "--families"] {
            let fit = "fit nets.csv --target acc --predictor ridge -o m.graf";
            folder.output(&format!("{fit} {use_of} {alias}"));
            let told = folder.output("inspect m.graf");
            assert!(told.contains("one_hot") && !told.contains(alias), "{use_of}: {told}");
        }
    }
}

#[test]
fn files_take_the_same_names() {
    let folder = networks();
    let one_hot = folder.output("featurize nets.csv -q --families one_hot");
    folder.put("config.toml", "families = ['onehot']");
    assert_eq!(folder.output("featurize nets.csv -q --config config.toml"), one_hot);
    let fit = |space: &str| {
        let text = format!(
            "[[benchmark]]\ninputs = ['nets.csv']\ntarget = 'acc'\ndirection = 'maximize'\nspace = '{space}'\n"
        );
        folder.put("benchmarks.toml", text);
        folder.output("fit --benchmarks benchmarks.toml --predictor ridge -o m.graf");
        folder.bytes("m.graf")
    };
    assert_eq!(fit("nb201"), fit("nasbench201"));
}

#[test]
fn metrics_go_by_other_names_and_results_by_their_own() {
    let folder = networks();
    let compare = "compare nets.csv --target acc --predictor ridge --train-size 6 --repeats 2";
    for (alias, name) in [
        ("tau", "kendall_tau"),
        ("kendall", "kendall_tau"),
        ("kendall-tau", "kendall_tau"),
        ("kendalltau", "kendall_tau"),
        ("tau@top50%", "kendall_tau@top50%"),
        ("spearmanr", "spearman"),
        ("pearsonr", "pearson"),
    ] {
        let of =
            |metric| folder.output(&format!("{compare} --metric {metric} --output-format csv"));
        assert_eq!(of(alias), of(name));
        assert!(of(alias).contains(&format!(",{name},")), "{alias}: {}", of(alias));
    }
}

#[test]
fn spaces_go_by_other_names_and_results_by_their_own() {
    let folder = Folder::new();
    for (alias, name) in [
        ("nb101", "nasbench101"),
        ("nb201", "nasbench201"),
        ("nb301", "nasbench301"),
        ("darts", "nasbench301"),
        ("tnb101-micro", "transbench101-micro"),
        ("tnb101-macro", "transbench101-macro"),
    ] {
        assert_eq!(
            folder.output(&format!("spaces {alias}")),
            folder.output(&format!("spaces {name}"))
        );
        let run = folder.run(&format!("sample --space {alias} -n 2")).expect_success(alias);
        assert!(run.err.contains(&format!("networks of {name}")), "{}", run.err);
    }
}

#[test]
fn a_misspelt_name_is_answered_with_the_one_that_is_like_it() {
    let folder = networks();
    let fit = "fit nets.csv --target acc -o m.graf";
    let compare = "compare nets.csv --target acc";
    for (arguments, name) in [
        (format!("{fit} --predictor forrest"), "forest"),
        (format!("{fit} --predictor randomforest"), "forest"),
        (format!("{fit} --use path-stat"), "path_stats"),
        (format!("{fit} --use graff"), "graf"),
        (format!("{compare} --use proxys"), "proxies"),
        (format!("{compare} --predictor ridg"), "ridge"),
        (format!("{compare} --metric kendal"), "kendall_tau"),
        (format!("{compare} --metric precison@10"), "precision@K"),
        (format!("{compare} --choose divers"), "diverse"),
        ("featurize nets.csv --families op_counts".to_owned(), "op_count"),
        ("featurize nets.csv --max-subset-size node_degre=1".to_owned(), "node_degree"),
        ("featurize nets.csv --space NASBench201".to_owned(), "nasbench201"),
        ("spaces nasbench-201".to_owned(), "nasbench201"),
        ("suggest nets.csv -n 2 --strategy thomson".to_owned(), "thompson"),
    ] {
        refused_by_clap(&folder, &arguments, &format!("; did you mean {name}?"));
    }
    let run = folder.run(&format!("{fit} --predictor qqq"));
    assert!(!run.err.contains("did you mean"), "{}", run.err);
}
