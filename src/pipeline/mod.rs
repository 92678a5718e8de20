//! Whole tables of networks: read on one thread, worked on by all, written in the input's order.
//!
//! Rows travel in chunks, so that memory does not grow with the input, and what is written does not
//! depend on the number of threads.

mod aside;
mod benchmarks;
mod convert;
mod error;
mod evaluate;
mod featurize;
mod fill;
mod fit;
mod gather;
mod generate;
mod joins;
mod kinds;
mod lesson;
mod memory;
mod model_space;
mod pool;
mod predict;
mod predictors;
mod prior;
mod records;
mod rejects;
mod suggest;
mod training;
mod unique;
mod untold;
mod wanted;
mod zc_columns;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

pub use self::aside::Aside;
pub use self::benchmarks::{
    ALL_OTHERS, Baselines, Benchmark, BenchmarkOptions, Dataset, FitBenchmarks, check_together,
    fit_benchmarks,
};
pub use self::convert::{Convert, convert};
pub use self::error::Error;
pub use self::evaluate::{Evaluation, Measured, evaluate};
pub use self::featurize::{Featurize, Keep, featurize};
pub use self::fill::Filled;
pub use self::fit::{Fit, Fitted, fit};
pub use self::generate::{Generate, Which, generate};
pub use self::kinds::{Kinds, Unseen};
pub use self::memory::check_memory;
pub use self::pool::{OfPrior, Pool, PoolOptions, PredictorSet};
pub use self::predict::{Interval, Predict, Predicted, Ranking, predict};
pub use self::predictors::{PROXIES, Use, features_for};
pub use self::prior::PriorError;
pub use self::records::Known;
use self::rejects::Rejects;
pub use self::suggest::{Suggest, Suggested, suggest};
pub use self::training::{FEW_ROWS, LEAST_ROWS, TrainingError};
use self::unique::Seen;
use self::untold::Untold;
pub use self::wanted::{Identify, Missing, Wanted};
use crate::space::{
    self, Architecture, EncodingColumns, Equality, Identity, InferError, SPACES, SearchSpace,
};
use crate::stream::{Behind, Chunk, read_chunks};
use crate::table::{
    BrokenRow, EncodeError, Encoder, Input, Output, ReadOptions, Reader, Row, TableError, Value,
    Writer, clip,
};

/// The most rows of a chunk, and of what one thread takes of it.
const CHUNK_ROWS: usize = 1024;
const PART_ROWS: usize = 32;

/// The most rows of a chunk that becomes numbers: trees are faster with many rows at once.
const NUMBER_ROWS: usize = 8192;

/// How networks are read from a table, and which are kept.
#[derive(Debug, Clone, Default)]
pub struct Networks {
    /// The search space; told by the encodings if absent.
    pub space: Option<&'static dyn SearchSpace>,
    /// The column with the encoding; found by its usual names if absent.
    pub encoding_column: Option<String>,
    /// The encoding, of those of the space; recognised by its form if absent.
    pub encoding: Option<String>,
    /// Leave out networks with operations cut off by zero operations.
    pub drop_unreachable: bool,
    /// Remove nodes off every input→output path.
    pub prune: bool,
    /// Go on after broken rows.
    pub skip_broken: bool,
    /// Where broken rows go.
    pub rejects: Option<PathBuf>,
}

impl Networks {
    /// Opens the file for broken rows, which must be none of `files`.
    fn open_rejects(
        &self,
        files: &[(Option<&Path>, &'static str)],
    ) -> Result<Option<Rejects>, Error> {
        let Some(rejects) = &self.rejects else { return Ok(None) };
        for &(path, what) in files {
            if let Some(path) = path
                && whereabouts(rejects) == whereabouts(path)
            {
                return Err(Error::SameFile { name: path.display().to_string(), what });
            }
        }
        Ok(Some(Rejects::create(rejects)?))
    }
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The search space.
    pub space: &'static str,
    /// Rows written.
    pub written: u64,
    /// Networks left out by choice.
    pub dropped: u64,
    /// Networks left out because they came before.
    pub repeated: u64,
    /// Broken rows.
    pub broken: u64,
    /// Columns made for each row.
    pub columns: usize,
}

/// An opened table of networks: what a job needs to know before its first row.
struct Opened<'a> {
    columns: &'a [String],
    encoding: EncodingColumns,
    space: &'static dyn SearchSpace,
}

impl Opened<'_> {
    fn check(&self, networks: &Networks) -> Result<(), Error> {
        if networks.drop_unreachable && self.space.zero_op().is_none() {
            return Err(Error::NoZeroOp { space: self.space.name() });
        }
        if let Some(name) = &networks.encoding {
            self.space.encoding(name).map_err(Error::Encoding)?;
        }
        Ok(())
    }
}

/// What is done with each network.
trait Job: Sync {
    /// Room for a thread to work in.
    type Scratch;

