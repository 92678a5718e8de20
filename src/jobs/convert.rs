//! A table of networks in, the same table in another encoding out.

use crate::dataset::Twice;
use crate::dataset::networks::{NET, Opened, text_format};
use crate::dataset::transform::{RowJob, run};
use crate::dataset::{Error, Fault, Networks, TableSummary};
use crate::graph::Equality;
use crate::space::{Architecture, Encoding, SearchSpace};
use crate::table::{Encoder, Input, Output, OutputFormat, ReadOptions, Row, Value, Writer};

/// What `graf convert` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Convert {
    /// How the input is read.
    pub read: ReadOptions,
    /// How networks are found in it.
    pub networks: Networks,
    /// Leave out networks that came before.
    pub unique: Option<Equality>,
    /// The encoding to write.
    pub to: String,
    /// Write each network's hash behind its encoding: the same for networks that are equal in this sense.
    pub add_hash: Option<Equality>,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// The column of hashes.
const HASH: &str = "hash";

/// Writes the input with each network in another encoding, in the same column. Several columns that
/// held it together become one, `net`, at the place of the first. The hash, if it is asked for,
/// stands behind it in a column `hash`.
///
/// # Errors
///
/// [`Error`] if the input cannot be read or understood, if the space has no such encoding, or if
/// the output cannot be written.
pub fn convert(
    input: &Input,
    output: &Output,
    options: &Convert,
    progress: &mut dyn FnMut(u64),
) -> Result<TableSummary, Error> {
    let begin = |opened: &Opened| {
        let encoding = opened.space.encoding(&options.to)?;
        let mut left_out = opened.encoding.places();
        left_out.sort_unstable();
        left_out.dedup();
        let place = left_out.remove(0);
        let mut names = opened.columns.to_vec();
        if !left_out.is_empty() {
            NET.clone_into(&mut names[place]);
            left_out.iter().rev().for_each(|&place| drop(names.remove(place)));
            if names.iter().filter(|name| *name == NET).count() > 1 {
                return Err(Error::Taken { name: NET.to_owned(), twice: Twice::Network });
            }
        }
        if options.add_hash.is_some() {
            if names.iter().any(|name| name == HASH) {
                return Err(Error::Taken { name: HASH.to_owned(), twice: Twice::Hash });
            }
            names.insert(place + 1, HASH.to_owned());
        }
        let format = text_format(output, options.format)?;
        let writer = Writer::create(output, Some(format), &names, &[])?;
        let hashed_by = options.add_hash.map(|equality| (opened.space, equality));
        Ok((writer, ConvertJob { encoding, place, left_out, hashed_by }))
    };
    run(input, output, &options.read, &options.networks, options.unique, begin, progress)
}

struct ConvertJob {
    encoding: &'static Encoding,
    /// Where the encoding goes.
    place: usize,
    /// The others of several columns that held it.
    left_out: Vec<usize>,
    /// The space and which of its hashes, if one goes along.
    hashed_by: Option<(&'static dyn SearchSpace, Equality)>,
}

impl RowJob for ConvertJob {
    type Scratch = ();

    fn scratch(&self) {}

    fn width(&self) -> usize {
        1
    }

    fn encode(
        &self,
        row: &Row,
        network: &Architecture,
        (): &mut (),
        encoder: &dyn Encoder,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let written = (self.encoding.write)(network).map_err(Fault::of_network)?;
        let written = Value::Text(written.into());
        let places = (0..row.values.len()).filter(|place| !self.left_out.contains(place));
        let value = |place| if place == self.place { &written } else { &row.values[place] };
        let mut values: Vec<_> = places.map(value).collect();
        let hash = self.hashed_by.map(|(space, equality)| match equality {
            Equality::Isomorphic => space.hash(network).to_string(),
            Equality::Functional => space.function(network).to_string(),
        });
        let hash = hash.map(|hash| Value::Text(hash.into()));
        if let Some(hash) = &hash {
            values.insert(self.place + 1, hash);
        }
        Ok(encoder.row(&values, &[], out)?)
    }
}
