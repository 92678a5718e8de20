//! The networks of a space, listed or drawn, out as a table with one column.

use rayon::prelude::*;

use crate::dataset::drawn::Drawn;
use crate::dataset::networks::{NET, text_format};
use crate::dataset::{Condition, Error, Shard, TableSummary, Which};
use crate::graph::Equality;
use crate::space::{Architecture, Encoding, SearchSpace};
use crate::stream::PART_ROWS;
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
    /// Which part of them.
    pub shard: Shard,
    /// One of networks only that are equal in this sense.
    pub unique: Option<Equality>,
    /// Only networks that meet it.
    pub condition: Option<Condition>,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

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
    let networks = Drawn::new(space, options.which, options.shard, options.unique)?;
    let mut networks = networks.meeting(options.condition.as_ref())?;
    let format = text_format(output, options.format)?;
    let mut writer = Writer::create(output, Some(format), &[NET.to_owned()], &[])?;
    let encoder = writer.encoder();
    let mut summary = TableSummary { space: space.name(), columns: 1, ..TableSummary::default() };
    loop {
        let chunk = networks.chunk()?;
        if chunk.is_empty() {
            break;
        }
        for (rows, bytes) in encoded(&chunk, encoding, encoder.as_ref())? {
            writer.write(rows, &bytes)?;
            summary.written += rows;
        }
        progress(summary.written);
    }
    (summary.repeated, summary.excluded) = (networks.repeated, networks.excluded);
    writer.finish()?;
    Ok(summary)
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
