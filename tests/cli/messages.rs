//! Mistakes that are easily made, and what `graf` says of them.

use crate::cli::{Folder, column, csv};

const NETS: &str = "net,acc\n\"(4, 0, 3, 1, 4, 3)\",91.5\n\"(2, 4, 0, 0, 3, 2)\",90\n";

#[test]
fn output_and_rejects_must_differ() {
    let folder = Folder::with("nets.csv", NETS);
    for files in ["-o a.csv --rejects ./a.csv", "-o a.csv --rejects nets.csv"] {
        let run = folder.run(&format!("featurize nets.csv --on-error skip {files}"));
        assert_eq!(run.code, Some(2), "{}", run.err);
    }
    assert_eq!(folder.listing(), ["nets.csv"]);
}

#[test]
fn a_table_without_a_header_does_not_lose_its_first_network() {
    let folder = Folder::with("nets.csv", "\"(4, 3, 3, 0, 0, 0)\"\n\"(4, 0, 3, 1, 4, 3)\"\n");
    let run = folder.run("featurize nets.csv --families op_count");
    run.expect_clear_failure("the header is an encoding");
}

#[test]
fn a_column_kept_twice_is_refused() {
    let folder = Folder::with("nets.csv", NETS);
    let run = folder.run("featurize nets.csv --families op_count --keep net,acc,acc");
    assert_eq!(run.expect_clear_failure("twice").code, Some(2));
}

#[test]
fn keys_have_no_leading_zeros() {
    let folder = Folder::with("nets.csv", "link,op\n0122,gat|gcn|gin|skip\n");
    for arguments in [
        "featurize nets.csv --encoding-column link --space nasbench-graph",
        "convert nets.csv --encoding-column link --to token",
    ] {
        folder.run(arguments).expect_clear_failure(arguments);
    }
}

#[test]
fn the_reason_is_told_where_every_row_is_broken() {
    for (table, reason) in [
        ("net,acc\n\"(4, 0, 3, 1, 4, 3)\"\n", "line 2"),
        ("net,acc\n(4, 0, 3, 1, 4, 3)\t91.5\n", "line 2"),
        ("net;acc\n(4, 0, 3, 1, 4, 9);91.5\n", "line 2, column net"),
        ("net\n\"(4, 0, 3, 1, 4\"\n", "line 2, column net"),
    ] {
        let folder = Folder::with("nets.csv", table);
        let message = folder.run("featurize nets.csv").expect_clear_failure(table).err;
        assert!(message.contains("nets.csv") && message.contains(reason), "{message}");
    }
    let folder = Folder::with("nets.csv", "net,acc\n");
    let message = folder.run("featurize nets.csv").expect_clear_failure("no row").err;
    assert!(message.contains("nets.csv") && !message.contains("``"), "{message}");
}

#[test]
fn convert_to_npy_is_refused_for_what_it_is() {
    let folder = Folder::with("nets.csv", NETS);
    for more in ["", "--on-error skip"] {
        let run = folder.run(&format!("convert nets.csv --to string -o nets.npy {more}"));
        let run = run.expect_clear_failure("an encoding is no number");
        assert_eq!(run.code, Some(2));
        assert!(!run.err.contains("--keep"), "{}", run.err);
    }
}

#[test]
fn messages_do_not_name_temporary_files() {
    let folder = Folder::with("nets.csv", NETS);
    let run = folder.run("featurize nets.csv -o absent/features.csv");
    assert!(!run.err.contains(".tmp"), "{}", run.err);
}

#[test]
fn messages_name_the_flag_and_the_file() {
    let folder = Folder::with("nets.csv", NETS);
    folder.put("two.csv", "net\n\"(1, 0, 3, 1, 2, 3)\"\n");
    folder.put("mixed.csv", "net\n64-1234-basic\n0122:gat|gcn|gin|skip\n");
    folder.put("none.csv", "id,acc\n1,2\n");
    for (arguments, named) in [
        ("nets.csv --families degrees", "--families"),
        ("nets.csv --families op_count,op_count", "--families"),
        ("nets.csv --max-subset-size 0", "--max-subset-size"),
        ("nets.csv --max-subset-size degrees=1", "--max-subset-size"),
        ("two.csv", "two.csv"),
        ("none.csv", "none.csv"),
        ("mixed.csv", "mixed.csv, column net"),
    ] {
        let message = folder.run(&format!("featurize {arguments}")).err;
        assert!(message.contains(named), "{named}: {message}");
    }
}

#[test]
fn rejected_rows_are_as_they_were() {
    let record = "{\"net\":\"(4, 0)\",\"acc\":91.5,\"loss\":null}";
    let good = "{\"net\":\"(4, 0, 3, 1, 4, 3)\",\"acc\":93.5,\"loss\":null}";
    let folder = Folder::with("nets.jsonl", format!("{good}\n{record}\n"));
    folder.output("featurize nets.jsonl --space nasbench201 --on-error skip --rejects rejects.csv");
    assert_eq!(column(&folder.get("rejects.csv"), "row"), [record]);
}

