//! Numbers that the documentation quotes are those of the code.

use std::fs;
use std::path::Path;

use graf::features::{FAMILIES, Family, FeatureConfig, FeatureSet, Names};
use graf::space::{SPACES, by_name};

/// The rows of the Markdown tables of a page, each as its cells.
fn tables(page: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let cell = |text: &str| text.trim().replace('`', "");
    rows.map(|row| row.trim_matches('|').split('|').map(cell).collect()).collect()
}

/// The number that a cell ends with: `5`, `5 + 25 + 125 = 155`.
fn last_number(cell: &str) -> Option<usize> {
    let digits = cell.trim_matches(['(', ')']).rsplit(['=', ' ']).find(|part| !part.is_empty())?;
    digits.replace(',', "").parse().ok()
}

fn columns(space: &str, families: Option<&str>, names: Names) -> usize {
    let families = families.map(|family| vec![family.to_owned()]);
    let config = FeatureConfig { families, names, ..FeatureConfig::default() };
    FeatureSet::new(by_name(space).unwrap(), &config).unwrap().len()
}

#[test]
fn columns_of_families() {
    let rows = tables("docs/features.md");
    let mut checked = 0;
    let mut header: &[String] = &[];
    for row in &rows {
        if row.len() > 5 && row[0] == "space" {
            header = row;
        }
        if by_name(&row[0]).is_none() || header.len() != row.len() {
            continue;
        }
        for (name, cell) in header.iter().zip(row).skip(1) {
            let family = FAMILIES.into_iter().find(|family| family.name() == name);
            let (Some(count), true) = (last_number(cell), family.is_some() || name == "default")
            else {
                continue;
            };
            let family = family.map(Family::name);
            assert_eq!(columns(&row[0], family, Names::Readable), count, "{name} of {}", row[0]);
            checked += 1;
        }
    }
    // Six spaces, and the families of two tables.
    assert!(checked > 70, "{checked}");
}

#[test]
fn columns_in_the_readme() {
    let rows = tables("README.md");
    let mut checked = 0;
    for row in &rows {
        // One of them stands with its other name in brackets.
        let space = row[0].split(' ').next().unwrap_or_default();
        if by_name(space).is_none() {
            continue;
        }
        let counts: Vec<_> = row.iter().map(|cell| last_number(cell)).collect();
        match row.len() {
            // Space, where the operations are, encodings, features.
            4 => assert_eq!(counts[3], Some(columns(space, None, Names::Readable)), "{row:?}"),
            // Space, the columns of zc_combine and their speed, the readable ones and theirs.
            5.. => {
                if let Some(count) = counts[1] {
                    assert_eq!(columns(space, None, Names::ZcCombine), count, "{row:?}");
                }
                assert_eq!(counts[3], Some(columns(space, None, Names::Readable)), "{row:?}");
            }
            _ => continue,
        }
        checked += 1;
    }
    assert_eq!(checked, 2 * SPACES.len());
}
