//! `graf features`.

use crate::cli::{Folder, column, csv};

#[test]
fn families_are_listed_with_their_columns() {
    let folder = Folder::new();
    let text = folder.output("features --output-format csv");
    assert_eq!(csv(&text).0, ["family", "columns", "what it is"]);
    let families = column(&text, "family");
    assert!(families.contains(&"op_count".to_owned()) && families.contains(&"wl".to_owned()));
    let text = folder.output("features --space nb201 --output-format csv");
    let (families, columns) = (column(&text, "family"), column(&text, "columns"));
    let of = |name: &str| &columns[families.iter().position(|family| family == name).unwrap()];
    assert_eq!(
        (of("op_count").as_str(), of("min_path_len").as_str(), of("wl").as_str()),
        ("5", "31", "learned")
    );
    assert!(!families.contains(&"stages".to_owned()));
    let json: serde_json::Value =
        serde_json::from_str(&folder.output("features --space nb201 --output-format json"))
            .unwrap();
    assert_eq!(json[0]["columns"], serde_json::json!([5, 5]));
}

#[test]
fn a_family_has_its_definition() {
    let text = Folder::new().output("features min-path-len");
    assert!(text.starts_with("min_path_len: "), "{text}");
    assert!(text.contains("min { edges of p : p is a path over S }"), "{text}");
    assert!(!text.contains("Example"), "{text}");
}

#[test]
fn a_column_has_an_example_and_values() {
    let folder = Folder::new();
    let text = folder.output("features op_count(avg_pool_3x3) --space nasbench201");
    assert!(text.contains("Example: the network (4, 0, 3, 1, 4, 3) of nasbench201\n"), "{text}");
    assert!(text.contains("  input -> 1  avg_pool_3x3\n"), "{text}");
    assert!(text.contains("  op_count(avg_pool_3x3) = 2\n"), "{text}");
    assert!(text.contains("1000 random networks: 0 to "), "{text}");
    // Operations on nodes, a cell of two, and a column of zc_combine.
    let text = folder.output("features op_count(conv3x3-bn-relu)");
    assert!(text.contains("of nasbench101\n") && text.contains(" conv3x3-bn-relu -> "), "{text}");
    let text = folder.output("features normal.op_count(skip_connect)");
    assert!(text.contains("of nasbench301\n") && text.contains("  reduce.c_k-"), "{text}");
    assert!(folder.output("features op_count_0 --space nasbench201").contains("op_count_0 = "));
}

#[test]
fn what_is_no_feature_is_refused() {
    let folder = Folder::new();
    let run = folder.run("features op_cuont");
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("did you mean op_count?"), "{}", run.err);
    let run = folder.run("features op_count(no_such_op) --space nasbench201");
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("op_count has no column `op_count(no_such_op)` in nasbench201"),
        "{}",
        run.err
    );
    assert!(run.err.contains("for example, op_count("), "{}", run.err);
}
