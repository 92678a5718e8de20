//! A model and networks in, contributions to their predictions out.

use std::ops::ControlFlow;

use ndarray::{Array2, ArrayView2, Axis};

use crate::dataset::FileRole;
use crate::dataset::columns::ColumnChoice;
use crate::dataset::impute::Filling;
use crate::dataset::of_model::OfModel;
use crate::dataset::records::Records;
use crate::dataset::written::check_finite;
use crate::dataset::{Error, Request, RowCounts};
use crate::explain::Effects;
use crate::model::{By, Model, Parts};
use crate::space::SearchSpace;
use crate::table::{Begun, Input, Output, OutputFormat, Value, Writer, clip_list};

/// What `graf explain` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Explain {
    /// How tables are read.
    pub request: Request,
    /// The target whose predictions are explained; all of the model if absent.
    pub target: Option<String>,
    /// How contributions are added up.
    pub by: Option<By>,
}

/// The networks that are explained.
#[derive(Debug)]
pub enum Source<'a> {
    /// Those of a table.
    Table(&'a Input),
    /// One, by its encoding.
    Network(&'a str),
}

/// Why a network has the prediction that it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Its encoding, if the table has any.
    pub net: Option<String>,
    /// Its row in the table, counted from 1; 1 without a table.
    pub row: u64,
    /// The target.
    pub target: String,
    /// What is predicted.
    pub prediction: f64,
    /// What is predicted where no column is known.
    pub base: f64,
    /// What each [part](Parts) adds to it.
    pub contributions: Vec<f64>,
    /// The value of the column that each part is named after; NaN if it has none.
    pub values: Vec<f64>,
}

impl Explanation {
    /// The parts, those with the largest contributions first, whatever their signs.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.contributions.len()).collect();
        let size = |part: usize| self.contributions[part].abs();
        order.sort_by(|&one, &other| size(other).total_cmp(&size(one)));
        order
    }
}

/// Receives what some networks are explained by.
pub type Each<'a> = &'a mut dyn FnMut(&Parts, Vec<Explanation>) -> Result<(), Error>;

/// Explains predictions, network by network and then target by target, in the order of the table.
///
/// # Errors
///
/// [`Error`] if the networks cannot be read or do not have what the model needs, the model has no such target, or
/// its predictor [cannot explain itself](crate::explain::Unexplained).
pub fn explain(
    model: &Model,
    source: &Source,
    options: &Explain,
    each: Each,
) -> Result<RowCounts, Error> {
    let request = options.request.of_model(&model.header)?;
    let asked = Asked::new(model, options, &request)?;
    match source {
        Source::Network(text) => {
            let of_model = OfModel::new(&model.header, &request, text)?;
            let records = of_model.records(&[of_model.read(text)?])?;
            let mean = model.predictor.mean(records.view())?;
            let net = Some(text.trim().to_owned());
            each(&asked.parts, asked.explanations(records.view(), &mean, &[net], 1)?)?;
            Ok(RowCounts::default())
        }
        Source::Table(input) => table(model, input, &request, &asked, each),
    }
}

/// What is explained of a model.
struct Asked<'a> {
    model: &'a Model,
    targets: Vec<usize>,
    parts: Parts,
}

impl<'a> Asked<'a> {
    fn new(model: &'a Model, options: &Explain, request: &Request) -> Result<Self, Error> {
        let header = &model.header;
        let targets = match &options.target {
            None => (0..header.targets.len()).collect(),
            Some(name) => {
                let place = header.targets.iter().position(|target| target == name);
                let missing =
                    || Error::NoTarget { name: name.clone(), targets: clip_list(&header.targets) };
                vec![place.ok_or_else(missing)?]
            }
        };
        let operations = request.model_space.map(SearchSpace::operations).unwrap_or_default();
        let by = options.by.unwrap_or(By::Column);
        if by == By::Operation && operations.is_empty() {
            return Err(Error::NoOperations);
        }
        let parts =
            Parts::new(header, by, operations).ok_or(Error::NoGroups { or_operations: true })?;
        Ok(Asked { model, targets, parts })
    }

    /// What some records (rows × columns), with these predictions (rows × targets), are explained by; `row` is that of the first.
    fn explanations(
        &self,
        records: ArrayView2<f64>,
        mean: &Array2<f64>,
        networks: &[Option<String>],
        row: u64,
    ) -> Result<Vec<Explanation>, Error> {
        let predictor = &self.model.predictor;
        let mut found = Vec::with_capacity(networks.len() * self.targets.len());
        let each = self.targets.iter().map(|&target| predictor.contributions(records, target));
        let each = each.collect::<Result<Vec<_>, _>>()?;
        for (place, (net, record)) in networks.iter().zip(records.axis_iter(Axis(0))).enumerate() {
            for (&target, contributions) in self.targets.iter().zip(&each) {
                found.push(Explanation {
                    net: net.clone(),
                    row: row + place as u64,
                    target: self.model.header.targets[target].clone(),
                    prediction: mean[[place, target]],
                    base: contributions.base,
                    contributions: self.parts.of(contributions.values.row(place)),
                    values: self.parts.values(record),
                });
            }
        }
        Ok(found)
    }
}

