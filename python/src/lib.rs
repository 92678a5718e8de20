//! The Python package of graf: numbers, models and tables of the library as Python objects.
//!
//! The functions here take what the package in `py/graf` has prepared and work without the interpreter's lock. What
//! people call is documented there.

mod broken;
mod fit;
mod model;
mod networks;
mod plan;
mod pool;
mod rank;
mod texts;
mod words;

use pyo3::prelude::*;

/// Functions of the package `graf`, which documents them.
#[pymodule]
mod _graf {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::broken::{EncodingError, LearnedError};
    #[pymodule_export]
    use super::fit::{compare, fit, fit_numbers};
    #[pymodule_export]
    use super::model::Model;
    #[pymodule_export]
    use super::networks::{convert, enumerate, hash, infer, sample, spaces};
    #[pymodule_export]
    use super::plan::{featurize, labels};
    #[pymodule_export]
    use super::pool::after_fork;
    #[pymodule_export]
    use super::rank::{metrics, rank, suggest};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("PREDICTORS", graf::predictor::PREDICTORS.each_ref().map(|kind| kind.name))?;
        module.add("STRATEGIES", graf::suggest::STRATEGIES.each_ref().map(|one| one.name))
    }
}
