//! What the columns of a model are called when contributions are added up.

use std::collections::HashMap;
use std::fmt;

use ndarray::ArrayView1;

use super::Card;
use crate::features::{FAMILIES, Family};

/// The contribution of the prediction of a prior.
const PRIOR: &str = "prior";

/// How contributions of columns are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Each column by itself.
    Column,
    /// Groups of nearly equal columns.
    Group,
    /// Families of features; proxies, and other columns of tables, are families of their own.
    Family,
    /// Operations: that of a column is shared out equally among the operations that it names.
    Operation,
}

impl fmt::Display for By {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(match self {
            By::Column => "column",
            By::Group => "group",
            By::Family => "family",
            By::Operation => "operation",
        })
    }
}

/// A part of a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The columns that it consists of, or has a share in.
    pub columns: Vec<usize>,
    /// The column whose value is shown, if there is one.
    pub value: Option<usize>,
}

/// The parts that predictions of a model consist of, besides a base value.
#[derive(Debug, Clone)]
pub struct Parts {
    by: By,
    all: Vec<Part>,
    /// For each column the parts that it belongs to, equally.
    of_column: Vec<Vec<usize>>,
}

impl Parts {
    /// The parts of a model. `operations` are those of its space. `None` for groups if the model does not know them.
    pub fn new(header: &Card, by: By, operations: &[&str]) -> Option<Self> {
        let columns = column_names(header);
        let mut parts = Parts { by, all: Vec::new(), of_column: Vec::new() };
        if by == By::Group && header.groups.is_empty() {
            return None;
        }
        let mut places: HashMap<String, usize> = HashMap::new();
        for (column, name) in columns.iter().enumerate() {
            let names: Vec<String> = match by {
                By::Column => vec![name.clone()],
                By::Group => {
                    let first = header.groups.get(column).copied().unwrap_or(column);
                    vec![columns[first].clone()]
                }
                By::Family => vec![family(header, column, name).to_owned()],
                By::Operation => named(name, operations),
            };
            let mut own = Vec::with_capacity(names.len());
            for name in names {
                let place = *places.entry(name.clone()).or_insert_with(|| {
                    parts.all.push(Part { name, columns: Vec::new(), value: None });
                    parts.all.len() - 1
                });
                parts.all[place].columns.push(column);
                own.push(place);
            }
            parts.of_column.push(own);
        }
        if matches!(by, By::Column | By::Group) {
            let places: HashMap<&String, usize> = columns.iter().zip(0..).collect();
            for part in &mut parts.all {
                part.value = places.get(&part.name).copied();
            }
        }
        Some(parts)
    }

    /// What they are.
    pub fn by(&self) -> By {
        self.by
    }

    /// The parts, in the order of their first columns.
    pub fn all(&self) -> &[Part] {
        &self.all
    }

    /// The contribution of each part, of those of the columns.
    pub fn of(&self, contributions: ArrayView1<f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.all.len()];
        for (contribution, parts) in contributions.iter().zip(&self.of_column) {
            let share = contribution / parts.len() as f64;
            for &part in parts {
                sums[part] += share;
            }
        }
        sums
    }

    /// The value that is shown of each part, of those of the columns; NaN where there is none.
    pub fn values(&self, record: ArrayView1<f64>) -> Vec<f64> {
        let value = |part: &Part| part.value.and_then(|column| record.get(column));
        self.all.iter().map(|part| value(part).copied().unwrap_or(f64::NAN)).collect()
    }
}

/// The names of the columns that contributions are given for: those of the model and, if it has a prior, what that
/// predicts.
fn column_names(header: &Card) -> Vec<String> {
    let mut names = header.columns.clone();
    if header.prior.is_some() {
        // A table may have a column of that name.
        let taken = names.iter().any(|name| name == PRIOR);
        names.push(if taken { format!("{PRIOR} (model)") } else { PRIOR.to_owned() });
    }
    names
}

/// The family of a column.
fn family(header: &Card, column: usize, name: &str) -> &'static str {
    if column >= header.columns.len() {
        return PRIOR;
    }
    if header.proxies.iter().any(|proxy| proxy == name) {
        return "proxies";
    }
    FAMILIES.into_iter().find(|family| family.owns(name)).map_or("other columns", Family::name)
}

/// The operations that the name of a column has as words of their own.
fn named(column: &str, operations: &[&str]) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let has = |operation: &str| {
        column.match_indices(operation).any(|(start, _)| {
            let (before, rest) = (&column[..start], &column[start + operation.len()..]);
            !before.ends_with(is_part) && !rest.starts_with(is_part)
        })
    };
    let found: Vec<String> =
        operations.iter().filter(|operation| has(operation)).map(ToString::to_string).collect();
    if found.is_empty() { vec!["no single operation".to_owned()] } else { found }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn operations_are_whole_words() {
        let operations = ["conv1x1", "conv1x1-bn", "skip_connect", "none"];
        let found = |column| named(column, &operations);
        assert_eq!(found("op_count(skip_connect)"), ["skip_connect"]);
        assert_eq!(found("path_stats(skip_connect+none).min"), ["skip_connect", "none"]);
        assert_eq!(found("op_count(conv1x1-bn)"), ["conv1x1-bn"]);
        assert_eq!(found("one_hot(edge_0_1=conv1x1)"), ["conv1x1"]);
        assert_eq!(found("path_stats(paths)"), ["no single operation"]);
    }
}
