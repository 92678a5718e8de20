//! Inputs that mean harm: none may panic, overflow the stack or fill the memory.

use std::io::Read;
use std::ops::ControlFlow;

use crate::table_support::{TEXT, failure, gzip, read_as, read_format, zstd};
use graf::table::{Format, Input, ReadOptions, Reader, TableError, Value};
use proptest::prelude::*;

#[test]
fn empty_inputs_say_so() {
    for bytes in [&b""[..], b"\xef\xbb\xbf", &gzip(b""), &zstd(b"\xef\xbb\xbf")] {
        for format in TEXT {
            assert!(failure(read_format(format, bytes)).ends_with("is empty"), "{format}");
        }
        assert!(failure(read_as("noname", bytes)).ends_with("is empty"));
    }
    for blank in ["\n", "\n\n\r\n"] {
        for format in TEXT {
            assert!(failure(read_format(format, blank)).ends_with("is empty"), "{format}");
        }
    }
    for blank in [" ", " \n\t\n"] {
        for format in [Format::Json, Format::JsonLines, Format::Text] {
            assert!(failure(read_format(format, blank)).ends_with("is empty"), "{format}");
        }
    }
}

/// A table of some hundred kilobytes that does not compress well.
fn sample(format: Format) -> String {
    let mut numbers = (0..30_000_u32).map(|number| number.wrapping_mul(2_654_435_761));
    let mut next = || numbers.next().unwrap();
    let mut rows = |count: u32, begin: &str, end: &str| {
        let mut rows = String::new();
        for _ in 0..count {
            rows += begin;
            rows += &next().to_string();
            rows += end;
        }
        rows
    };
    match format {
        Format::Csv | Format::Text => "a\n".to_owned() + &rows(30_000, "", "\n"),
        Format::Tsv => "a\tb\n".to_owned() + &rows(30_000, "x\t", "\n"),
        Format::Python => rows(20_000, "N = Genotype(", ")\n"),
        Format::JsonLines => rows(20_000, "{\"a\": ", "}\n"),
        Format::Json => "[".to_owned() + &rows(20_000, "{\"a\": ", "},") + "{}]",
        other => unreachable!("{other} is no text"),
    }
}

/// Compresses bytes as bzip2.
fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

/// Compresses bytes as xz.
fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    liblzma::read::XzEncoder::new(bytes, 1).read_to_end(&mut packed).unwrap();
    packed
}

#[test]
fn truncated_compression_is_an_error() {
    for format in TEXT {
        for pack in [gzip, zstd, bzip2, xz] {
            let packed = pack(sample(format).as_bytes());
            assert!(read_format(format, &packed).unwrap().rows.len() >= 15_000);
            // Fewer bytes of bzip2 and xz may be text.
            for length in [12, 20, packed.len() / 2, packed.len() - 1] {
                let read = read_format(format, &packed[..length]);
                assert!(read.is_err(), "{format} {length} of {} bytes", packed.len());
                let message = failure(read);
                assert!(message.starts_with("cannot read "), "{format} {length}: {message}");
            }
        }
    }
}

#[test]
fn long_records_are_read_up_to_the_limit() {
    let long = "x".repeat(10_000_000);
    for (name, bytes) in [
        ("a.csv", format!("net\n{long}\n")),
        ("a.tsv", format!("net\n\"{long}\"\n")),
        ("a.txt", long.clone()),
        ("a.jsonl", format!("{{\"net\": \"{long}\"}}\n")),
        ("a.json", format!("[\"{long}\"]")),
        ("b.json", format!("[{{\"net\": \"{long}\"}}]")),
        ("c.json", format!("{{\"x\": {{\"net\": \"{long}\"}}}}")),
    ] {
        let table = read_as(name, bytes).unwrap();
        assert_eq!(table.rows[0].values.last(), Some(&Value::Text(long.as_str().into())), "{name}");
    }
}

