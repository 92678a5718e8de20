//! Binary tables as users have them: archives and pickles of other tools, and files for data frames.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::cli::{Folder, column, csv, refused, tuple};
use graf::table::{Format, OutputFormat};

/// A folder with the files that Python wrote.
fn fixtures() -> Folder {
    let folder = Folder::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/binary");
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        folder.put(entry.file_name().to_str().unwrap(), fs::read(entry.path()).unwrap());
    }
    folder
}

fn nets() -> [String; 3] {
    [[4, 0, 3, 1, 4, 3], [2, 0, 3, 1, 4, 2], [0, 1, 2, 3, 4, 0]].map(|ids| tuple(&ids))
}

/// The files of the networks that this `graf` reads.
fn readable() -> Vec<&'static str> {
    let mut files = vec!["text.npy", "stored.npz", "deflated.npz", "plain2.pkl", "numbers.pkl"];
    if cfg!(feature = "parquet") {
        files.extend(["snappy.parquet", "zstd.arrow", "stream.arrows"]);
    }
    files
}

#[test]
fn networks_of_binary_tables_are_read() {
    let folder = fixtures();
    for file in readable() {
        let space = "--space nasbench201 -q --encoding-column net";
        let written = folder.output(&format!("convert {file} --to tuple {space}"));
        assert_eq!(column(&written, "net"), nets(), "{file}");
        let arguments = format!("convert - --to tuple {space}");
        let arguments: Vec<_> = arguments.split(' ').collect();
        let run = folder.run_with(&arguments, folder.bytes(file)).expect_success(file);
        assert_eq!(run.out, written, "{file}");
    }
}

#[test]
fn a_model_learns_the_same_from_text_and_from_binary_tables() {
    let folder = Folder::new();
    let mut table = "net,acc,lat\n".to_owned();
    for (place, ids) in crate::cli::all_tuples(5).iter().step_by(300).enumerate() {
        let (ids, acc, lat) = (tuple(ids), 60 + place * 7 % 31, place * 5 % 17);
        writeln!(table, "\"{ids}\",{acc}.25,{lat}").unwrap();
    }
    folder.put("a.csv", &table);
    let mut files = vec!["b.npz"];
    if cfg!(feature = "parquet") {
        files.extend(["b.parquet", "b.arrow"]);
    }
    let fit = |file: &str, model: &str| {
        folder.output(&format!(
            "fit {file} --target acc --predictor forest --trees 3 --use op_count --space nasbench201 -o {model}"
        ));
        folder.output(&format!("predict {model} a.csv --keep acc"))
    };
    let expected = fit("a.csv", "a.graf");
    for file in files {
        folder.output(&format!("convert a.csv --to tuple --space nasbench201 -q -o {file}"));
        assert_eq!(
            folder.output(&format!("convert {file} --to tuple --space nasbench201 -q")),
            table
        );
        assert_eq!(fit(file, "b.graf"), expected, "{file}");
    }
}

#[test]
fn features_of_every_format_are_the_same() {
    let folder = fixtures();
    let command = "featurize text.npy --space nasbench201 --use op_count -q";
    let (header, rows) = csv(&folder.output(command));
    let mut formats = vec!["npz"];
    if cfg!(feature = "parquet") {
        formats.extend(["parquet", "arrow"]);
    }
    for format in formats {
        let run = folder.graf().args(command.split(' ')).args(["--output-format", format]).output();
        folder.put("piped", run.unwrap().stdout);
        folder.output(&format!("{command} -o file.{format}"));
        for file in ["piped".to_owned(), format!("file.{format}")] {
            let again = folder.output(&format!("convert {file} --to tuple --space nasbench201 -q"));
            assert_eq!(csv(&again), (header.clone(), rows.clone()), "{file}");
        }
    }
}

#[test]
fn formats_that_are_missing_are_named() {
    let folder = fixtures();
    if !cfg!(feature = "parquet") {
        refused(&folder, "convert snappy.parquet --to tuple", 1, &["the feature parquet"]);
        let command = "convert text.npy --to tuple --space nasbench201 -o a.parquet";
        refused(&folder, command, 2, &["without parquet", "the feature parquet", ".npz"]);
    }
    let command = "convert text.npy --to tuple --space nasbench201 -o a.npz.gz";
    refused(&folder, command, 2, &["npz is not compressed as a whole"]);
    refused(&folder, "convert class.pkl --to tuple", 1, &["numpy", "pandas.read_pickle"]);
}

#[test]
fn the_documentation_lists_every_format() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tables.md");
    let docs = fs::read_to_string(docs).unwrap();
    let rows: Vec<&str> = docs.lines().filter(|line| line.starts_with("| ")).collect();
    let listed = |flag: &str, extensions: &[&str]| {
        let flag = format!("`{flag}`");
        let row = rows.iter().find(|row| row.contains(&flag)).unwrap_or_else(|| panic!("{flag}"));
        for extension in extensions {
            assert!(row.contains(&format!("`.{extension}`")), "{row}: .{extension}");
        }
    };
    for format in Format::ALL {
        listed(&format!("--format {format}"), format.extensions());
    }
    for format in OutputFormat::ALL {
        listed(&format!("--output-format {format}"), format.extensions());
    }
    let folder = Folder::new();
    let help = folder.output("featurize --help").replace('\n', " ");
    let help: Vec<&str> = help.split_whitespace().collect();
    for names in [Format::names(), OutputFormat::names()] {
        assert!(help.join(" ").contains(&names), "{names}");
    }
}
