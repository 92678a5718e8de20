//! Names as they are to be shown.

use std::str::FromStr;

use thiserror::Error;

use crate::table::{clip, clip_first};

/// The most names that a message lists.
const LISTED: usize = 20;

/// Labels of names, such as `GRAF+` of `graf+`. A name without one is its own label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownNames(Vec<Label>);

/// A name and its label; read from `NAME=LABEL`. Which sign of equality is between the two is known only where names
/// are known: either may contain one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The label, if it is that of a name.
    fn of(&self, name: &str) -> Option<&str> {
        self.0.strip_prefix(name)?.strip_prefix('=').filter(|label| !label.is_empty())
    }
}

impl FromStr for Label {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, label)) if !name.is_empty() && !label.is_empty() => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("expected NAME=LABEL, such as graf+=GRAF+".to_owned()),
        }
    }
}

/// A label of a name that there is not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no name fits the label {}; the names are {}", clip(label), clip_first(known, LISTED))]
pub struct UnknownLabel {
    /// The name and its label.
    pub label: String,
    /// The names that there are.
    pub known: Vec<String>,
}

impl ShownNames {
    /// Some labels. Of two labels of one name the last one holds.
    pub fn new(labels: impl IntoIterator<Item = Label>) -> Self {
        Self(labels.into_iter().collect())
    }

    /// The label of a name.
    pub fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().rev().find_map(|label| label.of(name)).unwrap_or(name)
    }

    /// Whether each label is that of one of these names.
    ///
    /// # Errors
    ///
    /// [`UnknownLabel`] for the first that is not.
    pub fn check(&self, known: &[String]) -> Result<(), UnknownLabel> {
        let fits = |label: &Label| known.iter().any(|name| label.of(name).is_some());
        match self.0.iter().find(|label| !fits(label)) {
            Some(Label(label)) => Err(UnknownLabel { label: label.clone(), known: known.to_vec() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_names() {
        let labels = ["graf+=GRAF+", "column:a=b=A", "rf=forest, n=100"];
        let labels = ShownNames::new(labels.map(|text| text.parse().unwrap()));
        assert_eq!(labels.of("graf+"), "GRAF+");
        assert_eq!(labels.of("column:a=b"), "A");
        assert_eq!(labels.of("rf"), "forest, n=100");
        assert_eq!(labels.of("graf"), "graf");
        let known = ["graf+", "column:a=b"].map(str::to_owned);
        let error = labels.check(&known).unwrap_err().to_string();
        assert_eq!(
            error,
            "no name fits the label rf=forest, n=100; the names are graf+, column:a=b"
        );
        for text in ["graf+", "=x", "x="] {
            assert!(text.parse::<Label>().is_err(), "{text}");
        }
    }
}
