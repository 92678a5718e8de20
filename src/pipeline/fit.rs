//! Tables in, a fitted model out.

use std::collections::HashSet;

use ndarray::{Array1, Array2, ArrayView2};

use super::gather::Gathered;
use super::predictors::{Predictors, Use, features_for, features_of, features_with};
use super::records::Aside;
use super::wanted::{Identify, Missing, Wanted};
use super::{Error, zc_columns};
use crate::features::Labels;
use crate::metrics::{kendall_tau, r2};
use crate::predictor::model::{Header, HeldOutSummary, Model};
use crate::predictor::prior::{FromPrior, WithPrior};
use crate::predictor::{Fitted as Predictor, Learner, beside};
use crate::space::SearchSpace;
use crate::table::Input;

/// What `graf fit` is asked for.
#[derive(Debug)]
pub struct Fit {
    /// How tables are read.
    pub wanted: Wanted,
    /// The groups of columns that predict.
    pub uses: Vec<Use>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// What is predicted.
    pub targets: Vec<String>,
    /// The predictor.
    pub learner: Box<dyn Learner>,
    /// The model that the predictor starts from.
    pub prior: Option<Model>,
    /// The seed.
    pub seed: u64,
}

/// A fitted model and what happened on the way.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// Rows that were not learned from as they are.
    pub aside: Aside,
    /// Training networks that are isomorphic to one before them.
    pub isomorphic: u64,
}

/// Fits a model on one or more tables.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, a column is not there, or nothing can be learned.
pub fn fit(inputs: &[Input], options: Fit) -> Result<Fitted, Error> {
    let prior = options.prior.as_ref().map(|prior| &prior.header);
    let predictors = Predictors::Groups {
        uses: &options.uses,
        proxies: &options.proxies,
        columns: options.wanted.features.columns.as_deref().unwrap_or_default(),
        prior,
    };
    let features = features_for(&options.uses, &options.wanted.features);
    let wanted = Wanted {
        features: features_with(prior, features)?,
        identify: Identify::IfRead,
        ..options.wanted.clone()
    };
    let read = Gathered::read(inputs, &wanted, &predictors, &options.targets, &mut |_| Ok(()))?;
    let Gathered { mut columns, mut records, targets, networks, space, zc_combine, .. } = read;
    let rows = targets.nrows();
    let different: HashSet<_> = networks.iter().map(|known| known.identity).collect();
    let isomorphic = (networks.len() - different.len()) as u64;
    learn(&read.labels, &mut columns, &mut records);
    let medians = (options.wanted.missing == Some(Missing::Median)).then(|| {
        let medians = medians(records.view());
        fill_all(&mut records, &medians);
        medians.to_vec()
    });
    let place = |name: &String| columns.iter().position(|column| column == name);
    let places = prior.map(|prior| prior.columns.iter().filter_map(place).collect::<Vec<_>>());
    let unwritable = |error: serde_json::Error| Error::Model {
        name: "the model".to_owned(),
        error: error.into(),
    };
    let description = space
        .and_then(SearchSpace::described)
        .map(|described| serde_json::to_value(described.description()))
        .transpose()
        .map_err(unwritable)?;
    let features = features_of(&options.uses, &options.wanted.features, &columns);
    let features = features_with(prior, features)?;
    let features = match zc_combine {
        Some(_) => zc_columns::renamed(&features),
        None => features,
    };
    let (name, parameters) = (options.learner.name(), options.learner.parameters());
    let (prior, predictor) = match (options.prior, places) {
        (Some(prior), Some(places)) => {
            let wide = WithPrior::records(&*prior.predictor, &places, records.view());
            let learner = FromPrior(options.learner);
            let started = learner.fit(wide.view(), targets.view(), options.seed)?;
            let predictor = WithPrior::new(prior.predictor, places, started);
            (Some(Box::new(prior.header)), Box::new(predictor) as Box<dyn Predictor>)
        }
        _ => (None, options.learner.fit(records.view(), targets.view(), options.seed)?),
    };
    let header = Header {
        graf: env!("CARGO_PKG_VERSION").to_owned(),
        space: space.or(zc_combine).map(|space| space.name().to_owned()),
        prune: space.map(|_| wanted.networks.prune),
        description,
        features: serde_json::to_value(features).map_err(unwritable)?,
        columns,
        proxies: read.proxies,
        medians,
        targets: options.targets.clone(),
        predictor: name.to_owned(),
        parameters,
        seed: options.seed,
        rows,
        held_out: summary(&*predictor, targets.view()),
        prior,
        report: predictor.report(),
        importances: predictor.importances(),
    };
    Ok(Fitted { model: Model { header, predictor }, aside: read.aside, isomorphic })
}

/// Adds the columns that are learned from the labels of the rows, after the others.
fn learn(labels: &Labels, columns: &mut Vec<String>, records: &mut Array2<f64>) {
    let rows = 0..records.nrows();
    let mut learned = labels.columns(rows.clone());
    learned.retain(|name| !columns.contains(name));
    if !learned.is_empty() {
        *records = beside(records.view(), labels.counts(rows, &learned).view());
        columns.append(&mut learned);
    }
}

/// The median of each column (rows × columns) without what is missing; 0 if all of it is.
pub(super) fn medians(records: ArrayView2<f64>) -> Array1<f64> {
    records
        .columns()
        .into_iter()
        .map(|column| {
            let mut values: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
            values.sort_unstable_by(f64::total_cmp);
            let middle = values.len() / 2;
            match values.len() {
                0 => 0.0,
                count if count % 2 == 1 => values[middle],
                _ => values[middle - 1] / 2.0 + values[middle] / 2.0,
            }
        })
        .collect()
}

/// Puts the median of each column in the place of what is missing (rows × columns).
pub(super) fn fill_all(records: &mut Array2<f64>, medians: &Array1<f64>) {
    for mut row in records.rows_mut() {
        row.zip_mut_with(medians, |value, median| {
            *value = if value.is_nan() { *median } else { *value };
        });
    }
}

/// Puts `medians` in the place of what is missing.
pub(super) fn fill(records: &mut [f64], medians: &[f64]) {
    for record in records.chunks_exact_mut(medians.len().max(1)) {
        for (value, median) in record.iter_mut().zip(medians) {
            if value.is_nan() {
                *value = *median;
            }
        }
    }
}

/// How well the training rows are predicted by what has not seen them.
fn summary(predictor: &dyn Predictor, targets: ArrayView2<f64>) -> Option<HeldOutSummary> {
    let held_out = predictor.held_out()?;
    let finite = |value: f64| value.is_finite().then_some(value);
    let columns = targets.columns().into_iter().zip(held_out.predictions.columns());
    let measured = columns.map(|(truth, predicted)| {
        let seen = truth.iter().zip(predicted).filter(|pair| !pair.1.is_nan());
        let (truth, predicted): (Vec<f64>, Vec<f64>) = seen.unzip();
        (r2(&truth, &predicted), finite(kendall_tau(&truth, &predicted)))
    });
    let (r2, kendall_tau): (Vec<f64>, Vec<_>) = measured.unzip();
    let r2 = finite(r2.iter().sum::<f64>() / r2.len() as f64);
    Some(HeldOutSummary { by: held_out.by.to_owned(), r2, kendall_tau })
}
