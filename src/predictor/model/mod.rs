//! Saved models: a fitted predictor in one file.
//!
//! ```text
//! "graf" 0 "mdl"          8 bytes
//! format version          4 bytes, little-endian like all numbers; now 1
//! length of the header    4 bytes
//! header                  JSON: what a person or a script may want to know, see Header
//! length of the payload   8 bytes
//! payload                 the trees, see payload.rs
//! CRC-32 of all before    4 bytes
//! ```
//!
//! Reading checks everything before it is used and believes no length and no index: a model from
//! elsewhere can fail to load, and nothing worse.

mod one_or_many;
mod payload;

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::forest::{Forest, ForestParams};

const MAGIC: &[u8; 8] = b"graf\0mdl";
const VERSION: u32 = 1;

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
    /// How it was fitted.
    pub forest: ForestParams,
    /// The number of training rows.
    pub rows: usize,
    /// How well each training row is predicted by the trees that have not seen it.
    pub out_of_bag: Option<OutOfBagSummary>,
    /// The importance of each column; together 1.
    pub importances: Vec<f64>,
}

/// How well rows are predicted by the trees that have not seen them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutOfBagSummary {
    /// R², averaged over targets.
    pub r2: Option<f64>,
    /// Kendall's tau-b of each target; in the file that of a single one stands without a list.
    #[serde(with = "one_or_many")]
    pub kendall_tau: Vec<Option<f64>>,
}

/// A fitted predictor and what it says of itself.
#[derive(Debug, Clone)]
pub struct Model {
    /// What it says of itself.
    pub header: Header,
    /// The predictor.
    pub forest: Forest<f64, ndarray::Ix2>,
}

/// Why a file is not a model that can be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Another kind of file.
    #[error("not a graf model: it does not begin as one")]
    Magic,
    /// A format of another version.
    #[error("the model has format {found}, this graf reads format {VERSION}; fit it again")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// The end is missing, or there is more after it.
    #[error("the model is damaged: {0}")]
    Damaged(&'static str),
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
    /// If it cannot be written, or has more than 65,534 columns.
    pub fn write(&self, out: &mut impl io::Write) -> Result<(), ModelError> {
        let header = serde_json::to_vec_pretty(&self.header)?;
        let payload = payload::write(&self.forest)?;
        let header_length = u32::try_from(header.len())
            .map_err(|_| ModelError::Damaged("the header is too long"))?;
        let mut bytes = Vec::with_capacity(header.len() + payload.len() + 32);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&header_length.to_le_bytes());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&payload);
        let sum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        Ok(out.write_all(&bytes)?)
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if anything is not as it should be. Never panics, and allocates no more than
    /// a small multiple of the bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut rest = Bytes(bytes);
        if rest.take(MAGIC.len()).ok() != Some(MAGIC) {
            return Err(ModelError::Magic);
        }
        let version = rest.u32()?;
        if version != VERSION {
            return Err(ModelError::Version { found: version });
        }
        let (summed, sum) = bytes
            .split_at_checked(bytes.len().saturating_sub(4))
            .ok_or(ModelError::Damaged("it is too short"))?;
        if Bytes(sum).u32()? != crc32fast::hash(summed) {
            return Err(ModelError::Damaged("its checksum is wrong"));
        }
        let length = rest.u32()? as usize;
        let header: Header = serde_json::from_slice(rest.take(length)?)?;
        let length = rest.u64()?;
        let payload = rest.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        if rest.0.len() != 4 {
            return Err(ModelError::Damaged("it does not end where it should"));
        }
        let columns = header.columns.len();
        let is_whole = header.importances.len() == columns
            && header
                .out_of_bag
                .as_ref()
                .is_none_or(|bag| bag.kendall_tau.len() == header.targets.len())
            && header.medians.as_ref().is_none_or(|medians| medians.len() == columns)
            && !header.targets.is_empty();
        if !is_whole {
            return Err(ModelError::Damaged("its header contradicts itself"));
        }
        let trees = payload::read(payload, columns, header.targets.len())?;
        let forest =
            Forest::from_trees(trees, columns, header.targets.len(), header.importances.clone());
        Ok(Model { header, forest })
    }
}

/// Bytes that are read from the front.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let split = self.0.split_at_checked(count);
        let (taken, rest) = split.ok_or(ModelError::Damaged("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.take(N)?.try_into().map_err(|_| ModelError::Damaged("it ends too early"))
    }

    fn u16(&mut self) -> Result<u16, ModelError> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, ModelError> {
        self.array().map(u64::from_le_bytes)
    }

    fn f64(&mut self) -> Result<f64, ModelError> {
        self.array().map(f64::from_le_bytes)
    }
}
