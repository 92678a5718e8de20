//! What is learned from networks and numbers in memory.

use graf::experiment::Standing;
use graf::library::TrainingNumbers;
use graf::prelude::Comparison;
use numpy::PyReadonlyArray1;
use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::broken::Broken;
use crate::model::Model;
use crate::pool::run;
use crate::texts::texts;
use crate::words;

/// Targets of so many networks, all finite.
fn targets(given: &PyReadonlyArray1<f64>, networks: usize) -> Result<Vec<f64>, Broken> {
    let targets = given.as_array().to_vec();
    if targets.len() != networks {
        let found = targets.len();
        return Err(Broken::Value(format!("{networks} encodings, but y has {found} values")));
    }
    match targets.iter().position(|target| !target.is_finite()) {
        None => Ok(targets),
        Some(row) => Err(Broken::Value(format!("y is {} in row {row}, not finite", targets[row]))),
    }
}

/// Fits a model to encodings.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package calls it with all of them")]
pub fn fit(
    py: Python<'_>,
    encodings: &Bound<'_, PyList>,
    y: PyReadonlyArray1<f64>,
    space: Option<&str>,
    uses: Option<Vec<String>>,
    predictor: String,
    parameters: &str,
    target: &str,
    objective: Option<&str>,
    prior: Option<&Bound<'_, Model>>,
    name: &str,
    seed: u64,
) -> PyResult<Model> {
    let texts = texts(encodings, false)?;
    let targets = targets(&y, texts.len())?;
    let space = words::space(space, &texts)?;
    let parameters = words::parameters(parameters)?;
    let builder = graf::model::Model::builder(space).map_err(Broken::value)?;
    let builder = match uses {
        Some(uses) => builder.features(words::uses(&uses)?),
        None => builder,
    };
    let builder = builder.name(name).seed(seed);
    let builder = builder.predictor(&predictor, &parameters);
    let builder = builder.map_err(Broken::value)?;
    let builder = match words::direction(objective)? {
        Some(direction) => builder.objective(target, direction),
        None => builder.target(target),
    };
    let builder = match prior {
        Some(prior) if prior.get().model().header.targets.len() == 1 => {
            builder.prior(prior.get().copied()?)
        }
        Some(_) => return Err(Broken::Value("a prior has one target".to_owned()).into()),
        None => builder,
    };
    let fitted = run(py, move |control| -> Result<_, Broken> {
        Ok(builder.control(control).fit(&space.parse_all(&texts)?, &targets)?)
    })?;
    Ok(Model::new(fitted?))
}

/// Fits a predictor to numbers.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package calls it with all of them")]
pub fn fit_numbers(
    py: Python<'_>,
    records: PyReadonlyArray2<f64>,
    targets: PyReadonlyArray2<f64>,
    columns: Vec<String>,
    names: Vec<String>,
    predictor: String,
    parameters: &str,
    seed: u64,
) -> PyResult<Model> {
    let parameters = words::parameters(parameters)?;
    let objectives = names.iter().map(|name| words::objective(name, None));
    let objectives = objectives.collect::<Result<_, _>>()?;
    let (records, targets) = (records.as_array().to_owned(), targets.as_array().to_owned());
    let fitted = run(py, move |control| {
        let control = control.clone();
        let (records, targets, name) = (records.view(), targets.view(), "memory".to_owned());
        let numbers = TrainingNumbers { columns, records, objectives, targets, name, control };
        numbers.fit(&predictor, &parameters, seed)
    })?;
    Ok(Model::new(fitted.map_err(Broken::from)?))
}

/// A row of a comparison: features, predictor, size, metric, runs, mean, standard deviation, standing and p-value.
type Row = (String, String, usize, String, usize, f64, f64, &'static str, Option<f64>);

/// Compares sets of features and predictors on random training sets.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package calls it with all of them")]
pub fn compare(
    py: Python<'_>,
    encodings: &Bound<'_, PyList>,
    y: PyReadonlyArray1<f64>,
    space: Option<&str>,
    sets: Vec<(String, Vec<String>)>,
    predictors: Vec<(String, String)>,
    sizes: Vec<usize>,
    metrics: Vec<String>,
    repeats: usize,
    seed: u64,
    target: &str,
    objective: Option<&str>,
) -> PyResult<Vec<Row>> {
    let texts = texts(encodings, false)?;
    let targets = targets(&y, texts.len())?;
    let space = words::space(space, &texts)?;
    let mut comparison = Comparison::of(space, words::objective(target, objective)?);
    for (name, uses) in &sets {
        comparison = comparison.features(name, words::uses(uses)?);
    }
    for (name, parameters) in &predictors {
        let parameters = words::parameters(parameters)?;
        let added = comparison.predictor(name, &parameters);
        comparison = added.map_err(Broken::value)?;
    }
    let metrics = metrics.iter().map(|name| words::metric(name)).collect::<Result<Vec<_>, _>>()?;
    let comparison = comparison.train_sizes(&sizes).metrics(&metrics).repeats(repeats).seed(seed);
    let compared = run(py, move |control| -> Result<_, Broken> {
        comparison.control(control).run(&space.parse_all(&texts)?, &targets).map_err(Broken::value)
    })??;
    let row = |one: graf::prelude::Compared| {
        let standing = match one.standing {
            Standing::Best => "best",
            Standing::Close => "not significantly worse",
            Standing::Worse => "worse",
            Standing::Undecided => "too few runs",
        };
        let metric = one.metric.to_string();
        let size = one.train_size;
        (
            one.features,
            one.predictor,
            size,
            metric,
            one.runs,
            one.mean,
            one.std,
            standing,
            one.p_value,
        )
    };
    Ok(compared.into_iter().map(row).collect())
}
