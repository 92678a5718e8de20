//! Every input format, its rows, its broken rows and its messages.

use std::ops::ControlFlow;

use crate::table_support::{failure, gzip, read_as, read_dataset, read_format, zstd};
use graf::table::{Format, Input, Output, Place, ReadOptions, Reader, Value};

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn json(raw: &str) -> Value {
    Value::Json(raw.into())
}

#[test]
fn csv_fields_keep_their_text() {
    let table =
        read_as("a.csv", "net,acc,note\n\"(4, 3)\",93.50,\"say \"\"hi\"\"\"\n\"(1, 2)\",,01\n")
            .unwrap();
    assert_eq!(table.columns, ["net", "acc", "note"]);
    assert_eq!(table.rows[0].values, [text("(4, 3)"), json("93.50"), text("say \"hi\"")]);
    assert_eq!(table.rows[1].values, [text("(1, 2)"), Value::Missing, text("01")]);
    assert_eq!(table.rows[0].place, Place::Line(2));
    assert!(table.groups.is_empty() && table.broken.is_empty());
}

#[test]
fn a_csv_header_without_rows_is_a_table() {
    let table = read_as("a.csv", "net,acc").unwrap();
    assert_eq!(table.columns, ["net", "acc"]);
    assert!(table.rows.is_empty());
}

#[test]
fn tsv_is_separated_by_tabs() {
    let table = read_as("a.tsv", "net\tacc\n(4, 3)\t1\r\n").unwrap();
    assert_eq!(table.texts(), [["(4, 3)", "1"]]);
}

#[test]
fn csv_headers_are_made_whole() {
    assert_eq!(
        read_as("a.csv", ",net,\n0,1,2\n").unwrap().columns,
        ["column_1", "net", "column_3"]
    );
    let message = failure(read_as("a.csv", "net,acc,net\n"));
    assert!(
        message.ends_with("a.csv: column `net` is there twice; rename one of the two"),
        "{message}"
    );
    let message = failure(read_as("a.csv", b"net,\xffb\n"));
    assert!(message.contains("line 1: column 2 of the header is not UTF-8"), "{message}");
    assert!(failure(read_as("a.csv", ",".repeat(20_000))).contains("more than 16384 columns"));
}

#[test]
fn csv_lines_are_counted_through_blank_lines_quotes_and_crlf() {
    for end in ["\n", "\r\n"] {
        let lines = ["", "net,acc", "", "", "\"a", "b\",1", "c,2", "d", "", "\"e\"", "f,3"];
        let table = read_as("a.csv", lines.join(end)).unwrap();
        let places: Vec<_> = table.rows.iter().map(|row| row.place).collect();
        assert_eq!(places, [Place::Line(5), Place::Line(7), Place::Line(11)], "{end:?}");
        let broken: Vec<_> = table.broken.iter().map(|row| (row.place, row.raw.as_str())).collect();
        assert_eq!(broken, [(Place::Line(8), "d"), (Place::Line(10), "\"e\"")], "{end:?}");
    }
}

#[test]
fn broken_csv_rows_are_passed_on() {
    let table = read_as("a.csv", b"net,acc\na,1,\"x\"\nb,\xff2\nc,3\n").unwrap();
    assert_eq!(table.texts(), [["c", "3"]]);
    assert_eq!(
        table.complaints(),
        [
            "line 2: \"a,1,\"x\"\": 3 fields where the header names 2; is a quote or a separator missing?",
            "line 3, column acc: \"\u{fffd}2\": this is not UTF-8 text; convert the file to UTF-8",
        ]
    );
    assert_eq!(table.broken[1].raw, "b,\u{fffd}2");
}

#[test]
fn an_open_quote_does_not_swallow_rows_in_silence() {
    let table = read_as("a.csv", "net,acc\na,1\nb,\"2\nc,3\nd,4\n").unwrap();
    assert_eq!(table.texts(), [["a", "1"]]);
    assert_eq!(table.complaints(), ["line 3: \"b,\"2\\nc,3\\nd,4\": a quote is left open"]);
    assert_eq!(table.broken[0].raw, "b,\"2\nc,3\nd,4");
}

