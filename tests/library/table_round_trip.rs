//! What is read and written again is the same.

use crate::table_support::{read_as, read_file, write_file};
use graf::table::{ReadOptions, Value};
use proptest::prelude::*;

/// Writes what was read to a file of this name, and reads that.
fn again(table: &crate::table_support::Table, name: &str) -> crate::table_support::Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    let rows: Vec<_> = table.rows.iter().map(|row| (row.values.clone(), Vec::new())).collect();
    write_file(&path, None, &columns, &[], &rows).unwrap();
    read_file(&path, &ReadOptions::default()).unwrap()
}

fn values(table: &crate::table_support::Table) -> Vec<&[Value]> {
    table.rows.iter().map(|row| row.values.as_slice()).collect()
}

/// A field: anything, with what is special made likely.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\",\n\r\t a1é-]{0,8}",
        "-?[0-9]{1,3}(\\.[0-9]{1,3})?(e[0-9]{1,3})?"
    ]
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        field().prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(field(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn csv_keeps_every_field(rows in prop::collection::vec(prop::collection::vec(field(), 3), 0..8)) {
        for (delimiter, name) in [(b',', "a.csv"), (b'\t', "a.tsv")] {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["net", "x", "y"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let first = read_as(name, writer.into_inner().unwrap()).unwrap();
            prop_assert!(first.broken.is_empty());
            for name in [name, "b.csv", "b.tsv.gz", "b.csv.zst"] {
                let second = again(&first, name);
                prop_assert_eq!(values(&first), values(&second));
                for (row, fields) in second.rows.iter().zip(&rows) {
                    let texts: Vec<_> = row.values.iter().map(Value::text).collect();
                    prop_assert_eq!(&texts, fields);
                }
                prop_assert_eq!(second.rows.len(), rows.len());
            }
        }
    }

    #[test]
    fn json_lines_keep_every_value(rows in prop::collection::vec(prop::collection::vec(json_value(), 3), 1..8)) {
        let mut input = String::new();
        for row in &rows {
            input += &serde_json::json!({"net": row[0], "x \"y\"": row[1], "é": row[2]}).to_string();
            input.push('\n');
        }
        let first = read_as("a.jsonl", &input).unwrap();
        prop_assert!(first.broken.is_empty());
        for name in ["b.jsonl", "b.ndjson.gz", "b.jsonl.zst"] {
            let second = again(&first, name);
            prop_assert_eq!(&first.columns, &second.columns);
            prop_assert_eq!(values(&first), values(&second));
        }
        // serde_json sorts keys, so columns come in the order of the bytes of their names.
        for (row, source) in first.rows.iter().zip(&rows) {
            for (value, source) in row.values.iter().zip(source) {
                match (value, source) {
                    (Value::Missing, source) => prop_assert!(source.is_null()),
                    (Value::Text(text), source) => prop_assert_eq!(Some(&**text), source.as_str()),
                    (Value::Json(raw), source) => prop_assert_eq!(&**raw, source.to_string()),
                    (number, _) => prop_assert!(false, "{:?} is of a binary format", number),
                }
            }
        }
    }
}

#[test]
fn csv_numbers_become_json_numbers_and_texts_stay_texts() {
    let table = read_as("a.csv", "net,acc,id\n\"(4, 3)\",93.50,007\n").unwrap();
    let back = again(&table, "a.jsonl");
    assert_eq!(values(&table), values(&back));
    assert_eq!(back.rows[0].values[1], Value::Json("93.50".into()));
    assert_eq!(back.rows[0].values[2], Value::Text("007".into()));
}

#[test]
fn nested_json_becomes_a_flat_table() {
    let table = read_as(
        "a.json",
        r#"{"c10": {"(4, 3)": {"a": {"score": 1, "time": 2.50}, "b": [1, "x,y"]}}}"#,
    );
    let table = table.unwrap();
    for name in ["b.csv", "b.jsonl", "b.tsv.gz"] {
        let back = again(&table, name);
        assert_eq!(back.columns, ["net", "a", "a.time", "b"]);
        assert_eq!(back.texts(), table.texts());
    }
}
