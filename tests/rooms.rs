//! The rooms of the crate: who imports whom. See docs/architecture.md.
#![allow(clippy::unwrap_used, missing_docs, reason = "a failure is what a test is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. A room imports from floors below, and from rooms of its own floor that do not
/// import from it.
const FLOORS: [&[&str]; 8] = [
    &["control", "onnx", "table"],
    &["graph", "space"],
    &["explain", "features", "metrics", "predictor", "ranking", "selection", "suggest"],
    &["dataset", "model", "stream"],
    &["jobs"],
    &["experiment", "search"],
    &["library", "report"],
    &["cli"],
];

/// Rooms whose files import each other in one direction too.
const ONE_WAY: [&str; 10] = [
    "dataset",
    "experiment",
    "graph",
    "metrics",
    "model",
    "ranking",
    "report",
    "search",
    "selection",
    "stream",
];

type Imports = BTreeMap<String, BTreeSet<String>>;

/// The Rust files of a folder and the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file without comments and without its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |all, line| all + line + "\n")
}

/// The words that follow a prefix, each up to what is no part of a name; of a group in braces, all of them.
fn after(code: &str, prefix: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|c: char| is_name(c) || c == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.trim_start().chars().take_while(|&c| is_name(c)).collect();
            found.insert(name);
        }
    }
    found
}

/// For each room the rooms that its files name.
fn rooms() -> Imports {
    let mut imports = Imports::new();
    for path in files(&source()) {
        let within = path.strip_prefix(source()).unwrap();
        if within.components().count() < 2 {
            continue; // lib.rs and main.rs.
        }
        let room = within.iter().next().unwrap().to_str().unwrap().to_owned();
        let named = after(&code(&path), "crate::");
        imports
            .entry(room.clone())
            .or_default()
            .extend(named.into_iter().filter(|name| *name != room));
    }
    imports
}

/// A circle of imports, if there is one.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    fn visit(
        at: &str,
        imports: &Imports,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(start) = path.iter().position(|name| name == at) {
            path.drain(..start);
            return true;
        }
        if !done.insert(at.to_owned()) {
            return false;
        }
        path.push(at.to_owned());
        if imports.get(at).into_iter().flatten().any(|next| visit(next, imports, path, done)) {
            return true;
        }
        path.pop();
        false
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|start| {
        let mut path = Vec::new();
        visit(start, imports, &mut path, &mut done).then_some(path)
    })
}

#[test]
fn no_room_imports_from_a_floor_above() {
    let floor = |room: &str| FLOORS.iter().position(|rooms| rooms.contains(&room));
    for (room, imports) in rooms() {
        let own = floor(&room).unwrap_or_else(|| panic!("{room} is on no floor"));
        for import in imports {
            let other = floor(&import)
                .unwrap_or_else(|| panic!("{room} imports {import}, which is no room"));
            assert!(other <= own, "{room} imports from {import}, which is on a floor above");
        }
    }
}

#[test]
fn rooms_have_no_circle() {
    assert_eq!(circle(&rooms()), None);
}

#[test]
fn no_job_imports_a_job() {
    for path in files(&source().join("jobs")).into_iter().filter(|path| !path.ends_with("mod.rs")) {
        let code = code(&path);
        let others = after(&code, "super::").len() + after(&code, "crate::jobs::").len();
        assert_eq!(others, 0, "{}", path.display());
    }
}

/// Files below the command line that name options, and why: what is wrong with a row goes to the file of rejects too, which
/// nobody words anew; reports are read by those who use the command line.
const NAME_OPTIONS: [&str; 4] =
    ["dataset/records.rs", "dataset/unidentified.rs", "table/write/npy.rs", "report"];

/// Whether the text literals of a line name an option, as in `--target`.
fn names_option(line: &str) -> bool {
    let after =
        |(at, _): (usize, &str)| line[at + 2..].starts_with(|c: char| c.is_ascii_lowercase());
    let is_first = |at: usize| !line[..at].ends_with(|c: char| c == '-' || c.is_alphanumeric());
    line.match_indices("--").any(|found| is_first(found.0) && after(found))
}

#[test]
fn messages_below_the_command_line_name_no_option() {
    let mut found = Vec::new();
    for path in files(&source()) {
        let within = path.strip_prefix(source()).unwrap();
        if within.starts_with("cli") || NAME_OPTIONS.iter().any(|named| within.starts_with(named)) {
            continue;
        }
        let code = code(&path);
        let lines = code.lines().filter(|line| names_option(line));
        found.extend(lines.map(|line| format!("{}: {}", within.display(), line.trim())));
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(names_option("\"choose with --space\"") && !names_option("a --> b, i -- j, x---y"));
}

/// What a room exports by the name of its file: `pub use self::file::{A, B}`.
fn exports(room: &Path) -> BTreeMap<String, String> {
    let code = code(&room.join("mod.rs"));
    let mut files = BTreeMap::new();
    for part in code.split("use self::").skip(1) {
        let part = part.split(';').next().unwrap();
        let Some((file, names)) = part.split_once("::") else { continue };
        for name in names.trim_matches(['{', '}']).split(',') {
            files.insert(name.trim().to_owned(), file.to_owned());
        }
    }
    files
}

#[test]
fn files_of_a_room_import_one_way() {
    for room in ONE_WAY {
        let folder = source().join(room);
        let exports = exports(&folder);
        let mut imports = Imports::new();
        for path in files(&folder) {
            let within = path.strip_prefix(&folder).unwrap();
            let depth = within.components().count();
            let name =
                within.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
            if name == "mod" {
                continue;
            }
            let code = code(&path);
            let mut named = after(&code, &format!("crate::{room}::"));
            if depth == 1 {
                named.extend(after(&code, "super::"));
            }
            let file = |named: String| exports.get(&named).cloned().unwrap_or(named);
            let own = imports.entry(name.clone()).or_default();
            own.extend(named.into_iter().map(file).filter(|import| *import != name));
        }
        assert_eq!(circle(&imports), None, "in {room}");
    }
}

#[test]
fn circles_are_found() {
    let imports = |pairs: &[(&str, &str)]| {
        let mut imports = Imports::new();
        for (from, to) in pairs {
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        imports
    };
    assert_eq!(circle(&imports(&[("a", "b"), ("a", "c"), ("b", "c")])), None);
    let found = circle(&imports(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    assert_eq!(found.unwrap(), ["b", "c", "d"]);
    assert_eq!(after("use crate::{a, b}; crate::c::d; my_crate::e", "crate::").len(), 3);
}

/// The names of the public types at the top of a file.
fn public_types(code: &str) -> impl Iterator<Item = &str> {
    let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
    let after = move |line| kinds.iter().find_map(|kind| str::strip_prefix(line, kind));
    code.lines().filter_map(after).map(|rest| {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        rest.split(|c| !is_name(c)).next().unwrap_or_default()
    })
}

#[test]
fn public_types_have_names_of_their_own() {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files(&source()) {
        for name in public_types(&code(&path)) {
            found.entry(name.to_owned()).or_default().push(path.clone());
        }
    }
    let count = found.len();
    found.retain(|_, paths| paths.len() > 1);
    assert!(count > 200 && found.is_empty(), "{count} types, {found:?}");
}
