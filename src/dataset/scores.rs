//! Columns that rank networks: of a table, of its networks' features, and the predictions of models.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use super::Sought;
use super::columns::ColumnChoice;
use super::impute::{Filling, fill_all, medians, missing};
use super::label::label;
use super::memory::Room;
use super::planned::features_for;
use super::records::{Numbers, Records};
use super::rejects::Rejects;
use super::request::{Identify, Missing, Request};
use super::training::check_medians;
use super::uses::Use;
use super::written::check_finite;
use super::{Error, RowCounts};
use crate::features::recipe_direction;
use crate::model::Model;
use crate::predictor::{COPY, Footprint};
use crate::ranking::Score;
use crate::table::{Input, Place, Value, clip_list};

/// What ranks networks.
#[derive(Debug)]
pub enum By {
    /// Columns of the table or features.
    Columns(Use),
    /// The prediction of a model.
    Model {
        /// What its column is called.
        name: String,
        /// The model.
        model: Arc<Model>,
        /// Which of its targets.
        target: usize,
    },
}

/// Columns that rank networks, and what rows carry along.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    /// The columns, each once.
    pub columns: Vec<Score>,
    /// For each [`By`] its columns.
    pub of: Vec<Vec<usize>>,
    /// For each row the values at the places that were asked for.
    pub rows: Vec<Vec<Value>>,
    /// Where each row stands.
    places: Vec<Place>,
    /// Rows that are not among these.
    pub aside: RowCounts,
    input: String,
}

/// Says of an open table which of its columns rows carry along.
pub(crate) type Carried<'a> = &'a mut dyn FnMut(&Records) -> Result<Vec<usize>, Error>;

impl Scores {
    /// Reads a table, for each model once more.
    ///
    /// # Errors
    ///
    /// [`Error`] if it cannot be read, or not twice where it has to be, a column is not there, or no row is left.
    pub fn read(
        input: &Input,
        request: &Request,
        by: &[By],
        rejects: &mut Option<Rejects>,
        carried: Carried,
    ) -> Result<Self, Error> {
        let mut scores = Scores::of_columns(input, request, by, rejects, carried)?;
        for (place, one) in by.iter().enumerate() {
            let By::Model { name, model, target } = one else { continue };
            check_rereadable(input, "a model")?;
            let score = scores.of_model(input, request, (name, model, *target))?;
            scores.of[place].push(scores.columns.len());
            scores.columns.push(score);
        }
        scores.leave_out_missing();
        if scores.rows.is_empty() {
            return Err(Error::NoRows { input: scores.input, aside: scores.aside });
        }
        Ok(scores)
    }

