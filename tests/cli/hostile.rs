//! Inputs that mean harm, through the binary: a clear message, never a panic.

use std::fmt::Write as _;

use crate::cli::{Folder, gzip, zstd};
use graf::space::SPACES;
use proptest::prelude::*;

const FORMATS: [&str; 5] = ["csv", "tsv", "json", "jsonl", "text"];

/// Runs `graf featurize` on a file of these bytes, with other arguments too.
fn featurize(bytes: impl AsRef<[u8]>, arguments: &str) -> crate::cli::Run {
    Folder::with("nets", bytes).run(&format!("featurize nets {arguments}"))
}

fn fails(bytes: impl AsRef<[u8]>, arguments: &str) -> String {
    let run = featurize(bytes, arguments).expect_clear_failure(arguments);
    run.err
}

#[test]
fn empty_inputs() {
    for bytes in [Vec::new(), gzip(b""), zstd(b""), b"\xef\xbb\xbf".to_vec(), b"\n\n".to_vec()] {
        for format in FORMATS {
            let message = fails(&bytes, &format!("--format {format}"));
            assert_eq!(message, "error: nets is empty\n", "{format}");
        }
        assert_eq!(fails(&bytes, ""), "error: nets is empty\n");
        let run = Folder::new().run_with(&["featurize", "-"], bytes.clone());
        assert_eq!(run.expect_clear_failure("-").err, "error: standard input is empty\n");
    }
    for bytes in ["[]", "{}", "[ ]\n"] {
        assert_eq!(fails(bytes, "--format json"), "error: nets holds no records\n", "{bytes}");
    }
}

#[test]
fn only_a_header() {
    for (format, header) in [("csv", "net,acc\n"), ("tsv", "net\tacc\n"), ("csv", "net,acc")] {
        fails(header, &format!("--format {format}"));
        let run = featurize(header, &format!("--format {format} --space nasbench201 -q"));
        let (names, rows) = crate::cli::csv(&run.expect_success(header).out);
        assert_eq!((names.len(), rows.len()), (162, 0));
    }
}

