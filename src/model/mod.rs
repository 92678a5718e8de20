//! Saved models: a fitted predictor in one file.
//!
//! ```text
//! "graf" 0 "mdl"          8 bytes
//! format version          4 bytes, little-endian like all numbers; now 4; 3 is read too
//! length of the header    4 bytes
//! header                  JSON: what a person or a script may want to know, see Header
//! number of networks      8 bytes
//! training networks       8 bytes each, ascending: see TrainingNetworks
//! length of the payload   8 bytes
//! payload                 the predictor, see Fitted::write of its kind; one for each benchmark
//! CRC-32 of all before    4 bytes
//! ```
//!
//! Reading checks everything before it is used and believes no length and no index: a model from
//! elsewhere can fail to load, and nothing worse.

mod networks;
mod one_or_many;
mod parts;
mod predictions;
mod proof;
mod read;

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::networks::TrainingNetworks;
pub use self::parts::{By, Part, Parts};
pub use self::predictions::Interval;
pub(crate) use self::predictions::{names, of_row, reaches};
use crate::metrics::{Direction, Objective};
use crate::predictor::transfer::mean::is_weight;
use crate::predictor::{Damaged, Fitted, Parameters};
use crate::table::MODEL_MAGIC as MAGIC;

const VERSION: u32 = 4;

/// The oldest format that is read.
const OLDEST: u32 = 3;

/// The most columns of a model: trees name them in two bytes.
pub const MOST_COLUMNS: usize = u16::MAX as usize - 1;

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of graf that made it.
    pub graf: String,
    /// The search space of its training set, where it was known.
    pub space: Option<String>,
    /// Whether nodes off every input→output path were removed from its training networks; absent
    /// where these were not read.
    pub prune: Option<bool>,
    /// The description of that space, if a file describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<serde_json::Value>,
    /// How the graph features among its columns are computed: a feature configuration.
    pub features: serde_json::Value,
    /// Its columns, in their order.
    pub columns: Vec<String>,
    /// Those of its columns that are zero-cost proxies: −1e8 is missing there.
    pub proxies: Vec<String>,
    /// For each column what stands in for a missing value; absent if none may be missing.
    pub medians: Option<Vec<f64>>,
    /// What it predicts.
    pub targets: Vec<String>,
    /// Of each target the direction that was stated; empty if none was, as in earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directions: Vec<Option<Direction>>,
    /// The kind of predictor.
    pub predictor: String,
    /// How it was fitted.
    pub parameters: Parameters,
    /// The seed.
    pub seed: u64,
    /// The number of training rows.
    pub rows: usize,
    /// How well each training row is predicted by what has not seen it, where that is known.
    pub held_out: Option<HeldOutSummary>,
    /// The model that it starts from, if it does: its columns are among these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<Box<Header>>,
    /// What each predictor is made of, where it tells: a value for each target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<serde_json::Value>,
    /// The importance of each column; together 1. Absent where the predictor does not tell.
    pub importances: Option<Vec<f64>>,
    /// Of each column the Spearman correlation with the first target in at most 512 training rows; absent where it is not
    /// defined. Empty in models of earlier versions and of several benchmarks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub correlations: Vec<Option<f64>>,
    /// The benchmarks that it has learned. Of several the predictor is the [mean](crate::predictor::transfer::mean::Mean) of one for
    /// each. Models of earlier versions do not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learned_on: Vec<LearnedOn>,
    /// The kinds of operations on live paths of its training networks, where all of these were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// For each column the place of the one that stands for its group of nearly equal ones
    /// ([`groups`](crate::explain::groups)). Empty in models of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<usize>,
}

/// A benchmark that a model has learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedOn {
    /// What it is called.
    pub name: String,
    /// Its search space, where it was known.
    pub space: Option<String>,
    /// The column that was learned; several with commas.
    pub target: String,
    /// Which of its values are better, where that was stated and scores follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The number of rows.
    pub rows: usize,
    /// How much it counts among the others: above 0.
    pub weight: f64,
}

impl Header {
    /// Its targets with their directions.
    pub fn objectives(&self) -> Vec<Objective> {
        let stated = self.directions.iter().copied().chain(std::iter::repeat(None));
        let targets = self.targets.iter().cloned().zip(stated);
        targets.map(|(target, stated)| Objective { target, stated }).collect()
    }