    /// Reads the columns of the table and the features.
    fn of_columns(
        input: &Input,
        request: &Request,
        by: &[By],
        rejects: &mut Option<Rejects>,
        carried: Carried,
    ) -> Result<Self, Error> {
        let of_by = |one: &By| match one {
            By::Columns(group) => Some(group.clone()),
            By::Model { .. } => None,
        };
        let uses: Vec<Use> = by.iter().filter_map(of_by).collect();
        let request =
            Request { features: features_for(&uses, &request.features), ..request.clone() };
        let groups = |uses| ColumnChoice::Groups { uses, proxies: &[], columns: &[], prior: None };
        let choice = if uses.is_empty() { ColumnChoice::Named(&[], &[]) } else { groups(&uses) };
        let room = Room::now();
        let mut scores = Scores {
            of: vec![Vec::new(); by.len()],
            input: input.to_string(),
            ..Scores::default()
        };
        let (mut records, mut names, mut places) = (Vec::new(), Vec::new(), None);
        Records::read(input, &request, &choice, &[], rejects, &mut |open, numbers| {
            let places = if let Some(places) = &places {
                places
            } else {
                names = open.predictors();
                for (of, one) in scores.of.iter_mut().zip(by) {
                    let By::Columns(group) = one else { continue };
                    let (meant, _) = open.meant_by(&groups(std::slice::from_ref(group)))?;
                    let place = |name: &String| names.iter().position(|other| other == name);
                    *of = meant.iter().filter_map(place).collect();
                }
                places.insert(carried(open)?)
            };
            scores.aside += numbers.aside;
            for row in &numbers.rows {
                scores.places.push(row.place);
                scores.rows.push(places.iter().map(|&place| row.values[place].clone()).collect());
            }
            room.check(scores.rows.len(), names.len(), Footprint::numbers(2.0 * COPY))?;
            records.extend(numbers.records);
            Ok(ControlFlow::Continue(()))
        })?;
        let rows = scores.rows.len();
        let no_rows = |_| Error::NoRows { input: input.to_string(), aside: RowCounts::default() };
        let mut records = Array2::from_shape_vec((rows, names.len()), records).map_err(no_rows)?;
        if request.missing == Some(Missing::Median) {
            check_medians(records.view(), &names)?;
            scores.aside.filled = missing(records.view());
            let medians = medians(records.view());
            fill_all(&mut records, &medians);
        }
        let columns = names.into_iter().zip(records.columns());
        let columns = columns.map(|(name, values)| Score {
            name,
            values: values.to_vec(),
            objective: None,
            recipe: None,
            in_training: None,
        });
        scores.columns = columns.collect();
        for (one, of) in by.iter().zip(&scores.of) {
            if matches!(one, By::Columns(Use::Recipe(_))) {
                for &place in of {
                    let column = &mut scores.columns[place];
                    column.recipe = recipe_direction(&column.name);
                }
            }
        }
        Ok(scores)
    }

    /// What a model predicts for the rows; NaN where it cannot. The table is read again.
    fn of_model(
        &mut self,
        input: &Input,
        request: &Request,
        (name, model, target): (&str, &Model, usize),
    ) -> Result<Score, Error> {
        let header = &model.header;
        let mut request = request.clone();
        if request.missing == Some(Missing::Median) {
            request.missing = None; // The model's own medians, if it has them.
        }
        let mut request = request.of_model(header)?;
        if !model.networks.is_empty() {
            request.identify = Identify::Functions;
        }
        let choice = ColumnChoice::Named(&header.columns, &header.proxies);
        let mut predicted = HashMap::new();
        let (mut in_training, mut filling) = (0, Filling::default());
        // Broken rows were rejected in the first reading.
        Records::read(input, &request, &choice, &[], &mut None, &mut |open, mut numbers| {
            if let Some(medians) = &header.medians {
                filling.fill(&mut numbers.records, medians);
            }
            self.aside.unseen += numbers.aside.unseen;
            in_training += trained(model, &numbers);
            let shape = (numbers.rows.len(), header.columns.len());
            let Ok(records) = ArrayView2::from_shape(shape, &numbers.records) else {
                return Ok(ControlFlow::Continue(()));
            };
            let mean = model.predictor.mean(records)?;
            check_finite(&mean, None, open, &numbers.rows)?;
            let values = mean.column(target);
            let rows = numbers.rows.iter().zip(values).map(|(row, value)| (key(row.place), *value));
            predicted.extend(rows);
            Ok(ControlFlow::Continue(()))
        })?;
        self.aside.filled += filling.total();
        let value = |place: &Place| predicted.get(&key(*place)).copied().unwrap_or(f64::NAN);
        Ok(Score {
            name: name.to_owned(),
            values: self.places.iter().map(value).collect(),
            objective: header.objectives().into_iter().nth(target),
            recipe: None,
            in_training: Some(in_training),
        })
    }

