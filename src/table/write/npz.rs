//! NPZ: a zip archive with an NPY array per column, as `numpy.load` reads it.

use std::io::{self, Write};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::cell::{Cell, Kind, RowCells};
use super::columns::{Column, Columns};
use super::file::{Made, RowFile};
use super::npy::header;
use super::sink::Sink;
use crate::table::clip;

/// The array that is being written is kept in memory up to so many bytes.
const PIECE: usize = 1 << 20;

/// The most bytes that the texts of a column may take: each takes as many as the longest.
const MOST_TEXT: u64 = 64 << 30;

/// A file with these columns.
pub(super) fn table(kept: &[String], numeric: &[String]) -> Made {
    Made::new(RowCells, Archive { columns: Columns::new(kept, numeric) })
}

struct Archive {
    columns: Columns,
}

impl RowFile for Archive {
    fn begin(&mut self, _: &mut Sink) -> io::Result<()> {
        Ok(())
    }

    fn rows(&mut self, count: u64, encoded: &[u8], _: &mut Sink) -> io::Result<()> {
        self.columns.add(count, encoded)
    }

    fn finish(&mut self, sink: &mut Sink) -> io::Result<()> {
        self.columns.finish()?;
        let mut zip = ZipWriter::new_stream(sink);
        // Sizes are known afterwards, and may be beyond 4 GiB.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        let (mut buffer, mut array) = (Vec::new(), Vec::new());
        for place in 0..self.columns.names().len() {
            zip.start_file(format!("{}.npy", self.columns.names()[place]), options)?;
            let items = Items::of(self.columns.column(place));
            items.check(&self.columns.names()[place], self.columns.rows())?;
            zip.write_all(&header(&items.descr(), &[self.columns.rows()]))?;
            for block in 0..self.columns.blocks() {
                for cell in self.columns.read(place, block, &mut buffer)? {
                    items.push(cell, &mut array);
                    if array.len() >= PIECE {
                        zip.write_all(&array)?;
                        array.clear();
                    }
                }
                zip.write_all(&array)?;
                array.clear();
            }
        }
        zip.finish()?.into_inner().flush()
    }
}

/// The items of an array. A missing value is NaN among numbers, and an empty text.
#[derive(Debug, Clone, Copy)]
enum Items {
    Integer,
    Number,
    /// Texts of at most so many characters.
    Text(usize),
}

impl Items {
    fn of(column: Column) -> Self {
        match (column.kind, column.has_missing) {
            (Kind::Integer | Kind::Long, false) => Self::Integer,
            (Kind::Integer, true) | (Kind::Number, _) => Self::Number,
            (Kind::Long, true) | (Kind::Text, _) => Self::Text(column.longest.max(1)),
        }
    }

    /// Refuses a column that one long text would blow up.
    fn check(self, name: &str, rows: u64) -> io::Result<()> {
        let Self::Text(longest) = self else { return Ok(()) };
        let bytes = rows.saturating_mul(longest as u64).saturating_mul(4);
        if bytes <= MOST_TEXT {
            return Ok(());
        }
        let name = clip(name);
        Err(io::Error::other(format!(
            "column {name}: npz stores each text as long as the longest, which has {longest} characters; \
             leave out the column or write .csv or .parquet"
        )))
    }

    /// Its type, as NumPy writes it.
    fn descr(self) -> String {
        match self {
            Self::Integer => "<i8".to_owned(),
            Self::Number => "<f8".to_owned(),
            Self::Text(longest) => format!("<U{longest}"),
        }
    }

    fn push(self, cell: Cell<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Integer => {
                out.extend_from_slice(&cell.integer().unwrap_or_default().to_le_bytes());
            }
            Self::Number => {
                out.extend_from_slice(&cell.number().unwrap_or(f64::NAN).to_le_bytes());
            }
            Self::Text(longest) => {
                let end = out.len() + longest * size_of::<char>();
                let text = cell.text().unwrap_or_default();
                out.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes()));
                out.resize(end, 0);
            }
        }
    }
}
