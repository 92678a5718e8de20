//! The short help of every command fits a screen, and its examples run.

use std::collections::HashSet;
use std::process::Command;

use crate::cli::Folder;

/// Those that fit a model that others' examples take come first.
const COMMANDS: [&str; 32] = [
    "fit",
    "predict",
    "merge",
    "eval",
    "explain",
    "inspect",
    "export",
    "featurize",
    "convert",
    "compare",
    "rank",
    "pareto",
    "select",
    "suggest",
    "search",
    "ask",
    "tell",
    "touch",
    "search init",
    "search run",
    "search ask",
    "search tell",
    "search touch",
    "search status",
    "search best",
    "search export",
    "search replay",
    "report",
    "enumerate",
    "sample",
    "spaces",
    "features",
];

const TABLE: &str = "data/nas-bench-graph/nas-bench-graph.csv.gz";

/// What `graf COMMAND FLAG` writes on a screen of 80 columns.
fn help(folder: &Folder, command: &str, flag: &str) -> String {
    let shown =
        folder.graf().env("COLUMNS", "80").args(command.split(' ')).arg(flag).output().unwrap();
    String::from_utf8(shown.stdout).unwrap()
}

#[test]
fn every_command_is_listed_here() {
    let listed = Folder::new().output("--help");
    let (_, commands) = listed.split_once("Commands:\n").unwrap();
    let names = commands.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let mut names: Vec<_> = names.filter(|name| !name.is_empty() && *name != "help").collect();
    names.sort_unstable();
    // Subcommands of a command are not.
    let mut commands: Vec<_> = COMMANDS.into_iter().filter(|name| !name.contains(' ')).collect();
    commands.sort_unstable();
    assert_eq!(names, commands);
}

#[test]
fn short_help_fits_a_screen_and_begins_with_an_example() {
    let folder = Folder::new();
    for command in COMMANDS {
        let shown = help(&folder, command, "-h");
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines.len() <= 40, "{command}: {} lines\n{shown}", lines.len());
        let widest = lines.iter().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{command}: {widest:?} columns\n{shown}");
        assert_eq!(lines[2], "Example:", "{shown}");
    }
    let shown = folder.graf().env("COLUMNS", "80").arg("-h").output().unwrap().stdout;
    assert!(String::from_utf8(shown).unwrap().lines().count() <= 40);
}

/// The examples of a help text, which stand two columns in; what goes on stands further in.
fn examples(help: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let mut lines = help.lines();
    while lines.any(|line| line == "Example:" || line == "More examples:") {
        for line in lines.by_ref().take_while(|line| line.starts_with("  ")) {
            match line.strip_prefix("      ") {
                None => examples.push(line.trim().to_owned()),
                Some(rest) => {
                    let begun: &mut String = examples.last_mut().unwrap();
                    *begun = format!("{} {rest}", begun.strip_suffix('\\').unwrap().trim_end());
                }
            }
        }
    }
    examples
}

/// A folder with the bundled data, of the table every 40th row, which is enough.
fn bundled() -> Folder {
    let folder = Folder::new();
    let root = env!("CARGO_MANIFEST_DIR");
    for part in ["data/nas-bench-graph", "data/spaces"] {
        std::fs::create_dir_all(folder.at(part)).unwrap();
    }
    let whole = folder.output(&format!("convert --to token {root}/{TABLE}"));
    let mut lines = whole.lines();
    let header = lines.next().unwrap();
    let rows = lines.step_by(40).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
    folder.put(TABLE, crate::cli::gzip(format!("{header}\n{rows}").as_bytes()));
    for space in std::fs::read_dir(format!("{root}/data/spaces")).unwrap() {
        let space = space.unwrap();
        std::fs::copy(space.path(), folder.at("data/spaces").join(space.file_name())).unwrap();
    }
    folder
}

/// Whether an example takes nothing but bundled data and what examples before it wrote.
fn is_runnable(folder: &Folder, example: &str) -> bool {
    let words: Vec<_> = example.split_whitespace().collect();
    let is_file = |word: &str| {
        [".csv", ".gz", ".graf", ".toml", ".sh"].iter().any(|ending| word.ends_with(ending))
    };
    let inputs = words.iter().enumerate().filter(|(place, word)| {
        let before = place.checked_sub(1).map_or("", |before| words[before]);
        is_file(word) && !["-o", ">", "--runs"].contains(&before)
    });
    inputs.into_iter().all(|(_, word)| folder.at(word).exists())
}

#[test]
#[cfg(unix)]
fn examples_on_bundled_data_run() {
    let folder = bundled();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_graf")).parent().unwrap().display();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    let mut done = HashSet::new();
    for command in COMMANDS {
        let help = help(&folder, command, "--help");
        let examples = examples(&help);
        let first = help.find("More examples:").map_or(&*help, |place| &help[..place]);
        let first = self::examples(first).len();
        assert!(first > 0, "{help}");
        for (place, example) in examples.iter().enumerate() {
            if !is_runnable(&folder, example) {
                assert!(place >= first && !example.contains("data/"), "{example}");
                continue;
            }
            if !done.insert(example.clone()) {
                continue;
            }
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("( {example} ) > shown")]).env("PATH", &path);
            let run = shell.current_dir(folder.path()).output().unwrap();
            let err = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success() && !err.contains("error: "), "{example}: {err}");
        }
    }
}