    fn scratch(&self) -> Self::Scratch;

    /// How many columns it makes.
    fn width(&self) -> usize;

    /// Appends the row to `out`.
    fn encode(
        &self,
        row: &Row,
        network: &Architecture,
        scratch: &mut Self::Scratch,
        encoder: &dyn Encoder,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault>;
}

/// What is wrong with a row.
struct Fault {
    column: Option<String>,
    token: String,
    reason: String,
}

/// A part of a chunk after the work on it.
#[derive(Default)]
struct Part {
    encoded: Vec<u8>,
    /// Where repeated networks are left out: for each row its network, and where it ends.
    rows: Vec<(Identity, usize)>,
    written: u64,
    dropped: u64,
    repeated: u64,
    broken: Vec<BrokenRow>,
}

/// A job under way.
struct Running<'a, J> {
    opened: Opened<'a>,
    job: J,
    encoder: Arc<dyn Encoder>,
    behind: Behind,
    summary: Summary,
}

impl<'a, J: Job> Running<'a, J> {
    /// Nothing is written yet; so many rows were broken.
    fn new(opened: Opened<'a>, job: J, writer: Writer, broken: u64) -> Self {
        let (space, columns) = (opened.space.name(), job.width());
        let summary = Summary { space, broken, columns, ..Summary::default() };
        Running { opened, job, encoder: writer.encoder(), behind: Behind::new(writer), summary }
    }
}

/// Runs a table through a job, which `begin` makes together with its output once the table is
/// open. With `unique` a network that is equal to an earlier one is left out. `progress` is told how many rows
/// have been read.
fn run<J: Job>(
    input: &Input,
    output: &Output,
    read: &ReadOptions,
    networks: &Networks,
    unique: Option<Equality>,
    mut begin: impl FnMut(&Opened) -> Result<(Writer, J), Error>,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, Error> {
    let reader = open(input, read, networks.encoding_column.as_deref())?;
    let columns = reader.columns().to_vec();
    let encoding = EncodingColumns::find(&columns, networks.encoding_column.as_deref())
        .map_err(|error| Error::Columns { input: input.to_string(), error })?;
    let name = encoding.name(&columns);
    if SPACES.iter().chain(&networks.space).any(|space| space.read(&name).is_ok()) {
        return Err(Error::NoHeader { input: input.to_string(), name: clip(&name) });
    }
    let by_group = reader.groups().iter().find_map(|group| space::by_name(group));
    let files = [(input.path(), "the input"), (output.path(), "--output")];
    let mut rejects = networks.open_rejects(&files)?;

    let mut untold = Untold::default();
    let mut first_broken = None;

    let mut running = None;
    let mut seen = unique.map(|_| Seen::default());
    let mut read = 0;
    read_chunks(reader, CHUNK_ROWS, &mut |mut chunk| {
        read += chunk.len() as u64;
        let Running { opened, job, encoder, mut behind, mut summary } =
            if let Some(running) = running.take() {
                running
            } else {
                let told = networks.space.or(by_group).map_or_else(
                    || told_by_rows(&mut chunk, encoding, networks.skip_broken, input, &name),
                    Ok,
                );
                let space = match told {
                    Ok(space) => space,
                    Err(error) if networks.skip_broken && untold.goes_on(&error, &chunk) => {
                        untold.reject(chunk, &columns, encoding, &mut rejects)?;
                        return Ok(ControlFlow::Continue(()));
                    }
                    Err(error) => return Err(error),
                };
                let opened = Opened { columns: &columns, encoding, space };
                opened.check(networks)?;
                let (writer, job) = begin(&opened)?;
                Running::new(opened, job, writer, untold.rows())
            };
        let mut done = work(&job, &opened, networks, unique, encoder.as_ref(), chunk);
        for part in &mut done {
            if let Some(seen) = &mut seen {
                seen.keep_first(part);
            }
            summary.repeated += part.repeated;
            summary.written += part.written;
            summary.dropped += part.dropped;
            summary.broken += part.broken.len() as u64;
            for broken in part.broken.drain(..) {
                if !networks.skip_broken {
                    let is_lonely = summary.broken > 1 && summary.written == 0;
                    return Err(Error::broken(input, broken, !is_lonely));
                }
                first_broken.get_or_insert_with(|| broken.to_string());
                if let Some(rejects) = &mut rejects {
                    rejects.write(&broken)?;
                }
            }
        }
        for part in done {
            behind = behind.write(part.written, part.encoded)?;
        }
        progress(read);
        running = Some(Running { opened, job, encoder, behind, summary });
        Ok(ControlFlow::Continue(()))
    })?;
    let Some(Running { behind, summary, .. }) = running else {
        untold.end(input, rejects)?;
        return Err(Error::Table(TableError::Empty { input: input.to_string() }));
    };
    let writer = behind.finish()?;
    let rows = summary.written + summary.dropped + summary.repeated;
    if let (0, Some(first)) = (rows, first_broken) {
        // The rejects are of use, the output is not.
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        return Err(Error::AllBroken { input: input.to_string(), rows: summary.broken, first });
    }
    writer.finish()?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    Ok(summary)
}

/// Opens a table in which encodings stand under one of the usual names, or in the column that is named.
fn open(
    input: &Input,
    read: &ReadOptions,
    encoding_column: Option<&str>,
) -> Result<Reader, TableError> {
    let encodings = space::encoding_names(encoding_column);
    Reader::open(input, &ReadOptions { encodings, ..read.clone() })
}

/// The space that the first rows are of. Where they do not tell, a row that is no row says more:
/// unless broken rows are skipped, it is the error.
fn told_by_rows(
    first: &mut Chunk,
    encoding: EncodingColumns,
    skip_broken: bool,
    input: &Input,
    column: &str,
) -> Result<&'static dyn SearchSpace, Error> {
    let told = space::infer(first.iter().flatten().map(|row| encoding.text(row)));
    told.map_err(|error| {
        if !skip_broken
            && let Some(place) = first.iter().position(Result::is_err)
            && let Err(row) = first.swap_remove(place)
        {
            return Error::broken(input, row, true);
        }
        let place = match (&error, first.iter().flatten().next()) {
            (InferError::NoneFits { .. }, Some(row)) => format!("{}, ", row.place),
            _ => String::new(),
        };
        Error::Infer {
            input: input.to_string(),
            place: format!("{place}column {}", clip(column)),
            error,
        }
    })
}

