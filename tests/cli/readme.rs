//! The example of the README prints what the README says.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// The blocks between fences, with what stands behind the opening fence.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let mut parts = text.split("```");
    let mut found = Vec::new();
    while let (Some(_), Some(block)) = (parts.next(), parts.next()) {
        let (kind, body) = block.split_once('\n').unwrap();
        found.push((kind, body));
    }
    found
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.sort_unstable();
    lines
}

/// Whether two lines say the same. The last digits of numbers depend on the processor, whose fused operations round
/// once.
fn is_same(one: &str, other: &str) -> bool {
    let split = |c: char| c.is_whitespace() || ",:[]{}\"".contains(c);
    let (mut one, mut other) = (one.split(split), other.split(split));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                let (Ok(one), Ok(other)) = (one.parse::<f64>(), other.parse::<f64>()) else {
                    return false;
                };
                if (one - other).abs() > 1e-3 * one.abs().max(0.02) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// In the order of the page, in a folder with the bundled data. Lines of messages and of results may come in any
/// order. Without `jq` its command is left out.
#[test]
fn the_example_prints_what_the_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, example) = readme.split_once("\n## Example\n").unwrap();
    let (example, _) = example.split_once("\n## ").unwrap();
    let folder = tempfile::tempdir().unwrap();
    symlink(root.join("data"), folder.path().join("data")).unwrap();
    let binaries = Path::new(env!("CARGO_BIN_EXE_graf")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), env::var("PATH").unwrap());
    let has_jq = Command::new("jq").arg("--version").output().is_ok_and(|run| run.status.success());
    let blocks = blocks(example);
    let mut compared = 0;
    for pair in blocks.windows(2).filter(|pair| pair[0].0 == "sh" && pair[1].0.is_empty()) {
        let (command, expected) = (pair[0].1, pair[1].1);
        if command.contains("| jq") && !has_jq {
            continue;
        }
        let script = format!("{{ {command}}} 2>&1");
        let run = Command::new("bash")
            .args(["-c", &script])
            .current_dir(folder.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        let found = String::from_utf8(run.stdout).unwrap();
        let (found, expected) = (sorted(&found), sorted(expected));
        let pairs = found.iter().zip(&expected);
        let is_same = found.len() == expected.len()
            && pairs.into_iter().all(|(one, other)| is_same(one, other));
        assert!(is_same, "{command}\n{}", found.join("\n"));
        compared += 1;
    }
    assert!(compared >= 4, "{compared}");
}
