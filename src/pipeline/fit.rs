//! Tables in, a fitted model out.

use std::collections::HashSet;
use std::ops::ControlFlow;

use linfa::Dataset;
use linfa::traits::Fit as _;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use super::predictors::{Predictors, Use, features_for};
use super::records::{Aside, Identify, Missing, Records, Wanted};
use super::{Error, zc_columns};
use crate::features::Labels;
use crate::metrics::kendall_tau;
use crate::predictor::forest::{Forest, ForestParams};
use crate::predictor::model::{Header, Model, OutOfBagSummary};
use crate::space::SearchSpace;
use crate::table::Input;

/// What `graf fit` is asked for.
#[derive(Debug, Clone)]
pub struct Fit {
    /// How tables are read.
    pub wanted: Wanted,
    /// The groups of columns that predict.
    pub uses: Vec<Use>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// What is predicted.
    pub targets: Vec<String>,
    /// The forest.
    pub forest: ForestParams,
}

/// A fitted model and what happened on the way.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// Rows that were not learned from as they are.
    pub aside: Aside,
    /// Networks that stand more than once in a joined table.
    pub doubled: u64,
    /// Training networks that are isomorphic to one before them.
    pub isomorphic: u64,
}

/// Fits a model on one or more tables.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, a column is not there, or nothing can be learned.
pub fn fit(inputs: &[Input], options: &Fit) -> Result<Fitted, Error> {
    let predictors = Predictors::Groups {
        uses: &options.uses,
        proxies: &options.proxies,
        columns: options.wanted.features.columns.as_deref().unwrap_or_default(),
    };
    if let Some(name) = twice(&options.targets) {
        return Err(Error::Taken { name, fix: "name it once with --target" });
    }
    let (mut columns, mut space, mut zc_combine): (Option<Vec<String>>, _, _) = (None, None, None);
    let mut proxies = Vec::new();
    let (mut records, mut targets) = (Vec::new(), Vec::new());
    let mut labels = Labels::default();
    let (mut aside, mut doubled) = (Aside::default(), 0);
    let (mut seen, mut isomorphic) = (HashSet::new(), 0);
    let wanted = Wanted {
        features: features_for(&options.uses, &options.wanted.features),
        identify: Identify::IfRead,
        ..options.wanted.clone()
    };
    let files: Vec<_> = inputs.iter().map(|input| (input.path(), "an input")).collect();
    let mut rejects = options.wanted.networks.open_rejects(&files)?;
    for input in inputs {
        let names = &options.targets;
        Records::read(input, &wanted, &predictors, names, &mut rejects, &mut |open, numbers| {
            let own = open.predictors();
            let expected = columns.get_or_insert_with(|| own.clone());
            if *expected != own {
                let (found, expected) = (own.len(), expected.len());
                return Err(Error::OtherColumns { input: input.to_string(), found, expected });
            }
            space = space.or(open.space());
            zc_combine = zc_combine.or(open.zc_combine());
            proxies = open.proxies();
            doubled = open.doubled();
            records.extend(numbers.records);
            targets.extend(numbers.targets);
            numbers.labels.into_iter().for_each(|row| labels.push(row));
            aside += numbers.aside;
            let again = numbers.networks.iter().filter(|known| !seen.insert(known.identity));
            isomorphic += again.count() as u64;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    let mut columns = columns.unwrap_or_default();
    let rows = targets.len() / options.targets.len().max(1);
    let no_rows = || {
        let inputs: Vec<_> = inputs.iter().map(ToString::to_string).collect();
        Error::NoRows { input: inputs.join(", "), aside }
    };
    if rows == 0 {
        return Err(no_rows());
    }
    learn(&labels, rows, &mut columns, &mut records);
    let shaped = |numbers, width| Array2::from_shape_vec((rows, width), numbers);
    let mut records = shaped(records, columns.len()).map_err(|_| no_rows())?;
    let medians = (options.wanted.missing == Some(Missing::Median)).then(|| {
        let medians = medians(records.view()).to_vec();
        records.as_slice_mut().into_iter().for_each(|records| fill(records, &medians));
        medians
    });
    let targets = shaped(targets, options.targets.len()).map_err(|_| no_rows())?;
    let dataset = Dataset::new(records, targets);
    let forest: Forest<f64, ndarray::Ix2> = options.forest.fit(&dataset)?;
    let unwritable = |error: serde_json::Error| Error::Model {
        name: "the model".to_owned(),
        error: error.into(),
    };
    let description = space
        .and_then(SearchSpace::described)
        .map(|described| serde_json::to_value(described.description()))
        .transpose()
        .map_err(unwritable)?;
    let features = match zc_combine {
        Some(_) => zc_columns::renamed(&wanted.features),
        None => wanted.features,
    };
    let header = Header {
        graf: env!("CARGO_PKG_VERSION").to_owned(),
        space: space.or(zc_combine).map(|space| space.name().to_owned()),
        prune: space.map(|_| wanted.networks.prune),
        description,
        features: serde_json::to_value(features).map_err(unwritable)?,
        columns,
        proxies,
        medians,
        targets: options.targets.clone(),
        forest: options.forest.clone(),
        rows,
        out_of_bag: summary(&forest, dataset.targets.view()),
        importances: forest.importances().to_vec(),
    };
    Ok(Fitted { model: Model { header, forest }, aside, doubled, isomorphic })
}

/// Adds the columns that are learned from the labels of the rows, after the others.
fn learn(labels: &Labels, rows: usize, columns: &mut Vec<String>, records: &mut Vec<f64>) {
    let mut learned = labels.columns(0..rows);
    learned.retain(|name| !columns.contains(name));
    if learned.is_empty() {
        return;
    }
    let counts = labels.counts(0..rows, &learned);
    let width = columns.len();
    let mut wide = Vec::with_capacity(records.len() + counts.len());
    for (row, counts) in counts.outer_iter().enumerate() {
        wide.extend_from_slice(&records[row * width..(row + 1) * width]);
        wide.extend(counts);
    }
    *records = wide;
    columns.append(&mut learned);
}

/// A name that stands there twice.
pub(super) fn twice(names: &[String]) -> Option<String> {
    let mut places = names.iter().enumerate();
    places.find(|(place, name)| names[..*place].contains(name)).map(|(_, name)| name.clone())
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

fn summary(
    forest: &Forest<f64, ndarray::Ix2>,
    targets: ArrayView2<f64>,
) -> Option<OutOfBagSummary> {
    let bag = forest.out_of_bag()?;
    let finite = |value: f64| value.is_finite().then_some(value);
    let tau = |(target, truth): (usize, ArrayView1<f64>)| {
        let predicted = bag.predictions.iter().skip(target).step_by(forest.targets());
        let seen = truth.into_iter().zip(predicted).filter(|pair| !pair.1.is_nan());
        let (truth, predicted): (Vec<f64>, Vec<f64>) = seen.unzip();
        finite(kendall_tau(&truth, &predicted))
    };
    let taus = targets.columns().into_iter().enumerate().map(tau);
    Some(OutOfBagSummary { r2: finite(bag.r2), kendall_tau: taus.collect() })
}
