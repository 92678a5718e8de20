//! Which columns of a table hold the encodings.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use thiserror::Error;

use super::{ColumnParts, SPACES, SearchSpace, list};
use crate::table::{Row, Value, clip, clip_list, find_column};

/// The names under which dumps keep an encoding in one column, the first found wins.
pub const USUAL_NAMES: [&str; 19] = [
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
    "nets",
    "archs",
    "architectures",
    "encodings",
    "genotypes",
    "network",
    "cell_spec",
];

/// Names that stand with numbers only: layers of chains, and an array of NumPy without a name.
const NUMBERED: [&str; 3] = ["layer", "block", "arr_0"];

/// What may stand between a prefix and the name of a part, as in `config_hp_x0`.
const SEPARATORS: [char; 5] = ['_', ':', '.', '/', '-'];

/// The columns under which encodings stand: the named ones, or else one of the usual names or lists of parts. Each list is
/// complete on its own.
pub fn encoding_names(named: Option<&str>) -> Vec<Vec<String>> {
    if let Some(named) = named {
        let mut lists = vec![vec![named.to_owned()]];
        if named.contains(',') {
            lists.push(split(named).map(str::to_owned).collect());
        }
        return lists;
    }
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let parts = SPACES.into_iter().flat_map(SearchSpace::column_parts);
    USUAL_NAMES
        .iter()
        .map(|name| owned(&[name]))
        .chain(parts.map(|parts| owned(parts.names)))
        .collect()
}

/// The names of a list such as `a, b, c`.
fn split(named: &str) -> impl Iterator<Item = &str> {
    named.split(',').map(str::trim)
}

/// Where the encoding of a row stands.
#[derive(Debug, Clone)]
pub enum EncodingColumns {
    /// In one column.
    One(usize),
    /// In several, which become a dictionary of the space's names for its parts.
    Parts(Arc<[(usize, &'static str)]>),
    /// In several that were named, which become a list in this order.
    Listed(Arc<[usize]>),
}

/// Why no encoding column was found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColumnsError {
    /// The column that was named is not there.
    #[error("column `{}` not found; the file has {columns}", clip(name))]
    NotFound {
        /// The name that was asked for.
        name: String,
        /// What there is.
        columns: String,
    },
    /// Parts of an encoding stand there more than once.
    #[error("the parts of an encoding are there more than once, as {first} and as {second}")]
    Ambiguous {
        /// The first part of one.
        first: String,
        /// The first part of another.
        second: String,
    },
    /// No column has a usual name.
    #[error(
        "no column with an encoding was found; the file has {columns}; the usual names are {usual}, or {parts}"
    )]
    NoneUsual {
        /// The usual names.
        usual: String,
        /// The usual lists of parts.
        parts: String,
        /// What there is.
        columns: String,
    },
}

impl EncodingColumns {
    /// Finds the encoding in a table: the `named` column or columns, else the first with one of the
    /// [`USUAL_NAMES`], else the parts of some search space, else the only column.
    ///
    /// # Errors
    ///
    /// [`ColumnsError`], which lists the columns.
    pub fn find(columns: &[String], named: Option<&str>) -> Result<Self, ColumnsError> {
        let index = |name: &str| find_column(columns, name);
        if let Some(name) = named {
            return Self::named(columns, name);
        }
        if let Some(column) = USUAL_NAMES.into_iter().find_map(index) {
            return Ok(EncodingColumns::One(column));
        }
        if let Some(parts) = spread(columns, |_| true)? {
            return Ok(parts);
        }
        if let Some(places) = numbered(columns) {
            return Ok(EncodingColumns::Listed(places));
        }
        if columns.len() == 1 {
            return Ok(EncodingColumns::One(0));
        }
        let parts = SPACES.into_iter().flat_map(SearchSpace::column_parts);
        Err(ColumnsError::NoneUsual {
            usual: list(USUAL_NAMES),
            parts: list(parts.map(|parts| joined(parts.names))),
            columns: clip_list(columns),
        })
    }

