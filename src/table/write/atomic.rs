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

/// The temporary files and folders that there are, for [`remove_unfinished`].
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file or folder on the list, as long as this lives.
struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes a temporary file or folder. It is on the list before anybody can remove what stands there, so that an
    /// interrupt between the two leaves nothing.
    fn begin<T: AsRef<Path>>(make: impl FnOnce() -> io::Result<T>) -> io::Result<(T, Self)> {
        let mut list = unfinished();
        let file = make()?;
        list.push(file.as_ref().to_owned());
        let unfinished = Self(file.as_ref().to_owned());
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
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
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
        let folder = folder_of(&path);
        if !folder.is_dir() {
            return Err(no_folder(folder));
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

/// Whether a folder can be written by [`write_folder`].
///
/// # Errors
///
/// If there is something else of this name, a folder with something in it, or no folder above it.
pub fn check_folder(path: &Path) -> io::Result<()> {
    let Ok(metadata) = fs::metadata(path) else {
        let above = folder_of(path);
        return if above.is_dir() { Ok(()) } else { Err(no_folder(above)) };
    };
    if !metadata.is_dir() {
        let reason = "it is there and is no folder; name another one";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
    }
    if fs::read_dir(path)?.next().is_some() {
        let reason = "the folder is there and not empty; empty it or name another one";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
    }
    Ok(())
}

/// Writes files, by their names, into a new or empty folder, which appears with all of them or not at all.
///
/// # Errors
///
/// As [`check_folder`], and when a file cannot be written; then nothing is left behind.
pub fn write_folder<C: AsRef<[u8]>>(path: &Path, files: &[(String, C)]) -> io::Result<()> {
    check_folder(path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".graf-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let (folder, _unfinished) = Unfinished::begin(|| builder.tempdir_in(folder_of(path)))?;
    for (name, contents) in files {
        fs::write(folder.path().join(name), contents)?;
    }
    if path.is_dir() {
        fs::remove_dir(path)?;
    }
    fs::rename(folder.path(), path)?;
    // It is no longer where it would be removed from.
    let _ = folder.keep();
    Ok(())
}

/// The folder that a path is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn no_folder(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}", path.display()))
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
