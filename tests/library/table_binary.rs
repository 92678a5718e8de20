//! Binary formats: files that Python wrote (`tests/fixtures/binary`), and what was written and is read again.

use std::fs;
use std::path::{Path, PathBuf};

use crate::table_support::{
    Table, failure, gzip, listing, read_as, read_file, read_format, write_file, zstd,
};
use graf::table::{Format, Output, OutputFormat, ReadOptions, TableError, Value, Writer};
use proptest::prelude::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/binary").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap()
}

fn read(name: &str) -> Result<Table, TableError> {
    read_file(&fixture(name), &ReadOptions::default())
}

const NETS: [&str; 3] = ["(4, 0, 3, 1, 4, 3)", "(2, 0, 3, 1, 4, 2)", "(0, 1, 2, 3, 4, 0)"];

/// The fields of a column.
fn column<'a>(table: &'a Table, name: &str) -> Vec<&'a Value> {
    let place = table.columns.iter().position(|column| column == name).unwrap();
    table.rows.iter().map(|row| &row.values[place]).collect()
}

/// The texts of a column.
fn texts(table: &Table, name: &str) -> Vec<String> {
    column(table, name).into_iter().map(|value| value.text().into_owned()).collect()
}

#[test]
fn arrays_are_columns() {
    let table = read("text.npy").unwrap();
    assert_eq!(table.columns, ["net"]);
    assert_eq!(texts(&table, "net"), NETS);
    for (name, stem) in [("matrix.npy", "matrix"), ("by_columns.npy", "by_columns")] {
        for bytes in [bytes(name), gzip(&bytes(name)), zstd(&bytes(name))] {
            let table = read_as(name, bytes).unwrap();
            assert_eq!(table.columns[5], format!("{stem}_5"));
            assert_eq!(table.texts()[1], ["2", "0", "3", "1", "4", "2"], "{name}");
            assert_eq!(table.rows[0].values[0], Value::Integer(4));
        }
    }
}

#[test]
fn archives_of_arrays_are_tables() {
    for name in ["stored.npz", "deflated.npz"] {
        let table = read(name).unwrap();
        assert_eq!(
            table.columns,
            "net bytes acc single epochs ok ids_0 ids_1 ids_2 ids_3 ids_4 ids_5 adjacency"
                .split(' ')
                .collect::<Vec<_>>()
        );
        assert_eq!(texts(&table, "net"), NETS);
        assert_eq!(texts(&table, "bytes"), ["a", "bc", ""]);
        let numbers = [Value::Number(93.5), Value::Missing, Value::Number(90.0)];
        assert_eq!(column(&table, "acc"), numbers.iter().collect::<Vec<_>>());
        assert_eq!(column(&table, "single")[2], &Value::Number(-2.0));
        assert_eq!(column(&table, "epochs")[1], &Value::Integer(108));
        assert_eq!(texts(&table, "ok"), ["true", "false", "true"]);
        assert_eq!(texts(&table, "ids_3"), ["1", "1", "3"]);
        assert_eq!(texts(&table, "adjacency")[1], "[[4, 5], [6, 7]]");
        // What cannot be read at any place is copied first.
        assert_eq!(read_as("a.npz", gzip(&bytes(name))).unwrap().texts(), table.texts());
    }
}

#[test]
fn arrays_that_are_no_table_are_refused() {
    let message = failure(read("objects.npy"));
    assert!(message.contains("objects.npy is a NumPy array of Python objects"), "{message}");
    assert!(message.contains("numpy.load("), "{message}");
    // A shorter array in an archive of longer ones.
    let mut stored = bytes("stored.npz");
    let at = stored.windows(5).position(|part| part == b"(3,),").unwrap();
    stored[at + 1] = b'2';
    let message = failure(read_as("a.npz", stored));
    assert!(message.contains("damaged") || message.contains("rows"), "{message}");
    let message = failure(read_as("a.npy", [bytes("text.npy"), vec![0; 72]].concat()));
    assert!(message.contains("more follows after the 3 rows"), "{message}");
}

#[test]
fn names_beside_a_matrix_name_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.npy");
    let rows = [(vec![], vec![1.5, f64::NAN]), (vec![], vec![2.0, -0.25])];
    write_file(&path, Some(OutputFormat::NpyDouble), &[], &["a(b)", "c"], &rows).unwrap();
    let table = read_file(&path, &ReadOptions::default()).unwrap();
    assert_eq!(table.columns, ["a(b)", "c"]);
    assert_eq!(table.texts(), [["1.5", "∅"], ["2", "-0.25"]]);
    fs::write(folder.path().join("f.columns.json"), "[\"a\"]").unwrap();
    let message = failure(read_file(&path, &ReadOptions::default()));
    assert!(message.contains(".columns.json beside it names another number"), "{message}");
}