#[test]
fn records_over_the_limit_are_refused() {
    let long = "x\n".repeat(9 << 20);
    let line = "x".repeat(18 << 20);
    for (name, bytes, place) in [
        ("a.csv", format!("net\na\n\"{long}"), "line 3"),
        ("a.tsv", format!("net\n{line}\n"), "line 2"),
        ("b.csv", line.clone(), "line 1"),
        ("a.txt", format!("a\n{line}"), "line 2"),
        ("a.jsonl", format!("{{}}\n{{\"net\": \"{line}\"}}\n"), "line 2"),
        ("a.json", format!("[\"\",\n\"{line}\"]"), "line 2"),
        ("b.json", format!("{{\"a\":\n{{\"{line}\": 1}}}}"), "line 2"),
        ("c.json", format!("{{\"a\": {{\"b\": {{\"c\": [{line}]}}}}}}"), "line 1"),
        ("d.json", " ".repeat(18 << 20), "line 1"),
    ] {
        let result = read_as(name, bytes);
        let error = result.err().unwrap();
        let TableError::TooLong { place: found, .. } = &error else { panic!("{name}: {error}") };
        assert_eq!(found, place, "{name}");
        assert!(error.to_string().contains("a record is longer than 16 MiB"), "{error}");
    }
}

#[test]
fn odd_bytes_are_carried_or_told() {
    let table = read_as("a.csv", b"net,a\nx\0,1\n\0\xff,2\n").unwrap();
    assert_eq!(table.texts(), [["x\0", "1"]]);
    assert_eq!(
        table.complaints(),
        [
            "line 3, column net: \"\\u{0}\u{fffd}\": this is not UTF-8 text; convert the file to UTF-8"
        ]
    );
    assert!(failure(read_as("a.json", b"[\"a\0\"]")).contains("control character"));
    assert!(
        failure(read_as("a.json", b"{\"a\xff\": {\"b\": 1}}")).contains("this is not UTF-8 text")
    );
    assert!(
        failure(read_as("a.json", b"\0")).contains("\"\\u{0}\": expected an array or an object")
    );
    assert_eq!(read_as("a.jsonl", b"{\"a\":1}\n\0").unwrap().broken.len(), 1);
}

#[test]
fn deep_nesting_neither_overflows_nor_is_lost() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{open}{close}");
    let records = [
        ("a.jsonl", format!("{{\"a\": {nested}}}\n")),
        ("a.json", format!("[{{\"a\": {nested}}}]")),
        ("b.json", format!("{{\"x\": {{\"a\": {nested}}}}}")),
        ("c.json", format!("{{\"x\": {{\"a\": {{\"score\": {nested}}}}}}}")),
        // The whole document is one record, or lists of values: here a list of one.
        ("d.json", format!("{{\"a\": [{nested}]}}")),
    ];
    for (name, bytes) in records {
        assert_eq!(
            read_as(name, bytes).unwrap().rows[0].values.last(),
            Some(&Value::Json(nested.as_str().into()))
        );
    }
    // Arrays in an array are rows.
    assert_eq!(read_as("a.json", &nested).unwrap().rows.len(), 1);
    for bytes in [&open, &format!("[{{\"a\": {open}")] {
        assert!(read_as("a.json", bytes).is_err());
    }
    for bytes in [&open, &nested, &format!("[{{\"a\": {open}")] {
        assert_eq!(read_as("a.jsonl", bytes).unwrap().broken.len(), 1);
    }
    let table = read_as("a.json", format!("[\"a\", {nested}]")).unwrap();
    assert_eq!((table.rows.len(), table.broken.len()), (2, 0));
    let groups = "{\"a\":".repeat(100_000);
    for bytes in [groups.clone(), format!("{groups}1{}", "}".repeat(100_000))] {
        let message = failure(read_as("a.json", bytes));
        assert!(message.contains("groups are nested more than 128 levels deep"), "{message}");
    }
}

