//! Every output format, and how files appear.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use crate::table_support::{listing, names, write_file};
use graf::table::{AtomicFile, Output, OutputFormat, TableError, Value, Writer};

fn rows() -> Vec<(Vec<Value>, Vec<f64>)> {
    let text = |text: &str| Value::Text(text.into());
    vec![
        (vec![text("(4, \"3\")"), Value::Json("1.50".into())], vec![3.0, 2.0 / 7.0]),
        (vec![text("a\tb"), Value::Missing], vec![f64::NAN, -1.0]),
        (vec![text("534"), Value::Json("[1,\r\n 2]".into())], vec![f64::INFINITY, 1e300]),
    ]
}

fn written(name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write_file(&path, None, &["net", "x \"y\""], &["a,b", "c"], &rows()).unwrap();
    assert_eq!(listing(folder.path()), [name]);
    let bytes = fs::read(path).unwrap();
    let mut text = String::new();
    if bytes.starts_with(b"\x1f\x8b") {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        zstd::Decoder::new(bytes.as_slice()).unwrap().read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text
}

#[test]
fn csv_quotes_where_it_must() {
    let expected = "net,\"x \"\"y\"\"\",\"a,b\",c\n\"(4, \"\"3\"\")\",1.50,3,0.2857142857142857\na\tb,,,-1\n534,\"[1,\r\n 2]\",inf,1e300\n";
    assert_eq!(written("a.csv"), expected);
    assert_eq!(written("a.csv.gz"), expected);
    assert_eq!(written("a.csv.zst"), expected);
}

#[test]
fn tsv_quotes_where_it_must() {
    let expected = "net\t\"x \"\"y\"\"\"\ta,b\tc\n\"(4, \"\"3\"\")\"\t1.50\t3\t0.2857142857142857\n\"a\tb\"\t\t\t-1\n534\t\"[1,\r\n 2]\"\tinf\t1e300\n";
    assert_eq!(written("a.tsv"), expected);
}

#[test]
fn json_lines_stay_lines() {
    let expected = r#"{"net":"(4, \"3\")","x \"y\"":1.50,"a,b":3,"c":0.2857142857142857}
{"net":"a\tb","x \"y\"":null,"a,b":null,"c":-1}
{"net":"534","x \"y\"":[1,   2],"a,b":null,"c":1e300}
"#;
    assert_eq!(written("a.jsonl"), expected);
    assert_eq!(written("a.ndjson.gz"), expected);
}

#[test]
fn a_lone_empty_field_is_no_blank_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    write_file(&path, None, &[], &["a"], &[(vec![], vec![f64::NAN]), (vec![], vec![1.0])]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\n\"\"\n1\n");
    write_file(&path, None, &["a"], &[], &[(vec![Value::Missing], vec![])]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\n\"\"\n");
}

#[test]
fn rows_without_columns_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    write_file(&path, None, &[], &[], &[(vec![], vec![])]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n");
    let path = folder.path().join("a.csv");
    write_file(&path, None, &[], &[], &[(vec![], vec![])]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "\n\n");
}

#[test]
fn npy_bytes_are_those_of_numpy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let rows = [
        (vec![Value::Text(" 1.5 ".into())], vec![2.0, f64::NAN]),
        (vec![Value::Missing], vec![-1.0, f64::INFINITY]),
        (vec![Value::Json("7".into())], vec![0.0, -0.0]),
    ];
    write_file(&path, None, &["acc"], &["a \"b\"", "c"], &rows).unwrap();
    assert_eq!(listing(folder.path()), ["a.columns.json", "a.npy"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("a.columns.json")).unwrap(),
        "[\"acc\",\"a \\\"b\\\"\",\"c\"]\n"
    );
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes[..8], *b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + length) % 64, 0);
    let header = str::from_utf8(&bytes[10..10 + length]).unwrap();
    assert_eq!(header.trim_end(), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }");
    assert!(header.ends_with(" \n"));
    let (matrix, rest) = bytes[10 + length..].as_chunks::<4>();
    let matrix: Vec<f32> = matrix.iter().map(|number| f32::from_le_bytes(*number)).collect();
    assert!(rest.is_empty());
    assert_eq!(matrix[..2], [1.5, 2.0]);
    assert!(matrix[2].is_nan() && matrix[3].is_nan());
    assert_eq!(matrix[4..], [-1.0, f32::INFINITY, 7.0, 0.0, -0.0]);
}

