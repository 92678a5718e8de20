//! Encodings of Python callers.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyList, PyString};

use crate::broken::at;

/// Encodings. Those that are missing are empty, which no space reads.
pub type Texts = Arc<Vec<Text>>;

/// An encoding: the text of a Python string, without a copy.
pub struct Text(Option<PyBackedStr>);

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Texts of a list. What is neither a string nor missing goes through `graf._encodings.text`, which makes a string of
/// tuples, dictionaries and numbers.
///
/// # Errors
///
/// `EncodingError` for the first element that is no encoding, or is missing and `nan` is not set.
pub fn texts(encodings: &Bound<'_, PyList>, nan: bool) -> PyResult<Texts> {
    let mut text_of = None;
    let mut texts = Vec::with_capacity(encodings.len());
    for (index, element) in encodings.iter().enumerate() {
        let element = if element.is_instance_of::<PyString>() {
            element
        } else {
            let text_of = match &mut text_of {
                Some(text_of) => text_of,
                empty => empty.insert(encodings.py().import("graf._encodings")?.getattr("text")?),
            };
            text_of.call1((element,)).map_err(|error| {
                at(index, format!("encoding {index}: {}", error.value(encodings.py())))
            })?
        };
        if element.is_none() {
            if !nan {
                return Err(at(index, format!("encoding {index} is missing")));
            }
            texts.push(Text(None));
            continue;
        }
        let text = element.extract::<PyBackedStr>();
        let text = text.map_err(|error| {
            at(index, format!("encoding {index} is not text: {}", error.value(encodings.py())))
        })?;
        texts.push(Text(Some(text)));
    }
    Ok(Arc::new(texts))
}
