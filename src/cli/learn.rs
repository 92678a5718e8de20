//! How tables become numbers to learn from.

use clap::{Args, ValueEnum};

use super::Failure;
use super::input::ReadArgs;
use crate::dataset::{Missing, Request};
use crate::table::Input;

/// How the numbers of a table are found.
#[derive(Debug, Args)]
pub(super) struct LearnArgs {
    /// Add the columns of this table, matched by network; may be repeated
    #[arg(long, value_name = "FILE")]
    pub join: Vec<Input>,
    /// What to do with missing values, and proxies of -1e8 [default: error]
    #[arg(long, value_name = "POLICY")]
    missing: Option<MissingArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MissingArg {
    /// Stop with an error
    Error,
    /// Put the median of the training rows there; rows without a target are left out
    Median,
    /// Leave the row out
    Drop,
}

impl LearnArgs {
    /// What is wanted of tables that are read so; the features are the default ones.
    pub fn wanted(&self, read: &ReadArgs) -> Result<Request, Failure> {
        if let (Some(encoding), false) = (read.encoding(), self.join.is_empty()) {
            // Joined tables often come from elsewhere: which of them it is to hold for, nobody said.
            return Err(Failure::Usage(format!(
                "--encoding {encoding} does not go with --join, whose tables may be encoded otherwise; \
                 write the table anew with graf convert --encoding {encoding} --to tuple"
            )));
        }
        Ok(Request {
            read: read.read_options(),
            networks: read.networks()?,
            joins: self.join.clone(),
            missing: self.policy(),
            ..Request::default()
        })
    }

    fn policy(&self) -> Option<Missing> {
        self.missing.map(|policy| match policy {
            MissingArg::Error => Missing::Error,
            MissingArg::Median => Missing::Median,
            MissingArg::Drop => Missing::Drop,
        })
    }
}
