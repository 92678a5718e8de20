//! `--where`.

use clap::Args;

use crate::dataset::{Condition, ConditionError};

/// Which networks are considered at all.
#[derive(Debug, Args)]
pub(super) struct ConditionArgs {
    /// Only networks that meet this condition, such as 'params<=1.5 and flops<100'
    ///
    /// Its names are those of features and of columns of the table, if there is one. params and flops are in millions. docs/search.md has the grammar.
    #[arg(long = "where", hide_short_help = true, value_name = "CONDITION", value_parser = parse_condition)]
    pub condition: Option<Condition>,
}

pub(super) fn parse_condition(text: &str) -> Result<Condition, String> {
    text.parse().map_err(|error: ConditionError| error.to_string())
}
