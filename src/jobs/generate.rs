//! The networks of a space, listed or drawn, out as a table with one column.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::dataset::networks::{NET, text_format};
use crate::dataset::unique::Seen;
use crate::dataset::{Error, TableSummary};
use crate::graph::Equality;
use crate::space::{Architecture, Encoding, Generated, SearchSpace};
use crate::stream::{CHUNK_ROWS, PART_ROWS};
use crate::table::{EncodeError, Encoder, Output, OutputFormat, Value, Writer};

/// What `graf enumerate` and `graf sample` are asked for.
#[derive(Debug, Clone)]
pub struct Generate {
    /// The search space.
    pub space: &'static dyn SearchSpace,
    /// Which of its networks.
    pub which: Which,
    /// The encoding to write; the space's first if absent.
    pub to: Option<String>,
    /// One of networks only that are equal in this sense.
    pub unique: Option<Equality>,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// Which networks of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them, in the space's order.
    All,
    /// Some, drawn at random.
    Sample {
        /// How many.
        count: u64,
        /// The seed; the same one draws the same networks.
        seed: u64,
    },
}

/// After so many draws in a row without a new network there are taken to be no more.
const PATIENCE: usize = 1_000_000;

/// Writes networks of a space in the column `net`.
///
/// # Errors
///
/// [`Error::TooMany`] if the space cannot be listed, [`Error::NoMore`] if it has fewer networks than
/// are to be drawn, and if the space has no such encoding or the output cannot be written.
pub fn generate(
    output: &Output,
    options: &Generate,
    progress: &mut dyn FnMut(u64),
) -> Result<TableSummary, Error> {
    let space = options.space;
    let encoding = match &options.to {
        Some(name) => space.encoding(name)?,
        None => &space.encodings()[0],
    };
    let (mut networks, count) = networks(space, options.which)?;
    let format = text_format(output, options.format)?;
    let mut writer = Writer::create(output, Some(format), &[NET.to_owned()], &[])?;
    let encoder = writer.encoder();
    let mut seen = options.unique.map(|equality| (equality, Seen::default()));
    let mut summary = TableSummary { space: space.name(), columns: 1, ..TableSummary::default() };
    let mut idle = 0;
    while summary.written < count {
        let chunk = networks.by_ref().take(CHUNK_ROWS).collect::<Result<Vec<_>, _>>()?;
        if chunk.is_empty() {
            break;
        }
        let drawn = chunk.len();
        let left = usize::try_from(count - summary.written).unwrap_or(usize::MAX);
        let chunk = new_ones(chunk, left, space, &mut seen, &mut summary.repeated);
        idle = if chunk.is_empty() { idle + drawn } else { 0 };
        if idle >= PATIENCE && options.which != Which::All {
            return Err(Error::NoMore { space: space.name(), found: summary.written });
        }
        for (rows, bytes) in encoded(&chunk, encoding, encoder.as_ref())? {
            writer.write(rows, &bytes)?;
            summary.written += rows;
        }
        progress(summary.written);
    }
    writer.finish()?;
    Ok(summary)
}

/// The networks, without end if they are drawn, and how many are wanted.
fn networks(space: &'static dyn SearchSpace, which: Which) -> Result<(Generated, u64), Error> {
    match which {
        Which::All => match space.enumerate() {
            Some(networks) => Ok((networks, u64::MAX)),
            None => Err(Error::TooMany { space: space.name() }),
        },
        Which::Sample { count, seed } => {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let drawn = std::iter::repeat_with(move || space.sample(&mut random));
            Ok((Box::new(drawn), count))
        }
    }
}

/// The first `left` networks of a chunk that were not seen before.
fn new_ones(
    mut chunk: Vec<Architecture>,
    left: usize,
    space: &dyn SearchSpace,
    seen: &mut Option<(Equality, Seen)>,
    repeated: &mut u64,
) -> Vec<Architecture> {
    let Some((equality, seen)) = seen else {
        chunk.truncate(left);
        return chunk;
    };
    let identity = |network| space.identity_by(*equality, network);
    let identities: Vec<_> = chunk.par_iter().map(identity).collect();
    let mut is_new = |identity| {
        let is_new = seen.is_new(identity);
        *repeated += u64::from(!is_new);
        is_new
    };
    let new = chunk.into_iter().zip(identities).filter(|&(_, identity)| is_new(identity));
    new.map(|(network, _)| network).take(left).collect()
}

/// The rows of some networks, in parts: how many, and their bytes.
fn encoded(
    networks: &[Architecture],
    encoding: &Encoding,
    encoder: &dyn Encoder,
) -> Result<Vec<(u64, Vec<u8>)>, Error> {
    let unwritable = |EncodeError { column, token, reason }| Error::Unwritable {
        reason: format!("column {column}: \"{token}\": {reason}"),
    };
    let part = |networks: &[Architecture]| {
        let mut bytes = Vec::new();
        for network in networks {
            let net = Value::Text((encoding.write)(network)?.into());
            encoder.row(&[&net], &[], &mut bytes).map_err(unwritable)?;
        }
        Ok((networks.len() as u64, bytes))
    };
    networks.par_chunks(PART_ROWS).map(part).collect()
}
