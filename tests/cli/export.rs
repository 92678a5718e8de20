//! Models as ONNX files; `python/tests/test_onnx.py` computes with them.

use std::fs;

use crate::cli::{Folder, refused};

fn folder() -> Folder {
    let folder = Folder::new();
    let rows: String =
        (0..40).map(|row| format!("{},{},{}\n", row, row * 7 % 11, row * row % 13)).collect();
    folder.put("t.csv", format!("a,b,y\n{rows}"));
    folder
}

#[test]
fn every_predictor_is_exported_and_names_what_it_reads() {
    let folder = folder();
    for predictor in ["auto", "boost", "gp", "forest", "extra-trees", "ridge", "elastic-net"] {
        let fit = format!("fit t.csv --target y --use column:a,column:b --predictor {predictor}");
        folder.output(&format!("{fit} -o m.graf -q"));
        folder.output("export m.graf -o m.onnx -q");
        let bytes = fs::read(folder.at("m.onnx")).unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(has("ai.onnx.ml") && has("prediction") && has(r#"["a","b"]"#), "{predictor}");
        assert_eq!(has("TreeEnsemble"), !["gp", "ridge", "elastic-net"].contains(&predictor));
    }
}

#[test]
fn what_is_no_model_is_refused() {
    let folder = folder();
    refused(&folder, "export t.csv -o m.onnx", 1, &["not a graf model"]);
    refused(&folder, "export m.graf -o m.graf", 2, &["m.graf"]);
}
