//! The rows that could not be worked on, with the reason.

use std::path::Path;

use crate::table::{AtomicFile, BrokenRow, TableError};

/// A CSV file of broken rows; it appears when it is finished.
pub(crate) struct Rejects {
    name: String,
    file: csv::Writer<AtomicFile>,
}

impl Rejects {
    pub fn create(path: &Path) -> Result<Self, TableError> {
        let name = path.display().to_string();
        let file = AtomicFile::create(path)
            .map_err(|source| TableError::Write { output: name.clone(), source })?;
        let mut rejects = Rejects { name, file: csv::Writer::from_writer(file) };
        rejects.record(["place", "column", "token", "reason", "row"])?;
        Ok(rejects)
    }

    pub fn write(&mut self, row: &BrokenRow) -> Result<(), TableError> {
        let column = row.column.as_deref().unwrap_or_default();
        self.record([&row.place.to_string(), column, &row.token, &row.reason, &row.raw])
    }

    fn record(&mut self, fields: [&str; 5]) -> Result<(), TableError> {
        let written = self.file.write_record(fields);
        written.map_err(|error| self.error(error.into()))
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<(), TableError> {
        let error = |source| TableError::Write { output: self.name.clone(), source };
        let file = self.file.into_inner().map_err(|failed| error(failed.into_error()))?;
        file.commit().map_err(error)
    }

    fn error(&self, source: std::io::Error) -> TableError {
        TableError::Write { output: self.name.clone(), source }
    }
}