    /// The columns that a person names: one, one of the parts that the columns hold, or several with commas between them.
    fn named(columns: &[String], name: &str) -> Result<Self, ColumnsError> {
        let not_found = |name: &str| ColumnsError::NotFound {
            name: name.to_owned(),
            columns: clip_list(columns),
        };
        let Some(one) = find_column(columns, name) else {
            if !name.contains(',') {
                return Err(not_found(name));
            }
            let place = |name| find_column(columns, name).ok_or_else(|| not_found(name));
            return Ok(EncodingColumns::Listed(split(name).map(place).collect::<Result<_, _>>()?));
        };
        // Who names one of the parts means all of them.
        let has = |parts: &[(usize, &str)]| parts.iter().any(|(place, _)| *place == one);
        Ok(spread(columns, has)?.unwrap_or(EncodingColumns::One(one)))
    }

    /// The places of the columns, in the order in which they make up the encoding.
    pub fn places(&self) -> Vec<usize> {
        match self {
            EncodingColumns::One(place) => vec![*place],
            EncodingColumns::Parts(parts) => parts.iter().map(|(place, _)| *place).collect(),
            EncodingColumns::Listed(places) => places.to_vec(),
        }
    }

    /// The encoding of a row of that table.
    pub fn text<'a>(&self, row: &'a Row) -> Cow<'a, str> {
        let mut text = String::new();
        match self {
            EncodingColumns::One(column) => return row.values[*column].text(),
            EncodingColumns::Parts(parts) => {
                for (place, name) in parts.iter().filter(|part| !row.values[part.0].is_missing()) {
                    text.push(if text.is_empty() { '{' } else { ',' });
                    let _ = write!(text, "\"{name}\":");
                    push(&mut text, &row.values[*place]);
                }
                text.push('}');
            }
            EncodingColumns::Listed(places) => {
                for place in places.iter() {
                    text.push(if text.is_empty() { '[' } else { ',' });
                    push(&mut text, &row.values[*place]);
                }
                text.push(']');
            }
        }
        Cow::Owned(text)
    }

    /// The columns' names, for messages.
    pub fn name(&self, columns: &[String]) -> String {
        let names: Vec<_> = self.places().iter().map(|&place| columns[place].as_str()).collect();
        joined(&names)
    }
}

/// The names of columns that belong together, those in the middle of many left out.
fn joined(names: &[&str]) -> String {
    match names {
        [first, .., last] if names.len() > 3 => format!("{first}+…+{last}"),
        names => names.join("+"),
    }
}

/// Appends the value of a part: a list as it is, any other text in quotes.
fn push(text: &mut String, value: &Value) {
    let is_list =
        |text: &str| text.trim_start().starts_with(['[', '(', '{']) || text.contains("array(");
    match value {
        Value::Missing => text.push_str("None"),
        Value::Text(value) if !is_list(value) => {
            text.push_str(&serde_json::Value::from(&**value).to_string());
        }
        Value::Text(value) | Value::Json(value) => text.push_str(value),
        Value::Integer(_) | Value::Number(_) => text.push_str(&value.text()),
    }
}

/// The columns of a list whose items have a column each: `arch_0`, `arch_1`, … as NumPy's matrices have them, or `layer_1`,
/// `layer_2`, ….
fn numbered(columns: &[String]) -> Option<Arc<[usize]>> {
    let plain: Vec<String> = columns.iter().map(|column| plain(column)).collect();
    let of = |name: &str| {
        let place = |number: usize| {
            let column = format!("{name}_{number}");
            plain.iter().position(|found| *found == column)
        };
        let first = usize::from(place(0).is_none());
        let places: Vec<_> = (first..).map_while(place).collect();
        (places.len() > 1).then(|| places.into())
    };
    USUAL_NAMES.into_iter().chain(NUMBERED).find_map(of)
}

/// The parts of an encoding of some space, the first whose columns are all there and of which `accepts` holds. Before the
/// names may stand a prefix, the same for all.
fn spread(
    columns: &[String],
    accepts: impl Fn(&[(usize, &str)]) -> bool,
) -> Result<Option<EncodingColumns>, ColumnsError> {
    let plain: Vec<String> = columns.iter().map(|column| plain(column)).collect();
    let mut places = HashMap::new();
    for (place, name) in plain.iter().enumerate() {
        places.entry(name.as_str()).or_insert(place);
    }
    for parts in SPACES.into_iter().flat_map(SearchSpace::column_parts) {
        let prefixes = plain.iter().filter_map(|column| prefix(column, parts.names[0]));
        let complete = prefixes.filter_map(|prefix| parts.with_prefix(prefix, &places));
        let mut complete = complete.filter(|parts| accepts(parts));
        if let Some(found) = complete.next() {
            return match complete.next() {
                None => Ok(Some(EncodingColumns::Parts(found.into()))),
                Some(other) => Err(ColumnsError::Ambiguous {
                    first: clip(&columns[found[0].0]),
                    second: clip(&columns[other[0].0]),
                }),
            };
        }
    }
    Ok(None)
}

