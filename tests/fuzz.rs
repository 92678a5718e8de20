//! Mutated inputs for everything that reads files from outside: nothing may panic, hang, fill the memory, or pass for something
//! that it does not say.
//!
//! Each target runs for a second, and for as long as one asks: `GRAF_FUZZ_SECONDS=600 cargo test --test fuzz json -- --nocapture`.
//! `GRAF_FUZZ_SEED` begins elsewhere. A failure names the seed of the input and keeps the input in the folder of temporary files.
#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]

use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use graf::model::Model;
use graf::space::{self, BUNDLED, SPACES, SearchSpace};
use graf::table::{Format, IsEncoding, ReadOptions, Value};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus as Random;

use crate::table_support::{Table, gzip, read_file};

#[path = "common/table_support.rs"]
mod table_support;

/// The longest that an input may take, and the longest that is tried, in bytes.
const SLOWEST: Duration = Duration::from_secs(10);
const LONGEST: usize = 64 << 10;

/// What texts of the field are made of.
const PARTS: [&str; 48] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "'",
    "\\",
    "|",
    "~",
    "+",
    "-",
    "_",
    ".",
    "=",
    "#",
    "\n",
    "\r\n",
    "\t",
    "\0",
    " ",
    "0",
    "1",
    "9",
    "-1",
    "1e999",
    "4294967296",
    "18446744073709551616",
    "3.5",
    "2.0e+00",
    "NaN",
    "Infinity",
    "null",
    "None",
    "True",
    "Genotype(",
    "array(",
    "np.int64(",
    "range(2, 6)",
    "none",
    "input",
    "output",
    "[[",
    "\u{feff}",
    "é",
];

fn seconds() -> f64 {
    std::env::var("GRAF_FUZZ_SECONDS").map_or(1.0, |seconds| seconds.parse().unwrap())
}

/// Changes an input in a few places.
fn mutated(samples: &[Vec<u8>], random: &mut Random, is_text: bool) -> Vec<u8> {
    let mut bytes = samples[random.gen_range(0..samples.len())].clone();
    for _ in 0..random.gen_range(0..6) {
        let at = random.gen_range(0..=bytes.len());
        let end = (at + random.gen_range(0..16)).min(bytes.len());
        match random.gen_range(0..8) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            2 if is_text || random.gen_bool(0.2) => {
                let part = PARTS[random.gen_range(0..PARTS.len())];
                drop(bytes.splice(at..end.min(at + random.gen_range(0..3)), part.bytes()));
            }
            3 => {
                let other = &samples[random.gen_range(0..samples.len())];
                let from = random.gen_range(0..=other.len());
                let to = (from + random.gen_range(0..200)).min(other.len());
                drop(bytes.splice(at..end, other[from..to].to_vec()));
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << random.gen_range(0..8),
            5 if at < bytes.len() => {
                bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'0', b'9'][random.gen_range(0..7)];
            }
            6 => bytes.truncate(if random.gen_bool(0.2) { at } else { bytes.len() }),
            _ if end > at => {
                let times = random.gen_range(1..20);
                let part = bytes[at..end].repeat(times);
                drop(bytes.splice(at..end, part));
            }
            _ => {}
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Runs a target on mutated inputs until its time is over.
fn run(name: &str, samples: &[Vec<u8>], is_text: bool, mut check: impl FnMut(&[u8], u64)) {
    let start = std::env::var("GRAF_FUZZ_SEED").map_or(0, |seed| seed.parse().unwrap());
    let begun = Instant::now();
    let mut seed: u64 = start;
    while begun.elapsed().as_secs_f64() < seconds() {
        let input = mutated(samples, &mut Random::seed_from_u64(seed), is_text);
        let before = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&input, seed)));
        let took = before.elapsed();
        if outcome.is_err() || took > SLOWEST {
            let file = std::env::temp_dir().join(format!("graf-fuzz-{name}-{seed}"));
            std::fs::write(&file, &input).unwrap();
            panic!("{name}: seed {seed} fails after {took:?}; the input is {}", file.display());
        }
        seed += 1;
    }
    eprintln!("{name}: {} inputs, {} MiB at most", seed - start, most_memory() >> 20);
    // The peak is that of the process, so that it tells where one target runs by itself.
    assert!(seconds() < 10.0 || most_memory() < 1 << 30, "{name} takes more than 1 GiB");
}

/// The most memory that the process had; 0 where it is not known.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()).unwrap_or(0)
        << 10
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

// ---- Encodings. ----

fn all_spaces() -> Vec<&'static dyn SearchSpace> {
    let bundled = BUNDLED.iter().map(|(name, _)| space::by_name_or_file(name).unwrap());
    SPACES.into_iter().chain(bundled).collect()
}

