//! A table of networks in, the same table in another encoding out.

use super::{Error, Fault, Job, Networks, Opened, Summary, run};
use crate::space::{Architecture, Encoding, EncodingColumns};
use crate::table::{Encoder, Input, Output, OutputFormat, ReadOptions, Row, Value, Writer};

/// What `graf convert` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Convert {
    /// How the input is read.
    pub read: ReadOptions,
    /// How networks are found in it.
    pub networks: Networks,
    /// The encoding to write.
    pub to: String,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
}

/// The column that takes the place of two.
const JOINED: &str = "net";

/// Writes the input with each network in another encoding, in the same column. Two columns that
/// held it together become one, `net`, at the place of the first.
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
) -> Result<Summary, Error> {
    let begin = |opened: &Opened| {
        let encoding = opened.space.encoding(&options.to)?;
        let (place, left_out) = match opened.encoding {
            EncodingColumns::One(place) => (place, None),
            EncodingColumns::Pair(first, second, _) => (first.min(second), Some(first.max(second))),
        };
        let mut names = opened.columns.to_vec();
        if let Some(left_out) = left_out {
            JOINED.clone_into(&mut names[place]);
            names.remove(left_out);
            if names.iter().filter(|name| *name == JOINED).count() > 1 {
                let fix = "rename that of the input";
                return Err(Error::Taken { name: JOINED.to_owned(), fix });
            }
        }
        let format = match options.format {
            Some(format) => format,
            None => OutputFormat::of_output(output)?,
        };
        if format == OutputFormat::Npy {
            return Err(Error::NotNumbers);
        }
        let writer = Writer::create(output, Some(format), &names, &[])?;
        Ok((writer, ConvertJob { encoding, place, left_out }))
    };
    run(input, output, &options.read, &options.networks, begin, progress)
}

struct ConvertJob {
    encoding: &'static Encoding,
    /// Where the encoding goes.
    place: usize,
    /// The second of two columns that held it.
    left_out: Option<usize>,
}

impl Job for ConvertJob {
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
        let places = (0..row.values.len()).filter(|&place| Some(place) != self.left_out);
        let value = |place| if place == self.place { &written } else { &row.values[place] };
        let values: Vec<_> = places.map(value).collect();
        Ok(encoder.row(&values, &[], out)?)
    }
}
