//! The described spaces of this process.
//!
//! A space lives as long as the process. A description therefore is given memory that is not given back:
//! here and nowhere else, and once for each name.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::bundled::BUNDLED;
use super::check::check;
use super::{Custom, Described, Description, file};
use crate::space::{Encoding, EncodingError, OpKind, SPACES, SearchSpace, by_name, list};
use crate::table::{clip, read_text};

/// The longest file that is read, in MiB.
const LIMIT: u64 = 1;

static SPACES_OF_FILES: Mutex<Vec<&'static Custom>> = Mutex::new(Vec::new());

/// Why there is no such space.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpaceError {
    /// Neither a registered space nor a file.
    #[error("choose one of {known}, or give a .toml file that describes a space")]
    Unknown {
        /// The registered spaces.
        known: String,
    },
    /// The file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Read {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// The description is not one of a space.
    #[error("{place}: {reason}")]
    Description {
        /// The file, the line and the key.
        place: String,
        /// What is wrong, and the fix.
        reason: String,
    },
    /// Two spaces of one name.
    #[error("two different spaces are called {name}: their `{key}` differs; rename one of them")]
    SameName {
        /// The name.
        name: String,
        /// The first key that differs.
        key: &'static str,
    },
    /// The description contradicts itself.
    #[error("{name}: {error}")]
    Unusable {
        /// The space's name.
        name: String,
        /// What went wrong.
        error: EncodingError,
    },
}

/// Other words of the field for registered spaces.
pub const ALIASES: [(&str, &str); 6] = [
    ("nb101", "nasbench101"),
    ("nb201", "nasbench201"),
    ("nb301", "nasbench301"),
    ("darts", "nasbench301"),
    ("tnb101-micro", "transbench101-micro"),
    ("tnb101-macro", "transbench101-macro"),
];

/// The registered space of that name or [alias](ALIASES), the bundled description of that name, or the space that a file describes, if the
/// name ends in `.toml`.
///
/// The memory of a described space is not given back; one that was read before is not read anew.
///
/// # Errors
///
/// [`SpaceError`] if there is no such space, the file can not be read or is wrong, or another
/// description of the same name is in use.
pub fn by_name_or_file(name: &str) -> Result<&'static dyn SearchSpace, SpaceError> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    if let Some(space) = by_name(name) {
        return Ok(space);
    }
    if let Some((_, text)) = BUNDLED.iter().find(|(own, _)| *own == name) {
        return described(name, text);
    }
    let path = Path::new(name);
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        let registered = SPACES.iter().map(|space| space.name());
        let known = list(registered.chain(BUNDLED.iter().map(|(name, _)| *name)));
        return Err(SpaceError::Unknown { known });
    }
    let shown = clip(name);
    let text = read_text(path, LIMIT, "description of a space")
        .map_err(|reason| SpaceError::Read { file: shown.clone(), reason })?;
    described(&shown, &text)
}

/// The space that a text describes.
fn described(shown: &str, text: &str) -> Result<&'static dyn SearchSpace, SpaceError> {
    let description = file::parse(text).map_err(|(place, reason)| SpaceError::Description {
        place: format!("{shown}{place}"),
        reason,
    })?;
    registered(description)
}

/// The space of a description, as [`Described::description`] gives it and models keep it.
///
/// # Errors
///
/// [`SpaceError`] if it is not a description of a space, or another one of the same name is in use.
pub fn from_description(
    description: &serde_json::Value,
) -> Result<&'static dyn SearchSpace, SpaceError> {
    let wrong = |place: &str, reason: String| SpaceError::Description {
        place: format!("the space's description{place}"),
        reason,
    };
    let mut space: Description = serde::Deserialize::deserialize(description)
        .map_err(|error: serde_json::Error| wrong("", clip(&error.to_string())))?;
    check(&mut space).map_err(|fault| wrong(&format!(", key `{}`", fault.key), fault.reason))?;
    registered(space)
}

/// The space of a checked description, made if it is new.
fn registered(description: Description) -> Result<&'static dyn SearchSpace, SpaceError> {
    let mut spaces = SPACES_OF_FILES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(space) = spaces.iter().find(|space| space.0.name == description.name) {
        return match space.0.description.difference(&description) {
            None => Ok(*space),
            Some(key) => Err(SpaceError::SameName { name: description.name, key }),
        };
    }
    let name = description.name.clone();
    let described =
        Described::new(description).map_err(|error| SpaceError::Unusable { name, error })?;
    let space: &'static Custom = Box::leak(Box::new(Custom(Box::leak(Box::new(described)))));
    space.0.space.get_or_init(|| space);
    spaces.push(space);
    Ok(space)
}

/// A text that is kept for as long as the process runs.
pub(super) fn keep(text: &str) -> &'static str {
    Box::leak(Box::from(text))
}

/// Kinds that are kept for as long as the process runs.
pub(super) fn keep_kinds(kinds: Vec<OpKind>) -> &'static [OpKind] {
    Box::leak(kinds.into_boxed_slice())
}

/// Encodings that are kept for as long as the process runs.
pub(super) fn keep_encodings(encodings: Vec<Encoding>) -> &'static [Encoding] {
    Box::leak(encodings.into_boxed_slice())
}

/// Texts that are kept for as long as the process runs.
pub(super) fn keep_all(texts: &[String]) -> &'static [&'static str] {
    Box::leak(texts.iter().map(|text| keep(text)).collect())
}