/// Networks of all spaces in all their encodings.
fn encodings() -> Vec<Vec<u8>> {
    let mut random = Random::seed_from_u64(1);
    let mut found = Vec::new();
    for space in all_spaces() {
        for _ in 0..3 {
            let network = space.sample(&mut random).unwrap();
            let written =
                space.encodings().iter().filter_map(|encoding| (encoding.write)(&network).ok());
            found.extend(written.map(String::into_bytes));
        }
    }
    found.extend(texts(&[
        "DARTS = Genotype(normal=[(('sep_conv_3x3', 0), ('skip_connect', 1)), (('none', 0), ('sep_conv_5x5', 2)), (('dil_conv_3x3', 1), ('max_pool_3x3', 3)), (('skip_connect', 0), ('sep_conv_3x3', 4))], normal_concat=range(2, 6), reduce=[('max_pool_3x3', 0), ('avg_pool_3x3', 0), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), ('dil_conv_5x5', 1)], reduce_concat=[4, 5], connectN=None, connects=None)",
        "CNNGenotype(normal_0=[('sep_conv_3x3', 0, 2), ('skip_connect', 1, 2), ('sep_conv_3x3', 0, 3), ('sep_conv_5x5', 2, 3), ('dil_conv_3x3', 1, 4), ('max_pool_3x3', 3, 4), ('skip_connect', 0, 5), ('sep_conv_3x3', 4, 5)], reduce_1=[], normal_0_concat=[2, 3, 4, 5])",
        "array([2, 0, 3, 1, 4, 2], dtype=int64)",
        "[2.000e+00 0. 3 1 4 2]",
        "['2' '0' '3' '1' '4' '2']",
        "2,0,3,1,4,2",
        "{'0_1': 'conv_3x3', '0_2': 'skip_connect', '1_2': 'none', '0_3': 'conv_1x1', '1_3': 'avg_pool_3x3', '2_3': 'conv_3x3'}",
        "Configuration(values={'op_0': 'Identity', 'op_1': 'Zero', 'op_2': 'ReLUConvBN3x3', 'op_3': 1, 'op_4': 'AvgPool1x1', 'op_5': '#na#'})",
        "ModelSpec(matrix=[[0., 1., 1.], [0., 0., 1.], [0., 0., 0.]], ops=['input', 'conv3x3-bn-relu', 'output'])",
        "{\"matrix\": \"011001000\", \"ops\": \"input,maxpool3x3,output\"}",
        "{'op1': 'conv3x3-bn-relu', 'op2': 'maxpool3x3', 'input1': [0], 'input2': [0, 1], 'input3': [1, 2]}",
        "Arch([0, 1, 2, 1], ['gcn', 'gin', 'fc', 'cheb'])",
        "{\"ks\": [3, 5, 7], \"e\": [3, 4, 6], \"d\": [2, 3, 4, 2, 2]}",
    ]));
    found
}

/// What a space reads it can write, and reads again as the same network.
fn check_encoding(spaces: &[&'static dyn SearchSpace], text: &str) {
    for space in spaces {
        let Ok(network) = space.read(text) else { continue };
        for encoding in space.encodings() {
            let Ok(written) = (encoding.write)(&network) else { continue };
            let again = space.read_as(Some(encoding.name), &written);
            let again =
                again.unwrap_or_else(|error| panic!("{}: {written}: {error}", space.name()));
            let twice = (encoding.write)(&again).unwrap();
            assert_eq!(twice, written, "{}", space.name());
            // The key of a network is that of all networks that compute the same.
            if encoding.name != "key" {
                let [found, due] = [&again, &network].map(|network| space.identity(network));
                assert_eq!(found, due, "{}: {written}", space.name());
            }
        }
    }
}

#[test]
fn encoding() {
    let spaces = all_spaces();
    run("encoding", &encodings(), true, |input, _| {
        check_encoding(&spaces, &String::from_utf8_lossy(input));
    });
}

// ---- Descriptions of spaces. ----

#[test]
fn description() {
    let mut samples: Vec<_> = BUNDLED.iter().map(|(_, text)| text.as_bytes().to_vec()).collect();
    samples.push(space::TEMPLATE.as_bytes().to_vec());
    samples.extend(texts(&[
        "name = \"a\"\nops = [\"x\", \"relu\", \"gone\"]\nops_on = \"edges\"\nnode_ops = [\"relu\"]\nabsent_op = \"gone\"\nnodes = 4\nedges = \"chain\"\n",
        "name = \"b\"\nops = [\"x\", \"y\"]\nops_on = \"nodes\"\nnodes = 5\nmin_nodes = 3\nedges = \"free\"\nmax_edges = 6\n[encoding]\nmatrix = \"upper\"\nends = [7, 8]\n",
    ]));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("space.toml");
    run("description", &samples, true, |input, seed| {
        // A name means one space as long as the process runs.
        let text = String::from_utf8_lossy(input);
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("name ="));
        let text = lines.fold(format!("name = \"s{seed}\"\n"), |text, line| text + line + "\n");
        std::fs::write(&file, &text).unwrap();
        let Ok(space) = space::by_name_or_file(file.to_str().unwrap()) else { return };
        check_encoding(&[space], space.example());
        if let Ok(network) = space.sample(&mut Random::seed_from_u64(seed)) {
            let written = (space.encodings()[0].write)(&network).unwrap();
            check_encoding(&[space], &written);
        }
    });
}

