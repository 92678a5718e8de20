//! Measures of predictions, orders of networks, and which to train next.

use graf::metrics::{Directions, METRICS, Metric, Stated};
use graf::prelude::Suggestion;
use graf::ranking::{
    AGGREGATES, Aggregate, KnownDirection, RankTable, Score, Target, aggregates_for, stated_of,
};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::broken::Broken;
use crate::model::Model;
use crate::pool::run;
use crate::texts::texts;
use crate::words;

/// The metrics that are named, or all that are defined without a cut and those at their usual one.
fn named(words: Option<&[String]>) -> Result<Vec<Metric>, Broken> {
    match words {
        Some(words) => words.iter().map(|word| words::metric(word)).collect(),
        None => Ok(METRICS.to_vec()),
    }
}

/// Metrics of a prediction, in the direction of the target.
#[pyfunction]
#[pyo3(name = "metrics")]
pub fn metrics(
    truth: PyReadonlyArray1<f64>,
    prediction: PyReadonlyArray1<f64>,
    names: Option<Vec<String>>,
    objective: Option<&str>,
) -> PyResult<Vec<(String, f64)>> {
    let (truth, prediction) = (truth.as_array().to_vec(), prediction.as_array().to_vec());
    let direction = words::direction(objective)?;
    let mut metrics = named(names.as_deref())?;
    if names.is_none() && direction.is_none() {
        metrics.retain(|metric| !metric.needs_direction());
    }
    let both = Directions::both(direction);
    let value =
        |metric: Metric| Ok((metric.to_string(), metric.compute_in(both, &truth, &prediction)?));
    let values: Result<_, graf::metrics::MetricError> = metrics.into_iter().map(value).collect();
    Ok(values.map_err(Broken::value)?)
}

/// Of each column its name, its direction and how that is known, and the values of the metrics.
type Ranked = (String, Option<String>, Option<&'static str>, Vec<f64>);

/// Numbers with their name, one for each network.
type Named = (String, Vec<f64>);

/// How columns agree with a target, and aggregates of their ranks.
#[pyfunction]
pub fn rank(
    py: Python<'_>,
    columns: Vec<Named>,
    target: Option<Named>,
    directions: Vec<(String, String)>,
    aggregates: Option<Vec<String>>,
    metrics: Vec<String>,
) -> PyResult<(Vec<Ranked>, Vec<Named>)> {
    let metrics = named(Some(&metrics))?;
    let ranked = run(py, move |_| ranked(columns, target, &directions, aggregates, &metrics))?;
    Ok(ranked?)
}

fn ranked(
    columns: Vec<Named>,
    target: Option<Named>,
    directions: &[(String, String)],
    aggregates: Option<Vec<String>>,
    metrics: &[Metric],
) -> Result<(Vec<Ranked>, Vec<Named>), Broken> {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    for (name, values) in columns.iter().chain(&target) {
        if values.len() != rows {
            let found = values.len();
            return Err(Broken::Value(format!("column {name} has {found} rows, others {rows}")));
        }
    }
    let score =
        |(name, values)| Score { name, values, objective: None, in_training: None, recipe: None };
    let scores: Vec<Score> = columns.into_iter().map(score).collect();
    for Score { name, values, .. } in &scores {
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            let value = values[row];
            return Err(Broken::Value(format!(
                "column {name} is {value} in row {row}, not finite"
            )));
        }
    }
    let scores: Vec<&Score> = scores.iter().collect();
    let stated = directions.iter().map(|(name, word)| {
        let direction = words::direction(Some(word))?;
        Ok(direction.map(|direction| (Some(name.clone()), direction)))
    });
    let stated = Stated::new(stated.collect::<Result<Vec<_>, Broken>>()?.into_iter().flatten());
    let of_target = target.as_ref().map(|(name, _)| name.as_str());
    let (objective, objectives) = stated_of(&stated, of_target, &scores).map_err(Broken::value)?;
    let labels = target.map(|(_, labels)| labels);
    let target = objective.zip(labels).map(|(objective, labels)| Target { objective, labels });
    let named = aggregates.map(|names| names.iter().map(|name| aggregate(name)).collect());
    let named: Option<Vec<&'static Aggregate>> = named.transpose()?;
    let [aggregates, _] = aggregates_for(named.as_deref(), rows).map_err(Broken::value)?;
    let mut table = RankTable::new(&scores, &objectives, target).map_err(Broken::value)?;
    table.add(&aggregates).map_err(Broken::value)?;
    let agreements = table.agreements(metrics, &[]);
    let columns = table.columns.iter().enumerate().map(|(place, column)| {
        let direction = column.known.map(|known| known.direction().to_string());
        let known = column.known.as_ref().map(how);
        let values = agreements.iter().find(|one| one.column == place);
        let values = values.map(|one| one.metrics.iter().map(|(_, value)| *value).collect());
        (column.name.clone(), direction, known, values.unwrap_or_default())
    });
    let first = table.columns.len() - aggregates.len();
    let values = table.columns.iter().zip(&table.values).skip(first);
    let values = values.map(|(column, values)| (column.name.clone(), values.to_vec()));
    Ok((columns.collect(), values.collect()))
}

/// How a direction is known.
fn how(known: &KnownDirection) -> &'static str {
    match known {
        KnownDirection::Stated(_) => "stated",
        KnownDirection::Recipe(_) => "recipe",
        KnownDirection::Published(_) => "published",
        KnownDirection::Estimated(_) => "estimated",
    }
}

fn aggregate(name: &str) -> Result<&'static Aggregate, Broken> {
    let names = || AGGREGATES.each_ref().map(|one| one.name).join(", ");
    let found = AGGREGATES.iter().find(|one| one.name == name);
    found.ok_or_else(|| Broken::Value(format!("no aggregate '{name}'; choose from {}", names())))
}

/// Which of some networks to train next: their indices, and the scores of the strategy.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package calls it with all of them")]
pub fn suggest(
    py: Python<'_>,
    candidates: &Bound<'_, PyList>,
    count: usize,
    space: Option<&str>,
    strategy: &str,
    model: Option<&Bound<'_, Model>>,
    known: &Bound<'_, PyList>,
    best: Option<f64>,
    seed: u64,
) -> PyResult<(Vec<usize>, Vec<f64>)> {
    let (candidates, known) = (texts(candidates, false)?, texts(known, false)?);
    let own = model.and_then(|model| model.get().model().header.space.clone());
    let space = words::space(space.or(own.as_deref()), &candidates)?;
    let strategy = graf::suggest::by_name(strategy).ok_or_else(|| {
        let names = graf::suggest::STRATEGIES.each_ref().map(|one| one.name).join(", ");
        Broken::Value(format!("no strategy '{strategy}'; choose from {names}"))
    })?;
    let model = model.map(|model| model.get().shared());
    let chosen = run(py, move |control| -> Result<_, Broken> {
        let (candidates, known) = (space.parse_all(&candidates)?, space.parse_all(&known)?);
        let suggestion = Suggestion::new(space).strategy(strategy).known(&known, best).seed(seed);
        let suggestion = suggestion.control(control);
        let suggestion = match &model {
            Some(model) => suggestion.model(model),
            None => suggestion,
        };
        suggestion.choose(&candidates, count).map_err(Broken::value)
    })??;
    Ok(chosen.into_iter().map(|choice| (choice.row, choice.score)).unzip())
}
