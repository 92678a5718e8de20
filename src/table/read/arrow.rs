//! Parquet, and Arrow IPC as a stream or a file (Feather 2): batches of columns, turned into rows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{ArrowError, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::arrow_messages::Messages;
use super::arrow_values::{check, values};
use super::columns::Columns;
use super::input::{Input, peek};
use super::reader::{Emit, Records, Source};
use crate::table::{Place, Row, TableError, Value, clip};

/// What an Arrow file has around its stream.
const MAGIC: &[u8] = b"ARROW1";

/// A batch of Parquet has about so many fields.
const BATCH_FIELDS: usize = 1 << 18;

/// The most rows of a batch.
const MOST_ROWS: usize = 8_192;

/// The most bytes of the footer of an Arrow file.
const FOOTER: u64 = 256 << 20;

/// Batches, one after the other.
trait Batches: Send {
    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>>;

    /// Checks what follows the last batch.
    fn end(&mut self) -> Result<(), ArrowError> {
        Ok(())
    }
}

/// An open table.
struct Arrow {
    input: Input,
    columns: Columns,
    batches: Box<dyn Batches>,
}

/// Opens a Parquet file.
pub(super) fn open_parquet(source: Source) -> Result<Box<dyn Records>, TableError> {
    let input = source.input.clone();
    let file = source
        .seekable()
        .map_err(|source| TableError::Read { input: input.to_string(), source })?;
    let batches = guarded(&input, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
        let width = builder.schema().fields().len().max(1);
        Ok(builder.with_batch_size((BATCH_FIELDS / width).clamp(1, MOST_ROWS)).build()?)
    })?;
    let schema = batches.schema();
    open(input, &schema, Box::new(Parquet(batches)))
}

/// Opens an Arrow file or stream. A file is a stream between two marks, and a list of its batches.
pub(super) fn open_ipc(source: Source) -> Result<Box<dyn Records>, TableError> {
    let input = source.input;
    let error = |source| TableError::Read { input: input.to_string(), source };
    let (head, bytes) = peek(source.bytes, MAGIC.len(), |_| false).map_err(error)?;
    let is_file = head == MAGIC;
    let stream = guarded(&input, || StreamReader::try_new(Messages::new(bytes, is_file)?, None))?;
    let schema = stream.schema();
    open(input, &schema, Box::new(Stream { stream, is_file }))
}

fn open(
    input: Input,
    schema: &Arc<Schema>,
    batches: Box<dyn Batches>,
) -> Result<Box<dyn Records>, TableError> {
    let mut columns = Columns::default();
    for (place, field) in schema.fields().iter().enumerate() {
        if !columns.add(field.name(), place, &input)? {
            let (input, column) = (input.to_string(), field.name().clone());
            return Err(TableError::DuplicateColumn { input, column });
        }
        check(field.data_type()).map_err(|kind| {
            let reason = format!(
                "column {} holds {kind}, which graf does not read; leave it out or write it as text",
                clip(field.name())
            );
            TableError::Binary { input: input.to_string(), reason }
        })?;
    }
    Ok(Box::new(Arrow { input, columns, batches }))
}

/// Runs what reads outside bytes. The libraries check much of them, and panic at some of what is left.
fn guarded<T>(
    input: &Input,
    work: impl FnOnce() -> Result<T, ArrowError>,
) -> Result<T, TableError> {
    let damaged = |reason: String| {
        let reason = format!("the file is damaged: {}", crate::table::clip_reason(&reason));
        TableError::Binary { input: input.to_string(), reason }
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| damaged(error.to_string())),
        Err(_) => Err(damaged("its parts contradict each other".to_owned())),
    }
}

impl Records for Arrow {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn read(self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        let Self { input, columns, mut batches } = *self;
        let mut number = 0;
        loop {
            let batch = guarded(&input, || {
                let Some(batch) = batches.next() else {
                    batches.end()?;
                    return Ok(None);
                };
                let batch = batch?;
                let fields = batch.columns().iter().map(values);
                Ok(Some((batch.num_rows(), fields.collect::<Result<Vec<_>, _>>()?)))
            })?;
            let Some((rows, fields)) = batch else { return Ok(()) };
            let mut fields: Vec<_> = fields.into_iter().map(Vec::into_iter).collect();
            for _ in 0..rows {
                number += 1;
                let mut values = Vec::with_capacity(columns.len());
                values
                    .extend(fields.iter_mut().map(|field| field.next().unwrap_or(Value::Missing)));
                if emit(Ok(Row { place: Place::Record(number), values })).is_break() {
                    return Ok(());
                }
            }
        }
    }
}

struct Parquet<R>(R);

impl<R: RecordBatchReader + Send> Batches for Parquet<R> {
    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        self.0.next()
    }
}

struct Stream {
    stream: StreamReader<Messages>,
    is_file: bool,
}

impl Batches for Stream {
    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        self.stream.next()
    }

    /// A file that was cut off between two batches would be a shorter table.
    fn end(&mut self) -> Result<(), ArrowError> {
        if self.is_file && !self.stream.get_mut().is_whole(FOOTER)? {
            return Err(ArrowError::ParseError("it ends before its end".to_owned()));
        }
        Ok(())
    }
}