// ---- Tables. ----

/// Reads a table as commands do, and what is read of it again.
fn check_table(folder: &Path, format: Option<Format>, name: &str, input: &[u8]) -> Option<Table> {
    let file = folder.join(name);
    std::fs::write(&file, input).unwrap();
    let is_encoding = |text: &str| SPACES.iter().any(|space| space.read(text).is_ok());
    let options = ReadOptions {
        format,
        encodings: space::encoding_names(None),
        is_encoding: Some(IsEncoding::new(is_encoding)),
        ..ReadOptions::default()
    };
    let table = read_file(&file, &options).ok()?;
    for value in table.rows.iter().flat_map(|row| &row.values) {
        assert!(
            !matches!(value, Value::Number(number) if number.is_nan()),
            "NaN is a missing value"
        );
        if let Value::Json(json) = value {
            serde_json::from_str::<&serde_json::value::RawValue>(json).unwrap();
        }
    }
    Some(table)
}

fn run_table(name: &str, format: Option<Format>, samples: &[Vec<u8>], is_text: bool) {
    let folder = tempfile::tempdir().unwrap();
    run(name, samples, is_text, |input, _| {
        drop(check_table(folder.path(), format, "table", input));
    });
}

const TUPLES: [&str; 2] = ["(2, 0, 3, 1, 4, 2)", "(4, 1, 0, 3, 2, 3)"];

#[test]
fn csv() {
    let [a, b] = TUPLES;
    let tables = [
        format!("arch,acc\n\"{a}\",91.5\n\"{b}\",90\n"),
        format!("\u{feff}Arch; Acc\r\n{a}; 91,5\r\n\r\n{b};  90\r\n"),
        format!("arch\tacc\n{a}\t91.5\n"),
        format!("x|arch\n1|{a}\n"),
        format!(",net,acc\n0,\"{a}\",\"a \"\"b\"\"\nc\"\n1,\"{b}\",\n"),
    ];
    run_table("csv", Some(Format::Csv), &tables.map(String::into_bytes), true);
}

#[test]
fn json() {
    let [a, b] = TUPLES;
    let documents = [
        format!("[{{\"arch\": \"{a}\", \"acc\": 91.0}}, {{\"arch\": \"{b}\", \"acc\": NaN}}]"),
        format!(
            "{{\"acc\": {{\"0\": 91.0, \"1\": 90.0}}, \"arch\": {{\"0\": \"{a}\", \"1\": \"{b}\"}}}}"
        ),
        format!("{{\"7\": {{\"cell\": \"{a}\", \"acc\": 91.0}}, \"-3\": {{\"cell\": \"{b}\"}}}}"),
        format!("{{\"columns\": [\"acc\"], \"index\": [\"{a}\", \"{b}\"], \"data\": [[1], [2]]}}"),
        format!("[[\"{a}\", 91.0], [\"{b}\", -Infinity]]"),
        format!("{{\"schema\": {{}}, \"data\": [{{\"arch\": \"{a}\"}}]}}"),
        format!("{{\"arch\": [\"{a}\", \"{b}\"], \"acc\": [1, 2], \"n\": 3}}"),
        format!("{{\"{a}\": 91.0, \"{b}\": null}}"),
        format!("{{\"0\": [\"{a}\", 1], \"1\": [\"{b}\", 2]}}"),
        format!(
            "{{\"nasbench201\": {{\"cifar10\": {{\"{a}\": {{\"flops\": {{\"score\": 1, \"time\": 2}}}}}}}}}}"
        ),
        "[0, 1, 2]".to_owned(),
        "{\"matrix\": [[0, 1], [0, 0]], \"ops\": [\"input\", \"output\"]}".to_owned(),
    ];
    run_table("json", Some(Format::Json), &documents.map(String::into_bytes), true);
}

#[test]
fn json_lines() {
    let [a, b] = TUPLES;
    let lines =
        format!("{{\"arch\": \"{a}\", \"acc\": NaN}}\n{{\"arch\": \"{b}\", \"x\": [1, {{}}]}}\n");
    run_table("json_lines", Some(Format::JsonLines), &[lines.into_bytes()], true);
}