/// Explains the rows of a table, chunk by chunk.
fn table(
    model: &Model,
    input: &Input,
    request: &Request,
    asked: &Asked,
    each: Each,
) -> Result<RowCounts, Error> {
    let header = &model.header;
    let predictors = ColumnChoice::Named(&header.columns, &header.proxies);
    let mut rejects = request.networks.open_rejects(&[(input.path(), FileRole::Input)])?;
    let (mut aside, mut filling, mut row) = (RowCounts::default(), Filling::default(), 1);
    Records::read(input, request, &predictors, &[], &mut rejects, &mut |open, mut numbers| {
        if let Some(medians) = &header.medians {
            filling.fill(&mut numbers.records, medians);
        }
        aside += numbers.aside;
        let shape = (numbers.rows.len(), header.columns.len());
        let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
            return Ok(ControlFlow::Continue(()));
        };
        let mean = model.predictor.mean(records)?;
        check_finite(&mean, None, open, &numbers.rows)?;
        let net = |row| open.encoding().map(|encoding| encoding.text(row).into_owned());
        let networks: Vec<_> = numbers.rows.iter().map(net).collect();
        let found = asked.explanations(records, &mean, &networks, row)?;
        row += networks.len() as u64;
        each(&asked.parts, found)?;
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    aside.filled = filling.total();
    if row == 1 {
        return Err(Error::NoRows { input: input.to_string(), aside });
    }
    Ok(aside)
}

/// Writes what [`explain`] finds: as CSV or TSV a row for each network, target and part; as JSON lines an object for each
/// network and target, with the largest contributions first; as NPY a row for each network.
///
/// # Errors
///
/// As those of [`explain`]; [`Error::OneTarget`] for a matrix of several targets; [`Error::Table`] if the output cannot be
/// written.
pub fn write_explanations(
    model: &Model,
    source: &Source,
    options: &Explain,
    output: &Output,
    format: Option<OutputFormat>,
) -> Result<RowCounts, Error> {
    let begun = Begun::new(output, format)?;
    let format = begun.format();
    let targets = &model.header.targets;
    let several = options.target.is_none() && targets.len() > 1;
    if several && format.is_matrix() {
        return Err(Error::OneTarget { targets: clip_list(targets) });
    }
    let mut begun = Some(begun);
    let mut writer: Option<Writer> = None;
    let mut encoded = Vec::new();
    let aside = explain(model, source, options, &mut |parts, found| {
        if let (Some(begun), Some(first)) = (begun.take(), found.first()) {
            let (kept, numbers) = match format {
                OutputFormat::JsonLines => <_>::default(),
                _ if format.is_matrix() => (Vec::new(), matrix_columns(parts)),
                _ => long_columns(parts, first.net.is_some(), several),
            };
            writer = Some(begun.with_columns(&kept, &numbers)?);
        }
        let Some(writer) = &mut writer else { return Ok(()) };
        encoded.clear();
        for one in &found {
            match format {
                OutputFormat::JsonLines => json_line(parts, one, several, &mut encoded),
                _ if format.is_matrix() => {
                    let mut numbers = vec![one.prediction, one.base];
                    numbers.extend(&one.contributions);
                    encode(writer, &[], &numbers, one, &mut encoded)?;
                }
                _ => long_rows(parts, one, several, writer, &mut encoded)?,
            }
        }
        Ok(writer.write(found.len() as u64, &encoded)?)
    })?;
    if let Some(writer) = writer {
        writer.finish()?;
    }
    Ok(aside)
}

/// The columns of a matrix.
fn matrix_columns(parts: &Parts) -> Vec<String> {
    let names = parts.all().iter().map(|part| part.name.clone());
    ["prediction", "base"].map(str::to_owned).into_iter().chain(names).collect()
}

/// The columns of a table with a row for each part: texts, and numbers.
fn long_columns(parts: &Parts, has_nets: bool, several: bool) -> (Vec<String>, Vec<String>) {
    let mut kept = vec![if has_nets { "net" } else { "row" }.to_owned()];
    kept.extend(several.then(|| "target".to_owned()));
    kept.push(parts.by().to_string());
    let numbers = ["contribution", "value", "columns", "prediction", "base"];
    (kept, numbers.map(str::to_owned).to_vec())
}

/// The rows of a network in such a table, the largest contributions first.
fn long_rows(
    parts: &Parts,
    one: &Explanation,
    several: bool,
    writer: &Writer,
    encoded: &mut Vec<u8>,
) -> Result<(), Error> {
    let net = match &one.net {
        Some(net) => Value::Text(net.as_str().into()),
        None => Value::Json(one.row.to_string().into()),
    };
    let target = several.then(|| Value::Text(one.target.as_str().into()));
    for place in one.order() {
        let part = &parts.all()[place];
        let name = Value::Text(part.name.as_str().into());
        let kept: Vec<&Value> = [&net].into_iter().chain(&target).chain([&name]).collect();
        let columns = part.columns.len() as f64;
        let (contribution, value) = (one.contributions[place], one.values[place]);
        let numbers = [contribution, value, columns, one.prediction, one.base];
        encode(writer, &kept, &numbers, one, encoded)?;
    }
    Ok(())
}

fn encode(
    writer: &Writer,
    kept: &[&Value],
    numbers: &[f64],
    one: &Explanation,
    encoded: &mut Vec<u8>,
) -> Result<(), Error> {
    writer
        .encoder()
        .row(kept, numbers, encoded)
        .map_err(|error| Error::Unwritable { reason: format!("row {}: {error}", one.row) })
}

/// A network as a line of JSON.
fn json_line(parts: &Parts, one: &Explanation, several: bool, encoded: &mut Vec<u8>) {
    let json = |value: serde_json::Value| value.to_string();
    let contributions = one.order().into_iter().map(|place| {
        let name = json(parts.all()[place].name.as_str().into());
        format!("{name}:{}", json(one.contributions[place].into()))
    });
    let target = if several {
        format!("\"target\":{},", json(one.target.as_str().into()))
    } else {
        String::new()
    };
    let line = format!(
        "{{\"net\":{},{target}\"prediction\":{},\"base\":{},\"contributions\":{{{}}}}}\n",
        json(one.net.as_deref().into()),
        json(one.prediction.into()),
        json(one.base.into()),
        contributions.collect::<Vec<_>>().join(",")
    );
    encoded.extend_from_slice(line.as_bytes());
}

/// Writes what the contributions are like over all networks: for each part their mean size, their mean, and the
/// [direction](Effects::direction), the largest first.
///
/// # Errors
///
/// As those of [`write_explanations`].
pub fn write_summary(
    model: &Model,
    source: &Source,
    options: &Explain,
    output: &Output,
    format: Option<OutputFormat>,
) -> Result<RowCounts, Error> {
    let begun = Begun::new(output, format)?;
    let mut effects: Vec<(String, Effects)> = Vec::new();
    let mut all: Option<Parts> = None;
    let aside = explain(model, source, options, &mut |parts, found| {
        for one in found {
            let place = effects.iter().position(|(target, _)| *target == one.target);
            let place = place.unwrap_or_else(|| {
                effects.push((one.target.clone(), Effects::new(parts.all().len())));
                effects.len() - 1
            });
            effects[place].1.add(one.values.into_iter().zip(one.contributions));
        }
        all.get_or_insert_with(|| parts.clone());
        Ok(())
    })?;
    let Some(parts) = all else { return Ok(aside) };
    let mut kept = vec![parts.by().to_string()];
    if effects.len() > 1 {
        kept.insert(0, "target".to_owned());
    }
    if begun.format().is_matrix() {
        kept.clear();
    }
    let numbers = ["columns", "mean_size", "mean", "direction"].map(str::to_owned);
    let mut writer = begun.with_columns(&kept, &numbers)?;
    for (target, effects) in &effects {
        let mut order: Vec<usize> = (0..parts.all().len()).collect();
        order.sort_by(|&one, &other| effects.size(other).total_cmp(&effects.size(one)));
        for place in order {
            let part = &parts.all()[place];
            let texts = [target, &part.name].map(|text| Value::Text(text.as_str().into()));
            let texts: Vec<&Value> = texts[2 - kept.len()..].iter().collect();
            let direction = effects.direction(place).unwrap_or(f64::NAN);
            let columns = part.columns.len() as f64;
            let numbers = [columns, effects.size(place), effects.mean(place), direction];
            let mut line = Vec::new();
            let encoded = writer.encoder().row(&texts, &numbers, &mut line);
            encoded.map_err(|error| Error::Unwritable { reason: error.to_string() })?;
            writer.write(1, &line)?;
        }
    }
    writer.finish()?;
    Ok(aside)
}