#[test]
fn many_keys_and_groups_are_refused() {
    let records: Vec<String> = (0..20_000).map(|index| format!("{{\"k{index}\": 1}}")).collect();
    assert!(
        failure(read_as("a.json", format!("[{}]", records.join(","))))
            .contains("more than 16384 columns")
    );
    let groups: Vec<String> =
        (0..101).map(|index| format!("\"g{index}\": {{\"x\": {{\"a\": 1}}}}")).collect();
    let message = failure(read_as("a.json", format!("{{{}}}", groups.join(","))));
    assert!(message.contains("more than 100 groups"), "{message}");
    let key = "k".repeat(70_000);
    let message = failure(read_as("a.json", format!("{{\"{key}\": {{\"a\": 1}}}}")));
    assert!(message.contains("longer than 64 KiB"), "{message}");
}

#[test]
fn compressed_parts_may_follow_one_another() {
    for pack in [gzip, zstd, bzip2, xz] {
        let both = [pack(b"net\n1\n"), pack(b"2\n")].concat();
        assert_eq!(read_as("a.csv", both).unwrap().texts(), [["1"], ["2"]]);
        assert!(failure(read_as("a.csv", pack(b""))).ends_with("is empty"));
    }
    assert_eq!(read_as("a.csv", "BZh9,a\n1,2\n").unwrap().columns, ["BZh9", "a"]);
}

#[test]
fn a_dictionary_beyond_all_measure_is_refused() {
    let mut options = liblzma::stream::LzmaOptions::new_preset(1).unwrap();
    options.dict_size(512 << 20);
    let mut filters = liblzma::stream::Filters::new();
    filters.lzma2(&options);
    let stream =
        liblzma::stream::Stream::new_stream_encoder(&filters, liblzma::stream::Check::Crc32)
            .unwrap();
    let mut packed = Vec::new();
    liblzma::read::XzEncoder::new_stream(&b"net\n1\n"[..], stream)
        .read_to_end(&mut packed)
        .unwrap();
    assert!(failure(read_as("a.csv", packed)).starts_with("cannot read "));
}

/// About 100 MB of one text over and over, gzipped.
fn bomb(text: &str) -> Vec<u8> {
    gzip(text.repeat(10_000_000 / text.len()).as_bytes()).repeat(10)
}

#[test]
fn bombs_are_refused_or_passed() {
    let bombs = [bomb("\n"), bomb("x"), bomb("\0"), bomb(" ")];
    for format in TEXT {
        for bomb in &bombs {
            let error = read_format(format, bomb).err();
            assert!(error.is_some(), "{format}");
        }
    }
    let rows = bomb(&format!("[{}]\n", "1".repeat(997)));
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Csv, Format::JsonLines, Format::Text] {
        let path = folder.path().join("rows");
        std::fs::write(&path, &rows).unwrap();
        let options = ReadOptions { format: Some(format), dataset: None, ..ReadOptions::default() };
        let mut count = 0_u64;
        let mut count_row = |_| {
            count += 1;
            ControlFlow::Continue(())
        };
        Reader::open(&Input::File(path), &options).unwrap().read(&mut count_row).unwrap();
        assert_eq!(count, 100_000 - u64::from(format == Format::Csv));
    }
}

/// Bytes that look like a table more often than chance would have it.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let signs = prop_oneof![
        8 => prop::sample::select(&b"{}[]\":,\n\r\t \\019.-eEtruscoim\xff\0("[..]).prop_map(|byte| vec![byte]),
        1 => prop::sample::select(&["\"a\":", "{\"a\":1}", "\"score\":", "null", "\"\\u00e9\"", "\"0\":\"x\"", "\u{feff}"][..])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(signs, 0..60).prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_panic(bytes in bytes()) {
        for format in TEXT {
            // Whether they are a table is not the question.
            let _ = read_format(format, &bytes);
        }
        let _ = read_as("noname", &bytes);
    }

    #[test]
    fn no_damage_to_a_document_panics(place in 0_usize..150, byte in any::<u8>()) {
        let mut bytes = br#"{"nb201": {"c10": {"(4, 3)": {"flops": {"score": 1, "time": 2}, "acc": [1, 2], "s": "\u00e9"}, "(1, 2)": {"acc": null}}}}"#.to_vec();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = read_as("a.json", &bytes);
        bytes.truncate(place);
        prop_assert!(read_as("a.json", &bytes).is_err());
    }
}
