//! A pool of networks in, those to train next out.

use std::collections::HashSet;
use std::ops::ControlFlow;

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};

use crate::dataset::FileRole;
use crate::dataset::Twice;
use crate::dataset::columns::ColumnChoice;
use crate::dataset::gather::twice;
use crate::dataset::impute::{fill_all, medians, missing};
use crate::dataset::label::label;
use crate::dataset::memory::Room;
use crate::dataset::planned::{features_for, features_of};
use crate::dataset::records::{Numbers, Records};
use crate::dataset::rejects::Rejects;
use crate::dataset::training::check_medians;
use crate::dataset::unique::Seen;
use crate::dataset::uses::Use;
use crate::dataset::written::kept;
use crate::dataset::{Error, Keep, RowCounts, zc_columns};
use crate::dataset::{Identify, Missing, Request};
use crate::features::{FeatureConfig, Labels, is_learned_name};
use crate::graph::Identity;
use crate::metrics::{Direction, Stated, ranked_by};
use crate::model::Model;
use crate::model::names;
use crate::predictor::{COPY, Footprint, beside};
use crate::space::SearchSpace;
use crate::stream::NUMBER_ROWS;
use crate::suggest::{Choice, Predicted, Question, Strategy};
use crate::table::{Begun, Input, Output, OutputFormat, Value};

/// The name of the column of scores.
const SCORE: &str = "score";

/// What the known values of the target are for.
const IMPROVED: &str = "the best known value is looked for here";

/// What `graf suggest` is asked for.
#[derive(Debug)]
pub struct Suggest {
    /// How tables are read.
    pub request: Request,
    /// Without a model: the groups of columns that tell networks apart.
    pub uses: Vec<Use>,
    /// The names of the proxies; if empty, those of NAS-Bench-Suite-Zero.
    pub proxies: Vec<String>,
    /// Tables of networks that are trained already.
    pub known: Vec<Input>,
    /// How networks are chosen.
    pub strategy: &'static Strategy,
    /// How many.
    pub count: usize,
    /// Which of the pool's columns go along, as for a prediction.
    pub keep: Option<Keep>,
    /// The output's format, if not that of its name.
    pub format: Option<OutputFormat>,
    /// The target of the model that says which networks are better; it must be named if there are
    /// several.
    pub by: Option<String>,
    /// Directions that complete those of the model.
    pub stated: Stated,
    /// The seed.
    pub seed: u64,
}

/// What was suggested of what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suggested {
    /// Networks that were suggested.
    pub written: usize,
    /// Networks that could have been.
    pub left: usize,
    /// Networks of the pool that compute the same as one before them.
    pub repeated: u64,
    /// Different networks of the pool that are known.
    pub known: usize,
    /// The target of a model that says which networks are better.
    pub target: Option<String>,
    /// Its best known value.
    pub best: Option<f64>,
    /// Rows that were not worked on as they are.
    pub aside: RowCounts,
}