#[test]
fn text() {
    let [a, b] = TUPLES;
    let mut samples = encodings();
    samples.push(format!("{a}, 72.4, 0.1\n{b}, 73, -1e3\n# end\n").into_bytes());
    run_table("text", Some(Format::Text), &samples, true);
}

#[test]
fn python() {
    let genotype = "Genotype(\n  normal=[('sep_conv_3x3', 0), ('skip_connect', 1)],\n  normal_concat=[2, 3, 4, 5],\n  reduce=[], reduce_concat=range(2, 6))";
    let file = format!(
        "from collections import namedtuple\n\nA = {genotype}  # one\nB: Genotype = \\\n{genotype}\nC = B\nD = {{'x': {genotype}}}\n"
    );
    run_table("python", Some(Format::Python), &[file.into_bytes()], true);
}

/// The files that Python wrote, with this extension.
fn fixtures(extension: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/binary");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn npy() {
    run_table("npy", Some(Format::Npy), &fixtures("npy"), false);
}

/// A zip archive with these files, as they are.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Archives that are damaged, and whole archives of arrays that are.
#[test]
fn npz() {
    let (archives, arrays) = (fixtures("npz"), fixtures("npy"));
    let folder = tempfile::tempdir().unwrap();
    run("npz", &archives, false, |input, seed| {
        drop(check_table(folder.path(), Some(Format::Npz), "table", input));
        let random = &mut Random::seed_from_u64(!seed);
        let members = [mutated(&arrays, random, false), mutated(&arrays, random, false)];
        let archive = zipped(&[("arch.npy", &members[0]), ("acc.npy", &members[1])]);
        drop(check_table(folder.path(), Some(Format::Npz), "table", &archive));
    });
}

#[test]
fn pickle() {
    let mut samples = fixtures("pkl");
    samples.push(samples.concat());
    run_table("pickle", Some(Format::Pickle), &samples, false);
}

/// What TensorFlow makes of a record.
fn framed(record: &[u8]) -> Vec<u8> {
    let masked = |bytes: &[u8]| {
        crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
    };
    let length = (record.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), record, &masked(record)].concat()
}

/// Records that are damaged, and whole records of contents that are.
#[test]
fn tfrecord() {
    let contents = texts(&[
        "[\"00005c142e6f48ac74fdcf73e3439874\", 108, \"0100001000010000\", \"input,conv3x3-bn-relu,maxpool3x3,output\", \"CjAJAAAAAAAAAAARAAAAAAAAAAAZzczMzMzM7D8hmpmZmZmZ6T8pZmZmZmZm5j8KMAkAAAAAAABLQBEAAAAAAAC0QBnNzMzMzMzsPyGamZmZmZnpPylmZmZmZmbmPwowCQAAAAAAAFtAEQAAAAAAAMRAGc3MzMzMzOw/IZqZmZmZmek/KWZmZmZmZuY/EKwCGQAAAAAAAPA/\"]",
    ]);
    let folder = tempfile::tempdir().unwrap();
    run("tfrecord", &contents, true, |input, seed| {
        let record = framed(input);
        let random = &mut Random::seed_from_u64(!seed);
        let damaged = mutated(std::slice::from_ref(&record), random, false);
        for file in [&record, &damaged] {
            let table = check_table(folder.path(), Some(Format::TfRecord), "table", file);
            // A record whose checksums are wrong is none.
            assert!(*file == record || table.is_none_or(|table| table.rows.len() <= 1));
        }
    });
}

/// Compressed tables that are damaged, and whole ones of what is damaged.
#[test]
fn compressed() {
    let plain = format!("arch,acc\n\"{}\",91.5\n", TUPLES[0]).repeat(20).into_bytes();
    let bz2 = |bytes: &[u8]| {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let xz = |bytes: &[u8]| {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 0);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let samples =
        [gzip(&plain), bz2(&plain), xz(&plain), zstd(&plain), zipped(&[("a.csv", &plain)])];
    run_table("compressed", None, &samples, false);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet() {
    run_table("parquet", Some(Format::Parquet), &fixtures("parquet"), false);
}

#[cfg(feature = "parquet")]
#[test]
fn arrow() {
    let samples = [fixtures("arrow"), fixtures("arrows")].concat();
    run_table("arrow", Some(Format::Arrow), &samples, false);
}

// ---- Models. ----

#[test]
fn model() {
    let sample = include_bytes!("fixtures/format-3.graf").to_vec();
    Model::read(&sample).unwrap();
    run("model", &[sample], false, |input, _| drop(Model::read(input)));
}
