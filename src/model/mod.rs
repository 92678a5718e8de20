//! Saved models: a fitted predictor in one file.
//!
//! ```text
//! "graf" 0 "mdl"          8 bytes
//! format version          4 bytes, little-endian like all numbers; now 5; 3 and 4 are read too
//! length of the header    4 bytes
//! header                  JSON: what a person or a script may want to know, see Card
//! number of networks      8 bytes
//! training networks       8 bytes each, ascending: see TrainingNetworks
//! length of the payload   8 bytes
//! payload                 the predictor, see Fitted::write of its kind; one for each benchmark
//! CRC-32 of all before    4 bytes
//! ```
//!
//! Reading checks everything before it is used and believes no length and no index: a model from
//! elsewhere can fail to load, and nothing worse.

mod builtin;
mod card;
mod networks;
mod one_or_many;
mod parts;
mod predictions;
mod proof;
mod read;

use std::io;

use thiserror::Error;

pub use self::builtin::BUILTIN;
pub use self::card::{Card, HeldOutSummary, LearnedOn};
pub use self::networks::TrainingNetworks;
pub use self::parts::{Grouping, Part, Parts};
pub use self::predictions::Interval;
pub(crate) use self::predictions::{names, of_row, reaches};
use crate::predictor::{Damaged, Fitted};
use crate::table::MODEL_MAGIC as MAGIC;

const VERSION: u32 = 5;

/// The oldest format that is read.
const OLDEST: u32 = 3;

/// The most columns of a model: trees name them in two bytes.
pub const MOST_COLUMNS: usize = u16::MAX as usize - 1;

/// A fitted predictor and what it says of itself.
#[derive(Debug)]
pub struct Model {
    /// What it says of itself.
    pub header: Card,
    /// What it was trained on; empty if its networks were not read.
    pub networks: TrainingNetworks,
    /// The predictor.
    pub predictor: Fitted,
}

/// Why a file is not a model that can be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Another kind of file.
    #[error("not a graf model: it does not begin as one")]
    Magic,
    /// A file that is called like the bundled prior.
    #[error(
        "`{BUILTIN}` is the bundled prior, and there is a file of that name: `./{BUILTIN}` is the file"
    )]
    TwoBuiltin,
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
