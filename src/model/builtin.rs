//! The bundled prior: data/priors/README.md says how it is made.

use std::path::Path;

use super::{Model, ModelError};

/// What stands in the place of a path to name it.
pub const BUILTIN: &str = "builtin";

const BYTES: &[u8] = include_bytes!("../../data/priors/nasbench101.graf");

impl Model {
    /// The bundled prior: it ranks networks of any space that has the family of features `shared`,
    /// before one of them is trained. It predicts normal scores of validation
    /// accuracies of NAS-Bench-101 (Ying et al., 2019).
    ///
    /// # Errors
    ///
    /// [`ModelError`] if this library was built with a file that is no model.
    pub fn builtin() -> Result<Self, ModelError> {
        Model::read(BYTES)
    }

    /// Whether a path names the bundled prior.
    ///
    /// # Errors
    ///
    /// [`ModelError::TwoBuiltin`] if there also is a file of that name.
    pub(crate) fn is_builtin(path: &Path) -> Result<bool, ModelError> {
        match path == Path::new(BUILTIN) {
            true if path.exists() => Err(ModelError::TwoBuiltin),
            named => Ok(named),
        }
    }
}
