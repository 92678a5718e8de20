//! What can go wrong with a table as a whole.

use std::io;

use super::read::Format;
use super::row::clip;

/// A table that could not be read or written. Messages name the file, the place, the token and the fix.
#[derive(thiserror::Error, Debug)]
pub enum TableError {
    /// The input could not be opened.
    #[error("cannot open {input}: {source}")]
    Open {
        /// The input's name.
        input: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Reading failed part way, or compressed data are damaged.
    #[error("cannot read {input}: {source}")]
    Read {
        /// The input's name.
        input: String,
        /// The system's or the decompressor's reason.
        source: io::Error,
    },
    /// The output could not be created, written or put in place.
    #[error("cannot write {output}: {source}")]
    Write {
        /// The output's name.
        output: String,
        /// The system's reason.
        source: io::Error,
    },
    /// There is nothing to read.
    #[error("{input} is empty")]
    Empty {
        /// The input's name.
        input: String,
    },
    /// A model where a table is expected.
    #[error(
        "{input} is a graf model, not a table of networks; name a table here (graf inspect shows a model)"
    )]
    IsModel {
        /// The input's name.
        input: String,
    },
    /// The input is in a format that is not read.
    #[error("{input} is {name}, which graf does not read; {cure}")]
    Foreign {
        /// The input's name.
        input: String,
        /// What it is, as in "an Excel workbook".
        name: String,
        /// How it is converted.
        cure: String,
    },
    /// A file of a binary format is damaged, or its contents are no table.
    #[error("cannot read {input}: {reason}")]
    Binary {
        /// The input's name.
        input: String,
        /// What is wrong.
        reason: String,
    },
    /// There is a JSON document without a record in it.
    #[error("{input} holds no records")]
    NoRecords {
        /// The input's name.
        input: String,
    },
    /// A record is longer than the limit, which keeps a hostile input from filling the memory.
    #[error("{input}, {place}: a record is longer than {} MiB; is a quote or a bracket left open?", limit >> 20)]
    TooLong {
        /// The input's name.
        input: String,
        /// Where the record begins.
        place: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The first line of a CSV or TSV input is not UTF-8.
    #[error(
        "{input}, line 1: column {number} of the header is not UTF-8: \"{}\"; convert the file to UTF-8",
        clip(token)
    )]
    Header {
        /// The input's name.
        input: String,
        /// Which column, counted from 1.
        number: usize,
        /// Its name, as far as it can be shown.
        token: String,
    },
    /// Two columns have one name.
    #[error("{input}: column `{}` is there twice; rename one of the two", clip(column))]
    DuplicateColumn {
        /// The input's name.
        input: String,
        /// The column's name.
        column: String,
    },
    /// There are more columns than a table may have.
    #[error(
        "{input} has more than {limit} columns, or names of columns beyond all measure; are rows and columns swapped?"
    )]
    TooManyColumns {
        /// The input's name.
        input: String,
        /// The limit.
        limit: usize,
    },
    /// A JSON document is broken.
    #[error("{input}, line {line}, column {column}: {}{reason}", token_in_front(token))]
    Json {
        /// The input's name.
        input: String,
        /// The line, counted from 1.
        line: u64,
        /// The byte within the line, counted from 1.
        column: u64,
        /// The text at fault; may be empty.
        token: String,
        /// What is wrong.
        reason: String,
    },
    /// A JSON document holds several groups of records.
    #[error("{input} holds {} datasets: {}", choices.len(), choices.join(", "))]
    ChooseDataset {
        /// The input's name.
        input: String,
        /// The paths of the groups, as `nasbench201/cifar10`.
        choices: Vec<String>,
    },
    /// A JSON document does not hold the dataset asked for.
    #[error("{input} holds no dataset `{}`; it has {}", clip(dataset), choices.join(", "))]
    NoSuchDataset {
        /// The input's name.
        input: String,
        /// The dataset asked for.
        dataset: String,
        /// The paths of the groups.
        choices: Vec<String>,
    },
    /// A dataset is asked for where there are none.
    #[error("{input} is one table without datasets, and so without {}", clip(dataset))]
    NoDatasets {
        /// The input's name.
        input: String,
        /// The dataset asked for.
        dataset: String,
    },
    /// A delimiter is given for a format without one.
    #[error("{input} is read as {format}, which has no delimiter")]
    NoDelimiter {
        /// The input's name.
        input: String,
        /// The format.
        format: Format,
    },
    /// Several characters may separate the fields.
    #[error("{input}: the header may be separated by {choices}")]
    ChooseDelimiter {
        /// The input's name.
        input: String,
        /// The characters.
        choices: String,
    },
    /// A JSON document whose columns follow one another is longer than is read at once.
    #[error(
        "{input} is longer than {} MiB and holds one column after the other, so that it is read as a whole; write it as \
         records: DataFrame.to_json(orient=\"records\", lines=True)",
        limit >> 20
    )]
    TooLongColumns {
        /// The input's name.
        input: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The lists of a JSON document are not of one length.
    #[error(
        "{input}: {first} has {expected} values, but {other} has {found}; the columns of a table are equally long"
    )]
    UnequalColumns {
        /// The input's name.
        input: String,
        /// The first column.
        first: String,
        /// How many values it has.
        expected: usize,
        /// The other column.
        other: String,
        /// How many that has.
        found: usize,
    },
    /// A JSON document has more groups than are kept apart.
    #[error(
        "{input} holds more than {limit} groups of records; an object of encodings was expected in a few groups at most"
    )]
    TooManyGroups {
        /// The input's name.
        input: String,
        /// The limit.
        limit: usize,
    },
    /// The output's format cannot be told from its name.
    #[error(
        "cannot tell the format of {output} from its name; known are {known} (text formats also with .gz or .zst)"
    )]
    UnknownExtension {
        /// The output's name.
        output: String,
        /// The known extensions.
        known: String,
    },
    /// A compressed file is asked for in a format that cannot be compressed.
    #[error(
        "cannot write {output}: {name} is not compressed as a whole, since {reason}; leave out the .gz or .zst"
    )]
    Uncompressed {
        /// The output's name.
        output: String,
        /// The format's name.
        name: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// An output in a format that `graf` was built without.
    #[error(
        "cannot write {output}: this graf is built without {name}; get a released one, build it with the feature parquet, \
         or write .csv or .npz"
    )]
    NoFeature {
        /// The output's name.
        output: String,
        /// The format's name.
        name: &'static str,
    },
}

/// The token as it stands in front of a reason.
fn token_in_front(token: &str) -> String {
    if token.is_empty() { String::new() } else { format!("\"{}\": ", clip(token)) }
}

impl TableError {
    /// Whether the other end of a pipe has gone, as in `graf … | head`: no error to a person.
    pub fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Open { source, .. } | Self::Read { source, .. } | Self::Write { source, .. } => {
                source.kind() == io::ErrorKind::BrokenPipe
            }
            _ => false,
        }
    }
}

/// A format's name that is not known.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
#[error("unknown format `{}`; known are {known}", clip(name))]
pub struct UnknownFormat {
    /// The name given.
    pub name: String,
    /// The names there are.
    pub known: String,
}
