//! Model files.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::dataset::FitSummary;
use crate::dataset::{Error, PriorError};
use crate::model::{Model, ModelError};
use crate::table::{AtomicFile, Input};

/// Reads a model file, or the bundled prior.
pub(super) fn read(path: &Path) -> Result<Model, Failure> {
    Ok(Model::load(path).map_err(|error| named(path, error))?)
}

/// Reads a model file that was named before a table.
pub(super) fn read_before(path: &Path, table: &Input) -> Result<Model, Failure> {
    match read(path) {
        Err(Failure::Pipeline(Error::Model { error: ModelError::Magic, .. }))
            if table.is_model() =>
        {
            let name = path.display();
            Err(Failure::Usage(format!("{name} is no model, and {table} is one: swap them")))
        }
        model => model,
    }
}

/// Reads a model file to start from.
pub(super) fn read_prior(path: &Path) -> Result<Model, Failure> {
    let model = read(path)?;
    let targets = model.header.targets.len();
    if targets != 1 {
        let name = path.display().to_string();
        return Err(Error::from(PriorError::Targets { name, targets }).into());
    }
    Ok(model)
}

/// The bytes of a model to start from.
pub(super) fn prior_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    read_prior(path)?.write(&mut bytes).map_err(|error| named(path, error))?;
    Ok(bytes)
}

/// A model file that is to be written, whole or not at all. It is made before the model is, so that a
/// path where nothing can be written is found out at once.
pub(super) struct ModelFile {
    path: PathBuf,
    file: AtomicFile,
}

impl ModelFile {
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let file = AtomicFile::create(path).map_err(|error| named(path, error.into()))?;
        Ok(ModelFile { path: path.to_owned(), file })
    }

    /// Writes a model that reads back.
    pub fn write(mut self, fitted: &FitSummary) -> Result<(), Failure> {
        let path = self.path;
        let write = || {
            self.file.write_all(&fitted.proven_bytes()?)?;
            Ok(self.file.commit()?)
        };
        Ok(write().map_err(|error| named(&path, error))?)
    }
}

fn named(path: &Path, error: ModelError) -> Error {
    Error::Model { name: path.display().to_string(), error }
}
