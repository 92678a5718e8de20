//! How tables become numbers to learn from.

use clap::{Args, ValueEnum};

use super::Failure;
use super::input::ReadArgs;
use crate::dataset::{Missing, Request};
use crate::table::Input;

/// Further tables, and missing values.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct LearnArgs {
    /// Join the columns of this table by network; repeatable
    #[arg(long, value_name = "FILE")]
    pub join: Vec<Input>,
    /// How to handle missing values and proxies of -1e8 [default: error]
    #[arg(long, hide_short_help = true, value_name = "POLICY")]
    missing: Option<MissingArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MissingArg {
    /// Stop with an error
    Error,
    /// Replace by the median over the training set; rows without a target are skipped
    Median,
    /// Skip the row
    Drop,
}

impl LearnArgs {
    /// What is wanted of tables that are read so; the features are the default ones.
    pub fn request(&self, read: &ReadArgs) -> Result<Request, Failure> {
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