#[test]
fn a_table_of_broken_rows_only_is_an_error_and_all_are_rejected() {
    let many: Vec<_> = (0..2_500).map(|row| format!("rubbish{row},{row}\n")).collect();
    let skip = "--on-error skip --rejects rejects.csv";
    let text = "net,acc\nrubbish0,1\n(4, 0, 3, 1, 4, 3),2\n";
    for (text, rows) in [(format!("net,acc\n{}", many.concat()), 2_500), (text.to_owned(), 2)] {
        let folder = Folder::with("nets.csv", text);
        for command in [
            "featurize nets.csv -o out",
            "convert --to tuple nets.csv -o out",
            "fit nets.csv --target acc -o out",
        ] {
            let command = command.replace("-o out", "-o out.csv");
            let run = folder.run(&format!("{command} {skip}")).expect_clear_failure(&command);
            assert_eq!(run.code, Some(1), "{}", run.err);
            for part in [
                &format!("nets.csv: none of its rows ({rows}) is a network"),
                "line 2, column net: \"rubbish0\": an encoding of no search space",
                "--space",
            ] {
                assert!(run.err.contains(part), "{command}: no {part} in {}", run.err);
            }
            assert_eq!(folder.listing(), ["nets.csv", "rejects.csv"]);
            let rejects = folder.get("rejects.csv");
            assert_eq!(csv(&rejects).1.len(), rows);
            assert!(column(&rejects, "reason").iter().all(|reason| !reason.is_empty()));
            std::fs::remove_file(folder.at("rejects.csv")).unwrap();
            // Without the file the message is the same.
            assert_eq!(folder.run(&format!("{command} --on-error skip")).err, run.err);
            assert_eq!(folder.listing(), ["nets.csv"]);
        }
    }
    // Rows that are no rows.
    let folder = Folder::with("nets.csv", "net,acc\n1,2,3\n1\n");
    let run = folder.run(&format!("featurize nets.csv {skip}")).expect_clear_failure("fields");
    assert!(run.err.contains("none of its rows (2)") && run.err.contains("line 2"), "{}", run.err);
    assert_eq!(column(&folder.get("rejects.csv"), "place"), ["line 2", "line 3"]);
    // A table without rows has none to reject.
    let folder = Folder::with("nets.csv", "net,acc\n");
    let run = folder.run(&format!("featurize nets.csv {skip}")).expect_clear_failure("no row");
    assert!(run.err.contains("no row to tell the search space from"), "{}", run.err);
    assert_eq!(folder.listing(), ["nets.csv"]);
}

#[test]
fn networks_may_come_after_many_broken_rows() {
    let many = "rubbish,1\n".repeat(2_500);
    let good = "\"(4, 0, 3, 1, 4, 3)\",1\n\"(4, 0, 3, 1, 4, 2)\",2\n\"(4, 0, 3, 1, 4, 1)\",3\n";
    let folder = Folder::with("nets.csv", format!("net,acc\n{many}{good}"));
    let skip = "--on-error skip --rejects rejects.csv";
    let run = folder.run(&format!("convert --to tuple nets.csv {skip}")).expect_success("convert");
    assert_eq!(run.out, format!("net,acc\n{good}"));
    assert!(run.err.contains("2500 broken rows skipped"), "{}", run.err);
    assert_eq!(csv(&folder.get("rejects.csv")).1.len(), 2_500);
    let run = folder
        .run(&format!("fit nets.csv --target acc -o m.graf --predictor forest --trees 2 {skip}"));
    let run = run.expect_success("fit");
    assert!(run.err.contains("2500 broken rows skipped"), "{}", run.err);
    assert_eq!(csv(&folder.get("rejects.csv")).1.len(), 2_500);
    // Unless they are skipped, the first one is the error.
    let run = folder.run("convert --to tuple nets.csv").expect_clear_failure("stop");
    assert!(run.err.contains("nets.csv, line 2, column net: `rubbish`"), "{}", run.err);
}

#[test]
fn a_table_without_columns_is_said_to_have_none() {
    let folder = Folder::with("nets.json", "[{}]");
    let run = folder.run("featurize nets.json").expect_clear_failure("no columns");
    assert!(run.err.contains("the file has no columns;"), "{}", run.err);
}

#[test]
fn lists_may_have_spaces_after_the_commas() {
    let folder = Folder::with("nets.csv", NETS);
    let arguments = ["featurize", "nets.csv", "--families", "op_count, node_degree"];
    folder.run_with(&arguments, "").expect_success("a space after the comma");
}

#[test]
#[cfg(unix)]
fn devices_need_no_format() {
    let folder = Folder::with("nets.csv", NETS);
    folder.output("featurize nets.csv -o /dev/null");
    let by_name = folder.output("featurize nets.csv -q -o /dev/stdout");
    assert_eq!(by_name, folder.output("featurize nets.csv -q"));
}

#[test]
fn a_note_tells_what_was_done() {
    let folder = Folder::with("nets.csv", "net\n\"(4, 0, 3, 1, 4, 3)\"\nx\n");
    let run = folder.run("convert nets.csv --to string --on-error skip");
    assert_eq!(run.err, "graf: 1 network of nasbench201, 1 encoding each; 1 broken row skipped\n");
}

#[test]
fn help_keeps_flags_together() {
    let help = Folder::new().output("featurize --help");
    let places: Vec<_> = help
        .lines()
        .filter_map(|line| line.trim().split([' ', ',']).find(|word| word.starts_with("--")))
        .collect();
    let place = |flag| places.iter().position(|&other| other == flag).unwrap();
    assert_eq!(place("--output-format"), place("--output") + 1, "{places:?}");
}
