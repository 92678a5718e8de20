//! Model files.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::Failure;
use crate::pipeline::{Error, PriorError};
use crate::predictor::model::{Model, ModelError};
use crate::table::AtomicFile;

/// Reads a model file.
pub(super) fn read(path: &Path) -> Result<Model, Failure> {
    let read = || Model::read(&fs::read(path)?);
    Ok(read().map_err(|error| named(path, error))?)
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

/// Writes a model file, whole or not at all.
pub(super) fn write(model: &Model, path: &Path) -> Result<(), Failure> {
    let write = || {
        let mut file = AtomicFile::create(path)?;
        model.write(&mut file)?;
        file.flush()?;
        Ok(file.commit()?)
    };
    Ok(write().map_err(|error| named(path, error))?)
}

fn named(path: &Path, error: ModelError) -> Error {
    Error::Model { name: path.display().to_string(), error }
}