    /// Puts the directions in which the model is used in the place of those that were stated.
    pub fn settle(&mut self) {
        self.directions = self.objectives().iter().map(Objective::direction).collect();
        if let Some(prior) = &mut self.prior {
            prior.settle();
        }
    }

    /// The directions of some objectives as a header has them.
    pub fn directions_of(objectives: &[Objective]) -> Vec<Option<Direction>> {
        let stated: Vec<_> = objectives.iter().map(|one| one.stated).collect();
        if stated.iter().all(Option::is_none) { Vec::new() } else { stated }
    }

    /// Whether its parts fit together.
    fn is_whole(&self) -> bool {
        let (columns, targets) = (self.columns.len(), self.targets.len());
        self.importances.as_ref().is_none_or(|list| list.len() == columns)
            && self.held_out.as_ref().is_none_or(|told| told.kendall_tau.len() == targets)
            && self.medians.as_ref().is_none_or(|medians| medians.len() == columns)
            && targets > 0
            && (self.directions.is_empty() || self.directions.len() == targets)
            && (self.correlations.is_empty() || self.correlations.len() == columns)
            && (self.groups.is_empty() || self.groups.len() == columns)
            && self.groups.iter().all(|&first| self.groups.get(first) == Some(&first))
            && self.learned_on.iter().all(|one| is_weight(one.weight))
    }
}

/// How well training rows are predicted by what has not seen them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldOutSummary {
    /// How it was done, such as `out of bag`.
    pub by: String,
    /// R², averaged over targets.
    pub r2: Option<f64>,
    /// Kendall's tau-b of each target; in the file that of a single one stands without a list.
    #[serde(with = "one_or_many")]
    pub kendall_tau: Vec<Option<f64>>,
}

/// A fitted predictor and what it says of itself.
#[derive(Debug)]
pub struct Model {
    /// What it says of itself.
    pub header: Header,
    /// What it was trained on; empty if its networks were not read.
    pub networks: TrainingNetworks,
    /// The predictor.
    pub predictor: Box<dyn Fitted>,
}

/// Why a file is not a model that can be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Another kind of file.
    #[error("not a graf model: it does not begin as one")]
    Magic,
    /// A format of another version.
    #[error(
        "the model has format {found}, this graf reads formats {OLDEST} to {VERSION}; fit it again"
    )]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// A predictor that this graf does not know.
    #[error("the model is a predictor `{0}`, which this graf does not have")]
    Predictor(String),
    /// The end is missing, or there is more after it.
    #[error("the model is damaged: {0}")]
    Damaged(#[from] Damaged),
    /// More of something than any model has.
    #[error("the model has {found} {what}, more than the {most} that a model may have")]
    TooMany {
        /// What.
        what: &'static str,
        /// How many the file says that there are.
        found: u64,
        /// How many there may be.
        most: u64,
    },
    /// A model that would not read back as it is.
    #[error("the model would not read back: {0}; nothing was written")]
    NotProven(String),
    /// The header is not what it should be.
    #[error("the model's header is damaged: {0}")]
    Header(#[from] serde_json::Error),
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Model {
    /// Writes the model.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or has more than [`MOST_COLUMNS`] columns.
    pub fn write(&self, out: &mut impl io::Write) -> Result<(), ModelError> {
        Ok(out.write_all(&self.bytes()?)?)
    }

    fn bytes(&self) -> Result<Vec<u8>, ModelError> {
        if self.header.columns.len() > MOST_COLUMNS {
            return Err(damaged("it has more columns than the format"));
        }
        let header = serde_json::to_vec_pretty(&self.header)?;
        let mut payload = Vec::new();
        self.predictor.write(&mut payload);
        let header_length =
            u32::try_from(header.len()).map_err(|_| damaged("the header is too long"))?;
        let mut bytes = Vec::with_capacity(header.len() + payload.len() + 32);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&header_length.to_le_bytes());
        bytes.extend_from_slice(&header);
        self.networks.write(&mut bytes)?;
        bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&payload);
        let sum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        Ok(bytes)
    }
}

fn damaged(reason: &'static str) -> ModelError {
    ModelError::Damaged(Damaged(reason))
}
