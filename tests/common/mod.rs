//! What the tests share.
#![allow(dead_code, reason = "every test crate uses a part of it")]

use std::path::PathBuf;

/// A folder with the benchmark dumps (`data`) or the reference values (`reference`). They are not
/// part of the project: `GRAF_DATA` names the folder that holds both, by default `../shared`.
///
/// # Panics
///
/// If it is not there: a test that asked for the dumps must not pass without them.
pub fn dumps(folder: &str) -> PathBuf {
    let root = std::env::var_os("GRAF_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join(folder);
    assert!(path.is_dir(), "no benchmark dumps in {}; set GRAF_DATA", path.display());
    path
}