#[test]
fn npy_refuses_what_its_numbers_cannot_hold() {
    let folder = tempfile::tempdir().unwrap();
    let output = Output::File(folder.path().join("a.npy"));
    let encoded = |format, text: &str, number| {
        let writer = Writer::create(&output, Some(format), &names(&["acc"]), &names(&["f"]));
        let mut bytes = Vec::new();
        let value = Value::Text(text.into());
        let done = writer.unwrap().encoder().row(&[&value], &[number], &mut bytes);
        done.map(|()| bytes).map_err(|error| error.to_string())
    };
    for (text, number, message) in [
        ("1e39", 0.0, "column acc: \"1e39\": this is beyond float32"),
        ("-3.5e38", 0.0, "column acc: \"-3.5e38\": this is beyond float32"),
        (
            "0",
            1e39,
            "column f: \"1000000000000000000000000000000000000000\": this is beyond float32",
        ),
    ] {
        let error = encoded(OutputFormat::Npy, text, number).unwrap_err();
        assert!(error.starts_with(message) && error.ends_with("--dtype float64"), "{error}");
        let bytes = encoded(OutputFormat::NpyDouble, text, number).unwrap();
        let wanted: f64 = text.parse().unwrap();
        assert_eq!(bytes, [wanted.to_le_bytes(), number.to_le_bytes()].concat());
    }
    for format in [OutputFormat::Npy, OutputFormat::NpyDouble] {
        let error = encoded(format, "1e400", 0.0).unwrap_err();
        assert!(error.contains("\"1e400\"") && error.contains("beyond float64"), "{error}");
        encoded(format, "-inf", f64::INFINITY).unwrap();
        encoded(format, "3.4e38", f64::NAN).unwrap();
    }
}

#[test]
fn npy_refuses_text_and_compression() {
    let folder = tempfile::tempdir().unwrap();
    let output = Output::File(folder.path().join("a.npy"));
    let writer = Writer::create(&output, None, &names(&["net"]), &[]).unwrap();
    let error = writer
        .encoder()
        .row(&[&Value::Text("(4, 3)".into())], &[], &mut Vec::new())
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("column net: \"(4, 3)\": this is not a number"), "{error}");
    assert!(error.contains("keep other columns"));
    let output = Output::File(folder.path().join("a.npy.gz"));
    let error = Writer::create(&output, None, &[], &[]).err().unwrap();
    assert!(matches!(error, TableError::Uncompressed { .. }), "{error}");
}

#[test]
fn npy_under_another_name_has_its_names_beside() {
    let folder = tempfile::tempdir().unwrap();
    write_file(&folder.path().join("a.bin"), Some(OutputFormat::Npy), &[], &["a"], &[]).unwrap();
    assert_eq!(listing(folder.path()), ["a.bin", "a.bin.columns.json"]);
}

#[test]
fn unknown_extensions_are_told() {
    let error = Writer::create(&Output::from("x/a.xls"), None, &[], &[]).err().unwrap().to_string();
    assert!(error.contains("x/a.xls"), "{error}");
    assert!(error.contains(".csv, .tsv, .tab, .jsonl, .ndjson, .npy"), "{error}");
    assert!(error.contains("cannot tell the format"), "{error}");
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("a.csv");
    fs::write(&old, "old").unwrap();
    for name in ["a.csv", "b.csv", "c.csv.gz", "d.jsonl.zst", "e.npy"] {
        let output = Output::File(folder.path().join(name));
        let mut writer = Writer::create(&output, None, &[], &names(&["a"])).unwrap();
        writer.write(1, &vec![b'1'; 100_000]).unwrap();
        assert_eq!(
            listing(folder.path()).iter().filter(|name| !name.starts_with(".graf-")).count(),
            1
        );
        drop(writer);
        assert_eq!(listing(folder.path()), ["a.csv"]);
    }
    assert_eq!(fs::read_to_string(&old).unwrap(), "old");
    write_file(&old, None, &[], &["a"], &[]).unwrap();
    assert_eq!(fs::read_to_string(&old).unwrap(), "a\n");
    assert_eq!(listing(folder.path()), ["a.csv"]);
}

