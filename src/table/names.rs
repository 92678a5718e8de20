//! Columns by their names.

/// The column of that name: the one that is spelled so, or else the only one whose name differs in case or in the blanks
/// around it. `None` if there is none, or more than one.
pub fn find_column(columns: &[String], name: &str) -> Option<usize> {
    let exact = columns.iter().position(|column| column == name);
    exact.or_else(|| {
        let name = name.trim();
        let alike = |place: &usize| columns[*place].trim().eq_ignore_ascii_case(name);
        let mut found = (0..columns.len()).filter(alike);
        found.next().filter(|_| found.next().is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_comes_first_and_ambiguity_finds_nothing() {
        let columns = [" Acc", "net", "Net", "Seed"].map(str::to_owned);
        let find = |name| find_column(&columns, name);
        assert_eq!(find("acc"), Some(0));
        assert_eq!(find("Net"), Some(2));
        assert_eq!(find("NET"), None);
        assert_eq!(find(" seed "), Some(3));
        assert_eq!(find("see"), None);
    }
}