/// Chooses networks of a pool and writes them in the order of their choice: the columns that are kept,
/// for each target of a model the prediction and its standard deviation, and the score.
///
/// Networks of the tables of known ones, in whatever encoding, and those that the model was trained on are
/// never suggested, and of networks
/// that are the same the first stands for all.
///
/// # Errors
///
/// [`Error`] if a table cannot be read, a column is not there, the strategy cannot choose, or the
/// direction of a model's target is open.
///
/// # Complexity
///
/// The pool is kept in memory as numbers: about 24 bytes for each network and column, and what is kept
/// of its rows.
pub fn suggest(
    model: Option<&Model>,
    pool: &Input,
    output: &Output,
    options: &Suggest,
    progress: &mut dyn FnMut(u64),
) -> Result<Suggested, Error> {
    let aim = model.map(|model| Aim::of(model, options)).transpose()?;
    let mut files = vec![(pool.path(), FileRole::Pool), (output.path(), FileRole::Output)];
    files.extend(options.known.iter().map(|known| (known.path(), FileRole::Known)));
    let mut rejects = options.request.networks.open_rejects(&files)?;
    let begun = Begun::new(output, options.format)?;
    let format = begun.format();
    let mut networks = Networks::read(model, pool, options, format, &mut rejects, progress)?;
    let known = networks.add_known(model, aim.as_ref(), options, &mut rejects)?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    let predictions = model.map(|model| predictions(model, networks.records.view())).transpose()?;
    if let Some((mean, std)) = &predictions
        // A standard deviation may be absent, which is NaN.
        && (mean.iter().any(|mean| !mean.is_finite()) || std.iter().flatten().any(|std| std.is_infinite()))
    {
        let place = "one of its networks".to_owned();
        return Err(Error::NotFinite { input: pool.to_string(), place });
    }
    let predicted = predictions.as_ref().zip(aim.as_ref()).map(|((mean, std), aim)| {
        let of_target = |all: &Array2<f64>| all.column(aim.place).to_vec();
        let (mean, std) = (of_target(mean), std.as_ref().map(of_target));
        Predicted { mean, std, best: known.best, direction: aim.direction }
    });
    let is_trained =
        |one: &Identity| model.is_some_and(|model| model.networks.contains(one.short()));
    let is_open = |one: &Identity| !known.all.contains(one) && !is_trained(one);
    let open: Vec<bool> = networks.identities.iter().map(is_open).collect();
    let left = open.iter().filter(|open| **open).count();
    let is_open = open.into_iter().chain(vec![false; known.rows]).collect();
    let question = Question::new(networks.records.view(), is_open, predicted, options.seed);
    let chosen = options.strategy.choose(&question, options.count)?;
    networks.write(model, predictions.as_ref(), &chosen, begun)?;
    Ok(Suggested {
        written: chosen.len(),
        left,
        repeated: networks.repeated,
        known: networks.identities.len() - left,
        target: aim.map(|aim| aim.target),
        best: known.best,
        aside: networks.aside,
    })
}

/// What is to be improved: a target of a model.
struct Aim {
    place: usize,
    target: String,
    direction: Direction,
}

impl Aim {
    fn of(model: &Model, options: &Suggest) -> Result<Self, Error> {
        let objectives = options.stated.complete(&model.header.objectives())?;
        let (place, objective) = ranked_by(&objectives, options.by.as_deref())?;
        let direction = objective.needed_for("what to train next")?;
        Ok(Aim { place, target: objective.target.clone(), direction })
    }
}

/// The different networks of a pool, and after their records those of known ones.
struct Networks {
    /// The names of the predictors.
    columns: Vec<String>,
    /// Those of them that are proxies.
    proxies: Vec<String>,
    /// rows × columns.
    records: Array2<f64>,
    /// What stands in for a missing value of each column.
    medians: Array1<f64>,
    identities: Vec<Identity>,
    /// The names of the columns that go along, and for each network their values.
    kept_names: Vec<String>,
    kept: Vec<Vec<Value>>,
    space: Option<&'static dyn SearchSpace>,
    zc_combine: bool,
    repeated: u64,
    aside: RowCounts,
}

/// What known networks say.
#[derive(Default)]
struct KnownNetworks {
    all: HashSet<Identity>,
    rows: usize,
    /// The best of their values of the target.
    best: Option<f64>,
}

