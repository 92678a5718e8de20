//! Parquet, and Arrow IPC: a stream where it goes to a pipe, a file (Feather 2) where it goes to a file.

use std::io;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::cell::{Cell, Cells, Kind, RowCells};
use super::columns::Columns;
use super::file::{Made, RowFile};
use super::sink::Sink;

/// Rows that are encoded and wait for the end of the row group have at most about this many bytes.
const GROUP_BYTES: usize = 64 << 20;

/// A Parquet file with these columns.
pub(super) fn parquet(kept: &[String], numeric: &[String]) -> Made {
    Made::new(RowCells, Table { columns: Columns::new(kept, numeric), write: write_parquet })
}

/// An Arrow file or stream with these columns.
pub(super) fn ipc(kept: &[String], numeric: &[String]) -> Made {
    Made::new(RowCells, Table { columns: Columns::new(kept, numeric), write: write_ipc })
}

struct Table {
    columns: Columns,
    write: fn(&mut Columns, &mut Sink) -> Result<(), ArrowError>,
}

impl RowFile for Table {
    fn begin(&mut self, _: &mut Sink) -> io::Result<()> {
        Ok(())
    }

    fn rows(&mut self, count: u64, encoded: &[u8], _: &mut Sink) -> io::Result<()> {
        self.columns.add(count, encoded)
    }

    fn finish(&mut self, sink: &mut Sink) -> io::Result<()> {
        self.columns.finish()?;
        (self.write)(&mut self.columns, sink).map_err(|error| match error {
            ArrowError::IoError(_, error) => error,
            other => io::Error::other(other),
        })
    }
}

fn write_parquet(columns: &mut Columns, sink: &mut Sink) -> Result<(), ArrowError> {
    let schema = schema(columns);
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties))?;
    for block in 0..columns.blocks() {
        writer.write(&batch(columns, block, &schema)?)?;
        if writer.in_progress_size() >= GROUP_BYTES {
            writer.flush()?;
        }
    }
    writer.close()?;
    Ok(())
}

fn write_ipc(columns: &mut Columns, sink: &mut Sink) -> Result<(), ArrowError> {
    let schema = schema(columns);
    if sink.is_new_file() {
        let mut writer = FileWriter::try_new(sink, &schema)?;
        for block in 0..columns.blocks() {
            writer.write(&batch(columns, block, &schema)?)?;
        }
        return writer.finish();
    }
    let mut writer = StreamWriter::try_new(sink, &schema)?;
    for block in 0..columns.blocks() {
        writer.write(&batch(columns, block, &schema)?)?;
    }
    writer.finish()
}

/// The types of the columns; all of them may have missing values.
fn schema(columns: &Columns) -> Arc<Schema> {
    let field = |(place, name): (usize, &String)| {
        let kind = match columns.column(place).kind {
            Kind::Integer | Kind::Long => DataType::Int64,
            Kind::Number => DataType::Float64,
            Kind::Text => DataType::Utf8,
        };
        Field::new(name, kind, true)
    };
    Arc::new(Schema::new(columns.names().iter().enumerate().map(field).collect::<Vec<_>>()))
}

fn batch(
    columns: &mut Columns,
    block: usize,
    schema: &Arc<Schema>,
) -> Result<RecordBatch, ArrowError> {
    let mut buffer = Vec::new();
    let mut arrays = Vec::with_capacity(columns.names().len());
    for place in 0..columns.names().len() {
        let kind = columns.column(place).kind;
        arrays.push(array(columns.read(place, block, &mut buffer)?, kind));
    }
    RecordBatch::try_new(Arc::clone(schema), arrays)
}

fn array(cells: Cells<'_>, kind: Kind) -> ArrayRef {
    match kind {
        Kind::Integer | Kind::Long => Arc::new(cells.map(Cell::integer).collect::<Int64Array>()),
        Kind::Number => Arc::new(cells.map(Cell::number).collect::<Float64Array>()),
        Kind::Text => Arc::new(cells.map(Cell::text).collect::<StringArray>()),
    }
}