#[test]
fn plain_atomic_files_appear_when_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.txt");
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"line 2: broken\n").unwrap();
    assert!(!path.exists());
    file.commit().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "line 2: broken\n");
    assert!(AtomicFile::create(Path::new("no/such/folder/a")).is_err());
    assert!(AtomicFile::create(folder.path()).is_err());
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn new_files_have_ordinary_permissions_and_old_ones_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let (ordinary, path) = (folder.path().join("ordinary"), folder.path().join("a.csv"));
        fs::write(&ordinary, "").unwrap();
        write_file(&path, None, &[], &["a"], &[]).unwrap();
        assert_eq!(mode(&path), mode(&ordinary));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write_file(&path, None, &[], &["b"], &[]).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
    }

    #[test]
    fn symbolic_links_are_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("inner/target.csv");
        fs::create_dir(folder.path().join("inner")).unwrap();
        symlink("inner/target.csv", folder.path().join("one.csv")).unwrap();
        symlink("one.csv", folder.path().join("two.csv")).unwrap();
        for content in ["a", "b"] {
            write_file(&folder.path().join("two.csv"), None, &[], &[content], &[]).unwrap();
            assert!(folder.path().join("two.csv").is_symlink());
            assert!(!target.is_symlink());
            assert_eq!(fs::read_to_string(&target).unwrap(), format!("{content}\n"));
        }
        symlink("loop.csv", folder.path().join("loop.csv")).unwrap();
        let _ = write_file(&folder.path().join("loop.csv"), None, &[], &["a"], &[]);
    }

    #[test]
    fn devices_and_pipes_are_written_directly() {
        let has = |format: &OutputFormat| {
            cfg!(feature = "parquet")
                || ![OutputFormat::Parquet, OutputFormat::Arrow].contains(format)
        };
        for format in OutputFormat::ALL.into_iter().filter(has) {
            write_file(Path::new("/dev/null"), Some(format), &[], &["a"], &[(vec![], vec![1.0])])
                .unwrap();
        }
        assert!(!Path::new("/dev/null").is_file());
        assert!(!Path::new("/dev/null.columns.json").exists());

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe.npy");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reader = {
            let path = path.clone();
            std::thread::spawn(move || fs::read(path).unwrap())
        };
        write_file(&path, None, &[], &["a"], &[(vec![], vec![1.0])]).unwrap();
        let bytes = reader.join().unwrap();
        assert!(String::from_utf8_lossy(&bytes).contains("(1, 1)"));
        assert_eq!(bytes[bytes.len() - 4..], 1.0_f32.to_le_bytes());
        assert_eq!(listing(folder.path()), ["pipe.npy"]);
    }

    #[test]
    fn a_full_device_is_an_error() {
        if Path::new("/dev/full").exists() {
            let rows = [(vec![], vec![1.0])];
            let error =
                write_file(Path::new("/dev/full"), Some(OutputFormat::Csv), &[], &["a"], &rows)
                    .unwrap_err();
            assert!(
                error.to_string().starts_with("cannot write /dev/full: No space left"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_broken_pipe_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reader = {
            let path = path.clone();
            std::thread::spawn(move || drop(fs::File::open(path).unwrap()))
        };
        let output = Output::File(path);
        let mut writer =
            Writer::create(&output, Some(OutputFormat::Csv), &[], &names(&["a"])).unwrap();
        reader.join().unwrap();
        let error = writer.write(1, &vec![b'1'; 1 << 20]).unwrap_err();
        assert!(error.is_broken_pipe(), "{error}");
    }
}