#[test]
fn long_lines() {
    let long = "1".repeat(10_000_000);
    for (format, bytes) in [
        ("text", long.clone()),
        ("csv", format!("net\n{long}\n")),
        ("csv", format!("net\n\"({long}\n")),
        ("csv", format!("{long}\n1\n")),
        ("tsv", format!("net\n{}\n", "(1, ".repeat(2_500_000))),
        ("jsonl", format!("{{\"net\": \"{long}\"}}\n")),
        ("json", format!("[\"{long}\"]")),
        ("json", format!("{{\"{long}\": \"(1, 2)\"}}")),
    ] {
        for space in ["", "--space nasbench101", "--space nasbench-graph"] {
            fails(&bytes, &format!("--format {format} {space}"));
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    for bytes in [&b"net\n\0\n"[..], b"net\n\xff\xfe\n", b"\xff\xfe\n\0", b"\"\xff\"\n1\n"] {
        for format in FORMATS {
            fails(bytes, &format!("--format {format}"));
            fails(bytes, &format!("--format {format} --space nasbench201"));
        }
        fails(bytes, "");
    }
    for format in FORMATS {
        fails("\0\0\0\0", &format!("--format {format}"));
    }
    let bytes = b"net\n\"(4, 0, 3, 1, 4, 3)\"\n\"(4, 0, 3, 1, 4, \xff)\"\n";
    let message = fails(bytes, "-o features.csv");
    assert!(message.starts_with("error: nets, line 3, column net: "), "{message}");
    assert!(message.contains("not UTF-8"), "{message}");
}

#[test]
fn other_formats_are_named_with_the_line_that_converts_them() {
    for (bytes, name, cure) in [
        (&b"\x04\x22\x4d\x18\x64"[..], "compressed with lz4", "lz4 -d nets\n"),
        (b"SQLite format 3\0\x10", "an SQLite database", "sqlite3 -header -csv nets"),
        (b"\xff\xfen\0e\0t\0\n\0", "text in UTF-16", "iconv -f UTF-16 -t UTF-8 nets"),
    ] {
        for bytes in [bytes.to_vec(), gzip(bytes)] {
            for arguments in ["", "--format csv", "--format json", "--on-error skip"] {
                let message = fails(&bytes, arguments);
                assert!(message.starts_with(&format!("error: nets is {name}, ")), "{message}");
                assert!(message.contains(cure), "{message}");
                assert!(!message.contains("convert the file to UTF-8"), "{message}");
            }
            let run = Folder::new().run_with(&["featurize", "-"], bytes);
            let message = run.expect_clear_failure("-").err;
            assert!(
                message.starts_with(&format!("error: standard input is {name}, ")),
                "{message}"
            );
        }
    }
}

#[test]
fn configurations_are_limited_and_their_errors_clean() {
    let folder = Folder::with("nets.csv", "net\n\"(4, 0, 3, 1, 4, 3)\"\n");
    folder.put("c.toml", "a\u{1b}]0;pwn\u{7}b = = 1");
    folder.put("c.json", "{\"a\u{9b}31m\": 1}");
    folder.put("long.toml", "#".repeat((16 << 20) + 1));
    let refused = |arguments: &str, part: &str| {
        let run = folder.run(arguments).expect_clear_failure(arguments);
        assert!(run.err.contains(part), "{}", run.err);
        assert!(!run.err.trim_end().contains(char::is_control), "{:?}", run.err);
    };
    refused("featurize nets.csv --config c.toml", "--config c.toml: line 1: ");
    refused("featurize nets.csv --config c.json", "\\u{9b}31m");
    refused("featurize nets.csv --config long.toml", "more than 16 MiB");
    folder.put("b.toml", "[[benchmark]]\n\"\u{9b}x\" = 1\n");
    refused("fit --benchmarks b.toml -o m.graf", "b.toml");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/zero", folder.at("zero.toml")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(folder.at("pipe.toml")).status();
        assert!(made.unwrap().success());
        for name in ["zero.toml", "pipe.toml"] {
            for command in [
                format!("featurize nets.csv --config {name}"),
                format!("fit --benchmarks {name} -o m.graf"),
            ] {
                refused(&command, "must be an ordinary file");
            }
            let run = folder.run(&format!("spaces {name}"));
            assert!(
                run.code == Some(2) && run.err.contains("must be an ordinary file"),
                "{}",
                run.err
            );
        }
    }
}

#[test]
fn nested_brackets() {
    for open in ["[", "(", "{\"a\":", "{\"net\":[", "[[0,", "(("] {
        let nested = open.repeat(100_000);
        let quoted = nested.replace('"', "\\\"");
        for (format, bytes) in [
            ("text", nested.clone()),
            ("csv", format!("net\n\"{}\"\n", nested.replace('"', "\"\""))),
            ("tsv", format!("net\n{nested}\n")),
            ("json", nested.clone()),
            ("json", format!("[\"{quoted}\"]")),
            ("json", format!("[{{\"net\": {nested}")),
            ("jsonl", format!("{{\"net\": \"{quoted}\"}}\n")),
            ("jsonl", format!("{{\"net\": {nested}\n")),
        ] {
            fails(&bytes, &format!("--format {format}"));
            for space in SPACES {
                fails(&bytes, &format!("--format {format} --space {}", space.name()));
            }
        }
    }
}

#[test]
fn truncated_compression() {
    let mut rows = "net,n\n".to_owned();
    for (number, ids) in crate::cli::all_tuples(5).iter().enumerate() {
        let noise = number.wrapping_mul(2_654_435_761);
        writeln!(rows, "\"{}\",{noise}", crate::cli::tuple(ids)).unwrap();
    }
    for packed in [gzip(rows.as_bytes()), zstd(rows.as_bytes())] {
        let folder = Folder::with("nets", &packed);
        let whole = folder.run("featurize nets --families op_count --keep none -o all.csv");
        whole.expect_success("the whole file");
        for length in [5, 20, packed.len() / 2, packed.len() - 1] {
            let folder = Folder::with("nets", &packed[..length]);
            let run = folder.run("featurize nets --families op_count -o features.csv");
            let message = run.expect_clear_failure("a part").err;
            assert!(message.starts_with("error: cannot read nets: "), "{length}: {message}");
            assert_eq!(folder.listing(), ["nets"]);
        }
    }
    let mut damaged = gzip(rows.as_bytes());
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0x55);
    fails(damaged, "--families op_count -o features.csv");
}

#[test]
fn numbers_out_of_range() {
    for number in ["99999999999999999999", "4294967296", "1e999", "-1", "1.5", "NaN", "0x10"] {
        let tuple = format!("(4, 0, {number}, 1, 4, 3)");
        for space in SPACES {
            for token in [
                number.to_owned(),
                tuple.clone(),
                format!("[[0, {number}], [0, 0], 0, 1]"),
                format!("{{\"matrix\": [[0,{number}],[0,0]], \"ops\": [\"input\", \"output\"]}}"),
                format!("((({number}, 3), (1, 3)), ((0, 3), (1, {number})))"),
                format!("0{number}:gat|gcn|gin|skip"),
                format!("|nor_conv_3x3~{number}|"),
                format!("64-{number}-basic"),
            ] {
                let name = space.name();
                let message = fails(&token, &format!("--format text --space {name}"));
                assert!(message.starts_with("error: nets, line 1, column net: "), "{message}");
            }
        }
        fails(&tuple, "--format text");
        fails(format!("[{{\"net\": {number}}}]"), "--format json --space nasbench201");
    }
}