/// A name in the form in which names are compared. YAHPO writes `_COLON_` for a colon.
fn plain(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace("_colon_", ":")
}

/// What stands before the name of a part, if a column has that name.
fn prefix<'a>(column: &'a str, part: &str) -> Option<&'a str> {
    let prefix = column.strip_suffix(&part.to_ascii_lowercase())?;
    (prefix.is_empty() || prefix.ends_with(SEPARATORS)).then_some(prefix)
}

impl ColumnParts {
    /// The columns with these names, if those that must be there are.
    fn with_prefix(
        &self,
        prefix: &str,
        places: &HashMap<&str, usize>,
    ) -> Option<Vec<(usize, &'static str)>> {
        let find = |name: &&'static str| {
            let column = format!("{prefix}{}", name.to_ascii_lowercase());
            places.get(column.as_str()).map(|&place| (place, *name))
        };
        let mut found = self.names.iter().map(find).collect::<Option<Vec<_>>>()?;
        found.extend(self.optional.iter().filter_map(find));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Place;

    fn find(header: &[&str], named: Option<&str>) -> Result<String, ColumnsError> {
        let columns: Vec<_> = header.iter().map(ToString::to_string).collect();
        EncodingColumns::find(&columns, named).map(|found| found.name(&columns))
    }

    #[test]
    fn usual_names_parts_and_lone_columns_are_found() {
        assert_eq!(find(&["id", "net_str", "net"], None).unwrap(), "net");
        assert_eq!(find(&["id", " Arch "], None).unwrap(), " Arch ");
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
        assert_eq!(find(&["net", "a", "b"], Some("b, a")).unwrap(), "b+a");
        assert_eq!(find(&["a,b", "a", "b"], Some("a,b")).unwrap(), "a,b");
    }

    #[test]
    fn parts_have_a_common_prefix() {
        let six = ["hp_x0", "hp_x1", "hp_x2", "hp_x3", "hp_x4", "hp_x5"];
        assert_eq!(find(&six, None).unwrap(), "hp_x0+…+hp_x5");
        let config = six.map(|name| format!("Config_{name}"));
        let both: Vec<&str> = config.iter().map(String::as_str).chain(["acc"]).collect();
        assert_eq!(find(&both, None).unwrap(), "Config_hp_x0+…+Config_hp_x5");
        assert!(find(&both[1..], None).is_err());
        let twice: Vec<&str> = both.iter().copied().chain(six).collect();
        let error = find(&twice, None).unwrap_err().to_string();
        assert!(error.contains("as Config_hp_x0 and as hp_x0"), "{error}");
        assert_eq!(find(&twice, Some("hp_x3")).unwrap(), "hp_x0+…+hp_x5");
    }

    #[test]
    fn values_keep_their_kind() {
        let values = [
            Value::Text("[[0, 1], [0, 0]]".into()),
            Value::Text("it's".into()),
            Value::Json("2".into()),
            Value::Missing,
        ];
        let row = Row { place: Place::Line(1), values: values.into() };
        let listed = EncodingColumns::Listed([0, 1, 2, 3].into());
        assert_eq!(listed.text(&row), "[[[0, 1], [0, 0]],\"it's\",2,None]");
        let parts = EncodingColumns::Parts([(0, "matrix"), (3, "x"), (1, "ops")].into());
        assert_eq!(parts.text(&row), "{\"matrix\":[[0, 1], [0, 0]],\"ops\":\"it's\"}");
    }

    #[test]
    fn messages_list_the_columns() {
        let missing = find(&["a", "b"], Some("c")).unwrap_err().to_string();
        assert!(missing.contains("`c` not found; the file has a, b"), "{missing}");
        let none = find(&["a", "b"], None).unwrap_err().to_string();
        assert!(none.contains("link+ops") && none.contains("the file has a, b"), "{none}");
    }
}