#[test]
fn raw_csv_rows_are_kept_across_buffers() {
    let lines: Vec<_> = (0..20_000).map(|row| format!("\"({row}, 3)\",{row},odd")).collect();
    let input = ["net,acc\n", &lines.join("\n")].concat();
    let table = read_as("a.csv", &input).unwrap();
    for (row, broken) in table.broken.iter().enumerate() {
        assert_eq!(broken.raw, lines[row]);
        assert_eq!(broken.place, Place::Line(row as u64 + 2));
    }
    assert_eq!(table.broken.len(), 20_000);
}

#[test]
fn text_is_an_encoding_a_line() {
    let table = read_as("a.txt", b"# nets\n\n  (4, 3) \r\n\xff\n|a~0|\x00\n0122").unwrap();
    assert_eq!(table.columns, ["net"]);
    assert_eq!(table.texts(), [["(4, 3)"], ["|a~0|\0"], ["0122"]]);
    assert_eq!(table.rows[0].place, Place::Line(3));
    assert_eq!(table.complaints(), ["line 4, column net: \"\u{fffd}\": this is not UTF-8 text"]);
    assert_eq!(failure(read_as("a.txt", "# nothing\n\n")).split(' ').next_back(), Some("empty"));
}

#[test]
fn json_lines_have_the_union_of_keys() {
    let table = read_as(
        "a.jsonl",
        r#"{"net": "(4, 3)", "acc": 1.50}
{"acc": null, "ops": [1, {"a": 2}], "net": "\u00e9\n"}

{"ok": true, "big": 1e999, "id": "534"}
"#,
    )
    .unwrap();
    assert_eq!(table.columns, ["net", "acc", "ops", "ok", "big", "id"]);
    let missing = || Value::Missing;
    assert_eq!(
        table.rows[0].values,
        [text("(4, 3)"), json("1.50"), missing(), missing(), missing(), missing()]
    );
    assert_eq!(table.rows[1].values[0], text("é\n"));
    assert_eq!(table.rows[1].values[2], json(r#"[1, {"a": 2}]"#));
    assert_eq!(table.rows[2].values[3..], [json("true"), json("1e999"), text("534")]);
    assert_eq!(table.rows[2].place, Place::Line(4));
}

#[test]
fn broken_json_lines_are_passed_on() {
    let table = read_as(
        "a.jsonl",
        b"{\"a\": 1}\n{\"a\": tru}\n[1]\n{\"a\": 1, \"a\": 2}\n{\"a\": \"\\ud800\"}\n{\"a\": \"\xff\"}\n{\"a\": 2} x\n{\"a\": 3}",
    )
    .unwrap();
    assert_eq!(table.texts(), [["1"], ["3"]]);
    let expected = [
        "line 2: \"}\": expected ident at byte 10 of the line",
        "line 3: \"[1]\": expected a JSON object on every line",
        "line 4, column a: \"2\": this key is there twice; leave out one of the two",
        "line 5, column a: \"\"\\ud800\"\": unexpected end of hex escape",
        "line 6: \"{\"a\": \"\u{fffd}\"}\": this is not UTF-8 text",
        "line 7: \"x\": trailing characters at byte 10 of the line",
    ];
    assert_eq!(table.complaints(), expected);
    assert_eq!(table.broken[0].raw, "{\"a\": tru}");
}

#[test]
fn json_lines_fix_their_columns_after_1024_lines() {
    let mut input = "{\"a\": 1}\n".repeat(1_023);
    input += "{\"b\": 2}\n{\"a\": 3, \"c\": 4}\n{\"b\": 5}\n";
    let table = read_as("a.jsonl", &input).unwrap();
    assert_eq!(table.columns, ["a", "b"]);
    assert_eq!(table.rows.len(), 1_025);
    assert_eq!(
        table.complaints(),
        [
            "line 1025, column c: \"4\": this key is not among those of the first 1,024 lines, which fix the columns; put a line with every key first, or convert the file to one JSON array"
        ]
    );
}

#[test]
fn json_arrays_hold_objects_or_strings() {
    let table = read_as("a.json", "[{\"net\": \"x\"},\n {\"acc\": [1,\n2]}, 3, \"y\"]").unwrap();
    assert_eq!(table.columns, ["net", "acc"]);
    assert_eq!(table.texts(), [["x", "∅"], ["∅", "[1,\n2]"]]);
    assert_eq!(table.rows[1].place, Place::Record(2));
    assert_eq!(
        table.complaints(),
        ["record 3: \"3\": expected an object", "record 4: \"\"y\"\": expected an object"]
    );

    let table = read_as("a.json", r#"["(1, 2)", {"a": 1}, "\u0041"]"#).unwrap();
    assert_eq!(table.columns, ["net"]);
    assert_eq!(table.texts(), [["(1, 2)"], ["A"]]);
    assert_eq!(table.complaints(), ["record 2: \"{\"a\": 1}\": expected a string"]);

    // Numbers may be indices of networks; the space decides.
    let table = read_as("a.json", "[\n 12, {}]").unwrap();
    assert_eq!(
        (table.columns.join(" "), table.texts()),
        ("net".to_owned(), vec![vec!["12".to_owned()]])
    );
    assert_eq!(table.complaints(), ["record 2: \"{}\": expected a string"]);
    let message = failure(read_as("a.json", "[\n true, {}]"));
    assert!(message.contains(
        "line 2, column 2: \"true\": expected an array of objects, of strings or of arrays"
    ));
    assert!(failure(read_as("a.json", " [ ] ")).ends_with("holds no records"));
}

#[test]
fn a_json_object_is_a_row_or_an_index() {
    let table =
        read_as("a.json", r#"{"net": "x", "flops": {"score": 1, "time": 2}, "o": {"p": 1}}"#)
            .unwrap();
    assert_eq!(table.columns, ["net", "flops", "flops.time", "o"]);
    assert_eq!(table.texts(), [["x", "1", "2", "{\"p\": 1}"]]);

    let table = read_as("a.json", r#"{"0": "(1, 2)", "1": "(3, 4)", "7": 5}"#).unwrap();
    assert_eq!(table.columns, ["index", "net"]);
    assert_eq!(table.texts(), [["0", "(1, 2)"], ["1", "(3, 4)"]]);
    assert_eq!(table.complaints(), ["record 3: \"5\": expected a string"]);
    assert_eq!(table.broken[0].raw, "\"7\": 5");

    assert!(failure(read_as("a.json", "{}")).ends_with("holds no records"));
}

#[test]
fn nested_json_has_groups_and_encodings() {
    let table = read_as(
        "a.json",
        r#"{"nasbench201": {"cifar10": {
            "(4, 3)": {"flops": 1e999, "val_accuracy": 68.3},
            "(1, 2)": {"val_accuracy": 70, "flops": {"score": 2, "time": 0.5}, "curve": {"12": 1}},
            "(0, 0)": {}}}}"#,
    )
    .unwrap();
    assert_eq!(table.groups, ["nasbench201", "cifar10"]);
    assert_eq!(table.columns, ["net", "flops", "val_accuracy", "flops.time", "curve"]);
    assert_eq!(
        table.texts(),
        [
            ["(4, 3)", "1e999", "68.3", "∅", "∅"],
            ["(1, 2)", "2", "70", "0.5", "{\"12\": 1}"],
            ["(0, 0)", "∅", "∅", "∅", "∅"],
        ]
    );
    assert_eq!(table.rows[0].values[0], text("(4, 3)"));
}

#[test]
fn proxies_and_arrays_may_come_first_in_a_record() {
    let table = read_as(
        "a.json",
        r#"{"x": {"flops": {"time": 1, "score": 2}, "acc": 3}, "y": {"acc": 4}}"#,
    );
    let table = table.unwrap();
    assert!(table.groups.is_empty());
    assert_eq!(table.columns, ["net", "flops.time", "flops", "acc"]);
    assert_eq!(table.texts(), [["x", "1", "2", "3"], ["y", "∅", "∅", "4"]]);

    let table = read_as("a.json", r#"{"0212": {"test_acc": [89.47, 8e1], "acc": 3}}"#).unwrap();
    assert_eq!(table.texts(), [["0212", "[89.47, 8e1]", "3"]]);

    // Within a group, a record may begin with a column that is called `time`.
    let table = read_as("a.json", r#"{"x": {"acc": 1}, "y": {"time": 2}}"#).unwrap();
    assert_eq!(table.texts(), [["x", "1", "∅"], ["y", "∅", "2"]]);
}

#[test]
fn encodings_give_way_to_a_net_of_the_records() {
    let table = read_as("a.json", r#"{"17": {"net": "(4, 3)"}}"#).unwrap();
    assert_eq!(table.columns, ["key", "net"]);
    assert_eq!(table.texts(), [["17", "(4, 3)"]]);
    let message = failure(read_as("a.json", r#"{"17": {"net": "(4, 3)", "key": 1}}"#));
    assert!(message.contains("column `key` is there twice"), "{message}");
}

#[test]
fn a_broken_record_is_told_with_its_key() {
    let input = b"{\"c10\": {\"a\": {\"x\": 1}, \"b\": 2, \"c\": {\"x\": 1, \"x\": 2}, \"d\": {\"x\": \"\xff\"}}, \"note\": 3}";
    let table = read_as("a.json", input).unwrap();
    assert_eq!(table.texts(), [["a", "1"]]);
    assert_eq!(
        table.complaints(),
        [
            "record 2: \"2\": expected an object",
            "record 3, column x: \"2\": this key is there twice; leave out one of the two",
            "record 4: \"{\"x\": \"\u{fffd}\"}\": this is not UTF-8 text",
            "record 5: \"3\": expected an object",
        ]
    );
    assert_eq!(table.broken[0].raw, "\"b\": 2");
}

#[test]
fn records_that_are_not_utf8_are_still_records() {
    let table = read_as("a.json", b"{\"a\": {\"x\": \"\xff\"}}").unwrap();
    assert_eq!((table.columns.len(), table.broken.len()), (1, 1));
}

#[test]
fn a_dataset_is_chosen_among_groups() {
    let input =
        r#"{"nb201": {"cifar10": {"a": {"x": 1}, "b": {"x": 2}}, "cifar100": {"a": {"y": 3}}}}"#;
    let message = failure(read_as("nested.json", input));
    assert!(
        message.ends_with("nested.json holds 2 datasets: nb201/cifar10, nb201/cifar100"),
        "{message}"
    );
    let table = read_dataset(input, "cifar100").unwrap();
    assert_eq!(
        (table.groups.join("/").as_str(), table.columns.join(" ").as_str()),
        ("nb201/cifar100", "net y")
    );
    assert_eq!(table.texts(), [["a", "3"]]);
    assert_eq!(table.rows[0].place, Place::Record(1));
    assert!(failure(read_dataset(input, "nb201")).contains("holds 2 datasets"));
    let message = failure(read_dataset(input, "svhn"));
    assert!(message.ends_with("holds no dataset `svhn`; it has nb201/cifar10, nb201/cifar100"));
    for table in [r#"{"a": {"x": 1}}"#, r#"[{"x": 1}]"#] {
        let message = failure(read_dataset(table, "svhn"));
        assert!(
            message.ends_with("is one table without datasets, and so without svhn"),
            "{message}"
        );
    }
}

#[test]
fn broken_documents_tell_line_and_column() {
    for (input, expected) in [
        ("[{\"a\": 1},\n {\"a\": tru}]", "line 2, column 11: \"}\": expected ident"),
        ("[{\"a\": 1}\n {\"a\": 2}]", "line 2, column 2: \"{\"a\": 2}]\": expected `,` or `]`"),
        ("[{\"a\": 1},", "line 1, column 11: expected a value, found the end of the input"),
        (
            "[{\"a\": 1",
            "line 1, column 9: expected a closing bracket or quote, found the end of the input",
        ),
        ("{\"a\": {\"b\" 1}}", "line 1, column 12: \"1}}\": expected `:`"),
        ("{\"a\": {b: 1}}", "line 1, column 8: \"b: 1}}\": expected a key"),
        ("[{\"a\": 1}] x", "line 1, column 12: \"x\": expected the end of the document"),
        ("[{\"a\": 1}, }", "line 1, column 12: \"}\": expected a value"),
        ("12", "line 1, column 1: \"12\": expected an array or an object"),
        ("{\"x\\q\": 1}", "line 1, column 5: \"q\"\": invalid escape"),
    ] {
        let message = failure(read_as("a.json", input));
        assert!(message.contains(expected), "{input}\n{message}\n{expected}");
    }
    // An object a line is read whatever the file is called.
    let lines = read_as("a.json", "{\"a\":1}\n{\"a\":2}").unwrap();
    assert_eq!(lines.texts(), [["1"], ["2"]]);
}

#[test]
fn the_format_is_told_by_the_bytes() {
    for (bytes, columns) in [
        ("{\"a\": 1}\n{\"b\": 2}\n", "a b"),
        ("{\"x\": {\"a\": {\"b\": 2}}}\n", "net b"),
        ("[{\"a\": 1}]", "a"),
        ("(1, 2)\n(3, 4)\n", "net"),
        ("a\tb\n", "a b"),
        ("a,b\n", "a b"),
    ] {
        let marked = ["\u{feff}", bytes].concat();
        for bytes in
            [bytes.as_bytes(), marked.as_bytes(), &gzip(marked.as_bytes()), &zstd(bytes.as_bytes())]
        {
            assert_eq!(read_as("noname", bytes).unwrap().columns.join(" "), columns);
            assert_eq!(read_as("noname.dat", bytes).unwrap().columns.join(" "), columns);
        }
    }
    assert_eq!(read_format(Format::Text, "a,b\n").unwrap().texts(), [["a,b"]]);
}

#[test]
fn compressed_parts_are_read_whole() {
    let parts = ["net,acc\n", "a,1\n", "b,2\n"];
    for compress in [gzip, zstd] {
        let bytes: Vec<u8> = parts.iter().flat_map(|part| compress(part.as_bytes())).collect();
        // The first bytes tell, not the name.
        assert_eq!(read_as("plain.csv", &bytes).unwrap().texts(), [["a", "1"], ["b", "2"]]);
    }
}

#[test]
fn reading_stops_when_told() {
    for (name, input) in [
        ("a.csv", "a\n1\n2\n"),
        ("a.txt", "1\n2\n"),
        ("a.jsonl", "{\"a\":1}\n{\"a\":2}\n"),
        ("a.json", "[{\"a\":1},{\"a\":2}]"),
        ("b.json", "{\"x\":{\"a\":1},\"y\":{\"a\":2}}"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, input).unwrap();
        let mut count = 0;
        let reader = Reader::open(&Input::File(path), &ReadOptions::default()).unwrap();
        let mut stop = |_| {
            count += 1;
            ControlFlow::Break(())
        };
        reader.read(&mut stop).unwrap();
        assert_eq!(count, 1, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for (name, input) in [
        ("a", "{\"x\": {\"y\": {\"a\": 5}}}"),
        ("b.json", "[{\"a\": 5}]"),
        ("c.csv", "a\n5\n"),
        ("d", "{\"a\":5}\n"),
    ] {
        let path = folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let feeder = {
            let path = path.clone();
            std::thread::spawn(move || std::fs::write(path, input).unwrap())
        };
        let table = crate::table_support::read_file(&path, &ReadOptions::default()).unwrap();
        feeder.join().unwrap();
        assert_eq!(table.rows[0].values.last(), Some(&json("5")), "{name}");
    }
}

#[test]
fn names_stand_for_inputs_and_outputs() {
    assert_eq!(Input::from("-"), Input::Stdin);
    assert_eq!(Input::from("-").to_string(), "standard input");
    assert_eq!(Input::from("a/b.csv").to_string(), "a/b.csv");
    assert_eq!(Output::from("-").to_string(), "standard output");
    let error = Reader::open(&Input::from("no/such.csv"), &ReadOptions::default()).err().unwrap();
    assert!(error.to_string().starts_with("cannot open no/such.csv: No such file"), "{error}");
    assert!(!error.is_broken_pipe());
}

#[test]
fn readers_can_be_sent() {
    fn is_send<T: Send>() {}
    is_send::<Reader>();
}
