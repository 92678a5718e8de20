//! Fitted models.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use graf::library::{EncodingPredictions, EncodingReader, OnBroken as Policy};
use graf::predictor::by_name;
use numpy::{IntoPyArray, PyArray2, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::broken::Broken;
use crate::pool::run;
use crate::texts::{Texts, texts};
use crate::words;

/// A fitted model; what people call is `graf.Model`.
#[pyclass(module = "graf._graf", frozen)]
pub struct Model {
    model: Arc<graf::model::Model>,
    /// The plan of its features for its space, once it is needed. Locked with the interpreter's lock only.
    reader: Mutex<Option<Arc<EncodingReader>>>,
}

/// Numbers and, where there are some, numbers of the same shape beside them.
type Both<'py> = (Bound<'py, PyArray2<f64>>, Option<Bound<'py, PyArray2<f64>>>);

impl Model {
    /// A model of the library.
    pub fn new(model: graf::model::Model) -> Self {
        Model { model: Arc::new(model), reader: Mutex::new(None) }
    }

    /// A copy of the library's model.
    pub fn copied(&self) -> Result<graf::model::Model, Broken> {
        Ok(graf::model::Model::read(&self.bytes()?)?)
    }

    /// The library's model, to be used on other threads.
    pub fn shared(&self) -> Arc<graf::model::Model> {
        Arc::clone(&self.model)
    }

    /// The library's model.
    pub fn model(&self) -> &graf::model::Model {
        &self.model
    }

    fn bytes(&self) -> Result<Vec<u8>, Broken> {
        let mut bytes = Vec::new();
        self.model.write(&mut bytes)?;
        Ok(bytes)
    }

    /// What it makes of encodings of a space: its own, the one that is named, or the one that they are of.
    fn reader(&self, space: Option<&str>, texts: &Texts) -> Result<Arc<EncodingReader>, Broken> {
        let mut kept = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let (None, Some(reader)) = (space, &*kept) {
            return Ok(Arc::clone(reader));
        }
        let named = space.map(words::named).transpose()?;
        if let Some(reader) = EncodingReader::new(&self.model, named)? {
            let reader = Arc::new(reader);
            if named.is_none() {
                *kept = Some(Arc::clone(&reader));
            }
            return Ok(reader);
        }
        let reader = EncodingReader::new(&self.model, Some(words::space(None, texts)?))?;
        reader.map(Arc::new).ok_or_else(|| Broken::Value("no space is known".to_owned()))
    }
}

#[pymethods]
impl Model {
    /// Reads the bytes of a model file.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Self> {
        Ok(Model::new(graf::model::Model::read(bytes).map_err(Broken::from)?))
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        let loaded = graf::model::Model::load(&path).map_err(|error| match Broken::from(error) {
            Broken::File(reason) => Broken::File(format!("{}: {reason}", path.display())),
            Broken::Value(reason) => Broken::Value(format!("{}: {reason}", path.display())),
            other @ Broken::Encoding(..) => other,
        });
        Ok(Model::new(loaded?))
    }

    /// The bytes of its file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.bytes()?))
    }

    /// Writes its file, which appears whole or not at all.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        Ok(self.model.save(&path).map_err(Broken::from)?)
    }

    /// What it says of itself, as `graf inspect` writes it: JSON.
    fn card(&self) -> PyResult<String> {
        let mut header = self.model.header.clone();
        header.settle();
        Ok(serde_json::to_string(&header).map_err(Broken::value)?)
    }

    /// The names of its columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.model.header.columns.clone()
    }

    /// The names of its targets.
    #[getter]
    fn targets(&self) -> Vec<String> {
        self.model.header.targets.clone()
    }

    /// The name of its predictor.
    #[getter]
    fn predictor(&self) -> &str {
        &self.model.header.predictor
    }

    /// The name of its space, where it is known.
    #[getter]
    fn space(&self) -> Option<&str> {
        self.model.header.space.as_deref()
    }

    /// Of each target the direction: what was stated, or else what its name leaves no doubt about.
    #[getter]
    fn directions(&self) -> Vec<Option<String>> {
        let objectives = self.model.header.objectives();
        objectives.iter().map(|one| Some(one.direction()?.to_string())).collect()
    }

    /// Whether its predictor has standard deviations.
    #[getter]
    fn has_std(&self) -> bool {
        by_name(&self.model.header.predictor).is_some_and(|kind| kind.has_deviation)
    }

    /// For each column its share in what was learned, where the predictor tells.
    #[getter]
    fn importances(&self) -> Option<Vec<f64>> {
        self.model.header.importances.clone()
    }

    /// Predictions for encodings, n × targets, and their standard deviations.
    fn predict<'py>(
        &self,
        py: Python<'py>,
        encodings: &Bound<'py, PyList>,
        space: Option<&str>,
        nan: bool,
    ) -> PyResult<Both<'py>> {
        let texts = texts(encodings, nan)?;
        let reader = self.reader(space, &texts)?;
        let policy = if nan { Policy::Nan } else { Policy::Refuse };
        let model = Arc::clone(&self.model);
        let predicted = {
            let texts = Arc::clone(&texts);
            run(py, move |control| reader.predict(&model, &texts, policy, control))?
        };
        let EncodingPredictions { mean, std } = predicted.map_err(Broken::from)?;
        Ok((mean.into_pyarray(py), std.map(|std| std.into_pyarray(py))))
    }

    /// Predictions for numbers, n × targets, and their standard deviations.
    fn predict_numbers<'py>(
        &self,
        py: Python<'py>,
        records: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Both<'py>> {
        let records = records.as_array();
        let columns = self.model.header.columns.len();
        if records.ncols() != columns {
            let found = records.ncols();
            let reason = format!("X has {found} features, but the model expects {columns}");
            return Err(Broken::Value(reason).into());
        }
        let broken = records.indexed_iter().find(|(_, number)| !number.is_finite());
        if let Some(((row, column), number)) = broken {
            let reason = format!("row {row}, column {column} (from 0) is {number}, not finite");
            return Err(Broken::Value(reason).into());
        }
        let (records, model) = (records.to_owned(), Arc::clone(&self.model));
        let predicted = run(py, move |_| model.predictor.mean_and_std(records.view()))?;
        let (mean, std) = predicted.map_err(Broken::value)?;
        Ok((mean.into_pyarray(py), std.map(|std| std.into_pyarray(py))))
    }

    /// A base value, contributions n × columns, and the names of the columns.
    fn explain<'py>(
        &self,
        py: Python<'py>,
        encodings: &Bound<'py, PyList>,
        target: String,
        space: Option<&str>,
    ) -> PyResult<(f64, Bound<'py, PyArray2<f64>>, Vec<String>)> {
        let texts = texts(encodings, false)?;
        let space = words::space(space.or(self.model.header.space.as_deref()), &texts)?;
        let model = Arc::clone(&self.model);
        let explained = run(py, move |_| -> Result<_, Broken> {
            Ok(model.explain(&space.parse_all(&texts)?, &target)?)
        })??;
        let contributions = explained.contributions;
        Ok((contributions.base, contributions.values.into_pyarray(py), explained.columns))
    }
}