impl Networks {
    fn read(
        model: Option<&Model>,
        pool: &Input,
        options: &Suggest,
        format: OutputFormat,
        rejects: &mut Option<Rejects>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, Error> {
        let mut request = match model {
            Some(model) => options.request.of_model(&model.header)?,
            None => Request {
                features: features_for(&options.uses, &options.request.features),
                ..options.request.clone()
            },
        };
        request.identify = Identify::Always;
        if let Some(Keep::Columns(names)) = &options.keep {
            request.carried.clone_from(names);
        }
        let predictors = match model {
            Some(model) => ColumnChoice::Named(&model.header.columns, &model.header.proxies),
            None => ColumnChoice::Groups {
                uses: &options.uses,
                proxies: &options.proxies,
                columns: options.request.features.columns.as_deref().unwrap_or_default(),
                prior: None,
            },
        };
        let room = Room::now();
        let mut all = Networks::none();
        let (mut seen, mut labels) = (Seen::default(), Labels::default());
        let (mut numbers_of_all, mut places, mut read) = (Vec::new(), None, 0);
        Records::read(pool, &request, &predictors, &[], rejects, &mut |open, numbers| {
            check_networks(open, &numbers)?;
            read += numbers.rows.len() as u64 + numbers.aside.dropped + numbers.aside.broken;
            let places = if let Some(places) = &places {
                places
            } else {
                let found = kept(options.keep.as_ref(), format, open)?;
                all.kept_names = found.iter().map(|&place| open.columns()[place].clone()).collect();
                (all.columns, all.proxies) = (open.predictors(), open.proxies());
                (all.space, all.zc_combine) = (open.space(), open.zc_combine().is_some());
                places.insert(found)
            };
            all.aside += numbers.aside;
            let rows = all.identities.len() + numbers.rows.len();
            room.check(rows, all.columns.len(), Footprint::numbers(2.0 * COPY))?;
            let rows = numbers.rows.into_iter().zip(numbers.networks).zip(numbers.labels);
            for (place, ((row, network), own_labels)) in rows.enumerate() {
                if !seen.is_new(network.function) {
                    all.repeated += 1;
                    continue;
                }
                let width = all.columns.len();
                numbers_of_all.extend(&numbers.records[place * width..(place + 1) * width]);
                all.identities.push(network.function);
                all.kept.push(places.iter().map(|&place| row.values[place].clone()).collect());
                labels.push(own_labels);
            }
            progress(read);
            Ok(ControlFlow::Continue(()))
        })?;
        let rows = all.identities.len();
        let no_rows = || Error::NoRows { input: pool.to_string(), aside: all.aside };
        let shape = (rows, all.columns.len());
        if rows == 0 {
            return Err(no_rows());
        }
        all.records = Array2::from_shape_vec(shape, numbers_of_all).map_err(|_| no_rows())?;
        let mut learned = labels.columns(0..rows);
        learned.retain(|name| !all.columns.contains(name));
        if !learned.is_empty() {
            let counts = labels.counts(0..rows, &learned);
            all.records = beside(all.records.view(), counts.view());
            all.columns.append(&mut learned);
        }
        all.medians = if let Some(medians) = model.and_then(|model| model.header.medians.clone()) {
            Array1::from(medians)
        } else {
            check_medians(all.records.view(), &all.columns)?;
            medians(all.records.view())
        };
        all.aside.filled = missing(all.records.view());
        fill_all(&mut all.records, &all.medians);
        Ok(all)
    }

    fn none() -> Self {
        Networks {
            columns: Vec::new(),
            proxies: Vec::new(),
            records: Array2::zeros((0, 0)),
            medians: Array1::zeros(0),
            identities: Vec::new(),
            kept_names: Vec::new(),
            kept: Vec::new(),
            space: None,
            zc_combine: false,
            repeated: 0,
            aside: RowCounts::default(),
        }
    }

    /// Reads the tables of known networks, and puts their records after those of the pool.
    fn add_known(
        &mut self,
        model: Option<&Model>,
        aim: Option<&Aim>,
        options: &Suggest,
        rejects: &mut Option<Rejects>,
    ) -> Result<KnownNetworks, Error> {
        let mut request = match model {
            Some(model) => options.request.of_model(&model.header)?,
            None => Request { features: self.features(options), ..options.request.clone() },
        };
        request.identify = Identify::Always;
        request.model_space = self.space.or(request.model_space);
        // A known network is known whether or not it meets the condition.
        request.condition = None;
        // A known network is known though a feature is missing.
        if request.missing == Some(Missing::Drop) {
            request.missing = Some(Missing::Median);
        }
        let predictors = ColumnChoice::Named(&self.columns, &self.proxies);
        let mut known = KnownNetworks::default();
        let mut records = Vec::new();
        let aside = &mut self.aside;
        for input in &options.known {
            Records::read(input, &request, &predictors, &[], rejects, &mut |open, numbers| {
                check_networks(open, &numbers)?;
                *aside += numbers.aside;
                let names = open.own_columns();
                let place = |aim: &Aim| names.iter().position(|column| *column == aim.target);
                if let Some((aim, place)) = aim.and_then(|aim| Some((aim, place(aim)?))) {
                    for row in &numbers.rows {
                        let best = label(&row.values[place], &names[place], IMPROVED);
                        let best = best.map_err(|fault| Error::BrokenKnown {
                            input: input.to_string(),
                            row: Box::new(fault.of(row, names)),
                        })?;
                        let better = |one, other| aim.direction.better(one, other);
                        known.best = known.best.into_iter().chain(best).reduce(better);
                    }
                }
                known.rows += numbers.rows.len();
                known.all.extend(numbers.networks.iter().map(|network| network.function));
                records.extend(numbers.records);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let columns = self.columns.len();
        // Both have the columns that were asked for by name.
        let of_other_shape = |_| Error::OtherColumns {
            input: options.known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            found: 0,
            expected: columns,
            apart: String::new(),
        };
        let mut added =
            Array2::from_shape_vec((known.rows, columns), records).map_err(of_other_shape)?;
        fill_all(&mut added, &self.medians);
        self.records.append(Axis(0), added.view()).map_err(of_other_shape)?;
        Ok(known)
    }

    /// How the columns that come of groups are computed in further tables.
    fn features(&self, options: &Suggest) -> FeatureConfig {
        let features = features_of(&options.uses, &options.request.features, &self.columns);
        let mut features = if self.zc_combine { zc_columns::renamed(&features) } else { features };
        let learned = self.columns.iter().filter(|column| is_learned_name(column));
        features.learned = learned.cloned().collect();
        features
    }

    /// Writes those that were chosen.
    fn write(
        &self,
        model: Option<&Model>,
        predictions: Option<&Predictions>,
        chosen: &[Choice],
        begun: Begun,
    ) -> Result<(), Error> {
        let mut columns = match (model, predictions) {
            (Some(model), Some((_, std))) => names(&model.header.targets, std.is_some(), &[]),
            _ => Vec::new(),
        };
        columns.push(SCORE.to_owned());
        if let Some(name) = twice(&[&self.kept_names[..], &columns[..]].concat()) {
            return Err(Error::Taken { name, twice: Twice::Kept });
        }
        let mut writer = begun.with_columns(&self.kept_names, &columns)?;
        let mut encoded = Vec::new();
        for choice in chosen {
            let values: Vec<_> = self.kept[choice.row].iter().collect();
            let mut numbers = match predictions {
                None => Vec::new(),
                Some((mean, None)) => mean.row(choice.row).to_vec(),
                Some((mean, Some(std))) => {
                    let pairs = mean.row(choice.row).into_iter().zip(std.row(choice.row));
                    pairs.flat_map(|(mean, std)| [*mean, *std]).collect()
                }
            };
            numbers.push(choice.score);
            writer
                .encoder()
                .row(&values, &numbers, &mut encoded)
                .map_err(|error| Error::Unwritable { reason: error.to_string() })?;
        }
        writer.write(chosen.len() as u64, &encoded)?;
        Ok(writer.finish()?)
    }
}

/// Refuses a table without networks.
fn check_networks(open: &Records, numbers: &Numbers) -> Result<(), Error> {
    if open.encoding().is_none() || numbers.networks.len() != numbers.rows.len() {
        return Err(Error::NoNetworks { input: open.input().to_owned() });
    }
    Ok(())
}

/// Predictions, and their standard deviations where the predictor has them: rows × targets.
type Predictions = (Array2<f64>, Option<Array2<f64>>);

/// What a model says of records (rows × columns).
fn predictions(model: &Model, records: ArrayView2<f64>) -> Result<Predictions, Error> {
    let shape = (records.nrows(), model.header.targets.len());
    let (mut means, mut deviations) = (Array2::zeros(shape), None);
    for start in (0..records.nrows()).step_by(NUMBER_ROWS) {
        let part = Slice::from(start..records.nrows().min(start + NUMBER_ROWS));
        let (mean, std) = model.predictor.mean_and_std(records.slice_axis(Axis(0), part))?;
        means.slice_axis_mut(Axis(0), part).assign(&mean);
        if let Some(std) = std {
            let all = deviations.get_or_insert_with(|| Array2::zeros(shape));
            all.slice_axis_mut(Axis(0), part).assign(&std);
        }
    }
    Ok((means, deviations))
}
