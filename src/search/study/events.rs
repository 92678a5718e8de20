//! The folder of the events of a study.
//!
//! An event is written whole under a temporary name and then linked to its own, which fails if a file has that name: of two
//! processes that claim a network one does. There is no lock, nothing is appended to, and what is there is never changed, so that a
//! process that is killed at any moment leaves every event whole or absent, on shared file systems too.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::event::{Event, EventName};
use crate::graph::Identity;

/// The events of a study, each a file.
#[derive(Debug)]
pub struct Events {
    folder: PathBuf,
    temporary: PathBuf,
}

/// The longest file of an event that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// What was found in the folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The events, by their names.
    pub events: Vec<(EventName, Event)>,
    /// Claims that cannot be read, with the time of their files in milliseconds since 1970: they hold all the same.
    pub unread_claims: Vec<(EventName, u64)>,
    /// Files that are not events, or cannot be read as such, and why.
    pub strange: Vec<String>,
}

impl Events {
    /// Those of a study in a folder.
    pub fn of(study: &Path) -> Self {
        Events { folder: study.join("events"), temporary: study.join("tmp") }
    }

    /// Adds an event.
    ///
    /// # Returns
    ///
    /// Whether it is new: `false` if there is one of the same name.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn add(&self, network: Identity, event: &Event) -> io::Result<bool> {
        fs::create_dir_all(&self.folder)?;
        fs::create_dir_all(&self.temporary)?;
        let name = self.folder.join(EventName::of(network, event).to_string());
        let mut file = tempfile::NamedTempFile::new_in(&self.temporary)?;
        serde_json::to_writer(&mut file, event)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        match fs::hard_link(file.path(), &name) {
            Ok(()) => {}
            // A network file system may have linked it, lost the answer, and found it there when it tried again.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Ok(links(file.as_file()) == Some(2));
            }
            Err(error) => return Err(error),
        }
        // So that the name outlives a loss of power; where folders cannot be synced, the file system does it by itself.
        let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
        Ok(true)
    }

    /// Reads all events.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read. A file that cannot be read is no error.
    pub fn read(&self) -> io::Result<Found> {
        let mut found = Found::default();
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let Some(name) = EventName::parse(&file) else {
                found.strange.push(format!("{file}: not a file of this study"));
                continue;
            };
            match event(&entry.path(), &name) {
                Ok(event) => found.events.push((name, event)),
                Err(reason) => {
                    found.strange.push(format!("{file}: {reason}"));
                    if name.is_claim() {
                        let time = entry.metadata().and_then(|metadata| metadata.modified());
                        found.unread_claims.push((name, time.map_or(0, milliseconds)));
                    }
                }
            }
        }
        found.events.sort_by(|(one, _), (other, _)| one.cmp(other));
        found.unread_claims.sort();
        found.strange.sort();
        Ok(found)
    }
}

/// The event in a file of that name.
fn event(path: &Path, name: &EventName) -> Result<Event, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LIMIT {
        return Err(format!("longer than an event ({length} bytes)"));
    }
    let text = fs::read(path).map_err(|error| error.to_string())?;
    let event: Event = serde_json::from_slice(&text).map_err(|error| format!("torn: {error}"))?;
    if EventName::of(name.network, &event) != *name {
        return Err("its name does not fit its contents".to_owned());
    }
    Ok(event)
}

/// How many names a file has, where the system tells.
fn links(file: &File) -> Option<u64> {
    #[cfg(unix)]
    return file.metadata().ok().map(|metadata| std::os::unix::fs::MetadataExt::nlink(&metadata));
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}

/// A time in milliseconds since 1970.
pub fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
