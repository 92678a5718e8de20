//! A table, read ahead of those who work on its rows.

use std::mem::take;
use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;

use super::Helper;
use crate::table::{BrokenRow, Reader, Row, TableError, Value};

/// Rows that follow each other in a table.
pub type Chunk = Vec<Result<Row, BrokenRow>>;

/// The most rows of a chunk that is rewritten, and of what one thread takes of it.
pub const CHUNK_ROWS: usize = 1024;
/// See [`CHUNK_ROWS`].
pub const PART_ROWS: usize = 32;

/// The most rows of a chunk that becomes numbers: trees are faster with many rows at once.
pub const NUMBER_ROWS: usize = 8192;

/// The most text of a chunk, in bytes: long rows come in smaller chunks.
const CHUNK_BYTES: usize = 1 << 20;

/// Chunks that wait for their turn.
const AHEAD: usize = 2;

/// Reads a whole table in chunks of at most so many rows, until `each` has enough. Even of an empty table there is a
/// chunk.
///
/// # Errors
///
/// If the table cannot be read, and the errors of `each`, which come first.
pub fn read_chunks<E: From<TableError>>(
    reader: Reader,
    most_rows: usize,
    each: &mut dyn FnMut(Chunk) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let (send, chunks) = sync_channel(AHEAD);
    // If nobody listens any more the table has been read far enough.
    let send = move |chunk| match send.send(chunk) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    match Helper::start(reader, move |reader| cut(reader, most_rows, send)) {
        Ok(reading) => {
            for chunk in chunks {
                if each(chunk)?.is_break() {
                    return Ok(());
                }
            }
            Ok(reading.join()?)
        }
        Err(reader) => {
            let mut failed = None;
            let read = cut(reader, most_rows, |chunk| {
                each(chunk).unwrap_or_else(|error| {
                    failed = Some(error);
                    ControlFlow::Break(())
                })
            });
            failed.map_or(read.map_err(E::from), Err)
        }
    }
}

/// Cuts a table into chunks, until `each` has enough.
fn cut(
    reader: Reader,
    most_rows: usize,
    mut each: impl FnMut(Chunk) -> ControlFlow<()>,
) -> Result<(), TableError> {
    let (mut chunk, mut bytes) = (Chunk::new(), 0);
    let mut is_enough = false;
    reader.read(&mut |row| {
        bytes += match &row {
            Ok(row) => row.values.iter().map(Value::size).sum(),
            Err(broken) => broken.raw.len(),
        };
        chunk.push(row);
        if chunk.len() == most_rows || bytes >= CHUNK_BYTES {
            bytes = 0;
            is_enough = each(take(&mut chunk)).is_break();
        }
        if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if !is_enough {
        // It was the last: whether there is enough does not matter any more.
        let _ = each(chunk);
    }
    Ok(())
}