    /// The columns of what ranks networks, each once.
    pub fn members(&self) -> Vec<&Score> {
        let mut places: Vec<usize> = Vec::new();
        for &place in self.of.iter().flatten() {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places.into_iter().map(|place| &self.columns[place]).collect()
    }

    /// Leaves out rows for which a column has no number.
    fn leave_out_missing(&mut self) {
        let is_whole = |row: usize| self.columns.iter().all(|column| !column.values[row].is_nan());
        let kept: Vec<bool> = (0..self.rows.len()).map(is_whole).collect();
        let left_out = kept.iter().filter(|kept| !**kept).count() as u64;
        if left_out == 0 {
            return;
        }
        self.aside.dropped += left_out;
        for column in &mut self.columns {
            retain(&mut column.values, &kept);
        }
        retain(&mut self.rows, &kept);
        retain(&mut self.places, &kept);
    }

    /// For each row the number in a value that rows carry, NaN where it is empty.
    ///
    /// # Errors
    ///
    /// [`Error::BrokenKnown`] if it is not a number.
    pub fn labels(
        &self,
        place: usize,
        column: &str,
        purpose: &'static str,
    ) -> Result<Vec<f64>, Error> {
        let names = [column.to_owned()];
        let of_row = |(values, &at): (&Vec<Value>, &Place)| {
            let found = label(&values[place], column, purpose);
            let row = |fault: super::Fault| {
                let values = vec![values[place].clone()];
                fault.of(&crate::table::Row { place: at, values }, &names)
            };
            let found = found.map_err(|fault| Error::BrokenKnown {
                input: self.input.clone(),
                row: Box::new(row(fault)),
            });
            Ok(found?.unwrap_or(f64::NAN))
        };
        self.rows.iter().zip(&self.places).map(of_row).collect()
    }

    /// Columns that are computed from the networks of the rows: for each its name, and a number for each row.
    /// The table is read again.
    ///
    /// # Errors
    ///
    /// [`Error`] if the table cannot be read again, or the networks do not have the features.
    pub fn features(
        &self,
        input: &Input,
        request: &Request,
        uses: &[Use],
    ) -> Result<Vec<(String, Vec<f64>)>, Error> {
        check_rereadable(input, "the biases of columns")?;
        let request = Request {
            features: features_for(uses, &request.features),
            joins: Vec::new(),
            carried: Vec::new(),
            ..request.clone()
        };
        let choice = ColumnChoice::Groups { uses, proxies: &[], columns: &[], prior: None };
        let row_of: HashMap<_, _> =
            self.places.iter().zip(0..).map(|(place, row)| (key(*place), row)).collect();
        let room = Room::now();
        let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
        Records::read(input, &request, &choice, &[], &mut None, &mut |open, numbers| {
            if columns.is_empty() {
                let names = open.predictors();
                room.check(self.rows.len(), names.len(), Footprint::default())?;
                let column = |name| (name, vec![f64::NAN; self.rows.len()]);
                columns = names.into_iter().map(column).collect();
            }
            let width = columns.len();
            for (row, record) in numbers.rows.iter().zip(numbers.records.chunks_exact(width)) {
                let Some(&row) = row_of.get(&key(row.place)) else { continue };
                for (column, value) in columns.iter_mut().zip(record) {
                    column.1[row] = *value;
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(columns)
    }
}

/// How many rows are networks that a model was trained on.
fn trained(model: &Model, numbers: &Numbers) -> u64 {
    let is_trained = |function: &&crate::graph::Identity| model.networks.contains(function.short());
    numbers.functions.iter().filter(is_trained).count() as u64
}

/// A place as a number; all rows of a table are counted in the same way.
fn key(place: Place) -> u64 {
    match place {
        Place::Line(number) | Place::Record(number) => number,
    }
}

fn retain<T>(values: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    values.retain(|_| kept.next().is_some_and(|kept| *kept));
}

/// Refuses a stream where a table is to be read again.
fn check_rereadable(input: &Input, what: &'static str) -> Result<(), Error> {
    if input.is_rereadable() {
        return Ok(());
    }
    Err(Error::ReadAgain { input: input.to_string(), what })
}

/// The place of a column of a table or those joined to it.
pub(crate) fn place_of(open: &Records, name: &str, sought: Sought) -> Result<usize, Error> {
    let place = open.columns().iter().position(|column| column == name);
    place.ok_or_else(|| Error::Target {
        name: name.to_owned(),
        columns: clip_list(open.columns()),
        sought,
    })
}
