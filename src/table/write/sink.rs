//! Standard output or a file, plain or compressed.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use flate2::write::GzEncoder;

use super::atomic::AtomicFile;
use super::format::Compression;
use super::output::{Memory, Output};

/// Where the bytes end up.
pub(super) enum Target {
    Stdout(io::Stdout),
    File(AtomicFile),
    Memory(Memory),
}

impl Target {
    fn can_go_back(&self) -> bool {
        matches!(self, Self::File(file) if file.is_temporary())
    }

    fn commit(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush(),
            Self::File(file) => file.commit(),
            Self::Memory(_) => Ok(()),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::File(file) => file.write(bytes),
            Self::Memory(memory) => {
                memory.append(bytes);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(file) => file.flush(),
            Self::Memory(_) => Ok(()),
        }
    }
}

/// Takes the bytes of a table.
pub(super) enum Sink {
    Plain(Target),
    Gzip(GzEncoder<Target>),
    Zstd(zstd::Encoder<'static, Target>),
    /// Kept aside until the first bytes are known, for a target where one can't go back.
    Spooled(BufWriter<File>, Target),
}

impl Sink {
    /// Begins an output.
    ///
    /// # Arguments
    ///
    /// * `goes_back` - whether [`Sink::overwrite_start`] will follow; then there is no compression
    pub fn create(output: &Output, compression: Compression, goes_back: bool) -> io::Result<Self> {
        let target = match output {
            Output::Stdout => Target::Stdout(io::stdout()),
            Output::File(path) => Target::File(AtomicFile::create(path)?),
            Output::Memory(memory) => Target::Memory(memory.clone()),
        };
        Ok(match compression {
            Compression::Plain if goes_back && !target.can_go_back() => {
                Self::Spooled(BufWriter::new(tempfile::tempfile()?), target)
            }
            Compression::Plain => Self::Plain(target),
            Compression::Gzip => Self::Gzip(GzEncoder::new(target, flate2::Compression::default())),
            Compression::Zstd => {
                Self::Zstd(zstd::Encoder::new(target, zstd::DEFAULT_COMPRESSION_LEVEL)?)
            }
        })
    }

    /// Whether the output is a file that does not exist yet.
    pub fn is_new_file(&self) -> bool {
        match self {
            Self::Plain(target) => target.can_go_back(),
            _ => false,
        }
    }

    /// Writes over the first bytes. Nothing may be written after that.
    pub fn overwrite_start(&mut self, start: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(Target::File(file)) => file.overwrite_start(start),
            Self::Spooled(spool, _) => {
                spool.rewind()?;
                spool.write_all(start)
            }
            Self::Plain(_) | Self::Gzip(_) | Self::Zstd(_) => {
                Err(io::ErrorKind::NotSeekable.into())
            }
        }
    }

    /// Ends the output.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(target) => target.commit(),
            Self::Gzip(encoder) => encoder.finish()?.commit(),
            Self::Zstd(encoder) => encoder.finish()?.commit(),
            Self::Spooled(mut spool, mut target) => {
                spool.rewind()?;
                io::copy(spool.get_mut(), &mut target)?;
                target.commit()
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(target) => target.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Spooled(spool, _) => spool.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(target) => target.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
            Self::Spooled(spool, _) => spool.flush(),
        }
    }
}
