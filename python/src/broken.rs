//! Errors of the library as Python exceptions.

use std::fmt::Display;

use graf::library::{EncodingReaderError, ParseError, PredictError, RowError};
use graf::model::ModelError;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

pyo3::create_exception!(
    graf,
    EncodingError,
    PyValueError,
    "An encoding that cannot be read. `index` is its place in the input, counted from 0."
);

pyo3::create_exception!(
    graf,
    LearnedError,
    PyValueError,
    "Features whose columns are learned, and nobody has learned them."
);

/// Why something cannot be done, before it is a Python exception: that is made with the interpreter's lock.
#[derive(Debug)]
pub enum Broken {
    /// The encoding at a place.
    Encoding(usize, String),
    /// A file.
    File(String),
    /// A value.
    Value(String),
}

impl Broken {
    /// A value that is wrong.
    pub fn value(error: impl Display) -> Self {
        Broken::Value(error.to_string())
    }
}

impl From<RowError> for Broken {
    fn from(error: RowError) -> Self {
        Broken::Encoding(error.index, format!("encoding {}: {}", error.index, error.reason))
    }
}

impl From<EncodingReaderError> for Broken {
    fn from(error: EncodingReaderError) -> Self {
        match error {
            EncodingReaderError::Row(error) => error.into(),
            EncodingReaderError::Model(error) => error.into(),
        }
    }
}

impl From<ParseError> for Broken {
    fn from(error: ParseError) -> Self {
        Broken::Encoding(error.index, format!("encoding {}: {}", error.index, error.reason))
    }
}

impl From<ModelError> for Broken {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Io(_) => Broken::File(error.to_string()),
            error => Broken::value(error),
        }
    }
}

impl From<PredictError> for Broken {
    fn from(error: PredictError) -> Self {
        Broken::value(error)
    }
}

impl From<graf::dataset::Error> for Broken {
    fn from(error: graf::dataset::Error) -> Self {
        Broken::value(error)
    }
}

impl From<Broken> for PyErr {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Encoding(index, reason) => at(index, reason),
            Broken::File(reason) => PyOSError::new_err(reason),
            Broken::Value(reason) => PyValueError::new_err(reason),
        }
    }
}

/// An exception about the encoding at a place.
pub fn at(index: usize, reason: String) -> PyErr {
    Python::attach(|py| {
        let error = EncodingError::new_err(reason);
        match error.value(py).setattr("index", index) {
            Ok(()) => error,
            Err(other) => other,
        }
    })
}
