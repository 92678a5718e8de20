//! The one door to every output format.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::atomic::AtomicFile;
use super::encoder::Encoder;
use super::format::{Compression, OutputFormat};
use super::output::Output;
use super::sink::Sink;
use crate::table::TableError;

/// An output that is being written. Dropped without [`Writer::finish`], it leaves no file.
pub struct Writer {
    output: Output,
    encoder: Arc<dyn Encoder>,
    sink: Sink,
    rows: u64,
}

/// An output that is open before its columns are known. Dropped, it leaves no file.
pub struct Begun {
    output: Output,
    format: OutputFormat,
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
        let goes_back = format.encoder(&[], &[]).final_header(0).is_some();
        if goes_back && compression != Compression::Plain {
            return Err(TableError::Uncompressed { output: output.to_string() });
        }
        let sink = Sink::create(output, compression, goes_back)
            .map_err(|source| TableError::Write { output: output.to_string(), source })?;
        Ok(Self { output: output.clone(), format, sink })
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
        let Self { output, format, sink } = self;
        let mut writer = Writer { output, encoder: format.encoder(kept, numeric), sink, rows: 0 };
        let mut header = Vec::new();
        writer.encoder.header(&mut header);
        writer.write(0, &header)?;
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
        self.rows += rows;
        self.sink
            .write_all(encoded)
            .map_err(|source| TableError::Write { output: self.output.to_string(), source })
    }

    /// Ends the output; only now does a file appear under its name.
    ///
    /// The names of an NPY file's columns appear as `<name without .npy>.columns.json` beside it.
    ///
    /// # Errors
    ///
    /// When what was left can not be written, or the file can not be put in its place.
    pub fn finish(self) -> Result<(), TableError> {
        // Where there is no new file (standard output, a FIFO), there is no place beside it.
        if self.sink.is_new_file()
            && let Output::File(path) = &self.output
            && let Some(names) = self.encoder.names_beside()
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
        let start = self.encoder.final_header(self.rows);
        self.sink
            .finish(start.as_deref())
            .map_err(|source| TableError::Write { output: self.output.to_string(), source })
    }
}
