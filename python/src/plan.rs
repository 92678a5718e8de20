//! Features of encodings. Their plans are kept, so that a call with a single encoding costs microseconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use graf::Control;
use graf::features::Names;
use graf::library::{OnBroken as Policy, is_few};
use graf::prelude::Features;
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::broken::{Broken, LearnedError};
use crate::pool::run;
use crate::texts::{Texts, texts};
use crate::words;

/// The most plans that are kept.
const MOST: usize = 64;

/// The space, the groups, and whether the names are those of the paper's repository.
type Key = (&'static str, Vec<String>, bool);

/// Plans by what was asked for. Locked with the interpreter's lock only, so never in a child after a fork.
static PLANS: Mutex<Option<HashMap<Key, Plan>>> = Mutex::new(None);

/// Features, and their names as Python texts, which are made once.
struct Plan {
    features: Arc<Features>,
    names: Py<PyTuple>,
}

impl Plan {
    fn copy(&self, py: Python<'_>) -> Self {
        Plan { features: Arc::clone(&self.features), names: self.names.clone_ref(py) }
    }
}

/// The plan of some features for the encodings; new if columns are learned.
fn plan(
    py: Python<'_>,
    texts: &Texts,
    space: Option<&str>,
    uses: Vec<String>,
    names: &str,
    learned: Option<Vec<String>>,
) -> PyResult<Plan> {
    let style = match names {
        "readable" => Names::Readable,
        "zc-combine" => Names::ZcCombine,
        other => {
            let reason = format!("names is '{other}', but must be 'readable' or 'zc-combine'");
            return Err(Broken::Value(reason).into());
        }
    };
    let space = words::space(space, texts)?;
    let key = (space.name(), uses, style == Names::ZcCombine);
    let plans = || PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    if let (None, Some(plan)) = (&learned, plans().as_ref().and_then(|plans| plans.get(&key))) {
        return Ok(plan.copy(py));
    }
    let is_told = learned.is_some();
    let uses = words::uses(&key.1)?;
    let features = Features::of_uses(space, &uses, style, learned.unwrap_or_default());
    let features = Arc::new(features.map_err(Broken::from)?);
    let names = PyTuple::new(py, features.names())?.unbind();
    let made = Plan { features, names };
    if !is_told {
        let mut plans = plans();
        let plans = plans.get_or_insert_default();
        if plans.len() >= MOST {
            plans.clear();
        }
        plans.insert(key, made.copy(py));
    }
    Ok(made)
}

fn policy(nan: bool) -> Policy {
    if nan { Policy::Nan } else { Policy::Refuse }
}

/// The features of encodings, n × d, and their names.
#[pyfunction]
pub fn featurize<'py>(
    py: Python<'py>,
    encodings: &Bound<'py, PyList>,
    space: Option<&str>,
    uses: Vec<String>,
    names: &str,
    nan: bool,
    learned: Option<Vec<String>>,
) -> PyResult<(Bound<'py, PyArray2<f64>>, Bound<'py, PyList>)> {
    let texts = texts(encodings, nan)?;
    let is_given = learned.is_some();
    let Plan { features, names } = plan(py, &texts, space, uses, names, learned)?;
    if features.is_learned() && !is_given {
        return Err(LearnedError::new_err("the columns of these features are learned"));
    }
    let values = if is_few(texts.len()) {
        features.of_encodings(&texts, policy(nan), &Control::default())
    } else {
        let texts = Arc::clone(&texts);
        run(py, move |control| features.of_encodings(&texts, policy(nan), control))?
    };
    Ok((values.map_err(Broken::from)?.into_pyarray(py), names.bind(py).to_list()))
}

/// The columns that the groups learn from encodings; none if none are learned.
#[pyfunction]
pub fn labels(
    py: Python<'_>,
    encodings: &Bound<'_, PyList>,
    space: Option<&str>,
    uses: Vec<String>,
) -> PyResult<Option<Vec<String>>> {
    let texts = texts(encodings, false)?;
    let Plan { features, .. } = plan(py, &texts, space, uses, "readable", None)?;
    if !features.is_learned() {
        return Ok(None);
    }
    let labels = run(py, move |_| features.labels(&texts))?;
    Ok(Some(labels.map_err(Broken::from)?))
}
