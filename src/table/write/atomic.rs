//! A file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// How much is gathered before it is written.
const BUFFER: usize = 64 << 10;

/// As many symbolic links are followed as Linux follows.
const MOST_LINKS: usize = 40;

/// A file that appears under its name when it is committed, and of which nothing is left when it is dropped
/// before.
///
/// Symbolic links are written through. What exists and is no ordinary file (`/dev/null`, a FIFO) is written
/// directly.
pub struct AtomicFile {
    file: Kind,
}

enum Kind {
    Temporary { file: BufWriter<NamedTempFile>, path: PathBuf, _unfinished: Unfinished },
    Direct(BufWriter<File>),
}

/// The temporary files that there are, for [`remove_unfinished`].
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file on the list, as long as this lives.
struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes a temporary file. It is on the list before anybody can remove what stands there, so that an
    /// interrupt between the two leaves nothing.
    fn begin(
        make: impl FnOnce() -> io::Result<NamedTempFile>,
    ) -> io::Result<(NamedTempFile, Self)> {
        let mut list = unfinished();
        let file = make()?;
        list.push(file.path().to_owned());
        let unfinished = Self(file.path().to_owned());
        Ok((file, unfinished))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        unfinished().retain(|path| *path != self.0);
    }
}

/// Removes what files that are not committed have left so far: for a process that is about to end, as on
/// Ctrl-C. No file can be begun any more.
pub fn remove_unfinished() {
    let list = unfinished();
    for path in list.iter() {
        // It may just have been committed or removed.
        let _ = fs::remove_file(path);
    }
    // The list stays locked, so that no other thread begins a file before the process has ended.
    std::mem::forget(list);
}

impl AtomicFile {
    /// Begins a file that is to appear as `path`. It gets the permissions of the file that it replaces, or
    /// of any new file.
    ///
    /// # Errors
    ///
    /// When its folder can not be written to.
    pub fn create(path: &Path) -> io::Result<Self> {
        let existing = fs::metadata(path).ok();
        if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
            // By its own name: what /dev/stdout leads to has none that can be opened.
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self { file: Kind::Direct(BufWriter::with_capacity(BUFFER, file)) });
        }
        let path = resolved(path);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            let reason = format!("there is no folder {}", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, reason));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".graf-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let begun = Unfinished::begin(|| builder.tempfile_in(folder));
        let (file, unfinished) = begun.map_err(|error| {
            // The error names the temporary file, which is nobody's.
            let (kind, folder) = (error.kind(), folder.display());
            io::Error::new(kind, format!("no file can be made in the folder {folder}: {kind}"))
        })?;
        if let Some(metadata) = existing {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        let file = BufWriter::with_capacity(BUFFER, file);
        Ok(Self { file: Kind::Temporary { file, path, _unfinished: unfinished } })
    }

    /// Writes out what is buffered and puts the file in its place.
    ///
    /// # Errors
    ///
    /// When that fails; then nothing is left behind.
    pub fn commit(self) -> io::Result<()> {
        match self.file {
            Kind::Temporary { file, path, .. } => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
            Kind::Direct(mut file) => file.flush(),
        }
    }

    /// Whether [`AtomicFile::overwrite_start`] works.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self.file, Kind::Temporary { .. })
    }

    /// Writes over the first bytes.
    pub(super) fn overwrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Kind::Temporary { file, .. } => {
                file.rewind()?;
                file.write_all(bytes)
            }
            Kind::Direct(_) => Err(io::ErrorKind::NotSeekable.into()),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Kind::Temporary { file, .. } => file.write(bytes),
            Kind::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.file {
            Kind::Temporary { file, .. } => file.flush(),
            Kind::Direct(file) => file.flush(),
        }
    }
}

/// Whether a file can be appended to, or made if it is not there. It is left as it is.
///
/// # Errors
///
/// The system's, if not.
pub fn check_appendable(path: &Path) -> io::Result<()> {
    if path.exists() {
        return OpenOptions::new().append(true).open(path).map(|_| ());
    }
    AtomicFile::create(path).map(|_| ())
}

/// What a path leads to when symbolic links are followed, be it there or not.
fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}
