//! The one door to every output format.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::atomic::AtomicFile;
use super::encoder::Encoder;
use super::file::{Made, RowFile};
use super::format::{Compression, OutputFormat, Table};
use super::output::Output;
use super::sink::Sink;
use crate::table::TableError;

/// An output that is being written. Dropped without [`Writer::finish`], it leaves no file.
pub struct Writer {
    output: Output,
    encoder: Arc<dyn Encoder>,
    file: Box<dyn RowFile>,
    sink: Sink,
}

/// An output that is open before its columns are known. Dropped, it leaves no file.
pub struct Begun {
    output: Output,
    format: OutputFormat,
    table: Table,
    sink: Sink,
}

impl Begun {
    /// Opens an output, so that one that cannot be written is found out before the work for it.
    ///
    /// # Arguments
    ///
    /// * `output` - compressed where it ends in `.gz` or `.zst`
    /// * `format` - told by the extension where it is not given; CSV on standard output
    ///
    /// # Errors
    ///
    /// When the format is not known or can not be compressed, or the output can not be created.
    pub fn new(output: &Output, format: Option<OutputFormat>) -> Result<Self, TableError> {
        let format = match format {
            Some(format) => format,
            None => OutputFormat::of_output(output)?,
        };
        let compression = Compression::of_output(output);
        let table = format.table(compression, output)?;
        let sink =
            Sink::create(output, compression, format.is_matrix()).map_err(write_error(output))?;
        Ok(Self { output: output.clone(), format, table, sink })
    }

    /// The output's format.
    pub fn format(&self) -> OutputFormat {
        self.format
    }

    /// Writes the header.
    ///
    /// # Arguments
    ///
    /// * `kept` - the names of the carried columns
    /// * `numeric` - the names of the number columns that follow
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn with_columns(self, kept: &[String], numeric: &[String]) -> Result<Writer, TableError> {
        let Self { output, table, sink, .. } = self;
        let Made { encoder, file } = table(kept, numeric);
        let mut writer = Writer { output, encoder, file, sink };
        writer.file.begin(&mut writer.sink).map_err(write_error(&writer.output))?;
        Ok(writer)
    }
}

impl Writer {
    /// Begins an output and writes its header.
    ///
    /// # Arguments
    ///
    /// * `output` - compressed where it ends in `.gz` or `.zst`
    /// * `format` - told by the extension where it is not given; CSV on standard output
    /// * `kept` - the names of the carried columns
    /// * `numeric` - the names of the number columns that follow
    ///
    /// # Errors
    ///
    /// When the format is not known or can not be compressed, or the output can not be created.
    pub fn create(
        output: &Output,
        format: Option<OutputFormat>,
        kept: &[String],
        numeric: &[String],
    ) -> Result<Self, TableError> {
        Begun::new(output, format)?.with_columns(kept, numeric)
    }

    /// What turns rows into the bytes for [`Writer::write`].
    pub fn encoder(&self) -> Arc<dyn Encoder> {
        Arc::clone(&self.encoder)
    }

    /// Writes encoded rows.
    ///
    /// # Arguments
    ///
    /// * `rows` - how many there are
    /// * `encoded` - what the [encoder](Writer::encoder) made of them
    ///
    /// # Errors
    ///
    /// When they can not be written.
    pub fn write(&mut self, rows: u64, encoded: &[u8]) -> Result<(), TableError> {
        self.file.rows(rows, encoded, &mut self.sink).map_err(write_error(&self.output))
    }

    /// Ends the output; only now does a file appear under its name.
    ///
    /// The names of an NPY file's columns appear as `<name without .npy>.columns.json` beside it.
    ///
    /// # Errors
    ///
    /// When what was left can not be written, or the file can not be put in its place.
    pub fn finish(mut self) -> Result<(), TableError> {
        self.file.finish(&mut self.sink).map_err(write_error(&self.output))?;
        // Where there is no new file (standard output, a FIFO), there is no place beside it.
        if self.sink.is_new_file()
            && let Output::File(path) = &self.output
            && let Some(names) = self.file.names_beside()
        {
            let mut path = path.clone();
            if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
                path.set_extension("");
            }
            let mut beside = path.into_os_string();
            beside.push(".columns.json");
            let beside = PathBuf::from(beside);
            let write = || {
                let mut file = AtomicFile::create(&beside)?;
                file.write_all(&names)?;
                file.commit()
            };
            write().map_err(|source| TableError::Write {
                output: beside.display().to_string(),
                source,
            })?;
        }
        self.sink.finish().map_err(write_error(&self.output))
    }
}

/// The error of an output that cannot be written.
fn write_error(output: &Output) -> impl FnOnce(io::Error) -> TableError {
    let output = output.to_string();
    |source| TableError::Write { output, source }
}
