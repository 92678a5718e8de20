//! How networks are found in a table and read from its rows.

use std::path::{Path, PathBuf};

use super::FileRole;
use super::error::Error;
use super::fault::Fault;
use super::rejects::Rejects;
use crate::space::{self, Architecture, EncodingColumns, InferError, SPACES, SearchSpace};
use crate::stream::Chunk;
use crate::table::{
    Input, IsEncoding, Output, OutputFormat, ReadOptions, Reader, Row, TableError, clip,
};

/// How networks are read from a table, and which are kept.
#[derive(Debug, Clone, Default)]
pub struct Networks {
    /// The search space; told by the encodings if absent.
    pub space: Option<&'static dyn SearchSpace>,
    /// The column with the encoding; found by its usual names if absent.
    pub encoding_column: Option<String>,
    /// The encoding, of those of the space; recognised by its form if absent.
    pub encoding: Option<String>,
    /// Leave out networks with operations cut off by zero operations.
    pub drop_unreachable: bool,
    /// Remove nodes off every input→output path.
    pub prune: bool,
    /// Go on after broken rows.
    pub skip_broken: bool,
    /// Where broken rows go.
    pub rejects: Option<PathBuf>,
}

impl Networks {
    /// Opens the file for broken rows, which must be none of `files`.
    pub(crate) fn open_rejects(
        &self,
        files: &[(Option<&Path>, FileRole)],
    ) -> Result<Option<Rejects>, Error> {
        let Some(rejects) = &self.rejects else { return Ok(None) };
        for &(path, what) in files {
            if let Some(path) = path
                && whereabouts(rejects) == whereabouts(path)
            {
                return Err(Error::SameFile { name: path.display().to_string(), what });
            }
        }
        Ok(Some(Rejects::create(rejects)?))
    }
}

/// An opened table of networks: what a job needs to know before its first row.
pub(crate) struct Opened<'a> {
    pub columns: &'a [String],
    pub encoding: &'a EncodingColumns,
    pub space: &'static dyn SearchSpace,
}

impl Opened<'_> {
    pub fn check(&self, networks: &Networks) -> Result<(), Error> {
        if networks.drop_unreachable && self.space.zero_op().is_none() {
            return Err(Error::NoZeroOp { space: self.space.name() });
        }
        if let Some(name) = &networks.encoding {
            self.space.encoding(name).map_err(Error::Encoding)?;
        }
        Ok(())
    }
}

/// Opens a table in which encodings stand under one of the usual names, or in the column that is named. They are of the space,
/// if it is known, or else of any.
pub(crate) fn open(
    input: &Input,
    read: &ReadOptions,
    encoding_column: Option<&str>,
    space: Option<&'static dyn SearchSpace>,
) -> Result<Reader, TableError> {
    let encodings = space::encoding_names(encoding_column);
    let is_encoding = IsEncoding::new(move |text| {
        space.iter().chain(&SPACES).any(|space| space.read(text).is_ok())
    });
    let is_encoding = Some(is_encoding);
    Reader::open(input, &ReadOptions { encodings, is_encoding, ..read.clone() })
}

/// The space that the first rows are of. Where they do not tell, a row that is no row says more:
/// unless broken rows are skipped, it is the error.
pub(crate) fn told_by_rows(
    first: &mut Chunk,
    encoding: &EncodingColumns,
    skip_broken: bool,
    input: &Input,
    column: &str,
) -> Result<&'static dyn SearchSpace, Error> {
    let told = space::infer(first.iter().flatten().map(|row| encoding.text(row)));
    told.map_err(|error| {
        if !skip_broken
            && let Some(place) = first.iter().position(Result::is_err)
            && let Err(row) = first.swap_remove(place)
        {
            return Error::broken(input, row, true);
        }
        let place = match (&error, first.iter().flatten().next()) {
            (InferError::NoneFits { .. }, Some(row)) => format!("{}, ", row.place),
            _ => String::new(),
        };
        Error::Infer {
            input: input.to_string(),
            place: format!("{place}column {}", clip(column)),
            error,
        }
    })
}

/// Where a file is or will be, whatever way leads there.
pub(crate) fn whereabouts(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let new =
        || Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(new)
}

/// The network of a row; `None` if it is to be left out.
pub(crate) fn network(
    opened: &Opened,
    networks: &Networks,
    row: &Row,
) -> Result<Option<Architecture>, Fault> {
    let text = opened.encoding.text(row);
    let fault = |reason: String| Fault {
        column: Some(opened.encoding.name(opened.columns)),
        token: text.clone().into_owned(),
        reason,
    };
    let network = opened.space.read_as(networks.encoding.as_deref(), &text);
    let network = network.map_err(|error| fault(error.to_string()))?;
    let zero = opened.space.zero_op().filter(|_| networks.drop_unreachable);
    if zero.is_some_and(|zero| network.has_unreachable_ops(zero)) {
        return Ok(None);
    }
    if networks.prune {
        return network.pruned().map(Some).map_err(|error| fault(error.to_string()));
    }
    Ok(Some(network))
}

/// The column of encodings that had none, or two.
pub(crate) const NET: &str = "net";

/// The output's format, which must be one that can hold encodings.
pub(crate) fn text_format(
    output: &Output,
    asked: Option<OutputFormat>,
) -> Result<OutputFormat, Error> {
    let format = match asked {
        Some(format) => format,
        None => OutputFormat::of_output(output)?,
    };
    if format.is_matrix() { Err(Error::NotNumbers) } else { Ok(format) }
}