#[test]
fn pickles_of_plain_values_are_read_in_every_protocol() {
    for protocol in 0..6 {
        let table = read(&format!("plain{protocol}.pkl")).unwrap();
        assert_eq!(table.columns, ["net", "acc", "epochs", "ok", "note"], "{protocol}");
        assert_eq!(texts(&table, "net"), NETS);
        assert_eq!(texts(&table, "acc"), ["93.5", "", "90"]);
        assert_eq!(texts(&table, "epochs"), ["12", "108", "4"]);
        assert_eq!(texts(&table, "ok"), ["true", "true", "false"]);
    }
    let table = read("numbers.pkl").unwrap();
    assert_eq!(table.columns, ["net", "acc", "epochs", "ok"]);
    assert_eq!(table.texts()[0], [NETS[0], "93.5", "12", "true"]);
    assert_eq!(table.texts()[1], [NETS[1], "∅", "108", "true"]);
}

#[test]
fn pickles_import_and_call_nothing() {
    let message = failure(read("class.pkl"));
    assert!(message.contains("numpy._core") && message.contains("read_pickle"), "{message}");
    for (pickle, named) in [
        (&b"cos\nsystem\n(S'touch hacked'\ntR."[..], "os.system"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.", "os.system"),
        (b"(ios\nsystem\n.", "os.system"),
        (b"\x80\x02]\x81.", "a class"),
        (b"\x80\x02K\x01b.", "damaged"),
        (b"\x80\x02U\x01xQ.", "data outside it"),
    ] {
        let message = failure(read_format(Format::Pickle, pickle));
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn pickles_without_end_are_refused() {
    // A list that holds itself; lists of lists of … of the same list; keys likewise.
    let itself = b"\x80\x02]q\x00h\x00a.".to_vec();
    let doubled = |first: &[u8], last: &[u8]| {
        let mut pickle = b"\x80\x02".to_vec();
        pickle.extend(first);
        for memo in 0..60 {
            pickle.extend([b'q', memo, b'0', b'h', memo, b'h', memo, 0x86]);
        }
        pickle.extend(last);
        pickle
    };
    let deep = [&b"\x80\x02"[..], &b"]".repeat(1000), &b"a".repeat(999), b"."].concat();
    for (pickle, named) in [
        (itself, "holds itself"),
        (doubled(b"N", b"."), "over and over"),
        (doubled(b"K\x01", b"."), "over and over"),
        (doubled(b"X\x01\0\0\0a", b"}q\xf0h\x3bK\x01s."), "over and over"),
        (deep, "more than 100 levels"),
    ] {
        let message = failure(read_format(Format::Pickle, pickle));
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn archives_of_one_file_are_a_compression() {
    let archive = |files: &[(&str, &str)]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for (name, text) in files {
            zip.start_file(*name, options).unwrap();
            std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let one = archive(&[("folder/1.csv", "1,net\n2,x\n"), ("__MACOSX/1.csv", "?")]);
    for bytes in [one.clone(), gzip(&one)] {
        // The name within tells the format.
        assert_eq!(read_as("a.zip", bytes).unwrap().columns, ["1", "net"]);
    }
    let message = failure(read_as("a.zip", archive(&[("a.csv", "a\n"), ("b.csv", "b\n")])));
    assert!(
        message.contains("2 files (a.csv, b.csv)") && message.contains("unzip -p"),
        "{message}"
    );
    assert!(failure(read_as("a.zip", archive(&[("a/__MACOSX", "")]))).contains("is empty"));
    let mut damaged = one;
    let at = damaged.windows(3).position(|part| part == b"2,x").unwrap();
    damaged[at] = b'3';
    assert!(failure(read_as("a.zip", damaged)).contains("damaged"));
}

#[test]
fn formats_that_contradict_the_bytes_are_refused() {
    let options = ReadOptions { format: Some(Format::Csv), ..ReadOptions::default() };
    let message = failure(read_file(&fixture("stored.npz"), &options));
    assert!(message.contains("it is in the format npz, not csv"), "{message}");
    assert!(failure(read_format(Format::Npy, "net\n1234\n")).contains("an array was expected"));
}

#[test]
fn formats_without_their_feature_name_it() {
    if cfg!(feature = "parquet") {
        return;
    }
    for (name, cure) in [("snappy.parquet", "read_parquet"), ("zstd.arrow", "read_feather")] {
        let message = failure(read(name));
        assert!(message.contains("the feature parquet") && message.contains(cure), "{message}");
    }
    for name in ["a.parquet", "a.arrow"] {
        let error = Writer::create(&Output::from(name), None, &[], &[]).err().unwrap().to_string();
        assert!(error.contains("the feature parquet"), "{error}");
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_and_arrow_are_read() {
    for name in [
        "none.parquet",
        "snappy.parquet",
        "zstd.parquet",
        "lz4.parquet",
        "uncompressed.arrow",
        "zstd.arrow",
        "lz4.arrow",
        "stream.arrows",
    ] {
        let table = read(name).unwrap();
        assert_eq!(
            table.columns,
            ["net", "ids", "acc", "epochs", "large", "ok", "kind", "parts", "day"]
        );
        assert_eq!(
            table.texts(),
            [
                [
                    NETS[0],
                    "[4, 0, 3, 1, 4, 3]",
                    "93.5",
                    "12",
                    "9223372036854775808",
                    "true",
                    "a",
                    "{\"x\": 1, \"y\": \"z\"}",
                    "1970-01-01 00:00:00"
                ],
                [
                    NETS[1],
                    "[2, 0, 3, 1, 4, 2]",
                    "∅",
                    "108",
                    "1",
                    "false",
                    "∅",
                    "∅",
                    "1970-01-02 00:00:00"
                ],
                [
                    NETS[2],
                    "[0, 1, 2, 3, 4, 0]",
                    "90",
                    "4",
                    "∅",
                    "∅",
                    "a",
                    "{\"x\": null, \"y\": \"\"}",
                    "∅"
                ],
            ],
            "{name}"
        );
        assert_eq!(column(&table, "acc")[0], &Value::Number(93.5));
        assert_eq!(column(&table, "epochs")[1], &Value::Integer(108));
        assert_eq!(read_as("a", gzip(&bytes(name))).unwrap().texts(), table.texts());
    }
    let message = failure(read("decimal.parquet"));
    assert!(message.contains("column cost holds Decimal"), "{message}");
}

/// The formats that store columns, by their extensions.
fn columnar() -> Vec<&'static str> {
    let formats = [OutputFormat::Npz, OutputFormat::Parquet, OutputFormat::Arrow];
    let has = |format: &OutputFormat| *format == OutputFormat::Npz || cfg!(feature = "parquet");
    formats.into_iter().filter(has).map(|format| format.extensions()[0]).collect()
}

#[test]
fn columnar_files_come_back() {
    let rows: Vec<_> = (0..70_000_u32)
        .map(|row| {
            let kept = vec![
                Value::Text(format!("é{row}").into()),
                if row == 69_999 { Value::Json("0.5".into()) } else { Value::Integer(row.into()) },
                Value::Json(row.to_string().into()),
                if row % 2 == 0 { Value::Missing } else { Value::Number(f64::from(row)) },
            ];
            (kept, vec![f64::from(row) / 8.0, f64::NAN])
        })
        .collect();
    for extension in columnar() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("a.{extension}"));
        write_file(&path, None, &["net", "mixed", "id", "gaps"], &["x", "none"], &rows).unwrap();
        assert_eq!(listing(folder.path()).len(), 1);
        let table = read_file(&path, &ReadOptions::default()).unwrap();
        assert_eq!(table.columns, ["net", "mixed", "id", "gaps", "x", "none"]);
        assert_eq!(table.rows.len(), rows.len());
        for (row, (kept, numbers)) in table.rows.iter().zip(&rows) {
            assert_eq!(row.values[0], kept[0]);
            assert_eq!(row.values[1].number(), kept[1].number());
            assert_eq!(row.values[2], Value::Integer(kept[2].text().parse().unwrap()));
            assert_eq!(row.values[3].number(), kept[3].number());
            assert_eq!(row.values[4], Value::Number(numbers[0]));
            assert_eq!(row.values[5], Value::Missing);
        }
    }
}

#[test]
fn empty_columnar_files_come_back() {
    for extension in columnar() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("a.{extension}"));
        write_file(&path, None, &["net"], &["x"], &[]).unwrap();
        let table = read_file(&path, &ReadOptions::default()).unwrap();
        assert_eq!((table.columns.len(), table.rows.len()), (2, 0), "{extension}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Missing),
        any::<i64>().prop_map(Value::Integer),
        (-1000_i64..1000).prop_map(Value::Integer),
        any::<f64>().prop_filter("NaN", |number| !number.is_nan()).prop_map(Value::Number),
        "[^\0]{1,5}".prop_map(|text| Value::Text(text.into())),
        "-?[1-9][0-9]{0,20}(\\.[0-9]{1,20})?".prop_map(|json| Value::Json(json.into())),
    ]
}

proptest! {
    #[test]
    fn no_value_changes_in_columnar_files(rows in prop::collection::vec(prop::collection::vec(value(), 2), 1..6)) {
        for extension in columnar() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(format!("a.{extension}"));
            let written: Vec<_> = rows.iter().map(|row| (row.clone(), Vec::new())).collect();
            write_file(&path, None, &["a", "b"], &[], &written).unwrap();
            let table = read_file(&path, &ReadOptions::default()).unwrap();
            for (read, row) in table.rows.iter().zip(&rows) {
                for (read, value) in read.values.iter().zip(row) {
                    let same_number = read.number().map(f64::to_bits) == value.number().map(f64::to_bits);
                    prop_assert!(read.text() == value.text() || (same_number && !matches!(value, Value::Text(_))), "{:?} {:?}", read, value);
                }
            }
            prop_assert_eq!(table.rows.len(), rows.len());
        }
    }
}
