//! A table of networks through some work on each row, into another table: read on one thread, worked on by all,
//! written in the order of the input.

use std::ops::ControlFlow;
use std::sync::Arc;

use rayon::prelude::*;

use super::FileRole;
use super::error::Error;
use super::fault::Fault;
use super::networks::{Networks, Opened, network, open, told_by_rows};
use super::unidentified::Unidentified;
use super::unique::Seen;
use crate::graph::{Equality, Identity};
use crate::space::{self, Architecture, EncodingColumns, SPACES};
use crate::stream::{Behind, CHUNK_ROWS, Chunk, PART_ROWS, read_chunks};
use crate::table::{BrokenRow, Encoder, Input, Output, ReadOptions, Row, TableError, Writer, clip};

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSummary {
    /// The search space.
    pub space: &'static str,
    /// Rows written.
    pub written: u64,
    /// Networks left out by choice.
    pub dropped: u64,
    /// Networks left out because they do not meet the condition.
    pub excluded: u64,
    /// Networks left out because they came before.
    pub repeated: u64,
    /// Broken rows.
    pub broken: u64,
    /// Columns made for each row.
    pub columns: usize,
}

/// What is done with each network.
pub(crate) trait RowJob: Sync {
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

impl Part {
    /// Leaves the first row of each network that was not seen before.
    fn keep_new(&mut self, seen: &mut Seen) {
        let (mut start, mut kept) = (0, 0);
        for (identity, end) in std::mem::take(&mut self.rows) {
            if seen.is_new(identity) {
                self.encoded.copy_within(start..end, kept);
                kept += end - start;
            } else {
                self.written -= 1;
                self.repeated += 1;
            }
            start = end;
        }
        self.encoded.truncate(kept);
    }
}

/// A job under way.
struct Running<'a, J> {
    opened: Opened<'a>,
    job: J,
    encoder: Arc<dyn Encoder>,
    behind: Behind,
    summary: TableSummary,
}

impl<'a, J: RowJob> Running<'a, J> {
    /// Nothing is written yet; so many rows were broken.
    fn new(opened: Opened<'a>, job: J, writer: Writer, broken: u64) -> Self {
        let (space, columns) = (opened.space.name(), job.width());
        let summary = TableSummary { space, broken, columns, ..TableSummary::default() };
        Running { opened, job, encoder: writer.encoder(), behind: Behind::new(writer), summary }
    }
}

/// Runs a table through a job, which `begin` makes together with its output once the table is
/// open. With `unique` a network that is equal to an earlier one is left out. `progress` is told how many rows
/// have been read.
pub(crate) fn run<J: RowJob>(
    input: &Input,
    output: &Output,
    read: &ReadOptions,
    networks: &Networks,
    unique: Option<Equality>,
    mut begin: impl FnMut(&Opened) -> Result<(Writer, J), Error>,
    progress: &mut dyn FnMut(u64),
) -> Result<TableSummary, Error> {
    let reader = open(input, read, networks.encoding_column.as_deref(), networks.space)?;
    let columns = reader.columns().to_vec();
    let encoding = EncodingColumns::find(&columns, networks.encoding_column.as_deref())
        .map_err(|error| Error::Columns { input: input.to_string(), error })?;
    let name = encoding.name(&columns);
    if SPACES.iter().chain(&networks.space).any(|space| space.read(&name).is_ok()) {
        return Err(Error::NoHeader { input: input.to_string(), name: clip(&name) });
    }
    let by_group = reader.groups().iter().find_map(|group| space::by_name(group));
    let files = [(input.path(), FileRole::Input), (output.path(), FileRole::Output)];
    let mut rejects = networks.open_rejects(&files)?;

    let mut untold = Unidentified::default();
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
                    || told_by_rows(&mut chunk, &encoding, networks.skip_broken, input, &name),
                    Ok,
                );
                let space = match told {
                    Ok(space) => space,
                    Err(error) if networks.skip_broken && untold.goes_on(&error, &chunk) => {
                        untold.reject(chunk, &columns, &encoding, &mut rejects)?;
                        return Ok(ControlFlow::Continue(()));
                    }
                    Err(error) => return Err(error),
                };
                let opened = Opened { columns: &columns, encoding: &encoding, space };
                opened.check(networks)?;
                let (writer, job) = begin(&opened)?;
                Running::new(opened, job, writer, untold.rows())
            };
        let mut done = work(&job, &opened, networks, unique, encoder.as_ref(), chunk);
        for part in &mut done {
            if let Some(seen) = &mut seen {
                part.keep_new(seen);
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

fn work<J: RowJob>(
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
