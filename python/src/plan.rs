//! Features of encodings. Their plans are kept, so that a call with a single encoding costs microseconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use graf::features::Names;
use graf::library::{Broken as Policy, is_few};
use graf::prelude::Features;
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::broken::{Broken, LearnedError};
use crate::pool::run;
use crate::texts::{Texts, texts};
use crate::words;

/// The most plans that are kept.
const MOST: usize = 64;

/// The space, the groups, and whether the names are those of the paper's repository.
type Key = (&'static str, Vec<String>, bool);

/// Plans by what was asked for. Locked with the interpreter's lock only, so never in a child after a fork.
static PLANS: Mutex<Option<HashMap<Key, Arc<Features>>>> = Mutex::new(None);

/// The plan of some features for the encodings; new if columns are learned.
fn plan(
    texts: &Texts,
    space: Option<&str>,
    uses: Vec<String>,
    names: &str,
    learned: Option<Vec<String>>,
) -> Result<Arc<Features>, Broken> {
    let style = match names {
        "readable" => Names::Readable,
        "zc-combine" => Names::ZcCombine,
        other => {
            let reason = format!("names is '{other}', but must be 'readable' or 'zc-combine'");
            return Err(Broken::Value(reason));
        }
    };
    let space = words::space(space, texts)?;
    let key = (space.name(), uses, style == Names::ZcCombine);
    let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    let plans = plans.get_or_insert_default();
    if let (None, Some(plan)) = (&learned, plans.get(&key)) {
        return Ok(Arc::clone(plan));
    }
    let is_told = learned.is_some();
    let made = Features::of_uses(space, &words::uses(&key.1)?, style, learned.unwrap_or_default())?;
    let made = Arc::new(made);
    if !is_told {
        if plans.len() == MOST {
            plans.clear();
        }
        plans.insert(key, Arc::clone(&made));
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
    let plan = plan(&texts, space, uses, names, learned)?;
    if plan.is_learned() && !is_given {
        return Err(LearnedError::new_err("the columns of these features are learned"));
    }
    let values = if is_few(texts.len()) {
        plan.of_encodings(&texts, policy(nan))
    } else {
        let (plan, texts) = (Arc::clone(&plan), Arc::clone(&texts));
        run(py, move || plan.of_encodings(&texts, policy(nan)))?
    };
    let names = PyList::new(py, plan.names())?;
    Ok((values.map_err(Broken::from)?.into_pyarray(py), names))
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
    let plan = plan(&texts, space, uses, "readable", None)?;
    if !plan.is_learned() {
        return Ok(None);
    }
    let labels = run(py, move || plan.labels(&texts))?;
    Ok(Some(labels.map_err(Broken::from)?))
}