/// Where a file is or will be, whatever way leads there.
pub(crate) fn whereabouts(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let new =
        || Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(new)
}

fn work<J: Job>(
    job: &J,
    opened: &Opened,
    networks: &Networks,
    unique: Option<Equality>,
    encoder: &dyn Encoder,
    chunk: Chunk,
) -> Vec<Part> {
    let parts = chunk.into_par_iter().chunks(PART_ROWS);
    let parts = parts.map_init(
        || job.scratch(),
        |scratch, rows| {
            let mut part = Part::default();
            for row in rows {
                match row {
                    Err(broken) => part.broken.push(broken),
                    Ok(row) => {
                        let start = part.encoded.len();
                        let done = network(opened, networks, &row).and_then(|network| {
                            let Some(network) = network else { return Ok(false) };
                            job.encode(&row, &network, scratch, encoder, &mut part.encoded)?;
                            if let Some(equality) = unique {
                                let identity = opened.space.identity_by(equality, &network);
                                part.rows.push((identity, part.encoded.len()));
                            }
                            Ok(true)
                        });
                        match done {
                            Ok(true) => part.written += 1,
                            Ok(false) => part.dropped += 1,
                            Err(fault) => {
                                part.encoded.truncate(start);
                                part.broken.push(fault.of(&row, opened.columns));
                            }
                        }
                    }
                }
            }
            part
        },
    );
    parts.collect()
}

/// The network of a row; `None` if it is to be left out.
fn network(opened: &Opened, networks: &Networks, row: &Row) -> Result<Option<Architecture>, Fault> {
    let text = opened.encoding.text(row);
    let fault = |reason: String| Fault {
        column: Some(opened.encoding.name(opened.columns)),
        token: text.clone().into_owned(),
        reason,
    };
    let network = opened.space.read_as(networks.encoding.as_deref(), &text);
    let network = network.map_err(|error| fault(error.to_string()))?;
    let zero = opened.space.zero_op().filter(|_| networks.drop_unreachable);
    if zero.is_some_and(|zero| network.has_unreachable_ops(zero)) {
        return Ok(None);
    }
    if networks.prune {
        return network.pruned().map(Some).map_err(|error| fault(error.to_string()));
    }
    Ok(Some(network))
}

impl From<EncodeError> for Fault {
    fn from(error: EncodeError) -> Self {
        Fault { column: Some(error.column), token: error.token, reason: error.reason }
    }
}

impl Fault {
    /// A fault of the network itself.
    fn of_network(reason: impl std::error::Error) -> Self {
        Fault { column: None, token: String::new(), reason: reason.to_string() }
    }

    /// The broken row, its contents written as a JSON object.
    fn of(self, row: &Row, columns: &[String]) -> BrokenRow {
        let field = |(column, value): (&String, &Value)| {
            let value = match value {
                Value::Missing => "null".to_owned(),
                Value::Text(text) => serde_json::Value::from(text.as_ref()).to_string(),
                Value::Json(json) => json.to_string(),
            };
            format!("{}:{value}", serde_json::Value::from(column.as_str()))
        };
        let fields: Vec<_> = columns.iter().zip(&row.values).map(field).collect();
        BrokenRow {
            place: row.place,
            column: self.column,
            token: self.token,
            reason: self.reason,
            raw: format!("{{{}}}", fields.join(",")),
        }
    }
}