#[test]
fn too_many_columns() {
    let names: Vec<_> = (0..20_000).map(|index| format!("c{index}")).collect();
    let values = vec!["1"; 20_000];
    for (format, separator) in [("csv", ","), ("tsv", "\t")] {
        let table = format!("{}\n{}\n", names.join(separator), values.join(separator));
        let message = fails(table, &format!("--format {format}"));
        assert!(message.contains("nets has more than 16384 columns"), "{message}");
    }
    let fields: Vec<_> = names.iter().map(|name| format!("\"{name}\": 1")).collect();
    let message = fails(format!("{{{}}}\n", fields.join(",")), "--format jsonl");
    assert!(message.contains("nets has more than 16384 columns"), "{message}");
}

#[test]
fn places_that_cannot_be_read_or_written() {
    let folder = Folder::with("nets", "(4, 0, 3, 1, 4, 3)\n");
    for (arguments, cause) in [
        ("featurize . ", "cannot read .: "),
        ("featurize absent", "cannot open absent: "),
        ("featurize nets/file", "cannot open nets/file: "),
        ("featurize nets -o absent/features.csv", "cannot write absent/features.csv: "),
        ("featurize nets -o nets/features.csv", "cannot write nets/features.csv: "),
        ("featurize nets -o . --output-format csv", "cannot write .: "),
        (
            "featurize nets --on-error skip --rejects absent/rejects",
            "cannot write absent/rejects: ",
        ),
    ] {
        let run = folder.run(arguments).expect_clear_failure(arguments);
        assert_eq!(run.code, Some(1), "{arguments}");
        assert!(run.err.starts_with(&format!("error: {cause}")), "{arguments}: {}", run.err);
        assert_eq!(folder.listing(), ["nets"], "{arguments}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn full_disks() {
    let folder = Folder::with("nets", "(4, 0, 3, 1, 4, 3)\n");
    for arguments in ["featurize nets", "convert --to string nets", "spaces"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_graf"));
        command.current_dir(folder.path()).args(arguments.split(' '));
        command.stdout(std::fs::File::options().write(true).open("/dev/full").unwrap());
        let output = command.output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments}: {message}");
        assert!(message.contains("standard output: No space left"), "{arguments}: {message}");
        assert_eq!(message.lines().count(), 1, "{arguments}: {message}");
    }
    let run = folder.run("featurize nets -o /dev/full --output-format csv");
    assert!(run.expect_clear_failure("/dev/full").err.contains("/dev/full: No space left"));
}

/// 200 MB of networks, as gzip of a hundredth of that, through a pipe that stays open until the
/// memory has been looked at.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_input() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::{Command, Stdio};

    const ROWS: usize = 1_000_000;
    let row = format!("\"(4, 0, 3, 1, 4, 3)\",{}\n", "x".repeat(178));
    assert_eq!(row.len(), 200);
    let member = gzip(row.repeat(10_000).as_bytes());

    let mut child = Command::new(env!("CARGO_BIN_EXE_graf"))
        .args("featurize - --keep none --families op_count --threads 2 --quiet".split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || {
        input.write_all(&gzip(b"net,note\n")).unwrap();
        for _ in 0..ROWS / 10_000 {
            input.write_all(&member).unwrap();
        }
        input.flush().unwrap();
        input
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line.split(',').count(), 5);
    // What is left is a part of a chunk, which waits for more.
    for _ in 0..ROWS - 10_000 {
        line.clear();
        lines.read_line(&mut line).unwrap();
        assert_eq!(line, "1,1,0,2,2\n");
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(writing.join().unwrap());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "1,1,0,2,2\n".repeat(10_000));
    assert!(child.wait().unwrap().success());

    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: usize = peak.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    assert!(kilobytes < 80_000, "{kilobytes} kB at the peak");
}

/// Bytes that look like a table more often than chance would have it.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"net",
        b"\n",
        b",",
        b"\t",
        b"\"",
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b"0",
        b"7",
        b"|",
        b"(4, 0, 3, 1, 4, 3)",
        b"64-41414-1_02_333",
        b"0122:gat|gcn|gin|skip",
        b"\xff",
        b"\0",
        b"\"net\":",
        b"{\"net\":\"(1, 1, 1, 1)\"}",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"#",
    ];
    let words = prop::sample::select(words).prop_map(<[u8]>::to_vec);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(words, 0..30).prop_map(|words| words.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn random_bytes(bytes in bytes()) {
        for format in FORMATS {
            let run = featurize(&bytes, &format!("--format {format} -q"));
            // Chance may make a network, as a lone number is one of NAS-Bench-Graph.
            if run.code == Some(0) {
                prop_assert_eq!(run.err, "");
            } else {
                run.expect_clear_failure(format);
            }
            let run = featurize(&bytes, &format!("--format {format} -q --space nasbench201 --on-error skip"));
            if run.code != Some(0) {
                run.expect_clear_failure(format);
            }
        }
    }
}
