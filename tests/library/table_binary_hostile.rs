//! Binary files that are cut off, damaged or mean harm: none may panic, and none may pass for a shorter table.

use std::fs;
use std::path::Path;

use crate::table_support::{failure, read_as, read_format};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use graf::table::{Format, Value};
use proptest::prelude::*;

/// The files that Python wrote and that this `graf` reads.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/binary");
    let extensions = |name: &str| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        let arrow = ["parquet", "arrow", "arrows"].contains(&extension);
        ["npy", "npz", "pkl"].contains(&extension) || (arrow && cfg!(feature = "parquet"))
    };
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .filter(|(name, _)| extensions(name))
        .collect();
    found.sort();
    assert!(found.len() > 10);
    found.push(("nasbench.tfrecord".to_owned(), benchmark()));
    found
}

fn double(field: u8, number: f64) -> Vec<u8> {
    [&[field << 3 | 1][..], &number.to_le_bytes()].concat()
}

fn message(field: u8, bytes: &[u8]) -> Vec<u8> {
    [&[field << 3 | 2, u8::try_from(bytes.len()).unwrap()][..], bytes].concat()
}

/// What TensorFlow makes of a record.
fn framed(record: &[u8]) -> Vec<u8> {
    let masked = |bytes: &[u8]| {
        crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
    };
    let length = (record.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), record, &masked(record)].concat()
}

/// Two training runs, written as NAS-Bench-101 writes them.
fn benchmark() -> Vec<u8> {
    let evaluation = |epoch: f64| {
        let numbers = [epoch, 100.0 * epoch, 0.9, 0.8, 0.7 + epoch / 1000.0];
        let fields = (1_u8..).zip(numbers).map(|(field, number)| double(field, number));
        message(1, &fields.collect::<Vec<_>>().concat())
    };
    let record = |epochs: u32| {
        let metrics = [
            evaluation(0.0),
            evaluation(f64::from(epochs) / 2.0),
            evaluation(f64::from(epochs)),
            vec![0x10, 0xac, 0x02],
            double(3, 1.0),
        ]
        .concat();
        let record = serde_json::json!([
            "00005c142e6f48ac74fdcf73e3439874",
            epochs,
            "0100001000010000",
            "input,conv3x3-bn-relu,maxpool3x3,output",
            STANDARD.encode(metrics)
        ]);
        framed(record.to_string().as_bytes())
    };
    [record(12), record(108)].concat()
}

