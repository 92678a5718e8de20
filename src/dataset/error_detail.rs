//! What an [`Error`](super::Error) says of columns and files.

use crate::table::clip;

/// Which columns of an output have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Twice {
    /// A target that is named twice.
    Target,
    /// A column that is kept, and one that is computed.
    Kept,
    /// A column that is kept twice, or is a feature too.
    KeptOrFeature,
    /// A column of the input, and the network that is written.
    Network,
    /// A column of the input, and the hash that is added.
    Hash,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileRole {
    /// The input.
    Input,
    /// One of several inputs.
    OneInput,
    /// The pool of candidates.
    Pool,
    /// A table of known networks.
    Known,
    /// The output.
    Output,
}

impl std::fmt::Display for FileRole {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str(match self {
            FileRole::Input => "the input",
            FileRole::OneInput => "an input",
            FileRole::Pool => "the pool",
            FileRole::Known => "a table of known networks",
            FileRole::Output => "the output",
        })
    }
}

/// What a column is sought for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sought {
    /// The target to learn or to rank by.
    Target,
    /// The true values of a model's target.
    Truth,
    /// Groups of rows.
    Groups,
}

impl Sought {
    pub(super) fn note(self) -> &'static str {
        match self {
            Sought::Truth => {
                "; the model predicts it, and is measured on a table that has its true values"
            }
            Sought::Target | Sought::Groups => "",
        }
    }
}

/// Who asks for a column that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AskedBy {
    /// A group of columns, or a model.
    Columns,
    /// A model, for a feature that it does not say how to compute.
    Model,
    /// A configuration of features.
    Configuration,
}

/// Why no learning curve is meant.
pub(super) fn no_curve(
    asked: Option<&str>,
    until: Option<u32>,
    found: &[String],
    columns: &str,
) -> String {
    let rule = "a learning curve is two or more columns that differ in their epoch, as acc_4 and acc_12, before that of the target";
    if found.is_empty() {
        return format!("no learning curve: {rule}; columns: {columns}");
    }
    let names: Vec<String> = found.iter().map(|name| format!("curve:{name}")).collect();
    let names = names.join(", ");
    match (asked, until) {
        (_, Some(until)) => {
            format!("fewer than two epochs up to {until} in one of {names}: {rule}")
        }
        (Some(asked), None) => {
            format!("no learning curve begins with {}; take {names}", clip(asked))
        }
        (None, None) => format!("several learning curves; take one of {names}"),
    }
}
