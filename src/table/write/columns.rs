//! Rows turned into columns, in a temporary file.
//!
//! A column has one type, which only its last field can decide. So the fields wait until all rows are known:
//! a few MiB of them in memory, the others in blocks of a temporary file, column after column.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::cell::{Cell, Cells, Kind};

/// A block is written once its fields have this many bytes,
const BLOCK_BYTES: usize = 8 << 20;

/// or this many rows.
const BLOCK_ROWS: u64 = 1 << 16;

/// What is known of a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// What it holds.
    pub kind: Kind,
    /// Whether a field is missing.
    pub has_missing: bool,
    /// The length of the longest text, in characters.
    pub longest: usize,
    /// Whether there is any field.
    is_empty: bool,
}

/// Rows that wait to become columns.
pub(super) struct Columns {
    names: Vec<String>,
    known: Vec<Column>,
    rows: u64,
    /// The fields since the last block, by column.
    waiting: Vec<Vec<u8>>,
    waiting_bytes: usize,
    waiting_rows: u64,
    file: Option<File>,
    /// For each block where its columns begin in the file, and where the last one ends.
    blocks: Vec<Vec<u64>>,
}

impl Columns {
    /// No rows yet, with these columns.
    pub fn new(kept: &[String], numeric: &[String]) -> Self {
        let names: Vec<_> = kept.iter().chain(numeric).cloned().collect();
        let mut known =
            vec![
                Column { kind: Kind::Integer, has_missing: false, longest: 0, is_empty: true };
                names.len()
            ];
        // What is computed is a number, also where it happens to be whole.
        for column in &mut known[kept.len()..] {
            column.kind = Kind::Number;
        }
        Self {
            waiting: vec![Vec::new(); names.len()],
            names,
            known,
            rows: 0,
            waiting_bytes: 0,
            waiting_rows: 0,
            file: None,
            blocks: Vec::new(),
        }
    }

    /// Takes rows that [`RowCells`](super::cell::RowCells) has encoded.
    pub fn add(&mut self, rows: u64, encoded: &[u8]) -> io::Result<()> {
        let mut cells = Cells(encoded);
        for _ in 0..rows {
            for (column, waiting) in self.known.iter_mut().zip(&mut self.waiting) {
                let before = cells.0;
                let cell = cells.next().unwrap_or(Cell::Missing);
                column.add(cell);
                waiting.extend_from_slice(&before[..before.len() - cells.0.len()]);
            }
            self.waiting_rows += 1;
        }
        self.rows += rows;
        self.waiting_bytes += encoded.len();
        if self.waiting_bytes >= BLOCK_BYTES || self.waiting_rows >= BLOCK_ROWS {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let mut begins = Vec::with_capacity(self.waiting.len() + 1);
        let mut end = file.stream_position()?;
        for waiting in &mut self.waiting {
            file.write_all(waiting)?;
            begins.push(end);
            end += waiting.len() as u64;
            waiting.clear();
        }
        begins.push(end);
        self.blocks.push(begins);
        self.waiting_bytes = 0;
        self.waiting_rows = 0;
        Ok(())
    }

    /// Ends the rows: from now on columns can be read.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.waiting_rows > 0 {
            self.end_block()?;
        }
        for column in &mut self.known {
            if column.is_empty {
                column.kind = Kind::Number;
            }
        }
        Ok(())
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What is known of a column.
    pub fn column(&self, column: usize) -> Column {
        self.known[column]
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many blocks the columns are in.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Reads a column's fields of a block into `buffer`.
    pub fn read<'a>(
        &mut self,
        column: usize,
        block: usize,
        buffer: &'a mut Vec<u8>,
    ) -> io::Result<Cells<'a>> {
        let begins = &self.blocks[block];
        let (begin, end) = (begins[column], begins[column + 1]);
        buffer.clear();
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(begin))?;
            file.take(end - begin).read_to_end(buffer)?;
        }
        Ok(Cells(buffer))
    }
}

impl Column {
    fn add(&mut self, cell: Cell<'_>) {
        let Some(kind) = cell.kind() else {
            self.has_missing = true;
            return;
        };
        self.is_empty = false;
        self.kind = self.kind.with(kind);
        self.longest = self.longest.max(match cell {
            Cell::Text(text) | Cell::Json(text) => text.chars().count(),
            // No number has more digits.
            _ => 32,
        });
    }
}
