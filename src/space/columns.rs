//! Which columns of a table hold the encodings.

use std::borrow::Cow;

use thiserror::Error;

use super::{ColumnPair, SPACES, SearchSpace, list};
use crate::table::{Row, clip_list};

/// The names under which dumps keep an encoding in one column, the first found wins.
pub const USUAL_NAMES: [&str; 12] = [
    "net",
    "arch",
    "architecture",
    "encoding",
    "arch_str",
    "net_str",
    "genotype",
    "cell",
    "spec",
    "token",
    "config",
    "optimized_hyperparamater_config",
];

/// The columns under which encodings stand: the named one, or else one of the usual names or pairs. Each list is
/// complete on its own.
pub fn encoding_names(named: Option<&str>) -> Vec<Vec<String>> {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    if let Some(named) = named {
        return vec![owned(&[named])];
    }
    let pairs = SPACES.into_iter().flat_map(SearchSpace::column_pairs);
    USUAL_NAMES
        .iter()
        .map(|name| owned(&[name]))
        .chain(pairs.map(|pair| owned(&pair.names)))
        .collect()
}

/// Where the encoding of a row stands.
#[derive(Debug, Clone, Copy)]
pub enum EncodingColumns {
    /// In one column.
    One(usize),
    /// In two columns, to be joined.
    Pair(usize, usize, &'static ColumnPair),
}

/// Why no encoding column was found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColumnsError {
    /// The column that was named is not there.
    #[error("column `{name}` not found; the file has {columns}; choose with --encoding-column")]
    NotFound {
        /// The name that was asked for.
        name: String,
        /// What there is.
        columns: String,
    },
    /// No column has a usual name.
    #[error(
        "no column with an encoding was found; the file has {columns}; choose with \
         --encoding-column (the usual names are {usual}, or {pairs})"
    )]
    NoneUsual {
        /// The usual names.
        usual: String,
        /// The usual pairs.
        pairs: String,
        /// What there is.
        columns: String,
    },
}

impl EncodingColumns {
    /// Finds the encoding in a table: the `named` column, else the first with one of the
    /// [`USUAL_NAMES`], else a pair of some search space, else the only column.
    ///
    /// # Errors
    ///
    /// [`ColumnsError`], which lists the columns.
    pub fn find(columns: &[String], named: Option<&str>) -> Result<Self, ColumnsError> {
        let index = |name: &str| columns.iter().position(|column| column == name);
        let pairs = || SPACES.into_iter().flat_map(SearchSpace::column_pairs);
        let mut complete = pairs().filter_map(|pair| {
            Some(EncodingColumns::Pair(index(pair.names[0])?, index(pair.names[1])?, pair))
        });
        if let Some(name) = named {
            // Who names one half of a pair means the pair.
            let of_pair = complete.find(
                |found| matches!(found, EncodingColumns::Pair(_, _, pair) if pair.names.contains(&name)),
            );
            let one = || index(name).map(EncodingColumns::One);
            return of_pair.or_else(one).ok_or_else(|| ColumnsError::NotFound {
                name: name.to_owned(),
                columns: clip_list(columns),
            });
        }
        if let Some(column) = USUAL_NAMES.into_iter().find_map(index) {
            return Ok(EncodingColumns::One(column));
        }
        if let Some(pair) = complete.next() {
            return Ok(pair);
        }
        if columns.len() == 1 {
            return Ok(EncodingColumns::One(0));
        }
        Err(ColumnsError::NoneUsual {
            usual: list(USUAL_NAMES),
            pairs: list(pairs().map(|pair| pair.names.join("+"))),
            columns: clip_list(columns),
        })
    }

    /// The encoding of a row of that table.
    pub fn text<'a>(&self, row: &'a Row) -> Cow<'a, str> {
        match *self {
            EncodingColumns::One(column) => row.values[column].text(),
            EncodingColumns::Pair(first, second, pair) => {
                Cow::Owned((pair.join)(&row.values[first].text(), &row.values[second].text()))
            }
        }
    }

    /// The columns' names, for messages.
    pub fn name(&self, columns: &[String]) -> String {
        match *self {
            EncodingColumns::One(column) => columns[column].clone(),
            EncodingColumns::Pair(first, second, _) => {
                format!("{}+{}", columns[first], columns[second])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], named: Option<&str>) -> Result<String, ColumnsError> {
        let columns: Vec<_> = header.iter().map(ToString::to_string).collect();
        EncodingColumns::find(&columns, named).map(|found| found.name(&columns))
    }

    #[test]
    fn usual_names_pairs_and_lone_columns_are_found() {
        assert_eq!(find(&["id", "net_str", "net"], None).unwrap(), "net");
        assert_eq!(find(&["acc", "ops", "link"], None).unwrap(), "link+ops");
        let pair = "module_adjacency+module_operations";
        assert_eq!(
            find(&["module_hash", "module_operations", "module_adjacency"], None).unwrap(),
            pair
        );
        assert_eq!(find(&["whatever"], None).unwrap(), "whatever");
        assert_eq!(find(&["net", "mine"], Some("mine")).unwrap(), "mine");
        assert_eq!(find(&["net", "link", "ops"], Some("link")).unwrap(), "link+ops");
        assert_eq!(find(&["net", "link"], Some("link")).unwrap(), "link");
    }

    #[test]
    fn messages_list_the_columns() {
        let missing = find(&["a", "b"], Some("c")).unwrap_err().to_string();
        assert!(missing.contains("`c` not found; the file has a, b"), "{missing}");
        let none = find(&["a", "b"], None).unwrap_err().to_string();
        assert!(none.contains("link+ops") && none.contains("the file has a, b"), "{none}");
    }
}