#[test]
fn training_runs_of_nasbench101_are_read() {
    let table = read_as("noname", benchmark()).unwrap();
    assert_eq!(
        table.columns[..6],
        [
            "module_hash",
            "epochs",
            "module_adjacency",
            "module_operations",
            "trainable_parameters",
            "halfway_training_time"
        ]
    );
    assert_eq!(table.columns[12], "final_test_accuracy");
    let row = &table.texts()[1];
    assert_eq!(row[1], "108");
    assert_eq!(row[2], "[[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]");
    assert_eq!(row[3], r#"["input","conv3x3-bn-relu","maxpool3x3","output"]"#);
    assert_eq!(row[4..8], ["300", "5400", "0.9", "0.8"]);
    assert_eq!(table.rows[1].values[12], Value::Number(0.7 + 108.0 / 1000.0));
    assert!(table.broken.is_empty());
}

#[test]
fn other_records_of_tensorflow_are_broken_rows() {
    let records = [
        framed(b"\x0a\x05hello"),
        framed(br#"["h", 108, "010", "input,output", ""]"#),
        framed(br#"["h", 108, "0100", "input,output", "?"]"#),
        framed(br#"["h", 108, "0100", "input,output", "EKwC"]"#),
    ];
    let table = read_as("a.tfrecord", records.concat()).unwrap();
    let expected = [
        "record 1: \"\\n\\u{5}hello\": no record of NAS-Bench-101",
        "record 2, column module_adjacency: \"010\": expected the digits of a square matrix",
        "record 3, column final_test_accuracy: \"?\": expected the measurements",
        "record 4, column final_test_accuracy: \"EKwC\": expected three evaluations",
    ];
    assert_eq!(table.broken.len(), expected.len());
    for (complaint, expected) in table.complaints().iter().zip(expected) {
        assert!(complaint.starts_with(expected), "{complaint}");
    }
    let huge = u64::MAX.to_le_bytes();
    let masked = crc32c::crc32c(&huge).rotate_right(15).wrapping_add(0xa282_ead8);
    let huge = [&huge[..], &masked.to_le_bytes(), b"{}"].concat();
    assert!(failure(read_as("a.tfrecord", huge)).contains("longer than 16 MiB"));
}

#[test]
fn cut_files_are_errors() {
    for (name, whole) in fixtures() {
        // Parquet and Arrow are long, and debug builds slow.
        for end in (0..whole.len()).step_by(if whole.len() > 1_700 { 13 } else { 1 }) {
            let Ok(table) = read_as(&name, &whole[..end]) else { continue };
            // Records of TensorFlow and batches of a stream may end anywhere between two of them.
            let is_open = name.ends_with(".tfrecord") && table.rows.len() == 1;
            assert!(
                is_open || (name.ends_with(".arrows") && table.rows.len() != 1),
                "{name} {end}"
            );
        }
    }
}

#[test]
fn arrays_that_claim_more_than_there_is_are_errors() {
    for (descr, shape) in [
        ("<f8", "(1000000000000,)"),
        ("<f8", "(18446744073709551615, 2)"),
        ("<f8", "(2, 18446744073709551615)"),
        ("<U4000000000", "(2,)"),
        ("<U18446744073709551615", "(2,)"),
        ("<f8", "(2, 16385)"),
        ("<f8", "(2, 4, 4294967296, 4294967296)"),
        ("<f8", "(1, 1, 1, 0)"),
        ("<U0", "(3,)"),
        ("<f8", "()"),
    ] {
        for order in ["True", "False"] {
            let header =
                format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
            let mut array = b"\x93NUMPY\x01\x00".to_vec();
            array.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
            array.extend(header.as_bytes());
            array.extend([0; 64]);
            assert!(read_as("a.npy", array).is_err(), "{header}");
        }
    }
    // A header of 4 GiB.
    let array = [&b"\x93NUMPY\x02\x00"[..], &[0xff; 4], b"{'descr'"].concat();
    assert!(failure(read_as("a.npy", array)).contains("longer than 1 MiB"));
}

#[test]
fn pickles_that_claim_more_than_there_is_are_errors() {
    for pickle in [
        &b"\x80\x02X\xff\xff\xff\xffabc."[..],
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc.",
        b"\x80\x02\x8b\xff\xff\xff\x7f\x01.",
        b"\x80\x02\x8b\xff\xff\xff\xff\x01.",
        b"\x80\x02(((t.",
        b"\x80\x02\x87.",
        b"\x80\x02(K\x01\x87.",
        b"\x80\x02N(a.",
        b"\x80\x02}K\x01u.",
        b"\x80\x02}(K\x01u.",
        b"\x80\x02h\x05.",
        b"\x80\x02q\x05.",
        b"I1.5\n.",
        b"Fx\n.",
        b"x",
    ] {
        assert!(read_format(Format::Pickle, pickle).is_err(), "{pickle:?}");
    }
    let many = [&b"\x80\x02("[..], &b"N".repeat((1 << 25) + 1), b"l."].concat();
    assert!(failure(read_format(Format::Pickle, many)).contains("33 million values"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_damage_panics(place in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..5)) {
        for (name, mut whole) in fixtures() {
            let place = place.index(whole.len());
            for (old, new) in whole[place..].iter_mut().zip(&bytes) {
                *old = *new;
            }
            // Whether it still is a table is not the question.
            let _ = read_as(&name, whole);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for format in Format::ALL {
            let _ = read_format(format, &bytes);
        }
        for start in [&b"\x93NUMPY\x01\x00"[..], b"PK\x03\x04", b"\x80\x04", b"BZh91AY&SY", b"\xfd7zXZ\0", b"ARROW1\0\0", b"PAR1", b"\xff\xff\xff\xff\x10\0\0\0"] {
            let _ = read_as("noname", [start, &bytes].concat());
        }
    }

    #[test]
    fn no_program_of_a_pickle_panics(codes in prop::collection::vec(prop::sample::select(
        &b"(012NK\x01J\x01\0\0\0]})lt\x85\x86\x87aedsuq\x00q\x01h\x00h\x01\x94\x88G\x8c\x01aX\x01\0\0\0bRcb\x93\x8f\x90\x91"[..]), 0..60)) {
        let pickle = [&b"\x80\x04"[..], &codes, b"."].concat();
        let _ = read_format(Format::Pickle, pickle);
    }
}
