//! Names that someone may have meant.

/// So many are named.
const MOST: usize = 3;

/// Those of `names` that are most like `name`, the first of equally similar ones first.
///
/// # Complexity
///
/// O(names · length²).
pub(super) fn nearest<'a>(name: &str, names: &'a [String]) -> Vec<&'a str> {
    let name: Vec<char> = name.chars().collect();
    let mut near: Vec<_> = names.iter().map(|other| (distance(&name, other), other)).collect();
    near.sort_by_key(|&(distance, _)| distance);
    near.into_iter().take(MOST).map(|(_, name)| name.as_str()).collect()
}

/// The fewest letters to put in, take out or replace (Levenshtein 1966).
fn distance(one: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=one.len()).collect();
    for (above, letter) in other.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (index, &own) in one.iter().enumerate() {
            let replaced = diagonal + usize::from(own != letter);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row[one.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let cases =
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("é", "e", 1)];
        for (one, other, expected) in cases {
            assert_eq!(distance(&one.chars().collect::<Vec<_>>(), other), expected);
        }
    }

    #[test]
    fn the_nearest_come_first() {
        let names = ["node", "op_count(a)", "op_count(b)", "op_count(skip)"].map(str::to_owned);
        assert_eq!(
            nearest("op_conut(a)", &names),
            ["op_count(a)", "op_count(b)", "op_count(skip)"]
        );
        assert_eq!(nearest("x", &names[..1]), ["node"]);
    }
}
